"""What a link or a picture that a model wrote may do.

Goals: an address leads where a person sees that it leads, or nowhere; what a model read in
secret does not leave inside an address unasked.
Plan: read the address as browsers do; refuse what two readers may read in two ways; write it
anew from its parts, in ASCII. Refusing shows the source, so it costs little.
Weak: a short secret fits into any address. No limit stops that; only asking at every link would.
Source: URL Living Standard, "URL parsing"; RFC 6068 for mailto; EchoLeak, CVE-2025-32711.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from app.markup.claims import contradicted_claim
from app.markup.hosts import host_of
from app.markup.visible import visible

# Browsers drop these before they read an address.
_DROPPED_INSIDE: Final = re.compile(r"[\t\n\r]")
_DROPPED_AROUND: Final = "".join(map(chr, range(0x21)))
_CONTROL: Final = re.compile(r"[\0-\x1f\x7f-\x9f\ud800-\udfff]")
_WEB: Final = re.compile(r"(https?)://([^/?#\\]+)([^?#]*)(.*)", re.IGNORECASE)
_MAIL: Final = re.compile(r"mailto:([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_AUTHORITY: Final = re.compile(r"(\[[^\]]*\]|[^:]*)(?::([0-9]{0,5}))?")
_MAILBOX: Final = re.compile(r"[\w.!#$&'*+/=^`{|}~%-]+")
_LINE_BREAK: Final = re.compile(r"%0[ad]", re.IGNORECASE)
_STRAY_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
# What stays as it is; markdown-it keeps the same.
_PLAIN: Final = "%;/?:@&=+$,-_.!~*'()#"
_MAX_PORT: Final = 65535

# When an address can carry more than an address needs, a person is asked before it opens. A search
# for a sentence fits into 64 characters, a video, a heading and a page number as well; an access
# key, a mail or a summary of a talk does not. 200 is twice a long path of a news page. A run
# without separators is 40 in a Git commit and 32 in a UUID; longer ones are data.
_MAX_QUERY: Final = 64
_MAX_PATH: Final = 200
_LONG_RUN: Final = re.compile(r"[0-9A-Za-z+=~%]{41}")
# Names are asked of the sender's server too: `secret.evil.example` tells it the secret.
_MAX_HOST: Final = 64
_MAX_LABEL: Final = 32

# 1 MiB in characters; a screenshot is less. Pictures in an answer's text are thumbnails.
_MAX_DATA: Final = 1 << 20
_DATA: Final = re.compile(
    r"data:image/(png|jpeg|gif|webp);base64,([0-9A-Za-z+/]+={0,2})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads.

    `href` is the whole address, safe to set, or None: then the link is text. `host` is what to
    show of it: the host, for mail the address. `claim` is what the link's text says instead, or
    "". With `asks` the page shows the address and asks before it opens.
    """

    href: str | None
    host: str = ""
    claim: str = ""
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a person may ask to see: it never loads by itself.

    `source` is the safe address, or None if it is never to be loaded. `host` is who would learn
    of it; "" for a picture that is in the text. `asks` as for a link.
    """

    source: str | None
    alt: str
    host: str = ""
    asks: bool = False


_NOWHERE: Final = Link(None)


def read_link(address: str, text: str = "") -> Link:
    """Return what a link may do.

    Args:
        address: as the parser found it, with entities and escapes decoded.
        text: all that is shown for the link.
    """
    link = _read(address)
    if link.href is None or not text:
        return link
    claim = contradicted_claim(text, link.host)
    return Link(link.href, link.host, claim, link.asks) if claim else link


def read_picture(address: str, alt: str) -> Picture:
    """Return what a picture may do; its alternative text with hidden characters shown."""
    alt = visible(alt)
    bare = _DROPPED_INSIDE.sub("", address.strip(_DROPPED_AROUND))
    if len(bare) <= _MAX_DATA and (data := _DATA.fullmatch(bare)):
        return Picture(f"data:image/{data[1].lower()};base64,{data[2]}", alt)
    link = _read_web(bare)
    return Picture(link.href, alt, link.host, link.asks)


def _read(address: str) -> Link:
    bare = _DROPPED_INSIDE.sub("", address.strip(_DROPPED_AROUND))
    mail = _MAIL.fullmatch(bare)
    return _read_mail(mail[1], mail[2] or "") if mail else _read_web(bare)


def _read_web(address: str) -> Link:
    parts = _WEB.fullmatch(address)
    if parts is None or _CONTROL.search(address):
        return _NOWHERE
    scheme, authority, path, rest = parts.groups()
    place = _AUTHORITY.fullmatch(authority)
    # In a path `\` is `/` to browsers and to nobody else; so is `\` before the path.
    if place is None or "\\" in path or (path and path[0] != "/"):
        return _NOWHERE
    host = host_of(place[1])
    port = int(place[2]) if place[2] else None
    if host is None or (port or 0) > _MAX_PORT:
        return _NOWHERE
    end = f":{port}" if port is not None else ""
    href = f"{scheme.lower()}://{host}{end}{_encoded(path)}{_encoded(rest)}"
    return Link(href, host, asks=_carries_much(host, path, rest))


def _read_mail(receiver: str, headers: str) -> Link:
    mailbox, _, domain = receiver.rpartition("@")
    host = host_of(domain)
    if not host or not _MAILBOX.fullmatch(mailbox) or not mailbox.isascii():
        return _NOWHERE
    # A line break would begin a header of its own.
    if _CONTROL.search(headers) or _LINE_BREAK.search(mailbox + headers) or "\\" in headers:
        return _NOWHERE
    href = f"mailto:{_encoded(mailbox)}@{host}" + (f"?{_encoded(headers)}" if headers else "")
    names = {field.partition("=")[0].lower() for field in re.split("[&;]", headers) if field}
    asks = not names <= {"subject"} or _carries_much(host, mailbox, headers)
    return Link(href, f"{mailbox}@{host}", asks=asks)


def _encoded(part: str) -> str:
    return quote(_STRAY_PERCENT.sub("%25", part), safe=_PLAIN)


def _carries_much(host: str, path: str, rest: str) -> bool:
    """Tell whether an address is so long that it may carry off what a model knows."""
    # Counted as people read it: a letter of Tokyo's name is nine characters otherwise.
    path, rest = unquote(path), unquote(rest)
    return (
        len(rest) > _MAX_QUERY
        or len(path) > _MAX_PATH
        or len(host) > _MAX_HOST
        or max(map(len, host.split("."))) > _MAX_LABEL
        or _LONG_RUN.search(path) is not None
        or _LONG_RUN.search(rest) is not None
    )
