"""A link leads where it seems to lead, or nowhere; a long one asks; a picture waits."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.markup.destinations import Link, read_link, read_picture

PARTS = [
    *("http", "https", "HTTP", "javascript", "data", "vbscript", "mailto", "file", ":", "/", "//"),
    *("\\", "@", "?", "#", "[", "]", "::1", "127.0.0.1", "0x7f.1", "2130706433", "example.com"),
    *("evil.example", "xn--mnchen-3ya.de", "münchen.de", "раураl.com", "。", "．", "℀", "%", "%40"),
    *("\t", "\n", "\r", "\0", "\x01", " ", "\u202e", "\u200b", "\U000e0041", "a", ".", "-", ":80"),
    *(":99999", "&bcc=x@y.z", "?subject=hi", "user:pass", "é", "河"),
]
addresses = st.lists(st.sampled_from(PARTS), max_size=12).map("".join) | st.text()


@pytest.mark.parametrize(
    ("address", "href", "host"),
    [
        ("https://example.com", "https://example.com", "example.com"),
        ("HTTPS://Example.COM:443/A?b=c#d", "https://example.com:443/A?b=c#d", "example.com"),
        (" \thttps://exa\nmple.com/\r\n ", "https://example.com/", "example.com"),
        ("http://example.com/a b\u202e", "http://example.com/a%20b%E2%80%AE", "example.com"),
        ("https://example.com/%zz%41", "https://example.com/%25zz%41", "example.com"),
        ("https://example.com?find=\\*", "https://example.com?find=%5C*", "example.com"),
        ("https://example.com.", "https://example.com", "example.com"),
        ("http://localhost:8000/x", "http://localhost:8000/x", "localhost"),
        ("http://[2001:DB8::1]:80/", "http://[2001:db8::1]:80/", "[2001:db8::1]"),
        ("http://127.0.0.1/", "http://127.0.0.1/", "127.0.0.1"),
        ("https://xn--mnchen-3ya.de/", "https://xn--mnchen-3ya.de/", "xn--mnchen-3ya.de"),
        ("https://münchen.de/ü", "https://xn--mnchen-3ya.de/%C3%BC", "xn--mnchen-3ya.de"),
        ("https://faß.de", "https://xn--fa-hia.de", "xn--fa-hia.de"),
        ("https://pаypal.com", "https://xn--pypal-4ve.com", "xn--pypal-4ve.com"),
        ("https://ｅｘａｍｐｌｅ。com", "https://example.com", "example.com"),
        ("mailto:a.b+c@Example.com", "mailto:a.b+c@example.com", "a.b+c@example.com"),
    ],
)
def test_a_safe_address_is_written_anew(address: str, href: str, host: str) -> None:
    assert read_link(address) == Link(href, host)


@pytest.mark.parametrize(
    "address",
    [
        *("", "#top", "/path", "page.html", "//evil.example", "?q", "javascript", "://", "http:"),
        *("javascript:alert(1)", "JaVa\tScript:alert(1)", "\x01javascript:alert(1)", "tel:123"),
        *("data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:https://x/1", "ftp://x.y"),
        *("http:evil.example", "http:/evil.example", "http:///evil.example",),
        "https:\\\\evil.example",
        *("https://good.example\\@evil.example", "https://good.example\\.evil.example/"),
        *("https://example.com/a\\..\\b", "https://user@example.com", "https://a:b@example.com"),
        *("https://%65vil.example", "https://ex ample.com", "https://exam\0ple.com", "https://a..b"),
        *("http://2130706433", "http://0x7f.1", "http://127.1", "http://0177.0.0.1", "http://1.2.3.999"),
        *("http://a.b:99999/", "http://a.b:8x/", "http://[::1", "http://[fe80::1%25eth0]/", "http://[x]"),
        *("https://℀.com", "https://a\u200bb.com", "https://☕.example", "https://-.com", "http://[]"),
        *("mailto:", "mailto:nobody", "mailto:a@b.c%0Abcc:d@e.f", "mailto:a@b.c?subject=x%0D%0Ay"),
        *("mailto:a@b.c,d@e.f", "view-source:https://x.y", "https://" + "a." * 200 + "com"),
    ],
)  # fmt: skip
def test_any_other_address_leads_nowhere(address: str) -> None:
    assert read_link(address, "text") == Link(None)


@pytest.mark.parametrize(
    ("text", "address", "claim"),
    [
        ("paypal.com", "https://evil.example", "paypal.com"),
        ("https://paypal.com/login", "https://evil.example/paypal.com", "paypal.com"),
        ("Sign in at www.paypal.com.", "https://evil.example", "www.paypal.com"),
        ("paypal.com", "https://paypal.com.evil.example", "paypal.com"),
        ("paypal.com", "https://pаypal.com", "paypal.com"),
        ("pаypal.com", "https://evil.example", "xn--pypal-4ve.com"),
        ("pay\u200bpal.com", "https://evil.example", "paypal.com"),
        ("ｐａｙｐａｌ．ｃｏｍ", "https://evil.example", "paypal.com"),
        ("詳細はpaypal.comへ", "https://evil.example", "paypal.com"),
        ("https://paypal.com@evil.example", "https://evil.example", "paypal.com"),
        ("docs.example.org", "https://example.org", "docs.example.org"),
        ("http://10.0.0.1/x", "https://evil.example", "10.0.0.1"),
        ("help@bank.com", "mailto:help@evil.example", "help@bank.com"),
        ("alice@corp.com", "mailto:mallory@corp.com", "alice@corp.com"),
        ("help@bank.com", "https://evil.example", "help@bank.com"),
        ("pаypal.com", "https://ypal.com", "xn--pypal-4ve.com"),
        ("paypal.comと evil.example", "https://evil.example", "paypal.com"),
        ("evil.example paypal.com", "https://evil.example", "paypal.com"),
        ("see https://setup.py/x", "https://evil.example", "setup.py"),
        ("paypal.сom", "https://evil.example", "paypal.xn--om-nmc"),
        ("192.168.0.1", "https://evil.example", "192.168.0.1"),
    ],
)
def test_a_false_claim_is_found(text: str, address: str, claim: str) -> None:
    assert read_link(address, text).claim == claim


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://раураl.com/login", "https://раураl.com/login"),
        ("münchen.de", "https://xn--mnchen-3ya.de"),
        ("the docs", "https://docs.bücher.example"),
        ("a@раураl.com", "mailto:a@раураl.com"),
    ],
)
def test_a_host_in_other_letters_is_shown_as_it_is_asked(text: str, address: str) -> None:
    link = read_link(address, text)
    assert link.claim
    assert "xn--" in link.host


def test_a_claim_cannot_be_hidden_behind_blanks_or_words() -> None:
    for between in (" ", "it "):
        text = f"Visit {between * 2100}paypal.com"
        assert read_link("https://evil.example/", text).claim


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("the docs", "https://evil.example"),
        ("example.com", "https://www.example.com/x"),
        ("www.example.com", "https://example.com"),
        ("Example.com.", "https://docs.example.com"),
        ("https://example.com/a", "https://example.com/b"),
        ("xn--mnchen-3ya.de", "https://münchen.de"),
        ("詳細はexample.comへ", "https://example.com"),
        ("https://example.com/paypal.com?x=evil.com", "https://example.com/paypal.com"),
        ("詳細はhttps://example.com/pへ", "https://example.com/p"),
        ("README.md", "https://git.example/x/README.md"),
        ("setup.py, main.rs and v1.2.3", "https://git.example"),
        ("Node.js and ASP.NET", "https://git.example"),
        ("e.g. 3.14", "https://git.example"),
        ("a@example.com", "mailto:a@example.com"),
        ("info@example.com", "https://example.com/contact"),
    ],
)
def test_what_claims_nothing_false_is_left_alone(text: str, address: str) -> None:
    assert read_link(address, text).claim == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/?q=" + "a%20b%20" * 20,
        "https://evil.example/#" + "secret-" * 10,
        "https://evil.example/" + "c2VjcmV0IGtleSBpbiBiYXNlNjQgZm9ybQ" * 2,
        "https://evil.example/" + "some/words/" * 20,
        "https://" + "a" * 40 + ".evil.example/",
        "https://aaaa.bbbb.cccc.dddd.eeee.ffff.gggg.hhhh.iiii.jjjj.kkkk.llll.evil.example/",
        "mailto:a@b.example?body=" + "secret",
        "mailto:a@b.example?bcc=c@d.example",
    ],
)
def test_an_address_that_carries_much_asks(address: str) -> None:
    link = read_link(address)
    assert link.href is not None
    assert link.asks


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s",
        "https://github.com/python/cpython/blob/0123456789abcdef0123456789abcdef01234567/a.py#L1-L20",
        "https://example.com/3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "https://ja.wikipedia.org/wiki/%E6%9D%B1%E4%BA%AC%E9%83%BD",
        "https://www.google.com/search?q=how+deep+is+the+river+Rhine",
        "https://docs.python.org/3/library/stdtypes.html#numeric-types-int-float-complex",
        "mailto:a@b.example?subject=Hello",
    ],
)
def test_everyday_addresses_do_not_ask(address: str) -> None:
    link = read_link(address)
    assert link.href is not None
    assert not link.asks


@given(addresses, addresses)
def test_the_law_of_links(address: str, text: str) -> None:
    link = read_link(address, text)
    if link.href is None:
        assert link == Link(None)
        return
    assert re.fullmatch(r"(https?://|mailto:)[!-~]+", link.href)
    assert link.host.isascii()
    assert read_link(link.href).href == link.href
    if link.href.startswith("http"):
        parts = urlsplit(link.href)
        assert parts.netloc.rpartition(":")[0] == link.host or parts.netloc == link.host
        assert "\\" not in link.href
        assert "@" not in parts.netloc


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp"])
def test_a_small_picture_may_be_in_the_text(kind: str) -> None:
    picture = read_picture(f"data:image/{kind.upper()};base64,iVBORw0KGgo=", "a\u202eb")
    assert picture.source == f"data:image/{kind};base64,iVBORw0KGgo="
    assert (picture.alt, picture.host) == ("a⟨U+202E⟩b", "")


@pytest.mark.parametrize(
    "address",
    [
        *("data:image/svg+xml;base64,AAAA", "data:image/svg+xml,<svg>",),
        "data:text/html;base64,AAAA",
        *("data:image/png,AAAA", "data:image/png;charset=x;base64,AAAA", "data:image/png;base64,"),
        *("data:image/png;base64,A A", "mailto:a@b.c", "x.png", "//x.y/z.png", "blob:x", ""),
        "data:image/png;base64," + "A" * (1 << 20),
    ],
)  # fmt: skip
def test_other_pictures_are_never_offered(address: str) -> None:
    assert read_picture(address, "alt").source is None


def test_a_picture_on_the_web_names_its_host_and_what_it_carries() -> None:
    picture = read_picture("https://evil.example/p.png?d=" + "x" * 70, "a picture")
    assert picture.source
    assert picture.source.startswith("https://evil.example/p.png")
    assert (picture.alt, picture.host, picture.asks) == ("a picture", "evil.example", True)
