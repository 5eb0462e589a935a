from typing import Any

import pytest

from app.wire import (
    Answer,
    AnswerReader,
    ReasoningDelta,
    Replaced,
    TextDelta,
    dialect,
    read_answer,
)
from tests.conformance.vectors import cuttings, load

VECTORS = load("protocols.json")["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_answer(vector: dict[str, Any]) -> None:
    body = bytes.fromhex(vector["body_hex"])
    answers = [
        read_answer(
            vector["protocol"],
            vector["status"],
            vector["headers"],
            chunks,
            transport_error=vector["transport_error_after_body"],
        )
        for chunks in cuttings(body)
    ]
    assert_is_expected(answers[0], vector["expect"])
    assert all(answer == answers[0] for answer in answers)


def assert_is_expected(answer: Answer, expect: dict[str, Any]) -> None:
    assert answer.outcome == expect["outcome"]
    assert answer.text == expect.get("text", expect.get("text_received", answer.text))
    assert expect.get("text_prefix_of", answer.text).startswith(answer.text)
    assert answer.reasoning == expect.get("reasoning", "")
    assert answer.finish == expect.get("finish", answer.finish)
    assert answer.retryable == expect.get("retryable", answer.retryable)
    if "usage" in expect:
        assert answer.usage is not None
        assert answer.usage.input_tokens == expect["usage"]["input"]
        assert answer.usage.output_tokens == expect["usage"]["output"]
    if "error_code" in expect:
        assert answer.error is not None
        assert answer.error.code == expect["error_code"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_text_handed_out_on_the_way_is_the_text_at_the_end(vector: dict[str, Any]) -> None:
    body = bytes.fromhex(vector["body_hex"])
    for chunks in cuttings(body):
        reader = AnswerReader(dialect(vector["protocol"]), vector["status"], vector["headers"])
        shown = thought = ""
        for delta in (delta for chunk in chunks for delta in reader.feed(chunk)):
            match delta:
                case TextDelta(text):
                    shown += text
                case ReasoningDelta(text):
                    thought += text
                case Replaced(text, reasoning):
                    shown, thought = text, reasoning
        answer = reader.close(vector["transport_error_after_body"])
        if vector["headers"]["content-type"] == "application/json":
            assert (shown, thought) == ("", "")
        else:
            assert (shown, thought) == (answer.text, answer.reasoning)
