"""`msht operator`: who may sign in, and what each of them may change."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from msht_tui.domain.audit import AuditEvent, OperatorChanged, RecoveryRenewed, RecoveryUsed
from msht_tui.ports import StoreTrouble
from msht_tui.store.audit import Audit
from msht_tui.store.keys.passphrase import new_code
from tests.cli.conftest import PASSPHRASE, SUPERVISOR

if TYPE_CHECKING:
    from tests.cli.conftest import LiveScript

NEW = "another way into this terminal"


def roles(live: LiveScript) -> dict[str, str]:
    return {one["id"]: one["role"] for one in live.data("operator", "list")}


def refused(live: LiveScript, *arguments: str) -> str:
    """What a command says that has to be refused."""
    ended = live(*arguments)
    assert (ended.code, ended.out) == (1, "")
    return ended.err


def test_operators_are_let_in_listed_given_roles_and_removed(live: LiveScript) -> None:
    live.let_in("PC 9")
    live.let_in("TR 1", "trainer")
    assert roles(live) == {SUPERVISOR: "supervisor", "PC 9": "operator", "TR 1": "trainer"}
    assert live.done("operator", "list").splitlines()[0].split() == ["PC", "9", "operator"]
    live.by("PC 9").done("case", "new", "--ref", "L-1")
    live.done("operator", "role", "pc 9", "supervisor")
    live.by("PC 9").done("operator", "remove", "TR 1")
    assert roles(live.by("PC 9")) == {SUPERVISOR: "supervisor", "PC 9": "supervisor"}


def test_somebody_who_was_removed_is_refused_and_what_they_entered_stays(live: LiveScript) -> None:
    live.let_in("PC 9")
    live.by("PC 9").done("case", "new", "--ref", "L-1")
    assert "docs/security.md" in live.done("operator", "remove", "PC 9")
    assert "do not go together" in refused(live.by("PC 9"), "case", "list")
    assert live.data("log", "L-1")[0]["by"] == "PC 9"
    live.done("note", "L-1", "work goes on")


def test_a_reset_gives_a_new_passphrase_and_ends_the_old_one(live: LiveScript) -> None:
    live.let_in("PC 9")
    live.done("operator", "reset", "PC 9", "--new-passphrase-file", live.secret(NEW))
    assert "do not go together" in refused(live.by("PC 9"), "case", "list")
    live.passphrases["PC 9"] = NEW
    live.by("PC 9").done("case", "list")


def test_operators_reset_themselves_and_nobody_else(live: LiveScript) -> None:
    live.let_in("PC 9")
    constable = live.by("PC 9")
    assert "no supervisor" in refused(constable, "operator", "reset", SUPERVISOR, "--new-passphrase-file", live.secret(NEW))
    constable.done("operator", "reset", "PC 9", "--new-passphrase-file", live.secret(NEW))
    live.passphrases["PC 9"] = NEW
    constable.done("case", "list")


@pytest.mark.parametrize(
    "command",
    [
        ("add", "PC 10", "--role", "operator", "--new-passphrase-file", "FILE"),
        ("reset", SUPERVISOR, "--new-passphrase-file", "FILE"),
        ("role", "PC 9", "supervisor"),
        ("remove", SUPERVISOR),
        ("new-recovery-code",),
    ],
    ids=lambda command: command[0],
)
@pytest.mark.parametrize("role", ["operator", "trainer"])
def test_only_a_supervisor_changes_who_signs_in(live: LiveScript, role: str, command: tuple[str, ...]) -> None:
    live.let_in("PC 9", role)
    before = roles(live)
    arguments = [live.secret(NEW) if word == "FILE" else word for word in command]
    assert "PC 9 is no supervisor" in refused(live.by("PC 9"), "operator", *arguments)
    assert roles(live) == before


def test_the_last_supervisor_stays(live: LiveScript) -> None:
    live.let_in("PC 9")
    for role in ("operator", "trainer"):
        assert "last supervisor" in refused(live, "operator", "role", "ps 77", role)
    assert "Nobody removes themselves" in refused(live, "operator", "remove", "ps 77")
    assert roles(live)[SUPERVISOR] == "supervisor"
    live.let_in("PS 78", "supervisor")
    assert "Nobody removes themselves" in refused(live, "operator", "remove", SUPERVISOR)
    live.by("PS 78").done("operator", "remove", SUPERVISOR)
    assert roles(live.by("PS 78")) == {"PC 9": "operator", "PS 78": "supervisor"}
    assert "last supervisor" in refused(live.by("PS 78"), "operator", "role", "PS 78", "operator")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("add", "ps 77", "--role", "operator", "--new-passphrase-file", "FILE"), "There is an operator 'ps 77' already"),
        (("reset", "PC 404", "--new-passphrase-file", "FILE"), "There is no operator 'PC 404'"),
        (("role", "PC 404", "trainer"), "There is no operator 'PC 404'"),
        (("remove", "PC 404"), "There is no operator 'PC 404'"),
        (("add", "PC 9", "--role", "operator", "--new-passphrase-file", "SHORT"), "at least 12 characters"),
    ],
)
def test_what_cannot_be_changed_is_refused(live: LiveScript, arguments: tuple[str, ...], words: str) -> None:
    files = {"FILE": live.secret(NEW), "SHORT": live.secret("too short")}
    assert words in refused(live, "operator", *(files.get(word, word) for word in arguments))
    assert roles(live) == {SUPERVISOR: "supervisor"}


@pytest.mark.parametrize("arguments", [("add", "PC 9"), ("add", "PC 9", "--role", "chief"), ("role", "PC 9", "chief"), ("remove",)])
def test_wrong_usage_ends_with_2(live: LiveScript, arguments: tuple[str, ...]) -> None:
    assert live("operator", *arguments).code == 2


def test_the_recovery_code_lets_a_supervisor_back_in_once(live: LiveScript) -> None:
    live.done("case", "new", "--ref", "L-1")
    recover = ("operator", "recover", SUPERVISOR, "--new-passphrase-file", live.secret(NEW), "--code-file")
    nobody = ("--store", str(live.store))
    said = live.bare(*nobody, *recover, live.secret(live.code.lower()))
    assert said.code == 0
    (next_code,) = re.findall(r"Recovery code: (\S+)", said.out)
    assert next_code != live.code
    assert "do not go together" in refused(live, "case", "list")
    live.passphrases[SUPERVISOR] = NEW
    live.done("log", "L-1")
    again = live.bare(*nobody, *recover, live.secret(live.code))
    assert (again.code, again.out) == (1, "")
    assert "may have been used" in again.err
    assert live.bare(*nobody, *recover, live.secret(next_code)).code == 0


def test_the_recovery_code_lets_nobody_in_who_is_no_supervisor(live: LiveScript) -> None:
    live.let_in("PC 9")
    recover = ("--new-passphrase-file", live.secret(NEW), "--code-file", live.secret(live.code))
    assert "is no supervisor" in refused(live, "operator", "recover", "PC 9", *recover)
    assert "is not a recovery code" in refused(live, "operator", "recover", SUPERVISOR, *recover[:3], live.secret(PASSPHRASE))


def test_a_new_recovery_code_ends_the_one_before(live: LiveScript) -> None:
    (code,) = re.findall(r"Recovery code: (\S+)", live.done("operator", "new-recovery-code"))
    recover = ("operator", "recover", SUPERVISOR, "--new-passphrase-file", live.secret(NEW), "--code-file")
    assert "opens nothing here" in refused(live, *recover, live.secret(live.code))
    assert live(*recover, live.secret(code)).code == 0


def test_every_field_of_the_data_is_described(live: LiveScript) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "json.md").read_text("utf-8")
    section = text.partition("## `msht operator list --json`\n")[2].partition("\n## ")[0]
    assert {field for one in live.data("operator", "list") for field in one} == set(re.findall(r"`([a-z_]+)`", section)) & {"id", "role"}


CHANGES = {
    "add": ("PC 8", "--role", "operator", "--new-passphrase-file"),
    "reset": ("PC 9", "--new-passphrase-file"),
    "role": ("PC 9", "supervisor"),
    "remove": ("PC 9",),
    "recover": (SUPERVISOR, "--code-file", "CODE", "--new-passphrase-file"),
    "new-recovery-code": (),
}


@pytest.mark.parametrize("command", CHANGES)
def test_what_cannot_be_recorded_is_not_changed(command: str, live: LiveScript, monkeypatch: pytest.MonkeyPatch) -> None:
    live.let_in("PC 9")
    appended = Audit.append

    def full(self: Audit, event: AuditEvent, at: datetime) -> None:
        if isinstance(event, OperatorChanged | RecoveryUsed | RecoveryRenewed):
            raise StoreTrouble("The disk is full: free some space, then try again.")
        appended(self, event, at)

    before = (live.store / "keys" / "operators.keys").read_bytes()
    given = [live.secret(live.code) if one == "CODE" else one for one in CHANGES[command]]
    new = [live.secret(NEW)] if given and given[-1].endswith("-file") else []
    with monkeypatch.context() as broken:
        broken.setattr(Audit, "append", full)
        ended = live("operator", command, *given, *new)
    assert (ended.code, ended.out) == (3, "")
    assert "The disk is full" in ended.err
    assert (live.store / "keys" / "operators.keys").read_bytes() == before


def test_a_wrong_recovery_code_is_recorded(live: LiveScript) -> None:
    wrong = live.secret(new_code())
    for who in (SUPERVISOR, "PC 404"):
        assert live("operator", "recover", who, "--code-file", wrong, "--new-passphrase-file", live.secret(NEW)).code == 1
    offered = [line.get("offered", "") for line in live.data("audit", "show", "--kind", "sign-in-failed")["lines"]]
    assert offered == [SUPERVISOR, ""]
