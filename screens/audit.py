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
from textual.widgets import Static

from msht_tui.domain.audit import LIMITS, PURPOSES, AuditLine, words
from msht_tui.domain.moment import full_local, local
from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from screens.frame import DeskScreen
from screens.look import count, shown
from screens.widgets.checklist import Checklist, ListRow
from screens.widgets.why_card import WhyCard


class AuditScreen(DeskScreen):
    """Line by line, the latest in sight."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "audit.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,w", "leave", "Cases", key_display="Esc", tooltip="Back to the list of cases"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (("F2", "hide", "app.privacy"), ("Esc", "cases", "leave"))

    def compose_body(self) -> Iterable[Widget]:
        """What it is for, the list, the line in full."""
        yield Static(PURPOSES, id="purposes", markup=False)
        with Horizontal(id="work"):
            yield Checklist(mark_width=5, id="list")
            yield WhyCard(id="card")

    @property
    def checklist(self) -> Checklist:
        """The list."""
        return self.query_one("#list", Checklist)

    def on_mount(self) -> None:
        """Read it."""
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
        return ListRow(str(line.stamp.number), f"{who}: {shown(words(line.event))}", str(line.stamp.number), when, when, "open", line)

    @on(Checklist.Highlighted)
    def show_card(self) -> None:
        """The line under the cursor in full, and what the log cannot prove."""
        line = self.checklist.current.payload if self.checklist.current else None
        if isinstance(line, AuditLine):
            head = "bold $foreground 60%"
            content = Content.assemble(
                (f"Line {line.stamp.number}\n\n", "bold"),
                f"{shown(words(line.event))}\n",
                ("\nAt  ", head),
                full_local(line.stamp.at, self.desk.zone),
                ("\nBy  ", head),
                shown(line.stamp.by) or "nobody was signed in",
                (f"\n\n{LIMITS}", "$foreground 60%"),
            )
            self.query_one("#card", WhyCard).show(content)

    def action_leave(self) -> None:
        """Back."""
        self.dismiss()
