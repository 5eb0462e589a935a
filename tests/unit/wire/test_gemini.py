import json
from typing import Any

import pytest

from app.wire import (
    Answer,
    Message,
    Prompt,
    Source,
    ToolCall,
    ToolOutput,
    Usage,
    dialect,
    read_answer,
)
from app.wire.request import Attachment, Effort, Tool, ToolResult
from tests.unit.wire.samples import STREAM
from tests.unit.wire.streams import events

USER = Message("user", "Hi")


def read(*frames: object) -> Answer:
    return read_answer("gemini", 200, STREAM, [events(*frames)])


def frame(*parts: dict[str, Any], **members: object) -> dict[str, Any]:
    return {"candidates": [{"content": {"parts": list(parts)}, **members}]}


@pytest.mark.parametrize(
    ("reason", "outcome", "ending"),
    [
        ("STOP", "complete", "whole"),
        ("MAX_TOKENS", "complete", "limit"),
        ("SAFETY", "refused", "declined"),
        ("RECITATION", "refused", "declined"),
        ("MALFORMED_FUNCTION_CALL", "error", "whole"),
        ("OTHER", "error", "whole"),
        ("BRAND_NEW", "complete", "whole"),
        ("FINISH_REASON_UNSPECIFIED", "truncated", None),
    ],
)
def test_finish_reasons(reason: str, outcome: str, ending: str | None) -> None:
    answer = read(frame({"text": "Hi"}), {"candidates": [{"finishReason": reason}]})
    assert (answer.text, answer.outcome, answer.ending) == ("Hi", outcome, ending)


def test_no_finish_reason_is_cut_short() -> None:
    assert read(frame({"text": "Hi"})).outcome == "truncated"


def test_a_blocked_prompt_is_refused() -> None:
    answer = read({"promptFeedback": {"blockReason": "SAFETY"}})
    assert (answer.outcome, answer.finish, answer.text) == ("refused", "SAFETY", "")


def test_an_error_in_the_middle() -> None:
    error = {"error": {"code": 503, "status": "UNAVAILABLE", "message": "overloaded"}}
    answer = read(frame({"text": "Hi"}), error)
    assert (answer.outcome, answer.text, answer.retryable) == ("error", "Hi", True)
    assert answer.error is not None
    assert (answer.error.code, answer.error.message) == ("503", "overloaded")


def test_a_failure_tells_why() -> None:
    candidate = {"finishReason": "MALFORMED_FUNCTION_CALL", "finishMessage": "call:f{"}
    answer = read({"candidates": [candidate]})
    assert answer.error is not None
    assert answer.error.message == "call:f{"


def test_thoughts_and_text_in_one_frame() -> None:
    answer = read(frame({"text": "a"}, {"text": "b", "thought": True}, {"text": "c"}))
    assert (answer.text, answer.reasoning) == ("ac", "b")


def test_only_the_first_candidate_is_read() -> None:
    other = {"index": 1, "content": {"parts": [{"text": "other"}]}, "finishReason": "STOP"}
    answer = read({"candidates": [{"index": 0, "content": {"parts": [{"text": "Hi"}]}}, other]})
    assert (answer.text, answer.outcome) == ("Hi", "truncated")


@pytest.mark.parametrize("index", [0, "0", 0.0, None, "", False])
def test_the_first_candidate_may_write_its_index_as_it_likes(index: object) -> None:
    answer = read(frame({"text": "Hi"}, index=index, finishReason="STOP"))
    assert (answer.text, answer.outcome) == ("Hi", "complete")


def test_calls_keep_their_order_and_signatures() -> None:
    answer = read(
        frame({"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "s"}),
        frame({"functionCall": {"name": "f"}}),
    )
    assert answer.tool_calls == (ToolCall("f", '{"a": 1}', signature="s"), ToolCall("f", "{}"))


def test_code_that_the_server_runs() -> None:
    answer = read(
        frame({"executableCode": {"language": "PYTHON", "code": "1+1"}}),
        frame({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "2"}}),
        frame({"codeExecutionResult": {"outcome": "OUTCOME_FAILED", "output": "no"}}),
    )
    assert answer.tool_calls[0].name == "code_execution"
    assert answer.tool_outputs == (ToolOutput("", "2"), ToolOutput("", "no", is_error=True))


def test_sources() -> None:
    chunks = [{"web": {"uri": "https://a/", "title": "A"}}, {"web": {"uri": "https://b/"}}]
    cited = {"citationSources": [{"uri": "https://c/"}], "citations": [{"uri": "https://a/"}]}
    answer = read(
        frame(groundingMetadata={"groundingChunks": chunks}, citationMetadata=cited),
        frame(groundingMetadata={"groundingChunks": chunks}),
    )
    assert answer.sources == (
        Source("https://a/", "A"),
        Source("https://b/", ""),
        Source("https://c/", ""),
        Source("https://a/", ""),
    )


def test_the_last_usage_counts() -> None:
    answer = read(
        {"usageMetadata": {"promptTokenCount": 9}},
        {"usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 2}},
        {"usageMetadata": {"candidatesTokenCount": 3, "thoughtsTokenCount": 4}},
    )
    assert answer.usage == Usage(9, 7)


def test_a_stream_as_one_json_array() -> None:
    frames = [frame({"text": "Hi "}), frame({"text": "you"}, finishReason="STOP")]
    body = json.dumps(frames, indent=1).encode()
    answer = read_answer("gemini", 200, {"content-type": "application/json"}, [body])
    assert (answer.text, answer.outcome) == ("Hi you", "complete")


@pytest.mark.parametrize("is_lost", [True, False])
def test_an_array_cut_short_keeps_its_whole_frames(is_lost: bool) -> None:
    frames = [frame({"text": "Hi "}), frame({"text": "you, [and]"}), frame({"text": "more"})]
    body = json.dumps(frames, indent=1).encode()
    cut = body[: body.index(b"more") + 2]
    headers = {"content-type": "application/json"}
    answer = read_answer("gemini", 200, headers, [cut], transport_error=is_lost)
    assert (answer.text, answer.outcome) == ("Hi you, [and]", "truncated")
    assert read_answer("gemini", 200, headers, [b"[" * 3_000]).text == ""


@pytest.mark.parametrize(
    ("endpoint", "model", "url"),
    [
        ("https://h", "g", "https://h/v1beta/models/g:streamGenerateContent?alt=sse"),
        ("https://h/v1/", "models/g", "https://h/v1/models/g:streamGenerateContent?alt=sse"),
        ("https://h/v1?key=k", "g", "https://h/v1/models/g:streamGenerateContent?key=k&alt=sse"),
        ("https://h", "a b?", "https://h/v1beta/models/a%20b%3F:streamGenerateContent?alt=sse"),
        (
            "https://h/v1/models/g:streamGenerateContent?alt=sse",
            "g",
            "https://h/v1/models/g:streamGenerateContent?alt=sse",
        ),
    ],
)
def test_address(endpoint: str, model: str, url: str) -> None:
    assert dialect("gemini").request(endpoint, Prompt((USER,), model)).url == url


def asked(prompt: Prompt) -> Any:
    return json.loads(dialect("gemini").request("https://h", prompt).body)


def test_request() -> None:
    messages = (
        Message("system", "Be brief."),
        Message("user", "See.", (Attachment(b"a", "image/png"), Attachment(b"b", "text/csv"))),
        Message("assistant", "Well.", tool_calls=(ToolCall("f", '{"a": 1}', "c", "s"),)),
        Message(
            "tool",
            "",
            tool_results=(
                ToolResult("c", "f", '{"b": 2}'),
                ToolResult("", "f", "plain"),
                ToolResult("", "f", "bad", is_error=True),
            ),
        ),
    )
    prompt = Prompt(messages, "g", (Tool("f", "does f", {"type": "object"}),), None, 9, 0.0)
    made = dialect("gemini").request("https://h", prompt, access_key="k")
    assert made.headers["x-goog-api-key"] == "k"
    assert json.loads(made.body) == {
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "tools": [
            {
                "functionDeclarations": [
                    {
                        "name": "f",
                        "description": "does f",
                        "parametersJsonSchema": {"type": "object"},
                    }
                ]
            }
        ],
        "generationConfig": {"maxOutputTokens": 9, "temperature": 0.0},
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"inlineData": {"mimeType": "image/png", "data": "YQ=="}},
                    {"text": "b"},
                    {"text": "See."},
                ],
            },
            {
                "role": "model",
                "parts": [
                    {"text": "Well."},
                    {
                        "functionCall": {"id": "c", "name": "f", "args": {"a": 1}},
                        "thoughtSignature": "s",
                    },
                ],
            },
            {
                "role": "user",
                "parts": [
                    {"functionResponse": {"id": "c", "name": "f", "response": {"b": 2}}},
                    {"functionResponse": {"name": "f", "response": {"output": "plain"}}},
                    {"functionResponse": {"name": "f", "response": {"error": "bad"}}},
                ],
            },
        ],
    }


@pytest.mark.parametrize(
    ("model", "effort", "thinking"),
    [
        ("gemini-2.5-flash", "low", {"thinkingBudget": 1024, "includeThoughts": True}),
        ("gemini-2.5-flash", "none", {"thinkingBudget": 0, "includeThoughts": False}),
        ("gemini-3-pro", "high", {"thinkingLevel": "high", "includeThoughts": True}),
    ],
)
def test_effort(model: str, effort: Effort, thinking: object) -> None:
    body = asked(Prompt((USER,), model, reasoning_effort=effort))
    assert body["generationConfig"]["thinkingConfig"] == thinking
    assert "generationConfig" not in asked(Prompt((USER,), model))


@pytest.mark.parametrize(
    "model",
    ["gemini-1.5-pro", "gemini-2.0-flash", "models/gemini-2.0-flash-lite", "gemma-3-27b-it"],
)
def test_models_that_do_not_think_are_not_asked_to(model: str) -> None:
    assert "generationConfig" not in asked(Prompt((USER,), model, reasoning_effort="low"))
