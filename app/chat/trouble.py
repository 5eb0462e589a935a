"""Errors in a person's words: what happened, what is safe, what to do.

The words are part of the interface: plain, in the present tense, without guesses about who is
at fault. The technical text goes into `cause` and is shown on demand only.
"""

import re
from collections.abc import Container
from dataclasses import dataclass

from app.wire import Answer, ServerError

# Longest technical text that is kept, in characters; error pages can be megabytes.
MAX_CAUSE = 2000

_AGAIN = "Press Try again."
_OFFLINE = "This device is offline."
_RECONNECT = "Reconnect, then press Try again."
# A server on the same device is reached without a network: reconnecting would be the wrong advice.
_ON_THIS_DEVICE = re.compile(r"//(?:localhost|127\.[0-9.]+|\[::1\])(?:[:/]|$)", re.IGNORECASE)
_LOCAL = "A server on this device needs no network: check that it is running, then press Try again."


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong with an answer.

    `happened`, `safe` and `remedy` are whole sentences for the person; `cause` is technical
    text, perhaps a foreign one. `retryable`: the same request may succeed when sent again.
    """

    happened: str
    safe: str
    remedy: str
    cause: str
    retryable: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """How a body ended, should it turn out that something of it is missing.

    `cause` tells technically where and why; `is_offline`: the device had no network then;
    `is_deliberate`: the server itself said that nothing follows.
    """

    cause: str
    is_offline: bool = False
    is_deliberate: bool = False


@dataclass(frozen=True, slots=True)
class _Words:
    happened: str
    remedy: str


# What servers call their errors; a code says more than the status it comes with.
_BY_CODE: tuple[tuple[Container[str], _Words], ...] = (
    (
        {"exceed_context_size_error", "context_length_exceeded"},
        _Words(
            "The conversation is too long for the model.",
            "Start a new conversation, or ask a shorter question.",
        ),
    ),
    (
        {"insufficient_quota", "billing_hard_limit_reached"},
        _Words(
            "The account at the model server has no credit left.",
            "Check the account, then press Try again.",
        ),
    ),
    (
        {"model_not_found"},
        _Words(
            "The model server does not have this model.",
            "Check the name of the model in the settings.",
        ),
    ),
    (
        {"html_page", "wrong_content"},
        _Words(
            "Something that is not a model server answered.",
            "Check the endpoint in the settings. A proxy or a sign-in page may stand in between.",
        ),
    ),
    (
        {"event_too_large"},
        _Words(
            "The model server sent a piece that is too large to read.",
            "Raise max_event_bytes in the settings, or check the endpoint there.",
        ),
    ),
)

_BY_STATUS: tuple[tuple[Container[int], _Words], ...] = (
    (
        {401, 403, 407},
        _Words(
            "The model server refused access.",
            "Check the access key, and whether this page may use the server.",
        ),
    ),
    (
        {404, 405, 410},
        _Words(
            "The model server does not know this address or this model.",
            "Check the endpoint and the model in the settings.",
        ),
    ),
    (
        {408, 504},
        _Words("The model server took too long.", _AGAIN),
    ),
    (
        {413},
        _Words(
            "The conversation is too long for the model server.",
            "Start a new conversation, or ask a shorter question.",
        ),
    ),
    (
        {429},
        _Words(
            "The model server accepts no more requests for now.",
            "Wait a minute, then press Try again.",
        ),
    ),
    (
        {503, 529},
        _Words(
            "The model server is busy or still loading the model.",
            "Wait a moment, then press Try again.",
        ),
    ),
    (
        range(500, 600),
        _Words("The model server failed.", _AGAIN),
    ),
    (
        range(400, 500),
        _Words(
            "The model server did not accept the request.",
            "Read the details, and check the model and the protocol in the settings.",
        ),
    ),
)

_UNEXPECTED = _Words(
    "The model server answered in an unexpected way.",
    "Check the endpoint in the settings.",
)
_REPORTED = _Words("The model server reported an error.", _AGAIN)


def is_on_this_device(address: str) -> bool:
    """Tell whether a server is reached without any network."""
    return bool(_ON_THIS_DEVICE.search(address))


def unreachable(
    cause: str, address: str, is_offline: bool = False, *, is_blocked: bool = False
) -> Trouble:
    """No response came: nothing listens, the network is down, or the browser blocked it.

    Browsers do not tell these apart (Fetch standard, "network error"), but know of a device
    without any network. `is_blocked`: it failed at once, again and again.
    """
    words = _Words(
        "The model server did not answer.",
        "Check that it is running and allows requests from this page, then press Try again.",
    )
    if is_blocked:
        words = _Words(
            "The model server is blocked or unreachable.",
            "Check that it is running, and that it allows requests from this page (CORS), then "
            "press Try again.",
        )
    if is_offline:
        words = _Words(_OFFLINE, _LOCAL if is_on_this_device(address) else _RECONNECT)
    return _trouble(words, False, f"{cause}\n{address}", retryable=True)


def server_error(error: ServerError, has_text: bool) -> Trouble:
    """The server reported a failure inside an answer that began well."""
    status = int(error.code) if error.code.isascii() and error.code.isdecimal() else 0
    words = _by_code(error.code) or _by_status(status) or _REPORTED
    code = f" ({error.code})" if error.code else ""
    return _trouble(words, has_text, error.message + code, retryable=error.retryable)


def refused_request(status: int, error: ServerError | None, retryable: bool) -> Trouble:
    """The server answered with a status that is no success."""
    code = error.code if error else ""
    words = _by_code(code) or _by_status(status) or _UNEXPECTED
    message = f": {error.message}" if error else ""
    return _trouble(words, False, f"HTTP status {status}{message}", retryable=retryable)


def cut_off(loss: Loss, has_text: bool) -> Trouble:
    """The stream ended without the protocol's own signal that the answer is whole."""
    happened = (
        "The connection ended before the answer was complete."
        if has_text
        else "The connection ended before an answer came."
    )
    if loss.is_deliberate:
        happened = (
            "The model server ended the answer before it was complete."
            if has_text
            else "The model server ended the answer before it began."
        )
    words = _Words(happened, _AGAIN)
    if loss.is_offline:
        words = _Words(f"{happened} {_OFFLINE}", _RECONNECT)
    return _trouble(words, has_text, loss.cause, retryable=True)


def unreadable(loss: Loss, has_text: bool) -> Trouble:
    """The answer finished in good order, but a part of it could not be decoded."""
    happened = "A part of the answer could not be read: words may be missing."
    return _trouble(_Words(happened, _AGAIN), has_text, loss.cause, retryable=True)


def declined(finish: str | None, has_text: bool) -> Trouble:
    """The model or a filter before it declined, and gave no words of its own for it."""
    happened = (
        "The model server withheld the rest." if has_text else "The model declined to answer."
    )
    words = _Words(happened, "Ask in other words.")
    return _trouble(words, has_text, f"Finish signal: {finish}", retryable=False)


def empty_answer(finish: str | None) -> Trouble:
    """The answer finished in good order, and has no text."""
    words = _Words("The model wrote no answer.", "Press Try again, or ask in other words.")
    return _trouble(words, False, f"Finish signal: {finish}", retryable=True)


def trouble_of(answer: Answer, status: int, has_text: bool, loss: Loss) -> Trouble | None:
    """Say what is wrong with an answer that has ended, or None when it is whole.

    Args:
        answer: what the reader made of the body.
        status: the response's HTTP status.
        has_text: whether the person has seen text of it.
        loss: how the body ended, should that be the trouble.
    """
    if answer.outcome == "http-error":
        return refused_request(status, answer.error, answer.retryable)
    if answer.error is not None:
        return server_error(answer.error, has_text)
    if answer.outcome == "truncated":
        return cut_off(loss, has_text)
    if answer.outcome == "refused" and not answer.refusal:
        return declined(answer.finish, has_text)
    return None if has_text else empty_answer(answer.finish)


def _trouble(words: _Words, has_text: bool, cause: str, *, retryable: bool) -> Trouble:
    safe = "Your question and the text so far are kept." if has_text else "Your question is kept."
    return Trouble(words.happened, safe, words.remedy, cause.strip()[:MAX_CAUSE], retryable)


def _by_code(code: str) -> _Words | None:
    return next((words for codes, words in _BY_CODE if code in codes), None)


def _by_status(status: int) -> _Words | None:
    return next((words for statuses, words in _BY_STATUS if status in statuses), None)
