"""Whatever comes in whatever order, a turn keeps its promises."""

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.chat.phases import ACCEPTED, ENDED
from app.chat.turn import (
    Abort,
    Begin,
    Changed,
    Chunk,
    Command,
    Ended,
    Failed,
    IllegalStepError,
    Open,
    Phase,
    Responded,
    Step,
    Stop,
    Think,
    Turn,
    Write,
)
from tests.unit.chat.streams import (
    DONE,
    EVENT_STREAM,
    REQUEST,
    error,
    finish,
    new_turn,
    reasoning,
    refusal,
    text,
    thought,
    usage,
    written,
)

words = st.text(min_size=1, max_size=8)
events = st.one_of(
    words.map(text),
    words.map(reasoning),
    words.map(refusal),
    st.sampled_from(["stop", "length", "content_filter"]).map(finish),
    words.map(error),
    st.builds(usage, st.integers(0, 99), st.integers(0, 99)),
    st.sampled_from([DONE, b": ping\n\n", b"data: {oops\n\n", b"", b"data: ", b"<p>", b"{"]),
    st.binary(max_size=8),
)
streams = st.lists(events, max_size=6).map(b"".join)


class TurnMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.turn = new_turn()
        self.now = 0.0
        self.commands: list[Command] = []
        self.text_before = ""
        self.was_stopped = False

    def tell(self, step: Step) -> None:
        self.now += 1
        phase = self.turn.phase
        try:
            commands = self.turn.handle(step, self.now)
        except IllegalStepError:
            assert type(step) not in ACCEPTED[phase]
            assert self.turn.phase is phase
            return
        assert type(step) in ACCEPTED[phase]
        if phase in ENDED:
            assert commands == []
        self.commands += commands

    @rule()
    def begin(self) -> None:
        self.tell(Begin(REQUEST))

    @rule(status=st.sampled_from([200, 200, 200, 204, 301, 404, 500]))
    def respond(self, status: int) -> None:
        self.tell(Responded(status, EVENT_STREAM))

    @rule(data=streams)
    def receive(self, data: bytes) -> None:
        self.tell(Chunk(data))

    @rule()
    def end(self) -> None:
        self.tell(Ended())

    @rule(cause=words)
    def fail(self, cause: str) -> None:
        self.tell(Failed(cause))

    @rule()
    def stop(self) -> None:
        had_ended = self.turn.has_ended
        self.tell(Stop())
        self.was_stopped = self.was_stopped or not had_ended

    @invariant()
    def text_only_grows(self) -> None:
        assert self.turn.text.startswith(self.text_before)
        self.text_before = self.turn.text

    @invariant()
    def what_is_written_is_the_text(self) -> None:
        assert written(self.commands) == self.turn.text
        assert thought(self.commands) == self.turn.reasoning

    @invariant()
    def nothing_is_written_after_a_stop(self) -> None:
        if self.was_stopped:
            assert self.turn.phase is Phase.STOPPED
            assert self.commands[-1] == Changed(Phase.STOPPED)

    @invariant()
    def there_is_one_request_at_most(self) -> None:
        assert sum(isinstance(command, Open) for command in self.commands) <= 1
        assert sum(isinstance(command, Abort) for command in self.commands) <= 1

    @invariant()
    def the_phase_tells_whether_there_is_text(self) -> None:
        has_text = bool(self.turn.text)
        if self.turn.phase in {Phase.INCOMPLETE, Phase.DONE, Phase.STREAMING}:
            assert has_text
        if self.turn.phase in {Phase.READY, Phase.CONNECTING, Phase.RESPONDED, Phase.FAILED}:
            assert not has_text

    @invariant()
    def a_bad_end_has_its_words(self) -> None:
        ended_badly = self.turn.phase in {Phase.INCOMPLETE, Phase.FAILED}
        assert (self.turn.trouble is not None) == ended_badly

    @invariant()
    def the_end_has_its_time(self) -> None:
        assert (self.turn.ended_at is not None) == self.turn.has_ended
        assert (self.turn.first_text_at is not None) == bool(self.turn.text)

    @invariant()
    def each_phase_is_announced(self) -> None:
        phases = [command.phase for command in self.commands if isinstance(command, Changed)]
        assert ([Phase.READY, *phases])[-1] is self.turn.phase
        assert len(phases) == len(set(phases))


TurnMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
TestTurn = TurnMachine.TestCase


def answered(chunks: list[bytes], end: Step) -> tuple[Turn, list[Command]]:
    turn = new_turn()
    steps: list[Step] = [Begin(REQUEST), Responded(200, EVENT_STREAM), *map(Chunk, chunks), end]
    return turn, [command for step in steps for command in turn.handle(step, 1.0)]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = [*sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]


@given(
    data=streams,
    places=st.lists(st.integers(0, 10_000), max_size=12),
    end=st.sampled_from([Ended(), Failed("network error")]),
)
@settings(deadline=None)
def test_cutting_changes_nothing(data: bytes, places: list[int], end: Step) -> None:
    whole, whole_commands = answered([data], end)
    pieces, pieces_commands = answered(cut(data, places), end)
    assert pieces.phase is whole.phase
    assert (pieces.text, pieces.reasoning) == (whole.text, whole.reasoning)
    assert (pieces.usage, pieces.finish) == (whole.usage, whole.finish)
    assert pieces.trouble == whole.trouble
    assert joined(pieces_commands) == joined(whole_commands)


def joined(commands: list[Command]) -> list[Command]:
    """The commands with neighbouring pieces of text as one."""
    result: list[Command] = []
    for command in commands:
        last = result[-1] if result else None
        if isinstance(command, Write) and isinstance(last, Write):
            result[-1] = Write(last.text + command.text)
        elif isinstance(command, Think) and isinstance(last, Think):
            result[-1] = Think(last.text + command.text)
        else:
            result.append(command)
    return result
