"""Colours in code: line by line as lines are finished, in idle time, near what is in view.

Goals: no frame waits for a colour, and no element is made for one.
Plan: the CSS Custom Highlight API paints ranges of the text nodes that are there already. Where
it is missing, a chunk that is finished gets spans instead.
Weak: what an answer that is taken away has here is let go only when another one is begun.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

import js
from pyodide.ffi import create_proxy, to_js

from app.browser.dom_sink import utf16_length
from app.markup.highlight import START, Kind, Language, Span, highlight_line

BUDGET_MS: Final = 4.0
# Without idle callbacks (WebKit), so long after the last frame's work.
WITHOUT_IDLE_MS: Final = 50
NEAR: Final = "100% 0px"  # a screen above and below


class CodeText:
    """The code of one block, as far as its colours are concerned.

    Args:
        language: what it is written in; settable until the first text.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self.state = START
        self.waiting: deque[tuple[Any, int, str]] = deque()  # text node, place in it, line
        self._node: Any = None
        self._length = 0  # of what is in the node
        self._line_at = 0
        self._line: list[str] = []

    def add(self, node: Any, text: str) -> None:
        """Take more text, which stands at the end of this node."""
        if node is not self._node:
            self._node, self._length = node, 0
        *lines, rest = text.split("\n")
        for line in lines:
            self._add_to_line(line)
            self._end_line()
            self._length += 1
        if rest:
            self._add_to_line(rest)

    def end(self) -> None:
        """Take the line that has no end for a whole one."""
        if self._line:
            self._end_line()

    def _add_to_line(self, text: str) -> None:
        if not self._line:
            self._line_at = self._length
        self._line.append(text)
        self._length += utf16_length(text)

    def _end_line(self) -> None:
        self.waiting.append((self._node, self._line_at, "".join(self._line)))
        self._line = []


class Highlighting:
    """Colours all code of the page; made once."""

    def __init__(self) -> None:
        self._blocks: dict[str, Any] = {}
        self._paint: _Ranges | _Spans = _Ranges() if hasattr(js.CSS, "highlights") else _Spans()
        self._waiting: dict[str, CodeText] = {}  # by the block's name, in the order of coming
        self._near: set[str] = set()
        self._named = 0
        self._is_asked = False
        self._work_proxy = create_proxy(self._work)
        observed = create_proxy(self._moved)
        options = to_js({"rootMargin": NEAR})
        self._observer = js.IntersectionObserver.new(observed, options)

    def grew(self, text: CodeText, block: Any) -> None:
        """Colour what has come once there is time; `block` is the element that is looked at."""
        if not text.waiting:
            return
        name = block.getAttribute("data-code")
        if not name:
            self._named += 1
            name = str(self._named)
            block.setAttribute("data-code", name)
            self._blocks[name] = block
            self._observer.observe(block)
        self._waiting[name] = text
        if name in self._near:
            self._ask()

    def sweep(self) -> None:
        """Let go of the blocks that are in the page no more."""
        for name, block in [*self._blocks.items()]:
            if not block.isConnected:
                del self._blocks[name]
                self._near.discard(name)
                self._waiting.pop(name, None)
                self._observer.unobserve(block)
                self._paint.forget(name)

    def _moved(self, entries: Any, _observer: Any) -> None:
        for entry in entries:
            name = entry.target.getAttribute("data-code")
            if entry.isIntersecting:
                self._near.add(name)
            else:
                self._near.discard(name)
        self._ask()

    def _ask(self) -> None:
        if self._is_asked or self._near.isdisjoint(self._waiting):
            return
        self._is_asked = True
        if hasattr(js, "requestIdleCallback"):
            js.requestIdleCallback(self._work_proxy)
        else:
            js.setTimeout(self._work_proxy, WITHOUT_IDLE_MS)

    def _work(self, *_deadline: Any) -> None:
        self._is_asked = False
        until = js.performance.now() + BUDGET_MS
        for name in [each for each in self._waiting if each in self._near]:
            text = self._waiting[name]
            while text.waiting and js.performance.now() < until:
                self._colour(name, text)
            if text.waiting:
                break
            del self._waiting[name]
        self._ask()

    def _colour(self, name: str, text: CodeText) -> None:
        node, at, line = text.waiting.popleft()
        spans, text.state = highlight_line(text.language.grammar, text.state, line)
        self._paint.line(name, node, at, line, spans)


class _Ranges:
    """Ranges of the text that is there, by kind."""

    def __init__(self) -> None:
        self._by_kind = {kind: js.Highlight.new() for kind in Kind}
        for kind, highlight in self._by_kind.items():
            js.CSS.highlights.set(f"code-{kind.value}", highlight)
        # By block: each range after the highlight that it is in, as JavaScript's own array.
        self._of_blocks: dict[str, Any] = {}

    def line(self, block: str, node: Any, at: int, _line: str, spans: list[Span]) -> None:
        """Colour a line that begins at this place of a text node, in UTF-16 units."""
        if spans and block not in self._of_blocks:
            self._of_blocks[block] = js.Array.new()
        for start, end, kind in spans:
            # Static ones: living ones are brought up to date at every change of the page.
            place = js.Object.new()
            place.startContainer = place.endContainer = node
            place.startOffset, place.endOffset = at + start, at + end
            stretch = js.StaticRange.new(place)
            self._by_kind[kind].add(stretch)
            self._of_blocks[block].push(self._by_kind[kind], stretch)

    def forget(self, block: str) -> None:
        """Let go of a block's ranges."""
        held = self._of_blocks.pop(block, None)
        for index in range(0, held.length if held is not None else 0, 2):
            held[index].delete(held[index + 1])


class _Spans:
    """Elements around stretches of the text, where there are no highlights.

    A line moves out of the growing text node, to before it: the node's own end stays its end.
    """

    def forget(self, block: str) -> None:
        """Its elements went with it."""

    def line(self, _block: str, node: Any, _at: int, line: str, spans: list[Span]) -> None:
        """Colour the first line that is still in the node."""
        units = line.encode("utf-16-le", "surrogatepass")
        done = 0
        for start, end, kind in spans:
            node.before(_text(units, done, start))
            span = js.document.createElement("span")
            span.className = f"code-{kind.value}"
            span.append(_text(units, start, end))
            node.before(span)
            done = end
        node.before(_text(units, done, len(units) // 2) + "\n")
        node.deleteData(0, len(units) // 2 + 1)


def _text(units: bytes, start: int, end: int) -> str:
    return units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
