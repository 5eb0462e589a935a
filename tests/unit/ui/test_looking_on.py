"""A tab that looks on while another one writes."""

from app.ui.composer import Composer
from tests.unit.ui.fake_page import FakePage


def test_who_sends_while_another_tab_writes_is_told_of_that_tab(page: FakePage) -> None:
    sent: list[str] = []

    def send(question: str) -> bool:
        sent.append(question)
        return True

    composer = Composer(page, send, lambda: None)
    composer.writing(True, "Another tab has it.")
    page.find("#question").value = "why?"
    page.press(page.find("#question"), "Enter")
    assert page.find("#note-said").textContent == "Another tab has it."
    assert sent == []
