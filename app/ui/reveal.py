"""Text that comes in bursts, shown at the rate at which it comes.

Many servers send some words at a time; shown as they come, the text jumps. So what waits is spread
over the time until more is likely to come, and nothing is ever behind by more than a quarter of a
second.
"""

import math
from collections import deque
from typing import Final

# In milliseconds: what waits is shown within the first, and what has waited for the second at once,
# so that with the frame it comes in it is behind by less than 250.
SPREAD: Final = 150.0
LONGEST: Final = 215.0
# Longest time since the frame before that counts: after a pause there is nothing to catch up with.
_LONGEST_FRAME: Final = 50.0


class Reveal:
    """Says how much of what has come may be shown now; all lengths in characters."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, int]] = deque()  # when it came, and how much
        self._length = 0
        self._shown_at = -math.inf

    def came(self, length: int, now: float) -> None:
        """Take note that text has come."""
        self._waiting.append((now, length))
        self._length += length

    def due(self, now: float) -> int:
        """Return how much of what waits may be shown."""
        overdue = sum(length for at, length in self._waiting if now - at >= LONGEST)
        elapsed = min(now - self._shown_at, _LONGEST_FRAME)
        share = math.ceil(self._length * elapsed / SPREAD)
        return min(max(overdue, share), self._length)

    def shown(self, length: int, now: float) -> None:
        """Take note that so much of it is shown."""
        self._shown_at = now
        self._length -= length
        while length > 0:
            at, first = self._waiting.popleft()
            if first > length:
                self._waiting.appendleft((at, first - length))
            length -= first

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()
        self._length = 0
