"""The fold: the state of a case is what its entries add up to, however they are read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msht_tui.domain.case import CaseState, fold
from msht_tui.domain.entry import (
    AnyEvent,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    Entry,
    FactRecorded,
    MarkState,
    NoteAdded,
    PersonsLinked,
    ReferenceAdded,
    StepMarked,
    SubjectAdded,
    SubjectRetired,
)
from msht_tui.domain.refusal import Refused

OPENED = CaseOpened(case="0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11", pack="demo", version="1", digest="d" * 64, role="responder")
EntriesOf = Callable[[Sequence[AnyEvent]], list[Entry]]


@st.composite
def histories(draw: st.DrawFn) -> list[AnyEvent]:
    """Events in an order in which a case can see them."""
    events: list[AnyEvent] = [OPENED]
    present: dict[str, str] = {"V1": "victim", "S1": "suspect"}
    events += [SubjectAdded(subject="V1", subject_kind="victim"), SubjectAdded(subject="S1", subject_kind="suspect", label="driver")]
    for number in range(draw(st.integers(0, 12))):
        subject = draw(st.sampled_from([*present, "case"]))
        match draw(st.integers(0, 7)):
            case 0:
                present[f"V{number + 2}"] = "victim"
                events.append(SubjectAdded(subject=f"V{number + 2}", subject_kind="victim"))
            case 1:
                events.append(FactRecorded(subject=subject, name="age", value=draw(st.sampled_from(["adult", "child", "not-sure"]))))
            case 2 | 3:
                state: MarkState = draw(st.sampled_from(get_args(MarkState)))
                events.append(StepMarked(subject=subject, item="x", state=state, note=draw(st.sampled_from(["", "seen"]))))
            case 4:
                events.append(NoteAdded(text="The van is back.", subject=subject))
            case 5 if subject != "case":
                others = [other for other in present if present[other] == present[subject] and other != subject]
                same_as = draw(st.sampled_from([None, *others]))
                del present[subject]
                events.append(SubjectRetired(subject=subject, because="twice", same_as=same_as))
            case 6 if any(kind == "victim" for kind in present.values()) and "S1" in present:
                victims = [other for other in present if present[other] == "victim"]
                events.append(PersonsLinked(subject="S1", victim=draw(st.sampled_from(victims))))
            case 7:
                events.append(ReferenceAdded(reference_kind="crime", value=f"06A/{number}"))
            case _:
                events += [CaseClosed(), CaseReopened()]
    return events


@given(histories(), st.data())
def test_reading_in_two_parts_gives_what_reading_at_once_gives(entries_of: EntriesOf, events: list[AnyEvent], data: st.DataObject) -> None:
    entries = entries_of(events)
    cut = data.draw(st.integers(0, len(entries)))
    first = fold(entries[:cut])
    again = fold(entries[:cut])
    assert fold(entries[cut:], first) == fold(entries)
    assert first == again, "going on from a state must leave that state as it was"


def test_no_entries_give_an_empty_case() -> None:
    assert fold([]) == CaseState()
    assert CaseState().title == ""


def test_every_entry_is_read_once(entries_of: EntriesOf) -> None:
    entries = entries_of([OPENED] + [NoteAdded(text=str(number)) for number in range(50)])
    state = fold(entries)
    assert (state.number, len(state.notes)) == (51, 50)


def test_the_work_grows_with_the_entries_and_no_faster(entries_of: EntriesOf) -> None:
    def calls(count: int) -> int:
        entries = entries_of([OPENED, *(StepMarked(subject="case", item=f"i{n}", state="done", note="n") for n in range(count))])
        return sum(1 for _ in counted(lambda: fold(entries)))

    assert calls(400) < 2.2 * calls(200)


def counted(work: Callable[[], object]) -> Iterator[str]:
    """Every call that some work makes, in Python and in C."""
    seen: list[str] = []

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event in ("call", "c_call"):
            seen.append(event)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    yield from seen


def test_the_opening_gives_the_start_and_the_first_reference_the_title(entries_of: EntriesOf) -> None:
    entries = entries_of(
        [OPENED, ReferenceAdded(reference_kind="incident", value="GM-4471"), ReferenceAdded(reference_kind="nrm", value="N1")]
    )
    assert fold(entries[:1]).title == "0b9e3f60"
    state = fold(entries)
    assert (state.title, state.opened, state.opened_at) == ("GM-4471", OPENED, entries[0].stamp.happened_at)
    assert [(reference.kind, reference.value) for reference in state.references] == [("incident", "GM-4471"), ("nrm", "N1")]


def test_the_latest_answer_and_the_latest_mark_count(entries_of: EntriesOf) -> None:
    state = fold(
        entries_of(
            [
                OPENED,
                SubjectAdded(subject="V1", subject_kind="victim"),
                FactRecorded(subject="V1", name="age", value="child"),
                FactRecorded(subject="V1", name="age", value="adult"),
                StepMarked(subject="V1", item="x", state="done"),
                StepMarked(subject="V1", item="x", state="open"),
            ]
        )
    )
    assert state.fact("V1", "age") == "adult"
    assert (state.marks["x", "V1"].event.state, state.marks["x", "V1"].stamp.number) == ("open", 6)
    assert state.fact("V1", "consent") is None
    assert state.fact("V2", "age") is None


def test_a_subject_reads_its_own_facts_and_those_of_the_case(entries_of: EntriesOf) -> None:
    state = fold(
        entries_of(
            [
                OPENED,
                *(SubjectAdded(subject=one, subject_kind="victim") for one in ("V1", "V2")),
                FactRecorded(subject="case", name="nation", value="wales"),
                FactRecorded(subject="V1", name="age", value="child"),
            ]
        )
    )
    assert state.answers("V1") == {"nation": "wales", "age": "child"}
    assert state.answers("V2") == {"nation": "wales"}
    assert state.answers("case") == {"nation": "wales"}


def test_a_note_on_a_mark_is_a_note_of_its_step(entries_of: EntriesOf) -> None:
    state = fold(entries_of([OPENED, StepMarked(subject="case", item="duty-inspector-told", state="done", note="By radio.")]))
    (note,) = state.notes
    assert (note.event.text, note.event.item, note.event.subject, note.stamp.number) == ("By radio.", "duty-inspector-told", "case", 2)


def test_a_retired_subject_keeps_its_record_and_its_number(entries_of: EntriesOf) -> None:
    state = fold(
        entries_of(
            [
                OPENED,
                SubjectAdded(subject="V1", subject_kind="victim"),
                SubjectAdded(subject="V2", subject_kind="victim"),
                FactRecorded(subject="V2", name="age", value="child"),
                SubjectRetired(subject="V2", because="entered twice", same_as="V1"),
            ]
        )
    )
    assert [subject.id for subject in state.active("victim")] == ["V1"]
    assert (state.subject("V2").retired, state.subject("V2").same_as) == ("entered twice", "V1")
    assert state.fact("V2", "age") == "child"
    assert state.next_id("victim") == "V3"
    assert [state.next_id(kind) for kind in ("suspect", "scene", "other")] == ["S1", "L1", "O1"]


def test_a_link_stands_on_both_sides(entries_of: EntriesOf) -> None:
    state = fold(entries_of([*both(), PersonsLinked(subject="S1", victim="V1")]))
    assert (state.subject("S1").linked, state.subject("V1").linked) == ("V1", "S1")
    assert state.linked_victim("S1") == state.subject("V1")


def test_a_link_follows_a_victim_who_was_entered_twice(entries_of: EntriesOf) -> None:
    events = [*both(), SubjectAdded(subject="V2", subject_kind="victim"), PersonsLinked(subject="S1", victim="V1")]
    gone = fold(entries_of([*events, SubjectRetired(subject="V1", because="entered twice", same_as="V2")]))
    assert gone.linked_victim("S1") == gone.subject("V2")
    assert (gone.subject("S1").linked, gone.subject("V2").linked) == ("V2", "S1")
    mistaken = fold(entries_of([*events, SubjectRetired(subject="V1", because="never there")]))
    assert mistaken.linked_victim("S1") is None


def test_a_link_follows_a_suspect_who_was_entered_twice(entries_of: EntriesOf) -> None:
    """Otherwise the same person would be given a second victim."""
    events = [*both(), SubjectAdded(subject="S2", subject_kind="suspect"), PersonsLinked(subject="S1", victim="V1")]
    state = fold(entries_of([*events, SubjectRetired(subject="S1", because="entered twice", same_as="S2")]))
    assert state.linked_victim("S2") == state.subject("V1")
    assert state.subject("V1").linked == "S2"


def test_a_link_of_its_own_is_not_overwritten_by_that_of_a_duplicate(entries_of: EntriesOf) -> None:
    events = [
        *both(),
        SubjectAdded(subject="S2", subject_kind="suspect"),
        SubjectAdded(subject="V2", subject_kind="victim"),
        PersonsLinked(subject="S1", victim="V1"),
        PersonsLinked(subject="S2", victim="V2"),
        SubjectRetired(subject="V1", because="entered twice", same_as="V2"),
    ]
    state = fold(entries_of(events))
    assert state.subject("V2").linked == "S2"
    assert state.linked_victim("S1") == state.linked_victim("S2") == state.subject("V2")


@pytest.mark.parametrize(
    "event",
    [
        SubjectRetired(subject="V9", because="twice"),
        SubjectRetired(subject="V1", because="twice", same_as="V9"),
        PersonsLinked(subject="S1", victim="V9"),
        PersonsLinked(subject="S9", victim="V1"),
    ],
    ids=lambda event: f"{event.subject} {event.__class__.__name__}",
)
def test_an_entry_about_somebody_who_is_not_there_is_refused_with_its_number(entries_of: EntriesOf, event: AnyEvent) -> None:
    """Only a record that was made elsewhere holds one; it must not end in a fault of the program."""
    linked = PersonsLinked(subject="S1", victim="V1")
    with pytest.raises(Refused, match=r"Entry 5 speaks of .9"):
        fold(entries_of([*both(), linked, event]))


def test_closing_and_reopening_leave_the_record_as_it_is(entries_of: EntriesOf) -> None:
    entries = entries_of([OPENED, NoteAdded(text="The van is back."), CaseClosed(because="handed over"), CaseReopened()])
    closed, reopened = fold(entries[:3]), fold(entries)
    assert closed.closed_at == entries[2].stamp.happened_at
    assert reopened.closed_at is None
    assert closed.notes == reopened.notes
    assert reopened.number == 4


def both() -> list[AnyEvent]:
    """A case with one suspect and one victim."""
    return [OPENED, SubjectAdded(subject="S1", subject_kind="suspect"), SubjectAdded(subject="V1", subject_kind="victim")]
