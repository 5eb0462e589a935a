"""How the answers of one turn are asked for, kept and read on: everything but the doing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from app.chat.keeping import dropping, kept, reading
from app.chat.ways import Asking, Policy, Way
from app.wire import Cursor, Dialect, Message, Prompt, Request, resuming
from app.wire.protocols.interface import Keeping, Question

# How the model server lets an answer be read on: "auto" takes what shows by itself.
Resume = Literal["auto", "none", "byte-log", "background", "last-event-id", "replay"]

MakeRequest = Callable[[Cursor, str], Request | None]
_KEEPING: dict[str, Keeping] = {"byte-log": "byte-log", "background": "background"}
# Said to a model that cannot be given the beginning of its own answer.
GO_ON = (
    "Your last answer was cut off where it ends. Go on from exactly there, in the middle of the "
    "sentence if need be. Repeat nothing and add no introduction."
)


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """Makes the requests of one turn.

    Args:
        dialect: the protocol.
        endpoint: base address of the server's interface.
        prompt: what is asked.
        turn_id: name of this turn, of at most 100 characters that an address may have.
        conversation_id: name of the conversation, for protocols that know such.
        resume: how the server lets an answer be read on.
        keeper: absolute address of the page's keeper; empty if there is none.
        access_key: the server's key.
        sends_request_id: whether the server lets a page send X-Request-ID.
    """

    dialect: Dialect
    endpoint: str
    prompt: Prompt
    turn_id: str
    conversation_id: str = ""
    resume: Resume = "auto"
    keeper: str = ""
    access_key: str = ""
    sends_request_id: bool = True

    def ask(self, number: int) -> Asking:
        """Give the request for an answer from its beginning."""
        return self._asking(number, self.prompt, "")

    def go_on(self, number: int, beginning: str) -> Asking | None:
        """Give the request for what follows a beginning; None if there is none."""
        if not beginning:
            return None
        begun = (*self.prompt.messages, Message("assistant", beginning))
        prompt = replace(self.prompt, messages=begun)
        question = Question(self.endpoint, prompt, keeping=self._keeping)
        if not self.dialect.prefills(question):
            prompt = replace(prompt, messages=(*begun, Message("user", GO_ON)))
        return self._asking(number, prompt, beginning)

    @property
    def _keeping(self) -> Keeping:
        return _KEEPING.get(self.resume, "")

    def _asking(self, number: int, prompt: Prompt, beginning: str) -> Asking:
        # Each request has its own log: a server would take the same name for the same answer.
        log_id = f"{self.turn_id}-{number}"
        name = log_id if self.resume == "byte-log" else self.conversation_id
        request = self.dialect.request(
            self.endpoint,
            prompt,
            access_key=self.access_key,
            request_id=self.turn_id,
            conversation_id=name,
            keeping=self._keeping,
            sends_request_id=self.sends_request_id,
        )
        forget = (dropping(self.keeper, log_id),) if self.keeper else ()
        return Asking(
            request=kept(request, self.keeper, log_id) if self.keeper else request,
            address=request.url,
            ways=self._ways(log_id, request),
            stop=lambda answer_id: (*forget, *self._stop(log_id, answer_id)),
            forget=forget,
            beginning=beginning,
        )

    def _ways(self, log_id: str, request: Request) -> tuple[Way, ...]:
        """Give the ways, those first that cost least and are most exact."""
        ways: list[Way] = []
        if self.keeper:
            ways.append(Way("this browser", Policy.KEEP, self._by_keeper(log_id), is_local=True))
        if self.resume == "byte-log":
            ways.append(Way("the model server", Policy.KEEP, self._by_log(log_id)))
        elif self.resume == "background":
            ways.append(Way("the model server", Policy.RESET, self._by_number))
        if self.resume == "last-event-id":
            ways.append(Way("the model server", Policy.RESET, self._by_event(request)))
        if self.resume == "replay" or (self.resume == "auto" and self.dialect.name == "ai-sdk"):
            ways.append(Way("the model server", Policy.REPLAY, self._by_replay))
        return tuple(ways)

    def _by_keeper(self, log_id: str) -> MakeRequest:
        return lambda cursor, _answer_id: reading(self.keeper, log_id, cursor.received_bytes)

    def _by_log(self, log_id: str) -> MakeRequest:
        return lambda cursor, _answer_id: resuming.byte_log(
            self.endpoint, self.access_key, log_id, cursor.received_bytes
        )

    def _by_number(self, cursor: Cursor, answer_id: str) -> Request | None:
        if not answer_id:
            return None
        number = cursor.sequence_number
        return resuming.background(self.endpoint, self.access_key, answer_id, number)

    def _by_event(self, request: Request) -> MakeRequest:
        def after(cursor: Cursor, _answer_id: str) -> Request | None:
            if not cursor.last_event_id:
                return None
            return resuming.after_event(request.url, self.access_key, cursor.last_event_id)

        return after

    def _by_replay(self, _cursor: Cursor, _answer_id: str) -> Request | None:
        if not self.conversation_id:
            return None
        return resuming.replay(self.endpoint, self.access_key, self.conversation_id)

    def _stop(self, log_id: str, answer_id: str) -> tuple[Request, ...]:
        if self.resume == "byte-log":
            return (resuming.byte_log_end(self.endpoint, self.access_key, log_id),)
        if self.resume == "background" and answer_id:
            return (resuming.background_end(self.endpoint, self.access_key, answer_id),)
        return ()
