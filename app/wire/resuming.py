"""Requests that read an answer on, in each way that servers offer.

Sources: llama.cpp's server README (`/v1/stream`); platform.openai.com, "Background mode"; WHATWG
HTML, section 9.2.4 (Last-Event-ID); ai-sdk.dev, "Chatbot resume streams".
"""

from urllib.parse import quote

from app.wire.protocols.posting import address, bearer
from app.wire.request import Request

_EVENTS = {"Accept": "text/event-stream"}


def byte_log(endpoint: str, access_key: str, conversation_id: str, received_bytes: int) -> Request:
    """Return the request for a byte log's bytes from `received_bytes` on, as llama.cpp keeps it."""
    name = quote(conversation_id, safe="")
    url = address(endpoint, "/v1", "/stream")
    headers = {**_EVENTS, **bearer(access_key)}
    return Request("GET", f"{url}?conv_id={name}&from={received_bytes}", headers, b"")


def byte_log_end(endpoint: str, access_key: str, conversation_id: str) -> Request:
    """Return the request that ends the answer behind a byte log, and the log."""
    url = address(endpoint, "/v1", "/stream")
    name = quote(conversation_id, safe="")
    return Request("DELETE", f"{url}?conv_id={name}", bearer(access_key), b"")


def background(
    endpoint: str, access_key: str, answer_id: str, sequence_number: int | None
) -> Request:
    """Return the request for the events of a response after a number; None asks for all."""
    url = f"{address(endpoint, '/v1', '/responses')}/{quote(answer_id, safe='')}?stream=true"
    if sequence_number is not None:
        url += f"&starting_after={sequence_number}"
    return Request("GET", url, {**_EVENTS, **bearer(access_key)}, b"")


def background_end(endpoint: str, access_key: str, answer_id: str) -> Request:
    """Return the request that cancels a response in the background."""
    url = f"{address(endpoint, '/v1', '/responses')}/{quote(answer_id, safe='')}/cancel"
    return Request("POST", url, bearer(access_key), b"")


def after_event(url: str, access_key: str, last_event_id: str) -> Request:
    """Return the request for the events after an ID, at the address that was asked."""
    # A header's value is bytes, which fetch() takes as characters up to U+00FF; these are UTF-8.
    value = last_event_id.encode().decode("latin-1")
    headers = {**_EVENTS, **bearer(access_key), "Last-Event-ID": value}
    return Request("GET", url, headers, b"")


def replay(endpoint: str, access_key: str, conversation_id: str) -> Request:
    """Return the request for all events of the answer that a route of the AI SDK is writing."""
    start, mark, query = endpoint.strip().partition("?")
    url = f"{start.rstrip('/')}/{quote(conversation_id, safe='')}/stream{mark}{query}"
    return Request("GET", url, {**_EVENTS, **bearer(access_key)}, b"")
