"""Questions about the record itself: striking an entry through, and what is looked for in the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.widget import Widget
from textual.widgets import Input, Static

from msht_tui.domain.entry import CASE, Entry, EntryStruck
from msht_tui.domain.record import FINAL, strikes
from msht_tui.summary.log import KINDS, LogQuery
from msht_tui.summary.words import entry_text
from screens.dialogs.choices import Choices
from screens.dialogs.question import CaseQuestion, called, choice, field
from screens.look import shown

if TYPE_CHECKING:
    from screens.log import LogScreen


class StrikeDialog(CaseQuestion):
    """Strikes an entry through. What somebody outside may have acted on is asked about once more, beginning on No."""

    KEY = "x"

    def __init__(self, opener: LogScreen, entry: Entry) -> None:
        super().__init__(opener)
        self.entry = entry
        self.final = isinstance(entry.event, FINAL)

    def title_words(self) -> str:
        """Which entry."""
        return f"Strike entry {self.entry.number} through"

    @property
    def action(self) -> str:
        """The same entry, wherever the cursor stands."""
        return called("strike_entry", self.entry.number)

    def compose_fields(self) -> Iterable[Widget]:
        """What it says, what goes with it, and why it is struck."""
        view = self.opener.case
        whom = "" if self.entry.subject == CASE else f"{self.entry.subject}: "
        yield Static(f"{whom}{shown(entry_text(self.entry, view.pack, self.desk.zone))}"[:300], classes="words", markup=False)
        together = [str(one.entry) for one in strikes(view.entries, self.entry.number) if isinstance(one, EntryStruck)]
        with_it = f" {', '.join(together)} are struck as one." if len(together) > 1 else ""
        yield Static(f"It stays readable, with your name and the reason.{with_it}", classes="words", markup=False)
        if self.final:
            yield Static("Somebody outside may have acted on it.", classes="words", markup=False)
            yield Choices([("no", "No"), ("yes", "Yes, strike it")], picked=["no"], id="sure")
        yield field("Because", id="because", long=True)

    def on_mount(self) -> None:
        """Begin on No where it is final, else where the reason is typed."""
        self.query_one("#sure" if self.final else "#because").focus()

    def action_submit(self) -> None:
        """Strike it."""
        if self.final and self.query_one("#sure", Choices).values != ("yes",):
            self.dismiss()
            return
        because, case_id, number = self.query_one("#because", Input).value, self.opener.case.case_id, self.entry.number
        self.attempt(f"entry {number} struck", lambda casework: casework.strike(case_id, number, because=because))


class LogQueryDialog(CaseQuestion):
    """What is looked for in the log."""

    TITLE_WORDS: ClassVar[str] = "Show only these entries"
    KEY, ACTION = "f", "query"
    AUTO_FOCUS = "#subject"
    KEY_WORDS: ClassVar[str] = "Numbers or arrows choose   Tab next   Enter shows them   Esc leaves"

    def __init__(self, opener: LogScreen) -> None:
        super().__init__(opener)
        self.log_screen = opener

    def compose_fields(self) -> Iterable[Widget]:
        """Of whom, in which phase, of which kind, by whom: only what the record holds can be chosen."""
        view, query = self.opener.case, self.opener.session.query
        kinds = {entry.kind for entry in view.entries}
        lines: tuple[tuple[str, str, str, list[tuple[str, str]]], ...] = (
            ("Of", "subject", query.subject, [(CASE, "the case"), *((one, one) for one in view.state.subjects)]),
            ("Phase", "phase", query.phase, [(phase.id, phase.title) for phase in view.pack.phases]),
            ("By", "operator", query.operator, [(name, shown(name)) for name in view.state.operators]),
            ("Kind", "kind", query.kind, [(kind, kind.replace("-", " ")) for kind in KINDS if kind in kinds]),
        )
        for name, line, picked, options in lines:
            yield choice(name, Choices([("", "all"), *options], picked=[picked], id=line))

    def action_submit(self) -> None:
        """Show them."""
        subject, phase, kind, operator = (
            self.query_one(f"#{line}", Choices).values[0] for line in ("subject", "phase", "kind", "operator")
        )
        text = self.opener.session.query.text
        self.log_screen.look_for(LogQuery(subject=subject, phase=phase, kind=kind, operator=operator, text=text))
        self.dismiss()
