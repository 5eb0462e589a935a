"""One stream being read: what it has brought, and whether it may be read on after a cut."""

from collections.abc import Iterable, Mapping

from app.chat.growing_text import GrowingText
from app.wire import (
    Answer,
    AnswerReader,
    Cursor,
    Delta,
    Dialect,
    Malformed,
    ReasoningDelta,
    RefusalDelta,
    Replaced,
    TextDelta,
)


class Texts:
    """What of an answer a person sees: its text (a refusal's included) and its reasoning."""

    __slots__ = ("has_calls", "reasoning", "text")

    def __init__(self) -> None:
        self.text = GrowingText()
        self.reasoning = GrowingText()
        self.has_calls = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come that a second request would have to pay for again."""
        return not (self.text.length or self.reasoning.length or self.has_calls)


class Reading:
    """Reads one stream, over as many connections as it takes.

    Args:
        dialect: the protocol.
        status: the response's HTTP status.
        headers: the response's headers.
        max_event_bytes: longest event that is read.
        held_text: half a character that the text before this stream ended with.
    """

    def __init__(
        self,
        dialect: Dialect,
        status: int,
        headers: Mapping[str, str],
        max_event_bytes: int,
        held_text: str = "",
    ) -> None:
        self.status = status
        self.malformed: Malformed | None = None
        self._reader = AnswerReader(
            dialect, status, headers, max_event_bytes=max_event_bytes, held_text=held_text
        )
        # How much `feed` has handed out of each text, in characters.
        self._text = 0
        self._reasoning = 0
        self._refusal = 0

    @property
    def cursor(self) -> Cursor:
        """Where it stands in each way that servers count."""
        return self._reader.cursor

    @property
    def held_text(self) -> str:
        """Half a character at the end of the text."""
        return self._reader.held_text

    @property
    def answer_id(self) -> str:
        """The server's name for the answer, empty while there is none."""
        return self._reader.answer_id

    @property
    def is_over(self) -> bool:
        """Whether the server has said that nothing follows."""
        return self._reader.is_over

    @property
    def has_gap(self) -> bool:
        """Whether text may be missing: a piece that began as JSON, or a repetition that differs.

        Other pieces that cannot be read are noise of a proxy, not of a model.
        """
        piece = self.malformed
        return piece is not None and (
            piece.line.lstrip().startswith("{") or "repeated" in piece.reason
        )

    def may_go_on(self, *, is_cut: bool) -> bool:
        """Tell whether its end here is a cut, after which the rest may be had from elsewhere."""
        return self._reader.may_go_on(is_cut=is_cut)

    def read_on(self, headers: Mapping[str, str]) -> None:
        """Go on with a connection that begins with the next whole event."""
        self._reader.read_on(headers)

    def feed(self, data: bytes) -> list[Delta]:
        """Return the deltas that these bytes finish."""
        return self._noted(self._reader.feed(data))

    def close(self, *, is_cut: bool) -> tuple[Answer, list[Delta]]:
        """Return the whole answer, and the deltas that only its end brings."""
        answer = self._reader.close(transport_error=is_cut)
        rest: list[Delta] = [
            ReasoningDelta(answer.reasoning[self._reasoning :]),
            TextDelta(answer.text[self._text :]),
            RefusalDelta(answer.refusal[self._refusal :]),
        ]
        return answer, self._noted(rest)

    def _noted(self, deltas: Iterable[Delta]) -> list[Delta]:
        told = list(deltas)
        for delta in told:
            match delta:
                case TextDelta(text):
                    self._text += len(text)
                case ReasoningDelta(text):
                    self._reasoning += len(text)
                case RefusalDelta(text):
                    self._refusal += len(text)
                case Replaced(text, reasoning):
                    self._text, self._reasoning, self._refusal = len(text), len(reasoning), 0
                case Malformed():
                    self.malformed = delta if self.malformed is None else self.malformed
        return told
