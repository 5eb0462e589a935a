"""A question and its answers on the screen: text, the thread line, state in words, actions."""

from collections.abc import Sequence
from typing import Any, Final

from app.chat.phases import Phase
from app.chat.recovery import Entry
from app.chat.trouble import Trouble
from app.markup.visible import VisibleText, visible
from app.ui.dom import Page
from app.ui.figures import Figures, words_of
from app.ui.status import Status

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
        self._visible_reasoning = VisibleText()
        self._trouble = self.element.querySelector(".trouble")
        self._copy = self.element.querySelector(".copy")
        self._note = self.element.querySelector(".status-note")
        self._try_now = self.element.querySelector(".try-now")
        self._journal = self.element.querySelector(".journal")
        self._told = 0  # lines of the journal
        self._continue = self._trouble.querySelector(".go-on")

    def set_phase(self, phase: Phase) -> None:
        """Show where the answer is: the thread line, and the actions that fit."""
        self.element.setAttribute("data-phase", phase.value)

    def show_status(self, status: Status) -> None:
        """Write the line under the answer; a few times a second is enough."""
        _write(self._word, status.word)
        _write(self._note, status.note)
        self._try_now.hidden = not status.may_try_now

    def tell(self, phase: Phase, word: str) -> None:
        """Say what has changed to people who listen to the page, where it matters to them."""
        if phase is Phase.STREAMING:
            self._page.announce("The answer is being written.")
        elif phase is Phase.DONE:
            self._announce_text(f"The answer {word or 'is complete'}")
        elif word and phase is not Phase.RESPONDED:
            self._page.announce(f"{word[0].upper()}{word[1:]}.")

    def show_journal(self, entries: Sequence[Entry], started_at: float) -> None:
        """List what happened to the answer, for whoever wants to know; nothing if all went well."""
        self._journal.hidden = not entries
        lines = self._journal.querySelector("ol")
        for entry in entries[self._told :]:
            line = self._page.clone("journal-entry")
            line.textContent = f"{(entry.at - started_at) / 1000:.1f} s: {entry.words}"
            lines.append(line)
        self._told = len(entries)

    def set_stalled(self, is_stalled: bool) -> None:
        """Let the thread line stand still while no text arrives, or flow on."""
        if is_stalled:
            self.element.setAttribute("data-stalled", "")
        else:
            self.element.removeAttribute("data-stalled")

    def show_figures(self, figures: Figures) -> None:
        """Write how long, how much, how fast; a few times a second is enough."""
        _write(self._figures, words_of(figures))

    def think(self, text: str) -> None:
        """Append to the model's reasoning, which is folded away above the answer."""
        self._reasoning.hidden = False
        shown = self._visible_reasoning.feed(text)
        self._reasoning.querySelector(".reasoning-text").append(shown)

    def add_plain(self, text: str) -> None:
        """Append to the answer as it is, without markup."""
        self.body.setAttribute("data-plain", "")
        self.body.append(visible(text))

    def clear(self) -> None:
        """Take answer and reasoning away, to write others in their place."""
        self.body.replaceChildren()
        self.body.removeAttribute("data-plain")
        self._reasoning.querySelector(".reasoning-text").replaceChildren()
        self._visible_reasoning = VisibleText()
        self._reasoning.hidden = True

    def hide_trouble(self) -> None:
        """Take away what was said of a bad end: the answer goes on."""
        self.element.removeAttribute("data-troubled")
        self._trouble.hidden = True

    def show_trouble(self, trouble: Trouble, *, may_continue: bool = False) -> None:
        """Say what happened, what is safe, what to do; the technical cause is folded away.

        Args:
            trouble: all of that.
            may_continue: whether the model can be asked to go on from the text.
        """
        self._continue.hidden = not may_continue
        self.element.setAttribute("data-troubled", "")
        for name, words in (
            ("happened", trouble.happened),
            ("safe", trouble.safe),
            ("remedy", trouble.remedy),
            ("cause", trouble.cause),
        ):
            self._trouble.querySelector(f".trouble-{name}").textContent = visible(words)
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

    def _announce_text(self, what: str) -> None:
        spoken = self.body.cloneNode(True)
        # A formula is there as its source as well.
        for unspoken in spoken.querySelectorAll("figcaption, button, math"):
            unspoken.remove()
        text = spoken.textContent
        end = " …" if len(text) > MAX_ANNOUNCED else ""
        self._page.announce(f"{what}: {text[:MAX_ANNOUNCED]}{end}")


def _write(element: Any, words: str) -> None:
    if element.textContent != words:
        element.textContent = words


class ExchangeView:
    """A question with the attempts at its answer, the newest last.

    Args:
        page: the document.
        question: what was asked.
        key: tells it from all others in the thread.
    """

    def __init__(self, page: Page, question: str, key: str) -> None:
        self.question = question
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
        # Several questions were sent before Python was up; no style sheet looks for answers, since
        # the browser would judge the whole exchange anew with each element of one.
        self.element.querySelector(".waits").hidden = True
        self._begun += 1
        answer = AnswerView(self._page, self, f"{self._key}.{self._begun}")
        self.answers.append(answer)
        self.element.append(answer.element)
        if is_retry:
            answer.focus()
        return answer
