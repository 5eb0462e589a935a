"""HTML with the styles and scripts in it, XML, and CSS."""

from typing import Final

from app.markup.highlight.grammar import (
    BLOCK_COMMENT,
    BLOCK_COMMENT_MODE,
    DOUBLE_QUOTED,
    MAIN,
    SINGLE_QUOTED,
    Grammar,
    Kind,
    Mode,
    Region,
    Rule,
    string_until,
)
from app.markup.highlight.javascript import JAVASCRIPT_WORDS, inner_modes, rules_of

_CSS_COMMON: Final = (
    BLOCK_COMMENT,
    DOUBLE_QUOTED,
    SINGLE_QUOTED,
    Rule(r"@[\w-]++", Kind.KEYWORD),
    Rule(r"--[\w-]++", Kind.VARIABLE),
    Rule(r"!important\b", Kind.KEYWORD),
    Rule(r"[+-]?(?:\d++(?:\.\d++)?|\.\d++)(?:%|[A-Za-z]++)?", Kind.NUMBER),
    Rule(r"[A-Za-z_-][\w-]*+(?=\()", Kind.FUNCTION),
    Rule(r"\{", enters="css block"),
)
_CSS_SELECTORS: Final = (
    *_CSS_COMMON,
    Rule(r"[.#][A-Za-z_-][\w-]*+", Kind.TYPE),
    Rule(r"::?[a-z-]++", Kind.KEYWORD),
    Rule(r"[A-Za-z][\w-]*+", Kind.TAG),
    Rule(r"[\w-]++"),
)
_CSS_BLOCK: Final = Mode(
    (
        Rule(r"\}", leaves=True),
        Rule(r"#[\da-fA-F]{3,8}\b", Kind.NUMBER),
        *_CSS_COMMON,
        Rule(r"[&.#][A-Za-z_-][\w-]*+", Kind.TYPE),
        Rule(r"[A-Za-z-][\w-]*+(?=\s*+:)", Kind.ATTRIBUTE),
        Rule(r"[A-Za-z_-][\w-]*+"),
    )
)
_CSS_MODES: Final[Grammar] = {"css block": _CSS_BLOCK, "block comment": BLOCK_COMMENT_MODE}
CSS: Final[Grammar] = {MAIN: Mode(_CSS_SELECTORS), **_CSS_MODES}

_ATTRIBUTES: Final = (
    Rule(r'"', Kind.STRING, enters="attribute double"),
    Rule(r"'", Kind.STRING, enters="attribute single"),
    Rule(r"=\s*+[^\s\"'<>]++", Kind.STRING),
    Rule(r"[^\s\"'<>/=]++", Kind.ATTRIBUTE),
)
_TAG_MODES: Final[Grammar] = {
    "tag": Mode((Rule(r"/?>", Kind.TAG, leaves=True), *_ATTRIBUTES)),
    "attribute double": string_until('"', escapes=False),
    "attribute single": string_until("'", escapes=False),
    "markup comment": Mode((Rule(r"-->", Kind.COMMENT, leaves=True),), Kind.COMMENT),
}
_MARKUP: Final = (
    Rule(r"<!--", Kind.COMMENT, enters="markup comment"),
    Rule(r"<!\[CDATA(\[)", Kind.STRING, region=Region.LITERAL, mark="]]>"),
    Rule(r"<[!?][^>]*+>?", Kind.META),
    Rule(r"</?[A-Za-z][\w:.-]*+", Kind.TAG, enters="tag"),
    Rule(r"&#?\w{1,32};", Kind.CONSTANT),
)
XML: Final[Grammar] = {MAIN: Mode(_MARKUP), **_TAG_MODES}


def _opening(name: str) -> Rule:
    return Rule(rf"<(?i:{name})(?![\w:.-])", Kind.TAG, enters=f"{name} tag")


def _tag_before(name: str) -> Mode:
    """Return the mode of a tag that text in another language follows."""
    ends = (Rule("/>", Kind.TAG, leaves=True), Rule(">", Kind.TAG, leaves=True, enters=name))
    return Mode((*ends, *_ATTRIBUTES))


def _closing(name: str) -> Rule:
    return Rule(rf"</(?i:{name})(?![\w:.-])", Kind.TAG, leaves=True, enters="tag")


HTML: Final[Grammar] = {
    MAIN: Mode((_opening("script"), _opening("style"), *_MARKUP)),
    "script tag": _tag_before("script"),
    "script": rules_of(JAVASCRIPT_WORDS, _closing("script")),
    "style tag": _tag_before("style"),
    "style": Mode((_closing("style"), *_CSS_SELECTORS)),
    **inner_modes(JAVASCRIPT_WORDS),
    **_CSS_MODES,
    **_TAG_MODES,
}
