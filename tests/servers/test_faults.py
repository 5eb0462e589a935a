"""The fault server does exactly what its plans say, as a client on a plain socket sees it."""

from __future__ import annotations

import http.client
import math
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest

from tests.servers.faults import (
    HEARTBEAT,
    Cut,
    Drip,
    Empty,
    FaultServer,
    Play,
    Recording,
    Refuse,
    Stall,
    busy,
    cut_points,
)
from tests.servers.reading import Seen, fetch

pytestmark = pytest.mark.usefixtures("nothing_stays")

BODY = "data: Grüße 🌍\n\ndata: fünf\r\n\r\ndata: end\n\n".encode()
TALE = Recording(BODY)


@pytest.mark.parametrize("at", range(len(BODY) + 1))
def test_a_reset_at_every_byte(at: int) -> None:
    with FaultServer(Play(TALE, Cut(at, "reset"))) as server:
        seen = fetch(server.address)
        server.journal.wait_until_idle()
    assert (seen.body, seen.error) == (BODY[:at], ConnectionResetError)
    [entry] = server.journal
    assert (bytes(entry.sent), entry.ending, entry.status) == (BODY[:at], "reset", 200)


@pytest.mark.parametrize("at", [0, 1, 11, len(BODY)])
def test_a_clean_end_and_a_broken_one(at: int) -> None:
    with FaultServer(Play(TALE, Cut(at, "end")), Play(TALE, Cut(at, "eof"))) as server:
        assert fetch(server.address) == Seen(200, BODY[:at], None)
        assert fetch(server.address) == Seen(200, BODY[:at], http.client.IncompleteRead)
        server.journal.wait_until_idle()
        assert [entry.ending for entry in server.journal] == ["end", "eof"]


def test_a_large_body_is_cut_at_its_byte_although_the_client_is_slow() -> None:
    body = bytes(range(256)) * 20_000
    with FaultServer(Play(Recording(body), Cut(5_000_001, "reset"))) as server:
        seen = fetch(server.address, pause=0.3)
    assert (len(seen.body), seen.error) == (5_000_001, ConnectionResetError)
    assert seen.body == body[:5_000_001]


def test_plans_come_one_after_another_and_the_last_again_and_again() -> None:
    with FaultServer(Refuse(503), Empty(), Play(TALE)) as server:
        seen = [fetch(server.address) for _ in range(4)]
    assert [each.status for each in seen] == [503, 200, 200, 200]
    assert [each.body for each in seen[1:]] == [b"", BODY, BODY]
    assert {each.error for each in seen} == {None}


def test_the_journal_tells_what_was_asked() -> None:
    with FaultServer(Play(TALE)) as server:
        fetch(server.address + "/v1/chat?a=1&b=%20x", "POST", b"question", {"X-Key": "k"})
        fetch(server.address + "/v1/stream?from=7")
        server.journal.wait_until_idle()
        first, second = server.journal
        assert (first.method, first.path, first.query) == (
            "POST",
            "/v1/chat",
            {"a": "1", "b": " x"},
        )
        assert (first.headers["x-key"], first.body) == ("k", b"question")
        assert first.ended is not None
        assert first.began <= first.ended <= second.began
        assert (second.method, second.target, second.body) == ("GET", "/v1/stream?from=7", b"")
        assert server.journal.posts() == [first]
        assert server.journal.entries("GET", "/v1/stream") == [second]


def test_a_stall_holds_the_rest_back_and_sends_no_byte() -> None:
    with FaultServer(Play(TALE, Stall(9, math.inf))) as server:
        connection = request(server.address)
        response = connection.getresponse()
        assert response.read(9) == BODY[:9]
        time.sleep(0.3)
        assert bytes(server.journal[0].sent) == BODY[:9]
        response.close()
        connection.close()
        server.journal.wait_until_idle()
        assert server.journal[0].ending == "left"


def test_a_stall_ends_after_its_time() -> None:
    with FaultServer(Play(TALE, Stall(9, 0.5), Stall(len(BODY), 0.25))) as server:
        began = time.monotonic()
        assert fetch(server.address) == Seen(200, BODY, None)
        assert time.monotonic() - began >= 0.75


def test_heartbeats_come_in_a_stall_and_are_not_counted_as_its_bytes() -> None:
    at = cut_points(BODY).between_events[0]
    plan = Play(TALE, Stall(at, 1.125, heartbeat_every=0.5), Cut(at + 3))
    with FaultServer(plan) as server:
        seen = fetch(server.address)
    assert seen.body == BODY[:at] + 2 * HEARTBEAT + BODY[at : at + 3]
    assert seen.error is ConnectionResetError


def test_a_drip_takes_its_steps() -> None:
    with FaultServer(Play(TALE, Drip(10, 0.05))) as server:
        began = time.monotonic()
        connection = request(server.address)
        response = connection.getresponse()
        steps = []
        while piece := response.read1(1000):
            steps.append(piece)
        connection.close()
        assert time.monotonic() - began >= 0.05 * (len(BODY) // 10)
    assert b"".join(steps) == BODY
    assert [len(step) for step in steps[:-1]] == [10] * (len(steps) - 1)


def test_a_server_that_is_busy_says_until_when() -> None:
    date = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    plans = [busy(429, 2), busy(503, date, is_exposed=True), busy(429)]
    with FaultServer(*plans) as server:
        seconds, later, silent = (fetch(server.address, keep=True) for _ in plans)
    assert (seconds.status, seconds.headers["retry-after"]) == (429, "2")
    assert "access-control-expose-headers" not in seconds.headers
    assert parsedate_to_datetime(later.headers["retry-after"]) == date
    assert later.headers["access-control-expose-headers"] == "Retry-After"
    assert "retry-after" not in silent.headers
    assert all(each.headers["access-control-allow-origin"] == "*" for each in (seconds, later))


def test_a_wrong_content_type() -> None:
    with FaultServer(Play(Recording(b"<html>", "text/html"))) as server:
        assert fetch(server.address, keep=True).headers["content-type"] == "text/html"


def test_a_preflight_is_allowed_and_takes_no_plan() -> None:
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, x-conversation-id",
    }
    with FaultServer(Empty(), Refuse(503)) as server:
        seen = fetch(server.address, "OPTIONS", headers=asked, keep=True)
        assert seen.headers["access-control-allow-headers"] == "authorization, x-conversation-id"
        assert (seen.status, len(server.journal), server.journal.preflights) == (204, 0, 1)
        assert fetch(server.address).status == 200


def test_cut_points() -> None:
    points = cut_points(BODY)
    assert len(points.inside_characters) == 1 + 1 + 3 + 1  # ü, ß, the globe, ü
    for at in points.inside_characters:
        with pytest.raises(UnicodeDecodeError):
            BODY[:at].decode()
    assert [BODY[at - 1 : at + 1] for at in points.inside_line_ends] == [b"\r\n", b"\r\n"]
    assert [BODY[:at].count(b"data:") for at in points.between_events] == [1, 2, 3]
    assert points.between_events[-1] == len(BODY)
    edges = {0, *points.between_events}
    assert set(points.inside_events) == set(range(len(BODY))) - edges


def test_a_fault_that_would_not_come_is_a_mistake() -> None:
    for fault in (Cut(len(BODY) + 1), Cut(-1), Drip(0, 1.0), Stall(3, 1.0, 0.5)):
        with pytest.raises(AssertionError):
            Play(TALE, fault)


def test_closing_ends_what_is_under_way() -> None:
    large = Recording(b"x" * 50_000_000)
    server = FaultServer(Play(TALE, Stall(9, math.inf)), Play(large))
    hanging, unread = request(server.address), request(server.address)
    server.journal.wait(lambda journal: sum(bool(each.sent) for each in journal) == 2)
    server.close()
    assert [entry.ending for entry in server.journal] == ["closed", "closed"]
    response = hanging.getresponse()
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        response.read()
    response.close()
    for connection in (hanging, unread):
        connection.close()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(server.address, timeout=5)
    server.close()


def request(address: str) -> http.client.HTTPConnection:
    url = urlsplit(address)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=60)
    connection.request("GET", "/")
    return connection
