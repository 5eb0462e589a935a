"""Code blocks, fenced and indented: raw text that is shown as it comes."""

from typing import Final

from markdown_it.common.utils import unescapeAll

from app.markup.openings import FenceOpening
from app.markup.page import Page

# Lines in one chunk. CSS skips the layout of chunks out of sight; 40 lines are about a screen.
CHUNK_LINES: Final = 40


class CodeLeaf:
    """An open code block: `<pre><code>` with a `<span class="chunk">` for every 40 lines.

    The text of the element is the code exactly, and every line ends with a line feed.
    """

    def __init__(self, page: Page, fence: FenceOpening | None) -> None:
        sink = self._sink = page.sink
        self._lines_in_chunk = 0
        self._chunk_is_open = False
        self._line_has_begun = False
        # Blank lines at the end of indented code are not part of it.
        self._withheld: list[str] | None = [] if fence is None else None
        page.open("pre")
        sink.open("code", _language(fence.info) if fence else None)

    def add(self, text: str) -> None:
        """Show more of the current line."""
        if self._withheld is not None:
            if not self._line_has_begun and not text.strip(" \t"):
                self._withheld.append(text)
                return
            self._show_withheld(self._withheld)
        self._line_has_begun = True
        if text:
            self._show(text)

    def end_line(self) -> None:
        """Show the line feed, and begin a new chunk when this one is full."""
        if self._withheld is not None and not self._line_has_begun:
            self._withheld.append("\n")
            return
        self._line_has_begun = False
        self._show_line_end()

    def close(self) -> None:
        """Close the elements of the block; a line without its end gets one."""
        if self._line_has_begun:
            self.end_line()
        if self._chunk_is_open:
            self._sink.close()
        self._sink.close()
        self._sink.close()

    def _show_withheld(self, withheld: list[str]) -> None:
        for piece in withheld:
            if piece == "\n":
                self._show_line_end()
            elif piece:
                self._show(piece)
        withheld.clear()

    def _show(self, text: str) -> None:
        if not self._chunk_is_open:
            self._sink.open("span", {"class": "chunk"})
            self._chunk_is_open = True
        self._sink.text(text)

    def _show_line_end(self) -> None:
        self._show("\n")
        self._lines_in_chunk += 1
        if self._lines_in_chunk == CHUNK_LINES:
            self._sink.close()
            self._chunk_is_open = False
            self._lines_in_chunk = 0


def _language(info: str) -> dict[str, str] | None:
    words = unescapeAll(info).split(maxsplit=1)
    return {"class": f"language-{words[0]}"} if words else None
