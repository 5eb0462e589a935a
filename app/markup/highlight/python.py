"""Python."""

from typing import Final

from app.markup.highlight.grammar import (
    HASH_COMMENT,
    MAIN,
    NUMBER,
    WORD,
    Grammar,
    Kind,
    Mode,
    Rule,
    string_until,
    words,
)

_PREFIX: Final = r"(?:[rRbBuUfFtT]|[rR][bBfFtT]|[bBfFtT][rR])?"

PYTHON: Final[Grammar] = {
    MAIN: Mode(
        (
            Rule(r"[^\W\d]\w*+(?![\"'])", is_word=True),
            HASH_COMMENT,
            Rule(_PREFIX + '"""', Kind.STRING, enters="triple double"),
            Rule(_PREFIX + "'''", Kind.STRING, enters="triple single"),
            Rule(_PREFIX + r'"(?:[^"\\]++|\\.)*+"?', Kind.STRING),
            Rule(_PREFIX + r"'(?:[^'\\]++|\\.)*+'?", Kind.STRING),
            NUMBER,
            Rule(r"^\s*+@[\w.]++", Kind.META),
            Rule(r"^(?:>>>|\.\.\.)(?= |$)", Kind.META),
            WORD,
        ),
        words=words(
            keyword="""and as assert async await break class continue def del elif else except
            finally for from global if import in is lambda nonlocal not or pass raise return try
            while with yield""",
            constant="None True False NotImplemented Ellipsis __name__ __file__",
            type="""bool bytes bytearray complex dict float frozenset int list object set str
            tuple type""",
            variable="self cls",
        ),
        capitals_are_types=True,
    ),
    "triple double": string_until('"""'),
    "triple single": string_until("'''"),
}
