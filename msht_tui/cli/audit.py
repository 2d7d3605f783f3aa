"""`msht audit`: what the terminal has recorded of its own use."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click
import typer

from msht_tui.cli.arguments import BecauseOption, JsonOption, ToOption, whole_minute
from msht_tui.cli.desk import Desk, desk, desk_of_anybody, desk_of_nobody
from msht_tui.cli.group import commands
from msht_tui.cli.outcome import Ended
from msht_tui.cli.output import complain, say, say_columns, say_data
from msht_tui.domain.audit import KINDS, LIMITS, PURPOSES, AuditQuery
from msht_tui.domain.refusal import Refused

if TYPE_CHECKING:
    from msht_tui.store.audit import Audit

app = commands("Read, check and export what this terminal recorded of its own use. Reading takes a supervisor.")

SinceOption = Annotated[
    str, typer.Option("--since", metavar="TIME", help="Only from then on, such as 2026-11-23T14:05.", show_default=False)
]
UntilOption = Annotated[str, typer.Option("--until", metavar="TIME", help="Only to the end of that minute.", show_default=False)]
OperatorOption = Annotated[
    str, typer.Option("--operator", metavar="ID", help="Only who did it, or to whom it was done.", show_default=False)
]
KindOption = Annotated[
    str | None,
    typer.Option("--kind", metavar="KIND", help="Only of this kind.", show_default=False, click_type=click.Choice(KINDS)),
]
CaseOption = Annotated[
    str, typer.Option("--case", metavar="ID", help="Only about this case: its id, or the beginning of it.", show_default=False)
]


@app.command()
def show(
    since: SinceOption = "",
    until: UntilOption = "",
    operator: OperatorOption = "",
    kind: KindOption = None,
    case: CaseOption = "",
    json: JsonOption = False,
) -> None:
    """Print the lines of the audit, in order, and the purposes for which alone they may be used."""
    from msht_tui.domain.audit import words
    from msht_tui.summary.words import one_line

    at_desk = desk()
    audit = _audit(at_desk)
    lines = audit.lines(_query(at_desk, since, until, operator, kind, case))
    if json:
        code = audit.file.check_code
        say_data({"purposes": PURPOSES, "limits": LIMITS, "check_code": code, "lines": [line.document() for line in lines]})
        return
    say(f"{PURPOSES}\n{LIMITS}\n")
    say_columns(
        [
            [str(line.stamp.number).rjust(6), at_desk.local(line.stamp.at), one_line(line.stamp.by) or "-", one_line(words(line.event))]
            for line in lines
        ]
    )
    say(f"\n{len(lines):,} lines. Check code: {audit.file.check_code}")


@app.command()
def verify(
    code: Annotated[str, typer.Option("--code", metavar="CODE", help="A check code that an export ends with.", show_default=False)] = "",
    json: JsonOption = False,
) -> None:
    """Check every line of the audit against its chain. Nobody has to sign in; with a passphrase given each line is opened as well.

    Exit codes are those of msht store verify.
    """
    from msht_tui.domain.audit import AuditVerified
    from msht_tui.ports import StoreTrouble
    from msht_tui.store.inspection import CheckCode, Finding
    from msht_tui.store.trouble import Damaged

    try:
        wanted = CheckCode.parse(code) if code else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--code") from error
    at_desk = desk_of_anybody()
    try:
        found = _audit(at_desk).verify(wanted)
    except Damaged as damage:
        found = Finding("audit", "broken", str(damage))
    try:
        at_desk.record(AuditVerified(result=found.state))
    except StoreTrouble as trouble:
        complain(f"Note: {trouble}")
    if json:
        say_data({"state": found.state, "code": found.code, "lines": found.entries, "check_code": found.check_code, "words": found.words})
    else:
        say(f"The audit is {found.state}, with {found.entries:,} lines. {found.words}".strip())
    if found.code:
        raise Ended(found.code)


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A new file to write it to.", show_default=False)],
    since: SinceOption = "",
    until: UntilOption = "",
    operator: OperatorOption = "",
    kind: KindOption = None,
    case: CaseOption = "",
    to: ToOption = "",
    because: BecauseOption = "",
) -> None:
    """Write the lines of the audit to a new file, one JSON object a line, the last with a check code. The audit keeps that it was done."""
    from msht_tui.domain.text import LINE_LIMIT, clean
    from msht_tui.store.care import write_new
    from msht_tui.store.disk import Disk

    at_desk = desk()
    query = _query(at_desk, since, until, operator, kind, case)
    told = {"to": clean(to, LINE_LIMIT, what="name of whom it is for"), "because": clean(because, LINE_LIMIT, what="reason")}
    data = _audit(at_desk).export(at_desk.now(), query, **told)
    write_new(out, data, Disk())
    say(str(out))


@app.command()
def acknowledge() -> None:
    """Go on with an audit that was cut short, put back or lost; a line of it says so. Until then nobody can work. For a supervisor."""
    from msht_tui.domain.audit import SignedIn

    at_desk = desk_of_nobody()
    at_desk.enter()
    _audit(at_desk).acknowledge(at_desk.now())
    at_desk.record(SignedIn(role=at_desk.session.role))
    say("The audit goes on. What is missing stays missing, legal holds perhaps among it: look at what you hold on paper.")


def _audit(at_desk: Desk) -> Audit:
    if at_desk.audit is None:
        raise Refused("There is no audit: nothing is recorded of exercises, nor before msht setup.")
    return at_desk.audit


def _query(at_desk: Desk, since: str, until: str, operator: str, kind: str | None, case: str) -> AuditQuery:
    from msht_tui.domain.moment import past_moment

    now, zone = at_desk.now(), at_desk.workplace.zone
    return AuditQuery(
        operator=operator,
        kind=kind or "",
        case=case.strip().lower(),
        since=past_moment(since, now, zone) if since else None,
        until=whole_minute(past_moment(until, now, zone)) + timedelta(microseconds=1) if until else None,
    )
