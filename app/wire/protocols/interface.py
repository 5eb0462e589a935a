"""What the app needs to know of a protocol to speak it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from app.wire.deltas import Delta
from app.wire.request import Prompt, Request


class Framing(Enum):
    """How a stream is cut into payloads."""

    EVENT_STREAM = "server-sent events"
    JSON_LINES = "newline-delimited JSON"


class RequestMaker(Protocol):
    """Makes the request that asks a model for a streamed answer."""

    def __call__(
        self, endpoint: str, prompt: Prompt, *, conversation_id: str | None = None
    ) -> Request:
        """Return the request.

        Args:
            endpoint: base address of the server's interface.
            prompt: what is asked.
            conversation_id: name under which a server that can resume keeps the answer.
        """
        ...


# Reads one payload: the event's type ("message" where the framing has none) and the JSON
# object. It never raises on a payload, whatever the types of its members.
PayloadReader = Callable[[str, Mapping[str, object]], list[Delta]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One protocol: how to ask, and how to read what comes back.

    `new_reader` gives a reader for one answer; it may keep state between payloads."""

    name: str
    framing: Framing
    request: RequestMaker
    new_reader: Callable[[], PayloadReader]
