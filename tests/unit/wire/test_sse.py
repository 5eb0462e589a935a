from collections.abc import Callable
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire.sse import (
    MAX_RETRY_MS,
    EventStreamDecoder,
    EventTooLargeError,
    ServerSentEvent,
)
from tests.unit.wire.streams import CUTS, NOISE, growth, pieces


def decode(chunks: list[bytes], limit: int = 1_000) -> tuple[object, ...]:
    decoder = EventStreamDecoder(max_event_bytes=limit)
    events: list[ServerSentEvent] = []
    overflowed = False
    for chunk in chunks:
        try:
            events += decoder.feed(chunk)
        except EventTooLargeError as error:
            events += error.events
            overflowed = True
    decoder.close()
    return events, overflowed, decoder.last_event_id, decoder.retry


@given(body=NOISE, cuts=CUTS)
def test_cutting_changes_nothing(body: bytes, cuts: list[int]) -> None:
    assert decode(pieces(body, cuts)) == decode([body])


@given(body=NOISE, cuts=CUTS, limit=st.integers(0, 40))
def test_cutting_changes_nothing_at_the_limit(body: bytes, cuts: list[int], limit: int) -> None:
    assert decode(pieces(body, cuts), limit) == decode([body], limit)


@given(body=st.binary())
def test_arbitrary_bytes_never_raise(body: bytes) -> None:
    decode([body])


@given(body=st.binary())
def test_text_is_what_decoding_first_would_give(body: bytes) -> None:
    line = body.replace(b"\r", b"").replace(b"\n", b"")
    [event] = EventStreamDecoder().feed(b"data: " + line + b"\n\n")
    assert event.data == line.decode("utf-8", "replace")


def test_last_event_id_comes_from_the_connection_before() -> None:
    decoder = EventStreamDecoder("7")
    assert decoder.feed(b"data: x\n\nid: 8\ndata: y") == [ServerSentEvent("message", "x", "7")]
    decoder.close()
    assert decoder.last_event_id == "7"


def test_only_the_standard_line_ends_count() -> None:
    odd = "a\v\f\x1c\x1d\x1e\x85\u2028\u2029b"
    [event] = EventStreamDecoder().feed(f"data: {odd}\n\n".encode())
    assert event.data == odd


def test_carriage_return_ends_the_line_at_once() -> None:
    decoder = EventStreamDecoder()
    assert len(decoder.feed(b"data: a\r\r")) == 1
    assert decoder.feed(b"") == []
    assert decoder.feed(b"\ndata: b\r\n\r\n") == [ServerSentEvent("message", "b", "")]


@pytest.mark.parametrize("value", ["9" * 5_000, "0" * 5_000 + "1", "99999999999"])
def test_long_retry_is_clamped(value: str) -> None:
    decoder = EventStreamDecoder()
    decoder.feed(f"retry: {value}\n".encode())
    assert decoder.retry == (1 if value.endswith("1") else MAX_RETRY_MS)


def test_event_beyond_the_limit_keeps_those_before_it() -> None:
    decoder = EventStreamDecoder(max_event_bytes=20)
    with pytest.raises(EventTooLargeError, match="longer than 20 bytes") as caught:
        decoder.feed(b"data: a\n\ndata: " + b"x" * 20)
    assert caught.value.events == (ServerSentEvent("message", "a", ""),)
    with pytest.raises(EventTooLargeError):
        decoder.feed(b"\n\ndata: b\n\n")


def test_limit_counts_all_lines_of_an_event() -> None:
    decoder = EventStreamDecoder(max_event_bytes=100)
    with pytest.raises(EventTooLargeError):
        decoder.feed(b"data: 012345\n" * 10)


def test_limit_is_for_an_event_and_not_for_the_stream() -> None:
    decoder = EventStreamDecoder(max_event_bytes=20)
    assert len(decoder.feed(b"data: 0123456789\n\n: comment\n" * 1_000)) == 1_000


def test_feeding_after_the_end_is_our_mistake() -> None:
    decoder = EventStreamDecoder()
    decoder.close()
    decoder.close()
    with pytest.raises(RuntimeError, match="after close"):
        decoder.feed(b"")


# Quadratic work shows in each of these at the size given, whatever the machine.
@pytest.mark.parametrize(
    ("body", "size", "step"),
    [
        (lambda n: b"data: " + b"x" * n + b"\n\n", 2**20, 256),
        (lambda n: b"data: " + b"x" * n + b"\n\n", 2**15, 1),
        (lambda n: b"data: x\n" * n + b"\n", 2**14, 256),
        (lambda n: b"data: a\r\r" + b"data: x\n\n" * n, 2**14, 2**24),
        (lambda n: b"data: a\r\r\n" * n, 2**14, 512),
    ],
    ids=["long line", "bytes", "many lines", "early CR", "mixed"],
)
def test_time_is_linear(body: Callable[[int], bytes], size: int, step: int) -> None:
    def decode_all(n: int) -> None:
        stream, decoder = body(n), EventStreamDecoder()
        chunks = (stream[i : i + step] for i in range(0, len(stream), step))
        assert sum(len(decoder.feed(chunk)) for chunk in chunks) >= 1

    assert growth(decode_all, size) < 9


def test_a_decoder_that_overflowed_stays_so() -> None:
    decoder = EventStreamDecoder(max_event_bytes=20)
    assert decoder.feed(b"data: a\n\n")
    for chunk in (b"data: " + b"x" * 20 + b"\n\n", b"data: b\n\n", b""):
        with pytest.raises(EventTooLargeError):
            decoder.feed(chunk)


# Streams in the shapes that are taken in one step each, and what breaks those shapes.
SHAPES = st.lists(
    st.sampled_from(
        [
            *(
                b"data: a\n\n",
                b"data: b\ndata: c\n\n",
                b"event: e\ndata: d\n\n",
                b"id: 1\ndata: f\n\n",
            ),
            *(
                b": c\n\n",
                b": c\n",
                b"\n",
                b"data:g\n\n",
                b"event: e\n\n",
                b"id: 2\n\n",
                b"event: \ndata: h\n\n",
            ),
            *(
                b"data: \n\n",
                b"id: 3\0\ndata: i\n\n",
                b"data: j\nevent: k\n\n",
                b"retry: 5\n\n",
                b"data: l\n",
            ),
            *(
                b"event: m\ndata: n\ndata: o\n\n",
                b"event: p\nid: 4\ndata: q\n\n",
                b"x\n\n",
                b"data: \xff\n\n",
            ),
        ]
    ),
    max_size=8,
)


def one_line_at_a_time(stream: bytes) -> tuple[list[tuple[str, str, str]], str, int]:
    """Decode by the standard's own steps (9.2.6), as slowly and plainly as can be."""
    events: list[tuple[str, str, str]] = []
    data: list[str] = []
    kind, last_id, committed, comments = "", "", "", 0
    for line in stream.decode("utf-8", "replace").split("\n")[:-1]:
        name, _colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if not line:
            committed = last_id
            if data:
                events.append((kind or "message", "\n".join(data), committed))
            data, kind = [], ""
        elif not name:
            comments += 1
        elif name == "data":
            data.append(value)
        elif name == "event":
            kind = value
        elif name == "id" and "\0" not in value:
            last_id = value
    return events, committed, comments


@given(shapes=SHAPES, cuts=CUTS)
def test_every_shape_is_read_as_the_standard_says(shapes: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(shapes)
    for chunks in ([stream], shapes, pieces(stream, cuts)):
        decoder = EventStreamDecoder()
        events = [tuple(event) for chunk in chunks for event in decoder.feed(chunk)]
        assert (events, decoder.last_event_id, decoder.comments) == one_line_at_a_time(stream)


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        (b"\xef\x00\x00", False),
        (b"\xef\xbb\x00", False),
        (b"\xef\xbb\xbfab", True),
        (b"\xef\xbb\xbfabc", False),
    ],
)
def test_a_byte_order_mark_does_not_count_and_what_only_begins_like_one_does(
    body: bytes, fits: bool
) -> None:
    for at in range(len(body)):
        decoder = EventStreamDecoder(max_event_bytes=2)
        decoder.feed(body[:at])
        with nullcontext() if fits else pytest.raises(EventTooLargeError):
            decoder.feed(body[at:])
