"""Our changes to markdown-it-py's inline rules, so that unfinished text can be read.

Goal: in text that still grows, what is open is shown as if it were closed, and the caller
learns whether anything before the end may still change.
Plan: an emphasis opener without closer gets one at the end; a backtick run without partner
makes the rest a code span; where neither fits (a bracket that may become a link, a mark inside
a word) the place is marked unsettled. With `Knowledge.whole` nothing is assumed.
Source: CommonMark 0.31.2, chapter 6 and appendix "phase 2"; markdown-it-py 4.3 for the rules.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from markdown_it.rules_inline.state_inline import Delimiter, StateInline

InlineRule: TypeAlias = Callable[[StateInline, bool], bool]

# The type of our own token that says: from here on the reading may change.
UNSETTLED: Final = "unsettled"
KNOWLEDGE: Final = "knowledge"

_BACKTICKS: Final = re.compile("`+")
_OPEN_AUTOLINK: Final = re.compile(r"<[^<> \t\n]*\Z")
# What may follow `[text](` and become a link when more comes; wider than links are.
_OPEN_LINK_TAIL: Final = re.compile(
    r"""\([ \t\n]*(?:
        (?:<(?:[^<>\n\\]|\\.)*>?|[^ \t\n<][^ \t\n]*)?
        (?:[ \t\n]+(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\((?:[^()\\]|\\.)*\)?)?)?
        [ \t\n]*
    )?\\?\Z""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(slots=True)
class Knowledge:
    """What the rules know about the text, and what they found out about it.

    `whole`: no more text follows. `pending`: something open may still be closed.
    `unsettled`: text that is not inside an element of its own may still change.
    """

    whole: bool
    pending: bool = False
    unsettled: bool = False
    backtick_runs: dict[int, list[int]] | None = field(default=None)


def knowledge_of(state: StateInline) -> Knowledge:
    """Return what parse_inline() put into the parser's environment."""
    knowledge: Knowledge = state.env[KNOWLEDGE]
    return knowledge


def code_span(state: StateInline, silent: bool) -> bool:
    """Read a code span; without closing backticks the rest of unfinished text is one."""
    opening = _BACKTICKS.match(state.src, state.pos)
    if opening is None:
        return False
    knowledge = knowledge_of(state)
    begin = opening.end()
    end = _next_run(state, knowledge, len(opening.group()), begin)
    if end is not None:
        if not silent:
            _push_code(state, _without_padding(state.src[begin:end].replace("\n", " ")))
        state.pos = end + len(opening.group())
        return True
    knowledge.pending = True
    if knowledge.whole:
        if not silent:
            state.append_pending(opening.group())
        state.pos = begin
        return True
    if not silent:
        _push_code(state, state.src[begin:].replace("\n", " "))
    state.pos = state.posMax
    return True


def as_source(rule: InlineRule, mark: str) -> InlineRule:
    """Return a rule that shows as plain text what the given rule would make a link or image.

    `mark` is the character that such a link or image begins with.
    """

    def shown_as_source(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if state.src[start] != mark:
            return False
        # Looking for a label's end is dear; without this no bracket can be a link.
        can_match = mark == "<" or state.src.find("](", start) >= 0
        if can_match and rule(state, True):
            if not silent:
                state.append_pending(state.src[start : state.pos])
            return True
        if not silent and _may_become_a_link(state):
            _mark_unsettled(state)
        return False

    return shown_as_source


def close_open_emphasis(state: StateInline) -> None:
    """Give every emphasis opener that has no closer one at the end of unfinished text."""
    knowledge = knowledge_of(state)
    openers: list[int] = []
    for index in _open_delimiters(state.delimiters):
        knowledge.pending = True
        if knowledge.whole:
            return
        opener = state.delimiters[index]
        # `2*3` is rarely emphasis: what could close as well is shown as it stands.
        if opener.close:
            knowledge.unsettled = True
            state.tokens[opener.token].meta[UNSETTLED] = True
        else:
            openers.append(index)
    for index in reversed(openers):
        opener = state.delimiters[index]
        state.push("text", "", 0)
        token = len(state.tokens) - 1
        opener.end = len(state.delimiters)
        state.delimiters.append(
            Delimiter(opener.marker, opener.length, token, end=-1, open=False, close=True)
        )


def _open_delimiters(delimiters: list[Delimiter]) -> Iterator[int]:
    """Yield the openers that a later closer could still match; those inside a pair are dead."""
    index = 0
    while index < len(delimiters):
        delimiter = delimiters[index]
        if delimiter.end >= 0:
            index = delimiter.end
        elif delimiter.open:
            yield index
        index += 1


def _next_run(state: StateInline, knowledge: Knowledge, length: int, position: int) -> int | None:
    """Return where the next backtick run of this length begins, looking it up in O(log n)."""
    if knowledge.backtick_runs is None:
        knowledge.backtick_runs = {}
        for run in _BACKTICKS.finditer(state.src):
            knowledge.backtick_runs.setdefault(len(run.group()), []).append(run.start())
    starts = knowledge.backtick_runs.get(length, [])
    index = bisect_left(starts, position)
    return starts[index] if index < len(starts) else None


def _without_padding(code: str) -> str:
    if code.startswith(" ") and code.endswith(" ") and code.strip(" "):
        return code[1:-1]
    return code


def _push_code(state: StateInline, code: str) -> None:
    token = state.push("code_inline", "code", 0)
    token.content = code


def _may_become_a_link(state: StateInline) -> bool:
    knowledge = knowledge_of(state)
    if knowledge.whole or knowledge.unsettled:
        return False
    character = state.src[state.pos]
    if character == "<":
        return _OPEN_AUTOLINK.match(state.src, state.pos) is not None
    start = state.pos + 1 if character == "!" else state.pos
    if not state.src.startswith("[", start):
        return False
    end = _label_end(state, start)
    if end < 0 or end + 1 == len(state.src):
        return True
    return _OPEN_LINK_TAIL.match(state.src, end + 1) is not None


def _label_end(state: StateInline, start: int) -> int:
    helpers: Any = state.md.helpers
    end: int = helpers.parseLinkLabel(state, start)
    return end


def _mark_unsettled(state: StateInline) -> None:
    knowledge = knowledge_of(state)
    knowledge.unsettled = knowledge.pending = True
    state.push(UNSETTLED, "", 0)
