"""The thread: exchanges in order, the end they stick to, and the buttons inside them."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from app.ui.dom import Page
from app.ui.history import History
from app.ui.message import AnswerView, ExchangeView
from app.ui.stick import StickToEnd

_BLANKS = re.compile(r"\s+")


def _rounded(words: int) -> int:
    """Make a number that is read in passing: to the ten, from 100 on to the hundred."""
    return words - words % (10 if words < 100 else 100)


class Thread:
    """All that was asked and answered.

    Args:
        page: the document.
        on_copy: hears which answer is to be copied, and calls its `confirm_copy` afterwards.
        on_retry: hears which answer is to be tried or written again.
        on_continue: hears which answer the model is to go on with.
        on_built: hears of an exchange that has come into the document again, its answers empty.
    """

    def __init__(
        self,
        page: Page,
        on_copy: Callable[[AnswerView], None],
        on_retry: Callable[[AnswerView], None],
        on_continue: Callable[[AnswerView], None],
        on_built: Callable[[ExchangeView], None],
    ) -> None:
        self._history = History(page, on_built)
        self._page = page
        self._on_copy = on_copy
        self._on_retry = on_retry
        self._on_continue = on_continue
        self._hint = page.find("#hint")
        self._list = page.find("#exchanges")
        self._latest = page.find("#latest")
        self._count = page.find("#latest-count")
        self._new_words = 0  # that came since the person has scrolled away
        self._shown_words = 0
        scroller = page.find("#thread")
        self._stick = StickToEnd(page, scroller, page.find("#bottom"), self._show_latest)
        page.on_action("latest", self._go_to_latest)
        page.on_action("copy", self._copy)
        page.on_action("retry", self._retry)
        page.on_action("try-now", lambda button: on_retry(self._answer_around(button)))
        page.on_action("continue", self._continue)
        page.on(self._list, "animationend", self._end_copy)

    @property
    def exchanges(self) -> Sequence[ExchangeView]:
        """All of them, in order, in the document or not."""
        return self._history.exchanges

    def add_exchange(self, question: str) -> ExchangeView:
        """Show a question at the end and go there; the hint goes."""
        exchange = self.add_away(question)
        self.show_end()
        return exchange

    def add_away(self, question: str) -> ExchangeView:
        """Put a question at the end that is not in the document until the person gets there."""
        exchange = ExchangeView(self._page, question, len(self.exchanges))
        self._history.add(exchange)
        self._hint.hidden = True
        return exchange

    def show_end(self) -> None:
        """Go to the end, and stay there."""
        self._history.show_end()
        self._stick.take_hold()
        self._stick.follow()

    def settle(self, exchange: ExchangeView) -> None:
        """Hear that an exchange which was built again has its texts."""
        self._history.settle(exchange)

    def clear(self) -> None:
        """Begin a new conversation: nothing is there, and the hint comes back."""
        self._history.clear()
        self._hint.hidden = False
        self._stick.take_hold()

    def writing(self, is_writing: bool) -> None:
        """Tell whether an answer is being written: until it ends, none can be asked for again."""
        if is_writing:
            self._list.setAttribute("data-writing", "")
        else:
            self._list.removeAttribute("data-writing")

    def follow(self) -> None:
        """Keep the end in view if the person has not scrolled away; once a frame, after writing."""
        self._stick.follow()

    def text_shown(self, text: str) -> None:
        """Hear that more of an answer is on the screen, of which the person may see nothing."""
        if self._stick.is_sticking:
            return
        self._new_words += len(_BLANKS.findall(text))
        shown = _rounded(self._new_words)
        if shown != self._shown_words:
            self._shown_words = shown
            self._count.textContent = f"· {shown:,} new words" if shown else ""

    def _show_latest(self) -> None:
        self._latest.hidden = self._stick.is_sticking or self._stick.is_at_end
        if self._latest.hidden:
            self._new_words = self._shown_words = 0
            self._count.textContent = ""

    def _go_to_latest(self, _button: Any) -> None:
        self.show_end()
        # The button hides itself; the keyboard goes on in the thread.
        self._page.find("#thread").focus(preventScroll=True)

    def _copy(self, button: Any) -> None:
        self._on_copy(self._answer_around(button))

    def _retry(self, button: Any) -> None:
        self._begin_around(button, self._on_retry)

    def _continue(self, button: Any) -> None:
        self._begin_around(button, self._on_continue)

    def _begin_around(self, button: Any, begin: Callable[[AnswerView], None]) -> None:
        answer = self._answer_around(button)
        exchange = answer.exchange
        if exchange is self.exchanges[-1]:
            self._stick.take_hold()
        else:
            self._stick.let_go()  # the answer comes where the person is, not at the end
        begin(answer)
        self._stick.follow()

    def _end_copy(self, event: Any) -> None:
        if event.target.closest(".copy"):
            self._answer_around(event.target).end_copy()

    def _answer_around(self, element: Any) -> AnswerView:
        key = element.closest("[data-answer]").getAttribute("data-answer")
        number = int(key.partition(".")[0])
        answers = self.exchanges[number].answers
        return next(answer for answer in answers if answer.key == key)
