"""Streams and cuttings for the tests of this room."""

import gc
import json
import time
import tracemalloc
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

# Bytes that mean something to a decoder come far more often than chance would have them.
PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from(
        b"\n|\r|\r\n|\n\n|:| |data|data:|data: |event: |id: |id|retry: |\0|\xef\xbb\xbf|\xef|"
        b'\xf0\x9f|\x8c\x8d|12|[DONE]|{|}|<title>|{"choices":[|]}|"error"'.split(b"|")
    ),
)
NOISE = st.lists(PIECES, max_size=40).map(b"".join)


def chunk(content: object = None, *, finish: object = None, **delta: object) -> dict[str, Any]:
    """Return a completion chunk with one choice."""
    if content is not None:
        delta["content"] = content
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def events(*payloads: object, end: bytes = b"\n\n") -> bytes:
    """Return payloads as an event stream; a string goes as it is."""
    lines = [p if isinstance(p, str) else json.dumps(p) for p in payloads]
    return b"".join(b"data: " + line.encode() + end for line in lines)


def pieces(body: bytes, cuts: Iterable[int]) -> list[bytes]:
    """Return the body cut at the given offsets; those beyond its end give empty pieces."""
    at = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    return [body[start:end] for start, end in pairwise(at)]


# Shorter work than this is not measured but repeated.
LEAST_SECONDS = 0.02

CUTS = st.lists(st.integers(0, 400), max_size=12)


def growth(work: Callable[[int], object], size: int) -> float:
    """Return how many times longer four times the size takes: 4 if linear, 16 if quadratic.

    The best of three tries each, in turn, so that a busy machine slows both alike. Short work is
    repeated, since browsers' clocks are coarse.
    """
    repeats = 1
    while _seconds(work, size, repeats) < LEAST_SECONDS:
        repeats *= 4
    best = {size: float("inf"), 4 * size: float("inf")}
    for _ in range(3):
        for n, shortest in best.items():
            best[n] = min(shortest, _seconds(work, n, repeats))
    return best[4 * size] / best[size]


def most_taken(*steps: Callable[[], object]) -> int:
    """Return the most bytes that any of the steps takes while it runs, given back or not.

    A step that copies all that came before it takes more, the more there is.
    """
    tracemalloc.start()
    most = 0
    for step in steps:
        before, _peak = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        step()
        _now, peak = tracemalloc.get_traced_memory()
        most = max(most, peak - before)
    tracemalloc.stop()
    return most


def _seconds(work: Callable[[int], object], size: int, repeats: int) -> float:
    # The collector looks at the whole heap, which says nothing about the work.
    gc.disable()
    started = time.process_time()
    for _ in range(repeats):
        work(size)
    taken = time.process_time() - started
    gc.enable()
    return taken
