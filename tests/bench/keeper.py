"""`make bench-keeper`: an answer through the keeper against a direct fetch.

One browser, one page, one model server in a process of its own that sends 2,000 chat events a
second, each with the time at which it was sent. The two ways take turns. Per round: how long after
its sending the page had a chunk, and the processor time that the whole browser used (every process
below the one started here, from /proc); what it uses when nothing streams stands beside it. The
clocks are one: timeOrigin places the page's performance.now() on the machine's, to about 0.1 ms
(Firefox: 1 ms).
Needs THALWEG_CHROMIUM and THALWEG_FIREFOX; `make bench-keeper` sets them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import launch_on
from tests.browser.processes import process_of, processor_seconds
from tools.places import ROOT
from tools.serve import Intercept, PageServer

DIRECT, KEPT = "direct fetch", "keeper"
RATE = 2_000  # events a second
SECONDS = 5.0  # of streaming in each round
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Round:
    """One answer: delays in milliseconds, processor time in seconds, chunks that the page got."""

    p50: float
    p99: float
    cpu: float
    chunks: int


def bench_page(origin: str) -> Intercept:
    """Put the benchmark's page in the place of the real one."""
    policy = f"default-src 'self'; connect-src 'self' {origin}"
    index = (
        f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<title>Bench</title><link rel="icon" href="data:,"><script src="bench.js"></script>'
    )
    script = (HERE / "keeper_page.js").read_bytes()
    return {"index.html": index.encode(), "bench.js": script}.get


@contextmanager
def sender() -> Iterator[str]:
    """Run the model server; give its address."""
    command = [sys.executable, "-m", "tests.bench.keeper_sender", str(RATE), str(SECONDS)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def measure(page: Page, root: int, address: str, way: str, number: int) -> Round:
    """Stream one answer one way."""
    headers = {"Content-Type": "application/json"}
    target = f"{address}/v1"
    if way == KEPT:
        headers["X-Keeper-Upstream"] = target
        target = f"keeper/round-{number}"
    before = processor_seconds(root)
    started = time.monotonic()
    delays, chunks = page.evaluate("a => bench.stream(...a)", [target, headers])
    elapsed = time.monotonic() - started
    page.wait_for_timeout(700)  # what is left to be stored
    cpu = processor_seconds(root) - before
    assert len(delays) == RATE * SECONDS
    if way == KEPT:
        page.evaluate("a => fetch(a, { method: 'DELETE' })", target)
    if elapsed > SECONDS * 1.2:
        print(f"(the round took {elapsed:.1f} s: the machine is too busy)", file=sys.stderr)
    delays.sort()
    count = len(delays)
    return Round(delays[count // 2], delays[count * 99 // 100], cpu, chunks)


def run(engine: str, rounds: int) -> tuple[dict[str, list[Round]], float]:
    """Measure both ways in turn, after one round that does not count; also what idling costs."""
    results: dict[str, list[Round]] = {DIRECT: [], KEPT: []}
    with sender() as address, sync_playwright() as playwright:
        server = PageServer(ROOT, intercept=bench_page(address))
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
            context = launch_on(getattr(playwright, engine), profile)
            root = process_of(profile)
            page = context.new_page()
            page.goto(server.address)
            page.evaluate("bench.register()")
            for number in range(rounds + 1):
                ways = (DIRECT, KEPT) if number % 2 else (KEPT, DIRECT)
                for way in ways:
                    result = measure(page, root, address, way, number)
                    if number:
                        results[way].append(result)
            before = processor_seconds(root)
            page.wait_for_timeout(int(SECONDS * 1000))
            idle = processor_seconds(root) - before
            context.close()
        server.close()
    return results, idle


def ranged(values: list[float], digits: int = 2) -> str:
    """Give the median with the range."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def rows(engine: str, results: dict[str, list[Round]], idle: float) -> list[str]:
    """Lay one engine's results out."""
    ways = (DIRECT, KEPT)

    def row(what: str, name: str, bar: str, versus: Any, digits: int = 2) -> str:
        values = {way: [getattr(one, name) for one in results[way]] for way in ways}
        pairs = [versus(k, d) for k, d in zip(values[KEPT], values[DIRECT], strict=True)]
        cells = [ranged(values[way], digits) for way in ways]
        return f"| {engine}: {what} | {cells[0]} | {cells[1]} | {ranged(pairs)} | {bar} |"

    return [
        row("delay p50, ms", "p50", "+ 1 ms", lambda kept, direct: kept - direct),
        row("delay p99, ms", "p99", "+ 16.7 ms", lambda kept, direct: kept - direct),
        row("processor time, s", "cpu", "1.15 ×", lambda kept, direct: kept / direct),
        row("chunks read", "chunks", "", lambda kept, direct: kept / direct, 0),
        f"| {engine}: the same while nothing streams, s | {idle:.2f} | | | |",
    ]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Measure what the keeper costs.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--engines", nargs="+", default=["chromium", "firefox"])
    arguments = parser.parse_args()
    lines = [f"| {RATE:,} events/s | {DIRECT} | {KEPT} | added, or ratio | bar |"]
    lines.append("|---|---|---|---|---|")
    for engine in arguments.engines:
        lines += rows(engine, *run(engine, arguments.rounds))
    load = os.getloadavg()[0]
    print(f"Median of {arguments.rounds} rounds (lowest-highest); load average {load:.1f}, "
          f"{os.cpu_count()} cores.\n")  # fmt: skip
    print("\n".join(lines))


if __name__ == "__main__":
    main()
