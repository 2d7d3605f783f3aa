"""The file of one case: read to its end, caught up and appended to under a lock, never changed otherwise."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path

import msgspec

from msht_tui.domain.entry import CaseOpened, Document, Entry, entries_from
from msht_tui.store import chain
from msht_tui.store.acts import Acts, acts_of, is_act, why_unreadable
from msht_tui.store.chained_file import ChainedFile
from msht_tui.store.codec import PLAIN, Codec
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.memory import Height, Memory
from msht_tui.store.tables import AppendOnlyError, CaseDatabase, Documents, EntryStorage
from msht_tui.store.trouble import Damaged, NotSealed, SignInFirst, StoreTrouble, in_words


class CaseFile(ChainedFile):
    """The record of a case, on disk as `<id>.tdb`, with its lock in `<id>.lock` beside it.

    `database` is the same record as a TinyDB. Reading never writes: a case that nobody appends to is left as it is, to the byte.
    Threads may share it: one appends while another refreshes.
    """

    HOLDS = "a case"
    TO_WRITE = "save to"

    def __init__(self, path: Path, disk: Disk, memory: Memory | None = None, codec: Codec = PLAIN) -> None:
        """Reads the whole file, and holds it against what the store remembers of it. `codec` says how acts stand in their lines.

        Raises `Damaged` with the place, `SignInFirst`, `NotSealed`, or another `StoreTrouble`.
        """
        super().__init__(path, disk)
        self.case_id = path.stem
        self._codec = codec
        self._memory = memory
        self._digests: dict[int, str] = {}
        """The last number of each act to the digest of its line."""
        self._documents = Documents()
        self._entries: list[Entry] = []
        self._seen: Seen | None = None
        """What the file was when it was last read."""
        self._plain_code = ""
        """Of a record that was sealed later: the check code that it had before."""
        self.database = CaseDatabase(self._insert, self._documents, storage=EntryStorage)
        """The record as a TinyDB: query it as any other; `insert` appends an act of its own, changing is refused."""
        self._read()
        self._fault = self._found_fault()

    @classmethod
    def create(cls, path: Path, disk: Disk, documents: Sequence[Document], memory: Memory | None = None, codec: Codec = PLAIN) -> CaseFile:
        """A new case file with its first act; it gets its name only once both are durable. Raises `StoreTrouble`."""
        header, digest = chain.line_of(chain.START, chain.Header(codec.format, chain.VERSION, path.stem))
        line, _ = chain.line_with(digest, codec.written(msgspec.json.encode(documents), len(documents), digest))
        try:
            if path.exists():
                raise FileExistsError(errno.EEXIST, "there is a case of this name already")
            disk.write_whole(path, header + line)
        except OSError as error:
            raise in_words(error, "begin the case", path) from error
        found = cls(path, disk, memory, codec)
        found._remember()
        return found

    @property
    def entries(self) -> Sequence[Entry]:
        """Every entry read so far, in order."""
        return self._entries

    @property
    def check_code(self) -> str:
        """The last entry's number and the digest of its line: what a printed page can be held against later."""
        return f"{len(self._entries)}-{self._digest}"

    @property
    def height(self) -> Height:
        """How far the record goes."""
        return Height(len(self._entries), self._digest)

    @property
    def fault(self) -> str:
        """Whether the record is not the one that the store remembers, in words; empty when it is, or goes on from it.

        It is found when the file is opened: whatever is done to an open file is found by reading on.
        """
        if self._fault:
            self._fault = self._found_fault()
        return self._fault

    def _found_fault(self) -> str:
        try:
            known = self._memory.of(self.case_id) if self._memory is not None else None
        except OSError as error:
            self._notice = f"What the store remembers of this case cannot be read: {error.strerror or error}."
            return ""
        if known is None or self._digests.get(known.number) == known.digest or f"{known.number}-{known.digest}" == self._plain_code:
            return ""
        if len(self._entries) < known.number:
            ends = f"{self.path.name} ends at entry {len(self._entries)}, and went to entry {known.number} before"
            return f"{ends}: it was cut short or rolled back."
        return f"Entry {known.number} of {self.path.name} is not the one that stood there before: the record was rewritten."

    @property
    def notice(self) -> str:
        """What a person should know about the file; empty when there is nothing."""
        if self.fault:
            return f"{self.fault} It can be read; nothing is added until a supervisor acknowledges it: msht store acknowledge."
        return self._unfinished or self._notice

    def refresh(self) -> bool:
        """Read what others appended; whether there was anything. Waits for nobody's append. Raises `StoreTrouble`."""
        if not self._guard.acquire(blocking=False):
            return False
        try:
            before = len(self._entries)
            self._codec.refresh()
            self._read()
            return len(self._entries) > before
        finally:
            self._guard.release()

    def append(self, decide: Callable[[], Sequence[Document]]) -> Sequence[Entry]:
        """Append what `decide` wants after catching up, as one durable act. See `CaseRecord.append`.

        It begins where TinyDB's `insert` ends: the way there takes longer than every check that is made here.
        """
        with self._lock.held(), self._guard:
            self._codec.refresh()
            self._catch_up()
            self._refuse_faulted()
            documents = decide()
            return self._write_act(documents) if documents else []

    def _insert(self, documents: Sequence[Document]) -> None:
        """What TinyDB's insert ends in."""
        self.append(lambda: documents)

    def _refuse_faulted(self) -> None:
        if self.fault:
            raise Damaged(f"{self.fault} Nothing is added until a supervisor acknowledges it: msht store acknowledge {self.case_id[:8]}.")

    def _remember(self) -> None:
        """Tell the store how far the record goes now; a lost memory is said, and takes nothing from the record."""
        if self._memory is None:
            return
        try:
            self._memory.remember(self.case_id, self.height)
        except OSError as error:
            self._notice = f"Saved, but the store could not note how far the record goes: {error.strerror or error}."

    def _write_act(self, documents: Sequence[Document]) -> Sequence[Entry]:
        payload = msgspec.json.encode(documents)
        entries = self._checked(documents, payload)
        act = self._add(self._codec.written(payload, entries[-1].number, self._digest))
        self._take([act], [payload], Acts(entries, [len(entries)]))
        self._remember()
        return entries

    def _checked(self, documents: Sequence[Document], payload: bytes) -> Sequence[Entry]:
        """The entries that these documents make as the next ones, read as any reader will. Raises `AppendOnlyError`."""
        first = len(self._entries) + 1
        for number, document in enumerate(documents, first):
            if document.get("number") != number:
                raise AppendOnlyError(f"the next entry is number {number}, not {document.get('number')}: read the case again")
        try:
            return entries_from(payload)
        except msgspec.DecodeError as error:
            raise AppendOnlyError(f"{why_unreadable(payload, first)}: nothing is added") from error

    # Reading

    def _read_again(self) -> None:
        self._stand_at_the_beginning()
        self._documents.clear()
        self._entries.clear()
        self._digests.clear()
        self._seen = None
        self._read()

    def _read(self) -> None:
        """Take in everything after what is known."""
        try:
            seen = self._disk.look_at(self.path)
            if seen == self._seen:
                return
            data = self._disk.read_from(self.path, self._last)
        except OSError as error:
            raise in_words(error, "read", self.path) from error
        self._take_in(data)
        self._seen = seen

    def _read_on(self, data: bytes) -> None:
        is_whole = self._end == 0
        if is_whole:
            data = self._after_header(data)
        begin = self._end
        found = chain.scan(data, begin, self._digest)
        self._take_all(found.acts)
        if found.bad_line is not None and not found.is_tail:
            raise self._damaged_line(found.bad_line)
        if is_whole:
            self._refuse_unless_opened()
        self._torn = b"" if found.bad_line is None else data[found.bad_line - begin :]

    def _refuse_unless_opened(self) -> None:
        """A case begins with its opening: the header is never written without it."""
        if not self._entries:
            raise self._damaged("it has no whole act")
        event = self._entries[0].event
        if not isinstance(event, CaseOpened):
            raise self._damaged("entry 1 does not open a case")
        if event.case != self.case_id:
            raise self._damaged(f"entry 1 opens case {event.case}")

    def _after_header(self, data: bytes) -> bytes:
        """Check the first line; what follows it."""
        header, digest, rest = self._header(data)
        if not header.is_known:
            raise Damaged(f"{self.path} was written by a newer version of this program: update it to open the case. Nothing was written.")
        if header.case != self.case_id:
            raise self._damaged(f"it holds case {header.case}, not the one it is named after")
        if header.format != self._codec.format:
            raise self._of_another_store(header)
        self._end, self._digest, self._plain_code = len(data) - len(rest), digest, header.before
        return rest

    def _of_another_store(self, header: chain.Header) -> StoreTrouble:
        if header.format == chain.SEALED:
            return SignInFirst(f"{self.path} is sealed: sign in to open it. Nothing was written.")
        return NotSealed(f"{self.path} is not sealed, as every case here has to be. What to do with it is told by msht store verify.")

    def _take_all(self, acts: Sequence[chain.Act]) -> None:
        """Add the acts that were read to what is known. Raises `Damaged` at the first that cannot be read, the others before it added."""
        payloads = self._opened_acts(acts)
        read = acts_of(payloads, len(self._entries) + 1)
        if read is not None:
            self._take(acts, payloads, read)
            return
        for act, payload in zip(acts, payloads, strict=True):
            if not is_act(payload):
                raise self._damaged_line(act.begin)
            entries = self._read_entries(payload)
            self._take([act], [payload], Acts(entries, [len(entries)]))

    def _opened_acts(self, acts: Sequence[chain.Act]) -> list[bytes]:
        try:
            return self._codec.read(acts, self._digest)
        except Damaged as damage:
            raise Damaged(f"{self.path} is damaged: {damage} Nothing was written.") from damage

    def _take(self, acts: Sequence[chain.Act], payloads: Sequence[bytes], read: Acts) -> None:
        _, *last_numbers = accumulate(read.sizes, initial=len(self._entries))
        self._digests.update(zip(last_numbers, [act.digest for act in acts], strict=True))
        self._entries += read.entries
        self._documents.add(payloads, len(read.entries))
        if acts:
            self._stand_after(acts[-1])

    def _read_entries(self, payload: bytes) -> Sequence[Entry]:
        """The entries of one act. Raises `Damaged` with the one that cannot be read."""
        read = acts_of([payload], len(self._entries) + 1)
        if read is None:
            raise self._damaged(why_unreadable(payload, len(self._entries) + 1))
        return read.entries

    @property
    def _last_known(self) -> str:
        return f"entry {len(self._entries)}"

    def _damaged_line(self, at: int) -> Damaged:
        return self._damaged(f"the line at byte {at:,}, after entry {len(self._entries)}, does not fit")

    def _damaged(self, what: str) -> Damaged:
        return Damaged(f"{self.path} is damaged: {what}. Keep a copy, restore it from a backup, tell a supervisor. Nothing was written.")
