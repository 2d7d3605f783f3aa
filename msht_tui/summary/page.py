"""The summary as a page: on the terminal, and as text, HTML, SVG and JSON. The one place, with what it draws by, that uses Rich."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import datetime, tzinfo
from html import escape

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from msht_tui.service import CaseView
from msht_tui.summary import standing, work
from msht_tui.summary.drawing import Drawing
from msht_tui.summary.ink import PAPER, TERMINAL, Ink, Pen
from msht_tui.summary.sheet import Sheet, summary_json
from msht_tui.summary.words import one_line

__all__ = ["print_summary", "summary_html", "summary_json", "summary_renderable", "summary_svg", "summary_text"]

NARROW = 80
"""Columns that a page has at least when it is printed."""
WIDE = 120
"""Columns beyond which lines would be too long to follow."""
EXERCISE = "EXERCISE, NOT A REAL CASE"

WHITE = TerminalTheme(
    (255, 255, 255),
    (26, 26, 26),
    [(0, 0, 0), (168, 0, 32), (0, 88, 40), (122, 79, 0), (0, 60, 140), (110, 20, 110), (0, 90, 100), (80, 80, 80)],
    [(89, 89, 89), (168, 0, 32), (0, 88, 40), (122, 79, 0), (0, 60, 140), (110, 20, 110), (0, 90, 100), (26, 26, 26)],
)
"""Dark on white; every colour has a contrast of at least 7:1 with the page."""

HTML = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{{stylesheet}}
html {{{{ background: #eef0f2; }}}}
body {{{{ margin: 0; color: {{foreground}}; }}}}
main {{{{
width: max-content; max-width: 100%; box-sizing: border-box; margin: 2rem auto; padding: 2rem 2.5rem; overflow-x: auto;
background: {{background}};
}}}}
pre {{{{ margin: 0; font: 14px/1.45 'DejaVu Sans Mono', Menlo, Consolas, 'Courier New', monospace; }}}}
@media print {{{{
@page {{{{ margin: 15mm; }}}}
html {{{{ background: none; }}}}
main {{{{ margin: 0; padding: 0; overflow: visible; }}}}
pre {{{{ font-size: 8.5pt; }}}}
}}}}
</style>
</head>
<body>
<main><pre>{{code}}</pre></main>
</body>
</html>
"""

SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="-16 -24 {{width}} {{height}}" role="img">
<title>{title}</title>
<style>
.{{unique_id}}-matrix {{{{
font-family: 'DejaVu Sans Mono', Menlo, Consolas, 'Courier New', monospace;
font-size: {{char_height}}px;
line-height: {{line_height}}px;
}}}}
{{styles}}
</style>
<defs>
{{lines}}
</defs>
<rect x="-16" y="-24" width="{{width}}" height="{{height}}" fill="#ffffff"/>
{{backgrounds}}
<g class="{{unique_id}}-matrix">
{{matrix}}
</g>
</svg>
"""


class SummaryPage:
    """The page as something that Rich can show, in ASCII when it is told to or the terminal can do no better."""

    def __init__(self, sheet: Sheet, marking: str, zone: tzinfo, ink: Ink, *, ascii: bool) -> None:
        self.sheet = sheet
        self.marking = marking
        self.zone = zone
        self.ink = ink
        self.ascii = ascii

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        pen = Pen(self.ink, ascii=self.ascii or options.ascii_only)
        within = options.update(width=min(options.max_width, WIDE))
        for part in self._parts(pen):
            yield from console.render(part, within)

    def _parts(self, pen: Pen) -> Iterator[RenderableType]:
        marking = pen.text(one_line(self.marking), style=pen.ink.heavy)
        exercise = [pen.text(EXERCISE, style=pen.ink.heavy)] if self.sheet.view.exercise else []
        yield from (marking, *exercise, Text())
        for section in sections(Drawing(self.sheet, pen, self.zone)):
            yield from (section, Text())
        yield from (*exercise, marking)


def sections(on: Drawing) -> list[RenderableType]:
    """Every section that has something to say, in the order in which a supervisor asks."""
    made = [
        standing.header(on),
        standing.look_first(on),
        standing.phases(on),
        standing.people(on),
        standing.nrm(on),
        standing.cautions(on),
        work.open_steps(on),
        work.deferred(on),
        work.waiting(on),
        *work.settled(on),
        work.kept(on),
        work.decisions(on),
        work.notes(on),
        standing.record(on),
    ]
    return [section for section in made if section is not None]


def summary_renderable(
    view: CaseView, *, marking: str, zone: tzinfo, now: datetime, ascii: bool = False, ink: Ink = TERMINAL
) -> RenderableType:
    """The page for a terminal or a screen, as wide as it is given, up to 120 columns."""
    return SummaryPage(Sheet(view, now), marking, zone, ink, ascii=ascii)


def print_summary(view: CaseView, *, marking: str, zone: tzinfo, now: datetime) -> None:
    """The page on standard output: as wide as the terminal, and in colour only on a terminal that wants it."""
    console = Console(file=sys.stdout, force_terminal=sys.stdout.isatty(), highlight=False, markup=False, emoji=False)
    console.width = max(console.width, NARROW)
    console.print(summary_renderable(view, marking=marking, zone=zone, now=now))


def summary_text(view: CaseView, *, marking: str, zone: tzinfo, now: datetime, width: int = NARROW, ascii: bool = False) -> str:
    """The page as plain text of so many columns, ending in a line break."""
    console = _paper(width, color=False)
    console.print(summary_renderable(view, marking=marking, zone=zone, now=now, ascii=ascii))
    return "".join(f"{line.rstrip()}\n" for line in console.export_text(styles=False).rstrip("\n").split("\n"))


def summary_html(view: CaseView, *, marking: str, zone: tzinfo, now: datetime, width: int = NARROW) -> str:
    """The page as one HTML file that fetches nothing."""
    console = _paper(width)
    console.print(summary_renderable(view, marking=marking, zone=zone, now=now, ink=PAPER))
    return console.export_html(theme=WHITE, code_format=HTML.format(title=_title(view, marking)))


def summary_svg(view: CaseView, *, marking: str, zone: tzinfo, now: datetime, width: int = NARROW) -> str:
    """The page as one SVG picture that fetches nothing."""
    console = _paper(width)
    console.print(summary_renderable(view, marking=marking, zone=zone, now=now, ink=PAPER))
    return console.export_svg(theme=WHITE, code_format=SVG.format(title=_title(view, marking)), unique_id="page", title="")


def _paper(width: int, *, color: bool = True) -> Console:
    return Console(
        file=io.StringIO(),
        width=width,
        record=True,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=False,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )


def _title(view: CaseView, marking: str) -> str:
    """Marking and reference, safe in a title and in a format."""
    exercise = f"{EXERCISE} · " if view.exercise else ""
    title = f"{one_line(marking)} · {exercise}{one_line(view.state.title)} · Case summary"
    return escape(title).replace("{", "{{").replace("}", "}}")
