"""The AI SDK's UI message stream, version 1 (AI SDK 5 to 7).

Source: ai-sdk.dev, "Stream Protocols". A `finish` tells that the answer is whole and "[DONE]"
that nothing follows; an error and an abort are followed by "[DONE]" too.
"""

from collections.abc import Iterator, Mapping

from app.wire.deltas import (
    AnswerId,
    Delta,
    Ending,
    Finish,
    Malformed,
    ReasoningDelta,
    Source,
    StepReset,
    StepStart,
    TextDelta,
    ToolCallDelta,
    ToolOutput,
    Usage,
)
from app.wire.json_text import MalformedJson, as_count, as_object, as_text, parse_json, to_json
from app.wire.ndjson import EXCERPT_CHARACTERS
from app.wire.protocols.interface import Dialect, Framing, Question
from app.wire.protocols.posting import arguments_object, bearer, data_url, post
from app.wire.request import Attachment, Message, Prompt, Request, ToolResult
from app.wire.server_error import make_error, reported_error

_ENDINGS: Mapping[str, Ending] = {"length": "limit", "content-filter": "declined"}


def ask(question: Question) -> Request:
    """Return the request that submits a message; the endpoint is the route's whole address.

    The model and its options are the route's own choice.
    """
    body = {
        "id": question.conversation_id or "conversation",
        "trigger": "submit-message",
        "messages": list(_messages(question.prompt)),
    }
    return post(question.endpoint.strip(), bearer(question.access_key), body)


class PartReader:
    """Reads the parts of one message."""

    def __init__(self) -> None:
        self._calls: dict[str, int] = {}
        self._arguments: dict[str, list[str]] = {}
        self._settled: dict[str, object] = {}  # arguments that came whole
        self._kept = 0  # how many calls there were when the step began
        self._is_aborted = False

    def read(self, event: str, part: Mapping[str, object]) -> list[Delta]:
        """Return the deltas of one part."""
        return list(self._read(as_text(part.get("type")) or event, part))

    def _read(self, kind: str, part: Mapping[str, object]) -> Iterator[Delta]:
        match kind:
            case "text-delta":
                yield TextDelta(as_text(part.get("delta")))
            case "reasoning-delta":
                yield ReasoningDelta(as_text(part.get("delta")))
            case "start-step" | "reset-step":
                yield self._start_step() if kind == "start-step" else self._reset_step()
            case "source-url" | "source-document":
                title = as_text(part.get("title")) or as_text(part.get("filename"))
                yield Source(as_text(part.get("url")), title)
            case "abort":
                self._is_aborted = True
            case "error":
                yield make_error(as_text(part.get("errorText")) or "The server failed.", "")
            case "start" | "message-metadata" | "finish":
                yield from self._read_message(kind, part)
            case _ if kind.startswith("tool-"):
                yield from self._read_tool(kind.removeprefix("tool-"), part)
            case "message":
                yield from _read_untyped(part)

    def _start_step(self) -> Delta:
        self._kept = len(self._calls)
        return StepStart()

    def _reset_step(self) -> Delta:
        # The same calls come again, with other arguments perhaps.
        while len(self._calls) > self._kept:
            name, _index = self._calls.popitem()
            self._arguments.pop(name, None)
            self._settled.pop(name, None)
        return StepReset()

    def _read_message(self, kind: str, part: Mapping[str, object]) -> Iterator[Delta]:
        if kind == "start" and (name := as_text(part.get("messageId"))):
            yield AnswerId(name)
        # The protocol has no place for usage; many routes put it into their metadata.
        metadata = as_object(part.get("messageMetadata"))
        usage = as_object(metadata.get("totalUsage")) or as_object(metadata.get("usage"))
        if usage:
            yield Usage(as_count(usage.get("inputTokens")), as_count(usage.get("outputTokens")))
        if kind == "finish" and not self._is_aborted:
            reason = as_text(part.get("finishReason"))
            yield Finish(reason, _ENDINGS.get(reason, "whole"))
            if reason == "error":
                yield make_error("The server ended the answer with an error.", "error")

    def _read_tool(self, kind: str, part: Mapping[str, object]) -> Iterator[Delta]:
        name = as_text(part.get("toolCallId"))
        if kind == "input-delta":
            yield self._argue(name, as_text(part.get("inputTextDelta")))
        elif kind == "input-start":
            yield self._call(name, part)
        elif kind in ("input-available", "input-error"):
            yield self._call(name, part)
            yield from self._settle(name, part.get("input"))
            if kind == "input-error":
                yield ToolOutput(name, as_text(part.get("errorText")), is_error=True)
        elif kind == "output-available" and part.get("preliminary") is not True:
            output = part.get("output")
            yield ToolOutput(name, output if isinstance(output, str) else to_json(output))
        elif kind == "output-error":
            yield ToolOutput(name, as_text(part.get("errorText")), is_error=True)
        elif kind == "output-denied":
            yield ToolOutput(name, "The call was not allowed.", is_error=True)

    def _call(self, name: str, part: Mapping[str, object]) -> Delta:
        index = self._calls.setdefault(name, len(self._calls))
        served = part.get("providerExecuted") is True
        return ToolCallDelta(index, name, as_text(part.get("toolName")), "", is_served=served)

    def _argue(self, name: str, piece: str) -> Delta:
        self._arguments.setdefault(name, []).append(piece)
        index = self._calls.setdefault(name, len(self._calls))
        return ToolCallDelta(index, "", "", piece)

    def _settle(self, name: str, given: object) -> Iterator[Delta]:
        """Verify the arguments that come whole after they were streamed."""
        if name in self._settled:
            if given != self._settled[name]:
                yield _differing(given)
            return
        self._settled[name] = given
        streamed = "".join(self._arguments.get(name, []))
        if not streamed:
            # Arguments that could not be parsed come as the text that they are.
            yield self._argue(
                name, given if isinstance(given, str) else to_json({} if given is None else given)
            )
            return
        try:
            same = given in (streamed, parse_json(streamed))
        except MalformedJson:
            same = given == streamed
        if not same:
            yield _differing(given)


def _differing(given: object) -> Malformed:
    excerpt = to_json(given)[:EXCERPT_CHARACTERS]
    return Malformed(excerpt, "the repeated arguments are not those streamed")


def _read_untyped(part: Mapping[str, object]) -> Iterator[Delta]:
    error = reported_error(part)
    if error is not None:
        yield error


def _messages(prompt: Prompt) -> Iterator[dict[str, object]]:
    results = {
        result.call_id: result for message in prompt.messages for result in message.tool_results
    }
    for number, message in enumerate(prompt.messages):
        parts = list(_parts(message, results))
        if parts:
            yield {"id": f"message-{number}", "role": message.role, "parts": parts}


def _parts(message: Message, results: Mapping[str, ToolResult]) -> Iterator[dict[str, object]]:
    if message.role == "tool":
        return  # stands with its call
    if message.text:
        yield {"type": "text", "text": message.text}
    yield from map(_file, message.attachments)
    for call in message.own_calls:
        called: dict[str, object] = {
            "type": "dynamic-tool",
            "toolName": call.name,
            "toolCallId": call.id,
            "input": dict(arguments_object(call.arguments)),
        }
        result = results.get(call.id)
        if result is None:
            yield {**called, "state": "input-available"}
        elif result.is_error:
            yield {**called, "state": "output-error", "errorText": result.output}
        else:
            yield {**called, "state": "output-available", "output": result.output}


def _file(attachment: Attachment) -> dict[str, object]:
    named = {"filename": attachment.name} if attachment.name else {}
    url = data_url(attachment)
    return {"type": "file", "mediaType": attachment.media_type, "url": url, **named}


AI_SDK = Dialect(
    name="ai-sdk",
    framing=Framing.EVENT_STREAM,
    ask=ask,
    new_reader=lambda: PartReader().read,
)
