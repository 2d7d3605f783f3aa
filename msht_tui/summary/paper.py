"""How a page is shown: on the terminal, and as text, HTML and SVG. The one place, with what pages are drawn by, that uses Rich."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from html import escape

import msgspec
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from msht_tui.summary.ink import PAPER, TERMINAL, Ink, Pen
from msht_tui.summary.words import one_line

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


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page about a case that Rich can show, as wide as it is given, up to 120 columns; in ASCII where nothing more can be shown."""

    called: str
    """How the case is called in the title."""
    exercise: bool
    name: str
    marking: str
    sections: Callable[[Pen], Sequence[RenderableType]]
    """What stands between the markings."""
    ink: Ink = TERMINAL
    ascii: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        pen = Pen(self.ink, ascii=self.ascii or options.ascii_only)
        within = options.update(width=min(options.max_width, WIDE))
        for part in self._parts(pen):
            yield from console.render(part, within)

    def _parts(self, pen: Pen) -> Iterator[RenderableType]:
        marking = pen.text(one_line(self.marking), style=pen.ink.heavy)
        exercise = [pen.text(EXERCISE, style=pen.ink.heavy)] if self.exercise else []
        yield from (marking, *exercise, Text())
        for section in self.sections(pen):
            yield from (section, Text())
        yield from (*exercise, marking)

    def print(self) -> None:
        """On standard output: as wide as the terminal, and in colour only on a terminal that wants it."""
        console = Console(file=sys.stdout, force_terminal=sys.stdout.isatty(), highlight=False, markup=False, emoji=False)
        console.width = max(console.width, NARROW)
        console.print(self)

    def text(self, width: int = NARROW) -> str:
        """As plain text of so many columns, ending in a line break."""
        console = _paper(width, color=False)
        console.print(self)
        return "".join(f"{line.rstrip()}\n" for line in console.export_text(styles=False).rstrip("\n").split("\n"))

    def html(self, width: int = NARROW) -> str:
        """As one HTML file that fetches nothing."""
        return self._on_paper(width).export_html(theme=WHITE, code_format=HTML.format(title=self._title()))

    def svg(self, width: int = NARROW) -> str:
        """As one SVG picture that fetches nothing."""
        return self._on_paper(width).export_svg(theme=WHITE, code_format=SVG.format(title=self._title()), unique_id="page", title="")

    def _on_paper(self, width: int) -> Console:
        console = _paper(width)
        console.print(msgspec.structs.replace(self, ink=PAPER))
        return console

    def _title(self) -> str:
        """Marking and reference, safe in a title and in a format."""
        exercise = f"{EXERCISE} · " if self.exercise else ""
        title = f"{one_line(self.marking)} · {exercise}{one_line(self.called)} · {self.name}"
        return escape(title).replace("{", "{{").replace("}", "}}")


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
