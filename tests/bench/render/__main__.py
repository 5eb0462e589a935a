"""`make bench-render`: our page against its peers, on the same bytes in the same browser.

    make bench-render                          # everything, five rounds: about four hours
    make bench-render ONLY="R1 R3" RUNS=7      # these measures
    make bench-render QUICK=1                  # a fifth of the text, one round: does it all work?
    make bench-render ONLY=R1 WHO=Thalweg      # one page alone: did a change help?

The contestants take turns, and every round begins with another one. What a browser spends while
nothing happens is measured in every round and taken off. Results of measures that are not run again
stay; the table and the picture show all there are. A quick run, or one without all contestants,
keeps nothing.
Needs THALWEG_CHROMIUM; `make bench-render` sets it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.bench.render.contestants import CONTESTANTS, OURS, Contestant
from tests.bench.render.growth import ANSWERS, EVERY, grow, growth
from tests.bench.render.measures import (
    GROWTH,
    MEASURES,
    MEMORY,
    NODES,
    PARSE,
    QUICK,
    WORST,
    Part,
    parts_of,
)
from tests.bench.render.parsing import parse
from tests.bench.render.picture import picture
from tests.bench.render.results import Results
from tests.bench.render.stage import Stage, set_stage
from tests.bench.render.table import NAMES, circumstances, table
from tools.places import BUILD

RESULTS = BUILD / "bench-render" / "results.json"
PICTURE = Path(__file__).parents[1] / "pictures" / "render.svg"
IDLE_SECONDS = 3.0
Contestants = tuple[Contestant, ...]
PARSED = 100_000  # bytes


def play(stage: Stage, part: Part, contestants: Contestants, results: Results) -> None:
    """Play a scene once with every contestant, in this order."""
    idle = stage.idle(part.scene, IDLE_SECONDS)
    for contestant in contestants:
        began = time.monotonic()
        try:
            seen = stage.play(contestant, part.scene).without(idle)
        except AssertionError as error:
            print(f"thalweg: {contestant.name}: {error}", file=sys.stderr)
            continue
        for row, read in part.rows:
            results.add(row, contestant.name, [read(seen)])
        spent = ", ".join(f"{kind} {value:.0f}" for kind, value in seen.spent.items())
        print(
            f"thalweg: {part.rows[0][0].measure} {part.scene.document} {contestant.name}: "
            f"{spent} ms, {len(seen.tasks)} long tasks ({time.monotonic() - began:.0f} s)",
            file=sys.stderr, flush=True,
        )  # fmt: skip


def measure_growth(stage: Stage, contestants: Contestants, results: Results, answers: int) -> None:
    """Let every contestant answer many times."""
    for contestant in contestants:
        looks = grow(stage, contestant, answers)
        results.add(NODES, contestant.name, [looks[-1].nodes])
        results.add(MEMORY, contestant.name, [looks[-1].memory / 1e6])
        results.add(GROWTH, contestant.name, [growth(looks)])


def measure(
    results: Results, who: Contestants, only: frozenset[str], runs: int, *, is_quick: bool
) -> None:
    """Measure, round by round."""
    parts = parts_of(only, is_quick=is_quick)
    answers = 2 * EVERY if is_quick else ANSWERS
    if "R13" in only and OURS in who:
        parsed = parse(PARSED // (QUICK if is_quick else 1), runs)
        results.add(PARSE, OURS.name, [each.cost for each in parsed])
        results.add(WORST, OURS.name, [each.worst for each in parsed])
    if not parts and "R8" not in only:
        return
    with set_stage(who) as stage:
        for round_ in range(runs):
            first = round_ % len(who)
            turns = (*who[first:], *who[:first])
            for part in parts:
                play(stage, part, turns, results)
            if "R8" in only:
                measure_growth(stage, turns, results, answers)


def keep(results: Results) -> Results:
    """Put the results with those of before, and draw the picture; give all there are."""
    every = Results.load(RESULTS)
    every.take_over(results)
    every.divide()
    every.save(RESULTS)
    PICTURE.write_text(picture(every))
    return every


def main() -> None:
    """Measure, print the table, draw the picture."""
    parser = argparse.ArgumentParser(prog="make bench-render", description="Measure the rendering.")
    parser.add_argument("--only", default="", help=f"some of: {' '.join(MEASURES)}")
    parser.add_argument("--who", default="", help=f"some of: {' '.join(NAMES)}")
    parser.add_argument("--runs", type=int, default=0)
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    only = frozenset(arguments.only.split()) or frozenset(MEASURES)
    if unknown := only - set(MEASURES):
        parser.error(f"no measure {', '.join(sorted(unknown))}; there are {', '.join(MEASURES)}")
    names = arguments.who.split() or NAMES
    if strangers := set(names) - set(NAMES):
        parser.error(f"no contestant {', '.join(sorted(strangers))}; there are {', '.join(NAMES)}")
    who = tuple(each for each in CONTESTANTS if each.name in names)
    runs = arguments.runs or (1 if arguments.quick else 5)
    results = Results()
    try:
        measure(results, who, only, runs, is_quick=arguments.quick)
    finally:  # what a broken off run has measured so far counts
        results.divide()
        is_kept = who == CONTESTANTS and not arguments.quick
        every = keep(results) if is_kept else results
    print(f"{circumstances(every)}\n")
    print(table(every))


if __name__ == "__main__":
    main()
