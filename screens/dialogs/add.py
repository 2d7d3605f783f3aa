"""Who or what joins the case."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, cast

from textual.widget import Widget
from textual.widgets import Input, Static

from msht_tui.domain.pack import SubjectKind
from msht_tui.service import CaseView, Casework
from screens.dialogs.choices import Choices
from screens.dialogs.question import CaseQuestion, field


class AddSubjectDialog(CaseQuestion):
    """Adds a victim, suspect, scene or other person."""

    TITLE_WORDS: ClassVar[str] = "Add to the case"
    AUTO_FOCUS = "Choices"

    def compose_fields(self) -> Iterable[Widget]:
        """The kind, and words to tell them apart by."""
        kinds = [("victim", "Victim"), ("suspect", "Suspect"), ("scene", "Scene"), ("other", "Other person")]
        yield Choices(kinds, id="kind")
        yield Static("A label tells them apart; a description serves, a name is not needed.", classes="words", markup=False)
        yield field("Label", id="label", placeholder="man at the gate, cell 6, container")
        yield field("Time", id="at", placeholder="now; or 14:05")

    def action_submit(self) -> None:
        """Add it."""
        kinds = self.query_one("#kind", Choices).values
        if not kinds:
            self.say("Choose with 1 to 4 who or what it is. Nothing was recorded.")
            return
        kind = cast(SubjectKind, kinds[0])
        label = self.query_one("#label", Input).value
        at = self.when()
        case_id = self.opener.case.case_id
        added: list[str] = []

        def act(casework: Casework) -> CaseView:
            view, subject = casework.add_subject(case_id, kind, label, at=at)
            added[:] = [subject]
            return view

        self.opener.added = added
        self.attempt(f"{kind} added", act)
