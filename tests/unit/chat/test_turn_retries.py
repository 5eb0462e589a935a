"""Nothing has come yet: what is tried again by itself, when, and what is said instead."""

from itertools import permutations

import pytest

from app.chat.commands import Abort
from app.chat.patience import Patience, Retry
from app.chat.phases import Phase
from app.chat.steps import Chunk, Ended, Failed, PageSignal, Responded, Step, Stop, Tick
from app.chat.steps import Retry as TryNow
from tests.unit.chat.story import ENDPOINT, KEEPER, OK, Story, phases, plan
from tests.unit.chat.streams import error, finish, reasoning, text

CUT = Failed("TypeError: Failed to fetch")
OFFLINE = Failed("TypeError: Failed to fetch", is_offline=True)
# Wed, 25 Nov 2026 08:00:00 GMT, in milliseconds since 1970.
EIGHT = 1_795_593_600_000.0
RETURNS = (PageSignal.VISIBLE, PageSignal.RESTORED, PageSignal.RESUMED, PageSignal.ONLINE)


def refuse(
    story: Story, status: int, headers: dict[str, str] | None = None, body: str = ""
) -> None:
    story.tell(Responded(status, headers or {}), Chunk(body.encode()), Ended())


def fail_to_the_end(story: Story, duration: float, *failures: Failed) -> list[float]:
    """Let each request fail after a time until nothing is tried any more; give the waits."""
    waits: list[float] = []
    while not story.turn.has_ended:
        assert len(waits) < 30, "it never gives up"
        story.after(duration, *failures)
        if story.phase is Phase.WAITING:
            waits.append(next_wait(story))
            story.wait(waits[-1])
        elif story.phase is Phase.CONNECTING:
            waits.append(0.0)
    return waits


def next_wait(story: Story) -> float:
    assert story.turn.next_try_at is not None
    return story.turn.next_try_at - story.now


FAILURES: tuple[tuple[Step, ...], ...] = (
    (CUT,),
    (OK, CUT),
    (OK, Ended()),
    (OK, Chunk(b": ping\n\n"), CUT),
    (OK, Chunk(error("overloaded", "overloaded_error"))),
    *((Responded(status, {}), Ended()) for status in (408, 409, 429, 500, 502, 503, 504, 529)),
)


@pytest.mark.parametrize("steps", FAILURES, ids=range(len(FAILURES)))
def test_what_may_pass_is_tried_again_by_itself(steps: tuple[Step, ...]) -> None:
    story = Story(plan())
    story.begin(*steps)
    assert (story.phase, next_wait(story)) == (Phase.WAITING, 500)
    story.wait(499)
    assert len(story.opened) == 1
    story.wait(1)
    assert (story.phase, story.posts) == (Phase.CONNECTING, 2)
    story.tell(OK, Chunk(text("Hi") + finish()), Ended())
    assert (story.phase, story.text, story.turn.trouble) == (Phase.DONE, "Hi", None)


@pytest.mark.parametrize("chance", [0.0, 0.25, 0.999])
def test_the_waits_are_jittered_and_end(chance: float) -> None:
    story = Story(plan(), chance=chance)
    story.begin()
    assert fail_to_the_end(story, 2000, CUT) == [
        bound * chance for bound in (1000, 2000, 4000, 8000, 16_000)
    ]
    assert (story.phase, story.posts) == (Phase.FAILED, 6)


def test_the_settings_say_how_often_and_how_patiently() -> None:
    patience = Patience(Retry(max_retries=2, retry_delay=10, max_delay=12))
    story = Story(plan(), patience)
    story.begin(CUT)
    assert next_wait(story) == 5
    story.wait(5)
    story.tell(CUT)
    assert next_wait(story) == 6
    story.wait(6)
    story.tell(CUT)
    assert (story.phase, story.posts) == (Phase.FAILED, 3)


HINT = '{"error":{"message":"Rate limit reached. Please try again in 20s."}}'
INFO = '{"error":{"message":"Slow","details":[{"retryDelay":"20s"}]}}'


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (429, {"Retry-After": "20"}, ""),
        (503, {"retry-after": "20"}, ""),
        (429, {"retry-after-ms": "20000"}, ""),
        (429, {"Retry-After": "Wed, 25 Nov 2026 08:00:20 GMT"}, ""),
        (429, {}, HINT),
        (429, {}, INFO),
        (429, {"Retry-After": "20"}, '{"error":{"message":"Please try again in 1s."}}'),
    ],
)
def test_a_server_that_names_a_time_is_not_asked_before(
    status: int, headers: dict[str, str], body: str
) -> None:
    for chance in (0.0, 0.999):
        story = Story(plan(), chance=chance, now=EIGHT)
        story.begin()
        refuse(story, status, headers, body)
        assert story.phase is Phase.WAITING
        assert 20_000 <= next_wait(story) <= 20_500
        story.hear(PageSignal.HIDDEN)
        story.wait(19_999)
        story.hear(*RETURNS)
        assert story.posts == 1
        story.wait(501)
        assert story.posts == 2


def test_a_failure_inside_the_stream_may_name_a_time() -> None:
    story = Story(plan(), chance=0.0)
    story.begin(OK, Chunk(error("Overloaded. Please try again in 20s.", "429")))
    assert next_wait(story) >= 20_000


def test_a_time_beyond_the_cap_is_waited_and_shown() -> None:
    story = Story(plan())
    story.begin()
    refuse(story, 429, {"Retry-After": "300"})
    assert next_wait(story) >= 300_000
    story.wait(299_999)
    assert (story.phase, story.posts) == (Phase.WAITING, 1)
    assert story.turn.trouble is not None
    assert story.turn.trouble.happened == "The model server accepts no more requests for now."
    story.wait(1000)
    assert story.posts == 2


@pytest.mark.parametrize("kind", RETURNS)
def test_a_named_time_is_the_servers_word_and_only_the_person_goes_before_it(
    kind: PageSignal,
) -> None:
    story = Story(plan())
    story.begin()
    refuse(story, 429, {"Retry-After": "60"})
    story.after(59_000)
    story.hear(kind)
    story.tell(Tick())
    assert (story.phase, story.posts) == (Phase.WAITING, 1)
    story.tell(TryNow())
    assert (story.phase, story.posts, story.turn.next_try_at) == (Phase.CONNECTING, 2, None)


@pytest.mark.parametrize("kind", [PageSignal.VISIBLE, PageSignal.ONLINE, PageSignal.RESUMED])
def test_a_wait_of_ours_is_cut_short_when_the_person_comes_back(kind: PageSignal) -> None:
    story = Story(plan())
    story.begin(CUT)
    assert phases(story.hear(kind)) == [Phase.CONNECTING]
    assert story.posts == 2


@pytest.mark.parametrize("kind", [PageSignal.HIDDEN, PageSignal.FROZEN])
def test_leaving_cuts_no_wait_short(kind: PageSignal) -> None:
    story = Story(plan())
    story.begin(CUT)
    story.hear(kind)
    assert (story.phase, story.posts) == (Phase.WAITING, 1)


BURST = (PageSignal.VISIBLE, PageSignal.RESTORED, PageSignal.VISIBLE, PageSignal.ONLINE)


@pytest.mark.parametrize("burst", sorted({*permutations(BURST)}, key=str))
@pytest.mark.parametrize("failure", [CUT, OFFLINE])
def test_a_burst_of_signals_makes_one_attempt(
    burst: tuple[PageSignal, ...], failure: Failed
) -> None:
    story = Story(plan())
    story.begin()
    story.hear(PageSignal.HIDDEN)
    story.after(5000, failure)
    told = story.after(100) + story.hear(*burst)
    assert phases(told) == [Phase.CONNECTING]
    assert (story.posts, Abort() in told) == (2, False)


@pytest.mark.parametrize("burst", sorted({*permutations(BURST)}, key=str))
def test_a_burst_of_signals_reads_on_once(burst: tuple[PageSignal, ...]) -> None:
    story = Story(plan("byte-log"))
    story.begin(OK, Chunk(text("Hi")))
    story.hear(PageSignal.HIDDEN)
    told = story.after(30_000) + story.hear(*burst)
    assert phases(told) == [Phase.RESUMING]
    assert len(story.opened) == 2


@pytest.mark.parametrize(
    ("status", "code", "remedy"),
    [
        (401, "", "Check the access key"),
        (403, "", "Check the access key"),
        (404, "", "Check the endpoint and the model in the settings."),
        (400, "", "check the model and the protocol in the settings"),
        (413, "", "ask a shorter question"),
        (400, "context_length_exceeded", "ask a shorter question"),
        (429, "insufficient_quota", "Check the account"),
        (404, "model_not_found", "Check the name of the model"),
        (422, "", "Read the details"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(status: int, code: str, remedy: str) -> None:
    story = Story(plan("byte-log", KEEPER))
    story.begin()
    refuse(story, status, {"Retry-After": "1"}, f'{{"error":{{"message":"No.","code":"{code}"}}}}')
    story.wait(10_000_000)
    assert (story.phase, len(story.opened)) == (Phase.FAILED, 1)
    assert story.turn.trouble is not None
    assert remedy in story.turn.trouble.remedy
    assert not story.turn.trouble.retryable


def test_requests_that_fail_at_once_are_said_to_be_blocked() -> None:
    story = Story(plan())
    story.begin()
    for number in range(6):
        story.after(30, CUT)
        assert story.turn.trouble is not None
        blocked = story.turn.trouble.happened == "The model server is blocked or unreachable."
        assert blocked == (number >= 2)
        if story.phase is Phase.WAITING:
            story.wait(next_wait(story))
    assert story.phase is Phase.FAILED
    assert story.turn.trouble is not None
    assert "CORS" in story.turn.trouble.remedy


@pytest.mark.parametrize("duration", [1000.0, 40_000.0])
def test_a_request_that_took_its_time_was_let_out(duration: float) -> None:
    story = Story(plan())
    story.begin()
    fail_to_the_end(story, duration, CUT)
    assert story.turn.trouble is not None
    assert story.turn.trouble.happened == "The model server did not answer."


def test_a_device_without_network_waits_for_it_and_burns_no_attempt() -> None:
    story = Story(plan())
    story.begin()
    for _ in range(20):
        assert phases(story.tell(OFFLINE)) == [Phase.PARKED]
        assert story.turn.next_try_at is None
        before = story.posts
        story.wait(600_000, is_offline=True)
        assert (story.phase, story.posts) == (Phase.PARKED, before)
        story.hear(PageSignal.ONLINE)
        assert (story.phase, story.posts) == (Phase.CONNECTING, before + 1)
    before = story.posts
    fail_to_the_end(story, 0, CUT)
    assert story.posts == before + 5  # the whole budget was left


def test_a_network_that_is_back_is_found_without_being_told() -> None:
    story = Story(plan())
    story.begin(OFFLINE)
    story.wait(60_000)
    assert (story.phase, story.posts) == (Phase.CONNECTING, 2)


def test_coming_back_to_the_page_brings_no_network() -> None:
    story = Story(plan())
    story.begin(OFFLINE)
    story.hear(PageSignal.VISIBLE, PageSignal.RESTORED)
    assert (story.phase, story.posts) == (Phase.PARKED, 1)
    story.tell(TryNow())
    assert (story.phase, story.posts) == (Phase.CONNECTING, 2)


def test_a_network_lost_while_it_waits_parks_it() -> None:
    story = Story(plan())
    story.begin(CUT)
    assert phases(story.hear(PageSignal.OFFLINE)) == [Phase.PARKED]
    story.wait(600_000, is_offline=True)
    assert story.posts == 1
    story.hear(PageSignal.ONLINE)
    assert story.posts == 2


def test_an_answer_that_was_cut_by_a_lost_network_is_read_on_when_it_is_back() -> None:
    body = text("Hi") + text(" there") + finish()
    story = Story(plan("byte-log"))
    story.begin(OK, Chunk(body[:90]), OFFLINE)
    assert story.phase is Phase.PARKED
    assert len(story.opened) == 1
    story.hear(PageSignal.ONLINE)
    assert story.last.url == f"{ENDPOINT}/stream?conv_id=turn-1-0&from=90"
    story.tell(OK, Chunk(body[90:]), Ended())
    assert (story.phase, story.text, story.posts) == (Phase.DONE, "Hi there", 1)


def test_this_browsers_log_needs_no_network() -> None:
    story = Story(plan(keeper=KEEPER))
    story.begin(OK, Chunk(text("Hi")), OFFLINE)
    assert (story.phase, story.last.method) == (Phase.RESUMING, "GET")
    story.tell(OFFLINE)
    assert story.phase is Phase.RESUMING
    story.tell(OFFLINE)
    assert story.phase is Phase.WAITING
    story.wait(next_wait(story), is_offline=True)
    assert (story.phase, story.posts, len(story.opened)) == (Phase.RESUMING, 1, 4)


def test_a_server_on_this_device_needs_no_network() -> None:
    here = plan()
    story = Story(type(here)(here.dialect, "http://127.0.0.1:8080/v1", here.prompt, "turn-1"))
    story.begin(OFFLINE)
    assert story.phase is Phase.WAITING
    story.hear(PageSignal.OFFLINE)
    assert story.phase is Phase.WAITING


def test_reasoning_that_was_shown_has_been_paid_for() -> None:
    story = Story(plan())
    story.begin(OK, Chunk(reasoning("Hm")), CUT)
    story.wait(10_000_000)
    assert (story.phase, story.posts) == (Phase.FAILED, 1)
    story.tell(TryNow())
    assert story.posts == 2


def test_all_attempts_have_one_name_at_the_server_and_their_own_logs() -> None:
    story = Story(plan("byte-log", KEEPER))
    story.begin()
    for _ in range(3):
        story.tell(Responded(503, {}), Ended())
        story.wait(30_000)
    posts = [each.request for each in story.opened]
    assert [each.headers["X-Request-ID"] for each in posts] == ["turn-1"] * 4
    assert [each.headers["X-Conversation-Id"] for each in posts] == [
        f"turn-1-{number}" for number in range(4)
    ]
    assert [each.url for each in posts] == [f"{KEEPER}turn-1-{number}" for number in range(4)]


def test_no_request_follows_a_stop_while_it_waits() -> None:
    failures: list[Step] = [CUT, OFFLINE]
    for failure in failures:
        story = Story(plan())
        story.begin(failure, Stop())
        story.hear(*RETURNS)
        story.tell(Tick())
        assert (story.phase, story.posts) == (Phase.STOPPED, 1)
