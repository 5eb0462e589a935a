import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire import (
    Answer,
    AnswerReader,
    Delta,
    Malformed,
    ServerError,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    Usage,
    dialect,
    read_answer,
)
from tests.unit.wire.streams import CUTS, NOISE, chunk, events, pieces

STREAM = {"Content-Type": "text/event-stream; charset=utf-8"}
JSON = {"content-type": "application/json"}
PLAIN = {"content-type": "text/plain"}
WHOLE = {
    "choices": [{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2},
}


def read(
    *chunks: bytes, status: int = 200, headers: Any = STREAM, transport_error: bool = False
) -> Answer:
    return read_answer("openai-chat", status, headers, chunks, transport_error=transport_error)


def follow(chunks: list[bytes]) -> tuple[list[Delta], Answer]:
    reader = AnswerReader(dialect("openai-chat"), 200, STREAM)
    deltas = [delta for piece in chunks for delta in reader.feed(piece)]
    return deltas, reader.close()


CHUNKS = st.lists(
    st.builds(chunk, st.text(max_size=4), finish=st.sampled_from([None, "stop"]))
    | st.builds(chunk, reasoning=st.sampled_from(["a", "\ud83c", "\udf0d"]))
    | st.builds(chunk, st.sampled_from(["\ud83c", "\udf0d", None, 5, {}]))
    | st.sampled_from(["[DONE]", "{", "", '{"error":"e"}', "5"]),
    max_size=8,
)


@given(payloads=CHUNKS, cuts=CUTS, end=st.sampled_from([b"\n\n", b"\r\r", b"\r\n\r\n"]))
def test_cutting_a_stream_changes_nothing(
    payloads: list[object], cuts: list[int], end: bytes
) -> None:
    body = events(*payloads, end=end)
    assert follow(pieces(body, cuts)) == follow([body])


@given(
    noise=NOISE,
    cuts=CUTS,
    status=st.sampled_from([200, 204, 301, 400, 500]),
    headers=st.sampled_from([STREAM, JSON, PLAIN, {}]),
    transport_error=st.booleans(),
)
def test_cutting_noise_changes_nothing(
    noise: bytes, cuts: list[int], status: int, headers: Any, transport_error: bool
) -> None:
    kind = {"status": status, "headers": headers, "transport_error": transport_error}
    assert read(*pieces(noise, cuts), **kind) == read(noise, **kind)


@given(body=st.binary(), status=st.integers(0, 999))
def test_arbitrary_bytes_never_raise(body: bytes, status: int) -> None:
    answer = read(body, status=status)
    answer.text.encode()


@pytest.mark.parametrize(
    ("payloads", "outcome"),
    [
        ([chunk("a"), chunk(finish="stop"), "[DONE]"], "complete"),
        ([chunk("a"), chunk(finish="stop")], "complete"),
        ([chunk("a", finish="length")], "complete"),
        ([chunk("a"), "[DONE]"], "truncated"),
        ([chunk("a")], "truncated"),
        (["[DONE]"], "truncated"),
        ([], "truncated"),
        ([chunk("a"), "[DONE]", chunk(finish="stop")], "truncated"),
        ([chunk("a"), {"error": {"message": "m"}}, "[DONE]"], "error"),
        ([chunk("a", finish="stop"), {"error": {"message": "m"}}], "error"),
        ([chunk("a", finish="error")], "error"),
        ([chunk("a", finish="abort")], "error"),
        ([chunk("a", finish="network_error")], "error"),
        ([chunk(refusal="No."), chunk(finish="stop"), "[DONE]"], "refused"),
        ([chunk(refusal="No.")], "truncated"),
        ([chunk("a"), chunk(finish="content_filter"), "[DONE]"], "refused"),
        ([chunk("a"), "not JSON", chunk(finish="stop")], "complete"),
    ],
)
def test_outcome(payloads: list[object], outcome: str) -> None:
    assert read(events(*payloads)).outcome == outcome


def test_dead_connection_after_the_finish_took_nothing() -> None:
    answer = read(events(chunk("a", finish="stop")), transport_error=True)
    assert (answer.outcome, answer.retryable) == ("complete", False)
    answer = read(events(chunk("a")), transport_error=True)
    assert (answer.outcome, answer.retryable) == ("truncated", True)


def test_event_that_was_cut_is_no_event() -> None:
    body = events(chunk("a"), chunk("b", finish="stop"))
    assert read(body[:-1]).text == "a"
    assert read(body[:-1]).outcome == "truncated"


def test_whole_completion_in_place_of_a_stream() -> None:
    for headers in (JSON, STREAM, {}):
        answer = read(b"\n " + json.dumps(WHOLE).encode(), headers=headers)
        assert (answer.text, answer.outcome, answer.finish) == ("Hi", "complete", "stop")
        assert answer.usage == Usage(1, 2)


def test_whole_completion_cut_short() -> None:
    body = json.dumps(WHOLE).encode()[:-1]
    assert read(body, headers=JSON).outcome == "truncated"
    assert read(body, headers=JSON, transport_error=True).outcome == "truncated"


@pytest.mark.parametrize(
    ("body", "headers", "code", "retryable"),
    [
        (b'{"error":{"message":"m","code":"server_error"}}', JSON, "server_error", True),
        (b'{"error":{"message":"m"}}', STREAM, "", True),
        (b'{"detail":"Not Found"}', JSON, "", True),
        (b'{"status":"ok"}', JSON, "wrong_content", False),
        (b"[]", JSON, "wrong_content", False),
        (b"<!doctype html><title>Sign in</title>", {"content-type": "text/html"}, "html_page",
         False),
        (b"<html>", STREAM, "html_page", False),
        (b"upstream is gone", PLAIN, "wrong_content", False),
        (b"event: error\ndata: upstream is gone\n\n", STREAM, "", True),
    ],
)  # fmt: skip
def test_failure_under_status_200(body: bytes, headers: Any, code: str, retryable: bool) -> None:
    answer = read(body, headers=headers)
    assert answer.outcome == "error"
    assert answer.error is not None
    assert (answer.error.code, answer.retryable) == (code, retryable)


@pytest.mark.parametrize("body", [b"", b"da", b"data: {", b": ping\n\n", b"\n\n", b"\xef\xbb"])
def test_beginning_of_a_stream_is_truncated_under_any_label(body: bytes) -> None:
    for headers in (STREAM, PLAIN, {}):
        assert read(body, headers=headers).outcome == "truncated"


def test_stream_under_a_wrong_label() -> None:
    body = b": ping\n\n" * 400 + events(chunk("a", finish="stop"))
    for headers in (JSON, PLAIN, {}):
        assert read(body, headers=headers).text == "a"


def test_page_title_is_told() -> None:
    error = read(b"<title>Sign in</title>").error
    assert error is not None
    assert error.message == 'The server sent a web page titled "Sign in" instead of an answer.'


def test_http_error_stays_one_whatever_its_body() -> None:
    answer = read(events(chunk("a", finish="stop")), status=503)
    assert (answer.outcome, answer.text, answer.retryable) == ("http-error", "", True)
    assert read(b"", status=404, transport_error=True).outcome == "http-error"


def test_each_channel_joins_its_own_halves() -> None:
    body = events(
        chunk("x\ud83c", reasoning="y\ud83c"), chunk(reasoning="\udf0d"), chunk("\udf0d\ud83c")
    )
    deltas, answer = follow([body])
    assert answer.text == "x\U0001f30d\ufffd"
    assert answer.reasoning == "y\U0001f30d"
    assert [d.text for d in deltas if isinstance(d, TextDelta)] == ["x", "\U0001f30d"]


def test_tool_calls_are_put_together_by_index() -> None:
    def call(index: int, arguments: str, **more: object) -> dict[str, Any]:
        return chunk(tool_calls=[{"index": index, "function": {"arguments": arguments, **more}}])

    body = events(
        call(1, "", name="g"),
        call(0, '{"city":"P\ud83c', name="f"),
        call(1, "{}", name="g"),
        call(0, '\udf0d"}'),
        chunk(finish="tool_calls"),
    )
    deltas, answer = follow([body])
    assert answer.tool_calls == (ToolCall("f", '{"city":"P\U0001f30d"}'), ToolCall("g", "{}"))
    assert answer.finish == "tool_calls"
    assert ToolCallDelta(0, "", "", '\U0001f30d"}') in deltas


def test_calls_of_servers_that_do_not_number_them() -> None:
    def call(name: str, **more: object) -> dict[str, Any]:
        function = {"name": name, "arguments": {"of": name}}
        return chunk(tool_calls=[{"id": f"call-{name}", "function": function, **more}])

    for numbered in ({}, {"index": 0}):
        answer = read(events(call("f", **numbered), call("g", **numbered), call("h", index=1)))
        assert answer.tool_calls == tuple(
            ToolCall(name, f'{{"of": "{name}"}}', f"call-{name}") for name in "fgh"
        )


def test_an_id_that_is_repeated_or_late_begins_no_other_call() -> None:
    def part(arguments: str, **more: object) -> dict[str, Any]:
        return chunk(tool_calls=[{"index": 0, "function": {"arguments": arguments}, **more}])

    answer = read(events(part("{"), part('"a"', id="c"), part(":1", id="c"), part("}")))
    assert answer.tool_calls == (ToolCall("", '{"a":1}', "c"),)


def test_last_usage_wins_field_by_field() -> None:
    usage = [{"prompt_tokens": 1, "completion_tokens": 1}, {"completion_tokens": 5}]
    assert read(events(*({"usage": u} for u in usage))).usage == Usage(1, 5)
    assert read(events(chunk("a"))).usage is None


def test_first_error_is_kept() -> None:
    assert read(events({"error": "first"}, {"error": "second"})).error == ServerError(
        "first", "", True
    )


def test_unreadable_event_is_handed_out_and_passed() -> None:
    deltas, answer = follow([events(chunk("a"), "{nonsense", "[" * 5_000, chunk("b"))])
    assert answer.text == "ab"
    first, second = (delta for delta in deltas if isinstance(delta, Malformed))
    assert first.line == "{nonsense"
    assert second.reason.startswith("nested deeper")


@pytest.mark.parametrize("payload", ["null", "5", '"x"', "[]", "[1]", "true", "1.5"])
def test_payload_that_is_no_object(payload: str) -> None:
    deltas, answer = follow([events(payload, chunk("a", finish="stop"))])
    assert deltas[0] == Malformed(str(json.loads(payload)), "not a JSON object")
    assert (answer.text, answer.outcome) == ("a", "complete")


def test_payload_that_is_half_a_character_is_shown_well_formed() -> None:
    deltas, answer = follow([events('"\\ud83c"')])
    assert deltas == list(answer.unreadable) == [Malformed("\ufffd", "not a JSON object")]


def test_event_named_error_needs_no_error_member() -> None:
    answer = read(b'event: error\ndata: {"message":"m"}\n\n')
    assert answer.error == ServerError("m", "", True)


def test_event_that_is_too_large_ends_the_answer() -> None:
    body = events(chunk("a"), chunk("b" * 1_000), chunk("c", finish="stop"))
    answer = read_answer("openai-chat", 200, STREAM, [body], max_event_bytes=1_000)
    assert (answer.text, answer.outcome, answer.retryable) == ("a", "error", False)
    assert answer.error is not None
    assert answer.error.code == "event_too_large"


def test_whole_body_that_is_too_large() -> None:
    body = (b"{" + b" " * 90, b" " * 90, b"}")
    answer = read_answer("openai-chat", 200, JSON, body, max_event_bytes=100)
    assert answer.error is not None
    assert answer.error.code == "event_too_large"


def test_use_after_the_end_is_our_mistake() -> None:
    reader = AnswerReader(dialect("openai-chat"), 200, STREAM)
    reader.close()
    with pytest.raises(RuntimeError, match="feed"):
        reader.feed(b"")
    with pytest.raises(RuntimeError, match="close"):
        reader.close()


@pytest.mark.parametrize("headers", [STREAM, {}])
@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n"])
def test_an_error_after_comments_is_an_error(headers: dict[str, str], end: bytes) -> None:
    answer = read(b': waiting\n\n{"error":{"message":"No."}}' + end, headers=headers)
    assert answer.error is not None
    assert (answer.outcome, answer.error.message) == ("error", "No.")


def test_an_error_event_without_words_is_an_error() -> None:
    answer = read(events(chunk("Hi")), b"event: error\ndata:\n\n")
    assert (answer.text, answer.outcome) == ("Hi", "error")


def test_blanks_before_a_body_do_not_hide_it() -> None:
    body = b"\n" * 2_000 + b'{"error":{"message":"boom","code":502}}'
    answer = read(body, headers={})
    assert answer.error is not None
    assert (answer.error.message, answer.retryable) == ("boom", True)


@pytest.mark.parametrize("protocol", ["ollama", "openai-chat", "gemini"])
def test_plain_text_is_no_answer(protocol: str) -> None:
    answer = read_answer(protocol, 200, PLAIN, [b"404 page ", b"not found"])
    assert answer.error is not None
    assert (answer.outcome, answer.error.code) == ("error", "wrong_content")


BOOM = b'{"error":{"message":"boom","code":503}}'


@pytest.mark.parametrize(
    ("protocol", "headers", "body"),
    [
        ("ollama", JSON, b'{\n  "error": {\n    "message": "boom",\n    "code": 503\n  }\n}\n'),
        ("ollama", JSON, b'{\n  "error": {"message": "boom", "code": 503,\n"is":\n{}\n}\n}'),
        ("ollama", JSON, b"[%s]\n" % BOOM),
        ("ollama", JSON, b"[%s]" % BOOM),
        ("gemini", STREAM, b"data: [%s]\n\n" % BOOM),
        ("openai-chat", STREAM, b"data: [%s]\n\ndata: [DONE]\n\n" % BOOM),
        ("openai-chat", STREAM, BOOM + b"\n\ndata: [DONE]\n\n"),
        ("openai-chat", JSON, b"[%s]\n\ndata: [DONE]\n\n" % BOOM),
    ],
)
def test_an_error_keeps_its_words_however_it_is_laid_out(
    protocol: str, headers: dict[str, str], body: bytes
) -> None:
    answer = read_answer(protocol, 200, headers, [body])
    assert (answer.outcome, answer.retryable) == ("error", True)
    assert answer.error == ServerError("boom", "503", True)


def test_what_follows_a_value_that_is_no_error_makes_it_none() -> None:
    answer = read(b'{"message":"boom"}\n\ndata: [DONE]\n\n')
    assert (answer.outcome, answer.error) == ("truncated", None)
    assert len(answer.unreadable) == 1
