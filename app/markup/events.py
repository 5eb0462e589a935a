"""What inline parsing yields: a flat list of opens, texts and closes."""

from enum import IntEnum
from typing import NamedTuple


class Kind(IntEnum):
    """What an event does to the open element."""

    OPEN = 1
    TEXT = 2
    CLOSE = 3


class Event(NamedTuple):
    """One step of drawing: the value is the tag of an OPEN, the data of a TEXT."""

    kind: Kind
    value: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


CLOSE = Event(Kind.CLOSE)


def join_texts(events: list[Event]) -> list[Event]:
    """Return the events with neighbouring texts joined and empty ones left out."""
    joined: list[Event] = []
    pieces: list[str] = []
    for event in events:
        if event.kind is Kind.TEXT:
            pieces.append(event.value)
            continue
        _flush(pieces, joined)
        joined.append(event)
    _flush(pieces, joined)
    return joined


def _flush(pieces: list[str], into: list[Event]) -> None:
    text = "".join(pieces)
    pieces.clear()
    if text:
        into.append(Event(Kind.TEXT, text))
