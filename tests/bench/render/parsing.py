"""What the parser alone costs, inside Pyodide in Node (R13): its half is parse_node.mjs."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench.render.corpus import document, tokens
from tools.environment import node
from tools.places import ROOT, VENDOR

FRAME_CHARACTERS = 40  # what comes in a frame of 16.7 ms at 600 tokens/s
SCRIPT = Path(__file__).parent / "parse_node.mjs"


@dataclass(frozen=True, slots=True)
class Parsed:
    """One run: milliseconds per 1,000 tokens, and of the worst of its frames."""

    cost: float
    worst: float


def feed_in_pyodide(pieces: list[str], runs: int) -> list[list[float]]:
    """Return the milliseconds of every feed, for each run, after two runs that warm up.

    Raises:
        AssertionError: Node said why it could not.
    """
    wheels = [str(path) for path in sorted((VENDOR / "wheels").glob("*.whl"))]
    task = {"app": str(ROOT / "app"), "wheels": wheels, "runs": runs, "pieces": pieces}
    done = subprocess.run(
        [node(), str(SCRIPT)], input=json.dumps(task), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    frames: list[list[float]] = json.loads(done.stdout)
    return frames


def parse(size: int, runs: int) -> list[Parsed]:
    """Parse the mixed document a frame's worth at a time.

    Raises:
        AssertionError: Node said why it could not.
    """
    text = document("mixed", size)
    pieces = [text[at : at + FRAME_CHARACTERS] for at in range(0, len(text), FRAME_CHARACTERS)]
    count = len(tokens(text)) / 1000
    frames = feed_in_pyodide(pieces, runs)
    return [Parsed(sum(each) / count, max(each)) for each in frames]
