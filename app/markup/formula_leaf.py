"""A formula on lines of its own: shown as its source until it is closed."""

from typing import Final

from app.markup.openings import FormulaOpening
from app.markup.page import Page

# Longest formula: what nothing closed by then is text.
MAX_LINES: Final = 200
MAX_CHARACTERS: Final = 10_000


class FormulaLeaf:
    """An open formula. `lines` are the source's lines after the first, to be read again if need be.

    Args:
        page: what is drawn on.
        opening: its first line.
    """

    def __init__(self, page: Page, opening: FormulaOpening) -> None:
        self._page = page
        self._node = page.open("p")
        self._contents = [opening.text[2:]]
        self._length = len(opening.text)
        self.text = opening.text
        self.lines: list[str] = []
        page.sink.text(opening.text)

    @property
    def is_too_long(self) -> bool:
        """Whether it can be no formula any more."""
        return len(self.lines) > MAX_LINES or self._length > MAX_CHARACTERS

    def take(self, line: str, content: str) -> None:
        """Take one more line, of which `content` belongs to the formula."""
        self.lines.append(line)
        self._contents.append(content)
        self._length += len(content)
        self._page.sink.text("\n" + content)

    def finish(self, content: str, closing: str) -> None:
        """Take the last line, and show the formula as one."""
        self._contents.append(content[: content.index(closing)])
        self.withdraw()
        draw_formula(self._page, "\n".join(self._contents).strip())

    def withdraw(self) -> None:
        """Take it away."""
        self._page.sink.remove(self._node)

    def add(self, text: str) -> None:
        """Its lines are taken whole."""

    def end_line(self) -> None:
        """Its lines are taken whole."""

    def close(self) -> None:
        """Close the element."""
        self._page.sink.close()


def draw_formula(page: Page, source: str) -> None:
    """Draw a formula that is a block."""
    page.open("div", {"class": "math"})
    if source:
        page.sink.text(source)
    page.sink.close()
