"""Who takes part: our page and the peers', how each is served, and how it is asked."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Page

from tests.browser.conftest import READY
from tools.apart import BENCH_NPM
from tools.environment import node
from tools.places import BUILD, ROOT
from tools.serve import PageServer

PEERS: Final = Path(__file__).parent / "peers"
BUNDLES: Final = BUILD / "bench-render"
# The peers' composer; deep-chat has its own.
FIELD: Final = "#question"

_PAGE: Final = """<!doctype html>
<html lang="en" data-endpoint="{endpoint}">
<meta charset="utf-8"><title>{name}</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
{body}
<script type="module" src="page.js"></script>
"""
_THREAD: Final = '<div id="thread"></div><textarea id="question" rows="1"></textarea>'
_PLACE: Final = '<div id="place"></div>'


@dataclass(frozen=True, slots=True)
class Contestant:
    """A page in the benchmark.

    Attributes:
        name: as the tables say it.
        script: in peers/, what the page runs; empty for our own page.
        body: of the peer's page.
        ready: a selector; the page can be asked when it is there.
        field: a selector of the composer's field.
        root: JavaScript, the element of the last answer's text.
        tree: JavaScript, the document or shadow root that it is in.
    """

    name: str
    script: str
    body: str
    ready: str
    field: str
    root: str
    tree: str = "document"

    def ask(self, page: Page, question: str = "Tell me about rivers.") -> None:
        """Send a question with the keyboard, as a person does."""
        page.locator(self.field).click()
        page.keyboard.insert_text(question)
        page.keyboard.press("Enter")


_LAST: Final = "document.querySelector('#thread > .assistant:last-child')"
OURS: Final = Contestant(
    "Thalweg", "", "", READY, "#question",
    "document.querySelector('.exchange:last-child .answer:last-child .prose')",
)  # fmt: skip
DEEP_CHAT: Final = Contestant(
    "deep-chat", "deep_chat.js", _PLACE, "deep-chat #text-input", "deep-chat #text-input",
    "[...document.querySelector('deep-chat').shadowRoot.querySelectorAll('.ai-message-text')]"
    ".at(-1)",
    "document.querySelector('deep-chat').shadowRoot",
)  # fmt: skip
STREAMDOWN: Final = Contestant("streamdown", "streamdown.jsx", _THREAD, FIELD, FIELD, _LAST)
REACT_MARKDOWN: Final = Contestant(
    "react-markdown", "react_markdown.jsx", _THREAD, FIELD, FIELD, _LAST
)
STREAMING_MARKDOWN: Final = Contestant(
    "streaming-markdown", "streaming_markdown.js", _THREAD, FIELD, FIELD, _LAST
)
IDLE: Final = Contestant("idle", "idle.js", _THREAD, FIELD, FIELD, "document.body")
CONTESTANTS: Final = (OURS, DEEP_CHAT, STREAMDOWN, REACT_MARKDOWN, STREAMING_MARKDOWN)


def bundle(script: str) -> bytes:
    """Join a peer's page with its packages, as its users' builds do.

    Raises:
        CalledProcessError: esbuild did not; it says why on the terminal.
    """
    target = BUNDLES / f"{script.partition('.')[0]}.js"
    subprocess.run(
        [node(), str(BENCH_NPM / "node_modules/esbuild/bin/esbuild"), str(PEERS / script),
         "--bundle", "--minify", "--format=esm", "--jsx=automatic", f"--outfile={target}",
         "--define:process.env.NODE_ENV=\"production\"", "--log-level=error"],
        check=True,
    )  # fmt: skip
    return target.read_bytes()


def styles(script: str) -> bytes:
    """Return a peer's style sheet: what all have, and what its own, if it has one, needs.

    Raises:
        CalledProcessError: Tailwind could not make it.
    """
    common = (PEERS / "page.css").read_bytes()
    own = PEERS / f"{script.partition('.')[0]}.css"
    if not own.is_file():
        return common
    target = BUNDLES / own.name
    subprocess.run(
        [node(), str(BENCH_NPM / "node_modules/@tailwindcss/cli/dist/index.mjs"), "--minify",
         "--input", str(own), "--output", str(target)],
        check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return target.read_bytes() + common


def server_of(contestant: Contestant, endpoint: str) -> PageServer:
    """Serve a contestant's page; it asks this address (scheme, host and port)."""
    if not contestant.script:
        return PageServer(ROOT, overrides={"endpoint": f"{endpoint}/v1", "resume": "auto"})
    page = _PAGE.format(
        name=contestant.name, endpoint=f"{endpoint}/v1/chat/completions", body=contestant.body
    )
    files = {
        "index.html": page.encode(),
        "page.js": bundle(contestant.script),
        "page.css": styles(contestant.script),
    }
    return PageServer(ROOT, intercept=files.get)


@contextmanager
def served(contestants: tuple[Contestant, ...], endpoint: str) -> Iterator[dict[str, str]]:
    """Serve several; give each one's address by its name."""
    BUNDLES.mkdir(parents=True, exist_ok=True)
    servers = {each.name: server_of(each, endpoint) for each in contestants}
    try:
        yield {name: server.address for name, server in servers.items()}
    finally:
        for server in servers.values():
            server.close()
