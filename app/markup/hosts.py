"""Where an address leads: the host that is really asked, in letters nobody can forge.

Every name is given in ASCII: a label with other letters as `xn--…`, always. Browsers show some of
those as they are written, by rules that need tables of look-alikes; here nothing looks alike.
Source: URL Living Standard, "host parsing"; RFC 3492 for the form of the labels.
"""

import re
import unicodedata
from ipaddress import AddressValueError, IPv6Address
from typing import Final

_DOTS: Final = re.compile("[.\u3002\uff0e\uff61]")
_ASCII_LABEL: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\Z")
_NUMBER: Final = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")
_IPV4_PART: Final = re.compile(r"(?:0|[1-9][0-9]{0,2})\Z")
# DNS: RFC 1035, 2.3.4.
_MAX_LABEL: Final = 63
_MAX_HOST: Final = 253
_IPV4_PARTS: Final = 4


def host_of(name: str) -> str | None:
    """Return a host's name in ASCII and lower case, or None if no browser should ask it.

    Numbers that only some programs read as an address (`0x7f.1`, `2130706433`) are refused, and
    so are labels of anything but letters, marks and digits.
    """
    if name.startswith("["):
        return _ipv6(name)
    labels = [_label(label) for label in _DOTS.split(name)]
    if labels and labels[-1] == "":
        labels.pop()  # the root's dot changes nothing
    host = ".".join(label or "" for label in labels)
    if not all(labels) or not host or len(host) > _MAX_HOST:
        return None
    if _NUMBER.match(host.rpartition(".")[2]):
        return host if _is_ipv4(host) else None
    return host


def is_within(host: str, claimed: str) -> bool:
    """Tell whether a host is the claimed one or belongs to it, as docs.a.org does to a.org."""
    claimed = claimed.removeprefix("www.")
    return bool(claimed) and (host == claimed or host.endswith("." + claimed))


def _label(label: str) -> str | None:
    """Return a label in ASCII; it may be empty. None if it cannot be a label."""
    if not label.isascii():
        label = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).lower())
        if not label.isascii():
            if not all(c == "-" or unicodedata.category(c)[0] in "LMN" for c in label):
                return None
            label = "xn--" + label.encode("punycode").decode("ascii")
    label = label.lower()
    if label and (not _ASCII_LABEL.match(label) or len(label) > _MAX_LABEL):
        return None
    return label


def _is_ipv4(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == _IPV4_PARTS and all(
        _IPV4_PART.match(part) and int(part) <= 255 for part in parts
    )


def _ipv6(name: str) -> str | None:
    try:
        return f"[{IPv6Address(name[1:-1])}]" if name.endswith("]") and "%" not in name else None
    except AddressValueError:
        return None
