"""Tells a turn what happens, at times of the teller's choice, and notes what it wants."""

from dataclasses import dataclass, field

from app.chat.commands import Changed, Command, Open, Replace, Save, Send, Think, Wake, Write
from app.chat.patience import Patience
from app.chat.phases import Phase
from app.chat.plan import AnswerPlan, Resume
from app.chat.saved import SavedTurn
from app.chat.steps import Begin, Chunk, PageSignal, Plan, Responded, Restore, Signal, Step, Tick
from app.chat.turn import Turn
from app.wire import DIALECTS, Message, Prompt, Request
from tests.unit.chat.streams import EVENT_STREAM

ENDPOINT = "https://models.example/v1"
KEEPER = "https://page.example/keeper/"
OK = Responded(200, EVENT_STREAM)
PING = Chunk(b": ping\n\n")


def plan(resume: Resume = "none", keeper: str = "", protocol: str = "openai-chat") -> AnswerPlan:
    prompt = Prompt((Message("user", "Why?"),), "m")
    return AnswerPlan(DIALECTS[protocol], ENDPOINT, prompt, "turn-1", "talk-1", resume, keeper)


@dataclass
class Story:
    """One answer's life.

    Args:
        plan: how it is asked for.
        patience: how long is waited for what.
        chance: the number that stands for all chance.
    """

    plan: Plan
    patience: Patience = field(default_factory=Patience)
    protocol: str = "openai-chat"
    chance: float = 0.5
    now: float = 1_000_000.0
    commands: list[Command] = field(default_factory=list)
    text: str = ""
    reasoning: str = ""
    wake_at: float | None = None
    saves: list[tuple[float, SavedTurn]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.turn = Turn(
            DIALECTS[self.protocol], patience=self.patience, chance=lambda: self.chance
        )

    @property
    def phase(self) -> Phase:
        return self.turn.phase

    @property
    def opened(self) -> list[Open]:
        return [command for command in self.commands if isinstance(command, Open)]

    @property
    def last(self) -> Request:
        """The request that was opened last."""
        return self.opened[-1].request

    @property
    def posts(self) -> int:
        return sum(each.request.method == "POST" for each in self.opened)

    @property
    def sent(self) -> list[Request]:
        return [command.request for command in self.commands if isinstance(command, Send)]

    @property
    def was_replaced(self) -> bool:
        return any(isinstance(command, Replace) for command in self.commands)

    def begin(self, *steps: Step) -> list[Command]:
        return self.tell(Begin(self.plan), *steps)

    def restore(self, saved: SavedTurn, *, follows: bool = False) -> list[Command]:
        return self.tell(Restore(self.plan, saved, follows))

    def tell(self, *steps: Step) -> list[Command]:
        """Tell these steps now; give the commands that come of them."""
        told = [command for step in steps for command in self._told(step)]
        assert (self.text, self.reasoning) == (self.turn.text, self.turn.reasoning)
        return told

    def after(self, milliseconds: float, *steps: Step) -> list[Command]:
        """Tell these steps later, without the ticks on the way."""
        self.now += milliseconds
        return self.tell(*steps)

    def hear(self, *kinds: PageSignal) -> list[Command]:
        return self.tell(*map(Signal, kinds))

    def wait(self, milliseconds: float, *, is_offline: bool = False) -> list[Command]:
        """Let time pass, with each tick at the moment that it was ordered for."""
        end = self.now + milliseconds
        commands: list[Command] = []
        ticks = 0
        while self.wake_at is not None and self.wake_at <= end and not self.turn.has_ended:
            self.now = max(self.wake_at, self.now)
            commands += self.tell(Tick(is_offline))
            ticks += 1
            assert ticks < 10_000, "it is woken without end"
        self.now = end
        return commands

    def _told(self, step: Step) -> list[Command]:
        commands = self.turn.handle(step, self.now)
        for command in commands:
            match command:
                case Write(text):
                    self.text += text
                case Think(text):
                    self.reasoning += text
                case Replace():
                    self.text = self.reasoning = ""
                case Wake(at):
                    self.wake_at = at
                case Save():
                    self.saves.append((self.now, self.turn.saved()))
                case _:
                    pass
        self.commands += commands
        return commands


def phases(commands: list[Command]) -> list[Phase]:
    return [command.phase for command in commands if isinstance(command, Changed)]
