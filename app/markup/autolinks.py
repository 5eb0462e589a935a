"""Addresses that are links without brackets: `<https://…>`, and GFM's bare ones.

Source: CommonMark 0.31.2, section 6.5; GFM 0.29, section 6.9. Like cmark-gfm, and unlike the
text of GFM, a host may be a single word when a scheme stands before it (`http://localhost`).
"""

import re
from dataclasses import dataclass
from typing import Final

from app.markup.links import allowed_address, readable_address

_URI: Final = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.\-]{1,31}:[^<>\x00-\x20]*)>")
_OPEN_URI: Final = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.\-]{1,31}:[^<>\x00-\x20]*)\Z")
_LABEL: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL: Final = re.compile(rf"<([a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*)>")
_HALF_ANGLE: Final = re.compile(r"<[^<> \t\n]*\Z")

_BEFORE_BARE: Final = frozenset(" \t\n\v\f\r*_~(")
_SCHEME: Final = re.compile(r"(?:https?|ftp)://|www\.")
_HOST: Final = re.compile(r"[\w\-]+(?:\.[\w\-]+)*")
_REST: Final = re.compile(r"[^\s<]*")
_REST_IN_BRACKETS: Final = re.compile(r"[^\s<\]]*")
_BARE_EMAIL: Final = re.compile(r"[A-Za-z0-9._+\-]+@[A-Za-z0-9_\-]+(?:\.[A-Za-z0-9_\-]+)*")
_MORE_HOST: Final = re.compile(r"[A-Za-z0-9._\-]*")
# What may become an address when more comes. Hosts are shorter (RFC 1035: 255).
_HALF_BARE: Final = re.compile(r"[^\s<]{0,300}\Z")
_TRAILING: Final = "?!.,:*_~'\""
_TRAILING_ENTITY: Final = re.compile(r"&[A-Za-z0-9]+;\Z")
# Longest address without brackets; more is text. Browsers take about 2,000 characters.
_MAX_BARE: Final = 2048


@dataclass(frozen=True, slots=True)
class Rest:
    """What may come after an address: text that follows the source, a bracket around it."""

    may_follow: bool
    in_brackets: bool


@dataclass(frozen=True, slots=True)
class Autolink:
    """An address that ends before `end`, shown as `text`; without `address` it may still grow."""

    text: str
    address: str | None
    end: int


def in_angles(source: str, position: int, whole: bool) -> Autolink | None:
    """Read the autolink in angle brackets at a position, perhaps one that is not closed yet."""
    match = _URI.match(source, position)
    if match:
        address = allowed_address(match.group(1))
        if address is None:
            return None
        return Autolink(readable_address(match.group(1)), address, match.end())
    match = _EMAIL.match(source, position)
    if match:
        address = allowed_address("mailto:" + match.group(1))
        return Autolink(match.group(1), address, match.end()) if address else None
    match = None if whole else _OPEN_URI.match(source, position)
    if match and allowed_address(match.group(1)) is not None:
        return Autolink(match.group(1), None, match.end())
    return None


def may_become_angles(source: str, position: int) -> bool:
    """Tell whether all that follows may be the beginning of an autolink in angle brackets."""
    return _HALF_ANGLE.match(source, position) is not None


def bare(source: str, position: int, before: str, rest: Rest) -> Autolink | None:
    """Read GFM's extended autolink at a position whose character before is given."""
    if before and before not in _BEFORE_BARE:
        return None
    scheme = _SCHEME.match(source, position)
    if scheme is None:
        return _email(source, position, rest)
    host = _HOST.match(source, scheme.end(), position + _MAX_BARE)
    if host is None or not _is_host(host.group(), scheme.group() == "www."):
        return None
    pattern = _REST_IN_BRACKETS if rest.in_brackets else _REST
    end = _end(pattern, source, host.end(), position + _MAX_BARE)
    text = _without_trailing(source[position:end])
    if len(text) <= len(scheme.group()):
        return None
    if rest.may_follow and end == len(source):
        return Autolink(text, None, end)
    address = allowed_address(("http://" if scheme.group() == "www." else "") + text)
    return Autolink(text, address, position + len(text)) if address else None


def may_become_bare(source: str, position: int) -> bool:
    """Tell whether text that follows the source may make a bare link of its last word."""
    return _HALF_BARE.match(source, position) is not None


def _email(source: str, position: int, rest: Rest) -> Autolink | None:
    match = _BARE_EMAIL.match(source, position, position + _MAX_BARE)
    if match is None:
        return None
    text = match.group()
    if rest.may_follow and _end(_MORE_HOST, source, match.end(), len(source)) == len(source):
        return Autolink(text, None, len(source))
    if "." not in text[text.index("@") :] or text[-1] in "-_":
        return None
    address = allowed_address("mailto:" + text)
    return Autolink(text, address, match.end()) if address else None


def _end(pattern: re.Pattern[str], source: str, start: int, limit: int) -> int:
    match = pattern.match(source, start, limit)
    return match.end() if match else start


def _is_host(host: str, needs_period: bool) -> bool:
    labels = host.split(".")
    if needs_period and len(labels) < 2:
        # `www.` was consumed before: one label after it is enough.
        return bool(labels[0].strip("_-")) and "_" not in labels[0]
    return not any("_" in label for label in labels[-2:])


def _without_trailing(text: str) -> str:
    while text:
        if text[-1] in _TRAILING or (text[-1] == ")" and text.count(")") > text.count("(")):
            text = text[:-1]
        elif text[-1] == ";":
            entity = _TRAILING_ENTITY.search(text)
            text = text[: entity.start()] if entity else text[:-1]
        else:
            break
    return text
