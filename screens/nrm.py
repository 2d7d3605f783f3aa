"""NRM: the route of each victim, why, what is missing, and the dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from msht_tui.domain.moment import local
from screens.ledger import ledger_rows
from screens.look import answer
from screens.phase import PhaseScreen
from screens.widgets.panel import Row

ROUTE_WORDS = {
    "child": "child: referral, no consent asked",
    "adult_consent": "adult who consents: referral",
    "duty_to_notify": "duty to notify",
    "undetermined": "undetermined",
}


class NrmScreen(PhaseScreen):
    """The way to the Home Office, and until the decision."""

    PLACE = "nrm"
    PANEL = "-ledger"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "referral", "Referral", tooltip="Record that the online form has been sent for this victim"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        *PhaseScreen.SHOWN_KEYS[:7],
        ("e", "form sent", "referral"),
        *PhaseScreen.SHOWN_KEYS[7:],
    )

    def panel(self) -> Sequence[Row]:
        """Route, why, what is missing; when the form was sent and what was decided; what each victim was given and told last."""
        victims = self.of_kind()
        if not victims:
            return (("No victim yet: a adds one. The route follows from age and, for an adult, consent.",),)
        victim = victims[0].id
        route = self.case.route(victim)
        named = "  identity stays out" if route.anonymous else ""
        missing = f"  missing: {', '.join(route.missing)}" if route.missing else ""
        tone = "bold $warning" if route.route == "undetermined" else "bold $accent"
        return (
            ((f"{victim}  Route {ROUTE_WORDS[route.route]}{named}{missing}", tone),),
            (route.why,),
            (f"Form {self._dated(victim, 'referral')}   Reasonable grounds {self._dated(victim, 'reasonable_grounds')}",),
            *ledger_rows(self.case, [one.id for one in victims], self.desk, self.subject),
        )

    def _dated(self, victim: str, name: str) -> str:
        found = self.case.state.facts.get(victim, {}).get(name)
        words = answer(self.case.pack, name, found.value if found else None).lower()
        return words if found is None else f"{words}, {local(found.stamp.happened_at, self.desk.zone, self.desk.now())}"

    def why_not(self, action: str) -> str | None:
        """A form is sent for a victim."""
        if action == "referral" and self.case.state.closed_at is None:
            return None if self.subject.startswith("V") else "Choose a victim first: Tab goes to the next, a adds one."
        return super().why_not("add" if action == "referral" else action)

    def action_referral(self) -> None:
        """Ask whether the form was sent for the victim shown."""
        if not self.refused("referral"):
            self.ask_fact(self.case.pack.fact("referral"), self.subject)
