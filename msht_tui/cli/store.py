"""`msht store`: whether the store is whole, copies of it, and its cases as plain files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msht_tui.cli.arguments import CaseArgument, JsonOption, ToOption
from msht_tui.cli.desk import EXERCISE, Desk, desk, desk_of_anybody, desk_of_nobody
from msht_tui.cli.group import commands
from msht_tui.cli.outcome import TROUBLE, Ended
from msht_tui.cli.output import complain, json_text, say, say_columns, say_data
from msht_tui.ports import StoreTrouble

if TYPE_CHECKING:
    from msht_tui.bootstrap import Workplace
    from msht_tui.domain.audit import Restored, Verified
    from msht_tui.store.care import Care, Info
    from msht_tui.store.inspection import CheckCode, Finding
    from msht_tui.store.manifest import Manifest

app = commands("Look after the store: check it, back it up, restore it.")

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the backup.", show_default=False)]
OptionalCase = Annotated[str | None, typer.Argument(metavar="[CASE]", help="One case; all of them, if left out.", show_default=False)]

WORDS = {
    "intact": "intact",
    "unfinished": "with an unfinished tail",
    "broken": "broken",
    "shorter": "shorter than remembered",
    "rewritten": "rewritten",
    "gone": "gone",
    "unreadable": "unreadable",
}
"""What each state of a case is called, from good to bad."""


@app.command()
def info(json: JsonOption = False) -> None:
    """Show where the store is, what it holds, and whether it is whole. Nothing is written."""
    from msht_tui.summary.data import iso
    from msht_tui.summary.words import one_line

    workplace = desk_of_anybody().workplace
    found = _care(workplace).info()
    if json:
        say_data(
            {
                "root": str(found.root),
                "exercise": found.exercise,
                "kind": found.kind,
                "cases": found.cases,
                "entries": found.entries,
                "bytes": found.size,
                "packs": found.packs,
                "torn": found.torn,
                "newest_act_at": iso(found.newest),
                "health": found.health,
                "findings": [_finding_data(finding) for finding in found.findings if finding.code],
                "free_bytes": found.free,
            }
        )
        return
    _say_exercise(workplace)
    none_yet = {"missing": "not made yet: the first case makes it", "empty": "no case yet"}
    rows = [
        ["Folder", one_line(str(found.root))],
        ["Kind", "exercises" if found.exercise else "live cases"],
        ["Cases", f"{found.cases:,}"],
        ["Entries", f"{found.entries:,}"],
        ["Size", f"{found.size:,} bytes"],
        ["Content", _several(found.packs, "pack") + " kept"],
        ["Torn", _several(found.torn, "file") + " set aside"],
        ["Newest act", _newest(workplace, found)],
        ["Health", none_yet.get(found.kind) or one_line(found.health)],
        ["Free", "unknown" if found.free is None else f"{found.free:,} bytes"],
    ]
    say_columns(rows)
    for finding in found.findings:
        if finding.code:
            say(_finding_line(finding))


@app.command()
def verify(
    case: OptionalCase = None,
    code: Annotated[
        str | None, typer.Option("--code", metavar="CODE", help="A check code of that case, as its exports print it.", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> None:
    """Check every line of every case, or of one, and the content kept for it. Nothing is repaired, moved or written.

    Exit codes: 0 intact; 4 broken at an entry, or with an unfinished tail, or its content is missing or altered; 5 shorter
    than the store remembers or a check code says, rewritten, or gone; 6 unreadable: no permission, not a case file, or of a
    newer format, or sealed and its key lost. Of several the highest counts: what is broken still says where, what is gone no
    longer does, and what cannot be read may hide either.
    """
    from msht_tui.domain.audit import Verified
    from msht_tui.store.care import counts, worst

    if code is not None and case is None:
        raise typer.BadParameter("it belongs to one case: name the case before it.", param_hint="--code")
    at_desk = desk_of_anybody()
    workplace = at_desk.workplace
    care = _care(workplace)
    check = None if code is None else _check_code(code)
    case_id = None if case is None else care.resolve(case)
    findings = care.verify(case_id, check)
    end = worst(findings)
    result = max(findings, key=lambda finding: finding.code).state if findings else "intact"
    _record_or_say_why_not(at_desk, Verified(case=case_id or "", result=result))
    if json:
        say_data(
            {
                "root": str(care.root),
                "exercise": care.exercise,
                "code": end,
                "counts": counts(findings),
                "findings": [_finding_data(finding) for finding in findings],
            }
        )
    else:
        _say_exercise(workplace)
        for finding in findings:
            if finding.code:
                say(_finding_line(finding))
            elif check is not None:
                say(f"{finding.case} holds entry {check.number} with this digest; it has {_several(finding.entries, 'entry')} now.")
        say(_counted(findings))
    if end:
        raise Ended(end)


@app.command()
def backup(folder: FolderArgument, to: ToOption = "", json: JsonOption = False) -> None:
    """Copy the store into a new or empty folder, also while it is in use. Each copy is read back and checked.

    What is damaged does not stop the rest: it is named, and the command ends with 3.
    """
    from msht_tui import __version__
    from msht_tui.bootstrap import SETTINGS, SystemClock
    from msht_tui.store.backup import back_up
    from msht_tui.store.manifest import keys_beside

    at_desk = desk()
    workplace = at_desk.workplace
    at_desk.disclose("", "backup", "folder", to)
    made = back_up(
        _care(workplace), workplace.base / SETTINGS, folder.expanduser().absolute(), program=__version__, now=SystemClock().now()
    )
    if json:
        say_data({**_manifest_data(folder, made), "keys": str(keys_beside(folder)) if made.sealed else None})
    else:
        _say_exercise(workplace)
        say(f"Backed up to {folder}: {_contents(made)}. Every copy was read back.")
        if made.sealed:
            say(f"The keys are apart, in {keys_beside(folder)}: keep those on another disk, and for a shorter time.")
    for one in made.left_out:
        complain(_one_line(f"{one.what}: {one.why}"))
    if made.left_out:
        complain(f"{_several(len(made.left_out), 'file')} could not be backed up as they should be; the rest is.")
        raise Ended(TROUBLE)


@app.command()
def restore(
    folder: FolderArgument,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", metavar="DIR", help="The folder with its keys; beside it, if left out.", show_default=False),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Fill a new or empty store from a backup, once all of the backup has been checked: all of it, or nothing. Nobody has to sign in."""
    from msht_tui.bootstrap import SETTINGS
    from msht_tui.domain.audit import Restored
    from msht_tui.store.restore import restore as restored

    at_desk = desk_of_nobody()
    workplace = at_desk.workplace
    kept = None if keys is None else keys.expanduser().absolute()
    made, with_settings = restored(_care(workplace), workplace.base / SETTINGS, folder.expanduser().absolute(), kept)
    _record_or_say_why_not(at_desk, Restored(cases=made.counts.cases))
    if json:
        say_data({**_manifest_data(folder, made), "root": str(workplace.root), "settings": with_settings})
    else:
        _say_exercise(workplace)
        say(f"Restored to {workplace.root}: {_contents(made)}, as of {_local(workplace, made.made_at)}. Every copy was read back.")
        if not with_settings and any(file.path == SETTINGS for file in made.files):
            say(f"The settings that are in {workplace.base} stay; those of the backup were not taken.")
    for one in made.left_out:
        complain(_one_line(f"Not whole in this backup: {one.what}: {one.why}"))
    if made.sealed:
        complain(f"Holds that were set after {_local(workplace, made.made_at)}, when this backup was made, have to be set again.")


@app.command()
def rebuild() -> None:
    """Make the catalogue anew from the cases. What the store remembers of their heights is never lowered."""
    from msht_tui.domain.audit import CatalogueRebuilt

    at_desk = desk()
    casework = at_desk.casework
    at_desk.record(CatalogueRebuilt())
    at_desk.workplace.store.rebuild()
    rows, unreadable = casework.cases()
    say(f"The catalogue was made anew, with {_several(len(rows), 'case')}.")
    for one in unreadable:
        complain(_one_line(f"Case {one.case_id} cannot be read: {one.why}"))
    if unreadable:
        raise Ended(TROUBLE)


@app.command()
def convert() -> None:
    """Seal the cases that lay here when this terminal was set up. What was broken off is finished by doing it again. For a supervisor."""
    from msht_tui.store.conversion import convert as converted

    at_desk = desk()
    done = converted(at_desk.workplace.store, record=at_desk.record)
    say(f"{_several(len(done.sealed), 'case')} sealed, each compared with what it was.")
    for one in done.left:
        complain(_one_line(f"Case {one.case} is left as it is: {one.why}"))
    if done.left:
        raise Ended(TROUBLE)
    if done.sealed:
        say("What was deleted may stay on the disk for a while, and in backups: disk encryption covers the one, destroy the others.")


@app.command()
def dump(
    case: CaseArgument,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="A new file to write it to.", show_default=False)] = None,
    to: ToOption = "",
) -> None:
    """Print a case as a plain JSON file that stock TinyDB opens. It holds everything, names too: treat it as the record itself."""
    from msht_tui.store.care import write_new

    at_desk = desk()
    at_desk.refuse_unsealed()
    workplace = at_desk.workplace
    care = _care(workplace)
    case_id = care.resolve(case)
    tables, words = care.dump(case_id, EXERCISE if workplace.exercise else workplace.settings.marking)
    at_desk.disclose(case_id, "dump", "json", to)
    if words:
        complain(f"Note: {_one_line(words)}")
    if out is None:
        say_data(tables)
        return
    write_new(out, (json_text(tables) + "\n").encode(), care.disk)
    say(str(out))


@app.command()
def acknowledge(
    case: CaseArgument,
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why; it has to be said.", show_default=False)] = "",
) -> None:
    """Take a case as it is, though the store remembers more of it. An entry in the case says so, with the reason. For a supervisor."""
    from msht_tui.bootstrap import SystemClock
    from msht_tui.domain.audit import CaseAcknowledged
    from msht_tui.domain.refusal import Refused
    from msht_tui.domain.retention import refuse_but_supervisor
    from msht_tui.domain.text import LINE_LIMIT, clean

    at_desk = desk()
    at_desk.refuse_unsealed()
    workplace = at_desk.workplace
    if not workplace.exercise:
        refuse_but_supervisor(at_desk.session.role, at_desk.session.operator, "acknowledge a case")
    care = _care(workplace)
    by = clean(workplace.operator, LINE_LIMIT, what="operator's name")
    if not by:
        raise Refused("Every entry needs a name: say who you are with --as or MSHT_OPERATOR.")
    case_id = care.resolve(case)
    acknowledged = CaseAcknowledged(case=case_id)
    before, now = care.acknowledge(case_id, because, by=by, now=SystemClock().now(), record=lambda: at_desk.record(acknowledged))
    say(f"The store remembered entry {before.number}. From now on the record goes on from entry {now.number}, which says so and why.")


# What the commands share


def _record_or_say_why_not(at_desk: Desk, event: Verified | Restored) -> None:
    """Record what nobody has to sign in for. An audit that takes no line keeps nobody from hearing how it stands with the store."""
    try:
        at_desk.record(event)
    except StoreTrouble as trouble:
        complain(f"Note: {_one_line(str(trouble))}")


def _care(workplace: Workplace) -> Care:
    """The store from outside: nothing is opened for work, so that looking writes nothing."""
    from msht_tui.content.tables import digest_of
    from msht_tui.store.care import Care

    keys = None if workplace.session is None else workplace.keys
    return Care(workplace.root, digest_of, exercise=workplace.exercise, keys=keys)


def _check_code(text: str) -> CheckCode:
    from msht_tui.store.inspection import CheckCode

    try:
        return CheckCode.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--code") from error


def _say_exercise(workplace: Workplace) -> None:
    if workplace.exercise:
        say(EXERCISE)


def _newest(workplace: Workplace, found: Info) -> str:
    if found.newest is None and found.entries:
        return "sealed: sign in to see it (--passphrase-file)"
    return _local(workplace, found.newest) or "none"


def _local(workplace: Workplace, moment: datetime | None) -> str:
    from msht_tui.bootstrap import SystemClock
    from msht_tui.domain.moment import local

    return "" if moment is None else local(moment, workplace.zone, SystemClock().now())


def _one_line(text: str) -> str:
    from msht_tui.summary.words import one_line

    return one_line(text)


def _several(count: int, name: str) -> str:
    plural = f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"
    return f"{count:,} {name if count == 1 else plural}"


def _finding_line(finding: Finding) -> str:
    return _one_line(f"{finding.case or 'The store'}: {WORDS[finding.state]}. {finding.words}")


def _counted(findings: Sequence[Finding]) -> str:
    """Such as "3 cases: 2 intact, 1 gone."."""
    from msht_tui.store.care import counts

    found = counts(findings)
    parts = ", ".join(f"{found[state]:,} {words}" for state, words in WORDS.items() if state in found)
    return _several(found["cases"], "case") + (f": {parts}." if parts else ".")


def _contents(made: Manifest) -> str:
    counts = made.counts
    return f"{_several(counts.cases, 'case')} with {_several(counts.entries, 'entry')}, {_several(counts.packs, 'pack')} of content"


def _finding_data(finding: Finding) -> dict[str, object]:
    return {
        "case": finding.case or None,
        "state": finding.state,
        "code": finding.code,
        "entries": finding.entries,
        "check_code": finding.check_code,
        "words": finding.words,
    }


def _manifest_data(folder: Path, made: Manifest) -> dict[str, object]:
    from msht_tui.summary.data import iso

    return {
        "folder": str(folder),
        "exercise": made.exercise,
        "made_at": iso(made.made_at),
        "cases": [{"id": case.id, "check_code": case.check_code} for case in made.cases],
        "entries": made.counts.entries,
        "bytes": made.counts.size,
        "packs": made.counts.packs,
        "left_out": [{"what": one.what, "why": one.why} for one in made.left_out],
    }
