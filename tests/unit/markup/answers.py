"""Answers as language models write them, for the laws that must hold on ordinary text."""

from collections.abc import Callable

STEPS = """\
# Setting up a *virtual* environment

Sure! Here is how you do it. **Note:** you need Python 3.11 or newer; on Debian it is
in the package `python3-venv`.

1. Create the environment:

   ```bash
   python -m venv .venv
   source .venv/bin/activate
   ```

2. Install what you need:
   - `pip install httpx`
   - `pip install "pytest>=8"` (only for tests)
     - and its *plugins*
3. Check it:

```python title="check.py"
import httpx


def main() -> None:
\tprint(f"{httpx.__version__!r} <ok>")  # a & b

main()
```

> **Tip:** Deactivate it with `deactivate`.
> It only changes your shell.

---

That's it! Let me know if 2*3 = 6 surprises you, or if you_want_more.
"""

COMPARISON = """\
Great question. The short answer: **it depends**.

### Arguments for

* **Speed.** It is *much* faster: 10 < 20 && 5 > 3.
* **Size**: about 40 KB &mdash; or 12 KB packed.
* Works in
  older browsers too

* Was loose, because of a blank line.

### Arguments against

+ None that I _know_ of\\*.
+ ***Really*** none.

\\* As of today. See [the docs](https://example.org/a_b_c) and <https://example.org/x_y_z>.

Setext too
==========

Here are two lines with a hard break{two_spaces}
and one with a backslash\\
and the end: ![a *picture*](x.png "t").

Unusual numbering
-----------------

7) seven
8) eight

    indented code <b>here</b>

    and after a blank line

<script>alert("shown as text")</script>
""".replace("{two_spaces}", "  ")

NESTED = """\
- level one
  - level two
    - level three

      with a paragraph and `code`
      > a quote in it
      lazy goes on
    - again

  back at two
- one
~~~
tilde fence with ``` inside
~~~
> # heading in a quote
>
> - list in a quote
>   1. and numbers
>
>      ```js
>      const a = `t`;
>      ```
> - end
after
* * *
***bold and italic** then italic* and **bold *both***
"""

UNFINISHED = """\
This **never closes, this `neither, and [this](is no link

- an *open item
- ``code with ` inside

1) one

```c
int main(void) {
"""

PROSE = (
    "Streams carry sediment, and where the water slows they drop it. "
    "The *thalweg* is the line of the **deepest** water; in a bend it runs near the outer bank. "
    "Its `position` shifts, as every pilot on the river knows (see [1], p. 12). "
)

CHINESE = "河流中水最深、流速最快的连线叫做**深泓线**。它会随*季节*移动，也会因`洪水`而改变。"

ANSWERS = {
    "steps": STEPS,
    "comparison": COMPARISON,
    "nested": NESTED,
    "unfinished": UNFINISHED,
    "one long line": PROSE * 20 + "\n",
    "one long hard-wrapped paragraph": PROSE.replace(". ", ".\n") * 20,
    "no spaces": CHINESE * 40,
    "windows line ends": STEPS.replace("\n", "\r\n"),
    "no line end": NESTED.rstrip("\n"),
    "long code": "```text\n" + "".join(f"line {n} <&>\n\n" for n in range(70)) + "```\nend",
}

# Texts that make a careless parser slow; `n` scales them.
HARD: dict[str, Callable[[int], str]] = {
    "stray star": lambda n: "a *b " + "and plain words, " * n,
    "stray bracket": lambda n: "a [b " + "and *some* words, " * n,
    "stray backtick": lambda n: "a `b " + "and *some* words, " * n,
    "stray star in a word": lambda n: "2*3 " + "and **some** words, " * n,
    "many openers": lambda n: "*a **b " * n,
    "many brackets": lambda n: "[" * n,
    "brackets and code": lambda n: "[a `b` *c* " * n,
    "images": lambda n: "![[]()" * n,
    "backtick runs": lambda n: "".join("`" * (k % 40 + 1) + "a" for k in range(n // 4)),
    "stars": lambda n: "*" * n + "a",
    "marks without words": lambda n: "!#" * n,
    "dashes": lambda n: "-" * n + "a",
    "spaces": lambda n: " " * n + "a",
    "equals under text": lambda n: "a\n" + "=" * n + "a",
    "quotes": lambda n: "> " * n + "a",
    "lists": lambda n: "- " * n + "a",
    "quotes that close": lambda n: ("> " * 60 + "a\n\n") * (n // 20),
    "deeper and deeper": lambda n: "".join("  " * (k % 60) + "- a\n" for k in range(n // 20)),
    "loose list": lambda n: "- a\n\n" * n,
    "bold items": lambda n: "- **a**: `b`, *c*\n" * n,
    "short fences": lambda n: "```\na\n```\n" * n,
    "setext headings": lambda n: "a *b* c\n===\n" * n,
    "underline of a long paragraph": lambda n: "a *b* c\n" * n + "===\n",
    # From the lists that cmark and markdown-it keep of what once was slow.
    "nested strong emphasis": lambda n: "*a **a " * n + "b" + " a** a*" * n,
    "emphasis closers": lambda n: "a_ " * n,
    "emphasis openers": lambda n: "_a " * n,
    "link closers": lambda n: "a]" * n,
    "link openers": lambda n: "[a" * n,
    "mismatched marks": lambda n: "*a_ " * n,
    "marks in threes": lambda n: "a**b" + "c* " * n,
    "openers and closers of links": lambda n: "[ (](" * n,
    "links in strong emphasis": lambda n: "**x [a*b**c*](d)" * n,
    "nested brackets": lambda n: "[" * n + "a" + "]" * n,
    "nested images": lambda n: "![" * n + "a" + "](b)" * n,
    "unclosed addresses": lambda n: "[a](<b" * n,
    "unclosed plain addresses": lambda n: "[a](b" * n,
    "unclosed titles": lambda n: "[a](b 'c" * n,
    "unclosed comments": lambda n: "</" + "<!--" * n,
    "tildes": lambda n: "~~a ~~~b " * n,
    "ampersands": lambda n: "&" * n + "&amp" * n,
    "backslashes": lambda n: "\\" * n + "\\(" * n,
    "open angles": lambda n: "<a:b" * n,
    "wide table": lambda n: "|x" * n + "\n" + "|-" * n + "\n" + "|x" * n,
    "long table": lambda n: "|a|b|\n|-|-|\n" + "|*c*|`d`\n" * n,
    "short rows": lambda n: "|" + "a|" * 5 + "\n|" + "-|" * 5 + "\n" + "x\n" * n,
    "no table": lambda n: "|a|\n|-|-\n" * n,
    "definitions": lambda n: "".join(f"[d{k}]: /u\n" for k in range(n)) + "[d1]",
    "late definitions": lambda n: (
        "".join(f"[d{k}] " for k in range(n // 9))
        + "\n\n"
        + "".join(f"[d{k}]: /u\n" for k in range(n // 9))
    ),
    "definitions of one label": lambda n: "[a]: b\n" * n + "\n[a]",
    "open title": lambda n: "[a]: /u 'b\n" + "c\n" * n,
    "open label": lambda n: "[a\n" * n,
    "references to nothing": lambda n: "[a][b] [c] " * n,
    "footnotes to nothing": lambda n: "".join(f"[^{k}]" for k in range(n)),
    "footnotes from the last": lambda n: (
        "".join(f"[^{k}]" for k in range(n // 9))
        + "\n\n"
        + "".join(f"[^{k}]: x\n" for k in reversed(range(n // 9)))
    ),
    "footnotes in footnotes": lambda n: "".join("    " * k + f"[^{k}]: x\n" for k in range(n)),
    "dollars": lambda n: "$a " * n,
    "dollars in pairs": lambda n: "$$a " * n,
    "many dollars": lambda n: "$" * n,
    "brackets of formulas": lambda n: "\\(a " * n,
    "open formulas": lambda n: "$$ a\nb\n\n" * n,
    "formulas in lines": lambda n: "\\[\n" * n,
    "one open formula": lambda n: "$$\n" + "a\n" * n,
    "addresses": lambda n: "https://a.b " * n,
    "joined addresses": lambda n: "https://" * n,
    "joined hosts": lambda n: "www." * n,
    "joined mail": lambda n: "a@" * n,
    "mail without end": lambda n: "a.b@c." * n,
    "parentheses after an address": lambda n: "https://a.b/" + "(" * n + ")" * n,
    "entities after an address": lambda n: "https://a.b/" + "&a;" * n,
    "alerts": lambda n: "> [!NOTE]\n> a\n\n" * n,
    "alerts in alerts": lambda n: "> [!NOTE]\n" + "".join("> " * k + "[!TIP]\n" for k in range(n)),
    "tasks": lambda n: "- [ ] a\n- [x] *b*\n" * n,
}
