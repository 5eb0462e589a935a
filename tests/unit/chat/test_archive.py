"""What of a conversation is put away, and what comes of a record that is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.archive import (
    KeptConversation,
    KeptExchange,
    archive_of,
    conversation_from,
    conversation_to_json,
)
from app.chat.phases import ENDED, Phase
from app.chat.saved import SavedTurn, saved_to_json

names = st.text(min_size=1)
exchanges = st.builds(KeptExchange, st.text(), st.lists(names, max_size=4).map(tuple))
conversations = st.builds(KeptConversation, names, st.lists(exchanges, max_size=4).map(tuple))
any_text = st.text(st.characters(exclude_categories=()))


@given(conversation=conversations)
def test_it_comes_back_as_it_was(conversation: KeptConversation) -> None:
    record = conversation_to_json(conversation)
    assert record.isascii()
    assert conversation_from(record) == conversation


@given(question=any_text)
def test_a_question_may_hold_anything(question: str) -> None:
    kept = KeptConversation("c", (KeptExchange(question, ("t",)),))
    back = conversation_from(conversation_to_json(kept))
    assert back is not None
    whole = question.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    assert back.exchanges == (KeptExchange(whole, ("t",)),)


@pytest.mark.parametrize(
    "record", ["", "{", "[]", "null", "{}", '{"id":""}', '{"id":3}', "[" * 9999]
)
def test_what_is_no_record_of_ours_is_none(record: str) -> None:
    assert conversation_from(record) is None


@pytest.mark.parametrize(
    ("record", "kept"),
    [
        ('{"id":"c"}', ()),
        ('{"id":"c","exchanges":{"a":1}}', ()),
        ('{"id":"c","exchanges":[7]}', (KeptExchange(""),)),
        (
            '{"id":"c","exchanges":[{"question":"Why?","turns":["a",3,"","b"]}]}',
            (KeptExchange("Why?", ("a", "b")),),
        ),
        ('{"id":"c","exchanges":[{"question":1,"turns":"ab"}]}', (KeptExchange(""),)),
    ],
)
def test_what_is_odd_in_a_record_is_left_out(record: str, kept: tuple[KeptExchange, ...]) -> None:
    assert conversation_from(record) == KeptConversation("c", kept)


@given(record=any_text)
def test_nothing_raises(record: str) -> None:
    conversation_from(record)
    assert archive_of(KeptConversation("c", (KeptExchange("", ("t",)),)), [record]).turns["t"]


def test_turns_come_in_the_order_of_their_names() -> None:
    kept = KeptConversation("c", (KeptExchange("A", ("1", "2")), KeptExchange("B", ("3",))))
    assert kept.turn_ids == ("1", "2", "3")
    whole, half = SavedTurn("one", posts=1, phase="done"), SavedTurn("three", posts=1)
    archive = archive_of(kept, [saved_to_json(whole), "", saved_to_json(half)])
    assert archive.turns == {"1": whole, "2": SavedTurn(), "3": half}
    with pytest.raises(ValueError, match="argument"):
        archive_of(kept, [""])


@pytest.mark.parametrize("record", ["{", "[" * 9999])
def test_a_broken_turn_is_one_of_which_nothing_is_known(record: str) -> None:
    kept = KeptConversation("c", (KeptExchange("A", ("1",)),))
    assert archive_of(kept, [record]).turns == {"1": SavedTurn()}


@pytest.mark.parametrize("phase", Phase)
def test_an_answer_that_has_not_ended_is_still_to_come(phase: Phase) -> None:
    kept = KeptConversation("c", (KeptExchange("A", ("1", "2")),))
    records = [saved_to_json(SavedTurn(phase=each)) for each in ("done", phase.value)]
    assert archive_of(kept, records).is_unfinished is (phase not in ENDED)


def test_a_question_that_waits_is_unfinished() -> None:
    assert archive_of(KeptConversation("c", (KeptExchange("A"),)), []).is_unfinished
    assert not archive_of(KeptConversation("c"), []).is_unfinished
