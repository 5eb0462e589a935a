"""Places in the text of a leaf: where a source stands, and how far it was read for good."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.markup.emphasis import Item
from app.markup.references import Mention


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source stands: in which leaf, how far from its beginning, after which character."""

    leaf: int = 0
    offset: int = 0
    before: str = ""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a source was read for good: what follows it changes only how runs are paired."""

    position: int
    items: Sequence[Item]
    mentions: tuple[Mention, ...]
