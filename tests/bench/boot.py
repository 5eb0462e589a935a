"""`make bench-boot`: how the page starts, against the plain PyScript boot of the same app.

Both come from one server in one browser, in turn, each with an empty cache and once more with a
full one. Per load: first contentful paint, ready (Python has taken the composer over), the longest
task on the main thread, and the bytes that came over the network. The noise is the range over the
rounds. Needs THALWEG_CHROMIUM; `make bench-boot` sets it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright, sync_playwright

from tests.browser.conftest import CHROMIUM_ARGUMENTS, DESKTOP, READY
from tools.places import BUILD, ROOT
from tools.serve import PageServer

OURS, PLAIN = "Thalweg", "plain PyScript"
COLD, WARM = "cold", "warm"
LOADER = "static/start.js"
HOST = "static/vendor/pyscript/core.js"

# Notes every long task from the first on; evaluated before the page's own scripts.
WATCH = """
    window.longTasks = [];
    new PerformanceObserver(list => {
        for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: 'longtask', buffered: true });
"""
# When Python took over, read off a mark that outlives the moment.
MARK = """
    new MutationObserver(() => {
        if (document.documentElement.dataset.state !== 'ready') return;
        window.readyAt ??= performance.now();
    }).observe(document, { attributes: true, subtree: true, attributeFilter: ['data-state'] });
"""
RESULT = """() => [
    performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    window.readyAt,
    Math.max(0, ...window.longTasks),
]"""


@dataclass(frozen=True, slots=True)
class Load:
    """One load of a page: times in milliseconds, bytes over the network."""

    paint: float
    ready: float
    task: float
    bytes: float


def plain(path: str) -> bytes | None:
    """Turn the page into a usual PyScript page: no loader of ours, no snapshot."""
    if path == "index.html":
        index = (ROOT / path).read_text()
        assert LOADER in index
        return index.replace(LOADER, HOST).encode()
    if path == "pyscript.toml":
        settings = (ROOT / path).read_text()
        ours = '"./static/interpreter.js"'
        assert ours in settings
        return settings.replace(ours, '"./static/vendor/pyodide/pyodide.mjs"').encode()
    return None


def load(context: BrowserContext, address: str) -> Load:
    """Open the page in a new tab and measure until it is ready and calm."""
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_selector(READY)
    page.wait_for_timeout(500)  # long tasks are reported late
    paint, ready, task = page.evaluate(RESULT)
    page.close()
    return Load(paint, ready, task, sum(sizes))


def measure(playwright: Playwright, address: str) -> tuple[Load, Load]:
    """Load the page with an empty cache, then again with a full one, in a profile on disk.

    The browser runs already, with one small page open.

    In a private window the browser keeps no large files, so there would be nothing warm.
    """
    with tempfile.TemporaryDirectory() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=os.environ["THALWEG_CHROMIUM"],
            args=CHROMIUM_ARGUMENTS,
            viewport=DESKTOP,
        )
        context.add_init_script(WATCH + MARK)
        # A visitor's browser runs already; what its own start costs is not the page's.
        context.pages[0].goto("data:text/html,<p>Hello</p>")
        context.pages[0].wait_for_timeout(1000)
        results = load(context, address), load(context, address)
        context.close()
    return results


Results = dict[tuple[str, str], list[Load]]


def run(rounds: int) -> Results:
    """Measure both pages in turn, `rounds` times, after one round that does not count."""
    results: Results = {(who, how): [] for who in (OURS, PLAIN) for how in (COLD, WARM)}
    servers = {OURS: PageServer(ROOT), PLAIN: PageServer(ROOT, intercept=plain)}
    with sync_playwright() as playwright:
        for round_ in range(rounds + 1):
            for who, server in servers.items():
                cold, warm = measure(playwright, server.address)
                if round_:
                    results[who, COLD].append(cold)
                    results[who, WARM].append(warm)
    for server in servers.values():
        server.close()
    return results


UNITS = {"paint": "first paint, ms", "ready": "ready, ms", "task": "longest task, ms",
         "bytes": "bytes, MB"}  # fmt: skip


def cell(values: list[float], unit: str) -> str:
    """Give the median with the range."""
    scale = 1e6 if unit.endswith("MB") else 1
    digits = 2 if scale > 1 else 0
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle / scale:.{digits}f} ({low / scale:.{digits}f}-{high / scale:.{digits}f})"


def table(results: Results) -> str:
    """Lay the results out as a Markdown table: median (lowest-highest), and the ratio."""
    lines = [f"| | {OURS} | {PLAIN} | {PLAIN} / {OURS} |", "|---|---|---|---|"]
    for how in (COLD, WARM):
        for field in fields(Load):
            ours = [getattr(one, field.name) for one in results[OURS, how]]
            others = [getattr(one, field.name) for one in results[PLAIN, how]]
            ours_median = statistics.median(ours)
            ratio = f"{statistics.median(others) / ours_median:.1f} ×" if ours_median else "-"
            unit = UNITS[field.name]
            lines.append(f"| {how}: {unit} | {cell(ours, unit)} | {cell(others, unit)} | {ratio} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table, keep the raw numbers."""
    parser = argparse.ArgumentParser(description="Measure how the page starts.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    results = run(rounds)
    raw = {f"{who}, {how}": [asdict(one) for one in loads] for (who, how), loads in results.items()}
    Path(BUILD / "bench-boot.json").write_text(json.dumps(raw, indent=1))
    load_average = os.getloadavg()[0]
    print(f"Median of {rounds} rounds (lowest-highest); load average {load_average:.1f}, "
          f"{os.cpu_count()} cores.\n")  # fmt: skip
    print(table(results))


if __name__ == "__main__":
    main()
