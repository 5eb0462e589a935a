"""What is told to a turn: steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from app.chat.saved import SavedTurn
from app.chat.ways import Asking


class Plan(Protocol):
    """How an answer is asked for: makes the requests of one turn."""

    def ask(self, number: int) -> Asking:
        """Give the request for an answer from its beginning; `number` tells it from others."""

    def go_on(self, number: int, beginning: str) -> Asking | None:
        """Give the request for what follows a beginning; None where that makes no sense."""


@dataclass(frozen=True, slots=True)
class Begin:
    """Ask for the answer."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Restore:
    """Go on where another page, or this one before it was closed, had come to.

    `follows`: another page has the turn still; this one only looks on, and asks no model.
    """

    plan: Plan
    saved: SavedTurn
    follows: bool = False


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
class Tick:
    """The time that a `Wake` asked for has come, or another one: a clock may be late or early.

    `is_offline`: the device has no network now. Only that it has none can be trusted.
    """

    is_offline: bool = False


class PageSignal(Enum):
    """What the browser does with the page (Page Lifecycle, and the events online and offline)."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    FROZEN = "frozen"
    RESUMED = "resumed"
    RESTORED = "restored"  # shown again from the back/forward cache: its connections are dead
    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Signal:
    """The page went through this."""

    kind: PageSignal


@dataclass(frozen=True, slots=True)
class Retry:
    """The person wants it tried now: what waits, or an answer that ended badly."""


@dataclass(frozen=True, slots=True)
class Continue:
    """The person wants the model to go on from where the answer was cut."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The person wants no more of this answer."""


Step = (
    Begin | Restore | Responded | Chunk | Ended | Failed | Tick | Signal | Retry | Continue | Stop
)
