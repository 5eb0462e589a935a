"""What is asked: a prompt in the app's terms, and the HTTP request that carries it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from app.wire.assembly import Thought, ToolCall

Role = Literal["system", "user", "assistant", "tool"]
Effort = Literal["none", "minimal", "low", "medium", "high"]
EFFORTS: tuple[str, ...] = get_args(Effort)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message: its bytes, media type ("image/png") and name."""

    data: bytes
    media_type: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave back for the call of this ID, as text or as JSON text."""

    call_id: str
    name: str
    output: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation.

    `tool_calls` and `thoughts` are those of an assistant's `Answer`; `tool_results` stand in
    a message of role "tool". What a protocol has no place for is left out.
    """

    role: Role
    text: str
    attachments: tuple[Attachment, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    tool_results: tuple[ToolResult, ...] = ()
    thoughts: tuple[Thought, ...] = ()

    @property
    def own_calls(self) -> tuple[ToolCall, ...]:
        """The calls that wait for a result; those that the server carried out have theirs."""
        return tuple(call for call in self.tool_calls if not call.is_served)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that the model may call; `parameters` is a JSON Schema of type "object"."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Prompt:
    """The messages that a model is to answer, oldest first, and how.

    None leaves a choice to the server. `max_tokens` counts the answer's tokens only;
    `wants_usage`: the server shall count tokens, where it has to be asked for that.
    """

    messages: tuple[Message, ...]
    model: str
    tools: tuple[Tool, ...] = ()
    reasoning_effort: Effort | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    wants_usage: bool = True

    @property
    def system_text(self) -> str:
        """All instructions, for protocols that keep them apart from the messages."""
        texts = (message.text for message in self.messages if message.role == "system")
        return "\n\n".join(text for text in texts if text)


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request, ready to be sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
