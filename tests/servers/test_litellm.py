"""LiteLLM's proxy, whose answers and errors are not quite those of the providers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.servers.client import Exchange, ask, said
from tests.servers.conftest import LITELLM_KEY

PROTOCOLS = ("openai-chat", "anthropic", "openai-responses")
TEXT = "Hello from LiteLLM \N{EARTH GLOBE EUROPE-AFRICA} with several words to stream."


def asked(protocol: str, litellm: str, model: str, key: str = LITELLM_KEY) -> Exchange:
    prompt = replace(said("Hello?"), model=model)
    headers = {"Authorization": f"Bearer {key}"}
    return ask(protocol, litellm, prompt, access_key=key, headers=headers)


@pytest.mark.parametrize("protocol", ["openai-chat", "anthropic"])
def test_an_answer(protocol: str, litellm: str) -> None:
    answer = asked(protocol, litellm, "mock-ok").answer
    assert (answer.text, answer.outcome, answer.error) == (TEXT, "complete", None)
    assert answer.usage is not None
    assert answer.usage.output_tokens


def test_a_failure_told_as_an_event_stream(litellm: str) -> None:
    # This proxy cannot stream `mock_response` as a response, and says so inside a stream.
    seen = asked("openai-responses", litellm, "mock-ok")
    assert (seen.status, seen.answer.outcome, seen.answer.retryable) == (500, "http-error", True)
    assert seen.headers["content-type"].startswith("text/event-stream")
    assert seen.answer.error is not None
    assert seen.answer.error.message == "Error processing stream start"


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_upstream_that_is_gone(protocol: str, litellm: str) -> None:
    answer = asked(protocol, litellm, "mock-down").answer
    assert answer.outcome in ("http-error", "error")
    assert answer.error is not None
    assert answer.error.message
    assert answer.retryable


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_wrong_key(protocol: str, litellm: str) -> None:
    seen = asked(protocol, litellm, "mock-ok", key="sk-wrong")
    assert seen.status in (400, 401)
    assert (seen.answer.outcome, seen.answer.retryable) == ("http-error", False)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_model_that_does_not_exist(protocol: str, litellm: str) -> None:
    seen = asked(protocol, litellm, "no-such-model")
    assert (seen.answer.outcome, seen.answer.retryable) == ("http-error", False)
    assert seen.answer.error is not None
    assert "no-such-model" in seen.answer.error.message
