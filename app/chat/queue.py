"""The queue that every request waits in: a few run at a time, the more urgent first.

Goals: never more than `max_concurrent` at once, never more than `max_per_origin` to one server;
whatever enters is running, waiting, left or rejected, and hears of it once.
Plan: the queue's own state is settled first, then the callbacks are called, one after another and
never one inside another, so that a callback may enter, leave and clear as it likes.
Weak: urgent requests that never cease keep the others waiting for ever; that is what urgent means.
"""

from bisect import insort
from collections import deque
from collections.abc import Callable
from enum import Enum

from app.chat.trouble import MAX_CAUSE, Trouble

# Browsers open 6 connections to an origin over HTTP/1.1, for all tabs together: with 4 streams
# there is one left to stop or resume with, and one for another tab.
MAX_PER_ORIGIN = 4


class QueueError(Exception):
    """A request will not be sent; `trouble` says it in a person's words."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.happened)
        self.trouble = trouble


class QueueFullError(QueueError):
    """As many requests wait already as may wait."""

    def __init__(self, waiting: int) -> None:
        super().__init__(
            Trouble(
                happened="Too many requests are waiting already.",
                safe="Your question is kept, and was not sent.",
                remedy="Wait until an answer is complete, or stop one. Then press Try again.",
                cause=f"Requests waiting: {waiting}",
                retryable=True,
            )
        )


class QueueClearedError(QueueError):
    """The request was waiting when everything that waited was given up."""

    def __init__(self) -> None:
        super().__init__(
            Trouble(
                happened="The waiting requests were cancelled.",
                safe="Your question is kept, and was not sent.",
                remedy="Press Try again.",
                cause="The request queue was cleared.",
                retryable=False,
            )
        )


class NotStartedError(QueueError):
    """The request's own `start` raised; `__cause__` is what it raised."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(
            Trouble(
                happened="The request could not be sent.",
                safe="Your question is kept.",
                remedy="Press Try again. If that does not help, reload the page.",
                cause=f"{type(cause).__name__}: {cause}"[:MAX_CAUSE],
                retryable=False,
            )
        )
        self.__cause__ = cause


class Place(Enum):
    """Where a ticket is."""

    WAITING = "waiting"
    RUNNING = "running"  # its request may be under way
    LEFT = "left"  # finished or cancelled
    REJECTED = "rejected"  # it will not be started; it has heard why, or hears it next


class Ticket:
    """One request's place in the queue.

    Attributes:
        origin: the server that the request goes to.
        place: where the ticket is.
    """

    __slots__ = ("_queue", "_rejected", "_start", "order", "origin", "place")

    def __init__(
        self,
        queue: "RequestQueue",
        origin: str,
        order: tuple[int, int],
        start: Callable[[], None],
        rejected: Callable[[QueueError], None],
    ) -> None:
        self.origin = origin
        self.order = order
        self.place = Place.WAITING
        self._queue = queue
        self._start = start
        self._rejected = rejected

    def leave(self) -> None:
        """Give the place back: the request has finished, or is wanted no more.

        Safe at any time and any number of times. A request that has not started yet never will.
        """
        self._queue._leave(self)

    def _call_start(self) -> None:
        # It may have left between its admission and this call.
        if self.place is not Place.RUNNING:
            return
        try:
            self._start()
        except Exception as error:
            self._queue._fail(self, error)

    def _call_rejected(self, error: QueueError) -> None:
        self._rejected(error)


class RequestQueue:
    """Lets a few requests run at a time; the others wait, the more urgent before the others.

    Among equally urgent ones the first to come is the first to run. One whose server has as many
    as it may have is passed over, and keeps its place.

    Args:
        max_concurrent: most that run at once, at least 1.
        max_queue_size: most that wait, those that run not counted. With 0 none waits: what cannot
            run at once is refused. Nobody who waits is put out for a more urgent one.
        max_per_origin: most that run at once to one origin, at least 1.
    """

    def __init__(
        self,
        max_concurrent: int = 3,
        max_queue_size: int = 10,
        max_per_origin: int = MAX_PER_ORIGIN,
    ) -> None:
        if max_concurrent < 1 or max_queue_size < 0 or max_per_origin < 1:
            raise ValueError("A queue needs room for one request, and no fewer than 0 waiting.")
        self._max_concurrent = max_concurrent
        self._max_queue_size = max_queue_size
        self._max_per_origin = max_per_origin
        self._waiting: list[Ticket] = []
        self._running: list[Ticket] = []
        self._entered = 0
        self._calls: deque[Callable[[], None]] = deque()
        self._is_calling = False

    @property
    def size(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """How many run."""
        return len(self._running)

    def enter(
        self,
        origin: str,
        start: Callable[[], None],
        *,
        priority: int = 0,
        rejected: Callable[[QueueError], None],
    ) -> Ticket:
        """Start a request at once if there is room, or keep it waiting.

        Called from inside a callback of this queue, "at once" is when that callback returns.

        Args:
            origin: the server that the request goes to.
            start: sends the request; called once at most. What it raises goes to `rejected`.
            priority: the higher, the earlier.
            rejected: hears, once at most, why the request will not be sent: no room to wait
                (`QueueFullError`), given up (`QueueClearedError`), or `start` raised
                (`NotStartedError`). What it raises reaches whoever made the queue move, after
                all other callbacks were called.
        """
        order = (-priority, self._entered)
        self._entered += 1
        ticket = Ticket(self, origin, order, start, rejected)
        if self._has_room_for(ticket):
            self._admit(ticket)
        elif len(self._waiting) < self._max_queue_size:
            insort(self._waiting, ticket, key=_order)
        else:
            self._reject(ticket, QueueFullError(len(self._waiting)))
        self._call_all()
        return ticket

    def clear(self) -> None:
        """Reject everything that waits, in the order in which it would have run."""
        waiting, self._waiting = self._waiting, []
        for ticket in waiting:
            self._reject(ticket, QueueClearedError())
        self._call_all()

    def _leave(self, ticket: Ticket) -> None:
        if ticket.place is Place.WAITING:
            self._waiting.remove(ticket)
        elif ticket.place is Place.RUNNING:
            self._running.remove(ticket)
        else:
            return
        ticket.place = Place.LEFT
        self._admit_all()
        self._call_all()

    def _fail(self, ticket: Ticket, error: Exception) -> None:
        """Take note that a start raised; it may have left before it did."""
        if ticket.place is Place.RUNNING:
            self._running.remove(ticket)
            self._reject(ticket, NotStartedError(error))
            self._admit_all()

    def _has_room_for(self, ticket: Ticket) -> bool:
        if len(self._running) >= self._max_concurrent:
            return False
        same = sum(other.origin == ticket.origin for other in self._running)
        return same < self._max_per_origin

    def _admit_all(self) -> None:
        for ticket in [*self._waiting]:
            if self._has_room_for(ticket):
                self._waiting.remove(ticket)
                self._admit(ticket)

    def _admit(self, ticket: Ticket) -> None:
        ticket.place = Place.RUNNING
        self._running.append(ticket)
        self._calls.append(ticket._call_start)

    def _reject(self, ticket: Ticket, error: QueueError) -> None:
        ticket.place = Place.REJECTED
        self._calls.append(lambda: ticket._call_rejected(error))

    def _call_all(self) -> None:
        """Call what is due, unless a callback is running: then its caller goes on with it."""
        if self._is_calling:
            return
        self._is_calling = True
        errors: list[Exception] = []
        try:
            while self._calls:
                try:
                    self._calls.popleft()()
                except Exception as error:
                    errors.append(error)
        finally:
            self._is_calling = False
        if errors:
            raise errors[0]


def _order(ticket: Ticket) -> tuple[int, int]:
    return ticket.order
