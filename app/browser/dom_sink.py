"""Markup on the screen: a Sink that builds elements and text nodes, never HTML strings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import js
from pyodide.ffi import jsnull

TEXT_NODE = 3

# Nothing else is ever set on an element, whatever the markup asks for.
ALLOWED_ATTRIBUTES = frozenset(
    {"align", "alt", "checked", "class", "disabled", "id", "start", "title", "type"}
)


class DomSink:
    """Appends to a growing tree of elements.

    Args:
        root: the element that the markup goes into; it must be empty.
    """

    def __init__(self, root: Any) -> None:
        self._nodes: dict[int, Any] = {0: root}
        self._parents: dict[int, int] = {0: 0}
        self._children: dict[int, list[int]] = {0: []}
        self._open = 0
        self._next = 1
        self._text: Any = None  # the text node that ends the open element, if one does
        self._create_element = js.document.createElement
        self._create_text = js.document.createTextNode

    def open(self, tag: str, attributes: Mapping[str, str] | None = None) -> int:
        """Append an element to the open one, make it the open one, and return its number."""
        element = self._create_element(tag)
        for name, value in (attributes or {}).items():
            if name in ALLOWED_ATTRIBUTES:
                element.setAttribute(name, value)
        number = self._next
        self._next += 1
        self._nodes[self._open].appendChild(element)
        self._nodes[number] = element
        self._parents[number] = self._open
        self._children[number] = []
        self._children[self._open].append(number)
        self._open = number
        self._text = None
        return number

    def close(self) -> None:
        """Make the open element's parent the open one."""
        self._open = self._parents[self._open]
        self._text = None

    def text(self, data: str) -> None:
        """Append text to the open element."""
        if self._text is None:
            self._text = self._create_text(data)
            self._nodes[self._open].appendChild(self._text)
        else:
            self._text.appendData(data)

    def cut(self, data: str) -> None:
        """Take back this text, with which the open element ends."""
        # JavaScript counts UTF-16 units.
        units = len(data.encode("utf-16-le")) // 2
        if units == self._text.length:
            self._text.remove()
            self._text = None
        else:
            self._text.deleteData(self._text.length - units, units)

    def set_attribute(self, node: int, name: str, value: str | None) -> None:
        """Set an attribute of an element, or take it away."""
        if name not in ALLOWED_ATTRIBUTES:
            return
        if value is None:
            self._nodes[node].removeAttribute(name)
        else:
            self._nodes[node].setAttribute(name, value)

    def replace(self, node: int) -> None:
        """Empty an element and make it the open one."""
        self._forget_children(node)
        self._nodes[node].replaceChildren()
        self._open = node
        self._text = None

    def remove(self, node: int) -> None:
        """Take an element away with all that is in it."""
        parent = self._parents[node]
        if self._is_within(self._open, node):
            self._open = parent
        self._forget_children(node)
        self._nodes.pop(node).remove()
        del self._parents[node], self._children[node]
        self._children[parent].remove(node)
        self._find_text()

    def resume(self, node: int) -> None:
        """Make an element the open one, with all that is in it."""
        self._open = node
        self._find_text()

    def move(self, node: int, before: int | None) -> None:
        """Put an element before another child of its parent, or at the parent's end."""
        place = jsnull if before is None else self._nodes[before]
        self._nodes[self._parents[node]].insertBefore(self._nodes[node], place)

    def _find_text(self) -> None:
        last = self._nodes[self._open].lastChild
        self._text = last if last is not jsnull and last.nodeType == TEXT_NODE else None

    def _is_within(self, node: int, ancestor: int) -> bool:
        while node not in (ancestor, 0):
            node = self._parents[node]
        return node == ancestor

    def _forget_children(self, node: int) -> None:
        doomed = self._children[node]
        self._children[node] = []
        while doomed:
            number = doomed.pop()
            doomed += self._children.pop(number)
            del self._nodes[number], self._parents[number]
