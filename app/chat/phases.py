"""The phases of a turn and the ways between them, as tables.

Text in the answer is what tells an answer cut short from none at all, so STREAMING begins with
the first character of it, not with the first byte.
"""

from collections.abc import Mapping
from enum import Enum

from app.chat.steps import (
    Begin,
    Chunk,
    Continue,
    Ended,
    Failed,
    Responded,
    Restore,
    Retry,
    Signal,
    Step,
    Stop,
    Tick,
)


class Phase(Enum):
    """How far an answer has come."""

    READY = "ready"  # nothing is asked yet
    CONNECTING = "connecting"  # the request is out
    RESPONDED = "responded"  # status and headers are there, no new text yet
    STREAMING = "streaming"  # text arrives
    RESUMING = "resuming"  # it was cut; the request for the rest is out
    WAITING = "waiting"  # for the time of the next try
    PARKED = "parked"  # for the network: the device has none
    DONE = "done"  # the answer is whole
    STOPPED = "stopped"  # the person stopped it
    INCOMPLETE = "incomplete"  # text came, then it ended badly
    FAILED = "failed"  # it ended badly and no text came

    __hash__ = object.__hash__  # it is looked up with every chunk; that of Enum hashes the name


class Move(Enum):
    """What a step came to, once its content is known."""

    ASK = "ask"  # a model
    RESUME = "resume"  # ask a server that has kept the answer
    RESPOND = "respond"
    WRITE = "write"  # text for the answer
    WAIT = "wait"
    PARK = "park"
    COMPLETE = "complete"
    CUT = "cut"  # it ends badly, with text
    LOSE = "lose"  # it ends badly, without
    STOP = "stop"

    __hash__ = object.__hash__


# What can become of every answer that has not ended.
_ALWAYS: Mapping[Move, Phase] = {
    Move.CUT: Phase.INCOMPLETE,
    Move.LOSE: Phase.FAILED,
    Move.STOP: Phase.STOPPED,
}
_AGAIN: Mapping[Move, Phase] = {Move.ASK: Phase.CONNECTING, Move.RESUME: Phase.RESUMING}
_LATER: Mapping[Move, Phase] = {Move.WAIT: Phase.WAITING, Move.PARK: Phase.PARKED}

NEXT: Mapping[Phase, Mapping[Move, Phase]] = {
    # An answer that another page has brought to its end is shown as it was.
    Phase.READY: {Move.COMPLETE: Phase.DONE, **_AGAIN, **_ALWAYS},
    Phase.CONNECTING: {Move.RESPOND: Phase.RESPONDED, **_AGAIN, **_LATER, **_ALWAYS},
    Phase.RESPONDED: {
        Move.WRITE: Phase.STREAMING,
        Move.COMPLETE: Phase.DONE,
        **_AGAIN,
        **_LATER,
        **_ALWAYS,
    },
    Phase.STREAMING: {
        Move.WRITE: Phase.STREAMING,
        Move.COMPLETE: Phase.DONE,
        **_AGAIN,
        **_LATER,
        **_ALWAYS,
    },
    Phase.RESUMING: {Move.RESPOND: Phase.RESPONDED, **_AGAIN, **_LATER, **_ALWAYS},
    Phase.WAITING: {Move.PARK: Phase.PARKED, Move.STOP: Phase.STOPPED, **_AGAIN},
    Phase.PARKED: {Move.STOP: Phase.STOPPED, Move.WAIT: Phase.WAITING, **_AGAIN},
    Phase.DONE: {},
    Phase.STOPPED: {},
    Phase.INCOMPLETE: _AGAIN,  # the person's word
    Phase.FAILED: _AGAIN,
}

ENDED = frozenset({Phase.DONE, Phase.STOPPED, Phase.INCOMPLETE, Phase.FAILED})
# A request is out, or its answer is coming.
IN_FLIGHT = frozenset({Phase.CONNECTING, Phase.RESPONDED, Phase.STREAMING, Phase.RESUMING})

# The network, the clock and the person race with the end: what they say after it is ignored.
LATE: frozenset[type[Step]] = frozenset({Responded, Chunk, Ended, Failed, Tick, Signal, Stop})
_ANY_TIME: frozenset[type[Step]] = frozenset({Tick, Signal, Stop})
_BODY: frozenset[type[Step]] = frozenset({Chunk, Ended, Failed}) | _ANY_TIME

ACCEPTED: Mapping[Phase, frozenset[type[Step]]] = {
    Phase.READY: frozenset({Begin, Restore}) | _ANY_TIME,
    Phase.CONNECTING: frozenset({Responded, Failed}) | _ANY_TIME,
    Phase.RESPONDED: _BODY,
    Phase.STREAMING: _BODY,
    Phase.RESUMING: frozenset({Responded, Failed}) | _ANY_TIME,
    Phase.WAITING: frozenset({Retry}) | _ANY_TIME,
    Phase.PARKED: frozenset({Retry}) | _ANY_TIME,
    Phase.DONE: LATE,
    Phase.STOPPED: LATE,
    Phase.INCOMPLETE: LATE | {Retry, Continue},
    Phase.FAILED: LATE | {Retry},
}
