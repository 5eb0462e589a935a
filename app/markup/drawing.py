"""Brings events onto a sink, and when they change, changes only what differs.

Goal: a text that grows costs what is new, not what is there.
Plan: keep the events that are drawn; find where the new ones differ; undo from the end back to
that place, then draw the rest. An element that changes only its attributes stays.
"""

from app.markup.events import CLOSE, Event, Kind
from app.markup.sink import Sink


class Drawing:
    """The events drawn into one leaf since the last settle(), and where the cursor is."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._events: list[Event] = []
        # For an OPEN its node number, otherwise 0.
        self._nodes: list[int] = []
        # Indices of the OPENs that the cursor is in.
        self._open: list[int] = []

    def draw(self, events: list[Event]) -> None:
        """Make the sink show these events."""
        kept = self._kept(events)
        grown = kept < min(len(events), len(self._events)) and _common_text(
            self._events[kept], events[kept]
        )
        if kept + bool(grown) < len(self._events):
            self._undo(kept + bool(grown))
        if grown:
            self._change_last_text(events[kept].value, int(grown))
            kept += 1
        for event in events[kept:]:
            self._apply(event)

    def add_text(self, text: str) -> None:
        """Add plain text at the cursor."""
        if self._events and self._events[-1].kind is Kind.TEXT:
            self._sink.text(text)
            self._events[-1] = Event(Kind.TEXT, self._events[-1].value + text)
        else:
            self._apply(Event(Kind.TEXT, text))

    def settle(self, rest: str) -> None:
        """Forget what is drawn, for it will not change; `rest` is the text it ends with."""
        self._events = [Event(Kind.TEXT, rest)] if rest else []
        self._nodes = [0] * len(self._events)

    def clear(self) -> None:
        """Forget what is drawn, for the leaf was emptied."""
        self.settle("")
        self._open = []

    def close(self) -> None:
        """Close what is open within the leaf."""
        for _ in self._open:
            self._sink.close()
        self._open = []

    def _kept(self, events: list[Event]) -> int:
        """Return how many events from the start may stay, with their attributes mended."""
        length = 0
        for old, new in zip(self._events, events, strict=False):
            if old is not new and old != new:
                if old.kind is not Kind.OPEN or new.kind is not Kind.OPEN or old.value != new.value:
                    break
                self._change_attributes(length, new)
            length += 1
        return length

    def _change_attributes(self, index: int, event: Event) -> None:
        node, old, new = self._nodes[index], self._events[index].attributes, event.attributes
        for name, value in new:
            if (name, value) not in old:
                self._sink.set_attribute(node, name, value)
        for name in dict(old).keys() - dict(new).keys():
            self._sink.set_attribute(node, name, None)
        self._events[index] = event

    def _undo(self, kept: int) -> None:
        """Take events back from the end until only the first `kept` are left."""
        index = len(self._events) - 1
        while index >= kept:
            event = self._events[index]
            if event.kind is Kind.TEXT:
                self._sink.cut(event.value)
            elif event.kind is Kind.OPEN:
                self._sink.remove(self._nodes[index])
                self._open.pop()
            else:
                opening = self._opening_of(index)
                if opening >= kept:
                    self._sink.remove(self._nodes[opening])
                    index = opening
                else:
                    self._sink.resume(self._nodes[opening])
                    self._open.append(opening)
            index -= 1
        del self._events[kept:], self._nodes[kept:]

    def _opening_of(self, close: int) -> int:
        depth = 0
        index = close
        while True:
            kind = self._events[index].kind
            if kind is Kind.CLOSE:
                depth += 1
            elif kind is Kind.OPEN:
                depth -= 1
                if depth == 0:
                    return index
            index -= 1

    def _change_last_text(self, text: str, common: int) -> None:
        surplus = self._events[-1].value[common:]
        if surplus:
            self._sink.cut(surplus)
        if len(text) > common:
            self._sink.text(text[common:])
        self._events[-1] = Event(Kind.TEXT, text)

    def _apply(self, event: Event) -> None:
        node = 0
        if event.kind is Kind.OPEN:
            node = self._sink.open(event.value, dict(event.attributes) or None)
            self._open.append(len(self._events))
        elif event.kind is Kind.CLOSE:
            self._sink.close()
            self._open.pop()
        else:
            self._sink.text(event.value)
        self._events.append(CLOSE if event.kind is Kind.CLOSE else event)
        self._nodes.append(node)


def _common_text(old: Event, new: Event) -> int:
    """Return how many characters from the start two texts have in common."""
    if old.kind is not Kind.TEXT or new.kind is not Kind.TEXT:
        return 0
    before, after = old.value, new.value
    if after.startswith(before):
        return len(before)
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        if after.startswith(before[:middle]):
            low = middle
        else:
            high = middle - 1
    return low
