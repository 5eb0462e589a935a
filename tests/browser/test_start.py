"""The page starts: before Python is up, without its snapshot, and with settings that are wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.conftest import READY, Open, Watch, ask, wait_for_answer
from tests.servers.scripted import ScriptedServer, finished, ok, said
from tools.places import ROOT
from tools.serve import PageServer

Serve = Callable[..., PageServer]
Play = Callable[..., ScriptedServer]
INTERPRETER = "static/vendor/pyodide/pyodide.asm.wasm"
SNAPSHOT = "static/vendor/snapshot.bin"
MANIFEST = "static/vendor/manifest.js"


@pytest.fixture
def answering(scripted: Play) -> ScriptedServer:
    """A model server that always has a word."""
    return scripted([ok(), said("Here I am."), finished()])


def held_back(seconds: float) -> Callable[[str], bytes | None]:
    """Let the interpreter arrive late."""

    def wait(path: str) -> None:
        if path == INTERPRETER:
            time.sleep(seconds)

    return wait


def test_what_is_sent_before_python_is_up_is_kept_and_carried_out(
    serve: Serve, answering: ScriptedServer, open_page: Open
) -> None:
    server = serve(answering.address, held_back(5))
    page = open_page(server.address, answering.address, wait=False)
    ask(page, "Are you there?")
    ask(page, "And now?")
    page.locator("#question").press_sequentially("A third thou")
    assert page.locator(".question-text").all_inner_texts() == ["Are you there?", "And now?"]
    # All of that was done while Python was not up, so the composer did not wait for it.
    assert page.locator("html").get_attribute("data-state") == "starting"

    page.reload(wait_until="commit")  # nothing is lost by a reload meanwhile
    page.wait_for_selector("text=And now?")
    page.locator("#question").press_sequentially("A third thou")
    page.wait_for_selector(READY)
    assert page.locator("#question").input_value() == "A third thou"
    page.locator("#question").press_sequentially("ght")
    assert page.locator("#question").input_value() == "A third thought"
    page.wait_for_selector(".exchange[aria-posinset='2'] .answer[data-phase=done]")
    assert page.locator(".question-text").all_inner_texts() == ["Are you there?", "And now?"]
    assert len(answering.requests) == 2
    assert b"Here I am." in answering.requests[1]  # the first answer is the second's context


@pytest.mark.beyond("webkit", "WebDriver cannot set the page's clock")
def test_a_start_that_takes_unusually_long_says_so(
    serve: Serve, answering: ScriptedServer, context: BrowserContext
) -> None:
    server = serve(answering.address, held_back(3))
    page = context.new_page()
    page.clock.install()
    page.goto(server.address, wait_until="commit")
    note = page.locator("#note")
    page.wait_for_selector("text=Python is starting")
    page.clock.run_for(21_000)
    page.wait_for_selector("text=The start takes unusually long")
    assert "Python is starting" not in note.inner_text()


def test_the_snapshot_is_what_the_page_boots_from(
    serve: Serve, answering: ScriptedServer, open_page: Open, watches: list[Watch]
) -> None:
    page = open_page(serve(answering.address).address, answering.address)
    assert page.locator("html").get_attribute("data-boot") == "snapshot"
    assert not any("/wheels/" in url for url in watches[0].requests)


def truncated(path: str) -> bytes | None:
    """Cut the snapshot in half."""
    content = (ROOT / SNAPSHOT).read_bytes()
    return content[: len(content) // 2] if path == SNAPSHOT else None


def wrong_version(path: str) -> bytes | None:
    """Say that the snapshot is another Pyodide's."""
    text = (ROOT / MANIFEST).read_text()
    return text.replace('"pyodide": "', '"pyodide": "1').encode() if path == MANIFEST else None


def not_there(path: str) -> bytes | None:
    """Name a snapshot that the server does not have."""
    text = (ROOT / MANIFEST).read_text()
    return text.replace("./snapshot.bin", "./gone.bin").encode() if path == MANIFEST else None


def other_memory(path: str) -> bytes | None:
    """Deliver, with the right hash, what is no snapshot of this interpreter."""
    import base64  # noqa: PLC0415
    import gzip  # noqa: PLC0415
    import hashlib  # noqa: PLC0415
    import re  # noqa: PLC0415

    fake = gzip.compress(bytes(31_457_424), 1, mtime=0)
    if path == SNAPSHOT:
        return fake
    if path != MANIFEST:
        return None
    digest = base64.b64encode(hashlib.sha256(fake).digest()).decode()
    return re.sub(r"sha256-[^\"]*", f"sha256-{digest}", (ROOT / MANIFEST).read_text()).encode()


@pytest.mark.parametrize("damage", [truncated, wrong_version, not_there, other_memory])
def test_without_a_good_snapshot_the_plain_boot_takes_over(
    damage: Callable[[str], bytes | None],
    serve: Serve,
    answering: ScriptedServer,
    open_page: Open,
    watches: list[Watch],
) -> None:
    page = open_page(serve(answering.address, damage).address, answering.address)
    assert page.locator("html").get_attribute("data-boot") == "plain"
    ask(page, "Are you there?")
    wait_for_answer(page)
    assert page.locator(".prose").inner_text().strip() == "Here I am."
    loading = ("Failed to find a valid digest", "SRI's integrity", "Failed to load resource",
               "None of the “sha256”", "Failed integrity metadata check",
               "due to access control checks")  # fmt: skip
    watches[0].errors = [e for e in watches[0].errors if not any(part in e for part in loading)]


GOOD = (ROOT / "pyscript.toml").read_text()


def line_of(text: str, part: str) -> int:
    """Give the number of the first line with this part."""
    return next(n for n, line in enumerate(text.split("\n"), 1) if part in line)


WRONG = {
    "an unknown key": ("greeting =", "greting =", "greting", "greting"),
    "a wrong type": ('theme = "auto"', "theme = 3", "theme", "theme = 3"),
    "a value out of range": ("max_retries = 5", "max_retries = -1", "max_retries", "max_retries"),
    "an endpoint that is none": ('endpoint = "http', 'endpoint = "ftp', "endpoint", "endpoint = "),
    "packages of a wrong type": (
        "packages = [",
        "packages = 3\nnames = [",
        "packages",
        "packages = 3",
    ),
    "plugins of a wrong type": ('plugins = ["!error"]', "plugins = 3", "plugins", "plugins"),
    "files of a wrong type": ('"./*"', "4", "files", "[files]"),
    "no interpreter": ("interpreter =", "interpretr =", "interpreter", "# The one settings file"),
    "an interpreter that is none": (
        '"./static/interpreter.js"',
        "3",
        "interpreter",
        "interpreter =",
    ),
    "a missing interpreter": ("static/interpreter.js", "static/gone.js", "gone.js", "gone.js"),
    "a missing archive": ("vendor/app.zip", "vendor/gone.zip", "gone.zip", "gone.zip"),
    "an interpreter elsewhere": (
        "./static/interpreter.js",
        "https://example.org/i.js",
        "example.org",
        "example.org",
    ),
    "an empty file": (GOOD, "", "interpreter", ""),
    "broken TOML": ('title = "Thalweg"', 'title = "Thalweg', "line", 'title = "Thalweg'),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_settings_are_named_with_their_line(
    name: str, serve: Serve, open_page: Open, watches: list[Watch]
) -> None:
    old, new, key, place = WRONG[name]
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    page = open_page(
        serve(intercept=lambda path: text.encode() if path == "pyscript.toml" else None).address,
        wait=False,
    )
    # One without a place may be shown first, until the browser reports which file it was.
    page.wait_for_selector(f".failure:has-text('line {line_of(text, place)}')")
    words = page.locator(".failure").inner_text()
    assert key in words + str(page.locator(".failure .trouble-cause").text_content())
    assert "reload" in words.lower()
    assert page.locator("#question").is_visible()
    page.wait_for_timeout(500)
    assert page.locator(".py-error").count() == 0, "PyScript shows its own box as well"
    watches[0].errors = []  # PyScript logs what it could not read
    # Playwright reports what Chromium was asked for, although the security policy let nothing out.
    watches[0].foreign = [url for url in watches[0].foreign if url not in text]


def test_a_missing_settings_file_is_said_so(
    serve: Serve, open_page: Open, watches: list[Watch]
) -> None:
    def gone(path: str) -> bytes | None:
        if path != "index.html":
            return None
        return (ROOT / path).read_text().replace('config="pyscript', 'config="gone').encode()

    page = open_page(serve(intercept=gone).address, wait=False)
    page.wait_for_selector(".failure:has-text('gone.toml')")
    assert page.locator("html").get_attribute("data-state") == "failed"
    watches[0].errors = []


def test_the_address_may_set_what_the_file_allows_and_nothing_else(
    serve: Serve, answering: ScriptedServer, open_page: Open
) -> None:
    server = serve(answering.address)
    page = open_page(f"{server.address}?theme=dark&title=My+river", answering.address)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("#title").inner_text() == "My river"
    assert page.title() == "My river"

    elsewhere = f"{server.address}?endpoint=https%3A%2F%2Fexample.org%2Fv1&theme=purple"
    page = open_page(elsewhere, answering.address)
    notices = page.locator("#notices")
    for part in ('"endpoint" is left out', '"theme" is left out', '"purple"'):
        assert part in notices.inner_text()
    ask(page, "Are you there?")
    wait_for_answer(page)
    notices.get_by_role("button", name="Put away").click()
    assert not notices.is_visible()


def test_the_theme_is_remembered(
    serve: Serve, answering: ScriptedServer, open_page: Open, context: BrowserContext
) -> None:
    server = serve(answering.address)
    page = open_page(server.address, answering.address)
    backgrounds = set()
    for theme in ("light", "dark"):
        page.locator("#theme").click()
        assert page.locator("html").get_attribute("data-theme") == theme
        backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(backgrounds) == 2
    page.close()
    again = open_page(server.address, answering.address)
    assert again.locator("html").get_attribute("data-theme") == "dark"
    assert len(context.pages) == 1


# Who names the part, and the part.
PARTS = {
    "PyScript": ("static/start.js", "core.js"),
    "the interpreter": ("static/vendor/pyodide/pyodide.mjs", "pyodide.asm.mjs"),
    "its code": ("static/vendor/pyodide/pyodide.mjs", "pyodide.asm.wasm"),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_does_not_load_is_said_so_and_the_question_is_kept(
    name: str, serve: Serve, answering: ScriptedServer, open_page: Open, watches: list[Watch]
) -> None:
    naming, part = PARTS[name]

    def gone(path: str) -> bytes | None:
        if path != naming:
            return None
        return (ROOT / path).read_text().replace(part, f"gone-{part}").encode()

    page = open_page(serve(answering.address, gone).address, wait=False)
    # A vague word may be shown first, until the browser tells which file it was.
    page.wait_for_selector(".failure:has-text('did not load')")
    assert page.locator("html").get_attribute("data-state") == "failed"
    ask(page, "Keep this.")
    assert page.locator(".question-text").inner_text() == "Keep this."
    page.reload()
    page.wait_for_selector("text=Keep this.")
    watches[0].errors = []


@pytest.mark.beyond("webkit", "WebDriver cannot put a script before the page's own")
@pytest.mark.parametrize(
    "blocked",
    [
        "IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError') }",
        "IDBFactory.prototype.open = () => { const request = new EventTarget();"
        " setTimeout(() => request.onerror?.(new Event('error'))); return request }",
    ],
)
def test_a_browser_that_keeps_no_data_is_named(
    blocked: str, serve: Serve, open_page: Open, context: Any, watches: list[Watch]
) -> None:
    context.add_init_script(blocked)
    page = open_page(serve().address, wait=False)
    page.wait_for_selector(".failure .trouble-happened:has-text('keeps no data for this page')")
    page.wait_for_selector(".failure .trouble-remedy:has-text('Allow cookies and site data')")
    page.wait_for_timeout(3_000)
    assert page.locator(".failure").count() == 1
    for watch in watches:
        watch.errors.clear()
