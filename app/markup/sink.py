"""The border between the parser and whatever shows its result: a cursor with rollback."""

from collections.abc import Mapping
from typing import Protocol


class Sink(Protocol):
    """Where a MarkdownStream puts elements and text.

    A sink is a tree with one open element, the cursor; at first that is the root. Nodes are
    named by the numbers that open() gives out. A number is never given out twice.
    """

    def open(self, tag: str, attributes: Mapping[str, str] | None = None) -> int:
        """Append an element to the open one and make it the open one; return its number."""

    def close(self) -> None:
        """Make the parent of the open element the open one. The root is never closed."""

    def text(self, data: str) -> None:
        """Append text to the open element, joined to a text node that comes right before."""

    def cut(self, data: str) -> None:
        """Take back this text, with which the open element ends."""

    def set_attribute(self, node: int, name: str, value: str | None) -> None:
        """Set an attribute of a living node, open or closed; None takes it away."""

    def replace(self, node: int) -> None:
        """Empty a living node and make it the open one, even if it was closed before.

        It keeps its place, tag and attributes. The numbers of all that was in it die.
        """

    def remove(self, node: int) -> None:
        """Take a living node away with all in it; their numbers die.

        If the cursor was the node or inside it, the node's parent becomes the open element;
        otherwise the cursor stays where it is.
        """

    def resume(self, node: int) -> None:
        """Make a living node the open one, with all that is in it; 0 is the root."""

    def move(self, node: int, before: int | None) -> None:
        """Put a living node before another child of its parent, or at the parent's end.

        The open element stays the open one.
        """
