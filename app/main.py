"""The composition root: reads the settings, builds the objects, hands them to each other."""

import asyncio
import gc
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

import js

from app.browser import shell
from app.browser.claims import claim, is_claimed, remember, remembered
from app.browser.fittings import SinkMaker
from app.browser.frames import Frames
from app.browser.keeper import Keeper
from app.browser.page import Page
from app.browser.store import BrowserStore
from app.browser.transport import FetchTransport
from app.chat.archive import Archive, archive_of, conversation_from
from app.chat.settings import Settings, SettingsError, read_settings
from app.chat.settings_address import with_address
from app.ui.header import Header
from app.ui.notices import Notices
from app.ui.outside import Outside
from app.ui.prose import ProseActions
from app.ui.session import Session

# How often a tab looks at what another one writes, where it cannot follow it byte by byte.
LOOK_AGAIN_MS = 1500
# A tab that is loaded again has its conversation back before so many looks.
LOOKS_BEFORE_TAKING_OVER = 4
NOT_SAVED = (
    "This browser cannot keep the conversation ({}). It stays here as long as the page does; copy "
    "what you need before you close it."
)
SETTINGS_FILE = "pyscript.toml"
# Objects that come, less those that go, before the collector runs: some MB.
COLLECT_AFTER = 50_000


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


async def last_conversation(store: BrowserStore, name: str = "") -> Archive | None:
    """Give the conversation of that name, or that was on the screen last, if there is one."""
    name = name or await store.get("latest", "latest")
    conversation = conversation_from(await store.get("conversation", name)) if name else None
    if conversation is None:
        return None
    records = [await store.get("turn", turn_id) for turn_id in conversation.turn_ids]
    return archive_of(conversation, records)


class BrowserTabs:
    """Whose a conversation is: one tab writes it, the others look on until that one is gone."""

    def __init__(self, page: Page, store: BrowserStore) -> None:
        self.session: Session
        self._page = page
        self._store = store
        self._seen: Archive | None = None  # what this tab shows of another one's conversation
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, conversation_id: str) -> None:
        """Take a new conversation."""
        self._run(self._claim(conversation_id))

    def look_again(self) -> None:
        """Look after a while at what has become of a conversation that another tab has."""
        self._page.after(LOOK_AGAIN_MS, lambda: self._run(self._show(follows=True)))

    async def resume(self) -> None:
        """Show the last conversation again, and go on with it; look on if another tab has it."""
        archive = await last_conversation(self._store, remembered())
        if archive is not None and await claim(archive.conversation.id):
            remember(archive.conversation.id)
            self.session.restore(archive)
        elif archive is not None and (archive.is_unfinished or remembered()):
            self.session.restore(archive, follows=True)
            self._run(self._wait_for(archive.conversation.id))
        else:
            await self._claim(self.session.conversation_id)

    async def _wait_for(self, conversation_id: str) -> None:
        """Take a conversation over once its tab is gone, and not only being loaded again."""
        looks = 0
        while looks < LOOKS_BEFORE_TAKING_OVER:
            await asyncio.sleep(LOOK_AGAIN_MS / 1000)
            if self.session.conversation_id != conversation_id:
                return  # the person began another one here
            looks = 0 if await is_claimed(conversation_id) else looks + 1
        if await claim(conversation_id):
            remember(conversation_id)
            await self._show(follows=False)
        else:
            await self._wait_for(conversation_id)

    async def _show(self, *, follows: bool) -> None:
        archive = await last_conversation(self._store, self.session.conversation_id)
        if archive is None or not self.session.is_follower:
            return
        if follows and archive == self._seen:
            self.look_again()
            return
        self._seen = archive
        self.session.restore(archive, follows=follows)

    async def _claim(self, conversation_id: str) -> None:
        remember(conversation_id)
        await claim(conversation_id)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def mount(page: Page, settings: Settings, store: BrowserStore, tabs: BrowserTabs) -> Session:
    """Put the parts together and show the settings' words."""
    session: Session
    transport: FetchTransport

    def gather(has_time: Callable[[], bool]) -> bool:
        return transport.deliver(has_time)

    def show(has_time: Callable[[], bool]) -> bool:
        return session.flush(has_time)

    frames = Frames(gather, show, lambda: session.shown_characters)
    transport = FetchTransport(frames.request)
    keeper = Keeper(lambda: session.is_live)
    outside = Outside(transport, store, keeper, tabs)
    session = Session(page, settings, outside, SinkMaker().new, frames.request)
    ProseActions(page)
    keeper.start()
    Header(page).show(settings.title, settings.model, settings.where)
    shell.site_theme(settings.theme)
    if settings.language != "auto":
        page.set_language(settings.language)
    return session


async def main() -> None:
    """Start the app and take over from the static shell."""
    asyncio.get_event_loop().set_exception_handler(report_from_loop)
    page = Page(report)
    try:
        settings = read_settings(shell.settings_text())
    except SettingsError as error:
        explain(error)
        return
    settings, refusals = with_address(settings, page.query())
    notices = Notices(page)
    store = BrowserStore(lambda cause: notices.show([NOT_SAVED.format(cause)]))
    await store.open()
    tabs = BrowserTabs(page, store)
    session = tabs.session = mount(page, settings, store, tabs)
    notices.show(refusal.message for refusal in refusals)
    await tabs.resume()
    for question in shell.take_over():
        session.send(question)


async def start() -> None:
    """Run, or say that it does not."""
    try:
        await main()
        # The app itself stays, and need not be looked through while an answer is written: that took
        # 5 to 20 ms at a time.
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER)
    except Exception as error:
        report(error)
        shell.fail(
            "Thalweg could not start: a part of the program failed.",
            "Reload the page. If it stays like this, tell the people who run the site.",
            f"{type(error).__name__}: {error}",
        )


# A task that nobody holds may be collected in mid-flight.
STARTED = asyncio.ensure_future(start())  # noqa: RUF006  a module-level name is held
