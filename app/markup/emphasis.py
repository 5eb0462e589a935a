"""Emphasis and strikethrough: pairs runs of marks and turns them into tags.

Plan: one pass over the runs with a stack of those that may still open; a closer looks down the
stack and never again below where a closer of its kind looked in vain, so the work is linear.
Source: CommonMark 0.31.2, section 6.2 and appendix "phase 2"; GFM 0.29, section 6.5.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from app.markup.events import CLOSE, Event, Kind

# Deepest emphasis that is shown; deeper marks stay the text they are.
MAX_INLINE_DEPTH: Final = 100

_WHITESPACE: Final = frozenset(
    "\t\n\v\f\r \u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
)
# Marks that a tag takes.
_SIZES: Final = {"em": 1, "strong": 2, "del": 2}


@dataclass(slots=True, eq=False)
class Delimiter:
    """A run of `*`, `_` or `~`; `left` counts what of it is in no pair.

    `length` is that of the run in the source, and `available` what of it was in no pair before.
    `ends` and `begins` are the tags that it closes and opens, innermost first.
    """

    marker: str
    length: int
    opens: bool
    closes: bool
    available: int
    left: int = 0
    order: int = 0
    ends: list[str] = field(default_factory=list)
    begins: list[str] = field(default_factory=list)


# A tuple is what will not change any more: elements that are closed, and texts between them.
Item: TypeAlias = str | Event | Delimiter | tuple[Event, ...]


def delimiter(marker: str, length: int, before: str, after: str) -> Delimiter:
    """Return the run that stands between two characters; "" is the edge of the text."""
    blank_before, blank_after = _is_blank(before), _is_blank(after)
    mark_before, mark_after = _is_punctuation(before), _is_punctuation(after)
    left_flanking = not blank_after and (not mark_after or blank_before or mark_before)
    right_flanking = not blank_before and (not mark_before or blank_after or mark_after)
    if marker == "_":
        opens = left_flanking and (not right_flanking or mark_before)
        closes = right_flanking and (not left_flanking or mark_after)
        return Delimiter(marker, length, opens, closes, length)
    return Delimiter(marker, length, left_flanking, right_flanking, length)


def pair(items: Iterable[Item]) -> list[Delimiter]:
    """Pair the runs among the items; return those that a later run could still close."""
    stack: list[Delimiter] = []
    bottoms: dict[tuple[str, bool, int], int] = {}
    order = 0
    for item in items:
        if not isinstance(item, Delimiter):
            continue
        order += 1
        item.order, item.left = order, item.available
        item.ends.clear()
        item.begins.clear()
        if item.closes:
            _close(item, stack, bottoms)
        if item.opens and item.left:
            stack.append(item)
    return stack


def presume_open(openers: Iterable[Delimiter]) -> None:
    """Let the runs that nothing closed yet open what they may open.

    `2*3` is rarely emphasis: a run that could close as well stays the text it is.
    """
    for opener in openers:
        while opener.left and not opener.closes:
            opener.begins.append(_take(opener, opener.left))


def events_of(items: Iterable[Item]) -> tuple[list[Event], int]:
    """Return the items, whose runs are paired, as events, and how many elements they leave open.

    Texts are joined. Emphasis that is too deep stays the text it is.
    """
    writer = _written(items)
    return writer.events, writer.depth


def _written(items: Iterable[Item]) -> "_Writer":
    writer = _Writer()
    for item in items:
        if isinstance(item, str):
            writer.pieces.append(item)
        elif isinstance(item, Event):
            writer.write_event(item)
        elif isinstance(item, Delimiter):
            writer.write_run(item)
        else:
            writer.flush()
            writer.events += item
    writer.flush()
    return writer


def settled(items: Sequence[Item]) -> Sequence[Item]:
    """Return items that mean the same, with all that is in no pair or in one made final.

    What a later run could still close stays as it is. Where emphasis is so deep that its depth
    matters, all stays.
    """
    openers = pair(items)
    result: list[Item] = []
    start: list[Item] = []
    index = 0
    for opener in openers:
        place = items.index(opener, index)
        content = [*start, *items[index:place], *[CLOSE] * len(opener.ends)]
        if not _freeze(content, result, len(openers)):
            return items
        left = Delimiter(opener.marker, opener.length, opener.opens, opener.closes, opener.left)
        result.append(left)
        start = [Event(Kind.OPEN, tag) for tag in reversed(opener.begins)]
        index = place + 1
    return result if _freeze([*start, *items[index:]], result, len(openers)) else items


def _freeze(items: Sequence[Item], into: list[Item], depth: int) -> bool:
    """Append items, in which all is paired, as texts around a tuple, unless they are too deep."""
    writer = _written(items)
    if depth + writer.deepest >= MAX_INLINE_DEPTH:
        return False
    events = writer.events
    last = events.pop() if events and events[-1].kind is Kind.TEXT else None
    if events and events[0].kind is Kind.TEXT:
        into.append(events.pop(0).value)
    if events:
        into.append(tuple(events))
    if last is not None:
        into.append(last.value)
    return True


class _Writer:
    """Joins texts, and counts how deep it is in elements."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.pieces: list[str] = []
        self.depth = 0
        self.deepest = 0
        # For every open element the text that stands for it, or "" if it is shown as one.
        self._open: list[str] = []

    def flush(self) -> None:
        text = "".join(self.pieces)
        self.pieces.clear()
        if text:
            self.events.append(Event(Kind.TEXT, text))

    def write_event(self, event: Event) -> None:
        if event.kind is Kind.TEXT:
            self.pieces.append(event.value)
        elif event.kind is Kind.OPEN:
            self._begin(event, "")
        else:
            self._end()

    def write_run(self, run: Delimiter) -> None:
        for _ in run.ends:
            self._end()
        if run.left:
            self.pieces.append(run.marker * run.left)
        for tag in reversed(run.begins):
            marks = run.marker * _SIZES[tag]
            self._begin(Event(Kind.OPEN, tag), marks if self.depth >= MAX_INLINE_DEPTH else "")

    def _begin(self, event: Event, text: str) -> None:
        self._open.append(text)
        if text:
            self.pieces.append(text)
            return
        self.flush()
        self.events.append(event)
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)

    def _end(self) -> None:
        text = self._open.pop()
        if text:
            self.pieces.append(text)
            return
        self.flush()
        self.events.append(CLOSE)
        self.depth -= 1


def _close(
    closer: Delimiter, stack: list[Delimiter], bottoms: dict[tuple[str, bool, int], int]
) -> None:
    key = (closer.marker, closer.opens, closer.length % 3)
    bottom = bottoms.get(key, 0)
    while closer.left:
        index = len(stack) - 1
        while index >= 0 and stack[index].order >= bottom and not _match(stack[index], closer):
            index -= 1
        if index < 0 or stack[index].order < bottom:
            bottoms[key] = closer.order
            return
        opener = stack[index]
        tag = _take(opener, closer.left)
        closer.left -= _SIZES[tag]
        opener.begins.append(tag)
        closer.ends.append(tag)
        # What stands between the two can pair with nothing any more.
        del stack[index + 1 :]
        if not opener.left:
            stack.pop()


def _match(opener: Delimiter, closer: Delimiter) -> bool:
    if opener.marker != closer.marker:
        return False
    if opener.opens and not opener.closes and not closer.opens:
        return True
    total = opener.length + closer.length
    return bool(total % 3) or (opener.length % 3 == 0 and closer.length % 3 == 0)


def _take(opener: Delimiter, other: int) -> str:
    """Use up one or two marks of an opener; return the tag that they make."""
    if opener.marker == "~":
        opener.left -= 2
        return "del"
    size = 2 if opener.left >= 2 and other >= 2 else 1
    opener.left -= size
    return "strong" if size == 2 else "em"


def _is_blank(character: str) -> bool:
    return not character or character in _WHITESPACE


def _is_punctuation(character: str) -> bool:
    if not character or character.isalnum():
        return False
    return unicodedata.category(character)[0] in "PS"
