"""The examples of the GFM specification, as far as the room supports what they show."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.markup.rendering import assert_cutting_changes_nothing, render
from tests.unit.markup.trees import comparable

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "vectors" / "gfm_spec.json"

# Sections whose examples need links, images, HTML or an extension are only cut.
SUPPORTED = {
    "ATX headings", "Backslash escapes", "Blank lines", "Block quotes", "Code spans",
    "Emphasis and strong emphasis", "Entity and numeric character references",
    "Fenced code blocks", "Hard line breaks", "Indented code blocks", "Inlines", "List items",
    "Lists", "Paragraphs", "Precedence", "Setext headings", "Soft line breaks", "Tabs",
    "Textual content", "Thematic breaks",
}  # fmt: skip
# What an expected result holds that is not supported yet.
UNSUPPORTED_RESULTS = ("<a ", "<img ", "<del>", "<table>", "<input ", "<!--", "<a>", "<b>")
# The example holds a link reference definition.
EXCEPTIONS = {297}


def _examples() -> list[dict[str, Any]]:
    if not VECTORS.is_file():
        pytest.skip(f"the shared vectors are not at {VECTORS.parent}", allow_module_level=True)
    examples: list[dict[str, Any]] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return examples


EXAMPLES = _examples()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["number"]))
def test_cutting_changes_nothing(example: dict[str, Any]) -> None:
    assert_cutting_changes_nothing(example["markdown"])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["number"]))
def test_the_result(example: dict[str, Any]) -> None:
    if example["section"] not in SUPPORTED:
        pytest.skip("the section is not supported yet")
    if example["number"] in EXCEPTIONS or any(t in example["html"] for t in UNSUPPORTED_RESULTS):
        pytest.skip("the result holds what is not supported yet")
    html = render([example["markdown"]])
    assert comparable(html) == comparable(example["html"])
