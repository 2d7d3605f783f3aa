"""The panel above a list: lines that never wrap, and a small table of people whose columns give way before a line is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from textual.content import Content
from textual.widgets import Static

Row: TypeAlias = Sequence[Content | tuple[str, str] | str]
"""One line: a single cell stands over the whole width, several cells stand in columns."""

GAP = 2
"""Columns between two cells."""
NARROWEST = 4
"""Columns below which a cell says nothing."""


class Panel(Static):
    """Rows, one line each. What is too long ends in two dots; rows that do not fit are counted on the last line."""

    DEFAULT_CSS = """
    Panel { text-wrap: nowrap; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__("", id=id, classes=classes, markup=False)
        self._rows: tuple[tuple[Content, ...], ...] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self._rows = tuple(tuple(_content(cell) for cell in row) for row in rows)
        self._draw()

    def on_resize(self) -> None:
        """Fit the new size."""
        self._draw()

    def _draw(self) -> None:
        room, height = self.content_size
        if room and height:
            self.update(Content("\n").join(laid_out(self._rows, room, height)))


def laid_out(rows: Sequence[Sequence[Content]], room: int, height: int) -> list[Content]:
    """The rows as at most `height` lines of at most `room` columns."""
    widths = _widths([row for row in rows if len(row) > 1], room)
    lines = [fitted(row[0], room) if len(row) == 1 else _line(row, widths) for row in rows[:height]]
    left_out = len(rows) - height
    if left_out > 0:
        more = Content.styled(f"  +{left_out} more", "bold $warning")
        lines[-1] = fitted(lines[-1].rstrip(), room - more.cell_length) + more
    return lines


def fitted(content: Content, room: int) -> Content:
    """The content in so many columns; what does not fit ends in two dots."""
    return content if content.cell_length <= room else content.truncate(max(room - 2, 0)) + Content("..")


def _content(cell: Content | tuple[str, str] | str) -> Content:
    return cell if isinstance(cell, Content) else Content.assemble(cell)


def _widths(rows: Sequence[Sequence[Content]], room: int) -> list[int]:
    """The width of each column: the widest give way first."""
    columns = max((len(row) for row in rows), default=0)
    widths = [max(row[place].cell_length for row in rows if place < len(row)) for place in range(columns)]
    while widths and sum(widths) + GAP * (columns - 1) > room and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _line(row: Sequence[Content], widths: Sequence[int]) -> Content:
    cells = [fitted(cell, width) for cell, width in zip(row, widths, strict=False)]
    padded = [cell + Content(" " * (width - cell.cell_length + GAP)) for cell, width in zip(cells[:-1], widths, strict=False)]
    return Content("").join([*padded, cells[-1]])
