"""The record of a turn: any text comes back as it was, and no record does harm."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.phases import ENDED, Phase
from app.chat.saved import SavedTurn, saved_from, saved_to_json
from app.chat.ways import START
from app.wire import Cursor
from app.wire.json_text import parse_json
from tests.unit.chat.story import KEEPER, Story, plan

HALVES = st.sampled_from(["", "\ud83c", "\udbff"])
counts = st.integers(0, 2**53)
turns = st.builds(
    SavedTurn,
    text=st.text(),
    reasoning=st.text(),
    posts=counts,
    answer_id=st.text(),
    cursor=st.builds(Cursor, counts, st.text(), st.none() | counts),
    phase=st.sampled_from([phase.value for phase in Phase]),
    has_calls=st.booleans(),
    is_continued=st.booleans(),
    beginning=st.text(),
    cut_text=st.text(),
    held_text=HALVES,
)
any_text = st.text(st.characters(exclude_categories=()))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=8,
)
NAMES = [*SavedTurn.__dataclass_fields__]
CURSOR_NAMES = [*Cursor.__dataclass_fields__]
odd_cursors = st.dictionaries(st.sampled_from(CURSOR_NAMES), values)
odd_records = st.dictionaries(st.sampled_from(NAMES), values | odd_cursors)


@given(saved=turns)
def test_it_comes_back_as_it_was(saved: SavedTurn) -> None:
    record = saved_to_json(saved)
    assert record.isascii()
    assert saved_from(parse_json(record)) == saved


@given(text=any_text)
def test_halves_of_characters_come_back(text: str) -> None:
    known = SavedTurn(text, held_text=text[-1:])
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    assert saved_from(parse_json(saved_to_json(known))) == SavedTurn(whole, held_text=text[-1:])


@given(value=values | odd_records)
def test_an_odd_record_is_read_as_far_as_it_makes_sense(value: object) -> None:
    saved = saved_from(value)
    assert isinstance(saved.text, str)
    assert 0 <= saved.posts <= 2**53
    assert saved.cursor.received_bytes >= 0
    assert isinstance(saved.has_calls, bool)
    assert saved_from(json.loads(saved_to_json(saved))).posts == saved.posts


@pytest.mark.parametrize(
    ("record", "saved"),
    [
        ({}, SavedTurn()),
        (None, SavedTurn()),
        ([1], SavedTurn()),
        ({"text": 3, "posts": -1, "phase": "", "has_calls": 1}, SavedTurn()),
        ({"posts": True, "cursor": [1], "beginning": 7}, SavedTurn()),
        ({"posts": 1e400, "cursor": {"received_bytes": 1.5}}, SavedTurn()),
        ({"cursor": {"received_bytes": -7, "sequence_number": "7"}}, SavedTurn()),
        ({"text": "a", "other": 1}, SavedTurn("a")),
    ],
)  # fmt: skip
def test_what_is_odd_is_as_at_the_start(record: object, saved: SavedTurn) -> None:
    assert saved_from(record) == saved
    assert SavedTurn().cursor == START


def test_half_a_character_in_a_name_does_no_harm() -> None:
    odd = {"posts": 1, "answer_id": "\ud800", "cursor": {"last_event_id": "\udfff"}}
    saved = saved_from(odd)
    assert (saved.answer_id, saved.cursor.last_event_id) == ("\ufffd", "\ufffd")
    story = Story(plan("background", protocol="openai-responses"), protocol="openai-responses")
    story.restore(saved)
    assert "/responses/%EF%BF%BD?" in story.last.url


@given(value=odd_records, resume=st.sampled_from(["none", "byte-log", "background", "auto"]))
def test_a_page_that_is_given_an_odd_record_goes_on(value: object, resume: str) -> None:
    saved = saved_from(value)
    for keeper in ("", KEEPER):
        story = Story(plan(resume, keeper))  # type: ignore[arg-type]
        story.restore(saved)
        assert story.text == (saved.text if saved.posts else "")
        assert story.posts == (0 if saved.posts else 1)
        assert (story.phase in ENDED) or len(story.opened) == 1
