"""How a command prints a page about a case: on the terminal, in another format, or into a new file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from msht_tui.cli.output import json_text, say

if TYPE_CHECKING:
    from msht_tui.summary.paper import Page

Format = Literal["terminal", "text", "html", "svg", "json"]
FormatOption = Annotated[Format, typer.Option("--format", help="As what; in a file, terminal is text.")]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="A new file to write it to.")]


def print_page(page: Page, data: Callable[[], Mapping[str, object]], form: Format, out: Path | None) -> None:
    """Print a page, or write it and print the name of the file. Raises `Refused` when it cannot be written."""
    if out is not None:
        _write(out, _text(page, data, form))
        say(str(out))
    elif form == "terminal":
        page.print()
    else:
        say(_text(page, data, form).rstrip("\n"))


def _text(page: Page, data: Callable[[], Mapping[str, object]], form: Format) -> str:
    """The whole page as text in this format."""
    match form:
        case "html":
            return page.html()
        case "svg":
            return page.svg()
        case "json":
            return json_text(data()) + "\n"
        case _:
            return page.text()


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
