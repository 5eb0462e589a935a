"""A client as small as can be: the wire's own request on a socket, the answer as it comes."""

from __future__ import annotations

import http.client
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.wire import Answer, AnswerReader, Message, Prompt, Request, dialect, read_answer


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a server answered, as bytes and as the wire reads it."""

    request: Request
    status: int
    headers: Mapping[str, str]
    body: bytes
    is_cut: bool
    answer: Answer


def said(text: str, **options: object) -> Prompt:
    """Return a prompt with one question."""
    return Prompt((Message("user", text),), "mock", **options)  # type: ignore[arg-type]


def ask(
    protocol: str,
    endpoint: str,
    prompt: Prompt,
    *,
    access_key: str = "sk-test",
    headers: Mapping[str, str] | None = None,
) -> Exchange:
    """Send a prompt and read the answer to its end."""
    request = dialect(protocol).request(
        endpoint, prompt, access_key=access_key, request_id="request-1"
    )
    url = urlsplit(request.url)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=120)
    target = url.path + (f"?{url.query}" if url.query else "")
    try:
        connection.request("POST", target, request.body, {**request.headers, **(headers or {})})
        response = connection.getresponse()
        known = {name.lower(): value for name, value in response.getheaders()}
        reader = AnswerReader(dialect(protocol), response.status, known)
        body = b""
        is_cut = False
        try:
            while chunk := response.read1(65_536):
                body += chunk
                reader.feed(chunk)
        except (http.client.HTTPException, OSError):
            is_cut = True
        answer = reader.close(transport_error=is_cut)
    finally:
        connection.close()
    assert_cutting_changes_nothing(protocol, response.status, known, body, is_cut, answer)
    return Exchange(request, response.status, known, body, is_cut, answer)


def assert_cutting_changes_nothing(
    protocol: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    is_cut: bool,
    answer: Answer,
) -> None:
    """Hold the answer against the same bytes whole, one by one, and in odd pieces."""
    for size in (len(body) or 1, 1, 7):
        pieces: Iterable[bytes] = (body[at : at + size] for at in range(0, len(body), size))
        again = read_answer(protocol, status, headers, pieces, transport_error=is_cut)
        assert again == answer, f"pieces of {size} bytes"
