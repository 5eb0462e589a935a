"""What the chat needs of a network, and what it hears back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from app.wire import Request


class Listener(Protocol):
    """Hears how one request goes: `responded`, then chunks, then exactly one of the other two."""

    def responded(self, status: int, headers: Mapping[str, str]) -> None:
        """Headers came; header names are lower case."""

    def chunk(self, data: bytes) -> None:
        """More of the body came."""

    def ended(self) -> None:
        """The body ended as HTTP says it should."""

    def failed(self, cause: str, *, is_offline: bool = False) -> None:
        """No answer, or the connection was lost.

        Args:
            cause: the technical text.
            is_offline: whether the device has no network.
        """


class Connection(Protocol):
    """One request under way."""

    def abort(self) -> None:
        """Close it, so that the server stops; the listener hears nothing more."""

    def release(self) -> None:
        """Let it end by itself, and close it if it does not; whatever comes is of no interest."""


class Transport(Protocol):
    """Sends requests."""

    def open(self, request: Request, listener: Listener) -> Connection:
        """Send a request and return without waiting."""

    def send(self, request: Request, done: Callable[[], None] = lambda: None, /) -> None:
        """Send a request whose answer is of no interest; tell when it has come, or failed."""
