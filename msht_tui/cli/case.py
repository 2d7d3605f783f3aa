"""`msht case`: open a case, find it, see how it stands, name it elsewhere, close it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from msht_tui.cli.arguments import AtOption, CaseArgument, JsonOption
from msht_tui.cli.desk import Desk, desk, heading
from msht_tui.cli.group import commands
from msht_tui.cli.output import complain, say, say_columns, say_data
from msht_tui.cli.worklist import print_list
from msht_tui.domain.entry import ReferenceKind
from msht_tui.domain.pack import Role

if TYPE_CHECKING:
    from msht_tui.domain.case import Subject
    from msht_tui.service import CaseView

app = commands("Open, find, show, name and close cases.")

BecauseOption = Annotated[str, typer.Option("--because", metavar="TEXT", help="Why.", show_default=False)]


@app.command()
def new(
    ref: Annotated[str, typer.Option("--ref", metavar="REFERENCE", help="Its number in another system.", show_default=False)] = "",
    role: Annotated[Role, typer.Option("--role", help="Who begins it: the lists of Now are for this role.")] = "responder",
    at: AtOption = None,
) -> None:
    """Open a case; prints its id alone."""
    at_desk = desk()
    named = at_desk.casework.named(ref) if ref.strip() else []
    say(at_desk.casework.open_case(role=role, reference=ref, at=at).case_id)
    if named:
        complain(f"Note: {ref.strip()} names {len(named)} other case{'s' if len(named) > 1 else ''} as well: {', '.join(named)}.")
    if not at_desk.workplace.exercise:
        complain("Note: this store is not sealed yet, so it is not for real cases. Practise with: msht --exercise case new")


@app.command("list")
def list_cases(json: JsonOption = False) -> None:
    """List the cases: references, age bands, progress. Never names."""
    print_list(desk(), json=json)


@app.command()
def show(case: CaseArgument, json: JsonOption = False) -> None:
    """Show how a case stands: its people and scenes with their facts, its phases with their counts."""
    at_desk = desk()
    view = at_desk.case(case)
    if json:
        from msht_tui.summary.data import case_data

        say_data(case_data(view))
    else:
        _say_case(at_desk, view)


@app.command()
def ref(
    case: CaseArgument,
    kind: Annotated[ReferenceKind, typer.Argument(help="Of which system.", show_default=False)],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The number there.", show_default=False)],
    at: AtOption = None,
) -> None:
    """Add the matter's number in another system."""
    at_desk = desk()
    view = at_desk.casework.add_reference(at_desk.case(case).case_id, kind, value, at=at)
    say(_references(view))


@app.command()
def close(case: CaseArgument, because: BecauseOption = "", at: AtOption = None) -> None:
    """Close a case. Nothing is deleted, and it can be reopened."""
    at_desk = desk()
    view = at_desk.casework.close_case(at_desk.case(case).case_id, because=because, at=at)
    left = Counter(step.state for step in view.steps)
    say(f"Closed with {left['open']} open, {left['deferred']} deferred and {left['waiting']} waiting. Everything stays.")
    say("This record is a working copy: enter the matter in the force's own systems.")


@app.command()
def reopen(case: CaseArgument, because: BecauseOption = "", at: AtOption = None) -> None:
    """Reopen a closed case; its entries go on."""
    at_desk = desk()
    at_desk.casework.reopen_case(at_desk.case(case).case_id, because=because, at=at)
    say("Open again.")


def _references(view: CaseView) -> str:
    from msht_tui.summary.words import REFERENCE, one_line

    words = {str(kind): name for kind, name in REFERENCE.items()}
    return one_line(", ".join(f"{words.get(one.kind, one.kind)} {one.value}" for one in view.state.references))


# One case


def _say_case(at_desk: Desk, view: CaseView) -> None:
    opened = view.state.opened
    say(heading(view))
    rows = [["Id", view.case_id], ["References", _references(view) or "none yet"], ["Opened", at_desk.local(view.state.opened_at)]]
    if view.state.closed_at:
        rows.append(["Closed", at_desk.local(view.state.closed_at)])
    if opened:
        rows += [["Begun by", opened.role], ["Content", f"{opened.pack} {opened.version}"]]
    rows += [["Entries", str(view.state.number)], ["Facts of the case", _facts(view, "case") or "none yet"]]
    say_columns(rows)
    if view.state.subjects:
        say()
        say_columns([_subject_row(view, subject) for subject in view.state.subjects.values()])
    say()
    _say_phases(view)


def _facts(view: CaseView, subject: str) -> str:
    from msht_tui.summary.data import facts_data
    from msht_tui.summary.words import one_line

    return ", ".join(one_line(f"{name} {value}") for name, value in facts_data(view, subject).items())


def _subject_row(view: CaseView, subject: Subject) -> list[str]:
    from msht_tui.summary.words import one_line

    if subject.retired is not None:
        state = f"retired: {subject.retired}" + (f" (same as {subject.same_as})" if subject.same_as else "")
    else:
        state = (f"same person as {subject.linked}; " if subject.linked else "") + (_facts(view, subject.id) or "no facts yet")
    return [subject.id, subject.kind, one_line(subject.label) or "-", one_line(state)]


def _say_phases(view: CaseView) -> None:
    from msht_tui.domain.steps import STATES

    rows = [["Phase", *(state.replace("-", " ") for state in STATES), ""]]
    for phase in view.pack.phases:
        progress = view.progress(phase)
        words = "complete" if progress.complete else "complete except deferred" if progress.complete_except_deferred else ""
        rows.append([phase.title, *(str(progress.counts[state]).rjust(len(state)) for state in STATES), words])
    say_columns(rows)
