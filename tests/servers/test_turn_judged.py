"""llmock judges the page's own turn: no error, and no warning either.

The person has chosen in advance that a cut answer is asked for again (`when_cut = "restart"`).
"""

from __future__ import annotations

import json
import urllib.request
from typing import Any, Final

import pytest

from app.chat.patience import Patience, Retry, Stall
from app.chat.phases import Phase
from tests.servers.client import said
from tests.servers.turn_client import TurnClient

ENDPOINTS: Final = {
    "openai-chat": "/v1",
    "openai-responses": "/v1",
    "anthropic": "/anthropic/v1",
    "gemini": "/gemini/v1beta",
}
PATIENCE: Final = Patience(
    Retry(max_retries=5, retry_delay=100, max_delay=5_000),
    Stall(first_byte=2_000, heartbeat=500, silence=500),
    when_cut="restart",
)
# Longer than what waits in sockets: the judge has to see who stops reading.
TEXT: Final = " ".join(["The river goes on, past hills and towns, to the sea."] * 300)
REPLY: Final = {"type": "reply", "text": TEXT, "times": None}
FAULTS: Final = {
    "rate limit": {"type": "fail", "status": 429, "retry_after": 1.0, "times": 2},
    "outage": {"type": "fail", "status": 503, "times": 3},
    "disconnect": {"type": "stream_fault", "kind": "disconnect", "after_chunks": 3},
    "truncate": {"type": "stream_fault", "kind": "truncate", "after_chunks": 3},
    "stall": {
        "type": "stream_fault", "kind": "stall", "after_chunks": 8, "stall_seconds": 5.0,
    },
    "malformed": {"type": "stream_fault", "kind": "malformed", "after_chunks": 3},
}  # fmt: skip
EVERY: Final = pytest.mark.parametrize("protocol", ENDPOINTS)


def call(url: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read() or b"null")


def judged(protocol: str, llmock: str, fault: dict[str, Any]) -> tuple[TurnClient, Any]:
    """Ask while a fault is played; give the client, and what llmock says of it."""
    call(f"{llmock}/_llmock/reset", {})
    call(f"{llmock}/_llmock/scenario", {"behaviors": [fault, REPLY]})
    endpoint = f"{llmock}{ENDPOINTS[protocol]}"
    client = TurnClient(protocol, endpoint, said("Tell me of rivers."), PATIENCE)
    client.run()
    return client, call(f"{llmock}/_llmock/verdict")


@EVERY
@pytest.mark.parametrize("name", FAULTS)
def test_the_turn_passes(name: str, protocol: str, llmock: str) -> None:
    client, verdict = judged(protocol, llmock, FAULTS[name])
    assert client.turn.phase is Phase.DONE, client.turn.trouble
    assert client.text == client.turn.text == TEXT
    assert verdict["findings"] == []
    assert (verdict["passed"], verdict["calls"]) == (True, 1)
    assert verdict["faults_injected"] >= 1


@EVERY
@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_what_cannot_succeed_is_not_tried_again(status: int, protocol: str, llmock: str) -> None:
    fault = {"type": "fail", "status": status, "times": None}
    client, verdict = judged(protocol, llmock, fault)
    assert client.turn.phase is Phase.FAILED
    assert (verdict["findings"], verdict["attempts"]) == ([], 1)


def test_the_judge_sees_a_turn_that_does_not_try_again(llmock: str) -> None:
    call(f"{llmock}/_llmock/reset", {})
    call(f"{llmock}/_llmock/scenario", {"behaviors": [FAULTS["truncate"], REPLY]})
    client = TurnClient("openai-chat", f"{llmock}/v1", said("Tell me of rivers."), Patience())
    client.run()
    assert client.turn.phase is Phase.INCOMPLETE  # the person is asked
    assert call(f"{llmock}/_llmock/verdict")["errors"] == 1
