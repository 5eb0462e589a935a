"""Where blocks are drawn: the sink, and the footnotes that stay at its end.

Goal: what follows a footnote's text in the source comes before it on the page.
Plan: the section of footnotes is made with the first text; from then on blocks at the root are
moved before it. Its items are in the order of their numbers; texts that nothing refers to come
last, so that nothing is lost.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

from app.markup.references import Mention, References
from app.markup.sink import Sink

ROOT: Final = 0


@dataclass(slots=True, eq=False)
class _Text:
    """The text of a footnote: its item in the section and the link back from it."""

    number: float
    arrival: int
    node: int
    back: int | None = None

    def __lt__(self, other: "_Text") -> bool:
        return (self.number, self.arrival) < (other.number, other.arrival)


class Page:
    """A sink with its labels. `container` is the node of the innermost open container."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.references = References()
        self.container = ROOT
        self._section: int | None = None
        self._list = ROOT
        self._texts: dict[str, _Text] = {}
        self._order: list[_Text] = []

    def open(self, tag: str, attributes: Mapping[str, str] | None = None) -> int:
        """Open a block in the innermost open container; return its node."""
        node = self.sink.open(tag, attributes)
        if self._section is not None and self.container == ROOT:
            self.sink.move(node, self._section)
        return node

    def come_back(self) -> None:
        """Make the innermost open container the open element again."""
        self.sink.resume(self.container)

    def settle(self, mentions: Iterable[Mention]) -> None:
        """Number the footnotes that final text mentions; put their texts where they belong."""
        self._place_again(self.references.settle(mentions))

    def take_back(self, leaf: int) -> None:
        """Forget what a leaf that is taken away mentioned."""
        self._place_again(self.references.take_back(leaf))

    def _place_again(self, labels: Iterable[str]) -> None:
        for label in labels:
            text = self._texts.get(label)
            if text is not None:
                del self._order[bisect_left(self._order, text)]
                self._place(text, label)

    def unique_label(self, label: str) -> str:
        """Return a footnote's label, or, if it has a text already, one that nothing refers to."""
        if self.references.define_footnote(label):
            return label
        return f"{label} {len(self._texts)}"

    def open_footnote(self, label: str) -> int:
        """Open the item of a footnote's text, for which there is none yet; return its node."""
        if self._section is None:
            self.sink.resume(ROOT)
            self._section = self.sink.open("section", {"class": "footnotes"})
            self._list = self.sink.open("ol")
        else:
            self.sink.resume(self._list)
        node = self.sink.open("li", {"id": f"user-content-fn-{label.replace(' ', '-')}"})
        text = _Text(inf, len(self._texts), node)
        self._texts[label] = text
        self._place(text, label)
        return node

    def close_footnote(self, label: str) -> None:
        """Close the item of a footnote's text, which is the open element."""
        self._texts[label].back = self.sink.open(
            "a", {"class": "footnote-backref", "href": f"#user-content-fnref-{label}"}
        )
        self.sink.text("↩")
        self.sink.close()

    def complete(self) -> None:
        """Let no more text come."""
        self.references.complete()
        for label, text in self._texts.items():
            if text.back is not None and self.references.settled_number(label) is None:
                self.sink.remove(text.back)

    def _place(self, text: _Text, label: str) -> None:
        text.number = self.references.settled_number(label) or inf
        index = bisect_left(self._order, text)
        after = self._order[index].node if index < len(self._order) else None
        self._order.insert(index, text)
        if after is not None or text.number != inf:
            self.sink.move(text.node, after)
