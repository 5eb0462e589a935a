"""What of a conversation outlives its page: its questions, and the turns that answered them.

A conversation's record names its turns; each turn has a record of its own, since that of the
turn which is being written is put away every second.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from app.chat.phases import ENDED
from app.chat.saved import SavedTurn, saved_from
from app.wire.json_text import MalformedJson, as_array, as_object, as_text, parse_json

_ENDED_NAMES = frozenset(phase.value for phase in ENDED)


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """A question, and the names of the turns that answered it, oldest first."""

    question: str
    turns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation as it was put away; without turns a question still waits to be asked."""

    id: str
    exchanges: tuple[KeptExchange, ...] = ()

    @property
    def turn_ids(self) -> tuple[str, ...]:
        """The names of all turns."""
        return tuple(name for exchange in self.exchanges for name in exchange.turns)


@dataclass(frozen=True, slots=True)
class Archive:
    """A conversation with all that is known of its turns."""

    conversation: KeptConversation
    turns: Mapping[str, SavedTurn]

    @property
    def is_unfinished(self) -> bool:
        """Whether an answer of it is still to come."""
        waiting = any(not exchange.turns for exchange in self.conversation.exchanges)
        return waiting or any(turn.phase not in _ENDED_NAMES for turn in self.turns.values())


class Store(Protocol):
    """Puts texts away where they outlive the page; what cannot be put away is told, not raised."""

    def put(self, kind: str, name: str, record: str) -> None:
        """Put a record in the place of the one with that name."""

    def after_saved(self, do: Callable[[], None]) -> None:
        """Call this once all that was put so far is safe; not at all if it cannot be saved."""


def conversation_to_json(conversation: KeptConversation) -> str:
    """Return its record, in ASCII."""
    return json.dumps(asdict(conversation))


def conversation_from(record: str) -> KeptConversation | None:
    """Return the conversation of a record; None if it is none of ours."""
    try:
        held = as_object(parse_json(record))
    except MalformedJson:
        return None
    name = as_text(held.get("id"))
    exchanges = tuple(map(_exchange_from, as_array(held.get("exchanges"))))
    return KeptConversation(name, exchanges) if name else None


def archive_of(conversation: KeptConversation, records: Sequence[str]) -> Archive:
    """Return a conversation with its turns.

    Args:
        conversation: the conversation.
        records: what was put away of its turns, in the order of `turn_ids`; empty where nothing.
    """
    turns: dict[str, SavedTurn] = {}
    for name, record in zip(conversation.turn_ids, records, strict=True):
        try:
            turns[name] = saved_from(parse_json(record)) if record else SavedTurn()
        except MalformedJson:
            turns[name] = SavedTurn()
    return Archive(conversation, turns)


def _exchange_from(value: object) -> KeptExchange:
    held = as_object(value)
    names = tuple(filter(None, map(as_text, as_array(held.get("turns")))))
    return KeptExchange(as_text(held.get("question")), names)
