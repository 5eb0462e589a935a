"""The request queue: stories, and laws that hold whatever its callbacks do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.queue import (
    NotStartedError,
    Place,
    QueueClearedError,
    QueueError,
    QueueFullError,
    RequestQueue,
    Ticket,
)

HERE, THERE = "http://127.0.0.1:8435", "https://models.example"


class Desk:
    """Enters requests under names and writes down what they hear."""

    def __init__(self, queue: RequestQueue) -> None:
        self.queue = queue
        self.started: list[str] = []
        self.refused: list[tuple[str, QueueError]] = []
        self.tickets: dict[str, Ticket] = {}

    def enter(self, *names: str, origin: str = HERE, priority: int = 0) -> None:
        for name in names:
            self.tickets[name] = self.queue.enter(
                origin,
                lambda name=name: self.started.append(name),  # type: ignore[misc]
                priority=priority,
                rejected=lambda error, name=name: self.refused.append((name, error)),  # type: ignore[misc]
            )

    def leave(self, *names: str) -> None:
        for name in names:
            self.tickets[name].leave()

    def place(self, name: str) -> str:
        return self.tickets[name].place.value


def test_three_run_and_the_fourth_waits_for_one_to_finish() -> None:
    desk = Desk(RequestQueue())
    desk.enter("a", "b", "c", "d")
    assert (desk.started, desk.queue.size, desk.queue.running) == (["a", "b", "c"], 1, 3)
    desk.leave("b")
    assert (desk.started, desk.queue.size) == (["a", "b", "c", "d"], 0)


def test_the_more_urgent_goes_first_and_equals_go_in_turn() -> None:
    desk = Desk(RequestQueue(max_concurrent=1))
    desk.enter("running")
    desk.enter("a", "b")
    desk.enter("urgent", "urgent too", priority=5)
    desk.enter("background", priority=-1)
    desk.enter("c")
    for name in ["running", "urgent", "urgent too", "a", "b", "c"]:
        desk.leave(name)
    assert desk.started == ["running", "urgent", "urgent too", "a", "b", "c", "background"]


def test_one_too_many_is_refused_in_words_and_the_others_stay() -> None:
    desk = Desk(RequestQueue())
    desk.enter(*"abcdefghijklm")
    assert (desk.queue.size, desk.refused) == (10, [])
    desk.enter("n", priority=9)
    [(name, error)] = desk.refused
    assert (name, type(error), desk.place("n")) == ("n", QueueFullError, "rejected")
    assert error.trouble.happened == "Too many requests are waiting already."
    assert error.trouble.safe == "Your question is kept, and was not sent."
    assert error.trouble.remedy.startswith("Wait until an answer is complete, or stop one.")
    assert (error.trouble.retryable, error.trouble.cause) == (True, "Requests waiting: 10")
    assert str(error) == error.trouble.happened
    desk.leave("n")
    assert desk.queue.size == 10


def test_without_room_to_wait_a_request_runs_at_once_or_not_at_all() -> None:
    desk = Desk(RequestQueue(max_concurrent=2, max_queue_size=0))
    desk.enter("a", "b", "c")
    assert desk.started == ["a", "b"]
    assert [name for name, _ in desk.refused] == ["c"]
    desk.leave("a")
    desk.enter("d")
    assert desk.started == ["a", "b", "d"]


def test_a_server_at_its_cap_is_passed_over_and_keeps_its_place() -> None:
    desk = Desk(RequestQueue(max_concurrent=3, max_per_origin=2))
    desk.enter("a", "b", "c", "d")
    assert desk.started == ["a", "b"]
    desk.enter("x", "y", origin=THERE)
    assert desk.started == ["a", "b", "x"]
    desk.leave("a")  # c has waited longest, and its server has room again
    desk.leave("x")
    assert desk.started == ["a", "b", "x", "c", "y"]
    desk.leave("b")
    assert desk.started[-1] == "d"


def test_a_browser_has_connections_to_spare_by_default() -> None:
    desk = Desk(RequestQueue(max_concurrent=10))
    desk.enter(*"abcdef")
    assert desk.started == ["a", "b", "c", "d"]


def test_cancelled_while_waiting_it_never_starts() -> None:
    desk = Desk(RequestQueue(max_concurrent=1))
    desk.enter("a", "b", "c")
    desk.leave("b", "b")
    assert desk.queue.size == 1
    desk.leave("a")
    assert (desk.started, desk.refused) == (["a", "c"], [])


def test_leaving_twice_gives_back_one_place() -> None:
    desk = Desk(RequestQueue(max_concurrent=2))
    desk.enter("a", "b", "c", "d")
    desk.leave("a", "a", "a")
    assert desk.started == ["a", "b", "c"]


def test_clearing_rejects_what_waits_and_leaves_what_runs() -> None:
    desk = Desk(RequestQueue(max_concurrent=1))
    desk.enter("a", "b", "c")
    desk.queue.clear()
    assert [(name, type(error)) for name, error in desk.refused] == [
        ("b", QueueClearedError),
        ("c", QueueClearedError),
    ]
    assert not desk.refused[0][1].trouble.retryable
    assert [desk.place(name) for name in "abc"] == ["running", "rejected", "rejected"]
    assert desk.queue.size == 0
    desk.leave("a")
    assert desk.started == ["a"]


def test_a_start_that_raises_gives_its_place_to_the_next() -> None:
    desk = Desk(RequestQueue(max_concurrent=1))
    desk.enter("a")
    heard: list[QueueError] = []
    failure = RuntimeError("no such thing")

    def fail() -> None:
        raise failure

    broken = desk.queue.enter(HERE, fail, rejected=heard.append)
    desk.enter("b")
    desk.leave("a")
    assert desk.started == ["a", "b"]
    assert [type(error) for error in heard] == [NotStartedError]
    assert heard[0].__cause__ is failure
    assert heard[0].trouble.cause == "RuntimeError: no such thing"
    assert broken.place is Place.REJECTED
    broken.leave()
    assert (desk.queue.running, desk.queue.size) == (1, 0)


def test_a_listener_that_raises_is_heard_after_all_others_were_told() -> None:
    queue = RequestQueue(max_concurrent=1)
    told: list[str] = []

    def refuse(_error: QueueError) -> None:
        raise RuntimeError("the listener's own")

    queue.enter(HERE, lambda: None, rejected=refuse)
    queue.enter(HERE, lambda: None, rejected=refuse)
    queue.enter(HERE, lambda: None, rejected=lambda _error: told.append("second"))
    with pytest.raises(RuntimeError, match="the listener's own"):
        queue.clear()
    assert (told, queue.size) == (["second"], 0)
    queue.enter(HERE, lambda: told.append("third"), rejected=refuse).leave()
    assert queue.running == 1


def test_callbacks_come_one_after_another_and_never_inside_each_other() -> None:
    queue = RequestQueue(max_concurrent=3)
    heard: list[str] = []
    inner: list[Ticket] = []

    def outer() -> None:
        heard.append("outer begins")
        inner.append(queue.enter(HERE, lambda: heard.append("inner"), rejected=never))
        assert inner[0].place is Place.RUNNING
        heard.append("outer ends")

    queue.enter(HERE, outer, rejected=never)
    assert heard == ["outer begins", "outer ends", "inner"]


def test_left_between_admission_and_start_it_does_not_start() -> None:
    queue = RequestQueue(max_concurrent=2, max_queue_size=0)
    heard: list[str] = []

    def outer() -> None:
        queue.enter(HERE, lambda: heard.append("inner"), rejected=never).leave()

    queue.enter(HERE, outer, rejected=never)
    assert (heard, queue.running) == ([], 1)


def test_a_long_chain_of_requests_that_finish_at_once() -> None:
    queue = RequestQueue(max_concurrent=1, max_queue_size=5_000)
    tickets: list[Ticket] = []
    done: list[int] = []

    def finish() -> None:
        done.append(len(done))
        if done[-1]:
            tickets[done[-1]].leave()

    tickets.extend(queue.enter(HERE, finish, rejected=never) for _ in range(5_000))
    tickets[0].leave()
    assert (len(done), queue.size, queue.running) == (5_000, 0, 0)


@pytest.mark.parametrize("numbers", [(0, 10, 4), (3, -1, 4), (3, 10, 0)])
def test_a_queue_without_room_is_a_mistake(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="room for one request"):
        RequestQueue(*numbers)


def never(error: QueueError) -> None:
    raise AssertionError(f"rejected: {error}")


# What a callback does while it runs: nothing, raise, enter another, leave (itself or another by
# number), clear.
DEEDS = st.lists(st.sampled_from(["nothing", "raise", "enter", "leave", "clear"]), max_size=3)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["enter", "enter", "enter", "leave", "clear"]),
        st.integers(0, 7),
        st.integers(0, 2),
        DEEDS,
    ),
    max_size=40,
)


class Witness:
    """Drives a queue with callbacks that use it, and looks at the laws inside each of them."""

    def __init__(self, queue: RequestQueue, most: int, cap: int) -> None:
        self.queue, self.most, self.cap = queue, most, cap
        self.tickets: list[Ticket] = []
        self.heard: dict[int, list[str]] = {}

    def enter(self, number: int, priority: int, deeds: list[str]) -> None:
        name = len(self.heard)
        self.heard[name] = []
        origin = f"http://{number % 3}.example"
        # A request that enters others enters only quiet ones, or it would never end.
        self.tickets.append(
            self.queue.enter(
                origin,
                self._callback(name, "start", number, deeds),
                priority=priority,
                rejected=lambda _error: self._callback(
                    name, "reject", number, [deed for deed in deeds if deed != "raise"]
                )(),
            )
        )

    def do(self, deed: str, number: int, priority: int, deeds: list[str]) -> None:
        if deed == "enter":
            self.enter(number, priority, deeds)
        elif deed == "leave" and self.tickets:
            self.tickets[number % len(self.tickets)].leave()
        elif deed == "clear":
            self.queue.clear()
        elif deed == "raise":
            raise RuntimeError("on purpose")

    def look(self) -> None:
        running = [ticket for ticket in self.tickets if ticket.place is Place.RUNNING]
        waiting = [ticket for ticket in self.tickets if ticket.place is Place.WAITING]
        assert self.queue.running <= self.most
        for origin in {ticket.origin for ticket in running}:
            assert sum(ticket.origin == origin for ticket in running) <= self.cap
        if self.queue.running < self.most:
            for ticket in waiting:
                assert sum(each.origin == ticket.origin for each in running) == self.cap

    def _callback(self, name: int, kind: str, number: int, deeds: list[str]) -> Callable[[], None]:
        def call() -> None:
            self.heard[name].append(kind)
            self.look()
            for at, deed in enumerate(deeds):
                self.do(deed, number + at, at, [])
                self.look()

        return call


@given(STEPS, st.integers(1, 4), st.integers(0, 4), st.integers(1, 3))
def test_laws_under_callbacks_that_use_the_queue(
    steps: list[tuple[str, int, int, list[str]]], most: int, longest: int, cap: int
) -> None:
    queue = RequestQueue(most, longest, cap)
    witness = Witness(queue, most, cap)
    for deed, number, priority, deeds in steps:
        witness.do(deed, number, priority, deeds)
        witness.look()
        assert queue.running == sum(each.place is Place.RUNNING for each in witness.tickets)
        assert queue.size == sum(each.place is Place.WAITING for each in witness.tickets)
        assert queue.size <= longest
    for heard in witness.heard.values():
        assert heard in ([], ["start"], ["reject"], ["start", "reject"])
    for ticket in [*witness.tickets]:
        ticket.leave()
    for ticket in [*witness.tickets]:
        ticket.leave()
