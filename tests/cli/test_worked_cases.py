"""Two cases worked from beginning to end by commands alone, and what has to hold at the end of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import NewScript, Script, StandingClock

PAGES = Path(__file__).parent / "pages"
"""What is read aloud at the handover of each case, at 80 columns."""


class Hand:
    """Works one case by commands; steps are named by the units of the guidance that they cover."""

    def __init__(self, msht: Script, clock: StandingClock, reference: str) -> None:
        self.msht = msht
        self.clock = clock
        self.case = reference
        self.page = ""
        """What was read aloud at the last handover."""
        self.content = [item for phase in msht.data("content", "show")["phases"] for item in phase["steps"]]

    def at(self, time: str, day: str = "2026-11-22") -> None:
        """Let it be this time of that day."""
        self.clock.set(f"{day}T{time}")

    def items(self, unit: str, subject: str) -> list[str]:
        """The items of a subject that cover a unit."""
        kind = {"V": "victim", "S": "suspect", "L": "scene", "c": "case"}[subject[0]]
        found = [item["id"] for item in self.content if unit in item["covers"] and kind in item["subjects"]]
        assert found, f"{unit} is no step of {subject}"
        return found

    def mark(self, unit: str, subjects: str, state: str, *more: str) -> None:
        """Mark every item that covers the unit, for these subjects at once."""
        for item in self.items(unit, subjects.split(",")[0]):
            step = item if subjects == "case" else f"{item}@{subjects}"
            self.msht.done("mark", self.case, step, state, *more)

    def fact(self, subjects: str, *facts: str) -> None:
        """Set facts."""
        self.msht.done("fact", "set", self.case, subjects, *facts)

    def gives(self, subjects: str, kind: str, what: str, *more: str) -> None:
        """Record what these people were given or declined."""
        self.msht.done("provision", "add", self.case, subjects, kind, "--what", what, *more)

    def hands_over(self, to: str, remark: str, offered: str, accepted: str, *role: str) -> None:
        """Pass the case to the next operator, who works it from there; the page is read in between."""
        self.at(offered)
        self.msht.done("handover", "start", self.case, "--to", to, "--remark", remark)
        self.page = self.msht.done("handover", "page", self.case, "--format", "text")
        self.at(accepted)
        self.msht.operator = to
        self.msht.done("handover", "accept", self.case, *role)

    def shown(self) -> Any:
        """The case as data."""
        return self.msht.data("case", "show", self.case)

    def steps(self) -> list[dict[str, Any]]:
        """Its steps as data."""
        return list(self.shown()["steps"])

    def states(self, unit: str) -> dict[str, set[str]]:
        """Subject to the states of its steps that cover the unit."""
        found: dict[str, set[str]] = {}
        for step in self.steps():
            if unit in step["covers"]:
                found.setdefault(step["subject"], set()).add(step["state"])
        return found

    def active_for(self, unit: str) -> list[str]:
        """The subjects for whom any step that covers the unit is active."""
        return sorted({step["subject"] for step in self.steps() if unit in step["covers"] and step["active"]})

    def route(self, victim: str) -> tuple[str, bool]:
        """Route, and whether it is anonymous."""
        data: Mapping[str, Any] = self.msht.data("nrm", "route", self.case, victim)
        return data["route"], data["anonymous"]


@pytest.fixture(scope="module")
def custody(new_script: NewScript, clock: StandingClock) -> Hand:
    """A young detainee from a cannabis house, who may be a child and a victim."""
    msht = new_script()
    hand = Hand(msht, clock, "CUS-0417")
    hand.at("19:05")
    msht.done("case", "new", "--ref", "CUS-0417", "--role", "custody")
    assert msht.done("subject", "add", "CUS-0417", "suspect", "--label", "Detainee cell 6") == "S1"
    hand.fact("S1", "arrested=yes")
    hand.at("19:10")
    hand.mark("SUS-1", "S1", "done", "--because", "kept behind a locked door and never paid")
    assert msht.done("subject", "link", "CUS-0417", "S1") == "V1"
    hand.at("19:12")
    hand.fact("V1", "age=not-sure", "looks_older_than_claimed=no")
    hand.mark("AGE-1", "V1", "done")
    hand.at("19:31")
    hand.fact("V1", "interpreter=needed")
    hand.mark("ACT-5", "V1", "done", "--because", "speaks Vietnamese", "--at", "19:30")
    hand.mark("VIC-6", "V1", "done", "--at", "19:30", "--note", "An acquaintance who offered to interpret was turned down.")
    hand.at("19:42")
    hand.mark("ACT-9", "case", "done", "--at", "19:20")
    hand.fact("V1", "medical_need=yes")
    hand.mark("ACT-1", "V1", "done", "--at", "19:40")
    hand.mark("ACT-2", "V1", "done", "--at", "19:40", "--because", "burned hands")
    hand.gives("V1", "food", "hot meal", "--at", "19:35")
    hand.gives("V1", "clothing", "blanket", "--at", "19:36")
    hand.at("19:46")
    for unit in ("ACT-17", "CHD-3"):
        hand.mark(unit, "V1", "done", "--at", "19:45", "--note", "CS-88120")
    hand.mark("CHD-4", "V1", "deferred", "--to", "day team, children's services", "--until", "09:30")
    hand.at("19:56")
    hand.gives("V1", "phone", "phone call", "--declined", "--at", "19:50")
    hand.fact("V1", "age_assessment=requested")
    hand.mark("AGE-4", "V1", "deferred", "--to", "AA scheme", "--until", "20:45")
    hand.at("20:06")
    for unit in ("ICT-3", "ACT-18"):
        hand.mark(unit, "V1", "done", "--at", "20:05")
    hand.at("21:32")
    for unit in ("NRM-3", "NRM-2", "VIC-10", "CHD-1"):
        hand.mark(unit, "V1", "done", "--at", "21:30")
    hand.fact("V1", "referral=sent")
    hand.mark("EVI-4", "V1", "deferred", "--to", "MSVLO desk", "--until", "08:00")
    hand.mark("SCN-5", "V1,S1", "done", "--note", "Swabs of both hands; what he wore was kept.")
    for source in ("source-pnc@S1", "source-local-authority@S1"):
        msht.done("mark", "CUS-0417", source, "done")
    msht.done("mark", "CUS-0417", "source-anpr@S1", "deferred", "--to", "intelligence unit", "--until", "22:00", "--note", "The van.")
    hand.hands_over("PS 77", "Asleep since nine. The van is still being looked for.", "21:45", "21:52")
    return hand


def test_custody_ends_as_it_does_by_keys(custody: Hand, holds_as_worked: Callable[[str, Mapping[str, Any]], None]) -> None:
    holds_as_worked("custody", custody.shown())


def read_aloud(hand: Hand) -> str:
    """The page of its handover, without what is never twice the same."""
    return re.sub(r"^\d+-[0-9a-f]{64}$", "(number and digest)", hand.page, flags=re.MULTILINE) + "\n"


@pytest.mark.parametrize("name", ["custody", "car_wash"])
def test_the_page_of_the_handover_is_as_it_was_agreed(request: pytest.FixtureRequest, name: str) -> None:
    assert read_aloud(request.getfixturevalue(name)) == (PAGES / f"handover-{name.replace('_', '-')}.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "to", "role", "offered", "accepted"),
    [
        ("custody", "PS 77", "custody", "2026-11-22T21:45:00Z", "2026-11-22T21:52:00Z"),
        ("car_wash", "PC 5150", "responder", "2026-11-22T08:25:00Z", "2026-11-22T08:31:00Z"),
    ],
)
def test_the_handover_and_its_acceptance_stand_in_the_log(
    request: pytest.FixtureRequest, name: str, to: str, role: str, offered: str, accepted: str
) -> None:
    hand: Hand = request.getfixturevalue(name)
    log = [(one["kind"], one["by"], one["happened_at"]) for one in hand.msht.data("log", hand.case) if one["kind"].startswith("handover")]
    assert log == [("handover-started", "PC 1234", offered), ("handover-accepted", to, accepted)]
    case = hand.shown()["case"]
    assert (case["holder"], case["offered_to"], case["role"]) == (to, None, role)


def test_custody_what_he_was_given_and_declined_stands_in_his_running_table(custody: Hand) -> None:
    given = [(one["what"], one["declined"], one["happened_at"][11:16]) for one in custody.msht.data("provision", "list", "CUS-0417", "V1")]
    assert given == [("hot meal", False, "19:35"), ("blanket", False, "19:36"), ("phone call", True, "19:50")]


def test_car_wash_one_act_gives_to_all_three(car_wash: Hand) -> None:
    given = {victim: [one["what"] for one in car_wash.msht.data("provision", "list", "INC-2231", victim)] for victim in ("V1", "V2", "V3")}
    assert given == {"V1": ["tea", "sandwiches"], "V2": ["tea", "sandwiches"], "V3": ["tea", "sandwiches", "coat"]}


def test_custody_whoever_takes_over_cannot_undo_what_the_first_did(custody: Hand) -> None:
    outcome = custody.msht("undo", "CUS-0417")
    assert outcome.code == 1
    assert "not later than the last handover" in outcome.err


def test_custody_nobody_is_asked_to_consent(custody: Hand) -> None:
    for unit in ("ACT-16", "VIC-8", "NRM-4", "NRM-5", "NRM-7", "NRM-8", "AGE-3"):
        assert custody.states(unit)["V1"] == {"inactive"}, unit


def test_custody_the_steps_for_a_child_are_active(custody: Hand) -> None:
    for unit in ("VIC-9", "AGE-2", "AGE-5", "AGE-6", "AGE-7", "AGE-8"):
        assert custody.active_for(unit) == ["V1"], unit
    assert custody.route("V1") == ("child", False)


def test_custody_one_person_stands_in_the_case_twice_and_is_linked_both_ways(custody: Hand) -> None:
    subjects = {one["id"]: one for one in custody.shown()["subjects"]}
    assert (subjects["V1"]["linked"], subjects["S1"]["linked"]) == ("S1", "V1")
    assert subjects["S1"]["facts"] == {"arrested": "yes", "possible_victim": "yes"}


def test_custody_what_is_left_is_left_to_somebody_until_a_time(custody: Hand) -> None:
    left = {(step["step"]): (step["to"], step["until"]) for step in custody.steps() if step["state"] == "deferred"}
    named = {unit: f"{custody.items(unit, 'V1')[0]}@V1" for unit in ("CHD-4", "AGE-4", "EVI-4")}
    assert left == {
        named["CHD-4"]: ("day team, children's services", "2026-11-23T09:30:00Z"),
        named["AGE-4"]: ("AA scheme", "2026-11-22T20:45:00Z"),
        named["EVI-4"]: ("MSVLO desk", "2026-11-23T08:00:00Z"),
        "source-anpr@S1": ("intelligence unit", "2026-11-22T22:00:00Z"),
    }


def test_custody_eight_sources_are_eight_steps_and_five_are_open(custody: Hand) -> None:
    sources = [step for step in custody.steps() if "SUS-6" in step["covers"] and step["subject"] == "S1"]
    assert sorted(step["state"] for step in sources) == ["deferred", "done", "done", *["open"] * 5]
    (group,) = {step["group"] for step in sources}
    assert {"id": group, "subject": "S1", "complete": False} in custody.shown()["groups"]
    phases = {phase["id"]: phase for phase in custody.shown()["phases"]}
    assert (phases["nrm"]["complete"], phases["nrm"]["complete_except_deferred"]) == (False, False)


def test_custody_the_reference_of_another_service_stays_on_its_mark(custody: Hand) -> None:
    notes = {step["step"]: step["note"] for step in custody.steps() if step["note"]}
    assert notes[f"{custody.items('CHD-3', 'V1')[0]}@V1"] == "CS-88120"


def test_custody_an_age_proved_and_doubted_again_loses_no_record(custody: Hand, tmp_path: Path) -> None:
    custody = Hand(custody.msht.copied(tmp_path / "store"), custody.clock, custody.case)
    before = custody.steps()
    custody.fact("V1", "age=adult")
    for unit in ("CHD-1", "CHD-3", "NRM-3", "ICT-3"):
        (step,) = (step for step in custody.steps() if unit in step["covers"] and step["subject"] == "V1" and step["state"] == "inactive")
        assert (step["active"], step["happened_at"], step["recorded"]["state"]) == (False, None, "done"), unit
    for unit in ("ACT-16", "VIC-8", "NRM-7", "NRM-8"):
        assert custody.states(unit)["V1"] == {"open"}, unit
    assert custody.route("V1") == ("undetermined", True)
    custody.fact("V1", "age=not-sure")
    assert custody.steps() == before


@pytest.fixture(scope="module")
def car_wash(new_script: NewScript, clock: StandingClock) -> Hand:
    """Three men behind a car wash, first known from a call; the control room begins, a patrol goes on."""
    msht = new_script()
    hand = Hand(msht, clock, "INC-2231")
    hand.at("08:14")
    msht.done("case", "new", "--ref", "INC-2231", "--role", "call-handler")
    board = msht.data("next", "INC-2231")
    assert len(board["rows"]) <= 9
    hand.at("08:17")
    for kind, label, subject in (
        ("victim", "man asked for food", "V1"),
        ("victim", "second man seen", "V2"),
        ("suspect", "man in house", "S1"),
        ("scene", "container", "L1"),
        ("scene", "house across the road", "L2"),
        ("victim", "third man, not seen", "V3"),
    ):
        assert msht.done("subject", "add", "INC-2231", kind, "--label", label) == subject
    hand.fact("L1", "kind=sleeping")
    hand.fact("L2", "kind=living")
    hand.at("08:23")
    hand.mark("SCN-7", "case", "done", "--at", "08:18")
    hand.mark("VIC-4", "case", "done", "--at", "08:18", "--because", "a third man")
    hand.mark("ACT-3", "V1,V2", "done", "--at", "08:18", "--note", "S1 is violent.")
    hand.mark("ACT-9", "case", "done", "--at", "08:22")
    hand.at("08:25")
    hand.mark("SCN-1", "L1,L2", "deferred", "--to", "attending patrol", "--until", "08:45")
    hand.mark("VIC-2", "V1,V2,V3", "deferred", "--to", "attending patrol", "--until", "08:45")
    hand.hands_over("PC 5150", "Container and house as scenes; keep the men apart from S1.", "08:25", "08:31", "--role", "responder")
    hand.at("09:06")
    hand.fact("S1", "lives_with_victims=no")
    hand.mark("SUS-2", "S1", "done", "--at", "08:52", "--note", "A detective was asked first.")
    hand.fact("S1", "arrested=yes")
    hand.mark("SCN-1", "L1,L2", "done", "--at", "08:52")
    for unit, scene in (("SCN-6", "L1,L2"), ("EVI-1", "L1,L2"), ("EVI-2", "L2"), ("EVI-3", "L1")):
        hand.mark(unit, scene, "done", "--at", "08:58")
    hand.mark("VIC-2", "V1,V2", "done", "--at", "08:55")
    hand.at("11:06")
    hand.gives("V1,V2,V3", "drink", "tea", "--at", "09:20")
    hand.gives("V1,V2,V3", "food", "sandwiches", "--at", "09:20")
    hand.gives("V3", "clothing", "coat", "--at", "10:50")
    hand.fact("V1", "age=adult", "interpreter=needed", "consent=yes", "destitute=yes", "housing_needed=yes")
    for unit in ("VIC-6", "NRM-7", "NRM-8", "VIC-8", "ACT-16"):
        hand.mark(unit, "V1", "done", "--at", "10:05")
    for unit in ("HSG-2", "HSG-5"):
        hand.mark(unit, "V1", "done", "--at", "10:20")
    hand.mark("VIC-2", "V3", "done", "--at", "10:46")
    hand.fact("V3", "age=child")
    hand.mark("ACT-17", "V3", "done", "--at", "10:55")
    hand.mark("NRM-3", "V3", "deferred", "--to", "MSVLO", "--until", "16:00")
    hand.mark("NRM-4", "V1", "done", "--at", "11:05")
    hand.fact("V1", "referral=sent")
    hand.at("11:41")
    hand.fact("V2", "age=adult", "interpreter=not-needed", "consent=no", "consents_to_be_named=no")
    hand.mark("NRM-7", "V2", "done", "--at", "11:32")
    hand.mark("NRM-5", "V2", "done", "--at", "11:40")
    hand.fact("V2", "referral=notified")
    return hand


def test_car_wash_ends_as_it_does_by_keys(car_wash: Hand, holds_as_worked: Callable[[str, Mapping[str, Any]], None]) -> None:
    holds_as_worked("car-wash", car_wash.shown())


def test_car_wash_the_first_board_can_be_worked_from_a_console(msht: Script, clock: StandingClock) -> None:
    msht.done("case", "new", "--ref", "INC-2231", "--role", "call-handler")
    for kind in ("victim", "scene", "suspect"):
        msht.done("subject", "add", "INC-2231", kind)
    rows = msht.data("next", "INC-2231")["rows"]
    assert 0 < len(rows) <= 9
    for row in rows:
        if row["kind"] == "step":
            item = msht.data("content", "show", row["item"])
            assert "call-handler" in item["roles"] or row["ask_for"]


def test_car_wash_three_victims_have_three_routes(car_wash: Hand) -> None:
    assert [car_wash.route(victim) for victim in ("V1", "V2", "V3")] == [
        ("adult_consent", False),
        ("duty_to_notify", True),
        ("child", False),
    ]


@pytest.mark.parametrize(("unit", "victims"), [("NRM-5", ["V2"]), ("NRM-4", ["V1"]), ("ICT-3", ["V3"]), ("HSG-5", ["V1"])])
def test_car_wash_a_step_is_active_for_those_it_is_meant_for_alone(car_wash: Hand, unit: str, victims: list[str]) -> None:
    assert car_wash.active_for(unit) == victims


def test_car_wash_what_does_not_apply_is_inactive(car_wash: Hand) -> None:
    assert car_wash.states("VIC-6")["V2"] == {"inactive"}
    assert car_wash.states("AGE-1")["V1"] == car_wash.states("AGE-1")["V2"] == {"inactive"}
    assert car_wash.states("SUS-4")["S1"] == {"inactive"}


def test_car_wash_advice_before_an_arrest_keeps_its_record_after_it(car_wash: Hand) -> None:
    (step,) = (step for step in car_wash.steps() if "SUS-2" in step["covers"])
    assert (step["state"], step["recorded"]["state"], step["recorded"]["by"]) == ("inactive", "done", "PC 5150")


def test_car_wash_the_one_whose_danger_nobody_judged_stays_open(car_wash: Hand) -> None:
    assert car_wash.states("ACT-3") == {"V1": {"done"}, "V2": {"done"}, "V3": {"open"}}


def test_car_wash_the_record_says_who_did_what_and_numbers_it_without_a_gap(car_wash: Hand) -> None:
    log = car_wash.msht.data("log", "INC-2231")
    assert [entry["number"] for entry in log] == list(range(1, len(log) + 1))
    assert list(dict.fromkeys(entry["by"] for entry in log)) == ["PC 1234", "PC 5150"]
    assert all(entry["happened_at"] <= entry["recorded_at"] for entry in log)
