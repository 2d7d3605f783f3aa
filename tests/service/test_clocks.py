"""Two clocks: when it happened and when it was written down, and a clock of the terminal that is moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from msht_tui.domain.entry import ClockStepped, Entry, NoteAdded
from msht_tui.domain.moment import full_local, local
from msht_tui.domain.refusal import Refused
from msht_tui.service import CaseView, Casework
from msht_tui.summary.words import entry_text, gap_words

if TYPE_CHECKING:
    from tests.conftest import FixedClock

HOUR = 3600


def steps_of_clock(view: CaseView) -> list[tuple[int, int]]:
    """Number and seconds of every entry that says that the clock was moved."""
    return [(entry.number, entry.event.seconds) for entry in view.entries if isinstance(entry.event, ClockStepped)]


def notes(view: CaseView) -> list[str]:
    return [note.event.text for note in view.state.notes]


@pytest.fixture
def case(casework: Casework) -> str:
    case_id = casework.open_case(reference="EX-1").case_id
    casework.add_subject(case_id, "victim")
    return case_id


def test_an_entry_made_late_has_both_times_and_the_gap_in_words(casework: Casework, case: str, clock: FixedClock) -> None:
    clock.forward(hours=4)
    entry = casework.note(case, "The van is back.", at="11:25").entries[-1]
    assert entry.stamp.happened_at == datetime(2026, 11, 23, 11, 25, tzinfo=UTC)
    assert entry.stamp.recorded_at == clock.now() == datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
    assert entry.stamp.late
    assert gap_words(entry.stamp) == "recorded 2 h 5 min later"
    at_once = casework.note(case, "It left.").entries[-1]
    assert (at_once.stamp.late, gap_words(at_once.stamp)) == (False, "")


@pytest.mark.parametrize(("seconds", "late"), [(60, False), (61, True)])
def test_an_entry_is_late_from_a_minute_on(casework: Casework, case: str, clock: FixedClock, seconds: int, late: bool) -> None:
    happened = clock.now().isoformat()
    clock.forward(seconds=seconds)
    assert casework.note(case, "x", at=happened).entries[-1].stamp.late is late


def test_a_late_entry_stands_where_it_was_recorded_and_is_told_at_the_closing(casework: Casework, case: str, clock: FixedClock) -> None:
    clock.forward(hours=2)
    casework.note(case, "now")
    view = casework.note(case, "an hour ago", at="10:30")
    assert notes(view) == ["now", "an hour ago"]
    assert [entry.number for entry in view.review(clock.now()).late] == [view.entries[-1].number]


def test_a_clock_put_back_reorders_nothing_and_is_told_once(casework: Casework, case: str, clock: FixedClock) -> None:
    clock.forward(hours=2)
    casework.note(case, "before")
    clock.step(-HOUR)
    casework.note(case, "after")
    clock.forward(minutes=1)
    view = casework.note(case, "later")
    assert notes(view) == ["before", "after", "later"]
    assert [entry.number for entry in view.entries] == list(range(1, 8))
    assert steps_of_clock(view) == [(5, -HOUR)]
    stepped, after = view.entries[4:6]
    assert stepped.act == after.act == 5, "it is part of the act before which it stands"
    assert stepped.stamp.happened_at == stepped.stamp.recorded_at == after.stamp.recorded_at < view.entries[3].stamp.recorded_at
    assert entry_text(stepped, view.pack) == "The clock of this terminal is 1 h behind what it or the record said"


def test_a_clock_put_on_is_told_once_too(casework: Casework, case: str, clock: FixedClock) -> None:
    clock.step(1.5 * HOUR)
    casework.note(case, "after")
    view = casework.note(case, "later")
    assert steps_of_clock(view) == [(4, 5400)]
    assert entry_text(view.entries[3], view.pack) == "The clock of this terminal is 1 h 30 min ahead of the time that has passed"


def test_a_clock_that_goes_there_and_back_is_told_both_times(casework: Casework, case: str, clock: FixedClock) -> None:
    for seconds in (HOUR, -HOUR):
        clock.step(seconds)
        view = casework.note(case, "x")
    assert [seconds for _, seconds in steps_of_clock(view)] == [HOUR, -HOUR]


@pytest.mark.parametrize("seconds", [-60, 60])
def test_a_clock_set_right_by_a_minute_is_not_told(casework: Casework, case: str, clock: FixedClock, seconds: int) -> None:
    clock.step(seconds)
    assert steps_of_clock(casework.note(case, "x")) == []


def test_a_machine_that_slept_has_no_clock_that_moved(casework: Casework, case: str, clock: FixedClock) -> None:
    clock.forward(hours=9)
    assert steps_of_clock(casework.note(case, "Next shift")) == []


def test_a_clock_put_back_while_the_machine_slept_is_told_by_what_it_lacks(casework: Casework, case: str, clock: FixedClock) -> None:
    clock.forward(hours=9)
    clock.step(-2 * HOUR)
    assert [seconds for _, seconds in steps_of_clock(casework.note(case, "Next shift"))] == [-2 * HOUR]


def test_a_terminal_that_lies_before_the_record_says_so(casework: Casework, case: str, colleague: Casework, clock: FixedClock) -> None:
    """Their first look at the case is after the clock went back, so that nothing but the record can tell."""
    clock.step(-HOUR)
    view = colleague.note(case, "mine")
    assert [seconds for _, seconds in steps_of_clock(view)] == [-HOUR]
    assert view.entries[-1].stamp.by == view.entries[-2].stamp.by == "Sgt 77"


def test_every_case_that_was_open_is_told_that_the_clock_moved(casework: Casework, case: str, clock: FixedClock) -> None:
    other = casework.open_case().case_id
    clock.step(HOUR)
    for case_id in (case, other):
        assert [seconds for _, seconds in steps_of_clock(casework.note(case_id, "x"))] == [HOUR]


def test_a_case_that_was_only_looked_at_is_told_as_well(casework: Casework, case: str, colleague: Casework, clock: FixedClock) -> None:
    colleague.view(case)
    clock.step(HOUR)
    colleague.view(case)
    assert [seconds for _, seconds in steps_of_clock(colleague.note(case, "x"))] == [HOUR]


def test_a_new_case_begins_with_its_opening_whatever_the_clock_did(casework: Casework, case: str, clock: FixedClock) -> None:
    clock.step(-HOUR)
    view = casework.open_case(reference="EX-2")
    assert [entry.kind for entry in view.entries] == ["case-opened", "reference-added"]
    assert steps_of_clock(casework.note(view.case_id, "x")) == []


def refuse(work: Casework, case: str) -> None:
    with pytest.raises(Refused):
        work.note(case, " ")


def link_again(work: Casework, case: str) -> None:
    work.link_victim(case, "S1")


@pytest.mark.parametrize("act", [refuse, link_again])
def test_what_records_nothing_does_not_swallow_that_the_clock_moved(
    casework: Casework, case: str, clock: FixedClock, act: Callable[[Casework, str], None]
) -> None:
    casework.add_subject(case, "suspect")
    casework.link_victim(case, "S1")
    clock.step(HOUR)
    act(casework, case)
    assert steps_of_clock(casework.view(case)) == []
    assert [seconds for _, seconds in steps_of_clock(casework.note(case, "x"))] == [HOUR]


def test_an_undo_leaves_what_the_clock_did(casework: Casework, case: str, clock: FixedClock) -> None:
    clock.step(-HOUR)
    casework.note(case, "x")
    view = casework.undo(case)
    assert steps_of_clock(view) == [(4, -HOUR)]
    assert list(view.state.struck) == [5]
    assert notes(casework.redo(case)) == ["x"]


def test_an_act_after_the_sign_in_can_be_undone_though_the_clock_was_put_back(casework: Casework, case: str, clock: FixedClock) -> None:
    casework.note(case, "before the sign-in")
    clock.forward(minutes=5)
    casework.signed_in_at = clock.now()
    clock.forward(minutes=1)
    clock.step(-HOUR)
    casework.note(case, "x")
    casework.note(case, "y")
    assert notes(casework.undo(case)) == ["before the sign-in", "x"]
    assert notes(casework.undo(case)) == ["before the sign-in"]
    with pytest.raises(Refused, match="was made before you signed in"):
        casework.undo(case)


def test_the_hour_that_the_clock_shows_twice_has_its_offset(casework: Casework, clock: FixedClock, london: ZoneInfo) -> None:
    clock.moment = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    case = casework.open_case().case_id
    first = casework.note(case, "summer time").entries[-1]
    clock.forward(hours=1)
    second = casework.note(case, "winter time").entries[-1]
    assert (local(first.stamp.happened_at, london), local(second.stamp.happened_at, london)) == ("01:30+01", "01:30+00")
    assert full_local(first.stamp.happened_at, london) == "25 Oct 2026 01:30:00 +0100"
    clock.forward(hours=2)
    with pytest.raises(Refused, match="The clock showed 2026-10-25T01:30 twice that night: add the offset"):
        casework.note(case, "which?", at="2026-10-25T01:30")
    chosen = casework.note(case, "this", at="2026-10-25T01:30+01:00").entries[-1]
    assert chosen.stamp.happened_at == first.stamp.happened_at
    assert local(chosen.stamp.happened_at, london) == "01:30+01"
    assert steps_of_clock(casework.view(case)) == [], "the change of the hour moves no clock that is kept in UTC"


# The case as it stood


def at(view: CaseView, moment: datetime) -> list[str]:
    return notes(view.at(moment))


def test_the_case_as_it_stood_keeps_the_order_of_recording_over_a_clock_that_jumped(
    casework: Casework, case: str, clock: FixedClock
) -> None:
    begun = clock.now()
    casework.note(case, "09:30")
    clock.forward(minutes=10)
    clock.step(2 * HOUR)
    casework.note(case, "by a clock two hours on")
    clock.forward(minutes=10)
    clock.step(-2 * HOUR)
    casework.note(case, "09:50")
    clock.forward(minutes=10)
    view = casework.note(case, "10:00, about 09:35", at="09:35")
    whole = ["09:30", "by a clock two hours on", "09:50"]
    assert at(view, begun + timedelta(minutes=9)) == whole[:1]
    assert at(view, begun + timedelta(minutes=25)) == whole
    assert at(view, clock.now()) == [*whole, "10:00, about 09:35"]
    with pytest.raises(Refused, match="The case was not open yet at that time"):
        view.at(begun - timedelta(seconds=1))


def test_a_view_of_earlier_holds_the_entries_of_then(casework: Casework, case: str, clock: FixedClock) -> None:
    then = clock.now()
    earlier = casework.view(case)
    clock.forward(hours=1)
    view = casework.mark(case, "parties-separated", ["V1"], "done").at(then)
    assert (view.state, view.entries, view.steps) == (earlier.state, earlier.entries, earlier.steps)
    assert not any(isinstance(entry, Entry) and isinstance(entry.event, NoteAdded) for entry in view.entries)


# What answers something comes after it


def test_an_answer_does_not_lie_before_what_it_answers(casework: Casework, colleague: Casework, case: str, clock: FixedClock) -> None:
    early = (clock.now() - timedelta(days=3)).isoformat()
    number = casework.note(case, "x").state.number
    casework.start_handover(case, "Sgt 77")
    with pytest.raises(Refused, match="lies before the handover"):
        colleague.accept_handover(case, at=early)
    with pytest.raises(Refused, match="lies before the handover"):
        colleague.return_handover(case, because="Not mine", at=early)
    with pytest.raises(Refused, match=f"lies before entry {number}"):
        casework.strike(case, number, because="Wrong", at=early)
    with pytest.raises(Refused, match="lies before the opening"):
        casework.close_case(case, because="Done", at=early)
    casework.close_case(case, because="Done")
    with pytest.raises(Refused, match="lies before the closing"):
        casework.reopen_case(case, because="More", at=early)


def test_the_minute_of_what_is_answered_is_late_enough(casework: Casework, colleague: Casework, case: str, clock: FixedClock) -> None:
    clock.forward(seconds=40)
    casework.start_handover(case, "Sgt 77")
    clock.forward(minutes=5)
    minute = (clock.now() - timedelta(minutes=5)).replace(second=0).isoformat()
    assert colleague.accept_handover(case, at=minute).state.holder == "Sgt 77"
