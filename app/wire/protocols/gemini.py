"""Google Gemini, `streamGenerateContent`.

Source: ai.google.dev/api/generate-content. The stream has no end mark: the finish reason is
the signal, and may come in a frame of its own. A prompt that is blocked has no candidates.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from app.wire.deltas import (
    AnswerId,
    Delta,
    Ending,
    Finish,
    ReasoningDelta,
    Source,
    TextDelta,
    ToolCallDelta,
    ToolOutput,
    Usage,
)
from app.wire.json_text import as_array, as_count, as_object, as_text, to_json
from app.wire.protocols.interface import Dialect, Framing, Question
from app.wire.protocols.posting import (
    address,
    arguments_object,
    base64_text,
    file_text,
    post,
    present,
)
from app.wire.request import Attachment, Message, Prompt, Request, ToolResult
from app.wire.server_error import make_error, reported_error

_DECLINED: tuple[str, ...] = (
    *("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"),
    *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR"),
)
_ENDINGS: Mapping[str, Ending] = {"MAX_TOKENS": "limit", **dict.fromkeys(_DECLINED, "declined")}
# Finish reasons that mean something broke, not that the answer is whole.
_FAILURES = frozenset(
    {
        *("OTHER", "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"),
        *("MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE", "IMAGE_OTHER", "NO_IMAGE"),
    }
)
# Models that do not think and refuse to be asked for it.
_CANNOT_THINK = ("gemini-1", "gemini-2.0", "gemma")
_BUDGETS = {"none": 0, "minimal": 512, "low": 1024, "medium": 8192, "high": 24_576}
_LEAST_PRO_BUDGET = 128
_METHOD = ":streamGenerateContent"


def ask(question: Question) -> Request:
    """Return the request for a streamed answer, as server-sent events."""
    headers = {"x-goog-api-key": question.access_key} if question.access_key else {}
    return post(_address(question), headers, _body(question.prompt))


class ContentReader:
    """Reads the frames of one answer; one that was not streamed is a single frame."""

    def __init__(self) -> None:
        self._calls = 0
        self._is_named = False

    def read(self, _event: str, frame: Mapping[str, object]) -> list[Delta]:
        """Return the deltas of one frame."""
        return list(self._read(frame))

    def _read(self, frame: Mapping[str, object]) -> Iterator[Delta]:
        if not self._is_named and (name := as_text(frame.get("responseId"))):
            self._is_named = True
            yield AnswerId(name)
        for candidate in map(as_object, as_array(frame.get("candidates"))):
            # Only one answer is asked for; others would be mixed into its text.
            if (index := candidate.get("index")) == "0" or not index:
                yield from self._read_candidate(candidate)
        yield from _read_usage(as_object(frame.get("usageMetadata")))
        blocked = as_text(as_object(frame.get("promptFeedback")).get("blockReason"))
        if blocked and blocked != "BLOCK_REASON_UNSPECIFIED":
            yield Finish(blocked, "declined")
        error = reported_error(frame)
        if error is not None:
            yield error

    def _read_candidate(self, candidate: Mapping[str, object]) -> Iterator[Delta]:
        for part in as_array(as_object(candidate.get("content")).get("parts")):
            yield from self._read_part(as_object(part))
        yield from _read_sources(candidate)
        reason = as_text(candidate.get("finishReason"))
        if not reason or reason == "FINISH_REASON_UNSPECIFIED":
            return
        yield Finish(reason, _ENDINGS.get(reason, "whole"))
        if reason in _FAILURES:
            said = as_text(candidate.get("finishMessage"))
            yield make_error(said or f"The server ended the answer: {reason}.", reason)

    def _read_part(self, part: Mapping[str, object]) -> Iterator[Delta]:
        if text := as_text(part.get("text")):
            yield ReasoningDelta(text) if part.get("thought") is True else TextDelta(text)
        if call := as_object(part.get("functionCall")):
            arguments = to_json(as_object(call.get("args")))
            signature = as_text(part.get("thoughtSignature"))
            name, given_id = as_text(call.get("name")), as_text(call.get("id"))
            yield ToolCallDelta(self._calls, given_id, name, arguments, signature)
            self._calls += 1
        if code := as_object(part.get("executableCode")):
            arguments = to_json(code)
            yield ToolCallDelta(self._calls, "", "code_execution", arguments, is_served=True)
            self._calls += 1
        if result := as_object(part.get("codeExecutionResult")):
            yield ToolOutput(
                "", as_text(result.get("output")), result.get("outcome") != "OUTCOME_OK"
            )


def _read_usage(usage: Mapping[str, object]) -> Iterator[Delta]:
    if not usage:
        return
    written = [as_count(usage.get(key)) for key in ("candidatesTokenCount", "thoughtsTokenCount")]
    known = [count for count in written if count is not None]
    yield Usage(as_count(usage.get("promptTokenCount")), sum(known) if known else None)


def _read_sources(candidate: Mapping[str, object]) -> Iterator[Delta]:
    grounding = as_object(candidate.get("groundingMetadata"))
    for chunk in map(as_object, as_array(grounding.get("groundingChunks"))):
        web = as_object(chunk.get("web")) or as_object(chunk.get("retrievedContext"))
        yield Source(as_text(web.get("uri")), as_text(web.get("title")))
    cited = as_object(candidate.get("citationMetadata"))
    for source in map(
        as_object,
        (*as_array(cited.get("citationSources")), *as_array(cited.get("citations"))),
    ):
        yield Source(as_text(source.get("uri")), as_text(source.get("title")))


def _address(question: Question) -> str:
    model = question.prompt.model
    # A tuned model's name has its own folder; a plain one is among the models.
    folder = "" if model.startswith(("models/", "tunedModels/")) else "models/"
    path = f"/{folder}{quote(model, safe='/-._~@')}{_METHOD}"
    url = address(question.endpoint, "/v1beta", path)
    if "alt=sse" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}alt=sse"


def _body(prompt: Prompt) -> dict[str, object]:
    declared = [
        {
            "name": tool.name,
            "description": tool.description,
            "parametersJsonSchema": dict(tool.parameters),
        }
        for tool in prompt.tools
    ]
    configured = present(
        maxOutputTokens=prompt.max_tokens,
        temperature=prompt.temperature,
        thinkingConfig=_thinking(prompt),
    )
    system = prompt.system_text
    spoken = (each for each in prompt.messages if each.role != "system")
    return {
        # A content without parts is refused.
        "contents": [each for each in map(_content, spoken) if each["parts"]],
        **present(
            systemInstruction={"parts": [{"text": system}]} if system else None,
            tools=[{"functionDeclarations": declared}] if declared else None,
            generationConfig=configured,
        ),
    }


def _thinking(prompt: Prompt) -> dict[str, object]:
    effort = prompt.reasoning_effort
    if effort is None or any(name in prompt.model for name in _CANNOT_THINK):
        return {}
    is_pro = "-pro" in prompt.model
    # Gemini 2.5 takes a number of tokens, later models a level; a Pro cannot leave it out.
    if "gemini-2" in prompt.model:
        budget = max(_BUDGETS[effort], _LEAST_PRO_BUDGET if is_pro else 0)
        return {"thinkingBudget": budget, "includeThoughts": effort != "none"}
    least = "low" if is_pro else "minimal"
    level = least if effort in ("none", "minimal") else effort
    return {"thinkingLevel": level, "includeThoughts": effort != "none"}


def _content(message: Message) -> dict[str, object]:
    parts: list[dict[str, object]] = [_result(result) for result in message.tool_results]
    parts += map(_file, message.attachments)
    if message.text:
        parts.append({"text": message.text})
    for call in message.own_calls:
        called = {"name": call.name, "args": arguments_object(call.arguments)}
        function = {**called, **present(id=call.id)}
        parts.append({"functionCall": function, **present(thoughtSignature=call.signature)})
    return {"role": "model" if message.role == "assistant" else "user", "parts": parts}


def _result(result: ToolResult) -> dict[str, object]:
    plain = {"error" if result.is_error else "output": result.output}
    response = arguments_object(result.output) or plain
    answered = {"name": result.name, "response": response, **present(id=result.call_id)}
    return {"functionResponse": answered}


def _file(attachment: Attachment) -> dict[str, object]:
    text = file_text(attachment)
    if text is not None:
        return {"text": text}
    data = {"mimeType": attachment.media_type, "data": base64_text(attachment)}
    return {"inlineData": data}


GEMINI = Dialect(
    name="gemini",
    framing=Framing.EVENT_STREAM,
    ask=ask,
    new_reader=lambda: ContentReader().read,
)
