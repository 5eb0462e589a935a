"""How Chat Completions are asked for, and which server wants it otherwise.

Source: platform.openai.com/docs/api-reference/chat/create. The accents: Mistral refuses
`stream_options` and `max_completion_tokens` (status 422, "extra_forbidden") and counts tokens
unasked; OpenAI's and Azure's reasoning models refuse `max_tokens`; OpenRouter takes the effort
inside `reasoning`; Azure takes the key in `api-key`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.wire.protocols.interface import Question
from app.wire.protocols.posting import (
    address,
    bearer,
    data_url,
    file_text,
    function_calls,
    function_tools,
    post,
    present,
)
from app.wire.request import Attachment, Message, Prompt, Request


@dataclass(frozen=True, slots=True)
class _Accent:
    """What a server wants otherwise than most."""

    limit: str = "max_tokens"
    has_stream_options: bool = True
    nests_effort: bool = False
    key_header: str = ""
    allows_request_id: bool = True
    prefills: bool = False
    marks_prefix: bool = False


# By the host's name or the end of it. The servers' lists of allowed headers were read in their
# sources or documentation; Ollama has the same list for both of its protocols.
_ACCENTS = {
    ".api.openai.com": _Accent(limit="max_completion_tokens"),
    ".openai.azure.com": _Accent(limit="max_completion_tokens", key_header="api-key"),
    ".cognitiveservices.azure.com": _Accent(limit="max_completion_tokens", key_header="api-key"),
    ".api.mistral.ai": _Accent(has_stream_options=False, prefills=True, marks_prefix=True),
    ".api.deepseek.com": _Accent(marks_prefix=True),
    ".openrouter.ai": _Accent(nests_effort=True, allows_request_id=False, prefills=True),
}
_USUAL = _Accent()
OLLAMA_PORT = 11434


def ask(question: Question) -> Request:
    """Return the request for a streamed completion."""
    accent = _accent(question.endpoint)
    headers = bearer(question.access_key)
    if question.access_key and accent.key_header:
        headers = {accent.key_header: question.access_key}
    url = address(question.endpoint, "/v1", "/chat/completions")
    body = _body(question.prompt, accent)
    if _ends_with_assistant(question.prompt):
        messages = body["messages"]
        if question.keeping == "byte-log":
            # Without these llama.cpp says all of the beginning once more.
            body |= {"continue_final_message": True, "add_generation_prompt": False}
        elif accent.marks_prefix and isinstance(messages, list):
            messages[-1]["prefix"] = True
    return post(url, headers, body)


def prefills(question: Question) -> bool:
    """Tell whether a server goes on from the end of a last message of the assistant's.

    llama.cpp does; DeepSeek does below /beta, Mistral and OpenRouter always (their documentation).
    """
    accent = _accent(question.endpoint)
    is_beta = accent.marks_prefix and "/beta" in question.endpoint
    return question.keeping == "byte-log" or accent.prefills or is_beta


def _ends_with_assistant(prompt: Prompt) -> bool:
    return bool(prompt.messages) and prompt.messages[-1].role == "assistant"


def allows_request_id(endpoint: str) -> bool:
    """Tell whether a server lets a page send X-Request-ID, as far as is known."""
    return _accent(endpoint).allows_request_id and _port(endpoint) != OLLAMA_PORT


def _body(prompt: Prompt, accent: _Accent) -> dict[str, object]:
    effort = prompt.reasoning_effort
    return {
        "model": prompt.model,
        "messages": [each for message in prompt.messages for each in _messages(message)],
        "stream": True,
        **present(
            stream_options={"include_usage": True}
            if prompt.wants_usage and accent.has_stream_options
            else None,
            tools=function_tools(prompt.tools),
            reasoning_effort=None if accent.nests_effort else effort,
            reasoning={"effort": effort} if accent.nests_effort and effort else None,
            temperature=prompt.temperature,
        ),
        **present(**{accent.limit: prompt.max_tokens}),
    }


def _messages(message: Message) -> Iterator[dict[str, object]]:
    if message.role == "tool":
        for result in message.tool_results:
            yield {"role": "tool", "tool_call_id": result.call_id, "content": result.output}
        return
    content: object = message.text
    if message.attachments:
        texts = [{"type": "text", "text": message.text}] if message.text else []
        content = [*texts, *map(_part, message.attachments)]
    yield {
        "role": message.role,
        "content": content,
        **present(tool_calls=function_calls(message.own_calls)),
    }


def _part(attachment: Attachment) -> dict[str, object]:
    text = file_text(attachment)
    if text is not None:
        return {"type": "text", "text": text}
    kind, _slash, subtype = attachment.media_type.partition("/")
    url = data_url(attachment)
    if kind == "image":
        return {"type": "image_url", "image_url": {"url": url}}
    if kind == "audio":
        heard = {"data": url.partition(",")[2], "format": _AUDIO.get(subtype, subtype)}
        return {"type": "input_audio", "input_audio": heard}
    return {"type": "file", "file": {"filename": attachment.name or "file", "file_data": url}}


def _accent(endpoint: str) -> _Accent:
    try:
        host = "." + (urlsplit(endpoint.strip()).hostname or "")
    except ValueError:
        return _USUAL
    return next((accent for end, accent in _ACCENTS.items() if host.endswith(end)), _USUAL)


def _port(endpoint: str) -> int | None:
    try:
        return urlsplit(endpoint.strip()).port
    except ValueError:
        return None


_AUDIO = {"mpeg": "mp3", "x-wav": "wav", "wave": "wav"}
