"""What goes with being signed in at the live store, as the screens have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from msht_tui.domain.audit import AuditEvent, AuditLine, OperatorRole, PassphraseRefused
from msht_tui.domain.refusal import Refused
from msht_tui.domain.retention import Retention
from msht_tui.ports import Clock, StoreTrouble
from msht_tui.store.keys.operators import refuse_oneself
from msht_tui.store.keys.passphrase import new_passphrase
from msht_tui.store.keys.roster import folded
from msht_tui.store.keys.slots import WrongPassphrase
from msht_tui.store.sealing import seal_blob

if TYPE_CHECKING:
    from msht_tui.bootstrap import Workplace
    from msht_tui.store.audit import Audit
    from msht_tui.store.keys.session import Session

HELD = "held drafts"
"""What the keys are derived for that seal what the store could not keep, while it is in memory only."""


class LiveBadge:
    """Somebody who is signed in; see `screens.gate.Badge`."""

    def __init__(self, workplace: Workplace, session: Session, audit: Audit, clock: Clock, held: dict[str, bytes]) -> None:
        """`held` is operator to what the store could not keep when they left last, sealed; theirs is taken out of it and put into it."""
        self._workplace = workplace
        self._session = session
        self._key = session.key
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
        """Hold, record, close. A lock never waits for a disk that fails.

        It is sealed under the key of the sign-in, which every later session of theirs has: theirs now may hold none any more.
        """
        if left:
            self._held[self._session.operator] = seal_blob(self._key, HELD, msgspec.json.encode(left))
        with suppress(Refused, StoreTrouble):
            self.record(event)
        self._session.close()

    # Who may sign in: a change is recorded before it is made

    def operators(self) -> Sequence[tuple[str, OperatorRole]]:
        """Everybody who may sign in."""
        return [(one.id, one.role) for one in self._session.operators.list()]

    def add(self, operator: str, role: OperatorRole, passphrase: str) -> None:
        """Let somebody in."""
        self._session.operators.add(self._session, operator, role, passphrase, self.record)

    def reset(self, operator: str, passphrase: str) -> None:
        """Give somebody else a new passphrase."""
        if folded(operator) == folded(self._session.operator):
            raise Refused("Your own passphrase takes the present one as well. Nothing was changed.")
        self._session.operators.reset(self._session, operator, passphrase, self.record)

    def change_own(self, present: str, passphrase: str) -> None:
        """Give oneself a new passphrase; that the present one was wrong is recorded too."""
        session, passphrase = self._session, new_passphrase(passphrase)
        try:
            session.operators.confirm(session, present, sleep=_too_often)
        except WrongPassphrase:
            self.record(PassphraseRefused())
            raise
        session.operators.reset(session, session.operator, passphrase, self.record)

    def change_role(self, operator: str, role: OperatorRole) -> None:
        """Give them another role."""
        self._session.operators.change_role(self._session, operator, role, self.record)

    def remove(self, operator: str) -> None:
        """Let somebody else in no more."""
        refuse_oneself(self._session, operator)
        self._session.operators.remove(self._session, operator, self.record)

    def renew_recovery(self) -> str:
        """A new recovery code."""
        return self._session.operators.renew_recovery(self._session, self.record)

    def retention(self) -> Retention:
        """Holds and reviews."""
        return self._audit.retention()

    def erase(self, case_id: str) -> None:
        """Record it, then erase it; the store refuses anybody but a supervisor, and the audit a held case."""
        self._workplace.store.erase(case_id, self.record)

    def lines(self) -> Sequence[AuditLine]:
        """The audit."""
        return self._audit.lines()


def _too_often(seconds: float) -> None:
    """Whoever sits at an open screen is not kept waiting but sent to the door, where the wait is."""
    raise Refused("The present passphrase was wrong too often: lock the screen with F3, sign in, then try again. Nothing was changed.")
