"""What one step of an answer can be, the same for all protocols."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextDelta:
    """Characters to append to the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """Characters to append to the model's reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class RefusalDelta:
    """Characters to append to the model's refusal, which stands in the answer's place."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A part of the tool call numbered `index`; strings are empty where nothing is new."""

    index: int
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens read and written so far; None where the server does not say."""

    input_tokens: int | None
    output_tokens: int | None


@dataclass(frozen=True, slots=True)
class Finish:
    """The protocol's own signal that the answer is whole, with the server's word for why."""

    reason: str


@dataclass(frozen=True, slots=True)
class ServerError:
    """The server's report that it failed. `retryable`: a new attempt may succeed."""

    message: str
    code: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Malformed:
    """A piece of the stream that cannot be read: its first characters, and why."""

    line: str
    reason: str


Delta = (
    TextDelta
    | ReasoningDelta
    | RefusalDelta
    | ToolCallDelta
    | Usage
    | Finish
    | ServerError
    | Malformed
)
