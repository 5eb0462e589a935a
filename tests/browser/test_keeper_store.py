"""What the keeper stores, how long it lives, and what is left when it or the browser is ended."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.browser.conftest import AnyContext, Open, Restartable
from tests.browser.keeper_story import CONTROLLED, HOUR, KEY, Story, random_bytes, replaced
from tests.browser.webkit.browser import WebKitContext
from tests.servers.dripping import DrippingServer
from tools.places import ROOT
from tools.serve import PageServer


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
    story: Story, site: str, context: AnyContext
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
    # WebDriver gives no answer, only what became of it.
    assert answer is None or answer.status == 404
    assert '"cause":"for fetch() only"' in page.content()
    assert "taken" not in page.title() + page.content()


def test_logs_of_yesterday_are_dropped(
    site: str, upstream: DrippingServer, context: AnyContext
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
    restartable: Restartable, site: str, upstream: DrippingServer
) -> None:
    story = Story(restartable.start(), upstream)
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
    restartable.kill()
    exchange.wait_until_left()

    again = Story(restartable.start(), upstream)
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


def end_worker(story: Story, context: AnyContext) -> None:
    """End the worker in the middle of what it does, as browsers do when they want."""
    if isinstance(context, WebKitContext):
        story.page.goto("about:blank")  # without a page it lives about ten seconds
        return
    assert context.browser is not None
    if context.browser.browser_type.name != "chromium":
        pytest.skip("Firefox offers no way to end a worker from outside")
    session = context.new_cdp_session(context.pages[0])
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")


def test_a_worker_that_is_ended_leaves_a_broken_log(
    story: Story, site: str, context: AnyContext
) -> None:
    reading, exchange = story.ask()
    exchange.send(b"x" * 1_000)
    reading.wait_for(1_000)
    story.page.wait_for_timeout(1_000)
    end_worker(story, context)
    exchange.wait_until_left()
    if isinstance(context, WebKitContext):
        story.page.goto(site)
    else:
        assert reading.end() == "TypeError"
    reader = story.get()
    assert (reader.headers["x-keeper"], reader.end(), len(reader.body)) == (
        "broken", "TypeError", 1_000,
    )  # fmt: skip


def test_a_new_version_waits_for_the_end_of_the_answer(
    serve: Callable[..., PageServer], upstream: DrippingServer, context: AnyContext
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
    fault: str, serve: Callable[..., PageServer], upstream: DrippingServer, context: AnyContext
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


def test_what_the_memory_no_longer_holds_is_read_back(
    serve: Callable[..., PageServer], upstream: DrippingServer, context: AnyContext
) -> None:
    source = (ROOT / "static/keeper.js").read_text()
    bound = "const HELD = 64 * 1024 * 1024;"
    assert bound in source
    worker = source.replace(bound, "const HELD = 100_000;").encode()

    def served(path: str) -> bytes | None:
        return worker if path == "keeper.js" else replaced(upstream.address)(path)

    page = context.new_page()
    page.goto(serve(intercept=served).address)
    page.evaluate("story.register()")
    story = Story(page, upstream)
    reading, exchange = story.ask()
    sent = random_bytes(9, 500_000)
    for start in range(0, 400_000, 100_000):
        exchange.send(sent[start : start + 100_000])
        page.wait_for_timeout(700)  # each a batch of its own in the store
    reader = story.get(start=7)
    reader.wait_for(399_993)
    exchange.send(sent[400_000:])
    exchange.end()
    assert (reading.end(), reader.end()) == ("ended", "ended")
    assert (reading.body, reader.body) == (sent, sent[7:])
