"""The words for what went wrong: they are part of the interface."""

import re

import pytest

from app.chat import trouble
from app.chat.steps import Begin, Ended, Failed
from app.chat.trouble import MAX_CAUSE, Loss, Trouble, server_error
from app.wire import ServerError
from tests.unit.chat.streams import PLAN, finish, new_turn, opened, text


def refused(status: int, body: bytes = b"") -> Trouble:
    turn = opened(body, status=status)
    turn.handle(Ended(), 9.0)
    assert turn.trouble is not None
    return turn.trouble


@pytest.mark.parametrize(
    ("status", "happened", "retryable"),
    [
        (302, "The model server answered in an unexpected way.", False),
        (400, "The model server did not accept the request.", False),
        (401, "The model server refused access.", False),
        (403, "The model server refused access.", False),
        (404, "The model server does not know this address or this model.", False),
        (408, "The model server took too long.", True),
        (413, "The conversation is too long for the model server.", False),
        (422, "The model server did not accept the request.", False),
        (429, "The model server accepts no more requests for now.", True),
        (500, "The model server failed.", True),
        (502, "The model server failed.", True),
        (503, "The model server is busy or still loading the model.", True),
        (504, "The model server took too long.", True),
        (529, "The model server is busy or still loading the model.", True),
    ],
)
def test_each_status_has_its_words(status: int, happened: str, retryable: bool) -> None:
    found = refused(status)
    assert found.happened == happened
    assert found.retryable is retryable
    assert found.safe == "Your question is kept."
    assert f"HTTP status {status}" in found.cause


@pytest.mark.parametrize(
    ("status", "code", "happened"),
    [
        (400, "exceed_context_size_error", "The conversation is too long for the model."),
        (429, "insufficient_quota", "The account at the model server has no credit left."),
        (404, "model_not_found", "The model server does not have this model."),
    ],
)
def test_a_code_says_more_than_the_status(status: int, code: str, happened: str) -> None:
    found = refused(status, b'{"error":{"message":"no","code":"%s"}}' % code.encode())
    assert found.happened == happened
    assert not found.retryable


@pytest.mark.parametrize(
    ("code", "happened"),
    [
        ("500", "The model server failed."),
        ("429", "The model server accepts no more requests for now."),
        ("server_error", "The model server reported an error."),
        ("", "The model server reported an error."),
        ("٥٠٠", "The model server reported an error."),
        ("html_page", "Something that is not a model server answered."),
        ("event_too_large", "The model server sent a piece that is too large to read."),
    ],
)
def test_an_error_in_the_stream_is_told_by_its_code(code: str, happened: str) -> None:
    found = server_error(ServerError("no", code, retryable=True), has_text=True)
    assert found.happened == happened
    assert found.safe == "Your question and the text so far are kept."
    assert found.retryable


@pytest.mark.parametrize(
    ("address", "remedy"),
    [
        ("https://models.example/v1", "Reconnect, then press Try again."),
        ("https://127.models.example/v1", "Reconnect, then press Try again."),
        ("http://192.168.0.7:8080/v1", "Reconnect, then press Try again."),
        ("http://127.0.0.1:8435/v1", "A server on this device needs no network: "),
        ("http://localhost/v1", "A server on this device needs no network: "),
        ("http://[::1]:8435/v1", "A server on this device needs no network: "),
    ],
)
def test_a_device_without_network_is_told_of_it(address: str, remedy: str) -> None:
    found = trouble.unreachable("Failed to fetch", f"POST {address}", is_offline=True)
    assert found.happened == "This device is offline."
    assert found.remedy.startswith(remedy)
    assert found.retryable
    assert address in found.cause


def test_a_request_that_found_no_network() -> None:
    turn = new_turn()
    turn.handle(Begin(PLAN), 1.0)
    turn.handle(Failed("Failed to fetch", is_offline=True), 2.0)
    assert turn.trouble is not None
    assert turn.trouble.happened == "This device is offline."


@pytest.mark.parametrize(
    ("chunks", "happened"),
    [
        ([], "The connection ended before an answer came. This device is offline."),
        (
            [text("Half")],
            "The connection ended before the answer was complete. This device is offline.",
        ),
    ],
)
def test_a_network_that_went_during_the_answer(chunks: list[bytes], happened: str) -> None:
    turn = opened(*chunks)
    turn.handle(Failed("network error", is_offline=True), 9.0)
    assert turn.trouble is not None
    assert turn.trouble.happened == happened
    assert turn.trouble.remedy == "Reconnect, then press Try again."


def test_a_network_that_went_after_the_answer_is_no_trouble() -> None:
    turn = opened(text("Whole"), finish())
    turn.handle(Failed("network error", is_offline=True), 9.0)
    assert turn.trouble is None


def test_the_cause_is_capped() -> None:
    turn = opened()
    turn.handle(Failed("x" * 10_000), 9.0)
    assert turn.trouble is not None
    assert len(turn.trouble.cause) == MAX_CAUSE == 2000


def every_trouble() -> list[Trouble]:
    no_error = ServerError("no", "", retryable=False)
    found = [
        trouble.unreachable("TypeError: Failed to fetch", "POST http://localhost"),
        trouble.unreachable("Failed to fetch", "POST http://localhost/v1", is_offline=True),
        trouble.unreachable("Failed to fetch", "POST https://models.example", is_offline=True),
        trouble.empty_answer("stop"),
        trouble.refused_request(418, None, retryable=False),
    ]
    for has_text in (False, True):
        found += [
            trouble.cut_off(Loss("network error"), has_text),
            trouble.cut_off(Loss("network error", is_offline=True), has_text),
            trouble.declined("content_filter", has_text),
            trouble.server_error(no_error, has_text),
        ]
    found += [refused(status) for status in (302, 400, 401, 404, 408, 413, 429, 500, 503)]
    return found


@pytest.mark.parametrize("found", every_trouble())
def test_the_words_are_whole_sentences(found: Trouble) -> None:
    for words in (found.happened, found.safe, found.remedy):
        assert re.fullmatch(r"[A-Z].*\.", words)
        assert "!" not in words
