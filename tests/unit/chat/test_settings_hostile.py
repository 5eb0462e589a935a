"""No settings file takes the page down, whatever stands in it."""

import tomllib

import hypothesis.strategies as st
import pytest
from hypothesis import given

from app.chat import settings_file
from app.chat.settings import SettingsError, read_settings
from app.chat.settings_address import with_address
from app.chat.settings_file import MAX_TEXT


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 100_000 + "]" * 100_000,
        "a = " + "{a=" * 50_000,
        "a." * 100_000 + "a = 1",
        "[" + "a." * 100_000 + "a]",
        "a = {" + "a." * 100_000 + "a = 1}",
        ". " * 100_000,
    ],
    ids=["open", "lists", "tables", "dotted", "header", "dotted-inline", "dots"],
)
def test_deep_nesting_is_a_problem_with_its_line(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(f"\n{text}")
    (problem,) = caught.value.problems
    assert problem.line == 2
    assert problem.message.startswith("The file nests too deeply.")


def test_a_recursion_error_of_the_parser_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(_text: str) -> None:
        raise RecursionError

    monkeypatch.setattr(tomllib, "loads", give_up)
    with pytest.raises(SettingsError, match="nests too deeply"):
        settings_file.parse("a = 1")


def test_a_file_is_capped() -> None:
    with pytest.raises(SettingsError, match="longer than 256 KiB"):
        read_settings("#" * (MAX_TEXT + 1))


@pytest.mark.parametrize(
    "text",
    [
        "#" * MAX_TEXT,
        '\\"""x\n' * 40_000,
        "\\'''x\n" * 40_000,
        '"' * MAX_TEXT,
        "'" * MAX_TEXT,
        '"""' + '\\"' * 100_000,
        "\\" * MAX_TEXT,
        "=" * MAX_TEXT,
        "]" * MAX_TEXT,
        "a\n" * 100_000,
        "[thalweg]\n" + "a" * 200_000 + " = 1",
        "[thalweg]\nwhere = 0x" + "f" * 200_000,
        "[thalweg]\nwhere = 1e999",
        "[thalweg]\ntitle = '" + "x" * 200_000 + "'\ntheme = '" + "y" * 50_000 + "'",
        "\x00",
        "\ud83c",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_large_or_strange_file_is_answered_soon_and_briefly(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(text)
    assert all(len(problem.message) < 500 for problem in caught.value.problems)


@given(st.text(alphabet="[]{}\"'\\#\n\r=,. athlweg01", max_size=80))
def test_any_text_is_settings_or_a_settings_error(text: str) -> None:
    with pytest.raises(SettingsError):
        read_settings(text)


@given(
    st.dictionaries(
        st.sampled_from(["endpoint", "model", "theme", "retry", "title", "other"]), st.text()
    )
)
def test_no_query_is_too_much(query: dict[str, str]) -> None:
    text = (
        '[thalweg]\nendpoint = "http://localhost/v1"\nmodel = "m"\n'
        'overridable = ["endpoint", "model", "theme", "title"]\n'
    )
    settings, _ = with_address(read_settings(text), query)
    assert settings.endpoint.startswith("http://localhost")
