"""What each command prints."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from msht_tui.content.library import Library

if TYPE_CHECKING:
    from tests.cli.conftest import Script, StandingClock


def test_new_prints_the_id_alone_and_add_and_link_the_subject_alone(msht: Script) -> None:
    case = msht.done("case", "new")
    assert len(case) == 36
    assert msht.done("subject", "add", case[:8], "suspect") == "S1"
    assert msht.done("subject", "link", case, "s1") == "V1"
    assert msht.done("subject", "link", case, "S1") == "V1"
    assert msht.done("subject", "add", case, "scene") == "L1"


def test_new_says_as_which_role_a_case_was_begun_unless_that_was_chosen(msht: Script) -> None:
    ended = msht("case", "new", "--ref", "EX-1")
    assert ended.code == 0
    assert "as responder" in ended.err
    assert "--role: call-handler, front-counter, custody;" in ended.err
    assert msht.data("case", "show", "EX-1")["case"]["role"] == "responder"
    for role in ("custody", "responder"):
        chosen = msht("case", "new", "--ref", role, "--role", role)
        assert (chosen.code, chosen.err) == (0, "")
        assert msht.data("case", "show", role)["case"]["role"] == role


def test_the_list_shows_references_ages_and_progress_and_never_a_label(msht: Script, case: str) -> None:
    msht.done("subject", "add", case, "victim", "--label", "Maria")
    msht.done("fact", "set", case, "V1", "age=not-sure")
    msht.done("mark", case, "duty-inspector-told", "done")
    text = msht.done("case", "list")
    assert text.startswith("EXERCISE")
    header, row = text.splitlines()[1:]
    assert "1 not sure, 1 age not asked" in row
    assert "1 suspect, 1 scene" in row
    assert row.index("1/") == header.index("Initial actions")
    assert "Maria" not in text
    assert "the victim" not in text


def test_the_list_as_data_never_holds_a_label(msht: Script, case: str) -> None:
    outcome = msht("case", "list", "--json")
    (one,) = outcome.data["cases"]
    assert one["references"] == [{"kind": "other", "value": "EX-1"}]
    assert one["ages"] == {"unset": 1}
    assert one["subjects"] == {"victim": 1, "suspect": 1, "scene": 1}
    assert "the victim" not in outcome.out


def test_the_list_shows_as_much_of_an_id_as_tells_cases_apart(msht: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    made = iter([bytes(range(16)), bytes(range(15)) + b"\xff"])
    monkeypatch.setattr("uuid.uuid4", lambda: UUID(bytes=next(made), version=4))
    ids = {msht.done("case", "new") for _ in range(2)}
    shown = [line.split()[0] for line in msht.done("case", "list").splitlines()[2:]]
    assert len(set(shown)) == 2
    assert all(any(one.startswith(start) for start in shown) for one in ids)


def test_an_empty_list_says_how_to_open_a_case(msht: Script) -> None:
    assert "case new" in msht.done("case", "list")


def test_show_gives_people_with_facts_and_phases_with_counts(msht: Script, case: str) -> None:
    msht.done("fact", "set", case, "case", "nation=wales")
    msht.done("fact", "set", case, "V1", "age=child")
    msht.done("subject", "retire", case, "L1", "--because", "wrong address")
    msht.done("case", "ref", case, "crime", "CR/9")
    text = msht.done("case", "show", case)
    assert "Crime CR/9" in text
    assert "nation wales" in text
    assert "the victim" in text
    assert "age child" in text
    assert "retired: wrong address" in text
    assert "Victim care" in text


def test_mark_prints_the_state_of_each_step_in_its_own_words(msht: Script, case: str, clock: StandingClock) -> None:
    msht.done("subject", "add", case, "victim")
    clock.set("2026-11-22T19:30")
    both = msht.done("mark", case, "parties-separated@v1,V2", "done", "--at", "19:10").splitlines()
    assert [line.split() for line in both] == [["parties-separated@V1", "19:10", "done"], ["parties-separated@V2", "19:10", "done"]]
    later = msht.done("mark", case, "basic-needs-met@V1", "deferred", "--to", "nurse", "--until", "09:30")
    assert later.endswith("left to nurse until 23 Nov 09:30")
    assert msht.done("mark", case, "basic-needs-met@V1", "open").endswith("open again")


def test_a_decision_reads_as_one_and_offers_the_fact_it_decides_until_that_is_set(msht: Script, case: str) -> None:
    first, offer = msht.done("mark", case, "interpreter-decision@V1", "done", "--because", "little English").splitlines()
    assert first.endswith("decided yes: little English")
    assert offer.startswith("This decides interpreter, which is not set: msht --exercise --store ")
    assert offer.endswith("fact set EX-1 V1 interpreter=needed|not-needed|not-sure")
    again = msht.done("mark", case, "interpreter-decision@V1", "not-needed", "--because", "fluent")
    assert "considered, not done because fluent" in again
    msht.done("fact", "set", case, "V1", "interpreter=not-needed")
    assert "This decides" not in msht.done("mark", case, "interpreter-decision@V1", "done")


def test_a_possible_victim_who_is_not_one_yet_is_offered_the_link(msht: Script, case: str) -> None:
    said = msht.done("fact", "set", case, "S1", "possible_victim=yes")
    assert said.endswith("subject link EX-1 S1")
    msht.done("subject", "link", case, "S1")
    assert "link" not in msht.done("fact", "set", case, "S1", "possible_victim=yes")


def test_facts_of_several_subjects_are_set_at_once(msht: Script, case: str) -> None:
    msht.done("subject", "add", case, "victim")
    said = msht.done("fact", "set", case, "V1,V2", "age=adult", "consent=no")
    assert len(said.splitlines()) == 4
    facts = {one["id"]: one["facts"] for one in msht.data("case", "show", case)["subjects"]}
    assert facts["V1"] == facts["V2"] == {"age": "adult", "consent": "no"}


def test_a_note_stands_on_the_case_a_subject_or_a_step(msht: Script, case: str) -> None:
    msht.done("note", case, "on the case")
    msht.done("note", case, "on the person", "--on", "v1")
    msht.done("note", case, "on the step", "--on", "parties-separated@V1", "--at", "18:55")
    notes = [(one["subject"], one["step"]) for one in msht.data("log", case) if one["kind"] == "note-added"]
    assert notes == [("case", None), ("V1", None), ("V1", "parties-separated@V1")]


def test_the_log_numbers_every_entry_and_shows_a_late_one_with_both_times(msht: Script, case: str, clock: StandingClock) -> None:
    clock.set("2026-11-22T19:30")
    msht.done("note", case, "first line\nsecond line", "--at", "19:10")
    data = msht.data("log", case)
    assert [one["number"] for one in data] == list(range(1, len(data) + 1))
    assert (data[-1]["happened_at"], data[-1]["recorded_at"]) == ("2026-11-22T19:10:00Z", "2026-11-22T19:30:00Z")
    *_, first, second, third = msht.done("log", case).splitlines()
    assert "19:10" in first
    assert first.index("Note: first line") == second.index("second line") == third.index("recorded 22 Nov 19:30, 20 min later")


def test_next_lists_rows_with_subjects_killers_facts_and_cautions(msht: Script, case: str) -> None:
    text = msht.done("next", case)
    lines = text.splitlines()
    assert lines[0].startswith("EXERCISE")
    assert lines[1] == "EX-1  In custody (custody)"
    assert any("vital" in line and line.endswith("parties-separated@V1") for line in lines)
    assert any(line.endswith("age=adult|child|not-sure") for line in lines)
    assert "Parties stay apart" in text


def test_next_says_how_another_role_gets_a_step_done(msht: Script, case: str) -> None:
    item = msht.data("content", "show", "parties-separated")
    assert item["ask_for"] in msht.done("next", case, "--role", "call-handler")
    assert item["ask_for"] not in msht.done("next", case, "--role", "responder")
    rows = {row.get("item"): row for row in msht.data("next", case, "--role", "call-handler")["rows"]}
    assert rows["parties-separated"]["ask_for"] == item["ask_for"]
    assert rows["immediate-danger-assessed"]["ask_for"] is None


def test_next_as_data_has_every_kind_of_row(msht: Script, case: str) -> None:
    msht.done("fact", "set", case, "S1", "possible_victim=yes")
    board = msht.data("next", case)
    assert (board["role"], board["point"], board["title"]) == ("custody", "in-custody", "In custody")
    assert board["rows"][0] == {"kind": "link", "suspect": "S1"}
    assert {"kind": "fact", "fact": "age", "say": "Adult, child or not sure?", "subjects": ["V1"]} in board["rows"]
    (step,) = (row for row in board["rows"] if row.get("item") == "parties-separated")
    assert (step["subjects"], step["killer"], step["force"], step["covers"]) == (["V1"], True, "should", ["VIC-2"])
    assert (board["complete"], board["complete_except_deferred"]) == (False, False)


def test_next_cuts_at_the_limit_and_says_how_many_more_there_are(msht: Script, case: str) -> None:
    board = msht.data("next", case, "--limit", "2")
    assert len(board["rows"]) == 2
    assert f"and {board['more']} more below" in msht.done("next", case, "--limit", "2")


def test_next_counts_unset_facts_and_signals_completion(msht: Script, case: str) -> None:
    point = ("next", case, "--point", "before-the-referral")
    msht.done("fact", "set", case, "V1", "age=adult")
    unset = msht.data(*point)["unset"]
    assert unset["facts"]["consent"] == ["V1"]
    assert unset["count"] == len(unset["facts"])
    assert f"{unset['count']} other fact" in msht.done(*point)
    msht.done("fact", "set", case, "V1", "consent=no", "support_needed_now=no")
    assert msht.data(*point)["unset"] == {"count": 0, "facts": {}}
    for row in msht.data(*point, "--limit", "99")["rows"]:
        msht.done("mark", case, f"{row['item']}@{','.join(row['subjects'])}", "deferred", "--to", "MSVLO")
    elsewhere = msht.data(*point)["vital_elsewhere"]
    number = sum(len(row["subjects"]) for row in elsewhere)
    assert f"This list is done except deferred. {number} vital steps open elsewhere:" in msht.done(*point)
    assert "complete" not in msht.done(*point)
    for row in elsewhere:
        assert (row["kind"], row["killer"]) == ("step", True)
        msht.done("mark", case, f"{row['item']}@{','.join(row['subjects'])}", "done")
    assert "This list is complete except deferred." in msht.done(*point)
    data = msht.data(*point)
    assert (data["complete_except_deferred"], data["vital_elsewhere"]) == (True, [])


@pytest.mark.parametrize(
    ("facts", "route", "missing", "anonymous"),
    [
        ([], "undetermined", ["age"], True),
        (["age=not-sure"], "child", [], False),
        (["age=adult"], "undetermined", ["consent"], True),
        (["age=adult", "consent=yes"], "adult_consent", [], False),
        (["age=adult", "consent=no"], "duty_to_notify", [], True),
        (["age=adult", "consent=no", "consents_to_be_named=yes"], "duty_to_notify", [], False),
    ],
)
def test_the_route_says_why_and_what_is_missing(
    msht: Script, case: str, facts: list[str], route: str, missing: list[str], anonymous: bool
) -> None:
    if facts:
        msht.done("fact", "set", case, "V1", *facts)
    data = msht.data("nrm", "route", case, "v1")
    assert (data["route"], data["missing"], data["anonymous"]) == (route, missing, anonymous)
    assert data["why"] in msht.done("nrm", "route", case, "V1")


@pytest.mark.parametrize("form", ["terminal", "text", "html", "svg", "json"])
def test_every_format_of_the_summary_names_the_case(msht: Script, case: str, form: str) -> None:
    assert "EX-1" in msht.done("summary", case, "--format", form)


def test_a_summary_goes_to_a_new_private_file_and_overwrites_nothing(msht: Script, case: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert msht.done("summary", case, "--format", "html", "--out", str(page)) == str(page)
    written = page.read_text("utf-8")
    assert "EX-1" in written
    if os.name == "posix":
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
    again = msht("summary", case, "--format", "text", "--out", str(page))
    assert again.code == 1
    assert "is there already" in again.err
    assert page.read_text("utf-8") == written


def test_a_summary_that_cannot_be_written_is_refused_in_words(msht: Script, case: str, tmp_path: Path) -> None:
    outcome = msht("summary", case, "--out", str(tmp_path / "missing" / "page.txt"))
    assert outcome.code == 1
    assert "Could not write" in outcome.err


def test_the_summary_as_a_file_of_data_is_json(msht: Script, case: str, tmp_path: Path) -> None:
    msht.done("summary", case, "--format", "json", "--out", str(tmp_path / "page.json"))
    assert json.loads((tmp_path / "page.json").read_text("utf-8")) == json.loads(msht.done("summary", case, "--format", "json"))


def test_content_is_listed_with_its_version(msht: Script) -> None:
    (pack,) = msht.data("content", "list")
    assert pack["id"] == "app-first-response"
    assert pack["version"] in msht.done("content", "list")


def test_content_shows_every_step_under_its_phase(msht: Script) -> None:
    phases = msht.data("content", "show")["phases"]
    assert [phase["id"] for phase in phases] == ["initial-actions", "scene", "victim-care", "suspect", "nrm"]
    text = msht.done("content", "show")
    assert all(f" {one['id']} " in text for phase in phases for one in (*phase["steps"], *phase["cards"]))


def test_content_shows_the_card_of_a_step(msht: Script) -> None:
    data = msht.data("content", "show", "appropriate-adult-or-advocate")
    text = " ".join(msht.done("content", "show", "appropriate-adult-or-advocate").split())
    assert data["applies"] == "once age is child or not-sure, and age_assessment is requested or under-way"
    for words in (data["title"], data["why"], data["good"], data["section"], data["applies"], "AGE-4", "SHOULD"):
        assert words in text
    assert "At handover (custody)" in text
    assert {"id": "at-handover", "role": "custody"} in data["pause_points"]


def test_an_exception_reads_unless(msht: Script) -> None:
    assert msht.data("content", "show", "independent-interpreter")["applies"] == "unless interpreter is not-needed"


def test_every_item_and_card_can_be_shown(msht: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Library()
    monkeypatch.setattr("msht_tui.content.library.Library", lambda: shelf)
    for phase in msht.data("content", "show")["phases"]:
        for one in (*phase["steps"], *phase["cards"]):
            assert one["title"] in msht.done("content", "show", one["id"])


def test_the_shipped_content_has_no_fault(msht: Script) -> None:
    assert "no fault" in msht.done("content", "check")


def test_check_gives_a_line_for_each_fault_and_the_other_packs_still_count(msht: Script, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.toml").write_text('id = "x"\nsurprise = 1\n', "utf-8")
    one = msht("content", "check", str(tmp_path / "one"))
    assert one.code == 1
    assert one.out.startswith("one/pack.toml: surprise:") or "one/pack.toml" in one.out
    both = msht("content", "check", str(tmp_path))
    assert both.code == 1
    assert {line.partition("/")[0] for line in both.out.splitlines()} == {"one", "two"}
    assert msht("content", "check", str(tmp_path / "nowhere")).code == 1


def test_what_a_terminal_would_obey_never_leaves(msht: Script, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it stands in a file that was written by something else."""
    for room in ("acting", "cases", "handovers", "ledgers", "people", "records", "steps"):
        monkeypatch.setattr(f"msht_tui.service.{room}.clean", lambda text, *rest, **more: text)
    bad = "a\x1b]52;c;aGk=\x07b\x9b31mc\u202ed\x00e[/]"
    msht.done("subject", "add", case, "victim", "--label", bad)
    msht.done("note", case, bad)
    msht.done("mark", case, "duty-inspector-told", "done", "--because", bad)
    msht.done("subject", "retire", case, "L1", "--because", bad)
    msht.done("case", "ref", case, "other", bad)
    msht.done("interaction", "add", case, "V1", bad, "--spoke", bad, "--place", bad, "--demeanour", bad)
    msht.done("provision", "add", case, "V1", "food", "--what", bad, "--by", bad)
    msht.done("entry", "strike", case, "4", "--because", bad)
    msht.done("handover", "start", case, "--to", bad, "--remark", bad)
    msht.done("handover", "return", case, "--because", bad)
    commands = [("case", "list"), ("case", "show", case), ("log", case), ("next", case)]
    commands += [("interaction", "list", case), ("provision", "list", case)]
    for command in (*commands, *((*one, "--json") for one in commands), ("mark", case, "duty-inspector-told", "done", "--because", bad)):
        text = msht.done(*command)
        assert "a" in text
        assert not set(text) & set("\x1b\x07\x9b\u202e\x00"), command
