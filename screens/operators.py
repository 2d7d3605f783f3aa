"""Who may sign in at this terminal: everybody sees it and gives themselves a passphrase, and a supervisor changes the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from msht_tui.domain.audit import OperatorRole
from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from screens.desk import Desk
from screens.dialogs.operators import AddOperatorDialog, NewCodeDialog, PassphraseDialog, RemoveOperatorDialog, RoleDialog
from screens.frame import DeskScreen
from screens.gate import Badge
from screens.look import count, shown
from screens.recover import MakesCode
from screens.widgets.checklist import Checklist, ListRow


class OperatorsScreen(DeskScreen, MakesCode):
    """Everybody who may sign in, with what they may do."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "operators.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add", tooltip="Let somebody in, from now on"),
        Binding("p", "reset", "Passphrase", tooltip="A new passphrase: your own, or for a supervisor anybody's"),
        Binding("R", "role", "Role", key_display="R", tooltip="Give this operator another role"),
        Binding("X", "remove", "Remove", key_display="X", tooltip="Let this operator in no more; what they entered stays"),
        Binding("C", "renew", "Recovery code", key_display="C", tooltip="A new recovery code; the one before opens nothing any more"),
        Binding("escape,w", "leave", "Cases", key_display="Esc", tooltip="Back to the list of cases"),
    ]
    SHOWN_KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("a", "add", "add"),
        ("p", "passphrase", "reset"),
        ("R", "role", "role"),
        ("X", "remove", "remove"),
        ("C", "recovery code", "renew"),
        ("Esc", "cases", "leave"),
    )

    def __init__(self, desk: Desk, badge: Badge) -> None:
        super().__init__(desk)
        self.badge = badge

    def compose_body(self) -> Iterable[Widget]:
        """A heading and the list."""
        yield Static("Reading who may sign in ...", id="heading", markup=False)
        yield Checklist(mark_width=0, id="list")

    @property
    def checklist(self) -> Checklist:
        """The list."""
        return self.query_one("#list", Checklist)

    @property
    def chosen(self) -> str:
        """The id of the operator under the cursor; empty before the list was read."""
        return self.checklist.current.key if self.checklist.current else ""

    def on_screen_resume(self) -> None:
        """Read who there is: it may have changed behind the screen that was in front."""
        self.load()

    @work(exclusive=True, group="load")
    async def load(self) -> None:
        """Read who may sign in; the cursor begins on whoever sits here."""
        try:
            found = await self.desk.do(lambda casework: self.badge.operators())
        except (StoreTrouble, Refused) as trouble:
            self.status.say(str(trouble), "trouble")
            return
        having = Counter(role for _, role in found)
        words = ", ".join(count(having[role], role) for role in ("supervisor", "operator", "trainer") if having[role])
        you = f"   you are {shown(self.desk.operator)}, {self.badge.role}"
        self.query_one("#heading", Static).update(Content.assemble((words, "bold"), (you, "$foreground 60%")))
        rows = tuple(self._row(operator, role) for operator, role in found)
        self.checklist.show(rows, None if self.checklist.rows else self.desk.operator)

    def _row(self, operator: str, role: OperatorRole) -> ListRow:
        yours = " (you)" if operator == self.desk.operator else ""
        return ListRow(operator, f"{operator}{yours}", "", role, role, "open", role)

    def told(self, words: str) -> None:
        """Say what was done, and show it."""
        self.status.say(words, "saved")
        self.load()

    # Keys

    @on(Checklist.Highlighted)
    def show_what_can_be_done(self) -> None:
        """Some keys depend on whose line it is."""
        self.show_keys()

    def why_not(self, action: str) -> str | None:
        """Everybody may give themselves a passphrase; all else is for supervisors, and nobody removes themselves."""
        supervisor, oneself = self.badge.role == "supervisor", self.chosen == self.desk.operator
        if action == "reset" and not supervisor and not oneself:
            return "Only a supervisor gives others a passphrase. For a new one of yours put the cursor on your own line."
        if action in ("add", "role", "remove", "renew") and not supervisor:
            return "Only a supervisor changes who may sign in, and makes recovery codes: ask one."
        if action == "remove" and oneself:
            return "Nobody removes themselves: another supervisor does it, and it is recorded who."
        if action in ("reset", "role", "remove") and not self.chosen:
            return "Nobody stands here: the list could not be read."
        return None

    def action_add(self) -> None:
        """Let somebody in."""
        if not self.refused("add"):
            self.app.push_screen(AddOperatorDialog(self))

    def action_reset(self) -> None:
        """A new passphrase."""
        if not self.refused("reset"):
            self.app.push_screen(PassphraseDialog(self, self.chosen))

    def action_role(self) -> None:
        """Another role."""
        row = self.checklist.current
        if not self.refused("role") and row is not None:
            self.app.push_screen(RoleDialog(self, row.key, row.short))

    def action_remove(self) -> None:
        """Let somebody in no more."""
        if not self.refused("remove"):
            self.app.push_screen(RemoveOperatorDialog(self, self.chosen))

    def action_renew(self) -> None:
        """A new recovery code."""
        if not self.refused("renew"):
            self.app.push_screen(NewCodeDialog(self))

    def action_leave(self) -> None:
        """Back."""
        self.dismiss()

    def written(self) -> None:
        """The new code is on paper."""
        super().written()
        self.status.say("The new recovery code is in force: destroy the paper with the one before.", "saved")
