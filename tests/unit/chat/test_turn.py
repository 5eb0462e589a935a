"""What a turn writes, counts and says."""

import pytest

from app.chat.commands import Abort, Changed, Open, Release, Think, Write
from app.chat.phases import Phase
from app.chat.steps import Begin, Chunk, Ended, Failed, Responded, Stop
from app.wire import Usage
from tests.unit.chat.streams import (
    DONE,
    EVENT_STREAM,
    PLAN,
    REQUEST,
    error,
    finish,
    new_turn,
    opened,
    reasoning,
    refusal,
    said,
    text,
    usage,
    written,
)


def test_an_answer_from_the_request_to_the_end() -> None:
    turn = new_turn()
    assert said(turn, Begin(PLAN), 1.0) == [Changed(Phase.CONNECTING), Open(REQUEST)]
    assert said(turn, Responded(200, EVENT_STREAM), 2.0) == [Changed(Phase.RESPONDED)]
    assert said(turn, Chunk(b": ping\n\n"), 3.0) == []
    assert said(turn, Chunk(text("He")), 4.0) == [Changed(Phase.STREAMING), Write("He")]
    assert said(turn, Chunk(text("llo")), 5.0) == [Write("llo")]
    assert said(turn, Chunk(finish() + usage(9, 2)), 6.0) == []
    assert said(turn, Ended(), 7.0) == [Changed(Phase.DONE)]
    assert turn.text == "Hello"
    assert turn.finish == "stop"
    assert turn.usage == Usage(9, 2)
    assert turn.trouble is None


def test_a_connection_kept_open_after_the_end_mark_is_closed() -> None:
    turn = opened(text("Hello"), finish())
    assert said(turn, Chunk(usage(9, 2) + DONE), 6.0) == [Release(), Changed(Phase.DONE)]
    assert turn.usage == Usage(9, 2)


def test_the_times_are_those_of_the_steps() -> None:
    turn = opened(b"", reasoning("Hm"), text("A"), text("B") + finish())
    turn.handle(Ended(), 900.0)
    assert (turn.started_at, turn.first_text_at, turn.ended_at) == (100.0, 500.0, 900.0)


def test_bytes_are_counted() -> None:
    chunks = [text("A"), b": ping\n\n", b""]
    assert opened(*chunks).received_bytes == sum(map(len, chunks))


def test_the_text_of_a_chunk_is_one_command() -> None:
    turn = opened()
    chunk = Chunk(text("a") + usage(1, 1) + text("b") + text("c"))
    assert said(turn, chunk, 9.0) == [Changed(Phase.STREAMING), Write("abc")]


def test_reasoning_and_text_keep_their_order() -> None:
    turn = opened()
    commands = said(turn, Chunk(reasoning("a") + reasoning("b") + text("c") + reasoning("d")), 9.0)
    assert commands == [Think("ab"), Changed(Phase.STREAMING), Write("c"), Think("d")]
    assert (turn.reasoning, turn.text) == ("abd", "c")


def test_reasoning_alone_is_no_text() -> None:
    turn = opened(reasoning("Let me think"))
    assert turn.phase is Phase.RESPONDED
    turn.handle(Failed("network error"), 9.0)
    assert turn.phase is Phase.FAILED
    assert turn.reasoning == "Let me think"


def test_a_refusal_in_words_is_the_answer() -> None:
    turn = opened(refusal("I cannot "), refusal("help."), finish())
    turn.handle(Ended(), 9.0)
    assert (turn.phase, turn.text, turn.trouble) == (Phase.DONE, "I cannot help.", None)


def test_an_answer_that_was_not_streamed_comes_at_the_end() -> None:
    turn = new_turn()
    turn.handle(Begin(PLAN), 1.0)
    turn.handle(Responded(200, {"content-type": "application/json"}), 2.0)
    body = b'{"choices":[{"message":{"content":"Whole"},"finish_reason":"stop"}]}'
    assert said(turn, Chunk(body), 3.0) == []
    assert said(turn, Ended(), 4.0) == [
        Changed(Phase.STREAMING),
        Write("Whole"),
        Changed(Phase.DONE),
    ]


def test_half_a_character_at_the_end_is_written_at_the_end() -> None:
    turn = opened(text("a\ud83c"), finish())
    assert turn.text == "a"
    assert written(turn.handle(Ended(), 9.0)) == "\ufffd"
    assert turn.text == "a\ufffd"


def test_the_end_of_the_text_is_found_beside_a_refusal() -> None:
    turn = opened(text("a\ud83c"), refusal("no\ud83c"), finish())
    assert written(turn.handle(Ended(), 9.0)) == "\ufffd\ufffd"
    assert turn.text == "ano\ufffd\ufffd"


def test_an_error_in_the_stream_ends_the_turn_at_once() -> None:
    turn = opened(text("Half"))
    commands = said(turn, Chunk(text(" an") + error("boom") + text(" answer")), 900.0)
    assert commands == [Write(" an"), Abort(), Changed(Phase.INCOMPLETE)]
    assert turn.text == "Half an"
    assert turn.trouble is not None
    assert turn.trouble.cause == "boom (server_error)"
    assert turn.ended_at == 900.0
    assert said(turn, Chunk(text("more")), 901.0) == []


def test_a_stream_without_a_finish_signal_is_incomplete() -> None:
    turn = opened(text("Half"))
    turn.handle(Ended(), 9.0)
    assert turn.phase is Phase.INCOMPLETE
    assert turn.trouble is not None
    assert turn.trouble.happened == "The connection ended before the answer was complete."
    assert turn.trouble.safe == "Your question and the text so far are kept."


@pytest.mark.parametrize(
    ("chunks", "phase", "happened"),
    [
        ([text("Half")], Phase.INCOMPLETE, "The model server ended the answer before it was "),
        ([], Phase.FAILED, "The model server ended the answer before it began."),
    ],
)
def test_an_end_mark_without_a_finish_signal_is_no_success(
    chunks: list[bytes], phase: Phase, happened: str
) -> None:
    turn = opened(*chunks, DONE)
    assert turn.phase is phase
    assert turn.trouble is not None
    assert turn.trouble.happened.startswith(happened)


def test_an_empty_body_fails() -> None:
    turn = opened()
    turn.handle(Ended(), 9.0)
    assert turn.phase is Phase.FAILED
    assert turn.trouble is not None
    assert turn.trouble.happened == "The connection ended before an answer came."


def test_a_connection_lost_after_the_finish_signal_loses_nothing() -> None:
    turn = opened(text("Whole"), finish())
    turn.handle(Failed("network error"), 9.0)
    assert (turn.phase, turn.trouble) == (Phase.DONE, None)


def test_a_finished_answer_without_text_fails() -> None:
    turn = opened(finish())
    turn.handle(Ended(), 9.0)
    assert turn.phase is Phase.FAILED
    assert turn.trouble is not None
    assert turn.trouble.happened == "The model wrote no answer."


@pytest.mark.parametrize(
    ("chunks", "phase", "happened"),
    [
        ([], Phase.FAILED, "The model declined to answer."),
        ([text("One can")], Phase.INCOMPLETE, "The model server withheld the rest."),
    ],
)
def test_a_filter_ends_badly(chunks: list[bytes], phase: Phase, happened: str) -> None:
    turn = opened(*chunks, finish("content_filter"))
    turn.handle(Ended(), 9.0)
    assert turn.phase is phase
    assert turn.trouble is not None
    assert turn.trouble.happened == happened


def test_an_http_error_fails_with_the_words_of_the_server() -> None:
    turn = opened(b'{"error":{"message":"Loading model","code":503}}', status=503)
    turn.handle(Ended(), 9.0)
    assert turn.phase is Phase.FAILED
    assert turn.trouble is not None
    assert turn.trouble.happened == "The model server is busy or still loading the model."
    assert turn.trouble.cause == "HTTP status 503: Loading model"
    assert turn.trouble.retryable


def test_a_web_page_is_no_answer() -> None:
    turn = opened(b"<!doctype html><title>Sign in</title>")
    turn.handle(Ended(), 9.0)
    assert turn.phase is Phase.FAILED
    assert turn.trouble is not None
    assert turn.trouble.happened == "Something that is not a model server answered."
    assert "Sign in" in turn.trouble.cause


def test_no_response_at_all() -> None:
    turn = new_turn()
    turn.handle(Begin(PLAN), 1.0)
    turn.handle(Failed("TypeError: Failed to fetch"), 2.0)
    assert turn.trouble is not None
    assert turn.trouble.happened == "The model server did not answer."
    assert turn.trouble.safe == "Your question is kept."
    assert "TypeError: Failed to fetch" in turn.trouble.cause
    assert "http://127.0.0.1:8435/v1/chat/completions" in turn.trouble.cause


@pytest.mark.parametrize("chunks", [[], [text("Half")]])
def test_the_query_of_the_address_is_never_shown(chunks: list[bytes]) -> None:
    turn = opened(*chunks)
    turn.handle(Failed("network error"), 9.0)
    assert turn.trouble is not None
    assert "secret" not in turn.trouble.cause


def test_an_unreadable_piece_is_named_in_the_cause() -> None:
    turn = opened(b"data: {oops\n\n", text("Half"))
    turn.handle(Ended(), 9.0)
    assert turn.trouble is not None
    assert "{oops" in turn.trouble.cause


def test_usage_that_came_before_a_stop_is_kept() -> None:
    turn = opened(text("Half"), usage(9, 4))
    turn.handle(Stop(), 9.0)
    assert turn.usage == Usage(9, 4)
