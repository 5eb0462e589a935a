"""What one more event costs must not depend on how much came before it.

Counted in calls and in bytes taken, never in time, so that a busy machine changes nothing.
"""

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest

from app.wire import AnswerReader, dialect
from tests.unit.wire.samples import STREAM, named_events
from tests.unit.wire.streams import most_taken

Events = Callable[[int], list[dict[str, Any]]]

FEW, MANY = 1_000, 16_000
# Lists and tables grow in steps, by an eighth or to the double; what is copied is far longer.
ROOM = 200_000


def reader_of(protocol: str, payloads: list[dict[str, Any]]) -> AnswerReader:
    reader = AnswerReader(dialect(protocol), 200, STREAM)
    reader.feed(named_events(*payloads))
    return reader


def calls_of(step: Callable[[], object]) -> int:
    """Return how many functions a step calls, those written in C among them."""
    calls = 0

    def count(_frame: FrameType, kind: str, _argument: object) -> None:
        nonlocal calls
        calls += kind in ("call", "c_call")

    sys.setprofile(count)
    try:
        step()
    finally:
        sys.setprofile(None)
    return calls


def signature(number: int) -> dict[str, Any]:
    delta = {"type": "signature_delta", "signature": "x" * 100}
    return {"type": "content_block_delta", "index": 0, "delta": delta}


def tool(number: int) -> dict[str, Any]:
    return {"type": "tool-input-start", "toolCallId": f"c{number}", "toolName": "f" * 9}


def whole_call(number: int, **place: object) -> dict[str, Any]:
    called = {"type": "function_call", "call_id": f"c{number}", "name": "f"}
    called["arguments"] = f'{{"number": {number}}}'
    return {"type": "response.output_item.done", "item": called, **place}


def whole_message(number: int, **place: object) -> dict[str, Any]:
    said = {"type": "message", "content": [{"type": "output_text", "text": f"text {number}"}]}
    return {"type": "response.output_item.done", "item": said, **place}


def whole_text(number: int, text: str = "") -> dict[str, Any]:
    return {
        "type": "response.output_text.done",
        "output_index": number,
        "text": text or f"text {number}",
    }


def delta(number: int) -> dict[str, Any]:
    return {"type": "response.output_text.delta", "output_index": 0, "delta": "x" * 50}


CASES: dict[str, tuple[str, Events, Events]] = {
    "a call that comes whole": (
        "openai-responses",
        lambda size: [whole_call(number) for number in range(size)],
        lambda size: [whole_call(size)],
    ),
    "a message that comes whole": (
        "openai-responses",
        lambda size: [whole_message(number, output_index=number) for number in range(size)],
        lambda size: [whole_message(size, output_index=size)],
    ),
    "a text that comes whole": (
        "openai-responses",
        lambda size: [whole_text(number) for number in range(size)],
        lambda size: [whole_text(size)],
    ),
    "a text that differs from a longer one": (
        "openai-responses",
        lambda size: [*map(delta, range(size)), whole_text(0, "y")],
        lambda size: [delta(size), whole_text(0, "y")],
    ),
    "a piece of a signature": (
        "anthropic",
        lambda size: [signature(number) for number in range(size)],
        lambda size: [signature(size)],
    ),
    "a step behind calls": (
        "ai-sdk",
        lambda size: [tool(number) for number in range(size)],
        lambda size: [{"type": "start-step"}],
    ),
    "a step of calls taken back": (
        "ai-sdk",
        lambda size: [*map(tool, range(size)), {"type": "start-step"}, {"type": "finish-step"}],
        lambda size: [tool(size), {"type": "reset-step"}],
    ),
    "a step of text taken back": (
        "ai-sdk",
        lambda size: [
            *([{"type": "text-delta", "delta": "x" * 100}] * size),
            *({"type": "start-step"}, {"type": "text-delta", "delta": "y"}),
            {"type": "reset-step"},
        ],
        lambda size: [{"type": "text-delta", "delta": "y"}, {"type": "reset-step"}],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_one_more_event_costs_the_same_behind_few_and_behind_many(case: str) -> None:
    protocol, before, then = CASES[case]
    calls, taken = {}, {}
    for size in (FEW, MANY):
        body = named_events(*then(size))
        counted = reader_of(protocol, before(size))
        calls[size] = calls_of(partial(counted.feed, body))
        weighed = reader_of(protocol, before(size))
        taken[size] = most_taken(partial(weighed.feed, body))
    assert calls[MANY] <= calls[FEW] + 20
    assert taken[MANY] <= taken[FEW] + ROOM


def test_a_whole_response_costs_as_much_as_it_is_long() -> None:
    def calls(size: int) -> int:
        output = [whole_call(number)["item"] for number in range(size)]
        streamed = map(whole_call, range(0, size, 2))
        reader = reader_of("openai-responses", list(streamed))
        said = {"status": "completed", "output": output}
        body = named_events({"type": "response.completed", "response": said})
        return calls_of(partial(reader.feed, body))

    assert calls(4_000) < 5 * calls(1_000)
