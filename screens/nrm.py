"""NRM: the route of each victim, why, what is missing, and the dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from msht_tui.domain.moment import local
from screens.look import value_words
from screens.phase import PhaseScreen

ROUTE_WORDS = {
    "child": "child: referral, no consent asked",
    "adult_consent": "adult who consents: referral",
    "duty_to_notify": "duty to notify",
    "undetermined": "undetermined",
}


class NrmScreen(PhaseScreen):
    """The way to the Home Office, and until the decision."""

    PLACE = "nrm"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "referral", "Referral", tooltip="Record that the online form has been sent for this victim"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        *PhaseScreen.SHOWN_KEYS[:5],
        ("e", "form sent", "referral"),
        *PhaseScreen.SHOWN_KEYS[5:],
    )

    def panel(self) -> Content:
        """Route, why, what is missing; when the form was sent and what was decided."""
        victims = self.of_kind()
        if not victims:
            return Content("No victim yet: a adds one. The route follows from the age and, for an adult, from consent.")
        victim = victims[0].id
        route = self.case.route(victim)
        named = "  identity stays out" if route.anonymous else ""
        missing = f"  missing: {', '.join(route.missing)}" if route.missing else ""
        tone = "bold $warning" if route.route == "undetermined" else "bold $accent"
        return Content.assemble(
            (f"{victim}  ", "bold"),
            (f"Route {ROUTE_WORDS[route.route]}{named}{missing}\n", tone),
            (f"{route.why}\n", ""),
            f"Form {self._dated(victim, 'referral')}   Reasonable grounds {self._dated(victim, 'reasonable_grounds')}",
        )

    def _dated(self, victim: str, name: str) -> str:
        answer = self.case.state.facts.get(victim, {}).get(name)
        words = value_words(self.case.pack.fact(name), answer.value if answer else None).lower()
        return words if answer is None else f"{words}, {local(answer.stamp.happened_at, self.desk.zone, self.desk.now())}"

    def why_not(self, action: str) -> str | None:
        """A form is sent for a victim."""
        if action == "referral" and self.case.state.closed_at is None:
            return None if self.subject.startswith("V") else "Choose a victim first: Tab goes to the next, a adds one."
        return super().why_not("add" if action == "referral" else action)

    def action_referral(self) -> None:
        """Ask whether the form was sent for the victim shown."""
        if not self.refused("referral"):
            self.ask_fact(self.case.pack.fact("referral"), self.subject)
