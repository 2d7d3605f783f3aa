"""What the screens need of the live store: the way in, which stands before every case, and what goes with being signed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from msht_tui.domain.audit import AuditEvent, AuditLine, OperatorRole
from msht_tui.domain.retention import Retention
from screens.desk import Desk, Station

UNSEEN = "A new recovery code was made that may be on no paper: make another as a supervisor, on the list of operators (O) with C."
Wait = Callable[[float], object]
"""Waits for so many seconds; it may raise `Refused` to give the attempt up."""


class Gate(Protocol):
    """The way in. But for `station`, `folder` and `is_set_up` its methods take their time, so none is called on the screen's thread.

    They raise `Refused` in words, and `StoreTrouble`.
    """

    def station(self) -> Station:
        """The terminal with nobody at it. It raises nothing: `notice` says what is wrong with its settings."""
        ...

    def folder(self) -> str:
        """Where the live store is, or would be."""
        ...

    def keeps_typed(self) -> bool:
        """Whether it holds what the store could not keep when somebody left: it goes with the program."""
        ...

    def is_set_up(self) -> bool:
        """Whether anybody can sign in. Raises `StoreTrouble` where somebody could, and the keys are gone."""
        ...

    def plain_cases(self) -> int:
        """How many cases are left that were written before the terminal was set up, while it is not."""
        ...

    def expected(self) -> str:
        """The id of the operator that the program was started for, when there is such a one; empty otherwise."""
        ...

    def set_up(self, operator: str, passphrase: str, *, force: str, marking: str) -> str:
        """Make the first supervisor; the recovery code, which is shown once."""
        ...

    def sign_in(self, operator: str, passphrase: str, wait: Wait, *, locked_by: str = "") -> Desk:
        """The desk of an operator whose passphrase fits. It waits first, the longer the more attempts have failed.

        For `locked_by`, who had locked the screen, it is an unlocking.
        """
        ...

    def recover(self, code: str, operator: str, passphrase: str, wait: Wait) -> str:
        """Use the recovery code: this operator is a supervisor with this passphrase from now on; the next code, which is shown once."""
        ...

    def practise(self) -> Desk:
        """The desk of the exercise store, which needs no sign-in."""
        ...


class Badge(Protocol):
    """What an operator has while signed in. Its methods raise `Refused` and `StoreTrouble`, and may take their time."""

    @property
    def role(self) -> OperatorRole:
        """What they may do."""
        ...

    @property
    def over(self) -> bool:
        """Whether nobody is signed in any more: the operator was removed or has another passphrase."""
        ...

    @property
    def notice(self) -> str:
        """What to know of the store before anything is done in it; empty when there is nothing."""
        ...

    @property
    def held(self) -> Mapping[str, Mapping[str, str]]:
        """Case id to what was typed when this operator left last, and the store could not keep."""
        ...

    def record(self, event: AuditEvent) -> None:
        """Record this in the terminal's own log; durable once it returns."""
        ...

    def leave(self, left: Mapping[str, Mapping[str, str]], event: AuditEvent) -> None:
        """Hold what the store could not keep, sealed, record the event, and let go of every key. Raises nothing."""
        ...

    # Who may sign in

    def operators(self) -> Sequence[tuple[str, OperatorRole]]:
        """Everybody who may sign in, by id; for everybody."""
        ...

    def add(self, operator: str, role: OperatorRole, passphrase: str) -> None:
        """Let somebody in, from now on."""
        ...

    def reset(self, operator: str, passphrase: str) -> None:
        """Give somebody else a new passphrase."""
        ...

    def change_own(self, present: str, passphrase: str) -> None:
        """Give oneself a new passphrase, once the present one fits; the session ends with it."""
        ...

    def change_role(self, operator: str, role: OperatorRole) -> None:
        """Give an operator another role."""
        ...

    def remove(self, operator: str) -> None:
        """Let somebody in no more."""
        ...

    def renew_recovery(self) -> str:
        """A new recovery code, which is shown once."""
        ...

    def retention(self) -> Retention:
        """Holds and reviews; for everybody."""
        ...

    def erase(self, case_id: str) -> None:
        """Destroy a case, once that is recorded. Raises `Refused` while it is held."""
        ...

    def lines(self) -> Sequence[AuditLine]:
        """The terminal's own log."""
        ...
