"""What one step of an answer can be, the same for all protocols."""

from dataclasses import dataclass
from typing import Literal

# How an answer that is finished ended: as the model wished, at a limit to its length, or
# because the model or a filter declined.
Ending = Literal["whole", "limit", "declined"]


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
    """A part of the tool call numbered `index`; strings are empty where nothing is new.

    `signature` is what the server wants back, unread, together with the call; `is_served`: the
    server runs the tool itself.
    """

    index: int
    id: str
    name: str
    arguments: str
    signature: str = ""
    is_served: bool = False


@dataclass(frozen=True, slots=True)
class ToolOutput:
    """What a tool that the server ran itself gave back, as text or as JSON text."""

    call_id: str
    output: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class ThoughtSignature:
    """The end of a thought, with what the server wants back, unread, to go on from it.

    `is_redacted`: the thought itself is in the signature, encrypted. `id` is the server's.
    """

    signature: str
    is_redacted: bool = False
    id: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A source that the answer names; either part may be empty, but not both."""

    url: str
    title: str


@dataclass(frozen=True, slots=True)
class AnswerId:
    """The name under which the server knows this answer."""

    id: str


@dataclass(frozen=True, slots=True)
class SequenceNumber:
    """The server's number for the event just read: where a resumed stream goes on."""

    number: int


@dataclass(frozen=True, slots=True)
class StepStart:
    """A step begins: should the server take it back, the answer returns to this point."""


@dataclass(frozen=True, slots=True)
class StepReset:
    """The server takes back all that came since the last `StepStart`."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """Text and reasoning as they are from now on, in place of all that came before."""

    text: str
    reasoning: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens read and written so far; None where the server does not say."""

    input_tokens: int | None
    output_tokens: int | None


@dataclass(frozen=True, slots=True)
class Finish:
    """The protocol's own signal that the answer is finished.

    `reason` is the server's word for why, empty if it has none.
    """

    reason: str
    ending: Ending = "whole"


@dataclass(frozen=True, slots=True)
class End:
    """The protocol's mark that nothing follows. It tells nothing of success."""


@dataclass(frozen=True, slots=True)
class ServerError:
    """The server's report that it failed.

    `retryable`: a new attempt may succeed; `retry_after`: not before so many milliseconds, None
    if the server does not say.
    """

    message: str
    code: str
    retryable: bool
    retry_after: float | None = None


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
    | ToolOutput
    | ThoughtSignature
    | Source
    | AnswerId
    | SequenceNumber
    | StepStart
    | StepReset
    | Replaced
    | Usage
    | Finish
    | End
    | ServerError
    | Malformed
)
