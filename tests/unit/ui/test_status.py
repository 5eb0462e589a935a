"""What the line under an answer says, in each phase and of all that befalls it."""

import pytest

from app.chat.patience import Patience, Retry
from app.chat.phases import Phase
from app.chat.saved import SavedTurn
from app.chat.steps import Chunk, Continue, Ended, Failed, PageSignal, Responded, Step, Stop
from app.ui.status import AT_LIMIT, SLOW, Status, status_of
from tests.unit.chat.story import KEEPER, OK, PING, Story, plan
from tests.unit.chat.streams import finish, reasoning, text

CUT = Failed("network error")
OFFLINE = Failed("network error", is_offline=True)
BUSY = (Responded(503, {"Retry-After": "20"}), Ended())
HI = Chunk(text("Hi"))
GONE = Responded(404, {})


def shown(story: Story, since: float | None = None) -> Status:
    return status_of(story.turn, story.now, story.now if since is None else since)


def told(*steps: Step) -> Story:
    story = Story(plan("byte-log"))
    story.begin(*steps)
    return story


PHASES: tuple[tuple[Phase, tuple[Step, ...], str], ...] = (
    (Phase.CONNECTING, (), "connecting"),
    (Phase.RESPONDED, (OK,), "reading the question"),
    (Phase.RESPONDED, (OK, Chunk(reasoning("Hm"))), "reading the question"),
    (Phase.STREAMING, (OK, HI), "writing"),
    (Phase.RESUMING, (OK, HI, CUT), "reconnecting"),
    (Phase.WAITING, BUSY, "trying again in 20 s"),
    (Phase.WAITING, (OK, HI, CUT, CUT), "reconnecting in 1 s"),
    (Phase.PARKED, (OFFLINE,), "offline, will go on by itself"),
    (Phase.PARKED, (OK, HI, OFFLINE), "offline, will go on by itself"),
    (Phase.RESPONDED, (OK, HI, CUT, OK), "reading on"),
    (Phase.STOPPED, (OK, HI, Stop()), "stopped"),
    (Phase.INCOMPLETE, (OK, HI, CUT, GONE), "incomplete"),
    (Phase.CONNECTING, (OK, HI, CUT, GONE, Continue()), "asking again"),
    (Phase.FAILED, (GONE, Ended()), ""),
    (Phase.DONE, (OK, HI, Chunk(finish()), Ended()), ""),
)


@pytest.mark.parametrize(("phase", "steps", "word"), PHASES)
def test_each_phase_has_its_words(phase: Phase, steps: tuple[Step, ...], word: str) -> None:
    story = told(*steps)
    assert story.phase is phase
    assert shown(story).word == word


def test_all_phases_are_tried_and_nothing_is_said_before_the_beginning() -> None:
    assert {phase for phase, _steps, _word in PHASES} == {*Phase} - {Phase.READY}
    assert shown(Story(plan())) == Status("")


def test_only_what_waits_may_be_tried_now() -> None:
    for phase, steps, _word in PHASES:
        may_try = phase in (Phase.WAITING, Phase.PARKED)
        assert shown(told(*steps)).may_try_now is may_try, phase


@pytest.mark.parametrize(
    ("passed", "word"),
    [
        (0, "trying again in 5 min 0 s"),
        (1000, "trying again in 4 min 59 s"),
        (180_000, "trying again in 2 min 0 s"),
        (181_000, "trying again in 119 s"),
        (297_000, "trying again in 3 s"),
        (299_900, "trying again in 1 s"),
    ],
)
def test_it_counts_down(passed: float, word: str) -> None:
    story = told(Responded(429, {"Retry-After": "300"}), Ended())
    since = story.now
    story.now += passed
    assert shown(story, since).word == word


def test_hours_are_told_in_hours() -> None:
    story = told(Responded(429, {"Retry-After": "7500"}), Ended())
    assert shown(story).word == "trying again in 2 h 5 min"


def test_a_wait_that_is_over_is_not_told_as_a_time_gone_by() -> None:
    story = told(*BUSY)
    story.now += 3_600_000
    assert shown(story).word == "trying again in 1 s"


@pytest.mark.parametrize(
    ("steps", "phase", "slow"),
    [
        ((), Phase.CONNECTING, "waiting for the server"),
        ((OK,), Phase.RESPONDED, "waiting for the answer"),
    ],
)
def test_what_takes_long_is_named(steps: tuple[Step, ...], phase: Phase, slow: str) -> None:
    story = told(*steps)
    quick, limit = shown(story).word, SLOW[phase]
    assert shown(story, story.now - limit).word == quick
    assert shown(story, story.now - limit - 1).word == slow


def test_an_answer_with_text_is_not_said_to_be_waited_for() -> None:
    story = told(OK, HI, CUT, OK)
    assert shown(story, story.now - 1_000_000).word == "reading on"


def test_silence_is_told_while_it_lasts() -> None:
    story = Story(plan())
    story.begin(OK, HI)
    story.wait(119_000)
    assert shown(story).word == "writing"
    story.wait(1000)
    assert shown(story).word == "no sign of life for 2 min 0 s"
    story.wait(65_000)
    assert shown(story).word == "no sign of life for 3 min 5 s"
    assert not shown(story).may_try_now
    story.tell(PING)
    assert shown(story).word == "writing"


def test_how_it_was_read_on_is_told() -> None:
    story = Story(plan(keeper=KEEPER))
    story.begin(OK, *[HI] * 20, CUT)
    assert shown(story).note == ""
    story.tell(OK)
    place = 20 * len(text("Hi"))
    note = f"resumed at byte {place:,} · nothing lost"
    assert "," in note
    assert shown(story).note == note
    story.tell(Chunk(finish()), Ended())
    assert shown(story) == Status("", note)


def test_what_is_not_whole_is_not_said_to_have_lost_nothing() -> None:
    story = Story(plan(keeper=KEEPER), Patience(Retry(max_retries=0)))
    story.begin(OK, HI, CUT, OK, Chunk(text("!")), CUT)
    assert story.phase is Phase.INCOMPLETE
    assert shown(story) == Status("incomplete")


def test_an_answer_that_the_model_went_on_with_says_so() -> None:
    story = Story(plan())
    story.begin(OK, HI, CUT, Continue(), OK, Chunk(text(" there") + finish()), Ended())
    assert shown(story) == Status("", "continued: it may not be what was cut off")


def test_an_answer_at_its_limit_says_so() -> None:
    assert shown(told(OK, HI, Chunk(finish("length")), Ended())).word == AT_LIMIT


def test_an_answer_of_another_page_has_words_too() -> None:
    story = Story(plan())
    story.restore(SavedTurn("Half", posts=1, phase="streaming"))
    story.hear(PageSignal.VISIBLE)
    assert shown(story) == Status("incomplete")


def test_what_it_waits_for_is_said() -> None:
    story = Story(plan())
    story.begin(*BUSY)
    note = status_of(story.turn, story.now, story.now).note
    assert note == "The model server is busy or still loading the model."
