"""Inline parsing: the text of one leaf, or the growing end of it, becomes events."""

from dataclasses import dataclass

from app.markup.emphasis import events_of, pair, presume_open
from app.markup.events import Event
from app.markup.references import Mention, References
from app.markup.scanning import Scanner


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source stands: in which leaf, how far from its beginning, after which character."""

    leaf: int = 0
    offset: int = 0
    before: str = ""


@dataclass(frozen=True, slots=True)
class InlineReading:
    """The events of some text, without the closes at its end if something in it is pending.

    `pending`: what follows may change how this is shown; what is open is shown as if it were
    closed. `rereads`: what follows may not even be added as text without reading all again.
    `labels` are those of link definitions that are not there; `mentions` those of footnotes.
    """

    events: list[Event]
    pending: bool
    rereads: bool
    labels: frozenset[str]
    mentions: tuple[Mention, ...]


def parse_inline(source: str, whole: bool, references: References, place: Place) -> InlineReading:
    """Read the text of a leaf; `whole` tells that nothing will follow it."""
    scanner = Scanner(source, whole, references, place.leaf, place.offset, place.before)
    scanner.scan()
    openers = pair(scanner.items)
    if not whole:
        presume_open(openers)
    pending = scanner.pending or (not whole and bool(openers))
    events, _ = events_of(scanner.items)
    return InlineReading(
        events, pending, scanner.rereads, frozenset(scanner.labels), tuple(scanner.mentions)
    )
