"""The handover: the one page that goes from one pair of hands to the next, and the keys that pass the case on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.console import RenderableType
from textual.binding import Binding, BindingType

from msht_tui.summary.page import handover_renderable
from screens.dialogs.handover import AcceptDialog, OfferDialog, SendBackDialog
from screens.look import shown
from screens.page_frame import PageScreen


class HandoverScreen(PageScreen):
    """What is read aloud at a handover: what stands, what is open, who holds the case."""

    PLACE = "handover"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "offer", "Hand over", tooltip="Hand the case over to a person or a role: it is theirs once they accept"),
        Binding("y", "accept", "Accept", tooltip="Accept the case that is handed over: you hold it from here"),
        Binding("b", "send_back", "Send back", tooltip="Send it back, with the reason: it stays with whoever holds it"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("o", "hand over", "offer"),
        ("y", "accept", "accept"),
        ("b", "send back", "send_back"),
        ("PgDn", "page down", "scroll_page(1)"),
        ("n", "note", "note"),
        ("0", "now", "go('now')"),
        ("Esc", "cases", "leave"),
    )

    def page_renderable(self) -> RenderableType:
        """The page as the case stands."""
        return handover_renderable(self.case, marking=self.desk.marking, zone=self.desk.zone, now=self.desk.now(), ascii=self.desk.plain)

    def why_not(self, action: str) -> str | None:
        """One offer at a time; nobody accepts what they hold already."""
        if action not in ("offer", "accept", "send_back"):
            return super().why_not(action)
        state = self.case.state
        if state.closed_at is not None:
            return super().why_not("add")
        if action == "offer":
            return f"It is handed over to {shown(state.offered.event.to)} already: y accepts, b sends back." if state.offered else None
        if state.offered is None:
            return "No handover is under way: o begins one."
        if action == "accept" and state.holder == self.desk.operator:
            return "You hold this case: whoever takes it over accepts. b takes the offer back."
        return None

    def action_offer(self) -> None:
        """Ask to whom."""
        if not self.refused("offer"):
            self.app.push_screen(OfferDialog(self))

    def action_accept(self) -> None:
        """Ask in which role."""
        if not self.refused("accept"):
            self.app.push_screen(AcceptDialog(self))

    def action_send_back(self) -> None:
        """Ask why."""
        if not self.refused("send_back"):
            self.app.push_screen(SendBackDialog(self))
