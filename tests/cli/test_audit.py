"""What commands leave in the terminal's audit, that it comes first, and how it is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from msht_tui.content.tables import digest_of
from msht_tui.domain.audit import LIMITS, PURPOSES, AuditEvent
from msht_tui.store.audit import Audit
from msht_tui.store.backup import back_up
from msht_tui.store.care import Care
from msht_tui.store.trouble import StoreTrouble
from tests.cli.conftest import PASSPHRASE, SUPERVISOR

if TYPE_CHECKING:
    from tests.cli.conftest import LiveScript, Outcome, Script, StandingClock

DOCS = Path(__file__).resolve().parents[2] / "docs" / "json.md"
CANARY = "Zuzanna Kanarkova"
NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


@pytest.fixture
def worked(live: LiveScript) -> LiveScript:
    """A live store with a case L-1 of a victim and a suspect, entered by a constable."""
    live.let_in("PC 9")
    constable = live.by("PC 9")
    constable.done("case", "new", "--ref", "L-1")
    constable.done("subject", "add", "L-1", "victim", "--label", CANARY)
    constable.done("subject", "add", "L-1", "suspect")
    return live


def lines(live: LiveScript, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = live.data("audit", "show", *options)["lines"]
    return found


def recorded(live: LiveScript, *command: str, by: str = "PC 9", code: int = 0) -> list[tuple[str, dict[str, Any]]]:
    """What a command leaves in the audit between its operator's signing in and out: kind and the rest."""
    before = lines(live)[-1]["number"] + 1  # the sign-out that follows the lines shown
    assert live.by(by)(*command).code == code
    stamps = {"number", "at", "by", "kind"}
    found = [line for line in lines(live)[:-1] if line["number"] > before]
    assert {line["by"] for line in found} == {by}
    assert (found[0]["kind"], found[-1]["kind"]) == ("signed-in", "signed-out")
    return [(line["kind"], {name: value for name, value in line.items() if name not in stamps}) for line in found[1:-1]]


def case_of(live: LiveScript) -> str:
    found: str = live.data("case", "list")["cases"][0]["id"]
    return found


LOOKING = [
    ("case", "show", "L-1"),
    ("next", "L-1"),
    ("interaction", "list", "L-1"),
    ("nrm", "readiness", "L-1", "V1"),
    ("note", "L-1", "words"),
]


@pytest.mark.parametrize("command", LOOKING, ids=" ".join)
def test_whoever_opens_a_case_is_recorded(worked: LiveScript, command: tuple[str, ...]) -> None:
    assert recorded(worked, *command) == [("consulted", {"case": case_of(worked), "how": "opened"})]


def test_what_leaves_the_store_is_recorded_with_whom_it_is_for(worked: LiveScript, tmp_path: Path) -> None:
    case = case_of(worked)
    out = str(tmp_path / "page.html")
    for command, what, form in (
        (("summary", "L-1", "--format", "html", "--out", out), "summary", "html"),
        (("handover", "page", "L-1", "--format", "text"), "handover", "text"),
        (("nrm", "worksheet", "L-1", "V1", "--format", "json"), "worksheet", "json"),
        (("log", "L-1", "--json"), "log", "json"),
        (("log", "L-1"), "log", "terminal"),
    ):
        told = recorded(worked, *command, "--to", "the night\tdesk")
        assert told[0] == ("consulted", {"case": case, "how": "opened"})
        assert told[1:] == [("disclosed", {"case": case, "what": what, "format": form, "to": "the night desk"})]
    told = recorded(worked, "store", "dump", "L-1", "--out", str(tmp_path / "dump.json"))
    assert told == [("disclosed", {"case": case, "what": "dump", "format": "json"})]
    told = recorded(worked, "store", "backup", str(tmp_path / "copy"), "--to", "the vault")
    assert told == [("disclosed", {"case": "", "what": "backup", "format": "folder", "to": "the vault"})]


def test_persons_who_are_put_together_are_recorded(worked: LiveScript) -> None:
    case = case_of(worked)
    assert ("combined", {"case": case, "how": "linked"}) in recorded(worked, "subject", "link", "L-1", "S1")
    worked.done("subject", "add", "L-1", "victim")
    same = ("subject", "retire", "L-1", "V3", "--because", "twice", "--same-as", "V1")
    assert ("combined", {"case": case, "how": "same"}) in recorded(worked, *same)
    worked.done("subject", "add", "L-1", "victim")
    assert "combined" not in dict(recorded(worked, "subject", "retire", "L-1", "V4", "--because", "by mistake"))


def test_who_signs_in_and_who_does_not(worked: LiveScript) -> None:
    worked.passphrases |= {"PC 9": "not the one it is", PASSPHRASE: "not the one it is"}
    worked.by("PC 9")("case", "list")
    worked.by(PASSPHRASE)("case", "list")
    found = lines(worked, "--kind", "sign-in-failed")
    assert [(line.get("by", ""), line.get("offered", "")) for line in found] == [("", "PC 9"), ("", "")]
    assert PASSPHRASE not in worked.done("audit", "show")


def test_changes_of_the_operators_are_recorded_also_of_oneself(worked: LiveScript) -> None:
    new = worked.secret("another way into this terminal")
    worked.let_in("TR 1", "trainer")
    worked.done("operator", "role", "tr 1", "operator")
    worked.done("operator", "remove", "TR 1")
    worked.by("PC 9").done("operator", "reset", "PC 9", "--new-passphrase-file", new)
    short = worked.secret("too short")
    refused: list[tuple[str, ...]] = [
        ("add", "PC 9", "--role", "operator", "--new-passphrase-file", new),
        ("reset", SUPERVISOR, "--new-passphrase-file", short),
        ("reset", "PC 404", "--new-passphrase-file", new),
        ("remove", SUPERVISOR),
        ("role", SUPERVISOR, "operator"),
    ]
    assert {worked("operator", *command).code for command in refused} == {1}
    worked.done("operator", "new-recovery-code")
    found = [(line["by"], line["operator"], line["how"], line.get("role")) for line in lines(worked, "--kind", "operator-changed")]
    assert found == [
        (SUPERVISOR, SUPERVISOR, "added", "supervisor"),
        (SUPERVISOR, "PC 9", "added", "operator"),
        (SUPERVISOR, "TR 1", "added", "trainer"),
        (SUPERVISOR, "TR 1", "role", "operator"),
        (SUPERVISOR, "TR 1", "removed", None),
        ("PC 9", "PC 9", "reset", None),
    ]
    assert len(lines(worked, "--kind", "recovery-renewed")) == 1


def test_a_used_recovery_code_is_recorded_as_nobodys(live: LiveScript) -> None:
    new = "another way into this terminal"
    recover = ("operator", "recover", SUPERVISOR, "--code-file", live.secret(live.code), "--new-passphrase-file", live.secret(new))
    assert live.bare("--store", str(live.store), *recover).code == 0
    live.passphrases[SUPERVISOR] = new
    (line,) = lines(live, "--kind", "recovery-used")
    assert (line.get("by", ""), line["operator"]) == ("", SUPERVISOR)


def test_a_verification_is_recorded_by_anybody(worked: LiveScript) -> None:
    assert worked.bare("--store", str(worked.store), "store", "verify").code == 0
    worked.done("store", "verify", "L-1")
    found = [(line.get("by", ""), line["case"], line["result"]) for line in lines(worked, "--kind", "verified")]
    assert found == [("", "", "intact"), (SUPERVISOR, case_of(worked), "intact")]


def test_a_catalogue_that_is_made_anew_is_recorded(worked: LiveScript) -> None:
    assert recorded(worked, "store", "rebuild") == [("catalogue-rebuilt", {})]


def test_what_comes_back_from_a_backup_is_recorded_in_the_audit_that_came_with_it(worked: LiveScript, tmp_path: Path) -> None:
    worked.done("store", "backup", str(tmp_path / "copy"))
    new = type(worked)(tmp_path / "new", worked.secrets)
    came = worked.bare("--store", str(new.store), "store", "restore", str(tmp_path / "copy"))
    assert came.code == 0
    assert re.search(r"Holds that were set after .*, when this backup was made, have to be set again", came.err)
    found = lines(new)
    assert [(line["kind"], line.get("by", "")) for line in found[-3:-1]] == [("disclosed", SUPERVISOR), ("restored", "")]
    assert found[-2]["cases"] == 1
    assert "may be missing" in new("case", "due").err
    assert worked.bare("--store", str(new.store), "audit", "verify").code == 0


def test_a_full_disk_and_an_audit_that_was_cut_keep_nobody_from_restoring(
    worked: LiveScript, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def restored(source: str) -> Outcome:
        back_up(Care(worked.store, digest_of, exercise=False), worked.store / "settings.toml", tmp_path / source, program="1", now=NOW)
        ended = worked.bare("--store", str(tmp_path / f"from {source}"), "store", "restore", str(tmp_path / source))
        assert ended.code == 0
        assert "1 case with 4 entries" in ended.out
        return ended

    with monkeypatch.context() as broken:
        broken.setattr(Audit, "append", full)
        assert "The disk is full" in restored("whole").err
    path = worked.store / "audit.tdb"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert "msht audit acknowledge" in restored("cut").err


def test_a_clock_that_was_put_back_is_recorded(worked: LiveScript, clock: StandingClock) -> None:
    clock.set("2026-11-22T18:50")
    assert ("clock-stepped", {"seconds": -600}) in recorded(worked, "case", "show", "L-1")


FIRST = [
    ("case", "list"),
    ("case", "show", "L-1"),
    ("summary", "L-1", "--format", "json"),
    ("store", "dump", "L-1"),
    ("store", "backup", "elsewhere"),
    ("operator", "list"),
]


@pytest.mark.parametrize("command", FIRST, ids=" ".join)
def test_what_cannot_be_recorded_is_not_shown(
    worked: LiveScript, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...]
) -> None:
    appended: Callable[..., None] = Audit.append

    def fails(events: int) -> Callable[..., None]:
        """The disk is full after so many events."""
        left = iter(range(events))

        def append(self: Audit, event: AuditEvent, at: object) -> None:
            if next(left, None) is None:
                raise StoreTrouble("The disk is full: free some space, then try again.")
            appended(self, event, at)

        return append

    monkeypatch.chdir(tmp_path)
    for events in range({"list": 1, "show": 2, "L-1": 3}.get(command[1], 2)):
        monkeypatch.setattr(Audit, "append", fails(events))
        ended = worked(*command)
        assert (ended.code, ended.out) == (3, ""), events
        assert "The disk is full" in ended.err
        assert not (tmp_path / "elsewhere").exists()


def full(self: Audit, event: AuditEvent, at: object) -> None:
    raise StoreTrouble("The disk is full: free some space, then try again.")


def test_a_full_disk_keeps_nobody_from_verifying_and_signs_everybody_out(worked: LiveScript, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Audit, "append", full)
    for command in (("store", "verify"), ("audit", "verify")):
        ended = worked.bare("--store", str(worked.store), *command)
        assert ended.code == 0
        assert "intact" in ended.out
        assert "The disk is full" in ended.err


def test_of_exercises_nothing_is_recorded_and_there_is_no_audit(live: LiveScript, msht: Script) -> None:
    before = lines(live)[-1]["number"]
    msht.done("case", "new", "--ref", "EX-1")
    msht.done("summary", "EX-1", "--format", "text", "--to", "the class")
    msht.done("store", "verify")
    assert lines(live)[-1]["number"] == before + 2  # out, and in again
    assert not list((live.store / "exercise").glob("audit*"))
    for command in (("audit", "show"), ("audit", "verify"), ("audit", "acknowledge"), ("audit", "export", "--out", "x")):
        assert msht(*command).code == 1


def test_a_store_that_is_not_set_up_has_no_audit(unset: LiveScript) -> None:
    ended = unset.bare("--store", str(unset.store), "audit", "verify")
    assert ended.code == 1
    assert "msht setup" in ended.err
    assert not unset.store.exists()


def test_the_audit_is_printed_with_its_purposes_and_limits(worked: LiveScript) -> None:
    said = worked.done("audit", "show")
    assert said.startswith(PURPOSES)
    assert LIMITS in said
    assert re.search(r"\n +1  19:00  -      This log begins, .*\n +2  19:00  PS 77  Operator PS 77: added, supervisor\n", said)
    assert CANARY not in said


def test_the_audit_is_searched_by_each_option(worked: LiveScript, clock: StandingClock) -> None:
    case = case_of(worked)
    clock.set("2026-11-22T21:00")
    worked.done("case", "show", "L-1")
    assert {line["by"] for line in lines(worked, "--operator", "pc 9")} == {"PC 9", SUPERVISOR}  # who let them in
    assert {line["kind"] for line in lines(worked, "--kind", "consulted")} == {"consulted"}
    assert {line["case"] for line in lines(worked, "--case", case[:8])} == {case}
    assert {line["at"][:13] for line in lines(worked, "--since", "20:00")} == {"2026-11-22T21"}
    assert {line["at"][:13] for line in lines(worked, "--until", "19:00")} == {"2026-11-22T19"}
    assert worked("audit", "show", "--kind", "consult").code == 2
    assert worked("audit", "show", "--since", "soon").code == 1


@pytest.mark.parametrize("command", [("show",), ("export", "--out", "FILE"), ("acknowledge",)], ids=lambda command: command[0])
def test_only_a_supervisor_reads_the_audit(worked: LiveScript, tmp_path: Path, command: tuple[str, ...]) -> None:
    ended = worked.by("PC 9")("audit", *(str(tmp_path / "file") if word == "FILE" else word for word in command))
    assert (ended.code, ended.out) == (1, "")
    assert "PC 9 is no supervisor" in ended.err
    assert not (tmp_path / "file").exists()


def test_an_export_ends_with_a_check_code_that_the_audit_holds_later(worked: LiveScript, tmp_path: Path) -> None:
    out = tmp_path / "audit.jsonl"
    worked.done("audit", "export", "--out", str(out), "--kind", "consulted", "--to", "PSD", "--because", "a complaint")
    *exported, end = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [line["kind"] for line in exported] == ["consulted"] * 3
    assert end["purposes"] == PURPOSES
    assert [(line["to"], line["because"], line["lines"]) for line in lines(worked, "--kind", "audit-exported")] == [
        ("PSD", "a complaint", 3)
    ]
    assert worked.bare("--store", str(worked.store), "audit", "verify", "--code", end["check_code"]).code == 0
    assert worked("audit", "verify", "--code", f"{end['check_code'].partition('-')[0]}-{'0' * 64}").code == 5
    assert worked("audit", "verify", "--code", "x").code == 2
    assert worked("audit", "export", "--out", str(out)).code == 1


def test_an_audit_that_was_cut_short_stops_the_work_until_a_supervisor_acknowledges_it(worked: LiveScript) -> None:
    path = worked.store / "audit.tdb"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-3]))
    assert worked.bare("--store", str(worked.store), "audit", "verify").code == 5
    ended = worked("case", "list")
    assert (ended.code, ended.out) == (3, "")
    assert "msht audit acknowledge" in ended.err
    assert worked.by("PC 9")("audit", "acknowledge").code == 1
    assert "stays missing" in worked.done("audit", "acknowledge")
    worked.done("case", "list")
    assert len(lines(worked, "--kind", "audit-acknowledged")) == 1
    assert worked("audit", "acknowledge").code == 1


def test_an_audit_that_is_gone_with_what_is_remembered_of_it_frees_no_held_case(worked: LiveScript) -> None:
    worked.done("case", "hold", "L-1", "--because", "an inquest")
    for name in ("audit.tdb", "remembered.audit.log"):
        (worked.store / name).unlink()
    ended = worked.bare("--store", str(worked.store), "audit", "verify")
    assert ended.code == 5
    assert ended.out.startswith("The audit is gone, with 0 lines.") and "msht audit acknowledge" in ended.out
    for command in (("case", "list"), ("case", "erase", "L-1", "--confirm", "L-1")):
        ended = worked(*command)
        assert (ended.code, ended.out) == (3, "")
        assert "msht audit acknowledge" in ended.err
    assert worked.by("PC 9")("audit", "acknowledge").code == 1
    assert "stays missing" in worked.done("audit", "acknowledge")
    assert "may be missing" in worked("case", "due").err
    assert lines(worked, "--kind", "audit-acknowledged")[0]["remembered"] == 0
    assert worked.bare("--store", str(worked.store), "audit", "verify").code == 0


def test_a_changed_line_is_found(worked: LiveScript) -> None:
    path = worked.store / "audit.tdb"
    held = path.read_bytes().splitlines(keepends=True)
    held[3] = held[3][:-20] + (b"B" if held[3][-20:-19] == b"A" else b"A") + held[3][-19:]
    path.write_bytes(b"".join(held))
    ended = worked.bare("--store", str(worked.store), "audit", "verify")
    assert ended.code == 4
    assert ended.out.startswith("The audit is broken")
    assert worked("case", "list").code == 3


def fields(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from fields(value)
    elif isinstance(data, list):
        for one in data:
            yield from fields(one)


def test_every_field_of_the_data_is_described(worked: LiveScript) -> None:
    worked("case", "show", "L-1")
    worked("operator", "role", "PC 9", "trainer")
    worked("store", "verify")
    text = DOCS.read_text("utf-8")
    for heading, command in (
        ("msht audit show --json", ("audit", "show", "--json")),
        ("msht audit verify --json", ("audit", "verify", "--json")),
    ):
        section = text.partition(f"## `{heading}`\n")[2].partition("\n## ")[0]
        assert section
        assert set(fields(worked(*command).data)) <= set(re.findall(r"`([a-z_]+)`", section))
