from types import SimpleNamespace
from typing import Any

import pytest

from app.ui.thread import Thread
from tests.unit.ui.fake_page import FakeElement, FakePage


class River:
    """A long thread that is read somewhere in its middle."""

    def __init__(self, page: FakePage) -> None:
        self.page = page
        self.thread = Thread(page, *[lambda _: None] * 4)
        self.older = self.thread.add_exchange("one")
        self.older.begin_answer()
        self.thread.add_exchange("two").begin_answer()
        self.scroller: FakeElement = page.find("#thread")
        self.latest: FakeElement = page.find("#latest")
        self.scroller.scrollTop = 500.0
        self.scroller.scrollHeight = 900.0

    def follows(self) -> bool:
        self.scroller.scrollTop = 500.0
        self.thread.follow()
        moved = self.scroller.scrollTop != 500.0
        self.scroller.scrollTop = 500.0
        return moved

    def fire(self, name: str, **fields: Any) -> None:
        self.page.fire(self.scroller, name, **fields)

    def touch(self, name: str, y: float) -> None:
        self.fire(name, touches=SimpleNamespace(item=lambda _: SimpleNamespace(clientY=y)))


@pytest.fixture
def river(page: FakePage) -> River:
    return River(page)


def test_it_follows_from_the_start(river: River) -> None:
    assert river.follows()


@pytest.mark.parametrize("key", ["ArrowUp", "PageUp", "Home"])
def test_keys_upwards_let_go(river: River, key: str) -> None:
    river.page.press(river.scroller, key)
    assert not river.follows()


def test_shift_and_space_lets_go_and_space_does_not(river: River) -> None:
    river.page.press(river.scroller, " ")
    assert river.follows()
    river.page.press(river.scroller, " ", shiftKey=True)
    assert not river.follows()


def test_the_end_key_takes_hold_however_fast_the_end_moves_on(river: River) -> None:
    river.page.press(river.scroller, "Home")
    river.page.press(river.scroller, "End")
    assert river.scroller.scrollTop > river.scroller.scrollHeight
    assert river.follows()


@pytest.mark.parametrize(("delta", "follows"), [(-3.0, False), (3.0, True), (0, True)])
def test_the_wheel_lets_go_upwards_only(river: River, delta: float, follows: bool) -> None:
    river.fire("wheel", deltaY=delta)
    assert river.follows() is follows


@pytest.mark.parametrize(("to", "follows"), [(140.0, False), (60.0, True), (100.0, True)])
def test_a_finger_that_pulls_down_lets_go(river: River, to: float, follows: bool) -> None:
    river.touch("touchstart", 100.0)
    river.touch("touchmove", to)
    assert river.follows() is follows


@pytest.mark.parametrize(("x", "follows"), [(310.0, False), (-4.0, False), (20.0, True)])
def test_the_scrollbar_lets_go(river: River, x: float, follows: bool) -> None:
    river.fire("pointerdown", offsetX=x)
    assert river.follows() is follows


def test_focus_in_an_older_answer_lets_go(river: River) -> None:
    river.page.fire(river.older.element, "focusin")
    assert not river.follows()


def test_focus_in_the_newest_answer_does_not(river: River) -> None:
    river.page.fire(river.thread.exchanges[-1].element, "focusin")
    assert river.follows()


@pytest.mark.parametrize(("address", "follows"), [("#note", False), ("https://a.example", True)])
def test_a_link_to_a_footnote_lets_go(river: River, address: str, follows: bool) -> None:
    link = FakeElement("a", {"href": address})
    river.scroller.append(link)
    river.page.fire(link, "click")
    assert river.follows() is follows


def test_a_click_on_anything_else_changes_nothing(river: River) -> None:
    river.fire("click")
    assert river.follows()


def test_a_gesture_counts_that_has_reached_the_top_before_it_is_told(river: River) -> None:
    river.scroller.scrollTop = 0.0
    river.fire("wheel", deltaY=-5000.0)
    assert not river.follows()


def test_a_thread_that_cannot_scroll_holds_on(river: River) -> None:
    river.scroller.scrollTop = 0.0
    river.scroller.scrollHeight = river.scroller.clientHeight
    river.fire("wheel", deltaY=-3.0)
    river.page.press(river.scroller, "Home")
    assert river.follows()
    river.page.on_end(False)  # and when it has grown over the edge, it is still held
    assert river.latest.hidden


def test_growth_alone_never_lets_go(river: River) -> None:
    river.page.on_end(False)
    assert river.follows()
    assert river.latest.hidden


def test_the_button_shows_while_the_end_is_out_of_view(river: River) -> None:
    river.fire("wheel", deltaY=-3.0)
    assert river.latest.hidden
    river.page.on_end(False)
    assert not river.latest.hidden
    river.page.on_end(True)
    assert river.latest.hidden
    assert river.follows()


def test_the_button_leads_to_the_end_and_keeps_the_keyboard(river: River) -> None:
    river.fire("wheel", deltaY=-3.0)
    river.page.on_end(False)
    river.page.click(river.latest)
    assert river.scroller.scrollTop > 500.0
    assert river.latest.hidden
    assert river.scroller.has_focus


def test_a_nudge_up_and_down_at_the_end_takes_hold_again(river: River) -> None:
    river.page.on_end(True)
    river.fire("wheel", deltaY=-1.0)
    assert not river.follows()
    river.fire("wheel", deltaY=1.0)
    assert river.follows()


def test_a_jump_that_is_reported_late_does_not_undo_a_gesture(river: River) -> None:
    river.fire("wheel", deltaY=-3.0)
    river.page.on_end(False)
    river.page.click(river.latest)
    river.fire("wheel", deltaY=-3.0)
    river.page.on_end(True)  # the jump's
    assert not river.follows()
    river.page.on_end(False)
    assert not river.latest.hidden
    river.fire("wheel", deltaY=3.0)
    river.page.on_end(True)
    assert river.follows()


def test_a_question_takes_hold_again(river: River) -> None:
    river.fire("wheel", deltaY=-3.0)
    river.thread.add_exchange("three")
    assert river.follows()


def test_a_keyboard_that_opens_does_not_hide_the_end(river: River) -> None:
    river.page.resize()
    assert river.scroller.scrollTop > 500.0


def test_who_scrolled_away_is_told_how_much_has_come(river: River) -> None:
    count = river.page.find("#latest-count")
    river.thread.text_shown("seen " * 50)
    river.fire("wheel", deltaY=-3.0)
    river.page.on_end(False)
    river.thread.text_shown("new " * 9)
    assert count.textContent == ""
    river.thread.text_shown("new " * 6)
    assert count.textContent == "· 10 new words"
    river.thread.text_shown("new " * 1_240)
    assert count.textContent == "· 1,200 new words"
    river.page.on_end(True)
    assert count.textContent == ""
    assert river.latest.hidden
