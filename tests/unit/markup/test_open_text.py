"""What is seen while text still comes: open marks look closed, and nothing jumps."""

import re

import pytest

from app.markup import MarkdownStream
from tests.unit.markup.answers import COMPARISON, NESTED, STEPS
from tests.unit.markup.rendering import (
    RecordingSink,
    assert_cutting_changes_nothing,
    cut_every,
    render,
    shown,
)

TASK = '<ul class="tight"><li><p><input checked="" disabled="" type="checkbox"> a</p></li></ul>'
TABLE = "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr>"
ALERT = '<blockquote class="alert alert-note"><p class="alert-title">Note</p>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain wo", "<p>plain wo</p>"),
        ("**bo", "<p><strong>bo</strong></p>"),
        ("**bold*", "<p><strong>bold</strong></p>"),
        ("**bold**", "<p><strong>bold</strong></p>"),
        ("**bold** x", "<p><strong>bold</strong> x</p>"),
        ("*a **b", "<p><em>a <strong>b</strong></em></p>"),
        ("***a* b", "<p><strong><em>a</em> b</strong></p>"),
        ("a `co *de", "<p>a <code>co *de</code></p>"),
        ("a `code`", "<p>a <code>code</code></p>"),
        ("2*3 is", "<p>2*3 is</p>"),
        ("see [the *do", "<p>see <a>the <em>do</em></a></p>"),
        ("see [the *do*](http://ex", "<p>see <a>the <em>do</em></a></p>"),
        ("see [a](b) x", '<p>see <a href="b">a</a> x</p>'),
        ("see [a] x", "<p>see [a] x</p>"),
        ("a[0", "<p>a[0</p>"),
        ("see [a][b", "<p>see <a>a</a></p>"),
        ("see [a][b]", "<p>see [a][b]</p>"),
        ("see [a](b)[c]", '<p>see <a href="b">a</a><a>c</a></p>'),
        ("![pic *x", '<p><img alt="pic *x"></p>'),
        ("![pic](http://ex", '<p><img alt="pic"></p>'),
        ("[![pic](http://ex", '<p><a><img alt="pic"></a></p>'),
        ("see <http://a", "<p>see <a>http://a</a></p>"),
        ("see <me@a.b", "<p>see</p>"),
        ("see <b x", "<p>see &lt;b x</p>"),
        ("see https", "<p>see</p>"),
        ("see https://a.bc.", "<p>see <a>https://a.bc</a></p>"),
        ("see https://a.bc. T", '<p>see <a href="https://a.bc">https://a.bc</a>. T</p>'),
        ("me@a.bc", "<p><a>me@a.bc</a></p>"),
        ("a ~~b", "<p>a <del>b</del></p>"),
        ("a [^b", "<p>a </p>"),
        ("[a]: http://x", ""),
        ("[a]: http://x\n\n[a] b", '<p><a href="http://x">a</a> b</p>'),
        ("- [", ""),
        ("- [x] a", TASK),
        ("- [x]a", '<ul class="tight"><li><p>[x]a</p></li></ul>'),
        ("|a|b|\n|-|-|\n|c|*d", f"{TABLE}<td>c</td><td><em>d</em></td></tr></tbody></table>"),
        ("|a|b|\n|-|-|\n|c", f"{TABLE}<td>c</td></tr></tbody></table>"),
        ("costs $5 and", "<p>costs $5 and</p>"),
        ("so $x^2", "<p>so $x^2</p>"),
        ("so $x^2$ is", '<p>so <span class="math">x^2</span> is</p>'),
        ("$$\nx\n", "<p>$$\nx</p>"),
        ("$$\nx\n$$\n", '<div class="math">x</div>'),
        ("> [!NO", ""),
        ("> [!NOTE]\n> a", f"{ALERT}<p>a</p></blockquote>"),
        ("AT&am", "<p>AT</p>"),
        ("AT&amp;", "<p>AT&amp;</p>"),
        ("line\n", "<p>line</p>"),
        ("# Head", "<h1>Head</h1>"),
        ("# Head #", "<h1>Head</h1>"),
        ("# Head #1", "<h1>Head #1</h1>"),
        ("#", ""),
        ("- ", ""),
        ("- a", '<ul class="tight"><li><p>a</p></li></ul>'),
        ("12", ""),
        ("12 a", "<p>12 a</p>"),
        ("> a", "<blockquote><p>a</p></blockquote>"),
        ("```py", ""),
        ("```py\n", '<pre><code class="language-py"></code></pre>'),
        (
            "```py\na = 1",
            '<pre><code class="language-py"><span class="chunk">a = 1</span></code></pre>',
        ),
        (
            "```py\na\n``",
            '<pre><code class="language-py"><span class="chunk">a\n</span></code></pre>',
        ),
    ],
)
def test_shown_while_it_comes(text: str, html: str) -> None:
    assert shown(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bo", "<p>**bo</p>"),
        ("*a **b*", "<p>*a *<em>b</em></p>"),
        ("a `co *de*", "<p>a `co <em>de</em></p>"),
        ("2*3", "<p>2*3</p>"),
        ("[a *b", "<p>[a *b</p>"),
        ("Hello!", "<p>Hello!</p>"),
        ("a \\", "<p>a \\</p>"),
        ("AT&amp", "<p>AT&amp;amp</p>"),
        ("-", '<ul class="tight"><li></li></ul>'),
        ("```py", '<pre><code class="language-py"></code></pre>'),
    ],
)
def test_the_end_takes_back_what_never_closed(text: str, html: str) -> None:
    assert render(text) == html


# No bare mail address: its beginning is any word, which is shown before it is a link.
LINKS = (
    "See [the *docs*](https://a.bc/d 'e'), ![a **picture**](f.png) and [![both](g)](h), or "
    "https://i.jk/l and <https://m.no>, ~~not~~ www.p.qr, or write to <stu@v.wx>, please[^1].\n\n"
    "- [ ] to do\n- [x] done\n\n[^1]: A [note](y) at the end.\n"
)
TABLE_TEXT = "| a | *b* |\n|--:|:--|\n| `c` | [d](e) |\n| **f** | g\n\n> [!TIP]\n> So it is.\n"


class _NothingTakenBack(RecordingSink):
    def replace(self, node: int) -> None:
        raise AssertionError("emptied")

    def remove(self, node: int) -> None:
        raise AssertionError("removed")

    def cut(self, data: str) -> None:
        raise AssertionError(f"taken back: {data}")


@pytest.mark.parametrize(
    "text",
    [
        STEPS.replace("2*3", "2 * 3"),
        re.sub(r"Setext too\n=+|Unusual numbering\n-+|.*[\[<].*", "", COMPARISON),
        re.sub(r"\*\*\*bold.*", "", NESTED),
        "**a *b* c** and ***d** e* and `f` and ``g ` h``.",
        LINKS,
        TABLE_TEXT,
    ],
    ids=["steps", "comparison", "nested", "emphasis", "links", "table"],
)
def test_what_closes_in_the_end_is_never_taken_back(text: str) -> None:
    render(text, _NothingTakenBack())


def test_brackets_that_change_their_partners_are_drawn_anew() -> None:
    # The last character makes an image of what closed the outer bracket before.
    text = "Plain *words*, [![](]\\("
    assert shown(text) == '<p>Plain <em>words</em>, <a><img alt=""></a></p>'
    assert shown(text + ")") == '<p>Plain <em>words</em>, <a><img src="%5D(" alt=""></a></p>'
    assert_cutting_changes_nothing(text + ") and the *rest*")


@pytest.mark.parametrize("text", [STEPS, COMPARISON, NESTED, LINKS, TABLE_TEXT])
def test_only_the_last_block_changes(text: str) -> None:
    sink = RecordingSink()
    stream = MarkdownStream(sink)
    settled: list[str] = []
    for piece in cut_every(text, 3):
        stream.feed(piece)
        blocks = [block for block in sink.blocks() if not block.startswith("<section")]
        assert blocks[: len(settled)] == settled
        settled = blocks[:-1]


def test_a_late_definition_changes_only_what_waits_for_it() -> None:
    sink = RecordingSink()
    stream = MarkdownStream(sink)
    stream.feed("[a] *x*\n\n" + "plain *text*\n\n" * 50 + "[b]\n\n")
    before = sink.operations
    stream.feed("[a]: /u\n\n")
    assert sink.operations - before < 20
    assert sink.html().startswith('<p><a href="/u">a</a> <em>x</em></p>')
    assert sink.html().endswith("<p>[b]</p>")
