import pytest

from app.chat.phases import Phase
from app.chat.turn import Turn
from app.ui.figures import Figures, figures_of, words_of
from app.wire import DIALECTS, Usage


def turn(phase: Phase, **known: object) -> Turn:
    made = Turn(DIALECTS["openai-chat"])
    made.phase = phase
    for name, value in known.items():
        setattr(made, name, value)
    return made


def test_nothing_is_known_before_the_start() -> None:
    assert figures_of(turn(Phase.READY), 5000.0) == Figures(0.0)


def test_while_waiting_only_time_passes() -> None:
    figures = figures_of(turn(Phase.CONNECTING, started_at=1000.0), 3140.0)
    assert words_of(figures) == "2.1 s"


def test_a_rate_over_a_moment_is_not_shown() -> None:
    waiting = turn(Phase.STREAMING, started_at=0.0, first_text_at=1000.0)
    assert words_of(figures_of(waiting, 1400.0)) == "1.4 s"


def test_while_writing_the_rate_is_an_estimate() -> None:
    writing = turn(Phase.STREAMING, started_at=0.0, first_text_at=1000.0)
    writing._showing.shown.text.append("word" * 88)
    assert words_of(figures_of(writing, 2000.0)) == "2.0 s · about 88 tokens/s"


@pytest.mark.parametrize(
    ("rate", "words"),
    [(0.0, "7.0 s"), (0.9, "7.0 s"), (1.0, "7.0 s · about 1 tokens/s")],
)
def test_a_rate_of_almost_nothing_is_not_shown(rate: float, words: str) -> None:
    assert words_of(Figures(7000.0, tokens_per_second=rate)) == words


def test_at_the_end_the_server_has_counted() -> None:
    done = turn(
        Phase.DONE,
        started_at=0.0,
        first_text_at=180.0,
        ended_at=2180.0,
        usage=Usage(12, 184),
    )
    assert words_of(figures_of(done, 99_999.0)) == "184 tokens · first after 0.18 s · 92 tokens/s"


def test_a_server_that_does_not_count_gives_no_rate() -> None:
    done = turn(Phase.DONE, started_at=0.0, first_text_at=180.0, ended_at=2180.0)
    assert words_of(figures_of(done, 99_999.0)) == "2.2 s · first after 0.18 s"


def test_tokens_of_reasoning_make_no_rate() -> None:
    done = turn(
        Phase.DONE,
        started_at=0.0,
        first_text_at=1000.0,
        ended_at=2000.0,
        usage=Usage(None, 500),
    )
    done._showing.shown.reasoning.append("hm")
    assert words_of(figures_of(done, 2000.0)) == "500 tokens · first after 1.00 s"


def test_one_token_is_singular() -> None:
    assert words_of(Figures(10.0, output_tokens=1, is_final=True)) == "1 token"
