"""The room's front door: text goes in piece by piece, sink operations come out."""

from typing import Final

from app.markup.blocks import Blocks
from app.markup.line import Line, Undecided
from app.markup.sink import Sink

# A beginning of a line that is longer and still undecided (a row of dashes, an info string) is
# looked at again only when it grew by a quarter: the work stays linear.
_EAGER_BEGINNING: Final = 64  # characters
_GROWTH: Final = 4


class MarkdownStream:
    """Parses Markdown that arrives in pieces and draws it into a sink as it comes.

    It knows CommonMark 0.31.2; GFM's tables, strikethrough, tasks and bare addresses; footnotes,
    formulas in TeX, and alerts. Raw HTML is shown as the text it is.
    How the text is cut does not change what is drawn at the end. What is drawn before is the
    text so far with what is open shown as if it were closed, but for a few characters at its
    end that have no meaning yet.
    """

    def __init__(self, sink: Sink) -> None:
        self._blocks = Blocks(sink)
        # The current line as long as it is undecided.
        self._beginning = ""
        self._next_look = 0
        self._line_is_begun = False
        self._after_carriage_return = False
        self._closed = False

    def feed(self, text: str) -> None:
        """Take the next piece of the text; raises RuntimeError after close()."""
        if self._closed:
            raise RuntimeError("feed() after close()")
        *lines, last = self._with_line_feeds(text).split("\n")
        for line in lines:
            self._end_line(line)
        if last:
            self._add(last)

    def close(self) -> None:
        """Take the end of the text: show what was withheld and close all elements."""
        if self._closed:
            return
        self._closed = True
        if self._beginning or self._line_is_begun:
            self._end_line("")
        self._blocks.close()

    def _with_line_feeds(self, text: str) -> str:
        """Return the text with every line end as a line feed, and no U+0000."""
        if not text:
            return ""
        # A CR at the end of the last piece ended its line; an LF that belongs to it is no other.
        if self._after_carriage_return and text[0] == "\n":
            text = text[1:]
            self._after_carriage_return = False
            if not text:
                return ""
        self._after_carriage_return = text[-1] == "\r"
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def _add(self, text: str) -> None:
        if self._line_is_begun:
            self._blocks.add(text)
            return
        self._beginning += text
        if len(self._beginning) >= self._next_look:
            self._look_at_beginning()

    def _look_at_beginning(self) -> None:
        length = len(self._beginning)
        try:
            self._blocks.begin_line(Line(self._beginning, complete=False))
        except Undecided:
            self._next_look = length + (length // _GROWTH if length > _EAGER_BEGINNING else 0)
            return
        self._line_is_begun = True

    def _end_line(self, text: str) -> None:
        if self._line_is_begun:
            if text:
                self._blocks.add(text)
        else:
            self._blocks.begin_line(Line(self._beginning + text, complete=True))
        self._blocks.end_line()
        self._beginning = ""
        self._next_look = 0
        self._line_is_begun = False
