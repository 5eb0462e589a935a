"""Reads a formula as TeX does: rows of atoms, each with its scripts.

Goal: what models write, read in one pass; all else is refused, so that the source is shown.
Plan: recursive descent over tokens; commands with arguments are functions in tables.
Source: The TeXbook, chapters 16 to 18; amsmath's user's guide.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from app.markup.math import symbols
from app.markup.math.letters import Alphabet, identifier, written
from app.markup.math.nodes import MathError, MathNode, element, leaf, operator, row, space
from app.markup.math.source import END, Source

# Deepest nesting, counted in groups, commands and arguments: a fraction is three. A continued
# fraction that can still be read has 8 levels.
MAX_DEPTH: Final = 90

_ENDS: Final = frozenset({END, "}", "&", "\\\\", "\\cr", "\\end", "\\right", "\\middle"})
_INFIX: Final = frozenset({"\\over", "\\choose", "\\atop"})
_SCRIPTS: Final = frozenset({"^", "_", "'", "’", "\\limits", "\\nolimits"})
# A stretching sign in the middle of a row would grow with its neighbours.
_STRETCHES: Final = frozenset("()[]{}|‖⟨⟩⌊⌋⌈⌉/∣∥⟮⟯⎰⎱⌜⌝⌞⌟\\↑↓↕⇑⇓⇕")
_PRIMES: Final = ("", "′", "″", "‴", "⁗")


@dataclass(frozen=True, slots=True)
class Atom:
    """A node, and where its scripts go. A function wants room around it."""

    node: MathNode
    takes_limits: bool = False
    is_function: bool = False


Command = Callable[["Parser", str], Atom]


class Parser:
    """Reads one formula.

    Args:
        source: what is to be read.
        commands: the commands beyond single characters, by name without backslash.
    """

    def __init__(self, source: Source, commands: Mapping[str, Command]) -> None:
        self.source = source
        self.alphabet = Alphabet.USUAL
        self._commands = commands
        self._depth = 0

    def whole(self) -> MathNode:
        """Read all of the source; lines that no environment holds stand below each other."""
        lines = [self.row()]
        while self.source.take_if("\\\\"):
            lines.append(self.row())
        if self.source.peek() != END:
            raise MathError(f"{self.source.peek()} stands where nothing ends.")
        if len(lines) == 1:
            return lines[0]
        rows = [element("mtr", element("mtd", line)) for line in lines]
        return element("mtable", *rows, displaystyle="true")

    def row(self, *more_ends: str) -> MathNode:
        """Read atoms up to what ends a group, a cell or the formula, and leave that unread."""
        with self._one_deeper():
            nodes: list[MathNode] = []
            alphabet = self.alphabet
            while (token := self.source.peek()) not in _ENDS and token not in more_ends:
                if token in _INFIX:
                    nodes = [self._infix(nodes, *more_ends)]
                else:
                    self._append(nodes)
            self.alphabet = alphabet
            return row(nodes)

    def inner(self, tex: str) -> MathNode:
        """Read a formula that stands in the text of this one."""
        with self._one_deeper():
            inside = Parser(Source(tex), self._commands)
            inside._depth = self._depth
            return inside.whole()

    def argument(self) -> MathNode:
        """Read what a command applies to: a group, or one digit, letter or command."""
        token = self.source.peek()
        if token in _ENDS or token in _SCRIPTS:
            raise MathError("An argument is missing.")
        if token[0].isdigit():
            return leaf("mn", written(self.source.take_digit(), self.alphabet))
        with self._one_deeper():
            return self._atom().node

    def group(self) -> MathNode:
        """Read a group in braces; the opening one is read already."""
        content = self.row()
        if not self.source.take_if("}"):
            raise MathError("A closing brace is missing.")
        return content

    def bracket(self) -> str:
        """Read a bracket, or a `.` that stands for none."""
        token = self.source.take()
        found = (
            symbols.BRACKETS.get(token[1:])
            if token.startswith("\\")
            else symbols.BRACKET_CHARACTERS.get(token)
        )
        if found is None:
            raise MathError(f"{token} is no bracket.")
        return found

    @contextmanager
    def written_in(self, alphabet: Alphabet) -> Iterator[None]:
        """Write letters in an alphabet meanwhile."""
        before, self.alphabet = self.alphabet, alphabet
        yield
        self.alphabet = before

    @contextmanager
    def _one_deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise MathError("The formula is nested too deep.")
        yield
        self._depth -= 1

    def _append(self, nodes: list[MathNode]) -> None:
        """Read an atom with its scripts onto a row."""
        atom = _EMPTY if self.source.peek() in _SCRIPTS else self._atom()
        node = self._with_scripts(atom)
        if node == _EMPTY.node:
            return
        if atom.is_function and nodes and nodes[-1].tag not in ("mo", "mspace"):
            nodes.append(space("0.1667em"))
        nodes.append(node)
        if atom.is_function and self._wants_room():
            nodes.append(space("0.1667em"))

    def _wants_room(self) -> bool:
        """Tell whether what comes after a function's name would touch it."""
        token = self.source.peek()
        if token in _ENDS or token in _INFIX:
            return False
        if token.startswith("\\"):
            name = token[1:]
            kinds = (symbols.OPERATORS, symbols.BRACKETS, symbols.SPACES, symbols.FUNCTIONS)
            return name != "left" and not any(name in kind for kind in kinds)
        return token not in symbols.TYPED and token not in "()[]|~"

    def _infix(self, nodes: list[MathNode], *more_ends: str) -> MathNode:
        kind = self.source.take()
        below = self.row(*more_ends)
        if kind == "\\over":
            return element("mfrac", row(nodes), below)
        stacked = element("mfrac", row(nodes), below, linethickness="0")
        if kind == "\\atop":
            return stacked
        return element("mrow", operator("("), stacked, operator(")"))

    def _with_scripts(self, atom: Atom) -> MathNode:
        above: MathNode | None = None
        below: MathNode | None = None
        primes = 0
        while (token := self.source.peek()) in _SCRIPTS:
            self.source.take()
            if token == "^" and above is None:
                above = self.argument()
            elif token == "_" and below is None:
                below = self.argument()
            elif token in ("'", "’") and above is None:
                primes += 1
            elif token == "\\limits":
                atom = Atom(_fixed(atom.node), takes_limits=True)
            elif token == "\\nolimits":
                atom = replace(atom, takes_limits=False)
            else:
                raise MathError("There are two scripts in one place.")
        if primes:
            marks = operator(_PRIMES[primes] if primes < len(_PRIMES) else "′" * primes)
            above = marks if above is None else element("mrow", marks, above)
        return _scripted(atom, below, above)

    def _atom(self) -> Atom:
        token = self.source.take()
        if token == "{":
            return Atom(self.group())
        if token.startswith("\\"):
            return self._command(token[1:])
        return Atom(self._typed(token))

    def _typed(self, token: str) -> MathNode:
        if token in _TYPED:
            return _TYPED[token]
        if token[0].isdigit() and token.isascii():
            return leaf("mn", written(token, self.alphabet))
        category = unicodedata.category(token)
        if category[0] == "L":
            return identifier(token, self.alphabet)
        if token.isascii() or category[0] not in "NMSP":
            raise MathError(f"{token} has no meaning in a formula.")
        if category == "Sm" or category[0] == "P" or "\u2190" <= token <= "\u21ff":
            return _sign(token)
        return leaf("mtext", token)

    def _command(self, name: str) -> Atom:
        if name in self._commands:
            with self._one_deeper():
                return self._commands[name](self, name)
        if name in symbols.LETTERS:
            return Atom(identifier(symbols.LETTERS[name], self.alphabet))
        if name not in _SYMBOLS:
            raise MathError(f"\\{name} is not known.")
        return _SYMBOLS[name]


def named_limit(name: str) -> MathNode:
    """Return a name such as lim, whose limits stand below it where there is room."""
    return operator(
        name.replace(" ", "\u00a0"),
        form="prefix", lspace="0em", rspace="0em", movablelimits="true",
    )  # fmt: skip


def _fixed(node: MathNode) -> MathNode:
    """Return an operator whose limits do not move to its side."""
    kept = tuple(pair for pair in node.attributes if pair[0] != "movablelimits")
    return replace(node, attributes=(*kept, ("movablelimits", "false")))


def _scripted(atom: Atom, below: MathNode | None, above: MathNode | None) -> MathNode:
    under, over, both = (
        ("munder", "mover", "munderover") if atom.takes_limits else ("msub", "msup", "msubsup")
    )
    if below is not None and above is not None:
        return element(both, atom.node, below, above)
    if below is not None:
        return element(under, atom.node, below)
    if above is not None:
        return element(over, atom.node, above)
    return atom.node


def _sign(text: str, **attributes: str) -> MathNode:
    if text in _STRETCHES:
        attributes["stretchy"] = "false"
    if text in ("|", "‖"):
        # Opening or closing, nobody can tell; MathML would take it for a relation.
        attributes |= {"lspace": "0em", "rspace": "0em"}
    return operator(text, **attributes)


def _symbols() -> dict[str, Atom]:
    """Return what each command that stands for one thing gives."""
    table = {name: Atom(_sign(sign)) for name, sign in symbols.OPERATORS.items()}
    table |= {name: Atom(_sign(sign)) for name, sign in symbols.BRACKETS.items()}
    table |= {name: Atom(operator(sign)) for name, sign in symbols.INTEGRALS.items()}
    table |= {name: Atom(operator(sign), takes_limits=True) for name, sign in symbols.LARGE.items()}
    table |= {
        name: Atom(leaf("mi", sign, mathvariant="normal")) for name, sign in symbols.SIGNS.items()
    }
    table |= {name: Atom(space(width)) for name, width in symbols.SPACES.items()}
    table |= {name: Atom(leaf("mi", name), is_function=True) for name in symbols.FUNCTIONS}
    table |= {
        name: Atom(named_limit(shown), takes_limits=True, is_function=True)
        for name, shown in symbols.LIMIT_FUNCTIONS.items()
    }
    return table


_EMPTY: Final = Atom(element("mrow"))
_SYMBOLS: Final = _symbols()
_TYPED: Final = {
    **{character: _sign(character) for character in "()[]|"},
    **{character: _sign(sign) for character, sign in symbols.TYPED.items()},
    **{character: _sign(character, separator="true") for character in ",;"},
    "~": space(symbols.SPACES["~"]),
}
