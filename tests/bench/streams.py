"""Streams as servers send them, for the benchmarks: in one place, so that all measure the same."""

from __future__ import annotations

import json
from collections.abc import Iterator

EVENTS = 10_000


def chat(number: int, text: str | None = None) -> bytes:
    """Return one token-sized chunk of a chat completion, about 290 bytes, as OpenAI sends it."""
    payload = {
        "id": "chatcmpl-ChHqWbJ3sT8vKx0P2mYdLr5uN1aZe",
        "object": "chat.completion.chunk",
        "created": 1_795_420_000 + number // 80,
        "model": "gpt-4o-2024-08-06",
        "service_tier": "default",
        "system_fingerprint": "fp_50cad350e4",
        "choices": [
            {
                "index": 0,
                "delta": {"content": f" word{number}" if text is None else text},
                "logprobs": None,
                "finish_reason": None,
            }
        ],
    }
    return b"data: " + json.dumps(payload, separators=(",", ":")).encode() + b"\n\n"


def cut(body: bytes, size: int) -> list[bytes]:
    """Return a body in chunks of `size` bytes."""
    return [body[at : at + size] for at in range(0, len(body), size)]


def workloads() -> Iterator[tuple[str, list[bytes]]]:
    """Yield name and chunks of each stream that decoders are compared on."""
    events = [chat(number) for number in range(EVENTS)]
    named = [b"event: content_block_delta\n" + event for event in events]
    body = b"".join(events)
    yield "chat, an event a chunk", events
    yield "chat, 4 KB chunks", cut(body, 4_096)
    yield "chat, 64 KB chunks", cut(body, 65_536)
    yield "named events, an event a chunk", named
    yield "named events, 16 KB chunks", cut(b"".join(named), 16_384)
    yield (
        "events with IDs, 16 KB chunks",
        cut(b"".join(b"id: %d\n%s" % pair for pair in enumerate(events)), 16_384),
    )
    yield (
        "a comment before each, 16 KB chunks",
        cut(b"".join(b": ping\n\n" + event for event in events), 16_384),
    )
    yield "CRLF, 16 KB chunks", cut(body.replace(b"\n", b"\r\n"), 16_384)
    lines = b"".join(b"data: %d a line of text\n" % number for number in range(20)) + b"\n"
    yield "20 data lines an event, 16 KB chunks", cut(lines * 500, 16_384)
    yield "100 KB events, 16 KB chunks", cut(chat(0, "x" * 100_000) * 50, 16_384)


def of_size(size: int) -> list[bytes]:
    """Return 20 MB of events of `size` bytes each in 64 KB chunks."""
    event = b"data: " + b"x" * (size - 8) + b"\n\n"
    return cut(event * (20_000_000 // size), 65_536)
