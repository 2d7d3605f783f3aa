"""The way into the live store, as the screens have it: set-up, signing in, and the recovery code."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from msht_tui.bootstrap import Settings, SystemClock, Workplace
from msht_tui.domain.audit import OperatorChanged, SignedIn, SignInFailed, Unlocked
from msht_tui.domain.refusal import Refused
from msht_tui.ports import Clock, StoreTrouble
from msht_tui.settings import with_settings, write_settings
from screens.desk import Desk, Station
from screens.gate import UNSEEN, Badge, Wait

if TYPE_CHECKING:
    from msht_tui.store.audit import Audit
    from msht_tui.store.audit_file import AuditFile
    from msht_tui.store.disk import Disk
    from msht_tui.store.keys.operators import Operators
    from msht_tui.store.keys.session import Session


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
        self._read: tuple[Settings, tzinfo] = Settings(), UTC
        """The settings and the time zone as they could be read last; until then what needs none."""
        self.held: dict[str, bytes] = {}
        """Operator to what the store could not keep when they left last, sealed."""

    def station(self) -> Station:
        """The terminal with nobody at it. Where its settings cannot be used it says so, and is as it was when they could be read last."""
        notice = ""
        try:
            self._read = self._settings()
        except StoreTrouble as trouble:
            notice = str(trouble)
        settings, zone = self._read
        return Station(
            self._clock, zone, exercise=False, marking=settings.marking, local_words=settings.local, plain=self._plain, notice=notice
        )

    def folder(self) -> str:
        """Where the live store is, or would be."""
        from msht_tui.summary.words import one_line

        return one_line(str(self._workplace.base))

    def keeps_typed(self) -> bool:
        """Whether something of an operator who left is sealed in memory alone."""
        return bool(self.held)

    def is_set_up(self) -> bool:
        """Whether anybody can sign in."""
        return self._operators(_no_wait).is_set_up()

    def plain_cases(self) -> int:
        """How many cases are left of before the set-up. Where that cannot be told the set-up says why."""
        from msht_tui.store.disk import Disk
        from msht_tui.store.set_up import plain_cases

        with suppress(StoreTrouble):
            return len(plain_cases(self._workplace.base, self._disk or Disk()))
        return 0

    def expected(self) -> str:
        """The operator that the program was started for."""
        from msht_tui.store.audit import offered_id

        with suppress(StoreTrouble):  # whoever signs in is told
            return offered_id(self._workplace.operator, self._operators(_no_wait).list())
        return ""

    def set_up(self, operator: str, passphrase: str, *, force: str, marking: str) -> str:
        """Write the settings, then make the first supervisor, which is recorded. A code that was not recorded is not shown."""
        from msht_tui.store.keys.passphrase import new_passphrase
        from msht_tui.store.place import refuse_foreign

        self._settings()
        refuse_foreign(self._workplace.base)
        operators = self._operators(_no_wait)
        operators.refuse_set_up()
        passphrase = new_passphrase(passphrase)
        settings = with_settings(self._workplace.base, {"force": force, "marking": marking})
        operators.folder.make()
        write_settings(self._workplace.base, settings)
        code = operators.set_up(operator, passphrase, lambda: self._audit(None).begin(self._clock.now()))
        session = operators.sign_in(operator, passphrase)
        try:
            self._audit(session).append(OperatorChanged(operator=session.operator, how="added", role=session.role), self._clock.now())
        except StoreTrouble as trouble:
            raise StoreTrouble(f"{trouble} {UNSEEN}") from trouble
        finally:
            session.close()
        return code

    def sign_in(self, operator: str, passphrase: str, wait: Wait, *, locked_by: str = "") -> Desk:
        """The desk of whoever's passphrase fits. That it fitted, or did not, is recorded before it is shown."""
        from msht_tui.badge import LiveBadge
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
            came = Unlocked() if session.operator == locked_by else SignedIn(role=session.role)
            audit.append(came, self._clock.now())
            workplace = self._again(session.operator)
            workplace.session = session
            workplace.casework.clock = self._clock
            workplace.casework.signed_in_at = self._clock.now()
            return desk_of(workplace, plain=self._plain, badge=LiveBadge(workplace, session, audit, self._clock, self.held))
        except (Refused, StoreTrouble):
            session.close()
            raise

    def recover(self, code: str, operator: str, passphrase: str, wait: Wait) -> str:
        """Use the recovery code, which is recorded before it is done, as a wrong one is; the next one."""
        from msht_tui.store.audit import offered_id
        from msht_tui.store.keys.passphrase import new_passphrase
        from msht_tui.store.keys.slots import WrongPassphrase

        operators, audit = self._operators(wait), self._audit(None)
        try:
            return operators.recover(
                code, operator, new_passphrase(passphrase), record=lambda event: audit.append(event, self._clock.now())
            )
        except WrongPassphrase:
            audit.append(SignInFailed(offered=offered_id(operator, operators.list())), self._clock.now())
            raise

    def practise(self) -> Desk:
        """The desk of the exercise store."""
        workplace = Workplace(self._workplace.base, exercise=True, operator=self._workplace.operator)
        workplace.casework.clock = self._clock
        return desk_of(workplace, plain=self._plain)

    def _settings(self) -> tuple[Settings, tzinfo]:
        """The store's settings as they stand now, and the local time zone. Raises `StoreTrouble` when they cannot be used."""
        workplace = self._again(self._workplace.operator)
        return workplace.settings, workplace.zone

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


def _no_wait(seconds: float) -> None:
    """For what never waits."""
