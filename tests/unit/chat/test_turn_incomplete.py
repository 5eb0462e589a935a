"""Text has come and there is no way to the rest: the truth is told, and the person is asked."""

import json

import pytest

from app.chat.commands import Abort, Open, Replace, Send
from app.chat.patience import Patience, Retry, WhenCut
from app.chat.phases import Phase
from app.chat.plan import GO_ON
from app.chat.steps import Chunk, Continue, Ended, Failed, PageSignal, Responded, Step, Stop
from app.chat.steps import Retry as TryAgain
from app.wire import Request
from tests.unit.chat.story import ENDPOINT, KEEPER, OK, Story, phases, plan
from tests.unit.chat.streams import SDK_END, error, event, finish, part, reasoning, said_parts, text

CUT = Failed("network error")
SHOWN = "The river flows over many old stones and then it tur"
BEGINNING = "The river flows over many old stones and then it"
CALL = event(
    {"choices": [{"delta": {"tool_calls": [{"index": 0, "id": "c", "function": {"name": "f"}}]}}]}
)


def cut_story(*, when_cut: WhenCut = "ask", shown: str = SHOWN, retries: int = 5) -> Story:
    """A story whose answer was cut after some text, at a server that keeps nothing."""
    story = Story(plan(), Patience(Retry(max_retries=retries), when_cut=when_cut))
    story.begin(OK, Chunk(text(shown)))
    story.after(10, CUT)
    return story


def messages(request: Request) -> list[tuple[str, str]]:
    body = json.loads(request.body)
    return [(each["role"], each["content"]) for each in body["messages"]]


@pytest.mark.parametrize(
    "end", [CUT, Ended(), Chunk(error("overloaded", "503")), Failed("off", is_offline=True)]
)
def test_what_came_is_kept_and_called_incomplete(end: Step) -> None:
    story = Story(plan())
    story.begin(OK, Chunk(text(SHOWN)), end)
    story.hear(*PageSignal)
    story.wait(10_000_000)
    assert (story.phase, story.text, story.posts) == (Phase.INCOMPLETE, SHOWN, 1)
    assert story.turn.may_continue
    assert story.turn.trouble is not None
    assert story.turn.trouble.safe == "Your question and the text so far are kept."


def test_continue_asks_for_what_follows_the_last_whole_word() -> None:
    story = cut_story()
    assert phases(story.tell(Continue())) == [Phase.CONNECTING]
    assert messages(story.last) == [("user", "Why?"), ("assistant", BEGINNING), ("user", GO_ON)]
    assert story.posts == 2


@pytest.mark.parametrize(
    "reply",
    [
        " turns around a mill.",
        "turns around a mill.",
        BEGINNING + " turns around a mill.",
        "old stones and then it turns around a mill.",
        " and then it turns around a mill.",
    ],
)
def test_what_the_model_repeats_is_trimmed(reply: str) -> None:
    for size in (1, 3, 20, 1000):
        story = cut_story()
        story.tell(Continue(), OK)
        for start in range(0, len(reply), size):
            story.tell(Chunk(text(reply[start : start + size])))
            assert story.text.startswith(SHOWN)
        story.tell(Chunk(finish()), Ended())
        assert story.phase is Phase.DONE
        assert story.text == "The river flows over many old stones and then it turns around a mill."
        assert story.turn.is_continued
        assert not story.was_replaced


def test_another_half_word_gives_way_as_a_whole() -> None:
    story = cut_story()
    story.tell(Continue(), OK, Chunk(text(" bends away.") + finish()), Ended())
    assert (story.phase, story.text) == (Phase.DONE, BEGINNING + " bends away.")
    assert story.was_replaced
    assert story.turn.is_continued


def test_the_reasoning_of_a_continuation_is_not_that_of_the_answer() -> None:
    story = Story(plan())
    story.begin(OK, Chunk(reasoning("Rivers.") + text(SHOWN)), CUT, Continue(), OK)
    story.tell(Chunk(reasoning("Where was I?") + text(" bends.") + finish()), Ended())
    assert (story.reasoning, story.text) == ("Rivers.", BEGINNING + " bends.")


def test_a_continuation_that_is_cut_too_can_be_continued() -> None:
    story = cut_story()
    story.tell(Continue(), OK, Chunk(text(" turns around an old mi")), CUT)
    assert (story.phase, story.turn.is_continued) == (Phase.INCOMPLETE, True)
    assert story.text == BEGINNING + " turns around an old mi"
    story.tell(Continue())
    assert messages(story.last)[1] == ("assistant", BEGINNING + " turns around an old")
    story.tell(OK, Chunk(text(" mill.") + finish()), Ended())
    assert (story.phase, story.posts) == (Phase.DONE, 3)
    assert story.text == BEGINNING + " turns around an old mill."


def test_a_continuation_without_a_word_takes_nothing_away() -> None:
    ends: list[Step] = [CUT, Ended(), Stop()]
    for end in ends:
        story = cut_story()
        story.tell(Continue(), OK, end)
        assert (story.text, story.turn.is_continued) == (SHOWN, False)


def test_a_continuation_of_an_answer_that_this_browser_keeps_is_read_on() -> None:
    story = Story(plan(keeper=KEEPER))
    story.begin(OK, Chunk(text(SHOWN)), CUT, Responded(410, {}), Continue())
    assert story.last.url == f"{KEEPER}turn-1-1"
    body = text(" turns") + text(" around.") + finish()
    story.tell(OK, Chunk(body[:90]), CUT)
    assert story.last.url == f"{KEEPER}turn-1-1?from=90"
    story.tell(OK, Chunk(body[90:]), Ended())
    assert (story.phase, story.text) == (Phase.DONE, BEGINNING + " turns around.")


def test_a_continuation_that_is_played_again_is_still_one() -> None:
    story = Story(plan("replay", protocol="ai-sdk"), protocol="ai-sdk")
    story.begin(OK, Chunk(said_parts(SHOWN)), CUT, Responded(204, {}), Continue())
    story.tell(OK, Chunk(said_parts(" turns", " around")), CUT)
    assert (story.last.method, story.phase) == ("GET", Phase.RESUMING)
    story.tell(OK, Chunk(said_parts(" turns")))
    assert story.text.startswith(SHOWN)
    story.tell(Chunk(said_parts(" around", " a mill.") + SDK_END))
    assert (story.phase, story.text) == (Phase.DONE, BEGINNING + " turns around a mill.")
    assert story.turn.is_continued


@pytest.mark.parametrize("size", [1, 10, 30])
def test_a_server_that_sets_its_continuation_anew_leaves_the_beginning(size: int) -> None:
    story = Story(plan(protocol="ai-sdk"), protocol="ai-sdk")
    story.begin(OK, Chunk(part("start-step") + said_parts(SHOWN)), CUT, Continue(), OK)
    story.tell(Chunk(part("start-step") + said_parts(" turns left" * size) + part("reset-step")))
    assert story.text.startswith(BEGINNING)
    story.tell(Chunk(said_parts(" turns right.") + SDK_END))
    assert (story.phase, story.text) == (Phase.DONE, BEGINNING + " turns right.")


def test_in_a_tool_call_nothing_is_continued() -> None:
    story = Story(plan(), Patience(when_cut="continue"))
    story.begin(OK, Chunk(text(SHOWN) + CALL), CUT)
    assert (story.phase, story.posts, story.turn.may_continue) == (Phase.INCOMPLETE, 1, False)
    # Should it be wanted all the same, the answer is asked for anew.
    story.tell(Continue())
    assert messages(story.last) == [("user", "Why?")]


def test_a_new_answer_is_read_behind_the_old_one_until_it_is_as_long() -> None:
    story = cut_story(shown="The river flows")
    assert phases(story.tell(TryAgain())) == [Phase.CONNECTING]
    assert messages(story.last) == [("user", "Why?")]
    story.tell(OK, Chunk(text("A brook runs")))
    assert (story.text, story.was_replaced) == ("The river flows", False)
    told = story.tell(Chunk(text(" down")))
    assert story.text == "A brook runs down"
    assert Replace() in told
    story.tell(Chunk(text(" fast") + finish()), Ended())
    assert (story.phase, story.text, story.posts) == (Phase.DONE, "A brook runs down fast", 2)


def test_a_new_answer_that_is_shorter_is_swapped_in_when_it_is_whole() -> None:
    story = cut_story()
    story.tell(TryAgain(), OK, Chunk(text("No idea.")))
    assert story.text == SHOWN
    story.tell(Chunk(finish()), Ended())
    assert (story.phase, story.text, story.was_replaced) == (Phase.DONE, "No idea.", True)
    assert not story.turn.is_continued


@pytest.mark.parametrize(
    "steps",
    [
        (CUT,),
        (OK, CUT),
        (OK, Chunk(text("A brook")), CUT),
        (OK, Chunk(text("A brook") + error("no"))),
        (OK, Chunk(text("A brook")), Ended()),
        (OK, Chunk(text("A brook")), Stop()),
        (Responded(503, {}), Ended()),
        (Responded(401, {}), Ended()),
    ],
)
def test_a_new_answer_that_fails_leaves_the_old_one(steps: tuple[Step, ...]) -> None:
    story = cut_story()
    story.tell(TryAgain(), *steps)
    story.wait(10_000_000)
    assert (story.text, story.was_replaced, story.posts) == (SHOWN, False, 2)
    assert story.phase in (Phase.INCOMPLETE, Phase.STOPPED)


def test_the_same_answer_again_is_written_on() -> None:
    story = cut_story()
    story.tell(TryAgain(), OK, Chunk(text(SHOWN)), Chunk(text("ns.") + finish()), Ended())
    assert (story.phase, story.text, story.was_replaced) == (Phase.DONE, SHOWN + "ns.", False)


@pytest.mark.parametrize("word", [TryAgain(), Continue()])
def test_one_word_of_the_person_is_one_request(word: Step) -> None:
    story = cut_story()
    story.tell(word)
    story.after(2000, CUT)
    story.wait(10_000_000)
    assert (story.phase, story.posts, story.text) == (Phase.INCOMPLETE, 2, SHOWN)


def test_the_settings_may_choose_to_continue() -> None:
    story = cut_story(when_cut="continue")
    assert (story.phase, story.posts) == (Phase.WAITING, 1)  # with its wait, as always
    story.wait(1_000)
    assert (story.phase, story.posts) == (Phase.CONNECTING, 2)
    assert messages(story.last)[1] == ("assistant", BEGINNING)
    story.tell(OK, Chunk(text(" turns.") + finish()), Ended())
    assert (story.phase, story.text) == (Phase.DONE, BEGINNING + " turns.")
    assert story.turn.is_continued


def test_the_settings_may_choose_to_begin_anew() -> None:
    story = cut_story(when_cut="restart")
    story.wait(1_000)
    assert (story.phase, story.posts) == (Phase.CONNECTING, 2)
    assert messages(story.last) == [("user", "Why?")]
    story.tell(OK, Chunk(text("A brook.")))
    assert story.text == SHOWN
    story.tell(Chunk(finish()), Ended())
    assert (story.phase, story.text, story.turn.is_continued) == (Phase.DONE, "A brook.", False)


@pytest.mark.parametrize("when_cut", ["continue", "restart"])
def test_what_was_chosen_in_advance_has_an_end(when_cut: WhenCut) -> None:
    story = cut_story(when_cut=when_cut, retries=3)
    for _ in range(10):
        story.wait(30_000)
        if not story.turn.has_ended:
            story.tell(OK, Chunk(text(" and")), CUT)
    assert (story.phase, story.posts) == (Phase.INCOMPLETE, 1 + 3)


@pytest.mark.parametrize("when_cut", ["continue", "restart"])
def test_what_was_chosen_in_advance_is_not_done_where_it_cannot_help(when_cut: WhenCut) -> None:
    story = Story(plan(), Patience(when_cut=when_cut))
    story.begin(OK, Chunk(text(SHOWN) + finish("content_filter")), Ended())
    assert (story.phase, story.posts) == (Phase.INCOMPLETE, 1)


@pytest.mark.parametrize("when_cut", ["ask", "continue", "restart"])
def test_nothing_is_asked_again_after_a_stop(when_cut: WhenCut) -> None:
    story = Story(plan(), Patience(when_cut=when_cut))
    told = story.begin(OK, Chunk(text(SHOWN)), Stop())
    assert Abort() in told
    story.tell(CUT)
    story.wait(10_000_000)
    assert (story.phase, story.posts, story.text) == (Phase.STOPPED, 1, SHOWN)


@pytest.mark.parametrize("word", [TryAgain(), Continue()])
def test_before_a_model_is_asked_again_the_old_answer_is_ended(word: Step) -> None:
    story = Story(plan("byte-log", KEEPER))
    story.begin(OK, Chunk(text(SHOWN)), CUT, Responded(410, {}), Responded(404, {}))
    assert (story.phase, story.sent) == (Phase.INCOMPLETE, [])
    told = [each for each in story.tell(word) if isinstance(each, Send | Open)]
    assert [(each.request.method, each.request.url) for each in told] == [
        ("DELETE", f"{KEEPER}turn-1-0"),
        ("DELETE", f"{ENDPOINT}/stream?conv_id=turn-1-0"),
        ("POST", f"{KEEPER}turn-1-1"),
    ]


def test_a_way_that_is_left_is_taken_before_a_model_is_asked() -> None:
    story = Story(plan("byte-log"), Patience(Retry(max_retries=1)))
    story.begin(OK, Chunk(text(SHOWN)), CUT, CUT)
    assert story.phase is Phase.INCOMPLETE
    story.tell(TryAgain())
    assert (story.phase, story.last.method, story.posts) == (Phase.RESUMING, "GET", 1)


@pytest.mark.parametrize("when_cut", ["continue", "restart"])
def test_what_was_chosen_in_advance_waits_as_long_as_the_server_wants(when_cut: WhenCut) -> None:
    story = cut_story(when_cut=when_cut)
    story.wait(1_000)
    story.tell(Responded(429, {"Retry-After": "60"}), Ended())
    story.wait(59_000)
    assert (story.phase, story.posts) == (Phase.WAITING, 2)
    story.wait(2_000)
    assert (story.phase, story.posts) == (Phase.CONNECTING, 3)
