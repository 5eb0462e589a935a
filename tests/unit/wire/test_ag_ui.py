import json
from typing import Any

import pytest

from app.wire import (
    Answer,
    AnswerReader,
    Message,
    Prompt,
    Replaced,
    ToolCall,
    ToolOutput,
    dialect,
    read_answer,
)
from app.wire.request import Attachment, Tool, ToolResult
from tests.unit.wire.samples import STREAM
from tests.unit.wire.streams import events

FINISHED = {"type": "RUN_FINISHED"}


def read(*payloads: object) -> Answer:
    return read_answer("ag-ui", 200, STREAM, [events(*payloads)])


def text(delta: str, name: str = "m", **members: object) -> dict[str, Any]:
    return {"type": "TEXT_MESSAGE_CONTENT", "messageId": name, "delta": delta, **members}


def snapshot(*messages: tuple[str, str, str]) -> dict[str, Any]:
    held = [{"id": name, "role": role, "content": content} for name, role, content in messages]
    return {"type": "MESSAGES_SNAPSHOT", "messages": held}


@pytest.mark.parametrize(
    ("last", "outcome", "finish"),
    [
        (FINISHED, "complete", None),
        ({**FINISHED, "outcome": {"type": "success"}}, "complete", "success"),
        ({**FINISHED, "outcome": {"type": "interrupt"}}, "complete", "interrupt"),
        ({**FINISHED, "outcome": {"type": "cancelled"}}, "truncated", None),
        ({"type": "RUN_ERROR", "message": "boom", "code": "x"}, "error", None),
        ({"type": "RUN_ERROR"}, "error", None),
        ({"type": "TEXT_MESSAGE_END", "messageId": "m"}, "truncated", None),
    ],
)
def test_ends(last: object, outcome: str, finish: str | None) -> None:
    answer = read(text("Hi"), last)
    assert (answer.text, answer.outcome, answer.finish) == ("Hi", outcome, finish)


def test_a_run_is_over_when_it_says_so() -> None:
    for last in (FINISHED, {"type": "RUN_ERROR"}):
        reader = AnswerReader(dialect("ag-ui"), 200, STREAM)
        reader.feed(events(text("Hi")))
        assert not reader.is_over
        reader.feed(events(last, text("late")))
        assert reader.is_over
        assert reader.close().text == "Hi"


def test_chunks_need_no_start() -> None:
    def call(**members: str) -> dict[str, Any]:
        return {"type": "TOOL_CALL_CHUNK", **members}

    answer = read(
        {"type": "REASONING_MESSAGE_CHUNK", "messageId": "r", "delta": "hm"},
        {"type": "TEXT_MESSAGE_CHUNK", "messageId": "m", "delta": "Hi"},
        {"type": "TEXT_MESSAGE_CHUNK", "delta": " you"},
        call(toolCallId="c", toolCallName="f", delta='{"a":'),
        call(delta="1}"),
        {"type": "TOOL_CALL_RESULT", "toolCallId": "c", "content": "3", "messageId": "t"},
        FINISHED,
    )
    assert (answer.text, answer.reasoning) == ("Hi you", "hm")
    assert answer.tool_calls == (ToolCall("f", '{"a":1}', "c"),)
    assert answer.tool_outputs == (ToolOutput("c", "3"),)


def test_what_others_say_is_not_the_answer() -> None:
    start = {"type": "TEXT_MESSAGE_START", "messageId": "u", "role": "user"}
    assert read(start, text("mine", "u"), text("Hi"), FINISHED).text == "Hi"


def test_older_thinking_events() -> None:
    thought = {"type": "THINKING_TEXT_MESSAGE_CONTENT", "delta": "hm"}
    assert read({"type": "THINKING_START"}, thought, FINISHED).reasoning == "hm"


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (snapshot(("u", "user", "Q"), ("m", "assistant", "Hi")), "Hi"),
        (snapshot(("u", "user", "Q"), ("m", "assistant", "Hi you")), "Hi you"),
        (snapshot(("u", "user", "Q"), ("m", "assistant", "Ho")), "Ho"),
        (snapshot(("u", "user", "Q")), "Hi"),
        (snapshot(("o", "assistant", "Old"), ("u", "user", "Q"), ("n", "assistant", "New")), "New"),
        (snapshot(("o", "assistant", "Old"), ("m", "assistant", "Hi!")), "Hi!"),
        ({"type": "MESSAGES_SNAPSHOT", "messages": None}, "Hi"),
    ],
)
def test_a_snapshot_is_the_agents_own_view_of_the_answer(held: object, expected: str) -> None:
    assert read(text("Hi"), held, FINISHED).text == expected


def test_a_snapshot_that_differs_replaces_what_was_shown() -> None:
    reader = AnswerReader(dialect("ag-ui"), 200, STREAM)
    reader.feed(events(text("Hi")))
    held = snapshot(("m", "assistant", "Ho"))
    assert reader.feed(events(held, text("!"))) == [Replaced("Ho", ""), *reader_deltas("!")]
    assert reader.close().text == "Ho!"


def reader_deltas(piece: str) -> list[object]:
    return list(AnswerReader(dialect("ag-ui"), 200, STREAM).feed(events(text(piece))))


def test_request() -> None:
    files = (Attachment(b"a", "image/png"), Attachment(b"b", "application/pdf", "b.pdf"))
    messages = (
        Message("system", "Be brief."),
        Message("user", "See.", files),
        Message("assistant", "", tool_calls=(ToolCall("f", '{"a": 1}', "c"),)),
        Message("tool", "", tool_results=(ToolResult("c", "f", "3"),)),
    )
    prompt = Prompt(messages, "m", (Tool("f", "does f", {"type": "object"}),))
    made = dialect("ag-ui").request(
        "https://h/agent", prompt, conversation_id="t", request_id="r", access_key="k"
    )
    assert made.url == "https://h/agent"
    assert made.headers == {
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
        "Authorization": "Bearer k",
        "X-Request-ID": "r",
    }
    body = json.loads(made.body)
    assert (body["threadId"], body["runId"], body["state"]) == ("t", "r", {})
    assert body["tools"] == [
        {"name": "f", "description": "does f", "parameters": {"type": "object"}}
    ]
    system, user, assistant, tool = body["messages"]
    assert system == {"id": "message-0", "role": "system", "content": "Be brief."}
    assert [part["type"] for part in user["content"]] == ["text", "image", "document"]
    source = {"type": "data", "value": "YQ==", "mimeType": "image/png"}
    assert user["content"][1]["source"] == source
    function = {"name": "f", "arguments": '{"a": 1}'}
    assert assistant["toolCalls"] == [{"id": "c", "type": "function", "function": function}]
    assert tool == {"id": "message-3-c", "role": "tool", "toolCallId": "c", "content": "3"}


def test_a_chunk_without_a_name_goes_on_with_the_message_before_it() -> None:
    answer = read(
        {"type": "TEXT_MESSAGE_CHUNK", "messageId": "u", "role": "user", "delta": "U"},
        {"type": "TEXT_MESSAGE_CHUNK", "delta": "2"},
        {"type": "TEXT_MESSAGE_CHUNK", "messageId": "a", "role": "assistant", "delta": "A"},
        {"type": "TEXT_MESSAGE_CHUNK", "delta": "B"},
        {"type": "RUN_FINISHED"},
    )
    assert answer.text == "AB"


def test_an_unknown_event_of_a_tool_makes_no_call() -> None:
    unknown = {"type": "TOOL_CALL_THOUGHT", "toolCallId": "c", "delta": "no"}
    assert read(unknown, {"type": "RUN_FINISHED"}).tool_calls == ()


def test_a_snapshot_brings_its_calls_and_its_parts() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    parts = [{"type": "text", "text": "Hi"}]
    said = {"id": "a", "role": "assistant", "content": parts, "toolCalls": [call]}
    messages = [{"id": "u", "role": "user", "content": "?"}, said]
    answer = read({"type": "MESSAGES_SNAPSHOT", "messages": messages}, {"type": "RUN_FINISHED"})
    assert (answer.text, [each.name for each in answer.tool_calls]) == ("Hi", ["f"])
