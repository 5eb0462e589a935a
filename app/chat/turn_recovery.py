"""What becomes of an answer that was cut: read on, asked again, or given up with the truth."""

import math
from dataclasses import replace
from typing import Literal

from app.chat import trouble as troubles
from app.chat.commands import Abort, Script
from app.chat.phases import Move, Phase
from app.chat.recovery import says_not_now
from app.chat.seam import beginning_of
from app.chat.steps import Failed
from app.chat.trouble import Trouble
from app.chat.turn_state import TurnState
from app.chat.ways import START, Asking, Policy, Way
from app.wire import Request


class RecoveringTurn(TurnState):
    """A turn that knows what to do when something breaks."""

    def _fail_to_connect(self, failure: Failed, script: Script) -> None:
        recovery = self._recovery
        took = self._now - self._opened_at
        recovery.failed_after(took, is_offline=failure.is_offline)
        self._note(f"no connection ({failure.cause})")
        trouble = troubles.unreachable(
            failure.cause, self._address, failure.is_offline, is_blocked=recovery.is_blocked
        )
        if self.phase is Phase.RESUMING:
            self._go_on(self.trouble or trouble, script, is_offline=failure.is_offline)
        elif recovery.way is not None and recovery.way.is_local:
            # The request may have gone out although its answer did not come back.
            self._go_on(trouble, script, is_offline=failure.is_offline)
        else:
            self._give_up_or_ask(trouble, script, may_ask=True, is_offline=failure.is_offline)

    def _go_on(
        self, trouble: Trouble, script: Script, *, may_ask: bool = True, is_offline: bool = False
    ) -> None:
        """Read on if there is a way; else ask again or give up."""
        self._strike_out()
        if self._recovery.way is None:
            self._give_up_or_ask(trouble, script, may_ask=may_ask, is_offline=is_offline)
        elif self._recovery.way.is_local and self._recovery.used is not self._recovery.way:
            # Nothing is lost by looking there first, and no network is needed for it.
            self.trouble = trouble
            self._resume(script)
        elif self._recovery.schedule("resume", self._now):
            self.trouble = trouble
            self._wait(script, is_offline=is_offline)
        else:
            self._give_up(trouble, script)

    def _give_up_or_ask(
        self,
        trouble: Trouble,
        script: Script,
        *,
        may_ask: bool,
        named: float | None = None,
        is_offline: bool = False,
    ) -> None:
        """Ask again by itself if nothing was shown, and what failed may succeed; else give up."""
        is_unseen = self._showing.shown.is_empty and not self._showing.is_drafting
        may_ask = may_ask and is_unseen and not self.is_follower
        if self._restored_wait is not None:
            # What a server wanted before the page was closed, it wants still.
            named = max(named or 0.0, self._restored_wait - self._now)
        if may_ask and self._recovery.schedule("ask", self._now, named):
            self.trouble = trouble
            self._wait(script, is_offline=is_offline)
        else:
            self._give_up(trouble, script, named, is_offline=is_offline)

    def _give_up(
        self,
        trouble: Trouble,
        script: Script,
        named: float | None = None,
        *,
        is_offline: bool = False,
    ) -> None:
        """Keep what is shown, and do what was chosen in advance; else tell the person."""
        self._showing.give_up(script)
        self.trouble = trouble
        what = self._chosen_in_advance(trouble)
        if what is not None and self._recovery.schedule(what, self._now, named):
            self._wait(script, is_offline=is_offline)
            return
        self._move(Move.CUT if self._showing.has_text else Move.LOSE, script)

    def _chosen_in_advance(self, trouble: Trouble) -> Literal["ask", "go-on"] | None:
        """Tell what the settings have chosen for an answer that cannot be read on."""
        when_cut, shown = self._patience.when_cut, self._showing.shown
        if when_cut == "ask" or not trouble.retryable or shown.is_empty or self.is_follower:
            return None
        if self._posts > self._patience.retry.max_retries or self.phase is Phase.READY:
            return None
        if when_cut == "restart":
            return "ask"
        return "go-on" if beginning_of(self.text) and not shown.has_calls else None

    def _ask(self, asking: Asking, script: Script) -> None:
        """Ask a model: for a new answer, or to go on."""
        self._abandon(script)
        self._asking = asking
        self._posts += 1
        self._reading = None
        self._answer_id = ""
        self._restored, self._held_text = START, ""
        self._recovery.begin(asking)
        self._is_unsaved, self._saved_at = True, -math.inf
        self._showing.begin_stream(asking.beginning, anew=True)
        self._open(asking.request, Move.ASK, script)
        # Its body holds the whole conversation, in each of its turns again.
        self._asking = replace(asking, request=replace(asking.request, body=b""))

    def _ask_again(self, beginning: str, script: Script) -> bool:
        """Ask the model once more: to go on from a beginning, or for a new answer.

        Returns:
            Whether it is asked: not where that makes no sense, and not by who only looks on.
        """
        if self.is_follower:
            return False
        assert self._plan is not None, "the callers look"
        plan, number = self._plan, self._posts
        asking = plan.go_on(number, beginning) if beginning else plan.ask(number)
        if asking is not None:
            self._ask(asking, script)
        return asking is not None

    def _wait(self, script: Script, *, is_offline: bool) -> None:
        """Wait for the time of the next try, or for a network."""
        later = self._recovery.later
        assert later is not None, "schedule() has set it"
        if is_offline and self._needs_network:
            self._recovery.backoff.failures -= 1  # nothing was tried
            self._move(Move.PARK, script)
        elif later.until <= self._now:
            self._try(script)
        else:
            self._note(f"waits {(later.until - self._now) / 1000:.1f} s")
            self._move(Move.WAIT, script)

    @property
    def _needs_network(self) -> bool:
        """Whether what waits goes to another device."""
        later, way = self._recovery.later, self._recovery.way
        is_local = later is not None and later.what == "resume" and way is not None and way.is_local
        return not is_local and not troubles.is_on_this_device(self._address)

    def _unpark(self, script: Script) -> None:
        """Try what waited for a network, but not before the server wants to be asked."""
        later = self._recovery.later
        if later is None or later.not_before <= self._now:
            self._try(script)
        else:
            self._recovery.later = replace(later, until=later.not_before)
            self._move(Move.WAIT, script)

    def _try(self, script: Script) -> None:
        """Carry out what waited."""
        later = self._recovery.later
        assert later is not None, "only what was scheduled waits"
        self._recovery.later = None
        if later.what == "resume":
            self._resume(script)
        elif later.what == "go-on" and self._ask_again(beginning_of(self.text), script):
            return
        else:
            assert self._plan is not None, "it asked before"
            self._ask(self._plan.ask(self._posts), script)

    def _resume(self, script: Script) -> None:
        """Ask for what follows the cursor, in the best way that is left."""
        way = self._recovery.way
        request = self._request_by(way) if way else None
        assert way is not None, "the callers look"
        assert request is not None, "_strike_out() leaves no other"
        self._recovery.take(way)
        is_anew = self._reading is None or way.policy is Policy.REPLAY
        start = 0 if is_anew else self._cursor.received_bytes
        self._open(request, Move.RESUME, script, resumed_from=start)

    def _request_by(self, way: Way) -> Request | None:
        # A page that knows nothing of the decoder's state has to begin at the first byte.
        is_lost = self._reading is None and way.policy is Policy.KEEP
        return way.request(START if is_lost else self._cursor, self._answer_id)

    def _strike_out(self) -> None:
        """Strike out the ways that this answer cannot be had by."""
        while (way := self._recovery.way) and self._request_by(way) is None:
            self._recovery.exhaust(way)

    def _resume_refused(self, status: int, named: float | None, script: Script) -> None:
        trouble = self.trouble or troubles.cut_off(troubles.Loss(""), self._showing.has_text)
        if not says_not_now(status):
            self._recovery.exhaust(self._recovery.used)
            self._go_on(trouble, script)
        elif self._recovery.schedule("resume", self._now, named or 0.0):
            self._wait(script, is_offline=False)
        else:
            self._give_up(trouble, script)

    def _look_for_life(self, script: Script) -> None:
        watch, now = self._watch, self._now
        is_late = self._wake_at is not None and now - self._wake_at > 2 * watch.beat
        if is_late:
            self._note(f"the device slept for {(now - watch.heard_at) / 1000:.0f} s")
            watch.slept(now)
        elif watch.probe_until is not None and now >= watch.probe_until:
            watch.probe_until = None
            self._doubt(script, was_away=True)
        elif now >= watch.doubt_at:
            self._doubt(script, was_away=False)

    def _doubt(self, script: Script, *, was_away: bool) -> None:
        """Read on elsewhere, warn or give up: the connection has been silent for too long."""
        recovery, watch = self._recovery, self._watch
        may_resume = self.phase is not Phase.RESUMING
        if may_resume and recovery.stalled is not None and recovery.stalled is recovery.way:
            # It was silent there as well.
            recovery.exhaust(recovery.stalled)
        self._strike_out()
        if recovery.way is not None and may_resume:
            recovery.stalled = recovery.way
            self._note(f"silent for {watch.silence(self._now) / 1000:.0f} s")
            script.add(Abort())
            self._resume(script)
            if recovery.stalled.is_local and not was_away:
                watch.goes_on()
        elif was_away:
            return  # there is nothing to go on with: the connection may live yet
        elif watch.is_sure or watch.silence(self._now) >= 2 * watch.limit:
            self._take_for_lost("No sign of life came any more.", script)
        elif not watch.has_warned:
            watch.has_warned = True

    def _take_for_lost(self, cause: str, script: Script) -> None:
        """Close a connection that is taken for dead."""
        script.add(Abort())
        self._note(f"taken for lost: {cause}")
        failure = Failed(cause)
        if self.phase is Phase.RESUMING:
            if self._recovery.used is not None and self._recovery.used.is_local:
                # It answers at once if it has anything (in Firefox: only if it has).
                self._recovery.exhaust(self._recovery.used)
            self._fail_to_connect(failure, script)
            return
        # Where no byte came a model may be at work, and need its time: asked again, it would need
        # it again.
        trouble = troubles.cut_off(troubles.Loss(self._loss(cause)), self._showing.has_text)
        self._go_on(trouble, script, may_ask=self._watch.has_begun)
