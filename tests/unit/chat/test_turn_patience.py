"""What a server asked for outlasts everything: a blip of the network, a reload, a wrong clock."""

from dataclasses import replace

from app.chat.commands import Wake
from app.chat.phases import Phase
from app.chat.saved import saved_from, saved_to_json
from app.chat.steps import Chunk, Ended, Failed, PageSignal, Responded, Restore, Signal, Tick
from app.wire.json_text import parse_json
from tests.unit.chat.story import KEEPER, OK, Story, plan
from tests.unit.chat.streams import finish, text

BUSY = (Responded(503, {"Retry-After": "300"}), Ended())
REMOTE = "https://models.example/v1"


def test_a_blip_of_the_network_does_not_shorten_the_servers_wait() -> None:
    story = Story(replace(plan(), endpoint=REMOTE))
    story.begin(*BUSY)
    story.after(1_000, Signal(PageSignal.OFFLINE))
    assert story.phase is Phase.PARKED
    story.after(1_000, Signal(PageSignal.ONLINE))
    assert (story.phase, story.posts) == (Phase.WAITING, 1)
    story.wait(299_000)
    assert (story.phase, story.posts) == (Phase.CONNECTING, 2)


def test_a_reload_does_not_shorten_the_servers_wait() -> None:
    story = Story(replace(plan(keeper=KEEPER), endpoint=REMOTE))
    story.begin(*BUSY)
    saved = saved_from(parse_json(saved_to_json(story.turn.saved())))
    again = Story(story.plan)
    again.now = story.now + 1_000
    again.tell(Restore(again.plan, saved), Responded(404, {}))
    assert (again.phase, again.posts) == (Phase.WAITING, 0)
    assert (again.turn.next_try_at or 0.0) >= story.now + 300_000


def test_a_clock_that_is_set_back_does_not_stop_the_watch() -> None:
    story = Story(plan())
    story.begin(OK, Chunk(text("Hi")))
    hour = 3_600_000
    commands = story.turn.handle(Chunk(text(" there")), story.now - hour)
    commands += story.turn.handle(Tick(), story.now - hour + 5_000)
    wakes = [command.at for command in commands if isinstance(command, Wake)]
    assert wakes
    assert all(at <= story.now - hour + 15_000 for at in wakes)


def test_what_went_wrong_is_known_after_a_reload() -> None:
    story = Story(plan())
    story.begin(Responded(401, {}), Chunk(b'{"error":{"message":"No."}}'), Ended())
    saved = saved_from(parse_json(saved_to_json(story.turn.saved())))
    again = Story(story.plan)
    again.tell(Restore(again.plan, saved))
    assert again.phase is Phase.FAILED
    assert again.turn.trouble == story.turn.trouble


def test_a_stranger_on_the_way_is_not_taken_for_the_rest() -> None:
    story = Story(plan("byte-log"))
    body = text("One ") + text("two ") + text("three") + finish()
    story.begin(OK, Chunk(body[:60]), Failed("cut"))
    story.tell(Responded(200, {"Content-Type": "text/plain"}))
    assert story.phase is not Phase.RESPONDED
    assert story.turn.text == "".join(["One "] if len(text("One ")) <= 60 else [])


def test_a_sleep_is_no_pause_of_the_server() -> None:
    story = Story(plan())
    story.begin(OK, Chunk(text("Hi")), Chunk(b": ping\n\n"))
    story.after(3_600_000, Chunk(text(" there")))
    story.after(400_000, Tick())
    story.after(5_000, Tick())
    story.wait(400_000)
    assert story.phase is Phase.INCOMPLETE
