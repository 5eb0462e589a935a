"""What a person reads of an answer, and what they should."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

from app.markup import HtmlSink, MarkdownStream
from tests.browser.person import Page

LAST = ".exchange:last-child .answer:last-child"
# No driver may read every browser's clipboard: what the page puts there is kept instead.
CATCH_COPIES = """(() => {
  const write = (text) => { window.copied = text; return Promise.resolve(); };
  Object.defineProperty(navigator.clipboard, "writeText", { value: write });
})()"""


def rendered(text: str) -> str:
    """Give the HTML that the page must show for an answer."""
    sink = HtmlSink()
    markup = MarkdownStream(sink)
    markup.feed(text)
    markup.close()
    return sink.html()


def last_answer(page: Page) -> str:
    """Give the HTML of the last answer as the browser has it."""
    return without_fittings(page.locator(f"{LAST} .prose").inner_html())


class _WithoutFittings(HTMLParser):
    """Writes HTML again, without what the page puts around the markup's own elements."""

    WRAPPERS = ("part", "code", "table", "table-scroll")
    ADDED = ("figcaption", "button", "math")
    ADDED_ATTRIBUTES = ("dir", "tabindex", "rel", "target", "referrerpolicy", "title", "aria-label")
    VOID = ("br", "hr", "img", "input")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._open: list[str] = []  # what each open element is: kept, wrapper, added
        self._added = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        is_added = tag in self.ADDED or "link-host" in classes
        is_wrapper = tag in ("div", "figure") and bool({*classes} & {*self.WRAPPERS})
        is_wrapper = is_wrapper or "tex" in classes
        if tag not in self.VOID:
            self._open.append("added" if is_added else "wrapper" if is_wrapper else "kept")
            self._added += is_added
        if is_wrapper or self._added:
            return
        empty = ""
        kept = [(name, value) for name, value in attrs if name not in self.ADDED_ATTRIBUTES]
        written = "".join(f' {name}="{escape(value or empty)}"' for name, value in kept)
        self.written.append(f"<{tag}{written}>")

    def handle_endtag(self, tag: str) -> None:
        what = self._open.pop()
        self._added -= what == "added"
        if what == "kept" and not self._added:
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._added:
            self.written.append(escape(data, quote=False))


def without_fittings(html: str) -> str:
    """Give the markup's own elements in the HTML of an answer."""
    parser = _WithoutFittings()
    parser.feed(html)
    parser.close()
    return "".join(parser.written)


def last_text(page: Page) -> str:
    """Give the last answer as a person reads it."""
    return page.locator(f"{LAST} .prose").inner_text()


def status_word(page: Page) -> str:
    """Give what the line under the last answer says of its state."""
    return page.locator(f"{LAST} .status-word").inner_text()


def status_note(page: Page) -> str:
    """Give what the line under the last answer says of what befell it."""
    return page.locator(f"{LAST} .status-note").inner_text()


def phase(page: Page) -> str:
    """Give the phase of the last answer."""
    return page.locator(LAST).get_attribute("data-phase") or ""


def wait_until_ended(page: Page) -> str:
    """Wait until nothing changes any more, and give the phase of the last answer."""
    ended = ("done", "stopped", "incomplete", "failed")
    page.wait_for_selector(", ".join(f"{LAST}[data-phase={each}]" for each in ended))
    return phase(page)


def wait_until_whole(page: Page) -> None:
    """Wait until the last answer is whole; else tell what the page says of it."""
    how = wait_until_ended(page)
    assert how == "done", (how, page.locator(f"{LAST} .foot, {LAST} .trouble").all_inner_texts())


def copied(page: Page, action: str) -> str:
    """Press a button of the last answer that copies, and give what it put on the clipboard."""
    page.evaluate("window.copied = null")
    page.locator(f"{LAST} [data-action={action}]").click()
    wait_until(page, "window.copied !== null")
    return str(page.evaluate("window.copied"))


def wait_until(page: Page, expression: str) -> None:
    """Wait until an expression is true in the page."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(expression)
