"""The line under the answer, while it waits: for what, how long, and that it need not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pytest

from tests.browser.conftest import Open, Watch, ask, forget_network_errors, wait_for_answer
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
from tests.servers.fault_proxy import Pass, Passage
from tests.servers.faults import (
    HEARTBEAT,
    Cut,
    Drip,
    Empty,
    FaultServer,
    Play,
    Recording,
    Refuse,
    Stall,
    busy,
)
from tests.servers.resumable import ByteLogServer
from tests.servers.telling import chat_events
from tools.serve import PageServer

Serve = Callable[..., PageServer]

TEXT: Final = "The river goes on, and on, to the sea."
PIECES: Final = [f"{word} " for word in TEXT.split()]
BODY: Final = b"".join(chat_events(PIECES))
WHOLE: Final = Play(Recording(BODY))


def seconds_left(page: Page, word: str) -> int:
    """Give the seconds in the line under the answer, which says this before them."""
    page.wait_for_selector(f"{LAST} .status-word:has-text('{word} in ')")
    found = re.fullmatch(rf"{word} in (\d+) s", status_word(page))
    assert found, status_word(page)
    return int(found[1])


def check_countdown(page: Page, word: str, most: int) -> None:
    """The line counts down from the server's own time, and is read out once."""
    first = seconds_left(page, word)
    assert most - 5 <= first <= most + 1
    page.wait_for_timeout(2_500)
    assert first - 4 <= seconds_left(page, word) <= first - 2
    heard = page.locator("#announcer").inner_text()
    assert heard.startswith(f"{word[0].upper()}{word[1:]} in "), heard


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_said_or_when_the_person_wants(
    status: int, serve: Serve, open_page: Open, watches: list[Watch]
) -> None:
    with FaultServer(busy(status, 40, is_exposed=True), WHOLE) as server:
        page = open_page(serve(server.address).address, server.address)
        ask(page, "Where does it go?")
        wait_for_answer(page, "waiting")
        check_countdown(page, "trying again", 40)
        assert len(server.journal.posts()) == 1
        page.get_by_role("button", name="try now").click()
        wait_until_whole(page)
        assert last_text(page).strip() == TEXT
        assert len(server.journal.posts()) == 2
        assert not page.locator(f"{LAST} .try-now").is_visible()
    forget_network_errors(watches)


def test_a_cut_answer_whose_server_is_busy_waits_with_its_text(
    serve: Serve, open_page: Open, watches: list[Watch]
) -> None:
    plans: list[Passage] = [Pass(Stall(700, 0.3), Cut(700)), busy(503, 40, is_exposed=True), Pass()]
    with ByteLogServer(chat_events(PIECES), pace=0.02, plans=plans) as server:
        site = serve(server.address, resume="byte-log").address
        page = open_page(site, server.address)
        ask(page, "Where does it go?")
        wait_for_answer(page, "waiting")
        check_countdown(page, "reconnecting", 40)
        assert TEXT.startswith(last_text(page).strip())
        assert last_text(page).strip()
        page.get_by_role("button", name="try now").click()
        wait_until_whole(page)
        assert last_answer(page) == rendered(" ".join([*TEXT.split(), ""]))
        assert re.fullmatch(r"resumed at byte \d+ · nothing lost", status_note(page))
        assert len(server.journal.posts()) == 1
        # What happened is one click away.
        page.locator(f"{LAST} .journal summary").click()
        lines = page.locator(f"{LAST} .journal li").all_inner_texts()
        assert any("cut after " in line for line in lines), lines
        assert any("the person wants it tried" in line for line in lines), lines
    forget_network_errors(watches)


def test_who_waits_may_stop(serve: Serve, open_page: Open, watches: list[Watch]) -> None:
    with FaultServer(busy(429, 40, is_exposed=True), WHOLE) as server:
        page = open_page(serve(server.address).address, server.address)
        ask(page, "Where does it go?")
        wait_for_answer(page, "waiting")
        page.keyboard.press("Escape")
        wait_for_answer(page, "stopped")
        assert not page.locator(f"{LAST} .try-now").is_visible()
        page.wait_for_timeout(1_000)
        assert len(server.journal.posts()) == 1
    forget_network_errors(watches)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
def test_what_another_try_would_not_change_is_not_tried_again(
    status: int, serve: Serve, open_page: Open, watches: list[Watch]
) -> None:
    with FaultServer(Refuse(status), WHOLE) as server:
        page = open_page(serve(server.address).address, server.address)
        ask(page, "Where does it go?")
        assert wait_until_ended(page) == "failed"
        assert page.locator(f"{LAST} .trouble-remedy").inner_text()
        page.wait_for_timeout(1_500)
        assert len(server.journal.posts()) == 1
    forget_network_errors(watches)


def test_an_outage_ends_in_words_and_a_later_try_works(
    serve: Serve, open_page: Open, watches: list[Watch]
) -> None:
    outage = [busy(503)] * 4
    with FaultServer(*outage, WHOLE) as server:
        numbers = {"max_retries": 3, "retry_delay": 50}
        page = open_page(serve(server.address, numbers=numbers).address, server.address)
        ask(page, "Where does it go?")
        assert wait_until_ended(page) == "failed"
        assert len(server.journal.posts()) == 4
        page.get_by_role("button", name="Try again").click()
        page.wait_for_selector(f"{LAST} .trouble", state="hidden")
        wait_until_whole(page)
        assert last_text(page).strip() == TEXT
    forget_network_errors(watches)


def test_pauses_with_signs_of_life_are_no_trouble(
    serve: Serve, open_page: Open, watches: list[Watch]
) -> None:
    middle = len(b"".join(chat_events(PIECES)[:4]))
    pause = Stall(middle, 6.0, heartbeat_every=0.5)
    with FaultServer(Play(Recording(BODY), pause)) as server:
        numbers = {"heartbeat": 2_000, "silence": 3_000}
        page = open_page(serve(server.address, numbers=numbers).address, server.address)
        ask(page, "Where does it go?")
        wait_until_whole(page)
        assert HEARTBEAT in bytes(server.journal[0].sent)
        assert last_text(page).strip() == TEXT
        assert not page.locator(f"{LAST} .journal").is_visible()
        assert len(server.journal) == 1


def test_silence_is_said_before_it_is_taken_for_an_end(
    serve: Serve, open_page: Open, watches: list[Watch]
) -> None:
    middle = len(b"".join(chat_events(PIECES)[:4]))
    with FaultServer(Play(Recording(BODY), Stall(middle, 60.0))) as server:
        numbers = {"silence": 3_000, "first_byte": 3_000}
        site = serve(server.address, numbers=numbers).address
        page = open_page(site, server.address)
        ask(page, "Where does it go?")
        page.wait_for_selector(f"{LAST} .status-word:has-text('no sign of life for ')")
        assert wait_until_ended(page) == "incomplete"
        assert last_text(page).strip() == " ".join(TEXT.split()[:4])
        assert len(server.journal.posts()) == 1
    forget_network_errors(watches)


def test_an_empty_answer_is_asked_for_again(
    serve: Serve, open_page: Open, watches: list[Watch]
) -> None:
    with FaultServer(Empty(), WHOLE) as server:
        page = open_page(serve(server.address).address, server.address)
        ask(page, "Where does it go?")
        wait_until_whole(page)
        assert last_text(page).strip() == TEXT
    forget_network_errors(watches)


def test_a_slow_drip_is_read_to_its_end(serve: Serve, open_page: Open) -> None:
    with FaultServer(Play(Recording(BODY), Drip(7, 0.02))) as server:
        page = open_page(serve(server.address).address, server.address)
        ask(page, "Where does it go?")
        wait_until_whole(page)
        assert last_text(page).strip() == TEXT
