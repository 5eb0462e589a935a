"""What the keeper's stories share: a bare page with a keeper, and what it reads."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.browser.person import Page
from tests.servers.dripping import DrippingServer, Exchange

SCRIPT = Path(__file__).with_name("keeper_page.js")
KEY = "sk-very-secret-key"
PROMPT = b'{"prompt": "a private question"}'
HOUR = 3_600_000
CONTROLLED = (
    "(async () => { while (!navigator.serviceWorker.controller)"
    " await new Promise(go => setTimeout(go, 10)) })()"
)


def bare_page(*origins: str) -> str:
    """Give a page with the policy that the keeper reads its servers from."""
    policy = f"default-src 'self'; connect-src 'self' {' '.join(origins)}"
    return (
        f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<title>Story</title><link rel="icon" href="data:,"><script src="story.js"></script>'
    )


class Reading:
    """What a page reads from one address."""

    def __init__(self, page: Page, name: str) -> None:
        self._page = page
        self._name = name

    def _ask(self, what: str, *arguments: object) -> Any:
        return self._page.evaluate(f"a => story.{what}(...a)", [self._name, *arguments])

    @property
    def status(self) -> int:
        return int(self._ask("head")["status"])

    @property
    def headers(self) -> dict[str, str]:
        return dict(self._ask("head")["headers"])

    @property
    def body(self) -> bytes:
        return str(self._ask("body")).encode("latin1")

    def wait_for(self, count: int) -> None:
        assert self._ask("received", count) >= count

    def end(self) -> str:
        return str(self._ask("end"))

    def stop(self) -> None:
        self._ask("stop")


class Story:
    """A page with its keeper."""

    def __init__(self, page: Page, upstream: DrippingServer) -> None:
        self.page = page
        self.upstream = upstream
        self._count = 0

    def _read(self, address: str, **options: object) -> Reading:
        self._count += 1
        name = f"reading {self._count}"
        self.page.evaluate("a => story.read(...a)", [name, address, options])
        return Reading(self.page, name)

    def post(self, log_id: str = "a", upstream: str = "") -> Reading:
        headers = {
            "X-Keeper-Upstream": upstream or f"{self.upstream.address}/v1/chat",
            "Content-Type": "application/json",
            "Authorization": f"Bearer {KEY}",
        }
        return self._read(f"keeper/{log_id}", method="POST", headers=headers, body=PROMPT.decode())

    def get(self, log_id: str = "a", start: object = 0) -> Reading:
        return self._read(f"keeper/{log_id}?from={start}")

    def delete(self, log_id: str = "a") -> Reading:
        return self._read(f"keeper/{log_id}", method="DELETE")

    def list(self) -> list[dict[str, Any]]:
        listing: list[dict[str, Any]] = self.page.evaluate(
            "async () => (await fetch('keeper/')).json()"
        )
        return listing

    def ask(self, log_id: str = "a") -> tuple[Reading, Exchange]:
        """Post, and let the server answer with its head."""
        reading = self.post(log_id)
        exchange = self.upstream.next_exchange()
        exchange.respond()
        return reading, exchange


def replaced(*origins: str) -> Callable[[str], bytes | None]:
    """Put the bare page in the place of the real one."""
    pages = {"index.html": bare_page(*origins).encode(), "story.js": SCRIPT.read_bytes()}
    return pages.get


def random_bytes(seed: int, count: int) -> bytes:
    return random.Random(seed).randbytes(count)
