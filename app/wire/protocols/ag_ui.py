"""AG-UI, the protocol between agents and pages.

Source: docs.ag-ui.com, version 1.0. Its older THINKING_* events are read as well.
"""

from collections.abc import Iterator, Mapping

from app.wire.deltas import (
    AnswerId,
    Delta,
    End,
    Finish,
    ReasoningDelta,
    Replaced,
    TextDelta,
    ToolCallDelta,
    ToolOutput,
    Usage,
)
from app.wire.json_text import as_array, as_count, as_object, as_text
from app.wire.protocols.interface import Dialect, Framing, Question
from app.wire.protocols.posting import base64_text, bearer, function_calls, post, present
from app.wire.request import Attachment, Message, Request
from app.wire.server_error import make_error, reported_error

_REASONING = frozenset(
    {
        *("REASONING_MESSAGE_CONTENT", "REASONING_MESSAGE_CHUNK"),
        *("THINKING_TEXT_MESSAGE_CONTENT", "THINKING_CONTENT"),
    }
)
_TEXT = frozenset({"TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_CHUNK"})
_CALLS = frozenset({"TOOL_CALL_START", "TOOL_CALL_ARGS", "TOOL_CALL_CHUNK", "TOOL_CALL_RESULT"})


def ask(question: Question) -> Request:
    """Return the request that runs an agent; the endpoint is the agent's whole address.

    Model, effort, limits and temperature are the agent's own choice.
    """
    prompt = question.prompt
    thread = question.conversation_id or question.request_id or "thread"
    body = {
        "threadId": thread,
        "runId": question.request_id or f"{thread}-{len(prompt.messages)}",
        "state": {},
        "messages": [
            each
            for number, message in enumerate(prompt.messages)
            for each in _messages(number, message)
        ],
        "tools": [
            {
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.parameters),
            }
            for tool in prompt.tools
        ],
        "context": [],
        "forwardedProps": {},
    }
    return post(question.endpoint.strip(), bearer(question.access_key), body)


class RunReader:
    """Reads the events of one run."""

    def __init__(self) -> None:
        self._calls: dict[str, int] = {}
        self._last_call = ""
        self._last_message = ""
        self._messages: set[str] = set()
        self._foreign: set[str] = set()

    def read(self, event: str, payload: Mapping[str, object]) -> list[Delta]:
        """Return the deltas of one event."""
        return list(self._read(as_text(payload.get("type")) or event, payload))

    def _read(self, kind: str, payload: Mapping[str, object]) -> Iterator[Delta]:
        if kind in _TEXT or kind == "TEXT_MESSAGE_START":
            yield from self._read_text(payload)
        elif kind in _REASONING:
            self._messages.add(as_text(payload.get("messageId")))
            yield ReasoningDelta(as_text(payload.get("delta")))
        elif kind in _CALLS:
            yield from self._read_call(kind, payload)
        elif kind == "MESSAGES_SNAPSHOT":
            yield from self._read_snapshot(as_array(payload.get("messages")))
        elif kind == "RUN_STARTED":
            yield AnswerId(as_text(payload.get("runId")))
        elif kind == "RUN_FINISHED":
            yield from _read_end(payload)
        elif kind == "RUN_ERROR":
            said = as_text(payload.get("message")) or "The agent failed without a message."
            yield make_error(said, as_text(payload.get("code")))
            yield End()
        elif not payload.get("type") and (error := reported_error(payload)):
            yield error

    def _read_text(self, payload: Mapping[str, object]) -> Iterator[Delta]:
        # A chunk may leave the ID out when it goes on with the message before it.
        name = self._last_message = as_text(payload.get("messageId")) or self._last_message
        role = as_text(payload.get("role"))
        if role and role != "assistant":
            self._foreign.add(name)
        if name not in self._foreign:
            self._messages.add(name)
            yield TextDelta(as_text(payload.get("delta")))

    def _read_call(self, kind: str, payload: Mapping[str, object]) -> Iterator[Delta]:
        # A chunk may leave the ID out when it goes on with the call before it.
        name = as_text(payload.get("toolCallId")) or self._last_call
        if kind == "TOOL_CALL_RESULT":
            yield ToolOutput(name, as_text(payload.get("content")))
        else:
            self._last_call = name
            index = self._calls.setdefault(name, len(self._calls))
            tool = as_text(payload.get("toolCallName"))
            yield ToolCallDelta(index, name, tool, as_text(payload.get("delta")))

    def _read_snapshot(self, messages: object) -> Iterator[Delta]:
        """Take the agent's own view of the conversation for what belongs to this run."""
        known = [as_object(message) for message in as_array(messages)]
        start = 0
        for number, message in enumerate(known):
            if as_text(message.get("id")) in self._messages:
                start = number
                break
            if message.get("role") == "user":
                start = number + 1
        text = _joined(known[start:], "assistant")
        reasoning = _joined(known[start:], "reasoning")
        # A snapshot from before the answer says nothing of it.
        if text or reasoning:
            yield Replaced(text, reasoning)
        for message in known[start:]:
            for call in map(as_object, as_array(message.get("toolCalls"))):
                yield from self._read_known_call(call)

    def _read_known_call(self, call: Mapping[str, object]) -> Iterator[Delta]:
        name, function = as_text(call.get("id")), as_object(call.get("function"))
        if name and name not in self._calls:
            index = self._calls[name] = len(self._calls)
            arguments = as_text(function.get("arguments"))
            yield ToolCallDelta(index, name, as_text(function.get("name")), arguments)


def _joined(messages: list[Mapping[str, object]], role: str) -> str:
    return "".join(_content(each) for each in messages if each.get("role") == role)


def _content(message: Mapping[str, object]) -> str:
    parts = map(as_object, as_array(message.get("content")))
    return as_text(message.get("content")) + "".join(as_text(part.get("text")) for part in parts)


def _read_end(payload: Mapping[str, object]) -> Iterator[Delta]:
    # Older agents tell no outcome: then the event itself means success.
    outcome = payload.get("outcome")
    reason = as_text(as_object(outcome).get("type")) or as_text(outcome)
    usages = [as_object(usage) for usage in as_array(payload.get("usage"))]
    if usages:
        yield Usage(_total(usages, "inputTokens"), _total(usages, "outputTokens"))
    if reason != "cancelled":
        yield Finish(reason)
    yield End()


def _total(usages: list[Mapping[str, object]], member: str) -> int | None:
    counts = [count for usage in usages if (count := as_count(usage.get(member))) is not None]
    return sum(counts) if counts else None


def _messages(number: int, message: Message) -> Iterator[dict[str, object]]:
    name = f"message-{number}"
    if message.role == "tool":
        for result in message.tool_results:
            failed = {"error": result.output} if result.is_error else {}
            answered = {"toolCallId": result.call_id, "content": result.output, **failed}
            yield {"id": f"{name}-{result.call_id}", "role": "tool", **answered}
        return
    content: object = message.text
    if message.attachments:
        texts = [{"type": "text", "text": message.text}] if message.text else []
        content = [*texts, *map(_file, message.attachments)]
    yield {
        "id": name,
        "role": message.role,
        "content": content,
        **present(toolCalls=function_calls(message.own_calls)),
    }


def _file(attachment: Attachment) -> dict[str, object]:
    kind = attachment.media_type.partition("/")[0]
    kind = kind if kind in ("image", "audio", "video") else "document"
    source = {
        "type": "data",
        "value": base64_text(attachment),
        "mimeType": attachment.media_type,
    }
    named = {"metadata": {"filename": attachment.name}} if attachment.name else {}
    return {"type": kind, "source": source, **named}


AG_UI = Dialect(
    name="ag-ui",
    framing=Framing.EVENT_STREAM,
    ask=ask,
    new_reader=lambda: RunReader().read,
)
