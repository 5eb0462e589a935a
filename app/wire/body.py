"""The body of an answer, read as what it is, not as what it is labelled.

Servers send JSON where a stream was asked for, and proxies send pages with status 200,
so the first character decides: "{" or "[" begins no event stream, and "<" begins neither.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, Protocol

from app.wire.deltas import AnswerId, Delta, End, Malformed, SequenceNumber, ServerError, Usage
from app.wire.json_text import MalformedJson, as_array, parse_elements, parse_json
from app.wire.ndjson import EXCERPT_CHARACTERS, JsonLinesDecoder, LineTooLargeError
from app.wire.protocols.interface import Framing, PayloadReader
from app.wire.server_error import (
    ERROR_BODY_BYTES,
    error_before_more,
    error_in_body,
    error_in_object,
    error_in_text,
    make_error,
    page_title,
    reported_error,
)
from app.wire.sse import EventStreamDecoder, EventTooLargeError, ServerSentEvent

# How far the first character is looked for, in bytes; heartbeats may come before it.
SNIFFED_BYTES = 16 * 1024
_BLANKS = b"\xef\xbb\xbf \t\r\n"
_END = End()
_UNSAID = "The server reported an error without a message."
# Deltas that any JSON object may give; they do not make it an answer.
_SAYS_NOTHING = (AnswerId, Malformed, SequenceNumber, Usage)


class Body(Protocol):
    """One answer's body: bytes in, deltas out."""

    def may_go_on(self, *, is_cut: bool) -> bool:
        """Tell whether what follows its end here may be read from another connection.

        `is_cut`: the connection died; otherwise the body ended in good order.
        """

    @property
    def last_event_id(self) -> str:
        """The last event ID, empty where the body has none."""

    def feed(self, chunk: bytes) -> list[Delta]:
        """Return the deltas that this chunk finishes."""

    def close(self, *, is_cut: bool) -> list[Delta]:
        """Return what only the end of the body tells; `is_cut`: the connection died."""


class SniffedBody:
    """A body of unknown kind; its first character tells which it is."""

    def __init__(
        self,
        framing: Framing,
        read: PayloadReader,
        content_type: str,
        max_event_bytes: int,
        last_event_id: str = "",
    ) -> None:
        self._first_event_id = last_event_id
        self._framing = framing
        self._read = read
        self._content_type = content_type
        self._max_event_bytes = max_event_bytes
        self._head = b""
        self._body: Body | None = None

    @property
    def last_event_id(self) -> str:
        """The last event ID."""
        return self._body.last_event_id if self._body else self._first_event_id

    def may_go_on(self, *, is_cut: bool) -> bool:
        """Tell whether it is a stream, or may be one: nothing that tells has come."""
        return self._body is None or self._body.may_go_on(is_cut=is_cut)

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
            return JsonLinesBody(self._read, self._max_event_bytes)
        if first in (b"{", b"["):
            return JsonBody(self._read, self._max_event_bytes)
        is_labelled = "event-stream" in self._content_type
        decoder = EventStreamDecoder(self._first_event_id, max_event_bytes=self._max_event_bytes)
        return EventStreamBody(self._read, decoder, is_labelled=is_labelled)


class StreamBody(ABC):
    """What both kinds of stream share: nothing counts after the end mark, nor after an overflow."""

    def __init__(self) -> None:
        self._is_over = False

    def _take(self, pieces: Iterable[object], overflow: Exception | None = None) -> list[Delta]:
        """Return the deltas of events or values, and of the overflow that came after them."""
        deltas: list[Delta] = []
        for piece in pieces:
            if self._is_over:
                return deltas
            new = self._deltas_of(piece)
            deltas += new
            self._is_over = _END in new
        if overflow is not None and not self._is_over:
            self._is_over = True
            deltas.append(ServerError(str(overflow), "event_too_large", retryable=False))
        return deltas

    @abstractmethod
    def _deltas_of(self, piece: Any) -> list[Delta]:
        """Return the deltas of one event or value."""


class EventStreamBody(StreamBody):
    """Server-sent events whose data is JSON; "[DONE]" ends them."""

    def __init__(
        self, read: PayloadReader, decoder: EventStreamDecoder, *, is_labelled: bool
    ) -> None:
        super().__init__()
        self._read = read
        self._decoder = decoder
        # A text without a single event is an error message, unless it claims to be a stream.
        self._is_labelled = is_labelled
        self._text: bytearray | None = bytearray()

    @property
    def last_event_id(self) -> str:
        """The last event ID that a blank line committed."""
        return self._decoder.last_event_id

    def feed(self, chunk: bytes) -> list[Delta]:
        """Return the deltas of the events that this chunk finishes."""
        if self._is_over:
            return []
        if self._text is not None:
            self._text += chunk[: ERROR_BODY_BYTES - len(self._text)]
        try:
            return self._take(self._decoder.feed(chunk))
        except EventTooLargeError as error:
            return self._take(error.events, error)

    def may_go_on(self, *, is_cut: bool) -> bool:
        """Tell whether it is a stream: events have come, or nothing but comments."""
        said = "" if self._text is None or is_cut else self._said()
        return not said or _may_begin_events(said)

    def _said(self) -> str:
        """Give what came before the first event, without comments."""
        lines = bytes(self._text or b"").decode("utf-8", "replace").splitlines()
        return "\n".join(line for line in lines if not line.startswith(":")).strip()

    def close(self, *, is_cut: bool) -> list[Delta]:
        """Return an error if the body is a whole text without events, or JSON after comments."""
        if is_cut or self._is_over:
            return []
        text = self._said()
        if error := error_in_text(text):
            return [error]
        if not text or self._is_labelled or _may_begin_events(text):
            return []
        return [_not_an_answer(text)]

    def _deltas_of(self, piece: ServerSentEvent) -> list[Delta]:
        self._text = None
        kind, data, _id = piece
        if data.startswith("[DONE]"):
            return [_END]
        if not data or data.isspace():
            return [make_error(_UNSAID, "")] if kind == "error" else []
        try:
            payload = parse_json(data)
        except MalformedJson as error:
            if kind == "error":
                return [make_error(data, "")]
            return [Malformed(data[:EXCERPT_CHARACTERS], str(error))]
        deltas = _read_payload(self._read, kind, payload)
        if kind == "error" and not any(isinstance(delta, ServerError) for delta in deltas):
            deltas.append(error_in_object(payload) or make_error(data, ""))
        return deltas


class JsonLinesBody(StreamBody):
    """Newline-delimited JSON."""

    last_event_id = ""

    def may_go_on(self, *, is_cut: bool) -> bool:
        """Tell that only a cut leaves a line unfinished: the last one may lack its line feed."""
        return is_cut

    def __init__(self, read: PayloadReader, max_line_bytes: int) -> None:
        super().__init__()
        self._read = read
        self._decoder = JsonLinesDecoder(max_line_bytes=max_line_bytes)
        # A text that says nothing line by line is an error message, or an error over lines.
        self._text: bytearray | None = bytearray()

    def feed(self, chunk: bytes) -> list[Delta]:
        """Return the deltas of the lines that this chunk finishes."""
        if self._is_over:
            return []
        if self._text is not None:
            self._text += chunk[: ERROR_BODY_BYTES - len(self._text)]
        try:
            return self._take(self._decoder.feed(chunk))
        except LineTooLargeError as error:
            return self._take(error.values, error)

    def close(self, *, is_cut: bool) -> list[Delta]:
        """Return the deltas of a last line without line feed."""
        if self._is_over:
            return []
        deltas = self._take(self._decoder.close(is_whole=not is_cut))
        text = bytes(self._text or b"").decode("utf-8", "replace").strip()
        if text and not is_cut:
            is_json = text.startswith(("{", "["))
            error = error_in_text(text) if is_json else _not_an_answer(text)
            deltas += [error] if error else []
        return deltas

    def _deltas_of(self, piece: object) -> list[Delta]:
        if isinstance(piece, Malformed):
            return [piece]
        deltas = _read_payload(self._read, "message", piece)
        if any(not isinstance(delta, _SAYS_NOTHING) for delta in deltas):
            self._text = None
        return deltas


class JsonBody:
    """One JSON value: an answer that was not streamed, or an error."""

    last_event_id = ""

    def may_go_on(self, *, is_cut: bool) -> bool:
        """Tell that it makes sense as a whole only."""
        return False

    def __init__(self, read: PayloadReader, max_bytes: int) -> None:
        self._read = read
        self._max_bytes = max_bytes
        self._bytes = bytearray()
        self._is_too_large = False

    def feed(self, chunk: bytes) -> list[Delta]:
        """Keep the chunk: half a JSON value tells nothing."""
        if self._is_too_large:
            return []
        if len(self._bytes) + len(chunk) <= self._max_bytes:
            self._bytes += chunk
            return []
        self._is_too_large = True
        self._bytes.clear()
        message = f"The server sent a body longer than {self._max_bytes} bytes."
        return [ServerError(message, "event_too_large", retryable=False)]

    def close(self, *, is_cut: bool) -> list[Delta]:
        """Return the deltas of the value; if it was cut short, of an array's whole elements."""
        if self._is_too_large:
            return []
        text = self._bytes.decode("utf-8", "replace").removeprefix("\ufeff")
        try:
            payload = parse_json(text)
        except MalformedJson as malformed:
            deltas = self._read_all(parse_elements(text))
            unread = Malformed(text[:EXCERPT_CHARACTERS], str(malformed))
            if error := error_before_more(text):
                return [error, unread]
            return deltas if is_cut else [*deltas, unread]
        deltas = self._read_all(as_array(payload) or [payload])
        if all(isinstance(delta, _SAYS_NOTHING) for delta in deltas):
            error = error_in_object(payload)
            deltas.append(
                error or make_error("The server's JSON holds no answer.", "wrong_content")
            )
        return deltas

    def _read_all(self, payloads: Iterable[object]) -> list[Delta]:
        return [delta for each in payloads for delta in _read_payload(self._read, "message", each)]


class PageBody:
    """A web page in an answer's place: a wrong address, a proxy or a login."""

    last_event_id = ""

    def may_go_on(self, *, is_cut: bool) -> bool:
        """Tell that it makes sense as a whole only."""
        return False

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

    last_event_id = ""

    def may_go_on(self, *, is_cut: bool) -> bool:
        """Tell that it makes sense as a whole only."""
        return False

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


def _read_payload(read: PayloadReader, event: str, payload: object) -> list[Delta]:
    if isinstance(payload, dict):
        return read(event, payload)
    if isinstance(payload, list) and (error := reported_error(payload)):
        return [error]
    return [Malformed(str(payload)[:EXCERPT_CHARACTERS], "not a JSON object")]


def _not_an_answer(text: str) -> ServerError:
    return make_error(f"The server sent text instead of an answer: {text}", "wrong_content")


def _may_begin_events(text: str) -> bool:
    # "da" may be the "data" of an event that was cut short; ":" begins a comment.
    field = text.split(None, 1)[0].partition(":")[0]
    return any(name.startswith(field) for name in ("data", "event", "id", "retry"))
