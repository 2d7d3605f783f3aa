"""`msht summary`: the page that a supervisor reads."""

from __future__ import annotations

from msht_tui.cli.arguments import CaseArgument, ToOption
from msht_tui.cli.desk import desk
from msht_tui.cli.group import commands
from msht_tui.cli.pages import FormatOption, OutOption, print_page

app = commands()


@app.command()
def summary(case: CaseArgument, form: FormatOption = "terminal", out: OutOption = None, to: ToOption = "") -> None:
    """Print the case as a page for a supervisor: what is done, open, deferred and decided."""
    from msht_tui.summary.page import summary_renderable
    from msht_tui.summary.sheet import summary_json

    at_desk = desk()
    view, zone, now = at_desk.case(case), at_desk.workplace.zone, at_desk.now()
    matters = at_desk.matters(view)
    page = summary_renderable(view, marking=at_desk.workplace.settings.marking, zone=zone, now=now, matters=matters)
    at_desk.disclose(view.case_id, "summary", form, to)
    print_page(page, lambda: summary_json(view, zone=zone, now=now, matters=matters), form, out)
