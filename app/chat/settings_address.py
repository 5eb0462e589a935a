"""What a link may change in the settings: only what the file allows, and never where a key goes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.chat.origins import origin_of
from app.chat.setting_values import UnfitError
from app.chat.settings import SETTING_NAMES, TEXT_CHECKS, Settings


@dataclass(frozen=True, slots=True)
class Refusal:
    """A parameter of the page's address that was left out, with the reason as a sentence."""

    name: str
    message: str


def with_address(
    settings: Settings, query: Mapping[str, str], *, key_is_stored: bool = False
) -> tuple[Settings, tuple[Refusal, ...]]:
    """Apply the address's parameters; what may not or cannot be applied is left out.

    Parameters that name no setting say nothing: they may belong to the site around the page.

    Args:
        settings: what the file says.
        query: parameters of the page's address, decoded.
        key_is_stored: whether the browser keeps an access key. The parameter `endpoint` is then
            refused, since the key would go along.

    Returns:
        The settings, and what was left out of them.
    """
    changes: dict[str, Any] = {}
    refusals: list[Refusal] = []
    for name in SETTING_NAMES:
        if name not in query:
            continue
        try:
            changes[name] = _checked(name, query[name], settings, key_is_stored)
        except _LeftOutError as reason:
            words = f'The address\'s parameter "{name}" is left out: {reason}'
            refusals.append(Refusal(name, words))
    return replace(settings, **changes), tuple(refusals)


class _LeftOutError(Exception):
    """Why a parameter is left out, as the rest of a sentence."""


def _checked(name: str, text: str, settings: Settings, key_is_stored: bool) -> str:
    if name not in settings.overridable:
        raise _LeftOutError('"overridable" in pyscript.toml has no such entry.')
    try:
        value = TEXT_CHECKS[name](text)
    except UnfitError as unfit:
        raise _LeftOutError(f"it {unfit}") from None
    if name == "endpoint":
        _check_endpoint(value, settings, key_is_stored)
    return value


def _check_endpoint(endpoint: str, settings: Settings, key_is_stored: bool) -> None:
    if key_is_stored:
        raise _LeftOutError(
            "a stored access key would be sent there. Remove the key or the parameter."
        )
    if origin_of(endpoint) not in {origin_of(settings.endpoint), *settings.allowed_origins}:
        raise _LeftOutError('its server is not in "allowed_origins" in pyscript.toml.')
