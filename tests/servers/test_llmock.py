"""llmock breaks streams, watches what the client does, and says what it did wrong.

The client here does what the wire tells it: it asks again exactly when an answer is retryable.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from app.chat.patience import Patience, Retry, Stall
from app.chat.phases import Phase
from tests.servers.carrier import Carrier
from tests.servers.client import Exchange, ask, said

ENDPOINTS = {
    "openai-chat": "/v1",
    "openai-responses": "/v1",
    "anthropic": "/anthropic/v1",
    "gemini": "/gemini/v1beta",
}
MOST_TRIES = 4
EVERY = pytest.mark.parametrize("protocol", ENDPOINTS)


def call(url: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, data, headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read() or b"null")


@pytest.fixture(autouse=True)
def verdict(llmock: str) -> Iterator[None]:
    """Forget what was, and have the client judged at the end."""
    call(f"{llmock}/_llmock/reset", {})
    yield
    found = call(f"{llmock}/_llmock/verdict")
    assert found["errors"] == 0, found["findings"]
    assert found["calls"] > 0


def play(llmock: str, *behaviours: dict[str, Any]) -> None:
    call(f"{llmock}/_llmock/scenario", {"behaviors": list(behaviours)})


def persist(protocol: str, llmock: str) -> list[Exchange]:
    """Ask, and ask again for as long as the wire says that this may help."""
    seen: list[Exchange] = []
    wait = 0.1
    while len(seen) < MOST_TRIES:
        seen.append(ask(protocol, f"{llmock}{ENDPOINTS[protocol]}", said("Tell me of rivers.")))
        if not seen[-1].answer.retryable:
            break
        time.sleep(float(seen[-1].headers.get("retry-after", wait)))
        wait *= 2
    return seen


@EVERY
def test_an_answer(protocol: str, llmock: str) -> None:
    [seen] = persist(protocol, llmock)
    assert seen.answer.outcome == "complete"
    assert seen.answer.text
    assert seen.answer.usage is not None


@EVERY
def test_a_stream_cut_without_a_word(protocol: str, llmock: str) -> None:
    play(llmock, {"type": "stream_fault", "kind": "truncate", "after_chunks": 3})
    first, second = persist(protocol, llmock)
    assert first.answer.outcome == "truncated"
    assert second.answer.outcome == "complete"
    assert second.answer.text.startswith(first.answer.text)


def test_the_judge_sees_a_client_that_takes_half_an_answer(llmock: str) -> None:
    play(llmock, {"type": "stream_fault", "kind": "truncate", "after_chunks": 3})
    ask("openai-chat", f"{llmock}/v1", said("Tell me of rivers."))
    assert call(f"{llmock}/_llmock/verdict")["errors"] == 1
    [_seen] = persist("openai-chat", llmock)  # which the judge takes for the second try
    assert call(f"{llmock}/_llmock/verdict")["errors"] == 0


@EVERY
def test_a_dropped_connection(protocol: str, llmock: str) -> None:
    play(llmock, {"type": "stream_fault", "kind": "disconnect", "after_chunks": 3})
    first, second = persist(protocol, llmock)
    assert (first.answer.outcome, first.is_cut) == ("truncated", True)
    assert second.answer.outcome == "complete"


@EVERY
def test_a_broken_event(protocol: str, llmock: str) -> None:
    play(llmock, {"type": "stream_fault", "kind": "malformed", "after_chunks": 3})
    seen = persist(protocol, llmock)
    assert seen[-1].answer.outcome == "complete"


@EVERY
@pytest.mark.parametrize("status", [429, 500, 503, 400, 401, 404])
def test_an_http_error(protocol: str, status: int, llmock: str) -> None:
    behaviour = {"type": "fail", "status": status}
    play(llmock, {**behaviour, "retry_after": 0.2} if status == 429 else behaviour)
    seen = persist(protocol, llmock)
    assert seen[0].answer.outcome == "http-error"
    assert seen[0].answer.error is not None
    assert seen[0].answer.error.message
    assert len(seen) == (2 if status in (429, 500, 503) else 1)


@EVERY
def test_a_tool_call(protocol: str, llmock: str) -> None:
    calls = [{"name": "depth", "arguments": {"river": "Rhône"}}]
    play(llmock, {"type": "reply", "tool_calls": calls})
    [seen] = persist(protocol, llmock)
    [tool] = seen.answer.tool_calls
    assert (tool.name, json.loads(tool.arguments)) == ("depth", {"river": "Rhône"})


# The whole client: the turn with its waits, a person who has chosen "restart" for cut answers.
CHOSEN = Patience(
    Retry(retry_delay=500, max_delay=2_000),
    Stall(first_byte=2_000, heartbeat=2_000, silence=1_000),
    when_cut="restart",
)
SCENARIOS: dict[str, list[dict[str, Any]]] = {
    "rate limit": [{"type": "fail", "status": 429, "retry_after": 1.5}] * 2,
    "outage": [{"type": "fail", "status": 503}] * 3,
    "disconnect": [{"type": "stream_fault", "kind": "disconnect", "after_chunks": 3}],
    "truncate": [{"type": "stream_fault", "kind": "truncate", "after_chunks": 3}],
    "stall": [{"type": "stream_fault", "kind": "stall", "after_chunks": 3, "stall_seconds": 30}],
    "malformed": [
        {"type": "stream_fault", "kind": "malformed", "after_chunks": 3},
        {"type": "reply", "text": "The river runs on. " * 40, "times": 2},
    ],
}


@EVERY
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_client_that_the_page_is(protocol: str, name: str, llmock: str) -> None:
    play(llmock, *SCENARIOS[name])
    prompt = said("Tell me of rivers.")
    turn = Carrier(protocol, f"{llmock}{ENDPOINTS[protocol]}", prompt, CHOSEN).run()
    assert turn.phase is Phase.DONE, turn.journal
    assert turn.text
    found = call(f"{llmock}/_llmock/verdict")
    assert (found["errors"], found.get("warnings", 0)) == (0, 0), found["findings"]
