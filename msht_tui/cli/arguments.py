"""The arguments and options that several commands take, and how a subject is named."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer

CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="An id, the beginning of one, or a reference.", show_default=False)]
AsAtOption = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="As it stood at the end of that minute, in the order of recording: 14:05 or ISO 8601."),
]
AtOption = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="When it happened: 14:05 (the latest past one) or 2026-11-23T14:05. Left out, it is now."),
]
BecauseOption = Annotated[str, typer.Option("--because", metavar="TEXT", help="Why.", show_default=False)]
ToOption = Annotated[
    str, typer.Option("--to", metavar="WHO", help="Whom it is for: kept in the audit of the live store.", show_default=False)
]
PersonsArgument = Annotated[str, typer.Argument(metavar="PERSON", help="V1, or V1,V2 for several at once.", show_default=False)]
OnePersonArgument = Annotated[str | None, typer.Argument(metavar="[PERSON]", help="Such as V1; else everybody.", show_default=False)]
VerbatimOption = Annotated[bool, typer.Option("--verbatim", help="These are the very words that were spoken.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]


def subject_ids(text: str) -> list[str]:
    """The subjects that `V1,V2` names; `case` is the case itself."""
    names = [name.strip() for name in text.split(",")]
    return [name.lower() if name.lower() == "case" else name.upper() for name in names if name]


def one_subject(text: str) -> str:
    """The one subject that was named."""
    names = subject_ids(text)
    if len(names) != 1:
        raise typer.BadParameter(f"{text!r} is not one subject, such as V1.")
    return names[0]


def step_parts(text: str) -> tuple[str, list[str]]:
    """The item and the subjects that `item@V1,V2` names; an item alone is a step of the case."""
    item, at, subjects = text.strip().partition("@")
    return item.strip(), subject_ids(subjects) if at else ["case"]


def whole_minute(moment: datetime) -> datetime:
    """The end of the minute that a time names: lists show minutes, so what they show is in it. A time with seconds stays."""
    return moment if moment.second or moment.microsecond else moment + timedelta(minutes=1, microseconds=-1)
