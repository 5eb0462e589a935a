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
