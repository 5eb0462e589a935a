"""A client that keeps every byte it gets and says how the body ended."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Seen:
    """An answer; `error` is the kind of exception that ended it, None for a proper end."""

    status: int
    body: bytes
    error: type[BaseException] | None
    headers: Mapping[str, str] = field(default_factory=dict)


def fetch(
    url: str,
    method: str = "GET",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    *,
    most: int | None = None,
    pause: float = 0.0,
    keep: bool = False,
) -> Seen:
    """Ask, and read to the end.

    Args:
        url: the address.
        method: the HTTP method.
        body: the request's body.
        headers: the request's headers.
        most: leave after this many bytes of the body.
        pause: seconds to wait before the body is read.
        keep: give the answer's headers as well, names in lower case.
    """
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    got = bytearray()
    error: type[BaseException] | None = None
    connection.request(method, target, body or None, dict(headers or {}))
    response = connection.getresponse()
    known = {name.lower(): value for name, value in response.getheaders()}
    time.sleep(pause)
    try:
        while most is None or len(got) < most:
            piece = response.read1(65_536 if most is None else most - len(got))
            if not piece:
                break
            got += piece
    except (http.client.HTTPException, OSError) as caught:
        error = type(caught)
    finally:
        response.close()
        connection.close()
    return Seen(response.status, bytes(got), error, known if keep else {})
