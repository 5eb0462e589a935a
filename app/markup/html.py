"""A sink that serialises: for tests, for export and for copying."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.markup.sink import Sink

# Elements without content and end tag (HTML Living Standard, 13.1.2), as far as we make them.
VOID_TAGS: Final = frozenset({"br", "hr", "img", "input"})

_TEXT_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def escape(text: str) -> str:
    """Return the text so that HTML reads it as text, in elements and in quoted attributes."""
    return text.translate(_TEXT_ESCAPES)


@dataclass(slots=True, eq=False)
class _Element:
    number: int
    tag: str
    attributes: dict[str, str]
    parent: "_Element | None"
    children: "list[_Element | list[str]]" = field(default_factory=list)


class HtmlSink(Sink):
    """A tree of elements that can be written out as HTML at any moment."""

    def __init__(self) -> None:
        self._root = _Element(0, "", {}, None)
        self._cursor = self._root
        self._nodes: dict[int, _Element] = {}
        self._last_number = 0

    def open(self, tag: str, attributes: Mapping[str, str] | None = None) -> int:
        """Append an element to the open one and make it the open one; return its number."""
        self._last_number += 1
        element = _Element(self._last_number, tag, dict(attributes or {}), self._cursor)
        self._cursor.children.append(element)
        self._nodes[element.number] = element
        self._cursor = element
        return element.number

    def close(self) -> None:
        """Make the parent of the open element the open one."""
        if self._cursor.parent is None:
            raise RuntimeError("close() without an open element")
        self._cursor = self._cursor.parent

    def text(self, data: str) -> None:
        """Append text to the open element."""
        children = self._cursor.children
        if children and isinstance(children[-1], list):
            children[-1].append(data)
        else:
            children.append([data])

    def set_attribute(self, node: int, name: str, value: str | None) -> None:
        """Set an attribute of a node; None takes it away."""
        attributes = self._nodes[node].attributes
        if value is None:
            attributes.pop(name, None)
        else:
            attributes[name] = value

    def replace(self, node: int) -> None:
        """Empty a node and make it the open one."""
        element = self._nodes[node]
        self._forget_content(element)
        element.children.clear()
        self._cursor = element

    def remove(self, node: int) -> None:
        """Take a node away with all in it; a cursor inside moves to the node's parent."""
        element = self._nodes.pop(node)
        parent = element.parent
        assert parent is not None
        if self._is_at_or_in(element):
            self._cursor = parent
        self._forget_content(element)
        # The node is nearly always the last child.
        for index in range(len(parent.children) - 1, -1, -1):
            if parent.children[index] is element:
                del parent.children[index]
                break

    def html(self) -> str:
        """Return what is in the tree now, as if all open elements were closed."""
        pieces: list[str] = []
        # Not recursive: the input decides how deep the tree is.
        waiting: list[_Element | list[str] | str] = [*reversed(self._root.children)]
        while waiting:
            part = waiting.pop()
            if isinstance(part, str):
                pieces.append(part)
            elif isinstance(part, list):
                pieces.append(escape("".join(part)))
            else:
                pieces.append(_start_tag(part))
                if part.tag not in VOID_TAGS:
                    waiting.append(f"</{part.tag}>")
                    waiting.extend(reversed(part.children))
        return "".join(pieces)

    def _is_at_or_in(self, element: _Element) -> bool:
        place: _Element | None = self._cursor
        while place is not None and place is not element:
            place = place.parent
        return place is element

    def _forget_content(self, element: _Element) -> None:
        waiting = [*element.children]
        while waiting:
            child = waiting.pop()
            if isinstance(child, _Element):
                self._nodes.pop(child.number, None)
                waiting.extend(child.children)


def _start_tag(element: _Element) -> str:
    attributes = "".join(f' {name}="{escape(v)}"' for name, v in element.attributes.items())
    return f"<{element.tag}{attributes}>"
