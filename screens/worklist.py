"""The worklist: every case of the store, by reference, age band and progress. Never a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import PurePath
from time import monotonic
from typing import ClassVar, Literal

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from msht_tui.domain.refusal import Refused
from msht_tui.domain.retention import NOT_FOR_EXERCISES
from msht_tui.domain.worklist import UNSET, WorklistRow
from msht_tui.ports import StoreTrouble
from msht_tui.service import CaseView, Unreadable
from msht_tui.summary.words import due_words
from screens.asked import OPEN, asked_in
from screens.audit import AuditScreen
from screens.case_frame import CaseScreen
from screens.desk import NO_CASE, UNSAVED, Desk, Session, Typed
from screens.dialogs.case import CloseCaseDialog, NewCaseDialog
from screens.frame import DeskScreen
from screens.lock import InCase, Whereabouts
from screens.look import count, elapsed, held, shown
from screens.now import NowScreen
from screens.operators import OperatorsScreen
from screens.places import screen_for
from screens.reviews import ReviewsScreen, due_now
from screens.widgets.checklist import Checklist, ListRow

AGE_WORDS = {"not-sure": "age not sure", UNSET: "age not asked"}
MOMENT = 0.5
"""Seconds of reading from which its progress is shown."""


class WorklistScreen(DeskScreen):
    """Where the program begins."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "worklist.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "open", "Open", key_display="Enter", tooltip="Open the case"),
        Binding("n", "new", "New case", tooltip="Begin a new case"),
        Binding("z", "close", "Close or reopen", tooltip="Close the case, or reopen it; nothing is deleted"),
        Binding("A", "audit", "Audit", key_display="A", tooltip="The terminal's own log, for supervisors"),
        Binding("O", "operators", "Operators", key_display="O", tooltip="Who may sign in here; your own passphrase, and the recovery code"),
        Binding("R", "reviews", "Reviews", key_display="R", tooltip="Which cases are due for review; legal holds, and erasing"),
        Binding("q", "leave", "Quit", tooltip="Quit: everything is saved already"),
    ]
    LEGEND: ClassVar[Sequence[str]] = ("[ ] open   [~] something is due   [-] closed   [!] cannot be read or at fault",)
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("Enter", "open", "open"),
        ("n", "new case", "new"),
        ("z", "close", "close"),
        ("F3", "lock", "app.lock"),
        ("F4", "sign out", "app.sign_out"),
        ("q", "quit", "leave"),
    )

    def __init__(self, desk: Desk, back_to: Whereabouts | None = None) -> None:
        """`back_to` is where the operator was when the screen was locked."""
        super().__init__(desk)
        self.cases: list[WorklistRow] = []
        self.unreadable: list[Unreadable] = []
        self._loaded = False
        self._due: int | None = None
        """How many cases are due for review; `None` until they are counted, which is done for a supervisor."""
        self._back_to = back_to
        self._entering: CaseScreen | None = None
        """What is shown as soon as the list is in front."""

    def compose_body(self) -> Iterable[Widget]:
        """A heading and the list."""
        yield Static("Reading the cases ...", id="heading", markup=False)
        yield Checklist(long_width=22, id="list")

    @property
    def checklist(self) -> Checklist:
        """The list."""
        return self.query_one("#list", Checklist)

    def on_mount(self) -> None:
        """The screen is drawn before any file is read."""
        self.recall()
        self.call_after_refresh(self.load)
        if self.desk.badge is not None and self.desk.badge.notice:
            self.status.say(self.desk.badge.notice, "trouble")
        if self._back_to is not None and self._back_to.case is not None:
            self.go_back_to(self._back_to.case, asked=self._back_to.asked)

    def on_screen_resume(self) -> None:
        """Show the case that waits to be; else what was done in a case shows here."""
        if self._entering is not None:
            self._go_in(self._entering)
        elif self._loaded:
            self.load()
            self.keep_begun()

    @work(exclusive=True, group="recall")
    async def recall(self) -> None:
        """Have what was typed of a new case earlier stand ready; a question that was open at a lock is put again."""
        try:
            await self.desk.recall()
        except (StoreTrouble, Refused) as trouble:
            self.status.say(str(trouble), "trouble")
            return
        again = self._back_to is not None and self._back_to.asked and self._back_to.case is None
        for drafts in (self.desk.drafts, self.desk.begun.drafts):
            before = asked_in(drafts)
            if before is not None and again and self.is_active:
                await self.run_action(before.action)
                return
            if before is not None and drafts.keys() - {OPEN}:
                self.status.say(before.words, "refused")

    @work(exclusive=True, group="drafts")
    async def keep_begun(self) -> None:
        """What became of a new case that was typed is kept no longer; what cannot be done is tried again when the desk is left."""
        with suppress(StoreTrouble, Refused):
            await self.desk.do(lambda casework: self.desk.keep(NO_CASE, self.desk.begun))

    @work(exclusive=True, group="load")
    async def load(self, key: str | None = None) -> None:
        """Read every case."""
        try:
            self.cases, self.unreadable = await self.desk.do(lambda casework: casework.cases(self._tell()))
        except (StoreTrouble, Refused) as trouble:
            self.status.say(str(trouble), "trouble")
            return
        self._loaded = True
        self.draw(key)
        if self._due is None:
            self.count_due()

    @work(exclusive=True, group="due")
    async def count_due(self) -> None:
        """Tell a supervisor how many cases are due for review."""
        badge = self.desk.badge
        if badge is None or badge.role != "supervisor":
            return
        try:
            self._due = await self.desk.do(lambda casework: due_now(casework, badge))
        except (StoreTrouble, Refused) as trouble:
            self.status.say(str(trouble), "trouble")
        else:
            self.show_heading()

    def _tell(self) -> Callable[[int, int], None]:
        """Shows how far a reading has come that takes longer than a moment; called from the writer's thread."""
        told = monotonic()

        def tell(read: int, of: int) -> None:
            nonlocal told
            if monotonic() - told > MOMENT:
                told = monotonic()
                self.app.call_from_thread(self.query_one("#heading", Static).update, Content(f"Reading the cases: {read} of {of}"))

        return tell

    def draw(self, key: str | None = None) -> None:
        """Draw the list."""
        open_cases = [row for row in self.cases if row.closed_at is None]
        closed = [row for row in self.cases if row.closed_at is not None]
        rows = [self._row(row) for row in open_cases]
        if closed:
            rows.append(ListRow("closed", "Closed", tone="heading"))
            rows += [self._row(row) for row in closed]
        if self.unreadable:
            rows.append(ListRow("unreadable", "Cannot be read", tone="heading"))
            rows += [
                ListRow(one.case_id, f"{one.case_id[:8]}: {one.why}", "[!]", "DAMAGED", "DAMAGED", "red", one) for one in self.unreadable
            ]
        self.show_heading()
        self.checklist.show(tuple(rows), key)
        self.show_keys()

    def show_heading(self) -> None:
        """How many cases there are, who sits here, and to a supervisor how many are due for review."""
        where, closed = "Exercise cases" if self.desk.exercise else "Cases", sum(row.closed_at is not None for row in self.cases)
        words = f"{where}: {len(self.cases) - closed} open, {closed} closed"
        supervisor = self.desk.badge is not None and self.desk.badge.role == "supervisor"
        none = "No case yet: n begins one." + (" O lets others in." if supervisor else "")
        parts = [
            (words if self.cases or self.unreadable else none, "bold"),
            (f"   you are {shown(self.desk.operator)}", "$foreground 60%"),
            (f"   {self._due} due for review: R shows them" if self._due else "", "bold $warning"),
        ]
        self.query_one("#heading", Static).update(Content.assemble(*parts))

    def _row(self, row: WorklistRow) -> ListRow:
        now = self.desk.now()
        people = ", ".join(f"{number} {AGE_WORDS.get(band, band)}" for band, number in row.ages.items()) or "no victim yet"
        suspects = row.subjects.get("suspect", 0)
        references = " ".join(shown(reference.value) for reference in row.references) or row.title
        title = f"{references} ({row.case_id[:4]})  {people}" + (f", {count(suspects, 'suspect')}" if suspects else "")
        if row.closed_at is None and (row.offered_to or row.holder not in ("", self.desk.operator)):
            title += f", {held(row.holder, row.offered_to, self.desk.operator)}"
        done, due = f"{row.settled}/{row.total}", due_words(row, now, self.desk.zone)
        if row.closed_at is not None and not row.fault:
            return ListRow(row.case_id, title, "[-]", "closed", f"closed  {done}", "muted", row)
        if row.fault:
            return ListRow(row.case_id, f"{title}: {row.fault}", "[!]", "FAULT", "FAULT", "red", row)
        if due:
            late = "OVERDUE" in due
            return ListRow(row.case_id, title, "[~]", "OVERDUE" if late else due, f"{due}  {done}", "red" if late else "amber", row)
        return ListRow(row.case_id, title, "[ ]", done, f"{done}  {elapsed(row.opened_at, now)}", "open", row)

    def why_not(self, action: str) -> str | None:
        """A case has to be chosen, and readable. An exercise never locks."""
        if action == "audit":
            badge = self.desk.badge
            if badge is None:
                return "An exercise has no audit."
            return None if badge.role == "supervisor" else "The audit is for supervisors: ask one."
        if action == "reviews":
            return f"{NOT_FOR_EXERCISES}." if self.desk.badge is None else None
        if action == "operators":
            return "Nobody signs in to an exercise: it has no operators." if self.desk.badge is None else None
        if action in ("app.lock", "app.sign_out") and self.desk.exercise:
            return "Nobody signs in to an exercise, and it never locks."
        row = self.checklist.current
        if action in ("open", "close"):
            if row is None:
                return "There is no case here yet: n begins one."
            if isinstance(row.payload, Unreadable):
                return row.payload.why
        return None

    @work(exclusive=True, group="open")
    async def action_open(self) -> None:
        """Open the case on its Now board."""
        row = self.checklist.current
        if not self.refused("open") and row is not None and (view := await self._view(row.key, "opened")) is not None:
            self.enter(view, typed=await self._typed(row.key))

    async def _view(self, case_id: str, how: Literal["opened", "previewed"]) -> CaseView | None:
        """The case as it stands; what is wrong is said instead."""
        try:
            return await self.desk.read(case_id, how)
        except (StoreTrouble, Refused) as trouble:
            self.status.say(str(trouble), "trouble")
            return None

    async def _typed(self, case_id: str) -> Typed:
        """What was typed of the case earlier and not recorded; what cannot be read again keeps nobody from the case."""
        if case_id in self.desk.sessions:
            return Typed()
        try:
            return await self.desk.typed_before(case_id)
        except (StoreTrouble, Refused) as trouble:
            return Typed(drafts={UNSAVED: str(trouble)})

    def enter(
        self, view: CaseView, words: str = "", *, typed: Typed | None = None, back_to: InCase | None = None, asked: bool = False
    ) -> None:
        """Show a case, with a word on it: role and pause point begin as the case did. `typed` is what was typed of it before.

        `back_to` is where the operator was in it; if a question was `asked` there, it is put again.
        """
        if view.case_id not in self.desk.sessions:
            role, typed = view.state.role, typed or Typed()
            unsaved = typed.drafts.pop(UNSAVED, "")
            session = Session(view, role, view.pack.points_for(role)[0], screen_for, drafts=typed.drafts, kept=typed.kept)
            self.desk.sessions[view.case_id] = session
            before = asked_in(typed.drafts)
            session.again = before if asked else None
            if before is not None:
                session.subjects.update(before.where.subjects)
                session.cursors.update(before.where.cursors)
            words = words or _given_back(unsaved, typed.drafts, asked=session.again is not None)
        session = self.desk.sessions[view.case_id]
        session.view, session.words = view, words
        if back_to is not None:
            session.role, session.point = back_to.role, back_to.point
            session.subjects.update(back_to.subjects)
            session.cursors.update(back_to.cursors)
        self._entering = screen_for(back_to.place if back_to else NowScreen.PLACE)(self.desk, session)
        if self.is_active:
            self._go_in(self._entering)

    def _go_in(self, screen: CaseScreen) -> None:
        self._entering = None
        self.app.push_screen(screen)

    @work(exclusive=True, group="open")
    async def go_back_to(self, where: InCase, *, asked: bool) -> None:
        """Show the case and the place where the operator was, and the question if one was asked there."""
        if (view := await self._view(where.case_id, "opened")) is not None:
            self.enter(view, typed=await self._typed(where.case_id), back_to=where, asked=asked)

    @work(exclusive=True, group="open")
    async def enter_begun(self, case_id: str, words: str) -> None:
        """Show a case that has just been begun, once it is recorded that somebody looks at it."""
        if (view := await self._view(case_id, "opened")) is not None:
            self.enter(view, words)

    def action_new(self) -> None:
        """Begin a case."""
        question = NewCaseDialog(self)
        question.drafts = self.desk.begun.drafts
        self.app.push_screen(question)

    def action_close(self) -> None:
        """Close the case, or reopen it."""
        row = self.checklist.current
        if not self.refused("close") and row is not None:
            self.action_close_case(row.key)

    @work(exclusive=True, group="open")
    async def action_close_case(self, case_id: str) -> None:
        """The same of a case that is named."""
        if (view := await self._view(case_id, "previewed")) is not None:
            self.app.push_screen(CloseCaseDialog(self, view, reopen=view.state.closed_at is not None))

    def action_audit(self) -> None:
        """The terminal's own log."""
        if not self.refused("audit"):
            self.app.push_screen(AuditScreen(self.desk))

    def action_operators(self) -> None:
        """Who may sign in."""
        badge = self.desk.badge
        if not self.refused("operators") and badge is not None:
            self.app.push_screen(OperatorsScreen(self.desk, badge))

    def action_reviews(self) -> None:
        """What is due for review, what is held, and erasing; what is due is counted anew after it."""
        badge = self.desk.badge
        if not self.refused("reviews") and badge is not None:
            self._due = None
            self.app.push_screen(ReviewsScreen(self.desk, badge))

    def action_leave(self) -> None:
        """Quit."""
        self.call_later(self.app.action_quit)


def _given_back(unsaved: str, drafts: Mapping[str, str], *, asked: bool) -> str:
    """What to say of what was under way when the case was left; a question that is `asked` again speaks for itself."""
    lost = f"NOT SAVED when the screen was left: {unsaved}. Look at the log, and do it again." if unsaved else ""
    before = asked_in(drafts)
    words = before.words if before is not None else "What you had typed is kept: the same key gives it back."
    kept = words if drafts.keys() - {OPEN} and not asked else ""
    return " ".join(part for part in (lost, kept) if part)
