"""What a turn wants done: commands, to be carried out in their order."""

from dataclasses import dataclass

from app.chat.phases import Phase
from app.wire import Request


@dataclass(frozen=True, slots=True)
class Open:
    """Send this request and tell how it goes; no other is open then.

    `resumed_from`: it reads an answer on, from so many bytes; None asks a model.
    """

    request: Request
    resumed_from: int | None = None


@dataclass(frozen=True, slots=True)
class Abort:
    """Close the connection; nothing more of it is wanted."""


@dataclass(frozen=True, slots=True)
class Release:
    """Nothing more of the connection is wanted: let it end by itself, or close it if it stays."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send this request beside all others; what comes of it is of no interest."""

    request: Request


@dataclass(frozen=True, slots=True)
class Write:
    """Append this text to the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Think:
    """Append this text to the model's reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class Replace:
    """Take answer and reasoning away: others, which follow, stand in their place."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The turn has come to this phase."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class Wake:
    """Tell the turn a `Tick` at this time on its clock, in milliseconds, instead of any earlier
    order."""

    at: float


@dataclass(frozen=True, slots=True)
class Save:
    """Put `saved()` away where it outlives the page."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Once what was saved last is safe, send this: others need not keep the answer any more."""

    request: Request


Command = Open | Abort | Release | Send | Write | Think | Replace | Changed | Wake | Save | Forget


class Script:
    """Collects commands in order, neighbouring pieces of the same text as one command."""

    def __init__(self) -> None:
        self._commands: list[Command] = []
        self._pieces: list[str] = []
        self._kind: type[Write] | type[Think] = Write

    def add(self, command: Command) -> None:
        """Append a command."""
        self._join()
        self._commands.append(command)

    def say(self, kind: type[Write] | type[Think], text: str) -> None:
        """Append a piece of the answer or of the reasoning, if it is not empty."""
        if not text:
            return
        if kind is not self._kind:
            self._join()
            self._kind = kind
        self._pieces.append(text)

    def commands(self) -> list[Command]:
        """Give all commands collected so far."""
        self._join()
        return self._commands

    def _join(self) -> None:
        if self._pieces:
            self._commands.append(self._kind("".join(self._pieces)))
            self._pieces.clear()
