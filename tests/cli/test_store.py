"""`msht store`, through the script: what each command prints, how it ends, and what it leaves alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tinydb import TinyDB

from msht_tui.cli.desk import EXERCISE
from msht_tui.domain.audit import AuditEvent, CaseAcknowledged
from msht_tui.ports import StoreTrouble
from msht_tui.store.audit import Audit

if TYPE_CHECKING:
    from tests.cli.conftest import LiveScript, Script

DOCS = Path(__file__).resolve().parents[2] / "docs" / "json.md"
COMMANDS = ("info", "verify", "backup", "restore", "rebuild", "convert", "dump", "acknowledge")


def folder(msht: Script) -> Path:
    return msht.store / "exercise" / "cases"


def file(msht: Script) -> Path:
    """The file of the one case."""
    (found,) = folder(msht).glob("*.tdb")
    return found


def tree(root: Path) -> dict[str, object]:
    """Everything below a folder: names, bytes and times of change."""

    def found() -> Iterator[tuple[str, object]]:
        for path in [root, *sorted(root.rglob("*"))]:
            yield str(path), (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else None)

    return dict(found())


def fields(data: object) -> Iterator[str]:
    """Every field name in this data, at any depth; the keys of `counts` are states."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from fields(value) if key != "counts" else ["cases"]
    elif isinstance(data, list):
        for one in data:
            yield from fields(one)


def cut(msht: Script, lines: int = 1) -> None:
    """Take the last lines away."""
    path = file(msht)
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-lines]))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(msht: Script, command: str) -> None:
    outcome = msht.bare("store", command, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: msht store {command}")


def test_the_help_of_verify_tells_its_exit_codes_and_which_is_worst(msht: Script) -> None:
    words = " ".join(msht.bare("store", "verify", "--help").out.split())
    assert all(part in words for part in ("0 intact", "4 broken", "5 shorter", "6 unreadable", "the highest counts"))


def test_info_tells_where_how_much_and_how_well(msht: Script, case: str) -> None:
    words = " ".join(msht.done("store", "info").split())
    assert words.startswith(EXERCISE)
    for part in (f"Folder {folder(msht).parent}", "Kind exercises", "Cases 1", "Entries 5", "1 pack kept", "Health intact", "Free"):
        assert part in words
    data = msht.data("store", "info")
    assert (data["cases"], data["entries"], data["bytes"], data["health"]) == (1, 5, file(msht).stat().st_size, "intact")
    assert data["newest_act_at"] == "2026-11-22T19:00:00Z"


def test_info_tells_of_faults_without_ending_badly(msht: Script, case: str) -> None:
    cut(msht)
    outcome = msht("store", "info")
    assert outcome.code == 0
    assert "1 fault\n" in outcome.out
    assert "shorter than remembered" in outcome.out


def test_info_of_no_store_and_of_another_folder(msht: Script, tmp_path: Path) -> None:
    assert "not made yet" in msht.done("store", "info")
    (tmp_path / "letter.txt").write_bytes(b"")
    outcome = msht.bare("--store", str(tmp_path), "--as", "PC 1", "store", "info")
    assert outcome.code == 0
    assert f"{tmp_path} is not a store" in outcome.out
    assert msht.bare("--store", str(tmp_path), "--as", "PC 1", "store", "verify").code == 6


def test_verify_ends_with_a_line_of_counts(msht: Script, case: str) -> None:
    assert msht.done("store", "verify").splitlines() == [EXERCISE, "1 case: 1 intact."]


def test_verify_has_an_exit_code_for_each_kind_of_damage_and_the_worst_wins(msht: Script, case: str) -> None:
    path = file(msht)
    whole = path.read_bytes()
    for data, code, words in (
        (whole + b"x", 4, "with an unfinished tail"),
        (whole.replace(b"the suspect", b"the susp3ct"), 4, "broken at entry 4"),
        (b"".join(whole.splitlines(keepends=True)[:-1]), 5, "shorter than remembered"),
        (b"x\n", 6, "not a case file"),
    ):
        path.write_bytes(data)
        outcome = msht("store", "verify")
        assert (outcome.code, msht("store", "verify", path.stem).code) == (code, code)
        line, last = outcome.out.splitlines()[-2:]
        assert line.startswith(f"{path.stem}: ") and words in line
        assert last.startswith("1 case: 1 ")
        assert msht("store", "verify", "--json").data["code"] == code
    path.unlink()
    assert msht("store", "verify").code == 5
    (path.parent / "other.tdb").write_bytes(b"x\n")
    outcome = msht("store", "verify")
    assert outcome.code == 6
    assert outcome.out.splitlines()[-1] == "2 cases: 1 gone, 1 unreadable."


def test_a_check_code_of_an_export_is_held_against_the_record(msht: Script, case: str) -> None:
    code = msht.data("case", "show", case)["case"]["check_code"]
    msht.done("note", case, "later")
    said = msht.done("store", "verify", case, "--code", code)
    assert "holds entry 5 with this digest; it has 6 entries now" in said
    assert msht("store", "verify", case, "--code", code[:20]).code == 0
    assert msht("store", "verify", case, "--code", "5-" + "0" * 64).code == 5
    assert msht("store", "verify", case, "--code", f"9{code[1:]}").code == 5


def test_a_wrong_check_code_or_one_without_a_case_is_wrong_usage(msht: Script, case: str) -> None:
    outcome = msht("store", "verify", case, "--code", "5")
    assert outcome.code == 2
    assert "is no check code" in outcome.err
    outcome = msht("store", "verify", "--code", "5-" + "0" * 64)
    assert outcome.code == 2
    assert "name the case" in outcome.err


def test_looking_changes_nothing(msht: Script, case: str) -> None:
    file(msht).write_bytes(file(msht).read_bytes() + b"x")
    before = tree(msht.store)
    msht("store", "verify")
    msht("store", "verify", case, "--json")
    msht("store", "info")
    msht("store", "dump", case)
    assert tree(msht.store) == before


@pytest.mark.parametrize("name", ["", "..", "../x", "/", "*", "\x1b[2J", "cases", "%s", "[/]", "x" * 300])
@pytest.mark.parametrize("command", [("verify",), ("dump",), ("acknowledge", "--because", "x")])
def test_hostile_names_are_refused_without_reaching_the_terminal(msht: Script, case: str, command: tuple[str, ...], name: str) -> None:
    before = tree(msht.store)
    outcome = msht("store", command[0], "--", name) if len(command) == 1 else msht("store", *command, "--", name)
    assert outcome.code == 1
    assert "There is no case" in outcome.err
    assert "\x1b" not in outcome.out + outcome.err
    assert tree(msht.store) == before


def test_a_hostile_file_name_stays_in_one_line(msht: Script, case: str) -> None:
    (folder(msht) / "two\nlines\x1b[2J.tdb").write_bytes(b"x\n")
    outcome = msht("store", "verify")
    assert outcome.code == 6
    assert len(outcome.out.splitlines()) == 3
    assert "\x1b" not in outcome.out


def test_backup_and_restore(msht: Script, case: str, tmp_path: Path) -> None:
    target, new = tmp_path / "backup", tmp_path / "new"
    said = msht.done("store", "backup", str(target))
    assert f"Backed up to {target}: 1 case with 5 entries, 1 pack of content" in said
    assert msht("store", "backup", str(target)).code == 1
    said = msht.bare("--store", str(new), "--exercise", "--as", "PC 1", "store", "restore", str(target)).out
    assert said.startswith(EXERCISE)
    assert "1 case with 5 entries" in said
    restored = type(msht)(new)
    assert restored.done("store", "verify").endswith("1 case: 1 intact.")
    assert restored.done("log", case) == msht.done("log", case)
    restored.done("note", case, "work goes on")
    assert restored("store", "restore", str(target)).code == 1
    outcome = restored("store", "restore", str(target), exercise=False)
    assert outcome.code == 1
    assert "with --exercise" in outcome.err


def test_a_backup_of_damage_is_told_and_ends_with_trouble(msht: Script, case: str, tmp_path: Path) -> None:
    file(msht).write_bytes(file(msht).read_bytes().replace(b"the suspect", b"the susp3ct"))
    outcome = msht("store", "backup", str(tmp_path / "backup"))
    assert outcome.code == 3
    assert "broken at entry 4" in outcome.err
    assert "1 file could not be backed up" in outcome.err


def test_a_damaged_backup_is_refused(msht: Script, case: str, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    msht.done("store", "backup", str(target))
    copy = target / "cases" / file(msht).name
    copy.write_bytes(copy.read_bytes()[:-1])
    outcome = type(msht)(tmp_path / "new")("store", "restore", str(target))
    assert outcome.code == 3
    assert copy.name in outcome.err
    assert not (tmp_path / "new").exists()


def test_settings_that_stay_are_told(msht: Script, case: str, tmp_path: Path) -> None:
    (msht.store / "settings.toml").write_text('marking = "OURS"\n', "utf-8")
    msht.done("store", "backup", str(tmp_path / "backup"))
    new = type(msht)(tmp_path / "new")
    new.store.mkdir()
    (new.store / "settings.toml").write_text('marking = "THEIRS"\n', "utf-8")
    assert "The settings that are in" in new.done("store", "restore", str(tmp_path / "backup"))


def test_rebuild_makes_the_catalogue_again(msht: Script, case: str) -> None:
    listed = msht.done("case", "list")
    catalogue = msht.store / "exercise" / "catalogue.json"
    catalogue.write_bytes(b"{")
    assert msht.done("store", "rebuild") == "The catalogue was made anew, with 1 case."
    assert json.loads(catalogue.read_bytes())
    assert msht.done("case", "list") == listed


def test_a_rebuild_never_lowers_what_is_remembered(msht: Script, case: str) -> None:
    cut(msht)
    msht("store", "rebuild")
    assert msht("store", "verify").code == 5


def test_a_dump_is_a_plain_tinydb_file_that_says_exercise(msht: Script, case: str, tmp_path: Path) -> None:
    msht.done("note", case, "Zażółć \u202e\x1b[2J")
    path = tmp_path / "dump.json"
    assert msht.done("store", "dump", case, "--out", str(path)) == str(path)
    assert msht("store", "dump", case).data == json.loads(path.read_bytes())
    with TinyDB(path, encoding="utf-8") as database:
        entries = database.table("entries").all()
        assert [entry["number"] for entry in entries] == [1, 2, 3, 4, 5, 6]
        assert database.table("about").all()[0]["marking"] == EXERCISE
    before = path.read_bytes()
    outcome = msht("store", "dump", case, "--out", str(path))
    assert outcome.code == 1
    assert "there already" in outcome.err
    assert path.read_bytes() == before


def test_a_dump_of_a_live_case_has_the_marking_of_the_force(live: LiveScript) -> None:
    live.done("case", "new", "--ref", "L-1")
    assert live("store", "dump", "L-1").data["about"]["1"]["marking"] == "OFFICIAL-SENSITIVE"


def test_a_shorter_case_is_acknowledged_with_a_reason_and_by_name(msht: Script, case: str) -> None:
    outcome = msht("store", "acknowledge", case, "--because", "rolled back")
    assert outcome.code == 1
    assert "nothing to acknowledge" in outcome.err
    cut(msht, 2)
    assert msht("note", case, "refused").code == 3
    assert msht("store", "acknowledge", case).code == 1
    msht.done("store", "acknowledge", case, "--because", "rolled back by the support desk")
    assert msht("store", "verify").code == 0
    text = msht.data("log", case)[-1]["text"]
    assert "from entry 5 to entry 3" in text
    assert "by PC 1234: rolled back by the support desk" in text
    msht.done("note", case, "work goes on")
    assert msht("store", "verify").code == 0


def test_only_a_supervisor_acknowledges_a_live_case_and_that_is_recorded_first(live: LiveScript, monkeypatch: pytest.MonkeyPatch) -> None:
    live.let_in("PC 9")
    live.done("case", "new", "--ref", "L-1")
    live.done("note", "L-1", "a line that is cut off")
    (path,) = (live.store / "cases").glob("*.tdb")
    case = path.stem
    cut = b"".join(path.read_bytes().splitlines(keepends=True)[:-1])
    path.write_bytes(cut)
    acknowledge = ("store", "acknowledge", case, "--because", "rolled back")
    refused = live.by("PC 9")(*acknowledge)
    assert (refused.code, refused.out) == (1, "")
    assert "PC 9 is no supervisor" in refused.err
    appended = Audit.append

    def full(self: Audit, event: AuditEvent, at: datetime) -> None:
        if isinstance(event, CaseAcknowledged):
            raise StoreTrouble("The disk is full: free some space, then try again.")
        appended(self, event, at)

    with monkeypatch.context() as broken:
        broken.setattr(Audit, "append", full)
        assert live(*acknowledge).code == 3
    assert path.read_bytes() == cut
    live.done(*acknowledge)
    assert [line["case"] for line in live.data("audit", "show", "--kind", "case-acknowledged")["lines"]] == [case]


def test_a_closed_case_can_be_acknowledged(msht: Script, case: str) -> None:
    msht.done("case", "close", case, "--because", "handed to the day team")
    msht.done("case", "reopen", case)
    cut(msht)
    msht.done("store", "acknowledge", case, "--because", "rolled back")
    assert msht.data("case", "show", case)["case"]["closed_at"]


def test_every_field_of_the_data_is_described(msht: Script, case: str, tmp_path: Path) -> None:
    text = DOCS.read_text("utf-8")
    (folder(msht) / "other.tdb").write_bytes(b"x\n")
    target = str(tmp_path / "backup")
    printed = {
        "msht store info --json": [msht("store", "info", "--json").data],
        "msht store verify --json": [msht("store", "verify", "--json").data],
        "msht store backup DIR --json": [
            msht("store", "backup", target, "--json").data,
            type(msht)(tmp_path / "new")("store", "restore", target, "--json").data,
        ],
    }
    for heading, data in printed.items():
        section = text.partition(f"## `{heading}`\n")[2].partition("\n## ")[0]
        section += text.partition("## `msht store verify --json`\n")[2].partition("\n## ")[0] if "as in `store verify`" in section else ""
        assert set(fields(data)) <= set(re.findall(r"`([a-z_]+)`", section)), heading
