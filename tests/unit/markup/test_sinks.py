"""HtmlSink and Drawing on their own."""

import pytest

from app.markup import HtmlSink
from app.markup.drawing import Drawing
from app.markup.events import CLOSE, Event, Kind
from tests.unit.markup.rendering import RecordingSink


def opened(tag: str) -> Event:
    return Event(Kind.OPEN, tag)


def text(data: str) -> Event:
    return Event(Kind.TEXT, data)


def test_html_is_escaped_everywhere() -> None:
    sink = HtmlSink()
    sink.open("code", {"class": '"><script>&'})
    sink.text("</code><script>&amp;")
    assert sink.html() == (
        '<code class="&quot;&gt;&lt;script&gt;&amp;">&lt;/code&gt;&lt;script&gt;&amp;amp;</code>'
    )


def test_replace_empties_a_closed_node_and_opens_it() -> None:
    sink = HtmlSink()
    sink.open("p")
    node = sink.open("em", {"class": "x"})
    inner = sink.open("b")
    sink.close()
    sink.close()
    sink.text("after")
    sink.replace(node)
    sink.text("new")
    sink.close()
    sink.text("!")
    assert sink.html() == '<p><em class="x">new</em>after!</p>'
    with pytest.raises(KeyError):
        sink.remove(inner)


def test_remove_moves_the_cursor_only_if_it_was_inside() -> None:
    sink = HtmlSink()
    sink.open("p")
    outer = sink.open("em")
    sink.open("b")
    sink.text("gone")
    sink.remove(outer)
    sink.text("a")
    closed = sink.open("i")
    sink.close()
    sink.remove(closed)
    sink.text("b")
    assert sink.html() == "<p>ab</p>"


def test_attributes_come_and_go() -> None:
    sink = HtmlSink()
    node = sink.open("ul", {"class": "tight"})
    sink.set_attribute(node, "class", None)
    sink.set_attribute(node, "start", "2")
    assert sink.html() == '<ul start="2"></ul>'


def test_the_root_is_not_closed() -> None:
    with pytest.raises(RuntimeError, match="without an open element"):
        HtmlSink().close()


def test_a_deep_tree_is_written_without_recursion() -> None:
    sink = HtmlSink()
    for _ in range(5000):
        sink.open("b")
    assert sink.html() == "<b>" * 5000 + "</b>" * 5000


def test_cut_takes_text_back() -> None:
    sink = HtmlSink()
    sink.open("p")
    sink.text("ab")
    sink.text("cd")
    sink.cut("bcd")
    assert sink.html() == "<p>a</p>"
    sink.cut("a")
    sink.text("e")
    assert sink.html() == "<p>e</p>"


def test_texts_become_one_when_what_was_between_goes() -> None:
    sink = HtmlSink()
    sink.text("a")
    node = sink.open("b")
    sink.close()
    sink.text("c")
    sink.remove(node)
    sink.cut("ac")
    assert sink.html() == ""


def test_resume_goes_back_in_and_move_puts_before() -> None:
    sink = HtmlSink()
    first = sink.open("p")
    sink.text("a")
    sink.close()
    second = sink.open("q")
    sink.move(second, first)
    sink.resume(first)
    sink.text("b")
    sink.resume(0)
    sink.move(second, None)
    sink.text("c")
    assert sink.html() == "<p>ab</p><q></q>c"


def test_attributes_are_written_in_one_order() -> None:
    sink = HtmlSink()
    sink.open("img", {"title": "t", "alt": "a", "src": "s"})
    assert sink.html() == '<img src="s" alt="a" title="t">'


@pytest.mark.parametrize(
    ("before", "after", "operations"),
    [
        ([text("a")], [text("ab")], 1),
        ([text("abc")], [text("ab")], 1),
        ([text("abc")], [text("abx")], 2),
        ([text("a"), opened("em"), text("b")], [text("a"), opened("em"), text("bc")], 1),
        ([text("a"), opened("em"), text("b")], [text("a*b")], 3),
        ([opened("em"), text("a"), opened("b"), text("c")], [opened("em"), text("a**c")], 3),
        ([opened("i"), text("abc")], [opened("i"), text("axc")], 2),
        ([opened("i"), opened("b"), text("a"), CLOSE, text("c")], [opened("i"), text("x")], 3),
        (
            [opened("i"), opened("b"), text("a"), CLOSE, text("c")],
            [opened("i"), opened("b"), text("ac")],
            3,
        ),
        ([opened("i"), text("a"), CLOSE, opened("b")], [opened("i"), text("ab")], 3),
        ([text("a"), opened("i"), text("b"), CLOSE, text("c")], [text("a")], 2),
        ([opened("a"), text("x")], [Event(Kind.OPEN, "a", (("href", "/"),)), text("xy")], 2),
    ],
)
def test_drawing_changes_what_differs(
    before: list[Event], after: list[Event], operations: int
) -> None:
    sink, expected = RecordingSink(), RecordingSink()
    drawing = Drawing(sink)
    drawing.draw(before)
    counted = sink.operations
    drawing.draw(after)
    assert sink.operations - counted == operations
    Drawing(expected).draw(after)
    assert sink.html() == expected.html()
    drawing.close()
    sink.assert_all_closed()
