"""TeX in, a tree of MathML out; what cannot be read is an error, and its source is shown."""

from app.markup.math.commands import COMMANDS
from app.markup.math.environments import begin, stack
from app.markup.math.nodes import ATTRIBUTES, TAGS, MathError, MathNode
from app.markup.math.parser import Parser
from app.markup.math.source import Source

__all__ = ["ATTRIBUTES", "TAGS", "MathError", "MathNode", "read_formula"]

_COMMANDS = {**COMMANDS, "begin": begin, "substack": stack}


def read_formula(tex: str, is_display: bool) -> MathNode:
    """Return the `math` element of a formula.

    Args:
        tex: what stands between the marks, without them.
        is_display: whether it stands on lines of its own.

    Raises:
        MathError: it is broken, too long, nested too deep, or uses what is not known here.
    """
    content = Parser(Source(tex), _COMMANDS).whole()
    attributes = (("display", "block"),) if is_display else ()
    return MathNode("math", (content,), "", attributes)
