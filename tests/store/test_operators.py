"""Who gets into the store and who does not, and what a changed file of operators says."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msht_tui.domain.refusal import Refused
from msht_tui.store.case_keys import CaseKeys
from msht_tui.store.disk import Disk
from msht_tui.store.keys import operators as operators_module
from msht_tui.store.keys import slots as slots_module
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import LETTERS, STANDARD, Cost, Costs, new_code, new_passphrase, stretched, typed_code
from msht_tui.store.keys.roster import folded
from msht_tui.store.keys.session import Operator, SessionEnded
from msht_tui.store.keys.slots import WrongPassphrase
from msht_tui.store.keys.tries import RECOVERY_CODE, bucket, turn, wait_after
from msht_tui.store.sealing import open_blob
from msht_tui.store.trouble import Damaged, StoreTrouble

CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
ANN, BEN, CAT = "PC 1 Ann", "PC 2 Ben", "PC 3 Cat"
PASS = {ANN: "ann rides a bicycle", BEN: "ben repairs old clocks", CAT: "cat grows tall beans"}


class Station:
    """A terminal that is set up, with a supervisor, and the seconds that were waited at it."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self.place = folder / "store" / "keys"
        self.waited: list[float] = []
        self.operators = Operators(self.place, disk, costs=CHEAP, sleep=self.waited.append)
        self.code = self.operators.set_up(ANN, PASS[ANN])
        self.path = self.place / "operators.keys"

    def ann(self) -> Any:
        return self.operators.sign_in(ANN, PASS[ANN])

    def add_ben_and_cat(self) -> None:
        session = self.ann()
        self.operators.add(session, BEN, "operator", PASS[BEN])
        self.operators.add(session, CAT, "trainer", PASS[CAT])

    def change(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change what the file says, as somebody without a key could."""
        data = self.path.read_bytes()
        kept = json.loads(data[65:])
        change(kept)
        self.path.write_bytes(data[:65] + json.dumps(kept, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")


@pytest.fixture(autouse=True)
def nobody_waits_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests cut no real power."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return Station(tmp_path)


# Set-up and signing in


def test_the_first_supervisor_signs_in(station: Station) -> None:
    session = station.ann()
    assert (session.operator, session.role) == (ANN, "supervisor")
    assert station.operators.list() == (Operator(ANN, "supervisor"),)
    assert station.waited == []


def test_a_terminal_is_set_up_once(station: Station) -> None:
    with pytest.raises(Refused, match="set up already"):
        station.operators.set_up(BEN, PASS[BEN])
    assert station.ann().role == "supervisor"


def test_nobody_signs_in_before_set_up(tmp_path: Path) -> None:
    operators = Operators(tmp_path / "keys", costs=CHEAP)
    assert not operators.is_set_up()
    acts: list[Callable[[], object]] = [
        operators.list,
        lambda: operators.sign_in(ANN, PASS[ANN]),
        lambda: operators.recover(new_code(), ANN, PASS[ANN]),
    ]
    for act in acts:
        with pytest.raises(Refused, match="not set up yet"):
            act()
    assert not (tmp_path / "keys").exists()


def test_set_up_never_writes_over_the_keys_of_cases(station: Station) -> None:
    CaseKeys(station.ann()).create("one")
    before = (station.place / "cases.keys").read_bytes()
    station.path.unlink()
    with pytest.raises(StoreTrouble, match=r"The keys of this store are gone: put back all of .*keys from a backup of keys"):
        station.operators.set_up(ANN, PASS[ANN])
    assert (station.place / "cases.keys").read_bytes() == before


@pytest.mark.parametrize("typed", ["PC 1 Ann", "pc 1 ann", " PC 1 ANN ", "ＰＣ １ Ann", "PC 1 Ann\u202e"])
def test_an_id_is_the_same_however_it_is_typed(station: Station, typed: str) -> None:
    assert station.operators.sign_in(typed, PASS[ANN]).operator == ANN
    with pytest.raises(Refused, match="There is an operator"):
        station.operators.add(station.ann(), typed, "operator", PASS[BEN])


@pytest.mark.parametrize("typed", ["", "  ", "\u202e", "x" * 201])
def test_what_is_no_id_is_refused(station: Station, typed: str) -> None:
    with pytest.raises(Refused):
        station.operators.add(station.ann(), typed, "operator", PASS[BEN])
    with pytest.raises(Refused):
        station.operators.sign_in(typed, PASS[ANN])


def test_accents_may_be_composed_by_any_keyboard(station: Station) -> None:
    station.operators.add(station.ann(), BEN, "operator", "Ng\u00f4 \u0110\u00ecnh caf\u00e9")
    assert station.operators.sign_in(BEN, "Ngo\u0302 \u0110i\u0300nh cafe\u0301").operator == BEN


@pytest.mark.parametrize("short", ["", "elevenchars", "a b c d e", "one two six", "           x", "ab cd ef"])
def test_a_short_passphrase_is_refused(station: Station, short: str) -> None:
    before = station.path.read_bytes()
    with pytest.raises(Refused, match="12 characters, or four words"):
        station.operators.add(station.ann(), BEN, "operator", short)
    with pytest.raises(Refused, match="12 characters, or four words"):
        station.operators.reset(station.ann(), ANN, short)
    assert station.path.read_bytes() == before


@pytest.mark.parametrize("enough", ["twelve chars", "ab cd ef gh", "x" * 1000, "عبد الرحمن على"])
def test_a_passphrase_of_twelve_characters_or_four_words_will_do(enough: str) -> None:
    assert new_passphrase(enough)


@pytest.mark.parametrize("odd", ["a line\nand another", "x" * 1001, "a lone \ud800 surrogate", "escape\x1b[2J and more"])
def test_what_cannot_be_typed_is_refused_before_anything_is_counted(station: Station, odd: str) -> None:
    with pytest.raises(Refused):
        station.operators.sign_in(ANN, odd)
    assert station.operators.wait(ANN) == 0 and not (station.place / "tries.json").exists()


# Wrong passphrases


def wrongly(station: Station, operator: str = ANN, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(WrongPassphrase):
            Operators(station.place, costs=CHEAP, sleep=station.waited.append).sign_in(operator, "not the passphrase")


def test_waiting_grows_and_is_capped() -> None:
    assert [wait_after(tries) for tries in range(14)] == [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert wait_after(10**9) == 300


@pytest.mark.parametrize("operator", [ANN, "nobody"])
def test_every_attempt_waits_longer_also_for_an_id_that_nobody_has(station: Station, operator: str) -> None:
    wrongly(station, operator, 13)
    assert station.waited == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert station.operators.wait(operator) == 300


def test_the_same_is_said_of_a_wrong_passphrase_and_of_an_unknown_id_after_the_same_work(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[Cost] = []
    real = stretched

    def counted(secret: str, salt: bytes, cost: Cost) -> bytes:
        costs.append(cost)
        return real(secret, salt, cost)

    monkeypatch.setattr(slots_module, "stretched", counted)
    said = []
    for operator in (ANN, "nobody"):
        with pytest.raises(WrongPassphrase) as refused:
            station.operators.sign_in(operator, "not the passphrase")
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert costs == [CHEAP.usual] * 2


def test_a_success_begins_the_count_anew_for_that_operator_alone(station: Station) -> None:
    station.add_ben_and_cat()
    wrongly(station, ANN, 4)
    wrongly(station, BEN, 4)
    station.operators.sign_in(ANN, PASS[ANN])
    assert (station.operators.wait(ANN), station.operators.wait(BEN)) == (0, 2)


def test_ending_the_program_while_it_waits_or_checks_saves_no_wait(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    wrongly(station, times=3)
    for waits in (2, 4):
        with pytest.raises(Killed):
            Operators(station.place, costs=CHEAP, sleep=kill).sign_in(ANN, PASS[ANN])
        assert station.operators.wait(ANN) == waits
    with monkeypatch.context() as patched:
        patched.setattr(slots_module, "stretched", kill)
        with pytest.raises(Killed):
            station.operators.sign_in(ANN, PASS[ANN])
    assert station.operators.wait(ANN) == 8


def test_the_count_is_on_the_disk_before_the_passphrase_is_looked_at(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    class FullDisk(Disk):
        def sync(self, descriptor: int) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(slots_module, "stretched", lambda *_: pytest.fail("the passphrase was looked at"))
    with pytest.raises(StoreTrouble, match="the disk is full"):
        Operators(station.place, FullDisk(), costs=CHEAP).sign_in(ANN, PASS[ANN])


def test_no_clock_of_the_machine_saves_a_wait(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    wrongly(station, times=6)
    for moment in (0, 2_000_000_000):
        monkeypatch.setattr("time.time", lambda moment=moment: float(moment))
        os.utime(station.place / "tries.json", (moment, moment))
        assert station.operators.wait(ANN) == 8
        wrongly(station)
        monkeypatch.undo()
        station.waited.clear()
        (station.place / "tries.json").write_text('{"pc 1 ann":6}', "utf-8")


def test_what_is_mistyped_as_an_id_is_not_kept(station: Station) -> None:
    wrongly(station, PASS[ANN], 2)
    kept = (station.place / "tries.json").read_text("utf-8")
    assert PASS[ANN] not in kept and len(kept) < 20


def test_counts_of_unknown_ids_do_not_grow_without_end(station: Station) -> None:
    counted = {station.operators._counted_as(station.operators.roster.read().kept, f"nobody {number}") for number in range(20_000)}
    assert len(counted) <= 4096


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"pc 1 ann":"x"}', b"\xff", b'{"pc 1 ann":-9}', b'{"pc 1 ann":99999999999999999999}']
)
def test_a_damaged_count_keeps_nobody_out(station: Station, content: bytes) -> None:
    (station.place / "tries.json").write_bytes(content)
    assert station.ann().operator == ANN


# Operators


def test_what_is_added_can_sign_in_with_its_role(station: Station) -> None:
    station.add_ben_and_cat()
    assert [station.operators.sign_in(who, PASS[who]).role for who in (ANN, BEN, CAT)] == ["supervisor", "operator", "trainer"]
    with pytest.raises(WrongPassphrase):
        station.operators.sign_in(BEN, PASS[CAT])


@pytest.mark.parametrize("who", [BEN, CAT])
def test_only_a_supervisor_changes_operators(station: Station, who: str) -> None:
    station.add_ben_and_cat()
    before = station.path.read_bytes()
    operators, session = station.operators, station.operators.sign_in(who, PASS[who])
    acts: list[Callable[[], object]] = [
        lambda: operators.add(session, "PC 4", "operator", "four words are here"),
        lambda: operators.remove(session, ANN),
        lambda: operators.reset(session, ANN, "four words are here"),
        lambda: operators.change_role(session, who, "supervisor"),
        lambda: operators.renew_recovery(session),
    ]
    for act in acts:
        with pytest.raises(Refused, match="no supervisor"):
            act()
    assert station.path.read_bytes() == before


def test_the_last_supervisor_stays(station: Station) -> None:
    station.add_ben_and_cat()
    session = station.ann()
    acts: list[Callable[[], object]] = [
        lambda: station.operators.remove(session, ANN),
        lambda: station.operators.change_role(session, ANN, "operator"),
        lambda: station.operators.change_role(session, ANN, "trainer"),
    ]
    for act in acts:
        with pytest.raises(Refused, match="last supervisor"):
            act()
    station.operators.change_role(session, BEN, "supervisor")
    station.operators.remove(session, ANN)
    assert station.operators.list() == (Operator(BEN, "supervisor"), Operator(CAT, "trainer"))


def test_a_role_that_there_is_not_is_never_written(station: Station) -> None:
    with pytest.raises(ValueError, match="Invalid enum value"):
        station.operators.add(station.ann(), BEN, "chief", PASS[BEN])  # type: ignore[arg-type]
    assert station.ann().role == "supervisor"


def test_a_new_role_holds_from_the_next_look_of_an_open_session(station: Station) -> None:
    station.add_ben_and_cat()
    ben = station.operators.sign_in(BEN, PASS[BEN])
    station.operators.change_role(station.ann(), BEN, "supervisor")
    ben.refresh()
    assert ben.role == "supervisor"
    station.operators.add(ben, "PC 4", "operator", "four words are here")


def test_open_sessions_follow_a_new_store_key_and_those_of_the_removed_end(station: Station) -> None:
    station.add_ben_and_cat()
    ann, ben, cat = (station.operators.sign_in(who, PASS[who]) for who in (ANN, BEN, CAT))
    draft = cat.seal_blob("draft", b"half a sentence")
    station.operators.remove(ann, BEN)
    cat.refresh()
    assert cat.key.generation == 2
    assert cat.open_blob("draft", draft) == b"half a sentence"
    with pytest.raises(SessionEnded, match="PC 2 Ben was removed"):
        ben.refresh()
    with pytest.raises(SessionEnded):
        ben.open_blob("draft", draft)
    later = cat.seal_blob("draft", b"later")
    with pytest.raises(Damaged, match="under a store key that is not here"):
        open_blob({1: cat.keys[1]}, "draft", later)


def test_a_closed_session_opens_nothing(station: Station) -> None:
    session = station.ann()
    blob = session.seal_blob("draft", b"half")
    session.close()
    for act in (lambda: session.open_blob("draft", blob), lambda: session.seal_blob("draft", b""), session.refresh, lambda: session.key):
        with pytest.raises(SessionEnded):
            act()


def test_a_reset_ends_sessions_and_the_old_passphrase(station: Station) -> None:
    station.add_ben_and_cat()
    ben = station.operators.sign_in(BEN, PASS[BEN])
    wrongly(station, BEN, 9)
    station.operators.reset(station.ann(), BEN, "a passphrase set anew")
    assert station.operators.wait(BEN) == 0
    with pytest.raises(SessionEnded):
        ben.refresh()
    with pytest.raises(WrongPassphrase):
        station.operators.sign_in(BEN, PASS[BEN])
    assert station.operators.sign_in(BEN, "a passphrase set anew").role == "operator"


def test_anybody_sets_their_own_passphrase(station: Station) -> None:
    station.add_ben_and_cat()
    station.operators.reset(station.operators.sign_in(BEN, PASS[BEN]), "pc 2 ben", "a passphrase of my own")
    assert station.operators.sign_in(BEN, "a passphrase of my own").role == "operator"


def test_who_there_is_not_cannot_be_changed(station: Station) -> None:
    session = station.ann()
    for act in (
        lambda: station.operators.remove(session, "PC 9"),
        lambda: station.operators.reset(session, "PC 9", "four words are here"),
        lambda: station.operators.change_role(session, "PC 9", "trainer"),
        lambda: station.operators.recover(station.code, "PC 9", "four words are here"),
    ):
        with pytest.raises(Refused, match="There is no operator 'PC 9': PC 1 Ann"):
            act()


# Recovery


def test_the_recovery_code_lets_a_supervisor_back_in_once(station: Station) -> None:
    station.add_ben_and_cat()
    session = station.ann()
    CaseKeys(session).create("one")
    later = station.operators.recover(f" {station.code.lower().replace('-', ' ')} ", ANN, "found my way back")
    assert later != station.code
    again = station.operators.sign_in(ANN, "found my way back")
    assert CaseKeys(again).ids() == {"one"}
    with pytest.raises(WrongPassphrase):
        station.operators.sign_in(ANN, PASS[ANN])
    with pytest.raises(WrongPassphrase, match="opens nothing here"):
        station.operators.recover(station.code, ANN, "found my way back")
    assert station.operators.recover(later, ANN, "found it a second time") != later


def test_a_recovery_code_that_two_windows_use_at_once_works_once(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile() -> str:
        monkeypatch.undo()
        Operators(station.place, costs=CHEAP).recover(station.code, ANN, "the other was quicker")
        return new_code()

    monkeypatch.setattr(operators_module, "new_code", meanwhile)
    with pytest.raises(Refused, match="changed in another window just now"):
        station.operators.recover(station.code, ANN, "found my way back")
    assert station.operators.sign_in(ANN, "the other was quicker").role == "supervisor"


def test_the_recovery_code_makes_nobody_a_supervisor(station: Station) -> None:
    station.add_ben_and_cat()
    with pytest.raises(Refused, match="is no supervisor"):
        station.operators.recover(station.code, BEN, "four words are here")
    station.operators.recover(station.code, ANN, "found my way back")


def test_a_new_recovery_code_ends_the_one_before(station: Station) -> None:
    later = station.operators.renew_recovery(station.ann())
    with pytest.raises(WrongPassphrase):
        station.operators.recover(station.code, ANN, "found my way back")
    station.operators.recover(later, ANN, "found my way back")


def test_attempts_side_by_side_do_not_save_each_other_the_wait(station: Station) -> None:
    others: list[str] = []

    def meanwhile(_: float) -> None:
        with pytest.raises(Refused, match="under way in another window") as refused:
            Operators(station.place, costs=CHEAP, sleep=station.waited.append, patience=0.01).sign_in(ANN, PASS[ANN])
        others.append(str(refused.value))

    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            station.operators.sign_in(ANN, "a guess that is wrong")
    waiting = Operators(station.place, costs=CHEAP, sleep=meanwhile)
    with pytest.raises(WrongPassphrase):
        waiting.sign_in(ANN, "another guess that is wrong")
    assert len(others) == 1
    assert station.operators.wait(ANN) == 2, "what was not tried does not count"
    station.operators.sign_in(ANN, PASS[ANN])


def tried_while_another_waits(station: Station, waiting: str, act: Callable[[Operators], object]) -> None:
    """Do this in a window without patience, while an attempt with the id `waiting` waits in another; what it raises is raised."""
    raised: list[Exception] = []

    def meanwhile(_: float) -> None:
        try:
            act(Operators(station.place, costs=CHEAP, sleep=station.waited.append, patience=0.0))
        except (Refused, StoreTrouble) as error:
            raised.append(error)

    wrongly(station, waiting, 3)
    with pytest.raises(WrongPassphrase):
        Operators(station.place, costs=CHEAP, sleep=meanwhile).sign_in(waiting, "a guess that is wrong")
    if raised:
        raise raised[0]


UNKNOWN = tuple({turn(bucket(name)): name for name in (f"nobody {number}" for number in range(400))}.values())
"""An id that nobody has for each of the locks that they share."""


def test_attempts_with_ids_that_nobody_has_shut_nobody_out(station: Station) -> None:
    assert len(UNKNOWN) == 16
    for unknown in UNKNOWN:
        tried_while_another_waits(station, unknown, lambda one: one.sign_in(ANN, PASS[ANN]))
        with pytest.raises(WrongPassphrase):
            tried_while_another_waits(station, unknown, lambda one: one.recover(new_code(), ANN, "found my way back"))


def test_attempts_of_operators_do_not_hold_each_other_up(station: Station) -> None:
    station.add_ben_and_cat()
    tried_while_another_waits(station, BEN, lambda one: one.sign_in(ANN, PASS[ANN]))


@pytest.mark.parametrize("operator", [ANN, "nobody"])
def test_attempts_with_one_id_wait_one_after_the_other(station: Station, operator: str) -> None:
    with pytest.raises(Refused, match=r"another window: wait for its end, try again\. Nothing was tried"):
        tried_while_another_waits(station, operator.upper(), lambda one: one.sign_in(operator, PASS[ANN]))


@given(st.lists(st.text(min_size=1), min_size=2, max_size=2, unique_by=folded))
def test_every_operator_has_a_lock_of_their_own_that_does_not_show_the_id(ids: list[str]) -> None:
    locks = {turn(folded(one)) for one in ids} | {turn(RECOVERY_CODE), *(turn(bucket(folded(one))) for one in ids)}
    assert len({lock for lock in locks if len(lock) > len("tries.0.lock")}) == 3
    assert all(re.fullmatch(r"tries\.([0-9a-f]|[0-9a-f]{16})\.lock", lock) for lock in locks)


def test_guessing_recovery_codes_takes_longer_and_longer(station: Station) -> None:
    for _ in range(6):
        with pytest.raises(WrongPassphrase):
            station.operators.recover(new_code(), ANN, "found my way back")
    assert station.waited == [1, 2, 4]
    station.operators.recover(station.code, ANN, "found my way back")


@given(st.integers(0, 29), st.sampled_from(LETTERS))
def test_one_wrong_character_of_a_recovery_code_is_noticed(at: int, character: str) -> None:
    code = typed_code(new_code())
    changed = code[:at] + character + code[at + 1 :]
    if changed != code:
        with pytest.raises(Refused, match="one character or more is wrong"):
            typed_code(changed)


@given(st.integers(0, 28))
def test_two_neighbours_exchanged_in_a_recovery_code_are_noticed(at: int) -> None:
    code = typed_code(new_code())
    changed = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    if changed != code:
        with pytest.raises(Refused):
            typed_code(changed)


def test_a_recovery_code_has_no_letters_that_look_alike_and_is_never_the_same() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert not set("".join(codes)) & set("0O1IL5S2Z8BU6 ")
    assert all([len(group) for group in code.split("-")] == [5] * 6 for code in codes)


def test_a_code_with_a_character_that_none_has_is_refused_with_those_characters() -> None:
    with pytest.raises(Refused, match="a 0, 1, 2, 5, 6, 8, B, I, L, O, S, U or Z, or anything but letters and digits") as refusal:
        typed_code("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-FFFFF")
    assert "six groups" not in str(refusal.value)
    with pytest.raises(Refused, match="six groups of five characters"):
        typed_code("AAAAA-CCCCC")


@given(st.integers(0, 29), st.sampled_from(string.digits + string.ascii_letters))
def test_a_recovery_code_has_each_character_but_those_that_the_refusal_names(at: int, character: str) -> None:
    code = typed_code(new_code())
    try:
        typed_code(code[:at] + character + code[at + 1 :])
    except Refused as refusal:
        assert ("no code has a" in str(refusal)) is (character.upper() in "012568BILOSUZ")
    else:
        assert code[at] == character.upper()


@pytest.mark.parametrize("typed", ["", "AAAAA-AAAAA", "x" * 5000, "0" * 30, "\x00" * 30])
def test_what_can_be_no_recovery_code_is_refused_and_not_counted(station: Station, typed: str) -> None:
    with pytest.raises(Refused, match="not a recovery code"):
        station.operators.recover(typed, ANN, "found my way back")
    assert not (station.place / "tries.json").exists()


# A changed file


def raised_by_signing_in(station: Station, operator: str = ANN) -> BaseException:
    with pytest.raises((Refused, StoreTrouble)) as raised:
        station.operators.sign_in(operator, PASS[operator])
    return raised.value


def test_no_changed_byte_lets_anybody_in(station: Station) -> None:
    station.add_ben_and_cat()
    data = station.path.read_bytes()
    for at in range(0, len(data), 2):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at // 2 % 8
        station.path.write_bytes(flipped)
        raised_by_signing_in(station)
    station.path.write_bytes(data)
    assert station.ann().operator == ANN


def test_no_shortened_file_lets_anybody_in(station: Station) -> None:
    data = station.path.read_bytes()
    for end in (0, 1, 64, 65, 66, len(data) // 2, len(data) - 2, len(data) - 1):
        station.path.write_bytes(data[:end])
        assert isinstance(raised_by_signing_in(station), Damaged)


@pytest.mark.parametrize("who", [ANN, BEN])
def test_a_changed_role_is_found(station: Station, who: str) -> None:
    station.add_ben_and_cat()
    station.change(lambda kept: kept["slots"][1].update(role="supervisor"))
    assert "is damaged" in str(raised_by_signing_in(station, who))


def test_a_slot_of_another_id_opens_nothing(station: Station) -> None:
    """A stranger's slot under a supervisor's name, and a supervisor's name on one's own."""
    station.add_ben_and_cat()

    def exchange(kept: dict[str, Any]) -> None:
        ann, ben, *_ = kept["slots"]
        ann["id"], ben["id"] = ben["id"], ann["id"]

    station.change(exchange)
    with pytest.raises(WrongPassphrase):
        station.operators.sign_in(ANN, PASS[BEN])
    assert "is damaged" in str(raised_by_signing_in(station, CAT))


@pytest.mark.parametrize("part", ["cost", "salt", "public", "private", "store_key"])
def test_no_part_of_a_slot_fits_into_another(station: Station, part: str) -> None:
    station.add_ben_and_cat()
    before = station.path.read_bytes()
    station.operators.add(station.ann(), "PC 4", "operator", "four words are here")
    other = json.loads(before[65:])["slots"][2][part]
    station.change(lambda kept: kept["slots"][1].update({part: {**other, "passes": 2} if part == "cost" else other}))
    raised_by_signing_in(station, BEN)
    assert "is damaged" in str(raised_by_signing_in(station, ANN))


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: kept["slots"].pop(),
        lambda kept: kept["slots"].append({**kept["slots"][1], "id": "PC 9"}),
        lambda kept: kept["slots"].reverse(),
        lambda kept: kept.update(recovery={**kept["slots"][1], "id": "", "role": "supervisor"}),
        lambda kept: kept.update(past=kept["past"][:-8] + "AAAAAAA="),
        lambda kept: kept.update(generation=2),
        lambda kept: kept.update(store="0" * 32),
    ],
    ids=["removed", "added", "order", "recovery", "past", "generation", "store"],
)
def test_any_other_change_is_found_or_opens_nothing(station: Station, change: Callable[[dict[str, Any]], object]) -> None:
    station.add_ben_and_cat()
    station.change(change)
    for who in (ANN, BEN):
        raised_by_signing_in(station, who)


def test_a_slot_of_an_earlier_time_is_found(station: Station) -> None:
    station.add_ben_and_cat()
    removed = json.loads(station.path.read_bytes()[65:])["slots"][1]
    station.operators.remove(station.ann(), BEN)
    station.change(lambda kept: kept["slots"].append(removed))
    assert isinstance(raised_by_signing_in(station, BEN), Damaged)
    assert isinstance(raised_by_signing_in(station, ANN), Damaged)


def test_a_slot_of_another_store_is_found(station: Station, tmp_path: Path) -> None:
    other = Station(tmp_path / "other")
    theirs = json.loads(other.path.read_bytes()[65:])["slots"][0]
    station.change(lambda kept: kept.update(slots=[theirs]))
    raised_by_signing_in(station)


@pytest.mark.parametrize(
    "cost",
    [
        {"memory": 1 << 30, "passes": 2, "lanes": 1},
        {"memory": (256 << 10) + 1, "passes": 2, "lanes": 1},
        {"memory": 128 << 10, "passes": 7, "lanes": 1},
        {"memory": 128 << 10, "passes": 2, "lanes": 5},
        {"memory": 128 << 10, "passes": 2, "lanes": 0},
        {"memory": 128 << 10, "passes": 1, "lanes": 1},
        {"memory": 64 << 10, "passes": 2, "lanes": 1},
        {"memory": (64 << 10) - 1, "passes": 6, "lanes": 1},
        {"memory": 8, "passes": 1, "lanes": 1},
        {"memory": -1, "passes": -1, "lanes": -1},
    ],
)
@pytest.mark.parametrize("recovery", [False, True])
def test_work_that_is_out_of_bounds_is_refused_before_any_is_done(
    station: Station, monkeypatch: pytest.MonkeyPatch, cost: dict[str, int], recovery: bool
) -> None:
    standard = {"memory": 128 << 10, "passes": 2, "lanes": 1}
    station.change(lambda kept: [slot.update(cost=standard) for slot in (*kept["slots"], kept["recovery"])])
    station.change(lambda kept: (kept["recovery"] if recovery else kept["slots"][0]).update(cost=cost))
    monkeypatch.setattr(slots_module, "stretched", lambda *_: pytest.fail("memory was spent"))
    operators = Operators(station.place)
    for act in (lambda: operators.sign_in(ANN, PASS[ANN]), lambda: operators.recover(station.code, ANN, PASS[ANN])):
        with pytest.raises(Damaged, match="out of bounds"):
            act()


def test_the_costs_that_are_allowed() -> None:
    assert STANDARD.allow(STANDARD.usual)
    assert STANDARD.allow(Cost(64 << 10, 3, 1)) and STANDARD.allow(Cost(256 << 10, 6, 4))
    assert Cost(128 << 10, 2, 1) == STANDARD.usual


def test_a_newer_file_is_left_alone(station: Station) -> None:
    station.change(lambda kept: kept.update(version=2, more="anything"))
    assert "newer version of this program" in str(raised_by_signing_in(station))


@pytest.mark.parametrize(
    "payload", [b"[" * 100_000, b'{"format":' + b"[" * 100_000, b"null", b"\xff", b'{"format":"msht-operators"}', b"{}"]
)
def test_what_is_no_list_of_operators_is_refused(station: Station, payload: bytes) -> None:
    station.path.write_bytes(b"0" * 64 + b" " + payload + b"\n")
    assert isinstance(raised_by_signing_in(station), Damaged)


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_links_are_refused(station: Station, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    station.path.rename(elsewhere)
    station.path.symlink_to(elsewhere)
    assert "is a link" in str(raised_by_signing_in(station))
    station.path.unlink()
    elsewhere.rename(station.path)
    moved = station.place.rename(tmp_path / "moved")
    station.place.symlink_to(moved)
    assert "is a link" in str(raised_by_signing_in(station))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such owners")
def test_files_of_another_user_are_refused(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[[Path], os.stat_result] = Path.lstat

    def lstat(path: Path) -> os.stat_result:
        found = real(path)
        return os.stat_result((*found[:4], 1234, *found[5:]))

    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setattr(Path, "lstat", lstat)
    assert "belongs to another user" in str(raised_by_signing_in(station))


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights elsewhere")
def test_the_files_are_their_owners_alone(station: Station) -> None:
    station.add_ben_and_cat()
    assert station.place.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in station.place.iterdir()} == {0o600}


# What is in the files


def test_no_key_no_passphrase_and_no_recovery_code_is_in_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret: list[bytes] = []
    written: set[bytes] = set()
    real = secrets.token_bytes

    def kept(size: int) -> bytes:
        drawn = real(size)
        if size == 32:
            secret.append(drawn)
        return drawn

    class Reading(Disk):
        def write_all(self, descriptor: int, data: bytes) -> None:
            written.add(bytes(data))
            super().write_all(descriptor, data)

    monkeypatch.setattr(secrets, "token_bytes", kept)
    station = Station(tmp_path, Reading())
    station.add_ben_and_cat()
    session = station.ann()
    keys = CaseKeys(session)
    for case in ("one", "two"):
        seal = keys.create(case)
        (station.place / f"{case}.sealed").write_bytes(seal.seal(b"the canary sings in the cellar", 1, "0" * 64))
    (station.place / "draft.sealed").write_bytes(session.seal_blob("draft", b"the canary sings in the cellar"))
    wrongly(station, BEN)
    wrongly(station, "a stranger who types")
    station.operators.reset(session, CAT, "cat grows tall peas")
    station.operators.remove(station.ann(), BEN)
    codes = [station.code, station.operators.renew_recovery(station.ann())]
    codes.append(station.operators.recover(codes[-1], ANN, "found my way back"))
    CaseKeys(station.operators.sign_in(ANN, "found my way back")).erase("one")

    words = [*PASS.values(), "cat grows tall peas", "found my way back", "the canary sings", "not the passphrase", "a stranger who types"]
    canaries = [word.encode() for word in [*words, *codes, *(code.replace("-", "") for code in codes)]]
    session = station.operators.sign_in(ANN, "found my way back")
    derived = [key.derived(purpose) for key in session.keys.values() for purpose in ("operators file", "case keys", "blob draft")]
    assert len(secret) >= 14
    for key in [*secret, *derived]:
        canaries += [key, key.hex().encode(), *(base64.b64encode(b"x" * shift + key)[4 if shift else 0 : 36] for shift in range(3))]
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 6 and len(written) > 10
    assert not [canary for canary in canaries for data in [*files, *written] if canary in data]
