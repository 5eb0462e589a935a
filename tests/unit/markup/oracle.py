"""markdown-it-py on the whole text: CommonMark with tables and strikethrough, HTML off."""

import re

from markdown_it import MarkdownIt

_REFERENCE = MarkdownIt("commonmark", {"html": False, "maxNesting": 1000}).enable(
    ["table", "strikethrough"]
)
_WITH_HTML = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# Its strikethrough is <s> and GFM's is <del>; it aligns by style, GFM by attribute.
_ALIGN = re.compile(r' style="text-align:(\w+)"')


def expected_html(text: str) -> str:
    """The reference's HTML in GFM's terms; it wants a line end at the end of code."""
    html = str(_REFERENCE.render(text if text.endswith("\n") else text + "\n"))
    return _ALIGN.sub(r' align="\1"', html.replace("<s>", "<del>").replace("</s>", "</del>"))


def holds_raw_html(text: str) -> bool:
    """Tell whether the text is another one where raw HTML is HTML."""
    return str(_WITH_HTML.render(text)) != str(_REFERENCE.render(text))
