"""One answer, from the question to its end, through everything that may befall it.

Goals: text only grows, or gives way as a whole; one request at most is in flight, and none after a
stop; no second request to a model once something was shown, unless the person wants it; each end
has its phase, and each bad end the words for it.
Plan: what a step may be in a phase, and where it leads, stands in the tables of `phases`; what a
stream says is read by `Reading`; what of it is on the screen knows `Showing`, which way leads on
after a cut `Recovery`, and what silence means `Watch`.
Weak: a server whose protocol has no mark that nothing follows (Gemini), and which keeps the
connection open after its finish signal, keeps the turn open too.
"""

from collections.abc import Mapping
from dataclasses import replace

from app.chat import trouble as troubles
from app.chat.commands import Abort, Changed, Command, Release, Script
from app.chat.phases import ACCEPTED, IN_FLIGHT, Move, Phase
from app.chat.recovery import says_not_now, words_for
from app.chat.saved import SavedTurn
from app.chat.seam import beginning_of
from app.chat.steps import (
    Begin,
    Chunk,
    Continue,
    Ended,
    Failed,
    PageSignal,
    Plan,
    Responded,
    Restore,
    Retry,
    Signal,
    Step,
    Stop,
    Tick,
)
from app.chat.turn_recovery import RecoveringTurn
from app.chat.watch import BEAT_MS, HIDDEN_BEAT_MS
from app.chat.ways import START, Policy, Way
from app.wire import ServerError
from app.wire.retry_hint import header_wait

# How a turn that had ended comes to its phase again.
_RESTORED: Mapping[str, Move] = {
    Phase.DONE.value: Move.COMPLETE,
    Phase.STOPPED.value: Move.STOP,
    Phase.INCOMPLETE.value: Move.CUT,
    Phase.FAILED.value: Move.LOSE,
}


class IllegalStepError(Exception):
    """A step that cannot come in the turn's phase: a mistake of the caller. Nothing changed."""


class Turn(RecoveringTurn):
    """One answer: steps in, commands out."""

    def handle(self, step: Step, now: float) -> list[Command]:
        """Take a step and tell what is to be done, in order.

        Args:
            step: what happened.
            now: the time, in milliseconds since 1970.

        Raises:
            IllegalStepError: the step cannot come in this phase; nothing has changed.
        """
        if type(step) not in ACCEPTED[self.phase]:
            name = type(step).__name__
            raise IllegalStepError(f"{name} cannot come while the turn is {self.phase.value}.")
        script = Script()
        # A clock that is set back must not make what waits wait longer.
        self._set_back = max(self._set_back, self._now - now)
        self._now = now + self._set_back
        if not self.has_ended or isinstance(step, Retry | Continue):
            was_ended = self.has_ended
            self._take(step, script)
            if isinstance(step, Tick):
                self._wake_at = None  # it may have come early: timers drop fractions
            self._conclude(script, was_ended=was_ended)
        return script.commands()

    def _take(self, step: Step, script: Script) -> None:
        match step:
            case Begin(plan):
                self.started_at = self._now
                self._plan = plan
                self._ask(plan.ask(0), script)
            case Restore(plan, saved, follows):
                self.is_follower = follows
                self._restore(plan, saved, script)
            case Tick(is_offline):
                self._tick(script, is_offline=is_offline)
            case Signal(kind):
                self._hear(kind, script)
            case Retry() | Continue() | Stop():
                self._obey(step, script)
            case _:
                self._take_from_network(step, script)

    def _take_from_network(self, step: Responded | Chunk | Ended | Failed, script: Script) -> None:
        match step:
            case Responded(status, headers):
                self._respond(status, headers, script)
            case Chunk(data):
                self._receive(data, script)
            case Ended():
                self._end_of_body(None, script)
            case Failed():
                self._end_of_body(step, script)

    def _obey(self, word: Retry | Continue | Stop, script: Script) -> None:
        match word:
            case Retry():
                self._retry(script)
            case Continue():
                self._continue(script)
            case Stop():
                self._stop(script)

    def _restore(self, plan: Plan, saved: SavedTurn, script: Script) -> None:
        self._plan = plan
        self.started_at = saved.times.started_at or self._now
        self.first_text_at = saved.times.first_text_at
        if not saved.posts and not self.is_follower:
            self._ask(plan.ask(0), script)
            return
        self._posts = saved.posts
        self._answer_id = saved.answer_id
        self._restored = saved.cursor
        self._held_text = saved.held_text
        if saved.phase in _RESTORED:
            self._restore_end(saved, script)
            return
        number = max(saved.posts - 1, 0)
        went_on = plan.go_on(number, saved.beginning) if saved.beginning else None
        asking = went_on or plan.ask(number)
        self._asking = replace(asking, request=replace(asking.request, body=b""))
        self._recovery.begin(self._asking)
        # Without a phase of its own: what is shown was written before.
        shown = self._showing
        shown.restore(saved if went_on is not None else replace(saved, beginning=""), script)
        self._note("the page was opened again")
        self._restored_wait = saved.not_before
        loss = troubles.Loss("The page was closed while the answer was being written.")
        self._go_on(troubles.cut_off(loss, shown.has_text), script, may_ask=False)

    def _restore_end(self, saved: SavedTurn, script: Script) -> None:
        """Come to the end that it had; nothing is asked for, so no request is made either."""
        shown = self._showing
        shown.restore(replace(saved, beginning=""), script)
        if saved.phase in (Phase.INCOMPLETE.value, Phase.FAILED.value):
            usual = troubles.cut_off(troubles.Loss(""), shown.has_text)
            self.trouble = saved.trouble or usual
        self.ended_at = saved.times.ended_at
        self.usage = saved.usage
        self._ending = saved.ending
        self._move(_RESTORED[saved.phase], script)

    def _respond(self, status: int, headers: Mapping[str, str], script: Script) -> None:
        way = self._recovery.used
        if way is None:
            self._named_wait = header_wait(headers, self._now)
            self._status = status
            self._media_type = _media_type(headers)
            self._reading = self._new_reading(status, headers)
            self._move(Move.RESPOND, script)
            return
        names = {name.lower(): value for name, value in headers.items()}
        kind = _media_type(headers)
        if status not in (200, 206) or not self._may_follow(kind, way):
            script.add(Abort())
            words = "has no time now" if says_not_now(status) else "has no more of it"
            found = kind if status == 200 else ""
            self._note(f"{way.name} {words} ({found or f'status {status}'})")
            self._resume_refused(status, header_wait(headers, self._now), script)
            return
        if self._reading is None or way.policy is Policy.REPLAY:
            kept = names.get("x-keeper-status", "")
            self._status = int(kept) if kept.isascii() and kept.isdigit() else status
            replays = way.policy is not Policy.RESET or self._cursor == START
            held = "" if replays else self._held_text
            self._media_type = kind
            self._reading = self._new_reading(self._status, headers, held)
            # Played again is what was asked last, which may have been to go on.
            beginning = self._asking.beginning if replays and self._asking else ""
            self._showing.begin_stream(beginning, anew=replays)
        elif way.policy is Policy.RESET:
            self._reading.read_on(headers)
        self.resumed_at = self.received_bytes if way.policy is Policy.KEEP else None
        self._note(words_for(way, self._reading.cursor.received_bytes))
        self._move(Move.RESPOND, script)

    def _may_follow(self, kind: str, way: Way) -> bool:
        """Tell whether a body of this media type may be what follows, by this way."""
        if "html" in kind:
            return False
        # Bytes that go on in mid-event are not looked at again: an error's JSON would be taken
        # for some of them, and the cursor would run ahead of the log.
        goes_on = way.policy is Policy.KEEP and self._reading is not None
        return not goes_on or kind in ("", self._media_type, "text/event-stream")

    def _receive(self, data: bytes, script: Script) -> None:
        assert self._reading is not None, "ACCEPTED lets a chunk in only after Responded"
        self.received_bytes += len(data)
        deltas = self._reading.feed(data)
        self._watch.heard(data, self._now, says_nothing=not deltas)
        error = self._show(deltas, script)
        self._answer_id = self._reading.answer_id or self._answer_id
        if error is not None:
            # A server that reports a failure may keep the connection open after it.
            script.add(Abort())
            self._fail(error, script)
        elif self._reading.has_gap and self._patience.when_cut == "restart":
            # There is no use in reading on what will be asked for anew.
            self._note("a piece could not be read")
            script.add(Abort())
            self._recovery.exhaust_all()
            trouble = troubles.unreadable(self._loss(""), self._showing.has_text)
            self._give_up_or_ask(trouble, script, may_ask=True)
        elif self._reading.is_over:
            # Nothing follows, but some servers keep the connection open all the same.
            script.add(Release())
            self._close(None, script)

    def _end_of_body(self, failure: Failed | None, script: Script) -> None:
        reading = self._reading
        if self.phase in (Phase.CONNECTING, Phase.RESUMING):
            assert failure is not None, "ACCEPTED lets no end in before Responded"
            self._fail_to_connect(failure, script)
        elif reading is not None and reading.may_go_on(is_cut=failure is not None):
            if failure is None and self.received_bytes == self._bytes_at_open:
                # It ended in good order and gave nothing: that way leads nowhere.
                self._recovery.exhaust(self._recovery.used)
            cause = failure.cause if failure else ""
            offline = failure is not None and failure.is_offline
            loss = troubles.Loss(self._loss(cause), is_offline=offline)
            self._note(f"cut after {self.received_bytes:,} bytes{f' ({cause})' if cause else ''}")
            trouble = troubles.cut_off(loss, self._showing.has_text)
            self._go_on(trouble, script, is_offline=offline)
        else:
            self._close(failure, script)

    def _close(self, failure: Failed | None, script: Script) -> None:
        """Take the end of the body for the end of the answer, well or not."""
        reading = self._reading
        assert reading is not None, "the callers look"
        is_draft = self._showing.is_drafting
        answer, rest = reading.close(is_cut=failure is not None)
        self._recovery.exhaust_all()
        self._show(rest, script)
        offline = failure is not None and failure.is_offline
        loss = troubles.Loss(self._loss(failure.cause if failure else ""), offline, reading.is_over)
        has_text = bool(answer.text or answer.refusal)
        has_text = has_text or (self._showing.has_text and not is_draft)
        trouble = troubles.trouble_of(answer, self._status, has_text, loss)
        if trouble is None and reading.has_gap:
            trouble = troubles.unreadable(loss.cause, self._showing.has_text)
        self.usage, self.finish, self._ending = answer.usage, answer.finish, answer.ending
        if trouble is None:
            self._showing.finish(script)
            self.trouble = None
            self._move(Move.COMPLETE, script)
            return
        hint = answer.error.retry_after if answer.error is not None else None
        named = max((wait for wait in (self._named_wait, hint) if wait is not None), default=None)
        may_ask = answer.outcome != "complete" and trouble.retryable
        self._give_up_or_ask(trouble, script, may_ask=may_ask, named=named, is_offline=offline)

    def _fail(self, error: ServerError, script: Script) -> None:
        """Take a failure that the server reports inside its answer."""
        self._recovery.exhaust_all()
        trouble = troubles.server_error(error, self._showing.has_text)
        self._note(f"the server reported an error: {error.message}")
        self._give_up_or_ask(trouble, script, may_ask=error.retryable, named=error.retry_after)

    def _tick(self, script: Script, *, is_offline: bool) -> None:
        later = self._recovery.later
        if self.phase is Phase.WAITING and later is not None:
            if self._now >= later.until:
                self._try(script)
        elif self.phase is Phase.PARKED:
            if not is_offline:
                self._note("the device has a network again")
                self._unpark(script)
        elif self.phase in IN_FLIGHT:
            self._look_for_life(script)

    def _hear(self, kind: PageSignal, script: Script) -> None:
        """Take note of what happens to the page."""
        match kind:
            case PageSignal.HIDDEN:
                self._watch.beat = HIDDEN_BEAT_MS
                self._leave(script)
            case PageSignal.FROZEN:
                self._leave(script)
            case PageSignal.OFFLINE:
                if self.phase is Phase.WAITING and self._needs_network:
                    self._move(Move.PARK, script)
            case PageSignal.RESTORED:
                self._watch.beat = BEAT_MS
                if self.phase in IN_FLIGHT and not self._opened_at > self._away_at:
                    # Browsers close the connections of a page that they put aside. One that was
                    # opened since then (by another signal of the same return) is alive.
                    script.add(Abort())
                    self._end_of_body(Failed("The page was put aside by the browser."), script)
            case PageSignal.ONLINE | PageSignal.VISIBLE | PageSignal.RESUMED:
                self._return(kind, script)

    def _leave(self, script: Script) -> None:
        self._away_at = self._now
        self._save(script)

    def _return(self, kind: PageSignal, script: Script) -> None:
        """Try at once what waited, and doubt a connection that was silent."""
        if kind is not PageSignal.ONLINE:
            self._watch.beat = BEAT_MS
        later = self._recovery.later
        if self.phase is Phase.PARKED and kind is PageSignal.ONLINE:
            self._unpark(script)
        elif self.phase is Phase.WAITING and later is not None:
            if self._now >= later.not_before:
                self._try(script)
        elif self.phase in IN_FLIGHT and self._watch.is_doubtful(self._now) and self._may_doubt:
            self._watch.probe(self._now)

    @property
    def _may_doubt(self) -> bool:
        """Whether a look elsewhere is harmless: a question's first byte may take its time."""
        way = self._recovery.way
        return self.phase is not Phase.CONNECTING or (way is not None and way.is_local)

    def _retry(self, script: Script) -> None:
        """Do now what the person wants done: what waits, or the next best after a bad end."""
        self._note("the person wants it tried")
        recovery = self._recovery
        if self.phase in (Phase.WAITING, Phase.PARKED):
            self._try(script)
            return
        recovery.backoff.reset()
        self.ended_at = None
        self._strike_out()
        if recovery.way is not None:
            self._resume(script)
        else:
            self._ask_anew(script)

    def _continue(self, script: Script) -> None:
        self._note("the person wants it continued")
        self._recovery.backoff.reset()
        self.ended_at = None
        # Half a call is nothing to go on from.
        beginning = "" if self._showing.shown.has_calls else beginning_of(self.text)
        if not self._ask_again(beginning, script):
            self._ask_anew(script)

    def _ask_anew(self, script: Script) -> None:
        if not self._ask_again("", script):
            script.add(Changed(self.phase))  # the same end again: who looks on asks no model

    def _stop(self, script: Script) -> None:
        if self.phase in IN_FLIGHT:
            script.add(Abort())
        self._showing.give_up(script)
        self._abandon(script)
        self._move(Move.STOP, script)


def _media_type(headers: Mapping[str, str]) -> str:
    known = {name.lower(): value for name, value in headers.items()}
    return known.get("content-type", "").partition(";")[0].strip().lower()
