"""The phases of a turn and the ways between them, as tables.

Text in the answer is what tells an answer cut short from none at all, so STREAMING begins with
the first character of it, not with the first byte.
"""

from collections.abc import Mapping
from enum import Enum

from app.chat.steps import Begin, Chunk, Ended, Failed, Responded, Step, Stop


class Phase(Enum):
    """How far one attempt at an answer has come."""

    READY = "ready"  # nothing is asked yet
    CONNECTING = "connecting"  # the request is out
    RESPONDED = "responded"  # status and headers are there, no text yet
    STREAMING = "streaming"  # text arrives
    DONE = "done"  # the answer is whole
    STOPPED = "stopped"  # the person stopped it
    INCOMPLETE = "incomplete"  # text came, then it ended badly
    FAILED = "failed"  # it ended badly and no text came


class Move(Enum):
    """What a step came to, once its content is known."""

    BEGIN = "begin"
    RESPOND = "respond"
    WRITE = "write"  # text for the answer
    COMPLETE = "complete"
    LOSE = "lose"  # cut, refused or failed: it ends badly
    STOP = "stop"


NEXT: Mapping[Phase, Mapping[Move, Phase]] = {
    Phase.READY: {Move.BEGIN: Phase.CONNECTING, Move.STOP: Phase.STOPPED},
    Phase.CONNECTING: {
        Move.RESPOND: Phase.RESPONDED,
        Move.LOSE: Phase.FAILED,
        Move.STOP: Phase.STOPPED,
    },
    # An answer that ends here has no text: whatever the server says, it is not complete.
    Phase.RESPONDED: {
        Move.WRITE: Phase.STREAMING,
        Move.LOSE: Phase.FAILED,
        Move.STOP: Phase.STOPPED,
    },
    Phase.STREAMING: {
        Move.WRITE: Phase.STREAMING,
        Move.COMPLETE: Phase.DONE,
        Move.LOSE: Phase.INCOMPLETE,
        Move.STOP: Phase.STOPPED,
    },
    Phase.DONE: {},
    Phase.STOPPED: {},
    Phase.INCOMPLETE: {},
    Phase.FAILED: {},
}

ENDED = frozenset(phase for phase, ways in NEXT.items() if not ways)

# The network and the person race with the end: what they say after it is ignored.
LATE = frozenset({Responded, Chunk, Ended, Failed, Stop})

ACCEPTED: Mapping[Phase, frozenset[type[Step]]] = {
    Phase.READY: frozenset({Begin, Stop}),
    Phase.CONNECTING: frozenset({Responded, Failed, Stop}),
    Phase.RESPONDED: frozenset({Chunk, Ended, Failed, Stop}),
    Phase.STREAMING: frozenset({Chunk, Ended, Failed, Stop}),
    **dict.fromkeys(ENDED, LATE),
}
