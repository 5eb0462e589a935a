"""The proxy breaks a real llama.cpp's answers; that server's own log says what they should be."""

from __future__ import annotations

import json
import random
import socket
import threading
import time

import pytest

from tests.servers.fault_proxy import FaultProxy, Pass
from tests.servers.faults import Cut, Drip, Empty, FaultServer, Play, Recording, Refuse, Stall
from tests.servers.processes import free_port
from tests.servers.reading import Seen, fetch

pytestmark = pytest.mark.usefixtures("nothing_stays")

CHAT = "/v1/chat/completions"
LOOKUP = "/v1/streams/lookup"
JSON = {"Content-Type": "application/json"}


def question(tokens: int = 40) -> bytes:
    messages = [{"role": "user", "content": "Write two sentences about rivers in French."}]
    asked = {"model": "m", "messages": messages, "stream": True, "temperature": 0}
    return json.dumps({**asked, "max_tokens": tokens}).encode()


def post(address: str, conversation: str, tokens: int = 40) -> Seen:
    headers = {**JSON, "X-Conversation-Id": conversation}
    return fetch(address + CHAT, "POST", question(tokens), headers)


def resume(address: str, conversation: str, start: int) -> Seen:
    return fetch(f"{address}/v1/stream?conv_id={conversation}&from={start}")


def test_everything_passes_as_it_is(llama: str) -> None:
    origin = {"Origin": "http://page.example"}
    asked = {**origin, "Access-Control-Request-Method": "POST"}
    with FaultProxy(llama) as proxy:
        for method, path, headers in (
            ("GET", "/health", origin),
            ("GET", "/nowhere", origin),
            ("HEAD", "/health", origin),
            ("OPTIONS", CHAT, asked),
            ("DELETE", "/v1/stream?conv_id=none", origin),
        ):
            own, passed = (
                fetch(base + path, method, headers=headers, keep=True)
                for base in (llama, proxy.address)
            )
            assert (passed.status, passed.body, passed.error) == (own.status, own.body, None)
            for name in ("content-type", "access-control-allow-origin"):
                assert passed.headers.get(name) == own.headers.get(name)
        assert proxy.journal.preflights == 1
        seen = post(proxy.address, "whole")
        assert (seen.status, seen.error) == (200, None)
        assert seen.body.endswith(b"data: [DONE]\n\n")
        assert seen.body == resume(llama, "whole", 0).body


@pytest.mark.parametrize("how", ["reset", "end", "eof"])
def test_cut_again_and_again_the_answer_goes_on_byte_for_byte(how: str, llama: str) -> None:
    rest = random.Random(5)  # the same places each time
    cuts = [rest.randrange(1, 900) for _ in range(6)]
    conversation = f"again-{how}"
    plans = [Pass(Cut(size, how)) for size in cuts]  # type: ignore[arg-type]
    with FaultProxy(llama, *plans, Pass()) as proxy:
        got = post(proxy.address, conversation, 60).body
        for size in cuts:
            assert len(got) == sum(cuts[: len(proxy.journal)]), size
            got += resume(proxy.address, conversation, len(got)).body
        proxy.journal.wait_until_idle()
        assert [entry.ending for entry in proxy.journal] == [how] * 6 + ["whole"]
        assert [len(entry.sent) for entry in proxy.journal][:6] == cuts
        assert len(proxy.journal.posts()) == 1
        assert all(bytes(entry.received).startswith(entry.sent) for entry in proxy.journal)
    assert got == resume(llama, conversation, 0).body
    assert got.endswith(b"data: [DONE]\n\n")


def test_only_chosen_requests_take_a_plan(llama: str) -> None:
    with FaultProxy(llama, Refuse(503), Empty(), Pass(Cut(5))) as proxy:
        lookup = json.dumps({"conversation_ids": ["chosen"]}).encode()
        assert post(proxy.address, "chosen", 5).status == 503
        assert fetch(proxy.address + "/health").status == 200
        assert fetch(proxy.address + LOOKUP, "POST", lookup, JSON).body == b"[]"
        assert resume(proxy.address, "chosen", 0) == Seen(200, b"", None)
        assert post(proxy.address, "chosen", 5) == Seen(200, b"data:", ConnectionResetError)


def test_faults_other_than_cuts(llama: str) -> None:
    with FaultProxy(llama, Pass(Drip(100, 0.001), Stall(300, 0.1))) as proxy:
        seen = post(proxy.address, "slow", 10)
    assert seen.body == resume(llama, "slow", 0).body


def test_a_drip_counts_its_steps_over_the_pieces_of_the_real_server() -> None:
    with (
        FaultServer(Play(Recording(b"x" * 600), Drip(60, 0.01))) as behind,
        FaultProxy(behind.address, Pass(Drip(200, 0.25))) as proxy,
    ):
        began = time.monotonic()
        assert fetch(proxy.address, "POST").body == b"x" * 600
        assert time.monotonic() - began >= 0.5


def test_reading_on_after_a_cut() -> None:
    body = bytes(range(256)) * 1_000
    with (
        FaultServer(Play(Recording(body), Drip(50_000, 0.01))) as behind,
        FaultProxy(behind.address, Pass(Cut(10)), reads_on=True) as proxy,
    ):
        assert fetch(proxy.address, "POST").body == body[:10]
        [entry] = proxy.journal
        behind.journal.wait_until_idle()
        proxy.journal.wait(lambda _: len(entry.received) == len(body))
        assert bytes(entry.received) == body
        assert behind.journal[0].ending == "whole"


def test_a_client_that_leaves_is_heard_of_behind_the_proxy() -> None:
    with (
        FaultServer(Play(Recording(b"x" * 1_000), Stall(500, 600.0))) as behind,
        FaultProxy(behind.address) as proxy,
    ):
        assert fetch(proxy.address, "POST", most=500).body == b"x" * 500
        behind.journal.wait_until_idle()
        proxy.journal.wait_until_idle()
        assert [behind.journal[0].ending, proxy.journal[0].ending] == ["left", "left"]


def test_a_real_server_that_breaks_or_is_not_there() -> None:
    with (
        FaultServer(Play(Recording(b"x" * 1_000), Cut(7, "eof"))) as behind,
        FaultProxy(behind.address) as proxy,
    ):
        assert fetch(proxy.address, "POST") == Seen(200, b"x" * 7, ConnectionResetError)
        assert proxy.journal[0].ending == "broken"
    with FaultProxy(f"http://127.0.0.1:{free_port()}") as proxy:
        with pytest.raises(ConnectionResetError):
            fetch(proxy.address, "POST")
        assert proxy.journal[0].ending == "unreachable"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"\r\nhello", None),
        (b"Content-Length: 5\r\n\r\nhello", None),
        (b"Content-Length: 9\r\n\r\nhello", ConnectionResetError),
        (b"Transfer-Encoding: chunked\r\n\r\n2;x=1\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", None),
        (b"Transfer-Encoding: chunked\r\n\r\n9\r\nhello", ConnectionResetError),
    ],
)
def test_bodies_in_every_coding(answer: bytes, error: type[Exception] | None) -> None:
    def serve() -> None:
        client, _ = listener.accept()
        with client:
            client.recv(65_536)
            client.sendall(b"HTTP/1.1 200 OK\r\n" + answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        with FaultProxy(f"http://127.0.0.1:{listener.getsockname()[1]}") as proxy:
            assert fetch(proxy.address, "POST") == Seen(200, b"hello", error)
            proxy.journal.wait_until_idle()
            assert proxy.journal[0].ending == ("broken" if error else "whole")
        thread.join()
