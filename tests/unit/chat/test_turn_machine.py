"""Whatever comes in whatever order, a turn keeps its promises; `world` holds it to them."""

from random import Random

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.chat.commands import Command, Think, Write
from app.chat.phases import Phase
from app.chat.steps import (
    Begin,
    Chunk,
    Continue,
    Ended,
    Failed,
    PageSignal,
    Responded,
    Retry,
    Step,
    Stop,
)
from app.chat.turn import Turn
from app.chat.ways import Policy
from tests.unit.chat.streams import (
    DONE,
    EVENT_STREAM,
    PLAN,
    error,
    finish,
    new_turn,
    reasoning,
    refusal,
    said,
    text,
    usage,
)
from tests.unit.chat.world import World


class TurnMachine(RuleBasedStateMachine):
    """Hypothesis leads the network, the clock, the page and the person."""

    @initialize(
        seed=st.integers(0, 10_000),
        policies=st.lists(st.sampled_from(Policy), unique=True).map(tuple),
        when_cut=st.sampled_from(["ask", "ask", "continue", "restart"]),
    )
    def start(self, seed: int, policies: tuple[Policy, ...], when_cut: str) -> None:
        self.world = World(Random(seed), policies, when_cut)  # type: ignore[arg-type]
        self.world.begin()

    @rule(status=st.sampled_from([200, 200, 200, 200, 204, 404, 429, 503]))
    def respond(self, status: int) -> None:
        self.world.respond(status)

    @rule(size=st.integers(1, 400))
    def deliver(self, size: int) -> None:
        self.world.deliver(size)

    @rule()
    def end(self) -> None:
        self.world.end()

    @rule(is_offline=st.booleans())
    def cut(self, is_offline: bool) -> None:
        self.world.cut(is_offline=is_offline)

    @rule(milliseconds=st.sampled_from([1, 500, 1_500, 5_000, 60_000, 130_000, 3_600_000]))
    def pass_time(self, milliseconds: int) -> None:
        self.world.pass_time(milliseconds)

    @rule(kind=st.sampled_from(PageSignal))
    def signal(self, kind: PageSignal) -> None:
        self.world.signal(kind)

    @rule(word=st.sampled_from([Retry(), Continue(), Stop()]))
    def say(self, word: Step) -> None:
        self.world.say(word)

    @rule()
    def reload(self) -> None:
        self.world.reload()

    @rule()
    def forget(self) -> None:
        self.world.forget()

    @invariant()
    def a_whole_answer_is_one_that_a_server_wrote(self) -> None:
        world = self.world
        if world.turn.phase is Phase.DONE and not world.turn.is_continued:
            assert world.text in [log.text for log in world.logs]


TurnMachine.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestTurn = TurnMachine.TestCase

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


def answered(chunks: list[bytes], end: Step) -> tuple[Turn, list[Command]]:
    turn = new_turn()
    steps: list[Step] = [Begin(PLAN), Responded(200, EVENT_STREAM), *map(Chunk, chunks), end]
    return turn, [command for step in steps for command in said(turn, step, 1.0)]


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
