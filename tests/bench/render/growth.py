"""What stays of many answers: elements and memory (R8)."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.render.contestants import Contestant
from tests.bench.render.figures import slope
from tests.bench.render.stage import Opened, Scene, Stage

ANSWERS = 100
EVERY = 10  # answers between two looks
ANSWER = Scene("mixed", 2_000, 4_000)


@dataclass(frozen=True, slots=True)
class Look:
    """The page at one moment: nodes of the document, and bytes of memory after a collection."""

    nodes: float
    memory: float


def look(opened: Opened) -> Look:
    """Look at a page: JavaScript's heap, and the memory of WebAssembly, where Python lives."""
    opened.session.send("HeapProfiler.enable")
    opened.session.send("HeapProfiler.collectGarbage")
    metrics = opened.metrics()
    return Look(metrics["Nodes"], metrics["JSHeapUsedSize"] + opened.run("bench.wasmBytes()"))


def grow(stage: Stage, contestant: Contestant, answers: int = ANSWERS) -> list[Look]:
    """Ask many questions on one page; look before the first and after every tenth."""
    with stage.opened(contestant) as opened:
        looks = [look(opened)]
        for number in range(1, answers + 1):
            stage.answer_quickly(opened, ANSWER)
            if number % EVERY == 0:
                looks.append(look(opened))
        return looks


def growth(looks: list[Look]) -> float:
    """Return how many KB an answer adds, in the steady state: without the first tenth."""
    return slope([each.memory for each in looks[1:]]) / EVERY / 1000
