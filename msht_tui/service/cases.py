"""Acts on a case as a whole: open, name, close, reopen."""

from __future__ import annotations

from msht_tui.domain.entry import AnyEvent, CaseClosed, CaseOpened, CaseReopened, ReferenceAdded, ReferenceKind
from msht_tui.domain.pack import Role
from msht_tui.domain.refusal import Refused
from msht_tui.domain.text import clean
from msht_tui.service.acting import Acting
from msht_tui.service.view import CaseView


class Cases(Acting):
    """Opening, naming and closing."""

    def open_case(self, *, role: Role = "responder", reference: str = "", at: str | None = None) -> CaseView:
        """A new case under the content in use, with its first reference."""
        from uuid import uuid4

        pack = self._content.pack()
        case_id = str(uuid4())
        opened = CaseOpened(case=case_id, pack=pack.id, version=pack.version, digest=pack.digest, role=role, exercise=self.store.exercise)
        events: list[AnyEvent] = [opened]
        cleaned = self._line(reference, "reference")
        if cleaned:
            events.append(ReferenceAdded(reference_kind="other", value=cleaned))
        self.store.keep_pack(pack.digest, self._content.files(pack.id))
        looked = self.clock.now(), self.clock.elapsed()
        self._records[case_id] = self.store.create(case_id, self._stamped(events, (), looked, at))
        self._looked[case_id] = looked
        return self._current(case_id)

    def add_reference(self, case_id: str, kind: ReferenceKind, value: str, *, at: str | None = None) -> CaseView:
        """The matter's number in another system."""
        cleaned = self._line(value, "reference")
        if not cleaned:
            raise Refused("A reference needs a value: nothing was recorded.")
        return self._act(case_id, lambda view: [ReferenceAdded(reference_kind=kind, value=cleaned)], at)

    def close_case(self, case_id: str, *, because: str = "", at: str | None = None) -> CaseView:
        """Work ends here; everything stays, and it can be reopened. What is left open takes a reason."""
        reason = clean(because, what="reason")

        def decide(view: CaseView) -> list[AnyEvent]:
            self._refuse_before(at, view.state.opened_at, "the opening of the case")
            left = view.review(self.clock.now()).words()
            if left and not reason:
                raise Refused(f"Say why the case is closed all the same. It has {left}. Nothing was recorded.")
            return [CaseClosed(because=reason)]

        return self._act(case_id, decide, at)

    def reopen_case(self, case_id: str, *, because: str = "", at: str | None = None) -> CaseView:
        """Work begins again, the numbers going on."""

        def decide(view: CaseView) -> list[AnyEvent]:
            if view.state.closed_at is None:
                raise Refused("The case is open: there is nothing to reopen.")
            self._refuse_before(at, view.state.closed_at, "the closing")
            return [CaseReopened(because=clean(because, what="reason"))]

        return self._act(case_id, decide, at, on_closed=True)
