"""A store that lost its keys is no new one: it is never set up again, and everybody who asks is told to put the keys back."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from msht_tui.domain.audit import SignedOut
from msht_tui.domain.refusal import Refused
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile
from msht_tui.store.backup import back_up
from msht_tui.store.care import worst
from msht_tui.store.disk import Disk
from msht_tui.store.keys.passphrase import new_code
from msht_tui.store.set_up import KeysGone, plain_cases, state_of

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
ONE = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
GONE = r"The keys of this store are gone: put back all of .*keys from a backup of keys\."
Terminal = Any


def begun(terminal: Terminal) -> Audit:
    audit = Audit(AuditFile(terminal.root))
    audit.begin(NOW)
    return audit


def work(terminal: Terminal) -> None:
    """Leave one of everything that somebody who is signed in writes."""
    terminal.begin(terminal.store(), ONE).close()
    store = terminal.store()
    terminal.rows(store)
    store.keep_profile(terminal.ann, {"name": "Ann"})
    store.keep_draft(ONE, terminal.ann, {"note": "half"})
    begun(terminal).file.close()
    Audit(AuditFile(terminal.root), terminal.session()).append(SignedOut(), NOW)


KEPT = {
    "a case": f"cases/{ONE}.tdb",
    "the catalogue": "catalogue.sealed",
    "the profiles": "profiles.sealed",
    "a draft": "drafts/*.draft",
    "the audit": "audit.tdb",
    "the keys of cases": "keys/cases.keys",
}


@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)
def test_whatever_a_store_that_was_set_up_writes_tells_that_its_keys_are_gone(terminal: Terminal, tmp_path: Path, kept: str) -> None:
    work(terminal)
    left = type(terminal)(tmp_path / "left")
    (path,) = terminal.root.glob(kept)
    copy = left.root / path.relative_to(terminal.root)
    copy.parent.mkdir(parents=True)
    shutil.copy(path, copy)
    before = left.files()
    acts = [
        lambda: left.operators().is_set_up(),
        left.operators().refuse_set_up,
        left.set_up,
        left.session,
        lambda: left.operators().recover(new_code(), terminal.ann, "ann rides a bicycle"),
    ]
    for act in acts:
        with pytest.raises(KeysGone, match=GONE):
            act()
    assert left.files() == before


def test_whoever_is_signed_in_when_the_keys_go_is_told_so(terminal: Terminal, tmp_path: Path) -> None:
    work(terminal)
    session = terminal.session()
    (terminal.root / "keys").rename(tmp_path / "keys")
    with pytest.raises(KeysGone, match=GONE):
        session.refresh()
    (tmp_path / "keys").rename(terminal.root / "keys")
    session.refresh()
    assert session.key == terminal.session().key


def test_verifying_says_that_the_keys_are_gone_until_they_are_back(terminal: Terminal) -> None:
    work(terminal)
    keys = terminal.root / "keys"
    keys.rename(terminal.root.parent / "away")
    found = terminal.care().verify()
    assert [one.words for one in found if one.code == 6] == [
        f"The keys of this store are gone: put back all of {keys} from a backup of keys."
    ]
    assert terminal.care().info().faults == 1
    (terminal.root.parent / "away").rename(keys)
    assert worst(terminal.care().verify()) == 0
    assert terminal.store().open(ONE).entries


def test_a_backup_keeps_its_keys_apart_and_misses_none(terminal: Terminal, tmp_path: Path) -> None:
    work(terminal)
    back_up(terminal.care(), terminal.root / "settings.toml", tmp_path / "copy", program="1", now=NOW)
    copy = type(terminal)(tmp_path / "copy")
    assert worst(copy.care().verify()) == 0
    with pytest.raises(KeysGone):
        copy.set_up()


def test_a_new_store_and_one_of_before_are_set_up(new_terminal: Terminal) -> None:
    keys = new_terminal.root / "keys"
    assert state_of(keys, Disk()) == "fresh"
    store = new_terminal.plain_store()
    new_terminal.begin(store, ONE).close()
    new_terminal.rows(store)
    (new_terminal.root / "cases" / "x.tdb").write_bytes(b"")
    assert state_of(keys, Disk()) == "fresh" and plain_cases(new_terminal.root, Disk()) == [ONE]
    assert worst(new_terminal.care().verify(ONE)) == 0
    new_terminal.set_up()
    assert state_of(keys, Disk()) == "set up"
    with pytest.raises(Refused, match="set up already"):
        new_terminal.operators().refuse_set_up()


def test_a_set_up_that_was_broken_off_is_done_again(new_terminal: Terminal) -> None:
    """The audit was begun and the file of the keys of cases is there, with nothing in either; nobody could sign in yet."""
    new_terminal.set_up()
    (new_terminal.root / "keys" / "operators.keys").unlink()
    begun(new_terminal).file.close()
    new_terminal.set_up()
    assert new_terminal.session()
