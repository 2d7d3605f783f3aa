"""The operators of a store: set-up, signing in, and what a supervisor may change."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec

from msht_tui.domain.audit import OperatorChanged, Record, RecoveryRenewed, RecoveryUsed, unrecorded
from msht_tui.domain.refusal import Refused
from msht_tui.domain.text import LINE_LIMIT, clean
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.keys import wrapped
from msht_tui.store.keys.folder import NOT_SET_UP, KeyFolder
from msht_tui.store.keys.passphrase import STANDARD, Costs, new_code, new_passphrase, typed, typed_code
from msht_tui.store.keys.roster import FORMAT, VERSION, Kept, Roster, folded
from msht_tui.store.keys.session import Operator, Session
from msht_tui.store.keys.slots import RECOVERY, Role, Slot, WrongPassphrase, new_slot, open_private, pretend, wrong
from msht_tui.store.keys.tries import RECOVERY_CODE, Tries, bucket, turn, wait_after
from msht_tui.store.lock import PATIENCE, Busy
from msht_tui.store.sealing import StoreKey
from msht_tui.store.set_up import KeysGone, cases_before, keys_gone, state_of
from msht_tui.store.trouble import StoreTrouble


class Operators:
    """`operators.keys` in the folder `keys` of a store. Its methods raise `Refused`, and `StoreTrouble` when the disk or the file fails."""

    def __init__(
        self,
        place: Path,
        disk: Disk | None = None,
        *,
        costs: Costs = STANDARD,
        sleep: Callable[[float], object] = time.sleep,
        patience: float = PATIENCE,
    ) -> None:
        """`place` is the folder of the keys; `patience` the seconds to wait for another attempt with the same id to end.

        `sleep` waits for so many seconds, by a clock that only goes forward; it may raise to give the attempt up, which counts
        all the same.
        """
        self._disk = disk or Disk()
        self.folder = KeyFolder(place, self._disk)
        self.roster = Roster(self.folder, costs)
        self._costs = costs
        self._sleep = sleep
        self._patience = patience
        self._tries = Tries(self.folder)

    # Looking

    def is_set_up(self) -> bool:
        """Whether anybody can sign in here. Raises `KeysGone` where somebody could, and nobody can any more."""
        state = state_of(self.folder.path, self._disk)
        if state == "keys gone":
            raise KeysGone(keys_gone(self.folder.path))
        return state == "set up"

    def refuse_set_up(self) -> None:
        """Raises `Refused` or `StoreTrouble` for a store that cannot be set up, before anything of it is written."""
        if self.is_set_up():
            raise Refused("This terminal is set up already: sign in. Nothing was changed.")
        cases_before(self.folder.path.parent, self._disk)

    def list(self) -> tuple[Operator, ...]:
        """Everybody who may sign in, by id. What it says is only checked when somebody signs in."""
        with self.folder.held():
            return tuple(sorted((Operator(slot.id, slot.role) for slot in self.roster.read().kept.slots), key=lambda one: folded(one.id)))

    def wait(self, operator: str) -> int:
        """Seconds that the next attempt with this id will wait."""
        with self.folder.held():
            return wait_after(self._tries.count(self._counted_as(self.roster.read().kept, operator)))

    def look(self) -> Seen | None:
        """What the file is now; `None` when there is none."""
        return self.roster.look()

    # Getting in

    def set_up(self, operator: str, passphrase: str, begin: Callable[[], object] = lambda: None) -> str:
        """Make the store key and its first supervisor; the recovery code, which is shown once.

        The plain cases that lie there now, as they are now, are those that can be sealed later.
        `begin` begins the audit, before the last write lets anybody in. If it raises, the terminal is not set up.
        If it is broken off after its last write the supervisor can sign in, and has a recovery code made.
        """
        store, key, code = secrets.token_hex(16), StoreKey.new(1), new_code()
        operator, passphrase = named(operator), new_passphrase(passphrase)
        self.refuse_set_up()
        supervisor = new_slot(store, operator, "supervisor", passphrase, self._costs.usual)
        recovery = new_slot(store, RECOVERY, "supervisor", typed_code(code), self._costs.usual)
        self.folder.make()
        with self.folder.held():
            if self.is_set_up():
                raise Refused("Another window has just set this terminal up: sign in. Nothing was changed.")
            kept = Kept(FORMAT, VERSION, store, key.generation, (), recovery, b"", cases_before(self.folder.path.parent, self._disk))
            wrapped.write(self.folder, wrapped.Wrapped(key.generation, {}))
            begin()
            self.roster.write(kept, key, {}, (supervisor,), recovery)
        return code

    def sign_in(self, operator: str, passphrase: str) -> Session:
        """A session for somebody whose passphrase fits. It waits before it looks, the longer the more attempts have failed.

        Raises `WrongPassphrase`, the same for an id that nobody has.
        """
        operator, passphrase = named(operator), typed(passphrase)
        with self._attempt(lambda kept: self._counted_as(kept, operator)) as kept:
            slot = kept.slot(operator)
            if slot is None:
                pretend(passphrase, self._costs.usual)
                raise wrong()
            session = Session(self, slot.id, open_private(slot, kept.store, passphrase))
            session.refresh()
        return session

    def confirm(self, session: Session, passphrase: str, *, sleep: Callable[[float], object]) -> None:
        """Raises `WrongPassphrase` unless it is that of whoever is signed in. It counts as an attempt, and `sleep` waits."""
        with self._attempt(lambda kept: self._counted_as(kept, session.operator), sleep) as kept:
            try:
                open_private(kept.known(session.operator), kept.store, typed(passphrase))
            except WrongPassphrase as error:
                raise WrongPassphrase("The present passphrase is not the right one. Nothing was changed: type it again.") from error

    def recover(self, code: str, operator: str, passphrase: str, record: Record = unrecorded) -> str:
        """Give a supervisor a new passphrase on the strength of the recovery code, which is used up; the next one, shown once."""
        code, passphrase = typed_code(code), new_passphrase(passphrase)
        with self._attempt(lambda _: RECOVERY_CODE) as kept:
            try:
                private = open_private(kept.recovery, kept.store, code)
            except WrongPassphrase as error:
                raise WrongPassphrase("This recovery code opens nothing here: it may have been used. Ask another supervisor.") from error
        slot = self._reset_slot(kept, operator, passphrase)
        if slot.role != "supervisor":
            raise Refused(f"{slot.id} is no supervisor: the recovery code lets a supervisor back in, who can reset others.")
        next_code, recovery = self._new_recovery(kept.store)
        with self.folder.held():
            file = self.roster.read()
            if file.kept != kept:
                raise Refused("The operators were changed in another window just now. Nothing was changed here: try again.")
            keys = self.roster.opened(file, file.kept.recovery, private)
            record(RecoveryUsed(operator=slot.id))
            self._change_key(file.kept, keys, _replaced(file.kept.slots, slot), recovery)
            with suppress(StoreTrouble):
                self._tries.forget(folded(slot.id))
        return next_code

    # What a supervisor may change: each is recorded before it is done, so that nothing is changed that could not be recorded

    def add(self, session: Session, operator: str, role: Role, passphrase: str, record: Record = unrecorded) -> None:
        """Let somebody in, from now on."""
        operator, passphrase = named(operator), new_passphrase(passphrase)
        slot = new_slot(session.store, operator, role, passphrase, self._costs.usual)
        with self._changing(session) as kept:
            if kept.slot(operator) is not None:
                raise Refused(f"There is an operator {operator!r} already: take another id. Nothing was changed.")
            record(OperatorChanged(operator=operator, how="added", role=role))
            self.roster.write(kept, session.key, session.keys, (*kept.slots, slot), kept.recovery)

    def reset(self, session: Session, operator: str, passphrase: str, record: Record = unrecorded) -> None:
        """Give an operator a new passphrase, or oneself; the old one opens nothing new. Their sessions end."""
        passphrase = new_passphrase(passphrase)
        with self._changing(session, operator) as kept:
            before = kept.known(operator)
        slot = new_slot(kept.store, before.id, before.role, passphrase, self._costs.usual)
        with self._changing(session, operator) as kept:
            role = kept.known(operator).role
            record(OperatorChanged(operator=slot.id, how="reset"))
            self._change_key(kept, session.keys, _replaced(kept.slots, msgspec.structs.replace(slot, role=role)), kept.recovery)
            with suppress(StoreTrouble):
                self._tries.forget(folded(operator))

    def change_role(self, session: Session, operator: str, role: Role, record: Record = unrecorded) -> None:
        """Give an operator another role. The last supervisor stays one."""
        with self._changing(session) as kept:
            known = kept.known(operator)
            slots = _replaced(kept.slots, msgspec.structs.replace(known, role=role))
            _refuse_without_supervisor(slots, operator)
            record(OperatorChanged(operator=known.id, how="role", role=role))
            self.roster.write(kept, session.key, session.keys, slots, kept.recovery)
            session.follow()

    def remove(self, session: Session, operator: str, record: Record = unrecorded) -> None:
        """Let somebody in no more: the store key is changed, and all case keys are wrapped anew. The last supervisor stays."""
        with self._changing(session) as kept:
            gone = kept.known(operator)
            slots = tuple(slot for slot in kept.slots if slot != gone)
            _refuse_without_supervisor(slots, operator)
            record(OperatorChanged(operator=gone.id, how="removed"))
            self._change_key(kept, session.keys, slots, kept.recovery)

    def renew_recovery(self, session: Session, record: Record = unrecorded) -> str:
        """A new recovery code, shown once; the one before opens nothing any more."""
        code, recovery = self._new_recovery(session.store)
        with self._changing(session) as kept:
            record(RecoveryRenewed())
            self._change_key(kept, session.keys, kept.slots, recovery)
        return code

    def sealed(self, session: Session, cases: Collection[str]) -> None:
        """Have these cases of before wait no more: no plain file of theirs is ever sealed again."""
        with self._changing(session) as kept:
            before = {case_id: code for case_id, code in kept.before.items() if case_id not in cases}
            if before != kept.before:
                kept = msgspec.structs.replace(kept, before=before)
                self.roster.write(kept, session.key, session.keys, kept.slots, kept.recovery)
                session.follow()

    # Parts

    @contextmanager
    def _attempt(self, counted_as: Callable[[Kept], str], sleep: Callable[[float], object] | None = None) -> Iterator[Kept]:
        """Count an attempt, wait, and hand out what the file says then; if it succeeds the count begins anew.

        One at a time for an id: of attempts that waited side by side each would have waited for nothing.
        """
        if not self.is_set_up():
            raise Refused(NOT_SET_UP)
        self.folder.shut_others_out()
        with self.folder.held():
            who = counted_as(self.roster.read().kept)
        with ExitStack() as held:
            try:
                held.enter_context(self.folder.alone(turn(who), self._patience))
            except Busy as busy:
                raise Refused("Another attempt is under way in another window: wait for its end, try again. Nothing was tried.") from busy
            yield self._kept_after_waiting(who, sleep or self._sleep)
        with suppress(StoreTrouble), self.folder.held():
            self._tries.forget(who)

    def _kept_after_waiting(self, who: str, sleep: Callable[[float], object]) -> Kept:
        with self.folder.held():
            before = self._tries.add(who)
        if seconds := wait_after(before):
            sleep(seconds)
        with self.folder.held():
            return self.roster.read().kept

    @contextmanager
    def _changing(self, session: Session, themselves: str | None = None) -> Iterator[Kept]:
        """Hold the lock for a change by a supervisor, or by the one it is about. Raises `Refused`."""
        with self.folder.held():
            session.follow()
            if session.role != "supervisor" and (themselves is None or folded(themselves) != folded(session.operator)):
                raise Refused(f"{session.operator} is no supervisor: ask one to do this. Nothing was changed.")
            yield self.roster.read().kept

    def _reset_slot(self, kept: Kept, operator: str, passphrase: str) -> Slot:
        known = kept.known(operator)
        return new_slot(kept.store, known.id, known.role, passphrase, self._costs.usual)

    def _new_recovery(self, store: str) -> tuple[str, Slot]:
        code = new_code()
        return code, new_slot(store, RECOVERY, "supervisor", typed_code(code), self._costs.usual)

    def _change_key(self, kept: Kept, keys: dict[int, StoreKey], slots: tuple[Slot, ...], recovery: Slot) -> None:
        """Make a new store key, wrap all case keys anew, and give it to these slots. It happens with the write in the middle."""
        old = keys[kept.generation]
        new = StoreKey.new(old.generation + 1)
        before = wrapped.read(self.folder, old.generation)
        case_keys = wrapped.unwrap(kept.store, old, before.keys)
        after = wrapped.Wrapped(new.generation, wrapped.wrap(kept.store, new, case_keys.items()))
        wrapped.write(self.folder, before, after)
        self.roster.write(kept, new, keys, slots, recovery)
        with suppress(StoreTrouble):  # the change has happened; the next write of this file does it
            wrapped.write(self.folder, after)

    def _counted_as(self, kept: Kept, operator: str) -> str:
        return folded(operator) if kept.slot(operator) is not None else bucket(folded(operator))


def named(operator: str) -> str:
    """An operator's id without what a terminal could take as a command. Raises `Refused` for an empty or long one."""
    name = clean(operator, LINE_LIMIT, what="operator id")
    if not folded(name):
        raise Refused("An operator needs an id, such as a collar number. Nothing was changed.")
    return name


def refuse_oneself(session: Session, operator: str) -> None:
    """Raises `Refused` for whoever would remove themselves."""
    if folded(operator) == folded(session.operator):
        raise Refused("Nobody removes themselves: another supervisor does it, and it is recorded who. Nothing was changed.")


def _replaced(slots: tuple[Slot, ...], slot: Slot) -> tuple[Slot, ...]:
    return tuple(slot if one.id == slot.id else one for one in slots)


def _refuse_without_supervisor(slots: tuple[Slot, ...], operator: str) -> None:
    if not any(slot.role == "supervisor" for slot in slots):
        raise Refused(f"{operator} is the last supervisor: make somebody else one first. Nothing was changed.")
