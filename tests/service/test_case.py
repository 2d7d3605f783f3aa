"""Opening, finding and closing a case, and who and what is in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from msht_tui.domain.entry import Entry, NoteAdded, Stamp
from msht_tui.domain.refusal import Refused
from msht_tui.ports import CaseStore, StoreTrouble
from msht_tui.service import Casework

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def numbers(work: Casework, case: str) -> list[int]:
    return [entry.number for entry in work.view(case).entries]


def test_a_new_case_says_who_began_it_and_under_which_content(work: Casework) -> None:
    view = work.open_case(role="custody", reference=" GM-1 ")
    assert UUID.fullmatch(view.case_id)
    opened = view.state.opened
    assert opened is not None
    assert (opened.role, opened.pack, opened.digest, opened.exercise) == ("custody", view.pack.id, view.pack.digest, True)
    assert [entry.kind for entry in view.entries] == ["case-opened", "reference-added"]
    assert view.state.title == "GM-1"
    assert view.state.operators == ("PC 1234",)
    assert view.check_code.startswith("2-")


@pytest.mark.parametrize("reference", ["", "  ", "\u200e", "\n\t"])
def test_a_new_case_without_a_reference_goes_by_its_id(work: Casework, reference: str) -> None:
    view = work.open_case(reference=reference)
    assert view.state.references == ()
    assert view.state.title == view.case_id[:8]


@pytest.mark.parametrize("name", ["", "  ", "\u202e"])
def test_nobody_works_without_a_name(begin: Callable[..., Casework], tmp_path: Path, name: str) -> None:
    with pytest.raises(Refused, match="Every entry needs a name: say who you are with --as or MSHT_OPERATOR"):
        begin(tmp_path, name)


def test_what_was_done_is_there_for_the_next_window(work: Casework, other: Casework, case: str) -> None:
    work.note(case, "The van is back.")
    assert other.view(case).state == work.view(case).state
    assert other.view(case).entries == work.view(case).entries


def test_a_reference_is_added_with_its_kind(work: Casework, case: str) -> None:
    view = work.add_reference(case, "crime", "  CR/7\n8 ")
    assert [(reference.kind, reference.value) for reference in view.state.references] == [("other", "EX-1"), ("crime", "CR/7 8")]


def test_an_empty_reference_is_refused(work: Casework, case: str) -> None:
    before = numbers(work, case)
    with pytest.raises(Refused, match="A reference needs a value: nothing was recorded"):
        work.add_reference(case, "crime", " \u200f ")
    assert numbers(work, case) == before


def test_a_text_that_is_too_long_is_refused_and_never_cut(work: Casework, case: str) -> None:
    with pytest.raises(Refused, match=r"The note has 4,001 characters; 4,000 fit"):
        work.note(case, "x" * 4001)
    with pytest.raises(Refused, match=r"The label has 201 characters; 200 fit"):
        work.add_subject(case, "victim", "x" * 201)


# Closing


def test_a_closed_case_takes_nothing_but_its_reopening(work: Casework, case: str) -> None:
    view = work.close_case(case, because="Handed to the MSVLO")
    assert view.state.closed_at is not None
    before = numbers(work, case)
    acts: list[Callable[[], object]] = [
        lambda: work.note(case, "late"),
        lambda: work.close_case(case),
        lambda: work.add_reference(case, "crime", "1"),
        lambda: work.add_subject(case, "victim"),
        lambda: work.retire_subject(case, "V1", because="twice"),
        lambda: work.link_victim(case, "S1"),
        lambda: work.set_facts(case, ["V1"], {"age": "adult"}),
        lambda: work.mark(case, "duty-inspector-told", ["case"], "done"),
    ]
    for act in acts:
        with pytest.raises(Refused, match=rf"The case is closed: reopen it first \(msht case reopen {case[:8]}\)\. Nothing was recorded"):
            act()
    assert numbers(work, case) == before
    assert work.reopen_case(case, because="More came in").state.closed_at is None
    work.note(case, "late")
    assert numbers(work, case) == [*before, len(before) + 1, len(before) + 2]


def test_an_open_case_cannot_be_reopened(work: Casework, case: str) -> None:
    with pytest.raises(Refused, match="The case is open: there is nothing to reopen"):
        work.reopen_case(case)


# Finding


def test_a_case_is_found_by_its_id_its_beginning_and_its_references(work: Casework, case: str) -> None:
    work.add_reference(case, "custody-record", "Straße-9")
    for wanted in (case, case[:8], case[:8].upper(), f" {case} ", "EX-1", "ex-1", "STRASSE-9"):
        assert work.resolve(wanted) == case


def test_a_name_of_two_cases_is_refused_with_both_ids(work: Casework) -> None:
    first, second = (work.open_case(reference="TWICE").case_id for _ in range(2))
    with pytest.raises(Refused, match="names 2 cases") as refused:
        work.resolve("twice")
    assert first in str(refused.value) and second in str(refused.value)


def test_a_beginning_that_is_another_cases_reference_is_ambiguous(work: Casework) -> None:
    first = work.open_case().case_id
    work.open_case(reference=first[:8])
    with pytest.raises(Refused, match="names 2 cases"):
        work.resolve(first[:8])


@pytest.mark.parametrize("wanted", ["EX-2", "", " ", "zzzz", "../x"])
def test_a_case_that_is_not_there_is_refused(work: Casework, case: str, wanted: str) -> None:
    with pytest.raises(Refused, match=r"There is no case .*msht case list"):
        work.resolve(wanted)


def test_a_reference_that_is_nearly_right_is_suggested(work: Casework, case: str) -> None:
    with pytest.raises(Refused, match=r"Did you mean EX-1\?"):
        work.resolve("EX-2")


def test_cases_come_latest_first_and_a_bad_one_hides_no_other(work: Casework, set_time: Callable[[str], None], tmp_path: Path) -> None:
    ids = []
    for hour in (9, 11, 10):
        set_time(f"2026-11-23T{hour:02}:00")
        ids.append(work.open_case().case_id)
    (tmp_path / "store" / "cases" / "bad.tdb").write_bytes(b"?")
    found, unreadable = work.cases()
    assert [view.case_id for view in found] == [ids[1], ids[2], ids[0]]
    assert [one.case_id for one in unreadable] == ["bad"]
    assert "bad.tdb is damaged" in unreadable[0].why


def test_the_list_says_who_holds_a_case_and_to_whom_it_is_offered(work: Casework, other: Casework, case: str) -> None:
    def row() -> tuple[str, str]:
        (found,) = work.cases()[0]
        return found.holder, found.offered_to

    assert row() == ("PC 1234", "")
    work.start_handover(case, "late turn")
    assert row() == ("PC 1234", "late turn")
    other.accept_handover(case)
    assert row() == ("Sgt 77", "")


def test_a_case_without_its_opening_entry_is_told_in_words(casework: Casework, memory_store: CaseStore) -> None:
    """Only a record that was made elsewhere begins with anything else."""
    moment = casework.clock.now()
    memory_store.create("elsewhere", [Entry(Stamp(1, moment, moment, "PC 1234"), NoteAdded(text="x")).document()])
    with pytest.raises(StoreTrouble, match="Case elsewhere has no opening entry: restore it from a backup, tell a supervisor"):
        casework.view("elsewhere")
    assert [one.case_id for one in casework.cases()[1]] == ["elsewhere"]


def test_a_torn_line_is_told_with_the_case(work: Casework, other: Casework, case: str, tmp_path: Path) -> None:
    path = tmp_path / "store" / "cases" / f"{case}.tdb"
    path.write_bytes(path.read_bytes() + b"torn")
    assert "not finished" in other.view(case).notice
    assert "it is kept in" in other.note(case, "on").notice


# People and scenes


def test_subjects_are_numbered_within_their_kind(work: Casework, case: str) -> None:
    assert list(work.view(case).state.subjects) == ["V1", "V2", "S1", "L1", "O1"]
    assert work.add_subject(case, "victim", "The girl in red")[1] == "V3"


def test_the_case_itself_cannot_be_added(work: Casework, case: str) -> None:
    with pytest.raises(Refused, match="The case itself is always there"):
        work.add_subject(case, "case")


def test_a_number_is_never_given_twice(work: Casework, case: str) -> None:
    work.retire_subject(case, "V2", because="entered twice", same_as="V1")
    assert work.add_subject(case, "victim")[1] == "V3"


def test_a_retired_subject_leaves_the_counts_and_keeps_its_entries(work: Casework, case: str) -> None:
    work.mark(case, "parties-separated", ["V2"], "done")
    view = work.retire_subject(case, "V2", because="entered twice", same_as="V1")
    assert not [step for step in view.steps if step.subject == "V2"]
    assert [entry.kind for entry in view.entries if entry.subject == "V2"] == ["subject-added", "step-marked", "subject-retired"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"subject": "V9", "because": "x"}, r"There is no subject 'V9' in this case \(there is: V1, V2, S1, L1, O1\)"),
        ({"subject": "v1", "because": "x"}, "There is no subject 'v1'"),
        ({"subject": "V1", "because": " "}, "Say why V1 is retired"),
        ({"subject": "V1", "because": "x", "same_as": "V1"}, "V1 cannot be the same as V1: name another victim"),
        ({"subject": "V1", "because": "x", "same_as": "S1"}, "V1 cannot be the same as S1: name another victim"),
        ({"subject": "V1", "because": "x", "same_as": "V9"}, "There is no subject 'V9'"),
    ],
)
def test_a_retirement_that_makes_no_sense_is_refused(work: Casework, case: str, arguments: dict[str, str], words: str) -> None:
    before = numbers(work, case)
    with pytest.raises(Refused, match=words):
        work.retire_subject(case, **arguments)
    assert numbers(work, case) == before


def test_nothing_is_done_for_a_retired_subject(work: Casework, case: str) -> None:
    work.retire_subject(case, "V2", because="entered twice", same_as="V1")
    words = r"V2 is retired \(entered twice\): it is V1\. Nothing was recorded"
    acts: list[Callable[[], object]] = [
        lambda: work.mark(case, "parties-separated", ["V1", "V2"], "done"),
        lambda: work.set_facts(case, ["V2"], {"age": "adult"}),
        lambda: work.retire_subject(case, "V2", because="again"),
        lambda: work.retire_subject(case, "V1", because="x", same_as="V2"),
    ]
    before = numbers(work, case)
    for act in acts:
        with pytest.raises(Refused, match=words):
            act()
    assert numbers(work, case) == before


# A suspect who is a victim


def test_a_link_makes_a_victim_of_the_suspect_in_one_act(work: Casework, case: str, tmp_path: Path) -> None:
    work.add_subject(case, "suspect", "Driver")
    path = tmp_path / "store" / "cases" / f"{case}.tdb"
    lines = path.read_bytes().count(b"\n")
    view, victim = work.link_victim(case, "S2")
    assert victim == "V3"
    assert path.read_bytes().count(b"\n") == lines + 1
    assert (view.state.subjects["V3"].label, view.state.subjects["V3"].linked, view.state.subjects["S2"].linked) == ("Driver", "S2", "V3")
    assert view.state.fact("S2", "possible_victim") == "yes"


def test_a_second_link_gives_the_first_victim_and_writes_nothing(work: Casework, case: str) -> None:
    _, victim = work.link_victim(case, "S1")
    before = numbers(work, case)
    view, again = work.link_victim(case, "S1")
    assert again == victim
    assert numbers(work, case) == before
    assert len(view.state.active("victim")) == 3


def test_a_fact_that_is_set_already_is_not_set_again_by_the_link(work: Casework, case: str) -> None:
    work.set_facts(case, ["S1"], {"possible_victim": "yes"})
    view, _ = work.link_victim(case, "S1")
    assert [entry.kind for entry in view.entries].count("fact-recorded") == 1


def test_the_fact_alone_makes_nobody_and_heads_the_list(work: Casework, case: str) -> None:
    view = work.set_facts(case, ["S1"], {"possible_victim": "yes"})
    assert len(view.state.active("victim")) == 2
    assert view.state.subjects["S1"].linked is None
    assert "S1" in str(view.board("responder", work.clock.now()).rows[0])


def test_a_link_follows_the_victim_that_was_entered_twice(work: Casework, case: str) -> None:
    _, victim = work.link_victim(case, "S1")
    work.retire_subject(case, victim, because="entered twice", same_as="V1")
    before = numbers(work, case)
    assert work.link_victim(case, "S1")[1] == "V1"
    assert numbers(work, case) == before


def test_a_link_to_a_victim_entered_by_mistake_is_made_anew(work: Casework, case: str) -> None:
    _, victim = work.link_victim(case, "S1")
    work.retire_subject(case, victim, because="by mistake")
    assert work.link_victim(case, "S1")[1] == "V4"


@pytest.mark.parametrize(
    ("subject", "words"), [("V1", "V1 is a victim: only a suspect"), ("L1", "only a suspect"), ("S9", "no subject 'S9'")]
)
def test_only_a_suspect_is_linked(work: Casework, case: str, subject: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        work.link_victim(case, subject)


# Times


def test_an_act_keeps_when_it_happened_apart_from_when_it_was_recorded(work: Casework, case: str) -> None:
    stamp = work.note(case, "x", at="13:58").entries[-1].stamp
    assert stamp.happened_at == datetime(2026, 11, 23, 13, 58, tzinfo=UTC)
    assert stamp.recorded_at == datetime(2026, 11, 23, 14, 5, 30, tzinfo=UTC)


def test_without_a_time_an_act_happens_as_it_is_recorded(work: Casework, case: str) -> None:
    stamp = work.note(case, "x").entries[-1].stamp
    assert stamp.happened_at == stamp.recorded_at


@pytest.mark.parametrize(
    ("at", "words"),
    [("2026-11-23T14:06", "lies in the future"), ("2026-11-23T14:06+00:00", "lies in the future"), ("soon", "'soon' is no time")],
)
def test_every_act_refuses_a_time_that_is_none_or_has_not_come(work: Casework, case: str, at: str, words: str) -> None:
    before = numbers(work, case)
    acts: list[Callable[[], object]] = [
        lambda: work.open_case(at=at),
        lambda: work.note(case, "x", at=at),
        lambda: work.close_case(case, because="Moved", at=at),
        lambda: work.add_reference(case, "crime", "1", at=at),
        lambda: work.add_subject(case, "victim", at=at),
        lambda: work.retire_subject(case, "V1", because="x", at=at),
        lambda: work.link_victim(case, "S1", at=at),
        lambda: work.set_facts(case, ["V1"], {"age": "adult"}, at=at),
        lambda: work.mark(case, "parties-separated", ["V1"], "done", at=at),
        lambda: work.mark(case, "parties-separated", ["V1"], "deferred", until="15:00", at=at),
    ]
    for act in acts:
        with pytest.raises(Refused, match=words):
            act()
    assert numbers(work, case) == before
    assert len(work.store.ids()) == 1
