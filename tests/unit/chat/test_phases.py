"""The tables are walked: every way leads where it says, everything else is refused."""

import pytest

from app.chat.phases import ACCEPTED, ENDED, LATE, NEXT, Move, Phase
from app.chat.turn import (
    Abort,
    Begin,
    Changed,
    Chunk,
    Ended,
    Failed,
    IllegalStepError,
    Responded,
    Step,
    Stop,
    Turn,
)
from tests.unit.chat.streams import (
    DONE,
    EVENT_STREAM,
    REQUEST,
    error,
    finish,
    new_turn,
    opened,
    text,
)

WAYS_THERE: dict[Phase, list[Step]] = {
    Phase.READY: [],
    Phase.CONNECTING: [Begin(REQUEST)],
    Phase.RESPONDED: [Begin(REQUEST), Responded(200, EVENT_STREAM)],
    Phase.STREAMING: [Begin(REQUEST), Responded(200, EVENT_STREAM), Chunk(text("Hi"))],
    Phase.DONE: [
        Begin(REQUEST),
        Responded(200, EVENT_STREAM),
        Chunk(text("Hi") + finish() + DONE),
        Ended(),
    ],
    Phase.STOPPED: [Begin(REQUEST), Stop()],
    Phase.INCOMPLETE: [
        Begin(REQUEST),
        Responded(200, EVENT_STREAM),
        Chunk(text("Hi")),
        Failed("network error"),
    ],
    Phase.FAILED: [Begin(REQUEST), Failed("Failed to fetch")],
}

# For each way of the table, steps that take it.
STEPS_OF: dict[tuple[Phase, Move], list[Step]] = {
    (Phase.READY, Move.BEGIN): [Begin(REQUEST)],
    (Phase.READY, Move.STOP): [Stop()],
    (Phase.CONNECTING, Move.RESPOND): [Responded(200, EVENT_STREAM)],
    (Phase.CONNECTING, Move.LOSE): [Failed("Failed to fetch")],
    (Phase.CONNECTING, Move.STOP): [Stop()],
    (Phase.RESPONDED, Move.WRITE): [Chunk(text("Hi"))],
    (Phase.RESPONDED, Move.LOSE): [Chunk(error("out of memory"))],
    (Phase.RESPONDED, Move.STOP): [Stop()],
    (Phase.STREAMING, Move.WRITE): [Chunk(text(" there"))],
    (Phase.STREAMING, Move.COMPLETE): [Chunk(finish()), Ended()],
    (Phase.STREAMING, Move.LOSE): [Ended()],
    (Phase.STREAMING, Move.STOP): [Stop()],
}

ANY_STEP: list[Step] = [
    Begin(REQUEST),
    Responded(200, EVENT_STREAM),
    Chunk(text("late") + error("late")),
    Ended(),
    Failed("late"),
    Stop(),
]


def in_words(value: object) -> str:
    return value.value if isinstance(value, Phase) else type(value).__name__


def turn_in(phase: Phase) -> Turn:
    turn = new_turn()
    for step in WAYS_THERE[phase]:
        turn.handle(step, 1.0)
    return turn


def state_of(turn: Turn) -> tuple[object, ...]:
    return (
        turn.phase,
        turn.text,
        turn.reasoning,
        turn.usage,
        turn.finish,
        turn.trouble,
        turn.started_at,
        turn.first_text_at,
        turn.ended_at,
        turn.received_bytes,
    )


@pytest.mark.parametrize("phase", Phase)
def test_each_phase_can_be_reached(phase: Phase) -> None:
    assert turn_in(phase).phase is phase


def test_each_way_of_the_table_is_tried() -> None:
    assert set(STEPS_OF) == {(phase, move) for phase, ways in NEXT.items() for move in ways}


@pytest.mark.parametrize(("phase", "move"), STEPS_OF)
def test_each_way_leads_where_the_table_says(phase: Phase, move: Move) -> None:
    turn = turn_in(phase)
    commands = [command for step in STEPS_OF[phase, move] for command in turn.handle(step, 2.0)]
    target = NEXT[phase][move]
    assert turn.phase is target
    assert [command for command in commands if isinstance(command, Changed)] == (
        [Changed(target)] if target is not phase else []
    )


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


@pytest.mark.parametrize("phase", [Phase.CONNECTING, Phase.RESPONDED, Phase.STREAMING])
def test_a_stop_closes_the_connection_at_once(phase: Phase) -> None:
    assert turn_in(phase).handle(Stop(), 2.0) == [Abort(), Changed(Phase.STOPPED)]


def test_a_stop_before_the_beginning_leads_to_no_request() -> None:
    turn = new_turn()
    assert turn.handle(Stop(), 1.0) == [Changed(Phase.STOPPED)]
    with pytest.raises(IllegalStepError):
        turn.handle(Begin(REQUEST), 2.0)


def test_a_stopped_turn_has_no_trouble_and_keeps_its_text() -> None:
    turn = opened(text("Half an ans"))
    turn.handle(Stop(), 900.0)
    assert (turn.text, turn.trouble, turn.ended_at) == ("Half an ans", None, 900.0)
