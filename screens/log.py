"""The log: the whole record in its order, entry by entry, and what of it somebody looks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import msgspec
from textual.binding import Binding, BindingType
from textual.content import Content

from msht_tui.domain.entry import CASE, Entry
from msht_tui.domain.moment import full_local, local
from msht_tui.domain.record import strikes
from msht_tui.domain.refusal import Refused
from msht_tui.summary.log import Log, LogQuery, LogRow, strike_words
from msht_tui.summary.words import gap_words
from screens.desk import Desk, Session
from screens.dialogs.record import LogQueryDialog, StrikeDialog
from screens.list_frame import ListScreen
from screens.look import shown
from screens.widgets.checklist import ListRow
from screens.widgets.panel import Row


class LogScreen(ListScreen):
    """What happened, when, and who says so. Nothing here is changed or removed; what was wrong is struck through."""

    PLACE = "log"
    MARK_WIDTH = 4
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "strike", "Strike", tooltip="Strike this entry through, with the reason; it stays readable"),
        Binding("g", "step", "Step", tooltip="Go to the step that this entry is about"),
        Binding("f", "query", "Filter", tooltip="Show only entries of a person, a phase, a kind or an operator; Esc shows all again"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("x", "strike", "strike"),
        ("u", "undo", "undo"),
        ("g", "go to step", "step"),
        ("f", "filter", "query"),
        ("/", "find", "find"),
        ("n", "note", "note"),
        ("c", "card", "card"),
        ("Esc", "cases", "leave"),
    )

    def __init__(self, desk: Desk, session: Session) -> None:
        super().__init__(desk, session)
        self._words = Log(self.case, desk.zone)
        self._made: tuple[Log, LogQuery, date, tuple[ListRow, ...]] | None = None
        """The rows that were made last, and what for."""

    def panel(self) -> Sequence[Row]:
        """What is looked for; how many entries there are, and the code that the record can be held against."""
        view, query = self.case, self.session.query
        struck = f", {len(view.state.struck)} struck" if view.state.struck else ""
        words = query.words(view.pack, self.desk.zone)
        if words:
            chosen = self._words.chosen(query)
            shows = f"{len(chosen)} of {len(view.entries)} entries: {words}. Esc shows all again"
        else:
            shows = f"{len(view.entries)} entries{struck}, in the order of recording; none is changed or removed"
        return (
            ((shown(shows), "bold $warning" if words else ""),),
            (f"check code {view.check_code[:24]}.., whole on S",),
            (("It shows whether lines were altered or cut off, not who sat at the keyboard.", "$foreground 60%"),),
        )

    def found(self, words: str) -> tuple[ListRow, ...]:
        """The entries that are looked for: made once for each state of the case and each query."""
        query = self.session.query = msgspec.structs.replace(self.session.query, text=words)
        if self._words.view is not self.case:
            self._words = Log(self.case, self.desk.zone, self._words)
        today = self.desk.now().astimezone(self.desk.zone).date()
        if self._made is None or self._made[:3] != (self._words, query, today):
            rows = tuple(self._row(row) for row in self._words.chosen(query))
            self._made = (
                self._words,
                query,
                today,
                rows or (ListRow("nothing", "No entry is like this: Esc shows all again", tone="heading"),),
            )
        return self._made[3]

    def _row(self, row: LogRow) -> ListRow:
        entry, stamp, zone, now = row.entry, row.entry.stamp, self.desk.zone, self.desk.now()
        whom = "" if entry.subject == CASE else f"{entry.subject}: "
        again = f" (entry {stamp.again} again)" if stamp.again else ""
        gap = f" ({gap_words(stamp)})" if stamp.late else ""
        title = f"{whom}{row.text}{again}{gap}"
        when = local(stamp.happened_at, zone, now)
        who = f"{when} {shown(stamp.by)}"
        if entry.number in self.case.state.struck:
            return ListRow(str(entry.number), title, str(entry.number), "STRUCK", f"STRUCK {who}", "struck", entry)
        short = when.replace(" ", "", 1) if len(when) > 5 else f"{when} late" if stamp.late else when
        return ListRow(str(entry.number), title, str(entry.number), short, f"{who}{' (late)' if stamp.late else ''}", "open", entry)

    def card_of(self, payload: object) -> Content:
        """The entry in full, with both its times, and who struck it, when and why."""
        if not isinstance(payload, Entry):
            return super().card_of(payload)
        zone, stamp = self.desk.zone, payload.stamp
        row = self._words.rows[payload.number - 1]
        struck, gap = strike_words(self.case, payload.number, zone), gap_words(stamp)
        head = "bold $foreground 60%"
        return Content.assemble(
            (f"Entry {payload.number}, {payload.kind.replace('-', ' ')}\n", "bold"),
            (f"{shown(struck)}\n" if struck else "", "bold $warning"),
            (f"\n{shown(row.text, lines=True)}\n", "strike" if struck else ""),
            ("\nHappened  ", head),
            full_local(stamp.happened_at, zone),
            ("\nRecorded  ", head),
            full_local(stamp.recorded_at, zone),
            (f", {gap.removeprefix('recorded ')}" if gap else "", "bold $warning"),
            ("\nBy  ", head),
            shown(stamp.by),
            ("\nAbout  ", head),
            shown(payload.step or payload.subject),
            ("\nAgain  " if stamp.again else "", head),
            f"entry {stamp.again}, which was undone" if stamp.again else "",
        )

    def draw_case(self) -> None:
        """The cursor begins at the latest entry."""
        first = not self.checklist.rows
        super().draw_case()
        if first and self.PLACE not in self.session.cursors:
            self.checklist.action_edge(-1)

    def subjects_here(self) -> tuple[str, ...]:
        """Whom the entry is about."""
        here = self.here
        return (here.subject,) if isinstance(here, Entry) and here.subject in {one.id for one in self.case.state.active()} else ()

    def why_not(self, action: str) -> str | None:
        """Not every entry is about a step, and not every one can be struck."""
        here = self.here
        if action == "step":
            return self._no_step(here)
        if action == "strike":
            return self._not_struck(here) if isinstance(here, Entry) else "No entry is chosen."
        return super().why_not(action)

    def _not_struck(self, entry: Entry) -> str | None:
        """Why an entry cannot be struck."""
        try:
            strikes(self.case.entries, entry.number)
        except Refused as refusal:
            return str(refusal)
        return None

    def _no_step(self, here: object) -> str | None:
        """Why there is no step to go to."""
        if not isinstance(here, Entry) or here.step is None:
            return "This entry is not about a step."
        if here.subject == CASE:
            return None
        person = self.case.state.subjects.get(here.subject)
        if person is None:
            return f"{here.subject} is no longer in the case: the entry that added them is struck."
        if person.retired is not None:
            same = f", and is the same as {person.same_as}" if person.same_as else ""
            return f"{here.subject} is retired ({shown(person.retired)}){same}: their steps are no longer listed."
        return None

    def action_step(self) -> None:
        """Go to the step of this entry, in its phase."""
        here = self.here
        if not self.refused("step") and isinstance(here, Entry) and here.step:
            item = self.case.pack.item(here.step.partition("@")[0])
            if here.subject != CASE:
                self.session.subjects[item.phase] = here.subject
            self.session.cursors[item.phase] = here.step
            self.action_go(item.phase)

    def action_strike(self) -> None:
        """Ask why it is struck."""
        here = self.here
        if not self.refused("strike") and isinstance(here, Entry):
            self.app.push_screen(StrikeDialog(self, here))

    def action_strike_entry(self, number: int) -> None:
        """The same of an entry that is named, while it can be struck."""
        entry = self.case.entries[number - 1]
        if self._not_struck(entry) is None:
            self.app.push_screen(StrikeDialog(self, entry))

    def action_query(self) -> None:
        """Ask what is looked for."""
        self.app.push_screen(LogQueryDialog(self))

    def look_for(self, query: LogQuery) -> None:
        """Show only what is looked for."""
        self.session.query = query
        self.draw()

    def action_leave(self) -> None:
        """Show all entries again; then back to the list of cases."""
        if self.session.query == LogQuery() and not self.has_class("-finding"):
            super().action_leave()
            return
        self.session.query = LogQuery()
        if self.has_class("-finding"):
            super().action_leave()
        self.draw()
