"""A screen of a case with a list: a panel of case data, the list, and the card of the row under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.cards import card_for
from screens.case_frame import CaseScreen
from screens.look import MARKS
from screens.widgets.checklist import Checklist, ListRow
from screens.widgets.panel import Panel, Row
from screens.widgets.typed import TypedLine
from screens.widgets.why_card import WhyCard


class ListScreen(CaseScreen):
    """A screen with a list that is read and searched. Subclasses give the rows and the panel."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "case_frame.tcss", "list_frame.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "card", "Card", tooltip="The card of this row in full"),
        Binding("slash", "find", "Find", key_display="/", tooltip="Show only rows that hold these words; Esc shows all again"),
    ]
    LEGEND: ClassVar[Sequence[str]] = (
        "[ ] open   [x] done   [-] not needed   [~] deferred   [?] waits on a fact    .  does not apply",
        "[.] being saved   [!] cannot be read or at fault    i  to know   STRUCK: struck through, no longer counts",
        "vital: inspections found what it costs when this is missed",
    )
    MARK_WIDTH: ClassVar[int] = 3
    """Columns of the mark before a row."""
    PANEL: ClassVar[str | None] = None
    """The style of the panel: how many lines it has depends on what it holds."""

    def compose_case(self) -> Iterable[Widget]:
        """Tabs, panel, list, card."""
        yield from self.compose_tabs()
        yield Panel(id="panel", classes=self.PANEL)
        with Horizontal(id="work"):
            yield Checklist(mark_width=self.MARK_WIDTH, id="list")
            yield Static("", id="rule", markup=False)
            yield WhyCard(id="card")
        yield TypedLine(placeholder="words to find; Enter keeps them, Esc shows all", id="find", compact=True, max_length=80)

    def compose_tabs(self) -> Iterable[Widget]:
        """A line of choices above the panel, where there is one."""
        return ()

    @property
    def checklist(self) -> Checklist:
        """The list."""
        return self.query_one("#list", Checklist)

    @property
    def here(self) -> object:
        """What the cursor stands on."""
        row = self.checklist.current
        return row.payload if row else None

    # Drawing

    def rows(self) -> tuple[ListRow, ...]:
        """The rows of the list as the case stands."""
        return ()

    def panel(self) -> Sequence[Row]:
        """The case data that this screen adds, a line each."""
        return ()

    def found(self, words: str) -> tuple[ListRow, ...]:
        """The rows that hold these words."""
        return _found(self.rows(), words.casefold().split())

    def draw_case(self) -> None:
        """Panel and list; the card follows the cursor."""
        rows = self.found(self.query_one("#find", Input).value)
        key = None if self.checklist.rows else self.session.cursors.get(self.PLACE) or _first_open(rows)
        self.checklist.show(rows, _first_open(rows) if self.added else key)
        self.added = []
        self.show_panel()

    def show_panel(self) -> None:
        """Draw the panel."""
        self.query_one("#panel", Panel).show(self.panel())

    def tick(self) -> None:
        """The panel shows elapsed times."""
        super().tick()
        if self.is_current:
            self.show_panel()

    @on(Checklist.Highlighted)
    def show_card(self) -> None:
        """The card of the row under the cursor."""
        self.query_one("#card", WhyCard).show(self.card_of(self.here))
        self.show_keys()

    def card_of(self, payload: object) -> Content:
        """The card of what a row holds."""
        return card_for(payload, self.case, self.session.role, self.desk)

    def on_mount(self) -> None:
        """Look for the words that were looked for when the screen was left for a lock."""
        words = self.session.drafts.pop(self._finding, "")
        if words:
            self.add_class("-finding")
            self.query_one("#find", Input).value = words

    @property
    def _finding(self) -> str:
        """Where the words that are looked for stand among the drafts."""
        return f"find: {self.PLACE}"

    def keep_typed(self) -> None:
        """The words that are looked for."""
        super().keep_typed()
        if words := self.query_one("#find", Input).value:
            self.session.drafts[self._finding] = words

    def remember(self) -> None:
        """Keep where the cursor stood."""
        if self.checklist.current is not None:
            self.session.cursors[self.PLACE] = self.checklist.current.key

    def why_not(self, action: str) -> str | None:
        """Where no row is chosen there is no card."""
        if action == "card":
            return None if self.here is not None else "No row is chosen."
        return super().why_not(action)

    def action_card(self) -> None:
        """The card in full."""
        from screens.help import CardScreen

        if not self.refused("card"):
            self.app.push_screen(CardScreen(self.desk, self.card_of(self.here)))

    # Finding

    def action_find(self) -> None:
        """Type words to find."""
        self.add_class("-finding")
        self.query_one("#find", Input).focus()

    @on(Input.Changed, "#find")
    def show_found(self) -> None:
        """Only the rows that hold the words."""
        self.draw_case()

    @on(Input.Submitted, "#find")
    def keep_found(self) -> None:
        """Back to the list, the words kept."""
        self.checklist.focus()

    def action_leave(self) -> None:
        """Show all rows again; then back to the list of cases."""
        find = self.query_one("#find", Input)
        if self.has_class("-finding"):
            self.remove_class("-finding")
            find.value = ""
            self.checklist.focus()
        else:
            super().action_leave()


def _found(rows: tuple[ListRow, ...], words: Sequence[str]) -> tuple[ListRow, ...]:
    """The rows that hold every word, under their headings."""
    if not words:
        return rows
    kept: list[ListRow] = []
    heading: ListRow | None = None
    for row in rows:
        if not row.selectable:
            heading = row
        elif all(word in f"{row.title} {row.long} {row.key}".casefold() for word in words):
            if heading is not None:
                kept.append(heading)
                heading = None
            kept.append(row)
    return tuple(kept) or (ListRow("nothing", "No row holds these words: Esc shows all again", tone="heading"),)


def _first_open(rows: tuple[ListRow, ...]) -> str | None:
    """The key of the first row that is open or a question."""
    return next((row.key for row in rows if row.selectable and row.mark in (MARKS["open"], MARKS["waiting"])), None)
