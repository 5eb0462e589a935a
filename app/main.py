"""The composition root: reads the settings, builds the objects, hands them to each other."""

import asyncio
import traceback
from typing import Any

import js

from app.browser import shell
from app.browser.dom_sink import DomSink
from app.browser.frames import Frames
from app.browser.keeper import Keeper
from app.browser.page import Page
from app.browser.transport import FetchTransport
from app.chat.settings import Settings, SettingsError, read_settings
from app.chat.settings_address import with_address
from app.ui.header import Header
from app.ui.notices import Notices
from app.ui.session import Session

SETTINGS_FILE = "pyscript.toml"


def report(error: BaseException) -> None:
    """Write a mistake of ours to the console, where a developer looks for it."""
    js.console.error("".join(traceback.format_exception(error)))


def report_from_loop(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report what went wrong in a task that nobody awaits."""
    error = context.get("exception")
    report(error if isinstance(error, BaseException) else RuntimeError(str(context)))


def explain(error: SettingsError) -> None:
    """Show every problem of the settings with its place."""
    lines = [
        f"line {problem.line}: {problem.message}" if problem.line else problem.message
        for problem in error.problems
    ]
    first = error.problems[0]
    where = f"{SETTINGS_FILE}, line {first.line}" if first.line else SETTINGS_FILE
    more = f" (and {len(lines) - 1} more, see below)" if len(lines) > 1 else ""
    shell.fail(
        f"Thalweg cannot start with these settings. In {where}: {first.message}{more}",
        "Correct it, then reload the page.",
        "\n".join(lines),
    )


def mount(page: Page, settings: Settings) -> Session:
    """Put the parts together and show the settings' words."""
    session: Session
    frames = Frames(lambda has_time: session.flush(has_time))  # noqa: PLW0108  made a line later
    session = Session(page, settings, FetchTransport(), DomSink, frames.request)
    Header(page).show(settings.title, settings.model, settings.where)
    shell.site_theme(settings.theme)
    if settings.language != "auto":
        page.set_language(settings.language)
    return session


def main() -> None:
    """Start the app and take over from the static shell."""
    asyncio.get_event_loop().set_exception_handler(report_from_loop)
    page = Page(report)
    try:
        settings = read_settings(shell.settings_text())
    except SettingsError as error:
        explain(error)
        return
    settings, refusals = with_address(settings, page.query())
    session = mount(page, settings)
    Notices(page).show(refusal.message for refusal in refusals)
    for question in shell.take_over():
        session.send(question)
    Keeper(lambda: False).start()  # nothing is asked through it yet


try:
    main()
except Exception as error:
    report(error)
    shell.fail(
        "Thalweg could not start: a part of the program failed.",
        "Reload the page. If it stays like this, tell the people who run the site.",
        f"{type(error).__name__}: {error}",
    )
