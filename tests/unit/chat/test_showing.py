"""What is on the screen, and what is read behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.commands import Command, Replace, Script, Think, Write
from app.chat.saved import SavedTurn
from app.chat.showing import Showing
from app.wire import Delta, ReasoningDelta, RefusalDelta, Replaced, TextDelta, ToolCallDelta

CALL = ToolCallDelta(0, "c", "f", "{}")


class Screen:
    """Shows what a `Showing` wants shown."""

    def __init__(self, *shown: Delta) -> None:
        self.announced = 0
        self.showing = Showing(self._announce)
        self.commands: list[Command] = []
        self.text = self.reasoning = ""
        self.showing.begin_stream(anew=True)
        self.take(*shown)

    def _announce(self, _script: Script) -> None:
        self.announced += 1

    def take(self, *deltas: Delta) -> bool:
        script = Script()
        is_new = self.showing.take(deltas, script)
        self._show(script)
        return is_new

    def finish(self) -> None:
        script = Script()
        self.showing.finish(script)
        self._show(script)

    def give_up(self) -> None:
        script = Script()
        self.showing.give_up(script)
        self._show(script)

    def restore(self, saved: SavedTurn) -> None:
        script = Script()
        self.showing.restore(saved, script)
        self._show(script)

    def _show(self, script: Script) -> None:
        for command in script.commands():
            self.commands.append(command)
            match command:
                case Write(text):
                    self.text += text
                case Think(text):
                    self.reasoning += text
                case _:
                    self.text = self.reasoning = ""
        assert self.text == str(self.showing.shown.text)
        assert self.reasoning == str(self.showing.shown.reasoning)

    @property
    def was_replaced(self) -> bool:
        return Replace() in self.commands


def test_what_comes_first_goes_onto_the_screen() -> None:
    screen = Screen()
    assert screen.take(ReasoningDelta("Hm"), TextDelta("No, "), RefusalDelta("sorry"))
    assert screen.commands == [Think("Hm"), Write("No, sorry")]
    assert screen.announced == 2
    assert not screen.showing.is_drafting
    assert not screen.take()
    assert not screen.take(TextDelta(""), CALL)
    assert screen.showing.shown.has_calls


def test_a_second_stream_from_the_start_is_a_draft() -> None:
    screen = Screen(TextDelta("The river"))
    screen.showing.begin_stream(anew=True)
    assert screen.showing.is_drafting
    assert not screen.take(TextDelta("A brook"), ReasoningDelta("Hm"))
    assert (screen.text, screen.reasoning, screen.was_replaced) == ("The river", "", False)
    assert screen.take(TextDelta("s."))
    assert (screen.text, screen.reasoning, screen.was_replaced) == ("A brooks.", "Hm", True)
    assert not screen.showing.is_drafting
    screen.take(TextDelta(" flow"))
    assert screen.text == "A brooks. flow"


def test_a_second_stream_that_reads_on_is_none() -> None:
    screen = Screen(TextDelta("The river"))
    screen.showing.begin_stream(anew=False)
    assert screen.take(TextDelta(" flows"))
    assert (screen.text, screen.was_replaced) == ("The river flows", False)


def test_behind_an_empty_screen_nothing_is_drafted() -> None:
    screen = Screen()
    screen.showing.begin_stream(anew=True)
    assert not screen.showing.is_drafting


@pytest.mark.parametrize("shown", [ReasoningDelta("Hm"), CALL])
def test_reasoning_and_calls_are_something(shown: Delta) -> None:
    screen = Screen(shown)
    screen.showing.begin_stream(anew=True)
    assert screen.showing.is_drafting


def test_a_draft_that_is_whole_comes_onto_the_screen_however_short() -> None:
    screen = Screen(TextDelta("The river"), ReasoningDelta("Hm"))
    screen.showing.begin_stream(anew=True)
    screen.take(TextDelta("No."))
    screen.finish()
    assert (screen.text, screen.reasoning, screen.was_replaced) == ("No.", "", True)


def test_a_draft_whose_stream_ended_badly_stays_behind() -> None:
    screen = Screen(TextDelta("The river"))
    screen.showing.begin_stream(anew=True)
    screen.take(TextDelta("No."))
    screen.give_up()
    assert (screen.text, screen.was_replaced, screen.showing.is_drafting) == (
        *("The river", False, True),
    )


def test_a_draft_that_begins_anew_forgets_the_last_one() -> None:
    screen = Screen(TextDelta("The river"))
    for _ in range(2):
        screen.showing.begin_stream(anew=True)
        screen.take(TextDelta("A br"))
    assert screen.text == "The river"
    screen.finish()
    assert screen.text == "A br"


def test_reasoning_alone_takes_no_text_away() -> None:
    screen = Screen(TextDelta("The river"))
    screen.showing.begin_stream(anew=True)
    screen.take(ReasoningDelta("Let me think about it for a while"))
    assert (screen.text, screen.reasoning) == ("The river", "")


def test_reasoning_alone_is_passed_by_longer_reasoning() -> None:
    screen = Screen(ReasoningDelta("Hm"))
    screen.showing.begin_stream(anew=True)
    screen.take(ReasoningDelta("O"))
    assert screen.reasoning == "Hm"
    screen.take(ReasoningDelta("h."))
    assert (screen.reasoning, screen.was_replaced) == ("Oh.", True)


pieces = st.lists(st.text(min_size=1, max_size=4), min_size=1, max_size=8)


@given(answer=pieces, thought=pieces, shown=st.integers(0, 40), sizes=st.integers(1, 5))
def test_the_same_answer_again_is_never_replaced(
    answer: list[str], thought: list[str], shown: int, sizes: int
) -> None:
    deltas: list[Delta] = [*map(ReasoningDelta, thought), *map(TextDelta, answer)]
    screen = Screen(*deltas[:shown])
    screen.showing.begin_stream(anew=True)
    for start in range(0, len(deltas), sizes):
        screen.take(*deltas[start : start + sizes])
    screen.finish()
    assert (screen.text, screen.reasoning) == ("".join(answer), "".join(thought))
    assert not screen.was_replaced


@given(old=pieces, new=pieces)
def test_text_only_grows_or_gives_way_to_a_longer_one(old: list[str], new: list[str]) -> None:
    screen = Screen(*map(TextDelta, old))
    screen.showing.begin_stream(anew=True)
    for piece in new:
        before = screen.text
        screen.take(TextDelta(piece))
        assert len(screen.text) >= len(before)
        assert screen.text in ("".join(old), "".join(new)[: len(screen.text)])
    screen.finish()
    assert screen.text == "".join(new)


def test_calls_of_a_draft_count_when_it_is_shown() -> None:
    screen = Screen(TextDelta("The river"))
    screen.showing.begin_stream(anew=True)
    screen.take(CALL)
    assert not screen.showing.shown.has_calls
    screen.take(TextDelta("The river flows"))
    assert screen.showing.shown.has_calls


def test_a_server_may_set_another_text_in_place_of_all() -> None:
    screen = Screen(TextDelta("The river"), CALL)
    screen.take(Replaced("A brook", "Hm"))
    assert (screen.text, screen.reasoning, screen.was_replaced) == ("A brook", "Hm", True)
    assert not screen.showing.shown.has_calls


def test_what_a_server_sets_in_place_of_a_draft_stays_behind() -> None:
    screen = Screen(TextDelta("The river"))
    screen.showing.begin_stream(anew=True)
    screen.take(TextDelta("A br"), Replaced("A", ""))
    assert (screen.text, screen.was_replaced) == ("The river", False)
    screen.take(TextDelta(" mill and a weir"))
    assert screen.text == "A mill and a weir"


def test_a_continuation_is_joined_at_its_seam() -> None:
    screen = Screen(TextDelta("The river flo"))
    screen.showing.begin_stream("The river", anew=True)
    assert not screen.showing.is_drafting
    assert not screen.take(TextDelta("The river flows"), ReasoningDelta("Where was I?"))
    assert not screen.showing.is_continued
    screen.take(TextDelta(" on."))
    screen.give_up()
    assert (screen.text, screen.reasoning) == ("The river flows on.", "")
    assert screen.showing.is_continued


def test_a_new_answer_is_no_continued_one() -> None:
    screen = Screen(TextDelta("The river flo"))
    screen.showing.begin_stream("The river", anew=True)
    screen.take(TextDelta(" flows on."))
    screen.finish()
    assert screen.showing.is_continued
    screen.showing.begin_stream(anew=True)
    screen.take(TextDelta("A brook that runs down"))
    assert (screen.text, screen.showing.is_continued) == ("A brook that runs down", False)


@pytest.mark.parametrize("again", ["The river flows on.", "The river flows on. And on."])
def test_the_same_text_from_one_answer_is_no_continued_one(again: str) -> None:
    screen = Screen(TextDelta("The river flo"))
    screen.showing.begin_stream("The river", anew=True)
    screen.take(TextDelta(" flows on."))
    screen.finish()
    screen.showing.begin_stream(anew=True)
    screen.take(TextDelta(again))
    assert (screen.text, screen.was_replaced) == (again, False)
    assert not screen.showing.is_continued


def test_another_page_shows_what_was_shown() -> None:
    screen = Screen()
    screen.restore(SavedTurn("Text", "Hm", has_calls=True, is_continued=True))
    assert screen.commands == [Think("Hm"), Write("Text")]
    assert screen.showing.shown.has_calls
    assert screen.showing.is_continued
    assert screen.showing.has_text
