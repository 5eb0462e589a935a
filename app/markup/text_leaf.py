"""A paragraph or heading that grows: its text is parsed inline again only where it may change.

Goal: each character costs about the same, however long the text is; nothing jumps.
Plan: the tail is the source that may still matter. Plain text goes to the sink unparsed. When
nothing in the tail is pending, all of it but its last plain word is settled and forgotten.
Characters at the very end that have no meaning yet (blanks, marks, half an entity) are withheld
until the next one comes. The end of the leaf reads the tail once more, with nothing assumed.
Weak: text that has a mark pending for kilobytes lags behind by up to a sixteenth of it.
"""

import re
from typing import Final

from app.markup.drawing import Drawing
from app.markup.inline import parse_inline
from app.markup.sink import Sink

# Without one of these, text that follows plain text is plain text. Some have no meaning yet.
_SPECIAL: Final = re.compile(r"[\n*_`\[\]!<>&~\\$|#:]")
_BLANKS: Final = " \t\n"
_WITHHELD_MARKS: Final = _BLANKS + "!*_`~\\#"
# The longest entity name has 31 characters.
_HALF_ENTITY: Final = re.compile(r"&#?[0-9A-Za-z]{0,32}\Z")
_ENTITY_REACH: Final = 34
_PLAIN_WORD: Final = re.compile(r"[^\s*_`\[\]!<>&~\\$|#:]{1,32}\Z")
_WORD_REACH: Final = 32
_CLOSING_HASHES: Final = re.compile(r"(?:^|[ \t])#+\Z")

# A tail longer than this is read again only when it grew by a sixteenth: the work stays linear.
EAGER_TAIL: Final = 1024  # characters; reading them takes 1 to 5 ms
GROWTH: Final = 16


class TextLeaf:
    """An open paragraph or heading."""

    def __init__(self, sink: Sink, tag: str) -> None:
        self._sink = sink
        self._node = sink.open(tag)
        self._drops_hashes = tag != "p"
        self._drawing = Drawing(sink)
        self._source: list[str] = []
        self._tail: list[str] = []
        self._tail_length = 0
        self._next_reading = 0
        # What of the tail is not shown yet.
        self._withheld = ""
        self._pending = False
        self._unsettled = False

    def add(self, text: str) -> None:
        """Take more of the text and show what is certain to stay or is drawn to be replaced."""
        self._source.append(text)
        self._tail.append(text)
        self._tail_length += len(text)
        self._withheld += text
        if not text.strip(_BLANKS):
            return
        if not self._unsettled and not _SPECIAL.search(self._withheld):
            self._show_plain()
        elif self._tail_length >= self._next_reading:
            self._read_tail(whole=False)

    def end_line(self) -> None:
        """Withhold the line feed; it counts only if the paragraph goes on."""
        self.add("\n")

    def become(self, tag: str) -> None:
        """Go on as another element, for a setext heading is a paragraph until its underline."""
        self._sink.remove(self._node)
        self._node = self._sink.open(tag)
        self._drawing.clear()
        self._take_all_as_tail()
        self._pending = True

    def close(self) -> None:
        """Read what is not certain with nothing assumed, and close the leaf's element."""
        if self._pending or self._withheld.strip(_BLANKS):
            self._read_tail(whole=True)
        self._drawing.close()
        self._sink.close()

    def _show_plain(self) -> None:
        visible = self._withheld.rstrip(_BLANKS)
        self._drawing.add_text(visible)
        self._withheld = self._withheld[len(visible) :]
        if not self._pending:
            self._settle(visible)

    def _read_tail(self, whole: bool) -> None:
        visible = self._visible_tail(whole)
        if not self._draw(visible, whole):
            self._sink.replace(self._node)
            self._drawing.clear()
            self._take_all_as_tail()
            visible = self._visible_tail(whole)
            self._draw(visible, whole)
        if not self._pending:
            self._settle(visible)
        elif self._tail_length > EAGER_TAIL:
            self._next_reading = self._tail_length + self._tail_length // GROWTH

    def _visible_tail(self, whole: bool) -> str:
        """Return what of the tail is to be shown, and withhold the rest."""
        source = "".join(self._tail)
        if not whole:
            visible = _without_half_marks(source)
        elif self._drops_hashes:
            visible = _CLOSING_HASHES.sub("", source.rstrip(_BLANKS)).rstrip(_BLANKS)
        else:
            visible = source.rstrip(_BLANKS)
        self._tail = [source]
        self._withheld = source[len(visible) :]
        return visible

    def _draw(self, visible: str, whole: bool) -> bool:
        reading = parse_inline(visible, whole)
        self._pending = reading.pending
        self._unsettled = reading.unsettled
        return self._drawing.draw(reading.events)

    def _take_all_as_tail(self) -> None:
        self._tail = self._source
        self._source = ["".join(self._source)]
        self._tail_length = len(self._source[0])

    def _settle(self, visible: str) -> None:
        """Forget all before the last plain word, which later marks may lean on."""
        word = _PLAIN_WORD.search(visible, max(0, len(visible) - _WORD_REACH))
        if word is None:
            return
        self._drawing.settle(word.group())
        self._tail = [word.group(), self._withheld]
        self._tail_length = len(word.group()) + len(self._withheld)
        self._next_reading = 0


def _without_half_marks(source: str) -> str:
    """Return the source without the characters at its end that mean nothing yet."""
    visible = source.rstrip(_WITHHELD_MARKS)
    half = _HALF_ENTITY.search(visible, max(0, len(visible) - _ENTITY_REACH))
    return visible[: half.start()].rstrip(_WITHHELD_MARKS) if half else visible
