"""An answer that was cut is read on: from this browser, the server's log, or its events."""

import pytest

from app.chat.commands import Abort, Open
from app.chat.phases import Phase
from app.chat.saved import SavedTurn
from app.chat.steps import Begin, Chunk, Ended, Failed, Responded, Step, Stop
from tests.unit.chat.story import ENDPOINT, KEEPER, OK, PING, Story, phases, plan
from tests.unit.chat.streams import EVENT_STREAM, SDK_END, event, finish, said_parts, text

CUT = Failed("network error")
GONE = Responded(404, {})
BODY = text("Réka ") + text("🌍\ud83c") + text("\udf0d") + b": ping\r\n\r\n" + text("!") + finish()
TEXT = "Réka 🌍🌍!"
MID = len(text("Réka ")) + 9  # in the second event
THEN = len(text("Réka ") + text("🌍\ud83c")) + 9


def responses_body() -> list[bytes]:
    delta = "response.output_text.delta"
    events: list[dict[str, object]] = [
        {"type": "response.created", "response": {"id": "resp_1"}},
        {"type": delta, "delta": "Ré"},
        {"type": delta, "delta": "ka"},
        {"type": delta, "delta": " 🌍"},
        {"type": "response.completed", "response": {"id": "resp_1", "status": "completed"}},
    ]
    return [event({**each, "sequence_number": n}) for n, each in enumerate(events)]


def numbered_body() -> list[bytes]:
    pieces = [text("Ré"), text("ka"), text(" 🌍"), finish()]
    return [b"id: %d\n" % number + piece for number, piece in enumerate(pieces)]


def cut_at(story: Story, body: bytes, place: int, cut: Step = CUT) -> None:
    story.begin(OK, Chunk(body[:place]))
    story.after(10, cut)


@pytest.mark.parametrize("cut", [CUT, Ended()])
def test_it_is_read_on_from_this_browser_at_any_byte(cut: Step) -> None:
    for place in range(1, BODY.index(b"finish_reason")):
        story = Story(plan(keeper=KEEPER))
        cut_at(story, BODY, place, cut)
        (opened,) = [each for each in story.opened if each.request.method == "GET"]
        assert opened.request.url == f"{KEEPER}turn-1-0?from={place}"
        assert opened.resumed_from == place
        story.tell(OK, Chunk(BODY[place:]), Ended())
        assert (story.phase, story.text, story.posts) == (Phase.DONE, TEXT, 1)
        assert not story.was_replaced
        assert story.turn.resumed_at == place


@pytest.mark.parametrize("status", [404, 410])
def test_what_this_browser_has_lost_the_servers_log_has(status: int) -> None:
    for place in range(1, BODY.index(b"finish_reason")):
        story = Story(plan("byte-log", KEEPER))
        cut_at(story, BODY, place)
        refused = story.tell(Responded(status, {}))
        assert refused[0] == Abort()
        assert story.last.url == f"{ENDPOINT}/stream?conv_id=turn-1-0&from={place}"
        story.tell(OK, Chunk(BODY[place:]), Ended())
        assert (story.phase, story.text, story.posts) == (Phase.DONE, TEXT, 1)


def test_a_log_that_breaks_off_is_read_to_its_end_first() -> None:
    story = Story(plan("byte-log", KEEPER))
    cut_at(story, BODY, MID)
    story.tell(OK, Chunk(BODY[MID:THEN]))
    story.after(10, CUT)
    # The way that has just broken is asked at its next byte, before any other.
    assert story.last.url == f"{KEEPER}turn-1-0?from={THEN}"
    story.tell(Responded(410, {}))
    story.wait(30_000)
    assert story.last.url == f"{ENDPOINT}/stream?conv_id=turn-1-0&from={THEN}"
    story.tell(OK, Chunk(BODY[THEN:]), Ended())
    assert (story.phase, story.text, story.posts) == (Phase.DONE, TEXT, 1)


def test_a_log_that_has_nothing_more_is_not_asked_forever() -> None:
    story = Story(plan("byte-log"))
    cut_at(story, BODY, MID)
    story.tell(OK, Ended())
    assert (story.phase, story.posts, len(story.opened)) == (Phase.INCOMPLETE, 1, 2)


@pytest.mark.parametrize(
    "kind", ["text/html", "application/json; charset=utf-8", "application/problem+json"]
)
def test_something_else_in_the_logs_place_is_no_rest(kind: str) -> None:
    story = Story(plan("byte-log"))
    cut_at(story, BODY, MID)
    assert Abort() in story.tell(Responded(200, {"Content-Type": kind}))
    story.wait(10_000_000)
    assert (story.phase, story.text, len(story.opened)) == (Phase.INCOMPLETE, "Réka ", 2)


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_after_something_else_the_next_way_goes_on_at_the_same_byte(kind: str) -> None:
    story = Story(plan("byte-log", KEEPER))
    cut_at(story, BODY, MID)
    story.tell(Responded(200, {"content-type": kind}))
    assert story.last.url == f"{ENDPOINT}/stream?conv_id=turn-1-0&from={MID}"
    story.tell(OK, Chunk(BODY[MID:]), Ended())
    assert (story.phase, story.text, story.posts) == (Phase.DONE, TEXT, 1)


@pytest.mark.parametrize("kind", ["", "application/x-ndjson", "application/json"])
def test_a_stream_is_read_on_under_the_name_that_it_had(kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    story = Story(plan(keeper=KEEPER))
    story.begin(Responded(200, headers), Chunk(BODY[:MID]), CUT)
    story.tell(Responded(200, headers), Chunk(BODY[MID:]), Ended())
    assert (story.phase, story.text, story.posts) == (Phase.DONE, TEXT, 1)
    # Another page, which reads it from the start, and is cut as well.
    story = Story(plan(keeper=KEEPER))
    story.restore(SavedTurn("Réka ", posts=1))
    story.tell(Responded(200, headers), Chunk(BODY[:MID]), CUT)
    story.wait(30_000)
    story.tell(Responded(200, headers), Chunk(BODY[MID:]), Ended())
    assert (story.phase, story.text, story.posts) == (Phase.DONE, TEXT, 0)


def test_a_log_that_is_busy_is_asked_again() -> None:
    story = Story(plan("byte-log"))
    cut_at(story, BODY, MID)
    told = story.tell(Responded(503, {"Retry-After": "7"}))
    assert phases(told) == [Phase.WAITING]
    assert story.turn.next_try_at is not None
    assert story.turn.next_try_at >= story.now + 7000
    story.wait(8000)
    assert story.last.url == f"{ENDPOINT}/stream?conv_id=turn-1-0&from={MID}"
    story.tell(OK, Chunk(BODY[MID:]), Ended())
    assert (story.phase, story.text, story.posts) == (Phase.DONE, TEXT, 1)


def test_progress_gives_the_whole_budget_back() -> None:
    pieces = [text(f"{number} ") for number in range(30)]
    body = b"".join(pieces) + finish()
    story, place = Story(plan("byte-log")), 0
    story.begin()
    for piece in pieces:
        story.tell(OK, Chunk(body[place : place + len(piece)]))
        place += len(piece)
        story.after(10, CUT)
        assert story.last.url.endswith(f"from={place}")
    story.tell(OK, Chunk(body[place:]), Ended())
    assert (story.phase, story.posts) == (Phase.DONE, 1)
    assert story.text == "".join(f"{number} " for number in range(30))


def test_without_progress_it_is_given_up_at_last() -> None:
    story = Story(plan("byte-log"))
    cut_at(story, BODY, MID)
    for _ in range(10):
        if not story.turn.has_ended:
            story.tell(CUT)
            story.wait(30_000)
    assert (story.phase, len(story.opened)) == (Phase.INCOMPLETE, 1 + 5)


def test_after_a_finish_signal_nothing_is_read_on() -> None:
    story = Story(plan("byte-log", KEEPER))
    story.begin(OK, Chunk(BODY), CUT)
    assert (story.phase, len(story.opened)) == (Phase.DONE, 1)


def test_a_connection_lost_before_its_response_is_looked_for_in_this_browser() -> None:
    story = Story(plan(keeper=KEEPER))
    story.begin(CUT)
    assert story.last.url == f"{KEEPER}turn-1-0?from=0"
    story.tell(OK, Chunk(BODY), Ended())
    assert (story.phase, story.text, story.posts) == (Phase.DONE, TEXT, 1)


def test_what_never_went_out_is_asked_again_under_another_name() -> None:
    story = Story(plan(keeper=KEEPER))
    story.begin(CUT, GONE)
    assert story.phase is Phase.WAITING
    story.wait(30_000)
    assert (story.last.method, story.last.url) == ("POST", f"{KEEPER}turn-1-1")


@pytest.mark.parametrize("cut", [CUT, Ended()])
def test_a_response_in_the_background_is_read_on_after_its_last_event(cut: Step) -> None:
    events = responses_body()
    body = b"".join(events)
    for place in range(len(events[0]), len(body) - len(events[-1])):
        story = Story(plan("background", protocol="openai-responses"), protocol="openai-responses")
        cut_at(story, body, place, cut)
        whole = sum(place >= sum(map(len, events[: n + 1])) for n in range(len(events)))
        url = f"{ENDPOINT}/responses/resp_1?stream=true&starting_after={whole - 1}"
        assert (story.last.method, story.last.url) == ("GET", url)
        # A server that sends one event too many says nothing twice.
        story.tell(OK, Chunk(b"".join(events[whole - 1 :])), Ended())
        assert (story.phase, story.text, story.posts) == (Phase.DONE, "Réka 🌍", 1)


def test_a_response_whose_name_never_came_is_asked_again() -> None:
    story = Story(plan("background", protocol="openai-responses"), protocol="openai-responses")
    cut_at(story, b"".join(responses_body()), 20)
    assert story.phase is Phase.WAITING
    story.wait(30_000)
    assert story.posts == 2


def test_half_an_event_is_thrown_away_where_events_have_names() -> None:
    events = numbered_body()
    body = b"".join(events)
    for place in range(len(events[0]), len(body) - len(events[-1])):
        story = Story(plan("last-event-id"))
        cut_at(story, body, place)
        whole = sum(place >= sum(map(len, events[: n + 1])) for n in range(len(events)))
        assert (story.last.method, story.last.url) == ("GET", f"{ENDPOINT}/chat/completions")
        assert story.last.headers["Last-Event-ID"] == str(whole - 1)
        story.tell(OK, Chunk(b"".join(events[whole:])), Ended())
        assert (story.phase, story.text, story.posts) == (Phase.DONE, "Réka 🌍", 1)


def test_events_without_names_cannot_be_read_on() -> None:
    story = Story(plan("last-event-id"))
    cut_at(story, BODY, MID)
    assert (story.phase, len(story.opened)) == (Phase.INCOMPLETE, 1)


def sdk_story() -> Story:
    return Story(plan("replay", protocol="ai-sdk"), protocol="ai-sdk")


def test_what_is_played_again_is_read_off_screen() -> None:
    body = said_parts("The ", "river ", "flows ") + SDK_END
    for place in range(len(said_parts("The ")), len(body) - len(SDK_END)):
        story = sdk_story()
        cut_at(story, body, place)
        shown = story.text
        assert (story.last.method, story.last.url) == ("GET", f"{ENDPOINT}/talk-1/stream")
        story.tell(OK)
        for start in range(0, len(body), 9):
            if not story.turn.has_ended:
                story.tell(Chunk(body[start : start + 9]))
                assert len(story.text) >= len(shown)
        assert (story.phase, story.text, story.posts) == (Phase.DONE, "The river flows ", 1)
        assert not story.was_replaced


def test_another_text_is_swapped_in_once_it_is_as_long() -> None:
    story = sdk_story()
    cut_at(story, said_parts("The river"), len(said_parts("The river")))
    story.tell(OK, Chunk(said_parts("A brook")))
    assert story.text == "The river"
    story.tell(Chunk(said_parts(" runs")))
    assert (story.text, story.was_replaced) == ("A brook runs", True)
    story.tell(Chunk(SDK_END))
    assert (story.phase, story.text) == (Phase.DONE, "A brook runs")


def test_a_replay_that_breaks_is_played_again_and_nothing_is_there_twice() -> None:
    story = sdk_story()
    cut_at(story, said_parts("The river"), len(said_parts("The river")))
    story.tell(OK, Chunk(said_parts("The ")))
    story.after(10, CUT)
    story.wait(30_000)
    story.tell(OK, Chunk(said_parts("The ", "river flows") + SDK_END))
    assert (story.phase, story.text, story.posts) == (Phase.DONE, "The river flows", 1)


def test_a_server_that_has_nothing_to_play_says_so() -> None:
    story = sdk_story()
    cut_at(story, said_parts("The river"), len(said_parts("The river")))
    story.tell(Responded(204, {}))
    assert (story.phase, story.text, story.posts) == (Phase.INCOMPLETE, "The river", 1)


def test_the_best_way_comes_first_and_the_rest_after_it() -> None:
    story = Story(plan("byte-log", KEEPER))
    cut_at(story, BODY, MID)
    assert story.last.url.startswith(KEEPER)
    story.tell(Responded(410, {}))
    assert story.last.url.startswith(f"{ENDPOINT}/stream")
    story.tell(GONE)
    assert (story.phase, story.posts) == (Phase.INCOMPLETE, 1)


def test_a_stop_ends_the_answer_at_each_server_that_keeps_it() -> None:
    delete_log = ("DELETE", f"{ENDPOINT}/stream?conv_id=turn-1-0")
    delete_kept = ("DELETE", f"{KEEPER}turn-1-0")
    ways: list[tuple[Step, ...]] = [
        (),
        (OK,),
        (OK, Chunk(text("Hi"))),
        (OK, Chunk(text("Hi")), CUT),
    ]
    for steps in ways:
        story = Story(plan("byte-log", KEEPER))
        story.begin(*steps)
        told = story.tell(Stop())
        assert told[0] == Abort()
        requests = [(each.method, each.url) for each in story.sent]
        assert requests == [delete_kept, delete_log], steps
        assert story.phase is Phase.STOPPED


def test_a_stop_while_it_waits_ends_the_answer_at_the_server_too() -> None:
    story = Story(plan("byte-log"))
    cut_at(story, BODY, MID)
    story.tell(CUT)
    assert story.phase is Phase.WAITING
    assert Abort() not in story.tell(Stop())
    assert [each.method for each in story.sent] == ["DELETE"]


def test_a_stop_cancels_a_response_by_its_name() -> None:
    story = Story(plan("background", protocol="openai-responses"), protocol="openai-responses")
    story.begin(OK, Chunk(responses_body()[0]), Stop())
    assert [(each.method, each.url) for each in story.sent] == [
        ("POST", f"{ENDPOINT}/responses/resp_1/cancel")
    ]


def test_nothing_is_requested_after_a_stop() -> None:
    late: list[Step] = [OK, PING, Chunk(text("late")), Ended(), CUT]
    for step in late:
        story = Story(plan("byte-log", KEEPER))
        story.begin(OK, Chunk(text("Hi")), Stop())
        before = len(story.opened)
        story.tell(step)
        story.wait(10_000_000)
        assert (len(story.opened), story.text) == (before, "Hi")


def test_what_is_whole_need_not_be_kept() -> None:
    story = Story(plan("byte-log", KEEPER))
    story.begin(OK, Chunk(BODY), Ended())
    names = [type(command).__name__ for command in story.commands]
    assert names[-2:] == ["Save", "Forget"]
    assert story.sent == []


def test_the_journal_tells_what_happened() -> None:
    story = Story(plan("byte-log", KEEPER))
    cut_at(story, BODY, MID)
    story.tell(Responded(410, {}), OK, Chunk(BODY[MID:]), Ended())
    assert [entry.words for entry in story.turn.journal] == [
        f"cut after {MID} bytes (network error)",
        "this browser has no more of it (status 410)",
        f"resumed at byte {MID} from the model server",
    ]
    assert story.turn.received_bytes == len(BODY)


def test_a_turn_begins_once() -> None:
    story = Story(plan())
    assert story.begin()[1] == Open(story.last)
    assert story.last.headers["X-Request-ID"] == "turn-1"
    with pytest.raises(Exception, match="Begin cannot come"):
        story.tell(Begin(story.plan))


def test_a_kept_answer_has_the_servers_own_status() -> None:
    story = Story(plan(keeper=KEEPER))
    story.begin(CUT, Responded(200, {**EVENT_STREAM, "X-Keeper-Status": "429"}))
    story.tell(Chunk(b'{"error":{"message":"Slow down"}}'), Ended())
    assert story.turn.trouble is not None
    assert story.turn.trouble.cause == "HTTP status 429: Slow down"
