"""Facts, marks and notes: what is recorded, and every way in which they are refused with nothing recorded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypedDict

import pytest

from msht_tui.domain.entry import MarkState, StepMarked
from msht_tui.domain.refusal import Refused
from msht_tui.service import CaseView, Casework


class How(TypedDict, total=False):
    """How a step is marked."""

    because: str
    to: str
    until: str
    note: str
    at: str


def state(view: CaseView, step: str) -> str:
    return next(one.state for one in view.steps if one.id == step)


def numbers(work: Casework, case: str) -> list[int]:
    return [entry.number for entry in work.view(case).entries]


def test_a_fact_is_set_for_several_in_one_act(work: Casework, case: str) -> None:
    view = work.set_facts(case, ["V1", "V2", "V1"], {"age": "child", "interpreter": "needed"})
    assert [view.state.fact(subject, "age") for subject in ("V1", "V2")] == ["child", "child"]
    assert len(view.entries[-4:]) == 4 and {entry.kind for entry in view.entries[-4:]} == {"fact-recorded"}


def test_the_latest_answer_counts(work: Casework, case: str) -> None:
    work.set_facts(case, ["V1"], {"age": "child"})
    assert work.set_facts(case, ["V1"], {"age": "adult"}).state.fact("V1", "age") == "adult"


def test_a_fact_of_the_case_reaches_its_steps(work: Casework, case: str) -> None:
    view = work.set_facts(case, ["case"], {"msvlo_available": "no"})
    assert state(view, "msvlo-assigned") == "inactive"


@pytest.mark.parametrize(
    ("subjects", "facts", "words"),
    [
        (["V1"], {"aeg": "child"}, r"There is no fact called 'aeg'\. Did you mean age"),
        (["V1"], {"age": "old"}, "age cannot be 'old': it is one of adult, child, not-sure"),
        (["V1"], {"arrested": "yes"}, "arrested is a fact of a suspect, and V1 is a victim"),
        (["case"], {"age": "child"}, "age is a fact of a victim, and case is a case"),
        (["V1", "S1"], {"age": "child"}, "age is a fact of a victim, and S1 is a suspect"),
        (["V1", "V9"], {"age": "child"}, "There is no subject 'V9'"),
        (["V1"], {"age": "child", "consent": "maybe"}, "consent cannot be 'maybe'"),
        (["V1"], {}, "Say which fact of whom"),
        ([], {"age": "child"}, "Say which fact of whom"),
    ],
)
def test_a_fact_that_makes_no_sense_is_refused_whole(
    work: Casework, case: str, subjects: list[str], facts: dict[str, str], words: str
) -> None:
    before = numbers(work, case)
    with pytest.raises(Refused, match=words):
        work.set_facts(case, subjects, facts)
    assert numbers(work, case) == before


MARKS: list[tuple[MarkState, How]] = [
    ("done", {}),
    ("done", {"because": "She asked for it", "note": "In the front room"}),
    ("not-needed", {"because": "Alone"}),
    ("deferred", {"to": "MSVLO"}),
    ("deferred", {"until": "16:00"}),
    ("deferred", {"to": "MSVLO", "until": "2026-11-24T09:30"}),
    ("open", {}),
]


@pytest.mark.parametrize(("mark", "how"), MARKS)
def test_a_step_is_marked(work: Casework, case: str, mark: MarkState, how: How) -> None:
    view = work.mark(case, "parties-separated", ["V1"], mark, **how)
    assert state(view, "parties-separated@V1") == mark
    assert state(view, "parties-separated@V2") == "open"
    event = view.entries[-1].event
    assert isinstance(event, StepMarked)
    assert (event.because, event.to, event.note) == (how.get("because", ""), how.get("to", ""), how.get("note", ""))


def test_a_mark_can_always_be_changed(work: Casework, case: str) -> None:
    for mark, how in MARKS:
        assert state(work.mark(case, "parties-separated", ["V1"], mark, **how), "parties-separated@V1") == mark


def test_a_step_is_marked_for_several_with_an_entry_each(work: Casework, case: str) -> None:
    before = numbers(work, case)
    view = work.mark(case, "parties-separated", ["V1", "V2", "V1"], "done")
    assert numbers(work, case) == [*before, before[-1] + 1, before[-1] + 2]
    assert state(view, "parties-separated@V1") == state(view, "parties-separated@V2") == "done"


def test_a_step_of_the_case_is_marked(work: Casework, case: str) -> None:
    assert state(work.mark(case, "duty-inspector-told", ["case"], "done"), "duty-inspector-told") == "done"


def test_a_step_for_two_kinds_is_marked_for_both(work: Casework, case: str) -> None:
    view = work.mark(case, "person-as-a-scene", ["V1", "S1"], "done")
    assert state(view, "person-as-a-scene@V1") == state(view, "person-as-a-scene@S1") == "done"


def test_until_is_the_first_such_time_after_the_act(work: Casework, case: str) -> None:
    view = work.mark(case, "parties-separated", ["V1"], "deferred", until="13:00", at="12:30")
    event = view.entries[-1].event
    assert isinstance(event, StepMarked)
    assert event.until == datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


def test_a_mark_sets_no_fact(work: Casework, case: str) -> None:
    view = work.mark(case, "interpreter-decision", ["V1"], "done")
    assert view.state.fact("V1", "interpreter") is None


REFUSED: list[tuple[str, list[str], MarkState, How, str]] = [
    ("parties-seperated", ["V1"], "done", {}, "Did you mean parties-separated"),
    ("parties-separated", ["S1"], "done", {}, "parties-separated is a step of a victim, and S1 is a suspect"),
    ("parties-separated", ["case"], "done", {}, "parties-separated is a step of a victim, and case is a case"),
    ("person-as-a-scene", ["L1"], "done", {}, "person-as-a-scene is a step of a victim or a suspect, and L1 is a scene"),
    ("duty-inspector-told", ["V1"], "done", {}, "duty-inspector-told is a step of a case, and V1 is a victim"),
    ("parties-separated", ["V1", "V9"], "done", {}, "There is no subject 'V9'"),
    ("parties-separated", [], "done", {}, "Say for whom: parties-separated@V1"),
    ("parties-separated", ["V1"], "not-needed", {}, "Say why this is not needed: not needed is never done"),
    ("parties-separated", ["V1"], "not-needed", {"because": " \u200e"}, "Say why"),
    ("parties-separated", ["V1"], "deferred", {}, "Say to whom this is left, or until when"),
    ("parties-separated", ["V1"], "deferred", {"to": "  ", "because": "later"}, "Say to whom"),
    ("parties-separated", ["V1"], "done", {"to": "MSVLO"}, "Only a deferred step is left to somebody"),
    ("parties-separated", ["V1"], "open", {"until": "16:00"}, "Only a deferred step is left to somebody"),
    ("parties-separated", ["V1"], "deferred", {"until": "whenever"}, "'whenever' is no time"),
    ("parties-separated", ["V1"], "deferred", {"until": "2026-11-23T14:00"}, "lies before the act itself"),
    ("parties-separated", ["V1"], "done", {"at": "2026-11-24T09:00"}, "lies in the future"),
    ("treated-as-a-child", ["V1"], "done", {}, "treated-as-a-child@V1 waits on age, which is not set for V1"),
    ("treated-as-a-child", ["V1"], "not-needed", {"because": "x"}, "waits on age"),
    ("treated-as-a-child", ["V1"], "open", {}, "waits on age"),
    ("adult-nrm-referral-sent", ["V1"], "done", {}, "waits on age and consent"),
    ("suspect-rooms", ["S1"], "done", {}, "suspect-rooms@S1 waits on lives_with_victims"),
    ("independent-interpreter", ["V2"], "done", {}, "independent-interpreter@V2 does not apply: it depends on interpreter"),
    ("parties-separated", ["V1", "V2", "S1"], "done", {}, "S1 is a suspect"),
    ("independent-interpreter", ["V1", "V2"], "done", {}, "independent-interpreter@V2 does not apply"),
]


@pytest.mark.parametrize(("item", "subjects", "mark", "how", "words"), REFUSED)
def test_a_mark_that_makes_no_sense_is_refused_whole(
    work: Casework, case: str, item: str, subjects: list[str], mark: MarkState, how: How, words: str
) -> None:
    work.set_facts(case, ["V2"], {"interpreter": "not-needed"})
    before = numbers(work, case)
    with pytest.raises(Refused, match=words):
        work.mark(case, item, subjects, mark, **how)
    assert numbers(work, case) == before


def test_a_waiting_step_can_be_marked_once_its_fact_is_set(work: Casework, case: str) -> None:
    work.set_facts(case, ["V1"], {"age": "not-sure"})
    assert state(work.mark(case, "treated-as-a-child", ["V1"], "done"), "treated-as-a-child@V1") == "done"


def test_what_was_recorded_returns_with_the_condition(work: Casework, case: str) -> None:
    work.set_facts(case, ["V1"], {"age": "child"})
    work.mark(case, "child-protection-and-support", ["V1"], "done")
    assert state(work.set_facts(case, ["V1"], {"age": "adult"}), "child-protection-and-support@V1") == "inactive"
    assert state(work.set_facts(case, ["V1"], {"age": "not-sure"}), "child-protection-and-support@V1") == "done"


# Notes


def test_a_note_stands_on_the_case_a_subject_or_a_step(work: Casework, case: str) -> None:
    work.note(case, "a")
    work.note(case, "b", subject="V1")
    view = work.note(case, "c", subject="V1", item="treated-as-a-child")
    found = [(note.event.text, note.event.subject, note.event.item) for note in view.state.notes]
    assert found == [("a", "case", None), ("b", "V1", None), ("c", "V1", "treated-as-a-child")]


def test_a_note_on_a_retired_person_is_taken(work: Casework, case: str) -> None:
    work.retire_subject(case, "V2", because="by mistake")
    assert work.note(case, "She was the caller.", subject="V2").state.notes


@pytest.mark.parametrize(
    ("text", "subject", "item", "words"),
    [
        ("", "case", None, "The note is empty"),
        (" \n\u202e ", "case", None, "The note is empty"),
        ("x", "V9", None, "There is no subject 'V9'"),
        ("x", "V1", "treated-as-a-chid", "Did you mean treated-as-a-child"),
        ("x", "S1", "treated-as-a-child", "treated-as-a-child is no step of S1"),
    ],
)
def test_a_note_that_makes_no_sense_is_refused(work: Casework, case: str, text: str, subject: str, item: str | None, words: str) -> None:
    before = numbers(work, case)
    with pytest.raises(Refused, match=words):
        work.note(case, text, subject=subject, item=item)
    assert numbers(work, case) == before


def test_what_is_typed_comes_in_without_anything_that_a_terminal_obeys(work: Casework, case: str) -> None:
    work.note(case, "a\x1b]52;c;aGk=\x07b\x9b1m\u202ec")
    work.mark(case, "parties-separated", ["V1"], "deferred", to="MS\x1b[2JVLO", because="\x00x", note="[/]\x08")
    work.add_subject(case, "victim", "\x1b[31mAnn")
    work.retire_subject(case, "V1", because="\x07twice")
    work.add_reference(case, "crime", "\x1b7")
    text = str(work.close_case(case, because="\x1b[0m").entries)
    assert "\ufffd" in text and "[/]" in text
    assert not [c for c in text if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c == "\u202e"]
    assert "\\x1b" not in text and "\\x9b" not in text
