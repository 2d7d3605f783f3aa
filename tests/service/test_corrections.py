"""Struck entries no longer count, whatever they were, and their whole story stays; undo and redo are strikes and entries of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from msht_tui.domain.entry import EntryStruck
from msht_tui.domain.refusal import Refused
from msht_tui.service import CaseView, Casework

if TYPE_CHECKING:
    from tests.conftest import FixedClock


def state(view: CaseView, step: str) -> str:
    return next(one.state for one in view.steps if one.id == step)


def notes(view: CaseView) -> list[str]:
    return [note.event.text for note in view.state.notes]


@pytest.fixture
def case(casework: Casework) -> str:
    """Two victims, a suspect, a scene and a caller: entries 1 to 7."""
    case_id = casework.open_case(role="custody", reference="EX-1").case_id
    for kind in ("victim", "victim", "suspect", "scene", "other"):
        casework.add_subject(case_id, kind)
    return case_id


# Striking


def test_a_struck_entry_stays_readable_with_who_when_and_why(casework: Casework, colleague: Casework, case: str, clock: FixedClock) -> None:
    number = casework.note(case, "The van is red.").state.number
    clock.forward(minutes=20)
    view = colleague.strike(case, number, because=" It is blue. ")
    strike = view.state.struck[number]
    assert (strike.stamp.by, strike.stamp.recorded_at, strike.event.because) == ("Sgt 77", clock.now(), "It is blue.")
    assert (strike.stamp.number, strike.event.undo) == (number + 1, False)
    assert getattr(view.entries[number - 1].event, "text", None) == "The van is red."
    assert notes(view) == []


def test_a_struck_mark_puts_the_mark_before_it_back(casework: Casework, case: str) -> None:
    casework.mark(case, "parties-separated", ["V1"], "deferred", to="patrol")
    view = casework.mark(case, "parties-separated", ["V1", "V2"], "done", note="In two rooms")
    done = view.state.marks["parties-separated", "V1"].stamp.number
    view = casework.strike(case, done, because="Still in one van")
    assert [state(view, f"parties-separated@{victim}") for victim in ("V1", "V2")] == ["deferred", "done"]
    assert view.state.marks["parties-separated", "V1"].event.to == "patrol"
    assert [note.event.subject for note in view.state.notes] == ["V2"], "the note on the mark goes with it"
    assert state(casework.strike(case, done - 1, because="Not left to them"), "parties-separated@V1") == "open"


def test_a_struck_fact_sends_its_steps_back_to_waiting_with_what_was_recorded(casework: Casework, case: str) -> None:
    number = casework.set_facts(case, ["V1"], {"age": "child"}).state.number
    casework.mark(case, "child-protection-and-support", ["V1"], "done")
    before = casework.view(case)
    view = casework.strike(case, number, because="Said of V2")
    assert state(view, "child-protection-and-support@V1") == "waiting"
    assert view.state.marks == before.state.marks
    assert state(casework.set_facts(case, ["V1"], {"age": "child"}), "child-protection-and-support@V1") == "done"


def test_a_struck_fact_brings_inactive_steps_back(casework: Casework, case: str) -> None:
    casework.set_facts(case, ["V1"], {"age": "not-sure"})
    casework.mark(case, "treated-as-a-child", ["V1"], "done")
    view = casework.set_facts(case, ["V1"], {"age": "adult"})
    assert state(view, "treated-as-a-child@V1") == "inactive"
    view = casework.strike(case, view.state.number, because="The document was another's")
    assert (view.state.fact("V1", "age"), state(view, "treated-as-a-child@V1")) == ("not-sure", "done")


def test_a_struck_link_leaves_two_persons(casework: Casework, case: str) -> None:
    view, victim = casework.link_victim(case, "S1")
    linked = next(entry.number for entry in view.entries if entry.kind == "persons-linked")
    view = casework.strike(case, linked, because="Not the same man")
    assert view.state.subjects["S1"].linked is None
    assert view.state.subjects[victim].linked is None
    assert [row.suspect for row in view.board("custody", casework.clock.now()).rows if hasattr(row, "suspect")] == ["S1"]


def test_a_struck_retirement_brings_the_person_back(casework: Casework, case: str) -> None:
    casework.mark(case, "parties-separated", ["V2"], "done")
    view = casework.retire_subject(case, "V2", because="entered twice", same_as="V1")
    view = casework.strike(case, view.state.number, because="Two men")
    assert state(view, "parties-separated@V2") == "done"
    assert (view.state.subjects["V2"].retired, view.state.subjects["V2"].same_as) == (None, None)


def test_a_struck_joining_leaves_the_number_unused(casework: Casework, case: str) -> None:
    view = casework.strike(case, 4, because="A passer-by")
    assert list(view.state.subjects) == ["V1", "S1", "L1", "O1"]
    with pytest.raises(Refused, match="There is no subject 'V2' in this case"):
        casework.note(case, "x", subject="V2")
    assert casework.add_subject(case, "victim")[1] == "V3"


def test_struck_interactions_provisions_and_references_leave_their_ledgers(casework: Casework, case: str) -> None:
    casework.interaction(case, ["V1"], "Asked how she is")
    casework.provision(case, ["V1"], "food", "Soup")
    last = casework.add_reference(case, "crime", "CR/7").state.number
    for number in (last, last - 1, last - 2):
        view = casework.strike(case, number, because="In the wrong case")
    assert (view.state.interactions, view.state.provisions) == ((), ())
    assert [reference.value for reference in view.state.references] == ["EX-1"]


def test_a_struck_acceptance_gives_the_case_back_and_the_offer_stands_again(casework: Casework, colleague: Casework, case: str) -> None:
    casework.start_handover(case, "Sgt 77")
    view = colleague.accept_handover(case, role="responder")
    assert (view.state.holder, view.state.role, view.state.offered) == ("Sgt 77", "responder", None)
    view = casework.strike(case, view.state.number, because="She was not on duty")
    assert (view.state.holder, view.state.role) == ("PC 1234", "custody")
    assert view.state.offered is not None and view.state.offered.event.to == "Sgt 77"
    assert colleague.accept_handover(case).state.holder == "Sgt 77"


def test_a_struck_return_offers_the_case_again(casework: Casework, colleague: Casework, case: str) -> None:
    casework.start_handover(case, "Sgt 77")
    number = colleague.return_handover(case, because="Off in ten minutes").state.number
    view = colleague.strike(case, number, because="Stays on after all")
    assert view.state.offered is not None and view.state.offered.event.to == "Sgt 77"


@pytest.mark.parametrize("struck", [9, 10, 11])
def test_a_struck_referral_takes_the_facts_with_it_that_were_set_by_it(casework: Casework, case: str, struck: int) -> None:
    casework.set_facts(case, ["V1"], {"age": "child"})
    before = casework.view(case)
    assert casework.send(case, "V1").state.fact("V1", "referral") == "sent"
    view = casework.strike(case, struck, because="It was never sent")
    assert sorted(view.state.struck) == [9, 10, 11]
    assert {strike.event.because for strike in view.state.struck.values()} == {"It was never sent"}
    assert (view.state.referrals, view.state.facts, view.steps) == ((), before.state.facts, before.steps)


def test_a_struck_closing_opens_the_case_again_and_is_said_on_the_closed_one(casework: Casework, case: str) -> None:
    number = casework.close_case(case, because="Handed to the MSVLO").state.number
    assert casework.strike(case, number, because="The wrong case").state.closed_at is None
    assert casework.note(case, "on").state.closed_at is None


def test_a_retirement_whose_link_was_struck_before_can_be_struck(casework: Casework, case: str) -> None:
    view, victim = casework.link_victim(case, "S1")
    linked = next(entry.number for entry in view.entries if entry.kind == "persons-linked")
    casework.strike(case, linked, because="Not the same man")
    retired = casework.retire_subject(case, victim, because="by mistake").state.number
    casework.link_victim(case, "S1")
    view = casework.strike(case, retired, because="There he is")
    assert view.state.subjects[victim].retired is None


def test_the_case_as_it_stood_holds_what_was_struck_later(casework: Casework, case: str, clock: FixedClock) -> None:
    number = casework.mark(case, "parties-separated", ["V1"], "done").state.number
    then = clock.now()
    clock.forward(hours=1)
    view = casework.strike(case, number, because="Still in one van")
    assert state(view, "parties-separated@V1") == "open"
    assert state(view.at(then), "parties-separated@V1") == "done"
    assert (dict(view.at(then).state.struck), list(view.at(clock.now()).state.struck)) == ({}, [number])


# Undo and redo


def test_undo_takes_back_a_whole_act_and_redo_records_it_again(casework: Casework, case: str, clock: FixedClock) -> None:
    casework.mark(case, "parties-separated", ["V1", "V2"], "done", facts={"age": "adult"}, at="09:20")
    first = casework.view(case).entries[7:]
    assert [entry.kind for entry in first] == ["step-marked", "step-marked", "fact-recorded", "fact-recorded"]
    clock.forward(minutes=3)
    view = casework.undo(case)
    assert [(e.event.entry, e.event.undo, e.event.because) for e in view.entries[11:] if isinstance(e.event, EntryStruck)] == [
        (number, True, "") for number in (8, 9, 10, 11)
    ]
    assert state(view, "parties-separated@V1") == "open"
    clock.forward(minutes=3)
    again = casework.redo(case).entries[15:]
    assert [(entry.event, entry.stamp.again) for entry in again] == [(entry.event, entry.number) for entry in first]
    assert {entry.act for entry in again} == {16}
    for entry in again:
        assert entry.stamp.happened_at == first[0].stamp.happened_at
        assert entry.stamp.recorded_at == clock.now()


def test_undo_goes_back_act_by_act_over_what_others_did(casework: Casework, colleague: Casework, case: str) -> None:
    casework.note(case, "one")
    colleague.note(case, "theirs")
    casework.note(case, "two")
    assert notes(casework.undo(case)) == ["one", "theirs"]
    assert notes(casework.undo(case)) == ["theirs"]
    assert notes(colleague.undo(case)) == []
    assert notes(casework.redo(case)) == ["one"]
    assert notes(casework.redo(case)) == ["one", "two"]
    assert notes(colleague.redo(case)) == ["one", "two", "theirs"]


def test_what_was_done_again_can_be_undone_and_done_again(casework: Casework, case: str) -> None:
    casework.note(case, "one")
    for _ in range(3):
        casework.undo(case)
        view = casework.redo(case)
    assert notes(view) == ["one"]
    assert [entry.stamp.again for entry in view.entries if entry.kind == "note-added"] == [0, 8, 10, 12]


def test_a_person_taken_back_and_added_again_stands_in_their_place(casework: Casework, colleague: Casework, case: str) -> None:
    casework.add_subject(case, "victim", "The girl in red")
    colleague.add_subject(case, "victim")
    before = casework.view(case)
    assert list(casework.undo(case).state.subjects) == ["V1", "V2", "S1", "L1", "O1", "V4"]
    view = casework.redo(case)
    assert [one.id for one in view.state.active("victim")] == ["V1", "V2", "V3", "V4"]
    assert (view.steps, view.state.subjects) == (before.steps, before.state.subjects)
    assert casework.add_subject(case, "victim")[1] == "V5"


def test_an_offer_taken_back_is_no_longer_under_way(casework: Casework, case: str) -> None:
    casework.start_handover(case, "Sgt 77", remark="Two men still to be found")
    assert casework.undo(case).state.offered is None
    offered = casework.redo(case).state.offered
    assert offered is not None and offered.event.remark == "Two men still to be found"


def test_a_reopening_is_undone_and_done_again(casework: Casework, case: str) -> None:
    casework.close_case(case, because="Handed to the MSVLO")
    casework.reopen_case(case, because="More came in")
    assert casework.undo(case).state.closed_at is not None
    assert casework.redo(case).state.closed_at is None


def test_a_part_that_was_struck_with_a_reason_stays_struck(casework: Casework, colleague: Casework, case: str) -> None:
    casework.provision(case, ["V1", "V2"], "food", "Soup")
    colleague.strike(case, 9, because="She was asleep")
    assert casework.undo(case).state.provisions == ()
    assert [one.event.subject for one in casework.redo(case).state.provisions] == ["V1"]


def test_undo_reaches_back_to_the_acceptance_and_to_the_sign_in(
    casework: Casework, colleague: Casework, case: str, clock: FixedClock
) -> None:
    colleague.start_handover(case, "PC 1234")
    casework.return_handover(case, because="In an interview")
    assert casework.undo(case).state.offered is not None, "a return is one's own act as any other"
    casework.redo(case)
    clock.forward(minutes=1)
    casework.signed_in_at = clock.now()
    casework.note(case, "x")
    assert notes(casework.undo(case)) == []


@pytest.mark.parametrize("act", [lambda work, case: work.undo(case), lambda work, case: work.redo(case)], ids=["undo", "redo"])
def test_undo_and_redo_keep_to_their_case(casework: Casework, case: str, act: Callable[[Casework, str], CaseView]) -> None:
    casework.note(case, "x")
    casework.undo(case)
    other = casework.open_case().case_id
    with pytest.raises(Refused):
        act(casework, other)


def test_what_was_undone_before_a_handover_is_not_done_again_after_it(casework: Casework, colleague: Casework, case: str) -> None:
    casework.note(case, "x")
    casework.undo(case)
    colleague.start_handover(case, "Sgt 77")
    colleague.accept_handover(case)
    with pytest.raises(Refused, match="not later than the last handover"):
        casework.redo(case)


def test_a_sending_stands_while_a_decision_stands_on_it(casework: Casework, case: str) -> None:
    casework.set_facts(case, ["V1"], {"age": "child"})
    sent = casework.send(case, "V1").state.referrals[0].stamp.number
    decided = casework.receive(case, "V1", "reasonable", "positive").state.decisions[0].stamp.number
    casework.receive(case, "V1", "conclusive", "positive")
    with pytest.raises(Refused, match=f"Entry {decided} is not struck"):
        casework.strike(case, decided, because="Another person's")
    with pytest.raises(Refused, match=f"Entry {sent} is not struck"):
        casework.strike(case, sent, because="Never sent")
