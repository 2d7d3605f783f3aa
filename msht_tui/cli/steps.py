"""`msht mark`, `note` and `next`: the work on the steps of a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from msht_tui.cli.arguments import AtOption, CaseArgument, JsonOption, VerbatimOption, step_parts
from msht_tui.cli.desk import Desk, desk, heading
from msht_tui.cli.group import commands
from msht_tui.cli.output import aligned, say, say_columns, say_data
from msht_tui.domain.entry import MarkState, step_id
from msht_tui.domain.now import NINE, FactRow, LinkRow, StepRow
from msht_tui.domain.pack import Role

if TYPE_CHECKING:
    from msht_tui.domain.now import Board, Row
    from msht_tui.domain.steps import Step
    from msht_tui.service import CaseView

app = commands()

VITAL = "vital"
"""Stands beside a step whose omission has cost most."""


@app.command()
def mark(
    case: CaseArgument,
    step: Annotated[str, typer.Argument(metavar="STEP", help="item@V1, or item@V1,V2, or item for the case.", show_default=False)],
    state: Annotated[MarkState, typer.Argument(help="The state it is in now.", show_default=False)],
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why: needed for not-needed.", show_default=False)] = "",
    to: Annotated[str, typer.Option("--to", metavar="WHO", help="To whom it is left: for deferred.", show_default=False)] = "",
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help="Until when it is left: for deferred. 14:05 is the first one after the act."),
    ] = None,
    at: AtOption = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="A note on it.", show_default=False)] = "",
) -> None:
    """Mark a step done, not needed, deferred or open, for one subject or several."""
    item, subjects = step_parts(step)
    at_desk = desk()
    begun = at_desk.case(case)
    subjects = _meant(begun, item, subjects)
    view = at_desk.casework.mark(begun.case_id, item, subjects, state, because=because, to=to, until=until, note=note, at=at)
    marked = [one for one in view.steps if one.item.id == item and one.subject in subjects]
    _say_marks(at_desk, marked)
    if state in ("done", "not-needed"):
        _say_decision(at_desk, view, case, marked)


@app.command()
def note(
    case: CaseArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to note.", show_default=False)],
    on: Annotated[str | None, typer.Option("--on", metavar="STEP", help="On a step (item@V1) or a subject (V1); else on the case.")] = None,
    verbatim: VerbatimOption = False,
    at: AtOption = None,
) -> None:
    """Add a note, to the case or to a step."""
    at_desk = desk()
    view = at_desk.case(case)
    item, subject = _place(view, on)
    view = at_desk.casework.note(view.case_id, text, subject=subject, item=item, verbatim=verbatim, at=at)
    say(f"Noted as entry {view.state.number}.")


@app.command("next")
def next_steps(
    case: CaseArgument,
    role: Annotated[Role | None, typer.Option("--role", help="For whom; the role that the case is worked in, if left out.")] = None,
    point: Annotated[
        str | None, typer.Option("--point", metavar="POINT", help="At which pause point; the role's first, if left out.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many rows at most.")] = NINE,
    json: JsonOption = False,
) -> None:
    """Show what to do now: a short list for one role at one moment, most harmful if missed first."""
    at_desk = desk()
    view = at_desk.case(case)
    board = view.board(role or view.state.role, at_desk.now(), point, limit)
    if json:
        say_data(_board_data(view, board))
    else:
        _say_board(at_desk, view, board, case)


# Marks and notes


def _meant(view: CaseView, item: str, subjects: Sequence[str]) -> list[str]:
    """The subjects to mark; a step that is not one of the case needs them named, which the service then says."""
    found = view.pack.item_by_id.get(item)
    return [] if list(subjects) == ["case"] and found is not None and "case" not in found.subjects else list(subjects)


def _say_marks(at_desk: Desk, marked: Sequence[Step]) -> None:
    from msht_tui.summary.words import step_words

    zone = at_desk.workplace.zone
    say_columns([[step.id, at_desk.local(step.mark.stamp.happened_at if step.mark else None), step_words(step, zone)] for step in marked])


def _say_decision(at_desk: Desk, view: CaseView, case: str, marked: Sequence[Step]) -> None:
    """Offer the fact that the step decides, for those for whom it is not set. Neither sets the other."""
    name = marked[0].item.decides if marked else None
    if name is None:
        return
    fact = view.pack.fact(name)
    subjects = ["case"] if fact.subject == "case" else [step.subject for step in marked]
    unset = [subject for subject in subjects if view.state.fact(subject, name) is None]
    if unset:
        command = at_desk.command("fact", "set", case, ",".join(unset))
        say(f"This decides {name}, which is not set: {command} {name}={'|'.join(fact.values)}")


def _place(view: CaseView, on: str | None) -> tuple[str | None, str]:
    """The item and the subject that a note stands on."""
    if on is None:
        return None, "case"
    item, subjects = step_parts(on)
    if "@" not in on and item.upper() in view.state.subjects:
        return None, item.upper()
    if len(subjects) != 1:
        raise typer.BadParameter(f"{on!r} is not one step, such as item@V1.")
    return item, subjects[0]


# The board


def _say_board(at_desk: Desk, view: CaseView, board: Board, case: str) -> None:
    from msht_tui.summary.words import ROLE

    say(f"{heading(view)}  {board.title} ({ROLE[board.role]})")
    say()
    _say_rows(at_desk, view, board, board.rows, case)
    if board.more:
        say(f"and {board.more} more below: --limit {len(board.rows) + board.more}")
    if board.words:
        say(board.words)
        _say_rows(at_desk, view, board, board.vital_elsewhere, case)
    if board.unset:
        facts = ", ".join(f"{name} ({', '.join(subjects)})" for name, subjects in board.unset.items())
        say(f"\n{len(board.unset)} other fact{'s' if len(board.unset) > 1 else ''} not set, on which steps here wait: {facts}")
    if board.cautions:
        say("\nStanding cautions")
        say_columns([[caution.text, ", ".join(caution.subjects)] for caution in board.cautions], indent=2)


def _say_rows(at_desk: Desk, view: CaseView, board: Board, rows: Sequence[Row], case: str) -> None:
    """Each row with its number, and below it how a role that cannot do it gets it done."""
    lines = aligned([[f"{number:>2}", *_row_cells(at_desk, view, row, case)] for number, row in enumerate(rows, 1)])
    for row, line in zip(rows, lines, strict=True):
        say(line)
        if isinstance(row, StepRow) and board.role not in row.item.roles:
            say(f"    {row.item.ask_for}")


def _row_cells(at_desk: Desk, view: CaseView, row: Row, case: str) -> list[str]:
    """What to do, whether it is vital or overdue, for whom, and what to type."""
    match row:
        case LinkRow(suspect=suspect):
            return [f"{suspect} may be a victim: add them as one", "", suspect, at_desk.command("subject", "link", case, suspect)]
        case FactRow(fact=fact, say=words, subjects=subjects):
            return [words or view.pack.fact(fact).ask, "", ", ".join(subjects), f"{fact}=" + "|".join(view.pack.fact(fact).values)]
        case StepRow(item=item, say=words, subjects=subjects):
            urgency = "OVERDUE" if row.overdue else VITAL if item.killer else ""
            return [words, urgency, ", ".join(subjects), step_id(item.id, ",".join(subjects))]


def _board_data(view: CaseView, board: Board) -> dict[str, object]:
    return {
        "case": view.case_id,
        "role": board.role,
        "point": board.point,
        "title": board.title,
        "rows": [_row_data(view, board, row) for row in board.rows],
        "more": board.more,
        "vital_elsewhere": [_row_data(view, board, row) for row in board.vital_elsewhere],
        "unset": {"count": len(board.unset), "facts": {name: list(subjects) for name, subjects in board.unset.items()}},
        "cautions": [{"text": caution.text, "subjects": list(caution.subjects)} for caution in board.cautions],
        "complete": board.progress.complete,
        "complete_except_deferred": board.progress.complete_except_deferred,
    }


def _row_data(view: CaseView, board: Board, row: Row) -> dict[str, object]:
    match row:
        case LinkRow(suspect=suspect):
            return {"kind": "link", "suspect": suspect}
        case FactRow(fact=fact, say=words, subjects=subjects):
            return {"kind": "fact", "fact": fact, "say": words or view.pack.fact(fact).ask, "subjects": list(subjects)}
        case StepRow(item=item, say=words, subjects=subjects):
            return {
                "kind": "step",
                "item": item.id,
                "say": words,
                "covers": list(item.covers),
                "subjects": list(subjects),
                "killer": item.killer,
                "overdue": row.overdue,
                "force": item.force,
                "ask_for": None if board.role in item.roles else item.ask_for,
            }
