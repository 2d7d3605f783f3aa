"""Who or what joins the case, the numbers it has elsewhere, and who was entered by mistake or twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.widget import Widget
from textual.widgets import Input, Static

from msht_tui.domain.entry import ReferenceKind
from msht_tui.domain.pack import SubjectKind
from msht_tui.service import CaseView, Casework
from msht_tui.summary.words import REFERENCE
from screens.desk import Combining
from screens.dialogs.choices import Choices
from screens.dialogs.question import CaseQuestion, field
from screens.look import shown

if TYPE_CHECKING:
    from screens.case_frame import CaseScreen


class AddSubjectDialog(CaseQuestion):
    """Adds a victim, suspect, scene or other person."""

    TITLE_WORDS: ClassVar[str] = "Add to the case"
    KEY, ACTION = "a", "add"
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


class ReferenceDialog(CaseQuestion):
    """Adds a reference."""

    TITLE_WORDS: ClassVar[str] = "Add a reference"
    KEY, ACTION = "A", "reference"
    AUTO_FOCUS = "Choices"

    def compose_fields(self) -> Iterable[Widget]:
        """Which system's, and the number."""
        kinds = [(kind, words.lower() if kind != "nrm" else words) for kind, words in REFERENCE.items()]
        yield Choices(kinds, picked=["incident"], id="kind")
        yield field("Number", id="value", placeholder="as it stands in the other system")
        yield field("Time", id="at", placeholder="now; or 14:05")

    def action_submit(self) -> None:
        """Add it."""
        kind = cast(ReferenceKind, self.query_one("#kind", Choices).values[0])
        value, at, case_id = self.query_one("#value", Input).value, self.when(), self.opener.case.case_id
        self.attempt(f"reference {value}", lambda casework: casework.add_reference(case_id, kind, value, at=at))


class RetireDialog(CaseQuestion):
    """Retires a person or scene."""

    TITLE_WORDS: ClassVar[str] = "Retire somebody entered by mistake or twice"
    KEY, ACTION = "X", "retire"
    AUTO_FOCUS = "#subject"

    def __init__(self, opener: CaseScreen, chosen: Sequence[str]) -> None:
        """`chosen` is who is chosen at first, if anybody is."""
        super().__init__(opener)
        self.chosen = tuple(chosen)
        self._combining = Combining(opener.desk, opener.case.case_id, "same")

    def compose_fields(self) -> Iterable[Widget]:
        """Who, why, and whom they are the same as."""
        names = [(one.id, f"{one.id} {shown(one.label)[:22]}".strip()) for one in self.opener.case.state.active()]
        yield Choices(names, picked=self.chosen, id="subject")
        yield Static("Their entries stay; their steps leave the counts.", classes="words", markup=False)
        yield field("Because", id="because", long=True)
        yield field("Same as", id="same_as", placeholder="V1, when entered twice")
        yield field("Time", id="at", placeholder="now; or 14:05")

    def action_submit(self) -> None:
        """Retire them."""
        subjects = self.query_one("#subject", Choices).values
        if not subjects:
            self.say("Choose who is retired. Nothing was recorded.")
            return
        subject, case_id, at = subjects[0], self.opener.case.case_id, self.when()
        because, same_as = (self.query_one(name, Input).value for name in ("#because", "#same_as"))
        same = same_as.strip().upper() or None

        def act(casework: Casework) -> CaseView:
            return casework.retire_subject(case_id, subject, because=because, same_as=same, at=at)

        self.attempt(f"{subject} retired", act if same is None else lambda casework: self._combining.do(casework, act))
