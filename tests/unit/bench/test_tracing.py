"""Reading the browser's trace."""

from typing import Any

from tests.bench.render.tracing import main_thread, times_of


def named(tid: int, name: str = "CrRendererMain") -> dict[str, Any]:
    return {"name": "thread_name", "ph": "M", "pid": 1, "tid": tid, "args": {"name": name}}


def event(name: str, ts: int, dur: int, tid: int = 1, tdur: int | None = None) -> dict[str, Any]:
    return {
        "name": name, "ph": "X", "pid": 1, "tid": tid, "ts": ts, "dur": dur,
        "tdur": dur if tdur is None else tdur,
    }  # fmt: skip


def test_what_is_inside_counts_for_itself() -> None:
    told = times_of([
        named(1),
        event("RunTask", 0, 10_000),
        event("FunctionCall", 1_000, 6_000),
        event("Layout", 2_000, 1_000),
        event("Layout", 8_000, 500),
        event("RunTask", 20_000, 2_000),
    ])  # fmt: skip
    assert told["script"] == 5
    assert told["layout"] == 1.5
    assert told["rest"] == 5.5
    assert sum(told.values()) == 12


def test_what_has_no_kind_of_its_own_is_part_of_what_it_is_in() -> None:
    told = times_of([named(1), event("Paint", 0, 4_000), event("Anything", 1_000, 2_000)])
    assert told["paint"] == 4


def test_only_the_threads_own_time_counts() -> None:
    told = times_of([named(1), event("Paint", 0, 4_000, tdur=3_000)])
    assert told["paint"] == 3


def test_the_busiest_page_is_the_one() -> None:
    events = [named(1), named(2), named(3, "Compositor"), event("Layout", 0, 10)]
    events += [event("Layout", 0, 20, tid=2), event("Layout", 0, 90, tid=3)]
    assert main_thread(events) == (1, 2)
    assert times_of(events)["layout"] == 0.02


def test_an_empty_trace_is_no_time() -> None:
    assert set(times_of([]).values()) == {0.0}
