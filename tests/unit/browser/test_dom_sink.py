"""What stands in the document does not depend on the cutting, whatever a text hides."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from app.markup import MarkdownStream
from tests.unit.browser import fake_dom

fake_dom.install()

from app.browser.dom_sink import DomSink  # noqa: E402  its room needs a document

PARTS = [
    *("\u202e", "\u200d", "😀\u200d", "é", "a", "b ", " ", "\n", "\n\n"),
    *("*", "**", "_", "`", "~~", "$", "$$\n", "\\", "|", "<", "&amp;", "<b>"),
    *("[", "![", "](http://u)", "[^1]", "- ", "```\n", "http://a.b/", "www.a.b"),
]


def drawn(pieces: list[str]) -> str:
    root = fake_dom.FakeNode("root")
    markup = MarkdownStream(DomSink(root, 1, {}))
    for piece in pieces:
        markup.feed(piece)
    markup.close()
    return root.shown()


@given(st.lists(st.sampled_from(PARTS), max_size=20).map("".join))
@example("$\u200db http://a.b/\u200d$ and more")
@example("é**\u200d\\ ![a**![b www.a.bé**\n\na\\$")
@example("****\u202ehttp://a.b/[^1]\u202e](http://u)")
def test_cutting_changes_nothing(text: str) -> None:
    assert drawn([*text]) == drawn([text])


def test_what_is_hidden_is_seen_and_can_be_taken_back() -> None:
    root = fake_dom.FakeNode("root")
    sink = DomSink(root, 1, {})
    sink.open("p")
    sink.text("[\u202eb")
    sink.text("😀")
    sink.remove(sink.open("em"))
    sink.cut("\u202eb😀")
    assert root.shown() == "<root><div><p>[</p></div></root>"


def test_texts_that_become_neighbours_are_one() -> None:
    root = fake_dom.FakeNode("root")
    sink = DomSink(root, 1, {})
    sink.open("p")
    sink.text("one")
    first = sink.open("em")
    sink.close()
    sink.text("two")
    sink.open("b")
    sink.close()
    sink.remove(first)
    [part] = root.nodes
    assert [node.data for node in part.nodes[0].nodes] == ["onetwo", ""]
