"""pydantic-ai's adapters: AG-UI and the AI SDK's stream as a real framework writes them."""

from __future__ import annotations

import json

import pytest

from app.wire import Message, Prompt, ToolCall, ToolResult
from app.wire.request import Attachment
from tests.servers.client import ask, said

PROTOCOLS = ("ag-ui", "ai-sdk")
TEXT = "Hello wörld \N{EARTH GLOBE EUROPE-AFRICA}!"
EVERY = pytest.mark.parametrize("protocol", PROTOCOLS)


@EVERY
def test_text_and_reasoning(protocol: str, agents: str) -> None:
    answer = ask(protocol, f"{agents}/{protocol}", said("please think")).answer
    assert (answer.text, answer.reasoning) == (TEXT, "Let me see.")
    assert (answer.outcome, answer.error) == ("complete", None)


@EVERY
def test_a_tool_that_the_agent_runs(protocol: str, agents: str) -> None:
    answer = ask(protocol, f"{agents}/{protocol}", said("use the tool")).answer
    [call] = answer.tool_calls
    assert (call.name, json.loads(call.arguments)) == ("depth", {"river": "Rhône"})
    [output] = answer.tool_outputs
    assert (output.call_id, output.output) == (call.id, "Rhône: 5 m")
    assert (answer.text, answer.outcome) == (TEXT, "complete")


@EVERY
def test_an_agent_that_breaks(protocol: str, agents: str) -> None:
    answer = ask(protocol, f"{agents}/{protocol}", said("please fail")).answer
    assert (answer.text, answer.outcome) == ("Hello ", "error")
    assert answer.error is not None
    assert answer.error.message


@EVERY
def test_a_conversation_with_all_there_is(protocol: str, agents: str) -> None:
    messages = (
        Message("system", "Be brief."),
        Message("user", "How deep?", (Attachment(b"\x89PNG", "image/png", "a.png"),)),
        Message("assistant", "", tool_calls=(ToolCall("depth", '{"river": "Po"}', "c1"),)),
        Message("tool", "", tool_results=(ToolResult("c1", "depth", "Po: 3 m"),)),
        Message("assistant", "Three metres."),
        Message("user", "Thanks."),
    )
    seen = ask(protocol, f"{agents}/{protocol}", Prompt(messages, "m"))
    assert seen.status == 200, seen.body
    assert (seen.answer.text, seen.answer.outcome) == (TEXT, "complete")


@EVERY
def test_a_request_that_is_none(protocol: str, agents: str) -> None:
    seen = ask(protocol, f"{agents}/nowhere", said("Hello?"))
    assert (seen.status, seen.answer.outcome) == (404, "http-error")
