"""What one part of a text says about another: link definitions, and footnotes with numbers.

Goal: a definition that comes late changes only what waits for its label; footnotes are numbered
in the order of the text, however it was cut.
Plan: leaves leave their unresolved labels here when they close. Numbers are given when the text
that refers is settled; what is read before that gets the number it would have.
Weak: a leaf that waits for many labels is drawn anew at growing distances only, and at the end.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from app.markup.links import Target

# A leaf is drawn anew at once this often; from then on only when that many more are resolved.
_EAGER_REDRAWS: Final = 4


class Redrawable(Protocol):
    """A closed leaf that can be drawn anew where it is."""

    def redraw(self) -> None:
        """Read the leaf's text again and show what it says now."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference to a footnote: the leaf's number and the position within it make it unique."""

    label: str
    leaf: int
    position: int


@dataclass(slots=True, eq=False)
class _Waiting:
    leaf: Redrawable
    redraws: int = 0
    resolved: int = 0


@dataclass(slots=True)
class _Footnote:
    number: int
    first: Mention


@dataclass(slots=True)
class References:
    """All labels of one text. `is_complete` is set when no more text comes."""

    is_complete: bool = False
    _targets: dict[str, Target] = field(default_factory=dict)
    _waiting: dict[str, list[_Waiting]] = field(default_factory=dict)
    _stale: dict[int, _Waiting] = field(default_factory=dict)
    _footnotes: dict[str, _Footnote] = field(default_factory=dict)
    _defined_footnotes: set[str] = field(default_factory=set)
    _mentioning: dict[str, list[Redrawable]] = field(default_factory=dict)
    _leaves: int = 0

    def new_leaf(self) -> int:
        """Return a number for a leaf that no other leaf has."""
        self._leaves += 1
        return self._leaves

    def target(self, label: str) -> Target | None:
        """Return what a normal label stands for, if that is known."""
        return self._targets.get(label)

    def define(self, label: str, target: Target) -> None:
        """Take a link definition, unless there was one, and redraw what waited for it."""
        if label in self._targets:
            return
        self._targets[label] = target
        for waiting in self._waiting.pop(label, []):
            waiting.resolved += 1
            if waiting.resolved <= waiting.redraws and waiting.redraws >= _EAGER_REDRAWS:
                self._stale[id(waiting)] = waiting
                continue
            self._stale.pop(id(waiting), None)
            waiting.redraws += max(1, waiting.resolved)
            waiting.resolved = 0
            waiting.leaf.redraw()

    def wait(self, leaf: Redrawable, labels: Iterable[str]) -> None:
        """Redraw a closed leaf when one of these labels gets a target."""
        waiting = _Waiting(leaf)
        for label in labels:
            if label not in self._targets:
                self._waiting.setdefault(label, []).append(waiting)

    def define_footnote(self, label: str) -> bool:
        """Take note of a footnote's text; return False if there was one with its label."""
        if label in self._defined_footnotes:
            return False
        self._defined_footnotes.add(label)
        return True

    def has_footnote(self, label: str) -> bool:
        """Tell whether a reference to it is one: its text is there or may still come."""
        return not self.is_complete or label in self._defined_footnotes

    def is_defined_footnote(self, label: str) -> bool:
        """Tell whether the footnote's text has begun."""
        return label in self._defined_footnotes

    @property
    def footnotes(self) -> int:
        """How many footnotes have a number."""
        return len(self._footnotes)

    def first_mention(self, label: str) -> Mention | None:
        """Return where settled text refers to a footnote first."""
        known = self._footnotes.get(label)
        return known.first if known else None

    def settled_number(self, label: str) -> int | None:
        """Return a footnote's number if settled text refers to it."""
        known = self._footnotes.get(label)
        return known.number if known else None

    def settle(self, mentions: Iterable[Mention]) -> list[str]:
        """Give numbers to what is mentioned for the first time; return those labels."""
        fresh: list[str] = []
        for mention in mentions:
            if mention.label not in self._footnotes:
                self._footnotes[mention.label] = _Footnote(len(self._footnotes) + 1, mention)
                fresh.append(mention.label)
        return fresh

    def take_back(self, leaf: int) -> list[str]:
        """Let a leaf, the last that was settled, mention nothing; return labels without number."""
        gone: list[str] = []
        while self._footnotes:
            label, footnote = self._footnotes.popitem()
            if footnote.first.leaf != leaf:
                self._footnotes[label] = footnote
                break
            gone.append(label)
        return gone

    def mentioned_in(self, leaf: Redrawable, labels: Iterable[str]) -> None:
        """Remember which closed leaf refers to which footnotes."""
        for label in set(labels):
            self._mentioning.setdefault(label, []).append(leaf)

    def complete(self) -> None:
        """Let no more come: footnotes without text become the text that stands for them."""
        self.is_complete = True
        changed: set[str] = set()
        kept = 0
        for label, footnote in list(self._footnotes.items()):
            if label not in self._defined_footnotes:
                del self._footnotes[label]
                changed.add(label)
                continue
            kept += 1
            if footnote.number != kept:
                footnote.number = kept
                changed.add(label)
        leaves = {id(w.leaf): w.leaf for w in self._stale.values()}
        for label in changed:
            leaves |= {id(leaf): leaf for leaf in self._mentioning.get(label, [])}
        for leaf in leaves.values():
            leaf.redraw()
