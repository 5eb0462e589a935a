"""What a test server heard and how each exchange went, for tests to count and compare."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

# whole: everything was sent, and ended as HTTP says. end: cut, and it looks whole.
# eof: closed inside the body's coding. reset: cut with RST. left: the client went first.
# closed: the server was closed. A proxy resets when nobody is behind it (unreachable) and when the
# real server broke off (broken).
Ending = Literal["whole", "end", "eof", "reset", "left", "closed", "unreachable", "broken"]

# Ends a wait without hope; no test is about it.
PATIENCE_SECONDS = 60.0


@dataclass
class Entry:
    """One request and its answer; times in seconds of `time.monotonic()`.

    Attributes:
        target: path and query as they came.
        headers: names in lower case.
        sent: the bytes of the answer's body that went out, heartbeats included.
        received: for a proxy, the bytes of the body that came from the real server.
        ending: how the connection ended; None while it lasts.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    status: int | None = None
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)
    ending: Ending | None = None

    @property
    def path(self) -> str:
        """The path alone."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The parameters, decoded; the last of each name."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


class Journal:
    """All requests but preflights, oldest first; written by a server's thread, read by a test's.

    A client may know of an end before it stands here: `wait_until_idle` comes first.
    """

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._changed = threading.Condition()
        self.preflights = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries())

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, at: int) -> Entry:
        return self._entries[at]

    def entries(self, method: str = "", path: str = "") -> list[Entry]:
        """Give the requests with this method and this path, or all where one is empty."""
        return [
            entry
            for entry in [*self._entries]
            if method in ("", entry.method) and path in ("", entry.path)
        ]

    def posts(self, path: str = "") -> list[Entry]:
        """Give the POSTs: one a turn is what the person pays for."""
        return self.entries("POST", path)

    def add(self, entry: Entry) -> None:
        """Write a request down."""
        with self._changed:
            self._entries.append(entry)
            self._changed.notify_all()

    def note(self) -> None:
        """Say that an entry has changed."""
        with self._changed:
            self._changed.notify_all()

    def wait(self, holds: Callable[[Journal], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until something holds of the journal.

        Raises:
            AssertionError: it did not come to hold.
        """
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self), seconds), self._entries

    def wait_until_idle(self) -> None:
        """Wait until every exchange has ended."""
        self.wait(lambda journal: all(entry.ending for entry in journal))
