"""The cost of feeding, counted in operations and in characters parsed, never in time."""

import sys
from types import FrameType

import pytest

from app.markup import HtmlSink, MarkdownStream, text_leaf
from app.markup.brackets import MAX_LINK_TEXT
from app.markup.inline import InlineReading, parse_inline
from app.markup.places import Checkpoint, Place
from app.markup.references import References
from tests.unit.markup.answers import ANSWERS, CHINESE, HARD, PROSE
from tests.unit.markup.rendering import RecordingSink, cut_every, render

# Sink operations a character, at most. Plain text by the character costs one; marks somewhat more.
ANSWER_LIMIT = 2
HARD_LIMIT = 12


def operations(text: str, size: int) -> int:
    sink = RecordingSink()
    render(cut_every(text, size), sink)
    return sink.operations


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_costs_operations_in_proportion(name: str, size: int) -> None:
    assert operations(ANSWERS[name], size) <= ANSWER_LIMIT * len(ANSWERS[name])


@pytest.mark.parametrize("name", HARD)
def test_hard_text_costs_operations_in_proportion(name: str) -> None:
    for length in (300, 3000):
        text = HARD[name](length)[:length]
        assert operations(text, 7) <= HARD_LIMIT * len(text)


def calls(text: str, size: int) -> int:
    """How many functions are called, Python's and C's, while the text is drawn."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    pieces = cut_every(text, size)
    stream = MarkdownStream(HtmlSink())
    sys.setprofile(count)
    for piece in pieces:
        stream.feed(piece)
    stream.close()
    sys.setprofile(None)
    return counted


# Twice the text is twice the work, or four times where the work is quadratic.
@pytest.mark.parametrize("name", HARD)
def test_hard_text_costs_work_in_proportion(name: str) -> None:
    # An address has up to 2,048 characters, and what it costs shows only at its end.
    lengths = (16_000, 32_000) if name.startswith("joined") else (2500, 5000)
    short, long = (HARD[name](length)[:length] for length in lengths)
    assert calls(long, 40) <= 3 * calls(short, 40) + 1000


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    lengths: list[int] = []

    def counted(
        source: str,
        whole: bool,
        references: References,
        place: Place,
        start: Checkpoint | None,
    ) -> InlineReading:
        lengths.append(len(source) - (start.position if start else 0))
        return parse_inline(source, whole, references, place, start)

    monkeypatch.setattr(text_leaf, "parse_inline", counted)
    return lengths


@pytest.mark.parametrize(
    "paragraph", [PROSE, PROSE.replace(". ", ".\n"), CHINESE], ids=["a line", "lines", "no spaces"]
)
def test_a_long_paragraph_is_not_parsed_again_and_again(parsed: list[int], paragraph: str) -> None:
    text = paragraph * (40_000 // len(paragraph))
    render(cut_every(text, 4))
    assert sum(parsed) <= 8 * len(text)
    assert max(parsed) < 200


def test_plain_text_is_not_parsed(parsed: list[int]) -> None:
    # No word that may become an address is cut at its beginning.
    render(cut_every("only plain text, " * 100, 4))
    assert parsed == []


@pytest.mark.parametrize("name", ["stray star", "stray bracket", "stray backtick", "many openers"])
def test_what_is_pending_for_long_is_parsed_at_growing_distances(
    parsed: list[int], name: str
) -> None:
    text = HARD[name](20_000)[:20_000]
    render(cut_every(text, 40))
    eager = text_leaf.EAGER_TAIL**2 / 40
    assert sum(parsed) <= eager + 3 * text_leaf.GROWTH * len(text)


@pytest.mark.parametrize("unit", ["a@", "![[]()", "[a ", "![a](b "])
def test_no_feed_parses_all_of_what_is_pending(parsed: list[int], unit: str) -> None:
    text = unit * (40_000 // len(unit))
    render(cut_every(text, 40))
    assert max(parsed) <= MAX_LINK_TEXT + len(text) // text_leaf.GROWTH + text_leaf.EAGER_TAIL
