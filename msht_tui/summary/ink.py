"""How the page is set: text that is never markup, glyphs that the terminal has, and the few shapes that the sections share."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import msgspec
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from msht_tui.summary.words import one_line, shown

Piece: TypeAlias = str | tuple[str, str]
"""Words, or words with a style."""

PLAIN = str.maketrans({"·": "|", "─": "-", "█": "#", "░": ".", "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})
"""What ASCII puts for the signs that the page and careful typists use."""


class Ink(msgspec.Struct, frozen=True):
    """Styles by what they tell. None is the only sign of anything: the words say it too."""

    quiet: str
    heavy: str = "bold"
    alarm: str = "bold red"
    amber: str = "yellow"


TERMINAL = Ink(quiet="dim")
PAPER = Ink(quiet="bright_black")
"""For white pages: dim would fall below the contrast that small type needs."""


class Pen(msgspec.Struct, frozen=True):
    """Writes text that is safe wherever it is shown."""

    ink: Ink = TERMINAL
    ascii: bool = False
    """Whether nothing outside ASCII may be written; a letter beyond it is then shown by its code point."""

    def text(self, *pieces: Piece, style: str = "") -> Text:
        """One text of these pieces; line breaks stay, and nothing in it is read as markup."""
        text = Text(style=style, overflow="fold")
        for piece in pieces:
            words, of = (piece, "") if isinstance(piece, str) else piece
            text.append(self.plain(words), of or None)
        return text

    def quiet(self, *words: str) -> Text:
        """Text that recedes."""
        return self.text(*words, style=self.ink.quiet)

    def plain(self, words: str) -> str:
        """The words without what a terminal would obey, in the letters it has."""
        safe = shown_inside(words).replace("\t", "    ").replace("\u2028", "\n").replace("\u2029", "\n")
        return safe.translate(PLAIN).encode("ascii", "backslashreplace").decode() if self.ascii else safe

    def said(self, before: str, words: str, style: str = "") -> Text:
        """What somebody wrote, after words of ours; from right to left it stands in a line of its own."""
        gap = "\n" if before and right_to_left(words) else " " if before else ""
        return self.text(before + gap, words, style=style)


def shown_inside(words: str) -> str:
    """As `shown`, with the spaces at both ends kept: pieces are joined to others."""
    core = words.strip(" \n")
    before, _, after = words.partition(core) if core else (words, "", "")
    return before + shown(core) + after


def right_to_left(words: str) -> bool:
    """Whether any letter of it is read from right to left."""
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in words)


class Heading:
    """A section's title, a rule to the margin, and what there is of it at the right."""

    def __init__(self, pen: Pen, title: str, right: str = "") -> None:
        self.pen = pen
        self.title = title
        self.right = right

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        right = f" {self.right}" if self.right else ""
        room = options.max_width - cell_len(self.title) - cell_len(right) - 1
        yield self.pen.text((f"{self.title} ", self.pen.ink.heavy), ("─" * max(room, 0), self.pen.ink.quiet), right)


class Flow:
    """Short texts one after another, broken between them and never inside one that fits a line."""

    def __init__(self, pen: Pen, parts: Iterable[Text], between: str = " · ") -> None:
        self.between = pen.quiet(between)
        self.parts = list(parts)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines: list[Text] = []
        for part in self.parts:
            alone = right_to_left(part.plain)
            fits = bool(lines) and lines[-1].cell_len + self.between.cell_len + part.cell_len <= options.max_width
            if fits and not alone and not right_to_left(lines[-1].plain):
                lines[-1].append_text(self.between).append_text(part)
            else:
                lines.append(Text(overflow="fold").append_text(part))
        yield from lines

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        widths = [part.cell_len for part in self.parts] or [0]
        total = sum(widths) + self.between.cell_len * (len(widths) - 1)
        return Measurement(min(max(widths), options.max_width), min(total, options.max_width))


class Column(msgspec.Struct, frozen=True):
    """A column of a ledger: so many cells wide, or what is left."""

    width: int | None = None


def ledger(columns: Sequence[Column], rows: Iterable[Sequence[RenderableType]]) -> Table:
    """Rows in columns that do not move from section to section."""
    table = Table.grid(padding=(0, 1), expand=True)
    for column in columns:
        if column.width is None:
            table.add_column(ratio=1, overflow="fold")
        else:
            table.add_column(width=column.width, overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def widest(words: Iterable[str], least: int, most: int) -> int:
    """The cells that the longest of these takes, within bounds."""
    return min(max([least, *(cell_len(one_line(word)) for word in words)]), most)
