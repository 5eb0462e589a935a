"""No address in any of the shared hostile texts becomes one that runs, loads by itself or hides."""

import html
import re
from collections.abc import Iterator

from app.markup.destinations import read_link, read_picture
from tests.conformance.vectors import load

VECTORS = load("xss.json")["vectors"]
_ADDRESS = re.compile(r"(?:href|src|action)\s*=\s*[\"']?([^\"'> ]*)|\]\(([^)]*)\)|<([^>]*)>", re.I)


def addresses(payload: str) -> Iterator[str]:
    """Yield what some parser might take for an address."""
    found = [payload, *re.split(r"[\s\"'<>()\[\]]+", payload)]
    found += [part for match in _ADDRESS.findall(payload) for part in match]
    for address in found:
        yield from (address, html.unescape(address), address.lower())


def test_links_and_pictures_are_harmless() -> None:
    for vector in VECTORS:
        for address in addresses(vector["payload"]):
            href = read_link(address).href
            assert href is None or re.fullmatch(r"(https?://|mailto:)[!-~]+", href)
            source = read_picture(address, "").source
            picture = r"https?://[!-~]+|data:image/(png|jpeg|gif|webp);base64,[0-9A-Za-z+/]+=*"
            assert source is None or re.fullmatch(picture, source)
