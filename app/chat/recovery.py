"""What to do when an answer is cut: which way reads it on, when, and when to give up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app.chat.backoff import Backoff
from app.chat.patience import Patience
from app.chat.ways import Asking, Policy, Way

# A request that fails sooner than this was not tried by the network: nothing listens there, or the
# browser did not let it out (CORS).
AT_ONCE_MS = 1000.0
# So many in a row while the device is online are said to be blocked.
BLOCKED_AFTER = 3
# Statuses of a resume request that say "not now"; all others mean that this way leads nowhere.
_NOT_NOW = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of what happened to an answer: when, on the turn's clock, and what."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Later:
    """What waits: to ask the model, to let it go on, or to read on.

    `until` is its time on the turn's clock.
    `not_before`: the server itself asked for that time, and is not asked earlier unless the
    person wants it.
    """

    what: Literal["ask", "go-on", "resume"]
    until: float
    not_before: float


class Recovery:
    """Knows which ways are left, and counts failures.

    Args:
        patience: how long is waited for what.
        chance: gives a random number from 0 to 1, 1 excluded.
    """

    def __init__(self, patience: Patience, chance: Callable[[], float]) -> None:
        self.backoff = Backoff(patience.retry, chance)
        self.later: Later | None = None
        self.used: Way | None = None  # the way that the present connection goes
        self.stalled: Way | None = None  # the way that was taken because of silence
        self._ways: list[Way] = []
        self._at_once = 0

    def begin(self, asking: Asking) -> None:
        """Start with all the ways of a new request."""
        self._ways = list(asking.ways)
        self.used = self.stalled = None
        self.later = None

    @property
    def way(self) -> Way | None:
        """The best way that is left."""
        return next(iter(self._ways), None)

    def exhaust(self, way: Way | None) -> None:
        """Strike out a way that led nowhere."""
        self._ways = [each for each in self._ways if each is not way]

    def take(self, way: Way) -> None:
        """Go this way; what it gives may not be the bytes that others count."""
        self.used = way
        if way.policy is not Policy.KEEP:
            self._ways = [each for each in self._ways if each.policy is not Policy.KEEP]

    def exhaust_all(self) -> None:
        """Strike out all ways."""
        self._ways = []

    def progressed(self) -> None:
        """Hear that something new is on the screen."""
        self.backoff.reset()
        self.stalled = None
        self._at_once = 0

    def failed_after(self, duration: float, *, is_offline: bool) -> None:
        """Hear after how long a request failed without an answer, in milliseconds."""
        self._at_once = self._at_once + 1 if duration < AT_ONCE_MS and not is_offline else 0

    @property
    def is_blocked(self) -> bool:
        """Whether requests fail so quickly that they seem not to be let out."""
        return self._at_once >= BLOCKED_AFTER

    def schedule(
        self, what: Literal["ask", "go-on", "resume"], now: float, named: float | None = None
    ) -> bool:
        """Set the next try; tell whether there is one, False if there were too many.

        Args:
            what: what to try.
            now: the time.
            named: the wait that the server asked for, in milliseconds.
        """
        if self.backoff.is_spent:
            return False
        # Reading on after a cut costs nothing: the first time at once.
        is_free = what == "resume" and self.backoff.failures == 0 and named is None
        delay = self.backoff.next_delay(named)
        self.later = Later(what, now if is_free else now + delay, now + (named or 0.0))
        return True


def says_not_now(status: int) -> bool:
    """Tell whether a server that was asked for the rest may give it later."""
    return status in _NOT_NOW


def words_for(way: Way, received_bytes: int) -> str:
    """Say how an answer was read on: "resumed at byte 2,777"."""
    if way.policy is Policy.KEEP:
        return f"resumed at byte {received_bytes:,} from {way.name}"
    if way.policy is Policy.REPLAY:
        return f"played again from {way.name}"
    return f"resumed after the last whole event from {way.name}"
