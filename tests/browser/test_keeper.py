"""The keeper: an answer outlives the page that asked, and no byte of it is lost or repeated.

No Python is needed for it, so these stories use a bare page (keeper_page.js). The model server
sends what the story says, when it says so.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

from tests.browser.conftest import Open, launch_on
from tests.browser.processes import kill, process_of
from tests.servers.dripping import DrippingServer, Exchange
from tools.places import ROOT
from tools.serve import PageServer

SCRIPT = Path(__file__).with_name("keeper_page.js")
KEY = "sk-very-secret-key"
PROMPT = b'{"prompt": "a private question"}'
HOUR = 3_600_000
CONTROLLED = (
    "(async () => { while (!navigator.serviceWorker.controller)"
    " await new Promise(go => setTimeout(go, 10)) })()"
)


def bare_page(*origins: str) -> str:
    """Give a page with the policy that the keeper reads its servers from."""
    policy = f"default-src 'self'; connect-src 'self' {' '.join(origins)}"
    return (
        f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<title>Story</title><link rel="icon" href="data:,"><script src="story.js"></script>'
    )


class Reading:
    """What a page reads from one address."""

    def __init__(self, page: Page, name: str) -> None:
        self._page = page
        self._name = name

    def _ask(self, what: str, *arguments: object) -> Any:
        return self._page.evaluate(f"a => story.{what}(...a)", [self._name, *arguments])

    @property
    def status(self) -> int:
        return int(self._ask("head")["status"])

    @property
    def headers(self) -> dict[str, str]:
        return dict(self._ask("head")["headers"])

    @property
    def body(self) -> bytes:
        return str(self._ask("body")).encode("latin1")

    def wait_for(self, count: int) -> None:
        assert self._ask("received", count) >= count

    def end(self) -> str:
        return str(self._ask("end"))

    def stop(self) -> None:
        self._ask("stop")


class Story:
    """A page with its keeper."""

    def __init__(self, page: Page, upstream: DrippingServer) -> None:
        self.page = page
        self.upstream = upstream
        self._count = 0

    def _read(self, address: str, **options: object) -> Reading:
        self._count += 1
        name = f"reading {self._count}"
        self.page.evaluate("a => story.read(...a)", [name, address, options])
        return Reading(self.page, name)

    def post(self, log_id: str = "a", upstream: str = "") -> Reading:
        headers = {
            "X-Keeper-Upstream": upstream or f"{self.upstream.address}/v1/chat",
            "Content-Type": "application/json",
            "Authorization": f"Bearer {KEY}",
        }
        return self._read(f"keeper/{log_id}", method="POST", headers=headers, body=PROMPT.decode())

    def get(self, log_id: str = "a", start: object = 0) -> Reading:
        return self._read(f"keeper/{log_id}?from={start}")

    def delete(self, log_id: str = "a") -> Reading:
        return self._read(f"keeper/{log_id}", method="DELETE")

    def list(self) -> list[dict[str, Any]]:
        listing: list[dict[str, Any]] = self.page.evaluate(
            "async () => (await fetch('keeper/')).json()"
        )
        return listing

    def ask(self, log_id: str = "a") -> tuple[Reading, Exchange]:
        """Post, and let the server answer with its head."""
        reading = self.post(log_id)
        exchange = self.upstream.next_exchange()
        exchange.respond()
        return reading, exchange


Tell = Callable[..., Story]


@pytest.fixture
def upstream() -> Iterator[DrippingServer]:
    server = DrippingServer()
    yield server
    server.close()


@pytest.fixture
def site(serve: Callable[..., PageServer], upstream: DrippingServer) -> str:
    """The address of the bare page."""
    return serve(intercept=replaced(upstream.address)).address


def replaced(*origins: str) -> Callable[[str], bytes | None]:
    """Put the bare page in the place of the real one."""
    pages = {"index.html": bare_page(*origins).encode(), "story.js": SCRIPT.read_bytes()}
    return pages.get


@pytest.fixture
def story(site: str, upstream: DrippingServer, context: BrowserContext) -> Story:
    page = context.new_page()
    page.goto(site)
    page.evaluate("story.register()")
    return Story(page, upstream)


def random_bytes(seed: int, count: int) -> bytes:
    return random.Random(seed).randbytes(count)


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
    story: Story, site: str, context: BrowserContext
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
    story: Story, site: str, context: BrowserContext
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


def test_a_server_that_sends_elsewhere_is_not_followed(story: Story) -> None:
    stranger = DrippingServer()
    reading = story.post()
    exchange = story.upstream.next_exchange()
    exchange.respond(f"307 Elsewhere\r\nLocation: {stranger.address}/")
    exchange.end()
    assert reading.end() == "TypeError"
    assert stranger.count == len(stranger.preflights) == 0
    stranger.close()


def test_a_policy_that_changed_is_read_again(
    serve: Callable[..., PageServer], upstream: DrippingServer, context: BrowserContext
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


def test_nothing_of_the_request_is_stored(story: Story) -> None:
    reading, exchange = story.ask()
    exchange.send(b"the answer")
    reading.wait_for(10)
    story.page.wait_for_timeout(1_000)
    stored = story.page.evaluate("story.stored()")
    assert stored["bytes"] == ["the answer"]  # so this looks in the right place
    assert set(stored["logs"][0]) == {
        "id", "state", "bytes", "status", "type", "cause", "startedAt", "endedAt",
    }  # fmt: skip
    assert KEY not in str(stored)
    assert "private" not in str(stored)
    assert story.upstream.address not in str(stored)
    exchange.end()


def test_an_answer_never_becomes_a_page_of_our_origin(
    story: Story, site: str, context: BrowserContext
) -> None:
    story.post()
    exchange = story.upstream.next_exchange()
    exchange.respond("200 OK", "text/html")
    exchange.send(b"<script>document.title = 'taken'</script>")
    exchange.end()
    reader = story.get()
    assert reader.end() == "ended"
    assert b"taken" in reader.body
    page = context.new_page()
    answer = page.goto(f"{site}keeper/a")
    assert answer is not None
    assert answer.status == 404
    assert "taken" not in page.title() + page.content()


def test_logs_of_yesterday_are_dropped(
    site: str, upstream: DrippingServer, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(site)
    now = page.evaluate("Date.now()")
    for log_id, age in [("old", 24 * HOUR + 60_000), ("young", 23 * HOUR)]:
        record = {
            "id": log_id, "state": "finished", "bytes": 4, "status": 200, "type": None,
            "cause": "", "startedAt": now - age, "endedAt": now - age + 1000,
        }  # fmt: skip
        page.evaluate("a => story.put(...a)", [record, log_id[:4].ljust(4)])
    page.evaluate("story.register()")
    story = Story(page, upstream)
    assert [entry["id"] for entry in story.list()] == ["young"]
    assert story.get("old").status == 404
    reader = story.get("young")
    assert (reader.end(), reader.body) == ("ended", b"youn")
    page.wait_for_timeout(500)
    stored = page.evaluate("story.stored()")
    assert [record["id"] for record in stored["logs"]] == ["young"]
    assert stored["bytes"] == ["youn"]


def test_the_real_page_registers_its_keeper(
    serve: Callable[..., PageServer], upstream: DrippingServer, open_page: Open
) -> None:
    page = open_page(serve(upstream.address).address, upstream.address)
    page.evaluate("navigator.serviceWorker.ready")
    asked = """async upstream => {
        const headers = { "X-Keeper-Upstream": upstream };
        const response = await fetch("keeper/a", { method: "POST", headers, body: "{}" });
        return [response.headers.get("X-Keeper"), await response.text()];
    }"""
    page.evaluate(CONTROLLED)
    page.evaluate(f"a => {{ window.answer = ({asked})(a) }}", f"{upstream.address}/v1")
    exchange = upstream.next_exchange()
    exchange.respond()
    exchange.send(b"through the keeper")
    exchange.end()
    assert page.evaluate("window.answer") == ["live", "through the keeper"]


def test_a_killed_browser_loses_no_more_than_a_second(
    browser: Browser, site: str, upstream: DrippingServer, tmp_path: Path
) -> None:
    profile = str(tmp_path / "profile")
    context = launch_on(browser.browser_type, profile)
    story = Story(context.new_page(), upstream)
    story.page.goto(site)
    story.page.evaluate("story.register()")
    reading, exchange = story.ask()
    sent = random_bytes(7, 200_000)
    for start in range(0, 50_000, 1_000):
        exchange.send(sent[start : start + 1_000])
        story.page.wait_for_timeout(20)
    reading.wait_for(50_000)
    until = time.monotonic() + 1
    for start in range(50_000, 200_000, 1_000):  # more than a batch in a second
        exchange.send(sent[start : start + 1_000])
        time.sleep(max(0, until - time.monotonic()) / (200 - start / 1_000))
    kill(process_of(profile))
    exchange.wait_until_left()
    with suppress(PlaywrightError):
        context.close()

    context = launch_on(browser.browser_type, profile)
    again = Story(context.new_page(), upstream)
    again.page.goto(site)
    [entry] = again.list()
    assert (entry["state"], entry["status"]) == ("broken", 200)
    assert 50_000 <= entry["bytes"] <= 200_000
    reader = again.get()
    assert (reader.status, reader.headers["x-keeper"]) == (200, "broken")
    assert reader.headers["content-type"] == "text/event-stream"
    assert reader.end() == "TypeError"
    assert reader.body == sent[: entry["bytes"]]
    rest = again.get(start=entry["bytes"])
    assert (rest.status, rest.end()) == (410, "ended")
    assert b'"cause":"the worker was ended"' in rest.body
    assert again.post().status == 409
    context.close()


def test_a_worker_that_is_ended_leaves_a_broken_log(story: Story, context: BrowserContext) -> None:
    if context.browser is None or context.browser.browser_type.name != "chromium":
        pytest.skip("Firefox offers no way to end a worker from outside")
    reading, exchange = story.ask()
    exchange.send(b"x" * 1_000)
    reading.wait_for(1_000)
    story.page.wait_for_timeout(1_000)
    session = context.new_cdp_session(story.page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    exchange.wait_until_left()
    assert reading.end() == "TypeError"
    reader = story.get()
    assert (reader.headers["x-keeper"], reader.end(), len(reader.body)) == (
        "broken", "TypeError", 1_000,
    )  # fmt: skip


def test_a_new_version_waits_for_the_end_of_the_answer(
    serve: Callable[..., PageServer], upstream: DrippingServer, context: BrowserContext
) -> None:
    source = (ROOT / "static/keeper.js").read_bytes()
    version = b""

    def served(path: str) -> bytes | None:
        return source + version if path == "keeper.js" else replaced(upstream.address)(path)

    page = context.new_page()
    page.goto(serve(intercept=served).address)
    page.evaluate("story.register()")
    story = Story(page, upstream)
    reading, exchange = story.ask()
    exchange.send(b"before, ")
    reading.wait_for(8)
    version = b"// the next version"
    page.evaluate("story.update()")
    page.wait_for_timeout(3_000)
    assert not page.evaluate("story.hasChanged")
    page.reload()
    exchange.send(b"meanwhile")
    reader = story.get()
    reader.wait_for(17)
    exchange.end()
    assert reader.end() == "ended"
    page.evaluate("story.changed()")
    kept = story.get()
    assert (kept.end(), kept.body) == ("ended", b"before, meanwhile")
    _, exchange = story.ask("another")
    exchange.end()
    assert upstream.count == 2


def test_the_page_keeps_the_worker_alive(
    serve: Callable[..., PageServer], upstream: DrippingServer, open_page: Open
) -> None:
    main = (ROOT / "app/main.py").read_text()
    wired = "keeper = Keeper(lambda: session.is_live)"
    assert wired in main
    live = (
        "keeper = Keeper(lambda: True)\n"
        "    from pyodide.ffi import create_proxy\n"
        "    js.chunkCame = create_proxy(lambda *_: keeper.chunk_came())"
    )
    told = b"addEventListener('message', e => e.source?.postMessage(e.data.keep));"
    files = {
        "app/main.py": main.replace(wired, live).encode(),
        "keeper.js": (ROOT / "static/keeper.js").read_bytes() + told,
    }
    page = open_page(serve(upstream.address, files.get).address, upstream.address)
    page.evaluate(
        "window.leases = []; navigator.serviceWorker.onmessage = e => leases.push(e.data); 0"
    )
    page.evaluate(CONTROLLED)

    def next_lease(after: str) -> int:
        page.evaluate(f"leases.length = 0; {after}")
        page.evaluate(
            "(async () => { while (!leases.length) await new Promise(go => setTimeout(go, 10)) })()"
        )
        page.wait_for_timeout(200)
        [lease] = page.evaluate("leases")
        return int(lease)

    assert next_lease("'the timer'") == 25_000
    page.wait_for_timeout(5_000)
    assert next_lease("for (let i = 0; i < 100; i++) chunkCame()") == 25_000
    assert next_lease("document.dispatchEvent(new Event('visibilitychange'))") == 25_000
    assert next_lease("dispatchEvent(new Event('pagehide'))") == 300_000
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true }); 0")
    assert next_lease("document.dispatchEvent(new Event('visibilitychange'))") == 90_000


@pytest.mark.parametrize(
    "fault",
    [
        "IDBFactory.prototype.open = () => { throw new Error('none here') };",
        "IDBFactory.prototype.open = () => ({});",  # hangs
        "IDBObjectStore.prototype.put = () => { throw new Error('the disk is full') };",
    ],
)
def test_without_a_store_the_answer_is_kept_in_memory(
    fault: str, serve: Callable[..., PageServer], upstream: DrippingServer, context: BrowserContext
) -> None:
    worker = fault.encode() + (ROOT / "static/keeper.js").read_bytes()

    def served(path: str) -> bytes | None:
        return worker if path == "keeper.js" else replaced(upstream.address)(path)

    page = context.new_page()
    page.goto(serve(intercept=served).address)
    page.evaluate("story.register()")
    story = Story(page, upstream)
    reading, exchange = story.ask()
    sent = random_bytes(8, 300_000)
    exchange.send(sent[:100_000])
    reading.wait_for(100_000)
    page.wait_for_timeout(1_000)  # it was tried to store it
    exchange.send(sent[100_000:])
    exchange.end()
    reader = story.get(start=1)
    assert (reading.end(), reader.end()) == ("ended", "ended")
    assert (reading.body, reader.body) == (sent, sent[1:])
    assert story.delete().status == 204
    assert story.get().status == 404
