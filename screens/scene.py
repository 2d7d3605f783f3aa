"""Scene: what has been done at each place to keep its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from screens.phase import PhaseScreen, glance
from screens.widgets.panel import Row


class SceneScreen(PhaseScreen):
    """Places, vehicles, and people as scenes."""

    PLACE = "scene"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "attended", "Attended", tooltip="Whether anybody from policing has been to this scene"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        *PhaseScreen.SHOWN_KEYS[:7],
        ("t", "attended", "attended"),
        *PhaseScreen.SHOWN_KEYS[7:],
    )

    def panel(self) -> Sequence[Row]:
        """Kind, attendance and evidence of each scene."""
        scenes = self.of_kind()
        if not scenes:
            return (
                ("No scene yet: a adds one. A room, a workplace, a vehicle, wherever victims were.",),
                ("Without a scene this phase is never complete.",),
            )
        return [self._glances(scene.id) for scene in scenes]

    def _glances(self, scene: str) -> Row:
        kind = self.case.state.fact(scene, "kind") or "kind?"
        attended = self.case.state.fact(scene, "attended") or "?"
        return (
            (f"{scene} {kind}, attended {attended}", "bold" if scene == self.subject else ""),
            glance(self, "SCN-1", scene, "held"),
            glance(self, "SCN-6", scene, "CSI"),
            glance(self, "EVI-2", scene, "secured"),
            glance(self, "EVI-3", scene, "neighbours"),
        )

    def why_not(self, action: str) -> str | None:
        """Attendance is a scene's."""
        if action == "attended" and self.case.state.closed_at is None:
            return None if self.subject.startswith("L") else "Choose a scene first: Tab goes to the next, a adds one."
        return super().why_not("add" if action == "attended" else action)

    def action_attended(self) -> None:
        """Ask whether the scene shown was attended."""
        if not self.refused("attended"):
            self.ask_fact(self.case.pack.fact("attended"), self.subject)
