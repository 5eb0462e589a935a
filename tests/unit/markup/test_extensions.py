"""Tables, tasks, footnotes, formulas and alerts."""

import pytest

from app.markup import MarkdownStream
from app.markup.formula_leaf import MAX_LINES
from app.markup.tables import MAX_CELLS
from tests.unit.markup.rendering import RecordingSink, assert_cutting_changes_nothing

HEAD = "<table><thead><tr><th>a</th></tr></thead>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("|a|\n|-|\n|b", f"{HEAD}<tbody><tr><td>b</td></tr></tbody></table>"),
        ("c\n|a|\n|-|", f"<p>c</p>{HEAD}</table>"),
        ("|a|\n-", "<h2>|a|</h2>"),
        ("|a|\n--", f"{HEAD}</table>"),
        ("a\n|-|", "<p>a\n|-|</p>"),
        ("|a|\n|-|\n# b", f"{HEAD}</table><h1>b</h1>"),
        (
            "|a|\n|-|\n    b",
            f'{HEAD}</table><pre><code><span class="chunk">b\n</span></code></pre>',
        ),
        ("> |a|\n> |-|\nb", f"<blockquote>{HEAD}</table></blockquote><p>b</p>"),
        ("> |a|\n|-|", "<blockquote><p>|a|\n|-|</p></blockquote>"),
        ("|a|\n|-|\n|\\\\|b|", f"{HEAD}<tbody><tr><td>|b</td></tr></tbody></table>"),
        ("|a|\n|-|\n|*b|c*|", f"{HEAD}<tbody><tr><td>*b</td></tr></tbody></table>"),
        ("|a|\n|-|\n||\n|", f"{HEAD}<tbody>{'<tr><td></td></tr>' * 2}</tbody></table>"),
    ],
)
def test_tables(text: str, html: str) -> None:
    assert assert_cutting_changes_nothing(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "|[a] [^x]|\nb [^x]",
        "|[a] and more words [^x] with [^y]\n\n|[^y]|\n|-|",
        "c [^y] and more words [a]\n|[^x] [a] [^y]|\n|-|",
        "|[a] [^x]|\n===",
        "- |[^x]|\n- [^y] [^x]",
    ],
)
def test_what_was_no_head_or_becomes_one_mentions_once(text: str) -> None:
    html = assert_cutting_changes_nothing(f"[^y]: 1\n\n{text}\n\n[a]: /b\n\n[^x]: 2")
    assert html.count("user-content-fnref-x") == 2
    assert html.count('<a href="/b">') == text.count("[a]")


def test_a_line_with_a_pipe_is_a_head_until_the_next_says_otherwise() -> None:
    sink = RecordingSink()
    stream = MarkdownStream(sink)
    stream.feed("| a | *b")
    assert sink.html() == "<table><thead><tr><th>a</th><th><em>b</em></th></tr></thead></table>"
    stream.feed("* |\n|--")
    assert sink.html() == "<table><thead><tr><th>a</th><th><em>b</em></th></tr></thead></table>"
    before = sink.operations
    stream.feed("|-:|\n")
    assert sink.operations - before == 2
    assert '<th align="right"><em>b</em></th>' in sink.html()


def test_the_cells_of_a_table_are_bounded() -> None:
    width = 200
    rows = MAX_CELLS // width
    text = f"{'|a' * width}\n{'|-' * width}\n" + "b\n" * (rows + 5)
    html = assert_cutting_changes_nothing(text, ["by 7"])
    assert html.count("<t") - html.count("<tr") - 3 == MAX_CELLS
    assert html.endswith("</table><p>b\nb\nb\nb\nb\nb</p>")


@pytest.mark.parametrize(
    ("item", "content"),
    [
        ("[ ] a", '<p><input disabled="" type="checkbox"> a</p>'),
        ("[X] *a*", '<p><input checked="" disabled="" type="checkbox"> <em>a</em></p>'),
        ("[ ]", "<p>[ ]</p>"),
        ("[ ]a", "<p>[ ]a</p>"),
        ("[x](y)", '<p><a href="y">x</a></p>'),
        ("[y] a", "<p>[y] a</p>"),
        ("a [ ] b", "<p>a [ ] b</p>"),
        ("# [ ] a", "<h1>[ ] a</h1>"),
    ],
)
def test_tasks(item: str, content: str) -> None:
    html = assert_cutting_changes_nothing(f"- {item}")
    assert html == f'<ul class="tight"><li>{content}</li></ul>'


def reference(label: str, number: int, first: bool = True) -> str:
    name = f' id="user-content-fnref-{label}"' if first else ""
    return f'<sup><a class="footnote-ref" href="#user-content-fn-{label}"{name}>{number}</a></sup>'


def footnote(label: str, content: str, linked: bool = True) -> str:
    back = f'<a class="footnote-backref" href="#user-content-fnref-{label}">↩</a>'
    return f'<li id="user-content-fn-{label}">{content}{back if linked else ""}</li>'


def section(*footnotes: str) -> str:
    return f'<section class="footnotes"><ol>{"".join(footnotes)}</ol></section>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "a[^x]\n\n[^x]: b\n\nc",
            f"<p>a{reference('x', 1)}</p><p>c</p>{section(footnote('x', '<p>b</p>'))}",
        ),
        (
            "[^b]: 2\n[^a]: 1\n\n[^A] [^b] [^a]",
            f"<p>{reference('a', 1)} {reference('b', 2)} {reference('a', 1, False)}</p>"
            + section(footnote("a", "<p>1</p>"), footnote("b", "<p>2</p>")),
        ),
        ("a [^none] b[^c]\n\n[^c]: d", None),
        ("a\n\n[^x]: b", f"<p>a</p>{section(footnote('x', '<p>b</p>', linked=False))}"),
        (
            "[^x]\n[^x]: b\n\n    - c\n\n      d\n\ne",
            f"<p>{reference('x', 1)}</p><p>e</p>"
            + section(footnote("x", "<p>b</p><ul><li><p>c</p><p>d</p></li></ul>")),
        ),
        ("`[^x]` \\[^x]\n\n[^x]: b", None),
        (
            "> [^x]: b[^y]\n> c\n\n[^y]: d",
            "<blockquote></blockquote>"
            + section(
                footnote("y", "<p>d</p>"),
                footnote("x", f"<p>b{reference('y', 1)}\nc</p>", linked=False),
            ),
        ),
        ("[^x](y)", '<p><a href="y">^x</a></p>'),
    ],
)
def test_footnotes(text: str, html: str | None) -> None:
    result = assert_cutting_changes_nothing(text)
    if html is not None:
        assert result == html


def test_a_reference_without_a_text_is_text_in_the_end() -> None:
    sink = RecordingSink()
    stream = MarkdownStream(sink)
    stream.feed("a[^x] b[^y].\n\n[^y]: c\n\n")
    assert reference("x", 1) in sink.html()
    assert reference("y", 2) in sink.html()
    stream.close()
    assert sink.html().startswith(f"<p>a[^x] b{reference('y', 1)}.</p>")


def test_a_second_text_of_a_footnote_is_not_lost() -> None:
    html = assert_cutting_changes_nothing("[^x]\n\n[^x]: a\n\n[^x]: b")
    assert html.count("<li") == 2
    assert "<p>b</p>" in html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("$x$", '<p><span class="math">x</span></p>'),
        ("so $a_1*b_2*c$.", '<p>so <span class="math">a_1*b_2*c</span>.</p>'),
        ("costs $5 and $6", "<p>costs $5 and $6</p>"),
        ("$5-$6, $ x $, US$5/A$", "<p>$5-$6, $ x $, US$5/A$</p>"),
        ("\\$x$ $x\\$y$", '<p>$x$ <span class="math">x\\$y</span></p>'),
        ("`$x$` $`$", "<p><code>$x$</code> $`$</p>"),
        ("a $$x$$ b", '<p>a <span class="math display">x</span> b</p>'),
        ("\\(x\\) \\[y\\]", None),
        ("\\(x\ny\\)", '<p><span class="math">x\ny</span></p>'),
        ("\\(\\) \\[!\\]", "<p>() [!]</p>"),
        ("\\(x", "<p>(x</p>"),
        ("$$x$$", '<div class="math">x</div>'),
        ("a\n$$\nx\n$$\nb", '<p>a</p><div class="math">x</div><p>b</p>'),
        ("$$\na\n- b\n=\n+ c\n$$", '<div class="math">a\n- b\n=\n+ c</div>'),
        ("\\[\na\n\\]", '<div class="math">a</div>'),
        ("- \\[ a\n  b \\]", '<ul class="tight"><li><div class="math">a\nb</div></li></ul>'),
        ("$$\n# a\n\nb", "<p>$$</p><h1>a</h1><p>b</p>"),
        ("> $$\n> a\nb", "<blockquote><p>$$\na\nb</p></blockquote>"),
        ("\\[a](b)", "<p>[a](b)</p>"),
        ("$$\na $$ b\n", '<p><span class="math display">a</span> b</p>'),
        (
            "|$a$|\n|-|",
            '<table><thead><tr><th><span class="math">a</span></th></tr></thead></table>',
        ),
    ],
)
def test_formulas(text: str, html: str | None) -> None:
    result = assert_cutting_changes_nothing(text)
    if html is not None:
        assert result == html


def test_a_formula_that_never_ends_is_text() -> None:
    lines = "a\n" * (MAX_LINES + 20)
    html = assert_cutting_changes_nothing(f"$$\n{lines}$$", ["by 7", "at random"])
    assert html.startswith("<p>$$\na\na")
    assert html.endswith(("a\n$$</p>", "a</p><p>$$</p>"))


def alert(kind: str, content: str) -> str:
    title = f'<p class="alert-title">{kind.capitalize()}</p>'
    return f'<blockquote class="alert alert-{kind}">{title}{content}</blockquote>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("> [!NOTE]\n> a\nb", alert("note", "<p>a\nb</p>")),
        ("> [!tip]  \n>\n> - a", alert("tip", '<ul class="tight"><li><p>a</p></li></ul>')),
        (">\n> [!CAUTION]\na", alert("caution", "<p>a</p>")),
        ("> [!WARNING]", alert("warning", "")),
        ("> [!IMPORTANT]\n> ===\n", alert("important", "<p>===</p>")),
        ("> [!NOTE] a", "<blockquote><p>[!NOTE] a</p></blockquote>"),
        ("> [!OTHER]", "<blockquote><p>[!OTHER]</p></blockquote>"),
        ("> a\n> [!NOTE]", "<blockquote><p>a\n[!NOTE]</p></blockquote>"),
        ("[!NOTE]", "<p>[!NOTE]</p>"),
    ],
)
def test_alerts(text: str, html: str) -> None:
    assert assert_cutting_changes_nothing(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("~~a~~", "<p><del>a</del></p>"),
        ("~a~ ~~~b~~~", None),
        ("~5 and ~6", "<p>~5 and ~6</p>"),
        ("a~~b~~c", "<p>a<del>b</del>c</p>"),
        ("~~a **b~~ c**", "<p><del>a **b</del> c**</p>"),
        ("x ~~~b~~~", "<p>x ~~~b~~~</p>"),
    ],
)
def test_strikethrough(text: str, html: str | None) -> None:
    result = assert_cutting_changes_nothing(text)
    if html is not None:
        assert result == html
