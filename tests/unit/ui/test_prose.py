"""What the buttons inside an answer do."""

from collections.abc import Callable
from typing import Any

import pytest

from app.ui.prose import NOT_COPIED, ProseActions
from tests.unit.ui.fake_page import FakeElement, FakePage, parse

CODE = "def flow():\n    return 1\n"
ADDRESS = "https://example.org/?q=much"
TABLE = """<table><thead><tr><th>Name</th><th>Value</th></tr></thead><tbody>
<tr><td>a<sup><a class="footnote-ref">1</a></sup></td><td><span class="math"><code class="tex" \
hidden>x^2</code><math>x2</math></span></td></tr>
<tr><td><span class="picture"><span class="picture-alt">a river</span><span class="picture-host"\
>example.org</span><button data-address="https://example.org/r">Load picture</button></span></td>\
<td>=1</td></tr></tbody></table>"""


class Browser(FakePage):
    """A page with a clipboard, a disk and other tabs."""

    def __init__(self) -> None:
        super().__init__()
        self.may_copy = True
        self.copied: list[str] = []
        self.saved: list[tuple[str, str]] = []
        self.opened: list[str] = []
        self.shown: list[tuple[FakeElement, str]] = []

    def copy(self, text: str, done: Callable[[bool], None]) -> None:
        self.copied.append(text)
        done(self.may_copy)

    def save_file(self, name: str, text: str) -> None:
        self.saved.append((name, text))

    def open_address(self, address: str) -> None:
        self.opened.append(address)

    def show_picture(self, place: Any, address: str) -> None:
        self.shown.append((place, address))

    def put(self, template_id: str) -> FakeElement:
        """Put a copy of a template into the thread."""
        element = self.clone(template_id)
        self.find("#exchanges").append(element)
        return element

    def press_button(self, block: FakeElement, action: str) -> FakeElement:
        """Click on the button of a block, and give it."""
        button = next(e for e in block.walk() if e.attributes.get("data-action") == action)
        self.click(button)
        return button


@pytest.fixture
def browser() -> Browser:
    browser = Browser()
    ProseActions(browser)
    return browser


def code(browser: Browser) -> FakeElement:
    block = browser.put("code-block")
    text = FakeElement("code")
    text.append(CODE)
    pre = block.querySelector("pre")
    assert pre is not None
    pre.append(text)
    return block


def link(browser: Browser) -> FakeElement:
    element = FakeElement("a", {"data-action": "ask-link", "data-address": ADDRESS})
    browser.find("#exchanges").append(element)
    return element


def test_code_is_copied_exactly(browser: Browser) -> None:
    browser.press_button(code(browser), "copy-code")
    assert browser.copied == [CODE]
    assert browser.announced == ["Copied"]


def test_a_copy_that_is_not_allowed_says_so(browser: Browser) -> None:
    browser.may_copy = False
    browser.press_button(code(browser), "copy-code")
    assert browser.announced == [NOT_COPIED]


def test_code_is_saved_under_its_languages_extension(browser: Browser) -> None:
    block = code(browser)
    browser.press_button(block, "save-code")
    block.setAttribute("data-extension", "py")
    browser.press_button(block, "save-code")
    assert browser.saved == [("code.txt", CODE), ("code.py", CODE)]


def test_lines_wrap_and_stop_wrapping(browser: Browser) -> None:
    block = code(browser)
    button = browser.press_button(block, "wrap-code")
    assert block.hasAttribute("data-wraps")
    assert button.attributes["aria-pressed"] == "true"
    browser.press_button(block, "wrap-code")
    assert not block.hasAttribute("data-wraps")
    assert button.attributes["aria-pressed"] == "false"


def test_code_folds_and_unfolds(browser: Browser) -> None:
    block = code(browser)
    button = browser.press_button(block, "fold-code")
    assert block.hasAttribute("data-folded")
    assert (button.textContent, button.attributes["aria-expanded"]) == ("Unfold", "false")
    browser.press_button(block, "fold-code")
    assert not block.hasAttribute("data-folded")
    assert (button.textContent, button.attributes["aria-expanded"]) == ("Fold", "true")


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("copy-csv", "Name,Value\r\na,x^2\r\na river,'=1\r\n"),
        (
            "copy-table",
            "| Name | Value |\n| --- | --- |\n| a[^1] | $x^2$ |\n"
            "| ![a river](<https://example.org/r>) | =1 |\n",
        ),
    ],
)
def test_a_table_is_copied_without_what_is_drawn_around_its_words(
    browser: Browser, action: str, text: str
) -> None:
    figure = browser.put("data-table")
    table = figure.querySelector("table")
    assert table is not None
    table.append(*parse(TABLE).nodes[0].nodes)  # type: ignore[union-attr]
    browser.press_button(figure, action)
    assert browser.copied == [text]


def test_a_picture_is_shown_in_its_place(browser: Browser) -> None:
    place = browser.put("picture")
    button = place.querySelector("button")
    assert button is not None
    button.setAttribute("data-address", "https://example.org/a.png")
    browser.click(button)
    assert browser.shown == [(place, "https://example.org/a.png")]


def test_a_long_address_is_shown_and_opens_only_when_told_to(browser: Browser) -> None:
    question = browser.find("#leave")
    browser.click(link(browser))
    assert question.is_open
    address = question.querySelector(".leave-address")
    assert address is not None
    assert address.textContent == ADDRESS
    browser.press_button(question, "stay")
    assert not question.is_open
    assert browser.opened == []

    browser.click(link(browser))
    browser.press_button(question, "leave")
    assert not question.is_open
    assert browser.opened == [ADDRESS]


def test_the_enter_key_asks_and_does_not_answer(browser: Browser) -> None:
    event = browser.press(link(browser), "Enter")
    assert browser.find("#leave").is_open
    # Else the same key would press the button that has the focus in the question.
    assert event.defaultPrevented


@pytest.mark.parametrize("key", ["a", "Escape", " "])
def test_other_keys_do_nothing_to_a_link(browser: Browser, key: str) -> None:
    assert not browser.press(link(browser), key).defaultPrevented
    assert not browser.find("#leave").is_open


def test_enter_elsewhere_asks_nothing(browser: Browser) -> None:
    browser.press(code(browser), "Enter")
    assert not browser.find("#leave").is_open
