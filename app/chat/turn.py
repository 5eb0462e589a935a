"""One attempt at an answer: steps in, commands out.

Goals: one request at most, and none after a stop; text only grows, but where the server itself
takes some back; each end has its phase, and each bad end the words for it.
Plan: what a step may be in a phase, and where it leads, stands in the tables of `phases`; the
bytes go through `AnswerReader`; the clock's time comes with each step.
Weak: a server whose protocol has no mark that nothing follows (Gemini), and which keeps the
connection open after its finish signal, keeps the turn open too.
"""

from collections.abc import Iterable

from app.chat import trouble as troubles
from app.chat.commands import Abort, Changed, Command, Open, Release, Replace, Script, Think, Write
from app.chat.growing_text import GrowingText
from app.chat.phases import ACCEPTED, ENDED, NEXT, Move, Phase
from app.chat.steps import Begin, Chunk, Ended, Failed, Responded, Step, Stop
from app.chat.trouble import Trouble
from app.wire import (
    MAX_EVENT_BYTES,
    Answer,
    AnswerReader,
    Delta,
    Dialect,
    Ending,
    Finish,
    Malformed,
    ReasoningDelta,
    RefusalDelta,
    Replaced,
    ServerError,
    TextDelta,
    Usage,
)

__all__ = [
    "Abort",
    "Begin",
    "Changed",
    "Chunk",
    "Command",
    "Ended",
    "Failed",
    "IllegalStepError",
    "Open",
    "Phase",
    "Release",
    "Replace",
    "Responded",
    "Step",
    "Stop",
    "Think",
    "Turn",
    "Write",
]


class IllegalStepError(Exception):
    """A step that cannot come in the turn's phase: a mistake of the caller. Nothing changed."""


class Turn:
    """One attempt at an answer.

    Times are in milliseconds on the caller's clock, None until they are known. A refusal in
    the model's words is part of `text`. `trouble` says what happened when it ended badly.

    Args:
        dialect: the protocol that the server speaks.
        max_event_bytes: longest event of its answer that is read.
    """

    def __init__(self, dialect: Dialect, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self.phase = Phase.READY
        self.usage: Usage | None = None
        self.finish: str | None = None
        self.trouble: Trouble | None = None
        self.started_at: float | None = None
        self.first_text_at: float | None = None
        self.ended_at: float | None = None
        self.received_bytes = 0
        self._dialect = dialect
        self._max_event_bytes = max_event_bytes
        self._reader: AnswerReader | None = None
        self._address = ""
        self._status = 0
        self._ending: Ending | None = None
        self._malformed: Malformed | None = None
        self._text = GrowingText()
        self._reasoning = GrowingText()
        self._refusal_length = 0

    @property
    def text(self) -> str:
        """The answer so far."""
        return str(self._text)

    @property
    def reasoning(self) -> str:
        """The model's reasoning so far."""
        return str(self._reasoning)

    @property
    def has_ended(self) -> bool:
        """Whether nothing can change any more."""
        return self.phase in ENDED

    @property
    def is_at_limit(self) -> bool:
        """Whether the answer is whole for the server, which had a limit to its length."""
        return self.phase is Phase.DONE and self._ending == "limit"

    def handle(self, step: Step, now: float) -> list[Command]:
        """Take a step and tell what is to be done, in order.

        Args:
            step: what happened.
            now: the time on the caller's clock, in milliseconds.

        Raises:
            IllegalStepError: the step cannot come in this phase; nothing has changed.
        """
        if type(step) not in ACCEPTED[self.phase]:
            name = type(step).__name__
            raise IllegalStepError(f"{name} cannot come while the turn is {self.phase.value}.")
        script = Script()
        if not self.has_ended:
            self._take(step, now, script)
        if self.has_ended and self.ended_at is None:
            self.ended_at = now
            self._reader = None
        return script.commands()

    def _take(self, step: Step, now: float, script: Script) -> None:
        match step:
            case Begin(request):
                self.started_at = now
                # Some servers take the access key as a parameter; it must not reach the screen.
                self._address = f"{request.method} {request.url.partition('?')[0]}"
                self._move(Move.BEGIN, script)
                script.add(Open(request))
            case Responded(status, headers):
                self._status = status
                self._reader = AnswerReader(
                    self._dialect, status, headers, max_event_bytes=self._max_event_bytes
                )
                self._move(Move.RESPOND, script)
            case Chunk(data):
                self._receive(data, now, script)
            case Ended():
                self._finish_reading(None, now, script)
            case Failed():
                self._finish_reading(step, now, script)
            case Stop():
                self._stop(script)

    def _move(self, move: Move, script: Script) -> None:
        phase = NEXT[self.phase][move]
        if phase is not self.phase:
            self.phase = phase
            script.add(Changed(phase))

    def _stop(self, script: Script) -> None:
        if self.phase is not Phase.READY:
            script.add(Abort())
        self._move(Move.STOP, script)

    def _receive(self, data: bytes, now: float, script: Script) -> None:
        assert self._reader is not None, "ACCEPTED lets a chunk in only after Responded"
        self.received_bytes += len(data)
        error = self._hear(self._reader.feed(data), now, script)
        if error is not None:
            # A server that reports a failure may keep the connection open after it.
            script.add(Abort())
            self._lose(troubles.server_error(error, self._has_text), script)
        elif self._reader.is_over:
            # Nothing follows, but some servers keep the connection open all the same.
            script.add(Release())
            self._finish_reading(None, now, script)

    def _hear(self, deltas: Iterable[Delta], now: float, script: Script) -> ServerError | None:
        """Take in deltas up to the first error, and return that. Empty text changes nothing."""
        for delta in deltas:
            match delta:
                case TextDelta(text):
                    self._write(text, now, script)
                case RefusalDelta(text):
                    self._refusal_length += len(text)
                    self._write(text, now, script)
                case ReasoningDelta(text):
                    self._reasoning.append(text)
                    script.say(Think, text)
                case Usage():
                    self.usage = delta
                case Replaced(text, reasoning):
                    self._replace(text, reasoning, now, script)
                case Finish(reason):
                    self.finish = reason or None
                case Malformed():
                    self._malformed = self._malformed or delta
                case ServerError():
                    return delta
        return None

    def _write(self, text: str, now: float, script: Script) -> None:
        if not text:
            return
        if self.first_text_at is None:
            self.first_text_at = now
        self._move(Move.WRITE, script)
        self._text.append(text)
        script.say(Write, text)

    def _replace(self, text: str, reasoning: str, now: float, script: Script) -> None:
        """Take what the server sets in place of all that it has sent before."""
        self._text, self._reasoning = GrowingText(), GrowingText()
        self._refusal_length = 0
        script.add(Replace())
        self._reasoning.append(reasoning)
        script.say(Think, reasoning)
        self._write(text, now, script)

    def _finish_reading(self, failure: Failed | None, now: float, script: Script) -> None:
        """Take the end of the body; `failure` is what the network said, None if all went well."""
        cause = failure.cause if failure else ""
        is_offline = failure is not None and failure.is_offline
        if self._reader is None:
            self._lose(troubles.unreachable(cause, self._address, is_offline), script)
            return
        answer = self._reader.close(transport_error=failure is not None)
        self._hear(self._rest_of(answer), now, script)
        self.usage, self.finish, self._ending = answer.usage, answer.finish, answer.ending
        loss = troubles.Loss(self._loss(cause), is_offline, self._reader.is_over)
        trouble = troubles.trouble_of(answer, self._status, self._has_text, loss)
        if trouble is None:
            self._move(Move.COMPLETE, script)
        else:
            self._lose(trouble, script)

    def _rest_of(self, answer: Answer) -> list[Delta]:
        """Give what only the end of the body tells: text that no delta has brought yet."""
        return [
            ReasoningDelta(answer.reasoning[self._reasoning.length :]),
            TextDelta(answer.text[self._text.length - self._refusal_length :]),
            RefusalDelta(answer.refusal[self._refusal_length :]),
        ]

    def _lose(self, trouble: Trouble, script: Script) -> None:
        self.trouble = trouble
        self._move(Move.LOSE, script)

    def _loss(self, cause: str) -> str:
        """Tell technically where the answer broke off, should it turn out that it did."""
        words = [cause] if cause else []
        if self._reader is not None and self._reader.is_over:
            words.append(f"The server ended it without a finish signal ({self._address}).")
        else:
            words.append(f"The body ended after {self.received_bytes} bytes ({self._address}).")
        if self._malformed is not None:
            words.append(f"Unreadable ({self._malformed.reason}): {self._malformed.line}")
        return "\n".join(words)

    @property
    def _has_text(self) -> bool:
        return self._text.length > 0
