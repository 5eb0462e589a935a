"""A cell that is copied as Markdown is drawn as the same cell again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.markup import HtmlSink, MarkdownStream
from app.ui.cell_markdown import cell_markdown
from tests.unit.ui.fake_page import parse


def drawn(cell: str) -> str:
    """Give the HTML of a cell."""
    sink = HtmlSink()
    markup = MarkdownStream(sink)
    markup.feed(f"| h |\n|---|\n| {cell} |\n")
    markup.close()
    html = sink.html()
    return html[html.index("<td>") : html.index("</td>") + 5]


def copied(html: str) -> str:
    return cell_markdown(parse(html, keeps_blanks=True).querySelector("td"))


@pytest.mark.parametrize(
    "cell",
    [
        r"a\\\|b", r"\*x\*", r"**b** and *c* and ~~d~~", "[l](http://e.x/)", "snake_case_name",
        r"\_x\_", "`` a`b ``", "`a\\|b`", "`` ` ``", r"\<b>", r"\&amp;", "$5", r"\$5 and 6\$",
        "https://e.x/a_b", "[https://e.x/a](https://e.x/b)", "www.e.x/a",
        r"\[a](b)", "[a*b](http://e.x/(1))", r"\~~a~~", "a < b & c",
    ],
)  # fmt: skip
def test_it_comes_back(cell: str) -> None:
    assert drawn(copied(drawn(cell))) == drawn(cell)


@given(st.text("ab \\\\`*_[]()<>&;|~!#", min_size=1, max_size=12))
def test_any_text_comes_back(text: str) -> None:
    html = drawn(f"x{text}x")
    assert drawn(copied(html)) == html
