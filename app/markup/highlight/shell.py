"""Shell scripts, shell sessions and Dockerfiles."""

from typing import Final

from app.markup.highlight.grammar import (
    MAIN,
    Grammar,
    Kind,
    Mode,
    Region,
    Rule,
    string_until,
    words,
)

_WORDS: Final = words(
    keyword="""if then elif else fi case esac for select while until do done in function time
    return exit break continue local export declare readonly unset shift trap set source alias""",
    function="""apt apt-get awk brew cargo cat cd chmod chown cp curl cut date docker echo env eval
    exec find git go grep head kill kubectl ln ls make mkdir mv node npm npx pip pip3 printf pwd
    python python3 read rm rsync sed sleep sort ssh sudo systemctl tail tar tee test touch tr uniq
    uv wc wget xargs yarn""",
    constant="true false",
)
_VARIABLE: Final = Rule(r"\$(?:\w++|[@*#?$!-]|\{[^}]*+\}?)", Kind.VARIABLE)
_SUBSTITUTION: Final = Rule(r"\$\(", Kind.META, enters="substitution")
_RULES: Final = (
    Rule(r"(?:(?<=\s)|(?<=;)|^)#.*", Kind.COMMENT),
    Rule(r"\\."),
    Rule(r"[A-Za-z_]\w*+(?=\+?=)", Kind.VARIABLE),
    Rule(r"(?:(?<=\s)|^)--?[A-Za-z][\w-]*+", Kind.ATTRIBUTE),
    Rule(r"\d++(?![\w./:@%-])", Kind.NUMBER),
    Rule(r"[\w./+:@%~-]++", is_word=True),
    Rule(r"\$?'", Kind.STRING, enters="single"),
    Rule(r'"', Kind.STRING, enters="double"),
    Rule(r"<<<"),
    Rule(r"<<-?\s*+[\"'\\]?(\w++)[\"']?", Kind.META, region=Region.LINE),
    _SUBSTITUTION,
    _VARIABLE,
)
_MODES: Final[Grammar] = {
    "single": string_until("'", escapes=False),
    "double": Mode(
        (
            Rule(r"\\.", Kind.STRING),
            Rule('"', Kind.STRING, leaves=True),
            _SUBSTITUTION,
            _VARIABLE,
        ),
        Kind.STRING,
    ),
    "substitution": Mode(
        (Rule(r"\)", Kind.META, leaves=True), Rule(r"\(", enters="brackets"), *_RULES),
        words=_WORDS,
    ),
    "brackets": Mode(
        (Rule(r"\)", leaves=True), Rule(r"\(", enters="brackets"), *_RULES), words=_WORDS
    ),
}
SHELL: Final[Grammar] = {MAIN: Mode(_RULES, words=_WORDS), **_MODES}

# In a session only what follows a prompt was typed; the rest is what came back.
_PROMPT: Final = r"^(?:\([\w.-]++\) ?)?(?:[\w.-]++@[\w.-]++:[^\s$#%]*+)?(?:[$%#❯] |> )"
SESSION: Final[Grammar] = {
    MAIN: Mode((Rule(_PROMPT, Kind.META), Rule(r"^.+"), *_RULES), words=_WORDS),
    **_MODES,
}

_INSTRUCTION: Final = Rule(
    r"^\s*+(?i:add|arg|cmd|copy|entrypoint|env|expose|from|healthcheck|label|onbuild|run|shell"
    r"|stopsignal|user|volume|workdir)(?=\s)",
    Kind.KEYWORD,
)
DOCKERFILE: Final[Grammar] = {MAIN: Mode((_INSTRUCTION, *_RULES), words=_WORDS), **_MODES}
