"""The page's end of the keeper, the service worker in which an answer outlives the page.

Goals: the worker lives as long as an answer comes in, whatever becomes of the page.
Plan: a worker lives by what it is sent. While an answer is live the page sends it leases: from a
timer, from the arrival of chunks (timers of hidden pages run once a minute), and a long last one
when the page goes away. One long lease would not do: Chromium ends a worker after 300 s of it.
Weak: without a worker (private windows, no secure context) there is no keeper; `is_there` tells.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

import js
from pyodide.ffi import JsException, create_proxy, jsnull, to_js

WORKER = "keeper.js"  # beside the page: a worker controls what lies beside or below it

# All in milliseconds.
PING = 10_000
VISIBLE_LEASE = 25_000
HIDDEN_LEASE = 90_000  # longer than a minute, after which a hidden page's timer runs again
LAST_LEASE = 300_000
CHUNK_PING = 5_000  # chunks ping no more often


class Keeper:
    """Registers the worker and keeps it alive.

    Args:
        is_live: tells whether an answer comes in through the keeper now.
    """

    def __init__(self, is_live: Callable[[], bool]) -> None:
        self._is_live = is_live
        self._pinged_at = 0.0
        self._workers = _container()
        self.base = str(js.URL.new("keeper/", js.location.href).href)
        """The absolute address that all logs lie below."""

    @property
    def address(self) -> str:
        """The absolute address that all logs lie below; empty while there is no keeper."""
        return self.base if self.is_there else ""

    @property
    def is_there(self) -> bool:
        """Whether the worker has this page's requests; it may come while the page is open."""
        return self._workers is not None and self._workers.controller is not jsnull

    def start(self) -> None:
        """Register the worker, without waiting for it, and keep it alive from now on."""
        if self._workers is None:
            return
        address = js.URL.new(WORKER, js.location.href).href
        try:
            # Never from the HTTP cache: an old worker would stay for as long as that says.
            options = to_js({"updateViaCache": "none"})
            failed = create_proxy(_say_why_not)
            js.thalwegRequests.start(failed, self._workers, "register", address, options)
        except JsException as error:
            _say_why_not(error)
            return
        js.setInterval(create_proxy(lambda *_: self._ping()), PING)
        js.addEventListener("pagehide", create_proxy(lambda *_: self._leave()))
        js.document.addEventListener("visibilitychange", create_proxy(lambda *_: self._ping()))

    def chunk_came(self) -> None:
        """Say that a chunk of a live answer came: a ping, but not for each of them."""
        if monotonic() * 1000 - self._pinged_at >= CHUNK_PING:
            self._ping()

    def _ping(self) -> None:
        self._pinged_at = monotonic() * 1000
        if self._is_live():
            self._lease(HIDDEN_LEASE if js.document.hidden else VISIBLE_LEASE)

    def _leave(self) -> None:
        if self._is_live():
            self._lease(LAST_LEASE)

    def _lease(self, milliseconds: int) -> None:
        if self.is_there:
            self._workers.controller.postMessage(to_js({"keep": milliseconds}))


def _container() -> Any:
    """Give what workers are registered with; a sandboxed frame may not even look at it."""
    try:
        return getattr(js.navigator, "serviceWorker", None)
    except JsException:
        return None


def _say_why_not(error: object) -> None:
    """Leave a line for developers: the page works without its keeper."""
    js.console.warn(f"Thalweg has no keeper here; answers end with the page. {error}")
