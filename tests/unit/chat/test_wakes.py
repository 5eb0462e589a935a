"""A turn is told the time when it asked for that, or a little earlier: timers are not exact."""

from app.chat.commands import Open, Wake
from app.chat.phases import Phase
from app.chat.steps import Begin, Ended, Responded, Tick
from app.chat.turn import Turn
from app.wire import DIALECTS
from tests.unit.chat.streams import EVENT_STREAM, PLAN


def test_a_tick_that_comes_early_is_asked_for_again() -> None:
    turn = Turn(DIALECTS["openai-chat"])
    turn.handle(Begin(PLAN), 1.0)
    turn.handle(Responded(503, EVENT_STREAM), 2.0)
    commands = turn.handle(Ended(), 3.0)
    assert turn.phase is Phase.WAITING
    [wake] = [command for command in commands if isinstance(command, Wake)]
    assert wake.at == turn.next_try_at
    assert turn.handle(Tick(), wake.at - 0.5) == [wake]
    assert any(isinstance(command, Open) for command in turn.handle(Tick(), wake.at))
