"""`msht summary`: the page that a supervisor reads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from msht_tui.cli.arguments import CaseArgument
from msht_tui.cli.desk import Desk, desk
from msht_tui.cli.group import commands
from msht_tui.cli.output import json_text, say

if TYPE_CHECKING:
    from msht_tui.service import CaseView

app = commands()

Format = Literal["terminal", "text", "html", "svg", "json"]


@app.command()
def summary(
    case: CaseArgument,
    form: Annotated[Format, typer.Option("--format", help="As what; in a file, terminal is text.")] = "terminal",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="A new file to write it to.")] = None,
) -> None:
    """Print the case as a page for a supervisor: what is done, open, deferred and decided."""
    at_desk = desk()
    view = at_desk.case(case)
    if out is not None:
        _write(out, _page(at_desk, view, form))
        say(str(out))
    elif form == "terminal":
        from msht_tui.summary.page import print_summary

        print_summary(view, marking=at_desk.workplace.settings.marking, zone=at_desk.workplace.zone, now=at_desk.now())
    else:
        say(_page(at_desk, view, form).rstrip("\n"))


def _page(at_desk: Desk, view: CaseView, form: Format) -> str:
    """The whole page as text in this format."""
    from msht_tui.summary import page

    marking, zone, now = at_desk.workplace.settings.marking, at_desk.workplace.zone, at_desk.now()
    match form:
        case "html":
            return page.summary_html(view, marking=marking, zone=zone, now=now)
        case "svg":
            return page.summary_svg(view, marking=marking, zone=zone, now=now)
        case "json":
            return json_text(page.summary_json(view, zone=zone, now=now)) + "\n"
        case _:
            return page.summary_text(view, marking=marking, zone=zone, now=now)


def _write(path: Path, text: str) -> None:
    """A new file, readable by its owner alone. Raises `Refused` when there is one of this name, or it cannot be written."""
    from msht_tui.domain.refusal import Refused

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError as error:
        raise Refused(f"{path} is there already: name another file, or move it away. Nothing was written.") from error
    except OSError as error:
        raise Refused(f"Could not write {path}: {error.strerror}. Name a file in a folder that you may write to.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8", errors="backslashreplace"))
    except OSError as error:
        path.unlink(missing_ok=True)
        raise Refused(f"Could not write all of {path}: {error.strerror}. It was taken away again.") from error
