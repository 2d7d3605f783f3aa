"""The way into the live store, as the screens have it: set-up, signing in, and what goes with being signed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from msht_tui.bootstrap import SystemClock, Workplace
from msht_tui.domain.audit import AuditEvent, AuditLine, OperatorChanged, OperatorRole, SignedIn, SignInFailed
from msht_tui.domain.refusal import Refused
from msht_tui.ports import Clock, StoreTrouble
from msht_tui.settings import with_settings, write_settings
from screens.desk import Desk, Station
from screens.gate import Badge, Wait

if TYPE_CHECKING:
    from msht_tui.store.audit import Audit
    from msht_tui.store.audit_file import AuditFile
    from msht_tui.store.disk import Disk
    from msht_tui.store.keys.operators import Operators, Session

HELD = "held drafts"
"""What the keys are derived for that seal what the store could not keep, while it is in memory only."""


def desk_of(workplace: Workplace, *, plain: bool, badge: Badge | None = None) -> Desk:
    """The desk of whoever works at a store. Raises `StoreTrouble` when its settings cannot be used."""
    settings = workplace.settings
    return Desk(
        workplace.casework,
        marking=settings.marking,
        local_words=settings.local,
        plain=plain,
        copy_fields=settings.copy_fields,
        badge=badge,
        lock_after=(settings.lock_after, settings.lock_after_in_custody),
    )


class LiveGate:
    """The way into one live store; see `screens.gate.Gate`."""

    def __init__(
        self,
        workplace: Workplace,
        *,
        plain: bool = False,
        clock: Clock | None = None,
        disk: Disk | None = None,
        operators: Callable[[Wait], Operators] | None = None,
        again: Callable[[str], Workplace] | None = None,
    ) -> None:
        """`disk` is the one of the audit; `operators` gives those of the store, with a way to wait; `again` a workplace for an operator."""
        self._workplace = workplace
        self._plain = plain
        self._clock = clock or SystemClock()
        self._disk = disk
        self._operators = operators or self._of_the_store
        self._again = again or (lambda operator: Workplace(workplace.base, operator=operator))
        self._audit_file: AuditFile | None = None
        self.held: dict[str, bytes] = {}
        """Operator to what the store could not keep when they left last, sealed."""

    def station(self) -> Station:
        """The terminal with nobody at it. Raises `StoreTrouble` when the settings cannot be used."""
        settings = self._again(self._workplace.operator).settings
        zone = self._workplace.zone
        return Station(self._clock, zone, exercise=False, marking=settings.marking, local_words=settings.local, plain=self._plain)

    def is_set_up(self) -> bool:
        """Whether anybody can sign in."""
        return self._operators(_no_wait).is_set_up()

    def plain_cases(self) -> int:
        """How many cases are left of before the set-up."""
        return len(list(self._workplace.base.glob("cases/*.tdb")))

    def expected(self) -> str:
        """The operator that the program was started for."""
        from msht_tui.store.audit import offered_id

        with suppress(StoreTrouble):  # whoever signs in is told
            return offered_id(self._workplace.operator, self._operators(_no_wait).list())
        return ""

    def set_up(self, operator: str, passphrase: str, *, force: str, marking: str) -> str:
        """Write the settings, then make the first supervisor, which is recorded."""
        from msht_tui.store.keys.passphrase import new_passphrase
        from msht_tui.store.place import refuse_foreign

        refuse_foreign(self._workplace.base)
        operators = self._operators(_no_wait)
        passphrase = new_passphrase(passphrase)
        settings = with_settings(self._workplace.base, {"force": force, "marking": marking})
        operators.folder.make()
        write_settings(self._workplace.base, settings)
        code = operators.set_up(operator, passphrase)
        session = operators.sign_in(operator, passphrase)
        try:
            self._audit(session).append(OperatorChanged(operator=session.operator, how="added", role=session.role), self._clock.now())
        finally:
            session.close()
        return code

    def sign_in(self, operator: str, passphrase: str, wait: Wait) -> Desk:
        """The desk of whoever's passphrase fits. That it fitted, or did not, is recorded before it is shown."""
        from msht_tui.store.audit import offered_id
        from msht_tui.store.keys.slots import WrongPassphrase

        operators = self._operators(wait)
        try:
            session = operators.sign_in(operator, passphrase)
        except WrongPassphrase:
            failed = SignInFailed(offered=offered_id(operator, operators.list()))
            self._audit(None).append(failed, self._clock.now())
            raise
        try:
            audit = self._audit(session)
            audit.append(SignedIn(role=session.role), self._clock.now())
            workplace = self._again(session.operator)
            workplace.session = session
            workplace.casework.clock = self._clock
            workplace.casework.signed_in_at = self._clock.now()
            return desk_of(workplace, plain=self._plain, badge=LiveBadge(workplace, session, audit, self))
        except (Refused, StoreTrouble):
            session.close()
            raise

    def practise(self) -> Desk:
        """The desk of the exercise store."""
        workplace = Workplace(self._workplace.base, exercise=True, operator=self._workplace.operator)
        workplace.casework.clock = self._clock
        return desk_of(workplace, plain=self._plain)

    def now(self) -> datetime:
        """The present, in UTC."""
        return self._clock.now()

    def _of_the_store(self, wait: Wait) -> Operators:
        from msht_tui.store.keys.operators import Operators
        from msht_tui.store.place import KEYS

        return Operators(self._workplace.base / KEYS, sleep=wait)

    def _audit(self, session: Session | None) -> Audit:
        from msht_tui.store.audit import Audit
        from msht_tui.store.audit_file import AuditFile

        if self._audit_file is None:
            self._audit_file = AuditFile(self._workplace.base, self._disk)
        return Audit(self._audit_file, session)


class LiveBadge:
    """Somebody who is signed in; see `screens.gate.Badge`."""

    def __init__(self, workplace: Workplace, session: Session, audit: Audit, gate: LiveGate) -> None:
        self._workplace = workplace
        self._session = session
        self._audit = audit
        self._gate = gate

    @property
    def role(self) -> OperatorRole:
        """What they may do."""
        return self._session.role

    @property
    def over(self) -> bool:
        """Whether the session holds nothing any more."""
        try:
            return not self._session.keys
        except Refused:
            return True

    @cached_property
    def notice(self) -> str:
        """That there are cases which are not sealed yet; empty when there are none."""
        try:
            self._workplace.store.refuse_plain()
        except StoreTrouble as trouble:
            return str(trouble)
        return ""

    @cached_property
    def held(self) -> Mapping[str, Mapping[str, str]]:
        """What the store could not keep when they left last; it is taken out of the gate's hands."""
        sealed = self._gate.held.pop(self._session.operator, None)
        if sealed is None:
            return {}
        return msgspec.json.decode(self._session.open_blob(HELD, sealed), type=dict[str, dict[str, str]])

    def record(self, event: AuditEvent) -> None:
        """Append it to the audit."""
        self._audit.append(event, self._gate.now())

    def leave(self, left: Mapping[str, Mapping[str, str]], event: AuditEvent) -> None:
        """Hold, record, close. A lock never waits for a disk that fails."""
        with suppress(Refused, StoreTrouble):
            if left:
                self._gate.held[self._session.operator] = self._session.seal_blob(HELD, msgspec.json.encode(left))
        with suppress(Refused, StoreTrouble):
            self.record(event)
        self._session.close()

    # For supervisors

    def lines(self) -> Sequence[AuditLine]:
        """The audit."""
        return self._audit.lines()


def _no_wait(seconds: float) -> None:
    """For what never waits."""
