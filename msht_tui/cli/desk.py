"""What every command needs at hand: the store, the case that was named, and the words that several commands share."""

from __future__ import annotations

import shlex
from contextlib import ExitStack, suppress
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msht_tui.cli.options import Options
from msht_tui.cli.output import complain
from msht_tui.domain.audit import AuditEvent, ClockStepped, Consulted, Disclosed, Disclosure, SignedIn, SignedOut
from msht_tui.domain.refusal import Refused
from msht_tui.domain.text import LINE_LIMIT, clean
from msht_tui.ports import StoreTrouble

if TYPE_CHECKING:
    from msht_tui.bootstrap import Workplace
    from msht_tui.domain.matter import Matter
    from msht_tui.service import CaseView, Casework
    from msht_tui.store.audit import Audit
    from msht_tui.store.audit_file import AuditFile
    from msht_tui.store.keys.session import Session

EXERCISE = "EXERCISE: nothing here is a real case"


def workplace_of(options: Options) -> Workplace:
    """The store that the options name."""
    from msht_tui.bootstrap import Workplace

    return Workplace(Path(options.store) if options.store else None, exercise=options.exercise, operator=options.operator)


class Desk:
    """One operator at one store, for one command. What the live store has to say is recorded in its audit before it is said."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.workplace = workplace_of(options)
        self._opened = ExitStack()

    # Signing in and out

    def sign_in(self) -> None:
        """Sign in, where it is the live store. Raises `Refused`, or `StoreTrouble` when that cannot be recorded."""
        if not self.workplace.exercise:
            self.enter()
            self.record(SignedIn(role=self.session.role))

    def enter(self) -> None:
        """Sign in at the live store, and record nothing unless it fails."""
        from msht_tui.cli.signing import operators_set_up, sign_in

        operators_set_up(self.workplace)
        sign_in(self.workplace, self.options, self._audit_file, self.now)

    @property
    def session(self) -> Session:
        """Who is signed in. Raises `Refused` at the exercise store."""
        if self.workplace.session is None:
            raise Refused("This is for live cases: leave --exercise out. Nothing was changed.")
        return self.workplace.session

    def close(self) -> None:
        """Sign out. It does not wait for the audit: nobody stays signed in because the disk is full."""
        if self.workplace.session is not None:
            with suppress(StoreTrouble, Refused):
                self.record(SignedOut())
        self.workplace.close()
        self._opened.close()

    # The audit

    @cached_property
    def _audit_file(self) -> AuditFile:
        from msht_tui.store.audit_file import AuditFile

        file = AuditFile(self.workplace.base)
        self._opened.callback(file.close)
        return file

    @cached_property
    def audit(self) -> Audit | None:
        """The audit of the live store, for whoever is signed in; `None` for exercises, and where nobody can sign in."""
        from msht_tui.store.audit import Audit

        if self.workplace.exercise or not self.workplace.operators.is_set_up():
            return None
        return Audit(self._audit_file, self.workplace.session)

    def begin_audit(self) -> None:
        """Begin the audit of a terminal that is being set up. Raises `StoreTrouble`."""
        from msht_tui.store.audit import Audit

        Audit(self._audit_file).begin(self.now())

    def record(self, event: AuditEvent) -> None:
        """Record this in the audit, before it is shown. Nothing is recorded of exercises. Raises `StoreTrouble`: then it is not shown."""
        if self.audit is not None:
            self.audit.append(event, self.now())

    def disclose(self, case_id: str, what: Disclosure, form: str, to: str = "") -> None:
        """Record that this leaves the store: of a case, or of all for an empty id; to whom, where that was said."""
        self.record(Disclosed(case=case_id, what=what, format=form, to=clean(to, LINE_LIMIT, what="name of whom it is for")))

    # Cases

    @cached_property
    def casework(self) -> Casework:
        """The use cases. Raises `NotSealed`, as below."""
        self.refuse_unsealed()
        return self.workplace.casework

    def refuse_unsealed(self) -> None:
        """Raises `NotSealed` for a live store in which cases of before its set-up are left."""
        self.workplace.store.refuse_plain()

    def case(self, named: str) -> CaseView:
        """The case that an id, the beginning of one, or a reference names, recorded as consulted. Raises `Refused`.

        What it says of its record goes to stderr, and a clock that is behind its last entry into the audit.
        """
        from msht_tui.service.acting import STEP

        view = self.casework.view(self.casework.resolve(named))
        self.record(Consulted(case=view.case_id, how="opened"))
        behind = view.entries[-1].stamp.recorded_at - self.now()
        if behind > STEP:
            self.record(ClockStepped(seconds=-round(behind.total_seconds())))
        if view.notice:
            complain(f"Note: {view.notice}")
        return view

    def matters(self, view: CaseView) -> dict[str, Matter]:
        """The matter of every victim in the case, by their id."""
        return {victim.id: self.casework.matter(view, victim.id) for victim in view.state.active("victim")}

    def now(self) -> datetime:
        """The present, in UTC."""
        from msht_tui.bootstrap import SystemClock

        return SystemClock().now()

    def local(self, moment: datetime | None) -> str:
        """A moment as local time, with its date when that is not today's; empty for none."""
        from msht_tui.domain.moment import local

        return "" if moment is None else local(moment, self.workplace.zone, self.now())

    def command(self, *words: str) -> str:
        """A command in this store, ready to be typed."""
        start = ["msht"]
        if self.options.exercise:
            start.append("--exercise")
        if self.options.store:
            start += ["--store", self.options.store]
        return shlex.join([*start, *words])


def chosen() -> Options:
    """The global options of the command that is running."""
    import click

    return click.get_current_context().find_object(Options) or Options()


def desk() -> Desk:
    """The desk of the command that is running, signed in; when it ends its operator is signed out."""
    at_desk = desk_of_nobody()
    at_desk.sign_in()
    return at_desk


def desk_of_anybody() -> Desk:
    """The same for a command that nobody has to sign in for: only somebody who has named their passphrase is signed in."""
    return desk_of_nobody() if chosen().passphrase_file is None else desk()


def desk_of_nobody() -> Desk:
    """The same without signing in."""
    import click

    at_desk = Desk(chosen())
    click.get_current_context().call_on_close(at_desk.close)
    return at_desk


def heading(view: CaseView) -> str:
    """The first line of a page about a case: EXERCISE when it is one, and how the case is called."""
    from msht_tui.summary.words import one_line

    return (f"{EXERCISE}\n" if view.exercise else "") + one_line(view.state.title) + (" (closed)" if view.state.closed_at else "")
