"""What every command needs at hand: the store, the case that was named, and the words that several commands share."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msht_tui.cli.options import Options
from msht_tui.cli.output import complain

if TYPE_CHECKING:
    from msht_tui.bootstrap import Workplace
    from msht_tui.domain.matter import Matter
    from msht_tui.service import CaseView

EXERCISE = "EXERCISE: nothing here is a real case"


def workplace_of(options: Options) -> Workplace:
    """The store that the options name."""
    from msht_tui.bootstrap import Workplace

    return Workplace(Path(options.store) if options.store else None, exercise=options.exercise, operator=options.operator)


class Desk:
    """One operator at one store, for one command."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.workplace = workplace_of(options)
        self.casework = self.workplace.casework

    def case(self, named: str) -> CaseView:
        """The case that an id, the beginning of one, or a reference names; what it says of its record goes to stderr. Raises `Refused`."""
        view = self.casework.view(self.casework.resolve(named))
        if view.notice:
            complain(f"Note: {view.notice}")
        return view

    def matters(self, view: CaseView) -> dict[str, Matter]:
        """The matter of every victim in the case, by their id."""
        return {victim.id: self.casework.matter(view, victim.id) for victim in view.state.active("victim")}

    def now(self) -> datetime:
        """The present, in UTC."""
        return self.casework.clock.now()

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


def desk() -> Desk:
    """The desk of the command that is running."""
    import click

    found = click.get_current_context().find_object(Options)
    return Desk(found or Options())


def heading(view: CaseView) -> str:
    """The first line of a page about a case: EXERCISE when it is one, and how the case is called."""
    from msht_tui.summary.words import one_line

    return (f"{EXERCISE}\n" if view.exercise else "") + one_line(view.state.title) + (" (closed)" if view.state.closed_at else "")
