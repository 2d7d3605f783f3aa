"""`msht subject`: the people and scenes of a case."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from msht_tui.cli.arguments import AtOption, CaseArgument, one_subject
from msht_tui.cli.desk import desk
from msht_tui.cli.group import commands
from msht_tui.cli.output import say
from msht_tui.domain.audit import Combined

app = commands("Add, link and retire victims, suspects, scenes and others.")

Kind = Literal["victim", "suspect", "scene", "other"]


@app.command()
def add(
    case: CaseArgument,
    kind: Annotated[Kind, typer.Argument(help="Who or what joins the case.", show_default=False)],
    label: Annotated[str, typer.Option("--label", metavar="TEXT", help="How to tell them apart.", show_default=False)] = "",
    at: AtOption = None,
) -> None:
    """Add a victim, suspect, scene or other person; prints the new id alone."""
    at_desk = desk()
    _, added = at_desk.casework.add_subject(at_desk.case(case).case_id, kind, label, at=at)
    say(added)


@app.command()
def link(
    case: CaseArgument,
    suspect: Annotated[str, typer.Argument(metavar="SUSPECT", help="Such as S1.", show_default=False)],
    at: AtOption = None,
) -> None:
    """Link a suspect who may be a victim to a victim of their own; prints the victim's id alone."""
    at_desk = desk()
    view, victim = at_desk.casework.link_victim(at_desk.case(case).case_id, one_subject(suspect), at=at)
    at_desk.record(Combined(case=view.case_id, how="linked"))
    say(victim)


@app.command()
def retire(
    case: CaseArgument,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="Such as V3.", show_default=False)],
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why; it has to be said.", show_default=False)] = "",
    same_as: Annotated[str | None, typer.Option("--same-as", metavar="SUBJECT", help="Whom it was entered twice for.")] = None,
    at: AtOption = None,
) -> None:
    """Retire a subject entered by mistake or twice: its steps leave the counts, its entries stay."""
    at_desk = desk()
    gone, other = one_subject(subject), None if same_as is None else one_subject(same_as)
    view = at_desk.casework.retire_subject(at_desk.case(case).case_id, gone, because=because, same_as=other, at=at)
    if other is not None:
        at_desk.record(Combined(case=view.case_id, how="same"))
    say(f"{gone} is retired" + (f", the same as {other}." if other else "."))
