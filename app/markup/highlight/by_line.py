"""What is read by the first characters of a line: diffs and Markdown."""

from typing import Final

from app.markup.highlight.grammar import MAIN, Grammar, Kind, Mode, Rule

DIFF: Final[Grammar] = {
    MAIN: Mode(
        (
            Rule(
                r"^(?:diff|index|Index:|---|\+\+\+|new file|deleted file|rename|similarity).*",
                Kind.META,
            ),
            Rule(r"^@@.*", Kind.HEADING),
            Rule(r"^[+>].*", Kind.INSERTED),
            Rule(r"^[-<].*", Kind.DELETED),
            Rule(r"^\\.*", Kind.COMMENT),
            Rule(r"^.+"),
        )
    )
}

MARKDOWN: Final[Grammar] = {
    MAIN: Mode(
        (
            Rule(r"^#{1,6}(?= ).*", Kind.HEADING),
            Rule(r"^\s*+(?:```|~~~).*", Kind.META, enters="code"),
            Rule(r"^\s*+(?:[-*+]|\d{1,9}[.)]|>)(?= )", Kind.KEYWORD),
            Rule(r"`[^`]++`", Kind.STRING),
            Rule(r"\*\*[^*]++\*\*", Kind.TYPE),
            Rule(r"\]\([^()\s]*+\)", Kind.VARIABLE),
        )
    ),
    "code": Mode((Rule(r"^\s*+(?:```|~~~)\s*+$", Kind.META, leaves=True),), Kind.STRING),
}
