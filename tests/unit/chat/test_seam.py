"""Whatever a model repeats when it goes on, nothing is there twice and nothing is missing."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.chat.seam import LEAST_OVERLAP, MOST_OVERLAP, Seam, beginning_of

# Each word is there once, so that a repetition is one.
words = st.lists(
    st.tuples(
        st.text("abcdefghijé🌍*_", min_size=1, max_size=12),
        st.sampled_from(["", "", ".", ",", ":", "!"]),
        st.sampled_from([" ", " ", "\n", "\n\n", "  "]),
    ),
    min_size=4,
    max_size=90,
)
chunkings = st.lists(st.integers(1, 300), min_size=1, max_size=8)
FIRST = "0123456789abcdef "


@st.composite
def answers(draw: st.DrawFn) -> tuple[str, str]:
    """A whole answer, and what of it was shown when it was cut."""
    text = "".join(
        f"{word}{number:03d}{mark}{blank}" for number, (word, mark, blank) in enumerate(draw(words))
    )
    whole = draw(st.sampled_from(["", FIRST])) + text.rstrip()
    return whole, whole[: draw(st.integers(1, len(whole) - 1))]


def joined(shown: str, beginning: str, pieces: list[str]) -> str:
    """The text after a continuation; each step of it is one that a screen can follow."""
    seam, text = Seam(shown, beginning), shown
    for piece in [*pieces, None]:
        step = seam.close() if piece is None else seam.feed(piece)
        if step.replaces:
            assert len(step.text) > len(beginning)
            assert step.text.startswith(beginning)
        text = step.text if step.replaces else text + step.text
    return text


def cut(text: str, sizes: list[int]) -> list[str]:
    pieces, start, turn = [], 0, 0
    while start < len(text):
        pieces.append(text[start : start + sizes[turn % len(sizes)]])
        start += len(pieces[-1])
        turn += 1
    return pieces


@given(answer=answers(), sizes=chunkings)
def test_a_model_that_goes_on_where_it_was_cut(answer: tuple[str, str], sizes: list[int]) -> None:
    whole, shown = answer
    beginning = beginning_of(shown)
    assert joined(shown, beginning, cut(whole[len(beginning) :], sizes)) == whole


@given(answer=answers(), sizes=chunkings)
def test_a_model_that_repeats_all_from_the_start(answer: tuple[str, str], sizes: list[int]) -> None:
    whole, shown = answer
    beginning = beginning_of(shown)
    # In the first word nobody knows whether "A" goes on as "Aachen" or was sent again.
    assume(len(beginning) >= LEAST_OVERLAP or beginning != shown)
    assert joined(shown, beginning, cut(whole, sizes)) == whole


@given(answer=answers(), sizes=chunkings, back=st.integers(LEAST_OVERLAP, MOST_OVERLAP))
def test_a_model_that_repeats_the_last_words(
    answer: tuple[str, str], sizes: list[int], back: int
) -> None:
    whole, shown = answer
    beginning = beginning_of(shown)
    assume(len(beginning) >= LEAST_OVERLAP)
    back = min(back, len(beginning))
    assert joined(shown, beginning, cut(whole[len(beginning) - back :], sizes)) == whole


@given(answer=answers(), sizes=chunkings)
def test_a_model_that_leaves_the_blank_out(answer: tuple[str, str], sizes: list[int]) -> None:
    whole, shown = answer
    beginning = beginning_of(shown)
    # Whether a blank follows, and how many, is known only if something after it was shown.
    assume(beginning != shown and not (shown[-1] + whole[len(shown)]).isspace())
    reply = whole[len(beginning) :].lstrip()
    assume(reply[0] not in ".,:!")
    assert joined(shown, beginning, cut(reply, sizes)) == whole


@given(answer=answers(), other=st.text(min_size=1, max_size=400), sizes=chunkings)
def test_a_model_that_writes_something_else(
    answer: tuple[str, str], other: str, sizes: list[int]
) -> None:
    _, shown = answer
    beginning = beginning_of(shown)
    text = joined(shown, beginning, cut(other, sizes))
    assert text.startswith(beginning)
    assert text == shown or text.endswith(other[MOST_OVERLAP:])


@given(
    shown=st.text("ab \n", min_size=1, max_size=300),
    reply=st.text("ab \n", max_size=700),
    one=chunkings,
    other=chunkings,
)
def test_how_it_comes_in_pieces_changes_nothing(
    shown: str, reply: str, one: list[int], other: list[int]
) -> None:
    beginning = beginning_of(shown)
    assert joined(shown, beginning, cut(reply, one)) == joined(shown, beginning, cut(reply, other))


def test_a_repetition_as_long_as_is_looked_for() -> None:
    beginning = "".join(f"word{number:03d} " for number in range(60)).rstrip()
    shown = beginning + " and th"
    pieces = [beginning[-MOST_OVERLAP:], " and then", " no more"]
    assert joined(shown, beginning, pieces) == beginning + " and then no more"


@pytest.mark.parametrize("reply", ["I think so.", " think so.", "think so."])
def test_a_short_beginning_is_known_again_too(reply: str) -> None:
    assert joined("I thi", "I", [reply]) == "I think so."
    assert joined("No, n", "No,", [" no, no."]) == "No, no, no."
    assert joined("ハ", "ハ", ["ハハ"]) == "ハハハ"


def test_a_model_that_stops_short_takes_nothing_away() -> None:
    assert joined("The river flows ov", "The river flows", [" o"]) == "The river flows ov"
    assert joined("The river flows ov", "The river flows", []) == "The river flows ov"


def test_another_last_word_takes_the_place_of_the_cut_one() -> None:
    assert joined("The river flows ov", "The river flows", [" into it"]) == (
        "The river flows into it"
    )


def test_the_blank_before_a_mark_is_not_invented() -> None:
    assert joined("The river flows ", "The river flows", [", then"]) == "The river flows, then"


def test_nothing_is_shown_before_it_is_decided() -> None:
    seam = Seam("The river flows ov", "The river flows")
    assert seam.feed(" over").text == ""
    assert seam.feed(" stones" * 20).text == ""
    assert seam.feed(" stones" * 20).text.startswith("er stones")
    assert seam.feed(" too").text == " too"
    assert seam.close().text == ""


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("The river flo", "The river"),
        ("The river \n", "The river"),
        ("The  river", "The"),
        ("Rivière", "Rivière"),
        ("河は流れる", "河は流れる"),
        ("See " + "x" * 41, "See " + "x" * 41),
        ("See " + "x" * 40, "See"),
        ("", ""),
        (" \n", ""),
    ],
)
def test_the_beginning_ends_with_a_whole_word(text: str, beginning: str) -> None:
    assert beginning_of(text) == beginning


@given(text=st.text())
def test_the_beginning_is_one(text: str) -> None:
    assert text.startswith(beginning_of(text))
    assert beginning_of(text) == beginning_of(text).rstrip()
