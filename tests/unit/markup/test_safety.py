"""What others tried on renderers, cut in several ways, and what comes out."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.unit.markup.rendering import assert_cutting_changes_nothing

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "vectors" / "xss.json"

TAGS = {"a", "blockquote", "br", "code", "del", "div", "em", "hr", "img", "input", "li", "ol", "p"}
TAGS |= {
    "pre",
    "section",
    "span",
    "strong",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}
TAGS |= {f"h{level}" for level in range(1, 7)}
ATTRIBUTES = {"align", "alt", "checked", "class", "disabled", "href", "id", "src", "start"}
ATTRIBUTES |= {"title", "type"}
DANGEROUS = re.compile(r"[\x00-\x20]*(?:javascript|vbscript|file|data(?!:image/)):", re.IGNORECASE)


def _payloads() -> list[str]:
    if not VECTORS.is_file():
        pytest.skip(f"the shared vectors are not at {VECTORS.parent}", allow_module_level=True)
    vectors = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    return [vector["payload"] for vector in vectors]


class _Inspector(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        for name, value in attrs:
            assert name in ATTRIBUTES
            if name in ("href", "src"):
                assert not DANGEROUS.match(value or "")
            if name == "id":
                assert (value or "").startswith("user-content-")


@pytest.mark.parametrize("payload", _payloads(), ids=lambda payload: repr(payload[:40]))
def test_nothing_dangerous_comes_out(payload: str) -> None:
    html = assert_cutting_changes_nothing(payload, ["by 1", "by 7", "at random"])
    inspector = _Inspector()
    inspector.feed(html)
    inspector.close()
