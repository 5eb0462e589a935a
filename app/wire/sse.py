"""Server-sent events, decoded as browsers decode them.

Source: WHATWG HTML, section 9.2.6 "Interpreting an event stream".
"""

# Goals: never rescan a byte; hold at most one unfinished event; never raise on bytes.
# Plan: turn CR and CRLF into LF, cut at the last LF, decode all before it at once, then cut
#   the text at blank lines: what the interpreter does for each event is one slice. Line ends
#   are ASCII, so decoding whole lines gives what decoding the whole stream first gives.
# Weak: a stream that mixes comments or other fields with data takes the slower path.

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import NamedTuple

from app.wire.lines import MAX_EVENT_BYTES, LineBuffer

# Longest reconnection time, in milliseconds: browsers' timers fire at once above it.
MAX_RETRY_MS = 2**31 - 1

# As a number, which is found three times as fast as a string.
CARRIAGE_RETURN = ord("\r")

# Longest part of a chunk that is worked on at once: what is copied stays in the cache.
PIECE_BYTES = 64 * 1024


class ServerSentEvent(NamedTuple):
    """One event: its type ("message" when the stream names none), data and last event ID.

    A tuple, since a frozen dataclass takes three times as long to make.
    """

    event: str
    data: str
    id: str


# Makes an event without the step through its own constructor, which takes half the time.
_new_event: Callable[[tuple[str, str, str]], ServerSentEvent] = partial(
    tuple.__new__, ServerSentEvent
)


class EventTooLargeError(ValueError):
    """An event is longer than the decoder allows; the stream cannot be read on.

    `limit` is in bytes; `events` are those that the same call finished before it.
    """

    def __init__(self, limit: int, events: tuple[ServerSentEvent, ...] = ()) -> None:
        super().__init__(f"The server sent an event longer than {limit} bytes.")
        self.limit = limit
        self.events = events


class EventStreamDecoder:
    """Turns the bytes of an event stream into events, whatever the chunks.

    Args:
        last_event_id: the ID that an earlier connection ended with.
        max_event_bytes: longest event, counting the lines that are kept.
    """

    def __init__(self, last_event_id: str = "", *, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.last_event_id = last_event_id
        self.retry: int | None = None
        self.comments = 0
        self._max_event_bytes = max_event_bytes
        self._easy_bytes = min(PIECE_BYTES, max_event_bytes)
        self._lines = LineBuffer()
        self._swallow_line_feed = False
        # Nothing is open: no line, no block, no CR whose LF may come, no half of a mark.
        self._is_idle = False
        # The block that no blank line has ended yet.
        self._is_in_block = False
        self._event = ""
        self._data: list[str] = []
        self._data_bytes = 0
        self._next_id = last_event_id
        self._is_closed = False
        self._has_overflowed = False

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Return the events that this chunk finishes.

        Raises:
            EventTooLargeError: an event passes the limit; so does every later call.
            RuntimeError: the decoder is closed.
        """
        events: list[ServerSentEvent] = []
        # Most chunks of most servers are whole events, and come while nothing is open.
        is_whole = self._is_idle and chunk.endswith(b"\n\n") and CARRIAGE_RETURN not in chunk
        if is_whole and len(chunk) <= self._easy_bytes:
            self._take_blocks(_text(chunk), events)
            return events
        if self._is_closed:
            raise RuntimeError("feed() after close()")
        if self._has_overflowed:
            raise EventTooLargeError(self._max_event_bytes)
        self._is_idle = False
        with _collector_paused() if len(chunk) > PIECE_BYTES else nullcontext():
            for start in range(0, len(chunk), PIECE_BYTES):
                piece = self._lines.begin(chunk[start : start + PIECE_BYTES])
                piece = self._with_line_feeds(piece)
                held = self._data_bytes + self._lines.pending_bytes
                if held + len(piece) <= self._max_event_bytes:
                    self._take(piece, events)
                else:
                    self._take_with_care(piece, events)
        has_rest = self._is_in_block or self._swallow_line_feed
        self._is_idle = not has_rest and self._lines.is_empty
        return events

    def close(self) -> None:
        """Discard the unfinished block. The stream ended; half an event is none."""
        self._is_closed = True
        self._is_idle = False
        self._lines.close()
        self._data.clear()

    def _with_line_feeds(self, piece: bytes) -> bytes:
        # A CR at the end of the piece ends the line now; its LF may still come.
        # Without the flag that LF would be a blank line and send the event too early.
        if self._swallow_line_feed and piece.startswith(b"\n"):
            piece = piece[1:]
        self._swallow_line_feed = False
        if CARRIAGE_RETURN in piece:
            self._swallow_line_feed = piece.endswith(b"\r")
            piece = piece.replace(b"\r\n", b"\n")
            return piece.replace(b"\r", b"\n") if CARRIAGE_RETURN in piece else piece
        return piece

    def _take_with_care(self, piece: bytes, events: list[ServerSentEvent]) -> None:
        # The limit is near: one line at a time, so that exactly the events before it count.
        *lines, rest = piece.split(b"\n")
        for line in lines:
            self._check_size(len(line), events)
            self._take(line + b"\n", events)
        self._check_size(len(rest), events)
        self._take(rest, events)

    def _check_size(self, more_bytes: int, events: list[ServerSentEvent]) -> None:
        if self._data_bytes + self._lines.pending_bytes + more_bytes > self._max_event_bytes:
            self._has_overflowed = True
            self._lines.close()
            self._data.clear()
            raise EventTooLargeError(self._max_event_bytes, tuple(events))

    def _take(self, piece: bytes, events: list[ServerSentEvent]) -> None:
        whole = self._lines.feed(piece)
        end = len(whole) if whole.endswith(b"\n\n") else whole.rfind(b"\n\n") + 2
        if end > 1:
            self._take_blocks(_text(whole[:end]), events)
            whole = whole[end:]
        if whole:
            self._take_lines(whole, events)

    def _take_blocks(self, text: str, events: list[ServerSentEvent]) -> None:
        """Take text that ends with a blank line."""
        if self._is_in_block:
            block, _blank_line, text = text.partition("\n\n")
            self._take_block(block, events)
        if not text or self._take_uniform(text, events):
            return
        blocks = text[:-2].split("\n\n")
        if text.count("\n") == 2 * len(blocks) and self._take_single_lines(blocks, events):
            return
        for block in blocks:
            first, _line_feed, second = block.partition("\n")
            # Most blocks are an event's one data line, with its type at most.
            if "\n" not in second and second.startswith("data: ") and first.startswith("event: "):
                event = first[7:] or "message"
                events.append(_new_event((event, second[6:], self.last_event_id)))
            elif not second and first.startswith("data: "):
                events.append(_new_event(("message", first[6:], self.last_event_id)))
            else:
                self._take_block(block, events)

    def _take_uniform(self, text: str, events: list[ServerSentEvent]) -> bool:
        """Take whole events if all have one of the shapes that servers use; tell if they had.

        The text is cut at what stands between two events of a shape. No line is looked at:
        whether there is more in it than that, the number of its line feeds tells.
        """
        last_id = self.last_event_id
        if text.startswith("data: "):
            if text.find("\n") == len(text) - 2:
                events.append(_new_event(("message", text[6:-2], last_id)))
                return True
            datas = text[6:-2].split("\n\ndata: ")
            if text.count("\n") == 2 * len(datas):
                events += [_new_event(("message", data, last_id)) for data in datas]
                return True
        elif text.startswith("event: "):
            kind, _line_feed, data = text[7:].partition("\n")
            if data.startswith("data: ") and data.find("\n") == len(data) - 2:
                events.append(_new_event((kind or "message", data[6:-2], last_id)))
                return True
            pairs = _pairs(text, "event: ")
            if pairs:
                events += [
                    _new_event((kind or "message", data, last_id)) for kind, _, data in pairs
                ]
                return True
        elif text.startswith("id: ") and "\0" not in text:
            pairs = _pairs(text, "id: ")
            if pairs:
                events += [_new_event(("message", data, own)) for own, _, data in pairs]
                self.last_event_id = self._next_id = pairs[-1][0]
                return True
        return False

    def _take_single_lines(self, blocks: list[str], events: list[ServerSentEvent]) -> bool:
        """Take blocks of one line each, if they are data and comments only; tell if they were."""
        lines = [block for block in blocks if block.startswith("data: ")]
        comments = sum(block.startswith(":") for block in blocks)
        if len(lines) + comments != len(blocks):
            return False
        last_id = self.last_event_id
        events += [_new_event(("message", line[6:], last_id)) for line in lines]
        self.comments += comments
        return True

    def _take_block(self, block: str, events: list[ServerSentEvent]) -> None:
        """Take the lines before a blank line, which ends them."""
        if block.startswith("data: ") and block.count("\ndata: ") == block.count("\n"):
            self._data += block[6:].split("\ndata: ")
        else:
            for line in block.split("\n"):
                self._take_line(line, 0, events)
        self._end_block(events)

    def _take_lines(self, lines: bytes, events: list[ServerSentEvent]) -> None:
        """Take whole lines of a block that has not ended."""
        line_feeds = lines.count(b"\n")
        if lines.startswith(b"data: ") and lines.count(b"\ndata: ") == line_feeds - 1:
            self._is_in_block = True
            self._data += _text(lines)[6:-1].split("\ndata: ")
            self._data_bytes += len(lines) - line_feeds
            return
        for line in lines[:-1].split(b"\n"):
            self._take_line(_text(line), len(line), events)

    def _take_line(self, line: str, line_bytes: int, events: list[ServerSentEvent]) -> None:
        """Take one line; its length in bytes counts for as long as its block is open."""
        if not line:
            self._end_block(events)
            return
        self._is_in_block = True
        name, _colon, value = line.partition(":")
        if value.startswith(" "):
            value = value[1:]
        if name == "data":
            self._data.append(value)
            self._data_bytes += line_bytes
        elif not name:
            self.comments += 1
        elif name == "event":
            self._event = value
        elif name == "id":
            if "\0" not in value:
                self._next_id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = _milliseconds(value)

    def _end_block(self, events: list[ServerSentEvent]) -> None:
        # The ID counts from here on even when the block has no data.
        self.last_event_id = self._next_id
        if self._data:
            data = "\n".join(self._data)
            events.append(_new_event((self._event or "message", data, self.last_event_id)))
            self._data.clear()
            self._data_bytes = 0
        self._event = ""
        self._is_in_block = False


@contextmanager
def _collector_paused() -> Iterator[None]:
    # Events hold nothing but texts, so there is no cycle to be found among them; looking at all
    # of a large chunk's events again and again takes longer than making them.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _pairs(text: str, first: str) -> list[tuple[str, str, str]]:
    """Cut text into events of two lines, `first` and data; empty if it holds anything else."""
    between = f"\n\n{first}"
    pairs = [pair.partition("\ndata: ") for pair in text[len(first) : -2].split(between)]
    is_all = text.count("\n") == 3 * len(pairs) and all(pair[1] for pair in pairs)
    return pairs if is_all else []


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _milliseconds(digits: str) -> int:
    significant = digits.lstrip("0")
    # int() refuses thousands of digits; ten are more than the limit has.
    return min(int(significant[:11] or "0"), MAX_RETRY_MS)
