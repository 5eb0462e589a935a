"""Ways of reading a cut answer on, each with what it does to bytes that were half an event."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from app.wire import Cursor, Request


class Policy(Enum):
    """What a resumed stream begins with."""

    KEEP = "the next byte"  # the decoder goes on as if nothing had been
    RESET = "the next event"  # half an event is thrown away
    REPLAY = "everything again"  # read off-screen, until it has passed what is shown


@dataclass(frozen=True, slots=True)
class Way:
    """One way of reading on.

    `name` says where from, in a person's words. `request` makes the request for what follows a
    cursor of the answer with that ID; None where this answer cannot be had that way.
    """

    name: str
    policy: Policy
    request: Callable[[Cursor, str], Request | None]
    # On this device, where it costs nothing to ask and needs no network.
    is_local: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """One request for an answer, with all that goes with it.

    Args:
        request: the request.
        address: where it goes in the end, if something on this device passes it on.
        ways: how it is read on, the best first.
        stop: gives, by the answer's ID, the requests that end it at the servers.
        forget: the requests that clear what was kept of it, once the page has it safe.
        beginning: the text that the model was given to go on from; empty if it answers anew.
    """

    request: Request
    address: str = ""
    ways: tuple[Way, ...] = ()
    stop: Callable[[str], tuple[Request, ...]] = lambda _answer_id: ()
    forget: tuple[Request, ...] = ()
    beginning: str = ""


START = Cursor(received_bytes=0, last_event_id="", sequence_number=None)
