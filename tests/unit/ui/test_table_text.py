"""A table as other programs read it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.table_text import to_csv, to_markdown


def test_a_table_as_csv_and_as_markdown() -> None:
    rows = [["Name", "Depth"], ["Rhine, lower", 'so "deep"']]
    assert to_csv(rows) == 'Name,Depth\r\n"Rhine, lower","so ""deep"""\r\n'
    written = to_markdown(rows, ["left", ""])
    assert written == '| Name | Depth |\n| :--- | --- |\n| Rhine, lower | so "deep" |\n'


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "-x"])
def test_what_a_spreadsheet_would_run_is_text(cell: str) -> None:
    [[written]] = csv.reader(io.StringIO(to_csv([[cell]])))
    assert written == f"'{cell}"


@pytest.mark.parametrize("cell", ["-2", "+1.5", "-1,000.25", "-3%", "a=b", "1-2", ""])
def test_what_it_would_not_run_stays(cell: str) -> None:
    [[written, _]] = csv.reader(io.StringIO(to_csv([[cell, "x"]])))
    assert written == cell


@given(st.lists(st.lists(st.text("ab,\"' \n|é", max_size=5), min_size=2, max_size=2), min_size=1))
def test_csv_gives_back_what_went_in(rows: list[list[str]]) -> None:
    assert list(csv.reader(io.StringIO(to_csv(rows), newline=""))) == rows
