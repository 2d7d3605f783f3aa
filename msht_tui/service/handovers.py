"""Acts of a handover: offered, then accepted or sent back."""

from __future__ import annotations

from msht_tui.domain.entry import AnyEvent, HandoverAccepted, HandoverReturned, HandoverStarted
from msht_tui.domain.pack import Role
from msht_tui.domain.refusal import Refused
from msht_tui.domain.text import clean
from msht_tui.service.acting import Acting
from msht_tui.service.view import CaseView


class Handovers(Acting):
    """Who holds the case. Anybody may offer it, so that a holder who has left keeps nobody from it; the receiver accepts."""

    def start_handover(self, case_id: str, to: str, *, remark: str = "", at: str | None = None) -> CaseView:
        """Offer the case to a person or a role. Raises `Refused` while another offer stands."""
        whom, words = self._line(to, "name"), clean(remark, what="remark")

        def decide(view: CaseView) -> list[AnyEvent]:
            if not whom:
                raise Refused("Say to whom the case is handed over. Nothing was recorded.")
            if view.state.offered is not None:
                raise Refused(
                    f"The case is being handed over to {view.state.offered.event.to} already: it is accepted or sent back first. "
                    "Nothing was recorded."
                )
            return [HandoverStarted(to=whom, remark=words)]

        return self._act(case_id, decide, at)

    def accept_handover(self, case_id: str, *, role: Role | None = None, at: str | None = None) -> CaseView:
        """Take the case, in another role if one is given. Raises `Refused` when none is offered, or by whoever holds it."""

        def decide(view: CaseView) -> list[AnyEvent]:
            self._refuse_unless_offered(view, at)
            if view.state.holder == self.operator:
                raise Refused("You hold this case: whoever takes it over accepts. Nothing was recorded.")
            return [HandoverAccepted(role=role)]

        return self._act(case_id, decide, at)

    def return_handover(self, case_id: str, *, because: str, at: str | None = None) -> CaseView:
        """Send the case back to whoever holds it, with the reason. Raises `Refused` without one, or when none is offered."""
        reason = clean(because, what="reason")

        def decide(view: CaseView) -> list[AnyEvent]:
            self._refuse_unless_offered(view, at)
            if not reason:
                raise Refused("Say why the case is sent back. Nothing was recorded.")
            return [HandoverReturned(because=reason)]

        return self._act(case_id, decide, at)

    def _refuse_unless_offered(self, view: CaseView, at: str | None) -> None:
        if view.state.offered is not None:
            self._refuse_before(at, view.state.offered.stamp.happened_at, "the handover that it answers")
        else:
            raise Refused(f"No handover of this case is under way: {view.state.holder} holds it. Nothing was recorded.")
