"""How long is waited for what: the settings of recovery, times in milliseconds."""

from dataclasses import dataclass
from typing import Literal

# What becomes of an answer that was cut and cannot be read on: the person is asked, or has
# chosen in advance.
WhenCut = Literal["ask", "continue", "restart"]


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how patiently a failed request is repeated.

    The delay doubles from `retry_delay` to `max_delay`; the retries count from the last progress.
    Precedents: the OpenAI and Anthropic clients take 2 retries from 0.5 s to 8 s; eventsource 3 s.
    """

    max_retries: int = 5
    retry_delay: float = 1000
    max_delay: float = 30_000


@dataclass(frozen=True, slots=True)
class Stall:
    """After how much silence a connection is doubted.

    `first_byte`: from the request to the first byte. `heartbeat`: later, where the server gave
    signs of life in its pauses (llama.cpp does every 30 s), or three times its longest pause.
    `silence`: later, where it gave none (Ollama and OpenAI give none while they think).
    `probe`: how long bytes that waited out a sleep may take to show.
    """

    first_byte: float = 120_000
    heartbeat: float = 45_000
    silence: float = 120_000
    probe: float = 1500


@dataclass(frozen=True, slots=True)
class Patience:
    """All of it."""

    retry: Retry = Retry()
    stall: Stall = Stall()
    when_cut: WhenCut = "ask"
