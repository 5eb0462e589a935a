"""Lists, quotes and depth, where the reference is not asked or not trusted."""

import pytest

from app.markup import MarkdownStream
from app.markup.containers import MAX_DEPTH
from app.markup.emphasis import MAX_INLINE_DEPTH
from tests.unit.markup.rendering import (
    RecordingSink,
    assert_cutting_changes_nothing,
    cut_every,
    render,
)


@pytest.mark.parametrize(
    ("text", "lists"),
    [
        ("- a\n- b", ["tight"]),
        ("- a\n\n- b", ["loose"]),
        ("- a\n- b\n\nc", ["tight"]),
        ("- a\n\n  b", ["loose"]),
        ("- a\n  - b\n\n- c", ["loose", "tight"]),
        ("- a\n  - b\n\n  - c\n- d", ["tight", "loose"]),
        ("- a\n  > b\n  >\n- c", ["tight"]),
        ("- ```\n\n  ```\n- b", ["tight"]),
        ("-\n\n- b", ["loose"]),
        ("- a\n\n\n+ b", ["tight", "tight"]),
    ],
)
def test_a_list_is_loose_by_blank_lines_between_its_blocks(text: str, lists: list[str]) -> None:
    html = render([text])
    assert [
        "tight" if part.startswith(' class="tight"') else "loose" for part in html.split("<ul")[1:]
    ] == lists


def test_a_tight_list_turns_loose_by_one_attribute() -> None:
    sink = RecordingSink()
    stream = MarkdownStream(sink)
    stream.feed("- a\n" * 50)
    before = sink.operations
    stream.feed("\n- b")
    assert sink.operations - before <= 7
    assert sink.html().startswith("<ul><li>")


def test_an_ordered_list_keeps_its_first_number() -> None:
    assert render(["7. a\n9. b\n\n1) c"]) == (
        '<ol class="tight" start="7"><li><p>a</p></li><li><p>b</p></li></ol>'
        '<ol class="tight"><li><p>c</p></li></ol>'
    )


@pytest.mark.parametrize("mark", ["> ", "- ", "1. ", "> - "])
def test_nesting_is_bounded_and_deeper_marks_are_text(mark: str) -> None:
    html = render(cut_every(mark * 500 + "end", 7))
    tags = html.count("<blockquote>") + html.count("<ul") + html.count("<ol") + html.count("<li>")
    assert MAX_DEPTH - 2 < tags <= MAX_DEPTH
    assert "end" in html
    assert mark.strip().replace(">", "&gt;") in html


def test_nesting_is_bounded_over_many_lines() -> None:
    html = render(["".join("  " * depth + "- a\n" for depth in range(300))])
    assert html.count("<li>") == MAX_DEPTH // 2
    assert html.count("a") - html.count("class") == 300


def test_emphasis_is_bounded_and_deeper_marks_are_text() -> None:
    html = render(cut_every("*a _b " * 400 + "x" + "_*" * 400, 50))
    assert html.count("<em>") == MAX_INLINE_DEPTH
    assert html.count("*") == html.count("_") == 2 * 400 - MAX_INLINE_DEPTH


@pytest.mark.parametrize("text", ["[" * 20000, "> " * 20000, "*a" * 20000, "- " * 20000 + "a"])
def test_deep_input_does_not_recurse(text: str) -> None:
    assert render(cut_every(text, 5000))


def test_raw_html_is_text() -> None:
    assert render(['<img src=x onerror="a()">\n\na <b>b</b>']) == (
        "<p>&lt;img src=x onerror=&quot;a()&quot;&gt;</p><p>a &lt;b&gt;b&lt;/b&gt;</p>"
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[a]: /u 't\n   m'\n\n[a]", '<p><a href="/u" title="t\nm">a</a></p>'),
        ("* `\n `", '<ul class="tight"><li><p><code> </code></p></li></ul>'),
        ("`a\n \t b`", "<p><code>a b</code></p>"),
        ("> `a\n    b`", "<blockquote><p><code>a b</code></p></blockquote>"),
        ("- a\n      |b|\n      |-|", '<ul class="tight"><li><p>a\n|b|\n|-|</p></li></ul>'),
    ],
)
def test_blanks_at_the_beginning_of_a_line_are_no_content(text: str, html: str) -> None:
    assert assert_cutting_changes_nothing(text) == html


def test_line_ends_and_null_characters() -> None:
    assert render(["a\r", "\nb\rc\n\r\nd\0"]) == "<p>a\nb\nc</p><p>d\ufffd</p>"


def test_feed_after_close_is_refused_and_close_twice_is_not() -> None:
    stream = MarkdownStream(RecordingSink())
    stream.close()
    stream.close()
    with pytest.raises(RuntimeError, match="after close"):
        stream.feed("a")
