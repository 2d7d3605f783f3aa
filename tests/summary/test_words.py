from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from msht_tui.domain.steps import Step
from msht_tui.service import CaseView
from msht_tui.summary.words import entry_text, moment_words, step_words

LONDON = ZoneInfo("Europe/London")
Begin = Callable[..., Any]


def last(case: Any) -> str:
    return entry_text(case.entries[-1], case.pack, LONDON)


def step(view: CaseView, step_id: str) -> Step:
    return next(one for one in view.steps if one.id == step_id)


def test_every_kind_of_entry_reads_as_a_sentence_of_the_trade(record: Begin) -> None:
    case = record("custody")
    assert last(case) == f"Case opened, role custody, content app-first-response {case.pack.version}"
    assert last(case.reference("CUS-0417", "custody-record")) == "Custody record: CUS-0417"
    assert last(case.subject("S1", "suspect", "Detainee cell 6")) == "Suspect S1 added: Detainee cell 6"
    assert last(case.subject("V1", "victim")) == "Victim V1 added"
    assert last(case.link("S1", "V1")) == "S1 may be a victim: the same person as V1"
    assert last(case.fact("V1", age="not-sure")) == "Age: Not sure, treated as a child"
    assert last(case.note("asked for water", "V1")) == "Note: asked for water"
    assert last(case.note("in the van", "V1", "parties-separated")) == "Note on Parties separated, circumstances recorded: in the van"
    assert last(case.retire("V1", "entered twice", "V2")) == "V1 retired, the same as V2: entered twice"
    assert last(case.close("handed to CID")) == "Case closed: handed to CID"


def test_an_exercise_says_so_in_its_first_entry(record: Begin) -> None:
    assert last(record(exercise=True)).endswith("an exercise")


@pytest.mark.parametrize(
    ("state", "given", "words"),
    [
        ("done", {}, "done"),
        ("done", {"note": "CS-88120"}, "done. Note: CS-88120"),
        ("not-needed", {"because": "no vehicle"}, "not needed because no vehicle"),
        ("deferred", {"to": "MSVLO", "until": "+09:30"}, "left to MSVLO until 24 Nov 09:30"),
        ("deferred", {"to": "MSVLO"}, "left to MSVLO"),
        ("deferred", {"until": "16:00", "because": "asleep"}, "left until 23 Nov 16:00, because asleep"),
        ("open", {}, "open again"),
    ],
)
def test_a_mark_on_something_to_do(record: Begin, state: str, given: dict[str, str], words: str) -> None:
    case = record().mark("immediate-danger-assessed@V1", state, **given)
    assert last(case) == f"Immediate danger to the victim assessed: {words}"


@pytest.mark.parametrize(
    ("state", "because", "words"),
    [
        ("done", "", "decided yes"),
        ("done", "two houses", "decided yes: two houses"),
        ("not-needed", "one room only", "considered, not done because one room only"),
    ],
)
def test_a_mark_on_something_to_consider(record: Begin, state: str, because: str, words: str) -> None:
    assert last(record().mark("more-than-one-scene", state, because=because)) == f"More than one scene: {words}"


def test_a_time_in_utc_says_utc_and_a_local_one_is_local(record: Begin) -> None:
    case = record().mark("duty-inspector-told", "deferred", until="09:30")
    assert entry_text(case.entries[-1], case.pack).endswith("left until 23 Nov 09:30 UTC")
    ahead = timezone(timedelta(hours=2))
    assert entry_text(case.entries[-1], case.pack, ahead).endswith("left until 23 Nov 11:30")


def test_the_hour_that_the_clock_shows_twice_carries_its_offset() -> None:
    assert moment_words(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), LONDON) == "25 Oct 01:30+01"
    assert moment_words(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), LONDON) == "25 Oct 01:30+00"


def test_an_entry_of_other_content_falls_back_to_its_ids(record: Begin) -> None:
    case = record().mark("no-such-item@V1")
    assert last(case) == "no-such-item: done"
    assert last(case.fact("V1", shoe_size="42")) == "shoe size: 42"


def test_what_a_step_says_of_itself(record: Begin) -> None:
    case = record().subject("V1", "victim")
    assert step_words(step(case.view(), "immediate-danger-assessed@V1")) == "open"
    assert step_words(step(case.view(), "child-nrm-referral-sent@V1")) == "waits on age"
    case.fact("V1", age="child").mark("child-nrm-referral-sent@V1", "deferred", to="MSVLO", until="16:00")
    assert step_words(step(case.view(), "child-nrm-referral-sent@V1"), LONDON) == "left to MSVLO until 23 Nov 16:00"
    case.fact("V1", age="adult")
    kept = step_words(step(case.view(), "child-nrm-referral-sent@V1"), LONDON)
    assert kept == "does not apply (recorded: left to MSVLO until 23 Nov 16:00)"


def test_a_deferred_step_is_overdue_from_the_minute_it_was_left_until(record: Begin) -> None:
    left = step(record().subject("V1", "victim").mark("basic-needs-met@V1", "deferred", until="09:00").view(), "basic-needs-met@V1")
    at_nine = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert left.overdue(at_nine)
    assert not left.overdue(at_nine - timedelta(seconds=1))
