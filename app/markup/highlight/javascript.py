"""JavaScript and TypeScript, with JSX as far as tags go."""

from typing import Final

from app.markup.highlight.grammar import (
    BLOCK_COMMENT,
    BLOCK_COMMENT_MODE,
    DOUBLE_QUOTED,
    MAIN,
    NUMBER,
    SINGLE_QUOTED,
    SLASH_COMMENT,
    WORD,
    Grammar,
    Kind,
    Mode,
    Rule,
    words,
)

_JS_WORDS: Final = words(
    keyword="""as async await break case catch class const continue debugger default delete do else
    export extends finally for from function get if import in instanceof let new of return set
    static super switch this throw try typeof var void while with yield""",
    constant="true false null undefined NaN Infinity",
)
_TS_WORDS: Final = _JS_WORDS | words(
    keyword="""abstract asserts declare enum implements infer interface is keyof module namespace
    override private protected public readonly satisfies type unique""",
    type="any bigint boolean never number object string symbol unknown",
)
# A slash begins a regular expression only where no value can end.
_REGEX: Final = Rule(
    r"(?:(?<=[=(,:\[!&|?{};>])|(?<=return)|^)\s*+/(?![/*])"
    r"(?:[^/\\\[]++|\\.|\[(?:[^\]\\]++|\\.)*+\]?)++(?:/\w*+)?",
    Kind.STRING,
)
# `<` right after a name or a bracket compares or names a type; elsewhere it begins a tag.
_JSX_TAG: Final = Rule(r"</[A-Za-z][\w.:-]*+>|(?<![\w)\]])<[A-Za-z][\w.:-]*+", Kind.TAG)


def rules_of(kinds: dict[str, Kind], *before: Rule) -> Mode:
    """Return the mode of code with these words; the rules `before` are tried first."""
    shared = (
        WORD,
        SLASH_COMMENT,
        BLOCK_COMMENT,
        _REGEX,
        DOUBLE_QUOTED,
        SINGLE_QUOTED,
        Rule("`", Kind.STRING, enters="template"),
        NUMBER,
        _JSX_TAG,
        Rule(r"^\s*+@[\w.]++", Kind.META),
    )
    return Mode((*before, *shared), words=kinds, capitals_are_types=True)


def _grammar(kinds: dict[str, Kind]) -> Grammar:
    return {MAIN: rules_of(kinds), **inner_modes(kinds)}


def inner_modes(kinds: dict[str, Kind]) -> Grammar:
    """Return the modes that code with these words enters."""
    braces = (Rule(r"\{", enters="braces"), Rule(r"\}", leaves=True))
    substitution = (braces[0], Rule(r"\}", Kind.META, leaves=True))
    return {
        "template": Mode(
            (
                Rule(r"\\.", Kind.STRING),
                Rule(r"\$\{", Kind.META, enters="substitution"),
                Rule("`", Kind.STRING, leaves=True),
            ),
            Kind.STRING,
        ),
        "substitution": rules_of(kinds, *substitution),
        "braces": rules_of(kinds, *braces),
        "block comment": BLOCK_COMMENT_MODE,
    }


JAVASCRIPT_WORDS: Final = _JS_WORDS
JAVASCRIPT: Final = _grammar(_JS_WORDS)
TYPESCRIPT: Final = _grammar(_TS_WORDS)
