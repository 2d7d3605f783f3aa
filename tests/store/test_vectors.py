"""Files of every edge case, kept for ever: each still opens as it did, or is refused with the same place named."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
from pathlib import Path
from random import Random
from typing import Any, cast, get_args

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from msht_tui.domain.entry import AnyEvent
from msht_tui.store import chain
from msht_tui.store.case_file import CaseFile
from msht_tui.store.case_keys import CaseKeys
from msht_tui.store.codec import Sealed
from msht_tui.store.disk import Disk
from msht_tui.store.inspection import inspect
from msht_tui.store.sealing import Seal
from msht_tui.store.trouble import Damaged

VECTORS = Path(__file__).with_name("vectors")
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((VECTORS / "expected.toml").read_text("utf-8"))


def test_every_file_has_its_outcome() -> None:
    assert {path.stem for path in VECTORS.glob("*.tdb")} == set(EXPECTED)
    assert len(EXPECTED) >= 25


@pytest.mark.parametrize("name", EXPECTED)
def test_a_file_comes_out_as_it_did(name: str) -> None:
    path, expected = VECTORS / f"{name}.tdb", EXPECTED[name]
    before = path.read_bytes()
    if "refused" in expected:
        with pytest.raises(Damaged) as damaged:
            CaseFile(path, Disk())
        assert expected["refused"] in str(damaged.value)
        assert str(path) in str(damaged.value) and "Nothing was written." in str(damaged.value)
    else:
        case = CaseFile(path, Disk())
        assert len(case.entries) == len(case.database) == expected["entries"]
        assert case.check_code == expected["check_code"]
        assert (expected["notice"] in case.notice) if expected["notice"] else case.notice == ""
    assert path.read_bytes() == before
    assert not path.with_suffix(".lock").exists()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_check_says_of_a_file_what_the_record_says(name: str) -> None:
    expected = EXPECTED[name]
    found = inspect(name, (VECTORS / f"{name}.tdb").read_bytes())
    if "refused" in expected:
        assert found.state in ("broken", "unreadable")
    else:
        assert found.state == ("unfinished" if expected["notice"] else "intact")
        assert (len(found.entries), found.check_code) == (expected["entries"], expected["check_code"])


def test_both_readers_agree_on_files_that_are_changed_at_random(tmp_path: Path) -> None:
    dice = Random(3)
    for name in EXPECTED:
        whole = (VECTORS / f"{name}.tdb").read_bytes()[:3000]
        path = tmp_path / f"{name}.tdb"
        for _ in range(12):
            data = bytearray(whole)
            begin = dice.randrange(len(data) + 1)
            data[begin : begin + dice.randrange(60)] = dice.randbytes(dice.randrange(4))
            path.write_bytes(data)
            found = inspect(name, bytes(data))
            try:
                case = CaseFile(path, Disk())
            except Damaged:
                assert found.state in ("broken", "unreadable"), bytes(data)
            else:
                assert (found.state, found.check_code) == ("unfinished" if case.notice else "intact", case.check_code), bytes(data)


FORMAT = Path(__file__).resolve().parents[2] / "docs" / "store-format.md"


def test_the_worked_example_of_the_format_is_right() -> None:
    """The digest on the page is the one that the page's own words give, and the one in the file it names."""
    before, payload, digest = (
        re.search(rf"^{name} +(.+)$", FORMAT.read_text("utf-8"), re.MULTILINE)[1]  # type: ignore[index]
        for name in ("before", "payload", "digest")
    )
    assert hashlib.sha256(f"{before}\n{payload}".encode()).hexdigest() == digest
    first = (VECTORS / "one-entry.tdb").read_bytes().splitlines(keepends=True)[0]
    assert first == f"{digest} {payload}\n".encode()
    assert len(first) == 64 + 1 + 53 + 1
    assert chain.check_line(before, first[:-1]) == (payload.encode(), digest)


def test_the_page_names_every_kind_of_event() -> None:
    page = FORMAT.read_text("utf-8")
    kinds = [event.__struct_config__.tag for event in get_args(AnyEvent)]
    assert [kind for kind in kinds if f"`{kind}`" not in page] == []


SEALED = VECTORS / "sealed"
SEALED_EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((SEALED / "expected.toml").read_text("utf-8"))


class FixedKeys:
    """The key of the vectors, for any case."""

    def __init__(self) -> None:
        told = (SEALED / "expected.toml").read_text("utf-8").splitlines()[0]
        self.key = bytes.fromhex(told.rpartition(" ")[2])
        self.session = self

    def refresh(self) -> None:
        pass

    def seal(self, case_id: str) -> Seal:
        return Seal(self.key, case_id)


def codec_of(name: str) -> Sealed:
    return Sealed(cast("CaseKeys", FixedKeys()), name)


def test_every_sealed_file_has_its_outcome() -> None:
    assert {path.stem for path in SEALED.glob("*.tdb")} == set(SEALED_EXPECTED)
    assert len(SEALED_EXPECTED) >= 20


@pytest.mark.parametrize("name", SEALED_EXPECTED)
def test_a_sealed_file_comes_out_as_it_did(name: str) -> None:
    path, expected = SEALED / f"{name}.tdb", SEALED_EXPECTED[name]
    found = inspect(name, path.read_bytes(), codec_of(name))
    if "refused" in expected:
        with pytest.raises(Damaged) as damaged:
            CaseFile(path, Disk(), codec=codec_of(name))
        assert expected["refused"] in str(damaged.value)
        assert str(path) in str(damaged.value) and "Nothing was written." in str(damaged.value)
        assert found.state in ("broken", "unreadable")
    else:
        case = CaseFile(path, Disk(), codec=codec_of(name))
        assert len(case.entries) == len(case.database) == expected["entries"]
        assert case.check_code == found.check_code == expected["check_code"]
        assert (expected["notice"] in case.notice) if expected["notice"] else case.notice == ""
        assert found.state == ("unfinished" if expected["notice"] else "intact")


@pytest.mark.parametrize("name", SEALED_EXPECTED)
def test_a_sealed_file_is_verified_without_its_key(name: str) -> None:
    expected = SEALED_EXPECTED[name]
    found = inspect(name, (SEALED / f"{name}.tdb").read_bytes())
    assert found.state == expected["without_key"]
    if "entries" in expected:
        assert (found.last, found.check_code) == (expected["entries"], expected["check_code"])


def test_the_sealed_example_of_the_format_is_right() -> None:
    """What is on the page opens to what the page says, by nothing but AES."""
    page = FORMAT.read_text("utf-8")
    key, nonce, after, opened = (
        re.search(rf"^{name} +(.+)$", page, re.MULTILINE)[1]  # type: ignore[index]
        for name in ("key", "nonce", "follows", "opened")
    )
    header, record = (SEALED / "one-entry.tdb").read_bytes().splitlines()
    assert header[:64].decode() == after
    (sealed,) = json.loads(record[65:])
    data = base64.b64decode(sealed["sealed"])
    assert data[:12].hex() == nonce
    about = f"msht record 1\none-entry\n{sealed['number']}\n{after}".encode()
    assert AESGCM(bytes.fromhex(key)).decrypt(data[:12], data[12:], about).decode() == opened
