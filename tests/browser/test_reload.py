"""The page is reloaded, left, closed, opened twice, killed; the answer is there all the same.

The server cannot resume: all of it is what the browser itself keeps.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Final

import pytest

from app.wire import read_answer
from tests.browser.conftest import (
    READY,
    Open,
    Restartable,
    Watch,
    ask,
    forget_network_errors,
    wait_for_answer,
)
from tests.browser.person import Page
from tests.browser.reading import (
    LAST,
    last_answer,
    last_text,
    rendered,
    status_note,
    status_word,
    wait_until_ended,
    wait_until_whole,
)
from tests.servers.faults import Drip, FaultServer, Play, Recording
from tests.servers.telling import chat_events
from tools.serve import PageServer

Serve = Callable[..., PageServer]
Slow = Callable[..., FaultServer]

WORDS: Final = "The **river** Rhône, 2,330 m up, is `cold` 🏔️ and grey, and then, "
PIECES: Final = [f"{word} " for word in (WORDS * 4).split()] + ["\n\n* one\n* two\n"]
TEXT: Final = "".join(PIECES)
NUMBERED: Final = [f"{number} " for number in range(400)]
HEADERS: Final = {"content-type": "text/event-stream"}
OWNED: Final = """async () => {
    const { held } = await navigator.locks.query();
    return held.some(({ name }) => name.startsWith("thalweg."));
}"""
QUESTION: Final = "Where does it come from?"


@pytest.fixture
def slow() -> Iterator[Slow]:
    """Start servers that cannot resume, whose answers take about so many seconds."""
    servers: list[FaultServer] = []

    def start(seconds: float, pieces: list[str] = PIECES) -> FaultServer:
        body = b"".join(chat_events(pieces))
        drip = Drip(len(body) // (len(pieces) + 2), seconds / (len(pieces) + 2))
        servers.append(FaultServer(Play(Recording(body), drip)))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def wait_for_keeper(page: Page) -> None:
    """Wait until the service worker has the page: on the first visit it comes a little later."""
    while not page.evaluate("!!(navigator.serviceWorker && navigator.serviceWorker.controller)"):
        page.wait_for_timeout(50)


def ask_and_read_a_little(page: Page) -> None:
    """Ask, and read until some words of the answer are there."""
    wait_for_keeper(page)
    ask(page, QUESTION)
    wait_for_answer(page, "streaming")
    page.wait_for_timeout(1_500)
    assert last_text(page).strip()


def wait_until_owned(page: Page) -> None:
    """Wait until some tab has the conversation."""
    page.wait_for_timeout(1_000)  # it is not given back at once
    while not page.evaluate(OWNED):
        page.wait_for_timeout(100)


def check_whole(page: Page, server: FaultServer, text: str = TEXT) -> None:
    """The answer becomes what the server sent, which was asked once."""
    assert page.locator(".question-text").all_inner_texts() == [QUESTION]
    wait_until_whole(page)
    assert last_answer(page) == rendered(text)
    assert len(server.journal.posts()) == 1
    assert server.journal[0].ending == "whole"


def test_a_reload_in_mid_answer_changes_nothing(
    serve: Serve, slow: Slow, open_page: Open, watches: list[Watch]
) -> None:
    server = slow(15)
    page = open_page(serve(server.address).address, server.address)
    ask_and_read_a_little(page)
    for _ in range(2):
        page.reload()
        page.wait_for_selector(READY)
        page.wait_for_timeout(500)
    check_whole(page, server)
    assert status_note(page).startswith("taken up again")
    # A finished answer stays as it is, too, and can be talked about.
    page.reload()
    page.wait_for_selector(READY)
    check_whole(page, server)
    ask(page, "And then?")
    page.wait_for_selector(".exchange[aria-posinset='2']")
    wait_until_whole(page)
    messages = json.loads(server.journal.posts()[1].body)["messages"]
    assert [message["content"] for message in messages] == [QUESTION, TEXT, "And then?"]
    forget_network_errors(watches)


SHORT_LIFE: Final = "its service worker ends about ten seconds after the last page"


@pytest.mark.parametrize("way", ["address", "back"])
@pytest.mark.parametrize(
    "seconds", [5, pytest.param(16, marks=pytest.mark.beyond("webkit", SHORT_LIFE))]
)
def test_who_leaves_and_comes_back_finds_the_answer(
    way: str, seconds: int, serve: Serve, slow: Slow, open_page: Open, watches: list[Watch]
) -> None:
    server = slow(seconds)
    site = serve(server.address).address
    page = open_page(site, server.address)
    ask_and_read_a_little(page)
    page.goto("data:text/html,<title>Elsewhere</title>")
    page.wait_for_timeout(10_000)
    if way == "back":
        page.evaluate("setTimeout(() => history.back(), 0)")
    else:
        page.goto(site)
    page.wait_for_selector(f"{READY} {LAST}")
    check_whole(page, server)
    wait_until_owned(page)  # also where the browser had put the page aside
    forget_network_errors(watches)


def test_a_closed_tab_that_is_opened_again_goes_on(
    serve: Serve, slow: Slow, open_page: Open, watches: list[Watch]
) -> None:
    server = slow(12)
    site = serve(server.address).address
    page = open_page(site, server.address)
    ask_and_read_a_little(page)
    page.close()
    time.sleep(4)
    page = open_page(site, server.address)
    assert last_text(page).strip()
    check_whole(page, server)
    forget_network_errors(watches[1:])
    watches[0].errors.clear()


def test_a_second_tab_looks_on(
    serve: Serve, slow: Slow, open_page: Open, watches: list[Watch]
) -> None:
    server = slow(9)
    site = serve(server.address).address
    first = open_page(site, server.address)
    ask_and_read_a_little(first)
    second = open_page(site, server.address)
    second.wait_for_selector(f"{LAST} .prose p")
    # Whose conversation it is, is said to the one who writes in the other tab.
    ask(second, "May I?")
    second.wait_for_selector("text=open in another tab")
    check_whole(second, server)
    check_whole(first, server)
    # The first tab goes on with it, and the second one shows that too.
    ask(first, "And then?")
    first.wait_for_selector(".exchange[aria-posinset='2']")
    wait_until_whole(first)
    second.wait_for_selector(f".exchange[aria-posinset='2'] {LAST.split()[1]}[data-phase=done]")
    assert last_answer(second) == last_answer(first) == rendered(TEXT)
    assert len(server.journal.posts()) == 2
    forget_network_errors(watches)


def test_who_comes_back_after_another_tab_took_over_looks_on(
    serve: Serve, slow: Slow, open_page: Open, watches: list[Watch]
) -> None:
    server = slow(9)
    site = serve(server.address).address
    first = open_page(site, server.address)
    ask_and_read_a_little(first)
    second = open_page(site, server.address)
    second.wait_for_selector(f"{LAST} .prose p")
    check_whole(first, server)
    first.goto("data:text/html,<title>Elsewhere</title>")
    wait_until_owned(second)
    first.evaluate("setTimeout(() => history.back(), 0)")
    first.wait_for_timeout(3_000)  # WebKit brings the page back as it was, which then loads again
    first.wait_for_selector(f"{READY} {LAST}")
    ask(first, "May I?")
    first.wait_for_selector("text=open in another tab")
    ask(second, "And then?")
    second.wait_for_selector(".exchange[aria-posinset='2']")
    wait_until_whole(second)
    assert len(server.journal.posts()) == 2
    forget_network_errors(watches)


@pytest.fixture
def no_keeper(serve: Serve) -> Serve:
    """Serve a page whose service worker does not start."""
    broken = b"throw new Error('no worker here');"

    def start(endpoint: str) -> PageServer:
        return serve(endpoint, lambda path: broken if path == "keeper.js" else None)

    return start


@pytest.mark.parametrize("word", ["Continue", "Try again"])
def test_without_a_service_worker_a_reload_leaves_what_was_saved(
    word: str, no_keeper: Serve, slow: Slow, open_page: Open, watches: list[Watch]
) -> None:
    server = slow(9)
    page = open_page(no_keeper(server.address).address, server.address)
    ask(page, "And now?")
    wait_until_whole(page)  # without one all is as usual
    assert last_answer(page) == rendered(TEXT)
    ask(page, QUESTION)
    page.wait_for_selector(f".exchange[aria-posinset='2'] {LAST.split()[1]}[data-phase=streaming]")
    page.wait_for_timeout(3_000)
    sent = bytes(server.journal[1].sent)
    time.sleep(1)
    page.reload()
    page.wait_for_selector(READY)
    assert wait_until_ended(page) == "incomplete"
    shown = last_answer(page)
    least = rendered(read_answer("openai-chat", 200, HEADERS, [sent]).text)
    assert len(shown) >= len(least)
    assert status_word(page) == "incomplete"
    assert len(server.journal.posts()) == 2
    server.journal.wait(lambda journal: journal[1].ending == "left")  # nobody would read it

    page.get_by_role("button", name=word).click()
    page.wait_for_selector(f"{LAST} .trouble", state="hidden")
    wait_until_whole(page)
    assert last_answer(page) == rendered(TEXT)  # what the server repeats is not shown twice
    assert len(server.journal.posts()) == 3
    note = "continued: it may not be what was cut off" if word == "Continue" else ""
    assert status_note(page) == note
    forget_network_errors(watches)


def test_a_killed_browser_loses_a_second_at_most_and_says_so(
    serve: Serve, slow: Slow, restartable: Restartable
) -> None:
    server = slow(20, NUMBERED)
    site = serve(server.address).address
    page: Page = restartable.start()
    page.goto(site)
    page.wait_for_selector(READY)
    wait_for_keeper(page)
    ask(page, QUESTION)
    wait_for_answer(page, "streaming")
    samples: list[tuple[float, bytes]] = []
    until = time.monotonic() + 4.3
    while time.monotonic() < until:
        samples.append((time.monotonic(), bytes(server.journal[0].sent)))
        time.sleep(0.02)
    killed_at = time.monotonic()
    restartable.kill()
    a_second_before = max(sent for at, sent in samples if at <= killed_at - 1)
    server.journal.wait_until_idle()

    page = restartable.start()
    page.goto(site)
    page.wait_for_selector(READY)
    assert wait_until_ended(page) == "incomplete"
    kept = last_text(page).strip()
    least = read_answer("openai-chat", 200, HEADERS, [a_second_before], transport_error=True).text
    assert len(least) > 100
    assert kept.startswith(least.strip())
    assert "".join(NUMBERED).startswith(kept)
    assert status_word(page) == "incomplete"
    assert len(server.journal.posts()) == 1

    page.get_by_role("button", name="Continue").click()
    wait_for_answer(page, "streaming")
    wait_until_whole(page)
    assert last_text(page).strip() == "".join(NUMBERED).strip()
    assert len(server.journal.posts()) == 2
