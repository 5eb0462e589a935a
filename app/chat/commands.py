"""What a turn wants done: commands, to be carried out in their order."""

from dataclasses import dataclass

from app.chat.phases import Phase
from app.wire import Request


@dataclass(frozen=True, slots=True)
class Open:
    """Send this request."""

    request: Request


@dataclass(frozen=True, slots=True)
class Abort:
    """Close the connection; nothing more of it is wanted."""


@dataclass(frozen=True, slots=True)
class Release:
    """Nothing more of the connection is wanted: let it end by itself, or close it if it stays."""


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
    """Take answer and reasoning away: the server set others in their place, which follow."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The turn has come to this phase."""

    phase: Phase


Command = Open | Abort | Release | Write | Think | Replace | Changed


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
