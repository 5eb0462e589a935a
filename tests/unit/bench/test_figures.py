"""The benchmark's arithmetic."""

import pytest

from tests.bench.render.feeding import Fed
from tests.bench.render.figures import blocking, percentile, plain, ratios, slope
from tests.bench.render.growth import Look, growth
from tests.bench.render.measures import (
    MEASURES,
    PARSE,
    PARTS,
    QUOTIENTS,
    WORST,
    Bar,
    Row,
    parts_of,
)
from tests.bench.render.results import Results
from tests.bench.render.stage import KINDS, Scene, Seen, delays_of, interactions_of
from tests.bench.render.table import cell, circumstances, is_met, judged, rows, table


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(each) for each in range(100, 0, -1)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.95) == 95
    assert percentile(values, 1) == 100
    assert percentile([3.0], 0.99) == 3
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_only_what_a_task_has_above_50_ms_blocks() -> None:
    assert blocking([50, 51, 80]) == 31
    assert blocking([]) == 0


def test_a_slope_is_the_growth_from_one_to_the_next() -> None:
    assert slope([1, 3, 5, 7]) == pytest.approx(2)
    assert slope([1]) == 0


def test_growth_leaves_the_beginning_out() -> None:
    looks = [Look(0, 0), *(Look(0, 1e6 + 50_000 * number) for number in range(10))]
    assert growth(looks) == pytest.approx(5)  # KB an answer, ten answers apart


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (0.123, "0.12"), (12.34, "12.3"), (1234.5, "1,234")]
)
def test_numbers_have_about_three_figures(value: float, words: str) -> None:
    assert plain(value) == words


def test_ratios_leave_out_what_is_over_nothing() -> None:
    assert ratios([1, 2, 3], [2, 0, 1]) == [0.5, 3]


def test_a_delay_lasts_until_a_later_word_is_painted() -> None:
    sent = {0: 100.0, 1: 110.0, 2: 120.0, 3: 130.0}
    assert delays_of(sent, [(1, 116.0), (2, 133.0)]) == [16, 6, 13]


def test_interactions_that_no_browser_reports_were_short() -> None:
    assert interactions_of([40.0], 3) == [40, 16, 16]
    assert interactions_of([40.0, 24.0], 1) == [40, 24]


def seen(busy: float, elapsed: float) -> Seen:
    spent = dict.fromkeys(KINDS, 0.0) | {"busy": busy}
    return Seen(Fed(elapsed / 1000, 500, {}), elapsed, spent, 2 * busy, [])


def test_idling_is_taken_off_by_the_second() -> None:
    net = seen(1000, 10_000).without(seen(20, 2_000))
    assert net.spent["busy"] == pytest.approx(900)
    assert net.processor == pytest.approx(1800)
    assert net.cost == pytest.approx(1800)


def test_a_faster_server_puts_more_tokens_into_an_event() -> None:
    assert [Scene("mixed", 1, rate).batch for rate in (50, 100, 101, 2000)] == [1, 1, 2, 20]


def test_bars_are_judged_by_medians() -> None:
    values = {"Thalweg": [1.0, 9.0, 4.0], "deep-chat": [10.0, 10.0, 1.0]}
    assert is_met(Bar(4), values)
    assert not is_met(Bar(3.9), values)
    assert is_met(Bar(0.4, "deep-chat"), values)
    assert not is_met(Bar(0.3, "deep-chat"), values)
    assert is_met(Bar(1, "streamdown"), values) is None
    assert judged([Bar(3), Bar(1, "streamdown")], values) == "≤ 3: **missed**; ≤ 1 × streamdown: -"


def test_a_cell_has_the_noise_and_the_ratio() -> None:
    values = {"Thalweg": [1.0, 2.0, 3.0], "deep-chat": [10.0, 20.0, 20.0]}
    assert cell(values, "Thalweg") == "**2.00 (1.00-3.00)**"
    assert cell(values, "deep-chat") == "20.0 (10.0-20.0) · 0.10 ×"
    assert cell(values, "streamdown") == "-"


def test_the_rounds_are_counted_where_they_differ() -> None:
    results = Results()
    assert circumstances(results).startswith("Medians of 0 rounds")
    results.add(PARSE, "Thalweg", [1, 2, 3])
    assert circumstances(results).startswith("Medians of 3 rounds")
    results.add(WORST, "Thalweg", [1])
    assert circumstances(results).startswith("Medians of 1 to 3 rounds")


def test_every_row_is_told_by_its_words() -> None:
    words = [row.what for row in rows()]
    assert len(set(words)) == len(words)
    assert {row.measure for row in rows()} == set(MEASURES)


def test_only_what_is_asked_for_is_played() -> None:
    [part] = parts_of(frozenset({"R2"}), is_quick=False)
    assert {row.measure for row, _ in part.rows} == {"R2"}
    everything = parts_of(frozenset(MEASURES), is_quick=True)
    assert len(everything) == len(PARTS)
    assert everything[0].scene.size == PARTS[0].scene.size // 5


def test_results_keep_what_is_not_measured_again() -> None:
    quotient = QUOTIENTS[0]
    older, newer = Results(), Results()
    older.add(Row("R4", quotient.over), "Thalweg", [8.0])
    older.add(Row("R4", quotient.under), "Thalweg", [4.0])
    newer.add(Row("R4", quotient.under), "Thalweg", [2.0])
    older.take_over(newer)
    older.divide()
    assert older.entries[quotient.row.what].values == {"Thalweg": [4.0]}
    older.divide()
    assert older.entries[quotient.row.what].values == {"Thalweg": [4.0]}
    assert quotient.row.what in table(older)
