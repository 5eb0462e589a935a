"""`make bench-wire`: the decoder of app/wire against its peers, all in one run.

On CPython: httpx-sse (its two decoders driven by hand, which is the least that can be asked of
it, and as its users call it) and the openai client's. In Node: eventsource-parser with
JSON.parse, against app/wire inside Pyodide. All take turns; a time is the processor's own, and
the noise is the range over the rounds.
"""

from __future__ import annotations

import base64
import codecs
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import httpx
from httpx_sse import EventSource
from httpx_sse._decoders import SSEDecoder, SSELineDecoder
from openai._streaming import SSEDecoder as OpenAIDecoder

from app.wire import AnswerReader, dialect
from app.wire.sse import EventStreamDecoder, ServerSentEvent
from tests.bench.streams import EVENTS, chat, cut, of_size, workloads
from tools.environment import node
from tools.places import ROOT

ROUNDS = 9
NODE_ROUNDS = 15
STREAM = {"content-type": "text/event-stream"}
LEAST_RATIO = 1.5
MOST_SECONDS = 0.15
MOST_GROWTH = 1.5
FLAT_WITHIN = 0.2
Run = Callable[[list[bytes]], object]


def kept(chunks: list[bytes]) -> list[ServerSentEvent]:
    """Decode with app/wire and keep all events, as one call that returns them all has to."""
    decoder = EventStreamDecoder(max_event_bytes=1 << 30)
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def ours(chunks: list[bytes]) -> int:
    """Decode with app/wire; return the number of events."""
    decoder = EventStreamDecoder(max_event_bytes=1 << 30)
    return sum(len(decoder.feed(chunk)) for chunk in chunks)


def httpx_sse(chunks: list[bytes]) -> int:
    """Decode with httpx-sse's decoders, without what stands between them and the network."""
    text = codecs.getincrementaldecoder("utf-8")("replace")
    lines, decoder = SSELineDecoder(), SSEDecoder()
    events = 0
    for chunk in chunks:
        for line in lines.decode(text.decode(chunk)):
            events += decoder.decode(line) is not None
    return events


class Chunks(httpx.SyncByteStream):
    """Chunks in the place of a network."""

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks


def httpx_sse_as_called(chunks: list[bytes]) -> int:
    """Decode as users of httpx-sse do, with `EventSource.iter_sse`."""
    response = httpx.Response(200, headers=STREAM, stream=Chunks(chunks))
    return sum(1 for _ in EventSource(response).iter_sse())


def openai(chunks: list[bytes]) -> int:
    """Decode with the openai client's decoder."""
    return sum(1 for _ in OpenAIDecoder().iter_bytes(iter(chunks)))


PEERS: tuple[tuple[str, Run], ...] = (
    ("httpx-sse", httpx_sse),
    ("httpx-sse, as called", httpx_sse_as_called),
    ("openai", openai),
)


def rounds(runs: list[Callable[[], object]], count: int = ROUNDS) -> list[list[float]]:
    """Run all in turn; return the seconds of each in every round."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(count):
        for run, taken in zip(runs, times, strict=True):
            started = time.process_time()
            run()
            taken.append(time.process_time() - started)
    return times


def ratio(peer: list[float], own: list[float]) -> str:
    """Return how many times longer the peer takes: median of the rounds, and their range."""
    each = [a / b for a, b in zip(peer, own, strict=True)]
    return f"{statistics.median(each):.2f} × ({min(each):.2f}-{max(each):.2f})"


def decoders() -> None:
    """Print events/s, MB/s and ratios for every workload."""
    print(
        "| bytes to events, CPython | events/s | MB/s | " + " | ".join(n for n, _ in PEERS) + " |"
    )
    print("|---|---|---|" + "---|" * len(PEERS))
    for name, chunks in workloads():
        runs = [ours, *(run for _name, run in PEERS)]
        events = ours(chunks)
        if httpx_sse(chunks) != events:
            raise AssertionError(f"{name}: the decoders do not see the same events")
        own, *peers = rounds([partial(run, chunks) for run in runs])
        middle = statistics.median(own)
        size = sum(map(len, chunks)) / 1e6
        cells = [
            f"{events / middle:,.0f}",
            f"{size / middle:,.0f}",
            *(ratio(p, own) for p in peers),
        ]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def answered(chunks: list[bytes]) -> str:
    """Decode a chat to its text."""
    reader = AnswerReader(dialect("openai-chat"), 200, STREAM, max_event_bytes=1 << 30)
    for chunk in chunks:
        reader.feed(chunk)
    return reader.close().text


def sizes() -> None:
    """Print what a byte costs by the size of its event."""
    print(
        f"\n| cost of a byte, CPython (bar: flat within {FLAT_WITHIN:.0%}) "
        "| events of 1 KB | 10 KB | 100 KB | 1 MB | 10 MB |"
    )
    print("|---|---|---|---|---|---|")
    each = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
    raw = [of_size(size) for size in each]
    chats = [cut(chat(0, "x" * size) * (20_000_000 // size), 65_536) for size in each]
    for name, run, streams in (("bytes to events", ours, raw), ("bytes to text", answered, chats)):
        times = rounds([partial(run, chunks) for chunks in streams])
        costs = [
            statistics.median(taken) / sum(map(len, chunks)) * 1e9
            for taken, chunks in zip(times, streams, strict=True)
        ]
        cells = [f"{cost:.2f} ({cost / costs[0] - 1:+.0%})" for cost in costs]
        print(f"| {name}, ns | " + " | ".join(cells) + " |")


def extremes() -> None:
    """Print what a byte of hostile shapes costs against the same bytes in ordinary events."""
    print(f"\n| hostile shapes, CPython | per byte, against ordinary events (bar: {MOST_GROWTH}) |")
    print("|---|---|")
    small = b"data: " + b"x" * 56 + b"\n\n"
    lines = b"data: " + b"x" * 57 + b"\n"
    million, hundred_thousand = small * 1_000_000, lines * 100_000
    cases = (
        ("a line of 64 MB in 1 KB chunks", cut(b"data: " + b"x" * 64_000_000 + b"\n\n", 1024),
         cut(small * 1_000_000, 1024)),
        ("1,000,000 events in one chunk", [million], cut(million, 65_536)),
        ("100,000 data lines in one event", cut(hundred_thousand + b"\n", 65_536),
         cut(small * 100_000, 65_536)),
    )  # fmt: skip
    for name, hostile, ordinary in cases:
        bad, good = rounds([partial(kept, hostile), partial(kept, ordinary)], 5)
        per_byte = [
            (a / sum(map(len, hostile))) / (b / sum(map(len, ordinary)))
            for a, b in zip(bad, good, strict=True)
        ]
        middle = statistics.median(per_byte)
        print(f"| {name} | {middle:.2f} × ({min(per_byte):.2f}-{max(per_byte):.2f}) |", flush=True)


def in_node() -> None:
    """Print the decoder inside Pyodide against eventsource-parser, both to text."""
    events = [chat(number) for number in range(EVENTS)]
    print(f"\n| {EVENTS:,} chat deltas to text, in Node | eventsource-parser, ms | app/wire in "
          f"Pyodide, ms (bar: {MOST_SECONDS * 1000:.0f}) | ratio |")  # fmt: skip
    print("|---|---|---|---|")
    for name, chunks in (
        ("an event a chunk", events),
        ("16 KB chunks", cut(b"".join(events), 16_384)),
    ):
        times = node_times(chunks)
        cells = [
            f"{statistics.median(times[who]):.0f} ({min(times[who]):.0f}-{max(times[who]):.0f})"
            for who in ("peer", "ours")
        ]
        print(f"| {name} | {' | '.join(cells)} | {ratio(times['ours'], times['peer'])} |")


def node_times(chunks: list[bytes]) -> dict[str, list[float]]:
    """Run the half in Node; return the milliseconds of each round."""
    task: dict[str, Any] = {
        "app": str(ROOT / "app"),
        "rounds": NODE_ROUNDS,
        "chunks": [base64.b64encode(chunk).decode() for chunk in chunks],
    }
    script = str(ROOT / "tests" / "bench" / "wire_node.mjs")
    done = subprocess.run(
        [node(), script], input=json.dumps(task), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise AssertionError(done.stderr[-2_000:])
    times: dict[str, list[float]] = json.loads(done.stdout)
    return times


def main() -> None:
    """Print all tables."""
    print(f"Bar for httpx-sse: {LEAST_RATIO} ×. CPython {sys.version.split()[0]}, "
          f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}; median of {ROUNDS} "
          f"rounds in turn (lowest-highest).\n")  # fmt: skip
    decoders()
    sizes()
    extremes()
    in_node()


if __name__ == "__main__":
    main()
