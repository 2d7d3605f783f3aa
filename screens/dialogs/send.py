"""Marking the form as sent. The choice begins on No: what has gone to the Home Office cannot be called back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.widget import Widget
from textual.widgets import Input, Static

from msht_tui.domain.matter import Matter
from msht_tui.domain.readiness import Answer
from msht_tui.summary.words import ROUTE
from screens.dialogs.choices import Choices
from screens.dialogs.question import CaseQuestion, field

if TYPE_CHECKING:
    from screens.case_frame import CaseScreen


class SendDialog(CaseQuestion):
    """Records that the online form has gone for a victim, on the route of now."""

    KEY, ACTION = "t", "sent"
    AUTO_FOCUS = "#sure"
    KEY_WORDS: ClassVar[str] = "1 or 2 choose   Enter answers   Tab next field   Esc leaves"
    DEFAULT_CSS = """
    SendDialog .warning { height: auto; color: $warning; }
    """

    def __init__(self, opener: CaseScreen, matter: Matter) -> None:
        super().__init__(opener)
        self.matter = matter

    def title_words(self) -> str:
        """Whose form, on which route."""
        return f"Form sent for {self.matter.victim}: {ROUTE[self.matter.route.route]}"

    def compose_fields(self) -> Iterable[Widget]:
        """What to think of first, the choice, and what came back."""
        for words in self.matter.warnings:
            yield Static(words, classes="warning", markup=False)
        yield Static("Has it gone? It cannot be called back.", classes="words", markup=False)
        yield Choices([("no", "No"), ("yes", "Yes, it was sent")], picked=["no"], id="sure")
        yield field("Reference", id="reference", placeholder="from the confirmation; can be left out")
        yield field("Authority", id="to", placeholder="who decides, where that is known")
        receipt = self.matter.answers.get("responder_work_email", Answer()).value
        yield field("Receipt to", id="receipt", value=receipt, placeholder="the address that the confirmation went to")
        yield field("Time", id="at", placeholder="now; or when it was sent, 14:05")

    def action_submit(self) -> None:
        """Record it on Yes."""
        if self.query_one("#sure", Choices).values != ("yes",):
            self.dismiss()
            return
        at, case_id, victim = self.when(), self.opener.case.case_id, self.matter.victim
        reference, to, receipt = (self.query_one(f"#{name}", Input).value for name in ("reference", "to", "receipt"))
        self.attempt(
            f"form sent for {victim}: {ROUTE[self.matter.route.route]}",
            lambda casework: casework.send(case_id, victim, reference=reference, to=to, receipt=receipt, at=at),
        )
