"""What may be struck, undone and done again, and what hangs on what: on entries alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from msht_tui.domain.case import fold
from msht_tui.domain.entry import (
    AnyEvent,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ClockStepped,
    DecisionReceived,
    Entry,
    EntryStruck,
    FactRecorded,
    NoteAdded,
    PersonsLinked,
    ReferralSent,
    Stamp,
    SubjectAdded,
    SubjectRetired,
    WorksheetAnswered,
)
from msht_tui.domain.record import acts_of, dependents, overtaken, redo, strikes, struck_numbers, undo, until
from msht_tui.domain.refusal import Refused

OPENED = CaseOpened(case="0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11", pack="demo", version="1", digest="d" * 64, role="custody")
BEGUN = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
VICTIM = SubjectAdded(subject="V1", subject_kind="victim")
MINE, THEIRS = "PC 1234", "Sgt 77"


def acted(*acts: tuple[str, list[AnyEvent]], minutes: Sequence[int] = ()) -> list[Entry]:
    """Acts as entries: who made them and what they hold, recorded so many minutes after the opening, by default one each."""
    start = Stamp(1, BEGUN, BEGUN, MINE)
    entries = [Entry(start, OPENED)]
    for place, (by, events) in enumerate(acts):
        moment = BEGUN + timedelta(minutes=minutes[place] if minutes else place + 1)
        first = len(entries) + 1
        for event in events:
            number = len(entries) + 1
            entries.append(Entry(Stamp(number, moment, moment, by, 0 if number == first else first), event))
    return entries


def numbers(events: Sequence[AnyEvent]) -> list[int]:
    return [event.entry for event in events if isinstance(event, EntryStruck)]


def test_entries_fall_into_the_acts_in_which_they_were_made() -> None:
    entries = acted((MINE, [VICTIM, NoteAdded(text="x")]), (THEIRS, [NoteAdded(text="y")]))
    assert {first: [entry.number for entry in act] for first, act in acts_of(entries).items()} == {1: [1], 2: [2, 3], 4: [4]}


def test_the_record_as_it_stood_is_everything_up_to_the_last_entry_recorded_by_then() -> None:
    note = NoteAdded(text="x")
    entries = acted((MINE, [note]), (MINE, [note]), (MINE, [note]), minutes=[10, 70, 20])
    for minutes, last in ((-1, 0), (0, 1), (9, 1), (10, 2), (19, 2), (20, 4), (70, 4)):
        assert [entry.number for entry in until(entries, BEGUN + timedelta(minutes=minutes))] == list(range(1, last + 1))


# What is recorded as one is struck as one


SENT: list[AnyEvent] = [
    ReferralSent(subject="V1", route="child"),
    FactRecorded(subject="V1", name="referral", value="sent"),
]
DECIDED: list[AnyEvent] = [
    ClockStepped(seconds=90),
    DecisionReceived(subject="V1", decision="reasonable", outcome="positive"),
    FactRecorded(subject="V1", name="reasonable_grounds", value="positive"),
]


@pytest.mark.parametrize("struck", [3, 4])
def test_a_referral_is_struck_with_the_facts_of_its_act_whichever_is_named(struck: int) -> None:
    assert numbers(strikes(acted((MINE, [VICTIM]), (MINE, SENT)), struck)) == [3, 4]


@pytest.mark.parametrize("struck", [4, 5])
def test_what_the_clock_did_stays_when_its_act_is_struck(struck: int) -> None:
    entries = acted((MINE, [VICTIM]), (MINE, DECIDED))
    assert numbers(strikes(entries, struck)) == [4, 5]
    with pytest.raises(Refused, match="Entry 3 is not struck: it says what the clock did"):
        strikes(entries, 3)


def test_of_any_other_act_one_entry_is_struck_alone() -> None:
    entries = acted((MINE, [VICTIM]), (MINE, [NoteAdded(text="x"), NoteAdded(text="y")]))
    assert numbers(strikes(entries, 3)) == [3]
    assert struck_numbers([*entries, *acted((MINE, [EntryStruck(entry=3, because="x")]))[1:]]) == {3}


# Undo


@pytest.mark.parametrize("final", [SENT, DECIDED, [CaseClosed(because="x")]], ids=["sent", "decided", "closed"])
def test_what_others_may_have_acted_on_takes_a_reason(final: list[AnyEvent]) -> None:
    entries = acted((MINE, [VICTIM]), (MINE, final))
    with pytest.raises(Refused, match=r"Your last act, entry 3, is not undone: others may have acted on it\. Strike entry 3 with a reason"):
        undo(entries, MINE)
    named = next(entry.number for entry in entries[2:] if not isinstance(entry.event, ClockStepped))
    assert named in numbers(strikes(entries, named)), "and with a reason it is struck"


def test_the_last_own_act_is_undone_whatever_others_did_since() -> None:
    entries = acted((MINE, [NoteAdded(text="x"), NoteAdded(text="y")]), (THEIRS, [NoteAdded(text="z")]))
    assert undo(entries, MINE) == [EntryStruck(entry=2, undo=True), EntryStruck(entry=3, undo=True)]
    with pytest.raises(Refused, match="There is no act of yours to undo in this case"):
        undo(entries, "PS 9")


def test_a_clock_put_back_by_another_moves_no_sign_in() -> None:
    entries = acted((MINE, [NoteAdded(text="x")]), (THEIRS, [ClockStepped(seconds=-7200)]), (MINE, [NoteAdded(text="y")]))
    since = BEGUN + timedelta(hours=1)
    with pytest.raises(Refused, match="was made before you signed in"):
        undo(entries, MINE, since)
    own = acted((MINE, [ClockStepped(seconds=-7200), NoteAdded(text="y")]))
    assert numbers(undo(own, MINE, since)) == [3]


def test_a_clock_put_back_before_the_sign_in_moves_none_either() -> None:
    entries = acted((MINE, [ClockStepped(seconds=-600), NoteAdded(text="y")]))
    with pytest.raises(Refused, match="was made before you signed in"):
        undo(entries, MINE, BEGUN + timedelta(hours=1))


# Redo


def test_what_was_undone_last_is_done_again_first() -> None:
    entries = acted(
        (MINE, [NoteAdded(text="x")]),
        (MINE, [NoteAdded(text="y")]),
        (MINE, [EntryStruck(entry=3, undo=True)]),
        (THEIRS, [NoteAdded(text="z")]),
        (MINE, [EntryStruck(entry=2, undo=True)]),
    )
    assert [entry.number for entry in redo(entries, MINE)] == [2]
    with pytest.raises(Refused, match="There is no act of yours to do again"):
        redo(entries, THEIRS)


@pytest.mark.parametrize(
    ("mine", "same", "another"),
    [
        (
            FactRecorded(subject="V1", name="age", value="adult"),
            FactRecorded(subject="V1", name="age", value="child"),
            FactRecorded(subject="V1", name="consent", value="no"),
        ),
        (
            WorksheetAnswered(subject="V1", field="nationality", value="A", worksheet="1"),
            WorksheetAnswered(subject="V1", field="nationality", value="B", worksheet="1"),
            WorksheetAnswered(subject="V2", field="nationality", value="B", worksheet="1"),
        ),
    ],
)
def test_what_another_settled_since_is_named_while_it_counts(mine: AnyEvent, same: AnyEvent, another: AnyEvent) -> None:
    entries = acted((THEIRS, [same]), (MINE, [mine]), (THEIRS, [another]), (MINE, [same]))
    assert overtaken(entries, entries[2]) is None
    later = acted((THEIRS, [same]), (MINE, [mine]), (THEIRS, [same]), (THEIRS, [another]))
    assert overtaken(later, later[2]) is later[3]
    struck = acted((THEIRS, [same]), (MINE, [mine]), (THEIRS, [same]), (THEIRS, [EntryStruck(entry=4, undo=True)]))
    assert overtaken(struck, struck[2]) is None


# What hangs on what


def test_nothing_hangs_on_what_adds_to_a_ledger() -> None:
    entries = acted((MINE, [VICTIM]), (MINE, [FactRecorded(subject="V1", name="age", value="child")]), (MINE, [NoteAdded(text="x")]))
    assert dependents(entries, [3]) == ()


def test_what_is_struck_already_hangs_on_nothing() -> None:
    entries = acted((MINE, [VICTIM]), (MINE, [NoteAdded(text="x", subject="V1")]), (MINE, [EntryStruck(entry=3, because="x")]))
    assert dependents(entries, [2]) == ()
    assert [entry.number for entry in dependents(entries[:3], [2])] == [3]


def test_a_closing_hangs_on_a_reopening_only_until_that_is_struck() -> None:
    entries = acted((MINE, [CaseClosed(because="x")]), (MINE, [CaseReopened()]))
    assert [entry.number for entry in dependents(entries, [2])] == [3]
    assert dependents(entries, [2, 3]) == ()
    assert dependents(entries, [3]) == ()


def test_striking_what_nothing_hangs_on_leaves_a_record_that_adds_up() -> None:
    """Whatever may be struck of a case with links and retirements, the rest can be folded, and links stand on both sides."""
    entries = acted(
        (MINE, [SubjectAdded(subject="S1", subject_kind="suspect")]),
        (MINE, [VICTIM, PersonsLinked(subject="S1", victim="V1")]),
        (MINE, [SubjectAdded(subject="V2", subject_kind="victim")]),
        (MINE, [SubjectRetired(subject="V1", because="twice", same_as="V2")]),
        (MINE, [SubjectRetired(subject="V2", because="never there")]),
        (MINE, [SubjectAdded(subject="V3", subject_kind="victim"), PersonsLinked(subject="S1", victim="V3")]),
    )
    allowed = []
    for entry in entries[1:]:
        try:
            strike = strikes(entries, entry.number)
        except Refused:
            continue
        allowed.append(entry.number)
        struck = Entry(Stamp(len(entries) + 1, BEGUN, BEGUN, MINE), strike[0])
        subjects = fold([*entries, struck]).subjects
        for one in subjects.values():
            if one.retired is None and one.linked is not None and subjects[one.linked].retired is None:
                assert subjects[one.linked].linked == one.id
    assert allowed == [9], "only the last link hangs on nothing"
