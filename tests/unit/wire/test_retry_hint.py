"""How long to leave a server alone, in all the ways that servers say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire import read_answer
from app.wire.retry_hint import LONGEST_MS, body_wait, header_wait, words_wait

NOW = 1_795_593_600_000.0  # Wed, 25 Nov 2026 08:00:00 GMT


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "20"}, 20_000),
        ({"retry-after": " 1.5 "}, 1_500),
        ({"retry-after": "120, 30"}, 120_000),
        ({"Retry-After": "0"}, 0),
        ({"retry-after-ms": "1500", "Retry-After": "20"}, 1_500),
        ({"Retry-After": "Wed, 25 Nov 2026 08:01:00 GMT"}, 60_000),
        ({"Retry-After": "Wed, 25 Nov 2026 07:00:00 GMT"}, 0),
        ({"Retry-After": "Wednesday, 25-Nov-26 08:00:30 GMT"}, 30_000),
        ({"Retry-After": "99999999999"}, LONGEST_MS),
        *[
            ({"Retry-After": odd}, None)
            for odd in ("", "-1", "soon", "١٢", "1e400", "nan", "25 Nov")
        ],
        ({}, None),
    ],
)
def test_headers(headers: dict[str, str], wait: float | None) -> None:
    assert header_wait(headers, NOW) == wait


@pytest.mark.parametrize(
    ("message", "wait"),
    [
        ("Rate limit reached. Please try again in 20s. Visit …", 20_000),
        ("Please try again in 1.25s.", 1_250),
        ("Please try again in 6m0s.", 360_000),
        ("Please try again in 120ms.", 120),
        ("Please retry after 34 seconds.", 34_000),
        ("Please wait 2 minutes before the next request", 120_000),
        ("Please retry in 45.3s.", 45_300),
        ("Retry in 1h2m3.5s", 3_723_500),
        ("Try again in 1 minute and 30 seconds.", 90_000),
        ("Please wait 1 hour, 2 minutes and 3 seconds", 3_723_000),
        ("Retry after 2 days.", 172_800_000),
        ("Retry after 5 milliseconds", 5),
        ("Retry in 2 dozen years", None),
        ("Try again later.", None),
        ("We tried 3 times in 20 s.", None),
        ("", None),
    ],
)
def test_words(message: str, wait: float | None) -> None:
    assert words_wait(message) == wait


ODD: tuple[object, ...] = (None, True, [], {}, -1, float("inf"), "x")


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        ({"retry_after": 3}, 3_000),
        ({"retry_after_ms": "250"}, 250),
        ({"details": [{"@type": "google.rpc.RetryInfo", "retryDelay": "34.5s"}]}, 34_500),
        *[({"retry_after": odd}, None) for odd in ODD],
        ({"details": [7, {"retryDelay": 3}]}, None),
    ],
)  # fmt: skip
def test_members(error: dict[str, object], wait: float | None) -> None:
    assert body_wait(error, "") == wait


@given(
    st.text(max_size=60),
    st.dictionaries(st.sampled_from(["Retry-After", "retry-after-ms"]), st.text()),
)
def test_nothing_raises(message: str, headers: dict[str, str]) -> None:
    for wait in (words_wait(message), header_wait(headers, NOW)):
        assert wait is None or 0 <= wait <= LONGEST_MS


def test_an_answer_tells_it() -> None:
    body = b'{"error":{"message":"Rate limit. Please try again in 20s.","code":"rate_limit"}}'
    answer = read_answer("openai-chat", 429, {}, [body])
    assert answer.error is not None
    assert answer.error.retry_after == 20_000
