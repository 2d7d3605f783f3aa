"""The log: the whole record in its order, entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from msht_tui.domain.entry import Entry
from msht_tui.domain.moment import full_local, local
from msht_tui.summary.words import entry_text
from screens.list_frame import ListScreen
from screens.look import shown
from screens.widgets.checklist import ListRow


class LogScreen(ListScreen):
    """What happened, when, and who says so. Nothing here can be changed."""

    PLACE = "log"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "step", "Step", tooltip="Go to the step that this entry is about"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("n", "note", "note"),
        ("g", "go to step", "step"),
        ("/", "find", "find"),
        ("c", "card", "card"),
        ("Esc", "cases", "leave"),
    )

    def panel(self) -> Content:
        """How many entries there are, and the code that the record can be held against."""
        view = self.case
        return Content.assemble(
            (f"{len(view.entries)} entries", "bold"),
            f"   in the order they were recorded; an entry is never changed or removed\ncheck code {view.check_code[:44]}\n",
            ("It shows later whether lines were altered or cut off. It does not show who sat at the keyboard.", "$foreground 60%"),
        )

    def rows(self) -> tuple[ListRow, ...]:
        """One row an entry."""
        return tuple(self._row(entry) for entry in self.case.entries)

    def _row(self, entry: Entry) -> ListRow:
        stamp, zone, now = entry.stamp, self.desk.zone, self.desk.now()
        subject = "" if entry.subject == "case" else f"{entry.subject}: "
        title = f"{subject}{entry_text(entry, self.case.pack, zone)}"
        day = local(stamp.happened_at, zone, now)
        short = day.replace(" ", "", 1) if len(day) > 5 else f"{day} late" if stamp.late else day
        long = f"{day} {shown(stamp.by)}{' (late)' if stamp.late else ''}"
        return ListRow(str(entry.number), title, f"{entry.number:>3}", short, long, "open", entry)

    def card_of(self, payload: object) -> Content:
        """The entry in full, with both its times."""
        if not isinstance(payload, Entry):
            return super().card_of(payload)
        zone = self.desk.zone
        return Content.assemble(
            (f"Entry {payload.number}\n", "bold"),
            (f"{payload.kind}\n", "$accent"),
            f"\n{shown(entry_text(payload, self.case.pack, zone), lines=True)}\n",
            ("\nHappened  ", "bold $foreground 60%"),
            full_local(payload.stamp.happened_at, zone),
            ("\nRecorded  ", "bold $foreground 60%"),
            full_local(payload.stamp.recorded_at, zone),
            ("\nBy  ", "bold $foreground 60%"),
            shown(payload.stamp.by),
            ("\nAbout  ", "bold $foreground 60%"),
            payload.step or payload.subject,
        )

    def draw_case(self) -> None:
        """The cursor begins at the latest entry."""
        first = not self.checklist.rows
        super().draw_case()
        if first and self.PLACE not in self.session.cursors:
            self.checklist.action_edge(-1)

    def why_not(self, action: str) -> str | None:
        """Entries are read, not marked."""
        if action == "step":
            here = self.here
            return None if isinstance(here, Entry) and here.step else "This entry is not about a step."
        if action in ("done", "fact") or action.startswith("mark("):
            return "The log is read here. Steps are marked in their phase: g goes there."
        return super().why_not(action)

    def action_facts(self) -> None:
        """Facts are answered in the phases."""
        self.refused("fact")

    def action_step(self) -> None:
        """Go to the step of this entry, in its phase."""
        if self.refused("step"):
            return
        here = self.here
        if isinstance(here, Entry) and here.step:
            item = self.case.pack.item(here.step.partition("@")[0])
            self.session.subjects[item.phase] = here.subject
            self.session.cursors[item.phase] = here.step
            self.action_go(item.phase)
