"""markdown-it-py on the whole text, set to what this room supports so far."""

from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, autolink, image, link

Rule = Callable[[StateInline, bool], bool]


def _source_of(rule: Rule) -> Rule:
    def shown_as_source(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if not rule(state, True):
            return False
        if not silent:
            state.pending += state.src[start : state.pos]
        return True

    return shown_as_source


def reference() -> MarkdownIt:
    """HTML off, links and images as their source, no link reference definitions."""
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).disable(["reference"])
    for name, rule in (("link", link), ("image", image), ("autolink", autolink)):
        parser.inline.ruler.at(name, _source_of(rule))
    return parser


_REFERENCE = reference()


def expected_html(text: str) -> str:
    """The reference's HTML; markdown-it-py wants a line end at the end of code."""
    return str(_REFERENCE.render(text if text.endswith("\n") else text + "\n"))
