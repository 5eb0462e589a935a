"""Markup on the screen: a Sink that builds elements and text nodes, never HTML strings.

Goals: a text that grows costs what is new; nothing that a model wrote becomes more than text.
Plan: each operation goes to the document at once, and none reads from its layout. What needs more
than an element (code, links, pictures, tables, formulas) is built by a `Fitting`. Top-level
blocks are gathered in parts of a few KB, which the browser does not lay out while out of view.
Weak: a paragraph, list or table that is longer than a part is laid out as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import js
from pyodide.ffi import jsnull

from app.markup.visible import VisibleText

# A part that has more text is full, in UTF-16 units: about two screens of a phone.
PART_LENGTH = 3000
# So many characters before a place decide whether a hidden one after it is kept.
_CONTEXT = 16

# Nothing else is ever set on an element, whatever the markup asks for.
ALLOWED_ATTRIBUTES = frozenset(
    {"align", "class", "start", "type", "checked", "disabled", "title", "id"}
)
# Top-level blocks are laid out in the direction of their first letters; code and formulas are not.
_DIRECTED = frozenset(
    {"p", "ul", "ol", "blockquote", "table", "section", "h1", "h2", "h3", "h4", "h5", "h6"}
)


class Fitting(Protocol):
    """An element with what belongs to it: `outer` goes into the document, the content into `inner`.

    `wants_text`: whether it hears of each text inside.
    """

    outer: Any
    inner: Any
    wants_text: bool

    def set_attribute(self, name: str, value: str | None) -> None:
        """Take an attribute that comes later, or goes."""

    def text_came(self, node: Any, text: str) -> None:
        """Hear of a text that was added inside, and the text node that it is in."""

    def closed(self) -> None:
        """Hear that nothing more comes."""

    def opened_again(self) -> None:
        """Hear that more comes all the same."""


# Makes the fitting for an element with these attributes inside another one, or decides that it is
# an element like any other.
MakeFitting = Callable[[Mapping[str, str], Fitting | None], Fitting | None]


class _Text:
    """The text node that ends an element: what was put into it, and how much of that it shows."""

    __slots__ = ("append", "length", "node", "pieces", "visible")

    def __init__(self, node: Any) -> None:
        self.node = node
        self.append = node.appendData  # looked up once: that costs about as much as the call
        self.pieces: list[tuple[str, int]] = []  # with their lengths on the screen, in UTF-16
        self.length = 0
        self.visible = VisibleText()


class _Node:
    """An element of the tree. `before` is the text right before it, `text` the one it ends with."""

    __slots__ = ("before", "children", "fitting", "inner", "outer", "parent", "text")

    def __init__(self, outer: Any, inner: Any, parent: int, fitting: Fitting | None) -> None:
        self.outer = outer
        self.inner = inner
        self.parent = parent
        self.fitting = fitting
        self.children: list[int] = []
        self.before: _Text | None = None
        self.text: _Text | None = None


class DomSink:
    """Appends to a growing tree of elements.

    Args:
        root: the element that the markup goes into; it must be empty.
        number: tells this sink's names from those of all others in the page.
        fittings: what makes more of an element than an element, by its tag.
    """

    def __init__(self, root: Any, number: int, fittings: Mapping[str, MakeFitting]) -> None:
        self._root = root
        self._number = number
        self._fittings = fittings
        self._part: Any = None
        self._end: Any = jsnull  # what all parts come before
        self._part_length = 0
        self._nodes: dict[int, _Node] = {0: _Node(root, root, 0, None)}
        self._open = 0
        self._next = 1
        self._listeners: list[Fitting] = []  # the open ones that want to hear of text
        self._create_element = js.document.createElement
        self._create_text = js.document.createTextNode

    def open(self, tag: str, attributes: Mapping[str, str] | None = None) -> int:
        """Append an element to the open one, make it the open one, and return its number."""
        parent = self._nodes[self._open]
        node = self._new_node(tag, attributes or {})
        node.before, parent.text = parent.text, None
        if not self._open and tag in _DIRECTED:
            node.outer.dir = "auto"
        if self._open:
            parent.inner.appendChild(node.outer)
        elif tag == "section":  # the footnotes: what comes later comes before them
            self._root.appendChild(node.outer)
            self._end = node.outer
        else:
            self._part_for_more().appendChild(node.outer)
        number = self._next
        self._next += 1
        self._nodes[number] = node
        parent.children.append(number)
        self._open = number
        return number

    def close(self) -> None:
        """Make the open element's parent the open one."""
        node = self._nodes[self._open]
        self._open = node.parent
        if node.fitting is not None:
            self._stop_telling(node.fitting)
            node.fitting.closed()

    def text(self, data: str) -> None:
        """Append text to the open element."""
        node = self._nodes[self._open]
        text = node.text
        if text is None:
            text = node.text = _Text(self._create_text(""))
            (node.inner if self._open else self._part_for_more()).appendChild(text.node)
        shown = text.visible.feed(data)
        length = utf16_length(shown)
        text.append(shown)
        text.pieces.append((data, length))
        text.length += length
        self._part_length += length
        for fitting in self._listeners:
            fitting.text_came(text.node, shown)

    def cut(self, data: str) -> None:
        """Take back this text, with which the open element ends."""
        node = self._nodes[self._open]
        text = node.text
        assert text is not None, "only text that was given is taken back"
        surplus, end = len(data), text.length
        while surplus > 0:
            piece, length = text.pieces.pop()
            text.length -= length
            if len(piece) > surplus:
                kept = piece[: len(piece) - surplus]
                shown = utf16_length(_after(text).feed(kept))
                text.pieces.append((kept, shown))
                text.length += shown
            surplus -= len(piece)
        text.node.deleteData(text.length, end - text.length)
        text.visible = _after(text)
        if not text.pieces:
            text.node.remove()
            node.text = None

    def set_attribute(self, node: int, name: str, value: str | None) -> None:
        """Set an attribute of an element, or take it away."""
        changed = self._nodes[node]
        if changed.fitting is not None:
            changed.fitting.set_attribute(name, value)
        elif name in ALLOWED_ATTRIBUTES and value is None:
            changed.inner.removeAttribute(name)
        elif name in ALLOWED_ATTRIBUTES:
            changed.inner.setAttribute(name, self._own(name, value or ""))

    def replace(self, node: int) -> None:
        """Empty an element and make it the open one."""
        self._forget_children(node)
        emptied = self._nodes[node]
        emptied.inner.replaceChildren()
        emptied.text = None
        self._open = node

    def remove(self, node: int) -> None:
        """Take an element away with all that is in it."""
        removed = self._nodes[node]
        if self._is_within(self._open, node):
            self._open = removed.parent
        self._forget_children(node)
        parent = self._nodes[removed.parent]
        removed.outer.remove()
        if removed.fitting is not None:
            self._stop_telling(removed.fitting)
        del self._nodes[node]
        index = parent.children.index(node)
        del parent.children[index]
        # The texts on its two sides are neighbours now, and one.
        if index < len(parent.children):
            following = self._nodes[parent.children[index]]
            following.before = _joined(removed.before, following.before)
        else:
            parent.text = _joined(removed.before, parent.text)

    def resume(self, node: int) -> None:
        """Make an element the open one, with all that is in it; 0 is the root."""
        self._open = node
        fitting = self._nodes[node].fitting
        if fitting is not None:
            if fitting.wants_text:
                self._listeners.append(fitting)
            fitting.opened_again()

    def move(self, node: int, before: int | None) -> None:
        """Put an element before another child of its parent, or at the parent's end."""
        moved = self._nodes[node]
        parent = self._nodes[moved.parent]
        parent.children.remove(node)
        moved.before = parent.text = None  # where elements move, there are no texts
        if before is None:
            parent.children.append(node)
            (parent.inner if moved.parent else self._part_for_more()).appendChild(moved.outer)
            return
        parent.children.insert(parent.children.index(before), node)
        place = self._nodes[before].outer
        if place is not self._end:  # all parts are before that already
            place.parentNode.insertBefore(moved.outer, place)

    def _new_node(self, tag: str, attributes: Mapping[str, str]) -> _Node:
        make = self._fittings.get(tag)
        fitting = make(attributes, self._nodes[self._open].fitting) if make else None
        if fitting is not None:
            if fitting.wants_text:
                self._listeners.append(fitting)
            return _Node(fitting.outer, fitting.inner, self._open, fitting)
        element = self._create_element(tag)
        for name, value in attributes.items():
            if name in ALLOWED_ATTRIBUTES:
                element.setAttribute(name, self._own(name, value))
        return _Node(element, element, self._open, None)

    def _own(self, name: str, value: str) -> str:
        """Make a name that a model chose one that nothing else in the page has."""
        return own_name(value, self._number) if name == "id" else value

    def _part_for_more(self) -> Any:
        if self._part is None or self._part_length > PART_LENGTH:
            if self._part is not None:
                self._part.className = "part full"
            self._part = self._create_element("div")
            self._part.className = "part"
            self._part_length = 0
            self._root.insertBefore(self._part, self._end)
        return self._part

    def _stop_telling(self, fitting: Fitting) -> None:
        if fitting.wants_text and fitting in self._listeners:
            self._listeners.remove(fitting)

    def _is_within(self, node: int, ancestor: int) -> bool:
        while node not in (ancestor, 0):
            node = self._nodes[node].parent
        return node == ancestor

    def _forget_children(self, node: int) -> None:
        doomed = self._nodes[node].children
        self._nodes[node].children = []
        while doomed:
            child = self._nodes.pop(doomed.pop())
            doomed += child.children
            if child.fitting is not None:
                self._stop_telling(child.fitting)


def own_name(name: str, number: int) -> str:
    """Make a name of a sink one of the page: each sink has its own, and none is the page's."""
    return f"user-content-{number}-{name.removeprefix('user-content-')}"


def utf16_length(text: str) -> int:
    """Return how long a text is in the document."""
    if text.isascii():
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def _joined(first: _Text | None, second: _Text | None) -> _Text | None:
    """Make two neighbouring texts one, in the first one's place."""
    if first is None or second is None:
        return first or second
    for piece, _length in second.pieces:
        shown = first.visible.feed(piece)
        length = utf16_length(shown)
        first.append(shown)
        first.pieces.append((piece, length))
        first.length += length
    second.node.remove()
    return first


def _after(text: _Text) -> VisibleText:
    """Give what makes visible what follows a text."""
    before = ""
    for piece, _length in reversed(text.pieces):
        before = piece[-_CONTEXT:] + before
        if len(before) >= _CONTEXT:
            break
    visible = VisibleText()
    visible.feed(before)
    return visible
