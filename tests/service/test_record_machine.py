"""Two operators do anything to one case: what the record promises holds after every act.

Run with HYPOTHESIS_PROFILE=thorough for many more histories.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from msht_tui.domain.case import fold
from msht_tui.domain.entry import CASE, EntryStruck, Manner, MarkState, ProvisionKind, SubjectAdded
from msht_tui.domain.pack import Pack, SubjectKind
from msht_tui.domain.record import acts_of
from msht_tui.domain.refusal import Refused
from msht_tui.service import CaseView, Casework

if TYPE_CHECKING:
    from tests.conftest import FixedClock, InMemoryStore

Seen: TypeAlias = dict[str, object]
Act: TypeAlias = Callable[[Casework], object]

PERSONS: tuple[SubjectKind, ...] = ("victim", "suspect")
BOTH = st.integers(0, 1)
WORDS = st.sampled_from(["", "x", "The van is back.", "\u202e", "Nguyễn"])
SAID = st.sampled_from(["x", "The van is back.", "Nguyễn"])
TIMES = st.sampled_from([None, None, None, "09:00", "2026-11-22T23:30", "2027-01-01T00:00"])
DUE = st.sampled_from([None, "16:00", "2026-11-24T09:00"])


def in_order(events: Sequence[Any]) -> list[bytes]:
    """Events whose place among each other is that of their recording, for a comparison without it."""
    return sorted(msgspec.json.encode(event) for event in events)


def seen(view: CaseView) -> Seen:
    """What people see of a case, without who stamped it when."""
    state = view.state
    return {
        "references": in_order(state.references),
        "people": {kind: [(one.id, one.label) for one in state.active(kind)] for kind in get_args(SubjectKind)},
        "retired": {one.id: (one.retired, one.same_as) for one in state.subjects.values() if one.retired is not None},
        "links": {one.id: victim.id if (victim := state.linked_victim(one.id)) else None for one in state.active("suspect")},
        "facts": {subject: {name: answer.value for name, answer in found.items()} for subject, found in state.facts.items() if found},
        "marks": {key: mark.event for key, mark in state.marks.items()},
        "steps": [(step.id, step.state, step.waits_on) for step in view.steps],
        "notes": in_order([note.event for note in state.notes]),
        "interactions": in_order([one.event for one in state.interactions]),
        "provisions": in_order([one.event for one in state.provisions]),
        "holder": (state.holder, state.role, state.offered.event if state.offered else None),
        "closed": state.closed_at is not None,
    }


def machine(
    new_desk: Callable[[InMemoryStore, FixedClock, str], Casework], world: Callable[[], tuple[InMemoryStore, FixedClock]], pack: Pack
) -> type:
    """Two desks that do anything to one case."""
    often = ("age", "interpreter", "possible_victim")
    facts = st.sampled_from([(fact.subject, fact.name, value) for fact in pack.facts for value in fact.values]) | st.sampled_from(
        [(pack.fact(name).subject, name, value) for name in often for value in pack.fact(name).values]
    )

    class Acts(RuleBasedStateMachine):
        @initialize(reference=WORDS)
        def open_case(self, reference: str) -> None:
            self.store, self.clock = world()
            self.desks = [new_desk(self.store, self.clock, name) for name in ("PC 1234", "Sgt 77")]
            self.case = self.desks[0].open_case(role="custody", reference=reference).case_id
            for kind in ("victim", "victim", "suspect"):
                self.desks[0].add_subject(self.case, kind)
            self.acts = list(self.store.acts[self.case])
            self.before: dict[int, Seen] = {}
            """Number of an act's first entry to what was seen before it."""

        @property
        def view(self) -> CaseView:
            return self.desks[0].view(self.case)

        def attempt(self, desk: int, act: Act) -> bool:
            """Does it, and says whether it was taken; what is refused has to be refused in words and to append nothing."""
            before, number, acts = seen(self.view), self.view.state.number, list(self.store.acts[self.case])
            try:
                act(self.desks[desk])
            except Refused as refused:
                assert str(refused)
                assert self.store.acts[self.case] == acts
                return False
            assert self.store.acts[self.case][:-1] in (acts, acts[:-1]), "one act is appended, or none where nothing is new"
            self.before[number + 1] = before
            return True

        def somebody(self, data: st.DataObject, *kinds: SubjectKind) -> str:
            """Mostly somebody in the case, of one of these kinds or of any."""
            known = [one.id for one in self.view.state.active() if one.kind in kinds or not kinds]
            return data.draw(st.sampled_from([*known, *known, *self.view.state.subjects, CASE, "V9"]))

        def several(self, data: st.DataObject, *kinds: SubjectKind) -> list[str]:
            return [self.somebody(data, *kinds) for _ in range(data.draw(st.integers(1, 3)))]

        # People

        @rule(desk=BOTH, kind=st.sampled_from(get_args(SubjectKind)), label=WORDS, at=TIMES)
        def add(self, desk: int, kind: SubjectKind, label: str, at: str | None) -> None:
            self.attempt(desk, lambda work: work.add_subject(self.case, kind, label, at=at))

        @rule(desk=BOTH, because=SAID, data=st.data())
        def retire(self, desk: int, because: str, data: st.DataObject) -> None:
            kind = data.draw(st.sampled_from(PERSONS))
            subject, same_as = self.somebody(data, kind), data.draw(st.none() | st.just(self.somebody(data, kind)))
            self.attempt(desk, lambda work: work.retire_subject(self.case, subject, because=because, same_as=same_as))

        @rule(desk=BOTH, data=st.data())
        def link(self, desk: int, data: st.DataObject) -> None:
            suspect = self.somebody(data, "suspect")
            self.attempt(desk, lambda work: work.link_victim(self.case, suspect))

        @rule(desk=BOTH, fact=facts, at=TIMES, data=st.data())
        def set_fact(self, desk: int, fact: tuple[SubjectKind, str, str], at: str | None, data: st.DataObject) -> None:
            subjects = [CASE] if fact[0] == CASE else self.several(data, fact[0])
            self.attempt(desk, lambda work: work.set_facts(self.case, subjects, dict([fact[1:]]), at=at))

        @rule(desk=BOTH, data=st.data())
        def set_a_fact_and_set_it_back(self, desk: int, data: st.DataObject) -> None:
            """Whatever went waiting or inactive meanwhile is as it was."""
            given = [(who, name, answer.value) for who, found in self.view.state.facts.items() for name, answer in found.items()]
            if not given:
                return
            who, name, value = data.draw(st.sampled_from(sorted(given)))
            other = data.draw(st.sampled_from(self.view.pack.fact(name).values))
            before = seen(self.view)
            if self.attempt(desk, lambda work: work.set_facts(self.case, [who], {name: other})):
                assert self.attempt(desk, lambda work: work.set_facts(self.case, [who], {name: value}))
                assert seen(self.view) == before

        # Steps and ledgers

        @rule(desk=BOTH, state=st.sampled_from(get_args(MarkState)), because=SAID, until=DUE, note=WORDS, at=TIMES, data=st.data())
        def mark(
            self, desk: int, state: MarkState, because: str, until: str | None, note: str, at: str | None, data: st.DataObject
        ) -> None:
            steps = [step for step in self.view.steps if step.active or step.mark]
            vital = [step for step in steps if step.item.priority == 1 and step.subject == "V1"]
            step = data.draw(st.sampled_from(steps) | st.sampled_from(vital or steps))
            subjects = [step.subject] if step.subject == CASE else [step.subject, *self.several(data, *step.item.subjects)]
            to, due = ("patrol", until) if state == "deferred" else ("", None)
            self.attempt(
                desk,
                lambda work: work.mark(self.case, step.item.id, subjects, state, because=because, to=to, until=due, note=note, at=at),
            )

        @rule(desk=BOTH, text=WORDS, verbatim=st.booleans(), at=TIMES, data=st.data())
        def note(self, desk: int, text: str, verbatim: bool, at: str | None, data: st.DataObject) -> None:
            subject = self.somebody(data)
            self.attempt(desk, lambda work: work.note(self.case, text, subject=subject, verbatim=verbatim, at=at))

        @rule(desk=BOTH, text=WORDS, how=st.none() | st.sampled_from(get_args(Manner)), at=TIMES, data=st.data())
        def interact(self, desk: int, text: str, how: Manner | None, at: str | None, data: st.DataObject) -> None:
            subjects = self.several(data, "victim", "other")
            self.attempt(desk, lambda work: work.interaction(self.case, subjects, text, how=how, at=at))

        @rule(desk=BOTH, kind=st.sampled_from(get_args(ProvisionKind)), what=WORDS, declined=st.booleans(), data=st.data())
        def provide(self, desk: int, kind: ProvisionKind, what: str, declined: bool, data: st.DataObject) -> None:
            subjects = self.several(data, "victim")
            self.attempt(desk, lambda work: work.provision(self.case, subjects, kind, what, declined=declined))

        @rule(desk=BOTH, value=WORDS)
        def refer(self, desk: int, value: str) -> None:
            self.attempt(desk, lambda work: work.add_reference(self.case, "crime", value))

        # The case as a whole

        @rule(desk=BOTH, remark=WORDS)
        def offer(self, desk: int, remark: str) -> None:
            self.attempt(desk, lambda work: work.start_handover(self.case, "Sgt 77", remark=remark))

        @rule(desk=BOTH, role=st.sampled_from([None, "responder"]))
        def accept(self, desk: int, role: Any) -> None:
            self.attempt(desk, lambda work: work.accept_handover(self.case, role=role))

        @rule(desk=BOTH, because=WORDS)
        def send_back(self, desk: int, because: str) -> None:
            self.attempt(desk, lambda work: work.return_handover(self.case, because=because))

        @rule(desk=BOTH, because=WORDS)
        def close(self, desk: int, because: str) -> None:
            self.attempt(desk, lambda work: work.close_case(self.case, because=because))

        @rule(desk=BOTH)
        def reopen(self, desk: int) -> None:
            self.attempt(desk, lambda work: work.reopen_case(self.case, because="More came in"))

        # Corrections

        @rule(desk=BOTH, because=WORDS, data=st.data())
        def strike(self, desk: int, because: str, data: st.DataObject) -> None:
            number = data.draw(st.integers(0, self.view.state.number + 1))
            taken = self.attempt(desk, lambda work: work.strike(self.case, number, because=because))
            assert not taken or because.strip("\u202e")

        @rule(desk=BOTH)
        def undo(self, desk: int) -> None:
            """An undo of the very last act leaves the case as it was before that act."""
            last = max(acts_of(self.view.entries))
            if self.attempt(desk, lambda work: work.undo(self.case)):
                strikes = [
                    e.event for e in self.view.entries if e.act == max(acts_of(self.view.entries)) and isinstance(e.event, EntryStruck)
                ]
                undone = self.view.entries[strikes[0].entry - 1]
                assert undone.stamp.by == self.desks[desk].operator
                if undone.act == last and last in self.before:
                    assert seen(self.view) == self.before[last]

        @rule(desk=BOTH, times=st.integers(1, 3))
        def redo(self, desk: int, times: int) -> None:
            for _ in range(times):
                self.attempt(desk, lambda work: work.redo(self.case))

        @rule(desk=BOTH, times=st.integers(2, 4), data=st.data())
        def undo_and_redo_several(self, desk: int, times: int, data: st.DataObject) -> None:
            """The other one acts in between; whatever is refused then is refused in words, and the record holds together."""
            for _ in range(times):
                self.attempt(desk, lambda work: work.undo(self.case))
            if data.draw(st.booleans()):
                self.attempt(1 - desk, lambda work: work.undo(self.case))
            for _ in range(times):
                self.attempt(desk, lambda work: work.redo(self.case))

        @rule(desk=BOTH)
        def undo_and_redo(self, desk: int) -> None:
            """It leaves the case as it was; a redo is refused only where others have acted since."""
            before = self.view
            if not self.attempt(desk, lambda work: work.undo(self.case)):
                return
            undone = before.entries[min(set(self.view.state.struck) - set(before.state.struck)) - 1]
            if self.attempt(desk, lambda work: work.redo(self.case)):
                assert seen(self.view) == seen(before)
                again = [entry for entry in self.view.entries if entry.stamp.again][-1]
                original = self.view.entries[again.stamp.again - 1]
                assert (again.event, again.stamp.happened_at) == (original.event, original.stamp.happened_at)
            else:
                assert {entry.stamp.by for entry in before.entries[undone.number :]} - {self.desks[desk].operator}

        # The world

        @rule(hours=st.sampled_from([-1, 0, 0, 1]), minutes=st.integers(0, 90))
        def let_time_pass_and_move_the_clock(self, hours: int, minutes: int) -> None:
            self.clock.forward(minutes=minutes)
            self.clock.step(3600 * hours)

        @rule(desk=BOTH, told=st.booleans())
        def sign_in_again(self, desk: int, told: bool) -> None:
            self.desks[desk] = new_desk(self.store, self.clock, self.desks[desk].operator)
            self.desks[desk].signed_in_at = self.clock.now() if told else None

        # What holds

        @invariant()
        def nothing_earlier_is_altered(self) -> None:
            now = self.store.acts[self.case]
            assert now[: len(self.acts)] == self.acts
            self.acts = list(now)

        @invariant()
        def the_numbers_have_no_gaps_and_the_acts_are_whole(self) -> None:
            entries = self.view.entries
            assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
            assert [[entry.number for entry in act] for act in acts_of(entries).values()] == [
                [document["number"] for document in msgspec.json.decode(act)] for act in self.acts
            ]

        @invariant()
        def the_entries_add_up_to_what_every_desk_shows(self) -> None:
            fresh = new_desk(self.store, self.clock, "anybody").view(self.case)
            state = fold(fresh.entries)
            for view in (fresh, *(desk.view(self.case) for desk in self.desks)):
                assert view.state == state
                assert list(view.state.subjects) == list(state.subjects)
                assert view.entries == fresh.entries
                assert view.check_code == fresh.check_code

        @invariant()
        def an_id_is_never_used_twice(self) -> None:
            added: dict[str, SubjectAdded] = {}
            for entry in self.view.entries:
                if isinstance(entry.event, SubjectAdded):
                    again = entry.stamp.again > 0
                    assert (entry.event.subject in added) == again
                    assert not again or added[entry.event.subject] == entry.event
                    added[entry.event.subject] = entry.event

        @invariant()
        def what_was_struck_was_there_and_is_struck_once(self) -> None:
            strikes = [entry for entry in self.view.entries if isinstance(entry.event, EntryStruck)]
            numbers = [strike.event.entry for strike in strikes if isinstance(strike.event, EntryStruck)]
            assert len(set(numbers)) == len(numbers)
            assert list(self.view.state.struck) == numbers
            for strike in strikes:
                assert isinstance(strike.event, EntryStruck)
                assert 1 < strike.event.entry < strike.number
                assert strike.event.because or strike.event.undo
                assert self.view.entries[strike.event.entry - 1].kind not in ("case-opened", "entry-struck", "clock-stepped")

        @invariant()
        def nobody_acts_for_who_is_not_there(self) -> None:
            state = self.view.state
            for entry in self.view.entries:
                if entry.number not in state.struck and entry.subject != CASE:
                    assert entry.subject in state.subjects

        @invariant()
        def a_link_stands_on_both_sides(self) -> None:
            active = {one.id: one for one in self.view.state.active()}
            for one in active.values():
                if one.linked in active:
                    assert active[one.linked].linked == one.id

        @invariant()
        def the_case_as_it_stands_is_the_case_as_it_stood_last(self) -> None:
            latest = max(entry.stamp.recorded_at for entry in self.view.entries) + timedelta(seconds=1)
            assert self.view.at(latest).state == self.view.state

    return Acts


def test_whatever_two_operators_do_the_record_holds_what_it_promises(
    new_desk: Callable[[InMemoryStore, FixedClock, str], Casework], world: Callable[[], tuple[InMemoryStore, FixedClock]], pack: Pack
) -> None:
    run_state_machine_as_test(
        machine(new_desk, world, pack),
        settings=settings(
            max_examples=settings().max_examples * 3 // 5, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
