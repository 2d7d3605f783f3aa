"""Reviews: which cases are due to be looked at again, which are held, and how one is erased. Nothing goes by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import PurePath
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from msht_tui.domain.audit import Erased, HoldLifted, HoldSet, ReviewKept
from msht_tui.domain.moment import local
from msht_tui.domain.refusal import Refused
from msht_tui.domain.retention import (
    SHORT,
    Due,
    Retention,
    done_words,
    due_for_review,
    kept_words,
    refuse_but_supervisor,
    refuse_unconfirmed,
    review_on,
)
from msht_tui.domain.worklist import WorklistRow
from msht_tui.ports import StoreTrouble
from msht_tui.service import Casework, Unreadable
from screens.desk import Desk
from screens.dialogs.review import EraseDialog, ReasonDialog
from screens.frame import DeskScreen
from screens.gate import Badge
from screens.look import count, held, shown
from screens.widgets.checklist import Checklist, ListRow
from screens.widgets.why_card import Part, WhyCard, head

RULE = "Due 31 days after the last handover or closing, else the opening, and after a review that kept it. Nothing is erased by itself."
ACTS = {"keep": "keep a case", "hold": "hold a case", "lift": "lift a hold", "erase": "erase a case"}
"""The actions that are for supervisors, as one is asked to do them."""
HEAD = "bold $foreground 60%"
"""How the name of a date is drawn."""


class ReviewsScreen(DeskScreen):
    """The cases that are due, the longest overdue first, then the others by their date."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "reviews.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "keep", "Keep", tooltip="The case was reviewed and is kept: it is due again in 31 days"),
        Binding("h", "hold", "Hold", tooltip="Put the case under a legal hold: nobody can erase it until it is lifted"),
        Binding("l", "lift", "Lift", tooltip="Lift the legal hold of the case"),
        Binding("e", "erase", "Erase", tooltip="Erase the case for good; what that does not reach is shown first"),
        Binding("escape,w", "leave", "Cases", key_display="Esc", tooltip="Back to the list of cases"),
    ]
    LEGEND: ClassVar[Sequence[str]] = ("[~] due for review   [ ] later   [H] under a legal hold   [!] cannot be read",)
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("r", "reviewed, keep", "keep"),
        ("h", "hold", "hold"),
        ("l", "lift hold", "lift"),
        ("e", "erase", "erase"),
        ("Esc", "cases", "leave"),
    )

    def __init__(self, desk: Desk, badge: Badge) -> None:
        """`badge` is of whoever sits at the desk."""
        super().__init__(desk)
        self.badge = badge
        self.cases: Mapping[str, WorklistRow] = {}
        """By id."""
        self.unreadable: Sequence[Unreadable] = ()
        self.state = Retention()

    def compose_body(self) -> Iterable[Widget]:
        """How many are due, the list, and the case in short."""
        yield Static("Reading the cases ...", id="heading", markup=False)
        with Horizontal(id="work"):
            yield Checklist(id="list")
            yield WhyCard(id="card")

    @property
    def checklist(self) -> Checklist:
        """The list."""
        return self.query_one("#list", Checklist)

    def on_screen_resume(self) -> None:
        """Read it, and again after every question."""
        self.load()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Read every case, and what the audit says of them."""
        try:
            (rows, self.unreadable), self.state = await self.desk.do(lambda casework: (casework.cases(), self.badge.retention()))
        except (StoreTrouble, Refused) as trouble:
            self.status.say(str(trouble), "trouble")
            return
        self.cases = {row.case_id: row for row in rows}
        self.draw()

    # Drawing

    def draw(self) -> None:
        """Draw the list."""
        zone, now = self.desk.zone, self.desk.now()
        today = now.astimezone(zone).date()
        dated = due_for_review(self.cases.values(), self.state, date.max, zone)
        due, later = [one for one in dated if one.on <= today], [one for one in dated if one.on > today]
        words = f"{len(due)} due for review, {len(later)} later" if due else "No case is due for review."
        note = self.state.gap_words(now, zone)
        self.query_one("#heading", Static).update(Content.assemble((words, "bold"), (f"\n{note}" if note else "", "bold $warning")))
        groups = (
            ("Due for review, the longest overdue first", [self._row(one, "[~]") for one in due]),
            ("Later", [self._row(one, "[ ]") for one in later]),
            ("Cannot be read", [self._unreadable_row(one) for one in self.unreadable]),
        )
        self.checklist.show(tuple(row for title, rows in groups if rows for row in (ListRow(title, title, tone="heading"), *rows)))
        self.show_keys()

    def _row(self, one: Due, mark: str) -> ListRow:
        row, on = self.cases[one.case_id], f"{one.on:%d %b %Y}"
        states = [*(["closed"] if row.closed_at else []), *(["LEGAL HOLD"] if one.held else [])]
        references = " ".join(shown(reference.value) for reference in row.references) or row.title
        title = ", ".join((f"{references} ({row.case_id[:4]})", *states))
        return ListRow(one.case_id, title, "[H]" if one.held else mark, on, on, "amber" if mark == "[~]" or one.held else "open", one)

    def _unreadable_row(self, one: Unreadable) -> ListRow:
        title = f"{one.case_id[:SHORT]}: {one.why}" + (", LEGAL HOLD" if one.case_id in self.state.holds else "")
        return ListRow(one.case_id, title, "[!]", "DAMAGED", "DAMAGED", "red", one)

    @on(Checklist.Highlighted)
    def show_card(self) -> None:
        """The case under the cursor, if there is one: its dates, its hold, and the rule."""
        parts: list[Part] = []
        if (row := self.checklist.current) is not None:
            parts += [(f"{self._called(row.key)}\n", "bold"), *self._due(row.payload), *self._hold(row.key), *self._dates(row.key), "\n"]
        self.query_one("#card", WhyCard).show(Content.assemble(*parts, (RULE, "$foreground 60%")))
        self.show_keys()

    def _due(self, payload: object) -> list[Part]:
        if not isinstance(payload, Due):
            return ["\nIt cannot be read, so nobody knows when it is due.\n"]
        today = self.desk.now().astimezone(self.desk.zone).date()
        return head("Due", f"{'since' if payload.on <= today else 'on'} {payload.on:%d %b %Y}")

    def _dates(self, case_id: str) -> list[Part]:
        """What the date of the review is counted from."""
        row = self.cases.get(case_id)
        if row is None:
            return []
        moments = {
            "Opened": row.opened_at,
            "Handed over": row.handed_over_at,
            "Closed": row.closed_at,
            "Reviewed, kept": self.state.kept.get(case_id),
        }
        found = [(name, local(moment, self.desk.zone, self.desk.now())) for name, moment in moments.items() if moment is not None]
        return ["\n", *(part for name, when in found for part in ((f"{name}  ", HEAD), f"{when}\n"))]

    def _hold(self, case_id: str) -> list[Part]:
        hold = self.state.holds.get(case_id)
        if hold is None:
            return []
        since = local(hold.at, self.desk.zone, self.desk.now())
        return [("\nLEGAL HOLD\n", "bold $warning"), f"since {since}, {shown(hold.words)}\n"]

    def _called(self, case_id: str) -> str:
        """A case by its reference and the beginning of its id."""
        row = self.cases.get(case_id)
        return f"{shown(row.title)} ({case_id[:SHORT]})" if row is not None and row.references else case_id[:SHORT]

    # Keys

    def why_not(self, action: str) -> str | None:
        """Only a supervisor does anything here; a hold is lifted where there is one, and keeps a case from being erased."""
        row = self.checklist.current
        if action not in ACTS:
            return None
        try:
            self._refuse(action, row.key if row else "", self.state)
        except Refused as refusal:
            return shown(str(refusal))
        return None

    def _refuse(self, action: str, case_id: str, state: Retention) -> None:
        """Raises `Refused` for what the operator may not do, and what cannot be done with the case as it stands."""
        refuse_but_supervisor(self.badge.role, self.desk.operator, ACTS[action])
        if not case_id:
            raise Refused("There is no case here.")
        if action == "keep" and case_id not in self.cases:
            raise Refused(f"Case {case_id[:SHORT]} cannot be read, and so not be reviewed. Nothing was changed.")
        if action == "lift":
            state.refuse_unheld(case_id)
        if action == "erase":
            state.refuse_held(case_id)

    def _chosen(self, action: str) -> str | None:
        """The id of the case under the cursor; what keeps it from the action is said instead."""
        return None if self.refused(action) or self.checklist.current is None else self.checklist.current.key

    def action_keep(self) -> None:
        """Reviewed, and kept."""
        if (case_id := self._chosen("keep")) is None:
            return
        row = self.cases[case_id]

        def keep(casework: Casework, because: str) -> str:
            self._refuse("keep", case_id, self.badge.retention())
            self.badge.record(ReviewKept(case=case_id, because=because))
            return kept_words(review_on(row, self.badge.retention(), casework.zone))

        self._ask(f"Keep {self._called(case_id)}", "It was reviewed: it is due again in 31 days.", keep)

    def action_hold(self) -> None:
        """Under a legal hold; one that stands already gives way to it."""
        if (case_id := self._chosen("hold")) is None:
            return

        def hold(casework: Casework, because: str) -> str:
            self._refuse("hold", case_id, self.badge.retention())
            self.badge.record(event := HoldSet(case=case_id, because=because))
            return done_words(event)

        before = " It takes the place of the hold that stands." if case_id in self.state.holds else ""
        self._ask(f"Legal hold of {self._called(case_id)}", f"Nobody can erase it until the hold is lifted.{before}", hold)

    def action_lift(self) -> None:
        """Under no legal hold any more."""
        if (case_id := self._chosen("lift")) is None:
            return

        def lift(casework: Casework, because: str) -> str:
            self._refuse("lift", case_id, self.badge.retention())
            self.badge.record(event := HoldLifted(case=case_id, because=because))
            return done_words(event)

        self._ask(f"Lift the hold of {self._called(case_id)}", "From then on a supervisor can erase it.", lift)

    def _ask(self, title: str, words: str, act: Callable[[Casework, str], str]) -> None:
        self.app.push_screen(ReasonDialog(self, title, words, act))

    def action_erase(self) -> None:
        """Gone for good, once that is confirmed."""
        if (case_id := self._chosen("erase")) is None:
            return
        references = [reference.value for reference in self.cases[case_id].references] if case_id in self.cases else []

        def erase(casework: Casework, typed: str) -> str:
            self._refuse("erase", case_id, self.badge.retention())
            refuse_unconfirmed(typed, case_id, references)
            casework.close()  # a file that is open cannot be removed everywhere, and what was read of it goes as well
            self.badge.erase(case_id)
            return done_words(Erased(case=case_id))

        self.app.push_screen(EraseDialog(self, f"Erase {self._called(case_id)}", case_id, self._lost(case_id), erase))

    def _lost(self, case_id: str) -> str:
        """What a case is, in a line, before it is erased."""
        row = self.cases.get(case_id)
        if row is None:
            return "It cannot be read, so nobody knows what is lost."
        today = self.desk.now().astimezone(self.desk.zone).date()
        on = review_on(row, self.state, self.desk.zone)
        due = f"due for review {'since' if on <= today else 'on'} {on:%d %b %Y}"
        victims = count(row.subjects.get("victim", 0), "victim")
        state = "Closed" if row.closed_at else "Open"
        return f"{state}, {due}, {victims}, {row.settled} of {row.total} steps settled; {held(row.holder, '', self.desk.operator)}"

    def told(self, words: str) -> None:
        """Say what was done."""
        self.status.say(words, "saved")

    def action_leave(self) -> None:
        """Back."""
        self.dismiss()


def due_now(casework: Casework, badge: Badge) -> int:
    """How many cases are due for review. Raises `StoreTrouble` and `Refused`, and may take its time."""
    today = casework.clock.now().astimezone(casework.zone).date()
    return len(due_for_review(casework.cases()[0], badge.retention(), today, casework.zone))
