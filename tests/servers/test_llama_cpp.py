"""The real llama.cpp with a real model, in the three protocols it speaks on one port."""

from __future__ import annotations

import pytest

from app.wire import Message, Prompt
from tests.servers.client import ask

PROTOCOLS = ("openai-chat", "openai-responses", "anthropic")
QUESTION = Message("user", "Write two sentences about rivers.")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_answer(protocol: str, llama: str) -> None:
    prompt = Prompt((Message("system", "You are brief."), QUESTION), "m", temperature=0.0)
    seen = ask(protocol, llama, prompt, access_key="")
    assert seen.status == 200
    answer = seen.answer
    assert (answer.outcome, answer.error) == ("complete", None)
    assert len(answer.text) > 20
    assert answer.ending == "whole"
    assert answer.id
    assert answer.usage is not None
    assert answer.usage.input_tokens  # without those that its cache had
    assert (answer.usage.output_tokens or 0) > 5


def test_all_protocols_give_the_same_text(llama: str) -> None:
    prompt = Prompt((QUESTION,), "m", temperature=0.0)
    texts = {ask(protocol, llama, prompt, access_key="").answer.text for protocol in PROTOCOLS}
    assert len(texts) == 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_limit(protocol: str, llama: str) -> None:
    prompt = Prompt((QUESTION,), "m", max_tokens=5, temperature=0.0)
    answer = ask(protocol, llama, prompt, access_key="").answer
    assert answer.outcome == "complete"
    assert answer.usage is not None
    assert answer.usage.output_tokens == 5
    # Responses: this llama.cpp calls an answer at its limit completed.
    assert answer.ending == ("whole" if protocol == "openai-responses" else "limit")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_conversation_goes_on(protocol: str, llama: str) -> None:
    messages = (QUESTION, Message("assistant", "Rivers run."), Message("user", "And the sea?"))
    answer = ask(protocol, llama, Prompt(messages, "m", max_tokens=20), access_key="").answer
    assert answer.outcome == "complete"
    assert answer.text


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_question_over_the_context_is_told(protocol: str, llama: str) -> None:
    prompt = Prompt((Message("user", "river " * 12_000),), "m")
    answer = ask(protocol, llama, prompt, access_key="").answer
    assert (answer.outcome, answer.retryable) == ("http-error", False)
    assert answer.error is not None
    assert "context" in answer.error.message
