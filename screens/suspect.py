"""Suspect: could they be a victim, and which sources have been asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msht_tui.domain.case import Subject
from screens.look import answer, shown
from screens.phase import PhaseScreen
from screens.widgets.panel import Row

SOURCES = "intelligence-sources"


class SuspectScreen(PhaseScreen):
    """A suspect may be a victim first."""

    PLACE = "suspect"
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        *PhaseScreen.SHOWN_KEYS[:7],
        ("v", "victim too", "victim_too"),
        *PhaseScreen.SHOWN_KEYS[7:],
    )

    def panel(self) -> Sequence[Row]:
        """The possible-victim flip and the sources, for each suspect."""
        suspects = self.of_kind()
        if not suspects:
            return (("No suspect yet: a adds one.",), ("Without a suspect this phase is never complete.",))
        return [self._glances(suspect) for suspect in suspects]

    def _glances(self, suspect: Subject) -> Row:
        state, pack = self.case.state, self.case.pack
        linked = state.linked_victim(suspect.id)
        flip = f"also {linked.id}" if linked else answer(pack, "possible_victim", state.fact(suspect.id, "possible_victim")).lower()
        arrested = answer(pack, "arrested", state.fact(suspect.id, "arrested")).lower()
        sources = [s for s in self.case.steps if s.item.group == SOURCES and s.subject == suspect.id]
        settled = sum(s.state in ("done", "not-needed") for s in sources)
        left = ", ".join(s.item.title.removesuffix(" checked").removesuffix(" asked") for s in sources if s.state == "deferred")
        return (
            (f"{suspect.id} {shown(suspect.label)[:16]}", "bold" if suspect.id == self.subject else ""),
            (f"victim? {flip}", "bold $error" if linked or flip.startswith("yes") else "bold" if flip == "not set" else ""),
            f"arrested {arrested}",
            (f"sources {settled}/{len(sources)}{f', deferred {left}' if left else ''}", "$warning" if left else ""),
        )
