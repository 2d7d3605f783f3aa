"""`msht nrm`: every command, what it refuses, what its data holds, and that no command lets out what identifies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from msht_tui.bootstrap import Workplace

if TYPE_CHECKING:
    from tests.cli.conftest import NewScript, Script, StandingClock

DOCS = Path(__file__).resolve().parents[2] / "docs" / "json.md"
DECLINES = ("age=adult", "consent=no")
CONSENTS = ("age=adult", "consent=yes")


def facts(msht: Script, *answers: str) -> None:
    msht.done("fact", "set", "EX-1", "V1", *answers)


@pytest.fixture(scope="module")
def unchanged(new_script: NewScript, clock: StandingClock) -> Script:
    """A script at a case with a victim, a suspect and a scene, for tests that record nothing."""
    clock.set("2026-11-22T19:00")
    script = new_script()
    script.done("case", "new", "--ref", "EX-1")
    for kind in ("victim", "suspect", "scene"):
        script.done("subject", "add", "EX-1", kind)
    return script


def number(msht: Script) -> int:
    """How many entries the case has."""
    return len(msht.data("log", "EX-1"))


# The route and how far it has got


def test_the_route_gives_its_source_what_is_never_asked_and_what_comes_before(msht: Script, case: str) -> None:
    facts(msht, "age=child")
    text = msht.done("nrm", "route", case, "V1")
    found = msht.data("nrm", "route", case, "v1")
    assert found["source"] in text and found["source"].startswith("APP, child victim")
    for words in (*found["never_ask"], *found["before"]):
        assert words in text
    assert (found["informed"], found["not_informed"], found["ask_supervisor"], found["nation_note"]) == (None, None, None, None)
    assert text.startswith("EXERCISE") and "EX-1" in text


def test_the_route_of_an_adult_shows_what_needs_somebody(msht: Script, case: str) -> None:
    facts(msht, *DECLINES, "consents_to_be_named=no")
    msht.done("fact", "set", case, "case", "nation=scotland")
    msht.done("nrm", "answer", case, "V1", "will_cooperate", "yes")
    text, found = msht.done("nrm", "route", case, "V1"), msht.data("nrm", "route", case, "V1")
    for words in (found["ask_supervisor"], found["not_informed"], found["nation_note"]):
        assert words and words in text
    assert "EX-1" not in text


def test_readiness_shares_out_what_is_required_and_names_the_command_for_each_open_one(msht: Script, case: str) -> None:
    facts(msht, *CONSENTS)
    msht.done("nrm", "answer", case, "V1", "first_name", "--unknown-because", "she did not say")
    found = msht.data("nrm", "readiness", case, "V1")
    assert sorted(found["answered"] + found["unknown"] + found["open"]) == sorted(found["required"])
    assert (found["unknown"], found["still_asked"], found["ready"]) == (["first_name"], ["first_name"], False)
    lines = msht.done("nrm", "readiness", case, "V1").splitlines()
    assert f"{len(found['answered'])} of {len(found['required'])} answered, 1 not known, {len(found['open'])} open" in lines[2]
    open_lines = [line for line in lines if line.startswith("open, ")]
    tiers = [line.partition(", ")[2].split()[0] for line in open_lines]
    assert len(open_lines) == len(found["open"])
    assert tiers == sorted(tiers, key=["core", "detail", "profile"].index)
    assert any(line.endswith("V1 taken_somewhere 'yes|no'") and "msht --exercise --store" in line for line in open_lines)
    assert "The form will still ask for: First name" in lines


def test_the_command_that_readiness_prints_answers_the_field(msht: Script, case: str) -> None:
    facts(msht, *CONSENTS)
    short = msht.data("case", "show", case)["case"]["id"][:8]
    msht.done("nrm", "answer", short, "V1", "taken_somewhere", "yes")
    found = msht.data("nrm", "readiness", case, "V1")
    assert "taken_somewhere" in found["answered"] and "journey_details" in found["open"]


def test_a_worksheet_becomes_ready_by_not_known_alone_and_warns_of_nothing_then(msht: Script, case: str) -> None:
    facts(msht, "age=child")
    msht.done("fact", "set", case, "case", "nation=england")
    first, *others = msht.data("nrm", "readiness", case, "V1")["open"]
    msht.done("nrm", "answer", case, "V1", first, "--unknown-because", "not asked")
    casework = Workplace(msht.store, exercise=True, operator="PC 1234").casework
    for key in others:
        casework.answer(casework.resolve(case), "V1", key, unknown_because="not asked")
    found = msht.data("nrm", "readiness", case, "V1")
    assert (found["ready"], found["open"]) == (True, [])
    assert "0 open. Ready." in msht.done("nrm", "readiness", case, "V1")
    msht.done("mark", case, "specific-evidence-in-referral@V1", "done")
    assert msht.data("nrm", "sent", case, "V1")["warnings"] == []


def test_every_field_is_listed_with_what_it_takes(msht: Script) -> None:
    found = {one["key"]: one for one in msht.data("nrm", "fields")}
    assert (found["pv_under_18"]["options"], found["pv_under_18"]["fact"]) == (["yes", "no", "not-sure"], "age")
    assert (found["la_email"]["takes"], found["first_name"]["identifying"], found["how_it_started"]["max_chars"]) == ("email", True, 15_000)
    lines = msht.done("nrm", "fields").splitlines()
    assert len(lines) == len(found)
    assert any(line.startswith("taken_somewhere ") and "yes | no" in line for line in lines)


# Answers


def test_an_answer_is_said_back_and_kept_at_its_time(msht: Script, case: str) -> None:
    facts(msht, *CONSENTS)
    text = msht.done("nrm", "answer", case, "V1", "living_conditions", "a shed", "--at", "18:40")
    assert "NRM worksheet, living conditions: a shed" in text
    entry = msht.data("log", case)[-1]
    assert (entry["kind"], entry["happened_at"], entry["number"]) == ("worksheet-answered", "2026-11-22T18:40:00Z", number(msht))


@pytest.mark.parametrize(
    ("key", "value", "fact", "whose", "kept"),
    [
        ("pv_under_18", "not-sure", "age", "V1", "not-sure"),
        ("nrm_consent", "no", "consent", "V1", "no"),
        ("consents_to_be_named", "yes", "consents_to_be_named", "V1", "yes"),
        ("report_nation", "wales", "nation", "case", "wales"),
    ],
)
def test_a_field_that_is_a_fact_sets_the_fact_and_says_so(
    msht: Script, case: str, key: str, value: str, fact: str, whose: str, kept: str
) -> None:
    assert f"is answered by the fact {fact}, which is set in the case" in msht.done("nrm", "answer", case, "V1", key, value)
    shown = msht.data("case", "show", case)
    held = {one["id"]: one["facts"] for one in shown["subjects"]} | {"case": shown["case"]["facts"]}
    assert held[whose][fact] == kept
    assert msht.data("nrm", "answer", case, "V1", key, value)["fact"] == fact


def test_a_change_of_consent_or_age_says_what_no_longer_applies_and_that_nothing_was_lost(msht: Script, case: str) -> None:
    facts(msht, *CONSENTS)
    msht.done("nrm", "answer", case, "V1", "support_wanted", "yes")
    before = msht.data("nrm", "readiness", case, "V1")
    text = msht.done("nrm", "answer", case, "V1", "nrm_consent", "no")
    assert "The route is now: duty to notify" in text
    assert re.search(r"^No longer asked: .*support", text, re.MULTILINE | re.IGNORECASE)
    assert "Nothing is lost" in text
    assert "support_wanted" in msht.data("nrm", "readiness", case, "V1")["not_asked"]
    assert "support_wanted" in msht.data("nrm", "answer", case, "V1", "pv_under_18", "yes")["readiness"]["not_asked"]
    msht.done("nrm", "answer", case, "V1", "nrm_consent", "yes")
    assert "Asked again, as answered before" in msht.done("nrm", "answer", case, "V1", "pv_under_18", "no")
    assert msht.data("nrm", "readiness", case, "V1") == before


def test_the_data_of_an_answer_names_what_is_no_longer_asked(msht: Script, case: str) -> None:
    facts(msht, *CONSENTS)
    msht.done("nrm", "answer", case, "V1", "support_wanted", "yes")
    found = msht.data("nrm", "answer", case, "V1", "nrm_consent", "no")
    assert (found["no_longer_asked"], found["number"], found["field"]) == (["support_wanted"], number(msht), "nrm_consent")


def test_an_answer_that_is_not_asked_now_is_kept_and_says_so(msht: Script, case: str) -> None:
    facts(msht, *CONSENTS)
    text = msht.done("nrm", "answer", case, "V1", "la_name", "Kent")
    assert "Not asked as things stand: Local authority told about the child" in text
    assert "No longer asked" not in text


def test_what_is_typed_once_goes_with_the_operator(msht: Script, case: str) -> None:
    text = msht.done("nrm", "answer", case, "V1", "responder_role", "Constable")
    assert "Kept with your details" in text
    msht.done("case", "new", "--ref", "EX-2")
    msht.done("subject", "add", "EX-2", "victim")
    msht.done("fact", "set", "EX-2", "V1", "age=child")
    sheet = " ".join(msht.done("nrm", "worksheet", "EX-2", "V1", "--format", "text").split())
    assert "Your role your details Constable" in sheet
    msht.operator = "Sgt 77"
    assert "Constable" not in msht.done("nrm", "worksheet", "EX-2", "V1", "--format", "text")


# Sending, decisions and dates


def test_a_referral_warns_is_recorded_and_says_what_follows(msht: Script, case: str) -> None:
    facts(msht, *CONSENTS)
    args = ("--reference", "NRM-1", "--to", "SCA", "--receipt", "team@example.police.uk", "--at", "2026-11-20T23:40")
    lines = msht.done("nrm", "sent", case, "V1", *args).splitlines()
    recorded = lines.index("Recorded:")
    assert recorded >= 3 and all(line.startswith("Warning: ") for line in lines[:recorded])
    assert lines[0].startswith("Warning: Not informed")
    rest = "\n".join(lines[recorded:])
    assert "Sent to SCA: NRM referral of an adult who consents, reference NRM-1, receipt to team@example.police.uk" in rest
    assert "five days (APP): until 25 Nov 2026, due" in rest
    assert "five working days (Home Office): until 27 Nov 2026, due" in rest
    command = re.search(r"kept updated\. Each time: .* mark (\S+) (\S+) done", rest)
    assert command is not None
    msht.done("mark", command[1], command[2], "done")
    steps = {step["step"]: step for step in msht.data("case", "show", case)["steps"]}
    assert steps[command[2]]["state"] == "open" and steps[command[2]]["happened_at"]


def test_a_notification_says_that_it_has_no_dates(msht: Script, case: str) -> None:
    facts(msht, *DECLINES)
    text = msht.done("nrm", "sent", case, "V1")
    assert "A notification has no decision and no dates." in text
    assert "until" not in text and "kept updated" not in text
    assert msht.data("nrm", "dates", case)["victims"][0]["windows"] == []


def test_dates_show_both_readings_until_they_are_overdue_and_then_decided(msht: Script, case: str, clock: StandingClock) -> None:
    assert "nothing is recorded as sent" in msht.done("nrm", "dates", case)
    facts(msht, *CONSENTS)
    clock.set("2026-11-20T16:00")
    msht.done("nrm", "sent", case, "V1")

    def states() -> list[tuple[str, str]]:
        return [(one["day"], one["state"]) for one in msht.data("nrm", "dates", case)["victims"][0]["windows"]]

    clock.set("2026-11-25T23:59")
    assert states() == [("2026-11-25", "due"), ("2026-11-27", "due")]
    clock.set("2026-11-26T00:00")
    assert states() == [("2026-11-25", "overdue"), ("2026-11-27", "due")]
    assert "five days (APP): until 25 Nov 2026, OVERDUE" in msht.done("nrm", "dates", case)
    text = msht.done("nrm", "decision", case, "V1", "reasonable", "positive")
    assert "conclusive grounds: not before 26 Dec 2026" in text
    assert states() == [("2026-11-25", "decided"), ("2026-11-27", "decided")]
    assert "OVERDUE" not in msht.done("nrm", "dates", case)
    found = msht.data("nrm", "decision", case, "V1", "conclusive", "negative")
    assert (found["conclusive_not_before"], found["reconsideration"]["day"], found["reconsideration"]["state"]) == (
        "2026-12-26",
        "2026-12-26",
        "due",
    )
    assert [one["decision"] for one in found["decisions"]] == ["reasonable", "conclusive"]


def test_dates_cover_every_victim_in_the_case(msht: Script, case: str) -> None:
    msht.done("subject", "add", case, "victim")
    assert [one["subject"] for one in msht.data("nrm", "dates", case)["victims"]] == ["V1", "V2"]
    msht.done("case", "new", "--ref", "EX-3")
    assert "There is no victim in the case." in msht.done("nrm", "dates", "EX-3")


# Refusals


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("answer", "EX-1", "V1", "first_nmae", "x"), "Did you mean first_name"),
        (("answer", "EX-1", "V1", "first_name"), "nothing was typed"),
        (("answer", "EX-1", "V1", "first_name", "x", "--unknown-because", "y"), "not both"),
        (("answer", "EX-1", "V1", "taken_somewhere", "perhaps"), "takes one of yes, no"),
        (("answer", "EX-1", "V1", "nrm_consent", "--unknown-because", "y"), "answered by the fact consent"),
        (("answer", "EX-1", "V1", "date_of_birth", "1899-01-01"), "after 1 January 1900"),
        (("answer", "EX-1", "V1", "cooperation_details", "see www.example.org"), "refuses a web address"),
        (("answer", "EX-1", "S1", "first_name", "x"), "only a victim"),
        (("answer", "EX-1", "V1", "living_conditions", "x", "--at", "2027-01-01T00:00"), "lies in the future"),
        (("sent", "EX-1", "V1"), "has no route yet: age is not recorded"),
        (("sent", "EX-1", "V9"), "no subject 'V9'"),
        (("decision", "EX-1", "V1", "reasonable", "positive"), "nothing to decide"),
        (("readiness", "EX-1", "S1"), "only a victim"),
        (("worksheet", "EX-1", "L1"), "only a victim"),
    ],
)
def test_a_refusal_says_why_and_records_nothing(unchanged: Script, arguments: tuple[str, ...], words: str) -> None:
    outcome = unchanged("nrm", *arguments)
    assert (outcome.code, outcome.out) == (1, "")
    assert words in outcome.err
    assert number(unchanged) == 5


@pytest.mark.parametrize(
    "arguments",
    [
        ("decision", "EX-1", "V1", "final", "positive"),
        ("decision", "EX-1", "V1", "reasonable", "yes"),
        ("worksheet", "EX-1", "V1", "--format", "pdf"),
        ("readiness", "EX-1", "V1,V2"),
        ("answer", "EX-1", "V1"),
    ],
)
def test_wrong_usage_ends_with_2(unchanged: Script, arguments: tuple[str, ...]) -> None:
    assert unchanged("nrm", *arguments).code == 2


def test_nothing_is_sent_twice_on_one_route_and_no_decision_comes_out_of_turn(msht: Script, case: str) -> None:
    facts(msht, *CONSENTS)
    msht.done("nrm", "sent", case, "V1")
    again, early = msht("nrm", "sent", case, "V1"), msht("nrm", "decision", case, "V1", "conclusive", "positive")
    assert (again.code, early.code) == (1, 1)
    assert "recorded as sent already" in again.err and again.out == ""
    assert "no positive decision on reasonable grounds" in early.err


def test_a_struck_sending_can_be_recorded_anew(msht: Script, case: str) -> None:
    facts(msht, *CONSENTS)
    sent = msht.data("nrm", "sent", case, "V1")["sent"][0]["number"]
    msht.done("entry", "strike", case, str(sent), "--because", "only a draft")
    assert msht.data("nrm", "dates", case)["victims"][0]["sent"] == []
    assert "referral" not in msht.data("case", "show", case)["subjects"][0]["facts"]
    msht.done("nrm", "sent", case, "V1")


# The worksheet on paper, and the gate


def test_a_worksheet_goes_to_a_new_file_and_overwrites_nothing(msht: Script, case: str, tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"
    assert msht.done("nrm", "worksheet", case, "V1", "--format", "html", "--out", str(path)) == str(path)
    assert "NRM worksheet of V1" in path.read_text("utf-8")
    assert msht("nrm", "worksheet", case, "V1", "--out", str(path)).code == 1


CANARY, LABEL = "Qzanswerqz", "Qzlabelqz"
WAYS_OUT = [
    *(("nrm", "worksheet", "{case}", "V1", "--format", form) for form in ("terminal", "text", "html", "svg", "json")),
    *(("nrm", "readiness", "{case}", "V1", *json) for json in ((), ("--json",))),
    *(("nrm", "route", "{case}", "V1", *json) for json in ((), ("--json",))),
    *(("summary", "{case}", "--format", form) for form in ("terminal", "text", "html", "svg", "json")),
    *(("handover", "page", "{case}", "--format", form) for form in ("terminal", "text", "html", "svg", "json")),
    *(("log", "{case}", *json) for json in ((), ("--json",), ("--text", CANARY))),
    *(("nrm", "dates", "{case}", *json) for json in ((), ("--json",))),
]


@pytest.fixture
def filled(msht: Script) -> str:
    """The id of a case with an adult who declined, of whom every identifying text is typed."""
    case = msht.done("case", "new", "--ref", "Qzreferenceqz")
    msht.done("subject", "add", case, "victim", "--label", f"with {LABEL}")
    msht.done("fact", "set", case, "V1", "age=adult", "consent=no")
    for field in msht.data("nrm", "fields"):
        if field["identifying"] and field["type"] == "text" and field["takes"] is None:
            msht.done("nrm", "answer", case, "V1", field["key"], f"a {CANARY} b")
        elif field["identifying"]:
            msht.done("nrm", "answer", case, "V1", field["key"], "--unknown-because", f"said {CANARY}")
    msht.done("nrm", "answer", case, "V1", "will_cooperate", "yes")
    return case


def test_no_command_lets_out_what_identifies_an_adult_before_they_agree(msht: Script, filled: str) -> None:
    for way in WAYS_OUT:
        out = msht.done(*(part.format(case=filled) for part in way)).replace(f"with {CANARY}", "")
        assert CANARY not in out, way
        assert LABEL not in out or way[0] == "log", way
        assert "Qzreferenceqz" not in out or way[0] != "nrm" or way[1] == "dates", way
    last = str(len(msht.data("log", filled)))
    before_last = str(int(last) - 1)
    assert CANARY not in msht.done("entry", "strike", filled, before_last, "--because", "a slip")
    assert CANARY not in msht.done("nrm", "answer", filled, "V1", "birthplace", f"again {CANARY}")
    assert CANARY not in msht.done("undo", filled)
    assert CANARY not in msht.done("redo", filled)
    msht.done("nrm", "answer", filled, "V1", "consents_to_be_named", "yes")
    for way in (("nrm", "worksheet", filled, "V1", "--format", "json"), ("log", filled), ("nrm", "worksheet", filled, "V1")):
        assert CANARY in msht.done(*way)
    assert LABEL in msht.done("nrm", "worksheet", filled, "V1")


# The data


def names(data: Any) -> Iterator[str]:
    """Every field name in this data, at any depth."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from names(value)
    elif isinstance(data, list):
        for one in data:
            yield from names(one)


@pytest.mark.parametrize(
    ("heading", "shares", "command"),
    [
        ("readiness CASE V1 --json", [], ("readiness", "EX-1", "V1", "--json")),
        ("worksheet CASE V1 --format json", ["route", "readiness"], ("worksheet", "EX-1", "V1", "--format", "json")),
        ("fields --json", [], ("fields", "--json")),
        ("answer CASE V1 KEY VALUE --json", ["readiness"], ("answer", "EX-1", "V1", "taken_somewhere", "no", "--json")),
        ("dates CASE --json", [], ("dates", "EX-1", "--json")),
        ("dates CASE --json", [], ("sent", "EX-1", "V1", "--json")),
        ("dates CASE --json", [], ("decision", "EX-1", "V1", "conclusive", "negative", "--json")),
    ],
)
def test_every_field_of_the_data_is_described(decided: Script, heading: str, shares: list[str], command: tuple[str, ...]) -> None:
    text = DOCS.read_text("utf-8")
    wanted = [heading, *(f"{name} CASE V1 --json" for name in shares)]
    sections = [text.partition(f"## `msht nrm {one}`\n")[2].partition("\n## ")[0] for one in wanted]
    assert all(sections)
    described = set(re.findall(r"`([a-z_]+)`", "".join(sections)))
    assert set(names(decided("nrm", *command).data)) <= described


@pytest.fixture(scope="module")
def decided(new_script: NewScript, clock: StandingClock) -> Script:
    """A script at a case with a referral and a decision on it, in which a notification can still be sent."""
    clock.set("2026-11-22T19:00")
    script = new_script()
    script.done("case", "new", "--ref", "EX-1")
    script.done("subject", "add", "EX-1", "victim")
    script.done("fact", "set", "EX-1", "V1", *CONSENTS)
    script.done("nrm", "sent", "EX-1", "V1", "--reference", "NRM-1")
    script.done("nrm", "decision", "EX-1", "V1", "reasonable", "positive")
    script.done("fact", "set", "EX-1", "V1", "consent=no")
    return script
