"""Inline parsing: the text of one leaf, or the growing end of it, becomes events."""

from dataclasses import dataclass
from typing import Final

from app.markup.emphasis import events_of, pair, presume_open
from app.markup.events import Event
from app.markup.places import Checkpoint, Place
from app.markup.references import Mention, References
from app.markup.scanning import Scanner

# A source that is longer than this is not read again from its beginning.
LONG: Final = 512  # characters


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
    checkpoint: Checkpoint | None


def parse_inline(
    source: str,
    whole: bool,
    references: References,
    place: Place,
    start: Checkpoint | None = None,
) -> InlineReading:
    """Read the text of a leaf.

    Args:
        source: the text, or the end of it that may still change.
        whole: nothing will follow it.
        references: what labels stand for.
        place: where the source stands.
        start: the checkpoint of an earlier reading of the source's beginning.
    """
    scanner = Scanner(source, whole, references, place, start)
    scanner.scan()
    openers = pair(scanner.items)
    if not whole:
        presume_open(openers)
    pending = scanner.pending or (not whole and bool(openers))
    events, _ = events_of(scanner.items)
    labels, mentions = frozenset(scanner.labels), tuple(scanner.mentions)
    checkpoint = scanner.checkpoint if pending and len(source) > LONG else start
    return InlineReading(events, pending, scanner.rereads, labels, mentions, checkpoint)
