"""Acts on the record itself: striking through, undoing, doing again. Nothing is ever altered or removed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from msht_tui.domain.entry import (
    CASE,
    AnyEvent,
    CaseClosed,
    CaseReopened,
    Entry,
    EntryStruck,
    HandoverReturned,
    HandoverStarted,
    NoteAdded,
    PersonsLinked,
    StepMarked,
    SubjectAdded,
    SubjectRetired,
)
from msht_tui.domain.record import overtaken, redo, strikes, undo
from msht_tui.domain.refusal import Refused
from msht_tui.domain.steps import step_of
from msht_tui.domain.text import clean
from msht_tui.service.acting import Acting
from msht_tui.service.view import CaseView


class Records(Acting):
    """Corrections."""

    def strike(self, case_id: str, number: int, *, because: str, at: str | None = None) -> CaseView:
        """Strike an entry through, with whatever was recorded as one with it.

        Raises `Refused` without a reason, for a strike, an opening or a struck entry, and where later entries depend on it.
        """
        reason = clean(because, what="reason")

        def decide(view: CaseView) -> list[AnyEvent]:
            if not reason:
                raise Refused(f"Say why entry {number} is struck. Nothing was recorded.")
            found = strikes(view.entries, number)
            self._refuse_before(at, view.entries[number - 1].stamp.happened_at, f"entry {number}, which it strikes")
            if not isinstance(view.entries[number - 1].event, CaseClosed):
                self._refuse_closed(view)
            return [msgspec.structs.replace(one, because=reason) for one in found if isinstance(one, EntryStruck)]

        return self._act(case_id, decide, at, on_closed=True)

    def undo(self, case_id: str) -> CaseView:
        """Take back one's own last act, whole. Raises `Refused` where there is none, or where it takes a strike with a reason."""
        return self._act(case_id, lambda view: undo(view.entries, self.operator, self.signed_in_at))

    def redo(self, case_id: str) -> CaseView:
        """Record again what was undone last, with the time at which it happened. Raises `Refused` when it no longer fits."""

        def decide(view: CaseView) -> Sequence[AnyEvent | Entry]:
            entries = redo(view.entries, self.operator)
            if not any(isinstance(entry.event, CaseReopened) for entry in entries):
                self._refuse_closed(view)
            self._refuse_unfitting(view, entries)
            return entries

        return self._act(case_id, decide, on_closed=True)

    def _refuse_unfitting(self, view: CaseView, entries: Sequence[Entry]) -> None:
        """Others may have acted since: what is done again has to be possible still, and put nothing of theirs aside. Raises `Refused`."""
        joining = {entry.event.subject for entry in entries if isinstance(entry.event, SubjectAdded)}
        for entry in entries:
            if isinstance(entry.event, NoteAdded) and entry.subject != CASE:
                view.state.subject(entry.subject)
            elif entry.subject not in (CASE, *joining):
                self._present(view, entry.subject)
            later = overtaken(view.entries, entry)
            if later is not None:
                raise Refused(f"{later.stamp.by} settled the same in entry {later.number}, which stands. Nothing was recorded.")
            match entry.event:
                case StepMarked(subject=subject, item=item):
                    step_of(view.pack, view.state, view.pack.item(item), subject).refuse_unless_active()
                case PersonsLinked(subject=suspect, victim=victim):
                    if victim not in joining:
                        self._present(view, victim)
                    linked = view.state.linked_victim(suspect)
                    if linked is not None:
                        raise Refused(f"{suspect} stands in the case as {linked.id} by now. Nothing was recorded.")
                case SubjectRetired(same_as=str() as same_as):
                    self._present(view, same_as)
                case HandoverStarted() if view.state.offered is not None:
                    raise Refused(f"The case is being handed over to {view.state.offered.event.to} by now. Nothing was recorded.")
                case HandoverReturned() if view.state.offered is None:
                    raise Refused("The handover is no longer under way. Nothing was recorded.")
                case CaseReopened() if view.state.closed_at is None:
                    raise Refused("The case is open by now. Nothing was recorded.")
                case _:
                    pass
