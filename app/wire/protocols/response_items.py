"""The items of one response, told apart by their names and places, never by what they say.

Two calls with the same arguments are two. Events of one item may name it differently: llama.cpp
gives no `output_index`, some proxies give one item many IDs, others leave out the ID. So an
index counts most, then the IDs; what lacks one of them may go on with the item that came last.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from app.wire.protocols.repetition import RepeatedText

Kind = Literal["message", "reasoning", "call"]
# What an event tells of its item: that it begins, more of a text, a whole text, or all of it.
Step = Literal["begin", "delta", "text", "whole"]

# Where items begin that no index numbers; no answer has so many.
_UNNUMBERED = 1_000_000


@dataclass(frozen=True, slots=True)
class Name:
    """What an event calls its item; `index` is the `output_index`. Any part may be missing."""

    kind: Kind
    index: int | None = None
    id: str = ""
    call_id: str = ""

    @property
    def has_id(self) -> bool:
        """Whether the item has an ID of its own, of either sort."""
        return bool(self.id or self.call_id)


@dataclass(eq=False, slots=True)
class Item:
    """One item; `position` numbers its call among the calls.

    `is_told`: its call has been announced; `is_whole`: it has come whole. `texts` are by the
    name of their events and the number of the part.
    """

    name: Name
    position: int
    is_told: bool = False
    is_whole: bool = False
    texts: dict[tuple[str, int], RepeatedText] = field(default_factory=dict)


class Items:
    """The items of one response in the order of their appearance."""

    def __init__(self) -> None:
        self._all: list[Item] = []
        self._positions: set[int] = set()
        self._is_unnumbered = False  # whether the order counts, for want of an index
        self._by_index: dict[tuple[Kind, int], Item] = {}
        self._by_id: dict[tuple[Kind, str], Item] = {}
        self._by_call_id: dict[str, Item] = {}
        self._last: dict[Kind, Item] = {}

    def find(self, name: Name, step: Step) -> Item:
        """Return the item that an event belongs to, a new one if it is of none that is known.

        Args:
            name: what the event calls it.
            step: what the event tells of it.
        """
        item = self._known(name)
        if item is not None and step in ("begin", "whole") and _is_another(item, name):
            item = None
        elif item is None and step != "begin":
            item = self._open(name, step)
        if item is None:
            item = self._new(name)
        self._learn(item, name)
        self._last[name.kind] = item
        return item

    def place(self, names: Sequence[Name]) -> list[Item]:
        """Return the items that a whole response repeats, those that it adds among them.

        Servers leave out or rename a few, so what no ID tells the place in the list does, and
        after that the order.

        Args:
            names: those of its items, each with its place in the list as the index.
        """
        found: list[Item | None] = [None] * len(names)
        claimed: set[Item] = set()
        for look in (self._of_id, self._at_place):
            for number, name in enumerate(names):
                item = look(name) if found[number] is None else None
                if item is not None and item not in claimed:
                    found[number] = item
                    claimed.add(item)
        # A call that has an ID is never another's, wherever it stands.
        left: dict[Kind, deque[Item]] = {}
        for item in self._all:
            if item not in claimed and not item.name.call_id:
                left.setdefault(item.name.kind, deque()).append(item)
        return [
            self._placed(name, item, left.get(name.kind))
            for name, item in zip(names, found, strict=True)
        ]

    def _placed(self, name: Name, item: Item | None, left: deque[Item] | None) -> Item:
        if item is None:
            item = left.popleft() if left else self._new(name)
        self._learn(item, name)
        return item

    def _known(self, name: Name) -> Item | None:
        if name.index is not None and (name.kind, name.index) in self._by_index:
            return self._by_index[name.kind, name.index]
        item = self._of_id(name)
        return item if item is None or _has_same_index(item, name) else None

    def _of_id(self, name: Name) -> Item | None:
        """Look up the IDs; llama.cpp's deltas have as their item's ID what is the call's."""
        for item in (
            self._by_id.get((name.kind, name.id)),
            self._by_call_id.get(name.call_id),
            self._by_call_id.get(name.id) if name.kind == "call" else None,
            self._by_id.get((name.kind, name.call_id)),
        ):
            if item is not None and _has_same_call(item, name):
                return item
        return None

    def _at_place(self, name: Name) -> Item | None:
        """Look up the index, unless the call there has an ID and this one has another."""
        item = None if name.index is None else self._by_index.get((name.kind, name.index))
        return item if item is not None and _has_same_call(item, name) else None

    def _open(self, name: Name, step: Step) -> Item | None:
        """Return the item that came last if an event that names it by halves goes on with it."""
        last = self._last.get(name.kind)
        if last is None or (last.name.has_id and name.has_id) or not _has_same_index(last, name):
            return None
        is_nameless = name.index is None and not name.has_id
        return last if not last.is_whole or (is_nameless and step == "text") else None

    def _new(self, name: Name) -> Item:
        position = name.index
        if position is None or position in self._positions or self._is_unnumbered:
            # Behind all that came before it, whatever index the next one has.
            self._is_unnumbered = True
            position = _UNNUMBERED + len(self._all)
        item = Item(Name(name.kind), position)
        self._all.append(item)
        self._positions.add(position)
        # From now on the names are its own, should an earlier item have had one of them too.
        if name.index is not None:
            self._by_index[name.kind, name.index] = item
        if name.id:
            self._by_id[name.kind, name.id] = item
        if name.call_id:
            self._by_call_id[name.call_id] = item
        return item

    def _learn(self, item: Item, name: Name) -> None:
        known = item.name
        index = name.index if known.index is None else known.index
        item.name = Name(known.kind, index, known.id or name.id, known.call_id or name.call_id)
        if name.index is not None:
            self._by_index.setdefault((name.kind, name.index), item)
        if name.id:
            self._by_id.setdefault((name.kind, name.id), item)
        if name.call_id:
            self._by_call_id.setdefault(name.call_id, item)


def _has_same_index(item: Item, name: Name) -> bool:
    return item.name.index is None or name.index is None or item.name.index == name.index


def _has_same_call(item: Item, name: Name) -> bool:
    known = item.name.call_id
    return not known or not name.call_id or known == name.call_id


def _is_another(item: Item, name: Name) -> bool:
    """Tell whether an item that only shares a name with a finished one is another."""
    known = item.name.id
    is_renamed = bool(known and name.id and known != name.id)
    return item.is_whole and (is_renamed or not _has_same_call(item, name))
