"""What a language looks like, as data: modes with rules, and the colours they give."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cached_property
from typing import Final


class Kind(StrEnum):
    """What a stretch of code is; the value is its name in the style sheet."""

    COMMENT = "comment"
    STRING = "string"
    NUMBER = "number"
    KEYWORD = "keyword"
    CONSTANT = "constant"
    FUNCTION = "function"
    TYPE = "type"
    VARIABLE = "variable"
    TAG = "tag"
    ATTRIBUTE = "attribute"
    META = "meta"
    HEADING = "heading"
    INSERTED = "inserted"
    DELETED = "deleted"


class Region(Enum):
    """A string that no rule reads: it ends where its own mark stands.

    LITERAL ends after the mark, LINE with a line that is the mark, INDENT before a line that is
    not indented deeper than the mark. The last two begin with the next line.
    """

    LITERAL = "literal"
    LINE = "line"
    INDENT = "indent"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern that consumes at least one character, the kind of it, and what follows.

    `leaves` ends the mode, `enters` begins one. `region` begins a region whose mark is `mark`
    with what the pattern's first group captured in the place of `{}`. With `is_word` the kind is
    looked up among the mode's words.
    """

    pattern: str
    kind: Kind | None = None
    enters: str = ""
    leaves: bool = False
    region: Region | None = None
    mark: str = "{}"
    is_word: bool = False


@dataclass(frozen=True)
class Mode:
    """Rules that are tried in their order, and the kind of what none of them matches."""

    rules: tuple[Rule, ...]
    kind: Kind | None = None
    words: Mapping[str, Kind] = field(default_factory=dict)
    ignores_case: bool = False
    capitals_are_types: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """All rules as one pattern; which of them matched tells `lastindex`."""
        return re.compile("|".join(f"({rule.pattern})" for rule in self.rules))

    @cached_property
    def rule_of_group(self) -> Mapping[int, Rule]:
        """The rule of each `lastindex`: groups inside a rule count, too."""
        table: dict[int, Rule] = {}
        group = 1
        for rule in self.rules:
            table[group] = rule
            group += 1 + re.compile(rule.pattern).groups
        return table


Grammar = Mapping[str, Mode]
MAIN: Final = "main"

# Pieces that many languages share. A closing mark is optional: without it the line's rest is
# coloured, and nothing is read twice.
WORD: Final = Rule(r"[^\W\d]\w*+", is_word=True)
NUMBER: Final = Rule(
    r"(?:0[xXbBoO][\da-fA-F_]++|\d[\d_]*+(?:\.\d[\d_]*+)?(?:[eE][+-]?\d++)?)\w*+", Kind.NUMBER
)
DOUBLE_QUOTED: Final = Rule(r'"(?:[^"\\]++|\\.)*+"?', Kind.STRING)
SINGLE_QUOTED: Final = Rule(r"'(?:[^'\\]++|\\.)*+'?", Kind.STRING)
HASH_COMMENT: Final = Rule(r"#.*", Kind.COMMENT)
SLASH_COMMENT: Final = Rule(r"//.*", Kind.COMMENT)
BLOCK_COMMENT: Final = Rule(r"/\*", Kind.COMMENT, enters="block comment")
BLOCK_COMMENT_MODE: Final = Mode((Rule(r"\*/", Kind.COMMENT, leaves=True),), Kind.COMMENT)


def words(**kinds: str) -> dict[str, Kind]:
    """Return the kind of each word, from kinds by their names and words between blanks."""
    return {word: Kind[kind.upper()] for kind, all_ in kinds.items() for word in all_.split()}


def string_until(mark: str, escapes: bool = True) -> Mode:
    """Return the mode of a string that goes over lines, up to a mark (a pattern)."""
    end = Rule(mark, Kind.STRING, leaves=True)
    return Mode((Rule(r"\\.", Kind.STRING), end) if escapes else (end,), Kind.STRING)
