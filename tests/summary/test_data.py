from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msht_tui.summary.data import case_data, log_data
from msht_tui.summary.sheet import summary_json

LONDON = ZoneInfo("Europe/London")
Begin = Callable[..., Any]
MARK = ("because", "to", "until", "note", "happened_at", "recorded_at", "by")


def step(data: Any, step_id: str) -> Any:
    return next(one for one in data["steps"] if one["step"] == step_id)


def test_the_case_is_told_in_json_values_alone(car_wash: Any) -> None:
    data = case_data(car_wash.view())
    assert json.loads(json.dumps(data)) == data
    assert list(data) == ["case", "subjects", "steps", "phases", "groups"]


def test_the_header_of_the_case(car_wash: Any) -> None:
    view = car_wash.view()
    case: Any = case_data(view)["case"]
    assert case["id"] == view.case_id
    assert case["references"] == [{"kind": "incident", "value": "INC-2231"}, {"kind": "crime", "value": "04GM/5521/26"}]
    assert (case["role"], case["pack"], case["digest"]) == ("call-handler", "app-first-response", view.pack.digest)
    assert (case["opened_at"], case["closed_at"], case["exercise"]) == ("2026-11-23T08:14:00Z", None, False)
    assert (case["number"], case["check_code"]) == (len(car_wash.entries), view.check_code)
    assert case["facts"] == {"nation": "england", "ictg_available": "yes"}


def test_subjects_carry_facts_links_and_retirements(record: Begin) -> None:
    case = record().subject("S1", "suspect", "Detainee cell 6").subject("V1", "victim").link("S1", "V1").subject("V2", "victim")
    case.fact("V1", consent="yes", age="adult").retire("V2", "entered twice", "V1")
    subjects: Any = case_data(case.view())["subjects"]
    suspect, victim, gone = subjects
    assert suspect["label"] == "Detainee cell 6"
    assert (suspect["linked"], victim["linked"]) == ("V1", "S1")
    assert victim["facts"] == {"age": "adult", "consent": "yes"}
    assert (gone["retired"], gone["same_as"], victim["retired"]) == ("entered twice", "V1", None)


def test_an_active_step_carries_its_mark_and_nothing_recorded_elsewhere(car_wash: Any) -> None:
    left = step(case_data(car_wash.view()), "child-nrm-referral-sent@V3")
    assert left["state"] == "deferred"
    assert left["active"]
    assert (left["to"], left["until"], left["because"]) == ("MSVLO", "2026-11-23T16:00:00Z", "the social worker is on the way")
    assert (left["happened_at"], left["by"], left["recorded"]) == ("2026-11-23T10:45:00Z", "PC 5150", None)
    assert (left["item"], left["subject"], left["phase"], left["covers"]) == ("child-nrm-referral-sent", "V3", "nrm", ["NRM-3"])


def test_an_inactive_step_keeps_its_mark_aside(car_wash: Any) -> None:
    gone = step(case_data(car_wash.view()), "independent-interpreter@V2")
    assert (gone["state"], gone["active"]) == ("inactive", False)
    assert all(gone[name] is None for name in MARK)
    assert gone["recorded"] == {
        "state": "done",
        "because": None,
        "to": None,
        "until": None,
        "note": "telephone service again",
        "happened_at": "2026-11-23T09:12:00Z",
        "recorded_at": "2026-11-23T09:12:00Z",
        "by": "PC 5150",
    }


def test_a_waiting_step_names_the_facts_and_returns_with_its_mark(record: Begin) -> None:
    case = record().subject("V1", "victim")
    waiting = step(case_data(case.view()), "adult-nrm-referral-sent@V1")
    assert (waiting["state"], waiting["active"], waiting["recorded"]) == ("waiting", False, None)
    assert waiting["waits_on"] == ["age", "consent"]
    case.fact("V1", age="adult", consent="yes").mark("adult-nrm-referral-sent@V1", note="sent 11:05").fact("V1", age="not-sure")
    assert step(case_data(case.view()), "adult-nrm-referral-sent@V1")["recorded"]["note"] == "sent 11:05"
    case.fact("V1", age="adult")
    assert step(case_data(case.view()), "adult-nrm-referral-sent@V1")["note"] == "sent 11:05"


def test_a_step_of_the_case_is_named_by_its_item(record: Begin) -> None:
    told = step(case_data(record().view()), "duty-inspector-told")
    assert (told["subject"], told["state"]) == ("case", "open")


def test_phases_count_every_step_in_its_home(car_wash: Any) -> None:
    data: Any = case_data(car_wash.view())
    assert [phase["id"] for phase in data["phases"]] == ["initial-actions", "scene", "victim-care", "suspect", "nrm"]
    assert sum(sum(phase["counts"].values()) for phase in data["phases"]) == len(data["steps"])
    for phase in data["phases"]:
        states = [one["state"] for one in data["steps"] if one["phase"] == phase["id"]]
        assert phase["counts"] == {state: states.count(state) for state in phase["counts"]}


def test_a_group_is_complete_when_each_of_its_items_is_done_or_not_needed(record: Begin) -> None:
    case = record().subject("S1", "suspect").subject("S2", "suspect")
    sources = [item.id for item in case.pack.items if item.group == "intelligence-sources"]
    assert len(sources) == 8
    for source in sources[:-1]:
        case.mark(f"{source}@S1")
    case.mark(f"{sources[-1]}@S1", "deferred", to="intelligence unit")
    assert case_data(case.view())["groups"] == [
        {"id": "intelligence-sources", "subject": "S1", "complete": False},
        {"id": "intelligence-sources", "subject": "S2", "complete": False},
    ]
    case.mark(f"{sources[-1]}@S1", "not-needed", because="no vehicle")
    groups: Any = case_data(case.view())["groups"]
    assert [group["complete"] for group in groups] == [True, False]


def test_the_log_is_every_entry_without_gaps(car_wash: Any) -> None:
    log: Any = log_data(car_wash.view())
    assert [line["number"] for line in log] == list(range(1, len(car_wash.entries) + 1))
    fields = {"number", "kind", "subject", "step", "text", "happened_at", "recorded_at", "by", "again", "struck"}
    assert all(set(line) == fields for line in log)
    told = next(line for line in log if line["step"] == "duty-inspector-told")
    assert (told["kind"], told["subject"], told["by"], told["struck"]) == ("step-marked", "case", "CH 2207", None)
    assert (told["happened_at"], told["recorded_at"]) == ("2026-11-23T08:22:00Z", "2026-11-23T08:31:00Z")
    assert told["text"] == "Duty inspector told: done. Note: Insp Hale, own log opened"


def test_the_summary_lists_agree_with_the_states_of_the_steps(car_wash: Any, now: datetime) -> None:
    data: Any = summary_json(car_wash.view(), zone=LONDON, now=now)
    assert json.loads(json.dumps(data)) == data
    by_state: dict[str, set[str]] = {}
    for one in data["steps"]:
        by_state.setdefault(one["state"], set()).add(one["step"])
    assert set(data["open"]) == by_state["open"]
    assert {name for one in data["waiting"] for name in one["steps"]} == by_state["waiting"]
    assert set(data["deferred"]) == by_state["deferred"]
    assert {name for names in data["settled"].values() for name in names} == by_state["done"] | by_state["not-needed"]
    assert set(data["record_kept"]) == {one["step"] for one in data["steps"] if one["state"] == "inactive" and one["recorded"]}
    assert data["overdue"] == ["parties-separated@V3"]
    assert data["open"][: len(data["killers_open"])] == data["killers_open"] != []


def test_the_summary_gives_each_victim_a_position(car_wash: Any, now: datetime) -> None:
    data: Any = summary_json(car_wash.view(), zone=LONDON, now=now)
    found = {one["subject"]: (one["route"], one["anonymous"]) for one in data["nrm"]}
    assert found == {"V1": ("adult_consent", False), "V2": ("duty_to_notify", True), "V3": ("child", False)}
    assert (data["generated_at"], data["open_for_seconds"]) == ("2026-11-23T12:00:00Z", 13560)


def test_the_summary_withholds_the_label_of_whoever_stays_unnamed(car_wash: Any, now: datetime) -> None:
    data: Any = summary_json(car_wash.view(), zone=LONDON, now=now)
    labels = {one["id"]: one["label"] for one in data["subjects"]}
    assert (labels["V1"], labels["V2"], labels["V4"]) == ("man asked for food", None, None)
    assert "second man seen" not in json.dumps(data)


def test_a_struck_entry_says_by_which_entry_by_whom_when_and_why(record: Begin) -> None:
    case = record().subject("V1", "victim").time("09:00", "PC 5150").provision("V1", "food", "tea").provision("V1", "drink", "water")
    case.time("09:30", "PS 77").strike(3, "it was for V2").time("09:40", "PC 5150").strike(4)
    log: Any = log_data(case.view())
    assert log[2]["struck"] == {"number": 5, "because": "it was for V2", "undo": False, "at": "2026-11-23T09:30:00Z", "by": "PS 77"}
    assert log[3]["struck"] == {"number": 6, "because": None, "undo": True, "at": "2026-11-23T09:40:00Z", "by": "PC 5150"}
    assert log[4]["struck"] is None


def test_a_redone_entry_points_at_the_struck_one(record: Begin) -> None:
    case = record().subject("V1", "victim").provision("V1", "food", "tea").strike(3)
    case.add(case.entries[2].event, again=3)
    assert [line["again"] for line in log_data(case.view())] == [None, None, None, None, 3]


def test_a_struck_entry_stands_in_no_list_of_the_summary(record: Begin, now: datetime) -> None:
    case = record().subject("V1", "victim").fact("V1", age="adult").note("wrong note", "V1").provision("V1", "food", "wrong tea")
    case.interaction("V1", "wrong words").mark("basic-needs-met@V1", note="wrong mark")
    for number in range(3, 8):
        case.strike(number, "wrong case")
    data: Any = summary_json(case.view(), zone=LONDON, now=now)
    assert "wrong" not in json.dumps(data).replace("wrong case", "")
    assert data["subjects"][0]["facts"] == {}
    assert step(data, "basic-needs-met@V1")["state"] == "open"
    assert data["record"]["struck"] == [3, 4, 5, 6, 7]


def test_the_summary_has_one_running_table_for_each_person(record: Begin, now: datetime) -> None:
    case = record().subject("S1", "suspect").subject("V1", "victim").link("S1", "V1").subject("V2", "victim").subject("O1", "other")
    case.subject("V3", "victim").retire("V3", "entered twice", "V2").subject("L1", "scene")
    case.time("09:20").provision("S1,V3", "food", "soup", given_by="the gaoler").interaction("V1", "asked for a phone", how="in-person")
    case.time("09:10").provision("V1", "drink", "tea", quantity="2 cups", declined=True)
    ledgers: Any = summary_json(case.view(), zone=LONDON, now=now)["ledgers"]
    assert [one["subject"] for one in ledgers] == ["V1", "V2"]
    first, second = ledgers
    assert [(one["subject"], one["what"], one["declined"]) for one in first["provisions"]] == [("V1", "tea", True), ("S1", "soup", False)]
    assert [(one["subject"], one["given_by"]) for one in second["provisions"]] == [("V3", "the gaoler")]
    assert first["interactions"][0] == {
        "number": 12,
        "subject": "V1",
        "text": "asked for a phone",
        "verbatim": False,
        "spoke": None,
        "how": "in-person",
        "interpreter": None,
        "place": None,
        "demeanour": None,
        "happened_at": "2026-11-23T09:20:00Z",
        "recorded_at": "2026-11-23T09:20:00Z",
        "by": "CH 2207",
    }


def test_words_and_data_load_no_drawing_library() -> None:
    names = ("words", "data", "sheet", "ledger", "log", "handover")
    script = f"import sys, {', '.join(f'msht_tui.summary.{name}' for name in names)}; print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
