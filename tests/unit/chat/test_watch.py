"""How long a connection may be silent, learnt from how it was before."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.patience import Stall
from app.chat.watch import BEAT_MS, GRACE_MS, HIDDEN_BEAT_MS, Watch

STALL = Stall(first_byte=100_000, heartbeat=40_000, silence=110_000, probe=1_500)
PING = b": ping\n\n"
NOW = 1_000_000.0


def opened(now: float = NOW) -> Watch:
    watch = Watch(STALL)
    watch.opened(now)
    return watch


def test_before_the_first_byte_a_server_may_read_the_question() -> None:
    watch = opened()
    assert (watch.limit, watch.is_sure) == (100_000, False)
    assert watch.silence(NOW + 7) == 7


def test_without_signs_of_life_silence_proves_nothing() -> None:
    watch = opened()
    watch.heard(b"data: 1\n\n", NOW + 1000, says_nothing=False)
    assert (watch.limit, watch.is_sure) == (110_000, False)
    assert watch.silence(NOW + 3000) == 2000


ANTHROPIC = b'event: ping\ndata: {"type": "ping"}\n\n'


@pytest.mark.parametrize(
    "ping", [PING, b":\n\n", b": a\r\n\r\n", b":\r\r", b"\n\n", b"\r\n\r\n", ANTHROPIC]
)
def test_with_signs_of_life_their_absence_tells(ping: bytes) -> None:
    watch = opened()
    watch.heard(ping, NOW + 1000, says_nothing=True)
    assert (watch.limit, watch.is_sure) == (40_000, True)


@pytest.mark.parametrize(
    "data",
    [
        b'data: {"choices"',
        b": half a com",
        b"",
        b'data: {"choices":[],"id":"","prompt_filter_results":[]}\n\n',
        b'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n',
    ],
)
def test_what_is_said_once_or_by_half_is_no_sign_of_life(data: bytes) -> None:
    watch = opened()
    watch.heard(data, NOW + 1000, says_nothing=True)
    assert (watch.limit, watch.is_sure) == (110_000, False)


@given(gaps=st.lists(st.floats(0, 200_000), min_size=1, max_size=8))
def test_three_times_the_longest_pause_is_allowed(gaps: list[float]) -> None:
    watch = opened()
    now = NOW + 90_000  # the wait for the first byte is no pause
    watch.heard(PING, now, says_nothing=True)
    times = [now]
    for gap in gaps:
        times.append(times[-1] + gap)
        watch.heard(PING, times[-1], says_nothing=True)
    # A longer one was a sleep.
    longest = max(min(end - start, 110_000) for start, end in pairwise(times))
    assert watch.limit == max(40_000, 3 * longest)


def test_what_was_learnt_outlives_the_connection() -> None:
    watch = opened()
    watch.heard(PING, NOW, says_nothing=True)
    watch.heard(PING, NOW + 30_000, says_nothing=True)
    watch.opened(NOW + 50_000)
    # But its own first byte may take as long as any.
    assert (watch.limit, watch.is_sure) == (100_000, False)
    watch.heard(b"data: 1\n\n", NOW + 51_000, says_nothing=False)
    assert (watch.limit, watch.is_sure) == (90_000, True)


def test_a_new_connection_has_no_past_silence() -> None:
    watch = opened()
    watch.has_warned = True
    watch.probe(NOW + 5000)
    watch.opened(NOW + 6000)
    assert (watch.silence(NOW + 6000), watch.has_warned, watch.probe_until) == (0, False, None)


def test_bytes_end_a_doubt_and_a_warning() -> None:
    watch = opened()
    watch.has_warned = True
    watch.probe(NOW + 5000)
    watch.heard(b"d", NOW + 5100, says_nothing=True)
    assert (watch.has_warned, watch.probe_until) == (False, None)


def test_a_sleep_is_no_pause_of_the_server() -> None:
    watch = opened()
    watch.heard(PING, NOW, says_nothing=True)
    watch.slept(NOW + 3_600_000)
    assert watch.silence(NOW + 3_600_000) == 0
    assert watch.probe_until == NOW + 3_601_500
    watch.heard(PING, NOW + 3_600_010, says_nothing=True)
    assert watch.limit == 40_000
    # Nor is the time for which a page that came back was away.
    watch.probe(NOW + 7_200_000)
    watch.heard(PING, NOW + 7_200_010, says_nothing=True)
    assert watch.limit == 40_000


def test_a_second_look_does_not_put_a_probe_off() -> None:
    watch = opened()
    watch.probe(NOW + 5000)
    watch.probe(NOW + 6000)
    assert watch.probe_until == NOW + 6500


def test_who_comes_back_doubts_what_was_silent_for_unusually_long() -> None:
    watch = opened()
    watch.heard(PING, NOW, says_nothing=True)
    assert not watch.is_doubtful(NOW + GRACE_MS)
    assert watch.is_doubtful(NOW + GRACE_MS + 1)
    watch.heard(PING, NOW + 10_000, says_nothing=True)
    assert not watch.is_doubtful(NOW + 30_000)
    assert watch.is_doubtful(NOW + 30_001)


def test_a_hidden_page_is_woken_as_browsers_do_it() -> None:
    assert (opened().beat, BEAT_MS, HIDDEN_BEAT_MS) == (BEAT_MS, 5000, 60_000)
