"""What is asked of the keeper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chat.keeping import dropping, kept, reading
from app.wire import Request

BASE = "https://example.com/chat/keeper/"
POST = Request(
    "POST", "https://api.example.com/v1/x?y=1", {"Authorization": "Bearer k"}, b'{"a": 1}'
)


def test_a_kept_request_goes_to_the_log_and_names_the_server() -> None:
    request = kept(POST, BASE, "turn-1.2")
    assert (request.method, request.url) == ("POST", f"{BASE}turn-1.2")
    assert request.headers == {"Authorization": "Bearer k", "X-Keeper-Upstream": POST.url}
    assert request.body == POST.body
    assert "X-Keeper-Upstream" not in POST.headers  # what was handed in is left as it was


def test_only_a_post_is_kept() -> None:
    with pytest.raises(ValueError, match="GET"):
        kept(Request("GET", POST.url, {}, b""), BASE, "a")


def test_reading_goes_on_after_what_was_received() -> None:
    assert reading(BASE, "a", 0) == Request("GET", f"{BASE}a?from=0", {}, b"")
    assert reading(BASE, "a", 70_000) == Request("GET", f"{BASE}a?from=70000", {}, b"")


def test_dropping_names_the_log() -> None:
    assert dropping(BASE, "a") == Request("DELETE", f"{BASE}a", {}, b"")


@pytest.mark.parametrize("log_id", ["", ".", "..", "a/b", "a?b", "ä", "a b", "a\n", "x" * 129])
def test_an_id_that_is_no_name_in_an_address_is_refused(log_id: str) -> None:
    with pytest.raises(ValueError, match="not the ID"):
        kept(POST, BASE, log_id)
    with pytest.raises(ValueError, match="not the ID"):
        dropping(BASE, log_id)


@given(st.from_regex(r"[A-Za-z0-9._-]{1,128}", fullmatch=True).filter(lambda x: x.strip(".")))
def test_every_other_id_lies_below_the_base(log_id: str) -> None:
    assert dropping(BASE, log_id).url == BASE + log_id
