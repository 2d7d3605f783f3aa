"""NRM: the route of each victim, why, what is missing, and the dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content

from msht_tui.domain.matter import Matter
from screens.desk import Desk, Session
from screens.dialogs.decision import DecisionDialog
from screens.dialogs.send import SendDialog
from screens.ledger import ledger_rows
from screens.matter import WORKSHEET, heading, read_matters, standing, to_know
from screens.phase import PhaseScreen
from screens.widgets.panel import Row


class NrmScreen(PhaseScreen):
    """The way to the Home Office, and until the decision."""

    PLACE = "nrm"
    reading = True
    PANEL = "-ledger"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("W", "worksheet", "Worksheet", key_display="W", tooltip="The worksheet of this victim: what the online form asks"),
        Binding("t", "sent", "Form sent", tooltip="Record that the online form has been sent for this victim"),
        Binding("D", "decision", "Decision", key_display="D", tooltip="Record a decision of the Home Office about this victim"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        *PhaseScreen.SHOWN_KEYS[:3],
        ("W", "worksheet", "worksheet"),
        ("t", "form sent", "sent"),
        ("D", "decision", "decision"),
        *PhaseScreen.SHOWN_KEYS[3:],
    )

    def __init__(self, desk: Desk, session: Session) -> None:
        super().__init__(desk, session)
        self.matters: Mapping[str, Matter] = {}
        """The matter of each victim, by id, as of the last reading."""

    def draw_case(self) -> None:
        """The steps at once; where each matter stands follows."""
        super().draw_case()
        self.read()

    @work(exclusive=True, group="matter")
    async def read(self) -> None:
        """Read the matters anew."""
        self.matters = await read_matters(self)
        self.show_panel()
        self.show_keys()
        self.reading = False
        await self.put_again()

    def panel(self) -> Sequence[Row]:
        """Where each victim's matter stands, a line each, with what to read first of the one shown; what each was given and told."""
        victims = [one.id for one in self.of_kind()]
        if not victims:
            return (("No victim yet: a adds one. The route follows from age and, for an adult, consent.",),)
        now = self.desk.now()
        lines: list[Row] = [(Content.assemble(*self._standing(one, now)),) for one in victims]
        first = self.matters.get(victims[0])
        first_words: list[Row] = [(to_know(first, now),)] if first is not None else []
        given = ledger_rows(self.case, victims, self.desk, self.subject)
        return (*lines[:1], *first_words, *given[:1], *lines[1:], *given[1:])

    def _standing(self, victim: str, now: datetime) -> tuple[tuple[str, str], ...]:
        """The line of a victim; the route alone until the matter has been read."""
        matter = self.matters.get(victim)
        return standing(matter, now, self.desk.zone) if matter else heading(victim, self.case.route(victim))

    def why_not(self, action: str) -> str | None:
        """These are about a victim."""
        if action not in ("worksheet", "sent", "decision"):
            return super().why_not(action)
        if self.subject not in self.matters:
            return "Choose a victim first: Tab goes to the next, a adds one."
        return None if action == "worksheet" else super().why_not("add")

    def action_worksheet(self) -> None:
        """The worksheet of the victim shown."""
        if not self.refused("worksheet"):
            self.session.subjects[WORKSHEET] = self.subject
            self.action_go(WORKSHEET)

    def action_sent(self) -> None:
        """Mark the form as sent for the victim shown."""
        if not self.refused("sent"):
            self.app.push_screen(SendDialog(self, self.matters[self.subject]))

    def action_decision(self) -> None:
        """A decision about the victim shown."""
        if not self.refused("decision"):
            self.app.push_screen(DecisionDialog(self, self.subject))
