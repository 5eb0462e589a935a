"""Links, images, addresses without brackets, and definitions that come late."""

import pytest

from app.markup import MarkdownStream
from app.markup.brackets import MAX_LINK_TEXT
from tests.unit.markup.rendering import RecordingSink, assert_cutting_changes_nothing, cut_every


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[a](/b 't')", '<p><a href="/b" title="t">a</a></p>'),
        ("[ä](/ö?q=ü&amp;x)", '<p><a href="/%C3%B6?q=%C3%BC&amp;x">ä</a></p>'),
        ("[a](https://exämple.org)", '<p><a href="https://xn--exmple-cua.org">a</a></p>'),
        ("[a](javascript:b)", "<p>[a](javascript:b)</p>"),
        ("[a](JavaScript&#58;b)", "<p>[a](JavaScript:b)</p>"),
        ("[a](vbscript:b) <file:///c>", "<p>[a](vbscript:b) &lt;file:///c&gt;</p>"),
        ("[a](data:text/html,b)", "<p>[a](data:text/html,b)</p>"),
        ("![a](data:image/png;base64,b)", '<p><img src="data:image/png;base64,b" alt="a"></p>'),
        ("[a]: javascript:b\n\n[a]", "<p>[a]: javascript:b</p><p>[a]</p>"),
        ("![*a* `b`](c)", '<p><img src="c" alt="a b"></p>'),
        ("[a ![b [c](d)](e)](f)", '<p><a href="f">a <img src="e" alt="b c"></a></p>'),
        ("[a ![b [c](d)] e](f)", '<p>[a ![b <a href="d">c</a>] e](f)</p>'),
        ("[see https://a.bc](/d)", '<p><a href="/d">see https://a.bc</a></p>'),
        ("(https://a.bc/d_(e))", '<p>(<a href="https://a.bc/d_(e)">https://a.bc/d_(e)</a>)</p>'),
        ("**https://a.bc**", '<p><strong><a href="https://a.bc">https://a.bc</a></strong></p>'),
        ("http://localhost:80", '<p><a href="http://localhost:80">http://localhost:80</a></p>'),
        ("xhttps://a.bc www.a", '<p>xhttps://a.bc <a href="http://www.a">www.a</a></p>'),
        ("https://a_b.c_d/", "<p>https://a_b.c_d/</p>"),
        ("me@a.bc, you", '<p><a href="mailto:me@a.bc">me@a.bc</a>, you</p>'),
        ("[a]: /b\n'c' d", "<p>'c' d</p>"),
        ("[a]: /b\n'c\nd'\n[a]", '<p><a href="/b" title="c\nd">a</a></p>'),
        ("[a]: /b 'c\n\n[a]", "<p>[a]: /b 'c</p><p>[a]</p>"),
        ("[a]: /b\n[a]: /c\n\n[A ]", '<p><a href="/b">A </a></p>'),
        ("[a]: /b\n===\n", "<p>===</p>"),
        ("- [a]: /b\n- [a]", '<ul class="tight"><li></li><li><p><a href="/b">a</a></p></li></ul>'),
    ],
)
def test_links(text: str, html: str) -> None:
    assert assert_cutting_changes_nothing(text) == html


def test_a_definition_reaches_every_block() -> None:
    text = "# [a]\n\n- [a][]\n\n> [x][a]\n\n|[a]|\n|-|\n|![a]|\n\n[^1]: [a]\n\n[a]: /b"
    html = assert_cutting_changes_nothing(text)
    assert html.count('<a href="/b">') == 5
    assert html.count('<img src="/b" alt="a">') == 1


def test_a_definition_is_not_shown_while_it_comes() -> None:
    sink = RecordingSink()
    stream = MarkdownStream(sink)
    for character in "text\n\n[label]: https://a.bc/d 'title":
        stream.feed(character)
        assert ":" not in sink.html()
        assert "https" not in sink.html()


def test_no_address_is_shown_before_it_is_whole() -> None:
    sink = RecordingSink()
    stream = MarkdownStream(sink)
    text = "[a](https://a.bc/d) ![e](/f 'g') https://h.ij/k <https://l.mn> o@p.qr [s][t] "
    whole = {"https://a.bc/d", "/f", "https://h.ij/k", "https://l.mn", "mailto:o@p.qr", "/u"}
    stream.feed("[t]: /u\n\n")
    for character in text:
        stream.feed(character)
        html = sink.html()
        addresses = [part.split('"')[0] for part in html.split('="')[1:]]
        assert set(addresses) <= whole | {"e", "g"}


def test_late_definitions_draw_a_leaf_a_bounded_number_of_times() -> None:
    count = 400
    labels = " ".join(f"[d{k}]" for k in range(count))
    sink = RecordingSink()
    stream = MarkdownStream(sink)
    stream.feed(f"{labels}\n\n")
    before = sink.operations
    for k in range(count):
        stream.feed(f"[d{k}]: /u\n")
    stream.close()
    assert sink.html().count('href="/u"') == count
    assert sink.operations - before < 40 * count


def test_a_text_that_is_too_long_is_no_links() -> None:
    text = "word " * (MAX_LINK_TEXT // 5 + 10)
    html = assert_cutting_changes_nothing(f"[{text}](a)", ["by 7"])
    assert html.startswith("<p>[word")
    assert cut_every(html, len(html) - 8)[1] == "](a)</p>"
