"""A server that falls silent, a device that slept, and a page that was away."""

import pytest

from app.chat.commands import Abort
from app.chat.patience import Patience, Stall
from app.chat.phases import Phase
from app.chat.steps import Begin, Chunk, Ended, Failed, PageSignal, Step, Stop, Tick
from tests.unit.chat.story import ENDPOINT, KEEPER, OK, PING, Story, phases, plan
from tests.unit.chat.streams import finish, text

CUT = Failed("network error")
HI = Chunk(text("Hi"))
MINUTE = 60_000.0


def writing(*, pings: bool, resume: bool = True, keeper: str = "") -> Story:
    """An answer that is being written, by a server with signs of life in its pauses or without."""
    story = Story(plan("byte-log" if resume else "none", keeper))
    story.begin(OK, HI, *([PING] if pings else []))
    return story


def test_with_signs_of_life_a_silence_is_read_on_elsewhere() -> None:
    story = writing(pings=True)
    place = story.turn.received_bytes
    story.wait(44_999)
    assert story.phase is Phase.STREAMING
    told = story.wait(1)
    assert (Abort() in told, phases(told)) == (True, [Phase.RESUMING])
    assert story.last.url == f"{ENDPOINT}/stream?conv_id=turn-1-0&from={place}"
    story.tell(OK, Chunk(text("!") + finish()), Ended())
    assert (story.phase, story.text, story.posts) == (Phase.DONE, "Hi!", 1)


def test_with_signs_of_life_and_no_way_on_it_is_lost_without_a_warning() -> None:
    story = writing(pings=True, resume=False)
    story.wait(44_999)
    assert story.phase is Phase.STREAMING
    assert not story.turn.is_silent
    story.wait(1)
    assert (story.phase, story.posts, story.commands.count(Abort())) == (Phase.INCOMPLETE, 1, 1)
    assert story.turn.trouble is not None
    assert "No sign of life" in story.turn.trouble.cause


def test_signs_of_life_keep_it_alive_for_as_long_as_they_come() -> None:
    story = writing(pings=True)
    for _ in range(200):
        story.wait(30_000)
        story.tell(PING)
    assert (story.phase, len(story.opened)) == (Phase.STREAMING, 1)


def test_a_server_with_long_pauses_is_given_three_times_as_long() -> None:
    story = writing(pings=True)
    story.wait(40_000)
    story.tell(PING)
    story.wait(119_999)
    assert story.phase is Phase.STREAMING
    story.wait(1)
    assert story.phase is Phase.RESUMING


def test_without_signs_of_life_there_is_a_warning_first() -> None:
    story = writing(pings=False, resume=False)
    story.wait(119_999)
    assert not story.turn.is_silent
    story.wait(1)
    assert (story.phase, story.turn.is_silent) == (Phase.STREAMING, True)
    assert story.turn.silence(story.now) == 120_000
    story.wait(119_999)
    assert story.phase is Phase.STREAMING
    story.wait(1)
    assert (story.phase, story.posts, story.text) == (Phase.INCOMPLETE, 1, "Hi")


def test_bytes_take_the_warning_back() -> None:
    story = writing(pings=False, resume=False)
    story.wait(130_000)
    assert story.turn.is_silent
    story.tell(Chunk(text("!")))
    assert not story.turn.is_silent
    story.wait(119_999)
    assert (story.phase, story.turn.is_silent) == (Phase.STREAMING, False)


def test_without_signs_of_life_it_is_read_on_where_that_costs_nothing() -> None:
    story = writing(pings=False)
    story.wait(120_000)
    assert (story.phase, story.last.method) == (Phase.RESUMING, "GET")


@pytest.mark.parametrize("head", [(), (OK,)])  # Firefox gives no head before there is a byte
def test_the_keeper_is_looked_into_with_the_warning(head: tuple[Step, ...]) -> None:
    story = writing(pings=False, resume=False, keeper=KEEPER)
    story.wait(120_000)
    assert (story.phase, story.turn.is_silent) == (Phase.RESUMING, True)
    assert story.last.url.startswith(KEEPER)
    story.tell(*head)
    assert story.turn.silence(story.now) == 120_000
    story.wait(119_999)
    assert not story.turn.has_ended
    story.wait(1)
    assert (story.phase, story.text, len(story.opened)) == (Phase.INCOMPLETE, "Hi", 2)


def test_what_the_keeper_gives_after_the_warning_takes_it_back() -> None:
    story = writing(pings=False, resume=False, keeper=KEEPER)
    story.wait(200_000)
    story.tell(OK, Chunk(text("!")))
    assert (story.phase, story.turn.is_silent, story.text) == (Phase.STREAMING, False, "Hi!")
    # It may be looked into again.
    story.tell(CUT)
    assert story.last.url.startswith(KEEPER)


@pytest.mark.parametrize("steps", [(), (OK,)])
def test_a_first_byte_may_take_two_minutes(steps: tuple[Step, ...]) -> None:
    story = Story(plan())
    story.begin(*steps)
    story.wait(119_999)
    assert not story.turn.is_silent
    story.wait(1)
    assert (story.turn.is_silent, story.posts) == (True, 1)
    story.wait(120_000)
    # A model may be at work on it: it is not asked twice without the person.
    assert (story.phase, story.posts, Abort() in story.commands) == (Phase.FAILED, 1, True)


def test_the_settings_say_how_long() -> None:
    stall = Stall(first_byte=1000, heartbeat=2000, silence=3000, probe=100)
    for steps, limit in (((), 1000), ((OK, HI, PING), 2000), ((OK, HI), 3000)):
        story = Story(plan("byte-log", KEEPER), Patience(stall=stall))
        story.begin(*steps)
        story.wait(limit - 1)
        assert len(story.opened) == 1, limit
        story.wait(1)
        assert story.phase is Phase.RESUMING, limit


def test_a_way_that_is_silent_too_is_struck_out() -> None:
    story = writing(pings=True, keeper=KEEPER)
    story.wait(45_000)
    assert story.last.url.startswith(KEEPER)
    story.tell(OK)
    story.wait(120_000)
    assert story.last.url.startswith(f"{ENDPOINT}/stream")
    story.tell(OK)
    story.wait(10_000_000)
    assert (story.phase, story.posts, len(story.opened)) == (Phase.INCOMPLETE, 1, 3)


def test_a_resume_request_that_nobody_answers_is_no_endless_wait() -> None:
    story = writing(pings=True)
    story.wait(45_000)
    story.wait(10_000_000)
    assert (story.phase, story.text, story.posts) == (Phase.INCOMPLETE, "Hi", 1)


# The device slept.


def slept(story: Story, milliseconds: float = 3_600_000) -> float:
    """Let a tick come much too late; give the time at which it came."""
    assert story.wake_at is not None
    story.now = story.wake_at + milliseconds
    told = story.tell(Tick())
    assert phases(told) == []
    assert Abort() not in told
    return story.now


def test_after_a_sleep_waiting_bytes_have_a_moment_to_show() -> None:
    story = writing(pings=True)
    slept(story)
    assert story.wake_at == story.now + 1500
    story.wait(1499)
    story.tell(Chunk(text("!")))
    story.wait(40_000)
    assert (story.phase, story.text, len(story.opened)) == (Phase.STREAMING, "Hi!", 1)


def test_after_a_sleep_a_dead_connection_is_replaced_soon() -> None:
    for pings in (True, False):
        story = writing(pings=pings)
        place = story.turn.received_bytes
        slept(story)
        assert phases(story.wait(1499)) == []
        told = story.wait(1)
        assert (Abort() in told, phases(told)) == (True, [Phase.RESUMING])
        assert story.last.url.endswith(f"from={place}")


def test_after_a_sleep_with_no_way_on_the_connection_has_its_full_time() -> None:
    story = writing(pings=True, resume=False)
    slept(story)
    story.wait(44_000)
    assert (story.phase, len(story.opened)) == (Phase.STREAMING, 1)
    story.wait(1000)
    assert story.phase is Phase.INCOMPLETE


@pytest.mark.parametrize(("late", "is_sleep"), [(10_000, False), (10_001, True)])
def test_a_tick_later_than_twice_its_beat_is_a_sleep(late: float, is_sleep: bool) -> None:
    story = writing(pings=True)
    slept(story, late)
    assert any("slept" in entry.words for entry in story.turn.journal) is is_sleep
    assert (story.wake_at == story.now + 1500) is is_sleep


def test_the_slow_ticks_of_a_hidden_page_are_no_sleep() -> None:
    story = writing(pings=True)
    story.hear(PageSignal.HIDDEN)
    for _ in range(60):
        story.after(20_000, PING)
        story.after(20_000, PING)
        story.after(20_000, PING, Tick())
    assert (story.phase, len(story.opened)) == (Phase.STREAMING, 1)
    assert not any("slept" in entry.words for entry in story.turn.journal)


def test_a_hidden_page_that_really_slept_knows_it() -> None:
    story = writing(pings=True)
    story.hear(PageSignal.HIDDEN)
    slept(story, 120_001)
    assert story.wake_at == story.now + 1500


def test_a_sleep_is_not_the_servers_silence() -> None:
    story = writing(pings=False, resume=False)
    slept(story, 7 * 24 * 3_600_000)
    assert not story.turn.is_silent
    story.wait(119_000)
    assert (story.phase, story.turn.is_silent) == (Phase.STREAMING, False)


def test_a_wait_that_was_slept_through_is_over() -> None:
    story = Story(plan())
    story.begin(CUT)
    story.after(3_600_000, Tick())
    assert (story.phase, story.posts) == (Phase.CONNECTING, 2)


# The page was away.


def test_a_healthy_stream_is_never_aborted_by_looking_away() -> None:
    story = writing(pings=False, keeper=KEEPER)
    for number in range(300):
        story.hear(PageSignal.HIDDEN)
        story.after(1000, Chunk(text(str(number))))
        story.hear(PageSignal.VISIBLE, PageSignal.RESUMED, PageSignal.ONLINE, PageSignal.OFFLINE)
        story.after(1000, Chunk(text(" ")))
        story.wait(500)
    assert (story.phase, len(story.opened), Abort() in story.commands) == (
        *(Phase.STREAMING, 1, False),
    )


def test_a_stream_that_was_silent_is_probed_and_read_on() -> None:
    story = writing(pings=True)
    story.hear(PageSignal.HIDDEN)
    story.after(3001)
    assert phases(story.hear(PageSignal.VISIBLE)) == []
    story.wait(1499)
    assert story.phase is Phase.STREAMING
    assert phases(story.wait(1)) == [Phase.RESUMING]


def test_a_stream_that_was_silent_and_speaks_again_stays() -> None:
    story = writing(pings=True)
    story.after(3001)
    story.hear(PageSignal.VISIBLE)
    story.wait(1000)
    story.tell(Chunk(text("!")))
    story.wait(10_000)
    assert (story.phase, story.text, len(story.opened)) == (Phase.STREAMING, "Hi!", 1)


def test_a_silence_that_the_server_is_known_for_is_not_doubted() -> None:
    story = writing(pings=True)
    story.after(10_000, PING)
    story.after(20_000)
    story.hear(PageSignal.VISIBLE)
    story.wait(4000)
    assert len(story.opened) == 1


def test_a_silent_stream_with_no_way_on_is_left_in_peace() -> None:
    story = writing(pings=False, resume=False)
    story.after(30_000)
    story.hear(PageSignal.VISIBLE)
    story.wait(60_000)
    assert (story.phase, len(story.opened), Abort() in story.commands) == (
        *(Phase.STREAMING, 1, False),
    )


@pytest.mark.parametrize("steps", [(), (OK,), (OK, HI)])
def test_after_the_back_forward_cache_a_connection_is_dead(steps: tuple[Step, ...]) -> None:
    story = Story(plan(keeper=KEEPER))
    story.begin(*steps)
    place = story.turn.received_bytes
    story.hear(PageSignal.HIDDEN, PageSignal.FROZEN)
    story.after(30)  # however short it was
    told = story.hear(PageSignal.RESTORED)
    assert (told[0], phases(told)) == (Abort(), [Phase.RESUMING])
    assert story.last.url == f"{KEEPER}turn-1-0?from={place}"
    assert story.posts == 1


def test_after_the_back_forward_cache_without_a_way_the_truth_is_told() -> None:
    story = writing(pings=False, resume=False)
    story.hear(PageSignal.HIDDEN)
    story.after(30)
    story.hear(PageSignal.RESTORED)
    assert (story.phase, story.text, story.posts) == (Phase.INCOMPLETE, "Hi", 1)


def test_what_was_opened_before_a_second_look_away_is_dead_too() -> None:
    story = Story(plan())
    story.begin(CUT)
    story.hear(PageSignal.HIDDEN)
    story.wait(30_000)
    story.tell(OK, HI)
    story.hear(PageSignal.HIDDEN)
    story.after(10)
    assert Abort() in story.hear(PageSignal.RESTORED)


def test_a_page_that_is_put_aside_after_the_end_changes_nothing() -> None:
    story = writing(pings=False)
    story.tell(Chunk(finish()), Ended())
    assert story.hear(*PageSignal) == []


def test_no_request_after_a_stop_whatever_the_page_does() -> None:
    story = writing(pings=True, keeper=KEEPER)
    story.tell(Stop())
    before = len(story.opened)
    story.hear(*PageSignal)
    story.after(10_000_000, Tick())
    story.hear(*PageSignal)
    assert len(story.opened) == before


def test_a_clock_that_goes_back_is_not_believed() -> None:
    story = Story(plan())
    story.begin(OK, HI)
    story.now -= 3_600_000
    story.tell(PING, Tick())
    assert story.wake_at is not None
    assert (story.phase, story.turn.is_silent) == (Phase.STREAMING, False)
    assert story.turn.silence(story.now) <= 0


def test_one_timer_is_enough() -> None:
    story = Story(plan())
    told = story.tell(Begin(story.plan))
    assert sum(type(each).__name__ == "Wake" for each in told) == 1
    # Bytes in quick succession order no new one each.
    told = [each for _ in range(100) for each in story.after(1, OK if not _ else HI)]
    assert sum(type(each).__name__ == "Wake" for each in told) <= 2
