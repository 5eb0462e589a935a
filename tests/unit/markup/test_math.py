"""Formulas as models write them become MathML; whatever is not known shows its source."""

import sys
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.markup.math import (
    ATTRIBUTES,
    TAGS,
    MathError,
    MathNode,
    commands,
    environments,
    read_formula,
    symbols,
)
from app.markup.math.source import MAX_SOURCE

BIG = "lspace=0em rspace=0em movablelimits=true"
LEFT = "form=prefix fence=true stretchy=true"
BAR = "mo[stretchy=false lspace=0em rspace=0em]"
RIGHT = "form=postfix fence=true stretchy=true"


def outline(node: MathNode) -> str:
    """Return a tree on one line: `tag:text` or `tag(children)`, attributes in brackets."""
    attributes = " ".join(f"{name}={value}" for name, value in node.attributes)
    head = f"{node.tag}[{attributes}]" if attributes else node.tag
    if node.text:
        return f"{head}:{node.text}"
    return f"{head}({' '.join(map(outline, node.children))})"


def read(tex: str) -> str:
    return outline(read_formula(tex, is_display=False).children[0])


def nodes_of(node: MathNode) -> list[MathNode]:
    return [node, *(inner for child in node.children for inner in nodes_of(child))]


@pytest.mark.parametrize(
    ("tex", "tree"),
    [
        ("x", "mi:x"),
        ("", "mrow()"),
        ("3.14x", "mrow(mn:3.14 mi:x)"),
        ("x^2", "msup(mi:x mn:2)"),
        ("x^10", "mrow(msup(mi:x mn:1) mn:0)"),
        ("x_1^{10}", "msubsup(mi:x mn:1 mn:10)"),
        ("{}^2", "msup(mrow() mn:2)"),
        ("f''", "msup(mi:f mo:″)"),
        ("f'^2", "msup(mi:f mrow(mo:′ mn:2))"),
        ("a-b*c", "mrow(mi:a mo:− mi:b mo:∗ mi:c)"),
        ("f(x)", "mrow(mi:f mo[stretchy=false]:( mi:x mo[stretchy=false]:))"),
        (r"\frac{a}{b}", "mfrac(mi:a mi:b)"),
        (r"\frac12", "mfrac(mn:1 mn:2)"),
        (
            r"\dfrac12",
            "mstyle[displaystyle=true scriptlevel=0](mfrac(mn:1 mn:2))",
        ),
        (
            r"\tfrac12",
            "mstyle[displaystyle=false scriptlevel=0](mfrac(mn:1 mn:2))",
        ),
        (
            r"\binom{n}{k}",
            f"mrow(mo[{LEFT}]:( mfrac[linethickness=0](mi:n mi:k) mo[{RIGHT}]:))",
        ),
        (r"{n \choose k}", "mrow(mo:( mfrac[linethickness=0](mi:n mi:k) mo:))"),
        (r"{a+b \over 2}", "mfrac(mrow(mi:a mo:+ mi:b) mn:2)"),
        (r"\sqrt{x}\sqrt[3]{y}", "mrow(msqrt(mi:x) mroot(mi:y mn:3))"),
        (r"\sum_{i=1}^n i", "mrow(munderover(mo:∑ mrow(mi:i mo:= mn:1) mi:n) mi:i)"),
        (r"\sum\nolimits_i", "msub(mo:∑ mi:i)"),
        (r"\sum\limits_i", "munder(mo[movablelimits=false]:∑ mi:i)"),
        (
            r"\int_0^\infty",
            "msubsup(mo:∫ mn:0 mi[mathvariant=normal]:∞)",
        ),
        (r"\prod_i", "munder(mo:∏ mi:i)"),
        (
            r"\lim_{x\to0}",
            f"munder(mo[form=prefix {BIG}]:lim mrow(mi:x mo:→ mn:0))",
        ),
        (
            r"\operatorname*{arg\,max}_x",
            f"munder(mo[form=prefix {BIG}]:arg\u00a0max mi:x)",
        ),
        (
            r"\operatorname{rank}(A)",
            "mrow(mi:rank mo[stretchy=false]:( mi:A mo[stretchy=false]:))",
        ),
        (
            r"2\sin x",
            "mrow(mn:2 mspace[width=0.1667em]() mi:sin mspace[width=0.1667em]() mi:x)",
        ),
        (r"\sin^2(x)", "mrow(msup(mi:sin mn:2) mo[stretchy=false]:( mi:x mo[stretchy=false]:))"),
        (r"\alpha\Gamma\partial", "mrow(mi:α mi[mathvariant=normal]:Γ mi:∂)"),
        (r"a\leq b\in\emptyset", "mrow(mi:a mo:≤ mi:b mo:∈ mi[mathvariant=normal]:∅)"),
        (
            r"\left(\frac ab\right]^2",
            f"msup(mrow(mo[{LEFT}]:( mfrac(mi:a mi:b) mo[{RIGHT}]:]) mn:2)",
        ),
        (
            r"\left.x\middle|y\right\}",
            "mrow(mrow() mi:x mo[form=infix fence=true stretchy=true]:| mi:y" + f" mo[{RIGHT}]:}})",
        ),
        (
            r"\bigl(\Big|",
            "mrow(mo[stretchy=true minsize=1.2em maxsize=1.2em form=prefix]:("
            " mo[stretchy=true minsize=1.8em maxsize=1.8em]:|)",
        ),
        (r"\|x\|", f"mrow({BAR}:‖ mi:x {BAR}:‖)"),
        (r"\mathbb{R}\mathcal L\mathfrak{g}", "mrow(mi:ℝ mi:ℒ mi:𝔤)"),
        (r"\mathbf{x1}\boldsymbol{\theta}", "mrow(mrow(mi:𝐱 mn:𝟏) mi:𝜽)"),
        (r"\mathrm{kg}", "mi[mathvariant=normal]:kg"),
        (r"\mathrm{d}x", "mrow(mi[mathvariant=normal]:d mi:x)"),
        (r"{\bf x}y", "mrow(mi:𝐱 mi:y)"),
        (r"\text{if } x", "mrow(mtext:if\u00a0 mi:x)"),
        (
            r"\text{for $n>0$, 5\%}",
            "mrow(mtext:for\u00a0 mrow(mi:n mo:> mn:0) mtext:,\u00a05%)",
        ),
        (r"\hat x", "mover[accent=true](mi:x mo[stretchy=false]:^)"),
        (r"\overline{AB}", "mover[accent=true](mrow(mi:A mi:B) mo[stretchy=true]:‾)"),
        (r"\underline x", "munder[accentunder=true](mi:x mo[stretchy=true]:_)"),
        (r"\overbrace{a}^n", "mover(mover(mi:a mo[stretchy=true]:⏞) mi:n)"),
        (r"\underbrace{a}_n", "munder(munder(mi:a mo[stretchy=true]:⏟) mi:n)"),
        (r"\overset{!}{=}", "mover(mo:= mo:!)"),
        (
            r"\begin{pmatrix}a&b\\c&d\end{pmatrix}",
            f"mrow(mo[{LEFT}]:( mtable[class=pmatrix](mtr(mtd(mi:a) mtd(mi:b))"
            f" mtr(mtd(mi:c) mtd(mi:d))) mo[{RIGHT}]:))",
        ),
        (
            r"\begin{cases}x&\text{a}\\0\end{cases}",
            f"mrow(mo[{LEFT}]:{{ mtable[class=cases](mtr(mtd[class=left](mi:x)"
            " mtd[class=left](mtext:a)) mtr(mtd[class=left](mn:0))) mrow())",
        ),
        (
            r"\begin{align*}a&=b\\[4pt]&=c\\\end{align*}",
            "mtable[class=align displaystyle=true](mtr(mtd[class=right](mi:a)"
            " mtd[class=left](mrow(mo:= mi:b))) mtr(mtd[class=right](mrow())"
            " mtd[class=left](mrow(mo:= mi:c))))",
        ),
        (
            r"\begin{array}{l|c}1&2\\\hline\end{array}",
            "mtable[class=array](mtr(mtd[class=left](mn:1) mtd(mn:2)))",
        ),
        (r"\begin{equation}x\end{equation}", "mi:x"),
        (r"a\\b", "mtable[displaystyle=true](mtr(mtd(mi:a)) mtr(mtd(mi:b)))"),
        (
            r"\sum_{\substack{i\\j}}",
            "munder(mo:∑ mtable[class=stack](mtr(mtd(mi:i)) mtr(mtd(mi:j))))",
        ),
        (
            r"\max(a)",
            f"mrow(mo[form=prefix {BIG}]:max mo[stretchy=false]:( mi:a mo[stretchy=false]:))",
        ),
        (r"\max a", f"mrow(mo[form=prefix {BIG}]:max mspace[width=0.1667em]() mi:a)"),
        (r"a\,b\quad c", "mrow(mi:a mspace[width=0.1667em]() mi:b mspace[width=1em]() mi:c)"),
        (r"\hspace{2em}x", "mrow(mspace[width=2em]() mi:x)"),
        (r"\not=\not\in", "mrow(mo:≠ mo:∉)"),
        (r"\ldots\cdots", "mrow(mi[mathvariant=normal]:… mi[mathvariant=normal]:⋯)"),
        (r"\color{white}x\textcolor{red}{y}", "mrow(mi:x mi:y)"),
        (
            r"\boxed{x}\tag{1}",
            "mrow(menclose[notation=box](mi:x) mrow(mspace[width=2em]() mtext:(1)))",
        ),
        (r"\mathbin{\#}", "mo[lspace=0.2222em rspace=0.2222em]:#"),
        (
            r"\pmod{n}",
            "mrow(mspace[width=1em]() mo[stretchy=false]:("
            " mrow(mi:mod mspace[width=0.3333em]() mi:n) mo[stretchy=false]:))",
        ),
        (
            r"\xrightarrow{f}",
            "mover(mo[stretchy=true]:→"
            " mrow(mspace[width=0.4em]() mi:f mspace[width=0.4em]()))",
        ),
        ("x·y≤z°", "mrow(mi:x mo:· mi:y mo:≤ mi:z mtext:°)"),
        ("é", "mi:é"),
    ],
)  # fmt: skip
def test_a_formula_becomes_this_tree(tex: str, tree: str) -> None:
    assert read(tex) == tree


# What models write about the quadratic formula, Euler, Maxwell, Bayes, softmax and others.
FORMULAS = (Path(__file__).parent / "formulas.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("tex", FORMULAS)
def test_what_models_write_is_read(tex: str) -> None:
    for node in nodes_of(read_formula(tex, is_display=True)):
        assert node.tag in TAGS
        assert {name for name, _ in node.attributes} <= ATTRIBUTES
        assert not (node.text and node.children)


@pytest.mark.parametrize(
    "tex",
    [
        "{x",
        "x}",
        "x^2^3",
        "x_1_2",
        r"\frac{a}",
        "x^",
        "_",
        r"\left(x",
        r"x\right)",
        r"\left x",
        r"\unknown",
        r"\href{javascript:x}{y}",
        r"\url{x}",
        r"\includegraphics{x}",
        r"\style{}{x}",
        r"\htmlClass{a}{b}",
        r"\def\a{b}",
        r"\newcommand{\a}{b}",
        r"\input{x}",
        r"\ref{x}",
        r"\ce{H2O}",
        "$x$",
        "50%",
        "a#b",
        'a"b',
        "a@b",
        "a & b",
        "\\",
        r"\begin{x}\end{x}",
        r"\begin{matrix}a",
        r"\begin{matrix}\end{pmatrix}",
        r"\begin{array}{x}a\end{array}",
        r"\hspace{99em}",
        r"\hspace{x}",
        r"\text{\href{x}{y}}",
        r"\text{a $x}",
        r"\text{x",
        "x\u202ey",
        r"\text{x" + "\u200b}",
        "x\x1b",
        "{" * 200 + "}" * 200,
        r"\frac" * 200,
        "x" * (MAX_SOURCE + 1),
        r"\operatorname{a$b}",
        r"\not\frac ab",
        r"\begin{matrix}" + "&" * 1500 + r"\end{matrix}",
    ],
)
def test_anything_else_is_an_error(tex: str) -> None:
    with pytest.raises(MathError):
        read_formula(tex, is_display=False)


NAMES = [
    *commands.COMMANDS, *symbols.LETTERS, *symbols.SIGNS, *symbols.OPERATORS, *symbols.LARGE,
    *symbols.BRACKETS, *symbols.FUNCTIONS, *symbols.LIMIT_FUNCTIONS, *symbols.SPACES,
    "begin", "end", "right", "middle", "over", "choose", "limits", "nolimits", "substack", "x",
]  # fmt: skip
ENVIRONMENTS = [f"{{{name}}}" for name in (*environments._ENVIRONMENTS, "equation", "align*", "x")]
parts = (
    st.sampled_from([f"\\{name}" for name in NAMES])
    | st.sampled_from([*"{}[]()^_'&$%~|.x1αé😀\n\u202e\\ ", "\\\\", "{x}", "{a&b}", "{2em}"])
    | st.sampled_from(ENVIRONMENTS)
)
soup = st.lists(parts, max_size=30).map("".join)
balanced = st.recursive(
    st.sampled_from(["x", "1", "+", r"\alpha ", r"\sin ", "&", r"\\"]),
    lambda inner: (
        st.lists(inner, max_size=4).map("".join).map("{{{}}}".format)
        | st.tuples(st.sampled_from(NAMES), inner, inner).map(
            lambda p: f"\\{p[0]} {{{p[1]}}}{{{p[2]}}}"
        )
        | st.tuples(st.sampled_from(ENVIRONMENTS), inner).map(
            lambda p: f"\\begin{p[0]}{p[1]}\\end{p[0]}"
        )
    ),
    max_leaves=20,
)


@given(soup | balanced | st.text(), st.booleans())
def test_only_one_error_is_ever_raised(tex: str, is_display: bool) -> None:
    try:
        tree = read_formula(tex, is_display)
    except MathError:
        return
    for node in nodes_of(tree):
        assert node.tag in TAGS
        assert {name for name, _ in node.attributes} <= ATTRIBUTES


def calls(tex: str) -> int:
    """Return how many function calls the reading of a formula takes."""
    count = 0

    def step(_frame: FrameType, _event: str, _argument: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(step)
    try:
        read_formula(tex, is_display=False)
    except MathError:
        pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "part",
    ["x", "x_1^2", r"\frac{a}{b}", r"\text{a $x$ b}", "'", r"\sin ", r"\left(x\right)", r"a\\",
     r"\sqrt[3]{x}", r"\hspace{1em}", r"\bf ", "{", r"\begin{matrix}a\\[x", r"\text{"],
)  # fmt: skip
def test_twice_the_formula_is_twice_the_work(part: str) -> None:
    assert calls(part * 200) < 2.3 * calls(part * 100) + 200
