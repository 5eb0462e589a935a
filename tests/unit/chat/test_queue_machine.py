"""The request queue against a plain model of it, in every order of events Hypothesis thinks of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.chat.queue import QueueError, RequestQueue, Ticket


@dataclass
class Row:
    """One request as the model sees it; names count from 0 in the order of entering."""

    name: int
    origin: str
    priority: int
    is_broken: bool  # its start raises
    place: str = "new"


class QueueMachine(RuleBasedStateMachine):
    @initialize(most=st.integers(1, 4), longest=st.integers(0, 5), cap=st.integers(1, 4))
    def open(self, most: int, longest: int, cap: int) -> None:
        self.most, self.longest, self.cap = most, longest, cap
        self.queue = RequestQueue(most, longest, cap)
        self.tickets: list[Ticket] = []
        self.rows: list[Row] = []
        self.heard: list[tuple[int, str]] = []
        self.expected: list[tuple[int, str]] = []

    @rule(
        origin=st.sampled_from(["http://a.example", "http://b.example", "http://c.example"]),
        priority=st.integers(-1, 1),
        is_broken=st.sampled_from([False, False, False, True]),
    )
    def enter(self, origin: str, priority: int, is_broken: bool) -> None:
        row = Row(len(self.rows), origin, priority, is_broken)
        self.rows.append(row)

        def start() -> None:
            self.heard.append((row.name, "start"))
            if is_broken:
                raise RuntimeError("on purpose")

        def rejected(error: QueueError) -> None:
            self.heard.append((row.name, type(error).__name__))

        ticket = self.queue.enter(origin, start, priority=priority, rejected=rejected)
        self.tickets.append(ticket)
        if not self.may_run(row) and len(self.at("waiting")) >= self.longest:
            row.place = "rejected"
            self.expected.append((row.name, "QueueFullError"))
        else:
            row.place = "waiting"
            self.start_what_can()

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def leave(self, data: Any) -> None:
        row = data.draw(st.sampled_from(self.rows))
        self.tickets[row.name].leave()
        if row.place in ("waiting", "running"):
            row.place = "left"
        self.start_what_can()

    @precondition(lambda self: any(row.place == "running" for row in self.rows))
    @rule(data=st.data())
    def finish(self, data: Any) -> None:
        row = data.draw(st.sampled_from(self.at("running")))
        self.tickets[row.name].leave()
        row.place = "left"
        self.start_what_can()

    @rule()
    def clear(self) -> None:
        self.queue.clear()
        for row in self.at("waiting"):
            row.place = "rejected"
            self.expected.append((row.name, "QueueClearedError"))

    @invariant()
    def everybody_is_where_the_model_says_and_heard_what_it_says(self) -> None:
        assert [ticket.place.value for ticket in self.tickets] == [row.place for row in self.rows]
        assert self.heard == self.expected
        assert self.queue.size == len(self.at("waiting")) <= self.longest
        assert self.queue.running == len(self.at("running")) <= self.most

    @invariant()
    def no_server_has_more_than_its_cap(self) -> None:
        running = [ticket.origin for ticket in self.tickets if ticket.place.value == "running"]
        assert all(running.count(origin) <= self.cap for origin in running)

    @invariant()
    def who_could_run_does(self) -> None:
        assert not any(self.may_run(row) for row in self.at("waiting"))

    def at(self, place: str) -> list[Row]:
        """Give those at a place, in the order in which they are to run."""
        found = [row for row in self.rows if row.place == place]
        return sorted(found, key=lambda row: (-row.priority, row.name))

    def may_run(self, row: Row) -> bool:
        running = self.at("running")
        same = [other for other in running if other.origin == row.origin]
        return len(running) < self.most and len(same) < self.cap

    def start_what_can(self) -> None:
        """Start what has room; one that breaks makes room again."""
        while row := next((row for row in self.at("waiting") if self.may_run(row)), None):
            row.place = "running"
            self.expected.append((row.name, "start"))
            if row.is_broken:
                row.place = "rejected"
                self.expected.append((row.name, "NotStartedError"))


QueueMachine.TestCase.settings = settings(max_examples=300, stateful_step_count=50)
TestQueueMachine = QueueMachine.TestCase
