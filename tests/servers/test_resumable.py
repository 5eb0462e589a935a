"""The servers that resume: each goes on exactly where it was left, and says so when it cannot.

What the byte log does is held against llama.cpp's server, which it stands in for.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator

import pytest

from app.wire import Answer, read_answer
from tests.servers.fault_proxy import Pass, Passage
from tests.servers.faults import Cut, Empty, Refuse
from tests.servers.reading import Seen, fetch
from tests.servers.resumable import (
    AiSdkServer,
    ByteLogServer,
    LastEventIdServer,
    ResponsesServer,
)
from tests.servers.telling import ai_sdk_events, chat_events

pytestmark = pytest.mark.usefixtures("nothing_stays")

TEXTS = ["Die Flüsse", " fließen 🌍", " ins", " Meer", "."]
TEXT = "".join(TEXTS)
EVENTS = chat_events(TEXTS)
BODY = b"".join(EVENTS)
PACE = 0.02
JSON = {"Content-Type": "application/json"}
names = map("conversation-{}".format, itertools.count())


def post(url: str, body: object, most: int | None = None, **headers: str) -> Seen:
    sent = {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return fetch(url, "POST", json.dumps(body).encode(), sent, most=most)


def answer_of(protocol: str, body: bytes) -> Answer:
    return read_answer(protocol, 200, {"content-type": "text/event-stream"}, [body])


@pytest.fixture(params=["llama.cpp", "ours"])
def byte_log(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server that resumes at bytes: the real one and ours."""
    if request.param == "llama.cpp":
        yield request.getfixturevalue("llama")
        return
    with ByteLogServer(EVENTS, pace=0.005) as server:
        yield server.address


def ask(address: str, name: str, most: int | None = None) -> Seen:
    said = [{"role": "user", "content": "Write two sentences about rivers."}]
    body = {"model": "m", "messages": said, "stream": True, "max_tokens": 30, "temperature": 0}
    return post(f"{address}/v1/chat/completions", body, most, X_Conversation_Id=name)


def resume(address: str, name: str, start: int, method: str = "GET") -> Seen:
    return fetch(f"{address}/v1/stream?conv_id={name}&from={start}", method)


def test_a_byte_log_goes_on_at_any_byte(byte_log: str) -> None:
    name = next(names)
    whole = ask(byte_log, name)
    assert whole.error is None
    for start in (0, 1, 7, 30, len(whole.body) - 1, len(whole.body), len(whole.body) + 9):
        assert resume(byte_log, name, start) == Seen(200, whole.body[start:], None)
    found = post(f"{byte_log}/v1/streams/lookup", {"conversation_ids": [name, "none"]})
    [row] = json.loads(found.body)
    known = {"conversation_id": name, "is_done": True, "total_bytes": len(whole.body)}
    assert {key: row[key] for key in known} == known


def test_a_byte_log_goes_on_while_nobody_is_connected(byte_log: str) -> None:
    name = next(names)
    first = ask(byte_log, name, most=50)
    rest = resume(byte_log, name, 50)
    assert first.body + rest.body == resume(byte_log, name, 0).body
    assert answer_of("openai-chat", first.body + rest.body).outcome == "complete"


def test_a_byte_log_that_is_gone_says_so(byte_log: str) -> None:
    name = next(names)
    assert resume(byte_log, name, 0).status == 404
    ask(byte_log, name)
    assert resume(byte_log, name, 0, "DELETE").status == 204
    assert resume(byte_log, name, 0).status == 404
    assert resume(byte_log, name, 0, "DELETE").status == 204


def test_bytes_that_were_lost() -> None:
    with ByteLogServer(EVENTS, lost=20) as server:
        ask(server.address, "C")
        lost = resume(server.address, "C", 19)
        assert (lost.status, b"Stream offset lost" in lost.body) == (400, True)
        assert resume(server.address, "C", 20).body == BODY[20:]


def test_the_log_says_what_was_produced_and_plans_break_what_is_sent() -> None:
    plans: list[Passage] = [Pass(Cut(30)), Refuse(503), Empty(), Pass(Cut(25, "end")), Pass()]
    with ByteLogServer(EVENTS, pace=PACE, plans=plans) as server:
        got = ask(server.address, "C").body
        assert got == BODY[:30]
        assert resume(server.address, "C", 30).status == 503
        assert resume(server.address, "C", 30) == Seen(200, b"", None)
        got += resume(server.address, "C", 30).body
        assert got == BODY[:55]
        got += resume(server.address, "C", 55).body
        assert got == BODY == server.log("C")
        assert len(server.journal.posts()) == 1


def test_the_pace_is_kept_with_and_without_readers() -> None:
    with ByteLogServer(EVENTS, pace=0.1) as server:
        began = time.monotonic()
        ask(server.address, "C", most=1)
        resume(server.address, "C", 0)
        assert time.monotonic() - began >= 0.1 * len(EVENTS)


def test_many_readers_follow_one_answer() -> None:
    with ByteLogServer(EVENTS, pace=PACE) as server:
        ask(server.address, "C", most=1)
        got: list[bytes] = []
        readers = [
            threading.Thread(target=lambda: got.append(resume(server.address, "C", 0).body))
            for _ in range(5)
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        assert got == [BODY] * 5


def test_without_a_name_an_answer_ends_with_its_connection() -> None:
    with ByteLogServer(EVENTS, pace=PACE) as server:
        assert post(f"{server.address}/v1/chat/completions", {}, 40).body == BODY[:40]
        assert server.answers == {}
        assert resume(server.address, "", 0).status == 404


def test_a_server_that_forgets_breaks_off() -> None:
    with ByteLogServer(EVENTS, pace=0.2) as server:
        forget = threading.Thread(
            target=lambda: (
                server.journal.wait(lambda journal: bool(journal.posts() and journal[0].sent)),
                server.forget(),
            )
        )
        forget.start()
        seen = ask(server.address, "C")
        forget.join()
        assert seen.error is ConnectionResetError
        assert BODY.startswith(seen.body)
        assert resume(server.address, "C", len(seen.body)).status == 404


def test_events_go_on_after_the_last_one() -> None:
    plans = [Pass(Cut(250)), Pass()]
    with LastEventIdServer(EVENTS, pace=PACE, plans=plans) as server:
        url = f"{server.address}/mcp"
        first = post(url, {}).body
        whole = [event for event in first.split(b"\n\n")[:-1] if event]
        last = whole[-1].split(b"\n")[0].removeprefix(b"id: ").decode()
        assert last == str(len(whole))
        rest = fetch(url, headers={"Last-Event-ID": last}).body
        assert b"".join(event + b"\n\n" for event in whole) + rest == server.log("/mcp")
        assert answer_of("openai-chat", server.log("/mcp")).text == TEXT
        assert fetch(url).body == server.log("/mcp")
        assert fetch(url, headers={"Last-Event-ID": "99"}).status == 400
        assert fetch(f"{server.address}/other").status == 404


def test_responses_go_on_after_a_sequence_number() -> None:
    with ResponsesServer(TEXTS, pace=PACE, plans=[Pass(Cut(900)), Pass()]) as server:
        url = f"{server.address}/v1/responses"
        first = post(url, {"stream": True, "background": True}).body
        assert len(first) == 900
        events = first.split(b"\n\n")[:-1]
        last = json.loads(events[-1].partition(b"data: ")[2])["sequence_number"]
        assert last == len(events) - 1
        rest = fetch(f"{url}/resp_1?stream=true&starting_after={last}").body
        got = b"".join(event + b"\n\n" for event in events) + rest
        assert got == server.log("resp_1")
        answer = answer_of("openai-responses", got)
        assert (answer.text, answer.outcome, answer.id) == (TEXT, "complete", "resp_1")
        assert json.loads(fetch(f"{url}/resp_1").body)["status"] == "completed"


def test_responses_without_background_are_gone() -> None:
    with ResponsesServer(TEXTS, pace=PACE, plans=[Pass(Cut(300)), Pass()]) as server:
        url = f"{server.address}/v1/responses"
        assert len(post(url, {"stream": True}).body) == 300
        server.journal.wait_until_idle()
        assert fetch(f"{url}/resp_1?stream=true&starting_after=0").status == 404
        assert post(url, {"stream": True}).error is None
        assert fetch(f"{url}/resp_2").status == 404


def test_the_ai_sdk_replays_what_is_under_way_and_nothing_else() -> None:
    events = ai_sdk_events(TEXTS)
    with AiSdkServer(events, pace=0.05, plans=[Pass(Cut(60)), Pass()]) as server:
        url = f"{server.address}/api/chat"
        assert fetch(f"{url}/chat-1/stream").status == 204
        assert post(url, {"id": "chat-1", "messages": []}).body == b"".join(events)[:60]
        again = fetch(f"{url}/chat-1/stream", keep=True)
        assert again.headers["x-vercel-ai-ui-message-stream"] == "v1"
        assert again.body == b"".join(events) == server.log("chat-1")
        assert answer_of("ai-sdk", again.body).text == TEXT
        assert fetch(f"{url}/chat-1/stream") == Seen(204, b"", None)
        assert fetch(f"{url}/chat-1").status == 404
