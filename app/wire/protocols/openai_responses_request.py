"""How OpenAI Responses are asked for.

Source: platform.openai.com/docs/api-reference/responses/create. The server is asked to store
nothing, unless it shall keep the answer so that it can be read on: the page holds the
conversation, and sends back the encrypted reasoning it was given.
"""

from collections.abc import Iterator

from app.wire.protocols.interface import Question
from app.wire.protocols.posting import address, bearer, data_url, file_text, post, present
from app.wire.request import Attachment, Message, Prompt, Request


def ask(question: Question) -> Request:
    """Return the request for a streamed response."""
    url = address(question.endpoint, "/v1", "/responses")
    body = _body(question.prompt)
    if question.keeping == "background":
        # Only such a response outlives its connection, and only a stored one can be read on.
        body |= {"background": True, "store": True}
    return post(url, bearer(question.access_key), body)


def _body(prompt: Prompt) -> dict[str, object]:
    effort = prompt.reasoning_effort
    return {
        "model": prompt.model,
        "input": [each for message in prompt.messages for each in _items(message)],
        "stream": True,
        "store": False,
        **present(
            instructions=prompt.system_text,
            tools=[
                {
                    "type": "function",
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": dict(tool.parameters),
                    "strict": False,
                }
                for tool in prompt.tools
            ],
            reasoning={"effort": effort, "summary": "auto"} if effort else None,
            # Models that do not reason refuse to be asked for it.
            include=["reasoning.encrypted_content"] if effort else None,
            max_output_tokens=prompt.max_tokens,
            temperature=prompt.temperature,
        ),
    }


def _items(message: Message) -> Iterator[dict[str, object]]:
    if message.role == "system":
        return  # in `instructions`
    for thought in message.thoughts:
        summary = [{"type": "summary_text", "text": thought.text}] if thought.text else []
        signed = {"summary": summary, "encrypted_content": thought.signature}
        yield {"type": "reasoning", **present(id=thought.id), **signed}
    for result in message.tool_results:
        answered = {"call_id": result.call_id, "output": result.output}
        yield {"type": "function_call_output", **answered}
    content = [*_texts(message), *map(_file, message.attachments)]
    if content:
        yield {"type": "message", "role": message.role, "content": content}
    for call in message.own_calls:
        called = {"call_id": call.id, "name": call.name, "arguments": call.arguments or "{}"}
        yield {"type": "function_call", **called}


def _texts(message: Message) -> Iterator[dict[str, object]]:
    if message.text:
        kind = "output_text" if message.role == "assistant" else "input_text"
        yield {"type": kind, "text": message.text}


def _file(attachment: Attachment) -> dict[str, object]:
    text = file_text(attachment)
    if text is not None:
        return {"type": "input_text", "text": text}
    url = data_url(attachment)
    if attachment.media_type.startswith("image/"):
        return {"type": "input_image", "image_url": url}
    return {"type": "input_file", "filename": attachment.name or "file", "file_data": url}
