"""A model server that breaks: recorded answers, cut, stalled and dripped at exact bytes.

    cuts = cut_points(recording.body)
    FaultServer(Play(recording, Cut(cuts.inside_characters[0], "reset")), Play(recording))

Each request takes the next plan of the list, the last one again and again. Every byte counted is
a byte of the body as the client's `fetch` sees it; chunked coding and heartbeats do not count.
"""

from __future__ import annotations

import asyncio
import email.utils
import math
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tests.servers.journal import Ending
from tests.servers.raw_http import CORS, Exchange, Headers, RawServer

HEARTBEAT = b": ping\n\n"
# Longest piece that is sent at once, in bytes: the journal is this exact about a client that left.
_PIECE = 65_536
STREAM = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Recording:
    """An answer that a server once gave, or might have."""

    body: bytes
    content_type: str = STREAM
    status: int = 200
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """Ends the body after `at` bytes.

    `how`: "end", so that it looks whole; "reset", with RST; "eof", closed inside the coding. The
    client's system then has every byte, but a browser that hears of the loss at once may throw
    away what its page has not read (Chromium does). A short `Stall` at the same byte, before the
    cut in the list, gives it the time.
    """

    at: int
    how: Literal["end", "reset", "eof"] = "reset"


@dataclass(frozen=True, slots=True)
class Stall:
    """Says nothing for some seconds (`math.inf`: for good) after `at` bytes.

    With `heartbeat_every` (seconds) comments come meanwhile; `at` must then end an event.
    """

    at: int
    seconds: float
    heartbeat_every: float | None = None


@dataclass(frozen=True, slots=True)
class Drip:
    """Sends the body in steps, with a pause between them."""

    bytes_per_step: int
    seconds_per_step: float


Fault = Cut | Stall | Drip


@dataclass(frozen=True, slots=True)
class Refuse:
    """Says no. `exposed`: headers that a page of another origin may read."""

    status: int
    body: bytes = b'{"error":{"message":"No."}}'
    headers: Headers = ()
    exposed: tuple[str, ...] = ()
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Empty:
    """Says yes, and then nothing."""

    content_type: str = STREAM


class Play:
    """Plays a recording, with faults."""

    def __init__(self, recording: Recording, *faults: Fault) -> None:
        for fault in faults:
            check(fault, recording.body)
        self.recording = recording
        self.faults = faults


Plan = Play | Refuse | Empty


def busy(
    status: int, retry_after: float | datetime | None = None, *, is_exposed: bool = False
) -> Refuse:
    """Give a refusal that says when to come again, in seconds or as a date (which needs UTC)."""
    if retry_after is None:
        return Refuse(status)
    if isinstance(retry_after, datetime):
        value = email.utils.format_datetime(retry_after, usegmt=True)
    else:
        value = str(retry_after)
    exposed = ("Retry-After",) if is_exposed else ()
    return Refuse(status, headers=[("Retry-After", value)], exposed=exposed)


@dataclass(frozen=True, slots=True)
class CutPoints:
    """Where a body can be cut; each number is a count of bytes that come before the cut."""

    inside_characters: tuple[int, ...]
    inside_events: tuple[int, ...]
    inside_line_ends: tuple[int, ...]  # between CR and LF
    between_events: tuple[int, ...]


def cut_points(body: bytes) -> CutPoints:
    """Find where a body of events can be cut in the four ways that readers get wrong."""
    between = [match.end() for match in re.finditer(rb"(?:\r\n|\r(?!\n)|\n){2}", body)]
    edges = {0, len(body), *between}
    return CutPoints(
        tuple(at for at, byte in enumerate(body) if byte & 0xC0 == 0x80),
        tuple(at for at in range(len(body)) if at not in edges),
        tuple(match.start() + 1 for match in re.finditer(rb"\r\n", body)),
        tuple(between),
    )


def check(fault: Fault, body: bytes) -> None:
    """Refuse a fault that would never come, or that a heartbeat would make another fault of."""
    if isinstance(fault, Drip):
        assert fault.bytes_per_step > 0, fault
        return
    assert 0 <= fault.at <= len(body), f"{fault} lies outside {len(body)} bytes"
    if isinstance(fault, Stall) and fault.heartbeat_every is not None:
        between = (0, *cut_points(body).between_events)
        assert fault.at in between, f"{fault} would put its comments inside an event"


class CutHereError(Exception):
    """The body is cut here; the plan says how."""

    def __init__(self, how: Ending) -> None:
        super().__init__(how)
        self.how = how


class Tap:
    """Lets a body through and does at each byte what the faults say.

    Args:
        send: takes what comes through.
        faults: what is to happen; stalls at one byte come in the order of the list.
    """

    def __init__(self, send: Callable[[bytes], Awaitable[None]], faults: Sequence[Fault]) -> None:
        self._send = send
        drips = [fault for fault in faults if isinstance(fault, Drip)]
        self._drip = drips[0] if drips else None
        self._most = self._drip.bytes_per_step if self._drip else _PIECE
        rest = [fault for fault in faults if not isinstance(fault, Drip)]
        self._due = sorted(rest, key=lambda fault: fault.at)
        self._passed = 0
        self._in_step = 0

    async def open(self) -> None:
        """Do what is due before the first byte.

        Raises:
            CutHereError: the body is to be cut here.
        """
        while self._due and self._due[0].at == self._passed:
            fault = self._due.pop(0)
            if isinstance(fault, Cut):
                raise CutHereError(fault.how)
            await self._stall(fault)

    async def feed(self, data: bytes) -> None:
        """Let some more through, and do what is due on the way.

        Raises:
            CutHereError: the body is to be cut here.
        """
        at = 0
        while at < len(data):
            if self._drip and self._in_step == self._most:
                await asyncio.sleep(self._drip.seconds_per_step)
                self._in_step = 0
            size = min(len(data) - at, self._most - self._in_step)
            if self._due:
                size = min(size, self._due[0].at - self._passed)
            await self._send(data[at : at + size])
            at += size
            self._passed += size
            self._in_step = self._in_step + size if self._drip else 0
            await self.open()

    async def _stall(self, stall: Stall) -> None:
        left, every = stall.seconds, stall.heartbeat_every
        while every is not None and left >= every:
            await asyncio.sleep(every)
            await self._send(HEARTBEAT)
            left -= every
        # A timer for ever is no timer.
        await (asyncio.Event().wait() if math.isinf(left) else asyncio.sleep(left))


async def end_as_planned(exchange: Exchange, cut: CutHereError) -> None:
    """End an answer where a plan cuts it."""
    if cut.how == "end":
        await exchange.finish("end")
    else:
        await exchange.cut_off(cut.how)


async def refuse(exchange: Exchange, plan: Refuse | Empty) -> None:
    """Send an answer without a recording."""
    if isinstance(plan, Empty):
        await exchange.answer(200, b"", plan.content_type)
        return
    exposed = [("Access-Control-Expose-Headers", ", ".join(plan.exposed))] if plan.exposed else []
    await exchange.answer(plan.status, plan.body, plan.content_type, [*plan.headers, *exposed])


class FaultServer(RawServer):
    """Plays one plan after another, the last one again and again, whatever is asked."""

    def __init__(self, *plans: Plan) -> None:
        self._plans = [*plans]
        super().__init__()

    async def serve(self, exchange: Exchange) -> None:
        """Play the next plan."""
        plan = self._plans.pop(0) if len(self._plans) > 1 else self._plans[0]
        if not isinstance(plan, Play):
            await refuse(exchange, plan)
            return
        recording = plan.recording
        kind = [("Content-Type", recording.content_type)]
        await exchange.head(recording.status, [*kind, *CORS, *recording.headers])
        tap = Tap(exchange.body, plan.faults)
        try:
            await tap.open()
            await tap.feed(recording.body)
            await exchange.finish()
        except CutHereError as cut:
            await end_as_planned(exchange, cut)
