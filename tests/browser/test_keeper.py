"""The keeper: an answer outlives the page that asked, and no byte of it is lost or repeated.

No Python is needed for it, so these stories use a bare page (keeper_page.js). The model server
sends what the story says, when it says so.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.browser.conftest import AnyContext
from tests.browser.keeper_story import KEY, PROMPT, Story, random_bytes, replaced
from tests.servers.dripping import DrippingServer
from tests.servers.scripted import ScriptedServer, ok
from tools.serve import PageServer


def test_every_byte_comes_through_as_it_is(story: Story) -> None:
    reading, exchange = story.ask()
    sent = b""
    for number in range(60):
        part = random_bytes(number, random.Random(number).choice([1, 2, 290, 5_000, 90_000]))
        exchange.send(part)
        sent += part
        if number % 7 == 0:
            reading.wait_for(len(sent))  # nothing is held back until more comes
    exchange.end()
    assert reading.end() == "ended"
    assert reading.body == sent
    assert reading.status == 200
    headers = reading.headers
    assert (headers["x-keeper"], headers["x-seen"]) == ("live", "yes")
    assert headers["content-type"] == "text/event-stream"


def test_the_server_is_asked_as_the_page_itself_would_ask_it(story: Story) -> None:
    story.post()
    kept = story.upstream.next_exchange()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {KEY}"}
    options = {
        "method": "POST", "headers": headers, "body": PROMPT.decode(), "cache": "no-store",
        "credentials": "omit", "referrerPolicy": "no-referrer",
    }  # fmt: skip
    address = f"{story.upstream.address}/v1/chat"
    story.page.evaluate("a => story.read(...a)", ["direct", address, options])
    direct = story.upstream.next_exchange()
    assert kept.request.split(b"\r\n")[0] == direct.request.split(b"\r\n")[0]
    # Workers do not send the hints about the browser; all else is the same.
    own = [{k: v for k, v in e.headers.items() if "sec-ch" not in k} for e in (kept, direct)]
    assert own[0] == own[1]
    assert kept.body == direct.body == PROMPT
    asked = {line for head in story.upstream.preflights for line in head.lower().split(b"\r\n")}
    assert b"access-control-request-headers: authorization,content-type" in asked
    assert not any(b"x-keeper" in line or b"user-agent," in line for line in asked)
    kept.cut()
    direct.cut()


@pytest.mark.parametrize("when", ["live", "finished"])
def test_it_is_read_on_from_any_byte_by_several_at_once(story: Story, when: str) -> None:
    reading, exchange = story.ask()
    sent = random_bytes(1, 200_000)
    for start in range(0, 150_000, 30_000):
        exchange.send(sent[start : start + 30_000])
        story.page.wait_for_timeout(120)  # some batches are stored meanwhile, some are not
    reading.wait_for(150_000)
    starts = [0, 1, 29_999, 30_000, 65_536, 149_999, 150_000]
    readers = [story.get(start=start) for start in starts] if when == "live" else []
    for reader in readers[:-1]:  # Firefox shows the last one's head only when its first byte comes
        assert reader.headers["x-keeper-bytes"] == "150000"
    exchange.send(sent[150_000:])
    exchange.end()
    assert reading.end() == "ended"
    if when == "finished":
        story.page.wait_for_timeout(1_000)  # now it is in the store only
        starts.append(200_000)
        readers = [story.get(start=start) for start in starts]
    for start, reader in zip(starts, readers, strict=True):
        assert reader.end() == "ended"
        assert reader.body == sent[start:]
        assert reader.status == 200
        assert reader.headers["x-keeper"] == when
        assert reader.headers["x-keeper-status"] == "200"
        assert reader.headers["content-type"] == "text/event-stream"


def test_a_reload_in_mid_answer_reads_on(story: Story) -> None:
    reading, exchange = story.ask()
    sent = random_bytes(2, 3_000)
    exchange.send(sent[:1_000])
    reading.wait_for(1_000)
    story.page.reload()
    exchange.send(sent[1_000:2_000])
    reader = story.get(start=1_000)
    reader.wait_for(1_000)
    exchange.send(sent[2_000:])
    exchange.end()
    assert reader.end() == "ended"
    assert reader.body == sent[1_000:]
    assert story.upstream.count == 1


def test_a_page_that_leaves_before_the_answer_begins_finds_it_later(story: Story) -> None:
    story.post()
    exchange = story.upstream.next_exchange()
    story.page.reload()
    story.page.wait_for_timeout(500)
    exchange.respond()
    exchange.send(b"whole")
    exchange.end()
    reader = story.get()
    assert (reader.end(), reader.body) == ("ended", b"whole")
    assert story.upstream.count == 1


def test_the_answer_goes_on_while_the_page_is_elsewhere(story: Story, site: str) -> None:
    reading, exchange = story.ask()
    sent = random_bytes(3, 3_000)
    exchange.send(sent[:1_000])
    reading.wait_for(1_000)
    story.page.evaluate("story.keep(300_000)")
    story.page.goto("about:blank")
    exchange.send(sent[1_000:2_000])
    story.page.wait_for_timeout(3_000)
    exchange.send(sent[2_000:])  # it is still listened to
    exchange.end()
    story.page.goto(site)
    reader = story.get(start=1_000)
    assert reader.end() == "ended"
    assert reader.body == sent[1_000:]
    assert story.upstream.count == 1


def test_the_answer_goes_on_after_the_tab_is_closed(
    story: Story, site: str, context: AnyContext
) -> None:
    reading, exchange = story.ask()
    sent = random_bytes(4, 2_000)
    exchange.send(sent[:1_000])
    reading.wait_for(1_000)
    story.page.evaluate("story.keep(300_000)")
    story.page.close()
    exchange.send(sent[1_000:])
    exchange.end()
    again = Story(context.new_page(), story.upstream)
    again.page.goto(site)
    reader = again.get()
    assert reader.end() == "ended"
    assert reader.body == sent
    assert story.upstream.count == 1


def test_a_second_tab_follows_and_the_first_may_stop_reading(
    story: Story, site: str, context: AnyContext
) -> None:
    reading, exchange = story.ask()
    sent = random_bytes(5, 3_000)
    exchange.send(sent[:1_000])
    reading.wait_for(1_000)
    other = Story(context.new_page(), story.upstream)
    other.page.goto(site)
    reader = other.get()
    reader.wait_for(1_000)
    reading.stop()
    assert reading.end() == "AbortError"
    exchange.send(sent[1_000:2_000])
    reader.wait_for(2_000)
    exchange.send(sent[2_000:])
    exchange.end()
    assert reader.end() == "ended"
    assert reader.body == sent


def test_a_reader_that_comes_before_the_answer_waits_for_it(story: Story) -> None:
    story.post()
    exchange = story.upstream.next_exchange()
    reader = story.get()
    story.page.wait_for_timeout(300)
    exchange.respond("202 Accepted", "text/plain")
    exchange.send(b"so")
    exchange.end()
    assert reader.end() == "ended"
    assert (reader.body, reader.headers["x-keeper-status"]) == (b"so", "202")


def test_an_error_of_the_server_comes_through(story: Story) -> None:
    reading = story.post()
    exchange = story.upstream.next_exchange()
    exchange.respond("429 Slow Down", "application/json")
    exchange.send(b'{"error": 1}')
    exchange.end()
    assert (reading.status, reading.end(), reading.body) == (429, "ended", b'{"error": 1}')
    assert story.get().headers["x-keeper-status"] == "429"


def test_delete_ends_the_request_and_forgets(story: Story) -> None:
    reading, exchange = story.ask()
    exchange.send(b"x" * 1_000)
    reading.wait_for(1_000)
    reader = story.get()
    reader.wait_for(1_000)
    story.page.wait_for_timeout(1_000)
    assert story.page.evaluate("story.stored()")["bytes"] == ["x" * 1_000]
    assert story.delete().status == 204
    exchange.wait_until_left()
    assert reading.end() == reader.end() == "TypeError"
    assert story.get().status == 404
    assert story.get().headers["x-keeper"] == "unknown"
    assert story.list() == []
    assert story.delete().status == 204
    story.page.wait_for_timeout(1_000)
    assert story.page.evaluate("story.stored()") == {"logs": [], "bytes": []}


def test_a_broken_answer_ends_with_an_error_after_its_last_byte(story: Story) -> None:
    reading, exchange = story.ask()
    sent = random_bytes(6, 5_000)
    exchange.send(sent)
    reading.wait_for(5_000)
    exchange.cut()
    assert reading.end() == "TypeError"
    reader = story.get(start=2_000)
    assert (reader.status, reader.headers["x-keeper"]) == (200, "broken")
    assert reader.end() == "TypeError"
    assert reader.body == sent[2_000:]
    rest = story.get(start=5_000)
    assert (rest.status, rest.headers["x-keeper"]) == (410, "broken")
    assert rest.end() == "ended"
    assert b'"bytes":5000' in rest.body
    assert b'"status":200' in rest.body


def test_a_server_that_is_not_there_fails_as_for_a_direct_fetch(
    story: Story, upstream: DrippingServer
) -> None:
    upstream.close()
    assert story.post().end() == "TypeError"
    gone = story.get()
    assert gone.status == 410
    assert gone.end() == "ended"
    assert b'"bytes":0,"status":0,"cause":"' in gone.body


def test_an_id_is_never_requested_twice(story: Story) -> None:
    _, exchange = story.ask()
    again = story.post()
    assert (again.status, again.headers["x-keeper"]) == (409, "known")
    exchange.end()
    assert story.get().end() == "ended"
    assert story.post().status == 409
    assert story.upstream.count == 1


def test_what_cannot_be_meant_is_refused(story: Story) -> None:
    _, exchange = story.ask()
    exchange.send(b"1234")
    for start, status in [(-1, 400), ("x", 400), ("", 400), ("1.5", 400), (5, 416), (10**14, 416)]:
        assert story.get(start=start).status == status, start
    for log_id, status in [("b", 404), ("x" * 129, 400), ("a%20b", 400), ("a/b", 400)]:
        assert story.get(log_id).status == status, log_id
    exchange.end()
    statuses = story.page.evaluate(
        "async () => Promise.all([['keeper/a', 'PUT'], ['keeper/', 'POST'], ['keeper/', 'DELETE'],"
        " ['keeper', 'GET']].map(async ([to, method]) => (await fetch(to, { method })).status))"
    )
    assert statuses == [405, 405, 405, 404]  # the last one is the site's own


def test_only_servers_of_the_page_s_policy_are_asked(
    story: Story, serve: Callable[..., PageServer]
) -> None:
    stranger = DrippingServer()
    for address in (
        f"{stranger.address}/v1", f"{story.upstream.address}.evil.example/", "data:,x", "v1", "",
        story.upstream.address.replace("127.0.0.1", "localhost"),
        story.upstream.address.replace("http://", "http://user@127.0.0.2:1/"),
    ):  # fmt: skip
        reading = story.post("b", upstream=address or " ")
        assert (reading.status, reading.headers["x-keeper"]) == (403, "refused"), address
        assert reading.end() == "ended"
        assert b'{"cause":' in reading.body
    assert story.list() == []
    assert stranger.count == len(stranger.preflights) == 0
    stranger.close()


def test_a_server_that_sends_elsewhere_is_not_followed(
    story: Story, scripted: Callable[..., ScriptedServer]
) -> None:
    stranger = scripted([ok(), b"taken"])
    reading = story.post()
    exchange = story.upstream.next_exchange()
    exchange.respond(f"307 Elsewhere\r\nLocation: {stranger.address}/")
    exchange.end()
    assert reading.end() == "TypeError"
    assert stranger.requests == []


def test_a_policy_that_changed_is_read_again(
    serve: Callable[..., PageServer], upstream: DrippingServer, context: AnyContext
) -> None:
    origins: list[str] = []

    def now(path: str) -> bytes | None:
        return replaced(*origins)(path)

    server = serve(intercept=now)
    page = context.new_page()
    page.goto(server.address)
    page.evaluate("story.register()")
    assert Story(page, upstream).post().status == 403
    origins.append(upstream.address)
    page.reload()
    reading, exchange = Story(page, upstream).ask()
    exchange.end()
    assert reading.end() == "ended"


def test_the_list_says_what_is_where(story: Story) -> None:
    _, finished = story.ask("finished")
    finished.send(b"123")
    finished.end()
    _, broken = story.ask("broken")
    broken.send(b"12345")
    story.get("broken").wait_for(5)
    broken.cut()
    assert story.get("broken").end() == "TypeError"
    _, live = story.ask("live")
    live.send(b"1234567")
    story.get("live").wait_for(7)
    listing = {entry["id"]: entry for entry in story.list()}
    assert {(e["id"], e["state"], e["bytes"], e["status"]) for e in listing.values()} == {
        ("finished", "finished", 3, 200), ("broken", "broken", 5, 200), ("live", "live", 7, 200),
    }  # fmt: skip
    assert set(listing["live"]) == {"id", "state", "bytes", "status", "startedAt", "endedAt"}
    assert listing["live"]["endedAt"] is None
    assert listing["finished"]["startedAt"] <= listing["finished"]["endedAt"]
    live.end()
