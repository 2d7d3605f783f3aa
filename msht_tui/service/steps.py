"""Acts on the steps: marks and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msht_tui.domain.entry import CASE, AnyEvent, MarkState, NoteAdded, StepMarked
from msht_tui.domain.moment import coming_moment, past_moment
from msht_tui.domain.refusal import Refused
from msht_tui.domain.steps import step_of
from msht_tui.domain.text import clean
from msht_tui.service.acting import Acting
from msht_tui.service.view import CaseView


class Steps(Acting):
    """Marking steps, and notes."""

    def mark(
        self,
        case_id: str,
        item: str,
        subjects: Sequence[str],
        state: MarkState,
        *,
        because: str = "",
        to: str = "",
        until: str | None = None,
        note: str = "",
        facts: Mapping[str, str] | None = None,
        at: str | None = None,
    ) -> CaseView:
        """Mark a step for one subject or several, in one act, with the facts that were decided with it.

        Raises `Refused` when any of them cannot be marked.
        """
        reason, whom = clean(because, what="reason"), self._line(to, "name")
        remark = clean(note, what="note")
        now = self.clock.now()
        happened = now if at is None else past_moment(at, now, self.zone)

        def decide(view: CaseView) -> list[AnyEvent]:
            chosen = view.pack.item(item)
            if state == "not-needed" and not reason:
                raise Refused("Say why this is not needed: not needed is never done. Nothing was marked.")
            if state == "deferred" and not whom and until is None:
                raise Refused("Say to whom this is left, or until when. Nothing was marked.")
            if state != "deferred" and (whom or until is not None):
                raise Refused("Only a deferred step is left to somebody or until a time. Nothing was marked.")
            due = None if until is None else coming_moment(until, happened, self.zone)
            events: list[AnyEvent] = []
            for subject in dict.fromkeys(subjects):
                kind = CASE if subject == CASE else self._present(view, subject).kind
                if kind not in chosen.subjects:
                    meant = " or a ".join(chosen.subjects)
                    raise Refused(f"{item} is a step of a {meant}, and {subject} is a {kind}. Nothing was marked.")
                step_of(view.pack, view.state, chosen, subject).refuse_unless_active()
                events.append(StepMarked(subject=subject, item=item, state=state, because=reason, to=whom, until=due, note=remark))
            if not events:
                raise Refused(f"Say for whom: {item}@V1, or {item}@V1,V2. Nothing was marked.")
            return events + self._answers(view, subjects, facts or {})

        return self._act(case_id, decide, None if at is None else happened.isoformat())

    def note(
        self, case_id: str, text: str, *, subject: str = CASE, item: str | None = None, verbatim: bool = False, at: str | None = None
    ) -> CaseView:
        """Free text, on the case, a subject or a step; `verbatim` when these are the very words that were spoken."""
        cleaned = clean(text, what="note")

        def decide(view: CaseView) -> list[AnyEvent]:
            if not cleaned:
                raise Refused("The note is empty: nothing was recorded.")
            kind = CASE if subject == CASE else view.state.subject(subject).kind
            if item is not None and kind not in view.pack.item(item).subjects:
                raise Refused(f"{item} is no step of {subject}: nothing was recorded.")
            return [NoteAdded(text=cleaned, subject=subject, item=item, verbatim=verbatim)]

        return self._act(case_id, decide, at)
