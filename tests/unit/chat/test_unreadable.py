"""A server sends something that cannot be read, in the middle of an answer."""

from app.chat.phases import Phase
from app.chat.steps import Begin, Chunk, Ended, Responded
from app.chat.turn import Turn
from app.wire import DIALECTS
from tests.unit.chat.streams import DONE, EVENT_STREAM, PLAN, finish, text


def test_an_answer_with_a_part_that_cannot_be_read_is_not_called_whole() -> None:
    turn = Turn(DIALECTS["openai-chat"])
    turn.handle(Begin(PLAN), 1.0)
    turn.handle(Responded(200, EVENT_STREAM), 2.0)
    broken = b'data: {"choices": [{"delta": {"content": "no"\n\n'
    turn.handle(Chunk(text("It is ") + broken + text(" deep.") + finish() + DONE), 3.0)
    if not turn.has_ended:
        turn.handle(Ended(), 4.0)
    assert turn.phase is Phase.INCOMPLETE
    assert turn.text == "It is  deep."
    assert turn.trouble is not None
    assert turn.trouble.happened == (
        "A piece of the answer could not be read; some of its text may be missing."
    )
    assert "Unreadable" in turn.trouble.cause


def test_noise_of_a_proxy_is_no_gap() -> None:
    turn = Turn(DIALECTS["openai-chat"])
    turn.handle(Begin(PLAN), 1.0)
    turn.handle(Responded(200, EVENT_STREAM), 2.0)
    turn.handle(Chunk(text("Deep.") + b"data: keep-alive\n\n" + finish() + DONE), 3.0)
    assert turn.phase is Phase.DONE
