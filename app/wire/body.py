"""The body of an answer, read as what it is, not as what it is labelled.

Servers send JSON where a stream was asked for, and proxies send pages with status 200,
so the first character decides: "{" or "[" begins no event stream, and "<" begins neither.
"""

from typing import Protocol

from app.wire.deltas import Delta, Malformed, ServerError
from app.wire.json_text import MalformedJson, parse_json
from app.wire.lines import MAX_EVENT_BYTES
from app.wire.ndjson import EXCERPT_CHARACTERS, JsonLinesDecoder, LineTooLargeError
from app.wire.protocols.interface import Framing, PayloadReader
from app.wire.server_error import (
    ERROR_BODY_BYTES,
    error_in_body,
    error_in_object,
    make_error,
    page_title,
)
from app.wire.sse import EventStreamDecoder, EventTooLargeError, ServerSentEvent

# How far the first character is looked for, in bytes; heartbeats may come before it.
SNIFFED_BYTES = 1024
_BLANKS = b"\xef\xbb\xbf \t\r\n"


class Body(Protocol):
    """One answer's body: bytes in, deltas out."""

    def feed(self, chunk: bytes) -> list[Delta]:
        """Return the deltas that this chunk finishes."""
        ...

    def close(self, *, is_cut: bool) -> list[Delta]:
        """Return what only the end of the body tells; `is_cut`: the connection died."""
        ...


class SniffedBody:
    """A body of unknown kind; its first character tells which it is."""

    def __init__(self, framing: Framing, read: PayloadReader, content_type: str) -> None:
        self._framing = framing
        self._read = read
        self._content_type = content_type
        self._head = b""
        self._body: Body | None = None

    def feed(self, chunk: bytes) -> list[Delta]:
        """Return the deltas that this chunk finishes."""
        if self._body is None:
            self._head += chunk
            first = self._head[:SNIFFED_BYTES].lstrip(_BLANKS)[:1]
            if not first and len(self._head) < SNIFFED_BYTES:
                return []
            chunk, self._head = self._head, b""
            self._body = self._body_that_begins_with(first)
        return self._body.feed(chunk)

    def close(self, *, is_cut: bool) -> list[Delta]:
        """Return what only the end of the body tells."""
        return self._body.close(is_cut=is_cut) if self._body else []

    def _body_that_begins_with(self, first: bytes) -> Body:
        if first == b"<":
            return PageBody()
        if self._framing is Framing.JSON_LINES:
            return JsonLinesBody(self._read)
        if first in (b"{", b"["):
            return JsonBody(self._read)
        return EventStreamBody(self._read, is_labelled="event-stream" in self._content_type)


class EventStreamBody:
    """Server-sent events whose data is JSON; "[DONE]" ends them."""

    def __init__(self, read: PayloadReader, *, is_labelled: bool) -> None:
        self._read = read
        self._decoder = EventStreamDecoder()
        self._is_over = False
        # A text without a single event is an error message, unless it claims to be a stream.
        self._text: bytearray | None = None if is_labelled else bytearray()

    def feed(self, chunk: bytes) -> list[Delta]:
        """Return the deltas of the events that this chunk finishes."""
        if self._is_over:
            return []
        if self._text is not None:
            self._text += chunk[: ERROR_BODY_BYTES - len(self._text)]
        deltas: list[Delta] = []
        try:
            events = self._decoder.feed(chunk)
        except EventTooLargeError as error:
            for event in error.events:
                deltas.extend(self._deltas_of(event))
            return [*deltas, *self._overflow(error)]
        for event in events:
            deltas.extend(self._deltas_of(event))
        return deltas

    def close(self, *, is_cut: bool) -> list[Delta]:
        """Return an error if the body is a whole plain text and no event stream."""
        text = bytes(self._text or b"").decode("utf-8", "replace").strip()
        if is_cut or self._is_over or not text or _may_begin_events(text):
            return []
        return [make_error(f"The server sent text instead of an answer: {text}", "wrong_content")]

    def _deltas_of(self, event: ServerSentEvent) -> list[Delta]:
        self._text = None
        data = event.data
        if self._is_over or not data.strip():
            return []
        if data.startswith("[DONE]"):
            self._is_over = True
            return []
        try:
            payload = parse_json(data)
        except MalformedJson as error:
            if event.event == "error":
                return [make_error(data, "")]
            return [Malformed(data[:EXCERPT_CHARACTERS], str(error))]
        return self._read(event.event, payload)

    def _overflow(self, error: EventTooLargeError) -> list[Delta]:
        if self._is_over:
            return []
        self._is_over = True
        return [ServerError(str(error), "event_too_large", retryable=False)]


class JsonLinesBody:
    """Newline-delimited JSON."""

    def __init__(self, read: PayloadReader) -> None:
        self._read = read
        self._decoder = JsonLinesDecoder()
        self._is_over = False

    def feed(self, chunk: bytes) -> list[Delta]:
        """Return the deltas of the lines that this chunk finishes."""
        if self._is_over:
            return []
        try:
            return self._deltas_of(self._decoder.feed(chunk))
        except LineTooLargeError as error:
            self._is_over = True
            overflow = ServerError(str(error), "event_too_large", retryable=False)
            return [*self._deltas_of(list(error.values)), overflow]

    def close(self, *, is_cut: bool) -> list[Delta]:
        """Return the deltas of a last line without line feed."""
        return self._deltas_of(self._decoder.close())

    def _deltas_of(self, values: list[object]) -> list[Delta]:
        deltas: list[Delta] = []
        for value in values:
            if isinstance(value, Malformed):
                deltas.append(value)
            else:
                deltas.extend(self._read("message", value))
        return deltas


class JsonBody:
    """One JSON value: a completion that was not streamed, or an error."""

    def __init__(self, read: PayloadReader) -> None:
        self._read = read
        self._bytes = bytearray()
        self._is_too_large = False

    def feed(self, chunk: bytes) -> list[Delta]:
        """Keep the chunk: half a JSON value tells nothing."""
        if self._is_too_large:
            return []
        if len(self._bytes) + len(chunk) <= MAX_EVENT_BYTES:
            self._bytes += chunk
            return []
        self._is_too_large = True
        self._bytes.clear()
        message = f"The server sent a body longer than {MAX_EVENT_BYTES} bytes."
        return [ServerError(message, "event_too_large", retryable=False)]

    def close(self, *, is_cut: bool) -> list[Delta]:
        """Return the deltas of the whole value; of a value that was cut short, none."""
        if self._is_too_large:
            return []
        text = self._bytes.decode("utf-8", "replace").removeprefix("\ufeff")
        try:
            payload = parse_json(text)
        except MalformedJson as malformed:
            return [] if is_cut else [Malformed(text[:EXCERPT_CHARACTERS], str(malformed))]
        deltas = self._read("message", payload)
        if any(not isinstance(delta, Malformed) for delta in deltas):
            return deltas
        error = error_in_object(payload)
        return [error or make_error("The server's JSON holds no answer.", "wrong_content")]


class PageBody:
    """A web page in an answer's place: a wrong address, a proxy or a login."""

    def __init__(self) -> None:
        self._head = bytearray()

    def feed(self, chunk: bytes) -> list[Delta]:
        """Keep the beginning, where the title stands."""
        self._head += chunk[: ERROR_BODY_BYTES - len(self._head)]
        return []

    def close(self, *, is_cut: bool) -> list[Delta]:
        """Return the error, with the page's title."""
        title = page_title(self._head.decode("utf-8", "replace"))
        named = f' titled "{title}"' if title else ""
        message = f"The server sent a web page{named} instead of an answer."
        return [ServerError(message, "html_page", retryable=False)]


class ErrorBody:
    """The body of an HTTP error."""

    def __init__(self, status: int) -> None:
        self._status = status
        self._head = bytearray()

    def feed(self, chunk: bytes) -> list[Delta]:
        """Keep the beginning, which is all that is shown."""
        self._head += chunk[: ERROR_BODY_BYTES - len(self._head)]
        return []

    def close(self, *, is_cut: bool) -> list[Delta]:
        """Return the error that the body tells, or that the status alone tells."""
        return [error_in_body(bytes(self._head), self._status)]


def _may_begin_events(text: str) -> bool:
    # "da" may be the "data" of an event that was cut short; ":" begins a comment.
    field = text.split(None, 1)[0].partition(":")[0]
    return any(name.startswith(field) for name in ("data", "event", "id", "retry"))
