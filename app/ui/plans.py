"""What the settings say of conversations: how a new one begins, and how an answer is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from app.chat.conversation import Conversation, Exchange
from app.chat.plan import AnswerPlan
from app.chat.settings import Settings
from app.chat.steps import Plan
from app.chat.turn import Turn
from app.chat.ways import Asking
from app.wire import dialect


class Plans:
    """Makes conversations and plans of answers.

    Args:
        settings: of the page.
        keeper: gives the address below which answers are kept; empty while there is none.
        chance: gives a random number from 0 to 1.
    """

    def __init__(
        self, settings: Settings, keeper: Callable[[], str], chance: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._keeper = keeper
        self._chance = chance
        self._dialect = dialect(settings.protocol)

    def new_conversation(self) -> Conversation:
        """Begin a conversation in which nothing is asked yet."""
        return Conversation(self._settings.system_prompt, self._new_turn)

    def plan(
        self, conversation: Conversation, exchange: Exchange, conversation_id: str, turn_id: str
    ) -> Plan:
        """Say how an answer in a conversation is asked for, under these names."""
        settings = self._settings

        def make() -> AnswerPlan:
            prompt = replace(
                conversation.prompt(settings.model, exchange),
                reasoning_effort=settings.reasoning_effort,
                max_tokens=settings.max_tokens,
                temperature=settings.temperature,
            )
            return AnswerPlan(
                self._dialect,
                settings.endpoint,
                prompt,
                turn_id,
                conversation_id,
                settings.resume,
                self._keeper(),
                sends_request_id=settings.request_id,
            )

        return _LaterPlan(make)

    def _new_turn(self) -> Turn:
        settings = self._settings
        return Turn(
            self._dialect, settings.max_event_bytes, patience=settings.patience, chance=self._chance
        )


class _LaterPlan:
    """A plan that is made once it is needed: most of the answers of a day ago never are."""

    def __init__(self, make: Callable[[], AnswerPlan]) -> None:
        self._make = make

    @cached_property
    def _plan(self) -> AnswerPlan:
        return self._make()

    def ask(self, number: int) -> Asking:
        """Give the request for an answer from its beginning."""
        return self._plan.ask(number)

    def go_on(self, number: int, beginning: str) -> Asking | None:
        """Give the request for what follows a beginning; None where that makes no sense."""
        return self._plan.go_on(number, beginning)
