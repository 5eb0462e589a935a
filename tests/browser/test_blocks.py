"""What a person does with code, tables and formulas, and how long answers lie in the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.browser.conftest import PHONE, Open, ask, wait_for_answer
from tests.browser.person import Page
from tests.browser.reading import CATCH_COPIES, LAST, copied, wait_until
from tests.servers.scripted import ScriptedServer, finished, ok, said
from tools.serve import PageServer

Serve = Callable[..., PageServer]
Play = Callable[..., ScriptedServer]
Show = Callable[..., Page]

CODE: Final = """\
def flow(speed: float = 1.5) -> str:
    # 河 – a comment
    return f"{speed} m/s" if speed else None
"""
FENCED: Final = f"```python\n{CODE}```\n"
# What is coloured, by kind, in the order of the text.
COLOURED: Final = """(() => {
  const told = {};
  for (const [name, ranges] of CSS.highlights) {
    const found = [...ranges].filter((range) => range.startContainer.isConnected);
    found.sort((a, b) => a.startOffset - b.startOffset);
    const text = (range) => range.startContainer.data.slice(range.startOffset, range.endOffset);
    if (found.length) told[name] = found.map(text);
  }
  return told;
})()"""
KINDS: Final = {
    "code-keyword": ["def", "return", "if", "else"],
    "code-function": ["flow"],
    "code-type": ["float", "str"],
    "code-number": ["1.5"],
    "code-comment": ["# 河 – a comment"],
    "code-string": ['f"{speed} m/s"'],
    "code-constant": ["None"],
}
TEXT_OF_CODE: Final = f"document.querySelector('{LAST} .code code').textContent"


@pytest.fixture
def show(serve: Serve, scripted: Play, open_page: Open) -> Show:
    """Open the page with an answer in it, which comes in small pieces."""

    def start(text: str, size: int = 5) -> Page:
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        server = scripted([ok(), *map(said, pieces), finished()])
        page = open_page(serve(server.address).address, server.address)
        page.evaluate(CATCH_COPIES)
        ask(page, "Show me.")
        wait_for_answer(page)
        return page

    return start


def press(page: Page, action: str) -> None:
    page.locator(f"{LAST} [data-action={action}]").click()


def test_code_is_named_and_copied_exactly(show: Show) -> None:
    page = show(FENCED)
    assert page.locator(f"{LAST} .code-language").inner_text() == "Python"
    assert page.evaluate(TEXT_OF_CODE) == CODE
    assert page.locator(f"{LAST} [data-action=fold-code]").is_hidden()  # short as it is
    assert copied(page, "copy-code") == CODE
    page.wait_for_selector("#announcer:has-text('Copied')", state="attached")


@pytest.mark.beyond("firefox", "its driver tells nothing of what is saved")
@pytest.mark.beyond("webkit", "WebDriver tells nothing of what is saved")
def test_code_is_saved_as_a_file(show: Show, tmp_path: Path) -> None:
    page: Any = show(FENCED)
    with page.expect_download() as saved:
        press(page, "save-code")
    assert saved.value.suggested_filename == "code.py"
    saved.value.save_as(tmp_path / "code")
    assert (tmp_path / "code").read_text(encoding="utf-8") == CODE


def test_what_the_browser_is_given_to_save(show: Show) -> None:
    page = show(FENCED)
    page.evaluate("""(() => {
        URL.createObjectURL = (blob) => { window.given = blob; return "#given"; };
        HTMLAnchorElement.prototype.click = function () { window.named = this.download; };
    })()""")
    press(page, "save-code")
    assert page.evaluate("window.named") == "code.py"
    assert page.evaluate("window.given.text()") == CODE


def test_long_lines_wrap_and_long_code_folds(show: Show) -> None:
    lines = "".join(f"line {number} {'wide ' * 60}\n" for number in range(60))
    page = show(f"```\n{lines}```\n", 200)
    width = f"document.querySelector('{LAST} pre').scrollWidth"
    height = f"document.querySelector('{LAST} pre').clientHeight"
    wide = page.evaluate(width)
    press(page, "wrap-code")
    assert page.evaluate(width) < wide / 2
    wrap = page.locator(f"{LAST} [data-action=wrap-code]")
    assert wrap.get_attribute("aria-pressed") == "true"
    press(page, "wrap-code")
    assert page.evaluate(width) == wide
    assert wrap.get_attribute("aria-pressed") == "false"

    fold = page.locator(f"{LAST} [data-action=fold-code]")
    fold.click()
    folded = page.evaluate(height)
    assert folded < 200
    assert fold.inner_text() == "Unfold"
    assert fold.get_attribute("aria-expanded") == "false"
    fold.click()
    assert page.evaluate(height) > 4 * folded
    assert fold.inner_text() == "Fold"


def test_code_is_coloured_without_a_single_element(show: Show) -> None:
    page = show(FENCED)
    assert page.evaluate("'highlights' in CSS"), "all three engines have them"
    wait_until(page, f"Object.keys({COLOURED}).length === {len(KINDS)}")
    assert page.evaluate(COLOURED) == KINDS
    assert page.locator(f"{LAST} .code code *:not(.chunk)").count() == 0


def test_code_is_coloured_while_it_comes(serve: Serve, scripted: Play, open_page: Open) -> None:
    server = scripted([ok(), said(f"```python\n{CODE}x = "), 3.0, said("2\n```\n"), finished()])
    page = open_page(serve(server.address).address, server.address)
    assert page.evaluate("'highlights' in CSS"), "all three engines have them"
    ask(page, "Show me.")
    wait_until(page, f"Object.keys({COLOURED}).length === {len(KINDS)}")
    assert page.locator(f"{LAST}[data-phase=streaming]").count()
    wait_for_answer(page)
    wait_until(page, f"{COLOURED}['code-number'].length === 2")
    assert page.evaluate(COLOURED) == {**KINDS, "code-number": ["1.5", "2"]}


@pytest.mark.beyond("webkit", "WebDriver cannot put a script before the page's own")
def test_without_highlights_elements_have_the_colours(context: Any, show: Show) -> None:
    context.add_init_script("delete CSS.__proto__.highlights; delete CSS.highlights;")
    lines = "".join(f"x{number} = {number}  # 🏔️\n" for number in range(100))
    page = show(f"```python\n{CODE}{lines}```\n")
    assert not page.evaluate("'highlights' in CSS")
    comments = f"document.querySelectorAll('{LAST} .code-comment').length"
    wait_until(page, f"{comments} === 101")
    assert page.evaluate(TEXT_OF_CODE) == CODE + lines
    words = f"[...document.querySelectorAll('{LAST} .code-keyword')].map((e) => e.textContent)"
    assert page.evaluate(words) == KINDS["code-keyword"]


TABLE: Final = """\
| Name | Formula | Words |
|:-----|--------:|-------|
| a, b | $x^2$ | =1+1 |
| c \\| d | `-2` | Donaudampfschifffahrtsgesellschaftskapitän "so" |
"""


def test_a_table_is_copied_for_other_programs(show: Show) -> None:
    page = show(TABLE)
    assert copied(page, "copy-csv") == (
        "Name,Formula,Words\r\n"
        '"a, b",x^2,\'=1+1\r\n'
        'c | d,-2,"Donaudampfschifffahrtsgesellschaftskapitän ""so"""\r\n'
    )
    assert copied(page, "copy-table") == (
        "| Name | Formula | Words |\n| :--- | ---: | --- |\n| a, b | $x^2$ | =1+1 |\n"
        '| c \\| d | `-2` | Donaudampfschifffahrtsgesellschaftskapitän "so" |\n'
    )


WIDE: Final = f"""\
{TABLE.replace("Words", " | ".join("Ein langes Wort" for _ in range(1)))}

| {" | ".join(f"Column {number}" for number in range(12))} |
|{"---|" * 12}
| {" | ".join("Donaudampfschifffahrt" for _ in range(12))} |

```
{"wide " * 60}
```

$$a = {" + ".join(f"x_{{{number}}}" for number in range(60))}$$

{"Unbreakable" * 20} https://example.org/{"a/long/path/" * 12} `{"code" * 60}`
"""


def test_on_a_phone_wide_things_scroll_in_themselves(show: Show) -> None:
    page = show(WIDE, 50)
    page.set_viewport_size(PHONE)
    widths = page.evaluate("""["html", "body", "#thread"].map((selector) => {
        const element = document.querySelector(selector);
        return element.scrollWidth - element.clientWidth;
    })""")
    assert widths == [0, 0, 0]
    scrolls = page.evaluate(f"""[".table-scroll", "pre", "div.math"].map((selector) =>
        [...document.querySelectorAll("{LAST} .prose " + selector)].some((element) =>
            element.scrollWidth > element.clientWidth))""")
    assert scrolls == [True, True, True]


def test_formulas_are_drawn_or_shown_as_their_source(show: Show) -> None:
    page = show(r"Inline $\frac{a}{b}$, $\nosuchcommand{x}$ and $$\sum_{n=0}^9 n^2$$")
    drawn = page.evaluate(
        f"[...document.querySelectorAll('{LAST} math')].map((e) => [e.namespaceURI, e.textContent])"
    )
    mathml = "http://www.w3.org/1998/Math/MathML"
    assert [each[0] for each in drawn] == [mathml, mathml]
    assert "".join(drawn[0][1].split()) == "ab"
    text = page.locator(f"{LAST} .prose").inner_text()
    assert r"\nosuchcommand{x}" in text
    assert r"\frac" not in text
    height, word = page.evaluate(
        f"[document.querySelector('{LAST} mfrac').getBoundingClientRect().height, 16]"
    )
    assert height > word


def test_a_long_answer_lies_in_parts_and_is_whole(show: Show) -> None:
    paragraphs = [f"Paragraph {number} {'and more ' * 20}" for number in range(200)]
    page = show("\n\n".join(paragraphs), 300)
    parts = page.locator(f"{LAST} .prose > .part")
    assert 5 < parts.count() < 30
    styles = page.evaluate(
        f"""(() => {{
            const style = getComputedStyle(document.querySelector("{LAST} .prose > .part"));
            return [style.contentVisibility, style.contain];
        }})()"""
    )
    assert styles == ["auto", "content"]
    texts = page.evaluate(
        f"[...document.querySelectorAll('{LAST} .prose p')].map((each) => each.textContent)"
    )
    assert texts == [paragraph.strip() for paragraph in paragraphs]


def test_who_reads_above_hears_how_much_is_new(
    serve: Serve, scripted: Play, open_page: Open
) -> None:
    lines = "".join(f"Line {number}.\n\n" for number in range(60))
    server = scripted([ok(), said(lines), 1.5, *[said("word ")] * 250, 0.2, finished()])
    page = open_page(serve(server.address).address, server.address)
    ask(page, "Write a lot.")
    page.wait_for_selector("text=Line 59.")
    page.locator("#thread").press("Home")
    wait_for_answer(page)
    button = page.get_by_role("button", name="Jump to latest")
    assert "200 new words" in button.inner_text()
    button.click()
    page.wait_for_selector("#latest", state="hidden")


# Name and size of every control, and whether the Tab key reaches it.
CONTROLS: Final = f"""[...document.querySelectorAll("{LAST} :is(button, a, summary)")]
  .filter((each) => each.checkVisibility({{ visibilityProperty: true }}))
  .map((each) => {{
    const box = each.getBoundingClientRect();
    const name = each.getAttribute("aria-label") || each.innerText.trim();
    return {{ name, height: box.height, width: box.width, tab: each.tabIndex,
      isButton: each.localName === "button" }};
  }})"""
EVERYTHING: Final = f"""\
{FENCED}
{TABLE}
![a river](https://pictures.example/river.png) [link](https://example.org) note[^1]

[long](https://example.org/?q={"word+" * 30})

[^1]: A note.
"""


def test_every_control_has_a_name_and_room_and_is_reached_by_keyboard(show: Show) -> None:
    page = show(EVERYTHING)
    controls = page.evaluate(CONTROLS)
    assert [each["name"] for each in controls if each["isButton"]] == [
        *("Wrap lines", "Save code", "Copy code", "Copy as CSV", "Copy as Markdown"),
        *("Load picture", "Copy", "Answer again"),
    ]
    assert all(each["name"] for each in controls)
    assert all(each["tab"] == 0 for each in controls)
    small = [
        each for each in controls if each["isButton"] and min(each["height"], each["width"]) < 24
    ]
    assert small == []
    page.set_viewport_size(PHONE)
    buttons = [each for each in page.evaluate(CONTROLS) if each["isButton"]]
    assert [each for each in buttons if each["height"] < 44] == []


@pytest.mark.beyond("webkit", "its window is never the active one, and shows no focus")
def test_the_focus_can_be_seen(show: Show) -> None:
    page = show(FENCED)
    page.locator(f"{LAST} [data-action=wrap-code]").focus()
    page.keyboard.press("Tab")
    told = page.evaluate(
        """(() => {
            const style = getComputedStyle(document.activeElement);
            return [document.activeElement.textContent, style.outlineStyle, style.outlineWidth];
        })()"""
    )
    assert told == ["Save", "solid", "2px"]
