"""Brings events onto a sink, and when they change, changes only what differs.

Goal: a text that grows costs what is new, not what is there.
Plan: keep the events that are drawn; find where the new ones differ; what is beyond that place
is taken back by removing elements, because a sink cannot take back text. Text that must go is
inside an element, which is emptied and drawn again.
Weak: text directly in the leaf cannot go; draw() then tells so and changes nothing. It takes
brackets that change their partners, as in `[![](]\\()`.
"""

from dataclasses import dataclass

from app.markup.events import Event, Kind
from app.markup.sink import Sink


@dataclass(slots=True)
class _Rollback:
    """Remove these nodes, then, if `emptied` is an event's index, empty its element."""

    removed: list[int]
    emptied: int | None


class Drawing:
    """The events drawn into one leaf since the last settle(), and where the cursor is."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._events: list[Event] = []
        # For an OPEN its node number, otherwise 0.
        self._nodes: list[int] = []
        self._depth = 0

    def draw(self, events: list[Event]) -> bool:
        """Make the sink show these events; return False if only a redraw of all can."""
        kept = self._common_length(events)
        grows = kept < min(len(events), len(self._events)) and _grows(
            self._events[kept], events[kept]
        )
        if not self._take_back(kept + 1 if grows else kept):
            return False
        if grows and len(self._events) == kept + 1:
            self._extend(events[kept].value[len(self._events[kept].value) :])
        kept = len(self._events)
        for event in events[kept:]:
            self._apply(event)
        return True

    def add_text(self, text: str) -> None:
        """Add plain text at the cursor."""
        if self._events and self._events[-1].kind is Kind.TEXT:
            self._extend(text)
        else:
            self._apply(Event(Kind.TEXT, text))

    def settle(self, rest: str) -> None:
        """Forget what is drawn, for it will not change; `rest` is the text it ends with."""
        self._events = [Event(Kind.TEXT, rest)] if rest else []
        self._nodes = [0] * len(self._events)

    def clear(self) -> None:
        """Forget what is drawn, for the leaf was emptied."""
        self.settle("")
        self._depth = 0

    def close(self) -> None:
        """Close what is open within the leaf."""
        for _ in range(self._depth):
            self._sink.close()
        self._depth = 0

    def _common_length(self, events: list[Event]) -> int:
        length = 0
        for old, new in zip(self._events, events, strict=False):
            if old != new:
                break
            length += 1
        return length

    def _take_back(self, kept: int) -> bool:
        if kept == len(self._events):
            return True
        rollback = self._plan_rollback(kept)
        if rollback is None:
            return False
        for node in rollback.removed:
            self._sink.remove(node)
        if rollback.emptied is not None:
            self._sink.replace(self._nodes[rollback.emptied])
            kept = rollback.emptied + 1
        del self._events[kept:], self._nodes[kept:]
        self._depth = len(self._open_at(kept))
        return True

    def _plan_rollback(self, kept: int) -> _Rollback | None:
        """Find what to remove or empty so that only the first `kept` events are left.

        None tells that text directly in the leaf is in the way.
        """
        ancestors = self._open_at(kept)
        # Elements that begin after `kept`, with the number of ancestors that hold them.
        begun: list[tuple[int, int]] = []
        level = len(ancestors)
        lowest_text = level + 1
        inside = 0
        for index in range(kept, len(self._events)):
            kind = self._events[index].kind
            if kind is Kind.OPEN:
                if not inside:
                    begun.append((level, self._nodes[index]))
                inside += 1
            elif kind is Kind.CLOSE and inside:
                inside -= 1
            elif kind is Kind.CLOSE:
                level -= 1
            elif not inside:
                lowest_text = min(lowest_text, level)
        # An ancestor that was closed meanwhile can be opened again only by emptying it.
        rebuilt = min(lowest_text, level + 1 if level < len(ancestors) else lowest_text)
        if rebuilt > len(ancestors):
            return _Rollback([node for _, node in begun], None)
        if rebuilt == 0:
            return None
        removed = [node for holders, node in begun if holders < rebuilt]
        return _Rollback(removed, ancestors[rebuilt - 1])

    def _open_at(self, end: int) -> list[int]:
        """Return the indices of the OPENs that are not closed before the given event."""
        opens: list[int] = []
        for index in range(end):
            kind = self._events[index].kind
            if kind is Kind.OPEN:
                opens.append(index)
            elif kind is Kind.CLOSE:
                opens.pop()
        return opens

    def _extend(self, text: str) -> None:
        self._sink.text(text)
        self._events[-1] = Event(Kind.TEXT, self._events[-1].value + text)

    def _apply(self, event: Event) -> None:
        node = 0
        if event.kind is Kind.OPEN:
            node = self._sink.open(event.value, dict(event.attributes) or None)
            self._depth += 1
        elif event.kind is Kind.CLOSE:
            self._sink.close()
            self._depth -= 1
        else:
            self._sink.text(event.value)
        self._events.append(event)
        self._nodes.append(node)


def _grows(old: Event, new: Event) -> bool:
    return old.kind is new.kind is Kind.TEXT and new.value.startswith(old.value)
