"""Reads the text of a leaf from left to right into items: texts, events and runs of marks.

Goal: unfinished text can be read as well: what is open at its end is shown as if it were closed,
and the caller learns whether what was read may still change.
Plan: a search for the next character that means something, a handler for each. Brackets wait on
a stack for their partners; runs of marks are paired when the text around them is known.
Source: CommonMark 0.31.2, chapter 6 and appendix "phase 2".
"""

import re
from collections.abc import Callable, Mapping
from string import ascii_letters, digits
from typing import Final

from markdown_it.common.utils import ESCAPABLE

from app.markup import autolinks, elements, links
from app.markup.brackets import Bracket, Brackets
from app.markup.character_references import reference_at
from app.markup.code_spans import CodeSpans
from app.markup.emphasis import Item, delimiter, events_of, pair, presume_open, settled
from app.markup.events import CLOSE, Event, Kind
from app.markup.formulas import Formulas
from app.markup.links import Target
from app.markup.places import Checkpoint, Place
from app.markup.references import Mention, References

_SPECIAL: Final = re.compile(r"[\n*_`\[\]!<&\\~$]")
_SPECIAL_OR_ADDRESS: Final = re.compile(
    r"[\n*_`\[\]!<&\\~$]|(?<![A-Za-z0-9._+\-])(?:https?://|ftp://|www\.|[A-Za-z0-9.+\-][A-Za-z0-9._+\-]*@)"
)
_EMAIL_CHARACTERS: Final = frozenset(ascii_letters + digits + "._+-")
_MAY_HOLD_ADDRESS: Final = re.compile(r"://|www\.|@")
_RUNS: Final = {mark: re.compile(re.escape(mark) + "+") for mark in "*_~"}
_LEADING_BLANKS: Final = re.compile(r"[ \t]*")
_FOOTNOTE: Final = re.compile(r"\[\^([^\s\[\]]{1,200})\]")
_HALF_FOOTNOTE: Final = re.compile(r"\[\^[^\s\[\]]{0,200}\Z")
_ESCAPABLE: Final = frozenset(re.sub(r"\\(.)", r"\1", ESCAPABLE))


class Scanner:
    """One reading of one source. Use it once.

    Args:
        source: the text.
        whole: nothing will follow it.
        references: what labels stand for.
        place: where the source stands.
        start: how far the beginning of this source was read before.
    """

    def __init__(
        self,
        source: str,
        whole: bool,
        references: References,
        place: Place,
        start: Checkpoint | None = None,
    ) -> None:
        self.source = source
        self.whole = whole
        self.items: list[Item] = [*start.items] if start else []
        self.pending = False
        # Text that follows must be read together with this one; it is not simply added.
        self.rereads = False
        self.labels: set[str] = set()
        self.mentions: list[Mention] = [*start.mentions] if start else []
        self._references = references
        self._place = place
        self._position = start.position if start else 0
        # Position, items and mentions of the checkpoint.
        self._safe = (self._position, len(self.items), len(self.mentions))
        self._brackets = Brackets()
        self._formulas: Formulas | None = None
        self._code_spans = CodeSpans(source)
        # Numbers of footnotes that nothing settled refers to.
        self._fresh: dict[str, int] = {}
        for mention in self.mentions:
            self._fresh.setdefault(mention.label, references.footnotes + len(self._fresh) + 1)
        # Items of bare links, which are text within other links.
        self._bare_links: list[int] = []

    def scan(self) -> None:
        """Read all of the source."""
        source, items = self.source, self.items
        may_hold_address = _MAY_HOLD_ADDRESS.search(source, self._position)
        special = _SPECIAL_OR_ADDRESS if may_hold_address else _SPECIAL
        while True:
            start = self._position
            self._brackets.forget_far(start)
            if not self._is_in_word(start):
                self._note_safe()
            match = special.search(source, start)
            if match is None:
                break
            found = match.start()
            if found > start:
                items.append(source[start:found])
                self._position = found
                if source[found] != "_":
                    self._note_safe()
            handler = _HANDLERS.get(source[found], Scanner._bare_link)
            handler(self)
        if start < len(source):
            items.append(source[start:])
            self._position = len(source)
        self._leave_brackets()

    @property
    def checkpoint(self) -> Checkpoint:
        """How far the source was read for good."""
        position, items, mentions = self._safe
        return Checkpoint(position, settled(self.items[:items]), tuple(self.mentions[:mentions]))

    def _note_safe(self) -> None:
        """Note that the source is read for good until here, or until the outermost bracket."""
        if self.pending:
            return
        bracket = self._brackets.outermost
        if bracket is None:
            self._safe = (self._position, len(self.items), len(self.mentions))
        elif bracket.start > self._safe[0]:
            self._safe = (bracket.start, bracket.item, bracket.mentions)

    def _character_before(self, position: int) -> str:
        return self.source[position - 1] if position else self._place.before

    def _is_in_word(self, position: int) -> bool:
        """Tell whether what follows may make an e-mail address of what stands before."""
        return position > 0 and self.source[position - 1] in _EMAIL_CHARACTERS

    def _text(self, length: int) -> None:
        self.items.append(self.source[self._position : self._position + length])
        self._position += length

    def _undecided_text(self, length: int) -> None:
        """Take text whose meaning depends on what follows the source."""
        self.pending = True
        self._text(length)

    def _withhold(self) -> None:
        """Show nothing of the rest, for it has no meaning yet."""
        self.pending = self.rereads = True
        self._position = len(self.source)

    def _line_end(self) -> None:
        items = self.items
        last = items[-1] if items else ""
        size = 0
        if isinstance(last, str) and last.endswith(" "):
            size = self._blanks_at_end(last)
            items[-1] = last[: len(last) - size]
        if size >= 2:
            items += elements.BREAK
        items.append("\n")
        blanks = _LEADING_BLANKS.match(self.source, self._position + 1)
        self._position = blanks.end() if blanks else self._position + 1

    def _blanks_at_end(self, text: str) -> int:
        """Count the blanks at the end of the last text that stand as such in the source.

        A text of a checkpoint may end with one that stands there as `&#32;`.
        """
        count = len(text) - len(text.rstrip(" "))
        before = self.source[max(0, self._position - count) : self._position]
        return len(before) - len(before.rstrip(" "))

    def _run(self) -> None:
        start = self._position
        mark = self.source[start]
        match = _RUNS[mark].match(self.source, start)
        length = match.end() - start if match else 1
        self._position += length
        if mark == "~" and length != 2:
            self.items.append(mark * length)
            return
        after = self.source[start + length : start + length + 1]
        self.items.append(delimiter(mark, length, self._character_before(start), after))

    def _code(self) -> None:
        span = self._code_spans.at(self._position)
        if span.is_open and self.whole:
            self._text(self._code_spans.end_of_run(self._position) - self._position)
            return
        if span.is_open:
            self.pending = True
            self.items += (elements.CODE, span.code)
        else:
            self.items += elements.code(span.code)
        self._position = span.end

    def _backslash(self) -> None:
        after = self.source[self._position + 1 : self._position + 2]
        if after in ("(", "["):
            self._formula_in_brackets()
        elif after == "\n":
            self.items += elements.BREAK
            self._position += 1
            self._line_end()
        elif after in _ESCAPABLE and after:
            self._position += 1
            # An event, so that an escaped blank or mark joins nothing.
            self.items.append(Event(Kind.TEXT, after))
            self._position += 1
        else:
            self._text(1)

    def _entity(self) -> None:
        found = reference_at(self.source, self._position)
        if found is None:
            self._text(1)
            return
        text, self._position = found
        self.items.append(Event(Kind.TEXT, text))

    def _angle(self) -> None:
        link = autolinks.in_angles(self.source, self._position, self.whole)
        if link is not None:
            self._push_autolink(link)
        elif not self.whole and autolinks.may_become_angles(self.source, self._position):
            self._undecided_text(1)
        else:
            self._text(1)

    def _bare_link(self) -> None:
        start = self._position
        rest = autolinks.Rest(not self.whole, bool(self._brackets))
        link = autolinks.bare(self.source, start, self._character_before(start), rest)
        if link is not None:
            self._bare_links.append(len(self.items))
            self._push_autolink(link)
            return
        if not self.whole and autolinks.may_become_bare(self.source, start):
            self.pending = self.rereads = True
        self._text(1)

    def _push_autolink(self, link: autolinks.Autolink) -> None:
        if link.address is None:
            self.pending = self.rereads = True
        target = Target(link.address) if link.address is not None else None
        self.items += (elements.link(target), Event(Kind.TEXT, link.text), CLOSE)
        self._position = link.end

    def _dollar(self) -> None:
        formulas = self._find_formulas()
        before = self._character_before(self._position)
        formula = formulas.in_dollars(self._position, before)
        if formula is not None:
            self._push_formula(formula.source, formula.display, formula.end)
        else:
            size = 2 if self.source.startswith("$$", self._position) else 1
            if formulas.may_come(self._position, before):
                self._undecided_text(size)
            else:
                self._text(size)

    def _formula_in_brackets(self) -> None:
        formulas = self._find_formulas()
        formula = formulas.in_brackets(self._position)
        if formula is not None:
            self._push_formula(formula.source, formula.display, formula.end)
            return
        self.pending = self.pending or formulas.may_come(self._position, "")
        self.items.append(Event(Kind.TEXT, self.source[self._position + 1]))
        self._position += 2

    def _find_formulas(self) -> Formulas:
        if self._formulas is None:
            self._formulas = Formulas(self.source, self.whole, self._position)
        return self._formulas

    def _push_formula(self, source: str, display: bool, end: int) -> None:
        self.items += elements.formula(source, display)
        self._position = end

    def _exclamation(self) -> None:
        if self.source.startswith("[", self._position + 1):
            self._push_bracket(2)
        else:
            self._text(1)

    def _bracket(self) -> None:
        footnote = _FOOTNOTE.match(self.source, self._position)
        if footnote is not None:
            if self._footnote(footnote):
                return
        elif not self.whole and _HALF_FOOTNOTE.match(self.source, self._position):
            self._withhold()
            return
        self._push_bracket(1)

    def _push_bracket(self, length: int) -> None:
        start, mentions = self._position, len(self.mentions)
        before = self._character_before(start)
        self._brackets.push(Bracket(len(self.items), start, length, mentions, before))
        self._text(length)

    def _footnote(self, match: re.Match[str]) -> bool:
        label, end = match.group(1).lower(), match.end()
        if self.source.startswith("(", end) or not self._references.has_footnote(label):
            return False
        mention = Mention(label, self._place.leaf, self._place.offset + match.start())
        first = self._references.first_mention(label)
        is_first = first == mention if first else label not in self._fresh
        number = self._references.settled_number(label) or self._fresh.setdefault(
            label, self._references.footnotes + len(self._fresh) + 1
        )
        self.mentions.append(mention)
        self.items += elements.footnote_reference(label, number, is_first)
        self._position = end
        if end == len(self.source) and not self.whole:
            self.pending = self.rereads = True
        return True

    def _closing_bracket(self) -> None:
        if not self._brackets:
            self._text(1)
            return
        bracket = self._brackets.pop()
        if not bracket.is_active or bracket.is_too_far(self._position):
            self._text(1)
            return
        after = self._position + 1
        found = links.inline_tail(self.source, after)
        if found is None and not self.whole and links.may_become_a_tail(self.source, after):
            # No link is common after a word (`a[0]`), nor after a label that is not known yet.
            labels_text = self.items[bracket.item - 1 : bracket.item] == ["]"]
            if after == len(self.source) and (bracket.before.isalnum() or labels_text):
                self._undecided_text(1)
            else:
                self._finish(bracket, None)
                self._withhold()
            return
        found = found or self._reference(bracket, after)
        if found is not None:
            self._finish(bracket, found[0])
            self._position = found[1]
            return
        if bracket.holds_link:
            self._brackets.deactivate()
        self._text(1)

    def _reference(self, bracket: Bracket, after: int) -> tuple[Target, int] | None:
        """Look the label of a link or image up; it is in brackets after it, or is its text."""
        label, end = links.label_at(self.source, after) or ("", after)
        if not label:
            length = after - 1 - bracket.position
            if bracket.has_bracket_after or length > links.MAX_LABEL:
                return None
            label = self.source[bracket.position : after - 1]
        label = links.normal_label(label)
        target = self._references.target(label)
        if target is None and label:
            self.labels.add(label)
        return (target, end) if target is not None else None

    def _finish(self, bracket: Bracket, target: Target | None) -> None:
        """Make a link or image of all that follows a bracket; without target a presumed one."""
        items = self.items
        content = self._without_bare_links(bracket.item + 1)
        pair(content)
        if bracket.is_image:
            items[bracket.item :] = elements.image(events_of(content)[0], target)
            return
        items[bracket.item :] = [elements.link(target), *events_of(content)[0], CLOSE]
        self._brackets.deactivate()

    def _without_bare_links(self, start: int) -> list[Item]:
        content = self.items[start:]
        while self._bare_links and self._bare_links[-1] >= start:
            place = self._bare_links.pop() - start
            content[place] = ""
            content[place + 2] = ""
        return content

    def _leave_brackets(self) -> None:
        """Show the last open bracket of unfinished text as the link or image it may become."""
        if self.whole or not self._brackets:
            return
        self.pending = self.pending or self._brackets.may_become_links
        bracket = self._brackets.pop()
        if not bracket.is_active or bracket.before.isalnum() or self._is_long(bracket):
            return
        if bracket.is_image:
            self.rereads = True
            self._finish(bracket, None)
            around = self._brackets.pop_right_before(bracket)
            if around is not None:
                self._finish(around, None)
            return
        content = self.items[bracket.item + 1 :]
        presume_open(pair(content))
        self.items[bracket.item :] = [elements.link(None), *events_of(content)[0]]

    def _is_long(self, bracket: Bracket) -> bool:
        return len(self.source) - bracket.position > links.MAX_LABEL


_HANDLERS: Final[Mapping[str, Callable[[Scanner], None]]] = {
    "\n": Scanner._line_end,
    "*": Scanner._run,
    "_": Scanner._run,
    "~": Scanner._run,
    "`": Scanner._code,
    "\\": Scanner._backslash,
    "&": Scanner._entity,
    "<": Scanner._angle,
    "$": Scanner._dollar,
    "!": Scanner._exclamation,
    "[": Scanner._bracket,
    "]": Scanner._closing_bracket,
}
