"""What holds for every protocol, tried on one rich answer of each."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire import DIALECTS, AnswerReader, Malformed, Usage, dialect, read_answer
from tests.unit.wire.samples import REASONING, SAMPLES, TEXT
from tests.unit.wire.streams import CUTS, pieces

JSON = {"content-type": "application/json"}
EVERY = pytest.mark.parametrize("protocol", DIALECTS)
PROTOCOLS = st.sampled_from(sorted(DIALECTS))


def test_every_protocol_has_a_sample() -> None:
    assert SAMPLES.keys() == DIALECTS.keys()


@EVERY
def test_everything_is_read(protocol: str) -> None:
    sample = SAMPLES[protocol]
    answer = read_answer(protocol, 200, sample.headers, [sample.body])
    assert (answer.text, answer.reasoning, answer.refusal) == (TEXT, REASONING, "")
    [call] = answer.tool_calls
    assert (call.id, call.name, json.loads(call.arguments)) == ("call-1", "f", {"a": 1})
    assert answer.usage == Usage(3, 5)
    assert (answer.outcome, answer.finish, answer.ending) == ("complete", sample.finish, "whole")
    assert answer.id == ("" if protocol == "ollama" else "answer-1")
    assert answer.error is None


@EVERY
def test_nothing_of_a_good_answer_is_malformed(protocol: str) -> None:
    sample = SAMPLES[protocol]
    reader = AnswerReader(dialect(protocol), 200, sample.headers)
    assert not [delta for delta in reader.feed(sample.body) if isinstance(delta, Malformed)]


@given(protocol=PROTOCOLS, cuts=st.lists(st.integers(0, 4_000), max_size=12), is_cut=st.booleans())
def test_cutting_changes_nothing(protocol: str, cuts: list[int], is_cut: bool) -> None:
    body, _finish, headers = SAMPLES[protocol]
    whole = read_answer(protocol, 200, headers, [body], transport_error=is_cut)
    in_pieces = read_answer(protocol, 200, headers, pieces(body, cuts), transport_error=is_cut)
    assert in_pieces == whole


@EVERY
def test_byte_by_byte_changes_nothing(protocol: str) -> None:
    body, _finish, headers = SAMPLES[protocol]
    bytewise = [body[at : at + 1] for at in range(len(body))]
    assert read_answer(protocol, 200, headers, bytewise) == read_answer(
        protocol, 200, headers, [body]
    )


@EVERY
def test_an_answer_cut_short_is_never_complete(protocol: str) -> None:
    body, _finish, headers = SAMPLES[protocol]
    answers = [read_answer(protocol, 200, headers, [body[:end]]) for end in range(len(body))]
    for end, answer in enumerate(answers):
        shown = answer.text.removesuffix("\ufffd")
        assert TEXT.startswith(shown)
        assert REASONING.startswith(answer.reasoning)
        if answer.outcome == "complete":
            # The finish signal came; only what may follow it is missing.
            assert (answer.text, answer.reasoning) == (TEXT, REASONING)
            assert end > len(body) * 0.8
        else:
            assert answer.outcome == "truncated"
            assert answer.retryable


@EVERY
def test_one_unreadable_event_takes_nothing_with_it(protocol: str) -> None:
    body, _finish, headers = SAMPLES[protocol]
    bad = b"{nonsense\n" if protocol == "ollama" else b"data: {nonsense\n\n"
    reader = AnswerReader(dialect(protocol), 200, headers)
    # In front of all, but behind a blank line: a body that begins with "{" is one JSON value.
    deltas = reader.feed(b"\n" + bad + body if protocol == "ollama" else bad + body)
    assert [delta.line for delta in deltas if isinstance(delta, Malformed)] == ["{nonsense"]
    answer = reader.close()
    assert (answer.text, answer.outcome) == (TEXT, "complete")


@EVERY
def test_an_error_after_text_is_an_error(protocol: str) -> None:
    body, _finish, headers = SAMPLES[protocol]
    middle = body.index(b"\n", body.index(b"Hi ")) + 1
    error = json.dumps({"error": {"message": "boom", "code": "overloaded_error"}}).encode()
    framed = error + b"\n" if protocol == "ollama" else b"\n" + b"data: " + error + b"\n\n"
    answer = read_answer(protocol, 200, headers, [body[:middle] + framed + body[middle:]])
    assert (answer.outcome, answer.retryable) == ("error", True)
    assert answer.text.startswith("Hi ")
    assert answer.error is not None
    assert (answer.error.message, answer.error.code) == ("boom", "overloaded_error")


@EVERY
@pytest.mark.parametrize(
    ("status", "body", "message", "retryable"),
    [
        (429, b'{"error":{"message":"slow down","type":"rate_limit"}}', "slow down", True),
        (400, b'{"error":{"message":"no","code":400,"status":"INVALID_ARGUMENT"}}', "no", False),
        (400, b'[{"error":{"message":"no","code":400}}]', "no", False),
        (500, b'data: {"error":{"message":"boom"}}\n\ndata: [DONE]\n\n', "boom", True),
        (502, b"<html><title>Bad Gateway</title>", "502: Bad Gateway", True),
        (404, b"not here", "404: not here", False),
        (503, b"", "status 503.", True),
    ],
)
def test_an_http_error(
    protocol: str, status: int, body: bytes, message: str, retryable: bool
) -> None:
    answer = read_answer(protocol, status, SAMPLES[protocol].headers, [body])
    assert (answer.outcome, answer.text, answer.retryable) == ("http-error", "", retryable)
    assert answer.error is not None
    assert answer.error.message.endswith(message)


@EVERY
@pytest.mark.parametrize("body", [b"[DONE]", b"data: [DONE]\n\n", b"", b"\n", b": ping\n\n"])
def test_an_end_without_an_answer_is_no_success(protocol: str, body: bytes) -> None:
    assert read_answer(protocol, 200, SAMPLES[protocol].headers, [body]).outcome != "complete"


@EVERY
def test_a_web_page_is_no_answer(protocol: str) -> None:
    answer = read_answer(protocol, 200, SAMPLES[protocol].headers, [b"<html><title>Sign in"])
    assert answer.outcome == "error"
    assert answer.error is not None
    assert answer.error.code == "html_page"


@EVERY
def test_the_event_limit_is_told(protocol: str) -> None:
    body, _finish, headers = SAMPLES[protocol]
    large = json.dumps({"x": "y" * 5_000}).encode()
    framed = large + b"\n" if protocol == "ollama" else b"data: " + large + b"\n\n"
    middle = body.index(b"\n", body.index(b"Hi ")) + (1 if protocol == "ollama" else 2)
    answer = read_answer(
        protocol, 200, headers, [body[:middle] + framed + body[middle:]], max_event_bytes=3_000
    )
    assert answer.error is not None
    assert answer.error.code == "event_too_large"
    assert "3000 bytes" in answer.error.message
    assert answer.text.startswith("Hi ")


@EVERY
def test_the_cursor_never_runs_ahead_of_what_was_handed_out(protocol: str) -> None:
    body, _finish, headers = SAMPLES[protocol]
    numbered = b"".join(
        b"id: %d\n%s" % (number, line) if line.startswith(b"data:") else line
        for number, line in enumerate(body.splitlines(keepends=True))
    )
    reader = AnswerReader(dialect(protocol), 200, headers)
    seen = 0
    for at in range(len(numbered)):
        reader.feed(numbered[at : at + 1])
        cursor = reader.cursor
        assert cursor.received_bytes == at + 1
        if cursor.last_event_id:
            # The event is whole, its blank line included.
            number = int(cursor.last_event_id)
            assert number >= seen
            seen = number
            assert numbered.index(b"id: %d\n" % number) < at
    assert (seen > 0) is (protocol != "ollama")


# Members of all protocols, so that the values below meet the code that reads them.
MEMBERS = sorted(
    {
        word
        for sample in SAMPLES.values()
        for word in sample.body.decode().replace("\\", "").split('"')
        if word.isidentifier() or "-" in word or "." in word
    }
    | {"error", "message", "item", "part", "citation", "annotations", "outcome", "object", "input"}
)
NAMES = st.sampled_from(MEMBERS)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=3)
    | st.just("\ud83c")
    | NAMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)


@given(protocol=PROTOCOLS, event=NAMES, payload=st.dictionaries(NAMES, VALUES, max_size=8))
def test_types_nobody_promised_never_raise(
    protocol: str, event: str, payload: dict[str, object]
) -> None:
    read = dialect(protocol).new_reader()
    read(event, payload)
    read(event, {**payload, "type": event})


def _holes(value: object) -> list[list[str | int]]:
    """Return the path of every value inside a JSON value."""
    paths: list[list[str | int]] = [[]]
    if isinstance(value, dict):
        inner: list[tuple[str | int, object]] = list(value.items())
    else:
        inner = list(enumerate(value)) if isinstance(value, list) else []
    for key, held in inner:
        paths += [[key, *path] for path in _holes(held)]
    return paths


@EVERY
@pytest.mark.parametrize("wrong", [None, 5, -1, 1.5, True, "x", [], {}, [{}], {"a": []}])
def test_a_wrong_type_anywhere_never_raises_nor_ends_the_answer(
    protocol: str, wrong: object
) -> None:
    payloads = [
        json.loads(line.removeprefix(b"data: "))
        for line in SAMPLES[protocol].body.splitlines()
        if line.startswith((b"data: {", b"{"))
    ]
    for number, payload in enumerate(payloads):
        for path in _holes(payload)[1:]:
            reader = dialect(protocol).new_reader()
            for other, each in enumerate(payloads):
                spoilt = json.loads(json.dumps(each))
                if other == number:
                    place = spoilt
                    for step in path[:-1]:
                        place = place[step]
                    place[path[-1]] = wrong
                reader(as_event(spoilt), spoilt)


def as_event(payload: object) -> str:
    kind = payload.get("type") if isinstance(payload, dict) else None
    return kind if isinstance(kind, str) else "message"


DEEP = '{"a":' * 480 + "1" + "}" * 480


@pytest.mark.parametrize(
    ("protocol", "payload"),
    [
        (
            "openai-chat",
            f'{{"choices":[{{"delta":{{"tool_calls":[{{"function":{{"arguments":{DEEP}}}}}]}}}}]}}',
        ),
        ("anthropic", f'{{"type":"message","content":[{{"type":"tool_use","input":{DEEP}}}]}}'),
        (
            "gemini",
            f'{{"candidates":[{{"content":{{"parts":[{{"functionCall":{{"args":{DEEP}}}}}]}}}}]}}',
        ),
        ("ollama", f'{{"message":{{"tool_calls":[{{"function":{{"arguments":{DEEP}}}}}]}}}}'),
        ("ai-sdk", f'{{"type":"tool-input-available","input":{DEEP}}}'),
    ],
)
def test_arguments_nested_nearly_too_deep_are_written_out_again(
    protocol: str, payload: str
) -> None:
    # Pyodide's interpreter has far less room for this than CPython.
    [call] = read_answer(protocol, 200, JSON, [payload.encode()]).tool_calls
    assert call.arguments.replace(" ", "") == DEEP


@given(noise=st.binary(max_size=300), protocol=PROTOCOLS, cuts=CUTS, status=st.integers(100, 599))
def test_arbitrary_bytes_never_raise(
    noise: bytes, protocol: str, cuts: list[int], status: int
) -> None:
    headers = SAMPLES[protocol].headers
    answer = read_answer(protocol, status, headers, pieces(noise, cuts))
    answer.text.encode()
    assert answer == read_answer(protocol, status, headers, [noise])
