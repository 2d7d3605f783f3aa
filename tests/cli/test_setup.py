"""The live store before, at and after its set-up: what is refused, what is let through, and what stands in no file."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from msht_tui.domain.audit import AuditEvent, CaseSealed
from msht_tui.ports import StoreTrouble
from msht_tui.store.audit import Audit
from tests.cli.conftest import PASSPHRASE, SUPERVISOR

if TYPE_CHECKING:
    from tests.cli.conftest import LiveScript

CANARY = "Zuzanna Kanarkova"
LETTERS = "[0-9A-Z]{5}"


def texts(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def plain_case(live: LiveScript) -> str:
    """A case that was written into the live store before it was set up."""
    from msht_tui import bootstrap
    from msht_tui.content.library import Library
    from msht_tui.service import Casework
    from msht_tui.store.folder import FolderStore

    store = FolderStore(live.store, bootstrap._read_kept, exercise=False)
    casework = Casework(store, Library(), bootstrap.SystemClock(), bootstrap.Workplace(live.store, operator="PC 1").zone, "PC 1")
    case_id = casework.open_case(reference="OLD-1").case_id
    casework.note(case_id, CANARY)
    return case_id


BEFORE = [
    ("case", "new"),
    ("case", "list"),
    ("case", "list", "--json"),
    ("case", "show", "L-1"),
    ("log", "L-1"),
    ("note", "L-1", "words"),
    ("summary", "L-1"),
    ("nrm", "route", "L-1", "V1"),
    ("operator", "list"),
    ("operator", "recover", SUPERVISOR),
    ("store", "backup", "elsewhere"),
    ("store", "rebuild"),
    ("store", "convert"),
    ("store", "dump", "L-1"),
    ("store", "acknowledge", "L-1", "--because", "x"),
]


@pytest.mark.parametrize("command", BEFORE, ids=" ".join)
def test_a_live_store_that_is_not_set_up_is_refused_with_what_to_do(unset: LiveScript, command: tuple[str, ...]) -> None:
    ended = unset(*command)
    assert (ended.code, ended.out) == (1, "")
    assert "msht setup" in ended.err
    assert "--exercise" in ended.err
    assert not unset.store.exists()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("content", "list"), 0),
        (("content", "show"), 0),
        (("--help",), 0),
        (("--version",), 0),
        (("fact", "list"), 0),
        (("nrm", "fields"), 0),
        (("store", "info"), 0),
        (("store", "verify"), 6),
    ],
    ids=str,
)
def test_what_shows_nothing_of_a_case_needs_nobody(unset: LiveScript, command: tuple[str, ...], code: int) -> None:
    ended = unset.bare("--store", str(unset.store), "--as", "PC 1", *command)
    assert ended.code == code
    assert "setup" not in ended.err


def test_setup_makes_the_first_supervisor_and_shows_the_recovery_code_once(unset: LiveScript) -> None:
    said = unset.done("setup", "--operator", SUPERVISOR)
    (code,) = re.findall(rf"Recovery code: ({LETTERS}(?:-{LETTERS}){{5}})\n", said)
    assert "not shown again" in said
    assert unset.data("operator", "list") == [{"id": SUPERVISOR, "role": "supervisor"}]
    assert code not in "".join(unset(*command).out for command in (("operator", "list"), ("store", "info"), ("case", "list")))
    ended = unset("setup", "--operator", "PS 78")
    assert (ended.code, ended.out) == (1, "")
    assert "set up already" in ended.err


def test_setup_writes_the_settings_that_were_given_before_those_that_are_there(unset: LiveScript) -> None:
    unset.store.mkdir()
    path = unset.store / "settings.toml"
    path.write_text('zone = "Europe/Paris"\n[local]\nparties-separated = "ring 7"\n', "utf-8")
    unset.done("setup", "--operator", SUPERVISOR, "--force", 'Fenland "East"', "--marking", "OFFICIAL")
    assert tomllib.loads(path.read_text("utf-8")) == {
        "force": 'Fenland "East"',
        "marking": "OFFICIAL",
        "zone": "Europe/Paris",
        "local": {"parties-separated": "ring 7"},
    }
    unset.done("case", "new", "--ref", "L-1")
    assert unset.done("summary", "L-1", "--format", "text").splitlines()[0].strip() == "OFFICIAL"


@pytest.mark.parametrize("option", ["--force", "--marking"])
@pytest.mark.parametrize("text", ["marking = ", 'colour = "red"', "\xff"])
def test_settings_that_cannot_be_used_are_refused_before_anything_is_made(unset: LiveScript, text: str, option: str) -> None:
    unset.store.mkdir()
    (unset.store / "settings.toml").write_text(text, "latin-1")
    before = texts(unset.store)
    ended = unset("setup", "--operator", SUPERVISOR, option, "Fenland")
    assert (ended.code, ended.out) == (3, "")
    assert "settings.toml cannot be used" in ended.err
    assert texts(unset.store) == before


def test_setup_changes_no_setting_and_nothing_else_then(unset: LiveScript) -> None:
    unset.store.mkdir()
    (unset.store / "settings.toml").write_text('marking = "OURS"\n', "utf-8")
    before = texts(unset.store)
    ended = unset("setup", "--operator", SUPERVISOR, "--marking", "THEIRS")
    assert ended.code == 1
    assert "says already what the marking is" in ended.err
    assert texts(unset.store) == before


@pytest.mark.parametrize(
    ("passphrase", "operator", "words"),
    [("too short", SUPERVISOR, "at least 12 characters"), (PASSPHRASE, "  ", "needs an id"), (PASSPHRASE, "x" * 201, "200 fit")],
)
def test_a_poor_passphrase_or_id_is_refused_and_nothing_is_made(unset: LiveScript, passphrase: str, operator: str, words: str) -> None:
    ended = unset.bare("--store", str(unset.store), "setup", "--operator", operator, "--passphrase-file", unset.secret(passphrase))
    assert (ended.code, ended.out) == (1, "")
    assert words in ended.err
    assert not unset.store.exists()


def test_somebody_elses_folder_is_not_set_up(unset: LiveScript) -> None:
    unset.store.mkdir()
    (unset.store / "letter.txt").write_bytes(b"")
    ended = unset("setup", "--operator", SUPERVISOR)
    assert ended.code == 3
    assert "is not a store" in ended.err
    assert [path.name for path in unset.store.iterdir()] == ["letter.txt"]


def test_exercises_are_not_set_up_and_need_nobody(unset: LiveScript) -> None:
    assert unset("case", "new", exercise=True).code == 0
    for command in (("setup", "--operator", SUPERVISOR), ("operator", "list"), ("operator", "recover", SUPERVISOR)):
        ended = unset(*command, exercise=True)
        assert ended.code == 1, command
        assert "leave --exercise out" in ended.err
    assert "Exercises are never sealed" in unset("store", "convert", exercise=True).err


def test_entries_carry_the_id_as_it_was_given_at_the_set_up(live: LiveScript) -> None:
    live.passphrases["ps 77"] = PASSPHRASE
    other = live.by("ps 77")
    other.done("case", "new", "--ref", "L-1")
    other.done("note", "L-1", "words")
    assert {entry["by"] for entry in live.data("log", "L-1")} == {SUPERVISOR}


def test_a_wrong_passphrase_or_id_is_refused_in_the_same_words(live: LiveScript) -> None:
    given = ("--store", str(live.store), "--passphrase-file", live.secret("not the one it is"))
    wrong, nobody = (live.bare(*given, "--as", operator, "case", "list") for operator in (SUPERVISOR, "PC 404"))
    assert (wrong.code, wrong.out) == (1, "")
    assert wrong == nobody
    assert "do not go together" in wrong.err


def test_the_growing_wait_is_told_before_it_begins(live: LiveScript, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("msht_tui.cli.signing.time.sleep", waited.append)
    right, wrong = live.passphrases[SUPERVISOR], "not the one it is"
    live.passphrases[SUPERVISOR] = wrong
    told = [re.findall(r"Waiting (\d+) s", live("case", "list").err) for _ in range(6)]
    assert told == [[], [], [], ["1"], ["2"], ["4"]]
    assert waited == [1, 2, 4]
    live.passphrases[SUPERVISOR] = right
    assert "Waiting 8 s" in live("case", "list").err
    assert live("case", "list").err == ""


def test_the_operator_is_signed_out_however_a_command_ends(live: LiveScript, monkeypatch: pytest.MonkeyPatch) -> None:
    from msht_tui.store.keys.session import Session

    closed: list[str] = []
    monkeypatch.setattr(Session, "close", lambda self: closed.append(self.operator))
    live.done("case", "list")
    live.done("case", "list", "--json")
    live("case", "show", "nowhere")
    live("store", "verify")
    assert closed == [SUPERVISOR] * 4


def test_a_store_of_before_is_refused_until_it_is_converted(unset: LiveScript) -> None:
    case_id = plain_case(unset)
    assert CANARY.encode() in b"".join(texts(unset.store).values())
    assert "msht store convert" in unset.done("setup", "--operator", SUPERVISOR)
    for command in (
        ("case", "list"),
        ("case", "show", "OLD-1"),
        ("case", "new"),
        ("note", case_id, "x"),
        ("store", "rebuild"),
        ("store", "dump", case_id),
    ):
        ended = unset(*command)
        assert (ended.code, ended.out) == (3, ""), command
        assert "msht store convert" in ended.err
    assert "1 case sealed" in unset.done("store", "convert")
    assert "0 cases sealed" in unset.done("store", "convert")
    (line,) = unset.data("audit", "show", "--kind", "case-sealed")["lines"]
    assert (line["case"], line["by"]) == (case_id, SUPERVISOR)


def test_a_case_of_before_is_not_sealed_when_that_cannot_be_recorded(unset: LiveScript, monkeypatch: pytest.MonkeyPatch) -> None:
    plain_case(unset)
    unset.done("setup", "--operator", SUPERVISOR)
    appended = Audit.append

    def full(self: Audit, event: AuditEvent, at: datetime) -> None:
        if isinstance(event, CaseSealed):
            raise StoreTrouble("The disk is full: free some space, then try again.")
        appended(self, event, at)

    with monkeypatch.context() as broken:
        broken.setattr(Audit, "append", full)
        ended = unset("store", "convert")
    assert (ended.code, ended.out) == (3, "")
    assert "The disk is full" in ended.err
    assert CANARY.encode() in b"".join(texts(unset.store).values())
    assert "1 case sealed" in unset.done("store", "convert")
    assert unset.data("log", "OLD-1")[-1]["text"] == f"Note: {CANARY}"
    assert CANARY.encode() not in b"".join(texts(unset.store).values())
    assert unset.done("store", "verify").endswith("1 case: 1 intact.")


def test_a_terminal_is_not_set_up_over_a_damaged_case(unset: LiveScript) -> None:
    case_id = plain_case(unset)
    path = unset.store / "cases" / f"{case_id}.tdb"
    path.write_bytes(path.read_bytes().replace(b"OLD-1", b"OLD-2"))
    before = texts(unset.store)
    ended = unset("setup", "--operator", SUPERVISOR, "--force", "Fenland")
    assert (ended.code, ended.out) == (3, "")
    assert str(path) in ended.err
    assert "move it out of the store first. Nothing was set up." in ended.err
    assert texts(unset.store) == before


def test_only_a_supervisor_converts(unset: LiveScript) -> None:
    case_id = plain_case(unset)
    unset.done("setup", "--operator", SUPERVISOR)
    unset.let_in("PC 9")
    ended = unset.by("PC 9")("store", "convert")
    assert (ended.code, ended.out) == (1, "")
    assert "PC 9 is no supervisor: ask one to seal" in ended.err
    assert CANARY.encode() in (unset.store / "cases" / f"{case_id}.tdb").read_bytes()


def test_a_plain_file_that_was_put_there_is_no_case_and_stops_nobody(live: LiveScript) -> None:
    """Such as an exercise that was copied over."""
    live("case", "new", "--ref", "MADE-UP", exercise=True)
    (exercise,) = (live.store / "exercise" / "cases").glob("*.tdb")
    planted = live.store / "cases" / exercise.name
    planted.parent.mkdir(exist_ok=True)
    planted.write_bytes(exercise.read_bytes())
    ended = live("store", "verify")
    assert ended.code == 4
    assert f"Move {planted} out of the folder, and tell a supervisor" in ended.out
    live.done("case", "new", "--ref", "L-1")
    assert live("case", "show", "L-1").code == 0
    assert "convert" not in live("case", "list").err
    ended = live("store", "convert")
    assert ended.code == 3
    assert "not of this store" in ended.err
    assert planted.read_bytes() == exercise.read_bytes()


def test_a_store_without_its_keys_is_not_set_up_again(live: LiveScript, tmp_path: Path) -> None:
    live.done("case", "new", "--ref", "L-1")
    keys = live.store / "keys"
    keys.rename(tmp_path / "away")
    before = texts(live.store)
    words = f"The keys of this store are gone: put back all of {keys} from a backup of keys."
    for command in (
        ("setup", "--operator", SUPERVISOR, "--force", "Fenland"),
        ("case", "list"),
        ("operator", "list"),
        ("store", "convert"),
    ):
        ended = live(*command)
        assert (ended.code, ended.out) == (3, ""), command
        assert words in ended.err
        assert "msht setup" not in ended.err
    ended = live.bare("--store", str(live.store), "--as", "PC 1", "store", "verify")
    assert ended.code == 6
    assert words in ended.out
    assert texts(live.store) == before
    (tmp_path / "away").rename(keys)
    assert live.done("case", "show", "L-1")


def test_a_case_of_before_that_was_damaged_since_stays_and_is_named(unset: LiveScript) -> None:
    case_id = plain_case(unset)
    unset.done("setup", "--operator", SUPERVISOR)
    path = unset.store / "cases" / f"{case_id}.tdb"
    path.write_bytes(path.read_bytes().replace(b"OLD-1", b"OLD-2"))
    ended = unset("store", "convert")
    assert ended.code == 3
    assert case_id in ended.err
    assert "is left as it is" in ended.err
    assert unset.data("audit", "show", "--kind", "case-sealed")["lines"] == []


def test_a_sealed_store_is_verified_by_anybody_and_read_by_those_signed_in(live: LiveScript) -> None:
    live.done("case", "new", "--ref", "L-1")
    code = live.data("case", "show", "L-1")["case"]["check_code"]
    case_id = live.data("case", "list")["cases"][0]["id"]
    anybody = ("--store", str(live.store), "--as", "PC 1")
    assert live.bare(*anybody, "store", "verify", case_id, "--code", code).code == 0
    assert live.bare(*anybody, "store", "info", "--json").data["entries"] == 2
    assert live("store", "verify", "L-1", "--code", code).code == 0
    info = " ".join(live.bare(*anybody, "store", "info").out.split())
    assert "Newest act sealed: sign in" in info
    assert "Newest act 19:00" in " ".join(live.done("store", "info").split())


def test_a_backup_keeps_the_keys_apart_and_a_restore_takes_both(live: LiveScript, tmp_path: Path) -> None:
    live.done("case", "new", "--ref", "L-1")
    live.done("note", "L-1", CANARY)
    said = live.done("store", "backup", str(tmp_path / "copy"))
    assert str(tmp_path / "copy-keys") in said
    assert CANARY.encode() not in b"".join(texts(tmp_path / "copy").values())
    (tmp_path / "copy-keys").rename(tmp_path / "in the safe")
    new = type(live)(tmp_path / "new", live.secrets)
    restore = ("--store", str(new.store), "--as", "PC 1", "store", "restore", str(tmp_path / "copy"))
    assert live.bare(*restore).code != 0
    assert live.bare(*restore, "--keys", str(tmp_path / "in the safe")).code == 0
    assert new.data("log", "L-1")[-1]["text"] == f"Note: {CANARY}"


def test_no_secret_and_no_text_of_a_case_stands_in_a_file_or_in_what_is_complained(live: LiveScript, tmp_path: Path) -> None:
    live.let_in("PC 9")
    new = "another way into this terminal"
    wrong = "Wrongpassphrase once and never again"
    complained = [
        live.by("PC 9")(*command).err
        for command in (
            ("case", "new", "--ref", "L-1 Kanarkova"),
            ("subject", "add", "L-1 Kanarkova", "victim", "--label", CANARY),
            ("note", "L-1 Kanarkova", CANARY),
            ("case", "list"),
            ("mark", "L-1 Kanarkova", "parties-separated@V1", "not-needed", "--because", CANARY),
            ("store", "rebuild"),
            ("case", "show", "L-1 Kanarkova"),
            ("note", "L-1 Kanarkova", " "),
        )
    ]
    complained.append(live("operator", "reset", "PC 9", "--new-passphrase-file", live.secret(new)).err)
    complained.append(
        live("operator", "recover", SUPERVISOR, "--code-file", live.secret(live.code), "--new-passphrase-file", live.secret(new)).err
    )
    live.passphrases[SUPERVISOR] = wrong
    complained.append(live("case", "list").err)
    held = b"".join([*texts(live.store).values(), *(part.encode() for part in complained)])
    plain_code = live.code.replace("-", "")
    for canary in (CANARY, "Kanarkova", PASSPHRASE, new, wrong, live.passphrases["PC 9"], live.code, plain_code):
        assert canary.encode() not in held, canary
