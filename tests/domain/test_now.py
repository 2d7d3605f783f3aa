"""The Now board: for each role and pause point the order of the first nine, written by hand in the guidance's units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from msht_tui.domain.case import CaseState
from msht_tui.domain.condition import Clause, Condition
from msht_tui.domain.entry import Event, FactRecorded, MarkState, PersonsLinked, StepMarked, SubjectAdded, SubjectRetired
from msht_tui.domain.now import NINE, Board, FactRow, LinkRow, Row, StepRow, default_point, now_board, unlinked_suspects
from msht_tui.domain.pack import Item, Pack, PausePoint, PauseStep, Role
from msht_tui.domain.refusal import Refused
from msht_tui.domain.steps import steps_of

CaseOf = Callable[..., CaseState]
People = Callable[..., list[SubjectAdded]]
Facts = Callable[..., list[FactRecorded]]
Done = Callable[[str, str], StepMarked]
Covers = Mapping[str, tuple[str, ...]]

SOURCES = " ".join(["SUS-6"] * 8)

# Role, pause point, facts of V1: what stands there, in order. `?age` is the question, `link` the suspect who has to be linked.
LISTS: list[tuple[Role, str, dict[str, str], str]] = [
    ("call-handler", "on-the-call", {}, "ACT-3 ?age ACT-1 VIC-2 ACT-10 VIC-4 SCN-1 SCN-7 ACT-9 ACT-5"),
    ("call-handler", "on-the-call", {"age": "child"}, "ACT-3 ACT-1 VIC-2 ACT-10 VIC-4 SCN-1 SCN-7 ACT-9 ACT-5"),
    ("call-handler", "at-handover", {}, "REC-1 ACT-15 SCN-4 SAF-5 EVI-3 SUS-5"),
    ("front-counter", "on-arrival", {}, "ACT-3 VIC-2 ?age ACT-1 VIC-6 ACT-6 ACT-10 ACT-9 VIC-1"),
    ("front-counter", "on-arrival", {"interpreter": "not-needed"}, "ACT-3 VIC-2 ?age ACT-1 ACT-6 ACT-10 ACT-9 VIC-1"),
    ("front-counter", "at-handover", {"age": "child"}, "ACT-13 ACT-7 ACT-15 ACT-17 REC-1 REC-2"),
    ("front-counter", "at-handover", {"age": "adult", "adult_at_risk": "no"}, "ACT-13 ACT-7 ACT-15 REC-1 REC-2"),
    ("responder", "on-arrival", {}, "ACT-3 VIC-2 ?age ACT-1 VIC-6 VIC-1 SCN-1 REC-3 ACT-9"),
    # Not sure of the age is an answer, and what follows from it stands where the question stood.
    ("call-handler", "on-the-call", {"age": "not-sure"}, "ACT-3 AGE-1 ACT-1 VIC-2 ACT-10 VIC-4 SCN-1 SCN-7 ACT-9 ACT-5"),
    ("front-counter", "on-arrival", {"age": "not-sure"}, "ACT-3 VIC-2 AGE-1 ACT-1 VIC-6 ACT-6 ACT-10 ACT-9 VIC-1"),
    ("responder", "on-arrival", {"age": "not-sure"}, "ACT-3 VIC-2 AGE-1 ACT-1 VIC-6 VIC-1 SCN-1 REC-3 ACT-9"),
    ("custody", "in-custody", {"age": "not-sure"}, "SUS-1 AGE-1 VIC-2 ACT-1 VIC-6 VIC-1 ACT-9 SCN-5 SUS-3"),
    ("responder", "on-arrival", {"age": "child"}, "ACT-3 VIC-2 ACT-1 VIC-6 VIC-1 SCN-1 REC-3 ACT-9"),
    ("responder", "before-leaving", {}, "ACT-6 ACT-7 EVI-2 SCN-6 EVI-3 SCN-4 SUS-2 ACT-14 HSG-3"),
    ("responder", "before-leaving", {"reasonable_grounds": "positive"}, "ACT-6 ACT-7 EVI-2 SCN-6 EVI-3 SCN-4 SUS-2 ACT-14"),
    ("custody", "in-custody", {}, "SUS-1 ?age VIC-2 ACT-1 VIC-6 VIC-1 ACT-9 SCN-5 SUS-3"),
    ("custody", "at-handover", {"age": "child", "age_assessment": "requested"}, f"AGE-4 ACT-17 ACT-13 VIC-10 REC-1 {SOURCES}"),
    ("custody", "at-handover", {"age": "adult", "adult_at_risk": "yes"}, f"ACT-17 ACT-13 VIC-10 REC-1 {SOURCES}"),
    ("custody", "at-handover", {}, f"ACT-13 VIC-10 REC-1 {SOURCES}"),
    ("responder", "before-the-referral", {"age": "child"}, "CHD-1 AGE-2 ACT-17 CHD-3 CHD-4 ICT-3 DEC-2 NRM-3 EVI-4"),
    ("custody", "before-the-referral", {"age": "not-sure"}, "CHD-1 AGE-2 ACT-17 CHD-3 CHD-4 ICT-3 DEC-2 NRM-3 EVI-4"),
    (
        "call-handler",
        "before-the-referral",
        {"age": "adult", "consent": "yes", "support_needed_now": "yes"},
        "NRM-7 NRM-8 VIC-8 DEC-2 HSG-2 HSG-3 ACT-15 NRM-4 POS-2",
    ),
    ("front-counter", "before-the-referral", {"age": "adult", "consent": "no"}, "NRM-7 NRM-8 VIC-8 DEC-2 HSG-2 HSG-3 ACT-15 NRM-5"),
    ("responder", "before-the-referral", {}, "?age"),
    ("responder", "after-the-referral", {"referral": "sent"}, "DEC-5 HSG-1 HSG-2 HSG-3 ACT-15 VIC-7 IMS-2"),
    ("custody", "after-the-referral", {"referral": "notified"}, "HSG-2 HSG-3 ACT-15 VIC-7 IMS-2"),
    ("custody", "after-the-referral", {"referral": "sent", "reasonable_grounds": "negative"}, "DEC-5 ACT-15 VIC-7 IMS-2"),
]


NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def board(pack: Pack, case: CaseState, role: Role, point: str | None = None, limit: int = NINE) -> Board:
    return now_board(pack, case, steps_of(pack, case), role, NOON, point, limit)


def named(rows: tuple[Row, ...]) -> list[str]:
    """What each row is about, as an id."""
    return [row.item.id if isinstance(row, StepRow) else f"?{row.fact}" if isinstance(row, FactRow) else "link" for row in rows]


def items(units: str, items_of: Covers) -> list[str]:
    """The same from units; one that several items cover gives them all, once."""
    names: list[str] = []
    for unit in units.split():
        names += [name for name in items_of.get(unit, (unit,)) if name not in names]
    return names


@pytest.mark.parametrize(("role", "point", "answers", "units"), LISTS, ids=lambda value: str(value)[:40])
def test_each_list_stands_in_the_order_of_what_harms_most(
    pack: Pack,
    case_of: CaseOf,
    people: People,
    facts: Facts,
    items_of: Covers,
    role: Role,
    point: str,
    answers: dict[str, str],
    units: str,
) -> None:
    case = case_of(*people("V1", "S1", "L1"), *facts("V1", **answers))
    expected = items(units, items_of)
    whole = board(pack, case, role, point, limit=99)
    assert named(whole.rows) == expected
    assert (whole.role, whole.point, whole.more) == (role, point, 0)
    nine = board(pack, case, role, point)
    assert named(nine.rows) == expected[:9]
    assert nine.more == max(0, len(expected) - 9)


def test_every_list_of_the_pack_is_written_here(pack: Pack) -> None:
    written = {(role, point) for role, point, _, _ in LISTS}
    assert {(point.role, point.id) for point in pack.pause_points if point.role} <= written
    assert {point.id for point in pack.pause_points} == {point for _, point in written}


@pytest.mark.parametrize(
    ("role", "point"),
    [("call-handler", "on-the-call"), ("front-counter", "on-arrival"), ("responder", "on-arrival"), ("custody", "in-custody")],
)
def test_a_role_begins_at_its_first_point(pack: Pack, case_of: CaseOf, people: People, role: Role, point: str) -> None:
    assert default_point(pack, role) == point
    case = case_of(*people("V1"))
    assert board(pack, case, role) == board(pack, case, role, point)


def test_a_point_of_another_role_is_refused_with_those_that_there_are(pack: Pack, case_of: CaseOf) -> None:
    with pytest.raises(Refused, match="responder has no list for 'on-the-call': it is one of on-arrival, before-leaving"):
        board(pack, case_of(), "responder", "on-the-call")


def test_a_row_is_one_item_for_everybody_it_is_open_for(pack: Pack, case_of: CaseOf, people: People, items_of: Covers, done: Done) -> None:
    (separated,) = items_of["VIC-2"]
    joined = people("V1", "V2", "V3")
    rows = {row.item.id: row.subjects for row in board(pack, case_of(*joined), "responder").rows if isinstance(row, StepRow)}
    assert rows[separated] == ("V1", "V2", "V3")
    assert rows["duty-inspector-told"] == ("case",)
    after = board(pack, case_of(*joined, done(separated, "V2")), "responder")
    assert [row.subjects for row in after.rows if isinstance(row, StepRow) and row.item.id == separated] == [("V1", "V3")]


@pytest.mark.parametrize("state", ["done", "not-needed", "deferred"])
def test_a_step_that_is_not_open_makes_room_for_the_next(pack: Pack, case_of: CaseOf, people: People, state: str) -> None:
    joined = people("V1", "L1")
    before = board(pack, case_of(*joined), "call-handler")
    mark = StepMarked(subject="V1", item="immediate-danger-assessed", state=state)  # type: ignore[arg-type]
    after = board(pack, case_of(*joined, mark), "call-handler")
    assert (before.more, after.more) == (1, 0)
    assert named(after.rows) == [*named(before.rows)[1:], "interpreter-decision"]


def test_a_step_marked_open_again_returns_to_its_place(pack: Pack, case_of: CaseOf, people: People, done: Done) -> None:
    joined = people("V1")
    again = StepMarked(subject="V1", item="parties-separated", state="open")
    assert board(pack, case_of(*joined, done("parties-separated", "V1"), again), "responder") == board(pack, case_of(*joined), "responder")


def test_the_age_is_asked_for_those_whose_age_is_unset(pack: Pack, case_of: CaseOf, people: People, facts: Facts) -> None:
    case = case_of(*people("V1", "V2", "V3"), *facts("V2", age="not-sure"))
    (question,) = [row for row in board(pack, case, "responder").rows if isinstance(row, FactRow)]
    assert (question.fact, question.subjects, question.say) == ("age", ("V1", "V3"), "Adult, child or not sure?")


def test_child_and_adult_stand_in_one_list_before_the_referral(
    pack: Pack, case_of: CaseOf, people: People, facts: Facts, items_of: Covers
) -> None:
    case = case_of(*people("V1", "V2", "V3"), *facts("V1", age="child"), *facts("V2", age="adult"))
    whole = board(pack, case, "responder", "before-the-referral", limit=99)
    subjects = {row.item.id: row.subjects for row in whole.rows if isinstance(row, StepRow)}
    assert named(whole.rows)[0] == "?age"
    assert set(subjects[items_of["DEC-2"][0]]) == {"V1", "V2"}
    assert subjects[items_of["CHD-1"][0]] == ("V1",)
    assert subjects[items_of["NRM-7"][0]] == ("V2",)
    assert subjects[items_of["ACT-15"][0]] == ("V2",)
    assert len(named(whole.rows)) == len(set(named(whole.rows)))
    assert not any("V3" in found for found in subjects.values())


def test_other_unset_facts_are_counted_with_those_they_are_unset_for(pack: Pack, case_of: CaseOf, people: People, facts: Facts) -> None:
    case = case_of(*people("V1", "V2"), *facts("V1", age="adult"), *facts("V2", age="adult", consent="yes"))
    before = board(pack, case, "responder", "before-the-referral")
    assert before.unset == {"consent": ("V1",), "support_needed_now": ("V1", "V2")}
    arrival = board(pack, case_of(*people("V1")), "responder")
    assert arrival.unset == {}, "the age is asked in its place, and nothing else of this list waits"


def test_a_fact_asked_in_the_list_is_not_counted_as_well(pack: Pack, case_of: CaseOf, people: People) -> None:
    asking = with_list(pack, PauseStep(fact="age"), PauseStep(item="local-authority-referral"))
    found = board(asking, case_of(*people("V1")), "responder", "test")
    assert (named(found.rows), found.unset) == (["?age"], {"adult_at_risk": ("V1",)})


def test_an_unset_fact_of_the_case_is_counted_once_for_the_case(pack: Pack, case_of: CaseOf, people: People) -> None:
    welsh = msgspec.structs.replace(pack.item("parties-separated"), id="welsh", condition=Condition(Clause("nation", ("wales",))))
    found = board(with_list(pack, PauseStep(item="welsh"), more=(welsh,)), case_of(*people("V1", "V2")), "responder", "test")
    assert (found.rows, found.unset) == ((), {"nation": ("case",)})


def with_list(pack: Pack, *steps: PauseStep, more: tuple[Item, ...] = ()) -> Pack:
    """The pack with one more list, called test, for every role."""
    point = PausePoint("test", "Test", None, Condition(), steps)
    return msgspec.structs.replace(pack, pause_points=(*pack.pause_points, point), items=pack.items + more)


def test_a_fact_and_an_item_of_one_name_stay_two_rows(pack: Pack, case_of: CaseOf, people: People) -> None:
    namesake = msgspec.structs.replace(pack.item("parties-separated"), id="age")
    both = with_list(pack, PauseStep(fact="age"), PauseStep(item="age"), more=(namesake,))
    assert named(board(both, case_of(*people("V1")), "responder", "test").rows) == ["?age", "age"]


def test_a_possible_victim_heads_every_list_until_linked(pack: Pack, case_of: CaseOf, people: People, facts: Facts) -> None:
    begun = [*people("S1", "S2"), *facts("S1", possible_victim="no"), *facts("S2", possible_victim="yes")]
    case = case_of(*begun)
    assert unlinked_suspects(case) == ("S2",)
    for role, point, _, _ in LISTS:
        assert board(pack, case, role, point).rows[0] == LinkRow("S2")
    assert len(board(pack, case, "custody", "at-handover").rows) == NINE
    linked = case_of(*begun, *people("V1"), PersonsLinked(subject="S2", victim="V1"))
    assert unlinked_suspects(linked) == ()
    orphaned = case_of(*begun, *people("V1"), PersonsLinked(subject="S2", victim="V1"), SubjectRetired(subject="V1", because="a slip"))
    assert unlinked_suspects(orphaned) == ("S2",)


@pytest.mark.parametrize("answer", ["not-sure", "no"])
def test_only_a_yes_asks_for_a_link(case_of: CaseOf, people: People, facts: Facts, answer: str) -> None:
    assert unlinked_suspects(case_of(*people("S1"), *facts("S1", possible_victim=answer))) == ()


def test_a_retired_suspect_asks_for_nothing(case_of: CaseOf, people: People, facts: Facts) -> None:
    case = case_of(*people("S1"), *facts("S1", possible_victim="yes"), SubjectRetired(subject="S1", because="never there"))
    assert unlinked_suspects(case) == ()


def standing(pack: Pack, case: CaseState) -> dict[str, tuple[str, ...]]:
    """The cautions that stand, by id."""
    ids = {caution.text: caution.id for caution in pack.cautions}
    return {ids[caution.text]: caution.subjects for caution in board(pack, case, "responder").cautions}


def test_the_cautions_stand_for_as_long_as_they_hold(pack: Pack, case_of: CaseOf, people: People, facts: Facts) -> None:
    always = dict.fromkeys(("not-immigration-first", "first-account-only", "safe-number-only", "parties-stay-apart"), ("V1", "V2"))
    joined = people("V1", "V2")
    assert standing(pack, case_of(*joined)) == {"nobody-at-the-scene-interprets": ("V1", "V2"), **always}
    case = case_of(*joined, *facts("V1", age="not-sure", interpreter="not-needed"), *facts("V2", age="child", interpreter="not-sure"))
    assert standing(pack, case) == {"nobody-at-the-scene-interprets": ("V2",), "treat-as-a-child": ("V1",), **always}
    assert standing(pack, case_of(*joined, *(SubjectRetired(subject=one, because="x") for one in ("V1", "V2")))) == {}
    assert standing(pack, case_of()) == {}


def settle(pack: Pack, case_of: CaseOf, begun: Sequence[Event], role: Role, point: str, state: str = "done") -> Board:
    """The board once everything open on it is marked."""
    case = case_of(*begun)
    rows = board(pack, case, role, point, limit=99).rows
    marks = [
        StepMarked(subject=subject, item=row.item.id, state=state)  # type: ignore[arg-type]
        for row in rows
        if isinstance(row, StepRow)
        for subject in row.subjects
    ]
    return board(pack, case_of(*begun, *marks), role, point)


def test_a_list_is_complete_when_nothing_on_it_is_left(pack: Pack, case_of: CaseOf, people: People, facts: Facts) -> None:
    begun = [*people("V1", "L1"), *facts("V1", age="adult")]
    assert not board(pack, case_of(*begun), "responder").progress.complete
    done = settle(pack, case_of, begun, "responder", "on-arrival")
    assert (done.rows, done.progress.complete, done.progress.complete_except_deferred) == ((), True, False)
    left = settle(pack, case_of, begun, "responder", "on-arrival", "deferred")
    assert (left.progress.complete, left.progress.complete_except_deferred) == (False, True)


@pytest.mark.parametrize(
    ("state", "done", "signal"), [("done", "done", "complete"), ("deferred", "done except deferred", "complete except deferred")]
)
def test_a_list_is_called_complete_only_once_no_vital_step_is_open_anywhere(
    pack: Pack, case_of: CaseOf, people: People, facts: Facts, state: MarkState, done: str, signal: str
) -> None:
    begun = [*people("V1", "V2", "L1"), *facts("V1", age="adult"), *facts("V2", age="adult")]
    case = case_of(*begun)
    marks: list[StepMarked] = []
    for row in board(pack, case, "responder", "on-arrival", limit=99).rows:
        assert isinstance(row, StepRow)
        marks += [StepMarked(subject=subject, item=row.item.id, state=state) for subject in row.subjects]
    assert board(pack, case, "responder", "on-arrival").words == ""
    case = case_of(*begun, *marks)
    found = board(pack, case, "responder", "on-arrival")
    open_steps = {(step.item.id, step.subject) for step in steps_of(pack, case) if step.item.killer and step.state == "open"}
    named_steps = [(row.item.id, subject) for row in found.vital_elsewhere for subject in row.subjects]
    assert (len(named_steps), set(named_steps)) == (len(open_steps), open_steps)
    assert len({row.item.id for row in found.vital_elsewhere}) == len(found.vital_elsewhere) > 0
    assert found.words == f"This list is {done}. {len(open_steps)} vital steps open elsewhere:"

    *rest, (item, subject) = named_steps
    marks += [StepMarked(subject=subject, item=item, state="done") for item, subject in rest]
    last = board(pack, case_of(*begun, *marks), "responder", "on-arrival")
    assert last.words == f"This list is {done}. 1 vital step open elsewhere:"
    assert [(row.item.id, row.subjects) for row in last.vital_elsewhere] == [(item, (subject,))]
    end = board(pack, case_of(*begun, *marks, StepMarked(subject=subject, item=item, state="done")), "responder", "on-arrival")
    assert (end.vital_elsewhere, end.words) == ((), f"This list is {signal}.")


def test_what_is_on_the_list_or_waits_or_is_not_vital_is_not_open_elsewhere(pack: Pack, case_of: CaseOf, people: People) -> None:
    case = case_of(*people("V1", "S1", "L1"))
    found = board(pack, case, "responder", "on-arrival", limit=1)
    listed = {row.item.id for row in board(pack, case, "responder", "on-arrival", limit=99).rows if isinstance(row, StepRow)}
    elsewhere = [row.item for row in found.vital_elsewhere]
    assert elsewhere
    assert all(item.killer and item.id not in listed for item in elsewhere)
    states = {(step.item.id, step.subject): step.state for step in steps_of(pack, case)}
    assert all(states[row.item.id, subject] == "open" for row in found.vital_elsewhere for subject in row.subjects)
    assert found.words == ""


@pytest.mark.parametrize("state", ["done", "deferred"])
def test_a_list_with_a_question_left_is_not_complete(pack: Pack, case_of: CaseOf, people: People, facts: Facts, state: str) -> None:
    """V2, of unset age, has no steps before the referral yet: that must not read as done."""
    begun = [*people("V1", "V2"), *facts("V1", age="child")]
    found = settle(pack, case_of, begun, "responder", "before-the-referral", state)
    assert named(found.rows) == ["?age"]
    assert (found.progress.complete, found.progress.complete_except_deferred) == (False, False)


def test_a_list_with_a_suspect_left_to_link_is_not_complete(pack: Pack, case_of: CaseOf, people: People, facts: Facts) -> None:
    found = settle(pack, case_of, [*people("S1"), *facts("S1", possible_victim="yes")], "custody", "in-custody")
    assert named(found.rows) == ["link"]
    assert not found.progress.complete


def test_a_list_on_which_nothing_stands_yet_is_not_complete(pack: Pack, case_of: CaseOf) -> None:
    found = board(pack, case_of(), "responder", "before-the-referral")
    assert (found.rows, found.progress.complete, found.progress.complete_except_deferred) == ((), False, False)


def test_a_list_without_a_victim_is_not_complete(pack: Pack, case_of: CaseOf, people: People) -> None:
    found = settle(pack, case_of, people("L1"), "responder", "on-arrival")
    assert (found.rows, found.progress.complete) == ((), False)


def left(item: str, subject: str, hours: float) -> StepMarked:
    """A step left to somebody until so many hours after noon."""
    return StepMarked(subject=subject, item=item, state="deferred", to="MSVLO", until=NOON + timedelta(hours=hours))


def overdue(found: Board) -> list[tuple[str, tuple[str, ...]]]:
    return [(row.item.id, row.subjects) for row in found.rows if isinstance(row, StepRow) and row.overdue]


def test_what_is_overdue_stands_before_every_list_vital_items_first(pack: Pack, case_of: CaseOf, people: People, facts: Facts) -> None:
    begun = [*people("V1", "V2", "S1"), *facts("S1", possible_victim="yes")]
    marks = [left("local-charities", "V1", -1), left("parties-separated", "V2", -2), left("parties-separated", "V1", 0)]
    for role, point, _, _ in LISTS:
        found = board(pack, case_of(*begun, *marks), role, point)
        assert named(found.rows)[:3] == ["link", "parties-separated", "local-charities"]
        assert overdue(found) == [("parties-separated", ("V1", "V2")), ("local-charities", ("V1",))]


def test_what_is_due_later_or_was_done_or_no_longer_applies_is_not_overdue(
    pack: Pack, case_of: CaseOf, people: People, facts: Facts
) -> None:
    child = [*people("V1"), *facts("V1", age="child")]
    assert overdue(board(pack, case_of(*child, left("parties-separated", "V1", 0.01)), "responder")) == []
    to_nobody = StepMarked(subject="V1", item="parties-separated", state="deferred", to="MSVLO")
    assert overdue(board(pack, case_of(*child, to_nobody), "responder")) == []
    done = StepMarked(subject="V1", item="parties-separated", state="done")
    assert overdue(board(pack, case_of(*child, left("parties-separated", "V1", -1), done), "responder")) == []
    late = left("child-must-be-referred", "V1", -1)
    assert overdue(board(pack, case_of(*child, late), "responder")) == [("child-must-be-referred", ("V1",))]
    assert overdue(board(pack, case_of(*child, late, *facts("V1", age="adult")), "responder")) == []
    assert overdue(board(pack, case_of(*child, late, SubjectRetired(subject="V1", because="a slip")), "responder")) == []


def test_a_row_is_read_in_the_words_of_the_list_or_else_in_its_title(pack: Pack, case_of: CaseOf, people: People) -> None:
    says = {row.item.id: row.say for row in board(pack, case_of(*people("V1", "L1")), "call-handler").rows if isinstance(row, StepRow)}
    assert says["parties-separated"] == next(
        step.say for point in pack.pause_points if point.id == "on-the-call" for step in point.steps if step.item == "parties-separated"
    )
    assert says["duty-inspector-told"] == pack.item("duty-inspector-told").title


def test_the_killers_of_the_lists_are_marked_as_such(pack: Pack, items_of: Covers) -> None:
    killers = "ACT-1 ACT-3 ACT-9 ACT-17 AGE-1 CHD-1 NRM-2 VIC-10 SUS-1 VIC-1 VIC-2 VIC-6 VIC-9"
    assert {item.id for item in pack.items if item.killer} == set(items(killers, items_of))
    assert {step.item for point in pack.pause_points for step in point.steps if step.item} <= {i.id for i in pack.items if i.priority < 3}
