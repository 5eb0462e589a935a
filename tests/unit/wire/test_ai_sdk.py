import json
from typing import Any

import pytest

from app.wire import (
    Answer,
    AnswerReader,
    Malformed,
    Message,
    Prompt,
    Source,
    ToolCall,
    ToolOutput,
    dialect,
    read_answer,
)
from app.wire.request import Attachment, ToolResult
from tests.unit.wire.samples import STREAM
from tests.unit.wire.streams import events

DONE = "[DONE]"


def read(*parts: object) -> Answer:
    return read_answer("ai-sdk", 200, STREAM, [events(*parts)])


def text(delta: str, name: str = "t") -> dict[str, Any]:
    return {"type": "text-delta", "id": name, "delta": delta}


def finish(reason: str | None = None) -> dict[str, Any]:
    return {"type": "finish"} if reason is None else {"type": "finish", "finishReason": reason}


@pytest.mark.parametrize(
    ("parts", "outcome", "ending"),
    [
        ([finish()], "complete", "whole"),
        ([finish("stop")], "complete", "whole"),
        ([finish("tool-calls")], "complete", "whole"),
        ([finish("length")], "complete", "limit"),
        ([finish("content-filter")], "refused", "declined"),
        ([finish("error")], "error", "whole"),
        ([{"type": "error", "errorText": "boom"}], "error", None),
        ([{"type": "error", "errorText": "boom"}, finish("stop")], "error", "whole"),
        ([{"type": "abort"}], "truncated", None),
        ([{"type": "abort"}, finish("stop")], "truncated", None),
        ([], "truncated", None),
        ([{"type": "finish-step"}], "truncated", None),
    ],
)
def test_ends(parts: list[object], outcome: str, ending: str | None) -> None:
    answer = read(text("Hi"), *parts, DONE)
    assert (answer.text, answer.outcome, answer.ending) == ("Hi", outcome, ending)


def test_only_the_mark_says_that_nothing_follows() -> None:
    reader = AnswerReader(dialect("ai-sdk"), 200, STREAM)
    reader.feed(events(text("Hi"), finish()))
    assert not reader.is_over
    reader.feed(events(DONE))
    assert reader.is_over


def test_a_step_that_is_taken_back() -> None:
    answer = read(
        {"type": "start-step"},
        text("One. "),
        {"type": "finish-step"},
        {"type": "start-step"},
        text("bad half", "b"),
        {"type": "reasoning-delta", "id": "r", "delta": "hm"},
        {"type": "tool-input-available", "toolCallId": "c", "toolName": "f", "input": {}},
        {"type": "reset-step"},
        text("Two.", "d"),
        finish("stop"),
        DONE,
    )
    assert (answer.text, answer.reasoning, answer.tool_calls) == ("One. Two.", "", ())


def test_tools() -> None:
    def tool(kind: str, name: str, **members: object) -> dict[str, Any]:
        return {"type": f"tool-{kind}", "toolCallId": name, **members}

    answer = read(
        tool("input-start", "a", toolName="f"),
        tool("input-delta", "a", inputTextDelta='{"x":'),
        tool("input-start", "b", toolName="g"),
        tool("input-delta", "a", inputTextDelta="1}"),
        tool("input-available", "b", toolName="g", input={"y": 2}),
        tool("input-available", "a", toolName="f", input={"x": 1}),
        tool("input-error", "c", toolName="h", input="{oops", errorText="bad input"),
        tool("output-available", "a", output={"partial": 1}, preliminary=True),
        tool("output-available", "a", output={"z": 3}),
        tool("output-error", "b", errorText="broke"),
        tool("output-denied", "d"),
        finish("tool-calls"),
    )
    assert answer.tool_calls == (
        ToolCall("f", '{"x":1}', "a"),
        ToolCall("g", '{"y": 2}', "b"),
        ToolCall("h", "{oops", "c"),
    )
    assert answer.tool_outputs == (
        ToolOutput("c", "bad input", is_error=True),
        ToolOutput("a", '{"z": 3}'),
        ToolOutput("b", "broke", is_error=True),
        ToolOutput("d", "The call was not allowed.", is_error=True),
    )


def test_arguments_repeated_otherwise_are_told() -> None:
    reader = AnswerReader(dialect("ai-sdk"), 200, STREAM)
    deltas = reader.feed(
        events(
            {"type": "tool-input-delta", "toolCallId": "a", "inputTextDelta": '{"x":1}'},
            {"type": "tool-input-available", "toolCallId": "a", "toolName": "f", "input": {"x": 2}},
        )
    )
    assert [delta.line for delta in deltas if isinstance(delta, Malformed)] == ['{"x": 2}']
    assert reader.close().tool_calls == (ToolCall("f", '{"x":1}', "a"),)


def test_sources() -> None:
    answer = read(
        {"type": "source-url", "sourceId": "1", "url": "https://a/", "title": "A"},
        {"type": "source-document", "sourceId": "2", "mediaType": "x/y", "filename": "b.pdf"},
    )
    assert answer.sources == (Source("https://a/", "A"), Source("", "b.pdf"))


def test_request() -> None:
    file = Attachment(b"a", "image/png", "a.png")
    calls = tuple(ToolCall("f", '{"a": 1}', name) for name in "cde")
    results = (ToolResult("c", "f", "3"), ToolResult("d", "f", "no", is_error=True))
    messages = (
        Message("system", "Be brief."),
        Message("user", "See.", (file,)),
        Message("assistant", "Well.", tool_calls=calls),
        Message("tool", "", tool_results=results),
    )
    made = dialect("ai-sdk").request("https://h/api/chat", Prompt(messages, "m"))
    assert made.url == "https://h/api/chat"
    body = json.loads(made.body)
    assert (body["id"], body["trigger"]) == ("conversation", "submit-message")
    system, user, assistant = body["messages"]
    assert system["parts"] == [{"type": "text", "text": "Be brief."}]
    sent = {"mediaType": "image/png", "url": "data:image/png;base64,YQ==", "filename": "a.png"}
    assert user["parts"] == [{"type": "text", "text": "See."}, {"type": "file", **sent}]
    assert [part.get("state") for part in assistant["parts"]] == [
        *(None, "output-available", "output-error"),
        "input-available",
    ]
    assert assistant["parts"][1] == {
        "type": "dynamic-tool",
        "toolName": "f",
        "toolCallId": "c",
        "input": {"a": 1},
        "state": "output-available",
        "output": "3",
    }


def test_a_step_taken_back_takes_its_calls_along() -> None:
    again = {"type": "tool-input-available", "toolCallId": "c", "toolName": "f"}
    answer = read(
        {"type": "start-step"},
        {**again, "input": {"a": 1}},
        {"type": "reset-step"},
        {**again, "input": {"b": 2}},
        {"type": "finish", "finishReason": "tool-calls"},
    )
    assert [(call.name, call.arguments) for call in answer.tool_calls] == [("f", '{"b": 2}')]
    assert answer.unreadable == ()


def test_an_input_that_is_no_object_stays_what_it_is() -> None:
    call = {"type": "tool-input-available", "toolCallId": "c", "toolName": "f", "input": []}
    assert read(call, {"type": "finish"}).tool_calls[0].arguments == "[]"
