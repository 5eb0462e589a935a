"""The examples of the CommonMark and GFM specifications: exact, and however they are cut."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.unit.markup.oracle import expected_html, holds_raw_html
from tests.unit.markup.rendering import assert_cutting_changes_nothing, render
from tests.unit.markup.trees import comparable

ROOT = Path(__file__).resolve().parents[3]
GFM = ROOT.parent / "shared" / "vectors" / "gfm_spec.json"
COMMONMARK = ROOT / "node_modules" / "commonmark-spec" / "spec.txt"

_FENCE = "`" * 32
_EXAMPLE = re.compile(rf"^{_FENCE} example\n(.*?)^\.\n(.*?)^{_FENCE}$", re.DOTALL | re.MULTILINE)
# Texts that are no links in CommonMark and are in GFM; its own examples are made without that.
BARE_LINKS = {"< https://foo.bar >\n", "https://example.com\n", "foo@bar.example.com\n"}
BARE_LINKS |= {"< http://foo.bar >\n", "http://example.com\n"}


class Example(NamedTuple):
    """One example: where it stands, its text, and what the specification makes of it."""

    name: str
    text: str
    html: str


def _examples() -> list[Example]:
    examples: list[Example] = []
    if COMMONMARK.is_file():
        found = _EXAMPLE.findall(COMMONMARK.read_text(encoding="utf-8").replace("→", "\t"))
        assert len(found) == 652
        examples += (Example(f"CommonMark {n}", *pair) for n, pair in enumerate(found, 1))
    if GFM.is_file():
        spec: list[dict[str, Any]] = json.loads(GFM.read_text(encoding="utf-8"))
        assert len(spec) == 673
        examples += (Example(f"GFM {e['number']}", e["markdown"], e["html"]) for e in spec)
    if not examples:
        pytest.skip("no specification is installed (npm ci)", allow_module_level=True)
    return examples


EXAMPLES = _examples()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_cutting_changes_nothing(example: Example) -> None:
    assert_cutting_changes_nothing(example.text)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_result(example: Example) -> None:
    html = render([example.text])
    if example.text in BARE_LINKS:
        assert comparable(re.sub("</?a[^>]*>", "", html)) == comparable(example.html)
    elif holds_raw_html(example.text):
        assert comparable(html) == comparable(expected_html(example.text))
    else:
        assert comparable(html) == comparable(example.html)
