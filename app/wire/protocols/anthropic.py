"""Anthropic Messages.

Source: docs.claude.com, "Streaming Messages"; the versioning policy there says that unknown
events, blocks and deltas may come at any time. Also spoken by llama.cpp and LiteLLM, which
may answer a request for a stream with a whole message.
"""

import re
from collections.abc import Iterator, Mapping

from app.wire.deltas import (
    AnswerId,
    Delta,
    End,
    Ending,
    Finish,
    ReasoningDelta,
    Source,
    TextDelta,
    ThoughtSignature,
    ToolCallDelta,
    ToolOutput,
    Usage,
)
from app.wire.json_text import as_array, as_count, as_object, as_text, to_json
from app.wire.protocols.interface import Dialect, Framing, Question
from app.wire.protocols.openai_chat_request import allows_request_id
from app.wire.protocols.posting import (
    address,
    arguments_object,
    base64_text,
    file_text,
    post,
    present,
)
from app.wire.request import Attachment, Message, Prompt, Request
from app.wire.server_error import make_error, reported_error

VERSION = "2023-06-01"
# The interface requires a limit; this one fits all models since Claude 3.5.
USUAL_MAX_TOKENS = 8192
# Tokens to think with, for models that take a budget; 1,024 is the least allowed.
_BUDGETS = {"minimal": 1024, "low": 2048, "medium": 8192, "high": 24_576}
# Claude 3 to 4.5 take a budget; later models choose by effort.
_TAKES_A_BUDGET = re.compile(
    r"claude-(?:[123]\b|\w+-(?:3|4(?:[-.][0-5])?)(?:-\d{8}|@|:|-latest|$))"
)
# Claude to 4.6 takes a temperature; later models refuse it (platform.claude.com, migration guide).
_TAKES_A_TEMPERATURE = re.compile(
    r"claude-(?:[123]\b|instant|(?:\w+-)?(?:3|4(?:[-.][0-6])?)(?!\d|[-.]\d(?!\d{7})))"
)
# Those before 3.7 do not think and refuse to be asked for it.
_CANNOT_THINK = re.compile(r"claude-(?:[12]\b|instant|3-(?:5|haiku|opus|sonnet))")

_ENDINGS: Mapping[str, Ending] = {
    "max_tokens": "limit",
    "model_context_window_exceeded": "limit",
    "refusal": "declined",
}
# Blocks that are calls of tools, and whether the server runs the tool itself.
_TOOL_USES = {"tool_use": False, "server_tool_use": True, "mcp_tool_use": True}


def ask(question: Question) -> Request:
    """Return the request for a streamed message.

    The key is visible to the page, which Anthropic wants to be told (the third header).
    """
    headers = {
        "anthropic-version": VERSION,
        "anthropic-dangerous-direct-browser-access": "true",
    }
    if question.access_key:
        headers["x-api-key"] = question.access_key
    url = address(question.endpoint, "/v1", "/messages")
    return post(url, headers, _body(question.prompt))


def prefills(question: Question) -> bool:
    """Tell whether the model goes on from its own last message: Claude to 4.5, if not thinking."""
    prompt = question.prompt
    is_old = "claude" not in prompt.model or bool(_TAKES_A_BUDGET.search(prompt.model))
    return is_old and prompt.reasoning_effort in (None, "none")


class MessageReader:
    """Reads the events of one message, or a whole message that was not streamed."""

    def __init__(self) -> None:
        self._stop_reason = ""
        self._block = 0  # the index of the block that began last
        self._free = 0  # above the indices of all blocks
        self._unknown: set[int] = set()  # blocks of a type that is not known here
        self._inputs: dict[int, object] = {}  # of tool calls that had no arguments yet
        self._signatures: dict[int, list[str]] = {}  # in pieces

    def read(self, event: str, payload: Mapping[str, object]) -> list[Delta]:
        """Return the deltas of one event."""
        if payload.get("type") == "message":
            return [*self._read_message(payload), *self._end(payload)]
        # An unknown event may have an error of its own, which is not the answer's.
        kind = as_text(payload.get("type")) or event
        if kind == "error":
            said = as_text(payload.get("message")) or "The server reported an error."
            return [reported_error(payload) or make_error(said, "")]
        if not payload.get("type") and (error := reported_error(payload)):
            return [error]
        return list(self._read_event(kind, payload))

    def _read_event(self, kind: str, payload: Mapping[str, object]) -> Iterator[Delta]:
        index = self._index(kind, payload.get("index"))
        match kind:
            case "content_block_delta" if index in self._unknown:
                return
            case "content_block_delta":
                yield from self._read_delta(index, as_object(payload.get("delta")))
            case "content_block_start":
                yield from self._read_block(index, as_object(payload.get("content_block")))
            case "content_block_stop":
                yield from self._close_block(index)
            case "message_start":
                yield from self._read_message(as_object(payload.get("message")))
            case "message_delta":
                delta = as_object(payload.get("delta"))
                self._stop_reason = as_text(delta.get("stop_reason")) or self._stop_reason
                yield from _read_usage(payload)
            case "message_stop":
                for index in sorted({*self._inputs, *self._signatures}):
                    yield from self._close_block(index)
                yield Finish(self._stop_reason, _ENDINGS.get(self._stop_reason, "whole"))
                yield End()

    def _index(self, kind: str, given: object) -> int:
        """Return a block's index; without one a block is a new one, a delta the last block's."""
        begins = kind == "content_block_start"
        index = as_count(given)
        if index is None:
            index = self._free if begins else self._block
        if begins:
            self._block, self._free = index, max(self._free, index + 1)
        return index

    def _read_message(self, message: Mapping[str, object]) -> Iterator[Delta]:
        if name := as_text(message.get("id")):
            yield AnswerId(name)
        for index, block in enumerate(as_array(message.get("content"))):
            yield from self._read_block(index, as_object(block))
            yield from self._close_block(index)
        yield from _read_usage(message)

    def _end(self, message: Mapping[str, object]) -> Iterator[Delta]:
        if reason := as_text(message.get("stop_reason")):
            yield Finish(reason, _ENDINGS.get(reason, "whole"))

    def _read_block(self, index: int, block: Mapping[str, object]) -> Iterator[Delta]:
        kind = as_text(block.get("type"))
        self._unknown.discard(index)
        if kind == "text":
            yield TextDelta(as_text(block.get("text")))
            for citation in as_array(block.get("citations")):
                yield _source(as_object(citation))
        elif kind == "thinking":
            self._signatures[index] = [as_text(block.get("signature"))]
            yield ReasoningDelta(as_text(block.get("thinking")))
        elif kind == "redacted_thinking":
            yield ThoughtSignature(as_text(block.get("data")), is_redacted=True)
        elif kind in _TOOL_USES:
            self._inputs[index] = block.get("input")
            name, call_id = as_text(block.get("name")), as_text(block.get("id"))
            yield ToolCallDelta(index, call_id, name, "", is_served=_TOOL_USES[kind])
        elif kind.endswith("_tool_result"):
            yield _tool_output(block)
        elif kind:
            self._unknown.add(index)

    def _read_delta(self, index: int, delta: Mapping[str, object]) -> Iterator[Delta]:
        match delta.get("type"):
            case "text_delta":
                yield TextDelta(as_text(delta.get("text")))
            case "thinking_delta":
                yield ReasoningDelta(as_text(delta.get("thinking")))
            case "input_json_delta":
                arguments = as_text(delta.get("partial_json"))
                if arguments:
                    self._inputs.pop(index, None)
                    yield ToolCallDelta(index, "", "", arguments)
            case "signature_delta":
                signature = as_text(delta.get("signature"))
                self._signatures.setdefault(index, []).append(signature)
            case "citations_delta":
                yield _source(as_object(delta.get("citation")))

    def _close_block(self, index: int) -> Iterator[Delta]:
        if index in self._inputs:
            arguments = as_object(self._inputs.pop(index))
            yield ToolCallDelta(index, "", "", to_json(arguments))
        if signature := "".join(self._signatures.pop(index, [])):
            yield ThoughtSignature(signature)


def _read_usage(holder: Mapping[str, object]) -> Iterator[Delta]:
    usage = holder.get("usage")
    if isinstance(usage, dict):
        yield Usage(as_count(usage.get("input_tokens")), as_count(usage.get("output_tokens")))


def _source(citation: Mapping[str, object]) -> Source:
    title = as_text(citation.get("title")) or as_text(citation.get("document_title"))
    return Source(as_text(citation.get("url")) or as_text(citation.get("source")), title)


def _tool_output(block: Mapping[str, object]) -> ToolOutput:
    content = block.get("content")
    texts = [as_object(part).get("text") for part in as_array(content)]
    if texts and all(isinstance(text, str) for text in texts):
        output = "".join(map(as_text, texts))
    else:
        output = as_text(content) or to_json(content)
    failed = bool(block.get("is_error")) or "error_code" in as_object(content)
    return ToolOutput(as_text(block.get("tool_use_id")), output, failed)


def _body(prompt: Prompt) -> dict[str, object]:
    max_tokens = prompt.max_tokens or USUAL_MAX_TOKENS
    thinking: dict[str, object] = {}
    takes_a_temperature = "claude" not in prompt.model or _TAKES_A_TEMPERATURE.search(prompt.model)
    temperature = prompt.temperature if takes_a_temperature else None
    effort = prompt.reasoning_effort
    if effort and effort != "none" and not _CANNOT_THINK.search(prompt.model):
        temperature = None  # refused together with thinking
        if _TAKES_A_BUDGET.search(prompt.model) or "claude" not in prompt.model:
            budget = _BUDGETS[effort]
            thinking = {"thinking": {"type": "enabled", "budget_tokens": budget}}
            max_tokens += budget
        else:
            known = "low" if effort == "minimal" else effort
            thinking = {"thinking": {"type": "adaptive"}, "output_config": {"effort": known}}
    spoken = (each for each in prompt.messages if each.role != "system")
    return {
        "model": prompt.model,
        # A message without content is refused.
        "messages": [each for each in map(_message, spoken) if each["content"]],
        "max_tokens": max_tokens,
        "stream": True,
        **present(
            system=prompt.system_text,
            tools=[
                {
                    "name": tool.name,
                    "description": tool.description,
                    "input_schema": dict(tool.parameters),
                }
                for tool in prompt.tools
            ],
            temperature=temperature,
        ),
        **thinking,
    }


def _message(message: Message) -> dict[str, object]:
    role = "assistant" if message.role == "assistant" else "user"
    if role == "user" and not (message.attachments or message.tool_results):
        return {"role": role, "content": message.text}
    blocks: list[dict[str, object]] = []
    for thought in message.thoughts:
        if thought.is_redacted:
            blocks.append({"type": "redacted_thinking", "data": thought.signature})
        else:
            signed = {"thinking": thought.text, "signature": thought.signature}
            blocks.append({"type": "thinking", **signed})
    for result in message.tool_results:
        failed = {"is_error": True} if result.is_error else {}
        answered = {"tool_use_id": result.call_id, "content": result.output, **failed}
        blocks.append({"type": "tool_result", **answered})
    blocks += map(_file, message.attachments)
    if message.text:
        blocks.append({"type": "text", "text": message.text})
    for call in message.own_calls:
        called = {"id": call.id, "name": call.name, "input": arguments_object(call.arguments)}
        blocks.append({"type": "tool_use", **called})
    return {"role": role, "content": blocks}


def _file(attachment: Attachment) -> dict[str, object]:
    title = present(title=attachment.name)
    text = file_text(Attachment(attachment.data, attachment.media_type))
    if text is not None:
        plain = {"type": "text", "media_type": "text/plain", "data": text}
        return {"type": "document", "source": plain, **title}
    source = {
        "type": "base64",
        "media_type": attachment.media_type,
        "data": base64_text(attachment),
    }
    if attachment.media_type.startswith("image/"):
        return {"type": "image", "source": source}
    return {"type": "document", "source": source, **title}


ANTHROPIC = Dialect(
    name="anthropic",
    framing=Framing.EVENT_STREAM,
    ask=ask,
    new_reader=lambda: MessageReader().read,
    allows_request_id=allows_request_id,
    prefills=prefills,
)
