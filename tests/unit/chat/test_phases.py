"""The tables are walked: every way leads where it says, everything else is refused."""

from dataclasses import dataclass
from typing import Any

import pytest

from app.chat.commands import Abort, Changed, Open, Save
from app.chat.patience import Patience, Retry, WhenCut
from app.chat.phases import ACCEPTED, ENDED, LATE, NEXT, Move, Phase
from app.chat.saved import SavedTurn
from app.chat.steps import (
    Begin,
    Chunk,
    Continue,
    Ended,
    Failed,
    PageSignal,
    Responded,
    Restore,
    Signal,
    Step,
    Stop,
    Tick,
)
from app.chat.steps import (
    Retry as TryAgain,
)
from app.chat.turn import IllegalStepError, Turn
from app.chat.ways import Policy, Way
from app.wire import DIALECTS, Request
from tests.unit.chat.streams import (
    DONE,
    EVENT_STREAM,
    FixedPlan,
    error,
    finish,
    reasoning,
    said,
    seen,
    text,
)

REMOTE = Request("POST", "https://models.example/v1/chat/completions", {}, b"{}")
REST = Request("GET", "https://models.example/v1/stream", {}, b"")
LOG = Way("the server's log", Policy.KEEP, lambda _cursor, _id: REST)
OTHER = Way("another log", Policy.KEEP, lambda _cursor, _id: REST)
HERE = Way("the page's own log", Policy.KEEP, lambda _cursor, _id: REST, is_local=True)
RESPONDED = Responded(200, EVENT_STREAM)
HI = Chunk(text("Hi"))
HM = Chunk(reasoning("Hm"))
SAME = Chunk(text("Hi") + finish())
LOST = Failed("network error")
OFFLINE = Failed("network error", is_offline=True)
FINISHED = SavedTurn("Whole", posts=1, phase="done")
UNFINISHED = SavedTurn("Half", posts=1, phase="streaming")


@dataclass(frozen=True)
class Case:
    """Steps that lead to a phase, and those that take the way from there."""

    phase: Phase
    move: Move
    there: tuple[Step, ...]
    steps: tuple[Step, ...]
    ways: tuple[Way, ...] = ()
    retries: int = 1
    when_cut: WhenCut = "ask"
    chance: float = 0.5
    protocol: str = "openai-chat"

    def plan(self) -> FixedPlan:
        return FixedPlan(REMOTE, *self.ways)

    def turn(self) -> Turn:
        patience = Patience(Retry(max_retries=self.retries), when_cut=self.when_cut)
        return Turn(DIALECTS[self.protocol], patience=patience, chance=lambda: self.chance)


def begin(*ways: Way) -> Begin:
    return Begin(FixedPlan(REMOTE, *ways))


ASKED = (begin(),)
LOGGED = (begin(LOG),)
STREAMED = (begin(LOG), RESPONDED, HI)
CUT = (begin(), RESPONDED, HI, LOST)
PART = b'data: {"type":"text-delta","delta":"a"}\n\n'
EMPTIED = Chunk(b'data: {"type":"start-step"}\n\n' + PART + b'data: {"type":"reset-step"}\n\n')
UNSAID = (begin(), RESPONDED, EMPTIED)
PARTLESS = Chunk(b'data: {"type":"error"}\n\n')
BOTH = begin(LOG, OTHER)
UNKNOWN = Responded(404, {})
BUSY = (
    *(begin(), Responded(503, {"Retry-After": "60"}), Ended()),
    Signal(PageSignal.OFFLINE),
)
GOES_ON = (begin(), RESPONDED, HI)
SOON: Any = {"retries": 2, "chance": 0.0}

CASES = (
    Case(Phase.READY, Move.ASK, (), ASKED),
    Case(Phase.READY, Move.RESUME, (), (Restore(FixedPlan(REMOTE, LOG), UNFINISHED),)),
    Case(Phase.READY, Move.COMPLETE, (), (Restore(FixedPlan(REMOTE), FINISHED),)),
    Case(Phase.READY, Move.CUT, (), (Restore(FixedPlan(REMOTE), UNFINISHED),)),
    Case(Phase.READY, Move.LOSE, (), (Restore(FixedPlan(REMOTE), SavedTurn(posts=1)),)),
    Case(Phase.READY, Move.STOP, (), (Stop(),)),
    Case(Phase.CONNECTING, Move.RESPOND, ASKED, (RESPONDED,)),
    Case(Phase.CONNECTING, Move.ASK, ASKED, (LOST,), chance=0.0),
    Case(Phase.CONNECTING, Move.RESUME, (begin(HERE),), (LOST,)),
    Case(Phase.CONNECTING, Move.WAIT, ASKED, (LOST,)),
    Case(Phase.CONNECTING, Move.PARK, ASKED, (OFFLINE,)),
    Case(Phase.CONNECTING, Move.CUT, (*CUT, TryAgain()), (LOST,)),
    Case(Phase.CONNECTING, Move.LOSE, ASKED, (LOST,), retries=0),
    Case(Phase.CONNECTING, Move.STOP, ASKED, (Stop(),)),
    Case(Phase.RESPONDED, Move.WRITE, (*ASKED, RESPONDED), (HI,)),
    Case(Phase.RESPONDED, Move.COMPLETE, (*CUT, TryAgain(), RESPONDED), (SAME, Ended())),
    Case(Phase.RESPONDED, Move.ASK, (*ASKED, RESPONDED), (Chunk(error("busy")),), chance=0.0),
    Case(Phase.RESPONDED, Move.RESUME, (*LOGGED, RESPONDED), (LOST,)),
    Case(Phase.RESPONDED, Move.WAIT, (*ASKED, RESPONDED), (LOST,)),
    Case(Phase.RESPONDED, Move.PARK, (*ASKED, RESPONDED), (OFFLINE,)),
    Case(Phase.RESPONDED, Move.CUT, (*CUT, TryAgain(), RESPONDED), (LOST,)),
    Case(Phase.RESPONDED, Move.LOSE, (*ASKED, RESPONDED), (Chunk(error("no")),), retries=0),
    Case(Phase.RESPONDED, Move.STOP, (*ASKED, RESPONDED), (Stop(),)),
    Case(Phase.STREAMING, Move.WRITE, STREAMED, (Chunk(text(" there")),)),
    Case(Phase.STREAMING, Move.COMPLETE, STREAMED, (Chunk(finish()), Ended())),
    Case(Phase.STREAMING, Move.ASK, GOES_ON, (LOST,), when_cut="continue", chance=0.0),
    Case(Phase.STREAMING, Move.RESUME, STREAMED, (LOST,)),
    Case(Phase.STREAMING, Move.WAIT, UNSAID, (PARTLESS,), protocol="ai-sdk"),
    Case(Phase.STREAMING, Move.PARK, STREAMED, (OFFLINE,)),
    Case(Phase.STREAMING, Move.CUT, (begin(), RESPONDED, HI), (LOST,)),
    Case(Phase.STREAMING, Move.LOSE, UNSAID, (LOST,), protocol="ai-sdk", retries=0),
    Case(Phase.STREAMING, Move.STOP, STREAMED, (Stop(),)),
    Case(Phase.RESUMING, Move.RESPOND, (*STREAMED, LOST), (RESPONDED,)),
    Case(Phase.RESUMING, Move.RESUME, (BOTH, RESPONDED, HI, LOST), (UNKNOWN,), **SOON),
    Case(Phase.RESUMING, Move.ASK, (*LOGGED, RESPONDED, LOST), (UNKNOWN,), **SOON),
    Case(Phase.RESUMING, Move.WAIT, (*STREAMED, LOST), (LOST,), retries=2),
    Case(Phase.RESUMING, Move.PARK, (*STREAMED, LOST), (OFFLINE,), retries=2),
    Case(Phase.RESUMING, Move.CUT, (*STREAMED, LOST), (UNKNOWN,)),
    Case(Phase.RESUMING, Move.LOSE, (*LOGGED, RESPONDED, LOST), (UNKNOWN,)),
    Case(Phase.RESUMING, Move.STOP, (*STREAMED, LOST), (Stop(),)),
    Case(Phase.WAITING, Move.ASK, (*ASKED, LOST), (TryAgain(),)),
    Case(Phase.WAITING, Move.RESUME, (*STREAMED, LOST, LOST), (TryAgain(),), retries=2),
    Case(Phase.WAITING, Move.PARK, (*ASKED, LOST), (Signal(PageSignal.OFFLINE),)),
    Case(Phase.WAITING, Move.STOP, (*ASKED, LOST), (Stop(),)),
    Case(Phase.PARKED, Move.ASK, (*ASKED, OFFLINE), (Signal(PageSignal.ONLINE),)),
    Case(Phase.PARKED, Move.RESUME, (*STREAMED, OFFLINE), (Tick(),)),
    Case(Phase.PARKED, Move.WAIT, BUSY, (Signal(PageSignal.ONLINE),)),
    Case(Phase.PARKED, Move.STOP, (*STREAMED, OFFLINE), (Stop(),)),
    Case(Phase.INCOMPLETE, Move.ASK, CUT, (Continue(),)),
    Case(Phase.INCOMPLETE, Move.RESUME, (*STREAMED, LOST, LOST), (TryAgain(),)),
    Case(Phase.FAILED, Move.ASK, (*ASKED, LOST), (TryAgain(),), retries=0),
    Case(Phase.FAILED, Move.RESUME, (*LOGGED, RESPONDED, HM, LOST, LOST), (TryAgain(),)),
)  # fmt: skip

ANY_STEP: tuple[Step, ...] = (
    begin(),
    Restore(FixedPlan(REMOTE), UNFINISHED),
    RESPONDED,
    Chunk(text("late") + error("late")),
    Ended(),
    LOST,
    Tick(),
    Signal(PageSignal.VISIBLE),
    TryAgain(),
    Continue(),
    Stop(),
)

WAYS_THERE: dict[Phase, tuple[Step, ...]] = {
    **{case.phase: case.there for case in CASES if case.retries == 1},
    Phase.DONE: (*STREAMED, Chunk(finish() + DONE)),
    Phase.STOPPED: (*ASKED, Stop()),
}


def turn_after(case: Case) -> Turn:
    turn = case.turn()
    for now, step in enumerate(case.there, start=1):
        turn.handle(step, float(now))
    return turn


def turn_in(phase: Phase) -> Turn:
    case = next((case for case in CASES if case.phase is phase), None)
    if case is not None:
        return turn_after(case)
    return turn_after(Case(phase, Move.STOP, WAYS_THERE[phase], ()))


def in_words(value: object) -> str:
    if isinstance(value, Case):
        return f"{value.phase.value}-{value.move.value}"
    return value.value if isinstance(value, Phase) else type(value).__name__


def state_of(turn: Turn) -> tuple[object, ...]:
    return (
        *(turn.phase, turn.text, turn.reasoning, turn.usage, turn.finish, turn.trouble),
        *(turn.started_at, turn.first_text_at, turn.ended_at, turn.received_bytes),
        *(turn.saved(), tuple(turn.journal), turn.next_try_at),
    )


def test_each_way_of_the_table_is_tried() -> None:
    tried = {(case.phase, case.move) for case in CASES}
    assert tried == {(phase, move) for phase, ways in NEXT.items() for move in ways}


@pytest.mark.parametrize("case", CASES, ids=in_words)
def test_each_way_leads_where_the_table_says(case: Case) -> None:
    turn = turn_after(case)
    assert turn.phase is case.phase
    *before, last = case.steps
    for step in before:
        turn.handle(step, 900.0)
    came_from = turn.phase
    commands = turn.handle(last, 900.0)
    target = NEXT[case.phase][case.move]
    assert turn.phase is target
    changes = [command for command in commands if isinstance(command, Changed)]
    assert changes[-1:] == ([Changed(target)] if target is not came_from else [])
    requests = sum(isinstance(command, Open) for command in commands)
    assert requests == (case.move in (Move.ASK, Move.RESUME))


@pytest.mark.parametrize(
    ("phase", "step"),
    [(phase, step) for phase in Phase for step in ANY_STEP if type(step) not in ACCEPTED[phase]],
    ids=in_words,
)
def test_a_step_out_of_place_raises_and_changes_nothing(phase: Phase, step: Step) -> None:
    turn = turn_in(phase)
    before = state_of(turn)
    with pytest.raises(IllegalStepError, match=f"{type(step).__name__} .* {phase.value}"):
        turn.handle(step, 2.0)
    assert state_of(turn) == before


@pytest.mark.parametrize(
    ("phase", "step"),
    [(phase, step) for phase in Phase if phase in ENDED for step in ANY_STEP if type(step) in LATE],
    ids=in_words,
)
def test_what_comes_after_the_end_is_ignored(phase: Phase, step: Step) -> None:
    turn = turn_in(phase)
    before = state_of(turn)
    assert turn.handle(step, 2.0) == []
    assert state_of(turn) == before


def test_the_ended_phases_are_four() -> None:
    assert {Phase.DONE, Phase.STOPPED, Phase.INCOMPLETE, Phase.FAILED} == ENDED


@pytest.mark.parametrize(
    "phase", [Phase.CONNECTING, Phase.RESPONDED, Phase.STREAMING, Phase.RESUMING]
)
def test_a_stop_closes_the_connection_at_once(phase: Phase) -> None:
    commands = turn_in(phase).handle(Stop(), 20.0)
    assert commands == [Abort(), Changed(Phase.STOPPED), Save()]


@pytest.mark.parametrize("phase", [Phase.WAITING, Phase.PARKED])
def test_a_stop_while_nothing_is_open_closes_nothing(phase: Phase) -> None:
    assert seen(turn_in(phase).handle(Stop(), 20.0)) == [Changed(Phase.STOPPED)]


def test_a_stop_before_the_beginning_leads_to_no_request() -> None:
    turn = turn_in(Phase.READY)
    assert turn.handle(Stop(), 1.0) == [Changed(Phase.STOPPED)]
    with pytest.raises(IllegalStepError):
        turn.handle(begin(), 2.0)


def test_a_stopped_turn_has_no_trouble_and_keeps_its_text() -> None:
    turn = turn_in(Phase.STREAMING)
    said(turn, Stop(), 900.0)
    assert (turn.text, turn.trouble, turn.ended_at) == ("Hi", None, 900.0)
