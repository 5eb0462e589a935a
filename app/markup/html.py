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
        self._nodes: dict[int, _Element] = {0: self._root}
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

    def cut(self, data: str) -> None:
        """Take back this text, with which the open element ends."""
        count = len(data)
        pieces = self._cursor.children[-1]
        assert isinstance(pieces, list)
        while count > 0:
            piece = pieces.pop()
            if len(piece) > count:
                pieces.append(piece[:-count])
            count -= len(piece)
        if not pieces:
            self._cursor.children.pop()

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
        place = _last_index(parent.children, element)
        del parent.children[place]
        # Texts that become neighbours are one.
        if 0 < place < len(parent.children):
            before, after = parent.children[place - 1 : place + 1]
            if isinstance(before, list) and isinstance(after, list):
                before += after
                del parent.children[place]

    def resume(self, node: int) -> None:
        """Make a node the open one, with all that is in it."""
        self._cursor = self._nodes[node]

    def move(self, node: int, before: int | None) -> None:
        """Put a node before another child of its parent, or at the parent's end."""
        element = self._nodes[node]
        assert element.parent is not None
        children = element.parent.children
        children.pop(_last_index(children, element))
        place = len(children) if before is None else _last_index(children, self._nodes[before])
        children.insert(place, element)

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


def _last_index(children: "list[_Element | list[str]]", element: _Element) -> int:
    """Return where a child is, which is nearly always at the end."""
    index = len(children) - 1
    while children[index] is not element:
        index -= 1
    return index


def _start_tag(element: _Element) -> str:
    # One order, however late an attribute came: an image's source first, else the alphabet.
    names = sorted(element.attributes, key=lambda name: (name != "src", name))
    attributes = "".join(f' {name}="{escape(element.attributes[name])}"' for name in names)
    return f"<{element.tag}{attributes}>"
