import json
from typing import Any

import pytest

from app.wire import Answer, AnswerReader, Message, Prompt, ToolCall, dialect, read_answer
from app.wire.request import Attachment, Effort, Tool, ToolResult
from tests.unit.wire.samples import NDJSON, lines


def read(*payloads: object) -> Answer:
    return read_answer("ollama", 200, NDJSON, [lines(*payloads)])


def line(content: str, **members: object) -> dict[str, Any]:
    return {"message": {"role": "assistant", "content": content}, "done": False, **members}


@pytest.mark.parametrize(
    ("last", "outcome", "ending", "finish"),
    [
        ({"done": True, "done_reason": "stop"}, "complete", "whole", "stop"),
        ({"done": True, "done_reason": "length"}, "complete", "limit", "length"),
        ({"done": True}, "complete", "whole", None),
        ({"done": "true"}, "truncated", None, None),
        ({"error": "model crashed"}, "error", None, None),
        ({"error": "model crashed", "done": True}, "error", None, None),
    ],
)
def test_ends(last: object, outcome: str, ending: str | None, finish: str | None) -> None:
    answer = read(line("Hi"), last)
    assert (answer.text, answer.outcome, answer.ending, answer.finish) == (
        *("Hi", outcome, ending),
        finish,
    )


def test_the_last_line_needs_no_line_feed() -> None:
    body = lines(line("Hi"), {"done": True, "done_reason": "stop"}).rstrip(b"\n")
    assert read_answer("ollama", 200, NDJSON, [body]).outcome == "complete"


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_last_line_that_cannot_be_read_is_reported_unless_the_connection_died(
    is_lost: bool,
) -> None:
    body = lines(line("Hi")) + b'{"error": bad'
    answer = read_answer("ollama", 200, NDJSON, [body], transport_error=is_lost)
    assert (answer.text, answer.outcome) == ("Hi", "truncated")
    assert [each.line for each in answer.unreadable] == ([] if is_lost else ['{"error": bad'])


def test_nothing_follows_the_last_line() -> None:
    reader = AnswerReader(dialect("ollama"), 200, NDJSON)
    reader.feed(lines({"done": True}, line("late")))
    assert reader.is_over
    assert reader.close().text == ""


def test_a_thought_under_two_names_is_one_thought() -> None:
    message = {"thinking": "hm", "reasoning_content": "hm", "content": ""}
    assert read({"message": message}).reasoning == "hm"


def test_each_call_is_whole() -> None:
    calls = [{"function": {"name": "f", "arguments": {"a": 1}}}, {"function": {"name": "f"}}]
    more = [{"id": "c", "function": {"name": "g", "arguments": '{"b": 2}'}}]
    answer = read({"message": {"tool_calls": calls}}, {"message": {"tool_calls": more}})
    assert answer.tool_calls == (
        ToolCall("f", '{"a": 1}'),
        ToolCall("f", "{}"),
        ToolCall("g", '{"b": 2}', "c"),
    )


def test_request() -> None:
    files = (Attachment(b"a", "image/png"), Attachment(b"b", "text/plain", "b.txt"))
    messages = (
        Message("system", "Be brief."),
        Message("user", "See.", files),
        Message("assistant", "", tool_calls=(ToolCall("f", '{"a": 1}'),)),
        Message("tool", "", tool_results=(ToolResult("", "f", "3"),)),
    )
    prompt = Prompt(messages, "m", (Tool("f", "does f", {"type": "object"}),), None, 9, 0.0)
    made = dialect("ollama").request("http://h:11434", prompt, request_id="r")
    assert made.url == "http://h:11434/api/chat"
    assert made.headers == {
        "Content-Type": "application/json",
        "Accept": "application/x-ndjson",
    }
    body = json.loads(made.body)
    assert body["options"] == {"num_predict": 9, "temperature": 0.0}
    assert body["tools"][0]["function"]["parameters"] == {"type": "object"}
    assert body["stream"] is True
    assert "think" not in body
    assert body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "b.txt:\n\nb\n\nSee.", "images": ["YQ=="]},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"function": {"name": "f", "arguments": {"a": 1}}}],
        },
        {"role": "tool", "content": "3", "tool_name": "f"},
    ]


def test_calls_that_the_server_carried_out_are_not_sent_back() -> None:
    calls = (ToolCall("web_search", "{}", "s", is_served=True), ToolCall("f", "{}", "c"))
    prompt = Prompt((Message("assistant", "ok", tool_calls=calls), Message("user", "x")), "m")
    sent = json.loads(dialect("ollama").request("http://h", prompt).body)["messages"][0]
    assert sent["tool_calls"] == [{"id": "c", "function": {"name": "f", "arguments": {}}}]


@pytest.mark.parametrize(
    ("effort", "think"), [("none", False), ("minimal", "low"), ("low", "low"), ("high", "high")]
)
def test_effort(effort: Effort, think: object) -> None:
    prompt = Prompt((Message("user", "Hi"),), "m", reasoning_effort=effort)
    assert json.loads(dialect("ollama").request("http://h", prompt).body)["think"] == think


def test_arguments_stay_json_where_a_number_is_too_large() -> None:
    call = b'{"function":{"name":"f","arguments":{"x":1e999,"y":[1]}}}'
    body = b'{"message":{"tool_calls":[%s]},"done":true,"done_reason":"stop"}\n' % call
    answer = read_answer("ollama", 200, {}, [body])
    assert answer.tool_calls[0].arguments == '{"x": null, "y": [1]}'
