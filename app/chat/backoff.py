"""When to try again.

Full jitter: a random time from nothing to a bound that doubles, so that clients which failed
together do not come back together (Brooker, "Exponential Backoff and Jitter", 2015). A server
that names a time is never asked before it.
"""

from collections.abc import Callable

from app.chat.patience import Retry

# Later than the server's own word by so much: its clock and ours do not agree to the millisecond.
SLACK_MS = 100.0


class Backoff:
    """Counts failures since the last progress, and gives the wait before the next try.

    Args:
        retry: how often and how patiently.
        chance: gives a random number from 0 to 1, 1 excluded.
    """

    def __init__(self, retry: Retry, chance: Callable[[], float]) -> None:
        self.failures = 0
        self._retry = retry
        self._chance = chance

    @property
    def is_spent(self) -> bool:
        """Whether there were as many failures in a row as there may be."""
        return self.failures >= self._retry.max_retries

    def reset(self) -> None:
        """Begin anew: something came."""
        self.failures = 0

    def next_delay(self, named: float | None = None) -> float:
        """Count a failure and return the wait before the next try, in milliseconds.

        Args:
            named: the wait that the server asked for, in milliseconds.
        """
        bound = min(self._retry.retry_delay * 2.0**self.failures, self._retry.max_delay)
        self.failures += 1
        delay = bound * self._chance()
        return delay if named is None else max(delay, named + SLACK_MS)
