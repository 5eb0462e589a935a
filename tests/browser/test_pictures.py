"""A picture of another host waits for a person, and then comes once, alone, from a nobody."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Final

import pytest

from tests.browser.conftest import Open, ask, wait_for_answer
from tests.browser.person import Page
from tests.browser.reading import LAST
from tests.servers.elsewhere import Elsewhere, picture
from tests.servers.scripted import ScriptedServer, finished, ok, said
from tools.serve import PageServer

Serve = Callable[..., PageServer]
Play = Callable[..., ScriptedServer]
Show = Callable[[str], Page]

FRAME: Final = f"{LAST} .picture-frame"
SHOWN: Final = f"{LAST} .picture[data-shown]"
BOX: Final = f"""(() => {{
  const {{ width, height }} = document.querySelector("{FRAME}").getBoundingClientRect();
  return [Math.round(width), Math.round(height)];
}})()"""


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """Another host, which writes down whatever is asked of it."""
    with Elsewhere() as server:
        yield server


@pytest.fixture
def show(serve: Serve, scripted: Play, elsewhere: Elsewhere, open_page: Open) -> Show:
    """Open the page with an answer in it."""

    def start(text: str) -> Page:
        server = scripted([ok(), *[said(letter) for letter in text], finished()])
        page = open_page(serve(server.address).address, server.address, elsewhere.address)
        ask(page, "Show me.")
        wait_for_answer(page)
        return page

    return start


def load(page: Page) -> None:
    page.locator(f"{LAST} [data-action=load-picture]").click()


def test_a_picture_waits_for_its_button_and_comes_once(show: Show, elsewhere: Elsewhere) -> None:
    page = show(f"![a grey box]({elsewhere.address}/picture.png?from=you)")
    words = page.locator(f"{LAST} .picture").inner_text()
    assert "a grey box" in words
    assert "127.0.0.1" in words
    page.wait_for_timeout(200)
    assert elsewhere.asked() == []

    load(page)
    page.wait_for_selector(SHOWN)
    page.wait_for_timeout(200)
    [asked] = elsewhere.asked()
    assert asked.target == "/picture.png?from=you"
    assert "referer" not in asked.headers
    assert page.evaluate(BOX) == [120, 60]
    assert page.locator(FRAME).get_attribute("sandbox") == "allow-scripts"
    assert page.locator(FRAME).get_attribute("title") == "a grey box"
    assert page.locator(f"{LAST} [data-action=load-picture]").count() == 0

    page.reload()
    page.wait_for_selector(f"{LAST}[data-phase=done] [data-action=load-picture]")
    page.wait_for_timeout(200)
    assert page.locator(FRAME).count() == 0
    assert len(elsewhere.asked()) == 1


@pytest.mark.beyond("webkit", "no frame without credentials; the page's own site gets its cookies")
def test_a_picture_comes_without_cookies(show: Show, elsewhere: Elsewhere) -> None:
    page = show(f"![a grey box]({elsewhere.address}/picture.png)")
    # One host for all ports, as far as cookies are concerned.
    page.evaluate("document.cookie = 'known=here; Path=/'")
    load(page)
    page.wait_for_selector(SHOWN)
    [asked] = elsewhere.asked()
    assert "cookie" not in asked.headers


def test_a_picture_that_is_wider_than_the_text_keeps_its_proportions(show: Show) -> None:
    data = base64.b64encode(picture(1600, 200)).decode()
    page = show(f"![wide](data:image/png;base64,{data})")
    assert page.locator(FRAME).count() == 0
    load(page)
    page.wait_for_selector(SHOWN)
    width, height = page.evaluate(BOX)
    assert 300 < width < 800
    assert abs(width - 8 * height) <= 4


def test_what_is_no_picture_says_so(show: Show, elsewhere: Elsewhere) -> None:
    page = show(f"![not one]({elsewhere.address}/page.html)")
    load(page)
    page.wait_for_selector(f"{LAST} .picture >> text=could not be loaded")
    assert page.locator(FRAME).count() == 0
    assert len(elsewhere.asked()) == 1


def test_what_must_not_load_has_no_button(show: Show) -> None:
    sources = ("javascript:alert(1)", "data:image/svg+xml;base64,AAAA", "x.png", "//a.example/x")
    page = show(" ".join(f"![words]({source})" for source in sources))
    assert page.locator(f"{LAST} .prose").inner_text().count("words") == len(sources)
    buttons = f"[...document.querySelectorAll('{LAST} .picture button')]"
    assert page.evaluate(f"{buttons}.every((each) => each.hidden)")
    assert page.locator(f"{LAST} :is(img, iframe)").count() == 0


def test_a_picture_inside_a_link_is_loaded_and_the_link_stays_closed(
    show: Show, elsewhere: Elsewhere
) -> None:
    host = elsewhere.address.removeprefix("http://")
    page = show(f"[![a grey box]({elsewhere.address}/picture.png)](http://{host}/page.html)")
    # Where the picture lies is nothing that the link's text says.
    assert page.locator(f"{LAST} .link-host").count() == 0
    load(page)
    page.wait_for_selector(SHOWN)
    page.wait_for_timeout(300)
    assert [asked.target for asked in elsewhere.asked()] == ["/picture.png"]
