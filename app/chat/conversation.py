"""A conversation: questions, the attempts at answering each, and what the model is told of them."""

from collections.abc import Callable

from app.chat.turn import Turn
from app.wire import DIALECTS, Message, Prompt


class Exchange:
    """A question and the attempts at an answer; the last attempt is the current one."""

    def __init__(self, question: str, new_turn: Callable[[], Turn]) -> None:
        self.question = question
        self.attempts = [new_turn()]
        self._new_turn = new_turn

    @property
    def current(self) -> Turn:
        """The attempt that runs or ran last."""
        return self.attempts[-1]

    @property
    def answer(self) -> str:
        """Text of the last attempt that has any, whole or not: the person saw it."""
        texts = (turn.text for turn in reversed(self.attempts))
        return next((text for text in texts if text.strip()), "")

    def retry(self) -> Turn:
        """Start a new attempt; earlier attempts are kept if they have text.

        Raises:
            RuntimeError: the current attempt has not ended.
        """
        if not self.current.has_ended:
            raise RuntimeError("retry() while the current attempt has not ended")
        self.attempts = [turn for turn in self.attempts if turn.text]
        self.attempts.append(self._new_turn())
        return self.current


class Conversation:
    """Exchanges in order.

    Args:
        system_prompt: instructions that go before everything; none if blank.
        new_turn: makes an answer that has not begun.
    """

    def __init__(
        self,
        system_prompt: str = "",
        new_turn: Callable[[], Turn] = lambda: Turn(DIALECTS["openai-chat"]),
    ) -> None:
        self.exchanges: list[Exchange] = []
        self._system_prompt = system_prompt
        self._new_turn = new_turn

    def ask(self, text: str) -> Exchange:
        """Add a question, with a first attempt that is ready to begin.

        Raises:
            ValueError: the question is blank.
        """
        if not text.strip():
            raise ValueError("A question has at least one character that is not a blank.")
        exchange = Exchange(text, self._new_turn)
        self.exchanges.append(exchange)
        return exchange

    def prompt(self, model: str, exchange: Exchange | None = None) -> Prompt:
        """Give what the model is told so that it answers an exchange, by default the last one.

        Its question comes last, without answers it may already have: a model would go on
        writing those. Questions without an answer are joined to the next one, so that the
        roles alternate, which some models require.

        Raises:
            ValueError: there is no such exchange.
        """
        if not self.exchanges or (exchange is not None and exchange not in self.exchanges):
            raise ValueError("There is no such question in this conversation.")
        asked = exchange or self.exchanges[-1]
        messages: list[Message] = []
        if self._system_prompt.strip():
            messages.append(Message("system", self._system_prompt))
        questions: list[str] = []
        for earlier in self.exchanges[: self.exchanges.index(asked)]:
            questions.append(earlier.question)
            if earlier.answer:
                messages.append(Message("user", "\n\n".join(questions)))
                messages.append(Message("assistant", earlier.answer))
                questions.clear()
        messages.append(Message("user", "\n\n".join([*questions, asked.question])))
        return Prompt(tuple(messages), model)
