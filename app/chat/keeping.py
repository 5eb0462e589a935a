"""Requests by way of the keeper, the service worker that logs an answer's bytes (static/keeper.js).

The answer lies under an ID of ours, and is read on from any byte for as long as the log is kept.
Other files need not know how: what comes out is an HTTP request like any other.
"""

import re

from app.wire import Request

UPSTREAM = "X-Keeper-Upstream"
_LOG_ID = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)


def kept(request: Request, base: str, log_id: str) -> Request:
    """Give the request that lets the keeper carry out another one, and log its answer.

    Args:
        request: a POST to the model server.
        base: the keeper's absolute address, `…/keeper/`.
        log_id: a new name for the answer; an ID that the keeper knows is never requested again.

    Raises:
        ValueError: the request is no POST, or the ID has characters that an address may not have.
    """
    if request.method != "POST":
        raise ValueError(f"The keeper carries out POST requests only, not {request.method}.")
    headers = {**request.headers, UPSTREAM: request.url}
    return Request("POST", _address(base, log_id), headers, request.body)


def reading(base: str, log_id: str, received_bytes: int) -> Request:
    """Give the request that reads a log on, after the bytes that were received already.

    Raises:
        ValueError: the ID has characters that an address may not have.
    """
    return Request("GET", f"{_address(base, log_id)}?from={received_bytes}", {}, b"")


def dropping(base: str, log_id: str) -> Request:
    """Give the request that ends the answer, if it still comes in, and has its log deleted.

    Raises:
        ValueError: the ID has characters that an address may not have.
    """
    return Request("DELETE", _address(base, log_id), {}, b"")


def _address(base: str, log_id: str) -> str:
    # The two names that an address takes for folders would reach something else.
    if not _LOG_ID.fullmatch(log_id) or log_id in (".", ".."):
        raise ValueError(f"{log_id!r} is not the ID of a log.")
    return base + log_id
