"""Fifty questions in one page, and everything goes wrong: seeded, so that it can be lived again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from app.wire import read_answer
from tests.browser.conftest import READY, Open, Watch, ask, forget_network_errors
from tests.browser.person import Page
from tests.browser.reading import (
    LAST,
    last_answer,
    last_text,
    phase,
    rendered,
    status_word,
    wait_until_ended,
)
from tests.servers.fault_proxy import Pass, Passage
from tests.servers.faults import HEARTBEAT, Cut, Empty, Stall, busy
from tests.servers.resumable import ByteLogServer
from tests.servers.telling import chat_events
from tools.serve import PageServer

TURNS: Final = 50
SEED: Final = 5
CHAT: Final = "/v1/chat/completions"
HEADERS: Final = {"content-type": "text/event-stream"}
WORDS: Final = ("river ", "flows ", "été ", "🏔️ ", "**deep** ", "`cold` ", "\n\n", "on, ", "& <b> ")
# So that no wait takes long, and a stall is doubted while it lasts.
NUMBERS: Final = {
    "retry_delay": 20, "max_delay": 200, "max_retries": 5, "silence": 1_500, "first_byte": 2_500,
}  # fmt: skip


class ChaoticServer(ByteLogServer):
    """Tells another text each time, and breaks most of its answers."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        super().__init__((), pace=0.01, plans=[plan(chance) for _ in range(2_000)])

    def pieces(self, _name: str) -> Sequence[bytes]:
        """Give a new text, with signs of life in between."""
        chance = self._chance
        count = chance.randint(1, 120)
        events = chat_events([chance.choice(WORDS) for _ in range(count)])
        for _ in range(count // 30):
            events.insert(chance.randrange(len(events) - 1), HEARTBEAT)
        return events

    def told(self, name: str) -> str:
        """Give the text of an answer, from its first byte."""
        answer = read_answer("openai-chat", 200, HEADERS, [self.log(name)], transport_error=True)
        return answer.text


def plan(chance: Random) -> Passage:
    """Choose what happens to one response."""
    at = chance.randint(1, 6_000)
    match chance.choices(("cut", "busy", "stall", "empty", "whole"), (50, 8, 5, 3, 20))[0]:
        case "cut":
            return Pass(Cut(at, chance.choice(("end", "reset", "eof"))))
        case "busy":
            return busy(chance.choice((429, 503)), chance.choice((None, 1)), is_exposed=True)
        case "stall":
            return Pass(Stall(at, 4.0))
        case "empty":
            return Empty()
    return Pass()


def disturb(page: Page, chance: Random) -> None:
    """Do what people do while an answer comes in; mostly nothing."""
    what = chance.choices(("nothing", "stop", "reload"), (70, 15, 15))[0]
    page.wait_for_timeout(chance.randint(0, 1_500))
    if what == "stop":
        page.keyboard.press("Escape")
    elif what == "reload":
        page.reload()
        page.wait_for_selector(READY)


def letters(text: str) -> str:
    """Give a text without what markup makes of it."""
    return "".join(
        character for character in text if not character.isspace() and character not in "*`"
    )


def check(page: Page, server: ChaoticServer, names: Sequence[str]) -> str:
    """Hold the last answer to what the server wrote; give its phase."""
    how = wait_until_ended(page)
    told = server.told(names[-1]) if names[-1] in server.answers else ""
    if how == "done":
        assert last_answer(page) == rendered(told)
    else:
        words = {"stopped": "stopped", "incomplete": "incomplete", "failed": ""}
        assert status_word(page) == words[how]
        if how != "stopped":
            assert page.locator(f"{LAST} .trouble-happened").inner_text()
            # Answers before it may have ended as badly, and keep their buttons.
            again = page.locator(LAST).get_by_role("button", name="Try again")
            assert again.is_visible()
    if how == "incomplete":
        assert letters(told).startswith(letters(last_text(page)))
    return how


def test_fifty_answers_are_whole_or_say_that_they_are_not(
    serve: Callable[..., PageServer], open_page: Open, watches: list[Watch]
) -> None:
    chance = Random(SEED)
    ends: Counter[str] = Counter()
    with ChaoticServer(chance) as server:
        page = open_page(serve(server.address, numbers=NUMBERS, resume="byte-log").address)
        watches[0].allowed.add(server.address)
        for turn in range(TURNS):
            before = len(server.journal.posts(CHAT))
            ask(page, f"Question {turn}")
            page.wait_for_selector(f".answer[data-answer^='{turn}.']")
            disturb(page, chance)
            wait_until_ended(page)
            posts = server.journal.posts(CHAT)[before:]
            names = [post.headers["x-conversation-id"] for post in posts]
            how = check(page, server, names)
            ends[how] += 1
            assert len(posts) == len(set(names))
            # Only for an answer of which nothing came, a model was asked twice.
            for post in posts[:-1]:
                assert post.status != 200 or b'"content"' not in bytes(post.sent), names
        assert phase(page)
    print(ends)
    assert ends["done"] > TURNS / 2, ends
    assert ends["done"] < TURNS, ends
    forget_network_errors(watches)
