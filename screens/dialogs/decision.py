"""A decision of the competent authority."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.widget import Widget
from textual.widgets import Static

from msht_tui.domain.entry import Decision, Outcome
from screens.dialogs.choices import Choices
from screens.dialogs.question import CaseQuestion, field

if TYPE_CHECKING:
    from screens.case_frame import CaseScreen


class DecisionDialog(CaseQuestion):
    """Records what was decided about a victim."""

    KEY, ACTION = "D", "decision"
    AUTO_FOCUS = "#decision"
    KEY_WORDS: ClassVar[str] = "1 or 2 choose   Enter records   Tab next field   Esc leaves"

    def __init__(self, opener: CaseScreen, victim: str) -> None:
        super().__init__(opener)
        self.victim = victim

    def title_words(self) -> str:
        """Whose."""
        return f"Decision received for {self.victim}"

    def compose_fields(self) -> Iterable[Widget]:
        """Which decision, how it went, and when it was made known."""
        yield Static("Which decision", classes="words", markup=False)
        yield Choices([("reasonable", "Reasonable grounds"), ("conclusive", "Conclusive grounds")], id="decision")
        yield Static("How it went", classes="words", markup=False)
        yield Choices([("positive", "Positive"), ("negative", "Negative")], id="outcome")
        yield Static(
            "The time is when it was made known: 30 days to ask for a negative one again run from there.", classes="words", markup=False
        )
        yield field("Time", id="at", placeholder="now; or 14:05, or 2026-11-24T09:30")

    def action_submit(self) -> None:
        """Record it."""
        decisions, outcomes = self.query_one("#decision", Choices).values, self.query_one("#outcome", Choices).values
        if not decisions or not outcomes:
            self.say("Choose which decision it is and how it went, each with 1 or 2. Nothing was recorded.")
            return
        decision, outcome = cast(Decision, decisions[0]), cast(Outcome, outcomes[0])
        at, case_id, victim = self.when(), self.opener.case.case_id, self.victim
        self.attempt(
            f"{decision} grounds of {victim}: {outcome}",
            lambda casework: casework.receive(case_id, victim, decision, outcome, at=at),
        )
