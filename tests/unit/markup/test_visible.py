"""What a text hides is shown; what its script needs stays."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.markup.visible import VisibleText, visible

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
HIDDEN = (
    "\0\x1b\x7f\x9d\xad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u2028\u202e\u2060\u2066"
)
HIDDEN += "\u3164\ufe00\ufe0e\ufe0f\ufeff\uffa0\U000e0001\U000e0067\U000e0062\U000e0100"
SEEN = "aZ1# \n\t\r⟨⟩é河כمकក\u1820❤\U0001f3f4\U0001f469\U0001f3fb"

texts = st.text(alphabet=HIDDEN + SEEN, max_size=30) | st.text()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pay\u202egnp.exe", "pay⟨U+202E⟩gnp.exe"),
        ("a\u2066b\u2069", "a⟨U+2066⟩b⟨U+2069⟩"),
        ("שלום\u200f", "שלום⟨U+200F⟩"),
        ("pass\u200bword\u200d\ufeff", "pass⟨U+200B⟩word⟨U+200D⟩⟨U+FEFF⟩"),
        ("hy\u00adphen", "hy⟨U+00AD⟩phen"),
        ("\x1b[31mred\x1b]8;;http://x\x07", "⟨U+001B⟩[31mred⟨U+001B⟩]8;;http://x⟨U+0007⟩"),
        ("\x9d52;c;AAAA\x9c", "⟨U+009D⟩52;c;AAAA⟨U+009C⟩"),
        ("hi\U000e0041\U000e0042", "hi⟨U+E0041⟩⟨U+E0042⟩"),
        ("x\U000e0101\U000e01ef", "x⟨U+E0101⟩⟨U+E01EF⟩"),
        ("\u3164\uffa0\u115f\u1160", "⟨U+3164⟩⟨U+FFA0⟩⟨U+115F⟩⟨U+1160⟩"),
        ("a\ufe0f", "a⟨U+FE0F⟩"),
        ("one\u2028two", "one⟨U+2028⟩two"),
        ("\U0001f600\ufe0f\ufe0f", "\U0001f600\ufe0f⟨U+FE0F⟩"),
        ("\U0001f600\u200d\u200d", "\U0001f600\u200d⟨U+200D⟩"),
        ("\u0645\u200c\u200c", "\u0645\u200c⟨U+200C⟩"),
        (ENGLAND + "\U000e0067", ENGLAND + "⟨U+E0067⟩"),
        ("\U0001f3f4\U000e0067\U000e0075", "\U0001f3f4\U000e0067⟨U+E0075⟩"),
    ],
)
def test_hidden_characters_are_marked(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "plain text\twith tabs\r\nand line ends",
        "\U0001f469\u200d\U0001f4bb \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f469\U0001f3fd\u200d\U0001f680 \U0001f3f3\ufe0f\u200d\U0001f308",
        "❤\ufe0f\u200d\U0001f525",
        "1\ufe0f\u20e3 #\ufe0f\u20e3 ☎\ufe0e ↔\ufe0f",
        ENGLAND,
        "می\u200cخواهم",
        "क्\u200dष क्\u200cष",
        "ශ්\u200dරී",
        "ខ្ញុំ\u200bចង់",
        "\u182e\u180b",
        "\u2801\u2800\u28ff",
        "no\u00a0break\u202fspace\u2003wide",
    ],
)
def test_what_a_script_needs_stays(text: str) -> None:
    assert visible(text) == text


@given(text=texts, cuts=st.lists(st.integers(min_value=0, max_value=30)))
def test_cutting_changes_nothing(text: str, cuts: list[int]) -> None:
    stream = VisibleText()
    borders = [0, *sorted(cuts), len(text)]
    pieces = [text[a:b] for a, b in pairwise(borders)]
    assert "".join(map(stream.feed, pieces)) == visible(text)


@given(texts)
def test_twice_is_once(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(texts)
def test_what_is_seen_is_neither_lost_nor_moved(text: str) -> None:
    seen = [character for character in text if visible(character) == character]
    rest = iter(visible(text))
    assert all(character in rest for character in seen)


@given(st.text(alphabet=HIDDEN, max_size=10))
def test_hidden_characters_alone_are_all_marked(text: str) -> None:
    assert visible("a" + text).count("⟨U+") == len(text)
