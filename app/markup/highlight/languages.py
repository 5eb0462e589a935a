"""The languages by the names that fences give them."""

from dataclasses import dataclass
from typing import Final

from app.markup.highlight import by_line, c_family, data, javascript, python, shell, sql, web
from app.markup.highlight.grammar import MAIN, Grammar, Mode, Rule


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its name for people, the end of its files' names, and its grammar."""

    label: str
    extension: str
    grammar: Grammar


# What no language is known for.
PLAIN: Final = Language("Text", "txt", {MAIN: Mode((Rule(".+"),))})

_LANGUAGES: Final = {
    "python py python3 py3 pycon ipython": Language("Python", "py", python.PYTHON),
    "javascript js node mjs cjs": Language("JavaScript", "js", javascript.JAVASCRIPT),
    "jsx": Language("JSX", "jsx", javascript.JAVASCRIPT),
    "typescript ts mts cts": Language("TypeScript", "ts", javascript.TYPESCRIPT),
    "tsx": Language("TSX", "tsx", javascript.TYPESCRIPT),
    "json jsonc json5 jsonl ndjson": Language("JSON", "json", data.JSON),
    "html htm xhtml vue svelte": Language("HTML", "html", web.HTML),
    "xml svg xsd xslt rss plist": Language("XML", "xml", web.XML),
    "css scss less": Language("CSS", "css", web.CSS),
    "bash sh shell zsh ksh fish": Language("Shell", "sh", shell.SHELL),
    "console shell-session shellsession terminal": Language("Console", "txt", shell.SESSION),
    "dockerfile docker containerfile": Language("Dockerfile", "dockerfile", shell.DOCKERFILE),
    "sql mysql postgresql postgres sqlite plsql tsql": Language("SQL", "sql", sql.SQL),
    "c h": Language("C", "c", c_family.C),
    "cpp c++ cc cxx hpp h++ arduino": Language("C++", "cpp", c_family.CPP),
    "csharp c# cs": Language("C#", "cs", c_family.CSHARP),
    "rust rs": Language("Rust", "rs", c_family.RUST),
    "go golang": Language("Go", "go", c_family.GO),
    "java": Language("Java", "java", c_family.JAVA),
    "kotlin kt kts": Language("Kotlin", "kt", c_family.KOTLIN),
    "swift": Language("Swift", "swift", c_family.SWIFT),
    "php": Language("PHP", "php", c_family.PHP),
    "yaml yml": Language("YAML", "yaml", data.YAML),
    "toml": Language("TOML", "toml", data.TOML),
    "ini cfg conf properties dotenv env": Language("INI", "ini", data.INI),
    "diff patch udiff": Language("Diff", "diff", by_line.DIFF),
    "markdown md mdx": Language("Markdown", "md", by_line.MARKDOWN),
    "text txt plain plaintext output log": PLAIN,
}
_BY_NAME: Final = {name: of for names, of in _LANGUAGES.items() for name in names.split()}
NAMES: Final = tuple(_BY_NAME)


def language_named(info: str) -> Language:
    """Return the language that a fence's info string names in its first word, or PLAIN."""
    first = info.strip().lstrip("{.").split(None, 1)[:1]
    name = first[0].rstrip("}").partition(":")[0].partition(",")[0].lower() if first else ""
    return _BY_NAME.get(name.removeprefix("language-"), PLAIN)
