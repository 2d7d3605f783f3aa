"""What can be done with a case. One method is one act: entries that are appended together, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import cached_property

import msgspec

from msht_tui.domain.case import CaseState, Subject, fold
from msht_tui.domain.entry import (
    CASE,
    AnyEvent,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    Document,
    Entry,
    FactRecorded,
    MarkState,
    NoteAdded,
    PersonsLinked,
    ReferenceAdded,
    ReferenceKind,
    Stamp,
    StepMarked,
    SubjectAdded,
    SubjectRetired,
)
from msht_tui.domain.moment import coming_moment, past_moment
from msht_tui.domain.now import NINE, Board, now_board
from msht_tui.domain.pack import Pack, Phase, Role, SubjectKind
from msht_tui.domain.refusal import Refused, nearest
from msht_tui.domain.route import Route, nrm_route
from msht_tui.domain.steps import Progress, Step, phase_progress, step_of, steps_of
from msht_tui.domain.text import LINE_LIMIT, clean
from msht_tui.domain.worklist import WorklistRow, worklist_row
from msht_tui.ports import CaseRecord, CaseStore, Clock, Content, StoreTrouble


class CaseView(msgspec.Struct, frozen=True, dict=True):
    """A case as it stands: its content, its state and its record. Immutable; every act gives a new one."""

    pack: Pack
    state: CaseState
    entries: tuple[Entry, ...]
    exercise: bool = False
    notice: str = ""
    """What a person should know about the record itself; empty when there is nothing."""
    check_code: str = ""

    @property
    def case_id(self) -> str:
        """The case's id."""
        return self.state.opened.case if self.state.opened else ""

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in the order of the pack."""
        return steps_of(self.pack, self.state)

    def phase_steps(self, phase_id: str) -> tuple[Step, ...]:
        """The steps that a phase shows: its own, then those that other phases show here too."""
        own = [step for step in self.steps if step.item.phase == phase_id]
        return tuple(own + [step for step in self.steps if phase_id in step.item.also_in])

    def progress(self, phase: Phase) -> Progress:
        """How far a phase has come, over the steps that count in it."""
        return phase_progress(phase, self.state, self.steps)

    def board(self, role: Role, now: datetime, point: str | None = None, limit: int = NINE) -> Board:
        """What to do `now` (UTC). Raises `Refused` for a pause point that the role has no list for."""
        return now_board(self.pack, self.state, self.steps, role, now, point, limit)

    def route(self, victim: str) -> Route:
        """The way of a victim's matter to the Home Office. Raises `Refused` for anybody else."""
        subject = self.state.subject(victim)
        if subject.kind != "victim":
            raise Refused(f"{victim} is a {subject.kind}: only a victim has a route.")
        return nrm_route(self.state.answers(victim))


class Unreadable(msgspec.Struct, frozen=True):
    """A case that cannot be shown, and why."""

    case_id: str
    why: str


class Casework:
    """The use cases, for one operator at one store."""

    def __init__(self, store: CaseStore, content: Content, clock: Clock, zone: tzinfo, operator: str) -> None:
        self.store = store
        self.clock = clock
        self.zone = zone
        self.operator = clean(operator, LINE_LIMIT, what="operator's name")
        self._content = content
        self._records: dict[str, CaseRecord] = {}
        self._views: dict[str, CaseView] = {}
        if not self.operator:
            raise Refused("Every entry needs a name: say who you are with --as or MSHT_OPERATOR.")

    # Finding and reading

    def cases(self, tell: Callable[[int, int], None] | None = None) -> tuple[list[WorklistRow], list[Unreadable]]:
        """The row of every case, latest opened first, and those that cannot be read; `tell` hears how far a long reading has come.

        Raises `StoreTrouble` when the store cannot be read.
        """
        rows, unreadable = self.store.worklist(self._row, tell)
        ordered = sorted(rows, key=lambda row: (row.opened_at, row.case_id), reverse=True)
        return ordered, [Unreadable(case_id, why) for case_id, why in sorted(unreadable.items())]

    def resolve(self, wanted: str) -> str:
        """The id of the case that an id, an unambiguous start of one, or a reference names. Raises `Refused`."""
        wanted = wanted.strip()
        ids = self.store.ids()
        if wanted in ids:
            return wanted
        by_start = [case_id for case_id in ids if wanted and case_id.startswith(wanted.lower())]
        matches = sorted({*by_start, *self.named(wanted)})
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise Refused(f"{wanted!r} names {len(matches)} cases: {', '.join(matches)}. Give more of the id.")
        known = [reference.value for row in self.cases()[0] for reference in row.references]
        raise Refused(f"There is no case {wanted!r} in this store.{nearest(wanted, known)} See: msht case list.")

    def named(self, reference: str) -> list[str]:
        """The ids of the cases that have this reference, in whatever letters."""
        return [row.case_id for row in self.cases()[0] if row.has_reference(reference.strip())]

    def view(self, case_id: str) -> CaseView:
        """The case as it stands on disk now. Raises `StoreTrouble`."""
        if case_id in self._records:
            self._records[case_id].refresh()
        return self._current(case_id)

    # Acts on the case itself

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
        documents = self._stamped(events, CaseState(), at)
        self._records[case_id] = self.store.create(case_id, documents)
        return self._current(case_id)

    def add_reference(self, case_id: str, kind: ReferenceKind, value: str, *, at: str | None = None) -> CaseView:
        """The matter's number in another system."""
        cleaned = self._line(value, "reference")
        if not cleaned:
            raise Refused("A reference needs a value: nothing was recorded.")
        return self._act(case_id, lambda view: [ReferenceAdded(reference_kind=kind, value=cleaned)], at)

    def close_case(self, case_id: str, *, because: str = "", at: str | None = None) -> CaseView:
        """Work ends here; everything stays, and it can be reopened."""
        return self._act(case_id, lambda view: [CaseClosed(because=clean(because, what="reason"))], at)

    def reopen_case(self, case_id: str, *, because: str = "", at: str | None = None) -> CaseView:
        """Work begins again, the numbers going on."""

        def decide(view: CaseView) -> list[AnyEvent]:
            if view.state.closed_at is None:
                raise Refused("The case is open: there is nothing to reopen.")
            return [CaseReopened(because=clean(because, what="reason"))]

        return self._act(case_id, decide, at, on_closed=True)

    # Acts on people and scenes

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
            return self._answers(view, subjects, facts)

        return self._act(case_id, decide, at)

    # Acts on steps

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

    def note(self, case_id: str, text: str, *, subject: str = CASE, item: str | None = None, at: str | None = None) -> CaseView:
        """Free text, on the case, a subject or a step."""
        cleaned = clean(text, what="note")

        def decide(view: CaseView) -> list[AnyEvent]:
            if not cleaned:
                raise Refused("The note is empty: nothing was recorded.")
            kind = CASE if subject == CASE else view.state.subject(subject).kind
            if item is not None and kind not in view.pack.item(item).subjects:
                raise Refused(f"{item} is no step of {subject}: nothing was recorded.")
            return [NoteAdded(text=cleaned, subject=subject, item=item)]

        return self._act(case_id, decide, at)

    # The one way in

    def _act(self, case_id: str, decide: Callable[[CaseView], Sequence[AnyEvent]], at: str | None, *, on_closed: bool = False) -> CaseView:
        """Append what `decide` makes of the case as it stands under the lock. Raises `Refused` or `StoreTrouble`."""

        def documents() -> list[Document]:
            view = self._current(case_id)
            if view.state.closed_at is not None and not on_closed:
                raise Refused(f"The case is closed: reopen it first (msht case reopen {view.case_id[:8]}). Nothing was recorded.")
            return self._stamped(decide(view), view.state, at)

        self._record(case_id).append(documents)
        return self._current(case_id)

    def _current(self, case_id: str) -> CaseView:
        """The view of what has been read, folding only what is new."""
        record = self._record(case_id)
        before = self._views.get(case_id)
        if before is not None and len(before.entries) == len(record.entries) and before.notice == record.notice:
            return before
        entries = tuple(record.entries)
        known = len(before.entries) if before is not None else 0
        if before is not None and known <= len(entries) and before.entries[-1] is entries[known - 1]:
            state = self._folded(case_id, entries[known:], before.state)
        else:
            state = self._folded(case_id, entries)
        pack = self.store.pack(self._opened(case_id, state).digest)
        view = CaseView(pack, state, entries, self.store.exercise, record.notice, record.check_code)
        self._views[case_id] = view
        return view

    def _record(self, case_id: str) -> CaseRecord:
        if case_id not in self._records:
            self._records[case_id] = self.store.open(case_id)
        return self._records[case_id]

    def _folded(self, case_id: str, entries: Sequence[Entry], state: CaseState | None = None) -> CaseState:
        try:
            return fold(entries, state)
        except Refused as refusal:
            raise StoreTrouble(f"Case {case_id} cannot be read: {refusal} Restore it from a backup, tell a supervisor.") from refusal

    def _row(self, record: CaseRecord) -> WorklistRow:
        """What the list shows of a case that has been read."""
        state = self._folded(record.case_id, tuple(record.entries))
        pack = self.store.pack(self._opened(record.case_id, state).digest)
        return worklist_row(pack, state, steps_of(pack, state))

    def _opened(self, case_id: str, state: CaseState) -> CaseOpened:
        if state.opened is None:
            raise StoreTrouble(f"Case {case_id} has no opening entry: restore it from a backup, tell a supervisor.")
        return state.opened

    def _stamped(self, events: Iterable[AnyEvent], state: CaseState, at: str | None) -> list[Document]:
        """The events as the next entries; without `at` they happen as they are recorded."""
        recorded = self.clock.now()
        happened = recorded if at is None else past_moment(at, recorded, self.zone)
        return [
            Entry(Stamp(number, happened, recorded, self.operator), event).document()
            for number, event in enumerate(events, state.number + 1)
        ]

    def _answers(self, view: CaseView, subjects: Sequence[str], facts: Mapping[str, str]) -> list[AnyEvent]:
        """These answers for each of these subjects. Raises `Refused` for a fact or an answer that there is not, or of others."""
        events: list[AnyEvent] = []
        for subject in dict.fromkeys(subjects):
            kind = CASE if subject == CASE else self._present(view, subject).kind
            for name, value in facts.items():
                fact = view.pack.fact(name)
                if fact.subject != kind:
                    raise Refused(f"{name} is a fact of a {fact.subject}, and {subject} is a {kind}: nothing was recorded.")
                fact.option(value)
                events.append(FactRecorded(subject=subject, name=name, value=value))
        return events

    def _line(self, text: str, what: str) -> str:
        return clean(text, LINE_LIMIT, what=what)

    def _present(self, view: CaseView, subject_id: str) -> Subject:
        """A subject that has not been retired. Raises `Refused`."""
        subject = view.state.subject(subject_id)
        if subject.retired is not None:
            now = f": it is {subject.same_as}" if subject.same_as else ""
            raise Refused(f"{subject_id} is retired ({subject.retired}){now}. Nothing was recorded.")
        return subject
