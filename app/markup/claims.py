"""What the text of a link says about where it leads.

Text that names a host, such as `paypal.com` or `https://paypal.com/login`, is a claim. It holds if
the link leads to that host or to one within it. Names of files look the same (`setup.py`,
`README.md`, where .py is Paraguay and .md Moldova); they are claims only after `//` or `www.`.
Weak: hosts whose names end in a rarer word, such as `.yoga`, are claims only then, too.
"""

import re
import unicodedata
from typing import Final

from app.markup.hosts import host_of, is_within

# Longest text that is looked at, its blanks counted once; what a link shows is seldom longer than a
# line. A longer one claims what nobody knows.
_MAX_TEXT: Final = 2000
_BLANKS: Final = re.compile(r"\s+")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0000-\U000e0fff]"
)
_WORD: Final = re.compile(r"[\w.@+%~\-\u3002]+")
# Thai, Lao, Khmer, Chinese, Japanese, Korean: a host stands in a sentence without a blank.
_WITHOUT_BLANKS: Final = re.compile(
    "[\u0e00-\u0eff\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)
_FOREIGN: Final = re.compile(r"(?:^|\.)xn--")
_PATH: Final = re.compile(r"(?:[/?#:]\S*)?")
_AROUND: Final = ".-_+%~\u3002"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Ends of names that everybody takes for a host's, beside the countries' two letters.
_COMMON_ENDS: Final = _words(
    """com org net edu gov mil int info biz pro app dev cloud online site website web shop store
    tech blog news wiki live email bank finance money pay credit crypto insurance health legal
    law social chat top xyz icu vip fun agency support help solutions systems academy"""
)
# Two letters that end the names of files more often than those of hosts.
_FILE_ENDS: Final = _words("as cc cs gz hs js la md ml mm pl pm ps py rb rs sc sh so st sv ts vb")
_COUNTRY: Final = re.compile(r"[a-z]{2}\Z")
_PROGRAMS: Final = frozenset({"asp.net", "socket.io"})


def contradicted_claim(text: str, destination: str) -> str:
    """Return the first host or mail address that the text names falsely, or "".

    A text is a claim as a whole if it is too long to be looked at, or if the host has letters that
    are not ASCII and the text does not show it as `xn--…`.

    Args:
        text: what the link shows.
        destination: the link's host, or its mail address.
    """
    mailbox, _, host = destination.rpartition("@")
    shown = _BLANKS.sub(" ", _INVISIBLE.sub("", text))
    if len(shown) > _MAX_TEXT:
        return shown[:_MAX_TEXT]
    plain = unicodedata.normalize("NFKC", shown)
    if _FOREIGN.search(host) and host not in plain.lower():
        return plain  # letters of many scripts look like those of another name
    path_end = 0
    for match in _WORD.finditer(plain):
        word = match.group().strip(_AROUND)
        if ("." not in word and "\u3002" not in word) or match.start() < path_end:
            continue
        named_box, at, name = word.rpartition("@")
        after_slashes = plain.endswith("//", 0, match.start())
        if claim := _false_name(name, after_slashes or bool(at), host):
            return f"{named_box}@{claim}" if at else claim
        if at and mailbox and named_box.lower() != mailbox.lower():
            return word
        # `https://paypal.com@evil.example` is read from the left.
        if at and not mailbox and (claim := _false_name(named_box, False, host)):
            return claim
        # What is behind a true host may look like one: https://example.com/paypal.com
        if is_within(host, host_of(name) or ""):
            path = _PATH.match(plain, match.end())
            path_end = path.end() if path else 0
    return ""


def _false_name(name: str, surely: bool, host: str) -> str:
    """Return the host that a word names, if it names one and the link leads elsewhere."""
    whole = host_of(name)
    if whole is not None and is_within(host, whole):
        return ""
    if _WITHOUT_BLANKS.search(name):
        parts = [host_of(part.strip(_AROUND)) for part in _WITHOUT_BLANKS.split(name)]
        claims = [part for part in parts if part is not None and _looks_like_host(part)]
        if claims:
            return next((claim for claim in claims if not is_within(host, claim)), "")
    return whole if whole is not None and (surely or _looks_like_host(whole)) else ""


def _looks_like_host(name: str) -> bool:
    rest, _, end = name.rpartition(".")
    if not rest or name in _PROGRAMS:
        return False
    # An end in letters that are not ASCII may look like a common one.
    if name.startswith("www.") or end in _COMMON_ENDS or end.startswith("xn--"):
        return True
    if end.isdecimal():
        return True  # an address of four numbers
    return bool(_COUNTRY.match(end)) and end not in _FILE_ENDS
