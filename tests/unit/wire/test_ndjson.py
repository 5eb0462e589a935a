import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire.deltas import Malformed
from app.wire.ndjson import JsonLinesDecoder, LineTooLargeError
from tests.unit.wire.streams import CUTS, NOISE, pieces


def decode(chunks: list[bytes], limit: int = 1_000) -> tuple[str, bool]:
    decoder = JsonLinesDecoder(max_line_bytes=limit)
    values: list[object] = []
    overflowed = False
    for chunk in chunks:
        try:
            values += decoder.feed(chunk)
        except LineTooLargeError as error:
            values += error.values
            overflowed = True
    # NaN is unlike itself; its name is not.
    return repr(values + decoder.close()), overflowed


@given(body=NOISE, cuts=CUTS, limit=st.integers(0, 60))
def test_cutting_changes_nothing(body: bytes, cuts: list[int], limit: int) -> None:
    assert decode(pieces(body, cuts), limit) == decode([body], limit)


@given(body=st.binary())
def test_arbitrary_bytes_never_raise(body: bytes) -> None:
    decode([body])


def test_mark_blank_lines_and_carriage_returns_are_no_values() -> None:
    assert JsonLinesDecoder().feed(b'\xef\xbb\xbf{"a":1}\r\n\r\n \n2\n') == [{"a": 1}, 2]


def test_unreadable_line_is_a_value_and_the_stream_goes_on() -> None:
    first, second = JsonLinesDecoder().feed(b'{"a":\n{"b":2}\n')
    assert isinstance(first, Malformed)
    assert first.line == '{"a":'
    assert second == {"b": 2}


@pytest.mark.parametrize("blank", ["\v", "\f", "\xa0", "\u2028", "\x1c"])
def test_only_the_blanks_of_json_may_stand_around_a_value(blank: str) -> None:
    values = JsonLinesDecoder().feed(f"{blank}1\n \t1\r\n1{blank}\n{blank}\n".encode())
    assert values[1] == 1
    assert [type(value) for value in values] == [Malformed, int, Malformed, Malformed]


def test_last_line_without_line_feed_is_reported_unless_it_was_cut() -> None:
    def last(line: bytes, *, is_whole: bool = True) -> list[object]:
        decoder = JsonLinesDecoder()
        decoder.feed(b"1\n" + line)
        return decoder.close(is_whole=is_whole)

    assert last(b" 2 ") == last(b"2", is_whole=False) == [2]
    assert last(b'{"a": bad', is_whole=False) == last(b" \r") == last(b"") == []
    for line in (b'{"a": bad', b"[" * 30_000):
        (unread,) = last(line)
        assert isinstance(unread, Malformed)
        assert line.decode().startswith(unread.line)


def test_line_beyond_the_limit_keeps_those_before_it() -> None:
    decoder = JsonLinesDecoder(max_line_bytes=10)
    with pytest.raises(LineTooLargeError, match="longer than 10 bytes") as caught:
        decoder.feed(b"1\n" + b"2" * 11)
    assert caught.value.values == (1,)
    with pytest.raises(LineTooLargeError):
        decoder.feed(b"\n")
    assert decoder.close() == []


def test_feeding_after_the_end_is_our_mistake() -> None:
    decoder = JsonLinesDecoder()
    decoder.close()
    with pytest.raises(RuntimeError, match="after close"):
        decoder.feed(b"")
