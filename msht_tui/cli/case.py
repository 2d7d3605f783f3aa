"""`msht case`: open a case, find it, see how it stands, name it elsewhere, close it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from msht_tui.cli import retention
from msht_tui.cli.arguments import AsAtOption, AtOption, BecauseOption, CaseArgument, JsonOption, whole_minute
from msht_tui.cli.desk import Desk, desk, heading
from msht_tui.cli.group import commands
from msht_tui.cli.output import complain, say, say_columns, say_data
from msht_tui.cli.worklist import print_list
from msht_tui.domain.audit import Consulted
from msht_tui.domain.entry import ReferenceKind
from msht_tui.domain.pack import ROLES, Role

if TYPE_CHECKING:
    from msht_tui.domain.case import Subject
    from msht_tui.domain.retention import Hold
    from msht_tui.domain.review import Review
    from msht_tui.service import CaseView

app = commands("Open, find, show, name and close cases; review, hold and erase this terminal's copy of them.")

USUAL: Role = "responder"
"""As whom a case is begun by a command that does not say it."""


@app.command()
def new(
    ref: Annotated[str, typer.Option("--ref", metavar="REFERENCE", help="Its number in another system.", show_default=False)] = "",
    role: Annotated[
        Role | None, typer.Option("--role", help=f"Who begins it: the lists of Now are for this role; {USUAL}, if left out.")
    ] = None,
    at: AtOption = None,
) -> None:
    """Open a case; prints its id alone."""
    at_desk = desk()
    named = at_desk.casework.named(ref) if ref.strip() else []
    case_id = at_desk.casework.open_case(role=role or USUAL, reference=ref, at=at).case_id
    at_desk.record(Consulted(case=case_id, how="opened"))
    say(case_id)
    if role is None:
        others = ", ".join(other for other in ROLES if other != USUAL)
        complain(f"Note: it was begun as {USUAL}. Choose another role with --role: {others}; in this case with msht next CASE --role.")
    if named:
        complain(f"Note: {ref.strip()} names {len(named)} other case{'s' if len(named) > 1 else ''} as well: {', '.join(named)}.")


@app.command("list")
def list_cases(json: JsonOption = False) -> None:
    """List the cases: references, age bands, progress. Never names."""
    print_list(desk(), json=json)


@app.command()
def show(
    case: CaseArgument,
    at: AsAtOption = None,
    json: JsonOption = False,
) -> None:
    """Show how a case stands or stood: its people and scenes with their facts, its phases with their counts.

    A legal hold is of this terminal's copy: it is shown as it stands now.
    """
    from msht_tui.domain.moment import past_moment

    at_desk = desk()
    view = at_desk.case(case)
    moment = None if at is None else past_moment(at, at_desk.now(), at_desk.workplace.zone)
    if moment is not None:
        view = view.at(whole_minute(moment))
    hold = retention.hold_of(at_desk, view.case_id)
    if json:
        from msht_tui.summary.data import case_data, iso

        say_data({"as_at": iso(moment), **case_data(view), "hold": retention.hold_data(hold)})
    else:
        _say_case(at_desk, view, moment, hold)


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
    """Show what is left of a case, and close it: with a reason when anything is. Nothing is deleted, and it can be reopened."""
    at_desk = desk()
    view = at_desk.case(case)
    left = view.review(at_desk.now())
    _say_review(at_desk, left)
    at_desk.casework.close_case(view.case_id, because=because, at=at)
    say(f"Closed with {left.words() or 'nothing left'}. Everything stays.")
    say("This record is a working copy: enter the matter in the force's own systems.")


@app.command()
def reopen(case: CaseArgument, because: BecauseOption = "", at: AtOption = None) -> None:
    """Reopen a closed case; its entries go on."""
    at_desk = desk()
    at_desk.casework.reopen_case(at_desk.case(case).case_id, because=because, at=at)
    say("Open again.")


app.add_typer(retention.app)


def _references(view: CaseView) -> str:
    from msht_tui.summary.words import REFERENCE, one_line

    words = {str(kind): name for kind, name in REFERENCE.items()}
    return one_line(", ".join(f"{words.get(one.kind, one.kind)} {one.value}" for one in view.state.references))


# What is left of a case


def _say_review(at_desk: Desk, left: Review) -> None:
    """Print what nobody has settled, before it is closed over."""
    from msht_tui.summary.words import left_words, one_line, span

    zone = at_desk.workplace.zone
    steps = [
        *(("vital", step, "open") for step in left.killers),
        *(
            ("overdue" if step in left.overdue else "deferred", step, left_words(step.mark.event, zone))
            for step in left.deferred
            if step.mark is not None
        ),
        *(("decided", step, "no reason given") for step in left.unreasoned),
    ]
    late = [(one, one.stamp.recorded_at - one.stamp.happened_at) for one in left.late]
    rows = [[word, one_line(words), step.id] for word, step, words in steps]
    rows += [["late", f"recorded {span(gap)} after it happened", f"entry {one.number}"] for one, gap in late]
    if left.offered is not None:
        rows.append(["handover", one_line(f"offered to {left.offered.to}, not answered yet"), ""])
    if rows:
        say_columns(rows)
    if left.open or left.waiting:
        say(f"And {len(left.open)} other steps open, {len(left.waiting)} waiting for a fact.")


# One case


def _say_case(at_desk: Desk, view: CaseView, moment: datetime | None, hold: Hold | None) -> None:
    from msht_tui.summary.words import one_line

    opened, offered = view.state.opened, view.state.offered
    say(heading(view))
    if moment is not None:
        say(f"As it stood at {at_desk.local(moment)}, in the order of recording")
    rows = [["Id", view.case_id], ["References", _references(view) or "none yet"], ["Opened", at_desk.local(view.state.opened_at)]]
    if view.state.closed_at:
        rows.append(["Closed", at_desk.local(view.state.closed_at)])
    if hold is not None:
        rows.append(["LEGAL HOLD", retention.hold_words(at_desk, hold)])
    if opened:
        rows += [["Begun by", opened.role], ["Content", f"{opened.pack} {opened.version}"]]
    rows.append(["With", one_line(view.state.holder) + f", role {view.state.role}"])
    if offered is not None:
        rows.append(["Handover", one_line(f"offered to {offered.event.to}, {at_desk.local(offered.stamp.happened_at)}, not answered yet")])
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
