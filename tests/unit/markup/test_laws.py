"""The laws: cutting changes nothing, no text is lost, and markdown-it-py says the same."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.markup.inline import LONG, parse_inline
from app.markup.links import Target
from app.markup.places import Place
from app.markup.references import References
from app.markup.text_leaf import without_half_marks
from tests.unit.markup.answers import ANSWERS, HARD
from tests.unit.markup.oracle import expected_html
from tests.unit.markup.rendering import assert_cutting_changes_nothing, cut_at_random, render
from tests.unit.markup.trees import comparable

INLINE_PARTS = [
    *("*", "**", "***", "_", "__", "`", "``", "```", "[", "]", "(", ")", "![", "](", "!", "<", ">"),
    *("&", "&amp;", "&amp", "&#35;", "\\", "\\*", "~~", '"', "#", ":", "-", "1.", "<a:b>", "<b>"),
    *("a", "b", "word", "c d ", "é", "河", "http:", " ", " ", "\n", "  \n", "\\\n"),
    *("[a]", "[b]", "(/u)", "(<x y> 't')", "][b]", "](/u)", "[]", "[b][]"),
]
EXTENSION_PARTS = [
    *("$", "$$", "\\(", "\\)", "\\[", "\\]", "[^a]", "[^b]", "[^", "~", "@", "5", "x^2", "www."),
    *("https://x.y", "http://", "www.a.b/c", "a@b.c", "_", ".", "://", "|"),
]
BLOCK_PARTS = [
    *("a", "b", "c", "*d*", "-", "+", "*", ">", "#", "##", "1.", "2)", "---", "***", "===", "="),
    *("```", "~~~", "```js", "- ", "* ", "1. ", "> ", "# ", " ", "  ", "    ", "\t"),
    *("\n", "\n", "\n\n", "\r\n", "\r", "|", "| a | b |\n", "|---|--:|\n", "\\|", "`a|"),
    *("[a]: /u", "[b]: /v 't'", "[a]", "[b]:", "'t", '"', "[x](y)", "[^a]:", "[^a]", "[^b]: "),
    *("> [!NOTE]", "[!tip]", "$$", "\\[", "\\]", "$$x$$", "[ ] ", "- [x] y", "x^2"),
]
# Kinds of blocks whose letters are all shown.
PLAIN_KINDS = ("paragraph", "heading", "rule", "fence", "list", "quote")
BLOCK_KINDS = (*PLAIN_KINDS, "table", "definition")
WORDS = [
    *("river", "water", "*bed*", "**deep**", "`code`", "a_b", "2*3", "&amp;", "\\*", "<b>"),
    *("[x](y)", "**o", "_i_**", "[ref]", "[a *b*][ref]", "![i](y)", "~~s~~", "[none]", "<u:v>"),
]
# Where we differ from the reference, and why:
DIFFERENCES = re.compile(
    # a backslash before a blank is text, so that blanks after it make a hard break (the
    # reference's own "escaped blank" hides them);
    r"\\[ \t\n]"
    # three tildes and more strike nothing (GFM's specification since 0.29.0.gfm.7);
    r"|~~~"
    # after an address that is none the text in brackets may still be a label (CommonMark's
    # example 568); the reference goes on to look behind that address.
    r"|\](?!\(/u\)|\(<x y> 't'\))\("
)

inline_texts = st.lists(st.sampled_from(INLINE_PARTS), max_size=30).map("".join)
extension_texts = st.lists(st.sampled_from(INLINE_PARTS + EXTENSION_PARTS), max_size=30).map(
    "".join
)
long_texts = st.lists(st.sampled_from(INLINE_PARTS + EXTENSION_PARTS), min_size=150, max_size=400)
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
    text = f"x{text}\n\n[b]: /def 'title'\n"
    html = assert_cutting_changes_nothing(text)
    if not DIFFERENCES.search(text):
        assert comparable(html) == comparable(expected_html(text))


@settings(max_examples=60)
@given(extension_texts)
def test_soup_with_extensions(text: str) -> None:
    assert_cutting_changes_nothing(text + "\n\n[^a]: *c*")


@settings(max_examples=10)
@given(long_texts, st.sampled_from(["", "*", "**", "_", "[", "`", "$", "~~"]))
def test_long_soup(parts: list[str], opener: str) -> None:
    text = opener + "".join(parts).replace("\n\n", "\n")
    assert_cutting_changes_nothing(text, ["by 7", "at random"])


@given(extension_texts, st.sampled_from(["", "*", "[", "![", "a_"]), st.integers(0, 99))
@example("&#32;&#32;\nb*", "*", 83)
@example("b](c)](d) [e](f)", "![", 50)
@example("@b.cd", "a_", 1)
def test_a_reading_goes_on_from_a_checkpoint_as_from_the_beginning(
    text: str, opener: str, cut: int
) -> None:
    references = References()
    references.define("b", Target("/def"))
    beginning = "long " * (LONG // 5) + opener
    text = f"{beginning}{text}"
    part = text[: len(beginning) + cut * (len(text) - len(beginning)) // 100]
    start = parse_inline(without_half_marks(part), False, references, Place()).checkpoint
    again = parse_inline(text, True, references, Place(), start)
    assert again.events == parse_inline(text, True, references, Place()).events


@given(block_texts)
def test_block_soup(text: str) -> None:
    assert_cutting_changes_nothing(text)


@given(st.text(), st.integers())
def test_any_text(text: str, seed: int) -> None:
    assert render(cut_at_random(text, seed)) == render([text])


@st.composite
def documents(draw: st.DrawFn, kinds: tuple[str, ...] = BLOCK_KINDS, depth: int = 2) -> list[str]:
    """Lines of a well-formed document."""
    lines: list[str] = []
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=6)):
        flat = depth == 0 and kind in ("list", "quote")
        lines += draw(_paragraph() if flat else BLOCKS[kind](kinds, depth))
        lines += [""] * draw(st.integers(1, 2))
    return lines or ["empty"]


words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
Block = Callable[[tuple[str, ...], int], st.SearchStrategy[list[str]]]


def _paragraph() -> st.SearchStrategy[list[str]]:
    return st.lists(words, min_size=1, max_size=3)


@st.composite
def _fence(draw: st.DrawFn) -> list[str]:
    marks = draw(st.sampled_from(["```", "~~~~"]))
    code = draw(st.lists(st.sampled_from(["x = 1", "", "  y", "> q", "- z", "``", "\ttab"])))
    return [marks + draw(st.sampled_from(["", "python", " c++ x"])), *code, marks]


@st.composite
def _table(draw: st.DrawFn) -> list[str]:
    width = draw(st.integers(1, 3))
    rows = draw(st.lists(st.lists(words, min_size=1, max_size=4).map(" | ".join), max_size=3))
    marks = [draw(st.sampled_from(["---", ":-:", "-:"])) for _ in range(width)]
    lines = [" | ".join("abc"[:width]), " | ".join(marks), *rows]
    return [f"| {line} |" for line in lines]


@st.composite
def _list(draw: st.DrawFn, kinds: tuple[str, ...], depth: int) -> list[str]:
    marker = draw(st.sampled_from(["- ", "* ", "1. ", "23) "]))
    indent = " " * len(marker)
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        first = draw(words)
        rest = draw(st.sampled_from([[], [""], ["", *draw(documents(kinds, depth - 1))]]))
        lines += [marker + first, *((indent + line).rstrip() for line in rest)]
    return lines


BLOCKS: dict[str, Block] = {
    "paragraph": lambda kinds, depth: _paragraph(),
    "heading": lambda kinds, depth: st.tuples(st.integers(1, 6), words).map(
        lambda pair: ["#" * pair[0] + " " + pair[1]]
    ),
    "rule": lambda kinds, depth: st.sampled_from([["---"], ["* * *"], ["___"]]),
    "fence": lambda kinds, depth: _fence(),
    "list": _list,
    "quote": lambda kinds, depth: documents(kinds, depth - 1).map(
        lambda lines: [f"> {line}".rstrip() for line in lines]
    ),
    "table": lambda kinds, depth: _table(),
    "definition": lambda kinds, depth: st.sampled_from(
        [["[ref]: /u"], ["[ref]: <a b> 'title'"], ["[other]: /v"]]
    ),
}


@given(documents())
def test_a_document_is_what_the_reference_makes_of_it(lines: list[str]) -> None:
    text = "\n".join(lines)
    html = assert_cutting_changes_nothing(text)
    assert comparable(html) == comparable(expected_html(text))


@given(documents(PLAIN_KINDS))
def test_no_word_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    # A fence's info string is shown by its first word only, as a class.
    source = re.sub(r"(?m)^([ >]*(?:```|~~~~)).*$", r"\1", text)
    # So are the addresses of links and all of an image.
    source = re.sub(r"!\[i\]\(y\)|(?<=\])\(y\)", "", source)
    html = re.sub(r"<[^>]*>", "", render([text]))
    letters = re.compile(r"[a-z]")
    assert letters.findall(html.replace("&lt;", "<").replace("&gt;", ">")) == letters.findall(
        source
    )


@pytest.mark.parametrize("length", [*range(2040, 2053), 3000])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[x](http://a.b/", ")"), ('[x](http://a.b/ "', '")'),
        ("![w](data:image/png;base64,", ")"), ("[a]: http://a.b/", "\n\n[a]"),
        ('[a]: http://a.b/ "', '"\n\n[a]'), ("<http://a.b/", ">"), ("http://a.b/", " x"),
    ],
)  # fmt: skip
def test_what_is_long_is_the_same_however_it_is_cut(length: int, before: str, after: str) -> None:
    text = f"{before}{'A' * length}{after} end"
    whole = render([text])
    for size in (1, 7, 1000):
        assert render([text[at : at + size] for at in range(0, len(text), size)]) == whole
