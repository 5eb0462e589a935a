"""A proxy before a real server that breaks the answers to chosen requests at exact bytes.

    FaultProxy(llama, Pass(Cut(1_000)), Pass(Cut(500, "end")), Pass())

Everything passes as it is: methods, paths, headers, bodies. The answer's body is taken out of the
server's coding of it and put into ours, so that a cut counts bytes of the body and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.servers.faults import (
    CutHereError,
    Empty,
    Fault,
    Refuse,
    Tap,
    end_as_planned,
    refuse,
)
from tests.servers.journal import Entry
from tests.servers.raw_http import BODILESS, Exchange, Headers, RawServer, parse_headers

# RFC 9110, section 7.6.1, and what the coding of the body says about itself.
_OF_ONE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class Pass:
    """Lets the real server answer, with faults; those beyond the answer's end do not come.

    Nobody can know beforehand where its events end: a stall with heartbeats is safe at 0 only.
    """

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults


Passage = Pass | Refuse | Empty


def is_answer(entry: Entry) -> bool:
    """Tell the requests of a turn: its POST, and what resumes it."""
    is_lookup = entry.path.endswith("/lookup")
    return (entry.method == "POST" and not is_lookup) or entry.path.endswith("/stream")


class FaultProxy(RawServer):
    """Takes the next plan for each request of a turn, the last one again and again.

    After a cut, or when the client leaves, the connection to the real server is closed as well, as
    if the network had broken.

    Args:
        upstream: the real server's address, without a path.
        plans: what to do to the answers, one after another; none lets all of them pass.
        chosen: which requests the plans are for. The others pass.
        reads_on: after a cut, read what the real server still sends into `Entry.received`.
    """

    def __init__(
        self,
        upstream: str,
        *plans: Passage,
        chosen: Callable[[Entry], bool] = is_answer,
        reads_on: bool = False,
    ) -> None:
        self.upstream = upstream
        self._plans = [*plans] or [Pass()]
        self._chosen = chosen
        self._reads_on = reads_on
        super().__init__()

    async def preflight(self, exchange: Exchange) -> None:
        """Let the real server say what it allows."""
        await self._pass_on(exchange, ())

    async def serve(self, exchange: Exchange) -> None:
        """Pass the request on, and its answer back as far as the plan lets it."""
        plan: Passage = Pass()
        if self._chosen(exchange.entry):
            plan = self._plans.pop(0) if len(self._plans) > 1 else self._plans[0]
        if isinstance(plan, Pass):
            await self._pass_on(exchange, plan.faults)
        else:
            await refuse(exchange, plan)

    async def _pass_on(self, exchange: Exchange, faults: tuple[Fault, ...]) -> None:
        url = urlsplit(self.upstream)
        try:
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
        except OSError:
            await exchange.cut_off("unreachable")
            return
        upstream = _Upstream(reader, writer)
        is_done_with = True
        try:
            await upstream.ask(exchange.entry, url.netloc)
            await _answer_from(upstream, exchange, faults)
        except (OSError, EOFError):
            await exchange.cut_off("broken")
        except CutHereError as cut:
            if self._reads_on:
                is_done_with = False
                self.spawn(self._read_on(upstream, exchange.entry))
            await end_as_planned(exchange, cut)
        finally:
            if is_done_with:
                upstream.close()

    async def _read_on(self, upstream: _Upstream, entry: Entry) -> None:
        try:
            with contextlib.suppress(OSError, EOFError):
                while piece := await upstream.read():
                    entry.received += piece
                    self.journal.note()
        finally:
            upstream.close()


async def _answer_from(upstream: _Upstream, exchange: Exchange, faults: tuple[Fault, ...]) -> None:
    status, headers = await upstream.head(exchange.entry.method)
    kept = [(name, value) for name, value in headers if name.lower() not in _OF_ONE_CONNECTION]
    await exchange.head(status, kept)
    tap = Tap(exchange.body, faults)
    await tap.open()
    while piece := await upstream.read():
        exchange.entry.received += piece
        await tap.feed(piece)
    await exchange.finish()


class _Upstream:
    """A connection to the real server, for one request; its body comes out without coding."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._is_chunked = False
        self._left: int | None = 0  # bytes of the body or chunk; None: until the connection ends

    def close(self) -> None:
        self._writer.transport.abort()

    async def ask(self, entry: Entry, host: str) -> None:
        headers = [(n, v) for n, v in entry.headers.items() if n not in _OF_ONE_CONNECTION]
        length = [("Content-Length", str(len(entry.body)))] if entry.body else []
        lines = [f"{entry.method} {entry.target} HTTP/1.1", f"Host: {host}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in [*headers, *length]]
        self._writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + entry.body)
        await self._writer.drain()

    async def head(self, method: str) -> tuple[int, Headers]:
        first, *lines = (await self._line(b"\r\n\r\n")).split("\r\n")
        status, headers = int(first.split(" ")[1]), parse_headers(lines)
        known = {name.lower(): value for name, value in headers}
        if status in BODILESS or method == "HEAD":
            self._left = 0
        elif known.get("transfer-encoding", "").lower() == "chunked":
            self._is_chunked = True
        else:
            length = known.get("content-length")
            self._left = None if length is None else int(length)
        return status, headers

    async def read(self) -> bytes:
        """Give the next piece of the body; nothing at its end."""
        if self._is_chunked and not self._left:
            self._left = int((await self._line(b"\r\n")).split(";")[0], 16)
            if not self._left:
                self._is_chunked = False
        if self._left == 0:
            return b""
        piece = await self._reader.read(65_536 if self._left is None else self._left)
        if self._left is not None:
            if not piece:
                raise EOFError
            self._left -= len(piece)
            if self._is_chunked and not self._left:
                await self._reader.readexactly(2)
        return piece

    async def _line(self, end: bytes) -> str:
        return (await self._reader.readuntil(end)).removesuffix(end).decode("latin-1")
