"""What a turn knows of itself, and the small things that it does."""

import math
from collections.abc import Callable, Mapping

from app.chat.commands import Changed, Forget, Open, Save, Script, Send, Wake
from app.chat.patience import Patience
from app.chat.phases import ENDED, IN_FLIGHT, NEXT, Move, Phase
from app.chat.reading import Reading
from app.chat.recovery import Entry, Recovery
from app.chat.saved import SavedTurn, Times
from app.chat.showing import Showing
from app.chat.steps import Plan
from app.chat.trouble import Trouble
from app.chat.watch import Watch
from app.chat.ways import START, Asking
from app.wire import (
    MAX_EVENT_BYTES,
    Cursor,
    Delta,
    Dialect,
    Ending,
    Finish,
    Request,
    ServerError,
    Usage,
)

# How long what was shown may stay unsaved, in milliseconds.
SAVE_MS = 1000.0
# Most lines that are kept of what happened; a server that always cuts writes no more.
MOST_ENTRIES = 200


class TurnState:
    """The state of one answer.

    Times are in milliseconds since 1970, None until they are known. A refusal in the model's
    words is part of `text`. `trouble` says what happened when it ended badly, or why it waits.

    Args:
        dialect: the protocol that the server speaks.
        max_event_bytes: longest event of its answer that is read.
        patience: how long is waited for what.
        chance: gives a random number from 0 to 1, 1 excluded, for the waits.
    """

    def __init__(
        self,
        dialect: Dialect,
        max_event_bytes: int = MAX_EVENT_BYTES,
        *,
        patience: Patience | None = None,
        chance: Callable[[], float] = lambda: 0.5,
    ) -> None:
        self.phase = Phase.READY
        self.usage: Usage | None = None
        self.finish: str | None = None
        self.trouble: Trouble | None = None
        self.started_at: float | None = None
        self.first_text_at: float | None = None
        self.ended_at: float | None = None
        self.received_bytes = 0
        self.journal: list[Entry] = []
        self.is_follower = False  # another page has it
        self.resumed_at: int | None = None  # byte at which it was last read on
        self._dialect = dialect
        self._max_event_bytes = max_event_bytes
        self._patience = patience or Patience()
        self._recovery = Recovery(self._patience, chance)
        self._watch = Watch(self._patience.stall)
        self._showing = Showing(self._begin_text)
        self._plan: Plan | None = None
        self._asking: Asking | None = None
        self._reading: Reading | None = None
        self._restored_wait: float | None = None  # until when the server wants not to be asked
        self._restored = START  # where a restored answer had come to
        self._held_text = ""  # half a character that it ended with
        self._answer_id = ""
        self._posts = 0
        self._status = 0
        self._media_type = ""  # of the stream that is read
        self._ending: Ending | None = None
        self._now = 0.0
        self._set_back = 0.0  # by how much the caller's clock went back
        self._opened_at = 0.0
        self._away_at = math.inf  # when the page was hidden or frozen last
        self._named_wait: float | None = None
        self._wake_at: float | None = None
        self._saved_at = 0.0
        self._is_unsaved = False
        self._bytes_at_open = 0

    @property
    def text(self) -> str:
        """The answer so far."""
        return str(self._showing.shown.text)

    @property
    def reasoning(self) -> str:
        """The model's reasoning so far."""
        return str(self._showing.shown.reasoning)

    @property
    def has_ended(self) -> bool:
        """Whether nothing changes any more, unless the person wants it."""
        return self.phase in ENDED

    @property
    def is_at_limit(self) -> bool:
        """Whether the answer is whole for the server, which had a limit to its length."""
        return self.phase is Phase.DONE and self._ending == "limit"

    @property
    def is_silent(self) -> bool:
        """Whether the server has given no sign of life for so long that it is worth saying."""
        return self._watch.has_warned and self.phase in IN_FLIGHT

    def silence(self, now: float) -> float:
        """Return for how long nothing came from the server, in milliseconds."""
        return self._watch.silence(now + self._set_back)

    @property
    def next_try_at(self) -> float | None:
        """When it tries again by itself, None if it does not wait for a time."""
        later = self._recovery.later
        is_waiting = later is not None and self.phase is Phase.WAITING
        return later.until - self._set_back if later and is_waiting else None

    @property
    def _not_before(self) -> float | None:
        """The time before which the server wants not to be asked, None if it has named none."""
        later = self._recovery.later
        return later.not_before if later and later.not_before > self._now else None

    @property
    def is_continued(self) -> bool:
        """Whether a part of the text comes from a request to go on: it may not be what was cut."""
        return self._showing.is_continued

    @property
    def may_continue(self) -> bool:
        """Whether the model can be asked to go on from the text that is there."""
        shown = self._showing.shown
        is_ours = self._plan is not None and not self.is_follower
        return self.phase is Phase.INCOMPLETE and is_ours and not shown.has_calls

    def saved(self) -> SavedTurn:
        """Give what has to outlive the page."""
        return SavedTurn(
            self._showing.text_to_keep,
            self.reasoning,
            self._posts,
            self._answer_id,
            # Where a draft stands says nothing of the text that is shown.
            START if self._showing.is_drafting else self._cursor,
            self.phase.value,
            self._showing.shown.has_calls,
            self.is_continued,
            self._asking.beginning if self._asking is not None else "",
            self._showing.cut_text,
            self._held_text if self._reading is None else self._reading.held_text,
            Times(self.started_at, self.first_text_at, self.ended_at),
            self.usage,
            self._ending,
            self.trouble,
            self._not_before,
        )

    def _show(self, deltas: list[Delta], script: Script) -> ServerError | None:
        """Show deltas up to the first error, and return that."""
        error = next((delta for delta in deltas if isinstance(delta, ServerError)), None)
        told = deltas if error is None else deltas[: deltas.index(error)]
        if self._showing.take(told, script):
            self._recovery.progressed()
            self._is_unsaved = True
        for delta in told:
            match delta:
                case Usage():
                    self.usage = delta
                case Finish(reason):
                    self.finish = reason or None
        return error

    def _begin_text(self, script: Script) -> None:
        if self.first_text_at is None:
            self.first_text_at = self._now
        if self.phase in (Phase.RESPONDED, Phase.STREAMING):
            self._move(Move.WRITE, script)

    def _open(
        self, request: Request, move: Move, script: Script, resumed_from: int | None = None
    ) -> None:
        self._opened_at = self._now
        self._bytes_at_open = self.received_bytes
        self._named_wait = None
        self._watch.opened(self._now)
        if move is Move.ASK:
            self._recovery.used = None
        self._move(move, script)
        script.add(Open(request, resumed_from))

    def _abandon(self, script: Script) -> None:
        """Let the servers end what they are still writing: nobody will read it."""
        if self._asking is not None and not self.is_follower:
            for request in self._asking.stop(self._answer_id):
                script.add(Send(request))

    def _new_reading(self, status: int, headers: Mapping[str, str], held_text: str = "") -> Reading:
        return Reading(self._dialect, status, headers, self._max_event_bytes, held_text)

    @property
    def _cursor(self) -> Cursor:
        return self._reading.cursor if self._reading is not None else self._restored

    @property
    def _address(self) -> str:
        """Method and address of the question; some servers take the access key as a parameter."""
        if self._asking is None:
            return ""
        url = self._asking.address or self._asking.request.url
        return f"{self._asking.request.method} {url.partition('?')[0]}"

    def _loss(self, cause: str) -> str:
        """Tell technically where the answer broke off, should it turn out that it did."""
        words = [cause] if cause else []
        reading = self._reading
        if reading is not None and reading.is_over:
            words.append(f"The server ended it without a finish signal ({self._address}).")
        else:
            words.append(f"The body ended after {self.received_bytes} bytes ({self._address}).")
        if reading is not None and reading.malformed is not None:
            words.append(f"Unreadable ({reading.malformed.reason}): {reading.malformed.line}")
        return "\n".join(words)

    def _note(self, words: str) -> None:
        if len(self.journal) < MOST_ENTRIES:
            self.journal.append(Entry(self._now, words))

    def _move(self, move: Move, script: Script) -> None:
        phase = NEXT[self.phase][move]
        if phase is not self.phase:
            self.phase = phase
            script.add(Changed(phase))

    def _save(self, script: Script) -> None:
        if self._posts and not self.has_ended:
            script.add(Save())
            self._is_unsaved = False
            self._saved_at = self._now

    def _conclude(self, script: Script, *, was_ended: bool) -> None:
        """Put away what has to be, and order the next tick."""
        if self.has_ended and self.ended_at is None:
            self.ended_at = self._now
            self._wake_at = None
            if self._posts:
                script.add(Save())
            if self.phase is Phase.DONE and self._asking is not None and not self.is_follower:
                for request in self._asking.forget:
                    script.add(Forget(request))
        if self.has_ended or self.phase is Phase.READY:
            return
        if was_ended or (self._is_unsaved and self._now - self._saved_at >= SAVE_MS):
            self._save(script)
        wake_at = self._next_wake()
        if self._wake_at is None or self._wake_at <= self._now or wake_at < self._wake_at:
            self._wake_at = wake_at
            script.add(Wake(wake_at - self._set_back))

    def _next_wake(self) -> float:
        later, watch = self._recovery.later, self._watch
        wake_at = self._now + watch.beat
        if self.phase is Phase.WAITING and later is not None:
            return max(later.until, self._now)
        if self.phase in IN_FLIGHT:
            wake_at = min(wake_at, max(watch.doubt_at, self._now))
            if watch.probe_until is not None:
                wake_at = min(wake_at, watch.probe_until)
        return wake_at
