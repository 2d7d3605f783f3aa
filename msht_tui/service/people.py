"""Acts on people and scenes: who is in the case, who is who, and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msht_tui.domain.entry import CASE, AnyEvent, FactRecorded, PersonsLinked, SubjectAdded, SubjectRetired
from msht_tui.domain.pack import SubjectKind
from msht_tui.domain.refusal import Refused
from msht_tui.domain.text import clean
from msht_tui.service.acting import Acting
from msht_tui.service.view import CaseView


class People(Acting):
    """Adding, retiring and linking subjects, and their facts."""

    def add_subject(self, case_id: str, kind: SubjectKind, label: str = "", *, at: str | None = None) -> tuple[CaseView, str]:
        """A victim, suspect, scene or other person joins the case; the new id is given back."""
        if kind == CASE:
            raise Refused("The case itself is always there: add a victim, suspect, scene or other.")
        cleaned = self._line(label, "label")
        added: list[str] = []

        def decide(view: CaseView) -> list[AnyEvent]:
            added[:] = [view.state.next_id(kind)]
            return [SubjectAdded(subject=added[0], subject_kind=kind, label=cleaned)]

        return self._act(case_id, decide, at), added[0]

    def retire_subject(self, case_id: str, subject: str, *, because: str, same_as: str | None = None, at: str | None = None) -> CaseView:
        """A subject was entered by mistake or twice: its steps leave the counts, its entries stay."""
        reason = clean(because, what="reason")

        def decide(view: CaseView) -> list[AnyEvent]:
            gone = self._present(view, subject)
            if not reason:
                raise Refused(f"Say why {subject} is retired: nothing was recorded.")
            if same_as is not None:
                other = self._present(view, same_as)
                if other.id == gone.id or other.kind != gone.kind:
                    raise Refused(f"{subject} cannot be the same as {same_as}: name another {gone.kind}.")
            sent = next((one for one in view.state.referrals if one.event.subject in view.state.merged(gone.id)), None)
            if same_as is None and sent is not None:
                raise Refused(
                    f"A form about {subject} is recorded as sent, in entry {sent.stamp.number}: say whom they are the same as, "
                    "or strike that entry first. Nothing was recorded."
                )
            return [SubjectRetired(subject=gone.id, because=reason, same_as=same_as)]

        return self._act(case_id, decide, at)

    def link_victim(self, case_id: str, suspect: str, *, at: str | None = None) -> tuple[CaseView, str]:
        """A suspect who may be a victim gets a victim of their own, linked both ways; a second time gives the existing one."""
        linked: list[str] = []

        def decide(view: CaseView) -> list[AnyEvent]:
            person = self._present(view, suspect)
            if person.kind != "suspect":
                raise Refused(f"{suspect} is a {person.kind}: only a suspect is linked to a victim.")
            existing = view.state.linked_victim(suspect)
            if existing is not None:
                linked[:] = [existing.id]
                return []
            victim = view.state.next_id("victim")
            linked[:] = [victim]
            events: list[AnyEvent] = [
                SubjectAdded(subject=victim, subject_kind="victim", label=person.label),
                PersonsLinked(subject=suspect, victim=victim),
            ]
            if view.state.fact(suspect, "possible_victim") != "yes":
                events.append(FactRecorded(subject=suspect, name="possible_victim", value="yes"))
            return events

        return self._act(case_id, decide, at), linked[0]

    def set_facts(self, case_id: str, subjects: Sequence[str], facts: Mapping[str, str], *, at: str | None = None) -> CaseView:
        """Answer facts for one subject or several, in one act. `case` names the case itself."""

        def decide(view: CaseView) -> list[AnyEvent]:
            if not facts or not subjects:
                raise Refused("Say which fact of whom: msht fact set CASE V1 age=adult.")
            self._refuse_contradiction(view, subjects, facts)
            return self._answers(view, subjects, facts)

        return self._act(case_id, decide, at)

    def _refuse_contradiction(self, view: CaseView, subjects: Sequence[str], facts: Mapping[str, str]) -> None:
        """What was sent and what was decided set facts of their own, which nobody else sets otherwise. Raises `Refused`."""
        recorded = {
            "referral": [(one.event.subject, one.stamp.number) for one in view.state.referrals],
            "reasonable_grounds": [(one.event.subject, one.stamp.number) for one in view.state.decisions],
        }
        for name in facts.keys() & recorded.keys():
            for subject, number in recorded[name]:
                if subject in subjects and facts[name] != view.state.fact(subject, name):
                    raise Refused(
                        f"{name} of {subject} stands by entry {number}: strike that, or record what came after it. Nothing was recorded."
                    )
