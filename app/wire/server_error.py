"""A server's report of failure, in whatever shape it comes."""

from collections.abc import Mapping
from dataclasses import replace
from html import unescape

from app.wire.deltas import ServerError
from app.wire.json_text import MalformedJson, as_array, as_object, as_text, parse_json, parse_start
from app.wire.retry_hint import body_wait, words_wait
from app.wire.sse import EventStreamDecoder
from app.wire.surrogates import well_formed

# How much of an error body is kept, in bytes, and of its message, in characters.
ERROR_BODY_BYTES = 64 * 1024
MESSAGE_CHARACTERS = 2_000

# Words for failures that the same request meets again, even under status 429 or 500.
PERMANENT_CODES = frozenset(
    {
        "authentication_error",
        "billing_error",
        "billing_hard_limit_reached",
        "context_length_exceeded",
        "exceed_context_size_error",
        "insufficient_quota",
        "invalid_prompt",
        "invalid_api_key",
        "invalid_request_error",
        "model_not_found",
        "not_found_error",
        "permission_error",
        "request_too_large",
        "wrong_content",
    }
)


def reported_error(payload: object, status: int = 200) -> ServerError | None:
    """Return the error that a JSON value reports by its `error` member, or None.

    vLLM sends the error itself, marked `"object": "error"`; Gemini sends it in a list.
    """
    if isinstance(payload, list):
        payload = next(iter(payload), None)
    body = as_object(payload)
    error = body.get("error")
    if isinstance(error, dict) and error:
        return _from_object(error, status)
    if isinstance(error, str) and error:
        return make_error(as_text(body.get("message")) or error, _code(body), status)
    if error or body.get("object") == "error":
        return _from_object(body, status)
    return None


def error_in_object(payload: object, status: int = 200) -> ServerError | None:
    """Return the error of a JSON value that is known to be one, or None if it says nothing."""
    if isinstance(payload, list):
        payload = next(iter(payload), None)
    error = reported_error(payload, status)
    if error is None and _message(as_object(payload)):
        return _from_object(as_object(payload), status)
    return error


def error_before_more(text: str, status: int = 200) -> ServerError | None:
    """Return the error that the JSON value at the beginning of a longer text reports, or None."""
    try:
        return reported_error(parse_start(text), status)
    except MalformedJson:
        return None


def error_in_body(body: bytes, status: int) -> ServerError:
    """Return the error that an HTTP error body tells: JSON, an event stream, a page or text."""
    text = body.decode("utf-8", "replace").removeprefix("\ufeff").strip()
    error = error_in_text(text, status) or error_before_more(text, status)
    error = error or _error_in_events(body, status)
    if error is not None:
        return error
    answered = f"The server answered with status {status}"
    if looks_like_page(text):
        title = page_title(text)
        return make_error(f"{answered}: {title}" if title else f"{answered}.", "", status)
    return make_error(f"{answered}: {text}" if text else f"{answered}.", "", status)


def make_error(message: str, code: str, status: int = 200) -> ServerError:
    """Return an error with its message capped; a missing code is the status's number."""
    short = well_formed(message.strip()[:MESSAGE_CHARACTERS])
    code = well_formed(code[:MESSAGE_CHARACTERS])
    named = code or (str(status) if status != 200 else "")
    return ServerError(short, named, _is_retryable(code, status), words_wait(short))


def looks_like_page(text: str) -> bool:
    """Tell whether a body is HTML or XML: neither JSON nor a stream begins with "<"."""
    return text.startswith("<")


def page_title(page: str) -> str:
    """Return the title of an HTML page, on one line, or an empty string."""
    # Lower case can change a text's length outside ASCII, so bytes are searched.
    raw = page.encode()
    lowered = raw.lower()
    start = lowered.find(b"<title")
    start = lowered.find(b">", start) + 1 if start >= 0 else 0
    end = lowered.find(b"<", start)
    if not start or end < 0:
        return ""
    return " ".join(unescape(raw[start:end].decode()).split())[:200]


def error_in_text(text: str, status: int = 200) -> ServerError | None:
    """Return the error that a text tells if it is a JSON value, or None."""
    if not text.startswith(("{", "[")):
        return None
    try:
        return error_in_object(parse_json(text), status)
    except MalformedJson:
        return None


def _error_in_events(body: bytes, status: int) -> ServerError | None:
    for event in EventStreamDecoder().feed(body + b"\n\n"):
        error = error_in_text(event.data.strip(), status)
        if error is not None:
            return error
    return None


def _from_object(error: Mapping[str, object], status: int) -> ServerError:
    message = _message(error) or "The server reported an error without a message."
    words = {as_text(error.get(key)) for key in ("code", "type", "status")}
    made = make_error(message, _code(error), status)
    may_retry = made.retryable and PERMANENT_CODES.isdisjoint(words)
    wait = body_wait(error, message)
    return replace(
        made, retryable=may_retry, retry_after=made.retry_after if wait is None else wait
    )


def _message(error: Mapping[str, object], levels: int = 3) -> str:
    for key in ("message", "detail", "msg", "title", "error_description"):
        value = error.get(key)
        # FastAPI's `detail` is a list of complaints for a request it cannot read.
        value = next(iter(as_array(value)), value)
        # A message may be an object with a message of its own: Mistral's holds such a detail.
        text = as_text(value) or (_message(as_object(value), levels - 1) if levels else "")
        if text.strip():
            return text
    return ""


def _code(error: Mapping[str, object]) -> str:
    for key in ("code", "type", "status", "status_code"):
        value = error.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value) if abs(value) < 10**9 else ""
        if as_text(value):
            return as_text(value)
    return ""


def _is_retryable(code: str, status: int) -> bool:
    if code in PERMANENT_CODES:
        return False
    # Inside a stream that began well, the code's number stands for the status.
    if status == 200 and len(code) == 3 and code.isascii() and code.isdigit():
        status = int(code)
    # The request was accepted and failed later: the fault is the server's.
    if status == 200:
        return True
    return status in {408, 409, 429} or 500 <= status <= 599
