"""Reads HTML into comparable lists and takes away what may differ between two renderers."""

from html.parser import HTMLParser

BLOCKS = {"p", "ul", "ol", "li", "blockquote", "pre", "hr", "br", "table", "thead", "tbody", "tr"}
BLOCKS |= {"th", "td"} | {f"h{n}" for n in range(1, 7)}
VOID = {"br", "hr", "img", "input"}
EDGE = ("edge",)
Part = tuple[str, ...]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Part] = []
        # Open elements: tag, whether it is left out, whether it is a tight list or its item.
        self._open: list[tuple[str, bool, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        parent = self._open[-1] if self._open else ("", False, False)
        tight = attributes.get("class") == "tight" if tag in ("ul", "ol") else False
        if tight:
            del attributes["class"]
        if tag == "li":
            tight = parent[2]
        chunk = tag == "span" and attributes.get("class") == "chunk"
        hidden = chunk or (tag == "p" and parent[0] == "li" and parent[2])
        if not hidden:
            values = [f"{name}={value or ''}" for name, value in sorted(attributes.items())]
            self.parts.append(("open", tag, *values))
        elif not chunk:
            self.parts.append(EDGE)
        if tag not in VOID:
            self._open.append((tag, hidden, tight))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        opened, hidden, _ = self._open.pop()
        assert opened == tag
        if not hidden:
            self.parts.append(("close", tag))
        elif tag == "p":
            self.parts.append(EDGE)

    def handle_data(self, data: str) -> None:
        self.parts.append(("text", data))


def comparable(html: str) -> list[Part]:
    """The parts of some HTML without tight paragraphs, code chunks and blanks between blocks."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    joined: list[Part] = []
    for part in reader.parts:
        if part[0] == "text" and joined and joined[-1][0] == "text":
            joined[-1] = ("text", joined[-1][1] + part[1])
        else:
            joined.append(part)
    return [part for part in _without_blanks(joined) if part not in (EDGE, ("text", ""))]


def _is_edge(parts: list[Part], index: int) -> bool:
    if not 0 <= index < len(parts):
        return True
    part = parts[index]
    return part is EDGE or (part[0] in ("open", "close") and part[1] in BLOCKS)


def _without_blanks(parts: list[Part]) -> list[Part]:
    result: list[Part] = []
    in_pre = False
    for index, part in enumerate(parts):
        if part[0] in ("open", "close") and part[1] == "pre":
            in_pre = part[0] == "open"
        elif part[0] == "text" and not in_pre:
            text = part[1]
            text = text.lstrip(" \t\n") if _is_edge(parts, index - 1) else text
            text = text.rstrip(" \t\n") if _is_edge(parts, index + 1) else text
            result.append(("text", text))
            continue
        result.append(part)
    return result
