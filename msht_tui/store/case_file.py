"""The file of one case: read to its end, caught up and appended to under a lock, never changed otherwise."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from msht_tui.domain.entry import CaseOpened, Document, Entry, entries_from
from msht_tui.store import chain
from msht_tui.store.acts import Acts, acts_of, is_act, why_unreadable
from msht_tui.store.codec import PLAIN, Codec
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.lock import FileLock
from msht_tui.store.memory import Height, Memory
from msht_tui.store.tables import AppendOnlyError, CaseDatabase, Documents, EntryStorage
from msht_tui.store.trouble import Damaged, NotSealed, SignInFirst, StoreTrouble, in_words


class CaseFile:
    """The record of a case, on disk as `<id>.tdb`, with its lock in `<id>.lock` beside it.

    `database` is the same record as a TinyDB. Reading never writes: a case that nobody appends to is left as it is, to the byte.
    Threads may share it: one appends while another refreshes.
    """

    def __init__(self, path: Path, disk: Disk, memory: Memory | None = None, codec: Codec = PLAIN) -> None:
        """Reads the whole file, and holds it against what the store remembers of it. `codec` says how acts stand in their lines.

        Raises `Damaged` with the place, `SignInFirst`, `NotSealed`, or another `StoreTrouble`.
        """
        self.path = path
        self._disk = disk
        self._codec = codec
        self._lock = FileLock(path.with_suffix(".lock"), disk)
        self._guard = threading.RLock()
        self._memory = memory
        self._digests: dict[int, str] = {}
        """The last number of each act to the digest of its line."""
        self._descriptor: int | None = None
        self._file = (0, 0)
        self._documents = Documents()
        self._entries: list[Entry] = []
        self._seen: Seen | None = None
        self._last = 0
        self._end = 0
        self._settled: Seen | None = None
        """What the file was when this window last synced it: as long as it is that still, all of it is known and on the disk."""
        self._digest = chain.START
        self._plain_code = ""
        """Of a record that was sealed later: the check code that it had before."""
        self._torn = b""
        self._notice = ""
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
        if self._torn:
            return f"The last line of {self.path.name} is not finished: it was never shown as saved, and counts for nothing."
        return self._notice

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

    def close(self) -> None:
        """Let go of the file and its lock."""
        self._close_file()
        self._lock.close()

    def _close_file(self) -> None:
        descriptor, self._descriptor, self._settled = self._descriptor, None, None
        if descriptor is not None:
            with suppress(OSError):
                self._disk.close(descriptor)

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
        written = self._codec.written(payload, entries[-1].number, self._digest)
        line, digest = chain.line_with(self._digest, written)
        act = chain.Act(written, digest, self._end, self._end + len(line))
        try:
            descriptor = self._opened()
            self._set_torn_tail_aside(descriptor)
            self._settle(descriptor)
            self._disk.write_all(descriptor, line)
            settled = self._disk.look_at_open(descriptor)
            self._disk.sync(descriptor)
        except OSError as error:
            self._give_up()
            raise in_words(error, "save to", self.path) from error
        self._take([act], [payload], Acts(entries, [len(entries)]))
        self._settled = settled
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

    def _give_up(self) -> None:
        """After a failed write or sync nothing is believed: cut what was half written, close, and read all again.

        A torn line of before that is not set aside yet is nothing of this act: it stays.
        """
        taken_back = True
        if self._descriptor is not None and not self._torn:
            try:
                self._disk.truncate(self._descriptor, self._end)
            except OSError:
                taken_back = False
                self._notice = "An unsaved line could not be taken back: it may be read as saved later."
        self._close_file()
        self._documents.clear()
        self._entries.clear()
        self._digests.clear()
        self._seen, self._last, self._end, self._digest, self._torn = None, 0, 0, chain.START, b""
        self._read()
        if not taken_back:
            self._write_last_line_again()

    def _settle(self, descriptor: int) -> None:
        """Make durable what stands before the new line: another window may have died, or taken a line back, without a sync.

        Of two lines that are not on the disk a power cut may tear both, and the first of them would be damage for ever.
        """
        if self._settled is not None:
            return
        try:
            self._disk.sync(descriptor)
        except OSError:
            self._write_last_line_again()
            raise

    def _write_last_line_again(self) -> None:
        """Write the last line over itself: what a sync failed to write, the system gives up, and a later sync would pass it by."""
        with suppress(OSError):
            line = self._disk.read_from(self.path, self._last)[: self._end - self._last]
            self._disk.write_over(self.path, self._last, line)

    def _set_torn_tail_aside(self, descriptor: int) -> None:
        """Keep an unfinished last line in `<case>.torn`, then cut it off: it was never acknowledged."""
        if not self._torn:
            return
        aside = self.path.with_suffix(".torn")
        kept = self._disk.open_or_new(aside)
        try:
            self._disk.write_all(kept, self._torn.removesuffix(b"\n") + b"\n")
            self._disk.sync(kept)
        finally:
            self._disk.close(kept)
        self._disk.sync_folder(aside.parent)
        self._disk.truncate(descriptor, self._end)
        self._torn = b""
        self._notice = f"The last line of {self.path.name} was not finished, so it was never shown as saved; it is kept in {aside.name}."

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

    def _catch_up(self) -> None:
        """The same under the lock, through the descriptor that is appended to.

        What was read last has to stand there still, and a copy put back in the file's place is another file. Nothing needs to
        be read of a file that looks as this window left it, unless a line was read meanwhile that somebody has taken back.
        """
        try:
            if self._descriptor is not None:
                seen = self._disk.look_at(self.path)
                if seen == self._settled and seen.size == self._end and not self._torn:
                    return
                if seen.file != self._file:
                    self._close_file()
            self._settled = None
            data = self._disk.read_open(self._opened(), self._last)
        except OSError as error:
            self._close_file()
            raise in_words(error, "open", self.path) from error
        self._take_in(data)

    def _opened(self) -> int:
        """The descriptor to append to."""
        if self._descriptor is None:
            self._descriptor = self._disk.open_append(self.path)
            self._file = self._disk.look_at_open(self._descriptor).file
        return self._descriptor

    def _take_in(self, data: bytes) -> None:
        """Read on from the last line that is known, which `data` begins with."""
        known = self._end - self._last
        if len(data) < known:
            raise Damaged(f"{self.path} has become shorter than it was: keep a copy and tell a supervisor. Nothing was written.")
        if known and not data.startswith(self._digest.encode() + b" "):
            raise Damaged(
                f"{self.path} no longer holds entry {len(self._entries)} as it was read: another window may have had to take it back. "
                "Keep a copy, close this window and open the case again. Nothing was written."
            )
        data = data[known:]
        is_whole = self._end == 0
        if is_whole:
            data = self._read_header(data)
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
        if not header.is_known:
            raise Damaged(f"{self.path} was written by a newer version of this program: update it to open the case. Nothing was written.")
        if header.case != self.path.stem:
            raise self._damaged(f"it holds case {header.case}, not the one it is named after")
        if header.format != self._codec.format:
            raise self._of_another_store(header)
        self._end, self._digest, self._plain_code = len(line) + 1, fitting[1], header.before
        return rest

    def _of_another_store(self, header: chain.Header) -> StoreTrouble:
        if header.format == chain.SEALED:
            return SignInFirst(f"{self.path} is sealed: sign in to open it. Nothing was written.")
        return NotSealed(f"{self.path} was written before this terminal was set up: seal it first, with msht store convert.")

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
        number = len(self._entries)
        self._entries += read.entries
        for act, payload, size in zip(acts, payloads, read.sizes, strict=True):
            number += size
            self._digests[number] = act.digest
            self._documents.add(payload, size)
        if acts:
            self._last, self._end, self._digest = acts[-1].begin, acts[-1].end, acts[-1].digest

    def _read_entries(self, payload: bytes) -> Sequence[Entry]:
        """The entries of one act. Raises `Damaged` with the one that cannot be read."""
        read = acts_of([payload], len(self._entries) + 1)
        if read is None:
            raise self._damaged(why_unreadable(payload, len(self._entries) + 1))
        return read.entries

    def _damaged_line(self, at: int) -> Damaged:
        return self._damaged(f"the line at byte {at:,}, after entry {len(self._entries)}, does not fit")

    def _damaged(self, what: str) -> Damaged:
        return Damaged(f"{self.path} is damaged: {what}. Keep a copy, restore it from a backup, tell a supervisor. Nothing was written.")
