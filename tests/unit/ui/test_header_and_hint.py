import pytest

from app.ui.header import Header
from app.ui.hint import Hint
from app.ui.notices import Notices
from tests.unit.ui.fake_page import FakePage


def test_the_header_shows_the_settings(page: FakePage) -> None:
    Header(page).show("Fluss", "SmolLM2", "in Bremen")
    shown = [page.find(s).textContent for s in ("title", "#title", "#model", "#where")]
    assert shown == ["Fluss", "Fluss", "SmolLM2", "in Bremen"]


def test_the_hint_shows_greeting_and_prompts_as_text(page: FakePage) -> None:
    Hint(page, lambda _: None).show("Moin", ["<i>one</i>", "two"])
    assert page.find("#greeting").textContent == "Moin"
    buttons = list(page.find("#prompts").walk())
    assert [b.nodes for b in buttons] == [["<i>one</i>"], ["two"]]
    assert all(b.attributes["type"] == "button" for b in buttons)


@pytest.mark.parametrize(("pointer", "focus"), [("mouse", True), ("", True), ("touch", False)])
def test_a_prompt_is_sent(page: FakePage, pointer: str, focus: bool) -> None:
    sent: list[str] = []
    Hint(page, sent.append).show("Moin", ["one", "two"])
    page.click(list(page.find("#prompts").walk())[1], pointerType=pointer)
    assert sent == ["two"]
    assert page.find("#question").has_focus is focus


def test_between_the_prompts_nothing_is_sent(page: FakePage) -> None:
    sent: list[str] = []
    Hint(page, sent.append)
    page.click(page.find("#prompts"))
    assert sent == []


def test_notices_are_shown_until_they_are_put_away(page: FakePage) -> None:
    notices = Notices(page)
    place, words = page.find("#notices"), page.find("#notices-words")
    notices.show([])
    assert place.hidden
    notices.show(["One <b>is</b> so.", "Two is so."])
    assert not place.hidden
    assert words.textContent == "One <b>is</b> so.\nTwo is so."
    page.click(next(e for e in place.walk() if e.attributes.get("data-action") == "put-away"))
    assert place.hidden
    assert page.find("#question").has_focus
