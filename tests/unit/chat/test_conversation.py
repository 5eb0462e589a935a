"""What the model is told of a conversation."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from app.chat.conversation import Conversation, Exchange
from app.chat.phases import Phase
from app.chat.steps import Begin, Chunk, Ended, Failed, Responded, Stop
from app.wire import Message
from tests.unit.chat.streams import DONE, EVENT_STREAM, PLAN, finish, new_turn, text


def answer(exchange: Exchange, words: str, end: Phase = Phase.DONE) -> None:
    turn = exchange.current
    turn.handle(Begin(PLAN), 1.0)
    turn.handle(Responded(200, EVENT_STREAM), 2.0)
    if words:
        turn.handle(Chunk(text(words)), 3.0)
    if end is Phase.DONE:
        turn.handle(Chunk(finish() + DONE), 4.0)
        turn.handle(Ended(), 5.0)
    elif end is Phase.STOPPED:
        turn.handle(Stop(), 5.0)
    else:
        turn.handle(Failed("network error"), 5.0)
    assert turn.phase is end


def told(conversation: Conversation) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in conversation.prompt("m").messages]


def test_the_first_question() -> None:
    conversation = Conversation("Be brief.", new_turn)
    conversation.ask("Why is the sea salty?")
    prompt = conversation.prompt("tiny")
    assert prompt.model == "tiny"
    assert prompt.messages == (
        Message("system", "Be brief."),
        Message("user", "Why is the sea salty?"),
    )


@pytest.mark.parametrize("system_prompt", ["", "  \n"])
def test_a_blank_system_prompt_is_left_out(system_prompt: str) -> None:
    conversation = Conversation(system_prompt, new_turn)
    conversation.ask("A")
    assert told(conversation) == [("user", "A")]


@pytest.mark.parametrize("end", [Phase.DONE, Phase.STOPPED, Phase.INCOMPLETE])
def test_an_answer_that_was_seen_counts(end: Phase) -> None:
    conversation = Conversation("", new_turn)
    answer(conversation.ask("A"), "one", end)
    conversation.ask("B")
    assert told(conversation) == [("user", "A"), ("assistant", "one"), ("user", "B")]


def test_questions_without_an_answer_are_joined_to_the_next() -> None:
    conversation = Conversation("", new_turn)
    answer(conversation.ask("A"), "", Phase.FAILED)
    answer(conversation.ask("B"), "", Phase.STOPPED)
    answer(conversation.ask("C"), "three")
    answer(conversation.ask("D"), "", Phase.FAILED)
    conversation.ask("E")
    assert told(conversation) == [
        ("user", "A\n\nB\n\nC"),
        ("assistant", "three"),
        ("user", "D\n\nE"),
    ]


def test_the_last_attempt_with_text_counts() -> None:
    conversation = Conversation("", new_turn)
    exchange = conversation.ask("A")
    answer(exchange, "first")
    exchange.retry()
    answer(exchange, "second", Phase.INCOMPLETE)
    exchange.retry()
    answer(exchange, "", Phase.FAILED)
    conversation.ask("B")
    assert told(conversation)[1] == ("assistant", "second")


def test_a_blank_answer_is_none() -> None:
    conversation = Conversation("", new_turn)
    answer(conversation.ask("A"), "\n")
    conversation.ask("B")
    assert told(conversation) == [("user", "A\n\nB")]


def test_a_retry_is_not_told_the_answer_it_replaces() -> None:
    conversation = Conversation("", new_turn)
    exchange = conversation.ask("A")
    answer(exchange, "half", Phase.INCOMPLETE)
    exchange.retry()
    assert told(conversation) == [("user", "A")]


def test_an_earlier_question_is_asked_again_without_what_came_after() -> None:
    conversation = Conversation("", new_turn)
    first = conversation.ask("A")
    answer(first, "one")
    answer(conversation.ask("B"), "two")
    assert conversation.prompt("m", first).messages == (Message("user", "A"),)


def test_a_retry_keeps_attempts_with_text_and_drops_the_others() -> None:
    exchange = Conversation("", new_turn).ask("A")
    answer(exchange, "", Phase.FAILED)
    second = exchange.retry()
    assert exchange.attempts == [second]
    answer(exchange, "half", Phase.STOPPED)
    third = exchange.retry()
    assert exchange.attempts == [second, third]
    assert exchange.current is third
    assert third.phase is Phase.READY
    assert exchange.answer == "half"


def test_a_retry_waits_for_the_end() -> None:
    exchange = Conversation("", new_turn).ask("A")
    with pytest.raises(RuntimeError):
        exchange.retry()


@pytest.mark.parametrize("question", ["", " \n\t"])
def test_a_blank_question_is_none(question: str) -> None:
    with pytest.raises(ValueError, match="at least one character"):
        Conversation("", new_turn).ask(question)


def test_there_is_no_prompt_without_a_question() -> None:
    with pytest.raises(ValueError, match="no such question"):
        Conversation("", new_turn).prompt("m")
    with pytest.raises(ValueError, match="no such question"):
        Conversation("", new_turn).prompt("m", Conversation("", new_turn).ask("A"))


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["", "x", " "])), max_size=8))
def test_roles_alternate_and_end_with_the_question(answers: list[tuple[bool, str]]) -> None:
    conversation = Conversation("Be brief.", new_turn)
    for is_stopped, words in answers:
        lost = Phase.INCOMPLETE if words else Phase.FAILED
        answer(conversation.ask("Q"), words, Phase.STOPPED if is_stopped else lost)
    conversation.ask("last")
    roles = [role for role, _text in told(conversation)]
    assert roles[0] == "system"
    assert roles[1::2] == ["user"] * len(roles[1::2])
    assert roles[2::2] == ["assistant"] * len(roles[2::2])
    assert told(conversation)[-1][1].endswith("last")
    assert sum(words.count("Q") for _role, words in told(conversation)) == len(answers)
