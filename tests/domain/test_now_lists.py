"""What stands on each list, written out by hand as the ids of the steps: for a child, an adult, an age nobody asked, and two victims."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from msht_tui.domain.case import CaseState
from msht_tui.domain.entry import FactRecorded, StepMarked, SubjectAdded
from msht_tui.domain.now import NINE, Board, FactRow, LinkRow, StepRow, now_board
from msht_tui.domain.pack import Pack, Role
from msht_tui.domain.steps import steps_of

CaseOf = Callable[..., CaseState]
People = Callable[..., list[SubjectAdded]]
Facts = Callable[..., list[FactRecorded]]

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

# Role and pause point; then what stands there, in order. `?age` is the question. A point that every role has is written once.
Point = tuple[Role, str]
CALL: Point = ("call-handler", "on-the-call")
CALL_END: Point = ("call-handler", "at-handover")
COUNTER: Point = ("front-counter", "on-arrival")
COUNTER_END: Point = ("front-counter", "at-handover")
ARRIVAL: Point = ("responder", "on-arrival")
LEAVING: Point = ("responder", "before-leaving")
CUSTODY: Point = ("custody", "in-custody")
CUSTODY_END: Point = ("custody", "at-handover")
BEFORE: list[Point] = [(role, "before-the-referral") for role in ("call-handler", "front-counter", "responder", "custody")]
AFTER: list[Point] = [(role, "after-the-referral") for role in ("call-handler", "front-counter", "responder", "custody")]

UNSET: list[tuple[Point, str]] = [
    (
        CALL,
        "immediate-danger-assessed ?age basic-needs-met parties-separated questions-limited victims-elsewhere "
        "scene-treated-as-crime-scene more-than-one-scene duty-inspector-told interpreter-decision",
    ),
    (
        CALL_END,
        "interaction-log safe-number-and-updates other-properties-assessed signs-and-control-recorded neighbouring-premises "
        "fast-time-identification",
    ),
    (
        COUNTER,
        "immediate-danger-assessed parties-separated ?age basic-needs-met independent-interpreter asked-what-feels-safe "
        "questions-limited duty-inspector-told victim-not-immigration-suspect",
    ),
    (COUNTER_END, "liaison-or-single-contact place-of-safety safe-number-and-updates interaction-log provision-proportionate"),
    (
        ARRIVAL,
        "immediate-danger-assessed parties-separated ?age basic-needs-met independent-interpreter victim-not-immigration-suspect "
        "scene-treated-as-crime-scene body-worn-video-of-victim duty-inspector-told",
    ),
    (
        LEAVING,
        "asked-what-feels-safe place-of-safety cash-documents-devices csi-decided neighbouring-premises other-properties-assessed "
        "advice-before-early-arrest officer-in-case-reachable local-authority-forewarned",
    ),
    (
        CUSTODY,
        "suspect-also-a-victim ?age parties-separated basic-needs-met independent-interpreter victim-not-immigration-suspect "
        "duty-inspector-told person-as-a-scene suspect-vehicle-devices-documents",
    ),
    (
        CUSTODY_END,
        "liaison-or-single-contact home-office-notified interaction-log source-pnc source-pnd source-incident-reports "
        "source-crime-reports source-crime-intelligence source-anpr source-digital-media source-local-authority",
    ),
    *((point, "?age") for point in BEFORE),
    *(
        (
            point,
            "salvation-army-before-decision local-authority-forewarned safe-number-and-updates referred-to-support-services "
            "independent-advocate-referral",
        )
        for point in AFTER
    ),
]

CHILD: list[tuple[Point, str]] = [
    (
        CALL,
        "immediate-danger-assessed basic-needs-met parties-separated questions-limited victims-elsewhere scene-treated-as-crime-scene "
        "more-than-one-scene duty-inspector-told interpreter-decision",
    ),
    (
        CALL_END,
        "interaction-log safe-number-and-updates other-properties-assessed signs-and-control-recorded neighbouring-premises "
        "fast-time-identification",
    ),
    (
        COUNTER,
        "immediate-danger-assessed parties-separated basic-needs-met independent-interpreter asked-what-feels-safe questions-limited "
        "duty-inspector-told victim-not-immigration-suspect",
    ),
    (
        COUNTER_END,
        "liaison-or-single-contact place-of-safety safe-number-and-updates local-authority-referral interaction-log "
        "provision-proportionate",
    ),
    (
        ARRIVAL,
        "immediate-danger-assessed parties-separated basic-needs-met independent-interpreter victim-not-immigration-suspect "
        "scene-treated-as-crime-scene body-worn-video-of-victim duty-inspector-told",
    ),
    (
        LEAVING,
        "asked-what-feels-safe place-of-safety cash-documents-devices csi-decided neighbouring-premises other-properties-assessed "
        "advice-before-early-arrest officer-in-case-reachable local-authority-forewarned",
    ),
    (
        CUSTODY,
        "suspect-also-a-victim parties-separated basic-needs-met independent-interpreter victim-not-immigration-suspect "
        "duty-inspector-told person-as-a-scene suspect-vehicle-devices-documents",
    ),
    (
        CUSTODY_END,
        "local-authority-referral liaison-or-single-contact home-office-notified interaction-log source-pnc source-pnd "
        "source-incident-reports source-crime-reports source-crime-intelligence source-anpr source-digital-media source-local-authority",
    ),
    *(
        (
            point,
            "child-safeguarded-before-referral child-protection-and-support local-authority-referral social-care-consulted-on-referral "
            "social-worker-in-referral guardian-service-referral specific-evidence-in-referral child-nrm-referral-sent "
            "missing-reports-reviewed",
        )
        for point in BEFORE
    ),
    *(
        (
            point,
            "salvation-army-before-decision local-authority-forewarned safe-number-and-updates referred-to-support-services "
            "independent-advocate-referral",
        )
        for point in AFTER
    ),
]

ADULT: list[tuple[Point, str]] = [
    (
        CALL,
        "immediate-danger-assessed basic-needs-met parties-separated questions-limited victims-elsewhere scene-treated-as-crime-scene "
        "more-than-one-scene duty-inspector-told interpreter-decision",
    ),
    (
        CALL_END,
        "interaction-log safe-number-and-updates other-properties-assessed signs-and-control-recorded neighbouring-premises "
        "fast-time-identification",
    ),
    (
        COUNTER,
        "immediate-danger-assessed parties-separated basic-needs-met independent-interpreter asked-what-feels-safe questions-limited "
        "duty-inspector-told victim-not-immigration-suspect",
    ),
    (COUNTER_END, "liaison-or-single-contact place-of-safety safe-number-and-updates interaction-log provision-proportionate"),
    (
        ARRIVAL,
        "immediate-danger-assessed parties-separated basic-needs-met independent-interpreter victim-not-immigration-suspect "
        "scene-treated-as-crime-scene body-worn-video-of-victim duty-inspector-told",
    ),
    (
        LEAVING,
        "asked-what-feels-safe place-of-safety cash-documents-devices csi-decided neighbouring-premises other-properties-assessed "
        "advice-before-early-arrest officer-in-case-reachable local-authority-forewarned",
    ),
    (
        CUSTODY,
        "suspect-also-a-victim parties-separated basic-needs-met independent-interpreter victim-not-immigration-suspect "
        "duty-inspector-told person-as-a-scene suspect-vehicle-devices-documents",
    ),
    (
        CUSTODY_END,
        "liaison-or-single-contact home-office-notified interaction-log source-pnc source-pnd source-incident-reports "
        "source-crime-reports source-crime-intelligence source-anpr source-digital-media source-local-authority",
    ),
    *(
        (
            point,
            "nrm-explained-for-consent information-sharing-explained nrm-explained-written-consent specific-evidence-in-referral "
            "salvation-army-before-decision local-authority-forewarned safe-number-and-updates",
        )
        for point in BEFORE
    ),
    *(
        (
            point,
            "salvation-army-before-decision local-authority-forewarned safe-number-and-updates referred-to-support-services "
            "independent-advocate-referral",
        )
        for point in AFTER
    ),
]

# V1 is a child and V2 an adult: each row with those it is open for.
TWO: list[tuple[Point, str]] = [
    (
        CALL,
        "immediate-danger-assessed@V1,V2 basic-needs-met@V1,V2 parties-separated@V1,V2 questions-limited@V1,V2 victims-elsewhere@case "
        "scene-treated-as-crime-scene@L1 more-than-one-scene@case duty-inspector-told@case interpreter-decision@V1,V2",
    ),
    (
        CALL_END,
        "interaction-log@V1,V2 safe-number-and-updates@V1,V2 other-properties-assessed@case signs-and-control-recorded@V1,V2 "
        "neighbouring-premises@L1 fast-time-identification@S1",
    ),
    (
        COUNTER,
        "immediate-danger-assessed@V1,V2 parties-separated@V1,V2 basic-needs-met@V1,V2 independent-interpreter@V1,V2 "
        "asked-what-feels-safe@V1,V2 questions-limited@V1,V2 duty-inspector-told@case victim-not-immigration-suspect@V1,V2",
    ),
    (
        COUNTER_END,
        "liaison-or-single-contact@V1,V2 place-of-safety@V1,V2 safe-number-and-updates@V1,V2 local-authority-referral@V1 "
        "interaction-log@V1,V2 provision-proportionate@V1,V2",
    ),
    (
        ARRIVAL,
        "immediate-danger-assessed@V1,V2 parties-separated@V1,V2 basic-needs-met@V1,V2 independent-interpreter@V1,V2 "
        "victim-not-immigration-suspect@V1,V2 scene-treated-as-crime-scene@L1 body-worn-video-of-victim@V1,V2 duty-inspector-told@case",
    ),
    (
        LEAVING,
        "asked-what-feels-safe@V1,V2 place-of-safety@V1,V2 cash-documents-devices@L1 csi-decided@L1 neighbouring-premises@L1 "
        "other-properties-assessed@case advice-before-early-arrest@S1 officer-in-case-reachable@V1,V2 local-authority-forewarned@V1,V2",
    ),
    (
        CUSTODY,
        "suspect-also-a-victim@S1 parties-separated@V1,V2 basic-needs-met@V1,V2 independent-interpreter@V1,V2 "
        "victim-not-immigration-suspect@V1,V2 duty-inspector-told@case person-as-a-scene@S1,V1,V2 suspect-vehicle-devices-documents@S1",
    ),
    (
        CUSTODY_END,
        "local-authority-referral@V1 liaison-or-single-contact@V1,V2 home-office-notified@V1,V2 interaction-log@V1,V2 source-pnc@S1 "
        "source-pnd@S1 source-incident-reports@S1 source-crime-reports@S1 source-crime-intelligence@S1 source-anpr@S1 "
        "source-digital-media@S1 source-local-authority@S1",
    ),
    *(
        (
            point,
            "child-safeguarded-before-referral@V1 nrm-explained-for-consent@V2 child-protection-and-support@V1 "
            "information-sharing-explained@V2 local-authority-referral@V1 nrm-explained-written-consent@V2 "
            "social-care-consulted-on-referral@V1 specific-evidence-in-referral@V1,V2 social-worker-in-referral@V1 "
            "salvation-army-before-decision@V2 guardian-service-referral@V1 local-authority-forewarned@V2 safe-number-and-updates@V2 "
            "child-nrm-referral-sent@V1 missing-reports-reviewed@V1",
        )
        for point in BEFORE
    ),
    *(
        (
            point,
            "salvation-army-before-decision@V1,V2 local-authority-forewarned@V1,V2 safe-number-and-updates@V1,V2 "
            "referred-to-support-services@V1,V2 independent-advocate-referral@V1,V2",
        )
        for point in AFTER
    ),
]

WRITTEN = [
    *((point, {"V1": ""}, steps) for point, steps in UNSET),
    *((point, {"V1": "child"}, steps) for point, steps in CHILD),
    *((point, {"V1": "adult"}, steps) for point, steps in ADULT),
    *((point, {"V1": "child", "V2": "adult"}, steps) for point, steps in TWO),
]
POINTS = [point for point, _ in UNSET]


def board(pack: Pack, case: CaseState, point: Point, limit: int = NINE) -> Board:
    role, name = point
    return now_board(pack, case, steps_of(pack, case), role, NOON, name, limit)


def rows_of(found: Board, *, people: bool) -> list[str]:
    """Each row as it is written above."""
    written: list[str] = []
    for row in found.rows:
        assert not isinstance(row, LinkRow)
        name = f"?{row.fact}" if isinstance(row, FactRow) else row.item.id
        written.append(f"{name}@{','.join(sorted(row.subjects))}" if people else name)
    return written


def case_with(case_of: CaseOf, people: People, facts: Facts, ages: dict[str, str]) -> CaseState:
    answers = [event for victim, age in ages.items() if age for event in facts(victim, age=age)]
    return case_of(*people(*ages, "S1", "L1"), *answers)


@pytest.mark.parametrize(("point", "ages", "steps"), WRITTEN, ids=lambda value: " ".join(map(str, value))[:60])
def test_each_role_reads_this_at_each_point(
    pack: Pack, case_of: CaseOf, people: People, facts: Facts, point: Point, ages: dict[str, str], steps: str
) -> None:
    case = case_with(case_of, people, facts, ages)
    written = steps.split()
    two = len(ages) == 2
    assert rows_of(board(pack, case, point, limit=99), people=two) == written
    nine = board(pack, case, point)
    assert rows_of(nine, people=two) == written[:9]
    assert nine.more == max(0, len(written) - 9)
    assert not nine.progress.complete and not nine.progress.complete_except_deferred


def test_every_role_and_point_of_the_pack_is_written(pack: Pack) -> None:
    roles: tuple[Role, ...] = ("call-handler", "front-counter", "responder", "custody")
    there = {(role, point) for role in roles for point in pack.points_for(role)}
    for written in (UNSET, CHILD, ADULT, TWO):
        assert {point for point, _ in written} == there
        assert len(written) == len(there)


def test_two_of_unset_age_are_asked_for_in_one_row(pack: Pack, case_of: CaseOf, people: People) -> None:
    for point in (CALL, COUNTER, ARRIVAL, CUSTODY, *BEFORE):
        rows = rows_of(board(pack, case_of(*people("V1", "V2")), point), people=True)
        assert [row for row in rows if row.startswith("?")] == ["?age@V1,V2"]


@pytest.mark.parametrize(
    ("consent", "last"),
    [("yes", ["adult-nrm-referral-sent", "immediate-support-requested"]), ("no", ["duty-to-notify-sent", "immediate-support-requested"])],
)
def test_consent_decides_which_form_stands_on_the_list(
    pack: Pack, case_of: CaseOf, people: People, facts: Facts, consent: str, last: list[str]
) -> None:
    case = case_of(*people("V1"), *facts("V1", age="adult", consent=consent, support_needed_now="yes"))
    for point in BEFORE:
        assert rows_of(board(pack, case, point), people=False)[-2:] == last


# Complete, complete except deferred, overdue

CHILD_REFERRED = {"age": "child", "age_assessment": "not-requested", "referral": "sent", "reasonable_grounds": "awaited"}
ADULT_WHO_REFUSED = {"age": "adult", "adult_at_risk": "no", "consent": "no", "support_needed_now": "no", "referral": "notified"}
CAN_END = [
    (answers, point)
    for answers in (CHILD_REFERRED, ADULT_WHO_REFUSED)
    for point in POINTS
    if answers["referral"] != "sent" or point not in AFTER
]
"""Lists of a case in which nothing is left to be asked. After a referral one duty goes on, whatever was done."""


def joined(people: People, facts: Facts, answers: dict[str, str]) -> list[SubjectAdded | FactRecorded]:
    return [*people("V1", "S1", "L1"), *facts("V1", **answers)]


def marks(found: Board, until: datetime | None = None) -> list[StepMarked]:
    """Every row done, or left until a time."""
    return [
        StepMarked(subject=subject, item=row.item.id, state="deferred" if until else "done", until=until)
        for row in found.rows
        if isinstance(row, StepRow)
        for subject in row.subjects
    ]


@pytest.mark.parametrize(("answers", "point"), CAN_END, ids=lambda value: " ".join(value)[:40])
def test_every_list_can_be_completed(
    pack: Pack, case_of: CaseOf, people: People, facts: Facts, answers: dict[str, str], point: Point
) -> None:
    settled = joined(people, facts, answers)
    done = marks(board(pack, case_of(*settled), point, limit=99))
    found = board(pack, case_of(*settled, *done), point)
    assert (found.rows, found.progress.complete, found.progress.complete_except_deferred) == ((), True, False)
    last = board(pack, case_of(*settled, *done[:-1]), point)
    assert rows_of(last, people=True) == [f"{done[-1].item}@{done[-1].subject}"]
    assert not last.progress.complete


@pytest.mark.parametrize(("answers", "point"), CAN_END, ids=lambda value: " ".join(value)[:40])
def test_a_list_with_one_step_left_to_somebody_is_complete_except_for_it(
    pack: Pack, case_of: CaseOf, people: People, facts: Facts, answers: dict[str, str], point: Point
) -> None:
    settled = joined(people, facts, answers)
    *done, last = marks(board(pack, case_of(*settled), point, limit=99))
    later = StepMarked(subject=last.subject, item=last.item, state="deferred", to="MSVLO", until=NOON + timedelta(hours=1))
    found = board(pack, case_of(*settled, *done, later), point)
    assert (found.rows, found.progress.complete, found.progress.complete_except_deferred) == ((), False, True)


@pytest.mark.parametrize(("answers", "point"), CAN_END, ids=lambda value: " ".join(value)[:40])
def test_what_is_overdue_stands_on_a_list_that_is_otherwise_complete(
    pack: Pack, case_of: CaseOf, people: People, facts: Facts, answers: dict[str, str], point: Point
) -> None:
    settled = joined(people, facts, answers)
    *done, last = marks(board(pack, case_of(*settled), point, limit=99))
    past = StepMarked(subject=last.subject, item=last.item, state="deferred", to="MSVLO", until=NOON)
    found = board(pack, case_of(*settled, *done, past), point)
    assert [(row.item.id, row.subjects, row.overdue) for row in found.rows if isinstance(row, StepRow)] == [
        (last.item, (last.subject,), True)
    ]
    assert (found.progress.complete, found.progress.complete_except_deferred) == (False, True)


@pytest.mark.parametrize("point", AFTER, ids=" ".join)
def test_after_a_referral_the_duty_that_goes_on_keeps_the_list_open(
    pack: Pack, case_of: CaseOf, people: People, facts: Facts, point: Point
) -> None:
    settled = joined(people, facts, CHILD_REFERRED)
    done = marks(board(pack, case_of(*settled), point, limit=99))
    found = board(pack, case_of(*settled, *done), point)
    assert rows_of(found, people=True) == ["receipt-email-answered@V1"]
    assert not found.progress.complete and not found.progress.complete_except_deferred
