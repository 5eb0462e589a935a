"""One answer, from the bytes of its HTTP body to its text, outcome and errors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from app.wire.assembly import Assembly, Thought, ToolCall
from app.wire.body import Body, ErrorBody, SniffedBody
from app.wire.deltas import Delta, Ending, Malformed, ServerError, Source, ToolOutput, Usage
from app.wire.json_text import as_count
from app.wire.lines import MAX_EVENT_BYTES
from app.wire.protocols import Dialect, dialect

# The server has nothing to say and wants not to be asked again (WHATWG HTML, section 9.2.3).
NO_CONTENT = 204

Outcome = Literal["complete", "truncated", "error", "http-error", "refused"]


@dataclass(frozen=True, slots=True)
class Answer:
    """All that is known of an answer when its body has ended.

    `finish` is the server's own word for why it ended, None if it gave none; `ending` is what
    that means, None if it did not finish. `outcome`:
        complete    the protocol's own finish signal came
        truncated   the stream ended without it
        error       the server reported a failure, or sent something that is no answer
        http-error  the status is not 2xx
        refused     it finished, but the model or a filter declined
    `error` is what the server (or the body's own content) tells of a failure.
    `retryable`: a new attempt may succeed. `unreadable`: the first pieces that were not
    understood, and repetitions that differ from what was streamed.
    """

    text: str
    reasoning: str
    refusal: str
    tool_calls: tuple[ToolCall, ...]
    usage: Usage | None
    finish: str | None
    outcome: Outcome
    error: ServerError | None
    retryable: bool
    ending: Ending | None = None
    id: str = ""
    sources: tuple[Source, ...] = ()
    thoughts: tuple[Thought, ...] = ()
    tool_outputs: tuple[ToolOutput, ...] = ()
    unreadable: tuple[Malformed, ...] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where an answer stands after what was fed, in each way that servers count.

    `received_bytes` counts the body's bytes (llama.cpp), `last_event_id` is the last one that
    a blank line committed, `sequence_number` that of the last event that had one (Responses).
    """

    received_bytes: int
    last_event_id: str
    sequence_number: int | None


class AnswerReader:
    """Reads an answer while it arrives.

    Args:
        dialect: the protocol that the server speaks.
        status: the response's HTTP status.
        headers: the response's headers, names in any case.
        max_event_bytes: longest event, line or whole body that is read.
        held_text: half a character that another reader of the same answer was left with.
    """

    def __init__(
        self,
        dialect: Dialect,
        status: int,
        headers: Mapping[str, str],
        *,
        max_event_bytes: int = MAX_EVENT_BYTES,
        held_text: str = "",
    ) -> None:
        self._received_bytes = 0
        self._status = status
        self._is_ok = 200 <= status <= 299
        self._assembly = Assembly(held_text)
        self._is_closed = False
        self._framing = dialect.framing
        self._read_payload = dialect.new_reader()
        self._skipped_through: int | None = None
        self._max_event_bytes = max_event_bytes
        self._body: Body = self._new_body(headers) if self._is_ok else ErrorBody(status)

    @property
    def is_over(self) -> bool:
        """Whether the server has said that nothing follows, well or not."""
        return self._assembly.is_over

    def may_go_on(self, *, is_cut: bool) -> bool:
        """Tell whether the answer, should it end here, may be read on from another connection.

        Not one that is finished, that failed, or that only makes sense as a whole.

        Args:
            is_cut: the connection died; otherwise the body ended in good order.
        """
        has_ended = self._assembly.finish is not None or self._assembly.is_over
        is_open = self._is_ok and self._assembly.error is None and not has_ended
        return is_open and self._body.may_go_on(is_cut=is_cut)

    @property
    def held_text(self) -> str:
        """Half a character at the end of the text: a cursor is ahead of the text by so much."""
        return self._assembly.held_text

    @property
    def answer_id(self) -> str:
        """The name under which the server knows the answer, empty while it is not known."""
        return self._assembly.answer_id

    @property
    def cursor(self) -> Cursor:
        """Where the answer stands; never ahead of the deltas handed out."""
        return Cursor(
            self._received_bytes, self._body.last_event_id, self._assembly.sequence_number
        )

    def read_on(self, headers: Mapping[str, str]) -> None:
        """Go on with another connection that begins after the last whole event.

        Half an event that the old one left is thrown away. Events numbered as those before are
        skipped, since a server may send some of them again.

        Args:
            headers: the new response's headers.

        Raises:
            RuntimeError: the reader is closed.
        """
        if self._is_closed:
            raise RuntimeError("read_on() after close()")
        self._body = self._new_body(headers, self._body.last_event_id)
        self._skipped_through = self._assembly.sequence_number

    def _new_body(self, headers: Mapping[str, str], last_event_id: str = "") -> SniffedBody:
        return SniffedBody(
            self._framing,
            self._read_new,
            _header(headers, "content-type").lower(),
            self._max_event_bytes,
            last_event_id,
        )

    def _read_new(self, event: str, payload: Mapping[str, object]) -> list[Delta]:
        if self._skipped_through is not None:
            number = as_count(payload.get("sequence_number"))
            if number is not None and number <= self._skipped_through:
                return []
        return self._read_payload(event, payload)

    def feed(self, chunk: bytes) -> list[Delta]:
        """Return the deltas that this chunk finishes; their text is always well formed.

        Raises:
            RuntimeError: the reader is closed.
        """
        if self._is_closed:
            raise RuntimeError("feed() after close()")
        self._received_bytes += len(chunk)
        return self._assembly.add(self._body.feed(chunk))

    def close(self, transport_error: bool = False) -> Answer:
        """Return the whole answer.

        Its text is all text handed out by `feed` (from the last `Replaced` on), and may go
        on: a body that is one JSON value, and a character whose second half never came, show
        at the end.

        Args:
            transport_error: the connection died; the body may go on unseen.

        Raises:
            RuntimeError: the reader is closed.
        """
        if self._is_closed:
            raise RuntimeError("close() after close()")
        self._is_closed = True
        self._assembly.add(self._body.close(is_cut=transport_error))
        return self._answer()

    def _answer(self) -> Answer:
        seen = self._assembly
        text, reasoning, refusal = seen.close()
        outcome = self._outcome(refusal)
        error = seen.error
        return Answer(
            text=text,
            reasoning=reasoning,
            refusal=refusal,
            tool_calls=seen.tool_calls(),
            usage=seen.usage,
            finish=(seen.finish.reason or None) if seen.finish else None,
            outcome=outcome,
            error=error,
            retryable=self._may_retry(outcome),
            ending=seen.finish.ending if seen.finish else None,
            id=seen.answer_id,
            sources=tuple(seen.sources),
            thoughts=tuple(seen.thoughts),
            tool_outputs=tuple(seen.tool_outputs),
            unreadable=tuple(seen.unreadable),
        )

    def _may_retry(self, outcome: Outcome) -> bool:
        error = self._assembly.error
        if error is not None:
            return error.retryable
        return outcome == "truncated" and self._status != NO_CONTENT

    def _outcome(self, refusal: str) -> Outcome:
        seen = self._assembly
        if not self._is_ok:
            return "http-error"
        if seen.error is not None:
            return "error"
        if seen.finish is None:
            return "truncated"
        if refusal or seen.finish.ending == "declined":
            return "refused"
        return "complete"


def read_answer(
    protocol: str,
    status: int,
    headers: Mapping[str, str],
    body: Iterable[bytes],
    *,
    transport_error: bool = False,
    max_event_bytes: int = MAX_EVENT_BYTES,
) -> Answer:
    """Return the answer that a whole response holds.

    Args:
        protocol: name of the dialect, such as "openai-chat".
        status: the response's HTTP status.
        headers: the response's headers, names in any case.
        body: the body's bytes, in any chunks.
        transport_error: the connection died after the last chunk.
        max_event_bytes: longest event, line or whole body that is read.

    Raises:
        UnknownProtocolError: no dialect has that name.
    """
    reader = AnswerReader(dialect(protocol), status, headers, max_event_bytes=max_event_bytes)
    for chunk in body:
        reader.feed(chunk)
    return reader.close(transport_error)


def _header(headers: Mapping[str, str], name: str) -> str:
    for key, value in headers.items():
        if key.lower() == name:
            return value
    return ""
