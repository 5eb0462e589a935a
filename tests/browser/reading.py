"""What a person reads of an answer, and what they should."""

from __future__ import annotations

from app.markup import HtmlSink, MarkdownStream
from tests.browser.person import Page

LAST = ".exchange:last-child .answer:last-child"


def rendered(text: str) -> str:
    """Give the HTML that the page must show for an answer."""
    sink = HtmlSink()
    markup = MarkdownStream(sink)
    markup.feed(text)
    markup.close()
    return sink.html()


def last_answer(page: Page) -> str:
    """Give the HTML of the last answer as the browser has it."""
    return page.locator(f"{LAST} .prose").inner_html()


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
