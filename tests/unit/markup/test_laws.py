"""The laws: cutting changes nothing, no text is lost, and markdown-it-py says the same."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.markup.answers import ANSWERS, HARD
from tests.unit.markup.oracle import expected_html
from tests.unit.markup.rendering import assert_cutting_changes_nothing, cut_at_random, render
from tests.unit.markup.trees import comparable

INLINE_PARTS = [
    *("*", "**", "***", "_", "__", "`", "``", "```", "[", "]", "(", ")", "![", "](", "!", "<", ">"),
    *("&", "&amp;", "&amp", "&#35;", "\\", "\\*", "~", '"', "#", ":", "-", "1.", "<a@b.c>", "<b>"),
    *("a", "b", "word", "c d ", "é", "河", "http:", " ", " ", "\n", "  \n", "\\\n"),
]
BLOCK_PARTS = [
    *("a", "b", "c", "*d*", "-", "+", "*", ">", "#", "##", "1.", "2)", "---", "***", "===", "="),
    *("```", "~~~", "```js", "- ", "* ", "1. ", "> ", "# ", " ", "  ", "    ", "\t"),
    *("\n", "\n", "\n\n", "\r\n", "\r"),
]
BLOCK_KINDS = ["paragraph", "heading", "rule", "fence", "list", "quote"]
WORDS = [
    *("river", "water", "*bed*", "**deep**", "`code`", "a_b", "2*3", "&amp;", "\\*", "<b>"),
    *("[x](y)", "**o", "_i_**"),
]

inline_texts = st.lists(st.sampled_from(INLINE_PARTS), max_size=30).map("".join)
block_texts = st.lists(st.sampled_from(BLOCK_PARTS), max_size=30).map("".join)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_the_same_however_it_is_cut(name: str) -> None:
    assert_cutting_changes_nothing(ANSWERS[name])


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_what_the_reference_makes_of_it(name: str) -> None:
    assert comparable(render([ANSWERS[name]])) == comparable(expected_html(ANSWERS[name]))


@pytest.mark.parametrize("name", HARD)
def test_hard_text_is_the_same_however_it_is_cut(name: str) -> None:
    assert_cutting_changes_nothing(HARD[name](1300)[:1300], ["by 7", "at random"])


@given(inline_texts)
def test_inline_soup(text: str) -> None:
    html = assert_cutting_changes_nothing(text)
    assert comparable(html) == comparable(expected_html(text))


@given(block_texts)
def test_block_soup(text: str) -> None:
    assert_cutting_changes_nothing(text)


@given(st.text(), st.integers())
def test_any_text(text: str, seed: int) -> None:
    assert render(cut_at_random(text, seed)) == render([text])


@st.composite
def documents(draw: st.DrawFn, depth: int = 2) -> list[str]:
    """Lines of a well-formed document, without what the room does not support."""
    lines: list[str] = []
    for kind in draw(st.lists(st.sampled_from(BLOCK_KINDS), max_size=6)):
        lines += _block(draw, kind, depth)
        lines += [""] * draw(st.integers(1, 2))
    return lines or ["empty"]


words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)


def _block(draw: st.DrawFn, kind: str, depth: int) -> list[str]:
    if kind == "paragraph" or (depth == 0 and kind in ("list", "quote")):
        return draw(st.lists(words, min_size=1, max_size=3))
    if kind == "heading":
        return ["#" * draw(st.integers(1, 6)) + " " + draw(words)]
    if kind == "rule":
        return [draw(st.sampled_from(["---", "* * *", "___"]))]
    if kind == "fence":
        marks = draw(st.sampled_from(["```", "~~~~"]))
        code = draw(st.lists(st.sampled_from(["x = 1", "", "  y", "> q", "- z", "``", "\ttab"])))
        return [marks + draw(st.sampled_from(["", "python", " c++ x"])), *code, marks]
    if kind == "quote":
        return [f"> {line}".rstrip() for line in draw(documents(depth - 1))]
    return _list(draw, depth)


def _list(draw: st.DrawFn, depth: int) -> list[str]:
    marker = draw(st.sampled_from(["- ", "* ", "1. ", "23) "]))
    indent = " " * len(marker)
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        first = draw(words)
        rest = draw(st.sampled_from([[], [""], ["", *draw(documents(depth - 1))]]))
        lines += [marker + first, *((indent + line).rstrip() for line in rest)]
    return lines


@given(documents())
def test_a_document_is_what_the_reference_makes_of_it(lines: list[str]) -> None:
    text = "\n".join(lines)
    html = assert_cutting_changes_nothing(text)
    assert comparable(html) == comparable(expected_html(text))


@given(documents())
def test_no_word_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    # A fence's info string is shown by its first word only, as a class.
    source = re.sub(r"(?m)^([ >]*(?:```|~~~~)).*$", r"\1", text)
    # A link's address is shown as where the link leads.
    source = source.replace("](y)", "]")
    html = re.sub(r"<[^>]*>", "", render([text]))
    letters = re.compile(r"[a-z]")
    assert letters.findall(html.replace("&lt;", "<").replace("&gt;", ">")) == letters.findall(
        source
    )
