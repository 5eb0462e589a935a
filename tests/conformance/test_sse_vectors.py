from typing import Any

import pytest

from app.wire.ndjson import JsonLinesDecoder
from app.wire.sse import EventStreamDecoder, ServerSentEvent
from tests.conformance.vectors import body_of, cuttings, load

DOCUMENT = load("sse.json")
VECTORS = DOCUMENT["vectors"]
JSON_LINES = DOCUMENT["ndjson_vectors"]
MARK = b"\xef\xbb\xbf"
UNMARKED = [vector for vector in VECTORS if not body_of(vector).startswith(MARK)]
# The others mix line ends on purpose.
ONLY_LINE_FEEDS = [vector for vector in VECTORS if b"\r" not in body_of(vector)]


def title(vector: dict[str, Any]) -> str:
    return str(vector["name"])


def expected_events(vector: dict[str, Any]) -> list[ServerSentEvent]:
    return [ServerSentEvent(e["event"], e["data"], e["id"]) for e in vector["events"]]


def decode(chunks: list[bytes]) -> tuple[list[ServerSentEvent], EventStreamDecoder]:
    decoder = EventStreamDecoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    decoder.close()
    return events, decoder


@pytest.mark.parametrize("vector", VECTORS, ids=title)
def test_event_stream_in_its_own_chunks(vector: dict[str, Any]) -> None:
    assert_decodes(vector, [bytes.fromhex(chunk) for chunk in vector["chunks_hex"]])


@pytest.mark.parametrize("vector", VECTORS, ids=title)
def test_event_stream_in_any_chunks(vector: dict[str, Any]) -> None:
    for chunks in cuttings(body_of(vector)):
        assert_decodes(vector, chunks)


def assert_decodes(vector: dict[str, Any], chunks: list[bytes]) -> None:
    events, decoder = decode(chunks)
    assert events == expected_events(vector)
    assert decoder.last_event_id == vector["final"]["last_event_id"]
    assert decoder.retry == vector["final"]["retry"]
    assert decoder.comments == vector["comments"]


@pytest.mark.parametrize("vector", VECTORS, ids=title)
def test_retry_in_force_when_an_event_comes(vector: dict[str, Any]) -> None:
    decoder = EventStreamDecoder()
    in_force = []
    for byte in body_of(vector):
        in_force += [decoder.retry for _ in decoder.feed(bytes([byte]))]
    assert in_force == [event["retry"] for event in vector["events"]]


@pytest.mark.parametrize("vector", UNMARKED, ids=title)
def test_one_mark_before_the_stream_changes_nothing(vector: dict[str, Any]) -> None:
    body = body_of(vector)
    assert decode([MARK + body])[0] == expected_events(vector)


@pytest.mark.parametrize("end", [b"\r", b"\r\n"], ids=["CR", "CRLF"])
@pytest.mark.parametrize("vector", ONLY_LINE_FEEDS, ids=title)
def test_line_ends_are_alike(vector: dict[str, Any], end: bytes) -> None:
    body = body_of(vector)
    for chunks in cuttings(body.replace(b"\n", end)):
        assert decode(chunks)[0] == expected_events(vector)


@pytest.mark.parametrize("vector", ONLY_LINE_FEEDS, ids=title)
def test_comments_between_lines_change_nothing(vector: dict[str, Any]) -> None:
    body = body_of(vector)
    assert decode([body.replace(b"\n", b"\n: x\n")])[0] == expected_events(vector)


@pytest.mark.parametrize("vector", JSON_LINES, ids=title)
def test_json_lines_in_any_chunks(vector: dict[str, Any]) -> None:
    given = [bytes.fromhex(chunk) for chunk in vector["chunks_hex"]]
    for chunks in [given, *cuttings(body_of(vector))]:
        decoder = JsonLinesDecoder()
        values = [value for chunk in chunks for value in decoder.feed(chunk)]
        values += decoder.close()
        assert len(values) == vector["objects"]
        ended = any(isinstance(value, dict) and value.get("done") for value in values)
        assert ("done" if ended else "truncated") == vector["terminal"]
