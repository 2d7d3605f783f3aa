"""Looking after a store: what is in it, whether it is whole, and its cases as plain files. Looking never writes."""

from __future__ import annotations

import stat
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from shutil import disk_usage
from typing import Any

import msgspec

from msht_tui.domain.entry import Document, Entry, NoteAdded, ReferenceAdded, Stamp
from msht_tui.domain.refusal import Refused, nearest
from msht_tui.domain.text import TEXT_LIMIT, clean
from msht_tui.store.case_file import CaseFile
from msht_tui.store.case_keys import CaseKeys, NoKey
from msht_tui.store.codec import PLAIN, Codec, Sealed
from msht_tui.store.disk import Disk
from msht_tui.store.inspection import BROKEN, CheckCode, Finding, Inspection, inspect
from msht_tui.store.keyless import WITHOUT_KEY, without_key
from msht_tui.store.keys import roster, wrapped
from msht_tui.store.memory import Height, Memory
from msht_tui.store.place import CASES, KEYS, MANIFEST, PACKS, REMEMBERED, Kind, kind_of, words_for
from msht_tui.store.set_up import State, is_of_before, keys_gone, said_to_wait, state_of, why_not_of_before
from msht_tui.store.tables import ENTRIES
from msht_tui.store.trouble import UNDECODABLE, SignInFirst, StoreTrouble, in_words

PackDigest = Callable[[Mapping[str, bytes]], str]
"""From a pack's files to the digest that names it. Given, so that the store needs to know nothing of content."""

LOOKS, PAUSE = 4, 0.05
"""How often, and after how many seconds, an unfinished tail is looked at again: another window may be in the middle of a save."""


class Info(msgspec.Struct, frozen=True):
    """What a store is and holds."""

    root: Path
    exercise: bool
    kind: Kind
    cases: int
    entries: int
    size: int
    """Bytes of the case files."""
    packs: int
    torn: int
    newest: datetime | None
    """UTC: when the latest act was recorded."""
    findings: tuple[Finding, ...]
    free: int | None
    """Bytes left on its disk; `None` when the system does not say."""

    @property
    def faults(self) -> int:
        """How many cases, or other parts, are not intact."""
        return sum(1 for finding in self.findings if finding.code)

    @property
    def health(self) -> str:
        """In words."""
        return words_for(self.kind, self.root) or (f"{self.faults} fault{'s' if self.faults > 1 else ''}" if self.faults else "intact")


class Care:
    """One store, looked at from outside: without its catalogue, its locks or its caches.

    Of a sealed store the chain is checked by anybody; what is in the cases is looked at with the keys of somebody who is signed in.
    """

    def __init__(
        self, root: Path, pack_digest: PackDigest, *, exercise: bool, disk: Disk | None = None, keys: CaseKeys | None = None
    ) -> None:
        self.root = root
        self.exercise = exercise
        self.keys = keys
        self.cases = root / CASES
        self.packs = root / PACKS
        self.disk = disk or Disk()
        self.pack_digest = pack_digest
        self._pack_faults: dict[str, str] = {}

    # Looking

    def info(self) -> Info:
        """What the store is and holds. Raises `StoreTrouble` when its folder cannot be read."""
        kind = kind_of(self.root)
        cases = entries = size = 0
        newest: datetime | None = None
        findings: list[Finding] = []
        for finding, found in self._looked() if kind in ("store", "unfinished") else ():
            findings.append(finding)
            if found is None:
                continue
            cases, entries, size = cases + 1, entries + found.last, size + found.size
            if found.entries:
                last = found.entries[-1].stamp.recorded_at
                newest = last if newest is None else max(newest, last)
        packs, torn = len(self.kept_packs()), len(self.torn())
        return Info(self.root, self.exercise, kind, cases, entries, size, packs, torn, newest, tuple(findings), _free(self.root))

    def verify(self, case_id: str | None = None, code: CheckCode | None = None) -> list[Finding]:
        """What is found of one case or of all, and of the store itself where that is at fault. Nothing is written."""
        return [finding for finding, _ in self._looked(case_id, code)]

    def inspect(self, case_id: str) -> Inspection:
        """What the file of a case holds. Raises `StoreTrouble` when it cannot be read."""
        path = self.case_path(case_id)
        for look in range(LOOKS):
            found = inspect(case_id, self.read(path), self._codec(case_id))
            if found.state != "unfinished" or look == LOOKS - 1:
                break
            time.sleep(PAUSE)
        return found

    def _codec(self, case_id: str) -> Codec | None:
        return None if self.keys is None else Sealed(self.keys, case_id)

    @property
    def is_sealed(self) -> bool:
        """Whether somebody can sign in here, or could, so that no case may be plain. Raises `StoreTrouble` where that cannot be told."""
        state, why = self._state
        if why:
            raise StoreTrouble(why)
        return state != "fresh"

    @cached_property
    def _state(self) -> tuple[State, str]:
        """How far the store has come, and why that cannot be told; it is looked at as a fresh one then, with a fault."""
        try:
            return "fresh" if self.exercise else state_of(self.root / KEYS, self.disk), ""
        except StoreTrouble as trouble:
            return "fresh", str(trouble)

    @cached_property
    def _waiting(self) -> Mapping[str, str]:
        """The cases of before that are still to be sealed, to their check codes."""
        return said_to_wait(self.root / KEYS, self.disk) if self.keys is None else self.keys.session.before

    def read(self, path: Path) -> bytes:
        """The bytes of a plain file of the store; a link is not followed. Raises `StoreTrouble`."""
        try:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode):
                raise StoreTrouble(f"{path} is a link or another thing than a file, and is not read. Put the file itself there.")
            return self.disk.read_from(path, 0)
        except OSError as error:
            raise in_words(error, "read", path) from error

    def case_path(self, case_id: str) -> Path:
        """The file of a case."""
        return self.cases / f"{case_id}.tdb"

    def ids(self) -> list[str]:
        """The ids of the cases that there are files of, in order. Raises `StoreTrouble` when the folder cannot be read."""
        return sorted(path.stem for path in _listed(self.cases) if path.suffix == ".tdb")

    def torn(self) -> list[Path]:
        """The files that keep unfinished lines. Raises `StoreTrouble`."""
        return [path for path in _listed(self.cases) if path.suffix == ".torn"]

    def kept_packs(self) -> list[Path]:
        """The files that keep content. Raises `StoreTrouble`."""
        return [path for path in _listed(self.packs) if path.suffix == ".json"]

    @cached_property
    def remembered(self) -> Mapping[str, Height]:
        """How far each case went when the store last saw it. Raises `StoreTrouble`."""
        path = self.root / REMEMBERED
        if path.is_symlink():
            raise StoreTrouble(f"{path} is a link, and is not read. Put the file itself there.")
        try:
            return Memory(path, self.disk).all()
        except OSError as error:
            raise in_words(error, "read", path) from error

    def resolve(self, wanted: str) -> str:
        """The id of the case that an id, an unambiguous start of one, or a reference names, also of one whose file is gone.

        Raises `Refused`. Unlike the casework it opens no case for work, so it writes nothing.
        """
        wanted = wanted.strip()
        ids = sorted({*self.ids(), *self._remembered_or_none()})
        if wanted in ids:
            return wanted
        matches = {case_id for case_id in ids if wanted and case_id.startswith(wanted.lower())}
        references = {case_id: list(self._references(case_id)) for case_id in self.ids()} if wanted else {}
        matches |= {case_id for case_id, values in references.items() if wanted.casefold() in (value.casefold() for value in values)}
        if len(matches) == 1:
            return matches.pop()
        if matches:
            raise Refused(f"{wanted!r} names {len(matches)} cases: {', '.join(sorted(matches))}. Give more of the id.")
        known = [value for values in references.values() for value in values]
        raise Refused(f"There is no case {wanted!r} in this store.{nearest(wanted, known)} See: msht case list.")

    # Plain files

    def dump(self, case_id: str, marking: str) -> tuple[dict[str, Any], str]:
        """The tables of a case as stock TinyDB keeps them, and what is wrong with the record, in words.

        `marking` stands in the table `about`. Raises `StoreTrouble` when the record is not whole up to its end.
        """
        found = self.inspect(case_id)
        if found.sealed and self.keys is None:
            raise SignInFirst(f"Case {case_id} is sealed: sign in to see what it holds.")
        finding = found.against(self._remembered_or_none().get(case_id))
        if found.state not in ("intact", "unfinished"):
            raise StoreTrouble(f"Case {case_id} cannot be dumped. {finding.words}")
        about = {
            "marking": marking,
            "case": case_id,
            "exercise": self.exercise,
            "entries": found.last,
            "check_code": found.check_code,
        }
        return {"about": {"1": about}, ENTRIES: {str(entry.number): entry.document() for entry in found.entries}}, finding.words

    # The one act

    def acknowledge(self, case_id: str, because: str, *, by: str, now: datetime, record: Callable[[], object]) -> tuple[Height, Height]:
        """Take a case as it is, though the store remembers more or other entries, and say so in the case itself.

        `record` notes it before it is done; if it raises, nothing is. Gives what was remembered, and what is from now on.
        Raises `Refused` when nothing is wrong or the case cannot be read, and `StoreTrouble` when it could not be written.
        """
        reason = clean(because, TEXT_LIMIT - 500, what="reason")
        if not reason:
            raise Refused("Say why the case is taken as it is: nothing was recorded.")
        before = self.remembered.get(case_id)
        self._refuse_unless_short(case_id)
        assert before is not None  # nothing is short of what was never remembered
        case = CaseFile(self.case_path(case_id), self.disk, codec=self._codec(case_id) or PLAIN)

        def decide() -> list[Document]:
            finding = self._refuse_unless_short(case_id)
            record()
            number = len(case.entries)
            what = (
                f"shorter than the store remembers: from entry {before.number} to entry {number}"
                if finding.state == "shorter"
                else f"rewritten: entry {before.number} is not the one that the store remembers"
            )
            text = (
                f"This record was found {what} (check code {before.number}-{before.digest}). Taken as it is from now on by {by}: {reason}"
            )
            return [Entry(Stamp(number + 1, now, now, by), NoteAdded(text=text)).document()]

        memory = Memory(self.root / REMEMBERED, self.disk)
        try:
            case.append(decide)
            height = Height(len(case.entries), case.check_code.partition("-")[2])
            memory.take(case_id, height, "acknowledged")
        except OSError as error:
            raise in_words(error, "remember the height of the case in", memory.path) from error
        finally:
            case.close()
            memory.close()
        return before, height

    def _refuse_unless_short(self, case_id: str) -> Finding:
        """What is wrong with a case that may be taken as it is. Raises `Refused` for any other."""
        finding = self.verify(case_id)[0]
        if finding.state in ("intact", "unfinished"):
            raise Refused(f"There is nothing to acknowledge: the case is as the store remembers it. {finding.words}".strip())
        if finding.state not in ("shorter", "rewritten") or self.inspect(case_id).state not in ("intact", "unfinished"):
            raise Refused(f"The case cannot be taken as it is. {finding.words} Nothing was recorded.")
        return finding

    # Parts

    def _looked(self, case_id: str | None = None, code: CheckCode | None = None) -> Iterator[tuple[Finding, Inspection | None]]:
        """Each finding, with what was read of the case. What is remembered is read first: while others write, it can only lag behind."""
        remembered, trouble = self._remembered()
        for words in [*([trouble] if trouble else []), *(self._store_faults() if case_id is None else [])]:
            yield Finding("", "unreadable", words), None
        if case_id is not None:
            yield self._look(case_id, remembered.get(case_id), self._keyless([case_id]), code)
            return
        try:
            ids = sorted({*self.ids(), *remembered})
        except StoreTrouble as refused:
            yield Finding("", "unreadable", str(refused)), None
            return
        keyless = self._keyless(ids)
        for one in ids:
            yield self._look(one, remembered.get(one), keyless, None)

    def _keyless(self, ids: Sequence[str]) -> Collection[str]:
        """Which of these cases, where they are sealed, no key is left of; another window may be in the middle of changing all keys."""
        if self._state[0] != "set up":
            return ()
        for look in range(LOOKS):
            missing = without_key(ids, {name: self._read_or_none(self.root / KEYS / name) for name in (roster.NAME, wrapped.NAME)})
            if not missing or look == LOOKS - 1:
                break
            time.sleep(PAUSE)
        return set(missing)

    def _read_or_none(self, path: Path) -> bytes | None:
        try:
            return self.read(path)
        except StoreTrouble:
            return None

    def _look(
        self, case_id: str, remembered: Height | None, keyless: Collection[str], code: CheckCode | None
    ) -> tuple[Finding, Inspection | None]:
        path = self.case_path(case_id)
        try:
            found = self.inspect(case_id)
        except StoreTrouble as trouble:
            gone = isinstance(trouble.__cause__, FileNotFoundError)
            words = f"{path} is gone: restore it from a backup, tell a supervisor." if gone else str(trouble)
            if isinstance(trouble, NoKey):
                words = WITHOUT_KEY
            return Finding(case_id, "gone" if gone else "unreadable", words), None
        finding = found.against(remembered, code)
        pack = self._pack_fault(found.opened.digest) if found.opened else ""
        for fault in filter(None, (self._why_plain(found), pack)):
            state = "broken" if finding.code < BROKEN else finding.state
            finding = msgspec.structs.replace(finding, state=state, words=f"{finding.words} {fault}".strip())
        if found.sealed and case_id in keyless:
            finding = msgspec.structs.replace(finding, state="unreadable", words=f"{finding.words} {WITHOUT_KEY}".strip())
        return finding, found

    def _why_plain(self, found: Inspection) -> str:
        """What is wrong with a plain case where each has to be sealed; empty when nothing is."""
        if not found.is_plain or self._state[0] != "set up":
            return ""
        code = self._waiting.get(found.case)
        if is_of_before(found, code):
            return "It is from before this terminal was set up, and not sealed yet: a supervisor does it with msht store convert."
        return why_not_of_before(self.case_path(found.case), code)

    def _store_faults(self) -> Iterator[str]:
        """What is wrong with the folders themselves."""
        try:
            kind = kind_of(self.root)
        except StoreTrouble as trouble:
            yield str(trouble)
            return
        if kind in ("missing", "empty"):
            yield f"There is no store in {self.root}. Name its folder with --store."
        elif kind != "store":
            yield words_for(kind, self.root)
        state, why = self._state
        if why:
            yield why
        if state == "keys gone" and not (self.root / MANIFEST).exists():  # those of a backup lie apart
            yield keys_gone(self.root / KEYS)
        for folder in (self.cases, self.packs):
            if folder.is_symlink():
                yield f"{folder} is a link. Put the folder itself there, and name the place with --store."

    def _remembered(self) -> tuple[Mapping[str, Height], str]:
        try:
            return self.remembered, ""
        except StoreTrouble as trouble:
            return {}, str(trouble)

    def _remembered_or_none(self) -> Mapping[str, Height]:
        return self._remembered()[0]

    def _references(self, case_id: str) -> Iterator[str]:
        try:
            entries = inspect(case_id, self.read(self.case_path(case_id)), self._codec(case_id)).entries
        except StoreTrouble:
            return
        yield from (entry.event.value for entry in entries if isinstance(entry.event, ReferenceAdded))

    def _pack_fault(self, digest: str) -> str:
        """What is wrong with the kept content of this digest, in words; empty when nothing is."""
        if digest not in self._pack_faults:
            self._pack_faults[digest] = self._checked_pack(digest)
        return self._pack_faults[digest]

    def _checked_pack(self, digest: str) -> str:
        if not (len(digest) == 64 and digest.isalnum()):
            return "Its content is named by something that is no digest."
        path = self.packs / f"{digest}.json"
        try:
            data = self.read(path)
        except StoreTrouble as trouble:
            missing = isinstance(trouble.__cause__, FileNotFoundError)
            return f"Its content {path} is missing: put a copy of it back from a backup." if missing else str(trouble)
        return "" if self.is_pack(data, digest) else f"Its content {path} was altered: put a copy of it back from a backup."

    def is_pack(self, data: bytes, digest: str) -> bool:
        """Whether these bytes keep the pack of this digest."""
        try:
            return self.pack_digest(msgspec.json.decode(data, type=dict[str, bytes])) == digest
        except UNDECODABLE:
            return False


def worst(findings: Sequence[Finding]) -> int:
    """The exit code of all of them: the highest."""
    return max((finding.code for finding in findings), default=0)


def counts(findings: Sequence[Finding]) -> dict[str, int]:
    """How many cases there are in each state that occurs; what is wrong with the store itself counts as no case."""
    found = Counter[str](finding.state for finding in findings if finding.case)
    return {"cases": found.total(), **found}


def write_new(path: Path, data: bytes, disk: Disk) -> None:
    """A new durable file, readable by its owner alone. Raises `Refused` when there is one, and `StoreTrouble`; neither leaves a part."""
    try:
        descriptor = disk.open_new(path)
    except FileExistsError as error:
        raise Refused(f"{path} is there already: name another file, or move it away. Nothing was written.") from error
    except OSError as error:
        raise in_words(error, "write", path) from error
    try:
        try:
            disk.write_all(descriptor, data)
            disk.sync(descriptor)
        finally:
            disk.close(descriptor)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise in_words(error, "write all of", path) from error


def _listed(folder: Path) -> list[Path]:
    """What a folder holds; nothing when there is none. Raises `StoreTrouble`."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise in_words(error, "read", folder) from error


def _free(folder: Path) -> int | None:
    """Bytes left where a folder is, or would be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return disk_usage(folder).free
    except OSError:
        return None
