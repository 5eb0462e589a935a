"""A question and its answers on the screen: text, the thread line, state in words, actions."""

from collections.abc import Sequence
from typing import Any, Final

from app.chat.phases import Phase
from app.chat.recovery import Entry
from app.chat.trouble import Trouble
from app.markup.visible import VisibleText, visible
from app.ui.dom import Page
from app.ui.figures import Figures, words_of
from app.ui.prose import NOT_COPIED
from app.ui.status import Status

# Longest part of an answer that is read out at its end, in characters; the rest is in the thread.
MAX_ANNOUNCED: Final = 500
# What an exchange is taken to need before it was ever in the document, in pixels.
_AROUND: Final = 190.0
_LINE: Final = 26.0
_CHARACTERS: Final = 70  # in a line


class AnswerView:
    """One attempt at an answer, which is built once it comes into the document.

    `element` is None while it is out of the document, `body` the empty element that the markup
    goes into.

    Args:
        page: the document.
        exchange: the exchange it belongs to.
        key: tells it from all others in the thread.
    """

    def __init__(self, page: Page, exchange: "ExchangeView", key: str) -> None:
        self.exchange = exchange
        self.key = key
        self._page = page
        self.put_away()

    @property
    def is_away(self) -> bool:
        """Whether it is out of the document, and nothing can be shown in it."""
        return self.element is None

    def put_away(self) -> None:
        """Let go of its elements, which the browser can then forget."""
        self.element: Any = None
        self.body: Any = None
        self._word: Any = None
        self._figures: Any = None
        self._reasoning: Any = None
        self._trouble: Any = None
        self._copy: Any = None
        self._note: Any = None
        self._try_now: Any = None
        self._journal: Any = None
        self._continue: Any = None
        self._visible_reasoning = VisibleText()
        self._told = 0  # lines of the journal

    def build(self) -> None:
        """Make its elements, as empty as at first."""
        self.element = self._page.clone("answer")
        self.element.setAttribute("data-answer", self.key)
        self.body = self._part(".prose")
        self._word = self._part(".status-word")
        self._figures = self._part(".status-figures")
        self._reasoning = self._part(".reasoning")
        self._trouble = self._part(".trouble")
        self._copy = self._part(".copy")
        self._note = self._part(".status-note")
        self._try_now = self._part(".try-now")
        self._journal = self._part(".journal")
        self._continue = self._part(".go-on")

    def _part(self, selector: str) -> Any:
        return self.element.querySelector(selector)

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
            line.textContent = f"{(entry.at - started_at) / 1000:.1f} s: {visible(entry.words)}"
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
        """Write what happened, what is safe, what to do; the technical cause is folded away.

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

    def tell_trouble(self, trouble: Trouble) -> None:
        """Say the same to people who listen to the page."""
        self._page.announce(f"{trouble.happened} {trouble.remedy}")

    def confirm_copy(self, is_done: bool) -> None:
        """Say whether the answer is on the clipboard now."""
        self._page.announce("Copied" if is_done else NOT_COPIED)
        if self.is_away:
            return
        if is_done:
            self._copy.setAttribute("data-copied", "")
        else:
            self._word.textContent = f"n{NOT_COPIED[1:]}"

    def end_copy(self) -> None:
        """Let the copy button be itself again."""
        self._copy.removeAttribute("data-copied")

    def focus(self) -> None:
        """Take the focus, when the button that had it is gone."""
        self.element.focus(preventScroll=True)

    def _announce_text(self, what: str) -> None:
        if self.is_away:
            self._page.announce(f"{what}.")
            return
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

    `element` is None while it is out of the document, `height` what it needs there, in pixels.

    Args:
        page: the document.
        question: what was asked.
        number: of the exchange in the thread, from 0.
    """

    def __init__(self, page: Page, question: str, number: int) -> None:
        self.question = question
        self.number = number
        self.element: Any = None
        self.height = _AROUND + _lines(question) * _LINE
        self.answers: list[AnswerView] = []
        self._page = page
        self._begun = 0

    @property
    def is_away(self) -> bool:
        """Whether it is out of the document."""
        return self.element is None

    def build(self, *, is_newest: bool) -> None:
        """Make its elements; the answers are empty."""
        self.element = self._page.clone("exchange")
        if is_newest:
            self.element.setAttribute("data-newest", "")
        self.element.setAttribute("aria-posinset", str(self.number + 1))
        self.element.querySelector(".question-text").textContent = visible(self.question)
        self.element.querySelector(".waits").hidden = bool(self.answers)
        for answer in self.answers:
            answer.build()
            answer.body.setAttribute("data-again", "")
            self.element.append(answer.element)

    def grow_old(self) -> None:
        """Be the newest no more."""
        if not self.is_away:
            self.element.removeAttribute("data-newest")

    def put_away(self) -> None:
        """Take it out of the document, and let go of its elements."""
        self.element.remove()
        self.element = None
        for answer in self.answers:
            answer.put_away()

    def expect(self, text: str) -> None:
        """Hear what will stand in it once it is built, to know about how high that is."""
        self.height += _lines(text) * _LINE

    def begin_answer(self, *, replaces: bool = False) -> AnswerView:
        """Add an empty answer.

        Args:
            replaces: it stands in the place of the last one, which has no text.
        """
        is_retry = bool(self.answers)
        if replaces:
            given_up = self.answers.pop()
            if not given_up.is_away:
                given_up.element.remove()
        self._begun += 1
        answer = AnswerView(self._page, self, f"{self.number}.{self._begun}")
        self.answers.append(answer)
        if self.is_away:
            return answer
        # Several questions were sent before Python was up; no style sheet looks for answers, since
        # the browser would judge the whole exchange anew with each element of one.
        self.element.querySelector(".waits").hidden = True
        answer.build()
        self.element.append(answer.element)
        if is_retry:
            answer.focus()  # the button that had it is gone
        return answer


def _lines(text: str) -> int:
    return text.count("\n") + 1 + len(text) // _CHARACTERS
