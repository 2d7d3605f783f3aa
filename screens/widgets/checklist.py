"""The checklist: a line-API list whose columns never move, drawn from rows and nothing else."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.look import SHORT, Tone, shown

MARK_COLUMN = 1
LONG_WIDTH = 30
WIDE = 78
"""Columns from which the state is given in full."""


@dataclass(frozen=True)
class ListRow:
    """One row: a heading, or something the cursor can stand on."""

    key: str
    """What it is, so that the cursor finds it again after a change."""
    title: str
    mark: str = ""
    short: str = ""
    """The state, while narrow."""
    long: str = ""
    """The state, while wide."""
    tone: Tone = "open"
    payload: object = None

    @property
    def selectable(self) -> bool:
        """Whether the cursor can stand on it."""
        return self.payload is not None


class Checklist(ScrollView, can_focus=True):
    """A list of rows with one cursor. Titles wrap; marks, titles and states keep their columns at every state."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "checklist--open",
        "checklist--vital",
        "checklist--done",
        "checklist--amber",
        "checklist--red",
        "checklist--muted",
        "checklist--heading",
        "checklist--struck",
        "checklist--cursor",
    }
    DEFAULT_CSS = """
    Checklist {
        height: 1fr;
        background: $background;
        overflow-x: hidden;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        & > .checklist--open { color: $foreground; }
        & > .checklist--vital { color: $error; }
        & > .checklist--done { color: $foreground 55%; }
        & > .checklist--amber { color: $warning; }
        & > .checklist--red { color: $error; text-style: bold; }
        & > .checklist--muted { color: $foreground 45%; }
        & > .checklist--heading { color: $foreground 70%; text-style: bold; }
        & > .checklist--struck { color: $foreground 55%; text-style: strike; }
        & > .checklist--cursor { background: $accent-muted; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Next", show=False),
        Binding("up,k", "move(-1)", "Previous", show=False),
        Binding("pagedown", "page(1)", "A page down", show=False),
        Binding("pageup", "page(-1)", "A page up", show=False),
        Binding("home", "edge(0)", "First", show=False),
        Binding("end", "edge(-1)", "Last", show=False),
    ]

    cursor: reactive[int] = reactive(-1)
    """The index of the row that the cursor stands on; -1 when there is none."""

    @dataclass
    class Highlighted(Message):
        """The cursor came to stand on a row; `None` when the list has none."""

        checklist: Checklist
        row: ListRow | None

        @property
        def control(self) -> Checklist:
            """The list it came from."""
            return self.checklist

    @dataclass
    class MarkClicked(Message):
        """The mark of a row was clicked."""

        checklist: Checklist
        row: ListRow

        @property
        def control(self) -> Checklist:
            """The list it came from."""
            return self.checklist

    def __init__(self, *, mark_width: int = 3, long_width: int = LONG_WIDTH, id: str | None = None) -> None:
        """`mark_width` is the columns of the mark, `long_width` those of the state while the list is wide."""
        super().__init__(id=id)
        self._title_column = MARK_COLUMN + mark_width + 1
        self._long_width = long_width
        self._rows: tuple[ListRow, ...] = ()
        self._lines: list[tuple[int, int]] = []
        """For each drawn line: the index of its row, and the line within the row; row -1 is blank."""
        self._titles: list[list[str]] = []
        self._first_line: list[int] = []
        self._laid_out_for = 0
        self._styles: dict[str, Style] = {}

    @property
    def rows(self) -> tuple[ListRow, ...]:
        """What it shows."""
        return self._rows

    @property
    def current(self) -> ListRow | None:
        """The row that the cursor stands on."""
        return self._rows[self.cursor] if 0 <= self.cursor < len(self._rows) else None

    def show(self, rows: tuple[ListRow, ...], key: str | None = None) -> None:
        """Show these rows; the cursor stays on the row of the same key, or goes to `key`, or to the nearest row."""
        wanted = key if key is not None else self.current.key if self.current else None
        before = self.cursor
        self._rows = rows
        self._lay_out()
        keys = [row.key if row.selectable else None for row in rows]
        target = keys.index(wanted) if wanted is not None and wanted in keys else self._nearest(max(before, 0))
        self.set_reactive(Checklist.cursor, target)
        self._reveal()
        self.refresh()
        self.post_message(self.Highlighted(self, self.current))

    def move_to(self, key: str) -> None:
        """Put the cursor on the row of this key, if there is one."""
        for index, row in enumerate(self._rows):
            if row.key == key and row.selectable:
                self.cursor = index

    # Keys and mouse

    def action_move(self, step: int) -> None:
        """One row down or up, past headings."""
        index = self.cursor + step
        while 0 <= index < len(self._rows) and not self._rows[index].selectable:
            index += step
        if 0 <= index < len(self._rows):
            self.cursor = index
        elif step < 0:
            self.scroll_to(y=0, animate=False)

    def action_page(self, direction: int) -> None:
        """As many rows as fit the window."""
        if self.cursor < 0:
            return
        line = self._first_line[self.cursor] + direction * max(1, self.size.height - 1)
        line = min(max(line, 0), len(self._lines) - 1)
        while self._lines[line][0] < 0:
            line += 1
        self.cursor = self._nearest(self._lines[line][0])

    def action_edge(self, index: int) -> None:
        """The first or the last row."""
        selectable = [i for i, row in enumerate(self._rows) if row.selectable]
        if selectable:
            self.cursor = selectable[index]

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor there; on the mark of the current row it asks for the mark."""
        line = event.y + self.scroll_offset.y
        if not 0 <= line < len(self._lines):
            return
        index = self._lines[line][0]
        if index < 0 or not self._rows[index].selectable:
            return
        if index == self.cursor and MARK_COLUMN <= event.x < self._title_column:
            self.post_message(self.MarkClicked(self, self._rows[index]))
        self.cursor = index

    def watch_cursor(self, before: int, now: int) -> None:
        """Show where it stands, and say so."""
        if before != now:
            self._reveal()
            self.refresh()
            self.post_message(self.Highlighted(self, self.current))

    def on_resize(self) -> None:
        """Wrap again for the new width."""
        if self.size.width != self._laid_out_for:
            self._lay_out()
            self._reveal()

    def notify_style_update(self) -> None:
        """Other colours: forget those that were worked out."""
        self._styles.clear()
        super().notify_style_update()

    # Drawing

    @property
    def _state_width(self) -> int:
        return self._long_width if self._is_wide else SHORT

    @property
    def _is_wide(self) -> bool:
        return self.size.width >= WIDE

    def _lay_out(self) -> None:
        """Which row is drawn on which line. Depends on titles and width only, so that marking never moves anything."""
        width = max(self.size.width, 20)
        room = max(width - self._title_column - self._state_width - 1, 8)
        self._laid_out_for = self.size.width
        self._lines, self._titles, self._first_line = [], [], []
        for index, row in enumerate(self._rows):
            if not row.selectable and index:
                self._lines.append((-1, 0))
            wrapped = _wrapped(row.title, room if row.selectable else width - 2)
            self._titles.append(wrapped)
            self._first_line.append(len(self._lines))
            self._lines += [(index, line) for line in range(len(wrapped))]
        self.virtual_size = Size(width, len(self._lines))

    def _nearest(self, index: int) -> int:
        """The selectable row at or after `index`, else before it; -1 when there is none."""
        after = [i for i in range(index, len(self._rows)) if self._rows[i].selectable]
        before = [i for i in range(min(index, len(self._rows)) - 1, -1, -1) if self._rows[i].selectable]
        return (after or before or [-1])[0]

    def _reveal(self) -> None:
        if not 0 <= self.cursor < len(self._first_line) or not self.size.height:
            return
        top = self._first_line[self.cursor]
        height = len(self._titles[self.cursor])
        is_first = not any(row.selectable for row in self._rows[: self.cursor])
        begin = 0 if is_first else top
        self.scroll_to_region(Region(0, begin, 1, top + height - begin), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        line = y + self.scroll_offset.y
        width = self.size.width
        ground = self._style("")
        if not 0 <= line < len(self._lines) or self._lines[line][0] < 0:
            return Strip.blank(width, ground)
        index, part = self._lines[line]
        row = self._rows[index]
        title = self._titles[index][part]
        if not row.selectable:
            return Strip([Segment(set_cell_size(f" {title}", width), self._style("heading"))], width)
        is_cursor = index == self.cursor
        first = part == 0
        tone = self._style("amber" if row.tone == "struck" else row.tone)
        body = self._style("struck" if row.tone == "struck" else "open" if is_cursor or row.tone == "vital" else row.tone)
        if is_cursor:
            tone, body = tone + self._style("cursor"), body + self._style("cursor")
        pointer = ">" if is_cursor and first else " "
        mark = row.mark if first else ""
        state_width = self._state_width
        state = (row.long if self._is_wide else row.short) if first else ""
        room = width - self._title_column - state_width - 1
        return Strip(
            [
                Segment(set_cell_size(f"{pointer}{mark}", self._title_column), tone),
                Segment(set_cell_size(title, min(cell_len(title), room)), body),
                Segment(" " * (room - min(cell_len(title), room) + 1), tone),
                Segment(_fitted(shown(state), state_width), tone),
            ],
            width,
        )

    def _component(self, tone: str) -> Style:
        if tone != "cursor":
            return self.get_component_rich_style(f"checklist--{tone}")
        found = self.get_component_rich_style("checklist--cursor")
        return Style(bgcolor=found.bgcolor, bold=found.bold)

    def _style(self, tone: str) -> Style:
        if tone not in self._styles:
            self._styles[tone] = self._component(tone) if tone else self.rich_style
        return self._styles[tone]


@lru_cache(maxsize=8192)
def _wrapped(title: str, room: int) -> list[str]:
    """A title in lines of so many columns. Kept: a long list is laid out anew with every letter that is typed to find something."""
    return textwrap.wrap(shown(title), room) or [""]


def _fitted(text: str, width: int) -> str:
    """Exactly `width` columns; what does not fit ends in two dots."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 2) + ".."
