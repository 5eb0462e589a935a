"""An ATX heading: one line of text."""

from app.markup.page import Page
from app.markup.text_leaf import TextLeaf


class Heading:
    """An open ATX heading; hashes at its end are no part of it."""

    def __init__(self, page: Page, level: int) -> None:
        self._text = TextLeaf(page, page.open(f"h{level}"), drops_hashes=True)

    def add(self, text: str) -> None:
        """Take more of the line."""
        self._text.add(text)

    def end_line(self) -> None:
        """Take the end of the line, after which nothing comes."""

    def close(self) -> None:
        """Close the element."""
        self._text.close()
