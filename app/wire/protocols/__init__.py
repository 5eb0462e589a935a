"""The protocols that servers speak, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from app.wire.protocols.interface import Dialect
from app.wire.protocols.openai_chat import OPENAI_CHAT

__all__ = ["DIALECTS", "Dialect", "UnknownProtocolError", "dialect"]

DIALECTS: Mapping[str, Dialect] = MappingProxyType({known.name: known for known in (OPENAI_CHAT,)})


class UnknownProtocolError(ValueError):
    """No dialect has that name; the message lists those that exist."""


def dialect(name: str) -> Dialect:
    """Return the dialect of that name.

    Raises:
        UnknownProtocolError: there is none.
    """
    try:
        return DIALECTS[name]
    except KeyError:
        known = ", ".join(sorted(DIALECTS))
        raise UnknownProtocolError(
            f'Unknown protocol "{name}". Known protocols: {known}.'
        ) from None
