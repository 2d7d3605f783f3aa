"""What goes with being signed in at the live store, as the screens have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from msht_tui.domain.audit import AuditEvent, AuditLine, Erased, OperatorChanged, OperatorRole, RecoveryRenewed, SignInFailed
from msht_tui.domain.refusal import Refused
from msht_tui.domain.retention import Retention, refuse_but_supervisor
from msht_tui.ports import Clock, StoreTrouble
from msht_tui.store.keys.operators import folded, named
from msht_tui.store.keys.passphrase import new_passphrase
from msht_tui.store.keys.slots import WrongPassphrase
from screens.gate import UNSEEN

if TYPE_CHECKING:
    from msht_tui.bootstrap import Workplace
    from msht_tui.store.audit import Audit
    from msht_tui.store.keys.operators import Session

HELD = "held drafts"
"""What the keys are derived for that seal what the store could not keep, while it is in memory only."""


class LiveBadge:
    """Somebody who is signed in; see `screens.gate.Badge`."""

    def __init__(self, workplace: Workplace, session: Session, audit: Audit, clock: Clock, held: dict[str, bytes]) -> None:
        """`held` is operator to what the store could not keep when they left last, sealed; theirs is taken out of it and put into it."""
        self._workplace = workplace
        self._session = session
        self._audit = audit
        self._clock = clock
        self._held = held

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
        """What the store could not keep when they left last."""
        sealed = self._held.pop(self._session.operator, None)
        if sealed is None:
            return {}
        return msgspec.json.decode(self._session.open_blob(HELD, sealed), type=dict[str, dict[str, str]])

    def record(self, event: AuditEvent) -> None:
        """Append it to the audit."""
        self._audit.append(event, self._clock.now())

    def leave(self, left: Mapping[str, Mapping[str, str]], event: AuditEvent) -> None:
        """Hold, record, close. A lock never waits for a disk that fails."""
        with suppress(Refused, StoreTrouble):
            if left:
                self._held[self._session.operator] = self._session.seal_blob(HELD, msgspec.json.encode(left))
        with suppress(Refused, StoreTrouble):
            self.record(event)
        self._session.close()

    # Who may sign in

    def operators(self) -> Sequence[tuple[str, OperatorRole]]:
        """Everybody who may sign in."""
        return [(one.id, one.role) for one in self._session.operators.list()]

    def add(self, operator: str, role: OperatorRole, passphrase: str) -> None:
        """Let somebody in; it is recorded."""
        self._session.operators.add(self._session, operator, role, new_passphrase(passphrase))
        self.record(OperatorChanged(operator=named(operator), how="added", role=role))

    def reset(self, operator: str, passphrase: str) -> None:
        """Give somebody else a new passphrase; it is recorded."""
        if self._is_oneself(operator):
            raise Refused("Your own passphrase takes the present one as well. Nothing was changed.")
        self._session.operators.reset(self._session, operator, new_passphrase(passphrase))
        self.record(OperatorChanged(operator=named(operator), how="reset"))

    def change_own(self, present: str, passphrase: str) -> None:
        """Give oneself a new passphrase. The line comes first, because the session ends with it; a wrong present one is recorded too."""
        session, passphrase = self._session, new_passphrase(passphrase)
        try:
            session.operators.confirm(session, present, sleep=_too_often)
        except WrongPassphrase:
            self.record(SignInFailed(offered=session.operator))
            raise
        self.record(OperatorChanged(operator=session.operator, how="reset"))
        session.operators.reset(session, session.operator, passphrase)

    def change_role(self, operator: str, role: OperatorRole) -> None:
        """Give them another role; it is recorded."""
        self._session.operators.change_role(self._session, operator, role)
        self.record(OperatorChanged(operator=named(operator), how="role", role=role))

    def remove(self, operator: str) -> None:
        """Let somebody else in no more; it is recorded."""
        if self._is_oneself(operator):
            raise Refused("Nobody removes themselves: another supervisor does it, and it is recorded who. Nothing was changed.")
        self._session.operators.remove(self._session, operator)
        self.record(OperatorChanged(operator=named(operator), how="removed"))

    def renew_recovery(self) -> str:
        """A new recovery code; that it was made is recorded, and a code that was not is not shown."""
        code = self._session.operators.renew_recovery(self._session)
        try:
            self.record(RecoveryRenewed())
        except StoreTrouble as trouble:
            raise StoreTrouble(f"{trouble} {UNSEEN}") from trouble
        return code

    def retention(self) -> Retention:
        """Holds and reviews."""
        return self._audit.retention()

    def erase(self, case_id: str) -> None:
        """Refuse anybody but a supervisor, and a held case; record it, then erase it."""
        state = self.retention()
        refuse_but_supervisor(self.role, self._session.operator, "erase a case")
        state.refuse_held(case_id)
        self.record(Erased(case=case_id))
        self._workplace.store.erase(case_id)

    def lines(self) -> Sequence[AuditLine]:
        """The audit."""
        return self._audit.lines()

    def _is_oneself(self, operator: str) -> bool:
        return folded(operator) == folded(self._session.operator)


def _too_often(seconds: float) -> None:
    """Whoever sits at an open screen is not kept waiting but sent to the door, where the wait is."""
    raise Refused("The present passphrase was wrong too often: lock the screen with F3, sign in, then try again. Nothing was changed.")
