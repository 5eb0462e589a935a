"""Answers with a given text, as the events of some protocols, to be played or produced."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def chat_events(texts: Sequence[str]) -> list[bytes]:
    """Give OpenAI Chat Completions events with these deltas."""
    payloads = [_chat({"content": text}, None) for text in texts]
    return [*map(event, payloads), event(_chat({}, "stop")), b"data: [DONE]\n\n"]


def responses_events(name: str, texts: Sequence[str]) -> list[bytes]:
    """Give OpenAI Responses events with these deltas, numbered from 0."""
    whole = "".join(texts)
    at = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    part = {"type": "output_text", "text": whole, "annotations": []}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "content": []}
    response = {"id": name, "object": "response", "status": "in_progress", "output": []}
    done_item = {**item, "content": [part]}
    usage = {"input_tokens": 1, "output_tokens": len(texts), "total_tokens": 1 + len(texts)}
    done = {**response, "status": "completed", "output": [done_item], "usage": usage}
    told: list[Mapping[str, Any]] = [
        {"type": "response.created", "response": response},
        {"type": "response.in_progress", "response": response},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.content_part.added", **at, "part": {**part, "text": ""}},
        *({"type": "response.output_text.delta", **at, "delta": text} for text in texts),
        {"type": "response.output_text.done", **at, "text": whole},
        {"type": "response.content_part.done", **at, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": done_item},
        {"type": "response.completed", "response": done},
    ]
    return [
        f"event: {each['type']}\n".encode() + event({**each, "sequence_number": number})
        for number, each in enumerate(told)
    ]


def ai_sdk_events(texts: Sequence[str]) -> list[bytes]:
    """Give an AI SDK UI message stream with these deltas."""
    told: list[Mapping[str, Any]] = [
        {"type": "start", "messageId": "msg_1"},
        {"type": "start-step"},
        {"type": "text-start", "id": "0"},
        *({"type": "text-delta", "id": "0", "delta": text} for text in texts),
        {"type": "text-end", "id": "0"},
        {"type": "finish-step"},
        {"type": "finish", "finishReason": "stop"},
    ]
    return [*map(event, told), b"data: [DONE]\n\n"]


def event(payload: object) -> bytes:
    """Give one event with this payload; characters stay as they are, to be cut in halves."""
    return f"data: {json.dumps(payload, ensure_ascii=False)}\n\n".encode()


def _chat(delta: object, finish: str | None) -> object:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
