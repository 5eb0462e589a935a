"""Addresses of servers, and the origins that say whom a request may reach.

The form is stricter than RFC 3986 on purpose. Browsers read backslashes, tabs, user names and
percent signs in a host in their own way (WHATWG URL, section 4.4); an address that two parsers
could read differently would let a link send the conversation elsewhere, so it is refused.
"""

import re

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[^\s?#\\\x00-\x1f\x7f]*)?",
    re.IGNORECASE | re.ASCII,
)

_DEFAULT_PORT = {"http": 80, "https": 443}


def origin_of(address: str) -> str | None:
    """Tell the origin of a base address, in the form a browser gives it.

    None when the text is no plain http or https address. An address with a query, a fragment
    or a user name is none: paths are appended to it.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return None
    scheme, host = match["scheme"].lower(), match["host"].lower()
    port = int(match["port"] or _DEFAULT_PORT[scheme])
    if not 1 <= port <= 65535:
        return None
    return f"{scheme}://{host}" if port == _DEFAULT_PORT[scheme] else f"{scheme}://{host}:{port}"


def is_origin(text: str) -> bool:
    """Tell whether the text is an origin: scheme, host and perhaps a port, and no path."""
    match = _ADDRESS.fullmatch(text)
    return match is not None and match["path"] is None and origin_of(text) is not None
