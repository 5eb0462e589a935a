"""What the requests of all protocols share: address, headers, body, files, arguments."""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping

from app.wire.assembly import ToolCall
from app.wire.json_text import MalformedJson, as_object, parse_json
from app.wire.request import Attachment, Request, Tool
from app.wire.surrogates import well_formed

# Media types beside text/* whose bytes a model can be given as text.
_TEXT_TYPES = frozenset({"application/json", "application/xml", "application/javascript"})


def address(endpoint: str, base: str, path: str) -> str:
    """Return the address of an interface.

    Args:
        endpoint: what the settings say: a host alone, a base address, or the whole address;
            a trailing slash and a query are accepted.
        base: the base path of a host that is named alone, such as "/v1".
        path: what follows the base, such as "/chat/completions".
    """
    start, mark, query = endpoint.partition("#")[0].strip().partition("?")
    start = start.rstrip("/").removesuffix(path).rstrip("/")
    if "/" not in start.partition("://")[2]:
        start += base
    return f"{start}{path}{mark}{query}"


def post(url: str, headers: Mapping[str, str], body: Mapping[str, object]) -> Request:
    """Return a POST of a JSON body; an answer is accepted as an event stream.

    Lone surrogates, which UTF-8 cannot hold, become U+FFFD.
    """
    text = well_formed(json.dumps(body, ensure_ascii=False, separators=(",", ":")))
    known = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    return Request("POST", url, {**known, **headers}, text.encode())


def bearer(access_key: str) -> dict[str, str]:
    """Return the header that most servers take an access key in; none without a key."""
    return {"Authorization": f"Bearer {access_key}"} if access_key else {}


def present(**members: object) -> dict[str, object]:
    """Return the members that are not None, empty texts or empty lists."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {}, ())}


def function_tools(tools: Iterable[Tool]) -> list[dict[str, object]]:
    """Return tools as Chat Completions describe them, and others after it."""
    return [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.parameters),
            },
        }
        for tool in tools
    ]


def function_calls(calls: Iterable[ToolCall]) -> list[dict[str, object]]:
    """Return tool calls as Chat Completions repeat them, and others after it."""
    return [
        {
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments or "{}"},
        }
        for call in calls
    ]


def arguments_object(arguments: str) -> Mapping[str, object]:
    """Return a tool call's arguments as an object; an empty one if they are none."""
    try:
        return as_object(parse_json(arguments))
    except MalformedJson:
        return {}


def base64_text(attachment: Attachment) -> str:
    """Return a file's bytes as Base64."""
    return b64encode(attachment.data).decode("ascii")


def data_url(attachment: Attachment) -> str:
    """Return a file as a data URL."""
    return f"data:{attachment.media_type};base64,{base64_text(attachment)}"


def file_text(attachment: Attachment) -> str | None:
    """Return a text file as a text with its name on top; None if it is another kind."""
    kind = attachment.media_type.partition(";")[0].strip().lower()
    if not (kind.startswith("text/") or kind in _TEXT_TYPES):
        return None
    text = attachment.data.decode("utf-8", "replace")
    return f"{attachment.name}:\n\n{text}" if attachment.name else text
