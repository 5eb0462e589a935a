"""Reading on: what is asked, and that nothing is lost or said twice."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire import AnswerReader, Message, Prompt, dialect, resuming
from app.wire.deltas import Delta, TextDelta
from app.wire.protocols.interface import Keeping, Question
from tests.unit.wire.samples import SAMPLES, STREAM, named_events

ASKED = Prompt((Message("user", "Why?"),), "m")
BEGUN = Prompt((Message("user", "Why?"), Message("assistant", "Because")), "m")


def test_requests() -> None:
    log = resuming.byte_log("http://h/v1/", "k", "a/b", 7)
    assert (log.method, log.url) == ("GET", "http://h/v1/stream?conv_id=a%2Fb&from=7")
    assert log.headers["Authorization"] == "Bearer k"
    end = resuming.byte_log_end("http://h", "", "c")
    assert (end.method, end.url) == ("DELETE", "http://h/v1/stream?conv_id=c")
    some = resuming.background("http://h/v1", "", "r", 0)
    assert some.url == "http://h/v1/responses/r?stream=true&starting_after=0"
    assert resuming.background("http://h/v1", "", "r", None).url.endswith("/r?stream=true")
    assert resuming.background_end("http://h/v1", "", "r").url == "http://h/v1/responses/r/cancel"
    assert resuming.after_event("http://h/x", "", "7").headers["Last-Event-ID"] == "7"
    named = resuming.after_event("http://h/x", "", "é🌍").headers["Last-Event-ID"]
    assert named.encode("latin-1") == "é🌍".encode()
    assert resuming.replay("http://h/chat/?a=1", "", "c").url == "http://h/chat/c/stream?a=1"


@pytest.mark.parametrize(
    ("protocol", "endpoint", "keeping", "model", "can"),
    [
        ("openai-chat", "http://h/v1", "byte-log", "m", True),
        ("openai-chat", "https://api.openai.com/v1", "", "gpt", False),
        ("openai-chat", "https://openrouter.ai/api/v1", "", "m", True),
        ("openai-chat", "https://notopenrouter.ai/api/v1", "", "m", False),
        ("openai-chat", "https://api.mistral.ai/v1", "", "m", True),
        ("openai-chat", "https://api.deepseek.com/beta", "", "m", True),
        ("openai-chat", "https://api.deepseek.com/v1", "", "m", False),
        ("anthropic", "https://h", "", "claude-sonnet-4-5", True),
        ("anthropic", "https://h", "", "claude-opus-4-7", False),
        ("ollama", "http://h", "", "m", True),
        ("gemini", "https://h", "", "m", False),
        ("openai-responses", "https://h", "background", "m", False),
    ],
)
def test_who_goes_on_from_a_beginning(
    protocol: str, endpoint: str, keeping: Keeping, model: str, can: bool
) -> None:
    prompt = Prompt(BEGUN.messages, model)
    assert dialect(protocol).prefills(Question(endpoint, prompt, keeping=keeping)) is can


def test_a_beginning_is_marked_as_each_server_wants_it() -> None:
    chat = dialect("openai-chat").request
    log = json.loads(chat("http://h/v1", BEGUN, conversation_id="c", keeping="byte-log").body)
    assert (log["continue_final_message"], log["add_generation_prompt"]) == (True, False)
    mistral = json.loads(chat("https://api.mistral.ai/v1", BEGUN).body)
    assert mistral["messages"][-1]["prefix"] is True
    plain = chat("http://h/v1", ASKED, conversation_id="c", keeping="byte-log")
    assert "continue_final_message" not in json.loads(plain.body)


def test_an_answer_is_kept_only_where_it_is_asked_for() -> None:
    kept = dialect("openai-chat").request(
        "http://h", ASKED, conversation_id="c", keeping="byte-log"
    )
    assert kept.headers["X-Conversation-Id"] == "c"
    other = dialect("openai-chat").request("http://h", ASKED, conversation_id="c")
    assert "X-Conversation-Id" not in other.headers
    ask = dialect("openai-responses").request
    background = json.loads(ask("http://h", ASKED, keeping="background").body)
    assert (background["background"], background["store"]) == (True, True)
    assert json.loads(ask("http://h", ASKED).body)["store"] is False


def numbered(*texts: str) -> list[bytes]:
    return [
        named_events({"type": "response.output_text.delta", "delta": text, "sequence_number": n})
        for n, text in enumerate(texts)
    ]


def texts(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


@given(cut=st.integers(0, 10_000), back=st.integers(0, 2), at=st.integers(0, 60))
def test_numbered_events_that_come_again_are_said_once(cut: int, back: int, at: int) -> None:
    events = numbered("a", "b", "c", "d", "e")
    body = b"".join(events)
    reader = AnswerReader(dialect("openai-responses"), 200, STREAM)
    said = texts(reader.feed(body[: cut % len(body)]))
    number = reader.cursor.sequence_number
    first = 0 if number is None else number + 1
    reader.read_on(STREAM)
    rest = b"".join(events[max(first - back, 0) :])
    said += texts(reader.feed(rest[:at])) + texts(reader.feed(rest[at:]))
    assert said == "abcde"


def test_half_an_event_is_thrown_away_and_its_id_kept() -> None:
    reader = AnswerReader(dialect("openai-chat"), 200, STREAM)
    one, two = (
        f'id: {n}\ndata: {{"choices":[{{"delta":{{"content":"{t}"}}}}]}}\n\n'.encode()
        for n, t in ((1, "a"), (2, "b"))
    )
    said = texts(reader.feed(one + two[:20]))
    assert reader.cursor.last_event_id == "1"
    reader.read_on({"content-type": "text/event-stream"})
    assert reader.cursor.last_event_id == "1"
    assert said + texts(reader.feed(two)) == "ab"
    assert reader.cursor.last_event_id == "2"


@given(protocol=st.sampled_from(sorted(SAMPLES)), cut=st.integers(0, 100_000))
def test_a_reader_goes_on_at_any_byte_without_being_told(protocol: str, cut: int) -> None:
    body = SAMPLES[protocol].body
    whole = AnswerReader(dialect(protocol), 200, {})
    whole.feed(body)
    reader = AnswerReader(dialect(protocol), 200, {})
    reader.feed(body[: cut % len(body)])
    reader.feed(body[reader.cursor.received_bytes :])
    assert reader.close() == whole.close()
