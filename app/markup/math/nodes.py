"""What a formula becomes: a tree of MathML elements, made of nothing but what is listed here.

Source: MathML Core; `menclose` is not in it and needs a line of CSS, as do the classes.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class MathNode:
    """An element in the MathML namespace; one with text has no children."""

    tag: str
    children: "tuple[MathNode, ...]" = ()
    text: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


class MathError(ValueError):
    """A formula that cannot be shown as one; its source is shown instead."""


# All that a sink ever has to build. None of them loads, links or runs anything.
TAGS: Final = frozenset(
    {"math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot",
     "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext",
     "mtr", "munder", "munderover"}
)  # fmt: skip
ATTRIBUTES: Final = frozenset(
    {"accent", "accentunder", "class", "depth", "display", "displaystyle", "fence", "form",
     "height", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits",
     "notation", "rspace", "scriptlevel", "separator", "stretchy", "width"}
)  # fmt: skip


def element(tag: str, *children: MathNode, **attributes: str) -> MathNode:
    """Return an element with children."""
    return MathNode(tag, children, "", tuple(attributes.items()))


def leaf(tag: str, text: str, **attributes: str) -> MathNode:
    """Return an element with text."""
    return MathNode(tag, (), text, tuple(attributes.items()))


def row(nodes: list[MathNode]) -> MathNode:
    """Return one node for many."""
    return nodes[0] if len(nodes) == 1 else MathNode("mrow", tuple(nodes))


def space(width: str) -> MathNode:
    """Return a blank of a width such as `1em`; it may be negative."""
    return element("mspace", width=width)


def operator(text: str, **attributes: str) -> MathNode:
    """Return an operator that does not stretch, unless told so."""
    return leaf("mo", text, **attributes)


def fence(text: str, form: str) -> MathNode:
    """Return a bracket that stretches with what it encloses; nothing for a `.`."""
    if not text:
        return element("mrow")
    return leaf("mo", text, form=form, fence="true", stretchy="true")


def fenced(opening: str, content: MathNode, closing: str) -> MathNode:
    """Return content between brackets that stretch."""
    return element("mrow", fence(opening, "prefix"), content, fence(closing, "postfix"))
