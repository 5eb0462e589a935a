"""The protocols that servers speak, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from app.wire.protocols.ag_ui import AG_UI
from app.wire.protocols.ai_sdk import AI_SDK
from app.wire.protocols.anthropic import ANTHROPIC
from app.wire.protocols.gemini import GEMINI
from app.wire.protocols.interface import Dialect
from app.wire.protocols.ollama import OLLAMA
from app.wire.protocols.openai_chat import OPENAI_CHAT
from app.wire.protocols.openai_responses import OPENAI_RESPONSES

__all__ = ["DIALECTS", "Dialect", "UnknownProtocolError", "dialect"]

_KNOWN = (OPENAI_CHAT, OPENAI_RESPONSES, ANTHROPIC, GEMINI, OLLAMA, AG_UI, AI_SDK)
DIALECTS: Mapping[str, Dialect] = MappingProxyType({known.name: known for known in _KNOWN})


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
