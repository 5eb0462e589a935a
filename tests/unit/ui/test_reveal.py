"""Text that comes in bursts is shown evenly, and never late."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.reveal import Reveal
from tests.unit.ui.scene import Scene

FRAME = 1000 / 60


def play(bursts: list[tuple[int, int]]) -> list[tuple[float, int]]:
    """Let bursts come, each so many frames after the one before; give what is shown when."""
    reveal, now = Reveal(), 0.0
    waiting: list[tuple[float, int]] = []
    shown: list[tuple[float, int]] = []
    for frames, length in [*bursts, (30, 0)]:
        for _ in range(frames):
            now += FRAME
            due = reveal.due(now)
            reveal.shown(due, now)
            shown.append((now, due))
            left = due
            while left:
                at, first = waiting.pop(0)
                assert now - at <= 250, "late"
                if first > left:
                    waiting.insert(0, (at, first - left))
                left -= min(first, left)
        if length:
            reveal.came(length, now)
            waiting.append((now, length))
    assert not waiting
    return shown


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5000)), max_size=40))
def test_all_is_shown_and_nothing_is_late(bursts: list[tuple[int, int]]) -> None:
    shown = play(bursts)
    assert sum(length for _, length in shown) == sum(length for _, length in bursts)


def test_bursts_become_an_even_flow() -> None:
    shown = [length for _, length in play([(6, 60)] * 40)]  # 60 characters ten times a second
    flowing = shown[60:220]
    assert min(flowing) > 0
    assert max(flowing) < 25


@pytest.mark.parametrize("is_calm", [False, True])
def test_an_answer_flows_where_motion_is_welcome(is_calm: bool) -> None:
    scene = Scene(smooth=True)
    scene.ports.is_calm = is_calm
    scene.session.send("Hello?")
    scene.network.last.answer("word " * 40)
    scene.network.last.finish()
    frames = 1
    while scene.frame():
        frames += 1
    assert (frames > 3) is not is_calm
    assert scene.sinks[0].html().count("word") == 40
    assert scene.phases() == ["done"]
