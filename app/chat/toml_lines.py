"""Where things stand in a TOML text: `tomllib` gives values without their lines.

Goals: the line of each key for messages, and a refusal of texts that nest too deeply to parse.
Plan: one pass over coarse tokens (strings, comments, brackets, the rest); a statement is what
stands before a line end outside brackets.
Weak: keys inside an inline table have the line of that table. `key_lines` expects valid TOML.
Source: TOML 1.0.0, https://toml.io/en/v1.0.0
"""

import re
import tomllib
from collections.abc import Iterator, Mapping

# Deepest nesting of brackets and longest dotted key; a settings file needs about three.
# tomllib recurses on brackets, and its time and memory grow with the square of a dotted key.
MAX_DEPTH = 100

Path = tuple[str, ...]

# Strings without their end run to the end of the text: each character is passed once.
_TOKEN = re.compile(
    r'"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+(?:"{3,5}|\\?\Z)'
    r"|'''(?:[^']++|'(?!''))*+(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]++|\\.)*+"'
    r"|'[^'\n]*+'"
    r"|#[^\n]*+"
    r"|[\n\[\]{}=,]"
    r"|[^\n\[\]{}=,\"'#]++"
    r"|."
)


def line_nested_too_deep(text: str) -> int | None:
    """Find the first line that nests deeper than `MAX_DEPTH`, in any text, valid or not."""
    line, depth, dots = 1, 0, 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token[0] not in "\"'#":
            depth += (token in "[{") - (token in "]}")
            dots = 0 if token in "\n[]{}=," else dots + token.count(".")
        if depth > MAX_DEPTH or dots > MAX_DEPTH:
            return line
        line += token.count("\n")
    return None


def key_lines(text: str) -> Mapping[Path, int]:
    """Map each table and key, by its full path, to the line where it first stands."""
    lines: dict[Path, int] = {}
    table: Path = ()
    for line, head in _statements(text):
        path = _path_of(head)
        if head[0] == "[":
            table = path
        else:
            path = table + path
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], line)
    return lines


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """Tell the line of a key, or of the nearest table around it that has one."""
    for length in range(len(path), 0, -1):
        line = lines.get(path[:length])
        if line is not None:
            return line
    return None


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each statement's first line and its tokens before the equals sign."""
    line, start, depth, in_value = 1, 1, 0, False
    head: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "\n" and depth == 0:
            if head:
                yield start, head
            head, in_value = [], False
        elif in_value:
            depth += (token in "[{") - (token in "]}")
        elif token == "=":
            in_value = True
        elif token.strip() and token[0] != "#":
            start = start if head else line
            head.append(token.strip())
        line += token.count("\n")
    if head:
        yield start, head


def _path_of(head: list[str]) -> Path:
    parts: list[str] = []
    for token in head:
        if token[0] in "\"'":
            parts.append(str(tomllib.loads(f"key = {token}")["key"]))
        elif token not in "[]":
            parts.extend(part.strip() for part in token.split(".") if part.strip())
    return tuple(parts)
