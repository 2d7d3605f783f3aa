"""Suspect: could they be a victim, and which sources have been asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content

from screens.look import shown, value_words
from screens.phase import PhaseScreen

SOURCES = "intelligence-sources"


class SuspectScreen(PhaseScreen):
    """A suspect may be a victim first."""

    PLACE = "suspect"
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        *PhaseScreen.SHOWN_KEYS[:5],
        ("v", "victim too", "victim_too"),
        *PhaseScreen.SHOWN_KEYS[5:],
    )

    def panel(self) -> Content:
        """The possible-victim flip and the sources, for each suspect."""
        suspects = self.of_kind()
        if not suspects:
            return Content("No suspect yet: a adds one.\nWithout a suspect this phase is never complete.")
        state, pack = self.case.state, self.case.pack
        parts: list[tuple[str, str]] = []
        for suspect in suspects[:3]:
            linked = state.linked_victim(suspect.id)
            flip = (
                f"also {linked.id}"
                if linked
                else value_words(pack.fact("possible_victim"), state.fact(suspect.id, "possible_victim")).lower()
            )
            arrested = value_words(pack.fact("arrested"), state.fact(suspect.id, "arrested")).lower()
            sources = [s for s in self.case.steps if s.item.group == SOURCES and s.subject == suspect.id]
            settled = sum(s.state in ("done", "not-needed") for s in sources)
            left = ", ".join(s.item.title.removesuffix(" checked").removesuffix(" asked") for s in sources if s.state == "deferred")
            parts += [
                (f"{suspect.id} {shown(suspect.label)[:16]}  ", "bold" if suspect.id == self.subject else ""),
                (f"victim? {flip}", "bold $error" if linked or flip.startswith("yes") else "bold" if flip == "not set" else ""),
                (f"  arrested {arrested}  sources {settled}/{len(sources)}", ""),
                (f", deferred {left}" if left else "", "$warning"),
                ("\n", ""),
            ]
        return Content.assemble(*parts[:-1])
