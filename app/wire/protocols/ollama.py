"""Ollama's own interface, `/api/chat`: a JSON object a line.

Source: docs.ollama.com/api/chat and docs.ollama.com/api/errors. A failure in the middle is a
bare line with an error and no `done`.
"""

from collections.abc import Iterator, Mapping

from app.wire.deltas import (
    Delta,
    End,
    Finish,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from app.wire.json_text import as_array, as_count, as_object, as_text, to_json
from app.wire.protocols.interface import Dialect, Framing, Question
from app.wire.protocols.posting import (
    address,
    arguments_object,
    base64_text,
    bearer,
    file_text,
    function_tools,
    post,
    present,
)
from app.wire.request import Attachment, Message, Prompt, Request
from app.wire.server_error import reported_error

# What the interface calls the ways to think; others it refuses.
_LEVELS: Mapping[str, object] = {"none": False, "minimal": "low"}


def ask(question: Question) -> Request:
    """Return the request for a streamed chat."""
    headers = {"Accept": "application/x-ndjson", **bearer(question.access_key)}
    return post(address(question.endpoint, "/api", "/chat"), headers, _body(question.prompt))


class LineReader:
    """Reads the lines of one answer; one that was not streamed is a single line."""

    def __init__(self) -> None:
        self._calls = 0

    def read(self, _event: str, line: Mapping[str, object]) -> list[Delta]:
        """Return the deltas of one line."""
        return list(self._read(line))

    def _read(self, line: Mapping[str, object]) -> Iterator[Delta]:
        message = as_object(line.get("message"))
        for key in ("thinking", "reasoning_content"):
            if thought := as_text(message.get(key)):
                yield ReasoningDelta(thought)
                break
        if text := as_text(message.get("content")):
            yield TextDelta(text)
        for call in map(as_object, as_array(message.get("tool_calls"))):
            yield self._read_call(call)
        error = reported_error(line)
        if error is not None:
            yield error
        elif line.get("done") is True:
            reason = as_text(line.get("done_reason"))
            if "eval_count" in line or "prompt_eval_count" in line:
                read, written = line.get("prompt_eval_count"), line.get("eval_count")
                yield Usage(as_count(read), as_count(written))
            yield Finish(reason, "limit" if reason == "length" else "whole")
            yield End()

    def _read_call(self, call: Mapping[str, object]) -> ToolCallDelta:
        function = as_object(call.get("function"))
        given = function.get("arguments")
        arguments = as_text(given) or to_json(as_object(given))
        index, self._calls = self._calls, self._calls + 1
        name = as_text(function.get("name"))
        return ToolCallDelta(index, as_text(call.get("id")), name, arguments)


def _body(prompt: Prompt) -> dict[str, object]:
    effort = prompt.reasoning_effort
    options = present(num_predict=prompt.max_tokens, temperature=prompt.temperature)
    return {
        "model": prompt.model,
        "messages": [each for message in prompt.messages for each in _messages(message)],
        "stream": True,
        **({"think": _LEVELS.get(effort, effort)} if effort else {}),
        **present(options=options, tools=function_tools(prompt.tools)),
    }


def _messages(message: Message) -> Iterator[dict[str, object]]:
    if message.role == "tool":
        for result in message.tool_results:
            named = present(tool_name=result.name, tool_call_id=result.call_id)
            yield {"role": "tool", "content": result.output, **named}
        return
    texts = [text for each in message.attachments if (text := file_text(each)) is not None]
    images = [base64_text(each) for each in message.attachments if _is_image(each)]
    calls = [
        {
            **present(id=call.id),
            "function": {"name": call.name, "arguments": arguments_object(call.arguments)},
        }
        for call in message.own_calls
    ]
    content = "\n\n".join([*texts, message.text] if message.text or not texts else texts)
    yield {
        "role": message.role,
        "content": content,
        **present(images=images, tool_calls=calls),
    }


def _is_image(attachment: Attachment) -> bool:
    return attachment.media_type.startswith("image/")


OLLAMA = Dialect(
    name="ollama",
    framing=Framing.JSON_LINES,
    ask=ask,
    new_reader=lambda: LineReader().read,
    prefills=lambda _question: True,
    # Its list of allowed headers is fixed (server source, 2026) and has no X-Request-ID.
    allows_request_id=lambda _endpoint: False,
)
