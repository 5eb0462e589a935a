"""What is seen while text still comes: open marks look closed, and nothing jumps."""

import re

import pytest

from tests.unit.markup.answers import COMPARISON, NESTED, STEPS
from tests.unit.markup.rendering import RecordingSink, assert_cutting_changes_nothing, render, shown

UNSETTLED = '<span class="unsettled">'


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
        ("2*3 is", f"<p>2{UNSETTLED}*3 is</span></p>"),
        ("see [the *do", f"<p>see {UNSETTLED}[the <em>do</em></span></p>"),
        ("see [a](b) x", "<p>see [a](b) x</p>"),
        ("see [a] x", "<p>see [a] x</p>"),
        ("see <http://a", f"<p>see {UNSETTLED}&lt;http://a</span></p>"),
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


class _NothingTakenBack(RecordingSink):
    def replace(self, node: int) -> None:
        raise AssertionError("emptied")

    def remove(self, node: int) -> None:
        raise AssertionError("removed")


@pytest.mark.parametrize(
    "text",
    [
        STEPS.replace("2*3", "2 * 3"),
        re.sub(r"Setext too\n=+|Unusual numbering\n-+|.*[\[<].*", "", COMPARISON),
        re.sub(r"\*\*\*bold.*", "", NESTED),
        "**a *b* c** and ***d** e* and `f` and ``g ` h``.",
    ],
    ids=["steps", "comparison", "nested", "emphasis"],
)
def test_what_closes_in_the_end_is_never_taken_back(text: str) -> None:
    render(text, _NothingTakenBack())


def test_a_leaf_whose_text_must_be_taken_back_is_drawn_anew() -> None:
    # The last character makes an image of what closed the outer bracket before.
    text = "Plain *words*, [![](]\\("
    assert shown(text) == f"<p>Plain <em>words</em>, [{UNSETTLED}![](](</span></p>"
    assert shown(text + ")") == f"<p>Plain <em>words</em>, {UNSETTLED}[![](]\\()</span></p>"
    assert_cutting_changes_nothing(text + ") and the *rest*")


def test_a_link_as_source_is_settled_at_its_end() -> None:
    assert shown("see [*a*](b *c* d") == "<p>see [<em>a</em>](b <em>c</em> d</p>"
    assert shown("[*a*](b_c_d) x") == "<p>[*a*](b_c_d) x</p>"
