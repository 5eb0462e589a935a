"""Addresses that two parsers could read differently are refused."""

import pytest

from app.chat.origins import is_origin, origin_of


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("http://127.0.0.1:8435/v1", "http://127.0.0.1:8435"),
        ("HTTPS://API.Example.COM/v1/", "https://api.example.com"),
        ("https://api.example.com:443", "https://api.example.com"),
        ("http://api.example.com:80/", "http://api.example.com"),
        ("https://api.example.com:80/", "https://api.example.com:80"),
        ("http://localhost:08435", "http://localhost:8435"),
        ("http://[::1]:8080/v1", "http://[::1]:8080"),
        ("http://my_host/v1", "http://my_host"),
    ],
)
def test_the_origin_of_an_address(address: str, origin: str) -> None:
    assert origin_of(address) == origin


@pytest.mark.parametrize(
    "address",
    [
        "",
        "127.0.0.1:8435",
        "ftp://example.com",
        "javascript:alert(1)",
        "//example.com",
        "http:/example.com",
        "http://",
        "http:///v1",
        "http://user@example.com",
        "http://good.example@evil.example/",
        "http://evil.example\\@good.example/",
        "http://good.example\\.evil.example/",
        "http://good.example/v1\\x",
        "http://good.example\t.evil.example",
        "http://good.example\n",
        " http://good.example",
        "http://good.example /v1",
        "http://good%2eexample/",
        "http://gööd.example/",
        "http://good。example/",
        "http://good.example:",
        "http://good.example:0",
        "http://good.example:65536",
        "http://good.example:٨٠",
        "http://good.example/v1?key=1",
        "http://good.example/v1#a",
        "http://-good.example",
        "http://good.example/\x00",
    ],
)
def test_what_is_no_plain_address(address: str) -> None:
    assert origin_of(address) is None
    assert not is_origin(address)


def test_an_origin_has_no_path() -> None:
    assert is_origin("https://example.com:8443")
    assert not is_origin("https://example.com/")
    assert not is_origin("https://example.com:0")
    assert not is_origin("*")
    assert not is_origin("null")
