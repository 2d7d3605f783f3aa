"""What somebody finds in a log, and what an entry says beside its words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from msht_tui.domain.entry import Entry
from msht_tui.domain.refusal import Refused
from msht_tui.summary.log import KINDS, Log, LogQuery, later_words, strike_words
from msht_tui.summary.words import entry_text

LONDON = ZoneInfo("Europe/London")
Begin = Callable[..., Any]


def found(case: Any, **wanted: Any) -> list[int]:
    return [row.entry.number for row in Log(case.view(), LONDON).chosen(LogQuery(**wanted))]


@pytest.fixture
def case(record: Begin) -> Any:
    """Numbers: 2 V1 · 3 S1 · 4 link · 5 mark on V1 · 6 note on the case · 7 provision · 8 strike of 5 · 9 V2 retired as V1."""
    case = record("custody").subject("V1", "victim").subject("S1", "suspect").link("S1", "V1")
    case.time("09:00", "PC 5150").mark("parties-separated@V1", note="In the Van").time("09:10", "PS 77").note("Tea ordered")
    case.time("09:20").provision("V1", "drink", "Tea").time("09:30").strike(5, "the other man")
    return case.subject("V2", "victim").retire("V2", "entered twice", "V1")


def test_an_empty_query_holds_for_every_entry(case: Any) -> None:
    assert found(case) == list(range(1, 11))


def test_a_subject_is_found_where_it_is_linked_named_or_struck(case: Any) -> None:
    assert found(case, subject="V1") == [2, 4, 5, 7, 8, 10]
    assert found(case, subject="S1") == [3, 4]
    assert found(case, subject="case") == [1, 6]


def test_a_phase_holds_its_steps_and_what_strikes_them(case: Any) -> None:
    assert found(case, phase="victim-care") == [5, 8]
    assert found(case, phase="nrm") == []


def test_kind_and_operator_are_exact_whatever_the_letters(case: Any) -> None:
    assert found(case, kind="provision-recorded") == [7]
    assert found(case, operator="pc 5150") == [5]
    assert found(case, operator="PC 51") == []


def test_every_word_has_to_stand_in_the_entry_whatever_its_letters(case: Any) -> None:
    assert found(case, text="tea") == [6, 7]
    assert found(case, text="  ORDERED tea ") == [6]
    assert found(case, text="parties-separated@v1") == [5]
    assert found(case, text="tea coffee") == []


def test_both_ends_of_a_time_are_included_and_go_by_when_it_happened(record: Begin) -> None:
    case = record().time("09:00", recorded="11:00").note("early, told late").time("10:00").note("later")
    nine, ten = (datetime(2026, 11, 23, hour, tzinfo=UTC) for hour in (9, 10))
    assert found(case, since=nine, until=nine) == [2]
    assert found(case, since=ten) == [3]
    assert found(case, until=nine) == [1, 2]


def test_all_that_is_asked_for_has_to_hold(case: Any) -> None:
    assert found(case, subject="V1", operator="PS 77", text="tea") == [7]
    assert found(case, subject="S1", text="tea") == []


def test_a_query_reads_as_words(case: Any) -> None:
    nine = datetime(2026, 11, 23, 9, tzinfo=UTC)
    query = LogQuery(subject="V1", phase="scene", kind="note-added", operator="PS 77", text="tea", since=nine)
    assert query.words(case.pack, LONDON) == "V1, Scene, note added, by PS 77, with tea, since 23 Nov 09:00"
    assert LogQuery().words(case.pack, LONDON) == ""


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"subject": "V7"}, "no subject 'V7'"),
        ({"phase": "scen"}, "Did you mean scene"),
        ({"kind": "note"}, "Did you mean note-added"),
        ({"operator": "PC 515"}, "PC 515 made no entry in this case: CH 2207, PC 5150, PS 77 did. Did you mean PC 5150?"),
    ],
)
def test_a_query_that_can_find_nothing_is_refused_with_the_near_names(case: Any, wanted: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words.replace("?", r"\?")):
        LogQuery(**wanted).refuse_unknown(case.view())


def test_what_the_case_knows_is_not_refused(case: Any) -> None:
    for kind in KINDS:
        LogQuery(subject="case", phase="scene", kind=kind, operator="ps 77").refuse_unknown(case.view())


def test_the_words_of_an_entry_are_made_once_and_serve_the_next_log(case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def counted(entry: Entry, *more: Any) -> str:
        made.append(entry.number)
        return entry_text(entry, *more)

    monkeypatch.setattr("msht_tui.summary.log.entry_text", counted)
    before = Log(case.view(), LONDON)
    for text in ("tea", "coffee", ""):
        before.chosen(LogQuery(text=text))
    after = Log(case.note("one more").view(), LONDON, before)
    assert made == list(range(1, 12))
    assert [row.entry.number for row in after.rows] == made


def test_the_log_of_another_case_or_an_earlier_moment_lends_no_words(case: Any, record: Begin) -> None:
    later = Log(case.view(), LONDON)
    earlier = Log(case.view().at(datetime(2026, 11, 23, 9, 5, tzinfo=UTC)), LONDON, later)
    assert [row.entry.number for row in earlier.rows] == [1, 2, 3, 4, 5]
    other = record().note("another case").view()
    assert [row.text for row in Log(other, LONDON, later).rows][1] == "Note: another case"


def test_a_struck_entry_says_who_struck_it_when_and_why(case: Any) -> None:
    view = case.time("09:40", "PS 77").strike(7).view()
    assert strike_words(view, 5, LONDON) == "STRUCK by PS 77, 23 Nov 09:30, entry 8: the other man"
    assert strike_words(view, 7, LONDON) == "STRUCK by PS 77, 23 Nov 09:40, entry 11: undone by whoever made it"
    assert strike_words(view, 6, LONDON) == ""


def test_a_late_entry_says_how_much_later_and_a_redone_one_of_which_it_is_the_same(record: Begin) -> None:
    case = record().time("09:00", recorded="11:05").note("late")
    assert later_words(case.entries[1], LONDON) == ["recorded 23 Nov 11:05, 2 h 5 min later"]
    case.time("09:00").strike(2).add(case.entries[1].event, again=2)
    assert later_words(case.entries[3], LONDON) == ["entry 2 recorded again"]
    assert later_words(case.entries[0], LONDON) == []


def test_a_strike_of_a_number_that_is_not_there_breaks_nothing(record: Begin) -> None:
    """A file made elsewhere can hold one."""
    assert found(record().strike(99, "hostile"), text="hostile") == [2]
