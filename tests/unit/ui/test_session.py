"""A conversation from the composer to the thread, with a network and a frame clock in our hands."""

from __future__ import annotations

import json

import pytest

from app.chat.archive import Archive, archive_of, conversation_from
from app.chat.settings import Queue
from app.ui.session import ELSEWHERE
from app.ui.status import AT_LIMIT
from tests.unit.ui.scene import Records, Scene, event, said

KEEPER = "http://localhost:2/keeper/"


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_text_waits_for_the_frame_and_is_shown_once(scene: Scene) -> None:
    scene.session.send("Hello?")
    scene.network.last.answer("Hel", "lo ", "**you**")
    assert not scene.sinks
    assert scene.frames_asked
    scene.frame()
    assert "<strong>you" in scene.sinks[0].html()
    scene.network.last.finish()
    scene.frame()
    assert scene.sinks[0].html().strip() == "<p>Hello <strong>you</strong></p>"
    assert scene.phases() == ["done"]


def test_a_frame_without_time_leaves_the_rest_to_the_next_one(scene: Scene) -> None:
    scene.session.send("Hello?")
    scene.network.last.answer("word " * 2000)
    scene.network.last.finish()
    frames = 1
    while scene.frame(lambda: False):
        assert scene.phases() == ["streaming"], "the end is shown before the text is"
        frames += 1
    assert frames > 5
    assert scene.sinks[0].html().count("word") == 2000
    assert scene.phases() == ["done"]


def test_the_second_question_takes_the_first_answer_along(scene: Scene) -> None:
    scene.session.send("One?")
    scene.network.last.answer("First.")
    scene.network.last.finish()
    scene.frame()
    scene.session.send("Two?")
    roles = [(m["role"], m["content"]) for m in scene.network.last.messages()]
    assert roles == [("user", "One?"), ("assistant", "First."), ("user", "Two?")]


def test_questions_kept_by_the_shell_are_asked_one_after_the_other(scene: Scene) -> None:
    scene.session.send("One?")
    scene.session.send("Two?")
    assert len(scene.network.connections) == 1
    scene.network.last.answer("First.")
    scene.network.last.finish()
    assert len(scene.network.connections) == 1
    scene.frame()
    assert len(scene.network.connections) == 2
    assert scene.network.last.messages()[1]["content"] == "First."


def test_each_request_has_a_name_of_its_own(scene: Scene) -> None:
    for question in ("One?", "Two?"):
        scene.session.send(question)
        scene.network.last.answer("First.")
        scene.network.last.finish()
        scene.frame()
    names = [each.request.headers["X-Request-ID"] for each in scene.network.connections]
    assert names == ["id-2", "id-3"]


def test_the_options_of_the_settings_reach_the_server() -> None:
    scene = Scene(reasoning_effort="low", max_tokens=9, temperature=0.5, request_id=False)
    scene.session.send("One?")
    request = scene.network.last.request
    assert "X-Request-ID" not in request.headers
    body = json.loads(request.body)
    assert (body["reasoning_effort"], body["max_tokens"], body["temperature"]) == ("low", 9, 0.5)


def test_an_event_over_the_limit_of_the_settings_is_told() -> None:
    scene = Scene(max_event_bytes=1024)
    scene.session.send("One?")
    scene.network.last.answer("Kept.", "x" * 2000)
    scene.frame()
    assert scene.sinks[0].html().strip() == "<p>Kept.</p>"
    assert scene.phases() == ["incomplete"]


def test_text_that_the_server_takes_back_gives_way_to_the_new_one() -> None:
    scene = Scene(protocol="ai-sdk")
    scene.session.send("Hello?")
    listener = scene.network.last.listener
    listener.responded(200, {"content-type": "text/event-stream"})
    listener.chunk(event({"type": "start-step"}) + event({"type": "text-delta", "delta": "bad"}))
    scene.frame()
    assert "bad" in scene.sinks[0].html()
    late = event({"type": "text-delta", "delta": " half"}) + event({"type": "reset-step"})
    listener.chunk(late + event({"type": "text-delta", "delta": "good"}))
    listener.chunk(event({"type": "finish"}) + b"data: [DONE]\n\n")
    scene.frame()
    assert scene.network.last.was_released
    assert not scene.network.last.was_aborted
    assert scene.sinks[-1].html().strip() == "<p>good</p>"
    assert scene.phases() == ["done"]


def test_stop_aborts_keeps_what_came_and_hears_no_more(scene: Scene) -> None:
    scene.session.send("Hello?")
    scene.network.last.answer("Kept ")
    scene.session.stop()
    assert scene.network.last.was_aborted
    scene.network.last.listener.chunk(said("late"))
    scene.network.last.listener.failed("AbortError")
    scene.frame()
    assert scene.sinks[0].html().strip() == "<p>Kept</p>"
    assert scene.phases() == ["stopped"]
    scene.session.stop()  # once more changes nothing
    assert scene.phases() == ["stopped"]


def test_trouble_keeps_the_text_and_a_retry_is_a_new_request(scene: Scene) -> None:
    scene.session.send("Hello?")
    scene.network.last.answer("Half an ans")
    scene.network.last.listener.failed("TypeError: network error")
    scene.frame()
    assert scene.phases() == ["incomplete"]
    retry = next(e for e in scene.all("data-action") if e.attributes["data-action"] == "retry")
    scene.ports.click(retry)
    scene.ports.click(retry)  # the second half of a double click
    assert len(scene.network.connections) == 2
    assert scene.phases() == ["connecting"]
    assert [m["content"] for m in scene.network.last.messages()] == ["Hello?"]
    scene.network.last.answer("All of it.")
    scene.frame()
    # What was read stays until the new answer has passed it.
    assert scene.sinks[-1].html().strip() == "<p>Half an ans</p>"
    scene.network.last.finish()
    scene.frame()
    assert scene.sinks[-1].html().strip() == "<p>All of it.</p>"
    assert scene.phases() == ["done"]


def test_the_model_goes_on_from_a_cut_text(scene: Scene) -> None:
    scene.session.send("Hello?")
    scene.network.last.answer("Half an answer is ")
    scene.network.last.listener.failed("TypeError: network error")
    scene.frame()
    go_on = next(e for e in scene.all("data-action") if e.attributes["data-action"] == "continue")
    assert not go_on.hidden
    scene.ports.click(go_on)
    asked = [(m["role"], m["content"]) for m in scene.network.last.messages()]
    assert asked[:2] == [("user", "Hello?"), ("assistant", "Half an answer is")]
    scene.network.last.answer("better than none.")
    scene.network.last.finish()
    scene.frame()
    assert scene.sinks[-1].html().strip() == "<p>Half an answer is better than none.</p>"
    assert "continued" in scene.ports.find(".status-note").textContent


def test_a_conversation_comes_back_as_it_was(scene: Scene) -> None:
    scene.session.send("One?")
    scene.network.last.answer("First.")
    scene.network.last.finish()
    scene.frame()
    scene.session.send("Two?")
    scene.network.last.answer("Se")
    scene.ports.time += 1_000
    scene.network.last.listener.chunk(said("c"))  # after a second it is put away
    scene.session.send("Three?")
    again = Scene()
    again.session.restore(archive_in(scene.records))
    # Not in the next frame: the page is said to be ready, and people read.
    assert [sink.html().strip() for sink in again.sinks if sink.html()] == [
        "<p>First.</p>",
        "<p>Sec</p>",
    ]
    again.frame()
    assert again.phases() == ["done", "incomplete", "connecting"]
    asked = [m["content"] for m in again.network.last.messages()]
    assert asked == ["One?", "First.", "Two?", "Sec", "Three?"]


@pytest.mark.parametrize("cut", [False, True])
def test_a_page_that_looks_on_asks_no_model(scene: Scene, cut: bool) -> None:
    scene.session.send("One?")
    scene.network.last.answer("First.")
    if cut:
        scene.network.last.listener.failed("TypeError: network error")
    else:
        scene.network.last.finish()
    scene.frame()
    other = Scene()
    other.session.restore(archive_in(scene.records), follows=True)
    other.frame()
    phases = other.phases()
    retry = next(e for e in other.all("data-action") if e.attributes["data-action"] == "retry")
    looks = other.tabs.looks
    other.ports.click(retry)
    other.frame()
    assert other.network.connections == []
    assert other.phases() == phases == (["incomplete"] if cut else ["done"])
    assert other.sinks[-1].html().strip() == "<p>First.</p>"
    if cut:
        assert other.tabs.looks == looks + 1
    else:
        assert other.ports.announced[-1] == ELSEWHERE


def test_a_page_that_looks_on_again_and_again_reads_each_time(scene: Scene) -> None:
    scene.session.send("One?")
    scene.network.last.answer("Fir")
    scene.ports.time += 1_000
    scene.network.last.listener.chunk(said("s"))
    other = Scene(keeper=KEEPER)
    for look in range(5):
        other.session.restore(archive_in(scene.records), follows=True)
        assert [c.request.url.startswith(KEEPER) for c in other.network.connections] == [True] * (
            look + 1
        )
        other.network.last.answer("Firs")
        other.frame()


def test_what_ends_an_answer_goes_through_the_queue_and_is_never_refused() -> None:
    queue = Queue(max_concurrent=1, max_queue_size=1)
    scene = Scene(keeper=KEEPER, resume="byte-log", queue=queue)
    scene.session.send("One?")
    scene.network.last.answer("Fir")
    scene.session.stop()
    # The log of this browser, and that of the server: one waits for the answer's own place.
    assert len(scene.network.sent) == 1
    scene.frame()
    scene.network.unanswered[0]()
    scene.network.unanswered[1]()
    assert {each.method for each in scene.network.sent} == {"DELETE"}
    assert len(scene.network.sent) == 2
    scene.session.send("Two?")
    assert len(scene.network.connections) == 2


def archive_in(records: Records) -> Archive:
    name = records.records["latest", "latest"]
    conversation = conversation_from(records.records["conversation", name])
    assert conversation is not None
    turns = [records.records.get(("turn", turn), "") for turn in conversation.turn_ids]
    return archive_of(conversation, turns)


def test_copy_gives_the_text_as_it_was_written(scene: Scene) -> None:
    scene.session.send("Hello?")
    scene.network.last.answer("**Bold** 😀")
    scene.network.last.finish()
    scene.frame()
    copy = next(e for e in scene.all("data-action") if e.attributes["data-action"] == "copy")
    scene.ports.click(copy)
    assert scene.ports.clipboard == "**Bold** 😀"


def test_a_copy_shows_what_the_text_hides(scene: Scene) -> None:
    scene.session.send("Hello?")
    scene.network.last.answer("a\u202eb \x1b[31m")
    scene.network.last.finish()
    scene.frame()
    copy = next(e for e in scene.all("data-action") if e.attributes["data-action"] == "copy")
    scene.ports.click(copy)
    assert scene.ports.clipboard == "a⟨U+202E⟩b ⟨U+001B⟩[31m"


def words(scene: Scene) -> str:
    word = scene.ports.find(".status-word")
    return word.textContent


def test_a_server_that_lets_one_wait_is_named(scene: Scene) -> None:
    scene.session.send("Hello?")
    for at, expected in (
        (9_000.0, "connecting"),
        (10_100.0, "waiting for the server"),
        (60_000.0, "waiting for the server"),
    ):
        scene.ports.time = at
        scene.ports.timers[0]()
        assert words(scene) == expected
    scene.network.last.listener.responded(200, {"content-type": "text/event-stream"})
    for at, expected in (
        (89_000.0, "reading the question"),
        (90_100.0, "waiting for the answer"),
    ):
        scene.ports.time = at
        scene.ports.timers[0]()
        assert words(scene) == expected
    scene.network.last.listener.chunk(said("Hi"))
    scene.ports.time = 200_000.0
    scene.ports.timers[0]()
    assert words(scene) == "writing"


def test_an_answer_cut_at_the_limit_is_done_and_says_so(scene: Scene) -> None:
    scene.session.send("Count.")
    scene.network.last.answer("One, two")
    end = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]})
    scene.network.last.listener.chunk(end)
    scene.network.last.listener.ended()
    scene.frame()
    assert scene.phases() == ["done"]
    assert words(scene) == AT_LIMIT
    assert scene.ports.announced[-1] == "The answer ended at the length limit: One, two"


def test_a_device_without_network_is_named(scene: Scene) -> None:
    scene.session.send("Hello?")
    scene.network.last.listener.failed("TypeError: Failed to fetch", is_offline=True)
    scene.frame()
    assert scene.ports.find(".trouble-happened").textContent == "This device is offline."


def test_the_ticks_end_with_the_answer(scene: Scene) -> None:
    scene.session.send("Hello?")
    assert len(scene.ports.timers) == 1
    scene.network.last.answer("Hi")
    scene.ports.timers[0]()
    scene.session.stop()
    scene.frame()
    assert scene.ports.timers == []


def test_a_connection_that_was_let_go_is_heard_no_more(scene: Scene) -> None:
    scene.session.send("Hello?")
    first = scene.network.last
    first.answer("Half an answer")
    first.listener.chunk(b"data: [DONE]\n\n")  # without a finish signal
    assert first.was_released
    scene.frame()
    go_on = next(e for e in scene.all("data-action") if e.attributes["data-action"] == "continue")
    scene.ports.click(go_on)
    second = scene.network.last
    first.listener.ended()  # its body ends at last
    second.answer(" that goes on " + "and on " * 40)
    first.listener.failed("too late")
    second.finish()
    scene.frame()
    assert scene.phases() == ["done"]
    assert scene.network.last is second
