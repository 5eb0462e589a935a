"""The commands that take arguments: fractions, roots, accents, alphabets, brackets, text."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from app.markup.math.letters import Alphabet, written
from app.markup.math.nodes import (
    MathError,
    MathNode,
    element,
    fence,
    fenced,
    leaf,
    operator,
    row,
    space,
)
from app.markup.math.parser import Atom, Command, Parser, named_limit

_LENGTH: Final = re.compile(
    r"\s*(-?(?:[0-9]{1,2}(?:\.[0-9]{1,4})?|\.[0-9]{1,4}))\s*(em|ex|mu|pt|px)\s*"
)
# In em, as TeX's standard font has them.
_UNITS: Final = {"em": 1.0, "ex": 0.43, "mu": 1 / 18, "pt": 0.1, "px": 0.075}
_WIDEST: Final = 10  # em
_NAME: Final = re.compile(r"[A-Za-z0-9 .,:;\-]{1,60}")
_NAME_SPACES: Final = re.compile(r"\\[,;: ]|~")
_TEXT_ESCAPE: Final = re.compile(r"\\([%$#&_{} ,])|\\text(?:bf|it|rm|tt)?\{([^{}\\$]*)\}|~")
# A dollar that is not escaped begins and ends a formula in text.
_DOLLAR: Final = re.compile(r"(?<!\\)\$")

_ACCENTS: Final = {
    "hat": "^", "check": "ˇ", "tilde": "~", "acute": "´", "grave": "`", "dot": "˙", "ddot": "¨",
    "dddot": "⃛", "breve": "˘", "bar": "¯", "vec": "→", "mathring": "˚",
}  # fmt: skip
_WIDE_ACCENTS: Final = {
    "widehat": "^", "widetilde": "~", "overline": "‾", "overrightarrow": "→",
    "overleftarrow": "←", "overleftrightarrow": "↔",
}  # fmt: skip
_UNDER_ACCENTS: Final = {"underline": "_", "underrightarrow": "→", "underleftarrow": "←"}
_BRACES: Final = {"overbrace": "⏞", "overbracket": "⎴", "underbrace": "⏟", "underbracket": "⎵"}
_LONG_ARROWS: Final = {
    "xrightarrow": "→", "xleftarrow": "←", "xleftrightarrow": "↔", "xRightarrow": "⇒",
    "xLeftarrow": "⇐", "xLeftrightarrow": "⇔", "xmapsto": "↦", "xlongequal": "=",
}  # fmt: skip
_ALPHABETS: Final = {
    "mathrm": Alphabet.UPRIGHT, "mathnormal": Alphabet.USUAL, "mathit": Alphabet.ITALIC,
    "mathbf": Alphabet.BOLD, "boldsymbol": Alphabet.BOLD_ITALIC, "bm": Alphabet.BOLD_ITALIC,
    "mathbfit": Alphabet.BOLD_ITALIC, "pmb": Alphabet.BOLD, "mathbb": Alphabet.DOUBLE_STRUCK,
    "Bbb": Alphabet.DOUBLE_STRUCK, "mathcal": Alphabet.SCRIPT, "mathscr": Alphabet.SCRIPT,
    "mathfrak": Alphabet.FRAKTUR, "frak": Alphabet.FRAKTUR, "mathsf": Alphabet.SANS,
    "mathtt": Alphabet.MONOSPACE,
}  # fmt: skip
_SWITCHES: Final = {
    "rm": Alphabet.UPRIGHT, "it": Alphabet.ITALIC, "bf": Alphabet.BOLD, "cal": Alphabet.SCRIPT,
    "sf": Alphabet.SANS, "tt": Alphabet.MONOSPACE,
}  # fmt: skip
_TEXTS: Final = {
    "text": Alphabet.UPRIGHT, "textrm": Alphabet.UPRIGHT, "textnormal": Alphabet.UPRIGHT,
    "textup": Alphabet.UPRIGHT, "mbox": Alphabet.UPRIGHT, "hbox": Alphabet.UPRIGHT,
    "textbf": Alphabet.BOLD, "textit": Alphabet.ITALIC, "emph": Alphabet.ITALIC,
    "textsf": Alphabet.SANS, "texttt": Alphabet.MONOSPACE,
}  # fmt: skip
_SIZES: Final = {"big": "1.2em", "Big": "1.8em", "bigg": "2.4em", "Bigg": "3em"}
_STYLES: Final = {
    "displaystyle": ("true", "0"), "textstyle": ("false", "0"), "scriptstyle": ("false", "1"),
    "scriptscriptstyle": ("false", "2"),
}  # fmt: skip


def _fraction(parser: Parser, name: str) -> Atom:
    above, below = parser.argument(), parser.argument()
    fraction = element("mfrac", above, below)
    if name.endswith("binom"):
        fraction = fenced("(", replace(fraction, attributes=(("linethickness", "0"),)), ")")
    if name[0] in "dtc":
        fraction = element(
            "mstyle", fraction, displaystyle=str(name[0] != "t").lower(), scriptlevel="0"
        )
    return Atom(fraction)


def _root(parser: Parser, _name: str) -> Atom:
    if parser.source.take_if("["):
        degree = parser.row("]")
        if not parser.source.take_if("]"):
            raise MathError("A closing bracket is missing.")
        return Atom(element("mroot", parser.argument(), degree))
    return Atom(element("msqrt", parser.argument()))


def _accent(parser: Parser, name: str) -> Atom:
    wide = name in _WIDE_ACCENTS
    mark = _WIDE_ACCENTS[name] if wide else _ACCENTS[name]
    sign = operator(mark, stretchy=str(wide).lower())
    return Atom(element("mover", parser.argument(), sign, accent="true"))


def _under_accent(parser: Parser, name: str) -> Atom:
    sign = operator(_UNDER_ACCENTS[name], stretchy="true")
    return Atom(element("munder", parser.argument(), sign, accentunder="true"))


def _brace(parser: Parser, name: str) -> Atom:
    tag = "mover" if name.startswith("over") else "munder"
    sign = operator(_BRACES[name], stretchy="true")
    return Atom(element(tag, parser.argument(), sign), takes_limits=True)


def _stacked(parser: Parser, name: str) -> Atom:
    mark, base = parser.argument(), parser.argument()
    return Atom(element("munder" if name == "underset" else "mover", base, mark))


def _long_arrow(parser: Parser, name: str) -> Atom:
    below = None
    if parser.source.take_if("["):
        below = parser.row("]")
        if not parser.source.take_if("]"):
            raise MathError("A closing bracket is missing.")
    sign, above = operator(_LONG_ARROWS[name], stretchy="true"), _padded(parser.argument())
    if below is None:
        return Atom(element("mover", sign, above))
    return Atom(element("munderover", sign, _padded(below), above))


def _padded(node: MathNode) -> MathNode:
    return element("mrow", space("0.4em"), node, space("0.4em"))


def _alphabet(parser: Parser, name: str) -> Atom:
    with parser.written_in(_ALPHABETS[name]):
        node = parser.argument()
    return Atom(_as_word(node) if name == "mathrm" else node)


def _as_word(node: MathNode) -> MathNode:
    """Return a row of upright letters as one identifier, for it is a name."""
    upright = (("mathvariant", "normal"),)
    letters = [child.text for child in node.children if child.attributes == upright]
    if node.tag == "mrow" and letters and len(letters) == len(node.children):
        return leaf("mi", "".join(letters), mathvariant="normal")
    return node


def _switch(parser: Parser, name: str) -> Atom:
    # The row that is being read sets it back at its end.
    parser.alphabet = _SWITCHES[name]
    return Atom(element("mrow"))


def _style(parser: Parser, name: str) -> Atom:
    displaystyle, level = _STYLES[name]
    content = parser.row()
    return Atom(element("mstyle", content, displaystyle=displaystyle, scriptlevel=level))


def _text(parser: Parser, name: str) -> Atom:
    parts = _DOLLAR.split(parser.source.raw_group())
    if len(parts) % 2 == 0:
        raise MathError("A formula in text does not end.")
    nodes = []
    for index, part in enumerate(parts):
        if index % 2:
            nodes.append(parser.inner(part))
        elif part:
            nodes.append(leaf("mtext", _plain(part, _TEXTS[name])))
    return Atom(row(nodes))


def _plain(text: str, alphabet: Alphabet) -> str:
    """Return what text shows; blanks at its ends count, and would not in MathML."""
    shown = _TEXT_ESCAPE.sub(lambda match: match[1] or match[2] or " ", text)
    if "\\" in _TEXT_ESCAPE.sub("", text):
        raise MathError("A command in text is not known.")
    shown = shown.replace("{", "").replace("}", "") if "{" in text else shown
    return written(re.sub(r"\s", "\u00a0", shown), alphabet)


def _operator_name(parser: Parser, name: str) -> Atom:
    text = _NAME_SPACES.sub(" ", parser.source.raw_group())
    text = re.sub(r"\\(?:mathrm|text)\{([A-Za-z ]*)\}", r"\1", text).strip()
    if not _NAME.fullmatch(text):
        raise MathError("An operator's name has more than letters.")
    if name.endswith("*"):
        return Atom(named_limit(text), takes_limits=True, is_function=True)
    return Atom(leaf("mi", text.replace(" ", "\u00a0")), is_function=True)


def _left(parser: Parser, _name: str) -> Atom:
    parts = [fence(parser.bracket(), "prefix"), parser.row()]
    while parser.source.take_if("\\middle"):
        parts += [fence(parser.bracket(), "infix"), parser.row()]
    if not parser.source.take_if("\\right"):
        raise MathError("\\right is missing.")
    return Atom(element("mrow", *parts, fence(parser.bracket(), "postfix")))


def _big(parser: Parser, name: str) -> Atom:
    size = _SIZES[name.rstrip("lrm")] if name not in _SIZES else _SIZES[name]
    form = {"l": "prefix", "r": "postfix", "m": "infix"}.get(name[-1])
    attributes = {"form": form} if form else {}
    sign = parser.bracket()
    if not sign:
        return Atom(element("mrow"))
    return Atom(leaf("mo", sign, stretchy="true", minsize=size, maxsize=size, **attributes))


def _negated(parser: Parser, _name: str) -> Atom:
    node = parser.argument()
    if node.tag not in ("mo", "mi") or len(node.text) != 1:
        raise MathError("\\not stands before no sign.")
    return Atom(leaf("mo", unicodedata.normalize("NFC", node.text + "\u0338")))


def _modulo(parser: Parser, name: str) -> Atom:
    if name == "bmod":
        return Atom(operator("mod", lspace="0.2222em", rspace="0.2222em"))
    word = [leaf("mi", "mod"), space("0.3333em")] if name != "pod" else []
    content = element("mrow", *word, parser.argument())
    if name == "mod":
        return Atom(element("mrow", space("1em"), content))
    opening, closing = operator("(", stretchy="false"), operator(")", stretchy="false")
    return Atom(element("mrow", space("1em"), opening, content, closing))


def _of_class(parser: Parser, name: str) -> Atom:
    node = parser.argument()
    if name == "mathop":
        return Atom(operator(node.text) if node.text else node, takes_limits=True)
    gap = {"mathbin": "0.2222em", "mathrel": "0.2778em"}.get(name)
    if gap is None:
        return Atom(element("mrow", node))
    if node.text:
        return Atom(operator(node.text, lspace=gap, rspace=gap))
    return Atom(element("mrow", space(gap), node, space(gap)))


def _enclosed(parser: Parser, name: str) -> Atom:
    notation = {"bcancel": "downdiagonalstrike", "cancel": "updiagonalstrike"}.get(name, "box")
    return Atom(element("menclose", parser.argument(), notation=notation))


def _phantom(parser: Parser, name: str) -> Atom:
    node = parser.argument()
    if name == "smash":
        return Atom(element("mpadded", node, height="0", depth="0"))
    node = element("mphantom", node)
    if name == "hphantom":
        return Atom(element("mpadded", node, height="0", depth="0"))
    return Atom(element("mpadded", node, width="0") if name == "vphantom" else node)


def _horizontal_space(parser: Parser, _name: str) -> Atom:
    match = _LENGTH.fullmatch(parser.source.raw_group())
    width = float(match[1]) * _UNITS[match[2]] if match else _WIDEST + 1
    if abs(width) > _WIDEST:
        raise MathError("A space is no length, or too wide.")
    return Atom(space(f"{width:.4g}em"))


def _coloured(parser: Parser, name: str) -> Atom:
    """Read on as if there were no colour: a page has its own, and white on white hides."""
    parser.source.raw_group()
    return Atom(element("mrow") if name == "color" else parser.argument())


def _tag(parser: Parser, name: str) -> Atom:
    label = _plain(parser.source.raw_group(), Alphabet.UPRIGHT)
    return Atom(
        element("mrow", space("2em"), leaf("mtext", label if name[-1] == "*" else f"({label})"))
    )


def _label(parser: Parser, _name: str) -> Atom:
    parser.source.raw_group()
    return Atom(element("mrow"))


def _nothing(_parser: Parser, _name: str) -> Atom:
    return Atom(element("mrow"))


def _vector_state(parser: Parser, name: str) -> Atom:
    ends = {"bra": ("⟨", "|"), "ket": ("|", "⟩")}.get(name.lower(), ("⟨", "⟩"))
    return Atom(fenced(ends[0], parser.argument(), ends[1]))


def _table() -> dict[str, Command]:
    groups: tuple[tuple[Callable[[Parser, str], Atom], str], ...] = (
        (_fraction, "frac dfrac tfrac cfrac binom dbinom tbinom"),
        (_root, "sqrt"),
        (_accent, " ".join((*_ACCENTS, *_WIDE_ACCENTS))),
        (_under_accent, " ".join(_UNDER_ACCENTS)),
        (_brace, " ".join(_BRACES)),
        (_stacked, "overset underset stackrel"),
        (_long_arrow, " ".join(_LONG_ARROWS)),
        (_alphabet, " ".join(_ALPHABETS)),
        (_switch, " ".join(_SWITCHES)),
        (_style, " ".join(_STYLES)),
        (_text, " ".join(_TEXTS)),
        (_operator_name, "operatorname operatorname*"),
        (_left, "left"),
        (_big, " ".join(size + side for size in _SIZES for side in ("", "l", "r", "m"))),
        (_negated, "not"),
        (_modulo, "bmod pmod mod pod"),
        (_of_class, "mathop mathbin mathrel mathord mathopen mathclose mathpunct mathinner"),
        (_enclosed, "boxed fbox cancel bcancel"),
        (_phantom, "phantom hphantom vphantom smash"),
        (_horizontal_space, "hspace hspace* mspace"),
        (_coloured, "color textcolor colorbox"),
        (_tag, "tag tag*"),
        (_label, "label"),
        (_nothing, "nonumber notag hline allowbreak mathstrut strut displaylimits relax"),
        (_vector_state, "bra ket braket Bra Ket Braket"),
    )
    return {name: command for command, names in groups for name in names.split()}


COMMANDS: Final = _table()
