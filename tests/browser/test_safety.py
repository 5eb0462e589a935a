"""Nothing that a model wrote runs, loads by itself, or hides where it leads."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final

import pytest

from tests.browser.conftest import Open, Watch, ask, wait_for_answer
from tests.browser.person import Page
from tests.browser.reading import CATCH_COPIES, LAST, copied
from tests.browser.rendering_page import INSPECT, with_door
from tests.conformance.vectors import load
from tests.servers.elsewhere import Elsewhere
from tests.servers.scripted import ScriptedServer, finished, ok, said
from tools.serve import PageServer

Serve = Callable[..., PageServer]
Play = Callable[..., ScriptedServer]

# Hosts in the vectors; a name of a namespace is no address.
HOST: Final = re.compile(r"(?:https?:)?//(?!www\.w3\.org)[a-z0-9.-]+\.[a-z]{2,}", re.IGNORECASE)
BATCH: Final = 100
# Scripts that ran.
HOOKS: Final = """(() => {
  window.ran = [];
  for (const name of ["alert", "confirm", "prompt", "print"])
    window[name] = (...words) => { window.ran.push(`${name}(${words})`); };
})()"""


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """Another host, which writes down whatever is asked of it."""
    with Elsewhere() as server:
        yield server


def payloads(elsewhere: Elsewhere) -> list[str]:
    """Give the texts of the shared vectors, their hosts all at hand."""
    found = []
    for vector in load("xss.json")["vectors"]:
        unit, times = vector.get("repeat", (vector["payload"], 1))
        found.append(HOST.sub(elsewhere.address, unit * times))
    return found


def pieces_of(text: str, cutting: str) -> list[str]:
    if cutting == "whole":
        return [text]
    if cutting == "random":
        dice = random.Random(text)
        at = [0]
        while at[-1] < len(text):
            at.append(at[-1] + dice.randint(1, 12))
        return [text[start:end] for start, end in pairwise(at)]
    size = int(cutting)
    return [text[at : at + size] for at in range(0, len(text), size)]


def test_no_hostile_text_becomes_more_than_text_however_it_is_cut(
    serve: Serve, elsewhere: Elsewhere, open_page: Open, watches: list[Watch]
) -> None:
    page = open_page(serve(elsewhere.address, with_door).address)
    page.evaluate(HOOKS)
    texts = payloads(elsewhere)
    whole: list[str] = []
    for cutting in ("whole", "1", "7", "random"):
        told: list[dict[str, Any]] = []
        for at in range(0, len(texts), BATCH):
            batch = [pieces_of(text, cutting) for text in texts[at : at + BATCH]]
            told += page.evaluate(INSPECT, batch)
        faults = {
            text: each["faults"] for text, each in zip(texts, told, strict=True) if each["faults"]
        }
        assert faults == {}
        drawn = [each["elements"] for each in told]
        whole = whole or drawn
        changed = [each for each in zip(texts, whole, drawn, strict=True) if each[1] != each[2]]
        assert changed == [], cutting
    assert page.evaluate("window.ran") == []
    assert elsewhere.asked() == []
    # Neither the ears nor the trap were closed.
    page.evaluate(
        "address => { alert(1); return fetch(address, { mode: 'no-cors' }); }", elsewhere.address
    )
    assert page.evaluate("window.ran") == ["alert(1)"]
    assert len(elsewhere.asked()) == 1
    [watch] = watches
    watch.catch_up()
    assert watch.foreign == [f"{elsewhere.address}/"]
    watch.foreign.clear()


def test_an_answer_full_of_hostile_text_asks_nobody(
    serve: Serve, scripted: Play, elsewhere: Elsewhere, open_page: Open
) -> None:
    texts = [text for text in payloads(elsewhere) if len(text) < 2000]
    server = scripted([ok(), *[said(f"{text}\n\n") for text in texts], finished()])
    page = open_page(serve(server.address).address, server.address)
    page.evaluate(HOOKS)
    ask(page, "Show me.")
    wait_for_answer(page)
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") == []
    assert elsewhere.asked() == []


SEEN: Final = (
    "left\u202eright zero\u200bwidth \x1b[31mred\x1b[0m \U000e0041tag",
    "left⟨U+202E⟩right zero⟨U+200B⟩width ⟨U+001B⟩[31mred⟨U+001B⟩[0m ⟨U+E0041⟩tag",
)


def test_hidden_characters_are_marks_in_view_and_in_copies(
    serve: Serve, scripted: Play, open_page: Open
) -> None:
    hidden, shown = SEEN
    text = f"{hidden}\n\n```sh\n{hidden}\n```\n\n| a |\n|---|\n| {hidden} |\n"
    server = scripted([ok(), *[said(letter) for letter in text], finished()])
    page = open_page(serve(server.address).address, server.address)
    page.evaluate(CATCH_COPIES)
    ask(page, "Show \u202eme.")
    wait_for_answer(page)
    answer = page.locator(LAST)
    assert (answer.locator(".prose").inner_text()).count(shown) == 3
    assert page.locator(".question-text").inner_text() == "Show ⟨U+202E⟩me."
    for action, text in {
        "copy-code": f"{shown}\n",
        "copy-csv": f"a\r\n{shown}\r\n",
        "copy-table": f"| a |\n| --- |\n| {shown} |\n",
        "copy": f"{shown}\n\n```sh\n{shown}\n```\n\n| a |\n|---|\n| {shown} |\n",
    }.items():
        assert copied(page, action) == text


def test_the_name_of_a_language_hides_nothing(
    serve: Serve, scripted: Play, open_page: Open
) -> None:
    server = scripted([ok(), said("```exe.\u202eyp\nprint()\n```\n"), finished()])
    page = open_page(serve(server.address).address, server.address)
    ask(page, "Show me.")
    wait_for_answer(page)
    assert page.locator(f"{LAST} .code-language").inner_text() == "exe.⟨U+202E⟩yp"


def test_a_link_says_where_it_leads_when_its_text_says_something_else(
    serve: Serve, scripted: Play, open_page: Open
) -> None:
    text = (
        "[paypal.com](https://evil.example/login) [example.org](https://example.org/a) "
        "[run](javascript:alert(1)) [mail](mailto:a@b.example) [irc](irc://x.example/y)\n\n"
        "[paypal.com[^1]](https://evil.example/) https://раураl.com/x\n\n[^1]: note\n"
    )
    server = scripted([ok(), said(text), finished()])
    page = open_page(serve(server.address).address, server.address)
    ask(page, "Show me.")
    wait_for_answer(page)
    first, second = page.locator(f"{LAST} .prose .part p").all_inner_texts()
    leads = "(leads to evil.example)"
    assert first == f"paypal.com {leads} example.org [run](javascript:alert(1)) mail irc"
    assert second == f"paypal.com1 {leads} https://раураl.com/x (leads to xn--l-7sba6dbr.com)"
    links = page.evaluate(
        f"""[...document.querySelectorAll("{LAST} .prose p:first-child a[href]")].map((link) =>
        [link.href, link.rel, link.target, link.referrerPolicy])"""
    )
    policy = ["noopener noreferrer nofollow ugc", "_blank", "no-referrer"]
    assert links == [
        ["https://evil.example/login", *policy],
        ["https://example.org/a", *policy],
        ["mailto:a@b.example", *policy],
    ]


SECRET: Final = "?q=" + "what+the+person+said+" * 5


def open_question(page: Page) -> None:
    page.locator(f"{LAST} .prose a").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#leave")


def test_a_link_that_carries_much_asks_first(
    serve: Serve, scripted: Play, elsewhere: Elsewhere, open_page: Open
) -> None:
    address = f"{elsewhere.address}/{SECRET}"
    slow = [step for _ in range(400) for step in (said("more "), 0.05)]
    server = scripted([ok(), said(f"[long]({address})\n\n"), *slow, finished()])
    page = open_page(serve(server.address).address, server.address)
    ask(page, "Show me.")
    page.wait_for_selector(f"{LAST} .prose >> text=more more")

    page.locator(f"{LAST} .prose a").click()
    page.wait_for_selector("#leave")
    assert page.locator("#leave .leave-address").inner_text() == address
    page.keyboard.press("Enter")  # the first choice is to stay
    page.wait_for_selector("#leave", state="hidden")

    open_question(page)
    page.keyboard.press("Escape")
    page.wait_for_selector("#leave", state="hidden")
    assert page.locator(f"{LAST}[data-phase=streaming]").count()  # the key was the question's
    assert page.evaluate("document.activeElement.textContent") == "long"

    open_question(page)
    page.get_by_role("button", name="Stay").click()
    page.wait_for_selector("#leave", state="hidden")
    page.wait_for_timeout(100)
    assert elsewhere.asked() == []


@pytest.mark.beyond("webkit", "the window that the stories open in it opens no others")
def test_a_link_that_carries_much_opens_when_told_to(
    serve: Serve, scripted: Play, elsewhere: Elsewhere, open_page: Open
) -> None:
    address = f"{elsewhere.address}/{SECRET}"
    server = scripted([ok(), said(f"[long]({address})"), finished()])
    page = open_page(serve(server.address).address, server.address)
    ask(page, "Show me.")
    wait_for_answer(page)
    open_question(page)
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.dataset.action") == "leave"
    page.keyboard.press("Enter")
    page.wait_for_selector("#leave", state="hidden")
    elsewhere.wait_for(1)
    [asked] = elsewhere.asked()
    assert asked.target == f"/{SECRET}"
    assert "referer" not in asked.headers


NOTES: Final = "A claim[^1] and another[^b].\n\n" + "Much more.\n\n" * 60
FOOT: Final = "[^1]: The note.\n[^b]: Another note.\n"
IN_VIEW: Final = """(selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  const view = document.querySelector("#thread").getBoundingClientRect();
  return box.height > 0 && box.top >= view.top - 1 && box.bottom <= view.bottom + 1;
}"""
FIRST: Final = ".exchange:first-child .answer"


def test_footnotes_belong_to_their_own_answer(
    serve: Serve, scripted: Play, open_page: Open
) -> None:
    server = scripted([ok(), said(NOTES + FOOT), finished()])
    page = open_page(serve(server.address).address, server.address)
    for number in (1, 2):
        ask(page, f"Claim {number}.")
        page.wait_for_selector(f".exchange[aria-posinset='{number}'] .answer[data-phase=done]")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))
    for answer in (FIRST, LAST):
        page.evaluate(f"document.querySelector('{answer} .footnote-ref').scrollIntoView()")
        page.locator(f"{answer} .footnote-ref").first.click()
        page.wait_for_timeout(200)
        assert page.evaluate(IN_VIEW, f"{answer} .footnotes li")
        page.locator(f"{answer} .footnotes li a").first.click()
        page.wait_for_timeout(200)
        assert page.evaluate(IN_VIEW, f"{answer} .footnote-ref")
    assert page.locator(".exchange").count() == 2
