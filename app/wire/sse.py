"""Server-sent events, decoded as browsers decode them.

Source: WHATWG HTML, section 9.2.6 "Interpreting an event stream".
"""

# Goals: never rescan a byte; hold at most one unfinished event; never raise on bytes.
# Plan: turn CR and CRLF into LF, cut at LF, decode UTF-8 only where a value ends. Line
#   ends and colons are ASCII, so cutting before decoding gives what decoding first gives.
# Weak: a chunk is split in one step, so memory follows the size of the chunks handed in.

from dataclasses import dataclass

from app.wire.lines import MAX_EVENT_BYTES, LineBuffer

# Longest reconnection time, in milliseconds: browsers' timers fire at once above it.
MAX_RETRY_MS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event: its type ("message" when the stream names none), data and last event ID."""

    event: str
    data: str
    id: str


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
        self._lines = LineBuffer()
        self._swallow_line_feed = False
        self._event = b""
        self._data: list[bytes] = []
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
        if self._is_closed:
            raise RuntimeError("feed() after close()")
        if self._has_overflowed:
            raise EventTooLargeError(self._max_event_bytes)
        events: list[ServerSentEvent] = []
        for line in self._lines.feed(self._with_line_feeds(chunk)):
            if line:
                self._check_size(len(line), events)
                self._take_field(line)
            else:
                self._end_block(events)
        self._check_size(self._lines.pending_bytes, events)
        return events

    def close(self) -> None:
        """Discard the unfinished block. The stream ended; half an event is none."""
        self._is_closed = True
        self._lines.close()
        self._data.clear()

    def _with_line_feeds(self, chunk: bytes) -> bytes:
        if not chunk:
            return chunk
        # A CR at the end of the chunk ends the line now; its LF may still come.
        # Without the flag that LF would be a blank line and send the event too early.
        if self._swallow_line_feed and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._swallow_line_feed = chunk.endswith(b"\r")
        if b"\r" in chunk:
            return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return chunk

    def _check_size(self, line_bytes: int, events: list[ServerSentEvent]) -> None:
        if self._data_bytes + line_bytes > self._max_event_bytes:
            self._has_overflowed = True
            self._lines.close()
            self._data.clear()
            raise EventTooLargeError(self._max_event_bytes, tuple(events))

    def _take_field(self, line: bytes) -> None:
        name, _colon, value = line.partition(b":")
        if value.startswith(b" "):
            value = value[1:]
        if name == b"data":
            self._data.append(value)
            self._data_bytes += len(line)
        elif not name:
            self.comments += 1
        elif name == b"event":
            self._event = value
        elif name == b"id":
            if b"\0" not in value:
                self._next_id = _text(value)
        elif name == b"retry" and value.isdigit():
            self.retry = _milliseconds(value)

    def _end_block(self, events: list[ServerSentEvent]) -> None:
        # The ID counts from here on even when the block has no data.
        self.last_event_id = self._next_id
        if self._data:
            data = _text(b"\n".join(self._data))
            event = _text(self._event) or "message"
            events.append(ServerSentEvent(event, data, self.last_event_id))
            self._data.clear()
            self._data_bytes = 0
        self._event = b""


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _milliseconds(digits: bytes) -> int:
    significant = digits.lstrip(b"0")
    # int() refuses thousands of digits; ten are more than the limit has.
    return min(int(significant[:11] or b"0"), MAX_RETRY_MS)
