"""How long the live store keeps its copy of a case: reviews, holds, and erasure by a supervisor."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from msht_tui.domain.retention import OUT_OF_REACH
from msht_tui.ports import StoreTrouble
from tests.cli.conftest import SUPERVISOR

if TYPE_CHECKING:
    from msht_tui.domain.audit import Erased, Record
    from tests.cli.conftest import LiveScript, Script, StandingClock

HOLD = f"LEGAL HOLD since 19:00, set by {SUPERVISOR}, because court order 3"

DOCS = Path(__file__).resolve().parents[2] / "docs" / "json.md"


@pytest.fixture
def case(live: LiveScript) -> str:
    """The id of a case L-1."""
    return live.done("case", "new", "--ref", "L-1")


def refused(live: LiveScript, *arguments: str) -> str:
    ended = live(*arguments)
    assert ended.code == 1
    return ended.err


def due(live: LiveScript) -> list[dict[str, object]]:
    """The cases that are due, without the later ones."""
    return [one for one in live.data("case", "due") if one["due"]]


def test_a_case_is_due_31_days_after_its_opening_handover_or_closing(live: LiveScript, case: str, clock: StandingClock) -> None:
    live.let_in("PC 9")
    assert live.done("case", "due").startswith("No case is due for review.\n")
    clock.set("2026-12-22T23:59")
    assert live.data("case", "due") == [{"case": case, "on": "2026-12-23", "due": False, "held": False, "hold": None}]
    clock.set("2026-12-23T00:00")
    assert live.data("case", "due") == [{"case": case, "on": "2026-12-23", "due": True, "held": False, "hold": None}]
    live.done("handover", "start", case, "--to", "PC 9")
    live.by("PC 9").done("handover", "accept", case)
    assert due(live) == []
    clock.set("2027-01-23T12:00")
    assert [one["on"] for one in due(live)] == ["2027-01-23"]
    live.done("case", "close", case, "--because", "done with")
    assert due(live) == []
    clock.set("2027-02-23T12:00")
    assert live.done("case", "due").splitlines()[1].split() == ["L-1", "2027-02-23", case]


def test_a_review_that_keeps_a_case_sets_the_next_date(live: LiveScript, case: str, clock: StandingClock) -> None:
    clock.set("2026-12-24T09:00")
    assert "due for review again on 2027-01-24" in live.done("case", "keep", "L-1", "--because", "the trial is to come")
    assert due(live) == []
    clock.set("2027-01-24T09:00")
    assert [one["case"] for one in due(live)] == [case]


def test_later_cases_stand_below_those_that_are_due(live: LiveScript, case: str, clock: StandingClock) -> None:
    clock.set("2026-12-01T09:00")
    later = live.done("case", "new", "--ref", "L-2")
    clock.set("2026-12-24T09:00")
    lines = live.done("case", "due").splitlines()
    assert [line.split() for line in lines] == [
        ["Case", "Due", "since", "Id"],
        ["L-1", "2026-12-23", case],
        [],
        ["Later", "Due", "on", "Id"],
        ["L-2", "2027-01-01", later],
    ]
    assert [(one["case"], one["due"]) for one in live.data("case", "due")] == [(case, True), (later, False)]


def test_commands_show_a_hold_with_its_reason(live: LiveScript, case: str) -> None:
    """A case that is not due, to everybody who signs in."""
    live.let_in("PC 9")
    assert "LEGAL HOLD" not in live.done("case", "show", "L-1") + live.done("case", "due")
    assert live.data("case", "show", "L-1")["hold"] is None
    live.done("case", "hold", "L-1", "--because", "court order 3")
    constable = live.by("PC 9")
    assert HOLD in constable.done("case", "due")
    assert HOLD in " ".join(constable.done("case", "show", "L-1").split())
    hold = {"since": "2026-11-22T19:00:00Z", "by": SUPERVISOR, "because": "court order 3"}
    assert constable.data("case", "due") == [{"case": case, "on": "2026-12-23", "due": False, "held": True, "hold": hold}]
    assert constable.data("case", "show", "L-1")["hold"] == hold
    live.done("case", "release", "L-1")
    assert "LEGAL HOLD" not in live.done("case", "show", "L-1") + live.done("case", "due")


def test_a_hold_of_which_nobody_said_why_has_no_reason(live: LiveScript, case: str) -> None:
    live.done("case", "hold", "L-1")
    assert live.data("case", "show", "L-1")["hold"]["because"] is None
    assert live.done("case", "due").endswith(f"LEGAL HOLD since 19:00, set by {SUPERVISOR}")


def test_a_case_as_it_stood_shows_the_hold_of_now(live: LiveScript, case: str, clock: StandingClock) -> None:
    clock.set("2026-11-22T20:00")
    live.done("case", "hold", "L-1", "--because", "court order 3")
    assert "since 20:00" in live.done("case", "show", "L-1", "--at", "19:30")


def test_an_exercise_is_shown_under_no_hold(msht: Script) -> None:
    msht.done("case", "new", "--ref", "EX-1")
    assert msht.data("case", "show", "EX-1")["hold"] is None
    assert "LEGAL HOLD" not in msht.done("case", "show", "EX-1")


def test_a_held_case_is_not_erased_until_the_hold_is_lifted(live: LiveScript, case: str, clock: StandingClock) -> None:
    live.done("case", "hold", "L-1", "--because", "an inquest")
    clock.set("2026-12-24T09:00")
    assert live.data("case", "due")[0]["held"] is True
    assert "LEGAL HOLD" in live.done("case", "due")
    told = refused(live, "case", "erase", "L-1", "--confirm", "L-1")
    assert f"set by {SUPERVISOR}, because an inquest" in told
    live.done("log", "L-1")
    live.done("case", "release", "L-1")
    assert "under no legal hold" in refused(live, "case", "release", "L-1")
    live.done("case", "erase", "L-1", "--confirm", "L-1")


@pytest.mark.parametrize("typed", ["L-1", "l-1 ", "ID"])
def test_an_erased_case_is_gone_and_the_audit_says_which_and_no_more(live: LiveScript, case: str, typed: str) -> None:
    live.done("case", "new", "--ref", "L-2")
    said = live.done("case", "erase", "L-1", "--confirm", case[:8] if typed == "ID" else typed)
    assert said.startswith(OUT_OF_REACH)
    assert f"Case {case} is erased." in said
    assert "There is no case" in refused(live, "case", "show", case)
    assert [one["references"][0]["value"] for one in live.data("case", "list")["cases"]] == ["L-2"]
    assert live.done("store", "verify").endswith("1 case: 1 intact.")
    assert not list((live.store / "cases").glob(f"{case}*"))
    (line,) = live.data("audit", "show", "--kind", "erased")["lines"]
    assert (line["case"], line["by"], line["entries"]) == (case, SUPERVISOR, 2)
    assert set(line) == {"number", "at", "by", "kind", "case", "entries"}


def test_an_erasure_that_was_broken_off_is_finished_by_its_id(live: LiveScript, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from msht_tui.store.disk import Disk

    def fails(self: Disk, path: Path) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(Disk, "remove", fails)
        assert live("case", "erase", "L-1", "--confirm", "L-1").code == 3
    assert live("log", case).code != 0
    live.done("case", "erase", case, "--confirm", case[:8])
    assert not list((live.store / "cases").glob(f"{case}*"))
    assert live.done("store", "verify").endswith("0 cases.")


@pytest.mark.parametrize("typed", ["L-2", "L-", "yes", "ID"])
def test_a_wrong_confirmation_erases_nothing(live: LiveScript, case: str, typed: str) -> None:
    live.done("case", "new", "--ref", "L-2")
    assert "Nothing was erased" in refused(live, "case", "erase", "L-1", "--confirm", case[:7] if typed == "ID" else typed)
    live.done("log", "L-1")
    assert live.data("audit", "show", "--kind", "erased")["lines"] == []


def test_somebody_at_a_terminal_types_the_confirmation_under_what_it_does_not_reach(
    live: LiveScript, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    ended = live("case", "erase", "L-1")
    assert ended.code == 1
    assert f"--confirm with a reference of the case, or with {case[:8]}" in ended.err
    asked: list[str] = []

    def ask(text: str, **_: object) -> str:
        asked.append(text)
        return "L-1"

    monkeypatch.setattr("msht_tui.cli.retention.is_terminal", lambda: True)
    monkeypatch.setattr("typer.prompt", ask)
    live.done("case", "erase", "L-1")
    assert f"type a reference of the case, or {case[:8]}" in asked[0]


def test_a_hold_that_is_set_while_the_confirmation_is_typed_keeps_the_case(
    live: LiveScript, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(text: str, **_: object) -> str:
        live.done("case", "hold", "L-1", "--because", "the coroner asked")
        return "L-1"

    monkeypatch.setattr("msht_tui.cli.retention.is_terminal", lambda: True)
    monkeypatch.setattr("typer.prompt", ask)
    assert "legal hold" in refused(live, "case", "erase", "L-1")
    assert live.data("audit", "show", "--kind", "erased")["lines"] == []
    assert (live.store / "cases" / f"{case}.tdb").exists()


def test_a_hold_that_another_window_sets_at_the_last_moment_keeps_the_case(
    live: LiveScript, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the last look at the holds, and before the line of the erasure is written."""
    from msht_tui.store.folder import FolderStore

    erase = FolderStore.erase

    def late(self: FolderStore, case_id: str, record: Record) -> Erased:
        live.done("case", "hold", "L-1", "--because", "the coroner asked")
        return erase(self, case_id, record)

    monkeypatch.setattr(FolderStore, "erase", late)
    assert "because the coroner asked: lift the hold first. Nothing was erased." in refused(
        live, "case", "erase", "L-1", "--confirm", "L-1"
    )
    live.done("log", "L-1")
    assert live.data("audit", "show", "--kind", "erased")["lines"] == []


def test_a_case_whose_erasure_was_broken_off_is_held_no_more(live: LiveScript, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from msht_tui.store.case_keys import CaseKeys

    def fails(self: CaseKeys, case_id: str) -> bool:
        raise StoreTrouble("The disk failed.")

    with monkeypatch.context() as broken:
        broken.setattr(CaseKeys, "erase", fails)
        assert live("case", "erase", "L-1", "--confirm", "L-1").code == 3
    live.done("log", "L-1")
    assert f"was erased by {SUPERVISOR}: it can be held no more" in refused(live, "case", "hold", "L-1")
    live.done("case", "erase", "L-1", "--confirm", "L-1")
    assert [line["entries"] for line in live.data("audit", "show", "--kind", "erased")["lines"]] == [2, 2]


@pytest.mark.parametrize("command", [("keep",), ("hold",), ("release",), ("erase", "--confirm", "L-1")], ids=lambda command: command[0])
def test_only_a_supervisor_keeps_holds_and_erases(live: LiveScript, case: str, command: tuple[str, ...]) -> None:
    live.let_in("PC 9")
    assert "PC 9 is no supervisor" in refused(live.by("PC 9"), "case", command[0], "L-1", *command[1:])
    live.done("log", "L-1")
    assert live.by("PC 9")("case", "due").code == 0


@pytest.mark.parametrize(
    "command", [("due",), ("keep", "EX-1"), ("hold", "EX-1"), ("release", "EX-1"), ("erase", "EX-1", "--confirm", "EX-1")]
)
def test_exercises_are_neither_reviewed_nor_held_nor_erased(msht: Script, command: tuple[str, ...]) -> None:
    msht.done("case", "new", "--ref", "EX-1")
    ended = msht("case", *command)
    assert (ended.code, ended.out) == (1, "")
    assert "leave --exercise out" in ended.err
    msht.done("log", "EX-1")


def test_a_case_that_cannot_be_read_is_named_beside_those_that_are_due(live: LiveScript, case: str, clock: StandingClock) -> None:
    other = live.done("case", "new", "--ref", "L-2")
    live.done("case", "hold", "L-2", "--because", "court order 3")
    path = live.store / "cases" / f"{other}.tdb"
    path.write_bytes(b"x\n")
    clock.set("2026-12-24T09:00")
    ended = live("case", "due", "--json")
    assert ended.code == 3
    assert [one["case"] for one in ended.data] == [case]
    assert other in ended.err
    assert f"LEGAL HOLD since 22 Nov 19:00, set by {SUPERVISOR}, because court order 3." in ended.err


@pytest.mark.parametrize("command", [("case", "due"), ("case", "show", "L-1")], ids=" ".join)
def test_every_field_of_the_data_is_described(live: LiveScript, case: str, command: tuple[str, ...]) -> None:
    live.done("case", "hold", "L-1")
    heading = " ".join("CASE" if word == "L-1" else word for word in command)
    section = DOCS.read_text("utf-8").partition(f"## `msht {heading} --json`\n")[2].partition("\n## ")[0]
    data = live.data(*command)
    found = data[0] if isinstance(data, list) else data
    assert {*found, *found["hold"]} <= set(re.findall(r"`([a-z_]+)`", section))
