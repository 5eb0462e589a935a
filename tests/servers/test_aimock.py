"""aimock: six protocols and their faults."""

from __future__ import annotations

import json

import pytest

from tests.servers.client import ask, said

PROTOCOLS = ("openai-chat", "openai-responses", "anthropic", "gemini", "ollama")
TEXT = "Hi — héllo \N{EARTH GLOBE EUROPE-AFRICA}! How are you?"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_text_and_reasoning(protocol: str, aimock_server: str) -> None:
    answer = ask(protocol, aimock_server, said("greet me")).answer
    assert (answer.text, answer.reasoning) == (TEXT, "Let me think.")
    assert (answer.outcome, answer.ending, answer.error) == ("complete", "whole", None)


def test_ag_ui(aimock_server: str) -> None:
    answer = ask("ag-ui", f"{aimock_server}/agui", said("greet me")).answer
    assert (answer.text, answer.outcome) == (TEXT, "complete")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_tool_call(protocol: str, aimock_server: str) -> None:
    answer = ask(protocol, aimock_server, said("use a tool")).answer
    [call] = answer.tool_calls
    assert (call.name, json.loads(call.arguments)) == ("depth", {"river": "Rhône"})
    assert answer.outcome == "complete"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_answer_that_breaks_off(protocol: str, aimock_server: str) -> None:
    seen = ask(protocol, aimock_server, said("truncate it"))
    assert (seen.answer.outcome, seen.answer.retryable) == ("truncated", True)
    whole = "This answer is cut after a few chunks, in the middle of it all."
    assert whole.startswith(seen.answer.text)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize(("question", "status"), [("overloaded", 503), ("wrong", 400)])
def test_an_error(protocol: str, question: str, status: int, aimock_server: str) -> None:
    seen = ask(protocol, aimock_server, said(question))
    assert seen.status == status
    assert (seen.answer.outcome, seen.answer.retryable) == ("http-error", status == 503)
    assert seen.answer.error is not None
    expected = "We are overloaded" if status == 503 else "No such thing"
    assert seen.answer.error.message == expected


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("fault", ["drop", "malformed", "disconnect", "ratelimit"])
def test_a_fault(protocol: str, fault: str, aimock_server: str) -> None:
    try:
        seen = ask(
            protocol,
            aimock_server,
            said("greet me"),
            headers={f"X-AIMock-Chaos-{fault.title()}": "1"},
        )
    except OSError:
        # The connection ended before any answer: nothing for the wire to read.
        assert fault == "disconnect"
        return
    answer = seen.answer
    assert answer.outcome != "complete"
    assert answer.text == ""
    if fault in ("drop", "ratelimit"):
        assert answer.retryable
        assert answer.outcome == "http-error"
