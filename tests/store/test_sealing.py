"""What is sealed comes back in its own place under its own key, and nowhere else, and not with a bit changed."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msht_tui.store import chain
from msht_tui.store.sealing import Seal, StoreKey, new_key, number_of, open_blob, seal_blob
from msht_tui.store.trouble import Damaged

CASE, OTHER = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11", "77aa3f60-6f5f-4a53-9d0e-1c9f6f6a7a22"
KEY = new_key()
BEFORE = "ab" * 32
ACT = b'[{"number":2,"kind":"note-added","text":"The van is back."}]'


@given(st.binary(max_size=2000), st.integers(0, 10**9 - 1))
def test_what_was_sealed_comes_back(payload: bytes, number: int) -> None:
    seal = Seal(KEY, CASE)
    sealed = seal.seal(payload, number, BEFORE)
    assert seal.open(sealed, BEFORE) == payload
    assert number_of(sealed) == number


def test_nothing_of_an_act_shows_and_the_same_act_is_never_sealed_the_same() -> None:
    seal = Seal(KEY, CASE)
    sealed = [seal.seal(ACT, 2, BEFORE) for _ in range(200)]
    assert len(set(sealed)) == 200
    assert not any(word in one for one in sealed for word in (b"The van", b"note-added", b"kind"))


@given(st.binary(min_size=1, max_size=300))
def test_a_sealed_act_stands_in_a_line_that_the_chain_verifies_without_a_key(payload: bytes) -> None:
    sealed = Seal(KEY, CASE).seal(payload, 2, BEFORE)
    assert sealed.isascii() and b"\n" not in sealed
    digest = chain.digest_of(BEFORE, sealed)
    found = chain.scan(f"{digest} ".encode() + sealed + b"\n", 0, BEFORE)
    assert [act.payload for act in found.acts] == [sealed] and found.bad_line is None


@pytest.mark.parametrize("length", [58, 59, 60])
def test_every_flipped_bit_is_refused(length: int) -> None:
    seal = Seal(KEY, CASE)
    sealed = seal.seal(ACT[:length], 2, BEFORE)
    for at in range(len(sealed)):
        for bit in range(8):
            flipped = bytearray(sealed)
            flipped[at] ^= 1 << bit
            with pytest.raises(Damaged, match=r"An act of case .* cannot be opened.*restore"):
                seal.open(bytes(flipped), BEFORE)


def test_every_shorter_or_longer_record_is_refused() -> None:
    seal = Seal(KEY, CASE)
    sealed = seal.seal(ACT, 2, BEFORE)
    others = [sealed[:end] for end in range(len(sealed))]
    others += [sealed + b" ", b" " + sealed, sealed[:-3] + b" " + sealed[-3:], sealed[:-3] + b"AAAA" + sealed[-3:], ACT, b"[" * 50_000]
    for other in others:
        with pytest.raises(Damaged):
            seal.open(other, BEFORE)


@given(st.integers(24, 60))
def test_another_spelling_of_the_same_bytes_is_refused(at: int) -> None:
    seal = Seal(KEY, CASE)
    sealed = seal.seal(ACT, 2, BEFORE)
    spelled = sealed[:at] + f"\\u{sealed[at]:04x}".encode() + sealed[at + 1 :]
    with pytest.raises(Damaged):
        seal.open(spelled, BEFORE)


def test_a_record_opens_in_its_own_place_alone() -> None:
    sealed = Seal(KEY, CASE).seal(ACT, 2, BEFORE)
    for key, case, before in [(new_key(), CASE, BEFORE), (KEY, OTHER, BEFORE), (KEY, CASE, "cd" * 32)]:
        with pytest.raises(Damaged):
            Seal(key, case).open(sealed, before)
    for number in (b"3", b"02", b"2 ", b"", b"22"):
        with pytest.raises(Damaged):
            Seal(KEY, CASE).open(sealed.replace(b'"number":2', b'"number":' + number), BEFORE)


@pytest.mark.parametrize(
    "payload", [ACT, b"", b'[{"number":,"sealed":""}]', b'[{"number":-1,"sealed":""}]', b'[{"number":1111111111,"sealed":""}]']
)
def test_what_is_not_sealed_has_no_number(payload: bytes) -> None:
    with pytest.raises(Damaged):
        number_of(payload)


def test_a_seal_shows_no_key() -> None:
    seal = Seal(KEY, CASE)
    held = [str(getattr(seal, name)) for name in ("case_id", "_cipher", "_about")]
    assert not any(spelling in one for one in held for spelling in (KEY.hex(), repr(KEY)[2:-1]))


def test_a_store_key_shows_its_generation_alone() -> None:
    key = StoreKey.new(3)
    assert repr(key) == "StoreKey(generation=3)"


@given(st.binary(max_size=500), st.text(max_size=20))
def test_a_blob_comes_back_for_its_purpose(blob: bytes, purpose: str) -> None:
    key = StoreKey(4, KEY)
    assert open_blob({4: key}, purpose, seal_blob(key, purpose, blob)) == blob


def test_a_blob_opens_for_its_own_purpose_and_key_alone() -> None:
    key = StoreKey(1, KEY)
    sealed = seal_blob(key, "draft one", b"half a sentence")
    for keys, purpose in [({1: key}, "draft two"), ({1: key}, "catalogue"), ({1: StoreKey.new(1)}, "draft one")]:
        with pytest.raises(Damaged, match="cannot be opened"):
            open_blob(keys, purpose, sealed)
    for keys in ({}, {2: key}):
        with pytest.raises(Damaged, match="under a store key that is not here"):
            open_blob(keys, "draft one", sealed)


def test_a_blob_of_an_earlier_store_key_still_opens() -> None:
    old, new = StoreKey.new(1), StoreKey.new(2)
    assert open_blob({1: old, 2: new}, "draft", seal_blob(old, "draft", b"half")) == b"half"


def test_every_flipped_bit_of_a_blob_is_refused() -> None:
    keys = {generation: StoreKey(generation, KEY) for generation in range(1, 10)}
    sealed = seal_blob(keys[2], "draft", b"half a sentence")
    for at in range(len(sealed)):
        for bit in range(8):
            flipped = bytearray(sealed)
            flipped[at] ^= 1 << bit
            with pytest.raises(Damaged):
                open_blob(keys, "draft", bytes(flipped))


@pytest.mark.parametrize("sealed", [b"", b"1", b"1 ", b"-1 AAAA", b"01 AAAA", b"\xb2 AAAA", b"1" * 5000 + b" AAAA", b"1 AAAA"])
def test_what_is_no_blob_is_refused(sealed: bytes) -> None:
    with pytest.raises(Damaged):
        open_blob({1: StoreKey(1, KEY)}, "draft", sealed)


def test_keys_for_two_purposes_differ() -> None:
    key = StoreKey(1, KEY)
    assert len({key.derived("one"), key.derived("two"), KEY}) == 3


def test_cryptography_is_imported_only_once_something_is_sealed() -> None:
    script = (
        "import sys; import msht_tui.store.case_keys as keys; assert 'cryptography' not in sys.modules; "
        "from msht_tui.store.sealing import Seal, new_key; Seal(new_key(), 'case'); assert 'cryptography' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
