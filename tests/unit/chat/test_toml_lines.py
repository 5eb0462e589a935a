"""The line of each key, in every way that TOML writes one."""

import tomllib

import hypothesis.strategies as st
import pytest
from hypothesis import given

from app.chat.toml_lines import MAX_DEPTH, key_lines, line_nested_too_deep, line_of

EVERY_WAY = '''\
# endpoint = "in a comment"
name = """
[thalweg]
endpoint = "in a text"
""""
other = \'\'\'
[thalweg]
\'\'\'\'

"quoted [key] = #" = [
  "a", # ] not here
  "b]",
]
inline = { a = 1, b = "}" }
[thalweg] # a comment = 1
endpoint = 'http://x' # title = 1
retry.max_retries = 1
"theme" = "auto"
'mod.el' = "x"
"\\u0074itle" = "x"
language="de"

  [ thalweg . "deep" ]
  here = 1979-05-27T07:32:00Z
[[list]]
key = 1
[[list]]
key = 2
more = ["""a"""", "]",
  1]
last = [\'\'\'a\'\'\'\', \']\',
  2]
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("name",), 2),
        (("other",), 6),
        (("quoted [key] = #",), 10),
        (("inline",), 14),
        (("inline", "b"), 14),
        (("thalweg",), 15),
        (("thalweg", "endpoint"), 16),
        (("thalweg", "retry"), 17),
        (("thalweg", "retry", "max_retries"), 17),
        (("thalweg", "theme"), 18),
        (("thalweg", "mod.el"), 19),
        (("thalweg", "title"), 20),
        (("thalweg", "language"), 21),
        (("thalweg", "deep"), 23),
        (("thalweg", "deep", "here"), 24),
        (("thalweg", "absent"), 15),
        (("list", "key"), 26),
        (("absent",), None),
    ],
)
def test_the_line_of_a_key(path: tuple[str, ...], line: int | None) -> None:
    assert line_of(key_lines(EVERY_WAY), path) == line
    assert line_of(key_lines(EVERY_WAY.replace("\n", "\r\n")), path) == line


def test_the_sample_is_valid_and_nothing_else_is_taken_for_a_key() -> None:
    lines = key_lines(EVERY_WAY)
    assert {path[0] for path in lines} == set(tomllib.loads(EVERY_WAY))
    assert {path for path in lines if path[0] == "list"} == {
        ("list",),
        ("list", "key"),
        ("list", "more"),
        ("list", "last"),
    }
    assert line_nested_too_deep(EVERY_WAY) is None


keys = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,4}", fullmatch=True), st.just('"a.b"'))
scalars = st.sampled_from(['"a#b"', "'[x]'", "1.5", "true", '"""\n[t]\nk = 1\n"""', "[1,\n[2]]"])


@given(st.dictionaries(keys, scalars, max_size=6), st.lists(st.sampled_from(["", "# c = 1", " "])))
def test_every_key_that_stands_alone_has_its_own_line(
    values: dict[str, str], noise: list[str]
) -> None:
    text, expected = "", {}
    for key, value in values.items():
        text += "".join(f"{line}\n" for line in noise)
        expected[key.strip('"')] = text.count("\n") + 1
        text += f"{key} = {value}\n"
    lines = key_lines(text)
    assert {path[0]: line for path, line in lines.items()} == expected
    assert set(tomllib.loads(text)) == set(expected)


@pytest.mark.parametrize("opening", ["[", "{a=", '["', '"""'])
@given(st.text(alphabet="[]{}\"'\\#\n=,.a", max_size=60))
def test_any_text_is_measured(opening: str, text: str) -> None:
    line = line_nested_too_deep("\n" + opening * (MAX_DEPTH + 1) + text)
    assert line is None or line >= 2


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = " + "[" * 101, 2),
        ("a = " + "[" * 100 + "]" * 100, None),
        ("a = [" + "[],\n" * 500 + "]", None),
        ("\n\n" + "a." * 101 + "b = 1", 3),
        ("a = '" + "[" * 500 + "'", None),
        ("a = " + "{a=" * 101, 1),
        ("a = [" + "0.5," * 500 + "]", None),
        ('a = "' + "." * 500 + '"', None),
    ],
)
def test_what_nests_too_deeply(text: str, line: int | None) -> None:
    assert line_nested_too_deep(text) == line
