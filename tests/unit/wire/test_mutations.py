"""A byte fuzzer: mutated streams of all protocols, each in its own protocol or in another one.

What must hold for any bytes: no exception, well-formed text, and the same answer however the
bytes are cut. Each block of streams has a seed of its own, so a failure is repeated by its number.
"""

import faulthandler
import os
import random
import re
import sys
from collections.abc import Iterator

import pytest

from app.wire import AnswerReader, Replaced, TextDelta, dialect, read_answer
from tests.unit.wire.samples import SAMPLES

# `make test` asks for 100,000.
STREAMS = int(os.environ.get("THALWEG_MUTATIONS", "5000"))
BLOCKS = 50
# A stream that is read for longer than this hangs; the traceback then ends the run.
HANG_SECONDS = 600.0
# It needs a thread, which Pyodide has not; there the browser test around it has a limit.
HAS_WATCHDOG = sys.platform != "emscripten"

# Pieces that mean something to one layer or another.
TOKENS = (
    *(b"\n", b"\r", b"\r\n", b"\n\n", b"\r\r", b"\xef\xbb\xbf", b"\0", b":", b": ping\n\n"),
    *(b"data:", b"data: ", b"event: error\n", b"id: 1\n", b"id", b"retry: 9\n", b"[DONE]"),
    *(b"data: [DONE]\n\n", b"{", b"}", b"[", b"]", b'"', b"\\", b"null", b"-1", b"1e999", b"NaN"),
    *(b"\\ud83c", b"\\udf0d", b"\xf0\x9f", b"\xed\xa0\xbc", b"\xff", b"9" * 400, b"[" * 600),
    *(b'{"error":{"message":5}}', b'"type":', b'"index":-1', b"<html>", b"true", b'""', b"{}"),
)
# Whole events that tell of a failure.
FAILURES = (
    b'data: {"type":"error","error":{"message":"\\ud83c","type":"\\udf0d"}}\n\n',
    b'data: {"type":"error","errorText":"\\ud83c","message":"\\ud83c","code":"\\ud83c"}\n\n',
    b'data: {"type":"RUN_ERROR","message":"\\ud83c","code":null}\n\n',
    b'{"error":"\\ud83c"}\n',
    b'event: error\ndata: {"detail":[{"msg":"\\ud83c"}]}\n\n',
)
# Values of other types than those promised, in place of one that is there.
VALUES = (
    *(b"null", b"5", b"-1", b"true", b"1e999", b"9" * 400, b"{}", b"[]", b"[{}]", b'{"a":[null]}'),
    *(b'""', b'"\\ud83c"', b'"\\udf0d"', b'["a"]', b'{"type":"text","text":5}'),
)
_VALUE = re.compile(rb'(?<=:) ?("[^"]*"|[\w.]+|\{\}|\[\])')
_OTHERS = sorted(SAMPLES)


def mutated(body: bytes, chance: random.Random) -> bytes:
    """Return the body with one to eight changes."""
    spoilt = bytearray(body)
    for _ in range(chance.randint(1, 8)):
        start = chance.randrange(len(spoilt) + 1)
        end = min(len(spoilt), start + chance.choice((0, 1, 2, 5, 40, 300)))
        match chance.randrange(9):
            case 0 if start < len(spoilt):
                spoilt[start] ^= 1 << chance.randrange(8)
            case 1:
                del spoilt[start:end]
            case 2:
                spoilt[start:start] = spoilt[start:end]
            case 3:
                other = SAMPLES[chance.choice(_OTHERS)].body
                at = chance.randrange(len(other))
                spoilt[start:end] = other[at : at + 200]
            case 4:
                del spoilt[start:]
            case 5 | 6:
                held = [match.span(1) for match in _VALUE.finditer(spoilt)]
                if held:
                    start, end = chance.choice(held)
                    spoilt[start:end] = chance.choice(VALUES)
            case 7:
                start = spoilt.rfind(b"\n", 0, start) + 1
                spoilt[start:start] = chance.choice(FAILURES)
            case _:
                spoilt[start:end] = chance.choice(TOKENS)
    return bytes(spoilt)


def cut(body: bytes, chance: random.Random) -> Iterator[bytes]:
    """Yield the body in pieces, some of them empty."""
    longest = chance.choice((1, 3, 20, 500))
    at = 0
    while at < len(body):
        size = chance.randint(0, longest)
        yield body[at : at + size]
        at += size


@pytest.mark.parametrize("block", range(BLOCKS))
def test_mutated_streams(block: int) -> None:
    chance = random.Random(block)
    if HAS_WATCHDOG:
        faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
    try:
        for number in range(STREAMS // BLOCKS):
            protocol = chance.choice(_OTHERS)
            sample = SAMPLES[protocol if chance.random() < 0.8 else chance.choice(_OTHERS)]
            body = mutated(sample.body, chance)
            try:
                check(protocol, dict(sample.headers), body, chance)
            except Exception as error:
                error.add_note(f"block {block}, stream {number}, {protocol}: {body!r}")
                raise
    finally:
        if HAS_WATCHDOG:
            faulthandler.cancel_dump_traceback_later()


def check(protocol: str, headers: dict[str, str], body: bytes, chance: random.Random) -> None:
    status = 200 if chance.random() < 0.95 else chance.randint(100, 599)
    is_cut = chance.random() < 0.5
    reader = AnswerReader(dialect(protocol), status, headers)
    shown = ""
    for piece in cut(body, chance):
        for delta in reader.feed(piece):
            match delta:
                case TextDelta(text):
                    shown += text
                case Replaced(text):
                    shown = text
    answer = reader.close(is_cut)
    for text in (answer.text, answer.reasoning, answer.refusal, answer.finish or "", answer.id):
        text.encode()
    for call in answer.tool_calls:
        f"{call.name}{call.arguments}{call.id}{call.signature}".encode()
    if answer.error is not None:
        f"{answer.error.message}{answer.error.code}".encode()
    assert answer.text.startswith(shown)
    assert answer == read_answer(protocol, status, headers, [body], transport_error=is_cut)
