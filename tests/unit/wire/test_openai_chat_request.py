import json
from typing import Any

import pytest

from app.wire import Message, Prompt, ToolCall, dialect
from app.wire.request import Attachment, Tool, ToolResult

USER = Message("user", "Hi")
FULL = Prompt((USER,), "m", (), "low", 9, 0.0)


def asked(endpoint: str, prompt: Prompt = FULL) -> Any:
    return json.loads(dialect("openai-chat").request(endpoint, prompt).body)


def test_usual_options() -> None:
    body = asked("http://127.0.0.1:8080/v1")
    assert (body["max_tokens"], body["temperature"], body["reasoning_effort"]) == (9, 0.0, "low")
    assert body["stream_options"] == {"include_usage": True}


def test_openai_takes_its_own_limit() -> None:
    for endpoint in ("https://api.openai.com", "https://x.openai.azure.com/openai/v1"):
        body = asked(endpoint)
        assert body["max_completion_tokens"] == 9
        assert "max_tokens" not in body


def test_mistral_is_not_asked_for_what_it_refuses() -> None:
    body = asked("https://api.mistral.ai/v1")
    assert "stream_options" not in body
    assert body["max_tokens"] == 9


def test_openrouter_takes_the_effort_its_own_way() -> None:
    body = asked("https://openrouter.ai/api/v1")
    assert body["reasoning"] == {"effort": "low"}
    assert "reasoning_effort" not in body


def test_usage_that_is_not_wanted_is_not_asked_for() -> None:
    assert "stream_options" not in asked("http://h", Prompt((USER,), "m", wants_usage=False))


@pytest.mark.parametrize(
    ("endpoint", "headers"),
    [
        ("https://h", {"Authorization": "Bearer k"}),
        ("https://x.openai.azure.com/openai/deployments/d?api-version=1", {"api-key": "k"}),
        ("not an [address", {"Authorization": "Bearer k"}),
    ],
)
def test_access_key(endpoint: str, headers: dict[str, str]) -> None:
    made = dialect("openai-chat").request(endpoint, FULL, access_key="k").headers
    known = {"Content-Type", "Accept"}
    assert {name: value for name, value in made.items() if name not in known} == headers


@pytest.mark.parametrize(
    ("endpoint", "is_sent"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://127.0.0.1:11434/v1", False),
        ("https://openrouter.ai/api/v1", False),
        ("http://h:port", True),
    ],
)
def test_the_request_id_is_not_sent_where_it_would_be_blocked(endpoint: str, is_sent: bool) -> None:
    request = dialect("openai-chat").request
    assert ("X-Request-ID" in request(endpoint, FULL, request_id="r").headers) is is_sent
    quiet = request(endpoint, FULL, request_id="r", sends_request_id=False)
    assert "X-Request-ID" not in quiet.headers


def test_a_conversation_with_all_there_is() -> None:
    files = (
        Attachment(b"a", "image/png"),
        Attachment(b"b", "text/plain; charset=utf-8", "b.txt"),
        Attachment(b"c", "audio/mpeg"),
        Attachment(b"d", "application/pdf", "d.pdf"),
    )
    messages = (
        Message("system", "Be brief."),
        Message("user", "See.", files),
        Message("assistant", "", tool_calls=(ToolCall("f", "", "c"),)),
        Message("tool", "", tool_results=(ToolResult("c", "f", "3"),)),
    )
    body = asked("http://h", Prompt(messages, "m", (Tool("f", "does f", {"type": "object"}),)))
    function = {"name": "f", "description": "does f", "parameters": {"type": "object"}}
    assert body["tools"] == [{"type": "function", "function": function}]
    system, user, assistant, tool = body["messages"]
    assert system == {"role": "system", "content": "Be brief."}
    assert user["content"] == [
        {"type": "text", "text": "See."},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,YQ=="}},
        {"type": "text", "text": "b.txt:\n\nb"},
        {"type": "input_audio", "input_audio": {"data": "Yw==", "format": "mp3"}},
        {
            "type": "file",
            "file": {"filename": "d.pdf", "file_data": "data:application/pdf;base64,ZA=="},
        },
    ]
    called = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    assert assistant == {"role": "assistant", "content": "", "tool_calls": [called]}
    assert tool == {"role": "tool", "tool_call_id": "c", "content": "3"}
