"""A question and its answers on the screen: text, the thread line, state in words, actions."""

from collections.abc import Mapping
from typing import Any, Final

from app.chat.phases import Phase
from app.chat.trouble import Trouble
from app.ui.dom import Page
from app.ui.figures import Figures, words_of

# What the status line says; a phase that is left out says nothing.
_WORDS: Final[Mapping[Phase, str]] = {
    Phase.CONNECTING: "connecting",
    Phase.RESPONDED: "reading the question",
    Phase.STREAMING: "writing",
    Phase.STOPPED: "stopped",
    Phase.INCOMPLETE: "incomplete",
}

# What it says once such a phase has taken long: what is waited for, without a guess at the reason.
_SLOW_WORDS: Final[Mapping[Phase, str]] = {
    Phase.CONNECTING: "waiting for the server",
    Phase.RESPONDED: "waiting for the answer",
}

# What it says under an answer that the server ended because it was long enough.
AT_LIMIT: Final = "ended at the length limit"

# Longest part of an answer that is read out at its end, in characters; the rest is in the thread.
MAX_ANNOUNCED: Final = 500


class AnswerView:
    """One attempt at an answer.

    `body` is the empty element that the markup goes into.

    Args:
        page: the document.
        exchange: the exchange it belongs to.
        key: tells it from all others in the thread.
    """

    def __init__(self, page: Page, exchange: "ExchangeView", key: str) -> None:
        self.exchange = exchange
        self.key = key
        self.element = page.clone("answer")
        self.element.setAttribute("data-answer", key)
        self.body: Any = self.element.querySelector(".prose")
        self._page = page
        self._word = self.element.querySelector(".status-word")
        self._figures = self.element.querySelector(".status-figures")
        self._reasoning = self.element.querySelector(".reasoning")
        self._trouble = self.element.querySelector(".trouble")
        self._copy = self.element.querySelector(".copy")

    def set_phase(self, phase: Phase) -> None:
        """Show where the answer is: the thread line, the status word, the actions that fit."""
        self._show_phase(phase, _WORDS.get(phase, ""))
        if phase is Phase.STREAMING:
            self._page.announce("The answer is being written.")
        elif phase is Phase.STOPPED:
            self._page.announce("Stopped.")
        elif phase is Phase.DONE:
            self._announce_text("The answer is complete")

    def set_done_at_limit(self) -> None:
        """Show that the answer is done, and that it might have been longer."""
        self._show_phase(Phase.DONE, AT_LIMIT)
        self._announce_text(f"The answer {AT_LIMIT}")

    def set_slow(self, phase: Phase) -> None:
        """Say what is waited for, in a phase that has taken long already."""
        words = _SLOW_WORDS[phase]
        if self._word.textContent != words:
            self._word.textContent = words

    def set_stalled(self, is_stalled: bool) -> None:
        """Let the thread line stand still while no text arrives, or flow on."""
        if is_stalled:
            self.element.setAttribute("data-stalled", "")
        else:
            self.element.removeAttribute("data-stalled")

    def show_figures(self, figures: Figures) -> None:
        """Write how long, how much, how fast; a few times a second is enough."""
        words = words_of(figures)
        if self._figures.textContent != words:
            self._figures.textContent = words

    def think(self, text: str) -> None:
        """Append to the model's reasoning, which is folded away above the answer."""
        self._reasoning.hidden = False
        self._reasoning.querySelector(".reasoning-text").append(text)

    def clear(self) -> None:
        """Take answer and reasoning away, to write others in their place."""
        self.body.replaceChildren()
        self._reasoning.querySelector(".reasoning-text").replaceChildren()
        self._reasoning.hidden = True

    def show_trouble(self, trouble: Trouble) -> None:
        """Say what happened, what is safe, what to do; the technical cause is folded away."""
        self.element.setAttribute("data-troubled", "")
        for name, words in (
            ("happened", trouble.happened),
            ("safe", trouble.safe),
            ("remedy", trouble.remedy),
            ("cause", trouble.cause),
        ):
            self._trouble.querySelector(f".trouble-{name}").textContent = words
        self._trouble.querySelector("details").hidden = not trouble.cause
        self._trouble.hidden = False
        self._page.announce(f"{trouble.happened} {trouble.remedy}")

    def confirm_copy(self, is_done: bool) -> None:
        """Say whether the answer is on the clipboard now."""
        if is_done:
            self._copy.setAttribute("data-copied", "")
            self._page.announce("Copied")
        else:
            self._word.textContent = "not copied: the browser did not allow it"
            self._page.announce("Not copied: the browser did not allow it")

    def end_copy(self) -> None:
        """Let the copy button be itself again."""
        self._copy.removeAttribute("data-copied")

    def focus(self) -> None:
        """Take the focus, when the button that had it is gone."""
        self.element.focus(preventScroll=True)

    def _show_phase(self, phase: Phase, word: str) -> None:
        self.element.setAttribute("data-phase", phase.value)
        self._word.textContent = word

    def _announce_text(self, what: str) -> None:
        text = self.body.textContent
        end = " …" if len(text) > MAX_ANNOUNCED else ""
        self._page.announce(f"{what}: {text[:MAX_ANNOUNCED]}{end}")


class ExchangeView:
    """A question with the attempts at its answer, the newest last.

    Args:
        page: the document.
        question: what was asked.
        key: tells it from all others in the thread.
    """

    def __init__(self, page: Page, question: str, key: str) -> None:
        self.element = page.clone("exchange")
        self.element.querySelector(".question-text").textContent = question
        self.answers: list[AnswerView] = []
        self._page = page
        self._key = key
        self._begun = 0

    def begin_answer(self) -> AnswerView:
        """Add an empty answer. Earlier attempts stay if they have text; it takes their focus."""
        is_retry = bool(self.answers)
        if is_retry and not self.answers[-1].body.hasChildNodes():
            self.answers.pop().element.remove()
        self._begun += 1
        answer = AnswerView(self._page, self, f"{self._key}.{self._begun}")
        self.answers.append(answer)
        self.element.append(answer.element)
        if is_retry:
            answer.focus()
        return answer
