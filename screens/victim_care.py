"""Victim care: what each victim was given, and what was said with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from screens.ledger import ledger_rows
from screens.look import answer
from screens.phase import PhaseScreen
from screens.widgets.panel import Row


class VictimCareScreen(PhaseScreen):
    """Apart, understood, believed and looked after."""

    PLACE = "victim-care"
    PANEL = "-ledger"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "given", "Given", tooltip="Write down what this victim was given, or offered and declined"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        *PhaseScreen.SHOWN_KEYS[:7],
        ("g", "given", "given"),
        *PhaseScreen.SHOWN_KEYS[7:],
    )

    def panel(self) -> Sequence[Row]:
        """Interpreter, contact and consent of the victim shown; then, for each, what they were given and what was said last."""
        victims = [victim.id for victim in self.of_kind()]
        if not victims:
            return (("No victim yet: a adds one.",),)
        shown_one, state, pack = victims[0], self.case.state, self.case.pack

        def fact(name: str) -> str:
            return answer(pack, name, state.fact(shown_one, name)).lower()

        consent = "not asked of a child" if self.case.route(shown_one).route == "child" else fact("consent")
        facts = f"{shown_one}  interpreter {fact('interpreter')}   contact {fact('point_of_contact')}   consent {consent}"
        return ((facts,), *ledger_rows(self.case, victims, self.desk, self.subject))

    def why_not(self, action: str) -> str | None:
        """The table is the victims'."""
        if action == "given" and self.case.state.closed_at is None:
            return None if self.subject.startswith("V") else "Choose a victim first: Tab goes to the next, a adds one."
        return super().why_not("provision" if action == "given" else action)

    def action_given(self) -> None:
        """Write down what the victim shown was given."""
        if not self.refused("given"):
            self.action_provision_for((self.subject,))
