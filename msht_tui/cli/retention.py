"""How long the live store keeps its copy of a case: `msht case due`, `keep`, `hold`, `release` and `erase`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from msht_tui.cli.arguments import BecauseOption, CaseArgument, JsonOption
from msht_tui.cli.desk import Desk, desk
from msht_tui.cli.group import commands
from msht_tui.cli.outcome import TROUBLE, Ended
from msht_tui.cli.output import complain, say, say_columns, say_data
from msht_tui.cli.passphrase import is_terminal
from msht_tui.domain.refusal import Refused

if TYPE_CHECKING:
    from msht_tui.domain.retention import Due, Hold, Retention

app = commands()


@app.command()
def due(json: JsonOption = False) -> None:
    """List the cases that are due for review, then the later ones, and say which are held.

    A case is due 31 days after the last handover or closing, or else the opening. Nothing goes by itself.
    """
    from msht_tui.domain.retention import due_for_review
    from msht_tui.summary.words import one_line

    at_desk = desk()
    state = _retention(at_desk)
    rows, unreadable = at_desk.casework.cases()
    zone = at_desk.workplace.zone
    today = at_desk.now().astimezone(zone).date()
    dated = due_for_review(rows, state, date.max, zone)
    if json:
        say_data([_due_data(one, today, state) for one in dated])
    else:
        _say_due(at_desk, dated, today, state, {row.case_id: one_line(row.title) for row in rows})
    for one in unreadable:
        hold = state.holds.get(one.case_id)
        complain(f"Case {one.case_id} cannot be read: {one.why}" + (f" {_hold_note(at_desk, hold)}." if hold else ""))
    if unreadable:
        raise Ended(TROUBLE)


@app.command()
def keep(case: CaseArgument, because: BecauseOption = "") -> None:
    """Record that a supervisor reviewed a case and keeps it; prints when it is due again."""
    from msht_tui.domain.audit import ReviewKept
    from msht_tui.domain.retention import kept_words, review_on

    at_desk = _supervised("keep a case")
    view = at_desk.case(case)
    at_desk.record(ReviewKept(case=view.case_id, because=_reason(because)))
    row = next(row for row in at_desk.casework.cases()[0] if row.case_id == view.case_id)
    say(kept_words(review_on(row, _retention(at_desk), at_desk.workplace.zone)))


@app.command()
def hold(case: CaseArgument, because: BecauseOption = "") -> None:
    """Put a case under a legal hold: nobody can erase it until the hold is lifted."""
    from msht_tui.domain.audit import HoldSet
    from msht_tui.domain.retention import done_words

    at_desk = _supervised("hold a case")
    held = HoldSet(case=at_desk.casework.resolve(case), because=_reason(because))
    at_desk.record(held)
    say(done_words(held))


@app.command()
def release(case: CaseArgument, because: BecauseOption = "") -> None:
    """Lift the legal hold of a case."""
    from msht_tui.domain.audit import HoldLifted
    from msht_tui.domain.retention import done_words

    at_desk = _supervised("lift a hold")
    lifted = HoldLifted(case=at_desk.casework.resolve(case), because=_reason(because))
    _retention(at_desk).refuse_unheld(lifted.case)
    at_desk.record(lifted)
    say(done_words(lifted))


@app.command()
def erase(
    case: CaseArgument,
    confirm: Annotated[
        str,
        typer.Option("--confirm", metavar="TEXT", help="A reference of it, or the first eight characters of its id.", show_default=False),
    ] = "",
) -> None:
    """Erase a case for good: its key first, so that no copy of its file can be read, then its file. For a supervisor."""
    from msht_tui.domain.retention import OUT_OF_REACH, done_words

    at_desk = _supervised("erase a case")
    case_id = _case_id(at_desk, case)
    _retention(at_desk).refuse_held(case_id)
    say(OUT_OF_REACH)
    _confirmed(at_desk, case_id, confirm)
    say(done_words(at_desk.workplace.store.erase(case_id, at_desk.record)))


def hold_of(at_desk: Desk, case_id: str) -> Hold | None:
    """The legal hold of a case; `None` where none stands, and for exercises. That some may be missing goes to stderr."""
    return None if at_desk.workplace.exercise else _retention(at_desk).holds.get(case_id)


def hold_words(at_desk: Desk, hold: Hold) -> str:
    """Since when it stands, who set it, and why, in one line."""
    from msht_tui.summary.words import one_line

    return one_line(f"since {at_desk.local(hold.at)}, {hold.words}")


def hold_data(hold: Hold | None) -> dict[str, object] | None:
    """The same as data: `since`, `by` and `because`."""
    from msht_tui.summary.data import iso
    from msht_tui.summary.words import shown

    return None if hold is None else {"since": iso(hold.at), "by": shown(hold.by), "because": shown(hold.because) or None}


def _hold_note(at_desk: Desk, hold: Hold) -> str:
    return f"LEGAL HOLD {hold_words(at_desk, hold)}"


def _due_data(one: Due, today: date, state: Retention) -> dict[str, object]:
    hold = hold_data(state.holds.get(one.case_id))
    return {"case": one.case_id, "on": one.on.isoformat(), "due": one.on <= today, "held": one.held, "hold": hold}


def _say_due(at_desk: Desk, dated: Sequence[Due], today: date, state: Retention, titles: Mapping[str, str]) -> None:
    """Print the cases that are due, or that none is, and below them the later ones. `titles` are by id."""

    def row(one: Due) -> list[str]:
        hold = state.holds.get(one.case_id)
        return [titles[one.case_id], one.on.isoformat(), one.case_id, _hold_note(at_desk, hold) if hold else ""]

    due, later = ([row(one) for one in dated if (one.on <= today) is come] for come in (True, False))
    if due:
        say_columns([["Case", "Due since", "Id", ""], *due])
    else:
        say("No case is due for review.")
    if later:
        say()
        say_columns([["Later", "Due on", "Id", ""], *later])


def _supervised(what: str) -> Desk:
    """A desk at which a supervisor is signed in. Raises `Refused` for anybody else."""
    from msht_tui.domain.retention import refuse_but_supervisor

    at_desk = desk()
    refuse_but_supervisor(at_desk.session.role, at_desk.session.operator, what)
    return at_desk


def _retention(at_desk: Desk) -> Retention:
    """The holds and reviews of this terminal; that some may be missing goes to stderr. Raises `Refused` at the exercise store."""
    from msht_tui.domain.retention import NOT_FOR_EXERCISES

    if at_desk.audit is None:
        raise Refused(f"{NOT_FOR_EXERCISES}: leave --exercise out.")
    state = at_desk.audit.retention()
    if note := state.gap_words(at_desk.now(), at_desk.workplace.zone):
        complain(note)
    return state


def _reason(because: str) -> str:
    from msht_tui.domain.text import LINE_LIMIT, clean

    return clean(because, LINE_LIMIT, what="reason")


def _case_id(at_desk: Desk, named: str) -> str:
    """The id of a case; of one whose erasure was broken off, too, when all of it is given."""
    wanted = named.strip()
    if wanted in at_desk.workplace.store.memory.all():
        return wanted
    return at_desk.casework.resolve(wanted)


def _confirmed(at_desk: Desk, case_id: str, typed: str) -> None:
    """Raises `Refused` unless a reference of the case, or the beginning of its id, was typed."""
    from msht_tui.domain.retention import SHORT, confirmation, refuse_unconfirmed

    if not typed:
        if not is_terminal():
            raise Refused(f"Confirm it: --confirm with a reference of the case, or with {case_id[:SHORT]}. Nothing was erased.")
        typed = typer.prompt(confirmation(case_id), err=True, default="", show_default=False)
    rows = at_desk.casework.cases()[0]
    refuse_unconfirmed(typed, case_id, [one.value for row in rows if row.case_id == case_id for one in row.references])
