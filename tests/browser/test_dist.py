"""The built app on hosts that know nothing of it: under a sub-path, and inside another site."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import PHONE, READY, Open, Watch, ask, wait_for_answer
from tests.browser.reading import last_answer, rendered
from tests.browser.test_answers import CHAT, text_in
from tests.servers.relay import Relay
from tests.servers.static_hosts import nginx_host, python_host
from tools.model import ModelServer
from tools.places import ROOT

Host = Callable[[Path], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def relay_of_dist(model_server: ModelServer) -> Iterator[Relay]:
    """What the built page asks: its endpoint is written into it."""
    relay = Relay(model_server.address)
    yield relay
    relay.close()


@pytest.fixture(scope="session")
def site(relay_of_dist: Relay, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with the built app at /deep/er/chat/."""
    environment = {
        **os.environ,
        "ENDPOINT": f"{relay_of_dist.address}/v1",
        "MODEL": "SmolLM2-135M-Instruct",
        "PROTOCOL": "openai-chat",
    }
    subprocess.run(
        [sys.executable, "-m", "tools.dist"], cwd=ROOT, env=environment, check=True, timeout=300
    )
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "dist", root / "deep/er/chat")
    return root


def hosts() -> dict[str, Host]:
    """Give the hosts to try."""
    return {"python": python_host, "nginx": nginx_host}


@pytest.mark.parametrize("host", hosts())
def test_a_static_host_serves_it_under_a_sub_path(
    host: str,
    site: Path,
    relay_of_dist: Relay,
    open_page: Open,
    watches: list[Watch],
) -> None:
    if host == "nginx" and not os.environ.get("THALWEG_NGINX"):
        pytest.skip("nginx is neither installed nor installable here")
    with hosts()[host](site) as address:
        page = open_page(f"{address}/deep/er/chat/", relay_of_dist.address)
        assert page.locator("html").get_attribute("data-boot") == "snapshot"
        ask(page, "Write three sentences about rivers.")
        wait_for_answer(page)
        sent = text_in(relay_of_dist.bodies(CHAT)[-1])
        assert last_answer(page) == rendered(sent)
        outside = [u for u in watches[0].requests if "/deep/er/chat/" not in u and address in u]
        assert outside == []


def test_nginx_sends_the_precompressed_files(site: Path) -> None:
    if not os.environ.get("THALWEG_NGINX"):
        pytest.skip("nginx is neither installed nor installable here")
    import urllib.request  # noqa: PLC0415

    [wasm] = (site / "deep/er/chat").glob("static/vendor/pyodide-*/pyodide.asm.wasm")
    with nginx_host(site) as address:
        request = urllib.request.Request(
            f"{address}/{wasm.relative_to(site)}", headers={"Accept-Encoding": "gzip"}
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert answer.headers["Content-Type"] == "application/wasm"
            assert len(answer.read()) == wasm.with_name(f"{wasm.name}.gz").stat().st_size


def test_every_file_that_may_be_cached_for_ever_has_a_hash_in_its_name(site: Path) -> None:
    root = site / "deep/er/chat"
    kept = re.compile(
        r"^(index\.html|pyscript\.toml|keeper\.js|LICENSE|THIRD-PARTY-NOTICES\.md|static/thalweg\.js"
        r"|static/picture\.html|static/vendor/(wheels|licenses)/.*)(\.gz|\.br)?$"
    )
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        assert path.is_dir() or kept.match(name) or re.search(r"-[0-9a-f]{10}[./]", name), name
    entry = re.sub(r"connect-src [^;]*", "", (root / "index.html").read_text())
    assert "://" not in entry, "an absolute address"


@pytest.mark.beyond("webkit", "WebDriver calls the field in the frame not focusable")
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_one_line_in_another_page_opens_the_chat(
    size: str,
    site: Path,
    relay_of_dist: Relay,
    tmp_path: Path,
    browser: Browser,
    context: BrowserContext,
    open_page: Open,
    watches: list[Watch],
) -> None:
    with python_host(site) as address, python_host(tmp_path) as elsewhere:
        script = f"{address}/deep/er/chat/static/thalweg.js"
        (tmp_path / "index.html").write_text(
            "<!doctype html><title>A shop</title><link rel=icon href=data:,>"
            "<style>* { all: unset }"
            "button, iframe { display: none !important; visibility: hidden !important;"
            " opacity: 0 !important; transform: scale(0) !important;"
            " clip-path: inset(50%) !important; max-height: 0 !important;"
            " translate: -9999px !important; pointer-events: none !important }</style>"
            f'<h1>A shop</h1><script src="{script}"></script>'
        )
        page = open_page(f"{elsewhere}/", address, relay_of_dist.address, wait=False)
        if size == "phone":
            page.set_viewport_size(PHONE)
        button = page.get_by_role("button", name="Open chat")
        button.wait_for()
        watches[0].catch_up()
        assert [url for url in watches[0].requests if address in url] == [script]
        button.click()
        chat = page.frame_locator("iframe[title=Chat]")
        chat.locator("#question").fill("Write three sentences about rivers.")
        chat.locator("#question").press("Enter")
        chat.locator(READY).wait_for()
        chat.locator(".answer[data-phase=done]").wait_for()
        assert len(chat.locator(".prose").inner_text()) > 40
        page.get_by_role("button", name="Close chat").click()
        assert not page.locator("iframe").is_visible()
        page.keyboard.press("Enter")
        assert page.locator("iframe").is_visible()
        page.get_by_role("button", name="Close chat").focus()  # back in the page around
        page.keyboard.press("Escape")
        assert not page.locator("iframe").is_visible()
