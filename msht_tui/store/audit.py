"""The terminal's audit as a signed-in operator has it: each line durable before what it tells of is shown, and read by supervisors."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import msgspec

from msht_tui.domain.audit import (
    NOBODYS,
    PURPOSES,
    AuditAcknowledged,
    AuditBegun,
    AuditEvent,
    AuditExported,
    AuditLine,
    AuditQuery,
    Erased,
    HoldSet,
    RecoveryUsed,
    SignInFailed,
    Stamp,
    lines_from,
)
from msht_tui.domain.entry import Document
from msht_tui.domain.refusal import Refused
from msht_tui.domain.retention import SHORT, Retention, retention
from msht_tui.store.audit_file import AUDIT, AuditFile, Make, Place, sealed_act
from msht_tui.store.inspection import CheckCode, Finding
from msht_tui.store.keys.roster import folded
from msht_tui.store.keys.session import Operator, Session
from msht_tui.store.memory import Height
from msht_tui.store.sealing import Seal
from msht_tui.store.tables import AppendOnlyError, CaseDatabase, Documents, EntryStorage
from msht_tui.store.trouble import Damaged

_HELD_AGAINST_OTHERS = frozenset(event.__struct_config__.tag for event in (Erased, HoldSet))
PURPOSE = "audit"
"""What the keys of its lines are derived for."""


class _Outrun(Exception):
    """A line was added by somebody else since the last look."""


class Audit:
    """The audit of a store, for one session or for nobody. Every method raises `SessionEnded` once the session has ended.

    What cannot be written must not be shown: `append` raises `StoreTrouble` then. Locking, signing out and guidance never wait for it.
    """

    def __init__(self, file: AuditFile, session: Session | None = None) -> None:
        self.file = file
        self._session = session
        self._seals: dict[int, Seal] = {}
        self._place = Place()
        self._lines: list[AuditLine] = []
        self._documents = Documents()

    def begin(self, at: datetime) -> None:
        """Begin the log of a terminal that is being set up, before anybody can sign in. One that was begun already goes on."""
        self.file.begin(self._make(AuditBegun(), at))

    def append(self, event: AuditEvent, at: datetime) -> None:
        """Record what is about to be shown or was done, at this moment (UTC); durable once this returns.

        With nobody signed in only what can happen then; a failed sign-in and a used recovery code are always nobody's.
        Raises `Refused` for the erasure of a case that is held, and for a hold of one that was erased, also by another window just now.
        """
        if isinstance(event, Erased | HoldSet):
            self._append_unless_settled(event, at)
        else:
            self.file.append(self._make(event, at))

    def lines(self, query: AuditQuery | None = None) -> Sequence[AuditLine]:
        """The lines that are wanted, in order. Raises `Refused` for anybody but a supervisor."""
        self._refuse_but_supervisor("read the audit")
        self._catch_up()
        return [line for line in self._lines if query is None or query.holds(line)]

    def database(self) -> CaseDatabase:
        """All lines as a TinyDB, to query as any other; only `insert` adds to it. Raises `Refused` for anybody but a supervisor."""
        self._refuse_but_supervisor("read the audit")
        self._catch_up()
        return CaseDatabase(self._insert, self._documents, storage=EntryStorage)

    def retention(self) -> Retention:
        """The holds and reviews of this terminal, for everybody who is signed in."""
        self._catch_up()
        return retention(self._lines)

    def verify(self, code: CheckCode | None = None) -> Finding:
        """Hold the file against its chain, what is remembered, and a check code; with a session each line is opened as well."""
        found = self.file.verify(code)
        if self._session is None or found.code:
            return found
        self._forget()
        try:
            self._catch_up()
        except Damaged as damage:
            return msgspec.structs.replace(found, state="broken", words=str(damage))
        return found

    def export(self, at: datetime, query: AuditQuery | None = None, *, to: str = "", because: str = "") -> bytes:
        """The lines that are wanted as JSON, one a line, then one with the check code. It is recorded first. For a supervisor."""
        chosen = self.lines(query)
        self.append(AuditExported(lines=len(chosen), to=to, because=because), at)
        end = {"check_code": self.file.check_code, "purposes": PURPOSES}
        return b"".join(msgspec.json.encode(one) + b"\n" for one in [*(line.document() for line in chosen), end])

    def acknowledge(self, at: datetime) -> None:
        """Go on with an audit that was cut short, put back, moved away or lost; a line says so. Raises `Refused` when it was not.

        For a supervisor. It has to come before anything else is recorded, the signing in of this session included.
        """
        self._refuse_but_supervisor("acknowledge the audit")

        def make(known: Height, left: Height) -> Make:
            return self._make(AuditAcknowledged(remembered=known.number, found=left.number), at)

        self.file.acknowledge(make)

    def _append_unless_settled(self, event: Erased | HoldSet, at: datetime) -> None:
        """The lines are read before the lock is taken, as a new store key may have to be; if one is added meanwhile, all is done again."""
        make = self._make(event, at)
        while True:
            self._catch_up()
            last = self._place.number
            if isinstance(event, Erased):
                retention(self._lines).refuse_held(event.case)
            else:
                self._refuse_erased(event.case)
            with suppress(_Outrun):
                self.file.append(_straight_after(last, make))
                return

    def _refuse_erased(self, case_id: str) -> None:
        erased = next((line for line in self._lines if isinstance(line.event, Erased) and line.case == case_id), None)
        if erased is not None:
            raise Refused(f"Case {case_id[:SHORT]} was erased by {erased.stamp.by}: it can be held no more. Nothing was changed.")

    def _make(self, event: AuditEvent, at: datetime) -> Make:
        session = None if isinstance(event, SignInFailed | RecoveryUsed) else self._session
        if session is None and not isinstance(event, NOBODYS):
            raise Refused("Nobody is signed in: sign in first. Nothing was recorded.")
        if session is not None:
            session.refresh()
        by = session.operator if session is not None else ""

        def make(number: int, before: str) -> tuple[bytes, int]:
            return self._written([AuditLine(Stamp(number, at, by), event).document()], number, before, session)

        return make

    def _insert(self, documents: Sequence[Document]) -> None:
        """What TinyDB's insert ends in: the documents have to be the next lines of whoever is signed in."""

        def make(number: int, before: str) -> tuple[bytes, int]:
            if [one.get("number") for one in documents] != list(range(number, number + len(documents))):
                raise AppendOnlyError(f"the next line is number {number}: read the audit again")
            if self._session is None or any(one.get("by") != self._session.operator for one in documents):
                raise AppendOnlyError("a line is written by whoever is signed in")
            if any(one.get("kind") in _HELD_AGAINST_OTHERS for one in documents):
                raise AppendOnlyError("an erasure and a hold are held against the lines before them: use append")
            return self._written(documents, number, before, self._session)

        self.file.append(make)
        self._catch_up()

    def _written(self, documents: Sequence[Document], first: int, before: str, session: Session | None) -> tuple[bytes, int]:
        payload, number = msgspec.json.encode(documents), first + len(documents) - 1
        try:
            lines_from(payload)
        except msgspec.DecodeError as error:
            raise AppendOnlyError(f"{error}: nothing is added") from error
        if session is None:
            return payload, number
        generation = session.key.generation
        sealed = self._seal(session, generation).seal(payload, number, before)
        return b'[{"generation":%d,%b' % (generation, sealed.removeprefix(b"[{")), number

    def _seal(self, session: Session, generation: int) -> Seal:
        if generation not in self._seals:
            key = session.keys.get(generation)
            if key is None:
                raise Damaged(
                    f"The audit has a line under store key {generation}, which is not here: restore the keys from a newer backup."
                )
            self._seals[generation] = Seal(key.derived(PURPOSE), AUDIT)
        return self._seals[generation]

    def _catch_up(self) -> None:
        """Open what was added since the last look. Raises `Damaged` for a line that is not what was sealed there."""
        session = self._session
        if session is None:
            raise Refused("The audit is sealed: sign in first.")
        session.refresh()
        found = self.file.acts(self._place)
        before, number = found.begin.digest, found.begin.number
        for act, last in zip(found.acts, found.numbers, strict=True):
            payload = self._opened(session, act.payload, before, number + 1)
            lines = lines_from(payload)
            if [line.stamp.number for line in lines] != list(range(number + 1, last + 1)):
                raise self._unreadable(number + 1)
            self._lines += lines
            self._documents.add([payload], len(lines))
            before, number = act.digest, last
            self._place = Place(act.end, before, number)

    def _opened(self, session: Session, payload: bytes, before: str, number: int) -> bytes:
        sealed = sealed_act(payload)
        if sealed is None:
            return payload
        seal = self._seal(session, sealed.generation)
        try:
            opened = seal.open(b"[{" + payload.partition(b",")[2], before)
        except Damaged as damage:
            raise self._unreadable(number) from damage
        if any(not line.stamp.by for line in lines_from(opened)):
            raise self._unreadable(number)
        return opened

    def _unreadable(self, number: int) -> Damaged:
        return Damaged(f"Line {number} of {self.file.path} is not what was sealed there. Keep a copy, tell a supervisor.")

    def _forget(self) -> None:
        self._place = Place()
        self._lines.clear()
        self._documents.clear()

    def _refuse_but_supervisor(self, what: str) -> None:
        if self._session is not None:
            self._session.refresh()
        if self._session is None or self._session.role != "supervisor":
            who = f"{self._session.operator} is no supervisor" if self._session is not None else "Nobody is signed in"
            raise Refused(f"{who}: ask a supervisor to {what}.")


def _straight_after(last: int, make: Make) -> Make:
    """The same, if the next line follows this one. Raises `_Outrun`."""

    def made(number: int, before: str) -> tuple[bytes, int]:
        if number != last + 1:
            raise _Outrun
        return make(number, before)

    return made


def offered_id(typed: str, operators: Sequence[Operator]) -> str:
    """The id to record of a failed sign-in: the operator's, or nothing for what nobody is called, as it may be a passphrase."""
    return next((one.id for one in operators if folded(one.id) == folded(typed)), "")
