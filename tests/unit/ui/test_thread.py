from typing import Any

import pytest

from app.chat.phases import Phase
from app.chat.recovery import Entry
from app.chat.trouble import Trouble
from app.ui.figures import Figures
from app.ui.message import MAX_ANNOUNCED, AnswerView, ExchangeView
from app.ui.status import Status
from app.ui.thread import Thread
from tests.unit.ui.fake_page import FakeElement, FakePage

TROUBLE = Trouble("It broke.", "All is kept.", "Press Try again.", "HTTP status 500", True)


class Scene:
    """A thread, and what its buttons asked for."""

    def __init__(self, page: FakePage) -> None:
        self.page = page
        self.copied: list[AnswerView] = []
        self.retried: list[AnswerView] = []
        self.continued: list[AnswerView] = []
        self.built: list[ExchangeView] = []
        self.thread = Thread(
            page, self.copied.append, self.retried.append, self.continued.append, self.built.append
        )

    def answer(self, question: str = "why?", text: str = "") -> AnswerView:
        answer = self.thread.add_exchange(question).begin_answer()
        if text:
            answer.body.append(text)
        return answer


@pytest.fixture
def scene(page: FakePage) -> Scene:
    return Scene(page)


def part(view: AnswerView, name: str) -> Any:
    found = view.element.querySelector(f".{name}")
    assert found is not None
    return found


def button(view: AnswerView, action: str) -> FakeElement:
    found: FakeElement = next(
        e for e in view.element.walk() if e.attributes.get("data-action") == action
    )
    return found


def test_a_question_is_shown_as_text_and_the_hint_goes(scene: Scene) -> None:
    exchange = scene.thread.add_exchange("<b>why?</b>")
    assert exchange.element.querySelector(".question-text").nodes == ["<b>why?</b>"]
    assert scene.page.find("#exchanges").nodes == [exchange.element]
    assert scene.page.find("#hint").hidden


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_can_be_shown(scene: Scene, phase: Phase) -> None:
    answer = scene.answer()
    answer.set_phase(phase)
    assert answer.element.attributes["data-phase"] == phase.value


def test_the_status_line_says_where_the_answer_is(scene: Scene) -> None:
    answer = scene.answer()
    answer.show_status(Status("reconnecting in 3 s", "", may_try_now=True))
    answer.show_figures(Figures(7400.0, tokens_per_second=88.0))
    assert part(answer, "status-word").textContent == "reconnecting in 3 s"
    assert part(answer, "status-figures").textContent == "7.4 s · about 88 tokens/s"
    assert not button(answer, "try-now").hidden
    answer.show_status(Status("writing", "resumed at byte 7 · nothing lost"))
    assert part(answer, "status-note").textContent == "resumed at byte 7 · nothing lost"
    assert button(answer, "try-now").hidden


def test_what_happened_is_listed_once_and_only_if_something_did(scene: Scene) -> None:
    answer = scene.answer()
    answer.show_journal([], 0.0)
    assert part(answer, "journal").hidden
    answer.show_journal([Entry(1500.0, "cut")], 1000.0)
    answer.show_journal([Entry(1500.0, "cut"), Entry(2000.0, "resumed")], 1000.0)
    assert not part(answer, "journal").hidden
    lines = [line.textContent for line in part(answer, "journal").querySelector("ol").nodes]
    assert lines == ["0.5 s: cut", "1.0 s: resumed"]


def test_an_ending_with_a_word_of_its_own_is_announced_with_it(scene: Scene) -> None:
    answer = scene.answer(text="One, two")
    answer.tell(Phase.DONE, "ended at the length limit")
    assert scene.page.announced == ["The answer ended at the length limit: One, two"]


def test_a_formula_is_announced_once(scene: Scene) -> None:
    answer = scene.answer()
    for tag in ("code", "math", "button"):
        element = FakeElement(tag)
        element.append("x^2 " if tag == "code" else tag)
        answer.body.append(element)
    answer.tell(Phase.DONE, "")
    assert scene.page.announced == ["The answer is complete: x^2 "]


def test_a_stall_stops_the_line(scene: Scene) -> None:
    answer = scene.answer()
    answer.set_stalled(True)
    assert "data-stalled" in answer.element.attributes
    answer.set_stalled(False)
    assert "data-stalled" not in answer.element.attributes


def test_the_end_is_announced_once_and_not_at_length(scene: Scene) -> None:
    answer = scene.answer(text="x" * (MAX_ANNOUNCED + 1))
    answer.tell(Phase.STREAMING, "writing")
    answer.tell(Phase.DONE, "")
    assert len(scene.page.announced) == 2
    assert scene.page.announced[1].endswith("x …")


def test_a_trouble_is_written_out_with_its_cause_folded_away(scene: Scene) -> None:
    answer = scene.answer()
    answer.show_trouble(TROUBLE)
    answer.tell_trouble(TROUBLE)
    trouble = part(answer, "trouble")
    assert not trouble.hidden
    assert [part(answer, f"trouble-{n}").textContent for n in ("happened", "safe", "remedy")] == [
        "It broke.",
        "All is kept.",
        "Press Try again.",
    ]
    assert part(answer, "trouble-cause").textContent == "HTTP status 500"
    assert "open" not in trouble.querySelector("details").attributes
    assert scene.page.announced == ["It broke. Press Try again."]


def test_a_trouble_without_a_cause_has_nothing_to_unfold(scene: Scene) -> None:
    answer = scene.answer()
    answer.show_trouble(Trouble("It broke.", "", "", "", False))
    assert part(answer, "trouble").querySelector("details").hidden


def test_reasoning_and_causes_show_what_they_hide(scene: Scene) -> None:
    answer = scene.answer()
    answer.think("a\u202e")
    answer.think("b 👩\u200d")
    answer.think("👧")
    assert part(answer, "reasoning-text").textContent == "a⟨U+202E⟩b 👩\u200d👧"
    answer.show_trouble(Trouble("It broke.", "", "", "\x1b[31mno", False))
    assert part(answer, "trouble-cause").textContent == "⟨U+001B⟩[31mno"


def test_reasoning_appears_when_there_is_some(scene: Scene) -> None:
    answer = scene.answer()
    assert part(answer, "reasoning").hidden
    answer.think("hm, ")
    answer.think("yes")
    assert not part(answer, "reasoning").hidden
    assert part(answer, "reasoning-text").textContent == "hm, yes"


def test_copy_finds_its_answer(scene: Scene) -> None:
    first, second = scene.answer(text="a"), scene.answer(text="b")
    scene.page.click(button(first, "copy"))
    scene.page.click(button(second, "copy"))
    assert scene.copied == [first, second]


def test_a_copy_is_confirmed_until_the_animation_ends(scene: Scene) -> None:
    answer = scene.answer(text="a")
    answer.confirm_copy(True)
    assert "data-copied" in part(answer, "copy").attributes
    assert scene.page.announced == ["Copied"]
    scene.page.fire(part(answer, "copy-done"), "animationend")
    assert "data-copied" not in part(answer, "copy").attributes


def test_a_copy_that_failed_says_so(scene: Scene) -> None:
    answer = scene.answer(text="a")
    answer.confirm_copy(False)
    assert part(answer, "status-word").textContent.startswith("not copied")
    assert "data-copied" not in part(answer, "copy").attributes


def test_other_animations_end_without_effect(scene: Scene) -> None:
    answer = scene.answer(text="a")
    answer.confirm_copy(True)
    scene.page.fire(answer.body, "animationend")
    assert "data-copied" in part(answer, "copy").attributes


def test_retry_replaces_an_attempt_without_text(scene: Scene) -> None:
    first = scene.answer()
    scene.page.click(button(first, "retry"))
    assert scene.retried == [first]
    second = first.exchange.begin_answer(replaces=True)
    assert first.exchange.answers == [second]
    assert first.element.parent is None
    assert second.element.has_focus


def test_retry_keeps_an_attempt_with_text(scene: Scene) -> None:
    first = scene.answer(text="The Rhine")
    second = first.exchange.begin_answer()
    assert first.exchange.answers == [first, second]
    scene.page.click(button(first, "copy"))
    assert scene.copied == [first]


def test_a_first_answer_leaves_the_focus_alone(scene: Scene) -> None:
    assert not scene.answer().element.has_focus


def test_keys_stay_unique_over_many_retries(scene: Scene) -> None:
    exchange = scene.thread.add_exchange("why?")
    keys = set()
    for turn in range(4):
        answer = exchange.begin_answer()
        keys.add(answer.key)
        if turn % 2:
            answer.body.append("text")
    assert len(keys) == 4


def test_no_retry_while_an_answer_is_written(scene: Scene) -> None:
    scene.thread.writing(True)
    assert "data-writing" in scene.page.find("#exchanges").attributes
    scene.thread.writing(False)
    assert "data-writing" not in scene.page.find("#exchanges").attributes


def test_a_retry_of_an_older_question_does_not_jump_to_the_end(scene: Scene) -> None:
    first = scene.answer()
    scene.answer()
    scroller = scene.page.find("#thread")
    scroller.scrollTop = 40.0
    scene.page.click(button(first, "retry"))
    scene.thread.follow()
    assert scroller.scrollTop == 40.0
