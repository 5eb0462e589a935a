"""Silence, and whether this device slept through it.

A watchdog compares times, it does not count ticks: timers of a hidden page run once a minute, and
a device that sleeps runs none. So a tick that comes much too late means a sleep, not a server
that stopped.
"""

from app.chat.patience import Stall

# How often the watch wants to be woken, in milliseconds: while the page is seen, and while it is
# hidden, where browsers run timers once a minute at best.
BEAT_MS = 5000.0
HIDDEN_BEAT_MS = 60_000.0
# A page that comes back doubts a connection that was silent for this long, or for twice its
# longest pause so far.
GRACE_MS = 3000.0
_BLANK_LINES = (b"\n\n", b"\r\r", b"\r\n\r\n")
# What servers send in their pauses: a comment, a blank line, Anthropic's event. An event without
# text is none: Azure's first one has the verdict of its filter, and then the model may think long.
_SIGNS_OF_LIFE = (b":", b"\n", b"\r", b"event: ping")


class Watch:
    """Knows how long a connection may be silent.

    Args:
        stall: after how much silence a connection is doubted.
    """

    def __init__(self, stall: Stall) -> None:
        self.beat = BEAT_MS
        self.heard_at = 0.0
        self.has_warned = False
        self.probe_until: float | None = None
        self._stall = stall
        self._longest_gap = 0.0
        self.has_begun = False
        self._before = 0.0, False
        self._has_heartbeats = False

    def opened(self, now: float) -> None:
        """Begin with a new connection; what was learnt of the server's pauses is kept."""
        self._before = self.heard_at, self.has_begun
        self.heard_at = now
        self.has_warned = False
        self.probe_until = None
        self.has_begun = False

    def goes_on(self) -> None:
        """Count on from before it was opened: this connection is an end of the same one."""
        self.heard_at, self.has_begun = self._before
        self.has_warned = True

    def heard(self, data: bytes, now: float, *, says_nothing: bool) -> None:
        """Take note of bytes; `says_nothing`: no delta came of them."""
        if self.has_begun and self.probe_until is None:
            # A longer one was a sleep, which says nothing of the server.
            gap = min(now - self.heard_at, self._stall.silence)
            self._longest_gap = max(self._longest_gap, gap)
        self.has_begun = True
        self.heard_at = now
        self.has_warned = False
        self.probe_until = None
        if says_nothing and data.startswith(_SIGNS_OF_LIFE) and data.endswith(_BLANK_LINES):
            self._has_heartbeats = True

    def silence(self, now: float) -> float:
        """Return for how long nothing came, in milliseconds."""
        return now - self.heard_at

    @property
    def limit(self) -> float:
        """After how much silence the connection is doubted, in milliseconds."""
        if not self.has_begun:
            return self._stall.first_byte
        if self._has_heartbeats:
            return max(self._stall.heartbeat, 3 * self._longest_gap)
        return self._stall.silence

    @property
    def doubt_at(self) -> float:
        """When the connection is doubted next: after a warning, not before as much time again."""
        return self.heard_at + (2 * self.limit if self.has_warned else self.limit)

    @property
    def is_sure(self) -> bool:
        """Whether that silence means that the connection is lost: the server shows life else."""
        return self.has_begun and self._has_heartbeats

    def is_doubtful(self, now: float) -> bool:
        """Tell whether a page that comes back should doubt a connection that is silent."""
        return self.silence(now) > max(GRACE_MS, 2 * self._longest_gap)

    def probe(self, now: float) -> None:
        """Give bytes that waited out a sleep a moment to show."""
        if self.probe_until is None:
            self.probe_until = now + self._stall.probe

    def slept(self, now: float) -> None:
        """Count silence from now: nothing could be heard before. Give bytes a moment to show."""
        self.heard_at = now
        self.probe_until = now + self._stall.probe
