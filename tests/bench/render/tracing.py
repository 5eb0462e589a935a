"""Where the main thread's time goes, by the browser's own trace: script, style, layout, paint.

The kinds that CDP counts by itself leave out script that runs in microtasks, which is where most of
a streaming page runs. A trace costs time of its own, so it has a scene of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from playwright.sync_api import CDPSession

CATEGORIES: Final = (
    "devtools.timeline", "disabled-by-default-devtools.timeline", "v8", "blink.user_timing",
    "toplevel", "__metadata",
)  # fmt: skip
NAMES: Final = {
    "script": {
        "FunctionCall", "EvaluateScript", "RunMicrotasks", "FireAnimationFrame", "TimerFire",
        "EventDispatch", "v8.callFunction", "v8.run", "V8.RunMicrotasks", "v8.evaluateModule",
        "FireIdleCallback", "V8.Execute",
    },
    "style": {"UpdateLayoutTree", "RecalcStyle", "ScheduleStyleRecalculation"},
    "layout": {"Layout", "IntersectionObserverController::computeIntersections"},
    "paint": {
        "PrePaint", "Paint", "Layerize", "Commit", "UpdateLayer", "CompositeLayers", "PaintImage",
        "RasterTask", "UpdateLayerTree",
    },
    "collection": {"MinorGC", "MajorGC"},
}  # fmt: skip
KIND_OF: Final = {name: kind for kind, names in NAMES.items() for name in names}
REST: Final = "rest"
TRACED: Final = (*NAMES, REST)


class Trace:
    """A running trace of one page's process; `end` gives what it saw."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self._events: list[dict[str, Any]] = []
        self._is_complete = False
        session.on("Tracing.dataCollected", lambda told: self._events.extend(told["value"]))
        session.on("Tracing.tracingComplete", lambda _: self._complete())
        config = {"includedCategories": [*CATEGORIES], "excludedCategories": ["*"]}
        session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})

    def end(self, wait: Callable[[float], None]) -> dict[str, float]:
        """End it; give the milliseconds of every kind.

        Args:
            wait: lets the driver hear of events, for some milliseconds.
        """
        self._session.send("Tracing.end")
        while not self._is_complete:
            wait(50)
        return times_of(self._events)

    def _complete(self) -> None:
        self._is_complete = True


def main_thread(events: Iterable[Mapping[str, Any]]) -> tuple[int, int] | None:
    """Return process and thread of the busiest page in a trace."""
    named = {
        (each["pid"], each["tid"])
        for each in events
        if each.get("name") == "thread_name" and each["args"]["name"] == "CrRendererMain"
    }
    spent = dict.fromkeys(named, 0)
    for each in events:
        place = (each["pid"], each["tid"])
        if place in spent and each.get("name") in KIND_OF:
            spent[place] += each.get("tdur", each.get("dur", 0))
    return max(spent, key=lambda place: spent[place], default=None)


def times_of(events: list[dict[str, Any]]) -> dict[str, float]:
    """Return how long the main thread spent on each kind, in milliseconds of its processor time.

    What an event spends in events inside it is theirs; what has no kind of its own counts as what
    it is part of.
    """
    place = main_thread(events)
    spent = dict.fromkeys(TRACED, 0.0)
    mine = [
        each
        for each in events
        if (each["pid"], each["tid"]) == place and each.get("ph") == "X" and "dur" in each
    ]
    mine.sort(key=lambda each: (each["ts"], -each["dur"]))
    stack: list[tuple[float, str]] = []  # when it ends, its kind
    for each in mine:
        while stack and stack[-1][0] <= each["ts"]:
            stack.pop()
        outer = stack[-1][1] if stack else ""
        kind = KIND_OF.get(each["name"], outer or REST)
        length = each.get("tdur", each["dur"]) / 1000
        spent[kind] += length
        if outer:
            spent[outer] -= length
        stack.append((each["ts"] + each["dur"], kind))
    return spent
