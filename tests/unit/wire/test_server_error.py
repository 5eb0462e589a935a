import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire.server_error import MESSAGE_CHARACTERS, error_in_body, page_title

PAGE = b"<!DOCTYPE html><HTML><Title lang=en>\n 502 Bad\n Gateway </Title><body>x</body>"


@pytest.mark.parametrize(
    ("status", "body", "message", "code", "retryable"),
    [
        (429, b'{"error":{"message":"Slow down","code":"429"}}', "Slow down", "429", True),
        (429, b'{"error":{"message":"m","code":"insufficient_quota"}}', "m", "insufficient_quota",
         False),
        (400, b'{"error":{"message":"m","type":"exceed_context_size_error","code":400}}', "m",
         "400", False),
        (500, b'data: {"error":{"message":"m","code":"500"}}\n\ndata: [DONE]\n\n', "m", "500",
         True),
        (500, b'event: error\ndata: {"message":"m"}', "m", "500", True),
        (503, b'{"error":"loading"}', "loading", "503", True),
        (500, b'{"error":"Internal Server Error","message":"m"}', "m", "500", True),
        (422, b'{"detail":[{"loc":["body"],"msg":"field required"}]}', "field required", "422",
         False),
        (422, b'{"object":"error","message":{"detail":[{"type":"extra_forbidden","msg":"Extra"}]}}',
         "Extra", "422", False),
        (404, b'{"detail":"Not Found"}', "Not Found", "404", False),
        (503, b'[{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}]', "m", "503", True),
        (500, b'{"error":{}}', 'The server answered with status 500: {"error":{}}', "500", True),
        (500, b'{"error":', 'The server answered with status 500: {"error":', "500", True),
        (502, PAGE, "The server answered with status 502: 502 Bad Gateway", "502", True),
        (502, b"<html></html>", "The server answered with status 502.", "502", True),
        (401, b" no key \n", "The server answered with status 401: no key", "401", False),
        (500, b"", "The server answered with status 500.", "500", True),
        (500, b"\xff\xfe", "The server answered with status 500: \ufffd\ufffd", "500", True),
        (400, b"[" * 5_000, "The server answered with status 400: " + "[" * 1_963, "400", False),
        (500, b'{"error":"m"}\n\ndata: [DONE]\n\n', "m", "500", True),
        (500, b'{"error":{"message":"\\ud83c","code":7e999}}', "\ufffd", "500", True),
    ],
)  # fmt: skip
def test_error_body(status: int, body: bytes, message: str, code: str, retryable: bool) -> None:
    error = error_in_body(body, status)
    assert (error.message, error.code, error.retryable) == (message, code, retryable)


@given(body=st.binary(), status=st.integers(0, 999))
def test_arbitrary_bytes_never_raise(body: bytes, status: int) -> None:
    error = error_in_body(body, status)
    assert error.message
    assert len(error.message) <= MESSAGE_CHARACTERS


@given(page=st.text())
def test_title_of_anything(page: str) -> None:
    assert "\n" not in page_title("<title>" + page)


def test_title_after_letters_that_grow_in_lower_case() -> None:
    assert page_title("<p>\u0130\u0130</p><title>T\u00fcr</title>") == "T\u00fcr"


def test_references_to_characters_in_a_title_are_read() -> None:
    page = "<title>Login &amp; go&#10;&#xD800;&lt;now&gt;</title>"
    assert page_title(page) == "Login & go \ufffd<now>"
