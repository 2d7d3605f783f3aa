"""What may reach a terminal or leave as a page when nobody's text is taken for more than text; anything else is named."""

from __future__ import annotations

import json
import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any

LAYOUT = re.compile(
    r"\x1b\[[0-9;:]*m"  # colour and weight
    r"|\x1b\[[0-9]+;[0-9]+H"  # to a cell
    r"|\x1b\[\?2026[hl]"  # a whole frame at once
    r"|\x1b\]22;[a-z-]+\x07"  # the shape of the mouse pointer
    r"|\x07"  # the bell, where a field is full
)
"""The only sequences by which Textual lays out a screen. Texts hold such ones too: what is drawn is looked at by itself first."""
PROGRAM = re.compile(
    r"\x1b\[\?(?:1|7|25|100[02346]|101[56]|1049|2004|20(?:26|27|31|48))(?:[hl]|\$p)"  # modes, and questions after them
    r"|\x1b\[[<>][0-9;]*u|\x1b\[\?u|\x1b\[c|\x1b\[>c|\x1b\[[0-9]*t|\x1b\[[0-9]*n|\x1b\[!p|\x1b\[[0-9]* q"  # keyboard, size, cursor
)
"""What Textual's driver writes besides, where a real terminal begins and ends."""
DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\U000e0000-\U000e007f]")
HTML_TAGS = {
    "html": {"lang"},
    "head": set[str](),
    "meta": {"charset", "name", "content"},
    "title": set[str](),
    "style": set[str](),
    "body": set[str](),
    "main": set[str](),
    "pre": set[str](),
    "span": {"class"},
}
"""Tag to the attributes it may have."""
SVG_TAGS = {"svg", "title", "style", "defs", "clipPath", "rect", "g", "text"}
SVG_ATTRIBUTES = {
    *("viewBox", "role", "id", "class", "x", "y", "width", "height", "fill", "textLength", "clip-path", "shape-rendering", "transform"),
}


def obeyed(text: str, unseen: Sequence[str] = ("Co", "Cn")) -> set[str]:
    """The code points in a text that a terminal obeys, that turn or hide others, or that nobody can see (the categories `unseen`)."""
    kinds = ("Cc", "Cs", "Zl", "Zp", *unseen)
    others = {one for one in set(text) if unicodedata.category(one) in kinds and one != "\n"}
    return {f"U+{ord(one):04X}" for one in (*DIRECTION.findall(text), *others)}


def obeyed_when_drawn(written: str, *, whole_program: bool = False) -> set[str]:
    """The same of what was written to a terminal, where layout is put into sequences; `whole_program` from its start to its end."""
    text = LAYOUT.sub("", written)
    return obeyed((PROGRAM.sub("", text) if whole_program else text).replace("\r\n", "\n").replace("\r", ""))


class _Tags(HTMLParser):
    """Every tag of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.titles = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        allowed = HTML_TAGS.get(tag)
        if allowed is None or not {name for name, _ in attrs} <= allowed:
            self.wrong.append(f"<{tag} {dict(attrs)}>")
        self.titles += tag == "title"
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        self.wrong.append("a comment")

    def handle_pi(self, data: str) -> None:
        self.wrong.append("a processing instruction")


def wrong_in_html(page: str) -> Iterator[str]:
    """What is live or broken in an HTML page, and what a terminal obeys in it."""
    page.encode("utf-8")
    tags = _Tags()
    tags.feed(page)
    tags.close()
    yield from tags.wrong
    if tags.open or tags.titles != 1:
        yield f"open at the end: {tags.open}; {tags.titles} titles"
    yield from obeyed(page)


def wrong_in_svg(page: str) -> Iterator[str]:
    """The same of an SVG picture, which has to be well-formed XML without a document type."""
    page.encode("utf-8")
    if "<!" in page or "<?" in page:
        yield "a declaration"
    try:
        root = ElementTree.fromstring(page)
    except ElementTree.ParseError as error:
        yield f"not well-formed: {error}"
        return
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag not in SVG_TAGS or not set(element.keys()) <= SVG_ATTRIBUTES:
            yield f"<{tag} {dict(element.items())}>"
    yield from obeyed(page)


def wrong_in_json(page: str) -> Iterator[str]:
    """The same of JSON as it is printed: no number that is none, no name twice, and what a terminal obeys only as an escape."""
    page.encode("utf-8")
    try:
        json.loads(page, parse_constant=_no_constant, object_pairs_hook=_each_once)
    except ValueError as error:
        yield f"no strict JSON: {error}"
    yield from obeyed(page, ())


def wrong_in_text(page: str) -> Iterator[str]:
    """What a terminal obeys in a page of plain text."""
    yield from obeyed(page)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _each_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError(f"a name stands twice among {[name for name, _ in pairs]}")
    return dict(pairs)
