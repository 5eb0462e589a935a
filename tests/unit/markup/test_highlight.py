"""Code is coloured line by line, in every language, and hostile code harms nothing."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.markup.highlight import PLAIN, START, Language, highlight_line, language_named
from app.markup.highlight.grammar import MAIN, Region
from app.markup.highlight.languages import NAMES
from app.markup.highlight.scanner import MAX_FRAMES, MAX_LINE

_MARK = re.compile(r"‹[a-z]+:|›")
_PARTS = (Path(__file__).parent / "highlighted.txt").read_text(encoding="utf-8").split("=== ")[1:]
EXAMPLES = [part.rstrip("\n").split("\n", 1) for part in _PARTS]
LANGUAGES = {language_named(name).label: language_named(name) for name in NAMES}

pieces = [
    *('"', "'", "`", '"""', "'''", "\\", "/", "//", "/*", "*/", "#", "--", "<!--", "-->", "<", ">"),
    *("{", "}", "(", ")", "[", "]", "${", "$(", "$", "$$", "<<EOF", "EOF", "<<<X", "|", "r#", '"#'),
    *("<script>", "</script>", "<style", "</style>", "@", "=", ":", "- ", "  ", "\t", "\n", "\n"),
    *("if", "x", "X", "f(", "0x", "1e+", "1.", "é", "😀", "\r", "\0", "\u2028", 'R"a(', ')a"', "&"),
]
code = st.lists(st.sampled_from(pieces), max_size=40).map("".join) | st.text()


def marked(language: Language, source: str) -> str:
    """Return the code with its spans as marks."""
    state, lines = START, []
    for line in source.split("\n"):
        spans, state = highlight_line(language.grammar, state, line)
        units, position, shown = line.encode("utf-16-le"), 0, ""
        for start, end, kind in spans:
            shown += units[2 * position : 2 * start].decode("utf-16-le")
            shown += f"‹{kind}:" + units[2 * start : 2 * end].decode("utf-16-le") + "›"
            position = end
        lines.append(shown + units[2 * position :].decode("utf-16-le"))
    return "\n".join(lines)


@pytest.mark.parametrize(("name", "expected"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_an_example_of_each_language(name: str, expected: str) -> None:
    assert marked(language_named(name), _MARK.sub("", expected)) == expected


@given(st.sampled_from(sorted(LANGUAGES)), code)
def test_spans_are_in_order_apart_and_inside(label: str, source: str) -> None:
    state = START
    for line in source.split("\n"):
        spans, state = highlight_line(LANGUAGES[label].grammar, state, line)
        borders = [border for start, end, _ in spans for border in (start, end)]
        assert borders == sorted(borders)
        assert all(start < end for start, end, _ in spans)
        assert not borders or borders[-1] <= len(line.encode("utf-16-le", "surrogatepass")) // 2
        assert len(state) <= MAX_FRAMES
        hash(state)


@given(st.sampled_from(sorted(LANGUAGES)), code)
def test_only_the_state_passes_from_line_to_line(label: str, source: str) -> None:
    grammar, state = LANGUAGES[label].grammar, START
    for line in source.split("\n"):
        again = highlight_line(grammar, tuple(state), line)
        assert highlight_line(grammar, state, line) == again
        state = again[1]


@pytest.mark.parametrize("label", LANGUAGES)
def test_every_mode_that_is_entered_exists(label: str) -> None:
    grammar = LANGUAGES[label].grammar
    assert MAIN in grammar
    for mode in grammar.values():
        for rule in mode.rules:
            assert not rule.enters or rule.enters in grammar
            assert rule.region in (None, Region.INDENT) or re.compile(rule.pattern).groups == 1
            match = re.compile(rule.pattern).match("")
            assert match is None, "a rule consumes at least one character"


def test_a_very_long_line_stays_plain_and_changes_nothing() -> None:
    grammar = language_named("python").grammar
    assert highlight_line(grammar, START, '"""' + "x" * MAX_LINE) == ([], START)


@pytest.mark.parametrize(
    ("info", "label", "extension"),
    [
        ("py", "Python", "py"),
        ("Python title=x", "Python", "py"),
        ("  c++ ", "C++", "cpp"),
        ("ts", "TypeScript", "ts"),
        ("{.bash}", "Shell", "sh"),
        ("language-js", "JavaScript", "js"),
        ("rust,no_run", "Rust", "rs"),
        ("yml", "YAML", "yaml"),
    ],
)
def test_a_language_by_the_names_people_give_it(info: str, label: str, extension: str) -> None:
    language = language_named(info)
    assert (language.label, language.extension) == (label, extension)


@given(st.text())
def test_an_unknown_name_is_plain_text(info: str) -> None:
    assert language_named("unknown-" + info) is PLAIN
    language_named(info)
