"""Beginning a case, closing it, and reopening it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.widget import Widget
from textual.widgets import Input, Static

from msht_tui.domain.pack import ROLES, Role
from msht_tui.service import CaseView, Casework
from screens.dialogs.choices import Choices
from screens.dialogs.question import Question, field
from screens.look import count, shown
from screens.now import ROLE_WORDS

if TYPE_CHECKING:
    from screens.worklist import WorklistScreen


class NewCaseDialog(Question):
    """Begins a case."""

    TITLE_WORDS: ClassVar[str] = "New case"
    AUTO_FOCUS = "#reference"

    def __init__(self, opener: WorklistScreen) -> None:
        super().__init__(opener)
        self.worklist = opener

    def compose_fields(self) -> Iterable[Widget]:
        """The reference, and where the work begins."""
        yield field("Reference", id="reference", placeholder="incident or custody number; can be added later")
        yield Static("You work as", classes="words", markup=False)
        yield Choices([(role, ROLE_WORDS[role]) for role in ROLES], id="role")

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
        self.dismiss()
        others = [row for row in self.worklist.cases if view.state.references and row.has_reference(view.state.title)]
        self.worklist.enter(view, f"{shown(view.state.title)} names {count(len(others), 'other case')} as well" if others else "")


class CloseCaseDialog(Question):
    """Closes a case or reopens it. The choice begins on No: nothing is deleted either way, but others may be at work in it."""

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

    def compose_fields(self) -> Iterable[Widget]:
        """What is left, the choice, and the reason."""
        left = sum(step.state == "open" for step in self.view.steps)
        vital = sum(step.state == "open" and step.item.killer for step in self.view.steps)
        waiting = sum(step.state == "waiting" for step in self.view.steps)
        deferred = sum(step.state == "deferred" for step in self.view.steps)
        open_words = f"{count(left, 'step')} open, {vital} of them vital; {waiting} waiting for a fact; {deferred} deferred."
        words = f"{open_words} Nothing is deleted, and it can be reopened."
        yield Static("The numbers go on where they stopped." if self.reopen else words, classes="words", markup=False)
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
        self.dismiss()
