"""The file of one case: read to its end, caught up and appended to under a lock, never changed otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from tinydb.table import Document as TableDocument

from msht_tui.domain.entry import Document, Entry, entry_from
from msht_tui.store import chain
from msht_tui.store.disk import Disk
from msht_tui.store.lock import FileLock
from msht_tui.store.tables import ENTRIES, AppendOnlyError, CaseDatabase, EntryStorage
from msht_tui.store.trouble import Damaged, in_words


class CaseFile:
    """The record of a case, on disk as `<id>.tdb`, with its lock in `<id>.lock` beside it.

    `database` is the same record as a TinyDB. Reading never writes: a case that nobody appends to is left as it is, to the byte.
    """

    def __init__(self, path: Path, disk: Disk) -> None:
        """Reads the whole file. Raises `Damaged` with the place, or another `StoreTrouble`."""
        self.path = path
        self._disk = disk
        self._lock = FileLock(path.with_suffix(".lock"), disk)
        self._locked = False
        self._descriptor: int | None = None
        self._documents: dict[int, Document] = {}
        self._entries: list[Entry] = []
        self._end = 0
        self._digest = chain.START
        self._torn = b""
        self._notice = ""
        self.database = CaseDatabase(self._append_documents, self._documents, storage=EntryStorage)
        """The record as a TinyDB: query it as any other; `insert` appends an act of its own, changing is refused."""
        self._read()

    @classmethod
    def create(cls, path: Path, disk: Disk, documents: Sequence[Document]) -> CaseFile:
        """A new case file with its first act; it gets its name only once both are durable. Raises `StoreTrouble`."""
        header, digest = chain.line_of(chain.START, chain.Header(chain.FORMAT, chain.VERSION, path.stem))
        line, _ = chain.line_of(digest, documents)
        begun = path.with_suffix(".new")
        try:
            descriptor = disk.open_new(begun)
            try:
                disk.write_all(descriptor, header + line)
                disk.sync(descriptor)
            finally:
                disk.close(descriptor)
            disk.replace(begun, path)
            disk.sync_folder(path.parent)
        except OSError as error:
            raise in_words(error, "begin the case", path) from error
        return cls(path, disk)

    @property
    def case_id(self) -> str:
        """The case's id, which is the file's name."""
        return self.path.stem

    @property
    def entries(self) -> Sequence[Entry]:
        """Every entry read so far, in order."""
        return self._entries

    @property
    def check_code(self) -> str:
        """The last entry's number and the digest of its line: what a printed page can be held against later."""
        return f"{len(self._entries)}-{self._digest}"

    @property
    def notice(self) -> str:
        """What a person should know about the file; empty when there is nothing."""
        return self._notice

    def refresh(self) -> bool:
        """Read what others appended; whether there was anything. Raises `StoreTrouble`."""
        before = len(self._entries)
        self._read()
        return len(self._entries) > before

    def append(self, decide: Callable[[], Sequence[Document]]) -> Sequence[Entry]:
        """Append what `decide` wants after catching up, as one durable act. See `CaseRecord.append`."""
        with self._lock.held():
            self._locked = True
            try:
                self._read()
                before = len(self._entries)
                documents = decide()
                if documents:
                    table = self.database.table(ENTRIES)
                    table.insert_multiple(TableDocument(document, document["number"]) for document in documents)
                return self._entries[before:]
            finally:
                self._locked = False

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            self._disk.close(self._descriptor)
            self._descriptor = None

    def _append_documents(self, documents: list[Document]) -> None:
        """What TinyDB's insert ends in. Under `append` the lock is held already; a direct insert takes it."""
        if self._locked:
            self._write_act([dict(document) for document in documents])
            return
        with self._lock.held():
            self._read()
            self._write_act([dict(document) for document in documents])

    def _write_act(self, documents: list[Document]) -> None:
        for number, document in enumerate(documents, len(self._entries) + 1):
            if document.get("number") != number:
                raise AppendOnlyError(f"the next entry is number {number}, not {document.get('number')}: read the case again")
            try:
                entry_from(document)
            except msgspec.ValidationError as error:
                raise AppendOnlyError(f"entry {number} is not one: {error}") from error
        line, digest = chain.line_of(self._digest, documents)
        try:
            if self._descriptor is None:
                self._descriptor = self._disk.open_append(self.path)
            self._set_torn_tail_aside(self._descriptor)
            self._disk.write_all(self._descriptor, line)
            self._disk.sync(self._descriptor)
        except OSError as error:
            self._give_up()
            raise in_words(error, "save to", self.path) from error
        self._take(chain.Act(tuple(documents), digest, self._end + len(line)))

    def _give_up(self) -> None:
        """After a failed write or sync nothing is believed: cut what was half written, close, and read all again."""
        if self._descriptor is not None:
            try:
                self._disk.truncate(self._descriptor, self._end)
            except OSError:
                self._notice = "An unsaved line could not be taken back: it may be read as saved later."
            self.close()
        self._documents.clear()
        self._entries.clear()
        self._end, self._digest, self._torn = 0, chain.START, b""
        self._read()

    def _set_torn_tail_aside(self, descriptor: int) -> None:
        """Keep an unfinished last line in `<case>.torn`, then cut it off: it was never acknowledged."""
        if not self._torn:
            return
        aside = self.path.with_suffix(".torn")
        kept = self._disk.open_or_new(aside)
        try:
            self._disk.truncate(kept, 0)
            self._disk.write_all(kept, self._torn)
            self._disk.sync(kept)
        finally:
            self._disk.close(kept)
        self._disk.truncate(descriptor, self._end)
        self._torn = b""
        self._notice = f"The last line of {self.path.name} was not finished, so it was never shown as saved; it is kept in {aside.name}."

    def _read(self) -> None:
        """Take in everything after what is known."""
        try:
            data = self._disk.read_from(self.path, self._end)
            shorter = not data and self.path.stat().st_size < self._end
        except OSError as error:
            raise in_words(error, "read", self.path) from error
        if shorter:
            raise Damaged(f"{self.path} has become shorter than it was: keep a copy and tell a supervisor. Nothing was written.")
        if self._end == 0:
            data = self._read_header(data)
        begin = self._end
        found = chain.scan(data, begin, self._digest)
        for act in found.acts:
            self._take(act)
        if found.bad_line is None:
            self._torn = b""
            return
        if not found.is_tail:
            raise self._damaged(f"the line at byte {found.bad_line:,}, after entry {len(self._entries)}, does not fit")
        self._torn = data[found.bad_line - begin :]
        self._notice = f"The last line of {self.path.name} is not finished: it was never shown as saved, and counts for nothing."

    def _read_header(self, data: bytes) -> bytes:
        """Check the first line; what follows it."""
        line, newline, rest = data.partition(b"\n")
        fitting = chain.check_line(chain.START, line) if newline else None
        if fitting is None:
            raise self._damaged("its first line does not fit")
        try:
            header = msgspec.json.decode(fitting[0], type=chain.Header)
        except msgspec.DecodeError as error:
            raise self._damaged("its first line is not that of a case") from error
        if header.format != chain.FORMAT or header.version > chain.VERSION:
            raise Damaged(f"{self.path} was written by a newer version of this program: update it to open the case. Nothing was written.")
        if header.case != self.path.stem:
            raise self._damaged(f"it holds case {header.case}, not the one it is named after")
        self._end, self._digest = len(line) + 1, fitting[1]
        return rest

    def _take(self, act: chain.Act) -> None:
        for document in act.documents:
            number = len(self._entries) + 1
            try:
                entry = entry_from(document)
            except msgspec.ValidationError as error:
                raise self._damaged(f"entry {number} cannot be read ({error})") from error
            if entry.number != number:
                raise self._damaged(f"entry {number} is numbered {entry.number}")
            self._documents[number] = document
            self._entries.append(entry)
        self._end, self._digest = act.end, act.digest

    def _damaged(self, what: str) -> Damaged:
        return Damaged(f"{self.path} is damaged: {what}. Keep a copy, restore it from a backup, tell a supervisor. Nothing was written.")
