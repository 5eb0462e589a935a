"""A request through the browser's fetch, its body handed on chunk by chunk.

Goals: a chunk is never held back, never handed on twice, and a stop reaches the server.
Plan: one reader; the next read() is issued before the current chunk is worked on, because WebKit
withholds a chunk that arrives while no read is pending (WebKit bug 322545).
Weak: an await costs 0.1-0.3 ms in browsers, so a server that sends single tokens pays one each.
"""

from __future__ import annotations

import asyncio
from typing import Any

import js
from pyodide.ffi import JsException, to_js

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
            await self._exchange()
        except JsException as error:
            # Whose fault it was is told by our own flag: the browsers' texts differ and mislead.
            if not self._was_aborted:
                cause = f"{error.name}: {error.message}"
                self._listener.failed(cause, is_offline=not js.navigator.onLine)
        except Exception as error:
            if not self._was_aborted:
                self.abort()
                self._listener.failed(f"{type(error).__name__}: {error}")
            raise
        finally:
            if self._closing is not None:
                self._closing.cancel()

    async def _exchange(self) -> None:
        response = await js.fetch(self._request.url, self._options())
        if self._was_aborted:
            return
        self._listener.responded(response.status, _headers(response))
        if response.body:
            await self._read(response.body.getReader())
        if not self._was_aborted:
            self._listener.ended()

    async def _read(self, reader: Any) -> None:
        reading = reader.read()
        while not (part := await reading).done:
            if self._was_aborted:
                return  # before the next read(): it would be refused, and nobody would hear that
            reading = reader.read()
            self._listener.chunk(part.value.to_bytes())

    def _options(self) -> Any:
        options = to_js(
            {
                "method": self._request.method,
                "headers": dict(self._request.headers),
                "cache": "no-store",
                "credentials": "omit",
                "referrerPolicy": "no-referrer",
            }
        )
        options.signal = self._controller.signal
        if self._request.body:
            options.body = to_js(self._request.body)
        return options


def _headers(response: Any) -> dict[str, str]:
    """Return the headers that the browser lets the page see, by lower-case name."""
    return {entry[0].lower(): entry[1] for entry in response.headers.entries()}
