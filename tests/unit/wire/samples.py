"""One rich answer in each protocol, made by hand from the protocols' documentation.

All say the same: the reasoning "Hmm.", the text "Hi 🌍!", a call f({"a": 1}), 3 tokens read and 5
written. In all but one the emoji is cut between its halves, as servers in JavaScript do.
"""

import json
from typing import Any, NamedTuple

from tests.unit.wire.streams import events

STREAM = {"content-type": "text/event-stream"}
NDJSON = {"content-type": "application/x-ndjson"}
TEXT, REASONING = "Hi \U0001f30d!", "Hmm."
_HALVES = ("Hi \ud83c", "\udf0d!")


class Sample(NamedTuple):
    """A body with the headers it comes with, and the server's word for its finish."""

    body: bytes
    finish: str | None
    headers: dict[str, str] = STREAM


def named_events(*payloads: dict[str, Any]) -> bytes:
    """Return payloads as an event stream in which each event is named by its type."""
    return b"".join(
        f"event: {payload['type']}\ndata: {json.dumps(payload)}\n\n".encode()
        for payload in payloads
    )


def lines(*payloads: object) -> bytes:
    """Return payloads as JSON Lines."""
    return b"".join(json.dumps(payload).encode() + b"\n" for payload in payloads)


def _chat() -> Sample:
    def chunk(finish: str | None = None, **delta: object) -> dict[str, Any]:
        return {
            "id": "answer-1",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        }

    first = {"index": 0, "id": "call-1", "function": {"name": "f", "arguments": '{"a":'}}
    rest = {"index": 0, "function": {"arguments": " 1}"}}
    body = events(
        chunk(role="assistant", content=None),
        chunk(reasoning_content="Hm"),
        chunk(reasoning_content="m."),
        *(chunk(content=half) for half in _HALVES),
        chunk(tool_calls=[first]),
        chunk(tool_calls=[rest]),
        chunk("tool_calls"),
        {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 5}},
        "[DONE]",
    )
    return Sample(body, "tool_calls")


def _responses() -> Sample:
    def at(kind: str, index: int, **members: object) -> dict[str, Any]:
        place = {"output_index": index, "item_id": f"item-{index}", "content_index": 0}
        return {"type": f"response.{kind}", **place, **members}

    summary = {"type": "reasoning", "id": "item-0", "encrypted_content": "secret"}
    summary["summary"] = [{"type": "summary_text", "text": REASONING}]  # type: ignore[assignment]
    message = {
        "type": "message",
        "id": "item-1",
        "content": [{"type": "output_text", "text": TEXT}],
    }
    call = {"type": "function_call", "id": "item-2", "call_id": "call-1", "name": "f"}
    whole_call = {**call, "arguments": '{"a": 1}'}
    created = {"id": "answer-1", "object": "response", "status": "in_progress", "output": []}
    usage = {"input_tokens": 3, "output_tokens": 5}
    output = [summary, message, whole_call]
    payloads: list[dict[str, Any]] = [
        {"type": "response.created", "response": created},
        at("output_item.added", 0, item={"type": "reasoning", "id": "item-0", "summary": []}),
        at("reasoning_summary_part.added", 0, summary_index=0),
        at("reasoning_summary_text.delta", 0, summary_index=0, delta="Hm"),
        at("reasoning_summary_text.delta", 0, summary_index=0, delta="m."),
        at("reasoning_summary_text.done", 0, summary_index=0, text=REASONING),
        at("output_item.done", 0, item=summary),
        at("output_item.added", 1, item={"type": "message", "id": "item-1", "content": []}),
        *(at("output_text.delta", 1, delta=half) for half in _HALVES),
        at("output_text.done", 1, text=TEXT),
        at("content_part.done", 1, part={"type": "output_text", "text": TEXT}),
        at("output_item.done", 1, item=message),
        at("output_item.added", 2, item={**call, "arguments": ""}),
        at("function_call_arguments.delta", 2, delta='{"a":'),
        at("function_call_arguments.delta", 2, delta=" 1}"),
        at("function_call_arguments.done", 2, arguments='{"a": 1}'),
        at("output_item.done", 2, item=whole_call),
        {
            "type": "response.completed",
            "response": {**created, "status": "completed", "usage": usage, "output": output},
        },
    ]
    numbered = ({**each, "sequence_number": number} for number, each in enumerate(payloads))
    return Sample(named_events(*numbered), "completed")


def _anthropic() -> Sample:
    def delta(index: int, **members: object) -> dict[str, Any]:
        return {"type": "content_block_delta", "index": index, "delta": members}

    def start(index: int, **block: object) -> dict[str, Any]:
        return {"type": "content_block_start", "index": index, "content_block": block}

    def stop(index: int) -> dict[str, Any]:
        return {"type": "content_block_stop", "index": index}

    usage = {"input_tokens": 3, "output_tokens": 1}
    body = named_events(
        {"type": "message_start", "message": {"id": "answer-1", "content": [], "usage": usage}},
        start(0, type="thinking", thinking="", signature=""),
        delta(0, type="thinking_delta", thinking="Hm"),
        delta(0, type="thinking_delta", thinking="m."),
        delta(0, type="signature_delta", signature="secret"),
        stop(0),
        {"type": "ping"},
        start(1, type="text", text=""),
        *(delta(1, type="text_delta", text=half) for half in _HALVES),
        stop(1),
        start(2, type="tool_use", id="call-1", name="f", input={}),
        delta(2, type="input_json_delta", partial_json=""),
        delta(2, type="input_json_delta", partial_json='{"a":'),
        delta(2, type="input_json_delta", partial_json=" 1}"),
        stop(2),
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use"},
            "usage": {"output_tokens": 5},
        },
        {"type": "message_stop"},
    )
    return Sample(body, "tool_use")


def _gemini() -> Sample:
    def frame(*parts: dict[str, Any], **members: object) -> dict[str, Any]:
        content = {"role": "model", "parts": list(parts)}
        return {
            "candidates": [{"content": content, "index": 0, **members}],
            "responseId": "answer-1",
        }

    usage = {"promptTokenCount": 3, "candidatesTokenCount": 3, "thoughtsTokenCount": 2}
    body = events(
        frame({"text": "Hm", "thought": True}),
        frame({"text": "m.", "thought": True}, {"text": _HALVES[0]}),
        frame({"text": _HALVES[1]}),
        frame({"functionCall": {"id": "call-1", "name": "f", "args": {"a": 1}}}),
        {**frame(finishReason="STOP"), "usageMetadata": usage},
        end=b"\r\n\r\n",
    )
    return Sample(body, "STOP")


def _ollama() -> Sample:
    def line(**message: object) -> dict[str, Any]:
        return {"model": "m", "message": {"role": "assistant", **message}, "done": False}

    call = {"id": "call-1", "function": {"name": "f", "arguments": {"a": 1}}}
    counts = {"prompt_eval_count": 3, "eval_count": 5}
    body = lines(
        line(content="", thinking="Hm"),
        line(content="", thinking="m."),
        *(line(content=half) for half in _HALVES),
        line(content="", tool_calls=[call]),
        {**line(content=""), "done": True, "done_reason": "stop", **counts},
    )
    return Sample(body, "stop", NDJSON)


def _ag_ui() -> Sample:
    called = {"toolCallId": "call-1"}
    usage = [{"inputTokens": 3, "outputTokens": 5}]
    body = events(
        {"type": "RUN_STARTED", "threadId": "t", "runId": "answer-1"},
        {"type": "REASONING_START", "messageId": "r"},
        {"type": "REASONING_MESSAGE_CONTENT", "messageId": "r", "delta": "Hm"},
        {"type": "REASONING_MESSAGE_CONTENT", "messageId": "r", "delta": "m."},
        {"type": "TEXT_MESSAGE_START", "messageId": "m", "role": "assistant"},
        *({"type": "TEXT_MESSAGE_CONTENT", "messageId": "m", "delta": half} for half in _HALVES),
        {"type": "TEXT_MESSAGE_END", "messageId": "m"},
        {"type": "TOOL_CALL_START", **called, "toolCallName": "f", "parentMessageId": "m"},
        {"type": "TOOL_CALL_ARGS", **called, "delta": '{"a":'},
        {"type": "TOOL_CALL_ARGS", **called, "delta": " 1}"},
        {"type": "TOOL_CALL_END", **called},
        {
            "type": "RUN_FINISHED",
            "runId": "answer-1",
            "outcome": {"type": "success"},
            "usage": usage,
        },
    )
    return Sample(body, "success")


def _ai_sdk() -> Sample:
    called = {"toolCallId": "call-1"}
    usage = {"usage": {"inputTokens": 3, "outputTokens": 5}}
    body = events(
        {"type": "start", "messageId": "answer-1"},
        {"type": "start-step"},
        {"type": "reasoning-delta", "id": "r", "delta": "Hm"},
        {"type": "reasoning-delta", "id": "r", "delta": "m."},
        {"type": "text-start", "id": "t"},
        *({"type": "text-delta", "id": "t", "delta": half} for half in _HALVES),
        {"type": "text-end", "id": "t"},
        {"type": "tool-input-start", **called, "toolName": "f"},
        {"type": "tool-input-delta", **called, "inputTextDelta": '{"a":'},
        {"type": "tool-input-delta", **called, "inputTextDelta": " 1}"},
        {"type": "tool-input-available", **called, "toolName": "f", "input": {"a": 1}},
        {"type": "finish-step"},
        {"type": "finish", "finishReason": "tool-calls", "messageMetadata": usage},
        "[DONE]",
    )
    return Sample(body, "tool-calls")


SAMPLES = {
    "openai-chat": _chat(),
    "openai-responses": _responses(),
    "anthropic": _anthropic(),
    "gemini": _gemini(),
    "ollama": _ollama(),
    "ag-ui": _ag_ui(),
    "ai-sdk": _ai_sdk(),
}
