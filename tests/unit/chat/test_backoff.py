"""When it is tried again: by chance, within a bound, and never before the server's own word."""

from collections.abc import Callable
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.chat.backoff import SLACK_MS, Backoff
from app.chat.patience import Retry

retries = st.builds(
    Retry,
    max_retries=st.integers(0, 20),
    retry_delay=st.integers(0, 3_600_000),
    max_delay=st.integers(0, 3_600_000),
)
chances = st.floats(0, 1, exclude_max=True)


def always(value: float) -> Callable[[], float]:
    return lambda: value


@given(retry=retries, chance=chances, failures=st.integers(0, 40))
def test_full_jitter(retry: Retry, chance: float, failures: int) -> None:
    backoff = Backoff(retry, always(chance))
    for _ in range(failures):
        backoff.next_delay()
    bound = min(retry.retry_delay * 2**failures, retry.max_delay)
    delay = backoff.next_delay()
    assert delay == bound * chance
    assert 0 <= delay <= bound


def test_the_bound_doubles_up_to_its_cap() -> None:
    backoff = Backoff(Retry(), always(0.5))
    assert [backoff.next_delay() for _ in range(7)] == [
        *(500, 1000, 2000, 4000, 8000, 15_000, 15_000)
    ]


def test_each_wait_has_its_own_chance() -> None:
    backoff = Backoff(Retry(retry_delay=1000, max_delay=1000), Random(1).random)
    delays = [backoff.next_delay() for _ in range(400)]
    assert len({*delays}) == 400
    # From nothing to the whole bound, not around its middle.
    assert min(delays) < 50
    assert max(delays) > 950


@given(
    retry=retries, chance=chances, failures=st.integers(0, 20), named=st.floats(0, 24 * 3_600_000)
)
def test_a_named_wait_is_never_undercut(
    retry: Retry, chance: float, failures: int, named: float
) -> None:
    backoff = Backoff(retry, always(chance))
    for _ in range(failures):
        backoff.next_delay()
    assert backoff.next_delay(named) >= named


def test_a_named_wait_above_the_cap_is_waited() -> None:
    backoff = Backoff(Retry(max_delay=30_000), always(0.99))
    assert backoff.next_delay(300_000.0) == 300_000 + SLACK_MS


def test_a_named_wait_of_nothing_leaves_the_jitter() -> None:
    assert Backoff(Retry(), always(0.5)).next_delay(0.0) == 500


@given(retry=retries, named=st.none() | st.floats(0, 1000))
def test_the_budget_counts_failures_since_the_last_progress(
    retry: Retry, named: float | None
) -> None:
    backoff = Backoff(retry, always(0.5))
    for _ in range(2):
        tries = 0
        while not backoff.is_spent:
            backoff.next_delay(named)
            tries += 1
        assert tries == retry.max_retries
        backoff.reset()


def test_after_progress_the_waits_begin_small_again() -> None:
    backoff = Backoff(Retry(), always(0.5))
    for _ in range(4):
        backoff.next_delay()
    backoff.reset()
    assert backoff.next_delay() == 500
