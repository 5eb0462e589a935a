"""A request through the browser's fetch, its body handed on as the page has time for it.

Goals: a byte is never handed on twice, none waits for longer than a frame, and a stop reaches the
server.
Plan: JavaScript reads the body (an await in Python costs 0.1-0.3 ms, and fast servers send
thousands of chunks a second); what has come is taken once a frame, right before it is painted. A
hidden page has no frames: there it is taken when it comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import create_once_callable, create_proxy, jsnull, to_js

from app.chat.transport import Listener
from app.wire import Request

# A connection over which nothing more is to come ends by itself in this time, or is closed.
GRACE_SECONDS = 2.0
# So much is decoded before the clock is looked at again, in bytes: 1 or 2 ms of small events.
SLICE = 16_384


class FetchTransport:
    """Opens requests; knows all that are under way, so that none is collected in mid-flight.

    Args:
        request_frame: asks for `deliver` to be called in the next frame.
    """

    def __init__(self, request_frame: Callable[[], None]) -> None:
        self._request_frame = request_frame
        self._document = js.document
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: list[FetchConnection] = []  # those of which something can be taken

    def open(self, request: Request, listener: Listener) -> FetchConnection:
        """Send a request; the listener hears of it from the next turn of the loop on."""
        connection = FetchConnection(listener, self._has_come)
        task = asyncio.ensure_future(connection.run(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return connection

    def send(self, request: Request, done: Callable[[], None] = lambda: None) -> None:
        """Send a request whose answer is of no interest; tell when it has come, or failed."""
        opened = js.thalwegRequests.open(request.url, options_of(request))
        opened.then(create_once_callable(lambda _opened: done()))

    def deliver(self, has_time: Callable[[], bool]) -> bool:
        """Tell the listeners what has come; return whether something is left."""
        waiting, self._waiting = self._waiting, []
        try:
            while waiting:
                connection = waiting.pop(0)
                if connection.deliver(has_time):
                    self._waiting.append(connection)
        except Exception:
            # One that fails holds up none of the others.
            self._waiting += waiting
            self._request_frame()
            raise
        return bool(self._waiting)

    def _has_come(self, connection: FetchConnection) -> None:
        self._waiting.append(connection)
        if self._document.hidden:
            self.deliver(lambda: True)
        else:
            self._request_frame()


class FetchConnection:
    """One request and its answer's body."""

    def __init__(self, listener: Listener, has_come: Callable[[FetchConnection], None]) -> None:
        self._listener = listener
        self._has_come = has_come
        self._controller = js.AbortController.new()
        self._was_aborted = False
        self._closing: asyncio.TimerHandle | None = None
        self._take: Any = None
        self._came_proxy: Any = None
        self._taken = b""  # came, and is not handed on yet

    def abort(self) -> None:
        """Close the connection. The listener hears nothing more."""
        self._was_aborted = True
        self._controller.abort()

    def release(self) -> None:
        """Let the connection end by itself; close it if it is still open after a grace.

        Closing it at once would have every whole answer count as broken off at the server.
        """
        self._closing = asyncio.get_running_loop().call_later(GRACE_SECONDS, self.abort)

    async def run(self, request: Request) -> None:
        """Send the request, and tell the listener of the answer's head."""
        try:
            options = options_of(request)
            options.signal = self._controller.signal
            opened = await js.thalwegRequests.open(request.url, options)
            if hasattr(opened, "failure"):
                self._fail(str(opened.failure))
            elif not self._was_aborted:
                self._begin(opened.response)
        except Exception as error:
            self._break(error)
            raise

    def deliver(self, has_time: Callable[[], bool]) -> bool:
        """Tell the listener what has come, a slice at a time; return whether something is left."""
        try:
            return self._deliver(has_time)
        except Exception as error:
            self._break(error)
            raise

    def _begin(self, response: Any) -> None:
        self._listener.responded(response.status, _headers(response))
        if response.body:
            self._came_proxy = create_proxy(lambda: self._has_come(self))
            self._take = js.thalwegRequests.gather(response.body, self._came_proxy)
        elif not self._was_aborted:
            self._listener.ended()

    def _deliver(self, has_time: Callable[[], bool]) -> bool:
        if self._was_aborted:
            self._taken = b""
        if not self._taken:
            taken = self._take()
            if taken is jsnull:
                return False
            if not hasattr(taken, "to_bytes"):
                self._end(taken)
                return False
            self._taken = b"" if self._was_aborted else taken.to_bytes()
        while self._taken:
            slice_, self._taken = self._taken[:SLICE], self._taken[SLICE:]
            self._listener.chunk(slice_)
            if self._was_aborted:
                self._taken = b""
            elif self._taken and not has_time():
                return True
        return False

    def _end(self, ending: Any) -> None:
        self._came_proxy.destroy()
        if self._closing is not None:
            self._closing.cancel()
        if hasattr(ending, "failure"):
            self._fail(str(ending.failure))
        elif not self._was_aborted:
            self._listener.ended()

    def _fail(self, cause: str) -> None:
        # Whose fault it was is told by our own flag: the browsers' texts differ and mislead.
        if not self._was_aborted:
            self._listener.failed(cause, is_offline=not js.navigator.onLine)

    def _break(self, error: Exception) -> None:
        """End it because of a mistake of ours, which is reported by whoever called."""
        if not self._was_aborted:
            self.abort()
            self._listener.failed(f"{type(error).__name__}: {error}")


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
