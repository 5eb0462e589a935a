import json
from typing import Any

import pytest

from app.wire import (
    Answer,
    Message,
    Prompt,
    Source,
    Thought,
    ToolCall,
    ToolOutput,
    Usage,
    dialect,
    read_answer,
)
from app.wire.request import Attachment, Effort, Tool, ToolResult
from tests.unit.wire.samples import SAMPLES, STREAM, named_events

START = {"type": "message_start", "message": {"id": "m", "usage": {"input_tokens": 1}}}
STOP = {"type": "message_stop"}


def read(*payloads: dict[str, Any]) -> Answer:
    return read_answer("anthropic", 200, STREAM, [named_events(*payloads)])


def start(index: int, **block: object) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def stop(index: int) -> dict[str, Any]:
    return {"type": "content_block_stop", "index": index}


def delta(index: int, **members: object) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": members}


def ended(reason: str | None) -> list[dict[str, Any]]:
    return [{"type": "message_delta", "delta": {"stop_reason": reason}}, STOP]


@pytest.mark.parametrize(
    ("reason", "outcome", "ending"),
    [
        ("end_turn", "complete", "whole"),
        ("pause_turn", "complete", "whole"),
        ("max_tokens", "complete", "limit"),
        ("model_context_window_exceeded", "complete", "limit"),
        ("refusal", "refused", "declined"),
        ("brand_new", "complete", "whole"),
        (None, "complete", "whole"),
    ],
)
def test_stop_reasons(reason: str | None, outcome: str, ending: str) -> None:
    answer = read(START, start(0, type="text", text="Hi"), stop(0), *ended(reason))
    assert (answer.outcome, answer.ending, answer.finish) == (outcome, ending, reason)


def test_a_stop_reason_without_the_stop_is_cut_short() -> None:
    events = [START, start(0, type="text", text="Hi"), ended("end_turn")[0]]
    assert read(*events).outcome == "truncated"


def test_an_overloaded_server_in_the_middle() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    answer = read(START, start(0, type="text", text="Hi"), error)
    assert (answer.outcome, answer.text, answer.retryable) == ("error", "Hi", True)
    assert answer.error is not None
    assert answer.error.code == "overloaded_error"


def test_thoughts_keep_their_signatures() -> None:
    answer = read(
        START,
        start(0, type="thinking", thinking=""),
        delta(0, type="thinking_delta", thinking="one"),
        delta(0, type="signature_delta", signature="s1"),
        stop(0),
        start(1, type="redacted_thinking", data="dark"),
        stop(1),
        start(2, type="thinking", thinking="", signature="s2"),
        stop(2),
        *ended("end_turn"),
    )
    assert answer.reasoning == "one"
    assert answer.thoughts == (
        Thought("one", "s1"),
        Thought("", "dark", is_redacted=True),
        Thought("", "s2"),
    )


def test_tools_that_the_server_runs() -> None:
    results = [{"type": "web_search_result", "url": "https://a/", "title": "A"}]
    failed = {"type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"}
    answer = read(
        START,
        start(0, type="server_tool_use", id="t", name="web_search", input={}),
        delta(0, type="input_json_delta", partial_json='{"query":"x"}'),
        stop(0),
        start(1, type="web_search_tool_result", tool_use_id="t", content=results),
        stop(1),
        start(2, type="web_search_tool_result", tool_use_id="t", content=failed),
        stop(2),
        start(3, type="mcp_tool_result", tool_use_id="u", content=[{"type": "text", "text": "ok"}]),
        stop(3),
        *ended("end_turn"),
    )
    assert answer.tool_calls == (ToolCall("web_search", '{"query":"x"}', "t", is_served=True),)
    assert answer.tool_outputs == (
        ToolOutput("t", json.dumps(results)),
        ToolOutput("t", json.dumps(failed), is_error=True),
        ToolOutput("u", "ok"),
    )


def test_a_call_whose_arguments_came_at_once_or_not_at_all() -> None:
    answer = read(
        START,
        start(0, type="tool_use", id="t", name="f", input={"a": 1}),
        stop(0),
        start(1, type="tool_use", id="u", name="g", input={}),
        stop(1),
        *ended("tool_use"),
    )
    assert [call.arguments for call in answer.tool_calls] == ['{"a": 1}', "{}"]


@pytest.mark.parametrize(
    "piece",
    [
        {"type": "text_delta", "text": "not for the reader"},
        {"type": "thinking_delta", "thinking": "not a thought"},
        {"type": "input_json_delta", "partial_json": "{}"},
        {"type": "signature_delta", "signature": "s"},
        {"type": "citations_delta", "citation": {"url": "https://a/"}},
    ],
)
@pytest.mark.parametrize("index", [0, None])
def test_nothing_comes_of_a_block_of_an_unknown_type(
    piece: dict[str, object], index: int | None
) -> None:
    answer = read(
        START,
        {**start(0, type="future_block"), "index": index},
        {**delta(0, **piece), "index": index},
        {**stop(0), "index": index},
        *ended("end_turn"),
    )
    assert answer == read(START, *ended("end_turn"))


def test_a_known_block_may_follow_an_unknown_one_at_its_index() -> None:
    hidden, shown = (delta(0, type="text_delta", text=text) for text in ("no", "Hi"))
    answer = read(
        *(START, start(0, type="future_block"), hidden, stop(0)),
        *(start(0, type="text", text=""), shown, stop(0), *ended("end_turn")),
    )
    assert answer.text == "Hi"


@pytest.mark.parametrize("index", [None, "first", -1])
def test_blocks_without_a_usable_index_are_told_apart_by_their_order(index: object) -> None:
    def call(name: str) -> list[dict[str, Any]]:
        part = delta(0, type="input_json_delta", partial_json=f'{{"of":"{name}"}}')
        return [start(0, type="tool_use", id=name, name=name, input={}), part, stop(0)]

    blocks = [{**event, "index": index} for name in "fg" for event in call(name)]
    answer = read(START, *blocks, *ended("tool_use"))
    assert answer.tool_calls == tuple(ToolCall(n, f'{{"of":"{n}"}}', n) for n in "fg")


def test_citations_are_sources() -> None:
    web = {"type": "web_search_result_location", "url": "https://a/", "title": "A"}
    page = {"type": "page_location", "document_title": "B.pdf", "cited_text": "…"}
    answer = read(
        START,
        start(0, type="text", text="", citations=[]),
        delta(0, type="citations_delta", citation=web),
        delta(0, type="citations_delta", citation=page),
        delta(0, type="citations_delta", citation=web),
        stop(0),
        *ended("end_turn"),
    )
    assert answer.sources == (Source("https://a/", "A"), Source("", "B.pdf"))


def test_the_last_usage_counts_and_the_event_name_may_stand_for_the_type() -> None:
    body = (
        b'event: message_start\ndata: {"message":{"usage":{"input_tokens":7}}}\n\n'
        b'event: message_delta\ndata: {"delta":{},"usage":{"output_tokens":9}}\n\n'
        b"event: message_stop\ndata: {}\n\n"
    )
    answer = read_answer("anthropic", 200, STREAM, [body])
    assert (answer.usage, answer.outcome) == (Usage(7, 9), "complete")


def test_nothing_counts_after_the_stop() -> None:
    late = [delta(0, type="text_delta", text="late"), {"type": "error", "error": {"message": "m"}}]
    answer = read(START, start(0, type="text", text="Hi"), *ended("end_turn"), *late)
    assert (answer.text, answer.outcome) == ("Hi", "complete")


def asked(prompt: Prompt) -> Any:
    return json.loads(dialect("anthropic").request("https://h", prompt).body)


def test_request() -> None:
    made = dialect("anthropic").request(
        "https://h/", Prompt((Message("user", "Hi"),), "claude-x"), access_key="k"
    )
    assert made.url == "https://h/v1/messages"
    assert made.headers == {
        "Content-Type": "application/json",
        "Accept": "text/event-stream",
        "anthropic-version": "2023-06-01",
        "anthropic-dangerous-direct-browser-access": "true",
        "x-api-key": "k",
    }
    assert json.loads(made.body) == {
        "model": "claude-x",
        "messages": [{"role": "user", "content": "Hi"}],
        "max_tokens": 8192,
        "stream": True,
    }


def test_a_conversation_with_all_there_is() -> None:
    answer = read_answer("anthropic", 200, STREAM, [SAMPLES["anthropic"].body])
    image = Attachment(b"\x89PNG", "image/png", "a.png")
    messages = (
        Message("system", "Be brief."),
        Message("user", "See.", (image, Attachment(b"%PDF", "application/pdf", "b.pdf"))),
        Message("assistant", answer.text, tool_calls=answer.tool_calls, thoughts=answer.thoughts),
        Message("tool", "", tool_results=(ToolResult("call-1", "f", "no", is_error=True),)),
    )
    body = asked(
        Prompt(
            messages, "claude-opus-4-6", (Tool("f", "does f", {"type": "object"}),), None, 9, 0.0
        )
    )
    assert body["system"] == "Be brief."
    assert (body["max_tokens"], body["temperature"]) == (9, 0.0)
    assert body["tools"] == [
        {"name": "f", "description": "does f", "input_schema": {"type": "object"}}
    ]
    user, assistant, tool = body["messages"]
    assert [block["type"] for block in user["content"]] == ["image", "document", "text"]
    assert user["content"][0]["source"] == {
        "type": "base64",
        "media_type": "image/png",
        "data": "iVBORw==",
    }
    assert assistant == {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "Hmm.", "signature": "secret"},
            {"type": "text", "text": "Hi \U0001f30d!"},
            {"type": "tool_use", "id": "call-1", "name": "f", "input": {"a": 1}},
        ],
    }
    failed = {"tool_use_id": "call-1", "content": "no", "is_error": True}
    assert tool == {"role": "user", "content": [{"type": "tool_result", **failed}]}


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        ("claude-3-7-sonnet-20250219", {"type": "enabled", "budget_tokens": 8192}),
        ("claude-opus-4-20250514", {"type": "enabled", "budget_tokens": 8192}),
        ("claude-sonnet-4-5-20250929", {"type": "enabled", "budget_tokens": 8192}),
        ("claude-haiku-4-5", {"type": "enabled", "budget_tokens": 8192}),
        ("local-model", {"type": "enabled", "budget_tokens": 8192}),
        ("claude-opus-4-6", {"type": "adaptive"}),
        ("claude-opus-4-7", {"type": "adaptive"}),
        ("anthropic/claude-sonnet-5", {"type": "adaptive"}),
    ],
)
def test_effort(model: str, thinking: dict[str, object]) -> None:
    prompt = Prompt((Message("user", "Hi"),), model, (), "medium", 100, 0.5)
    body = asked(prompt)
    assert body["thinking"] == thinking
    assert "temperature" not in body
    budget = thinking.get("budget_tokens", 0)
    assert isinstance(budget, int)
    assert body["max_tokens"] == 100 + budget
    assert body.get("output_config") == (None if budget else {"effort": "medium"})
    assert "thinking" not in asked(Prompt((Message("user", "Hi"),), model))


@pytest.mark.parametrize(
    ("model", "takes_it"),
    [
        ("claude-2.1", True),
        ("claude-instant-1.2", True),
        ("claude-3-haiku-20240307", True),
        ("claude-3-5-sonnet-latest", True),
        ("anthropic/claude-3.7-sonnet:thinking", True),
        ("claude-opus-4-20250514", True),
        ("claude-opus-4@20250514", True),
        ("claude-sonnet-4", True),
        ("claude-4-sonnet-20250514", True),
        ("claude-haiku-4-5-20251001", True),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", True),
        ("claude-opus-4-6", True),
        ("anthropic/claude-sonnet-4.6", True),
        ("anthropic.claude-opus-4-6-v1", True),
        ("local-model", True),
        ("claude-opus-4-7", False),
        ("claude-opus-4-7-20260416", False),
        ("anthropic/claude-opus-4.8", False),
        ("anthropic/claude-4.7-opus", False),
        ("claude-opus-4-10", False),
        ("claude-opus-5", False),
        ("claude-sonnet-5", False),
        ("claude-fable-5-1", False),
        ("claude-mythos-preview", False),
    ],
)
@pytest.mark.parametrize("effort", [None, "none"])
def test_temperature(model: str, takes_it: bool, effort: Effort | None) -> None:
    prompt = Prompt((Message("user", "Hi"),), model, reasoning_effort=effort, temperature=0.5)
    assert asked(prompt).get("temperature") == (0.5 if takes_it else None)


@pytest.mark.parametrize("said", [{"message": "m"}, {"error": None}, {"error": {"message": "m"}}])
def test_an_error_is_one_without_the_name_of_its_event(said: dict[str, object]) -> None:
    body = f"data: {json.dumps({'type': 'error', **said})}\n\n".encode()
    assert read_answer("anthropic", 200, {}, [body]).outcome == "error"


def test_an_error_inside_an_unknown_event_is_not_the_answers() -> None:
    body = b'data: {"type":"probe","error":{"message":"m"}}\n\ndata: {"type":"message_stop"}\n\n'
    assert read_answer("anthropic", 200, {}, [body]).outcome == "complete"
