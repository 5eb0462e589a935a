import pytest

from app.ui.composer import REFUSAL, Composer
from tests.unit.ui.fake_page import FakePage


class Desk:
    """A composer, and what it asked for."""

    def __init__(self, page: FakePage) -> None:
        self.page = page
        self.sent: list[str] = []
        self.stops = 0
        self.composer = Composer(page, self._send, self._stop)
        self.field = page.find("#question")
        self.button = page.find("#send")

    def _send(self, question: str) -> bool:
        self.sent.append(question)
        return True

    def _stop(self) -> None:
        self.stops += 1

    def note(self) -> str:
        return self.page.find("#note-said").textContent


@pytest.fixture
def desk(page: FakePage) -> Desk:
    return Desk(page)


def test_enter_sends_without_blanks_around_and_clears(desk: Desk) -> None:
    desk.field.value = "  why?\n"
    assert desk.page.press(desk.field, "Enter").defaultPrevented
    assert desk.sent == ["why?"]
    assert desk.field.value == ""


@pytest.mark.parametrize("fields", [{"shiftKey": True}, {"isComposing": True}, {"keyCode": 229}])
def test_an_enter_that_means_something_else_does_not_send(
    desk: Desk, fields: dict[str, object]
) -> None:
    desk.field.value = "why?"
    assert not desk.page.press(desk.field, "Enter", **fields).defaultPrevented
    assert desk.sent == []
    assert desk.field.value == "why?"


def test_the_button_sends_and_a_mouse_goes_on_writing(desk: Desk) -> None:
    desk.field.value = "why?"
    desk.page.click(desk.button)
    assert desk.sent == ["why?"]
    assert desk.field.has_focus


def test_a_finger_does_not_raise_the_keyboard(desk: Desk) -> None:
    desk.field.value = "why?"
    desk.page.click(desk.button, pointerType="touch")
    assert desk.sent == ["why?"]
    assert not desk.field.has_focus


@pytest.mark.parametrize("blank", ["", "  \n\t"])
def test_blank_is_not_sent(desk: Desk, blank: str) -> None:
    desk.field.value = blank
    desk.page.press(desk.field, "Enter")
    assert desk.sent == []
    assert desk.field.value == blank


def test_the_text_stays_when_sending_fails(page: FakePage) -> None:
    def fail(_question: str) -> bool:
        raise OSError("no connection")

    Composer(page, fail, lambda: None)
    field = page.find("#question")
    field.value = "why?"
    with pytest.raises(OSError, match="no connection"):
        page.press(field, "Enter")
    assert field.value == "why?"


def test_while_writing_a_send_is_refused_quietly(desk: Desk) -> None:
    desk.composer.writing(True)
    desk.field.value = "and then?"
    desk.page.press(desk.field, "Enter")
    assert desk.sent == []
    assert desk.field.value == "and then?"
    assert desk.note() == REFUSAL
    assert desk.page.announced == [REFUSAL]


@pytest.mark.parametrize("event", ["typing", "end of the answer"])
def test_the_refusal_goes_away(desk: Desk, event: str) -> None:
    desk.composer.writing(True)
    desk.field.value = "and then?"
    desk.page.press(desk.field, "Enter")
    if event == "typing":
        desk.page.fire(desk.field, "input")
    else:
        desk.composer.writing(False)
    assert desk.note() == ""


def test_the_button_shows_what_it_does(desk: Desk) -> None:
    label = desk.page.find("#send-label")
    for is_writing, word in ((True, "Stop"), (False, "Send")):
        desk.composer.writing(is_writing)
        assert label.textContent == word
        assert desk.button.attributes["data-mode"] == word.lower()


def test_the_button_stops_and_sends_nothing(desk: Desk) -> None:
    desk.composer.writing(True)
    desk.field.value = "and then?"
    desk.page.click(desk.button)
    assert desk.stops == 1
    assert desk.sent == []
    assert desk.note() == ""


def test_a_double_click_on_send_does_not_stop(desk: Desk) -> None:
    desk.composer.writing(True)
    desk.page.click(desk.button, detail=2)
    assert desk.stops == 0


def test_escape_stops_only_what_is_being_written(desk: Desk) -> None:
    desk.page.press(desk.field, "Escape")
    desk.composer.writing(True)
    assert desk.page.press(desk.field, "Escape").defaultPrevented
    assert desk.stops == 1


@pytest.mark.parametrize("place", ["#question", "#thread", "body"])
def test_escape_stops_wherever_the_focus_is(desk: Desk, place: str) -> None:
    desk.composer.writing(True)
    desk.page.press(desk.page.find(place), "Escape")
    assert desk.stops == 1


@pytest.mark.parametrize(
    "fields", [{"isComposing": True}, {"keyCode": 229}, {"defaultPrevented": True}]
)
def test_an_escape_that_means_something_else_does_not_stop(
    desk: Desk, fields: dict[str, object]
) -> None:
    desk.composer.writing(True)
    desk.page.press(desk.field, "Escape", **fields)
    assert desk.stops == 0


def test_escape_in_a_dialog_is_the_dialogs(desk: Desk) -> None:
    desk.composer.writing(True)
    event = desk.page.press(desk.page.find(".leave-address"), "Escape")
    assert desk.stops == 0
    assert not event.defaultPrevented


def test_enter_elsewhere_does_not_send(desk: Desk) -> None:
    desk.field.value = "why?"
    desk.page.press(desk.page.find("#thread"), "Enter")
    assert desk.sent == []


def test_the_text_stays_when_it_is_not_taken(page: FakePage) -> None:
    composer = Composer(page, lambda _question: False, lambda: None)
    field = page.find("#question")
    field.value = "why?"
    page.press(field, "Enter")
    assert field.value == "why?"
    composer.refuse("Not here.")
    assert page.announced == ["Not here."]
