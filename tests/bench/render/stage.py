"""The stage: one browser in which the contestants answer in turn, and what is seen of it.

What the main thread spends is counted between the moment before the answer's first byte and the
moment at which all of it is on the page and the page has come to rest; it is the thread's processor
time, so that other work on the machine does not count. Gaps, delays and long tasks are the clock's.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from tests.bench.render.contestants import IDLE, Contestant, served
from tests.bench.render.corpus import END
from tests.bench.render.feeding import Fed, Feeding
from tests.bench.render.tracing import Trace
from tests.browser.conftest import CHROMIUM_ARGUMENTS, DESKTOP

PROBE: Final = (Path(__file__).parent / "probe.js").read_text()
SETTLE: Final = 0.5  # seconds of rest before the answer begins
CALM: Final = 0.02  # of the main thread's time, below which a page is at rest
REST: Final = 0.25  # seconds over which that is looked at
PATIENCE: Final = 240.0  # seconds; a page that has not shown its answer then never will
BETWEEN: Final = 0.12  # seconds between two things that the person does

# CDP's names of what a main thread does.
KINDS: Final = {
    "busy": "TaskDuration", "script": "ScriptDuration", "style": "RecalcStyleDuration",
    "layout": "LayoutDuration",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """What is played.

    Attributes:
        document: of the corpus.
        size: of it, in bytes.
        rate: tokens a second.
        events: a second, at most: servers that are faster put several tokens into one.
        slowdown: how many times slower the processor is made.
        frames: whether the gaps between animation frames are noted.
        paints: whether it is noted when a stamped word is painted.
        person: whether someone types and clicks in the composer meanwhile.
        traced: whether the browser's own trace tells where the time went.
    """

    document: str
    size: int
    rate: float
    events: float = 100
    slowdown: float = 1
    frames: bool = False
    paints: bool = False
    person: bool = False
    traced: bool = False

    @property
    def batch(self) -> int:
        """How many tokens an event holds."""
        return math.ceil(self.rate / self.events)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one answer; times in milliseconds.

    Attributes:
        fed: how it was sent.
        elapsed: until the page was at rest again.
        spent: the main thread's time, by kind (see KINDS).
        processor: all processes of the browser.
        tasks: the long ones, above 50 ms.
        gaps: between animation frames.
        delays: from the sending of a stamped word to its paint.
        interactions: how long the page took to show each; those below 16 ms count as 16.
        traced: the main thread's time, by kind, as the trace has it (see tracing.TRACED).
    """

    fed: Fed
    elapsed: float
    spent: dict[str, float]
    processor: float
    tasks: list[float]
    gaps: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    interactions: list[float] = field(default_factory=list)
    traced: dict[str, float] = field(default_factory=dict)

    def without(self, idle: Seen) -> Seen:
        """Take off what the browser spends in the same time while nothing happens."""
        share = self.elapsed / idle.elapsed
        spent = {kind: self.spent[kind] - idle.spent[kind] * share for kind in KINDS}
        return replace(self, spent=spent, processor=self.processor - idle.processor * share)

    @property
    def cost(self) -> float:
        """What 1,000 tokens cost the main thread."""
        return self.spent["busy"] / self.fed.tokens * 1000


class Opened:
    """A contestant's page in a context of its own."""

    def __init__(self, context: BrowserContext, page: Page, contestant: Contestant) -> None:
        self.page = page
        self.session: CDPSession = context.new_cdp_session(page)
        self.contestant = contestant
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.run(f"bench.root = () => {contestant.root}")
        self.run(f"bench.tree = () => {contestant.tree}")

    def run(self, expression: str) -> Any:
        """Evaluate JavaScript past the page's policy; give the value."""
        wanted = {"expression": expression, "returnByValue": True}
        answer = self.session.send("Runtime.evaluate", wanted)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def metrics(self) -> dict[str, float]:
        """Give what CDP counts, by its own names (times in seconds)."""
        answer = self.session.send("Performance.getMetrics")
        return {each["name"]: each["value"] for each in answer["metrics"]}

    def slow_down(self, times: float) -> None:
        """Make the page's processor slower from now on."""
        self.session.send("Emulation.setCPUThrottlingRate", {"rate": times})

    def wait_until_shown(self) -> None:
        """Wait until the whole answer is on the page.

        Raises:
            AssertionError: it never is.
        """
        give_up = time.monotonic() + PATIENCE
        while not self.run(f"bench.holds({END!r})"):
            assert time.monotonic() < give_up, f"{self.contestant.name} did not show the answer"
            time.sleep(0.1)

    def wait_until_calm(self) -> dict[str, float]:
        """Wait until the main thread rests; give the metrics of that moment."""
        give_up = time.monotonic() + 10
        before = self.metrics()
        while True:
            time.sleep(REST)
            now = self.metrics()
            spent = now["TaskDuration"] - before["TaskDuration"]
            if spent < CALM or time.monotonic() > give_up:
                return now
            before = now


class Stage:
    """A browser, the feeder and the contestants' pages; made by `set_stage`."""

    def __init__(self, browser: Browser, feeding: Feeding, addresses: dict[str, str]) -> None:
        self._browser = browser
        self._feeding = feeding
        self._addresses = addresses
        self._whole = browser.new_browser_cdp_session()

    @contextmanager
    def opened(self, contestant: Contestant) -> Iterator[Opened]:
        """Open a contestant's page, and close it at the end."""
        context = self._browser.new_context(viewport=DESKTOP)
        context.set_default_timeout(60_000)
        context.add_init_script(PROBE)
        page = context.new_page()
        page.goto(self._addresses[contestant.name])
        page.wait_for_selector(contestant.ready)
        try:
            yield Opened(context, page, contestant)
        finally:
            context.close()

    def play(self, contestant: Contestant, scene: Scene) -> Seen:
        """Let a contestant answer once, in a fresh page."""
        with self.opened(contestant) as opened:
            return self.answer(opened, scene)

    def answer(self, opened: Opened, scene: Scene) -> Seen:
        """Let an open page answer."""
        self._feeding.order(scene.document, scene.size, scene.rate, scene.batch)
        opened.contestant.ask(opened.page)
        self._feeding.wait_until_asked()
        opened.slow_down(scene.slowdown)
        opened.run(
            f"bench.start({{ frames: {str(scene.frames).lower()}, paints: "
            f"{str(scene.paints).lower()}, interactions: {str(scene.person).lower()} }})"
        )
        time.sleep(SETTLE)
        trace = Trace(opened.session) if scene.traced else None
        processor = self.processor()
        before = opened.metrics()
        began = time.monotonic()
        self._feeding.go()
        acts = self._act(opened) if scene.person else 0
        fed = self._feeding.ended()
        opened.wait_until_shown()
        after = opened.wait_until_calm()
        elapsed = (time.monotonic() - began) * 1000
        processor = self.processor() - processor
        seen = opened.run("bench.seen()")
        traced = trace.end(opened.page.wait_for_timeout) if trace else {}
        opened.slow_down(1)
        return Seen(
            fed,
            elapsed,
            {kind: (after[name] - before[name]) * 1000 for kind, name in KINDS.items()},
            processor,
            seen["tasks"],
            seen["gaps"],
            delays_of(fed.stamps, seen["painted"]),
            interactions_of(seen["interactions"], acts),
            traced,
        )

    def answer_quickly(self, opened: Opened, scene: Scene) -> None:
        """Let an open page answer, and see nothing but that it did."""
        self._feeding.order(scene.document, scene.size, scene.rate, scene.batch)
        opened.contestant.ask(opened.page)
        self._feeding.wait_until_asked()
        self._feeding.go()
        self._feeding.ended()
        opened.wait_until_shown()

    def idle(self, scene: Scene, seconds: float) -> Seen:
        """See what a page costs on which nothing happens, watched in the same way."""
        with self.opened(IDLE) as opened:
            opened.slow_down(scene.slowdown)
            opened.run(f"bench.start({{ frames: {str(scene.frames or scene.paints).lower()} }})")
            time.sleep(SETTLE)
            processor, before = self.processor(), opened.metrics()
            time.sleep(seconds)
            after = opened.metrics()
            spent = {kind: (after[name] - before[name]) * 1000 for kind, name in KINDS.items()}
            processor = self.processor() - processor
            return Seen(Fed(seconds, 0, {}), seconds * 1000, spent, processor, [])

    def processor(self) -> float:
        """Return the processor time of all the browser's processes so far, in milliseconds."""
        told = self._whole.send("SystemInfo.getProcessInfo")
        return sum((float(each["cpuTime"]) for each in told["processInfo"]), 0.0) * 1000

    def _act(self, opened: Opened) -> int:
        """Type and click in the composer until the answer is sent; count the interactions."""
        box = opened.page.locator(opened.contestant.field).bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 2
        acts = 0
        while not self._feeding.has_ended:
            acts += 1
            if acts % 4:
                opened.page.keyboard.press("a")
            else:
                opened.page.mouse.click(x, y)
            time.sleep(BETWEEN)
        return acts


def delays_of(sent: dict[int, float], painted: list[tuple[int, float]]) -> list[float]:
    """Return how long after its sending each stamped word was on the screen.

    Args:
        sent: when each number went out.
        painted: the newest number on the screen, and when, in order of time.
    """
    delays: list[float] = []
    waiting = iter(sorted(sent))
    number = next(waiting, None)
    for newest, at in painted:
        while number is not None and number <= newest:
            delays.append(at - sent[number])
            number = next(waiting, None)
    return delays


def interactions_of(reported: list[float], count: int) -> list[float]:
    """Return how long each interaction took; browsers report none below 16 ms."""
    return [*reported, *[16.0] * max(0, count - len(reported))]


@contextmanager
def set_stage(contestants: tuple[Contestant, ...]) -> Iterator[Stage]:
    """Start the browser and everything around it. Needs THALWEG_CHROMIUM."""
    feeding = Feeding()
    try:
        with served((*contestants, IDLE), feeding.address) as addresses, sync_playwright() as p:
            browser = p.chromium.launch(
                executable_path=os.environ["THALWEG_CHROMIUM"], args=CHROMIUM_ARGUMENTS
            )
            yield Stage(browser, feeding, addresses)
            browser.close()
    finally:
        feeding.close()
