"""What is told to a turn: steps."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.wire import Request


@dataclass(frozen=True, slots=True)
class Begin:
    """Ask for the answer with this request."""

    request: Request


@dataclass(frozen=True, slots=True)
class Responded:
    """The server answered with a status and headers (names in any case); the body follows."""

    status: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes of the body, cut anywhere."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The body ended without an error of the network."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The network failed, before or during the answer; `cause` is its technical text.

    `is_offline`: the device had no network at that time.
    """

    cause: str
    is_offline: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """The person wants no more of this answer."""


Step = Begin | Responded | Chunk | Ended | Failed | Stop
