from hypothesis import given
from hypothesis import strategies as st

from app.wire.surrogates import TextChannel, well_formed

UNITS = st.text(alphabet="a\u00e9\u20ac\U0001f30d\ud83c\udf0d\udbff\udc00", max_size=20)


@given(parts=st.lists(UNITS))
def test_pieces_give_what_the_whole_gives(parts: list[str]) -> None:
    channel = TextChannel()
    shown = "".join(channel.feed(part) for part in parts)
    text = channel.close()
    assert text == well_formed("".join(parts))
    assert text.startswith(shown)
    assert len(text) - len(shown) <= 1
    shown.encode()
    text.encode()


def test_high_half_waits_for_its_low_half() -> None:
    channel = TextChannel()
    assert channel.feed("Hi \ud83c") == "Hi "
    assert channel.feed("") == ""
    assert channel.feed("\udf0d!") == "\U0001f30d!"
    assert channel.close() == "Hi \U0001f30d!"


def test_lone_halves_are_replaced_one_by_one() -> None:
    assert well_formed("\ud83c\ud83cx\udf0d") == "\ufffd\ufffdx\ufffd"
    channel = TextChannel()
    channel.feed("x\ud83c")
    assert channel.close() == "x\ufffd"


def test_well_formed_text_is_handed_on_as_it_is() -> None:
    assert well_formed("h\u00e9llo \U0001f30d\0") == "h\u00e9llo \U0001f30d\0"
