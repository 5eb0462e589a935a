"""What is requested for one answer: to ask, to read on, to stop, to clear, to go on."""

import json
from itertools import product
from typing import get_args

import pytest

from app.chat.plan import GO_ON, AnswerPlan, Resume
from app.chat.ways import START, Asking, Policy
from app.wire import DIALECTS, Cursor, Message, Prompt, Request

KEEPER = "https://page.example/keeper/"
ENDPOINT = "https://models.example/v1"
PROMPT = Prompt((Message("user", "Why?"),), "m")
HERE = Cursor(70, "e7", 6)
RESUMES: tuple[Resume, ...] = get_args(Resume)
SERVER = "the model server"


def plan(
    resume: Resume = "auto",
    *,
    protocol: str = "openai-chat",
    keeper: str = "",
    endpoint: str = ENDPOINT,
    conversation_id: str = "talk-1",
    sends_request_id: bool = True,
) -> AnswerPlan:
    return AnswerPlan(
        dialect=DIALECTS[protocol],
        endpoint=endpoint,
        prompt=PROMPT,
        turn_id="turn-1",
        conversation_id=conversation_id,
        resume=resume,
        keeper=keeper,
        access_key="secret",
        sends_request_id=sends_request_id,
    )


def ways(asking: Asking) -> list[tuple[str, Policy]]:
    return [(way.name, way.policy) for way in asking.ways]


def told(request: Request | None) -> tuple[str, str]:
    assert request is not None
    return request.method, request.url


@pytest.mark.parametrize(("protocol", "keeper"), [*product(DIALECTS, ["", KEEPER])])
def test_the_ways_for_each_setting(protocol: str, keeper: str) -> None:
    here = [("this browser", Policy.KEEP)] if keeper else []
    replays = [(SERVER, Policy.REPLAY)] if protocol == "ai-sdk" else []
    expected = {
        "none": [],
        "byte-log": [(SERVER, Policy.KEEP)],
        "background": [(SERVER, Policy.RESET)],
        "last-event-id": [(SERVER, Policy.RESET)],
        "replay": [(SERVER, Policy.REPLAY)],
        "auto": replays,
    }
    assert {*expected} == {*RESUMES}
    for resume in RESUMES:
        asking = plan(resume, protocol=protocol, keeper=keeper).ask(0)
        assert ways(asking) == here + expected[resume]
        assert [way.is_local for way in asking.ways] == [way.name != SERVER for way in asking.ways]


@pytest.mark.parametrize("protocol", DIALECTS)
def test_a_keeper_carries_the_same_request_out(protocol: str) -> None:
    plain = plan(protocol=protocol).ask(0)
    kept = plan(protocol=protocol, keeper=KEEPER).ask(0)
    assert (kept.request.method, kept.request.url) == ("POST", f"{KEEPER}turn-1-0")
    assert kept.request.headers == {
        **plain.request.headers,
        "X-Keeper-Upstream": plain.request.url,
    }
    assert kept.request.body == plain.request.body
    # Whoever is told where it goes wants to hear of the server.
    assert kept.address == plain.address == plain.request.url
    (forget,) = kept.forget
    assert told(forget) == ("DELETE", f"{KEEPER}turn-1-0")
    assert plain.forget == ()


def test_each_way_reads_on_from_where_the_answer_stands() -> None:
    def requests(resume: Resume, protocol: str = "openai-chat") -> list[Request | None]:
        asking = plan(resume, protocol=protocol, keeper=KEEPER).ask(2)
        return [way.request(HERE, "answer/1") for way in asking.ways]

    kept, log = requests("byte-log")
    assert told(kept) == ("GET", f"{KEEPER}turn-1-2?from=70")
    assert told(log) == ("GET", f"{ENDPOINT}/stream?conv_id=turn-1-2&from=70")
    _, background = requests("background", "openai-responses")
    assert told(background) == (
        "GET",
        f"{ENDPOINT}/responses/answer%2F1?stream=true&starting_after=6",
    )
    _, after = requests("last-event-id")
    assert told(after) == ("GET", f"{ENDPOINT}/chat/completions")
    assert after is not None
    assert after.headers["Last-Event-ID"] == "e7"
    _, again = requests("replay", "ai-sdk")
    assert told(again) == ("GET", f"{ENDPOINT}/talk-1/stream")
    for request in (log, background, after, again):
        assert request is not None
        assert request.headers["Authorization"] == "Bearer secret"
        assert request.body == b""
    assert kept is not None
    assert "Authorization" not in kept.headers


def test_what_cannot_be_had_is_not_asked_for() -> None:
    (by_number,) = plan("background", protocol="openai-responses").ask(0).ways
    assert by_number.request(HERE, "") is None
    whole = by_number.request(START, "r")
    assert told(whole) == ("GET", f"{ENDPOINT}/responses/r?stream=true")
    (by_event,) = plan("last-event-id").ask(0).ways
    assert by_event.request(START, "r") is None
    (by_replay,) = plan("replay", conversation_id="").ask(0).ways
    assert by_replay.request(HERE, "r") is None


@pytest.mark.parametrize(("protocol", "resume"), [*product(DIALECTS, RESUMES)])
def test_one_name_for_the_turn_and_one_log_for_each_request(protocol: str, resume: Resume) -> None:
    one = plan(resume, protocol=protocol, keeper=KEEPER)
    askings = [one.ask(0), one.ask(1), one.go_on(2, "Because"), one.ask(3)]
    requests = [asking.request for asking in askings if asking is not None]
    assert [each.url for each in requests] == [f"{KEEPER}turn-1-{n}" for n in range(4)]
    name = "turn-1" if DIALECTS[protocol].allows_request_id(ENDPOINT) else None
    assert {each.headers.get("X-Request-ID") for each in requests} == {name}
    logs = [each.headers.get("X-Conversation-Id") for each in requests]
    assert logs == [f"turn-1-{n}" if resume == "byte-log" else None for n in range(4)]


def test_a_server_that_refuses_the_header_is_not_sent_it() -> None:
    assert "X-Request-ID" in plan().ask(0).request.headers
    assert "X-Request-ID" not in plan(sends_request_id=False).ask(0).request.headers


def test_a_stop_ends_the_answer_wherever_it_is_kept() -> None:
    def stops(resume: Resume, answer_id: str, keeper: str = "") -> list[tuple[str, str]]:
        asking = plan(resume, protocol="openai-responses", keeper=keeper).ask(1)
        return [told(request) for request in asking.stop(answer_id)]

    assert stops("none", "r") == stops("auto", "r") == stops("replay", "r") == []
    assert stops("none", "", KEEPER) == [("DELETE", f"{KEEPER}turn-1-1")]
    assert stops("byte-log", "") == [("DELETE", f"{ENDPOINT}/stream?conv_id=turn-1-1")]
    assert stops("background", "r") == [("POST", f"{ENDPOINT}/responses/r/cancel")]
    assert stops("background", "") == []
    assert len(stops("background", "r", KEEPER)) == 2


def messages(asking: Asking | None) -> list[dict[str, object]]:
    assert asking is not None
    body = json.loads(asking.request.body)
    return [*body["messages"]]


def test_a_model_that_takes_a_beginning_is_given_it() -> None:
    log = plan("byte-log").go_on(1, "Because it")
    assert messages(log)[-1] == {"role": "assistant", "content": "Because it"}
    mistral = plan("none", endpoint="https://api.mistral.ai/v1").go_on(1, "Because it")
    assert messages(mistral)[-1] == {
        "role": "assistant",
        "content": "Because it",
        "prefix": True,
    }
    ollama = plan(protocol="ollama", endpoint="http://localhost:11434").go_on(1, "Because it")
    assert messages(ollama)[-1] == {"role": "assistant", "content": "Because it"}


def test_a_model_that_takes_none_is_told_in_words() -> None:
    asking = plan("none", endpoint="https://api.openai.com/v1").go_on(1, "Because it")
    assert [each["content"] for each in messages(asking)] == ["Why?", "Because it", GO_ON]
    assert [each["role"] for each in messages(asking)] == ["user", "assistant", "user"]


@pytest.mark.parametrize("protocol", DIALECTS)
def test_to_go_on_is_a_request_like_any_other(protocol: str) -> None:
    one = plan("byte-log", protocol=protocol, keeper=KEEPER)
    asking = one.go_on(1, "Because it")
    assert asking is not None
    assert asking.beginning == "Because it"
    assert b"Because it" in asking.request.body
    assert ways(asking) == ways(one.ask(1))
    assert one.prompt == PROMPT
    assert one.ask(1).beginning == ""


def test_without_a_beginning_there_is_nothing_to_go_on_from() -> None:
    assert plan().go_on(1, "") is None
