"""The terminal's audit: sealed, chained, added to before anything is shown, and read by supervisors alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tinydb import where

from msht_tui.domain.audit import (
    NOBODYS,
    AuditAcknowledged,
    AuditBegun,
    AuditEvent,
    AuditLine,
    AuditQuery,
    AuditVerified,
    Consulted,
    Disclosed,
    Erased,
    HoldLifted,
    HoldSet,
    RecoveryUsed,
    Restored,
    SignedIn,
    SignedOut,
    SignInFailed,
    Stamp,
)
from msht_tui.domain.refusal import Refused
from msht_tui.store import chain
from msht_tui.store.audit import Audit, offered_id
from msht_tui.store.audit_file import AuditFile, Make, sealed_act
from msht_tui.store.disk import Disk
from msht_tui.store.inspection import CheckCode
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import STANDARD, Cost, Costs
from msht_tui.store.keys.session import Session, SessionEnded
from msht_tui.store.keys.slots import Role
from msht_tui.store.sealing import StoreKey
from msht_tui.store.tables import AppendOnlyError
from msht_tui.store.trouble import Damaged, StoreTrouble

CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
ANN, BEN = "PS 1 Ann", "PC 2 Ben"
PASS = {ANN: "ann rides a bicycle", BEN: "ben repairs old clocks"}
CASE = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
LOOKED = Consulted(case=CASE, how="opened")
CANARY = "NCA via the duty desk"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a supervisor and an operator."""
    root = tmp_path_factory.mktemp("made")
    operators = Operators(root / "keys", costs=CHEAP)
    operators.set_up(ANN, PASS[ANN], lambda: nobody(root).begin(NOW))
    operators.add(operators.sign_in(ANN, PASS[ANN]), BEN, "operator", PASS[BEN])
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "store")


def signed_in(root: Path, who: str = ANN) -> Session:
    return Operators(root / "keys", costs=CHEAP).sign_in(who, PASS[who])


def audit(root: Path, who: str = ANN) -> Audit:
    return Audit(AuditFile(root), signed_in(root, who))


def nobody(root: Path) -> Audit:
    return Audit(AuditFile(root))


def events(root: Path) -> list[AuditEvent]:
    """What was recorded since the beginning."""
    begun, *since = [line.event for line in audit(root).lines()]
    assert begun == AuditBegun()
    return since


def file(root: Path) -> Path:
    return root / "audit.tdb"


def busy(root: Path) -> list[int]:
    """An audit of four lines since its beginning, the third of them nobody's; where its lines end."""
    ann = audit(root)
    ann.append(SignedIn(role="supervisor"), NOW)
    ann.append(LOOKED, NOW)
    nobody(root).append(SignInFailed(offered=BEN), NOW)
    ann.append(Disclosed(case=CASE, what="summary", format="html", to=CANARY), NOW)
    ann.file.close()
    return [place + 1 for place, byte in enumerate(file(root).read_bytes()) if byte == ord("\n")]


def test_what_is_appended_is_read_by_the_next_window(root: Path) -> None:
    audit(root, BEN).append(LOOKED, NOW)
    audit(root).append(HoldSet(case=CASE), NOW + timedelta(minutes=1))
    assert list(audit(root).lines()) == [
        AuditLine(Stamp(1, NOW), AuditBegun()),
        AuditLine(Stamp(2, NOW, BEN), LOOKED),
        AuditLine(Stamp(3, NOW + timedelta(minutes=1), ANN), HoldSet(case=CASE)),
    ]


def test_a_window_reads_on_and_keeps_what_it_read(root: Path) -> None:
    ann, ben = audit(root), audit(root, BEN)
    for number in range(2, 5):
        ben.append(LOOKED, NOW)
        assert [line.stamp.number for line in ann.lines()] == list(range(1, number + 1))


def test_lines_are_chosen_by_time_operator_kind_and_case(root: Path) -> None:
    busy(root)
    ann = audit(root)
    assert [line.stamp.number for line in ann.lines(AuditQuery(operator=ANN, kind="consulted", case=CASE[:8], since=NOW))] == [3]
    assert [line.stamp.number for line in ann.lines(AuditQuery(operator=BEN))] == [4]


def test_nothing_that_an_operator_did_stands_there_in_the_clear(root: Path) -> None:
    busy(root)
    for path in root.iterdir():
        if path.is_file():
            for text in (ANN, CANARY, CASE, "consulted", "disclosed", "signed-in", "supervisor"):
                assert text.encode() not in path.read_bytes(), (path, text)


def test_with_nobody_signed_in_a_line_tells_when_what_and_the_id_that_was_offered(root: Path) -> None:
    nobody(root).append(SignInFailed(offered=BEN), NOW)
    payload = file(root).read_bytes().splitlines()[2][chain.DIGEST_SIZE + 1 :]
    assert json.loads(payload) == [{"number": 2, "at": "2026-11-23T14:05:00Z", "kind": "sign-in-failed", "offered": BEN}]


@pytest.mark.parametrize("event", [LOOKED, HoldSet(case=CASE), SignedIn(role="operator")])
def test_what_an_operator_does_is_not_recorded_with_nobody_signed_in(root: Path, event: AuditEvent) -> None:
    assert not isinstance(event, NOBODYS)
    with pytest.raises(Refused, match="sign in first"):
        nobody(root).append(event, NOW)
    assert events(root) == []


def test_a_failed_sign_in_is_not_put_down_to_whoever_is_signed_in(root: Path) -> None:
    audit(root).append(SignInFailed(), NOW)
    audit(root).append(RecoveryUsed(operator=ANN), NOW)
    assert [line.stamp.by for line in audit(root).lines()[1:]] == ["", ""]


@pytest.mark.parametrize(
    ("typed", "kept"), [(BEN, BEN), ("pc 2 ben", BEN), (" ＰＣ 2 Ben ", BEN), ("correct horse battery", ""), ("", ""), ("PC 2", "")]
)
def test_what_is_no_id_is_not_kept_as_it_may_be_a_passphrase(root: Path, typed: str, kept: str) -> None:
    assert offered_id(typed, Operators(root / "keys", costs=CHEAP).list()) == kept


class Telling(Disk):
    """A disk that tells what it was asked to write."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def write_all(self, descriptor: int, data: bytes) -> None:
        self.calls.append("write")
        super().write_all(descriptor, data)

    def sync(self, descriptor: int) -> None:
        self.calls.append("sync")
        super().sync(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        self.calls.append("name")
        super().replace(source, target)

    def sync_folder(self, folder: Path) -> None:
        self.calls.append("sync folder")
        super().sync_folder(folder)


def test_it_is_on_the_disk_before_append_returns(root: Path) -> None:
    """The last write of each is of what is remembered."""
    disk = Telling()
    file(root).unlink()
    (root / "remembered.audit.log").unlink()
    ann = Audit(AuditFile(root, disk), signed_in(root))
    ann.begin(NOW)
    assert disk.calls == ["write", "sync", "name", "sync folder", "write"]
    disk.calls.clear()
    ann.append(LOOKED, NOW)
    assert disk.calls == ["sync", "write", "sync", "write"]
    disk.calls.clear()
    ann.append(LOOKED, NOW)
    assert disk.calls == ["write", "sync", "write"]


def test_a_new_store_key_leaves_old_lines_readable_and_seals_new_ones(root: Path) -> None:
    audit(root, BEN).append(LOOKED, NOW)
    ann = audit(root)
    ben = audit(root, BEN)
    operators = Operators(root / "keys", costs=CHEAP)
    operators.remove(signed_in(root), BEN)
    with pytest.raises(SessionEnded):
        ben.append(LOOKED, NOW)
    ann.append(HoldSet(case=CASE), NOW)
    named = [sealed_act(line[chain.DIGEST_SIZE + 1 :]) for line in file(root).read_bytes().splitlines()[2:]]
    assert [one and one.generation for one in named] == [1, 2]
    assert events(root) == [LOOKED, HoldSet(case=CASE)]


def test_a_session_that_ended_reads_and_writes_nothing(root: Path) -> None:
    ann = audit(root)
    ann.append(LOOKED, NOW)
    assert ann._session is not None
    ann._session.close()
    reads: list[Callable[[], object]] = [lambda: ann.append(LOOKED, NOW), ann.lines, ann.retention, ann.database, lambda: ann.export(NOW)]
    for read in reads:
        with pytest.raises(SessionEnded):
            read()


def test_only_a_supervisor_reads_it_and_everybody_knows_the_holds(root: Path) -> None:
    audit(root).append(HoldSet(case=CASE), NOW)
    ben = audit(root, BEN)
    reads: list[Callable[[], object]] = [ben.lines, ben.database, lambda: ben.export(NOW), lambda: ben.acknowledge(NOW)]
    for read in reads:
        with pytest.raises(Refused, match="is no supervisor: ask a supervisor"):
            read()
        with pytest.raises(Refused, match="Nobody is signed in"):
            nobody(root).lines()
    assert set(ben.retention().holds) == {CASE}


def test_it_is_a_tinydb(root: Path) -> None:
    busy(root)
    database = audit(root).database()
    assert len(database) == 5
    assert [one["number"] for one in database.search(where("kind") == "consulted")] == [3]
    database.insert(AuditLine(Stamp(6, NOW, ANN), HoldLifted(case=CASE)).document())
    assert events(root)[4:] == [HoldLifted(case=CASE)]
    assert len(database) == 6


@pytest.mark.parametrize("by", [BEN, ""])
def test_its_insert_takes_no_other_name_or_number(root: Path, by: str) -> None:
    busy(root)
    database = audit(root).database()
    before = file(root).read_bytes()
    for line in (AuditLine(Stamp(6, NOW, by), LOOKED), AuditLine(Stamp(7, NOW, ANN), LOOKED), AuditLine(Stamp(5, NOW, ANN), LOOKED)):
        with pytest.raises(AppendOnlyError):
            database.insert(line.document())
    for change in (lambda: database.remove(doc_ids=[1]), lambda: database.update({"by": BEN}), database.truncate, database.drop_tables):
        with pytest.raises(AppendOnlyError):
            change()
    assert file(root).read_bytes() == before


@pytest.mark.parametrize("event", [Erased(case=CASE, entries=1), HoldSet(case=CASE)])
def test_its_insert_takes_nothing_that_a_hold_or_an_erasure_before_could_rule_out(root: Path, event: Erased | HoldSet) -> None:
    busy(root)
    before = file(root).read_bytes()
    with pytest.raises(AppendOnlyError, match="use append"):
        audit(root).database().insert(AuditLine(Stamp(6, NOW, ANN), event).document())
    assert file(root).read_bytes() == before


def test_the_text_of_a_case_does_not_get_in(root: Path) -> None:
    with pytest.raises(AppendOnlyError):
        audit(root).append(Consulted(case="Mary, 7 Mill Lane", how="opened"), NOW)
    with pytest.raises(AppendOnlyError):
        audit(root).append(HoldSet(case=CASE, because="x" * 201), NOW)
    assert events(root) == []


def test_an_export_is_recorded_and_covered_by_its_check_code(root: Path) -> None:
    busy(root)
    ann = audit(root)
    *lines, end = map(json.loads, ann.export(NOW, AuditQuery(kind="consulted"), to="Professional standards").splitlines())
    assert [one["number"] for one in lines] == [3]
    assert ann.lines()[-1].document() == {
        "number": 6,
        "at": "2026-11-23T14:05:00Z",
        "by": ANN,
        "kind": "audit-exported",
        "lines": 1,
        "to": "Professional standards",
    }
    assert "no rankings" in end["purposes"]
    code = CheckCode.parse(end["check_code"])
    assert code.number == 6
    ann.append(LOOKED, NOW)
    assert nobody(root).verify(code).state == "intact"


def test_verifying_needs_no_key(root: Path) -> None:
    assert nobody(root).verify().state == "intact"
    busy(root)
    shutil.rmtree(root / "keys")
    found = nobody(root).verify()
    assert (found.state, found.entries, found.check_code) == ("intact", 5, AuditFile(root).check_code)


def test_every_flipped_bit_is_noticed(root: Path) -> None:
    ends = busy(root)
    whole = file(root).read_bytes()
    for place in range(len(whole)):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << place % 8
        file(root).write_bytes(flipped)
        found = AuditFile.verify(_unread(root))
        assert found.code, place
        if place < ends[-2]:
            assert found.state == "broken" and str(file(root)) in found.words
            with pytest.raises(Damaged, match="Nothing was written"):
                AuditFile(root)
        else:
            assert found.state in ("shorter", "broken")


def _unread(root: Path) -> AuditFile:
    """An audit file whose first reading is put off."""

    class Unread(AuditFile):
        def _read_again(self) -> None:
            pass

    return Unread(root)


def test_every_cut_is_noticed_and_nothing_is_added_until_it_is_acknowledged(root: Path) -> None:
    ends = busy(root)
    whole = file(root).read_bytes()
    remembered = (root / "remembered.audit.log").read_bytes()
    session = signed_in(root)
    for cut in range(ends[1], len(whole), 7):
        file(root).write_bytes(whole[:cut])
        (root / "remembered.audit.log").write_bytes(remembered)
        shorter = AuditFile(root)
        left = sum(end <= cut for end in ends) - 1
        assert f"ends at line {left}, and went to line 5" in shorter.fault
        assert shorter.verify().state == "shorter"
        with pytest.raises(StoreTrouble, match="msht audit acknowledge"):
            Audit(shorter, session).append(LOOKED, NOW)
        Audit(shorter, session).acknowledge(NOW)
        assert not shorter.fault
        assert Audit(AuditFile(root), session).lines()[-1].event == AuditAcknowledged(remembered=5, found=left)
        Audit(AuditFile(root), session).append(LOOKED, NOW)
        assert len(Audit(shorter, session).lines()) == left + 2


def test_one_that_was_moved_away_is_missed(root: Path) -> None:
    busy(root)
    file(root).rename(root / "kept.tdb")
    assert nobody(root).verify().state == "gone"
    for who in (None, signed_in(root)):
        with pytest.raises(StoreTrouble, match="cut short, put back or removed"):
            Audit(AuditFile(root), who).append(SignInFailed(), NOW)
    ann = audit(root)
    ann.acknowledge(NOW)
    ann.append(LOOKED, NOW)
    assert [line.event for line in ann.lines()] == [AuditAcknowledged(remembered=5, found=0), LOOKED]
    assert ann.retention().gap_at == NOW
    with pytest.raises(Refused, match="nothing to acknowledge"):
        ann.acknowledge(NOW)


def test_one_that_was_written_anew_is_noticed(root: Path) -> None:
    """Whoever can write the file can make a chain that fits; what is remembered and a printed check code do not fit it."""
    busy(root)
    code = CheckCode.parse(AuditFile(root).check_code)
    line, digest = chain.line_of(chain.START, chain.Header("msht-audit", 1, "audit"))
    for number in range(1, 8):
        more, digest = chain.line_of(digest, [AuditLine(Stamp(number, NOW), SignInFailed()).document()])
        line += more
    file(root).write_bytes(line)
    assert "not the one that stood there before" in AuditFile(root).fault
    assert nobody(root).verify().state == "rewritten"
    (root / "remembered.audit.log").unlink()
    assert nobody(root).verify().state == "intact"
    assert nobody(root).verify(code).state == "rewritten"


def test_one_that_is_gone_with_what_is_remembered_of_it_is_missed(root: Path) -> None:
    """Holds perhaps with it: so nothing is added until a supervisor has taken note."""
    busy(root)
    for name in ("audit.tdb", "remembered.audit.log"):
        (root / name).unlink()
    found = nobody(root).verify()
    assert (found.state, found.entries) == ("gone", 0) and "msht audit acknowledge" in found.words
    for who in (None, signed_in(root)):
        with pytest.raises(StoreTrouble, match=r"is gone.* Nothing of a case is shown until a supervisor acknowledges it"):
            Audit(AuditFile(root), who).append(SignInFailed(), NOW)
    assert not file(root).exists()
    ann = audit(root)
    assert "is gone" in ann.file.notice
    ann.acknowledge(NOW)
    ann.append(LOOKED, NOW)
    assert [line.event for line in ann.lines()] == [AuditAcknowledged(remembered=0, found=0), LOOKED]
    assert ann.retention().gap_at == NOW
    assert nobody(root).verify().state == "intact"
    with pytest.raises(Refused, match="nothing to acknowledge"):
        ann.acknowledge(NOW)


def test_a_window_that_has_it_open_misses_it_as_well(root: Path) -> None:
    ann = audit(root)
    ann.append(HELD, NOW)
    for name in ("audit.tdb", "remembered.audit.log"):
        (root / name).unlink()
    with pytest.raises(StoreTrouble):
        ann.append(LOOKED, NOW)
    assert not file(root).exists()


@pytest.mark.parametrize("left", ["nothing", "the first line"])
def test_one_without_a_line_is_a_fault_and_no_beginning(root: Path, left: str) -> None:
    busy(root)
    (root / "remembered.audit.log").unlink()
    file(root).write_bytes(b"" if left == "nothing" else file(root).read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(Damaged, match="then acknowledge"):
        AuditFile(root)
    assert _unread(root).verify().state == "broken"


def test_it_is_begun_once(root: Path) -> None:
    """A set-up that was broken off after the beginning goes on."""
    busy(root)
    nobody(root).begin(NOW)
    assert len(events(root)) == 4


def test_what_is_remembered_and_gone_is_not_begun_anew(root: Path) -> None:
    busy(root)
    file(root).unlink()
    with pytest.raises(Damaged, match=r"went to line 5.* Nothing was set up"):
        nobody(root).begin(NOW)
    assert not file(root).exists()


def test_a_set_up_whose_audit_cannot_be_begun_lets_nobody_in(
    tmp_path: Path, failing_disk: Callable[[], Any], endings: tuple[type[BaseException], ...]
) -> None:
    """And one that is broken off anywhere is finished by doing it again."""
    broken_off = 0
    for at in count(1):
        root = tmp_path / str(at)
        disk = failing_disk()
        operators = Operators(root / "keys", disk, costs=CHEAP)
        operators.folder.make()
        disk.arm(at)
        try:
            operators.set_up(ANN, PASS[ANN], lambda root=root, disk=disk: Audit(AuditFile(root, disk)).begin(NOW))  # type: ignore[misc]
        except endings:
            broken_off += 1
        is_through = disk.is_through
        disk.arm(0)
        root = shutil.copytree(root, tmp_path / f"{at} later")
        operators = Operators(root / "keys", costs=CHEAP)
        if not operators.is_set_up():
            operators.set_up(ANN, PASS[ANN], lambda root=root: nobody(root).begin(NOW))  # type: ignore[misc]
        assert nobody(root).verify().state == "intact", at
        assert events(root) == []
        if is_through:
            break
    assert broken_off > 20


@pytest.mark.parametrize("event", [LOOKED, SignedIn(role="operator"), AuditAcknowledged(remembered=1, found=1)])
@pytest.mark.parametrize("by", [ANN, ""])
def test_a_line_of_an_operator_that_nobody_sealed_is_refused(root: Path, event: AuditEvent, by: str) -> None:
    busy(root)
    _forge(root, [AuditLine(Stamp(6, NOW, by), event).document()])
    with pytest.raises(Damaged, match="does not fit"):
        AuditFile(root)
    assert _unread(root).verify().state == "broken"


@pytest.mark.parametrize("number", [5, 7])
def test_a_line_of_another_number_is_refused(root: Path, number: int) -> None:
    busy(root)
    _forge(root, [AuditLine(Stamp(number, NOW), SignInFailed()).document()])
    with pytest.raises(Damaged, match="does not fit"):
        AuditFile(root)


def test_a_sealed_line_in_another_place_does_not_open(root: Path) -> None:
    busy(root)
    lines = file(root).read_bytes().splitlines()
    _forge(root, json.loads(lines[3][chain.DIGEST_SIZE + 1 :]), number=6)
    assert nobody(root).verify().state == "intact"
    assert audit(root).verify().state == "broken"
    with pytest.raises(Damaged, match=r"Line 6 of .* is not what was sealed there"):
        audit(root).lines()


def _forge(root: Path, documents: list[dict[str, object]], **changed: object) -> None:
    """Add a line that fits the chain, as somebody who can write the file can."""
    whole = file(root).read_bytes()
    before = whole.splitlines()[-1][: chain.DIGEST_SIZE].decode()
    file(root).write_bytes(whole + chain.line_of(before, [{**one, **changed} for one in documents])[0])


VECTOR = """\
5e4012718d948eccaddb327f292076c060dceb36d7b8fc409936d3f35f399deb {"format":"msht-audit","version":1,"case":"audit"}
9f7ff2887c159613ef30e1109f950402baaad003b55c01eb46bbec2afa82fc7a \
[{"number":1,"at":"2026-11-23T14:05:00Z","kind":"sign-in-failed","offered":"PS 1 Ann"}]
3eebf78e93dc0e87b57e5bf1c78230558c6c2c09a406dd84bd9b1159be6f5cb9 \
[{"generation":1,"number":2,"sealed":"GwJmEpEURAdgWX36U83xZT2AiGwngOA+In5O3jZh40C7dHs+Ee/OUS6Jjm4g0g/jjzBf6XOs59G4\
rmMY1W6Sk8tMVjbTecC4VAEJ0Tz1x6LQvwuPMbqXpLrch8uxPcFpN6rXUGySiIBgLiQkfbY8BvXDI9qB/vNIZil7GIER2+BhT9LktJq/yEec6hJCvsoPgbsctZEOmj75mctD\
SImWGIrqNIRjqQ=="}]
59262a3559dbab884af96e0f4fd6aff9d3745d03232679da036f05fa54ad8ccd \
[{"generation":2,"number":3,"sealed":"c2WqD1XYJhm2GWJJSrYjWqqCqfh90tzQ6R2j0My+XohtrzOsSC6na5dpIcmzKe4OV4Rvtf42PGwf\
1PtJ5+LEJOlmcY2hXSoQxf8VcWALOLQOmzePYh0XxH1vJHiHAHzijXcJweb8xqdDYg=="}]
"""
"""An audit of the first version, kept for ever: store key 1 is the bytes 0 to 31, store key 2 the bytes 32 to 63."""


class Known(Session):
    """A supervisor with the store keys of the vector."""

    def __init__(self) -> None:
        pass

    @property
    def operator(self) -> str:
        return ANN

    @property
    def role(self) -> Role:
        return "supervisor"

    @property
    def keys(self) -> dict[int, StoreKey]:
        return {generation: StoreKey(generation, bytes(range(begin, begin + 32))) for generation, begin in ((1, 0), (2, 32))}

    def refresh(self) -> None:
        pass


def test_what_the_first_version_wrote_is_read_for_ever(tmp_path: Path) -> None:
    file(tmp_path).write_text(VECTOR, "ascii", newline="\n")
    assert AuditFile(tmp_path).verify().state == "intact"
    assert [line.event for line in Audit(AuditFile(tmp_path), Known()).lines()] == [SignInFailed(offered=ANN), LOOKED, SignedOut()]
    assert [line.stamp.by for line in Audit(AuditFile(tmp_path), Known()).lines()] == ["", ANN, ANN]


def test_another_stores_audit_does_not_open(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    Operators(other / "keys", costs=CHEAP).set_up(ANN, PASS[ANN], lambda: nobody(other).begin(NOW))
    audit(other).append(LOOKED, NOW)
    shutil.copy(file(other), file(root))
    with pytest.raises(Damaged, match="not what was sealed there"):
        audit(root).lines()


def test_an_unfinished_last_line_is_set_aside(root: Path) -> None:
    busy(root)
    whole = file(root).read_bytes()
    file(root).write_bytes(whole + b"torn")
    torn = audit(root)
    assert "not finished" in torn.file.notice
    assert torn.verify().state == "unfinished"
    torn.append(HoldSet(case=CASE), NOW)
    assert file(root).read_bytes().startswith(whole) and b"torn" not in file(root).read_bytes()
    assert (root / "audit.torn").read_bytes() == b"torn\n"
    assert events(root)[4:] == [HoldSet(case=CASE)]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (chain.Header("msht-audit", 2, "audit"), "newer version"),
        (chain.Header("msht-case", 1, "audit"), "not that of an audit"),
        (chain.Header("msht-audit", 1, CASE), "not that of an audit"),
        ([1], "not that of an audit"),
        (chain.Header("msht-audit", 1, "audit"), "no whole line after the first"),
    ],
)
def test_a_file_of_another_kind_is_refused(root: Path, header: object, words: str) -> None:
    file(root).write_bytes(chain.line_of(chain.START, header)[0])
    with pytest.raises(Damaged, match=words):
        AuditFile(root)


@pytest.mark.parametrize("event", [AuditVerified(result="intact"), Restored(cases=3)])
def test_what_nobody_has_to_sign_in_for_can_be_recorded_by_nobody(root: Path, event: AuditEvent) -> None:
    nobody(root).append(event, NOW)
    assert events(root) == [event]


OTHER = "77aa3f60-6f5f-4a53-9d0e-1c9f6f6a7a22"
ERASED, HELD = Erased(case=CASE, entries=4), HoldSet(case=CASE, because="an inquest")


class Overtaken(AuditFile):
    """Another window adds a line after this one has read the last, and before it has the lock; so often as there are lines."""

    def __init__(self, root: Path, *others: AuditEvent) -> None:
        super().__init__(root)
        self._others = list(others)
        self._other = audit(root)

    def append(self, make: Make) -> None:
        if self._others:
            self._other.append(self._others.pop(0), NOW)
        super().append(make)


@pytest.mark.parametrize(
    ("mine", "others", "why"),
    [
        (ERASED, [HELD], f"legal hold, set by {ANN}, because an inquest"),
        (ERASED, [LOOKED, HELD], "legal hold"),
        (HELD, [ERASED], f"was erased by {ANN}: it can be held no more"),
        (HELD, [LOOKED, ERASED], "was erased"),
    ],
)
def test_of_a_hold_and_an_erasure_at_the_same_moment_the_first_line_counts(
    root: Path, mine: AuditEvent, others: list[AuditEvent], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        Audit(Overtaken(root, *others), signed_in(root)).append(mine, NOW)
    assert events(root) == others


@pytest.mark.parametrize("mine", [ERASED, HELD])
def test_lines_of_others_that_are_about_something_else_come_before(root: Path, mine: AuditEvent) -> None:
    others: list[AuditEvent] = [LOOKED, HoldSet(case=OTHER), HoldLifted(case=CASE)]
    Audit(Overtaken(root, *others), signed_in(root)).append(mine, NOW)
    assert events(root) == [*others, mine]


def test_a_hold_stands_between_a_case_and_its_erasure_until_it_is_lifted(root: Path) -> None:
    ann = audit(root)
    ann.append(HELD, NOW)
    with pytest.raises(Refused, match="lift the hold first"):
        ann.append(ERASED, NOW)
    ann.append(HoldLifted(case=CASE), NOW)
    ann.append(ERASED, NOW)
    ann.append(Erased(case=CASE), NOW)
    assert events(root) == [HELD, HoldLifted(case=CASE), ERASED, Erased(case=CASE)]


def test_two_windows_that_hold_and_erase_again_and_again_never_do_both(root: Path) -> None:
    """Each is a window of its own, on every case at once with the other."""
    cases = [f"{number:08x}{CASE[8:]}" for number in range(40)]

    def everywhere(event: type[Erased | HoldSet], order: list[str]) -> set[str]:
        window, done = audit(root), set()
        for case in order:
            try:
                window.append(event(case=case), NOW)
                done.add(case)
            except Refused:
                continue
        return done

    with ThreadPoolExecutor(2) as both:
        holding, erasing = both.submit(everywhere, HoldSet, cases), both.submit(everywhere, Erased, cases)
        held, erased = holding.result(), erasing.result()
    assert held | erased == set(cases)
    assert held & erased == set()
    assert len(events(root)) == len(cases)
