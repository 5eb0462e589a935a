"""Colours code line by line: a line and the state before it give spans and the state after it.

Goals: a line is read once, whatever comes later; hostile code costs no more than other code.
Plan: the state is the stack of modes that are open at the line's end; almost always it is empty.
Weak: grammars see no further than tokens; what they cannot tell stays plain.
"""

import re
from typing import Final

from app.markup.highlight.grammar import MAIN, Grammar, Kind, Mode, Region, Rule

# Longer lines stay plain: they are minified or data, and nobody reads them.
MAX_LINE: Final = 2000  # code points
# Deepest nesting of modes, as in templates within templates; deeper ones are not entered.
MAX_FRAMES: Final = 20

# Where a stretch begins and ends, counted in UTF-16 units as the DOM counts, and its kind.
Span = tuple[int, int, Kind]
# An open mode by its name, or a region with the mark that ends it.
Frame = tuple[str | Region, str]
State = tuple[Frame, ...]
START: Final[State] = ()

_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")


def highlight_line(grammar: Grammar, state: State, line: str) -> tuple[list[Span], State]:
    """Return the spans of a line, in order and apart, and the state after it. Never raises.

    Args:
        grammar: the language's, from Language.grammar.
        state: what the line before returned; START at first.
        line: without its line feed.
    """
    if len(line) > MAX_LINE:
        return [], state
    reading = _Reading(grammar, list(state), line)
    reading.read()
    spans = _joined(reading.spans)
    if spans and not line.isascii() and _ASTRAL.search(line):
        spans = _in_utf16(spans, line)
    frames = tuple(reading.frames)
    return spans, frames if frames != state else state


class _Reading:
    """The reading of one line."""

    __slots__ = ("_grammar", "_line", "_position", "_waiting", "frames", "spans")

    def __init__(self, grammar: Grammar, frames: list[Frame], line: str) -> None:
        self.frames = frames
        self.spans: list[Span] = []
        self._grammar = grammar
        self._line = line
        self._position = 0
        # A region that begins with the next line.
        self._waiting: Frame | None = None

    def read(self) -> None:
        """Read the line to its end."""
        self._pass_whole_line()
        while self._position < len(self._line):
            name, mark = self.frames[-1] if self.frames else (MAIN, "")
            if isinstance(name, Region):
                self._pass_literal(mark)
            else:
                self._read_in(self._grammar[name])
        if self._waiting is not None:
            self._enter(self._waiting)

    def _pass_whole_line(self) -> None:
        """Take the line as part of a region, if it is."""
        name, mark = self.frames[-1] if self.frames else (MAIN, "")
        line = self._line
        if (
            name is Region.INDENT
            and line.strip()
            and not line.startswith((mark + " ", mark + "\t"))
        ):
            self.frames.pop()
        elif name is Region.LINE and line.strip().rstrip(";,)") == mark:
            self.frames.pop()
            self._add(0, len(line), Kind.META)
            self._position = len(line)
        elif name is Region.LINE or name is Region.INDENT:
            self._add(0, len(line), Kind.STRING)
            self._position = len(line)

    def _pass_literal(self, mark: str) -> None:
        found = self._line.find(mark, self._position)
        end = len(self._line) if found < 0 else found + len(mark)
        self._add(self._position, end, Kind.STRING)
        self._position = end
        if found >= 0:
            self.frames.pop()

    def _read_in(self, mode: Mode) -> None:
        """Read on in a mode until it ends, another begins or the line ends."""
        spans, rules, plain_kind = self.spans, mode.rule_of_group, mode.kind
        position = self._position
        for match in mode.pattern.finditer(self._line, position):
            start, end = match.span()
            if plain_kind and start > position:
                spans.append((position, start, plain_kind))
            position = end
            rule = rules[match.lastindex or 1]
            kind = self._kind_of_word(mode, match.group(), end) if rule.is_word else rule.kind
            if kind:
                spans.append((start, end, kind))
            if rule.leaves or rule.enters or rule.region:
                self._move(rule, match)
                self._position = end
                return
        self._position = len(self._line)
        if plain_kind:
            self._add(position, self._position, plain_kind)

    def _kind_of_word(self, mode: Mode, word: str, end: int) -> Kind | None:
        kind = mode.words.get(word.lower() if mode.ignores_case else word)
        if kind is not None:
            return kind
        if self._line.startswith("(", end):
            return Kind.FUNCTION
        return Kind.TYPE if mode.capitals_are_types and word[0].isupper() else None

    def _move(self, rule: Rule, match: re.Match[str]) -> None:
        if rule.leaves and self.frames:
            self.frames.pop()
        if rule.enters:
            self._enter((rule.enters, ""))
        elif rule.region is Region.LITERAL:
            captured = match.group((match.lastindex or 1) + 1)
            self._enter((rule.region, rule.mark.replace("{}", captured or "")))
        elif rule.region is Region.LINE:
            self._waiting = (rule.region, match.group((match.lastindex or 1) + 1))
        elif rule.region is Region.INDENT:
            indentation = self._line[: len(self._line) - len(self._line.lstrip())]
            self._waiting = (rule.region, indentation)

    def _enter(self, frame: Frame) -> None:
        if len(self.frames) < MAX_FRAMES:
            self.frames.append(frame)

    def _add(self, start: int, end: int, kind: Kind) -> None:
        if end > start:
            self.spans.append((start, end, kind))


def _joined(spans: list[Span]) -> list[Span]:
    """Return the spans with touching ones of a kind as one: each is a Range in the page."""
    joined: list[Span] = []
    last_end, last_kind = -1, None
    for span in spans:
        start, end, kind = span
        if start == last_end and kind is last_kind:
            joined[-1] = (joined[-1][0], end, kind)
        else:
            joined.append(span)
        last_end, last_kind = end, kind
    return joined


def _in_utf16(spans: list[Span], line: str) -> list[Span]:
    """Return spans counted in UTF-16 units: characters beyond U+FFFF count twice."""
    astral = [match.start() for match in _ASTRAL.finditer(line)]
    counted: list[Span] = []
    passed = 0
    for start, end, kind in spans:
        while passed < len(astral) and astral[passed] < start:
            passed += 1
        begin = start + passed
        while passed < len(astral) and astral[passed] < end:
            passed += 1
        counted.append((begin, end + passed, kind))
    return counted
