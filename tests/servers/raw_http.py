"""HTTP/1.1 by hand, on raw sockets: a server in a thread of its own that may break any rule.

One request a connection, and every answer in chunked coding, so that a cut can be told from an end.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import socket
import struct
import termios
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from tests.servers.journal import Ending, Entry, Journal

Headers = Sequence[tuple[str, str]]

CORS: Headers = (("Access-Control-Allow-Origin", "*"),)
# Bodyless by RFC 9112, section 6.3.
BODILESS = (204, 304)
_LINGER_NOT = struct.pack("ii", 1, 0)


class LeftError(Exception):
    """The client closed the connection before its answer had ended."""


class Exchange:
    """One request with the connection that its answer goes to; each byte sent is written down."""

    def __init__(
        self,
        entry: Entry,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        note: Callable[[], None],
    ) -> None:
        self.entry = entry
        self._reader = reader
        self._writer = writer
        self._note = note
        self._has_body = True

    async def head(self, status: int, headers: Headers = ()) -> None:
        """Send the status and the headers; how the body is coded is added."""
        self.entry.status = status
        self._has_body = status not in BODILESS and self.entry.method != "HEAD"
        coding = [("Transfer-Encoding", "chunked")] if status not in BODILESS else []
        await self._send(head_of(status, [*headers, *coding, ("Connection", "close")]))

    async def body(self, data: bytes) -> None:
        """Send some of the body, as one chunk."""
        if data and self._has_body:
            await self._send(b"%x\r\n%b\r\n" % (len(data), data))
            self.entry.sent += data
            self._note()

    async def finish(self, ending: Ending = "whole") -> None:
        """End the answer as HTTP says it should be."""
        if self._has_body:
            await self._send(b"0\r\n\r\n")
        self.close(ending)

    async def cut_off(self, ending: Ending) -> None:
        """Close inside the body, once the client's system has every byte: "reset" or "eof"."""
        await self._delivered()
        if ending != "eof":
            sock = self._writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        self.close(ending)

    def close(self, ending: Ending) -> None:
        """Close the connection and write down why; the first reason counts."""
        if self.entry.ending is None:
            self.entry.ended = time.monotonic()
            self.entry.ending = ending
            self._note()
        self._writer.close()

    async def answer(
        self, status: int, body: bytes = b"", kind: str = "application/json", headers: Headers = ()
    ) -> None:
        """Send a whole answer."""
        await self.head(status, [("Content-Type", kind), *CORS, *headers])
        await self.body(body)
        await self.finish()

    async def left(self) -> None:
        """Return when the client closes the connection."""
        with contextlib.suppress(OSError):
            while await self._reader.read(65_536):
                pass

    async def _send(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError:
            raise LeftError from None

    async def _delivered(self) -> None:
        # A reset throws away what is still on its way: then the cut would not be at its byte.
        sock = self._writer.get_extra_info("socket")
        transport = self._writer.transport
        while not transport.is_closing():
            with contextlib.suppress(OSError):
                [queued] = struct.unpack("i", fcntl.ioctl(sock.fileno(), termios.TIOCOUTQ, b"0000"))
                if not transport.get_write_buffer_size() and not queued:
                    return
            await asyncio.sleep(0.001)


class RawServer(ABC):
    """Takes connections on a free port in a thread of its own, until `close()`.

    What answers is `serve` of the class derived from this.

    Attributes:
        address: scheme, host and port.
        journal: what was asked and how it went.
    """

    def __init__(self) -> None:
        self.journal = Journal()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._failures: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name=self.address, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close every connection and end the thread.

        Raises:
            BaseException: what went wrong in the server itself, if anything did.
        """
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        if self._failures:
            raise self._failures.pop()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    async def serve(self, exchange: Exchange) -> None:
        """Answer one request."""

    async def preflight(self, exchange: Exchange) -> None:
        """Allow everything that a browser asks for before it sends a request of another origin."""
        # A star does not stand for Authorization (Fetch standard), so the list is repeated.
        asked = exchange.entry.headers.get("access-control-request-headers", "*")
        allowed = [
            ("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS"),
            ("Access-Control-Allow-Headers", asked),
            ("Access-Control-Allow-Private-Network", "true"),
        ]
        await exchange.head(204, [*CORS, *allowed])
        await exchange.finish()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the connections, until it ends or the server is closed."""
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._failures.append(error)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        started = asyncio.start_server(self._connected, sock=self._listener)
        server = self._loop.run_until_complete(started)
        self._loop.run_forever()
        server.close()
        while self._tasks:  # a connection that was just taken becomes a task only now
            for task in [*self._tasks]:
                task.cancel()
            self._loop.run_until_complete(asyncio.wait([*self._tasks]))
            self._loop.run_until_complete(asyncio.sleep(0))  # sockets close in the next round
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.spawn(self._connection(reader, writer))

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            entry = await read_entry(reader)
            if entry is not None:
                await self._exchange(Exchange(entry, reader, writer, self.journal.note))
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    async def _exchange(self, exchange: Exchange) -> None:
        if self.is_preflight(exchange.entry):
            self.journal.preflights += 1
            await self.preflight(exchange)
            return
        self.journal.add(exchange.entry)
        answering = self.spawn(self._answer(exchange))
        leaving = self.spawn(exchange.left())
        try:
            await asyncio.wait([answering, leaving], return_when=asyncio.FIRST_COMPLETED)
            ending: Ending = "left"
        except asyncio.CancelledError:
            ending = "closed"
            raise
        finally:
            answering.cancel()
            leaving.cancel()
            exchange.close(ending)

    async def _answer(self, exchange: Exchange) -> None:
        with contextlib.suppress(LeftError):
            await self.serve(exchange)

    @staticmethod
    def is_preflight(entry: Entry) -> bool:
        """Tell a browser's own question from a request."""
        return entry.method == "OPTIONS" and "access-control-request-method" in entry.headers


def head_of(status: int, headers: Headers) -> bytes:
    """Write the head of an answer."""
    known = status in HTTPStatus.__members__.values()
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase if known else 'Unknown'}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def parse_headers(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Read header lines."""
    parts = [line.partition(":") for line in lines if line]
    return [(name.strip(), value.strip()) for name, _, value in parts]


async def read_entry(reader: asyncio.StreamReader) -> Entry | None:
    """Read one request, its body included; None when the client goes before that."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _version = first.split(" ")
        headers: Mapping[str, str] = {name.lower(): value for name, value in parse_headers(lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except (asyncio.IncompleteReadError, OSError):
        return None
    return Entry(method, target, headers, body)
