"""A turn outlives its page: what is put away and when, and how another page goes on with it."""

from dataclasses import replace
from itertools import pairwise

import pytest

from app.chat.commands import Abort, Open, Save
from app.chat.patience import Patience, WhenCut
from app.chat.phases import ENDED, Phase
from app.chat.plan import AnswerPlan
from app.chat.saved import SavedTurn, Times, saved_from, saved_to_json
from app.chat.steps import (
    Chunk,
    Continue,
    Ended,
    Failed,
    PageSignal,
    Responded,
    Restore,
    Step,
    Stop,
    Tick,
)
from app.chat.steps import Retry as TryAgain
from app.wire import Cursor
from app.wire.json_text import parse_json
from tests.unit.chat.story import ENDPOINT, KEEPER, OK, Story, plan
from tests.unit.chat.streams import event, finish, reasoning, text

CUT = Failed("network error")
BODY = text("Réka ") + text("🌍\ud83c") + text("\udf0d") + text("!") + finish()
TEXT = "Réka 🌍🌍!"
MID = len(text("Réka ") + text("🌍\ud83c")) + 7
LIVE = sorted({*Phase} - ENDED - {Phase.READY}, key=str)


def saves_at(story: Story) -> list[float]:
    return [at for at, _saved in story.saves]


def reopened(story: Story, protocol: str = "openai-chat") -> Story:
    """Another page with what was put away last, by way of its record."""
    assert isinstance(story.plan, AnswerPlan)
    later = Story(story.plan, story.patience, protocol, now=story.now + 5000)
    later.restore(saved_from(parse_json(saved_to_json(story.saves[-1][1]))))
    return later


def test_the_request_itself_is_put_away() -> None:
    story = Story(plan())
    story.begin()
    assert story.saves == [(story.now, SavedTurn(posts=1, times=Times(story.now)))]


def test_what_is_shown_is_put_away_every_second() -> None:
    story = Story(plan())
    story.begin(OK)
    for _ in range(100):
        story.after(50, Chunk(text("x")))
    times = saves_at(story)[1:]
    assert [later - earlier for earlier, later in pairwise(times)] == [1000] * 4
    assert len(story.text) - len(story.saves[-1][1].text) <= 20


def test_what_came_last_before_a_pause_is_put_away_too() -> None:
    story = Story(plan())
    story.begin(OK)
    story.after(1000, Chunk(text("a")))
    story.after(10, Chunk(text("b")))
    story.wait(5000)
    assert story.saves[-1][1].text == "ab"


def test_without_progress_nothing_is_put_away() -> None:
    story = Story(plan())
    story.begin(OK)
    for _ in range(100):
        story.after(1000, Chunk(b": ping\n\n"))
        story.wait(0)
    assert len(story.saves) == 1


@pytest.mark.parametrize("kind", [PageSignal.HIDDEN, PageSignal.FROZEN])
def test_a_page_that_may_be_closed_puts_all_away(kind: PageSignal) -> None:
    story = Story(plan())
    story.begin(OK)
    story.after(1000, Chunk(text("a")))
    story.after(10, Chunk(text("b")))
    assert story.hear(kind) == [Save()]
    assert story.saves[-1][1].text == "ab"


@pytest.mark.parametrize("end", [CUT, Stop(), Chunk(finish() + b"data: [DONE]\n\n")])
def test_the_end_is_put_away(end: Step) -> None:
    story = Story(plan())
    story.begin(OK, Chunk(text("Hi")), end)
    saved = story.saves[-1][1]
    assert (saved.text, saved.phase) == ("Hi", story.phase.value)
    assert story.turn.has_ended


def test_what_was_never_asked_is_not_put_away() -> None:
    story = Story(plan())
    story.hear(*PageSignal)
    story.tell(Stop())
    assert story.saves == []


@pytest.mark.parametrize("phase", LIVE)
def test_an_unfinished_answer_is_read_on_without_a_click(phase: Phase) -> None:
    story = Story(plan("byte-log", KEEPER))
    story.restore(SavedTurn("Réka ", "Hm", 2, cursor=Cursor(7, "", None), phase=phase.value))
    # The decoder's state died with its page, so the log is read from its first byte, off-screen.
    assert (story.phase, story.last.url) == (Phase.RESUMING, f"{KEEPER}turn-1-1?from=0")
    assert (story.text, story.reasoning) == ("Réka ", "Hm")
    story.tell(OK, Chunk(BODY), Ended())
    assert (story.phase, story.text, story.posts) == (Phase.DONE, TEXT, 0)


@pytest.mark.parametrize("phase", LIVE)
@pytest.mark.parametrize("shown", ["Half", ""])
@pytest.mark.parametrize("when_cut", ["ask", "continue", "restart"])
def test_an_unfinished_answer_that_nobody_keeps_waits_for_the_person(
    phase: Phase, shown: str, when_cut: WhenCut
) -> None:
    story = Story(plan(), Patience(when_cut=when_cut))
    story.restore(SavedTurn(shown, posts=1, phase=phase.value))
    assert story.phase is (Phase.INCOMPLETE if shown else Phase.FAILED)
    assert (story.text, story.opened, story.turn.may_continue) == (shown, [], bool(shown))
    assert story.turn.trouble is not None
    assert story.turn.trouble.cause.startswith("The page was closed")


@pytest.mark.parametrize(
    ("phase", "shown"),
    [("done", "Whole"), ("stopped", "Half"), ("incomplete", "Half"), ("failed", "")],
)
def test_an_answer_that_had_ended_is_shown_as_it_was(phase: str, shown: str) -> None:
    story = Story(plan("byte-log", KEEPER))
    story.restore(SavedTurn(shown, posts=1, phase=phase, is_continued=True))
    story.wait(10_000_000)
    assert (story.phase.value, story.text, story.opened) == (phase, shown, [])
    assert story.turn.is_continued
    assert (story.turn.trouble is not None) == (phase in ("incomplete", "failed"))


def test_a_question_that_was_never_asked_is_asked() -> None:
    story = Story(plan())
    story.restore(SavedTurn())
    assert (story.phase, story.posts) == (Phase.CONNECTING, 1)


def test_at_any_byte_the_page_may_be_closed() -> None:
    for keeper, place in ((keeper, n) for keeper in ("", KEEPER) for n in range(1, len(BODY))):
        story = Story(plan("byte-log", keeper))
        story.begin(OK, Chunk(BODY[:place]))
        story.hear(PageSignal.HIDDEN)
        later = reopened(story)
        assert later.text == story.text
        # Cut once more, in the middle of what is played again.
        later.tell(OK, Chunk(BODY[: place // 2]))
        later.tell(CUT)
        later.wait(30_000)
        assert later.last.url.endswith(f"from={place // 2}")
        later.tell(OK, Chunk(BODY[place // 2 :]), Ended())
        assert (later.phase, later.text, later.posts) == (Phase.DONE, TEXT, 0), place
        assert not later.was_replaced


def test_what_came_after_the_last_record_is_had_from_the_log() -> None:
    story = Story(plan("byte-log"))
    story.begin(OK, Chunk(BODY[:MID]), Ended())
    saved = replace(story.saves[0][1], text="Ré")
    later = Story(story.plan)
    later.restore(saved)
    later.tell(OK, Chunk(BODY), Ended())
    assert (later.phase, later.text, later.was_replaced) == (Phase.DONE, TEXT, False)


def test_half_a_character_is_not_lost_with_the_page() -> None:
    delta = "response.output_text.delta"
    events = [
        event({"type": "response.created", "response": {"id": "r"}, "sequence_number": 0}),
        event({"type": delta, "delta": "Réka \ud83c", "sequence_number": 1}),
        event({"type": delta, "delta": "\udf0d!", "sequence_number": 2}),
        event({"type": "response.completed", "response": {"id": "r"}, "sequence_number": 3}),
    ]
    story = Story(plan("background", protocol="openai-responses"), protocol="openai-responses")
    story.begin(OK, Chunk(events[0] + events[1] + events[2][:9]))
    story.hear(PageSignal.HIDDEN)
    assert story.text == "Réka "
    later = reopened(story, "openai-responses")
    assert later.last.url == f"{ENDPOINT}/responses/r?stream=true&starting_after=1"
    later.tell(OK, Chunk(events[2] + events[3]), Ended())
    assert (later.phase, later.text, later.was_replaced) == (Phase.DONE, "Réka 🌍!", False)


def test_a_new_answer_behind_the_old_one_is_read_on_by_another_page() -> None:
    story = Story(plan(keeper=KEEPER))
    story.begin(OK, Chunk(text("The river flows")), CUT, Responded(410, {}), TryAgain(), OK)
    story.tell(Chunk(text("A brook")))
    story.hear(PageSignal.HIDDEN)
    later = reopened(story)
    assert (later.text, later.last.url) == ("The river flows", f"{KEEPER}turn-1-1?from=0")
    later.tell(OK, Chunk(text("A brook") + text(" runs down") + finish()), Ended())
    assert (later.phase, later.text, later.posts) == (Phase.DONE, "A brook runs down", 0)


def test_where_a_new_answer_stands_says_nothing_of_the_text_that_is_shown() -> None:
    delta = "response.output_text.delta"

    def answer(name: str, text: str) -> bytes:
        created = {"type": "response.created", "response": {"id": name}, "sequence_number": 0}
        return event(created) + event({"type": delta, "delta": text, "sequence_number": 1})

    story = Story(plan("background", protocol="openai-responses"), protocol="openai-responses")
    story.begin(OK, Chunk(answer("r1", "The river flows")), CUT, Responded(404, {}))
    story.tell(TryAgain(), OK, Chunk(answer("r2", "A brook")))
    story.hear(PageSignal.HIDDEN)
    later = reopened(story, "openai-responses")
    assert (later.text, later.last.url) == (
        "The river flows",
        f"{ENDPOINT}/responses/r2?stream=true",
    )
    end = {"type": "response.completed", "response": {"id": "r2"}, "sequence_number": 2}
    later.tell(OK, Chunk(answer("r2", "A brook") + event(end)), Ended())
    assert (later.phase, later.text) == (Phase.DONE, "A brook")


def test_after_the_page_was_opened_again_attempts_go_on_counting() -> None:
    story = Story(plan(keeper=KEEPER))
    story.restore(SavedTurn(posts=3))
    assert story.last.url == f"{KEEPER}turn-1-2?from=0"
    # It never went out, and nothing of it was shown.
    story.tell(Responded(404, {}))
    story.wait(30_000)
    assert (story.last.method, story.last.url) == ("POST", f"{KEEPER}turn-1-3")


def test_what_was_shown_before_is_not_paid_for_again_without_a_click() -> None:
    story = Story(plan(keeper=KEEPER))
    story.restore(SavedTurn("Half", posts=3))
    story.tell(Responded(404, {}))
    story.wait(10_000_000)
    assert (story.phase, story.posts) == (Phase.INCOMPLETE, 0)
    story.tell(TryAgain())
    assert (story.last.method, story.last.url) == ("POST", f"{KEEPER}turn-1-3")


def test_reasoning_outlives_the_page() -> None:
    story = Story(plan(keeper=KEEPER))
    story.begin(OK, Chunk(reasoning("Hm. ") + text("Réka ")))
    story.hear(PageSignal.HIDDEN)
    later = reopened(story)
    later.tell(OK, Chunk(reasoning("Hm. ") + BODY), Ended())
    assert (later.reasoning, later.text, later.was_replaced) == ("Hm. ", TEXT, False)


# Another page has the turn, and this one looks on.

FOLLOWED = (
    SavedTurn(),
    SavedTurn(posts=1),
    SavedTurn("Half", posts=1, phase="streaming"),
    SavedTurn("Half", posts=1, phase="incomplete"),
    SavedTurn(posts=1, phase="failed"),
)
TO_FOLLOWERS: tuple[tuple[Step, ...], ...] = (
    (CUT,),
    (Responded(404, {}),),
    (Responded(503, {"Retry-After": "1"}),),
    (OK, Chunk(text("Half")), CUT, Responded(410, {})),
    (OK, Ended()),
)


@pytest.mark.parametrize("saved", FOLLOWED)
@pytest.mark.parametrize("steps", TO_FOLLOWERS)
@pytest.mark.parametrize("when_cut", ["ask", "continue", "restart"])
def test_who_looks_on_asks_no_model(
    saved: SavedTurn, steps: tuple[Step, ...], when_cut: WhenCut
) -> None:
    story = Story(plan("byte-log", KEEPER), Patience(when_cut=when_cut))
    story.restore(saved, follows=True)
    for step in steps:
        if not story.turn.has_ended and story.phase not in (Phase.WAITING, Phase.PARKED):
            story.tell(step)
    for _ in range(10):
        story.hear(*PageSignal)
        story.wait(10_000_000)
        if story.phase is Phase.RESUMING:
            story.tell(Responded(404, {}))
    assert story.turn.has_ended
    assert not story.turn.may_continue
    if story.phase in (Phase.INCOMPLETE, Phase.FAILED):
        # Even a click only looks again.
        ended = story.phase
        story.tell(TryAgain())
        if story.phase is Phase.RESUMING:
            story.tell(Responded(404, {}))
            story.wait(10_000_000)
        assert story.phase is ended
    assert story.posts == 0


def test_who_looks_on_ends_nothing_and_clears_nothing() -> None:
    ends: tuple[Step, ...] = (Stop(), Ended())
    for end in ends:
        story = Story(plan("byte-log", KEEPER))
        story.restore(SavedTurn("Réka ", posts=1, phase="streaming"), follows=True)
        story.tell(OK, Chunk(BODY), end)
        assert (story.sent, story.turn.has_ended) == ([], True)
        assert not any(type(command).__name__ == "Forget" for command in story.commands)


def test_who_looks_on_sees_the_answer_grow() -> None:
    story = Story(plan(keeper=KEEPER))
    story.restore(SavedTurn("Réka ", posts=1, phase="streaming"), follows=True)
    story.tell(OK, Chunk(BODY[:MID]))
    assert story.text == "Réka 🌍"
    story.tell(Chunk(BODY[MID:]), Ended())
    assert (story.phase, story.text) == (Phase.DONE, TEXT)


def test_a_stop_in_a_page_that_was_opened_again_reaches_the_server() -> None:
    story = Story(plan("byte-log", KEEPER))
    story.restore(SavedTurn("Half", posts=2, phase="streaming"))
    assert Abort() in story.tell(Stop(), Tick())
    assert [each.url for each in story.sent] == [
        f"{KEEPER}turn-1-1",
        f"{ENDPOINT}/stream?conv_id=turn-1-1",
    ]
    assert [each for each in story.opened if isinstance(each, Open)][1:] == []


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_continuation_goes_on_after_a_reload(is_kept: bool) -> None:
    story = Story(plan(keeper=KEEPER))
    shown = "A river that is cut in the middle of"
    story.begin(OK, Chunk(text(shown)), Failed("cut"), Responded(410, {}), Continue())
    rest = [text(" of its way"), text(" goes on"), text(" " + "and on " * 40), finish()]
    story.tell(OK, *map(Chunk, rest[:3]))
    story.after(1_000, Chunk(text("for long. ")))
    before = story.text
    assert before.startswith(shown + " its way goes on")
    again = Story(story.plan)
    saved = saved_from(parse_json(saved_to_json(story.turn.saved())))
    again.tell(Restore(again.plan, saved))
    assert again.last.url == f"{KEEPER}turn-1-1?from=0"
    if not is_kept:
        again.tell(Responded(404, {}))
        assert (again.phase, again.text) == (Phase.INCOMPLETE, saved.text)
        return
    whole = b"".join([*rest[:3], text("for long. "), text("The sea."), finish()])
    again.tell(OK, Chunk(whole), Ended())
    assert (again.phase, again.posts) == (Phase.DONE, 0)
    assert again.text == before + "The sea."
    assert again.turn.is_continued
