"""Initial actions: needs and risk of everybody at a glance, and how long each has been known to us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType

from msht_tui.domain.entry import SubjectAdded
from screens.look import ago, answer
from screens.phase import PhaseScreen, glance
from screens.widgets.panel import Row


class InitialActionsScreen(PhaseScreen):
    """The first minutes."""

    PLACE = "initial-actions"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "medical", "Medical need", tooltip="Medical need of this victim: yes, no or not sure"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        *PhaseScreen.SHOWN_KEYS[:7],
        ("m", "medical", "medical"),
        *PhaseScreen.SHOWN_KEYS[7:],
    )

    def panel(self) -> Sequence[Row]:
        """Danger, needs, medical need and interpreter of each victim, since when they have been in the case."""
        victims = self.of_kind()
        if not victims:
            return (
                ("No victim yet: a adds one. Case steps are below.",),
                ("A caller, a detainee, somebody seen: add them before you know more.",),
            )
        return [self._glances(victim.id) for victim in victims]

    def _glances(self, victim: str) -> Row:
        medical = answer(self.case.pack, "medical_need", self.case.state.fact(victim, "medical_need")).partition(",")[0].lower()
        return (
            (f"{victim} {ago(self._added(victim), self.desk.now())}", "bold" if victim == self.subject else ""),
            glance(self, "ACT-3", victim, "danger"),
            glance(self, "ACT-1", victim, "needs"),
            (f"medical {medical}", "bold $warning" if medical in ("yes", "not sure") else ""),
            glance(self, "VIC-6", victim, "interpreter"),
        )

    def _added(self, victim: str) -> datetime:
        """When a victim joined the case, in UTC."""
        return next(
            (e.stamp.happened_at for e in self.case.entries if isinstance(e.event, SubjectAdded) and e.event.subject == victim),
            self.desk.now(),
        )

    def why_not(self, action: str) -> str | None:
        """The medical need is a victim's."""
        if action == "medical" and self.case.state.closed_at is None:
            return None if self.subject.startswith("V") else "Choose a victim first: Tab goes to the next."
        return super().why_not("add" if action == "medical" else action)

    def action_medical(self) -> None:
        """Ask for the medical need of the victim shown."""
        if not self.refused("medical"):
            self.ask_fact(self.case.pack.fact("medical_need"), self.subject)
