"""JSON, YAML, TOML and INI."""

from typing import Final

from app.markup.highlight.grammar import (
    BLOCK_COMMENT,
    BLOCK_COMMENT_MODE,
    DOUBLE_QUOTED,
    MAIN,
    SINGLE_QUOTED,
    SLASH_COMMENT,
    Grammar,
    Kind,
    Mode,
    Region,
    Rule,
    string_until,
    words,
)

JSON: Final[Grammar] = {
    MAIN: Mode(
        (
            Rule(r'"(?:[^"\\]++|\\.)*+"(?=\s*+:)', Kind.ATTRIBUTE),
            DOUBLE_QUOTED,
            Rule(r"-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?", Kind.NUMBER),
            Rule(r"[A-Za-z]\w*+", is_word=True),
            SLASH_COMMENT,
            BLOCK_COMMENT,
        ),
        words=words(constant="true false null"),
    ),
    "block comment": BLOCK_COMMENT_MODE,
}

_COMMENT: Final = Rule(r"(?:(?<=\s)|^)#.*", Kind.COMMENT)
# A key is short; without a limit a line of dashes would be searched once for each.
_YAML_KEY: Final = Rule(
    r"(?:(?<=[-{,?] )|^)\s*+(?:\"[^\"]{0,100}\"|'[^']{0,100}'"
    r"|[^\s\-?:,\[\]{}#&*!|>'\"%@`][^:#{}\[\],]{0,100})(?=\s*+:(?:\s|$))",
    Kind.ATTRIBUTE,
)
YAML: Final[Grammar] = {
    MAIN: Mode(
        (
            _YAML_KEY,
            _COMMENT,
            Rule(r"[|>][+-]?\d?[+-]?(?=\s*+(?:#.*)?$)", Kind.META, region=Region.INDENT),
            Rule(r"^(?:---|\.\.\.)(?=\s|$)", Kind.META),
            DOUBLE_QUOTED,
            Rule(r"'(?:[^']++|'')*+'?", Kind.STRING),
            Rule(r"(?:(?<=\s)|^)[&*][\w.-]++", Kind.VARIABLE),
            Rule(r"!\S*+", Kind.TYPE),
            Rule(r"[+-]?\d[\d_]*+(?:\.\d++)?(?:[eE][+-]?\d++)?(?=\s*+(?:$|[,\]}#]))", Kind.NUMBER),
            Rule(r"[^\s,\[\]{}\"'|>&*!#]++", is_word=True),
        ),
        words=words(constant="true false null yes no on off True False Yes No ~"),
    )
}

_TABLE: Final = Rule(r"^\s*+\[\[?[^\]]*+\]?\]?", Kind.HEADING)
TOML: Final[Grammar] = {
    MAIN: Mode(
        (
            _TABLE,
            Rule(
                r"(?:(?<=[{,] )|(?<=[{,])|^)\s*+[\w.\"'-]++(?:\s*+\.\s*+[\w\"'-]++)*+(?=\s*+=)",
                Kind.ATTRIBUTE,
            ),
            Rule("#.*", Kind.COMMENT),
            Rule('"""', Kind.STRING, enters="triple double"),
            Rule("'''", Kind.STRING, enters="triple single"),
            DOUBLE_QUOTED,
            Rule(r"'[^']*+'?", Kind.STRING),
            Rule(r"[+-]?\d[\w.:+-]*+", Kind.NUMBER),
            Rule(r"[^\W\d]\w*+", is_word=True),
        ),
        words=words(constant="true false inf nan"),
    ),
    "triple double": string_until('"""'),
    "triple single": string_until("'''", escapes=False),
}

INI: Final[Grammar] = {
    MAIN: Mode(
        (
            _TABLE,
            Rule(r"^\s*+[;#].*", Kind.COMMENT),
            Rule(r"^\s*+[^=:\s\[;#][^=:]*+(?=[=:])", Kind.ATTRIBUTE),
            DOUBLE_QUOTED,
            SINGLE_QUOTED,
        )
    )
}
