"""`msht log`: the record of a case, or what somebody looks for in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from msht_tui.cli.arguments import CaseArgument, JsonOption, ToOption, one_subject, whole_minute
from msht_tui.cli.desk import Desk, desk, heading
from msht_tui.cli.group import commands
from msht_tui.cli.output import say, say_columns, say_data

if TYPE_CHECKING:
    from msht_tui.service import CaseView
    from msht_tui.summary.log import LogQuery

app = commands()


@app.command()
def log(
    case: CaseArgument,
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="Only what happened from then on: 14:05 or 2026-11-23T14:05.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Only what happened by the end of that minute.")] = None,
    subject: Annotated[str, typer.Option("--subject", metavar="SUBJECT", help="V1, or case for the case itself.", show_default=False)] = "",
    phase: Annotated[str, typer.Option("--phase", metavar="PHASE", help="Steps of one phase, such as scene.", show_default=False)] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="One kind of entry, such as note-added.", show_default=False)] = "",
    operator: Annotated[str, typer.Option("--operator", metavar="WHO", help="Who made the entry.", show_default=False)] = "",
    text: Annotated[str, typer.Option("--text", metavar="WORDS", help="Words that it holds, all of them.", show_default=False)] = "",
    to: ToOption = "",
    json: JsonOption = False,
) -> None:
    """Print the entries of a case, in order. A struck entry stays, with who struck it, when and why."""
    from msht_tui.domain.moment import past_moment
    from msht_tui.summary.log import LogQuery

    at_desk = desk()
    view = at_desk.case(case)
    zone, now = at_desk.workplace.zone, at_desk.now()
    query = LogQuery(
        subject=one_subject(subject) if subject else "",
        phase=phase,
        kind=kind,
        operator=operator,
        text=text,
        since=past_moment(since, now, zone) if since else None,
        until=whole_minute(past_moment(until, now, zone)) if until else None,
    )
    query.refuse_unknown(view)
    at_desk.disclose(view.case_id, "log", "json" if json else "terminal", to)
    if json:
        from msht_tui.summary.data import log_data

        say_data(log_data(view, zone, query))
    else:
        _say_log(at_desk, view, query)


def _say_log(at_desk: Desk, view: CaseView, query: LogQuery) -> None:
    from msht_tui.summary.log import Log, later_words, strike_words
    from msht_tui.summary.words import one_line

    zone = at_desk.workplace.zone
    rows = Log(view, zone).chosen(query)
    looked_for = query.words(view.pack, zone)
    say(heading(view))
    if looked_for:
        say(f"{len(rows)} of {len(view.entries)} entries: {looked_for}")
    shown = []
    for row in rows:
        struck = strike_words(view, row.entry.number, zone)
        lines = [row.text, *later_words(row.entry, zone), *([struck] if struck else [])]
        stamp = row.entry.stamp
        mark = "-" if struck else " "
        shown.append(
            [f"{stamp.number:>4}{mark}", at_desk.local(stamp.happened_at), one_line(stamp.by), row.entry.subject, "\n".join(lines)]
        )
    say_columns(shown)
