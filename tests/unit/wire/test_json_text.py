import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire import json_text
from app.wire.json_text import MAX_COUNT, MAX_DEPTH, MalformedJson, as_count, parse_json
from tests.unit.wire.streams import growth


@pytest.mark.parametrize("pair", ["[]", ("{}")])
def test_deep_text_is_refused_without_parsing(pair: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fatal(_text: str) -> object:
        raise AssertionError("json.loads was called")

    monkeypatch.setattr(json_text.json, "loads", fatal)  # type: ignore[attr-defined]
    with pytest.raises(MalformedJson, match="nested deeper"):
        parse_json(pair[0] * (MAX_DEPTH + 1))
    with pytest.raises(MalformedJson, match="nested deeper"):
        parse_json('{"a":"\\"]]]]", "b":' + "[" * 20_000 + "]" * 20_000 + "}")


def test_deepest_text_and_wide_text_are_parsed() -> None:
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert parse_json(json.dumps([[]] * 5_000)) == [[]] * 5_000


def test_a_number_of_thousands_of_digits_takes_nothing_along() -> None:
    # JSON.parse takes it for infinite; int() would refuse it.
    assert parse_json('{"n":' + "9" * 5_000 + ',"s":"kept"}') == {"n": float("inf"), "s": "kept"}


def test_brackets_in_strings_do_not_nest() -> None:
    text = "[" * 5_000 + '"\\"{{{'
    assert parse_json(json.dumps([text])) == [text]


@pytest.mark.parametrize(
    "text", ["", "{", "nul", "9" * 5_000 + "x", "NaN", "[-Infinity]", '"a', "[" * 499, '"\\']
)
def test_text_that_is_no_json(text: str) -> None:
    with pytest.raises(MalformedJson):
        parse_json(text)


@given(text=st.one_of(st.text(), st.text(alphabet='[]{}":,\\1 '), st.binary().map(repr)))
def test_text_is_a_value_or_malformed(text: str) -> None:
    with suppress(MalformedJson):
        parse_json(text)


@pytest.mark.parametrize(
    ("start", "piece"), [("[" * 501, '"\\"'), ("[" * 1002, '"\\'), ("[" * 501, '""[')]
)
def test_measuring_depth_is_linear(start: str, piece: str) -> None:
    def refuse(n: int) -> None:
        with pytest.raises(MalformedJson):
            parse_json(start + piece * n)

    assert growth(refuse, 5_000) < 9


@pytest.mark.parametrize(
    ("value", "count"),
    [
        *[(0, 0), (7, 7), (7.0, 7), (MAX_COUNT, MAX_COUNT), (MAX_COUNT + 1, None)],
        *[(-1, None), (True, None), (0.5, None), (float("inf"), None), (float("nan"), None)],
        *[(None, None), ("7", None), ([], None)],
    ],
)
def test_counts(value: object, count: int | None) -> None:
    assert as_count(value) == count
