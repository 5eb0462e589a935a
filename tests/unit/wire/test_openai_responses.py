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
    Thought,
    ToolCall,
    ToolOutput,
    Usage,
    dialect,
    read_answer,
)
from app.wire.request import Attachment, Tool, ToolResult
from tests.unit.wire.samples import SAMPLES, STREAM, TEXT, named_events

JSON = {"content-type": "application/json"}


def read(*payloads: dict[str, Any]) -> Answer:
    return read_answer("openai-responses", 200, STREAM, [named_events(*payloads)])


def event(kind: str, **members: object) -> dict[str, Any]:
    return {"type": f"response.{kind}", **members}


def ended(status: str, **members: object) -> dict[str, Any]:
    return event(status, response={"id": "r", "object": "response", "status": status, **members})


def text(piece: str, **place: object) -> dict[str, Any]:
    return event("output_text.delta", delta=piece, **place)


@pytest.mark.parametrize(
    ("last", "outcome", "ending", "finish"),
    [
        (ended("completed"), "complete", "whole", "completed"),
        (
            ended("incomplete", incomplete_details={"reason": "max_output_tokens"}),
            *("complete", "limit", "max_output_tokens"),
        ),
        (
            ended("incomplete", incomplete_details={"reason": "content_filter"}),
            *("refused", "declined", "content_filter"),
        ),
        (ended("incomplete"), "complete", "limit", "incomplete"),
        (ended("cancelled"), "truncated", None, None),
        (ended("failed", error={"code": "server_error", "message": "m"}), "error", None, None),
        (ended("failed", error=None), "error", None, None),
        (event("in_progress", response={"status": "in_progress"}), "truncated", None, None),
        ({"type": "error", "code": "server_error", "message": "m"}, "error", None, None),
        ({"type": "error", "error": {"message": "m"}}, "error", None, None),
        ({"type": "error", "code": None, "message": None}, "error", None, None),
    ],
)
def test_ends(last: dict[str, Any], outcome: str, ending: str | None, finish: str | None) -> None:
    answer = read(text("Hi"), last)
    assert (answer.text, answer.outcome) == ("Hi", outcome)
    assert (answer.ending, answer.finish) == (ending, finish)


def test_errors_keep_their_words() -> None:
    answer = read({"type": "error", "code": "context_length_exceeded", "message": "too long"})
    assert answer.error is not None
    assert (answer.error.message, answer.error.code) == ("too long", "context_length_exceeded")
    assert not answer.retryable


def test_what_is_repeated_is_not_appended() -> None:
    answer = read(
        text("Hi "),
        text("there"),
        event("output_text.done", text="Hi there"),
        event("content_part.done", part={"type": "output_text", "text": "Hi there"}),
        ended("completed", output=[_message("Hi there")]),
    )
    assert answer.text == "Hi there"


def test_a_repetition_tells_what_was_not_streamed() -> None:
    assert read(text("Hi "), event("output_text.done", text="Hi there")).text == "Hi there"
    assert read(event("output_text.done", text="Hi there")).text == "Hi there"
    half = read(text("Hi \ud83c"), event("output_text.done", text="Hi \U0001f30d"))
    assert half.text == "Hi \U0001f30d"
    done = event("output_item.done", item=_message("Hi"))
    assert read(done, ended("completed", output=[_message("Hi")])).text == "Hi"


def test_a_repetition_that_differs_is_told_and_leaves_the_text_alone() -> None:
    reader = AnswerReader(dialect("openai-responses"), 200, STREAM)
    deltas = reader.feed(
        named_events(text("Hi there"), event("output_text.done", text="Ho"), ended("completed"))
    )
    assert [delta for delta in deltas if isinstance(delta, Malformed)] == [
        Malformed("Ho", "the repeated text is not the one streamed")
    ]
    answer = reader.close()
    assert (answer.text, answer.outcome) == ("Hi there", "complete")


def _message(text: str) -> dict[str, Any]:
    return {"type": "message", "id": "m", "content": [{"type": "output_text", "text": text}]}


@pytest.mark.parametrize("headers", [STREAM, JSON])
def test_a_whole_response_in_place_of_a_stream(headers: dict[str, str]) -> None:
    response = {
        "id": "r",
        "object": "response",
        "status": "completed",
        "error": None,
        "output": [
            {"type": "reasoning", "id": "s", "summary": [{"text": "a"}, {"text": "b"}]},
            _message("Hi"),
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        ],
        "usage": {"input_tokens": 1, "output_tokens": 2},
    }
    answer = read_answer("openai-responses", 200, headers, [json.dumps(response).encode()])
    assert (answer.text, answer.reasoning, answer.outcome) == ("Hi", "a\n\nb", "complete")
    assert answer.tool_calls == (ToolCall("f", "{}", "c"),)
    assert (answer.usage, answer.id) == (Usage(1, 2), "r")


def test_items_are_told_apart_by_id_where_there_is_no_index() -> None:
    def call(name: str) -> dict[str, Any]:
        return {"type": "function_call", "id": name, "call_id": f"c-{name}", "name": name}

    answer = read(
        event("output_item.added", item=call("f")),
        event("output_item.added", item=call("g")),
        event("function_call_arguments.delta", item_id="g", delta='{"g":'),
        event("function_call_arguments.delta", item_id="f", delta='{"f":1}'),
        event("function_call_arguments.delta", item_id="g", delta="2}"),
        event("function_call_arguments.done", item_id="g", arguments='{"g":2}'),
    )
    assert answer.tool_calls == (
        ToolCall("f", '{"f":1}', "c-f"),
        ToolCall("g", '{"g":2}', "c-g"),
    )


def test_an_index_counts_more_than_an_id_that_changes() -> None:
    answer = read(
        text("Hi ", output_index=0, item_id="a"),
        text("you", output_index=0, item_id="b"),
        event("output_text.done", output_index=0, item_id="c", text="Hi you"),
    )
    assert answer.text == "Hi you"


def test_an_index_that_only_some_events_have_repeats_nothing() -> None:
    call = {"type": "function_call", "id": "f", "call_id": "c", "name": "f", "arguments": "{}"}
    answer = read(
        text("Hi", item_id="m"),
        event("output_text.done", item_id="m", output_index=1, text="Hi"),
        event("output_item.done", output_index=1, item=_message("Hi") | {"id": "m"}),
        event("output_item.added", item=call | {"arguments": ""}),
        event("function_call_arguments.delta", item_id="f", output_index=2, delta="{}"),
        event("output_item.done", output_index=2, item=call),
        ended("completed"),
    )
    assert answer.text == "Hi"
    assert answer.tool_calls == (ToolCall("f", "{}", "c"),)


def test_refusal() -> None:
    answer = read(
        event("refusal.delta", delta="No"),
        event("refusal.done", refusal="No."),
        ended("completed"),
    )
    assert (answer.refusal, answer.outcome) == ("No.", "refused")


def test_reasoning_is_kept_for_the_next_request() -> None:
    item = {"type": "reasoning", "id": "rs", "encrypted_content": "e"}
    item["summary"] = [{"text": "one"}, {"text": "two"}]  # type: ignore[assignment]
    answer = read(
        event("reasoning_summary_part.added", output_index=0, summary_index=0),
        event("reasoning_summary_text.delta", output_index=0, summary_index=0, delta="one"),
        event("reasoning_summary_part.added", output_index=0, summary_index=1),
        event("reasoning_summary_text.delta", output_index=0, summary_index=1, delta="two"),
        event("output_item.done", output_index=0, item=item),
        ended("completed"),
    )
    assert answer.reasoning == "one\n\ntwo"
    assert answer.thoughts == (Thought("one\n\ntwo", "e", id="rs"),)


def test_tools_that_the_server_runs_and_sources() -> None:
    cited = {"type": "url_citation", "url": "https://a/", "title": "A"}
    search = {"type": "web_search_call", "id": "w", "action": {"type": "search", "query": "q"}}
    remote = {"type": "mcp_call", "id": "x", "name": "g", "arguments": "{}", "output": "ok"}
    answer = read(
        event("output_item.added", output_index=0, item={"type": "web_search_call", "id": "w"}),
        event("output_item.done", output_index=0, item=search),
        event("output_item.done", output_index=1, item=remote),
        event("output_text.annotation.added", output_index=2, annotation=cited),
        ended("completed"),
    )
    assert answer.tool_calls == (
        ToolCall("web_search", '{"type": "search", "query": "q"}', "w", is_served=True),
        ToolCall("g", "{}", "x", is_served=True),
    )
    assert answer.tool_outputs == (ToolOutput("x", "ok"),)
    assert answer.sources == (Source("https://a/", "A"),)


def test_the_sequence_number_is_the_cursor() -> None:
    reader = AnswerReader(dialect("openai-responses"), 200, STREAM)
    reader.feed(named_events({**text("Hi"), "sequence_number": 4}))
    assert reader.cursor.sequence_number == 4
    assert not reader.is_over
    reader.feed(named_events({**ended("completed"), "sequence_number": 5}))
    assert reader.cursor.sequence_number == 5
    assert reader.is_over


def test_request() -> None:
    answer = read_answer("openai-responses", 200, STREAM, [SAMPLES["openai-responses"].body])
    messages = (
        Message("system", "Be brief."),
        Message("user", "See.", (Attachment(b"a", "image/png"), Attachment(b"b", "text/plain"))),
        Message("assistant", answer.text, tool_calls=answer.tool_calls, thoughts=answer.thoughts),
        Message("tool", "", tool_results=(ToolResult("call-1", "f", "3"),)),
    )
    prompt = Prompt(messages, "m", (Tool("f", "", {"type": "object"}),), "low", 9, 0.5)
    made = dialect("openai-responses").request("https://h/v1/", prompt, access_key="k")
    assert made.url == "https://h/v1/responses"
    assert made.headers["Authorization"] == "Bearer k"
    body = json.loads(made.body)
    assert (body["instructions"], body["max_output_tokens"], body["temperature"]) == (
        *("Be brief.", 9),
        0.5,
    )
    assert (body["stream"], body["store"]) == (True, False)
    assert body["reasoning"] == {"effort": "low", "summary": "auto"}
    assert body["include"] == ["reasoning.encrypted_content"]
    assert body["tools"][0]["name"] == "f"
    assert body["input"] == [
        {
            "type": "message",
            "role": "user",
            "content": [
                {"type": "input_text", "text": "See."},
                {"type": "input_image", "image_url": "data:image/png;base64,YQ=="},
                {"type": "input_text", "text": "b"},
            ],
        },
        {
            "type": "reasoning",
            "id": "item-0",
            "summary": [{"type": "summary_text", "text": "Hmm."}],
            "encrypted_content": "secret",
        },
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": TEXT}],
        },
        {"type": "function_call", "call_id": "call-1", "name": "f", "arguments": '{"a": 1}'},
        {"type": "function_call_output", "call_id": "call-1", "output": "3"},
    ]


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [("completed", "complete"), ("failed", "error"), ("cancelled", "truncated")],
)
@pytest.mark.parametrize("response", [None, {"id": "r"}, {"id": "r", "status": None}])
def test_the_name_of_the_last_event_counts_where_it_has_no_status(
    kind: str, outcome: str, response: object
) -> None:
    answer = read(text("Hi"), event(kind, response=response))
    assert (answer.text, answer.outcome) == ("Hi", outcome)


def test_what_a_failure_says_is_kept_without_a_status() -> None:
    answer = read(event("failed", response={"id": "r", "error": {"message": "No memory."}}))
    assert answer.error is not None
    assert (answer.outcome, answer.error.message) == ("error", "No memory.")


@pytest.mark.parametrize("place", [{}, {"output_index": 0, "item_id": "a"}, {"item_id": "a"}])
@pytest.mark.parametrize("renamed", ["a", "b"])
def test_what_only_the_whole_response_holds_is_added_once(
    place: dict[str, object], renamed: str
) -> None:
    said = {"type": "message", "id": renamed, "content": [{"type": "output_text", "text": "Hi"}]}
    call = {"type": "function_call", "id": "f", "call_id": "c", "name": "f", "arguments": "{}"}
    answer = read(text("Hi", **place), ended("completed", output=[said, call]))
    assert answer.text == "Hi"
    assert answer.tool_calls == (ToolCall("f", "{}", "c"),)


def test_a_repetition_that_differs_is_told_and_not_taken() -> None:
    answer = read(
        text("Hello wod"), event("output_text.done", text="Hello world"), ended("completed")
    )
    assert answer.text == "Hello wod"
    assert [each.line for each in answer.unreadable] == ["Hello world"]


AB = {"type": "output_text", "text": "AB"}
ITEM = {"type": "message", "id": "m", "content": [AB]}


@pytest.mark.parametrize(
    "payloads",
    [
        # Deltas without a name, the whole item with one.
        [text("A"), text("B"), event("output_text.done", text="AB"),
         event("output_item.done", item=ITEM)],
        [event("output_item.added", output_index=0, item={"type": "message", "id": "m"}),
         text("A"), text("B"), event("output_text.done", text="AB"),
         event("output_item.done", output_index=0, item=ITEM)],
        # Deltas by ID, repetitions by index.
        [text("A", item_id="m"), text("B", item_id="m"),
         event("output_text.done", output_index=0, text="AB"),
         event("content_part.done", output_index=0, part=AB)],
        # Only the whole part.
        [event("content_part.done", output_index=0, part=AB)],
    ],
)  # fmt: skip
def test_a_text_is_said_once_however_its_repetitions_name_it(
    payloads: list[dict[str, Any]],
) -> None:
    assert read(*payloads, ended("completed", output=[ITEM])).text == "AB"


def test_two_messages_of_the_same_words_are_two() -> None:
    other = {**ITEM, "id": "n"}
    answer = read(
        text("AB", output_index=0, item_id="m"),
        event("output_item.done", output_index=0, item=ITEM),
        text("AB", output_index=1, item_id="n"),
        event("output_item.done", output_index=1, item=other),
        ended("completed", output=[ITEM, other]),
    )
    assert answer.text == "ABAB"


def test_a_failure_of_a_part_is_none_of_the_answer() -> None:
    answer = read(
        event("mcp_list_tools.failed", error={"message": "down"}), text("Hi"), ended("completed")
    )
    assert (answer.text, answer.outcome) == ("Hi", "complete")


def test_calls_of_llama_cpp_have_one_name_in_two_members() -> None:
    def call(name: str, call_id: str) -> list[dict[str, Any]]:
        item = {"type": "function_call", "name": name, "call_id": call_id, "arguments": ""}
        whole = {**item, "arguments": "{}"}
        return [
            event("output_item.added", item=item),
            event("function_call_arguments.delta", delta="{}", item_id=call_id),
            event("output_item.done", item=whole),
        ]

    answer = read(*call("f", "fc_A"), *call("g", "fc_B"), ended("completed"))
    assert answer.tool_calls == (ToolCall("f", "{}", "fc_A"), ToolCall("g", "{}", "fc_B"))
