"""The terminal's own log, for supervisors: who signed in, looked at a case or passed something on. With what it may be used for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from msht_tui.domain.audit import LIMITS, PURPOSES, AuditLine, words
from msht_tui.domain.moment import full_local, local
from msht_tui.domain.refusal import Refused
from msht_tui.domain.retention import SHORT
from msht_tui.ports import StoreTrouble
from screens.frame import DeskScreen
from screens.help import CardScreen
from screens.look import count, shown
from screens.widgets.checklist import Checklist, ListRow
from screens.widgets.lines import Line
from screens.widgets.why_card import WhyCard, head

IN_SHORT = "For lawfulness, conduct, safe data and trials; no rankings"
"""The purposes in one line; the card in full has them whole."""


class AuditScreen(DeskScreen):
    """Line by line, the latest in sight."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "audit.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "card", "Card", tooltip="This line in full, what the log is for, and what it cannot prove"),
        Binding("escape,w", "leave", "Cases", key_display="Esc", tooltip="Back to the list of cases"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("c", "card in full", "card"),
        ("Esc", "cases", "leave"),
    )

    def compose_body(self) -> Iterable[Widget]:
        """What it is for, the list, the line in full."""
        yield Line(id="purposes")
        with Horizontal(id="work"):
            yield Checklist(mark_width=5, id="list")
            yield WhyCard(id="card")

    @property
    def checklist(self) -> Checklist:
        """The list."""
        return self.query_one("#list", Checklist)

    def on_mount(self) -> None:
        """Say what it is for, and read it."""
        self.query_one("#purposes", Line).show(IN_SHORT)
        self.load()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Read every line."""
        badge = self.desk.badge
        if badge is None:
            return
        try:
            lines = await self.desk.do(lambda casework: badge.lines())
        except (StoreTrouble, Refused) as trouble:
            self.status.say(str(trouble), "trouble")
            return
        self.checklist.show(tuple(self._row(line) for line in lines))
        self.checklist.action_edge(-1)
        self.status.say(f"{count(len(lines), 'line')}; none is changed or removed")

    def _row(self, line: AuditLine) -> ListRow:
        when = local(line.stamp.at, self.desk.zone, self.desk.now())
        who = shown(line.stamp.by) or "nobody"
        said = shown(words(line.event))
        short = said.replace(line.case, line.case[:SHORT]) if line.case else said
        return ListRow(str(line.stamp.number), f"{who}: {short}", str(line.stamp.number), when, when, "open", line)

    @on(Checklist.Highlighted)
    def show_card(self) -> None:
        """The line under the cursor in full."""
        self.query_one("#card", WhyCard).show(self._card())
        self.show_keys()

    def _card(self) -> Content:
        """The line under the cursor in full, what the log is for and what it cannot prove."""
        line = self.checklist.current.payload if self.checklist.current else None
        if not isinstance(line, AuditLine):
            return Content("")
        return Content.assemble(
            (f"Line {line.stamp.number}\n\n", "bold"),
            f"{shown(words(line.event))}\n",
            *head("At", full_local(line.stamp.at, self.desk.zone)),
            *head("By", shown(line.stamp.by) or "nobody was signed in"),
            (f"\n{PURPOSES}\n\n{LIMITS}", "$foreground 60%"),
        )

    def why_not(self, action: str) -> str | None:
        """A card is of a line."""
        return "No line is chosen." if action == "card" and self.checklist.current is None else None

    def action_card(self) -> None:
        """The card in full."""
        if not self.refused("card"):
            self.app.push_screen(CardScreen(self.desk, self._card()))

    def action_leave(self) -> None:
        """Back."""
        self.dismiss()
