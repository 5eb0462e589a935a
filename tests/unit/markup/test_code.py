"""Code blocks: the text is the code exactly, in chunks of forty lines."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.markup.fences import CHUNK_LINES
from tests.unit.markup.rendering import assert_cutting_changes_nothing, render

CHUNK = re.compile(r'<span class="chunk">(.*?)</span>', re.DOTALL)
code_lines = st.lists(
    st.text(st.sampled_from("ab <>&`~#\t-*"), max_size=12).filter(
        lambda line: not line.strip().startswith("```")
    ),
    max_size=150,
)


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@given(code_lines)
def test_fenced_code_is_kept_exactly(lines: list[str]) -> None:
    code = "".join(f"{line}\n" for line in lines)
    markup = assert_cutting_changes_nothing(f"```\n{code}```\n")
    assert text_of(markup) == code
    chunks = CHUNK.findall(markup)
    assert "".join(map(html.unescape, chunks)) == code
    assert all(chunk.count("\n") == CHUNK_LINES for chunk in chunks[:-1])
    assert len(chunks) == -(-len(lines) // CHUNK_LINES)


@pytest.mark.parametrize(
    ("info", "attribute"),
    [
        ("", ""),
        ("python", ' class="language-python"'),
        ("  c++ title=x", ' class="language-c++"'),
        ("f\\&#246;o&amp;", ' class="language-f&amp;#246;o&amp;"'),
        ('"><b>', ' class="language-&quot;&gt;&lt;b&gt;"'),
    ],
)
def test_the_language_is_the_first_word(info: str, attribute: str) -> None:
    assert render([f"~~~{info}\n~~~"]) == f"<pre><code{attribute}></code></pre>"


def test_indentation_of_the_fence_is_taken_from_the_code() -> None:
    assert text_of(render(["  ```\n   a\n b\n\tc\n  ```"])) == " a\nb\n  c\n"


def test_blank_lines_after_indented_code_are_not_part_of_it() -> None:
    assert text_of(render(["    a\n\n     \n    b\n\n\nc"])) == "a\n\n \nb\nc"


def test_code_in_an_item_keeps_the_blanks_of_blank_lines() -> None:
    assert text_of(render(["- ```\n  a\n     \n  ```\n"])) == "a\n   \n"
