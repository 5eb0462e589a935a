"""Where we differ from markdown-it-py in what both know, and why."""

from typing import NamedTuple

import pytest

from tests.unit.markup.oracle import expected_html
from tests.unit.markup.rendering import assert_cutting_changes_nothing
from tests.unit.markup.trees import comparable


class Difference(NamedTuple):
    reason: str
    text: str
    ours: str
    theirs: str


DIFFERENCES = [
    Difference(
        "GFM makes links of bare addresses (its section 6.9), which CommonMark leaves text",
        "https://a.bc",
        '<p><a href="https://a.bc">https://a.bc</a></p>',
        "<p>https://a.bc</p>",
    ),
    Difference(
        "a backslash before a blank is text (CommonMark 2.4), and two blanks before a line end "
        "are a hard break (6.7); the reference hides the first blank behind the backslash",
        "a\\  \nb",
        "<p>a\\<br>\nb</p>",
        "<p>a\\ \nb</p>",
    ),
    Difference(
        "three tildes or more strike nothing, as on GitHub",
        "x ~~~b~~~",
        "<p>x ~~~b~~~</p>",
        "<p>x ~<del>b</del>~</p>",
    ),
    Difference(
        "what looks like an address and is none does not keep the text in brackets from being a "
        "label (CommonMark's example 568); at the end of a text the reference forgets that",
        "[b](\n\n[b]: /u",
        '<p><a href="/u">b</a>(</p>',
        "<p>[b](</p>",
    ),
    Difference(
        "a label holds no bracket that is not escaped (CommonMark 6.3), so no label follows here",
        "[foo][ba[r]]\n\n[foo]: /u",
        '<p><a href="/u">foo</a>[ba[r]]</p>',
        "<p>[foo][ba[r]]</p>",
    ),
    Difference(
        "what is no definition yet is a paragraph, which an underline makes a heading; so does "
        "commonmark.js",
        "[a]:\n===",
        "<h1>[a]:</h1>",
        "",
    ),
    Difference(
        "a line that may hold a definition's title goes on with its paragraph, lazily too; so "
        "does commonmark.js",
        '> [a]: /u\n"t',
        "<blockquote><p>&quot;t</p></blockquote>",
        "<blockquote></blockquote><p>&quot;t</p>",
    ),
    Difference(
        "the head of a table is a line of text: other blocks begin first, as in cmark-gfm",
        "- |a\n--|--",
        '<ul class="tight"><li><p>|a\n--|--</p></li></ul>',
        "<table><thead><tr><th>-</th><th>a</th></tr></thead></table>",
    ),
    Difference(
        "a blank line in a fence is the code's and makes no list loose; so does commonmark.js",
        "* ```\n\n* a",
        '<ul class="tight"><li><pre><code>\n</code></pre></li><li><p>a</p></li></ul>',
        "<ul><li><pre><code>\n</code></pre></li><li><p>a</p></li></ul>",
    ),
    Difference(
        "an empty item cannot interrupt a paragraph (CommonMark 5.2), so that its mark is the "
        "address of the definition that the line before began (4.7)",
        "[a]:\n+\n\n[a]",
        '<p><a href="+">a</a></p>',
        "<p>[a]:\n+</p><p>[a]</p>",
    ),
    Difference(
        "a quote's mark is indented by three blanks at most (CommonMark 5.1), and after an empty "
        "line there is no paragraph that could go on lazily: the line is code",
        ">\n\t>",
        "<blockquote></blockquote><pre><code>&gt;\n</code></pre>",
        "<blockquote></blockquote>",
    ),
    Difference(
        "items of a list may be separated by any number of blank lines (CommonMark 5.3), those "
        "that begin with one too",
        "-\n\n\n-",
        "<ul><li></li><li></li></ul>",
        "<ul><li></li></ul><ul><li></li></ul>",
    ),
    Difference(
        "the number of a list's later items means nothing (CommonMark 5.3), and the blank lines "
        "between them end no list",
        "1.\n\n\n0.",
        "<ol><li></li><li></li></ol>",
        '<ol><li></li></ol><ol start="0"><li></li></ol>',
    ),
    Difference(
        "blanks at the beginning of a paragraph's line are no content (CommonMark 4.8), in a code "
        "span neither",
        "`a\n   b`",
        "<p><code>a b</code></p>",
        "<p><code>a    b</code></p>",
    ),
    Difference(
        "an indented line goes on with a paragraph, lazily too (CommonMark 4.4 and 5.1)",
        ">>a\n\t#",
        "<blockquote><blockquote><p>a\n#</p></blockquote></blockquote>",
        "<blockquote><blockquote><p>a</p></blockquote></blockquote><pre><code>#\n</code></pre>",
    ),
    Difference(
        "a tab reaches to the next column that four divides, counted from the line's beginning, "
        "and a quote's mark takes one column of it (CommonMark 2.2 and 5.1): one of five is left",
        ">>\t\ta",
        "<blockquote><blockquote><pre><code> a\n</code></pre></blockquote></blockquote>",
        "<blockquote><blockquote><pre><code>  a\n</code></pre></blockquote></blockquote>",
    ),
    Difference(
        "what follows a title on a line of its own makes it none, an empty one too, but leaves "
        "the definition before it (CommonMark's example 210)",
        "[a]: /u\n'' b\n\n[a]",
        "<p>'' b</p><p><a href=\"/u\">a</a></p>",
        "<p>[a]: /u\n'' b</p><p>[a]</p>",
    ),
]


@pytest.mark.parametrize("case", DIFFERENCES, ids=lambda case: case.text)
def test_we_differ_as_we_say(case: Difference) -> None:
    html = assert_cutting_changes_nothing(case.text)
    assert comparable(html) == comparable(case.ours)
    assert comparable(expected_html(case.text)) == comparable(case.theirs)
    assert comparable(html) != comparable(case.theirs)
