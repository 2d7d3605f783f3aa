"""`msht handover`: who holds a case, and how it passes to the next."""

from __future__ import annotations

from typing import Annotated

import typer

from msht_tui.cli.arguments import AsAtOption, AtOption, BecauseOption, CaseArgument, ToOption, whole_minute
from msht_tui.cli.desk import desk
from msht_tui.cli.group import commands
from msht_tui.cli.output import say
from msht_tui.cli.pages import FormatOption, OutOption, print_page
from msht_tui.domain.pack import Role

app = commands("Hand a case over: offer it, accept it or send it back, and the page to read aloud.")


@app.command()
def start(
    case: CaseArgument,
    to: Annotated[str, typer.Option("--to", metavar="WHO", help="A person or a role; it has to be said.", show_default=False)] = "",
    remark: Annotated[str, typer.Option("--remark", metavar="TEXT", help="What they should hear first.", show_default=False)] = "",
    at: AtOption = None,
) -> None:
    """Offer a case to somebody. It stays with whoever holds it until it is accepted."""
    from msht_tui.summary.words import one_line

    at_desk = desk()
    view = at_desk.casework.start_handover(at_desk.case(case).case_id, to, remark=remark, at=at)
    say(f"Offered to {one_line(to)} as entry {view.state.number}; it stays with {one_line(view.state.holder)} until it is accepted.")
    say(f"Read aloud: {at_desk.command('handover', 'page', case)}")


@app.command()
def accept(
    case: CaseArgument,
    role: Annotated[Role | None, typer.Option("--role", help="The role you work it in, when that is another one.")] = None,
    at: AtOption = None,
) -> None:
    """Take over a case that was offered: from here on you hold it."""
    from msht_tui.summary.words import ROLE, one_line

    at_desk = desk()
    view = at_desk.casework.accept_handover(at_desk.case(case).case_id, role=role, at=at)
    say(f"The case is with {one_line(view.state.holder)} now, role {ROLE[view.state.role]}.")


@app.command("return")
def send_back(case: CaseArgument, because: BecauseOption = "", at: AtOption = None) -> None:
    """Send back a case that was offered, with the reason: it stays with whoever holds it."""
    from msht_tui.summary.words import one_line

    at_desk = desk()
    view = at_desk.casework.return_handover(at_desk.case(case).case_id, because=because, at=at)
    say(f"Sent back: it stays with {one_line(view.state.holder)}.")


@app.command()
def page(case: CaseArgument, form: FormatOption = "terminal", out: OutOption = None, to: ToOption = "", at: AsAtOption = None) -> None:
    """Print the page that is read aloud at a handover: what stands, what is open, to whom things are left, what was decided."""
    from msht_tui.domain.moment import past_moment
    from msht_tui.summary.handover import handover_json
    from msht_tui.summary.page import handover_renderable

    at_desk = desk()
    view, zone, now = at_desk.case(case), at_desk.workplace.zone, at_desk.now()
    if at is not None:
        now = whole_minute(past_moment(at, now, zone))
        view = view.at(now)
    drawn = handover_renderable(view, marking=at_desk.workplace.settings.marking, zone=zone, now=now)
    at_desk.disclose(view.case_id, "handover", form, to)
    print_page(drawn, lambda: handover_json(view, zone=zone, now=now), form, out)
