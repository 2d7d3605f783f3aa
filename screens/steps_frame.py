"""The working screens of a case: steps that are marked, facts that are answered, and the way from a step to its story in the log."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from msht_tui.domain.entry import CASE, MarkState, step_id
from msht_tui.domain.now import FactRow, LinkRow, StepRow, unlinked_suspects
from msht_tui.domain.pack import Card, Item
from msht_tui.domain.refusal import Refused
from msht_tui.domain.steps import Step
from msht_tui.service import CaseView, Casework
from msht_tui.summary.log import LogQuery
from screens.case_frame import Act
from screens.desk import Combining, Desk, Session
from screens.dialogs.fact import FactPicker
from screens.dialogs.mark import MarkDialog
from screens.list_frame import ListScreen
from screens.look import MARKS, VITAL, long_state, short_state, tone_of
from screens.widgets.checklist import Checklist, ListRow

SETTLING = 0.7
"""Seconds for which a list that moved by itself takes no mark."""
BOUNCING = 0.5
"""Seconds after a mark in which space is the same press again, and would mark the next step unread."""


class StepsScreen(ListScreen):
    """A list of steps. Subclasses give the rows and the panel."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "done", "Done", tooltip="Mark the step done, as of now; the cursor moves to the next open one"),
        Binding("enter", "mark('done')", "Mark", tooltip="Mark with a time, a note, or for several people at once"),
        Binding("x", "mark('not-needed')", "Not needed", tooltip="Mark it not needed, with the reason"),
        Binding("d", "mark('deferred')", "Defer", tooltip="Leave it to somebody, until a time"),
        Binding("o", "mark('open')", "Open again", tooltip="Open a step again that was marked"),
        Binding("f", "fact", "Fact", tooltip="Answer the fact that this step waits on or decides, or choose one"),
        Binding("F", "facts", "Facts", key_display="F", tooltip="All facts of this person, scene or case"),
        Binding("v", "victim_too", "Victim too", tooltip="This suspect may be a victim: add them as one, linked both ways"),
        Binding("h", "history", "History", tooltip="This step's latest entry in the log; there g leads back"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("space", "done", "done"),
        ("x", "not needed", "mark('not-needed')"),
        ("d", "defer", "mark('deferred')"),
        ("n", "note", "note"),
        ("i", "spoke", "interaction"),
        ("p", "given", "provision"),
        ("u", "undo", "undo"),
        ("f", "fact", "fact"),
        ("a", "add", "add"),
        ("/", "find", "find"),
        ("Enter", "more", "mark('done')"),
        ("o", "open again", "mark('open')"),
        ("c", "card", "card"),
        ("h", "history", "history"),
        ("Esc", "cases", "leave"),
    )

    _settles_at = 0.0
    """Until when, on the monotonic clock, keys that mark are held back."""
    _marked = (0.0, "")
    """When, on the monotonic clock, space marked a step last, and which."""
    _pending: frozenset[str] = frozenset()
    """Steps that are being saved."""

    def __init__(self, desk: Desk, session: Session) -> None:
        super().__init__(desk, session)
        self._being_saved: dict[Act, str] = {}
        """The act to the step that it marks."""

    # Its rows

    def head_rows(self, victims: Iterable[str]) -> list[ListRow]:
        """What comes before every step: a possible victim who is not in the case yet, an age that nobody has asked."""
        rows = [link_row(suspect) for suspect in unlinked_suspects(self.case.state)]
        unknown = tuple(v for v in victims if self.case.state.fact(v, "age") is None)
        if unknown and "age" in self.case.pack.fact_by_name:
            row = FactRow("age", "Adult, child or not sure?", unknown)
            rows.append(ListRow("fact:age", f"{row.say} ({', '.join(unknown)})", "[?]", "vital", "vital: space answers", "vital", row))
        return rows

    def step_row(self, step: Step) -> ListRow:
        """A step as a row."""
        now, zone = self.desk.now(), self.desk.zone
        if step.id in self._pending:
            return ListRow(step.id, step.item.title, "[.]", "saving", "saving", "open", step)
        short, long = short_state(step, now, zone), long_state(step, now, zone)
        if step.state == "open" and self.session.role not in step.item.roles:
            short, long = f"{short} ask".strip(), f"{long} ask for it".strip()
        return ListRow(step.id, step.item.title, MARKS[step.state], short, long, tone_of(step, now), step)

    # What can be done with the row under the cursor

    def markable(self, payload: object) -> tuple[Item | None, tuple[str, ...], tuple[str, ...]]:
        """The item of a row, the subjects it can be marked for now, and those that the row stands for."""
        match payload:
            case Step(item=item, subject=subject):
                chosen: tuple[str, ...] = (subject,)
            case StepRow(item=item, subjects=subjects):
                chosen = subjects
            case _:
                return None, (), ()
        active = tuple(step.subject for step in self.case.steps if step.item.id == item.id and step.active)
        return item, active, tuple(s for s in chosen if s in active)

    def why_not(self, action: str) -> str | None:
        """Why the row under the cursor cannot be marked so."""
        found = super().why_not("add" if action == "victim_too" else action)
        if found is None and action == "victim_too":
            suspect = self.suspect_here()
            linked = self.case.state.linked_victim(suspect) if suspect else None
            if linked is not None:
                return f"{suspect} stands in the case as {linked.id} already."
            return None if suspect else "This row is about no suspect: choose one of theirs first."
        if action == "history":
            return None if self._latest_entry() else "Nothing is recorded on this row yet."
        if found is not None or not (action == "done" or action.startswith("mark(") or action == "fact"):
            return found
        here = self.here
        if self.case.state.closed_at is not None:
            return "The case is closed: reopen it from the list of cases first."
        if here is None:
            return "No row is chosen: a adds somebody to the case."
        if action == "fact" or isinstance(here, FactRow | LinkRow):
            return None if action in ("done", "mark('done')", "fact") else "This is a question: space answers it."
        if isinstance(here, Card):
            return "This is for reference: there is nothing to mark."
        if isinstance(here, Step):
            try:
                here.refuse_unless_active()
            except Refused as refusal:
                hint = " Press f to answer it." if here.state == "waiting" else ""
                return f"{refusal}{hint}"
            if action == "done" and here.state == "done" and here.mark:
                return f"Already {long_state(here, self.desk.now(), self.desk.zone)}: o opens it again, Enter changes it."
            if action == "mark('open')" and here.state == "open":
                return "It is open already."
        return None

    def _settling(self) -> bool:
        """Whether the list has just moved under the hand; if so, says it."""
        if time.monotonic() < self._settles_at:
            self.status.say("Another window changed the list under the cursor: look, then press again.", "refused")
            return True
        return False

    def action_done(self) -> None:
        """Space marks the step done, once for each press."""
        pressed, what = self._marked
        if what and time.monotonic() < pressed + BOUNCING:
            self.status.say(f"Pressed twice: only {what} was marked.", "quiet")
        else:
            self.mark_done()

    def mark_done(self) -> None:
        """Done, now, for the one it stands for. With several it asks for whom; a decision is offered its reason."""
        if self.refused("done") or self._settling():
            return
        if self._answered_question():
            return
        item, active, chosen = self.markable(self.here)
        if item is None:
            return
        if len(chosen) != 1 or item.kind == "consider":
            self.app.push_screen(MarkDialog(self, item, active, chosen, "done"))
            return
        case_id, subject = self.case.case_id, chosen[0]
        step = step_id(item.id, subject)
        if step in self._pending:
            self.status.say("It is being saved.", "busy")
            return
        at = self.desk.now().isoformat()
        self._pending = self._pending | {step}
        whom = "" if subject == CASE else f" for {subject}"
        self.draw_case()
        self.move_on()

        def mark(casework: Casework) -> CaseView:
            return casework.mark(case_id, item.id, (subject,), "done", at=at)

        self._being_saved[mark] = step
        self._marked = time.monotonic(), f"{item.title}{whom}"
        self.act(f"{item.title}: done{whom}", mark)

    def action_mark(self, state: MarkState) -> None:
        """Everything that can be said of the step."""
        if self.refused(f"mark('{state}')") or self._answered_question():
            return
        item, active, chosen = self.markable(self.here)
        if item is not None:
            self.app.push_screen(MarkDialog(self, item, active, chosen, state))

    def action_mark_step(self, item: str, state: MarkState, subjects: tuple[str, ...]) -> None:
        """The same of a step that is named, for these persons or scenes."""
        if self.refused("add"):
            return
        named, active, chosen = self.markable(StepRow(self.case.pack.item(item), "", subjects))
        if named is not None and chosen:
            self.app.push_screen(MarkDialog(self, named, active, subjects, state))

    def _answered_question(self) -> bool:
        """Whether the row is a question, which has now been put."""
        match self.here:
            case FactRow(fact=name, subjects=subjects):
                self.ask_fact(self.case.pack.fact(name), subjects[0])
            case LinkRow(suspect=suspect):
                self.link(suspect)
            case _:
                return False
        return True

    def suspect_here(self) -> str:
        """The suspect that the row is about; empty when it is about none."""
        subject = self.subject_here()
        return subject if subject != CASE and self.case.state.subject(subject).kind == "suspect" else ""

    def action_victim_too(self) -> None:
        """Add the suspect of this row as a victim."""
        if not self.refused("victim_too"):
            self.link(self.suspect_here())

    def link(self, suspect: str) -> None:
        """Add the victim that a suspect may also be."""
        case_id, at = self.case.case_id, self.desk.now().isoformat()
        combining = Combining(self.desk, case_id, "linked")

        def act(casework: Casework) -> CaseView:
            return combining.do(casework, lambda casework: casework.link_victim(case_id, suspect, at=at)[0])

        self.act(f"{suspect} added as a victim too, linked both ways", act)

    @on(Checklist.MarkClicked)
    def mark_clicked(self) -> None:
        """A click on the mark is space, on a row that was pointed at."""
        self.mark_done()

    async def _do(self, what: str, act: Act, retry: bool) -> None:
        await super()._do(what, act, retry)
        self._pending -= {self._being_saved.pop(act, "")}
        if self.is_attached:
            self.draw_case()

    def changed_elsewhere(self, view: CaseView) -> None:
        """Another window moved the list: a key that was on its way must not hit the row that has come under the cursor."""
        before = self.checklist.current
        super().changed_elsewhere(view)
        after = self.checklist.current
        if before is not None and (after is None or after.key != before.key):
            self._settles_at = time.monotonic() + SETTLING

    def move_on(self) -> None:
        """The cursor goes to the next open step, from the top again after the last."""
        rows = self.checklist.rows
        start = self.checklist.cursor
        for row in (*rows[start + 1 :], *rows[: max(start, 0)]):
            if row.mark in (MARKS["open"], MARKS["waiting"]) and row.short != "waits" and row.selectable:
                self.checklist.move_to(row.key)
                return

    def subjects_here(self) -> tuple[str, ...]:
        """Whom the row is about."""
        match self.here:
            case Step(subject=subject):
                found: tuple[str, ...] = (subject,)
            case StepRow(subjects=subjects) | FactRow(subjects=subjects):
                found = subjects
            case LinkRow(suspect=suspect):
                found = (suspect,)
            case _:
                found = ()
        return tuple(one for one in found if one != CASE)

    def subject_here(self) -> str:
        """Whom the row is about, the first of several; the case where it is about nobody."""
        return next(iter(self.subjects_here()), CASE)

    def _latest_entry(self) -> int:
        """The number of the last entry about the step under the cursor; 0 when there is none."""
        match self.here:
            case Step(id=name):
                steps: tuple[str, ...] = (name,)
            case StepRow(item=item, subjects=subjects):
                steps = tuple(step_id(item.id, subject) for subject in subjects)
            case _:
                return 0
        return next((entry.number for entry in reversed(self.case.entries) if entry.step in steps), 0)

    def action_history(self) -> None:
        """Go to this step's latest entry in the log."""
        if not self.refused("history"):
            self.session.query = LogQuery()
            self.session.cursors["log"] = str(self._latest_entry())
            self.action_go("log")

    def action_fact(self) -> None:
        """The fact that the row waits on or decides; otherwise the list of facts."""
        if self.refused("fact"):
            return
        here = self.here
        view = self.case
        names: tuple[str, ...] = ()
        if isinstance(here, FactRow):
            names = (here.fact,)
        elif isinstance(here, Step):
            names = here.waits_on or ((here.item.decides,) if here.item.decides else ())
        elif isinstance(here, StepRow) and here.item.decides:
            names = (here.item.decides,)
        if len(names) == 1:
            fact = view.pack.fact(names[0])
            self.ask_fact(fact, CASE if fact.subject == CASE else self.subject_here())
        else:
            self.app.push_screen(FactPicker(self, self.subject_here(), names))

    def action_facts(self) -> None:
        """All facts of whom the row is about."""
        if self.case.state.closed_at is None:
            self.app.push_screen(FactPicker(self, self.subject_here()))
        else:
            self.refused("add")

    def action_note(self) -> None:
        """A note on the step under the cursor, else on the case."""
        match self.here:
            case Step(item=item, subject=subject):
                self.action_note_on(item.id, (subject,))
            case StepRow(item=item, subjects=subjects):
                self.action_note_on(item.id, subjects)
            case _:
                super().action_note()


def link_row(suspect: str) -> ListRow:
    """A suspect who may be a victim and does not stand in the case as one yet."""
    title = f"{suspect} may be a victim: add them as one"
    return ListRow(f"link@{suspect}", title, "[?]", VITAL, f"{VITAL}: space adds", "vital", LinkRow(suspect))
