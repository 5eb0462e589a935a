"""What the block structure asks of a leaf, whatever it holds."""

from typing import Protocol


class Leaf(Protocol):
    """An open block that holds text."""

    def add(self, text: str) -> None:
        """Take more of the current line, without line ends."""

    def end_line(self) -> None:
        """Take the end of the current line."""

    def close(self) -> None:
        """Show what was withheld and close the block's element."""
