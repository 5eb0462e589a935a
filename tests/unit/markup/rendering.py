"""Feeds text in pieces, through a sink that checks how it is used."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping

from app.markup import HtmlSink, MarkdownStream


class RecordingSink(HtmlSink):
    """An HtmlSink that counts operations and refuses what the Sink protocol does not allow."""

    def __init__(self) -> None:
        super().__init__()
        self.operations = 0
        self._open = [0]
        self._parents: dict[int, int] = {}

    def open(self, tag: str, attributes: Mapping[str, str] | None = None) -> int:
        self.operations += 1
        assert tag
        assert tag.isalnum()
        node = super().open(tag, attributes)
        assert node > max(self._parents, default=0), "a number is given out twice"
        self._parents[node] = self._open[-1]
        self._open.append(node)
        return node

    def close(self) -> None:
        self.operations += 1
        assert len(self._open) > 1, "close() matches no open()"
        super().close()
        self._open.pop()

    def text(self, data: str) -> None:
        self.operations += 1
        assert data, "an empty text"
        super().text(data)

    def cut(self, data: str) -> None:
        self.operations += 1
        assert data, "an empty text"
        last = self._cursor.children[-1]
        assert isinstance(last, list), "no text to take back"
        assert "".join(last).endswith(data), "another text is there"
        super().cut(data)

    def set_attribute(self, node: int, name: str, value: str | None) -> None:
        self.operations += 1
        assert node in self._parents, "a dead number"
        super().set_attribute(node, name, value)

    def replace(self, node: int) -> None:
        self.operations += 1
        assert node in self._parents, "a dead number"
        super().replace(node)
        self._forget_children(node)
        self._open = [*self._path_to(node)]

    def remove(self, node: int) -> None:
        self.operations += 1
        assert node in self._parents, "a dead number"
        super().remove(node)
        if node in self._open:
            del self._open[self._open.index(node) :]
        self._forget_children(node)
        del self._parents[node]

    def resume(self, node: int) -> None:
        self.operations += 1
        assert node in self._parents or node == 0, "a dead number"
        super().resume(node)
        self._open = [*self._path_to(node)]

    def move(self, node: int, before: int | None) -> None:
        self.operations += 1
        assert before is None or self._parents[before] == self._parents[node], "no siblings"
        super().move(node, before)

    def blocks(self) -> list[str]:
        """The HTML of each block at the root."""
        blocks: list[str] = []
        for child in self._root.children:
            only = HtmlSink()
            only._root.children.append(child)
            blocks.append(only.html())
        return blocks

    def assert_all_closed(self) -> None:
        assert self._open == [0], "elements are left open"

    def _path_to(self, node: int) -> Iterator[int]:
        path = [node]
        while path[-1]:
            path.append(self._parents[path[-1]])
        return reversed(path)

    def _forget_children(self, node: int) -> None:
        dying = {node}
        # A child's number is higher than its parent's.
        for child, parent in sorted(self._parents.items()):
            if parent in dying:
                dying.add(child)
        for child in dying - {node}:
            del self._parents[child]


def render(pieces: Iterable[str], sink: RecordingSink | None = None) -> str:
    """The final HTML of a text that comes in pieces."""
    sink = sink or RecordingSink()
    stream = MarkdownStream(sink)
    for piece in pieces:
        stream.feed(piece)
    stream.close()
    sink.assert_all_closed()
    return sink.html()


def shown(text: str) -> str:
    """What is seen of a text that came by the character and goes on."""
    sink = RecordingSink()
    stream = MarkdownStream(sink)
    for character in text:
        stream.feed(character)
    return sink.html()


def cut_every(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def cut_at_random(text: str, seed: int) -> list[str]:
    choose = random.Random(seed)
    pieces: list[str] = []
    start = 0
    while start < len(text):
        end = start + choose.choice((0, 1, 1, 2, 3, 5, 8, 21, 89))
        pieces.append(text[start:end])
        start = end
    return pieces


CUTS: Mapping[str, Callable[[str], list[str]]] = {
    "by 1": lambda text: cut_every(text, 1),
    "by 2": lambda text: cut_every(text, 2),
    "by 3": lambda text: cut_every(text, 3),
    "by 7": lambda text: cut_every(text, 7),
    "at random": lambda text: cut_at_random(text, 1),
    "at random again": lambda text: cut_at_random(text, 2),
}


def assert_cutting_changes_nothing(text: str, cuts: Iterable[str] = CUTS) -> str:
    """Return the final HTML, which must be the same however the text is cut."""
    whole = render([text])
    for name in cuts:
        assert render(CUTS[name](text)) == whole, name
    return whole
