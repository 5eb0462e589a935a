"""A request through the browser's fetch, its body handed on chunk by chunk.

Goals: a chunk is never held back, never handed on twice, and a stop reaches the server.
Plan: one reader; the next read() is issued before the current chunk is worked on, because WebKit
withholds a chunk that arrives while no read is pending (WebKit bug 322545).
Weak: an await costs 0.1-0.3 ms in browsers, so a server that sends single tokens pays one each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import create_once_callable, to_js

from app.chat.transport import Listener
from app.wire import Request

# A connection over which nothing more is to come ends by itself in this time, or is closed.
GRACE_SECONDS = 2.0


class FetchTransport:
    """Opens requests; knows all that are under way, so that none is collected in mid-flight."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, request: Request, listener: Listener) -> FetchConnection:
        """Send a request; the listener hears of it from the next turn of the loop on."""
        connection = FetchConnection(request, listener)
        task = asyncio.ensure_future(connection.run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return connection

    def send(self, request: Request, done: Callable[[], None] = lambda: None) -> None:
        """Send a request whose answer is of no interest; tell when it has come, or failed."""
        opened = js.thalwegRequests.open(request.url, options_of(request))
        opened.then(create_once_callable(lambda _opened: done()))


class FetchConnection:
    """One request and its answer's body."""

    def __init__(self, request: Request, listener: Listener) -> None:
        self._request = request
        self._listener = listener
        self._controller = js.AbortController.new()
        self._was_aborted = False
        self._closing: asyncio.TimerHandle | None = None

    def abort(self) -> None:
        """Close the connection. The listener hears nothing more."""
        self._was_aborted = True
        self._controller.abort()

    def release(self) -> None:
        """Let the connection end by itself; close it if it is still open after a grace.

        Closing it at once would have every whole answer count as broken off at the server.
        """
        self._closing = asyncio.get_running_loop().call_later(GRACE_SECONDS, self.abort)

    async def run(self) -> None:
        """Carry the request out, and tell the listener how it went."""
        try:
            failure = await self._exchange()
        except Exception as error:
            if not self._was_aborted:
                self.abort()
                self._listener.failed(f"{type(error).__name__}: {error}")
            raise
        finally:
            if self._closing is not None:
                self._closing.cancel()
        # Whose fault it was is told by our own flag: the browsers' texts differ and mislead.
        if failure and not self._was_aborted:
            self._listener.failed(failure, is_offline=not js.navigator.onLine)

    async def _exchange(self) -> str:
        """Return what the browser says of a failure, empty if all went well."""
        opened = await js.thalwegRequests.open(self._request.url, self._options())
        if hasattr(opened, "failure"):
            return str(opened.failure)
        if self._was_aborted:
            return ""
        response = opened.response
        self._listener.responded(response.status, _headers(response))
        if response.body and (failure := await self._read(response.body.getReader())):
            return failure
        if not self._was_aborted:
            self._listener.ended()
        return ""

    async def _read(self, reader: Any) -> str:
        reading = js.thalwegRequests.read(reader)
        while True:
            part = await reading
            if hasattr(part, "failure"):
                return str(part.failure)
            if self._was_aborted or part.chunk is None:
                return ""  # before the next read(): it would be refused, and nobody would hear that
            reading = js.thalwegRequests.read(reader)
            self._listener.chunk(part.chunk.to_bytes())

    def _options(self) -> Any:
        options = options_of(self._request)
        options.signal = self._controller.signal
        return options


def options_of(request: Request) -> Any:
    """Return a request as the browser's fetch takes it."""
    options = to_js(
        {
            "method": request.method,
            "headers": dict(request.headers),
            "cache": "no-store",
            "credentials": "omit",
            "referrerPolicy": "no-referrer",
        }
    )
    if request.body:
        options.body = to_js(request.body)
    return options


def _headers(response: Any) -> dict[str, str]:
    """Return the headers that the browser lets the page see, by lower-case name."""
    return {entry[0].lower(): entry[1] for entry in response.headers.entries()}
