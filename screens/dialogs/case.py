"""Beginning a case, closing it, and reopening it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.widget import Widget
from textual.widgets import Input, Static

from msht_tui.domain.entry import CASE
from msht_tui.domain.pack import ROLES, Role
from msht_tui.domain.review import Review
from msht_tui.domain.steps import Step
from msht_tui.service import CaseView, Casework
from msht_tui.summary.words import ROLE, one_line
from screens.dialogs.choices import Choices
from screens.dialogs.question import Question, called, field
from screens.look import count, shown
from screens.widgets.panel import Panel

if TYPE_CHECKING:
    from screens.worklist import WorklistScreen


class NewCaseDialog(Question):
    """Begins a case."""

    TITLE_WORDS: ClassVar[str] = "New case"
    KEY, ACTION = "n", "new"
    AUTO_FOCUS = "#reference"

    def __init__(self, opener: WorklistScreen) -> None:
        super().__init__(opener)
        self.worklist = opener

    def compose_fields(self) -> Iterable[Widget]:
        """The reference, and where the work begins."""
        yield field("Reference", id="reference", placeholder="incident or custody number; can be added later")
        yield Static("You work as", classes="words", markup=False)
        yield Choices([(role, ROLE[role]) for role in ROLES], id="role")

    def action_submit(self) -> None:
        """Begin it and open it."""
        reference = self.query_one("#reference", Input).value
        roles = self.query_one("#role", Choices).values
        if not roles:
            self.say("Choose with 1 to 4 what you work as: the short lists are made for it. Tab goes there.")
            return
        role = cast(Role, roles[0])
        self.attempt("case begun", lambda casework: casework.open_case(role=role, reference=reference))

    def recorded(self, what: str, view: CaseView) -> None:
        """Open the new case."""
        others = [row for row in self.worklist.cases if view.state.references and row.has_reference(view.state.title)]
        words = f"{shown(view.state.title)} names {count(len(others), 'other case')} as well" if others else ""
        self.worklist.enter_begun(view.case_id, words)
        self.go_away()


class CloseCaseDialog(Question):
    """Closes a case, once its review has been read, or reopens it. It begins on No: nothing is deleted, but others may be at work in it."""

    KEY = "z"
    AUTO_FOCUS = "#sure"
    KEY_WORDS: ClassVar[str] = "1 or 2 choose   Enter answers   Tab reason   Esc leaves"

    def __init__(self, opener: WorklistScreen, view: CaseView, *, reopen: bool = False) -> None:
        super().__init__(opener)
        self.worklist = opener
        self.view = view
        self.reopen = reopen

    def title_words(self) -> str:
        """Which case."""
        return f"{'Reopen' if self.reopen else 'Close'} {shown(self.view.state.title)}"

    @property
    def action(self) -> str:
        """The same case, wherever the cursor stands."""
        return called("close_case", self.view.case_id)

    def compose_fields(self) -> Iterable[Widget]:
        """What is left, the choice, and the reason."""
        lines = [] if self.reopen else review_lines(self.view.review(self.desk.now()))
        panel = Panel(classes="words")
        panel.styles.height = len(lines)
        panel.show([(line,) for line in lines])
        yield panel
        goes_on = "The numbers go on where they stopped." if self.reopen else "Nothing is deleted, and it can be reopened."
        yield Static(goes_on, classes="words", markup=False)
        yield Choices([("no", "No"), ("yes", "Yes, reopen it" if self.reopen else "Yes, close it")], picked=["no"], id="sure")
        yield field("Because", id="because", long=True)

    def action_submit(self) -> None:
        """Close or reopen on Yes."""
        if self.query_one("#sure", Choices).values != ("yes",):
            self.dismiss()
            return
        because, case_id = self.query_one("#because", Input).value, self.view.case_id

        def act(casework: Casework) -> CaseView:
            return casework.reopen_case(case_id, because=because) if self.reopen else casework.close_case(case_id, because=because)

        self.attempt("case reopened" if self.reopen else "case closed", act)

    def recorded(self, what: str, view: CaseView) -> None:
        """Show the list anew."""
        self.worklist.status.say(f"Saved: {what}", "saved")
        self.go_away()


def review_lines(review: Review) -> list[str]:
    """What is left of a case, a line each, what costs most first; empty when nothing is."""
    overdue = f"{len(review.overdue)} OVERDUE, " if review.overdue else ""
    numbers = ", ".join(str(entry.number) for entry in review.late)
    lines = (
        (len(review.killers), "vital step open", "vital steps open", _steps(review.killers)),
        (len(review.open), "other step open", "other steps open", ""),
        (len(review.deferred), "step deferred", "steps deferred", overdue + _steps((*review.overdue, *review.deferred))),
        (len(review.waiting), "step waiting for a fact", "steps waiting for a fact", ""),
        (len(review.unreasoned), "decision without its reason", "decisions without their reason", _steps(review.unreasoned)),
        (len(review.late), "entry recorded late", "entries recorded late", numbers),
    )
    counted = [f"{number} {one if number == 1 else many}{f': {which}' if which else ''}" for number, one, many, which in lines if number]
    return [*counted, *([f"Offered to {one_line(review.offered.to)}, who has not answered"] if review.offered else [])]


def _steps(steps: Sequence[Step]) -> str:
    """The steps by title and subject, each once."""
    return ", ".join(dict.fromkeys(f"{step.item.title}{'' if step.subject == CASE else f' {step.subject}'}" for step in steps))
