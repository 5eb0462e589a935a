import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire import (
    Answer,
    AnswerId,
    Finish,
    Message,
    Prompt,
    ReasoningDelta,
    RefusalDelta,
    ServerError,
    Source,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    UnknownProtocolError,
    Usage,
    dialect,
    read_answer,
)
from app.wire.deltas import Delta
from app.wire.protocols.openai_chat import OPENAI_CHAT
from tests.unit.wire.streams import chunk

request = OPENAI_CHAT.request


def read_chunk(payload: dict[str, Any]) -> list[Delta]:
    return OPENAI_CHAT.new_reader()("message", payload)


def event(payload: object) -> bytes:
    return f"data: {json.dumps(payload)}\n\n".encode()


PROMPT = Prompt((Message("system", "Be brief."), Message("user", "Héllo \ud83c")), "m")


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("http://h:1/v1", "http://h:1/v1/chat/completions"),
        ("http://h:1/v1/", "http://h:1/v1/chat/completions"),
        ("http://h:1", "http://h:1/v1/chat/completions"),
        ("http://h:1/?key=k", "http://h:1/v1/chat/completions?key=k"),
        (" http://h:1/v1// ", "http://h:1/v1/chat/completions"),
        ("http://h:1/v1/chat/completions", "http://h:1/v1/chat/completions"),
        ("http://h:1/v1/chat/completions/", "http://h:1/v1/chat/completions"),
        ("http://h:1/d?api-version=2", "http://h:1/d/chat/completions?api-version=2"),
    ],
)
def test_address(endpoint: str, url: str) -> None:
    assert request(endpoint, PROMPT).url == url


def test_request() -> None:
    made = request("http://h/v1", PROMPT)
    assert made.method == "POST"
    assert made.headers == {
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
    }
    assert json.loads(made.body) == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Héllo \ufffd"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


@pytest.mark.parametrize(
    ("payload", "deltas"),
    [
        (chunk("Hi"), [TextDelta("Hi")]),
        (chunk("", role="assistant", refusal=None), []),
        ({"choices": [{"delta": {"content": None}}]}, []),
        (chunk(finish="stop"), [Finish("stop")]),
        (chunk("x", finish="length"), [TextDelta("x"), Finish("length", "limit")]),
        (chunk(finish="content_filter"), [Finish("content_filter", "declined")]),
        (chunk(refusal="No."), [RefusalDelta("No.")]),
        (chunk(reasoning="a"), [ReasoningDelta("a")]),
        (chunk(reasoning_content="a"), [ReasoningDelta("a")]),
        (chunk(reasoning="a", reasoning_content="a"), [ReasoningDelta("a")]),
        (chunk(reasoning="", reasoning_content="a"), [ReasoningDelta("a")]),
        ({"choices": [{"index": 1, "delta": {"content": "other"}}]}, []),
        ({"choices": [], "usage": None}, []),
        ({"choices": [], "prompt_filter_results": []}, []),
        (
            {"choices": [], "usage": {"prompt_tokens": 2, "completion_tokens": 4}},
            [Usage(2, 4)],
        ),
        (
            {"choices": [{"index": 0, "delta": {}}], "usage": {"prompt_tokens": "2"}},
            [Usage(None, None)],
        ),
        (
            {"choices": [{"message": {"content": "whole"}, "finish_reason": "stop"}]},
            [TextDelta("whole"), Finish("stop")],
        ),
        # Mistral
        (
            chunk([{"type": "thinking", "thinking": [{"type": "text", "text": "a"}]}]),
            [ReasoningDelta("a")],
        ),
        (
            chunk([{"type": "text", "text": "a"}, {"type": "reference"}, {"text": "b"}, 5]),
            [TextDelta("a"), TextDelta("b"), TextDelta("")],
        ),
        # OpenRouter
        (
            chunk(reasoning_details=[{"type": "reasoning.text", "text": "a"}, {"summary": "b"}]),
            [ReasoningDelta("ab")],
        ),
        (chunk(reasoning="a", reasoning_details=[{"text": "a"}]), [ReasoningDelta("a")]),
        (
            chunk(annotations=[{"type": "url_citation", "url_citation": {"url": "u"}}]),
            [Source("u", "")],
        ),
        ({"citations": ["u", {"url": "v"}]}, [Source("u", ""), Source("v", "")]),
        # Groq
        (
            {"choices": [], "x_groq": {"usage": {"prompt_tokens": 1, "completion_tokens": 2}}},
            [Usage(1, 2)],
        ),
        (
            {"choices": [], "x_groq": {"error": "over capacity"}},
            [ServerError("over capacity", "", True)],
        ),
        # usage inside the choice
        (
            {"choices": [{"delta": {}, "usage": {"prompt_tokens": 1, "completion_tokens": 2}}]},
            [Usage(1, 2)],
        ),
        # calls from before tools
        (
            chunk(function_call={"name": "f", "arguments": "{}"}),
            [ToolCallDelta(0, "", "f", "{}")],
        ),
        # DeepSeek
        (
            chunk(finish="insufficient_system_resource"),
            [
                Finish("insufficient_system_resource"),
                ServerError(
                    "The server ran out of resources while answering.",
                    "insufficient_system_resource",
                    True,
                ),
            ],
        ),
        # the error beside the finish says more
        (
            {"choices": [{"finish_reason": "error", "error": {"message": "m", "code": 502}}]},
            [Finish("error"), ServerError("m", "502", True)],
        ),
        ({"id": "a", "choices": []}, [AnswerId("a")]),
        (
            {"error": {"message": "m", "type": "server_error", "code": None}},
            [ServerError("m", "server_error", True)],
        ),
        (
            {"error": {"message": "m", "type": None, "code": "500"}},
            [ServerError("m", "500", True)],
        ),
        ({"error": {"message": "m", "code": 400}}, [ServerError("m", "400", False)]),
        ({"error": "it broke"}, [ServerError("it broke", "", True)]),
        (
            {"object": "error", "message": "m", "code": 400},
            [ServerError("m", "400", False)],
        ),
        (
            chunk("", finish="error"),
            [
                Finish("error"),
                ServerError("The server ended the answer with an error.", "error", True),
            ],
        ),
    ],
)
def test_chunk(payload: dict[str, Any], deltas: list[object]) -> None:
    assert read_chunk(payload) == deltas


def test_tool_calls_are_keyed_by_index() -> None:
    calls = [
        {"index": 1, "id": "b", "type": "function", "function": {"name": "g", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"a'}},
        {"id": "c", "function": {"name": "h"}},
    ]
    assert read_chunk(chunk(tool_calls=calls)) == [
        ToolCallDelta(1, "b", "g", ""),
        ToolCallDelta(0, "", "", '{"a'),
        ToolCallDelta(2, "c", "h", ""),
    ]


KEYS = st.sampled_from(
    [
        *["choices", "delta", "message", "content", "reasoning", "reasoning_content", "refusal"],
        *["tool_calls", "function", "name", "arguments", "id", "index", "finish_reason", "usage"],
        *["prompt_tokens", "completion_tokens", "error", "code", "type", "status", "object"],
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)


@given(payload=st.dictionaries(KEYS, JSON, max_size=6))
def test_types_nobody_promised_never_raise(payload: dict[str, object]) -> None:
    read_chunk(payload)


def test_unknown_protocol_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownProtocolError, match=r'"telepathy".*openai-chat'):
        dialect("telepathy")


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        # Another ID without a name goes on with the call.
        ([{"index": 0, "id": "A", "function": {"name": "f", "arguments": "{"}},
          {"index": 0, "id": "B", "function": {"arguments": "}"}}], [("f", "{}")]),
        # An index may be a text.
        ([{"index": "0", "id": "A", "function": {"name": "f", "arguments": "{"}},
          {"index": "1", "id": "B", "function": {"name": "g", "arguments": "{"}},
          {"index": "1", "function": {"arguments": "}"}},
          {"index": "0", "function": {"arguments": "}"}}], [("f", "{}"), ("g", "{}")]),
        # Without numbers and IDs each name begins a call.
        ([{"function": {"name": "f", "arguments": "{}"}},
          {"function": {"name": "f", "arguments": "{}"}}], [("f", "{}"), ("f", "{}")]),
        # Told apart by their IDs alone, with others between; without either the last goes on.
        ([{"id": "A", "function": {"name": "f", "arguments": "1"}},
          {"id": "B", "function": {"name": "g", "arguments": "2"}},
          {"id": "A", "function": {"arguments": "3"}},
          {"function": {"arguments": "4"}},
          {"id": "B", "function": {"name": "g", "arguments": "5"}}], [("f", "134"), ("g", "25")]),
        # The same where all are numbered 0.
        ([{"index": 0, "id": "A", "function": {"name": "f", "arguments": "1"}},
          {"index": 0, "id": "B", "function": {"name": "g", "arguments": "2"}},
          {"index": 0, "id": "A", "function": {"arguments": "3"}}], [("f", "13"), ("g", "2")]),
        # Numbers count for more than IDs.
        ([{"index": 0, "id": "A", "function": {"name": "f", "arguments": "1"}},
          {"index": 1, "id": "A", "function": {"name": "g", "arguments": "2"}},
          {"index": 1, "id": "A", "function": {"arguments": "3"}}], [("f", "1"), ("g", "23")]),
    ],
)  # fmt: skip
def test_calls_that_are_numbered_oddly(
    calls: list[dict[str, Any]], expected: list[tuple[str, str]]
) -> None:
    chunks = [event({"choices": [{"delta": {"tool_calls": [call]}}]}) for call in calls]
    answer = read_answer("openai-chat", 200, {}, chunks)
    assert [(call.name, call.arguments) for call in answer.tool_calls] == expected


def test_pieces_of_several_calls_in_one_chunk_go_by_their_ids() -> None:
    def part(name: str, arguments: str) -> dict[str, Any]:
        return {"id": name, "function": {"name": name, "arguments": arguments}}

    chunks = [[part("f", "1"), part("g", "2")], [part("g", "3")], [part("g", "4"), part("f", "5")]]
    body = [event(chunk(tool_calls=calls)) for calls in chunks]
    answer = read_answer("openai-chat", 200, {}, body)
    assert [each.arguments for each in answer.tool_calls] == ["15", "234"]
    twins = [{"id": "c", "function": {"name": name, "arguments": "{}"}} for name in "fg"]
    answer = read_answer("openai-chat", 200, {}, [event(chunk(tool_calls=twins))])
    assert [each.name for each in answer.tool_calls] == ["f", "g"]


def test_a_tool_that_the_server_ran_is_not_sent_back() -> None:
    calls = (ToolCall("f", "{}", "a"), ToolCall("search", "{}", "b", is_served=True))
    assert Message("assistant", "", tool_calls=calls).own_calls == calls[:1]


def test_no_content_is_not_asked_for_again() -> None:
    answer = read_answer("openai-chat", 204, {}, [])
    assert (answer.outcome, answer.retryable) == ("truncated", False)


def test_a_custom_tool_has_a_text_for_its_input() -> None:
    call = {"index": 0, "id": "c", "type": "custom", "custom": {"name": "f", "input": "go"}}
    chunks = [event({"choices": [{"index": "0", "delta": {"tool_calls": [call]}}]})]
    answer = read_answer("openai-chat", 200, {}, chunks)
    assert [(each.name, each.arguments) for each in answer.tool_calls] == [("f", "go")]


def test_a_whole_message_after_its_deltas_is_not_said_again() -> None:
    whole = {"delta": {}, "message": {"content": "Hello"}, "finish_reason": "stop"}
    chunks = [event(chunk("Hel")), event(chunk("lo")), event({"choices": [whole]})]
    assert read_answer("openai-chat", 200, {}, chunks).text == "Hello"
    assert read_answer("openai-chat", 200, {}, [event({"choices": [whole]})]).text == "Hello"


def parted(*deltas: dict[str, Any], **message: object) -> Answer:
    whole = {"delta": {}, "message": message, "finish_reason": "stop"}
    chunks = [*(event({"choices": [{"delta": delta}]}) for delta in deltas)]
    last = event({"choices": [whole]})
    return read_answer("openai-chat", 200, {}, [*chunks, last, last])


def call_part(arguments: object, **members: object) -> dict[str, Any]:
    return {"tool_calls": [{"function": {"arguments": arguments, **members}}]}


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content", "refusal", "content"])
def test_a_whole_message_is_held_against_its_deltas(name: str) -> None:
    def told(answer: Answer) -> str:
        return answer.text + answer.reasoning + answer.refusal

    pieces = ({name: "th\ud83c"}, {name: "\udf0dk"})
    same = parted(*pieces, **{name: "th\U0001f30dk"})
    assert (told(same), same.unreadable) == ("th\U0001f30dk", ())
    longer = parted(*pieces, **{name: "th\U0001f30dking"})
    assert (told(longer), longer.unreadable) == ("th\U0001f30dking", ())
    other = parted(*pieces, **{name: "else"})
    assert told(other) == "th\U0001f30dk"
    assert [each.line for each in other.unreadable] == ["else"]
    silent = parted(*pieces, **{name: ""}, role="assistant")
    assert (told(silent), silent.unreadable) == ("th\U0001f30dk", ())


@pytest.mark.parametrize("members", [{}, {"id": "c"}])
@pytest.mark.parametrize("whole", ['{"a":1}', '{ "a": 1 }', {"a": 1}, ""])
def test_calls_in_a_whole_message_are_held_against_their_parts(
    members: dict[str, Any], whole: object
) -> None:
    first, rest = call_part('{"a"', name="f"), call_part(":1}")
    first["tool_calls"][0].update(members)
    again = call_part(whole, name="f")["tool_calls"]
    again[0].update(members)
    answer = parted(first, rest, tool_calls=again)
    assert answer.tool_calls == (ToolCall("f", '{"a":1}', members.get("id", "")),)
    assert answer.unreadable == ()


def test_what_only_the_whole_message_has_is_taken_from_it() -> None:
    calls = [
        {"id": "b", "function": {"name": "g", "arguments": "{}"}},
        {"id": "a", "function": {"name": "f", "arguments": "{}"}},
        {"id": "c", "function": {"name": "h", "arguments": "{}"}},
    ]
    parts = ({"content": "Hi"}, {"tool_calls": calls[1:2]}, {"tool_calls": calls[:1]})
    answer = parted(*parts, reasoning="Hm", tool_calls=calls)
    assert (answer.text, answer.reasoning, answer.unreadable) == ("Hi", "Hm", ())
    assert [(call.id, call.arguments) for call in answer.tool_calls] == [
        ("a", "{}"),
        ("b", "{}"),
        ("c", "{}"),
    ]


def test_arguments_that_differ_from_their_parts_are_told_and_not_taken() -> None:
    again = call_part('{"a":2}', name="f")["tool_calls"]
    answer = parted(call_part('{"a":1}', name="f"), tool_calls=again)
    assert answer.tool_calls == (ToolCall("f", '{"a":1}'),)
    assert [each.line for each in answer.unreadable] == ['{"a":2}']


def test_a_legacy_call_in_a_whole_message_is_the_one_of_its_parts() -> None:
    again = {"name": "f", "arguments": "{}"}
    answer = parted({"function_call": {"name": "f", "arguments": "{"}},
                    {"function_call": {"arguments": "}"}}, function_call=again)  # fmt: skip
    assert answer.tool_calls == (ToolCall("f", "{}"),)
