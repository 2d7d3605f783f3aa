"""Scene: what has been done at each place to keep its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from screens.phase import PhaseScreen, glance


class SceneScreen(PhaseScreen):
    """Places, vehicles, and people as scenes."""

    PLACE = "scene"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "attended", "Attended", tooltip="Whether anybody from policing has been to this scene"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        *PhaseScreen.SHOWN_KEYS[:5],
        ("t", "attended", "attended"),
        *PhaseScreen.SHOWN_KEYS[5:],
    )

    def panel(self) -> Content:
        """Kind, attendance and evidence of each scene."""
        scenes = self.of_kind()
        if not scenes:
            return Content(
                "No scene yet: a adds one. A room, a workplace, a vehicle, wherever victims were.\n"
                "Without a scene this phase is never complete."
            )
        parts: list[tuple[str, str]] = []
        for scene in scenes[:3]:
            kind = self.case.state.fact(scene.id, "kind") or "kind?"
            attended = self.case.state.fact(scene.id, "attended") or "?"
            parts += [
                (f"{scene.id} {kind}, attended {attended}  ", "bold" if scene.id == self.subject else ""),
                glance(self, "SCN-1", scene.id, "held"),
                ("  ", ""),
                glance(self, "SCN-6", scene.id, "CSI"),
                ("  ", ""),
                glance(self, "EVI-2", scene.id, "secured"),
                ("  ", ""),
                glance(self, "EVI-3", scene.id, "neighbours"),
                ("\n", ""),
            ]
        if len(scenes) > 3:
            parts[-1:] = [(f"  +{len(scenes) - 3} more", "bold $warning"), ("", "")]
        return Content.assemble(*parts[:-1])

    def why_not(self, action: str) -> str | None:
        """Attendance is a scene's."""
        if action == "attended" and self.case.state.closed_at is None:
            return None if self.subject.startswith("L") else "Choose a scene first: Tab goes to the next, a adds one."
        return super().why_not("add" if action == "attended" else action)

    def action_attended(self) -> None:
        """Ask whether the scene shown was attended."""
        if not self.refused("attended"):
            self.ask_fact(self.case.pack.fact("attended"), self.subject)
