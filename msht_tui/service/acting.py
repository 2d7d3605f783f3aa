"""Finding and reading cases, and the one way in which an act is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from operator import attrgetter

import msgspec

from msht_tui.domain.case import CaseState, Subject, fold, needs_all
from msht_tui.domain.entry import CASE, AnyEvent, CaseOpened, ClockStepped, Document, Entry, FactRecorded, Stamp
from msht_tui.domain.matter import deadlines_of
from msht_tui.domain.moment import past_moment
from msht_tui.domain.refusal import Refused, nearest
from msht_tui.domain.steps import steps_of
from msht_tui.domain.text import LINE_LIMIT, clean
from msht_tui.domain.worklist import WorklistRow, worklist_row
from msht_tui.ports import CaseRecord, CaseStore, Clock, Content, StoreTrouble
from msht_tui.service.view import CaseView

STEP = timedelta(seconds=60)
"""A clock that disagrees by more than this with the time that has passed has been moved."""


class Unreadable(msgspec.Struct, frozen=True):
    """A case that cannot be shown, and why."""

    case_id: str
    why: str


class Acting:
    """One operator at one store: what every use case stands on."""

    def __init__(
        self, store: CaseStore, content: Content, clock: Clock, zone: tzinfo, operator: str, *, signed_in_at: datetime | None = None
    ) -> None:
        """`signed_in_at` (UTC) is how far back an undo goes; without it, to the opening of the case."""
        self.store = store
        self.clock = clock
        self.zone = zone
        self.operator = clean(operator, LINE_LIMIT, what="operator's name")
        self.signed_in_at = signed_in_at
        self._content = content
        self._records: dict[str, CaseRecord] = {}
        self._views: dict[str, CaseView] = {}
        self._looked: dict[str, tuple[datetime, float]] = {}
        """Case id to what the clock said, and the seconds that had passed, when the case was opened or last added to here."""
        if not self.operator:
            raise Refused("Every entry needs a name: say who you are with --as or MSHT_OPERATOR.")

    # Finding and reading

    def cases(self, tell: Callable[[int, int], None] | None = None) -> tuple[list[WorklistRow], list[Unreadable]]:
        """The row of every case, latest opened first, and those that cannot be read; `tell` hears how far a long reading has come.

        Raises `StoreTrouble` when the store cannot be read.
        """
        rows, unreadable = self.store.worklist(self._row, tell)
        ordered = sorted(rows, key=attrgetter("opened_at", "case_id"), reverse=True)
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

    def close(self) -> None:
        """Let go of every case that was read, and of the store."""
        for record in self._records.values():
            record.close()
        self.store.close()
        self._records.clear()
        self._views.clear()

    # The one way in

    def _act(
        self, case_id: str, decide: Callable[[CaseView], Sequence[AnyEvent | Entry]], at: str | None = None, *, on_closed: bool = False
    ) -> CaseView:
        """Append what `decide` makes of the case as it stands under the lock: events, or struck entries to be recorded again.

        Raises `Refused` or `StoreTrouble`.
        """
        looked = self.clock.now(), self.clock.elapsed()

        def documents() -> list[Document]:
            view = self._current(case_id)
            if not on_closed:
                self._refuse_closed(view)
            return self._stamped(decide(view), view.entries, looked, at, self._looked.get(case_id))

        if self._record(case_id).append(documents):
            self._looked[case_id] = looked
        return self._current(case_id)

    def _refuse_before(self, at: str | None, floor: datetime | None, what: str) -> None:
        """What answers something happens after it, to the minute. Raises `Refused`."""
        if at is None or floor is None:
            return
        if past_moment(at, self.clock.now(), self.zone) < floor.replace(second=0, microsecond=0):
            raise Refused(f"{at} lies before {what}. Nothing was recorded.")

    def _refuse_closed(self, view: CaseView) -> None:
        if view.state.closed_at is not None:
            raise Refused(f"The case is closed: reopen it first (msht case reopen {view.case_id[:8]}). Nothing was recorded.")

    def _current(self, case_id: str) -> CaseView:
        """The view of what has been read, folding only what is new."""
        record = self._record(case_id)
        before = self._views.get(case_id)
        if before is not None and len(before.entries) == len(record.entries) and before.notice == record.notice:
            return before
        entries = tuple(record.entries)
        known = len(before.entries) if before is not None else 0
        new = entries[known:]
        if before is not None and known <= len(entries) and before.entries[-1] is entries[known - 1] and not needs_all(new):
            state = self._folded(case_id, new, before.state)
        else:
            state = self._folded(case_id, entries)
        pack = self.store.pack(self._opened(case_id, state).digest)
        view = CaseView(pack, state, entries, self.store.exercise, record.notice, record.check_code)
        self._views[case_id] = view
        return view

    def _record(self, case_id: str) -> CaseRecord:
        if case_id not in self._records:
            self._records[case_id] = self.store.open(case_id)
            self._looked[case_id] = self.clock.now(), self.clock.elapsed()
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
        deadlines = deadlines_of(state, self.zone, self._content.calendar().is_working_day)
        return worklist_row(pack, state, steps_of(pack, state), deadlines)

    def _opened(self, case_id: str, state: CaseState) -> CaseOpened:
        if state.opened is None:
            raise StoreTrouble(f"Case {case_id} has no opening entry: restore it from a backup, tell a supervisor.")
        return state.opened

    def _stamped(
        self,
        events: Sequence[AnyEvent | Entry],
        entries: Sequence[Entry],
        looked: tuple[datetime, float],
        at: str | None,
        before: tuple[datetime, float] | None = None,
    ) -> list[Document]:
        """The events as the next entries; without `at` they happen as they are recorded, and what is recorded again when it happened.

        `before` is what the clock said earlier: without it, and before the first entry, no clock has moved.
        """
        recorded = looked[0]
        happened = recorded if at is None else past_moment(at, recorded, self.zone)
        seconds = _stepped(before, looked, entries[-1]) if before and entries else 0
        first = len(entries) + 1
        made: list[Document] = []
        for event in (ClockStepped(seconds=seconds), *events) if seconds and events else events:
            number = len(entries) + len(made) + 1
            act = first if made else 0
            match event:
                case Entry() as old:
                    stamp = Stamp(number, old.stamp.happened_at, recorded, self.operator, act, old.number)
                    made.append(Entry(stamp, old.event).document())
                case _:
                    since = recorded if isinstance(event, ClockStepped) else happened
                    made.append(Entry(Stamp(number, since, recorded, self.operator, act), event).document())
        return made

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


def _stepped(before: tuple[datetime, float], looked: tuple[datetime, float], last: Entry) -> int:
    """By how many seconds the clock was moved between two looks, or lies before the last entry of the case; 0 if neither."""
    (then, passed_then), (now, passed) = before, looked
    drift = now - then - timedelta(seconds=passed - passed_then)
    if abs(drift) > STEP:
        return round(drift.total_seconds())
    if last.stamp.recorded_at - now > STEP:
        return round((now - last.stamp.recorded_at).total_seconds())
    return 0
