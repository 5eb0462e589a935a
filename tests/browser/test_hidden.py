"""The page is behind another tab, or frozen, while the answer comes in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from app.wire import read_answer
from tests.browser.conftest import READY, AnyBrowser
from tests.browser.plain_chromium import PlainChromium, Tab
from tests.browser.reading import LAST, rendered, without_fittings
from tests.servers.faults import Drip, Fault, FaultServer, Play, Recording, Stall
from tests.servers.journal import Entry
from tests.servers.telling import chat_events
from tools.serve import PageServer

PIECES: Final = [
    f"word {number}\n\n" if number % 9 == 8 else f"word {number} " for number in range(300)
]
EVENTS: Final = chat_events(PIECES)
BODY: Final = b"".join(EVENTS)
TEXT: Final = "".join(PIECES)
# Doubts come soon, so that there would be false ones.
DOUBTS: Final = {"heartbeat": 15_000, "silence": 20_000}


def paused(count: int, seconds: float, drip: float) -> Play:
    """Give an answer with so many pauses of some seconds, and some seconds for each event else."""
    edges = [len(b"".join(EVENTS[:number])) for number in range(len(EVENTS))]
    every = len(edges) // (count + 1)
    pauses: list[Fault] = [Stall(edges[every * (number + 1)], seconds) for number in range(count)]
    return Play(Recording(BODY), *pauses, Drip(len(BODY) // len(EVENTS), drip))


@pytest.fixture
def chromium(browser: AnyBrowser, tmp_path: Path) -> Iterator[PlainChromium]:
    """A Chromium whose tabs hide each other."""
    if browser.browser_type.name != "chromium":
        pytest.skip("only Chromium's protocol puts a tab behind another one, and freezes it")
    started = PlainChromium(tmp_path / "profile")
    yield started
    started.close()


def wait_for(tab: Tab, selector: str, seconds: float = 60) -> None:
    """Wait until something is there."""
    until = time.monotonic() + seconds
    while not tab.value(f"!!document.querySelector({selector!r})"):
        assert time.monotonic() < until, selector
        time.sleep(0.05)


def begin(chromium: PlainChromium, site: str) -> Tab:
    """Ask, and put another tab in front once the answer comes."""
    tab = chromium.open(site)
    wait_for(tab, READY)
    while not tab.value("!!navigator.serviceWorker.controller"):
        time.sleep(0.05)
    tab.type("Count.")
    wait_for(tab, f"{LAST}[data-phase=streaming]")
    chromium.open("about:blank")
    while tab.value("document.visibilityState") != "hidden":
        time.sleep(0.05)
    return tab


def shown(tab: Tab) -> str:
    """Give the HTML of the answer."""
    return without_fittings(tab.value(f"document.querySelector('{LAST} .prose').innerHTML"))


def words(tab: Tab) -> int:
    """Tell how many words are on the page."""
    return str(tab.value(f"document.querySelector('{LAST} .prose').textContent")).count("word")


def sent_words(entry: Entry) -> int:
    """Tell how many words the server has sent."""
    sent = [bytes(entry.sent)]
    headers = {"content-type": "text/event-stream"}
    return read_answer("openai-chat", 200, headers, sent, transport_error=True).text.count("word")


def check_whole(tab: Tab, server: FaultServer) -> None:
    """All is there, was asked for once, and nothing was taken for a trouble."""
    wait_for(tab, f"{LAST}[data-phase=done]")
    assert shown(tab) == rendered(TEXT)
    [post] = server.journal
    assert (post.method, post.ending) == ("POST", "whole")


def test_a_hidden_tab_keeps_up_and_doubts_nothing(
    serve: Callable[..., PageServer], chromium: PlainChromium
) -> None:
    with FaultServer(paused(8, 8, 0.12)) as server:
        site = serve(server.address, numbers=DOUBTS).address
        tab = begin(chromium, site)
        tab.value("window.frames_ = 0; requestAnimationFrame(() => window.frames_++); 0")
        [post] = server.journal
        time.sleep(75)
        assert post.ending is None  # it goes on
        assert tab.value("window.frames_") == 0
        tab.come_to_front()
        while tab.value("document.visibilityState") != "visible":
            time.sleep(0.01)
        before = sent_words(post)
        assert before > 150
        # At most what a few frames can write is missing.
        tab.value("new Promise((go) => setTimeout(go, 500))")
        assert words(tab) >= before
        assert tab.value(f"document.querySelector('{LAST} .journal').hidden")
        check_whole(tab, server)
        assert tab.value(f"document.querySelector('{LAST} .journal').hidden")


@pytest.mark.parametrize("frozen", [5, 30])
def test_a_frozen_page_goes_on_when_it_thaws(
    frozen: float, serve: Callable[..., PageServer], chromium: PlainChromium
) -> None:
    with FaultServer(paused(0, 0, 0.06)) as server:
        site = serve(server.address, numbers=DOUBTS).address
        tab = begin(chromium, site)
        tab.value("window.freezes = 0; document.addEventListener('freeze', () => freezes++); 0")
        tab.call("Page.setWebLifecycleState", state="frozen")
        time.sleep(frozen)
        tab.call("Page.setWebLifecycleState", state="active")
        tab.come_to_front()
        assert tab.value("freezes") == 1
        check_whole(tab, server)
