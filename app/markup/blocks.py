"""The open blocks, and how a line that was read changes them and the sink."""

from app.markup.containers import Container, Item, ListBlock, Quote
from app.markup.fences import CodeLeaf
from app.markup.leaves import Leaf
from app.markup.line import Line
from app.markup.openings import (
    FenceOpening,
    HeadingOpening,
    ItemOpening,
    RuleOpening,
    UnderlineOpening,
)
from app.markup.reading import (
    Ending,
    LeafKind,
    LeafOpening,
    OpenLeaf,
    Reading,
    read_line,
)
from app.markup.sink import Sink
from app.markup.text_leaf import TextLeaf

_NO_LEAF = OpenLeaf()
_ONE_LINE = OpenLeaf(LeafKind.HEADING)
_PARAGRAPH = OpenLeaf(LeafKind.PARAGRAPH)
_INDENTED_CODE = OpenLeaf(LeafKind.INDENTED_CODE)


class Blocks:
    """The stack of open containers and the open leaf, drawn into a sink."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._containers: list[Container] = []
        self._leaf: Leaf | None = None
        self._open_leaf = _NO_LEAF
        self._line_flows = False
        self._after_blank = False

    def begin_line(self, line: Line) -> None:
        """Read a line and apply it; what more comes of the line goes to add().

        Raises Undecided, and changes nothing, if the line has to grow first.
        """
        reading = read_line(line, self._containers, self._open_leaf)
        if reading.leaf in (Ending.MORE_TEXT, Ending.CODE_LINE):
            self._flow(reading.rest)
        elif reading.leaf is Ending.CLOSING_FENCE:
            self._close_leaf()
        elif isinstance(reading.leaf, UnderlineOpening):
            self._end_setext_heading(reading.leaf)
        else:
            self._begin_blocks(reading)
        self._after_blank = reading.counts_as_blank

    def add(self, text: str) -> None:
        """Take more of the line that begin_line() applied."""
        if self._leaf is not None and self._line_flows:
            self._leaf.add(text)

    def end_line(self) -> None:
        """Take the end of the line that begin_line() applied."""
        if self._leaf is not None and self._line_flows:
            self._leaf.end_line()
        self._line_flows = False
        if self._open_leaf is _ONE_LINE:
            self._close_leaf()

    def close(self) -> None:
        """Close all that is open."""
        self._close_down_to(0)

    def _begin_blocks(self, reading: Reading) -> None:
        self._close_down_to(reading.matched)
        for opening in reading.opened:
            if isinstance(opening, ItemOpening):
                self._open_item(opening)
            else:
                self._begin_child()
                self._sink.open("blockquote")
                self._containers.append(Quote())
        if reading.leaf is not Ending.BLANK:
            self._begin_child()
            self._open_leaf_block(reading.leaf, reading.rest)

    def _open_item(self, opening: ItemOpening) -> None:
        parent = self._containers[-1] if self._containers else None
        if not isinstance(parent, ListBlock) or parent.marker != opening.marker:
            self._begin_child()
            self._open_list(opening)
        elif self._after_blank:
            self._loosen(parent)
        self._sink.open("li")
        self._containers.append(Item(opening.content_indent))

    def _open_list(self, opening: ItemOpening) -> None:
        attributes = {"class": "tight"}
        if opening.start not in (None, 1):
            attributes["start"] = str(opening.start)
        node = self._sink.open("ul" if opening.start is None else "ol", attributes)
        self._containers.append(ListBlock(node, opening.marker))

    def _begin_child(self) -> None:
        """Make the innermost container ready for a block that is no list item."""
        if self._containers and isinstance(self._containers[-1], ListBlock):
            self._close_container()
        parent = self._containers[-1] if self._containers else None
        if isinstance(parent, Item):
            holder = self._containers[-2]
            if parent.has_content and self._after_blank and isinstance(holder, ListBlock):
                self._loosen(holder)
            parent.has_content = True

    def _loosen(self, block: ListBlock) -> None:
        if block.tight:
            block.tight = False
            self._sink.set_attribute(block.node, "class", None)

    def _open_leaf_block(self, opening: LeafOpening | Ending, rest: str) -> None:
        match opening:
            case FenceOpening():
                self._leaf = CodeLeaf(self._sink, opening)
                self._open_leaf = OpenLeaf(LeafKind.FENCED_CODE, opening)
            case RuleOpening():
                self._sink.open("hr")
                self._sink.close()
            case HeadingOpening():
                self._leaf, self._open_leaf = TextLeaf(self._sink, f"h{opening.level}"), _ONE_LINE
                self._flow(rest)
            case Ending.INDENTED_CODE:
                self._leaf, self._open_leaf = CodeLeaf(self._sink, None), _INDENTED_CODE
                self._flow(rest)
            case _:
                self._leaf, self._open_leaf = TextLeaf(self._sink, "p"), _PARAGRAPH
                self._flow(rest)

    def _end_setext_heading(self, opening: UnderlineOpening) -> None:
        if isinstance(self._leaf, TextLeaf):
            self._leaf.become(f"h{opening.level}")
        self._close_leaf()

    def _flow(self, text: str) -> None:
        self._line_flows = True
        self.add(text)

    def _close_down_to(self, count: int) -> None:
        self._close_leaf()
        while len(self._containers) > count:
            self._close_container()

    def _close_container(self) -> None:
        self._containers.pop()
        self._sink.close()

    def _close_leaf(self) -> None:
        if self._leaf is not None:
            self._leaf.close()
        self._leaf = None
        self._open_leaf = _NO_LEAF
