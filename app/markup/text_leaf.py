"""Text that grows in an element: it is parsed inline again only where it may change.

Goal: each character costs about the same, however long the text is; nothing jumps.
Plan: the tail is the source that may still matter. Plain text goes to the sink unparsed. When
nothing in the tail is pending, all of it but its last plain word is settled and forgotten.
Characters at the very end that have no meaning yet (blanks, marks, half an entity) are withheld
until the next one comes. The end of the leaf reads the tail once more, with nothing assumed.
Weak: text that has a mark pending for kilobytes lags behind by up to a sixteenth of it.
"""

import re
from collections.abc import Sequence
from typing import Final

from app.markup.drawing import Drawing
from app.markup.events import Event
from app.markup.inline import parse_inline
from app.markup.page import Page
from app.markup.places import Checkpoint, Place
from app.markup.references import Mention

# Without one of these, text that follows plain text is plain text. Some have no meaning yet.
_SPECIAL: Final = re.compile(
    r"[\n*_`\[\]!<>&~\\$|#:@]|www|(?<!\w)(?:h(?:tt?p?s?)?|f(?:tp?)?|ww?)\Z"
)
_BLANKS: Final = " \t\n"
_WITHHELD_MARKS: Final = _BLANKS + "!*_`~\\#[<$"
# The longest entity name has 31 characters.
_HALF_ENTITY: Final = re.compile(r"&#?[0-9A-Za-z]{0,32}\Z")
_ENTITY_REACH: Final = 34
# The beginning of an address without brackets, at a place where one may begin.
_HALF_ADDRESS: Final = re.compile(
    r"(?<![^\s*_~(])(?:h(?:t(?:t(?:ps?(?::/{0,2})?)?)?)?|f(?:t(?:p(?::/{0,2})?)?)?|w{1,3}|www\.)\Z"
)
_ADDRESS_REACH: Final = 9
# An address in angle brackets before its scheme, or an e-mail address in them.
_HALF_ANGLE: Final = re.compile(r"<[^<>\s:]{1,64}\Z")
_ANGLE_REACH: Final = 65
_HALVES: Final = (
    (_HALF_ENTITY, _ENTITY_REACH),
    (_HALF_ADDRESS, _ADDRESS_REACH),
    (_HALF_ANGLE, _ANGLE_REACH),
)
# A word, or none, before which no address has begun.
_PLAIN_WORD: Final = re.compile(r"(?<![A-Za-z0-9._+\-@:/])[^\s*_`\[\]!<>&~\\$|#:@]{0,32}\Z")
_WORD_REACH: Final = 33

# A tail longer than this is read again only when it grew by a sixteenth: the work stays linear.
EAGER_TAIL: Final = 1024  # characters; reading them takes 1 to 2 ms
GROWTH: Final = 16


class TextLeaf:
    """A growing text in an element of its own, which is the open one of the page's sink.

    Args:
        page: what is drawn on.
        node: the element.
        drops_hashes: hashes at the end are no part of the text, as in a heading.
        prefix: what is drawn before the text.
    """

    def __init__(
        self, page: Page, node: int, drops_hashes: bool = False, prefix: Sequence[Event] = ()
    ) -> None:
        self._page = page
        self._node = node
        self._drops_hashes = drops_hashes
        self._prefix = prefix
        self._number = page.references.new_leaf()
        self._drawing = Drawing(page.sink)
        self._source: list[str] = []
        self._labels: set[str] = set()
        self._mentioned: set[str] = set()
        self._mentions: tuple[Mention, ...] = ()
        self._tail: list[str] = []
        self._tail_length = 0
        self._place = Place(self._number)
        self._checkpoint: Checkpoint | None = None
        self._next_reading = 0
        # What of the tail is not shown yet.
        self._withheld = ""
        self._pending = False
        self._rereads = False
        self._is_gone = False
        self._draw_prefix()

    @property
    def source(self) -> str:
        """All of the text so far."""
        self._source = ["".join(self._source)]
        return self._source[0]

    def add(self, text: str) -> None:
        """Take more of the text and show what has a meaning."""
        self._source.append(text)
        self._tail.append(text)
        self._tail_length += len(text)
        self._withheld += text
        if not text.strip(_BLANKS):
            return
        if not self._rereads and not _SPECIAL.search(self._withheld):
            self._show_plain()
        elif self._tail_length >= self._next_reading:
            self._read_tail(whole=False)

    def become(self, tag: str) -> None:
        """Go on as another element, for a setext heading is a paragraph until its underline."""
        self._page.sink.remove(self._node)
        self._node = self._page.open(tag)
        self._drawing.clear()
        self._draw_prefix()
        self._take_all_as_tail()
        self._pending = True

    def withdraw(self) -> None:
        """Take the element away with all that is in it."""
        self._page.sink.remove(self._node)
        self.forget()

    def forget(self) -> None:
        """Take back what the text mentioned, for its element is taken away."""
        self._is_gone = True
        self._page.take_back(self._number)

    def close(self) -> None:
        """Read what is not certain with nothing assumed, and close the element."""
        if self._pending or self._withheld.strip(_BLANKS):
            self._read_tail(whole=True)
        self._page.settle(self._mentions)
        self._drawing.close()
        self._page.sink.close()
        if self._labels:
            self._page.references.wait(self, self._labels)
        self._mentioned.update(mention.label for mention in self._mentions)
        if self._mentioned:
            self._page.references.mentioned_in(self, self._mentioned)

    def redraw(self) -> None:
        """Read all again after close(), for a label has got a meaning or lost it."""
        if self._is_gone:
            return
        self._page.sink.replace(self._node)
        self._drawing.clear()
        self._draw_prefix()
        self._take_all_as_tail()
        self._draw(self._visible_tail(whole=True), whole=True)
        self._page.settle(self._mentions)
        self._page.come_back()

    def _draw_prefix(self) -> None:
        if self._prefix:
            self._drawing.draw([*self._prefix])
            self._drawing.settle("")

    def _show_plain(self) -> None:
        visible = self._withheld.rstrip(_BLANKS)
        self._drawing.add_text(visible)
        self._withheld = self._withheld[len(visible) :]
        if not self._pending:
            self._settle("".join(self._tail), len(self._withheld))

    def _read_tail(self, whole: bool) -> None:
        visible = self._visible_tail(whole)
        self._draw(visible, whole)
        if not self._pending:
            self._settle(self._tail[0], len(self._withheld))
        if self._tail_length > EAGER_TAIL:
            self._next_reading = self._tail_length + self._tail_length // GROWTH

    def _visible_tail(self, whole: bool) -> str:
        """Return what of the tail is to be shown, and withhold the rest."""
        source = "".join(self._tail)
        if not whole:
            visible = without_half_marks(source)
        elif self._drops_hashes:
            visible = _without_closing_hashes(source.rstrip(_BLANKS), self._place.before)
        else:
            visible = source.rstrip(_BLANKS)
        self._tail = [source]
        self._withheld = source[len(visible) :]
        return visible

    def _draw(self, visible: str, whole: bool) -> None:
        references, place = self._page.references, self._place
        reading = parse_inline(visible, whole, references, place, self._checkpoint)
        self._checkpoint = reading.checkpoint
        self._pending = reading.pending
        self._rereads = reading.rereads
        self._labels |= reading.labels
        self._mentions = reading.mentions
        self._drawing.draw(reading.events)

    def _take_all_as_tail(self) -> None:
        self._tail = [self.source]
        self._tail_length = len(self._tail[0])
        self._place = Place(self._number)
        self._checkpoint = None

    def _settle(self, tail: str, withheld: int) -> None:
        """Forget all before the last plain word, which an address may begin with."""
        end = len(tail) - withheld
        word = _PLAIN_WORD.search(tail, max(0, end - _WORD_REACH), end)
        start = word.start() if word else 0
        if word is None or start == 0:
            return
        self._page.settle(self._mentions)
        self._mentioned.update(mention.label for mention in self._mentions)
        self._mentions = ()
        self._drawing.settle(word.group())
        self._place = Place(self._number, self._place.offset + start, tail[start - 1])
        self._tail = [tail[start:]]
        self._tail_length = len(tail) - start
        self._checkpoint = None
        self._next_reading = 0


def _without_closing_hashes(text: str, before: str) -> str:
    """Return the end of a heading's text without the hashes that may close it."""
    bare = text.rstrip("#")
    if len(bare) == len(text) or (bare or before)[-1:] not in ("", " ", "\t"):
        return text
    return bare.rstrip(_BLANKS)


def without_half_marks(source: str) -> str:
    """Return the source without the characters at its end that mean nothing yet."""
    visible = source.rstrip(_WITHHELD_MARKS)
    for pattern, reach in _HALVES:
        half = pattern.search(visible, max(0, len(visible) - reach))
        if half is not None:
            return visible[: half.start()].rstrip(_WITHHELD_MARKS)
    return visible
