"""The open blocks, and how a line that was read changes them and the sink."""

from app.markup.containers import Container, Footnote, Item, ListBlock, Quote
from app.markup.fences import CodeLeaf
from app.markup.formula_leaf import FormulaLeaf, draw_formula
from app.markup.heading import Heading
from app.markup.leaves import Leaf
from app.markup.line import Line
from app.markup.openings import (
    AlertOpening,
    FenceOpening,
    FootnoteOpening,
    FormulaOpening,
    HeadingOpening,
    ItemOpening,
    RuleOpening,
    TableOpening,
    UnderlineOpening,
)
from app.markup.page import ROOT, Page
from app.markup.paragraph import Paragraph
from app.markup.reading import (
    ContainerOpening,
    Ending,
    LeafKind,
    LeafOpening,
    OpenLeaf,
    Reading,
    read_line,
)
from app.markup.sink import Sink
from app.markup.tables import Table, columns_of

_NO_LEAF = OpenLeaf()
_ONE_LINE = OpenLeaf(LeafKind.HEADING)
_PARAGRAPH = OpenLeaf(LeafKind.PARAGRAPH)
_INDENTED_CODE = OpenLeaf(LeafKind.INDENTED_CODE)
_TABLE = OpenLeaf(LeafKind.TABLE)


class Blocks:
    """The stack of open containers and the open leaf, drawn into a sink."""

    def __init__(self, sink: Sink) -> None:
        self._page = Page(sink)
        self._sink = sink
        self._containers: list[Container] = []
        self._leaf: Leaf | None = None
        self._open_leaf = _NO_LEAF
        self._line_flows = False
        self._after_blank = False
        # The line may be the head of a table: it is no lazy one, nor indented like code.
        self._may_be_head = False

    def begin_line(self, line: Line) -> None:
        """Read a line and apply it; what more comes of the line goes to add().

        Raises Undecided, and changes nothing, if the line has to grow first.
        """
        self._begin_line(line, formulas=True)

    def add(self, text: str) -> None:
        """Take more of the line that begin_line() applied."""
        if self._leaf is not None and self._line_flows:
            self._leaf.add(text)

    def end_line(self) -> None:
        """Take the end of the line that begin_line() applied."""
        if self._leaf is not None and self._line_flows:
            self._leaf.end_line()
        self._line_flows = False
        if isinstance(self._leaf, Paragraph):
            self._look_at_paragraph(self._leaf)
        elif self._open_leaf is _ONE_LINE or (isinstance(self._leaf, Table) and self._leaf.is_full):
            self._close_leaf()

    def close(self) -> None:
        """Close all that is open."""
        if isinstance(self._leaf, FormulaLeaf):
            self._read_formula_as_text(self._leaf)
        self._close_down_to(0)
        self._page.complete()

    def _begin_line(self, line: Line, formulas: bool) -> None:
        text = line.text
        reading = read_line(line, self._containers, self._open_leaf, formulas)
        if reading.leaf is Ending.NO_FORMULA and isinstance(self._leaf, FormulaLeaf):
            self._read_formula_as_text(self._leaf)
            line = Line(text, line.complete)
            reading = read_line(line, self._containers, self._open_leaf, formulas)
        match reading.leaf:
            case Ending.MORE_TEXT:
                self._may_be_head = reading.may_be_head
                self._flow(reading.rest)
            case Ending.CODE_LINE | Ending.ROW:
                self._flow(reading.rest)
            case Ending.CLOSING_FENCE:
                self._close_leaf()
            case Ending.FORMULA_LINE | Ending.CLOSING_FORMULA:
                self._go_on_with_formula(text, reading)
            case UnderlineOpening():
                self._end_setext_heading(reading.leaf, reading.rest)
            case _:
                self._begin_blocks(reading)
        self._after_blank = reading.counts_as_blank

    def _look_at_paragraph(self, paragraph: Paragraph) -> None:
        """Find out what the next line may make of the paragraph, now that a line has ended."""
        if paragraph.is_over:
            self._close_leaf()
            return
        columns = columns_of(paragraph.last_line) if self._may_be_head else 0
        kind = LeafKind.DEFINITION if paragraph.awaits_title else LeafKind.PARAGRAPH
        self._open_leaf = OpenLeaf(kind, columns=columns)

    def _begin_blocks(self, reading: Reading) -> None:
        if isinstance(reading.leaf, TableOpening):
            self._begin_table(reading.leaf)
            return
        self._close_down_to(reading.matched)
        for opening in reading.opened:
            self._open_container(opening)
        if reading.leaf is not Ending.BLANK:
            parent = self._containers[-1] if self._containers else None
            in_item = isinstance(parent, Item) and not parent.has_content
            self._begin_child()
            self._open_leaf_block(reading.leaf, reading.rest, in_item)

    def _open_container(self, opening: ContainerOpening) -> None:
        match opening:
            case ItemOpening():
                self._open_item(opening)
            case FootnoteOpening():
                self._begin_child()
                label = self._page.unique_label(opening.label)
                self._push(Footnote(self._page.open_footnote(label), label))
            case _:
                self._begin_child()
                self._push(Quote(self._page.open("blockquote")))

    def _push(self, container: Container) -> None:
        self._containers.append(container)
        self._page.container = container.node

    def _open_item(self, opening: ItemOpening) -> None:
        parent = self._containers[-1] if self._containers else None
        if not isinstance(parent, ListBlock) or parent.marker != opening.marker:
            self._begin_child()
            self._open_list(opening)
        elif self._after_blank:
            self._loosen(parent)
        self._push(Item(self._sink.open("li"), opening.content_indent))

    def _open_list(self, opening: ItemOpening) -> None:
        attributes = {"class": "tight"}
        if opening.start not in (None, 1):
            attributes["start"] = str(opening.start)
        node = self._page.open("ul" if opening.start is None else "ol", attributes)
        self._push(ListBlock(node, opening.marker))

    def _begin_child(self) -> None:
        """Make the innermost container ready for a block that is no list item."""
        if self._containers and isinstance(self._containers[-1], ListBlock):
            self._close_container()
        parent = self._containers[-1] if self._containers else None
        if isinstance(parent, Item):
            holder = self._containers[-2]
            if parent.has_content and self._after_blank and isinstance(holder, ListBlock):
                self._loosen(holder)
        if isinstance(parent, Item | Quote | Footnote):
            parent.has_content = True

    def _loosen(self, block: ListBlock) -> None:
        if block.tight:
            block.tight = False
            self._sink.set_attribute(block.node, "class", None)

    def _open_leaf_block(self, opening: LeafOpening | Ending, rest: str, in_item: bool) -> None:
        match opening:
            case FenceOpening():
                self._leaf = CodeLeaf(self._page, opening)
                self._open_leaf = OpenLeaf(LeafKind.FENCED_CODE, opening)
            case RuleOpening():
                self._page.open("hr")
                self._sink.close()
            case HeadingOpening():
                self._leaf, self._open_leaf = Heading(self._page, opening.level), _ONE_LINE
                self._flow(rest)
            case FormulaOpening():
                self._open_formula(opening)
            case AlertOpening():
                self._open_alert(opening)
            case Ending.INDENTED_CODE:
                self._leaf, self._open_leaf = CodeLeaf(self._page, None), _INDENTED_CODE
                self._flow(rest)
            case _:
                self._open_paragraph(rest, in_item)

    def _open_paragraph(self, text: str, in_item: bool = False) -> None:
        self._leaf, self._open_leaf = Paragraph(self._page, in_item), _PARAGRAPH
        self._may_be_head = True
        self._flow(text)

    def _open_alert(self, opening: AlertOpening) -> None:
        quote = self._containers[-1]
        self._sink.set_attribute(quote.node, "class", f"alert alert-{opening.kind}")
        self._page.open("p", {"class": "alert-title"})
        self._sink.text(opening.kind.capitalize())
        self._sink.close()
        # As on GitHub, the mark is the first line of a paragraph, which may go on lazily.
        self._leaf, self._open_leaf = Paragraph(self._page, in_item=False), _PARAGRAPH

    def _open_formula(self, opening: FormulaOpening) -> None:
        if opening.source is not None:
            draw_formula(self._page, opening.source)
            return
        self._leaf = FormulaLeaf(self._page, opening)
        self._open_leaf = OpenLeaf(LeafKind.FORMULA, formula=opening)

    def _go_on_with_formula(self, text: str, reading: Reading) -> None:
        leaf, opening = self._leaf, self._open_leaf.formula
        if not isinstance(leaf, FormulaLeaf) or opening is None:
            return
        if reading.leaf is Ending.CLOSING_FORMULA:
            leaf.finish(reading.rest, opening.closing)
            self._leaf, self._open_leaf = None, _NO_LEAF
            return
        leaf.take(text, reading.rest)
        if leaf.is_too_long:
            self._read_formula_as_text(leaf)

    def _read_formula_as_text(self, formula: FormulaLeaf) -> None:
        """Read the lines again of what was no formula, as if none could begin in them."""
        formula.withdraw()
        self._open_paragraph(formula.text)
        self.end_line()
        for text in formula.lines:
            self._begin_line(Line(text, complete=True), formulas=False)
            self.end_line()

    def _begin_table(self, opening: TableOpening) -> None:
        paragraph = self._leaf
        if not isinstance(paragraph, Paragraph):
            return
        self._leaf, self._open_leaf = paragraph.close_as_table(opening.columns), _TABLE

    def _end_setext_heading(self, opening: UnderlineOpening, text: str) -> None:
        paragraph = self._leaf
        if isinstance(paragraph, Paragraph) and paragraph.become(f"h{opening.level}"):
            self._close_leaf()
        else:
            # There is no text that could be the heading: the underline is text itself.
            self._flow(text.lstrip(" \t"))

    def _flow(self, text: str) -> None:
        self._line_flows = True
        self.add(text)

    def _close_down_to(self, count: int) -> None:
        self._close_leaf()
        while len(self._containers) > count:
            self._close_container()

    def _close_container(self) -> None:
        container = self._containers.pop()
        parent = self._containers[-1].node if self._containers else ROOT
        if isinstance(container, Footnote):
            self._page.close_footnote(container.label)
            self._page.container = parent
            self._page.come_back()
        else:
            self._page.container = parent
            self._sink.close()

    def _close_leaf(self) -> None:
        if self._leaf is not None:
            self._leaf.close()
        self._leaf = None
        self._open_leaf = _NO_LEAF
