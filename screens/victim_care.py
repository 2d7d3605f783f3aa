"""Victim care: what each victim was asked and given, in the words of the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from msht_tui.domain.moment import local
from screens.dialogs.note import NoteDialog
from screens.look import shown, value_words
from screens.phase import PhaseScreen, step_covering

LOG_UNIT = "REC-1"
"""The unit that asks for a log of every interaction and of everything provided."""


class VictimCareScreen(PhaseScreen):
    """Apart, understood, believed and looked after."""

    PLACE = "victim-care"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "given", "Given or asked", tooltip="Write down what this victim was given, asked or told"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        *PhaseScreen.SHOWN_KEYS[:5],
        ("g", "given", "given"),
        *PhaseScreen.SHOWN_KEYS[5:],
    )

    def panel(self) -> Content:
        """Interpreter, contact and consent of the victim shown, and the last lines of their log."""
        victims = self.of_kind()
        if not victims:
            return Content("No victim yet: a adds one.")
        victim = victims[0].id
        state, pack = self.case.state, self.case.pack

        def fact(name: str) -> str:
            return value_words(pack.fact(name), state.fact(victim, name)).lower()

        consent = "not asked of a child" if self.case.route(victim).route == "child" else fact("consent")
        parts: list[tuple[str, str]] = [
            (f"{victim}  ", "bold"),
            (f"interpreter {fact('interpreter')}   contact {fact('point_of_contact')}   consent {consent}\n", ""),
        ]
        lines = [note for note in state.notes if note.event.subject == victim and self._is_log(note.event.item)]
        if not lines:
            parts.append(
                ("Given and asked: nothing written down yet. g writes it: food, drink, clothing, a call, what was said.", "$foreground 60%")
            )
        for note in lines[-2:]:
            parts.append((f"{local(note.stamp.happened_at, self.desk.zone, self.desk.now())} {shown(note.event.text)[:100]}\n", ""))
        return Content.assemble(*parts)

    def _is_log(self, item: str | None) -> bool:
        return item is not None and item in self.case.pack.item_by_id and LOG_UNIT in self.case.pack.item(item).covers

    def why_not(self, action: str) -> str | None:
        """The log is a victim's."""
        if action == "given" and self.case.state.closed_at is None:
            return None if self.subject.startswith("V") else "Choose a victim first: Tab goes to the next, a adds one."
        return super().why_not("add" if action == "given" else action)

    def action_given(self) -> None:
        """Write in the log of the victim shown."""
        if self.refused("given"):
            return
        step = step_covering(self.case, LOG_UNIT, self.subject)
        self.app.push_screen(
            NoteDialog(self, f"what {self.subject} was given, asked or told", (self.subject,), step.item.id if step else None)
        )
