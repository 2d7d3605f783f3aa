"""Passing a case on: offering it, accepting it, sending it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, cast

from textual.widget import Widget
from textual.widgets import Input, Static

from msht_tui.domain.pack import ROLES, Role
from msht_tui.service import CaseView
from msht_tui.summary.words import ROLE
from screens.dialogs.choices import Choices
from screens.dialogs.question import CaseQuestion, field
from screens.look import shown


class OfferDialog(CaseQuestion):
    """Offers the case to a person or a role."""

    TITLE_WORDS: ClassVar[str] = "Hand the case over"
    KEY, ACTION = "o", "offer"
    AUTO_FOCUS = "#to"

    def compose_fields(self) -> Iterable[Widget]:
        """What is left, to whom, and a remark."""
        left = self.opener.case.review(self.desk.now()).words()
        yield Static(f"It has {left}." if left else "Nothing is left open.", classes="words", markup=False)
        yield field("To", id="to", placeholder="a person or a role, such as PS 77 or the night shift")
        yield field("Remark", id="remark", long=True)
        yield field("Time", id="at", placeholder="now; or 14:05")

    def action_submit(self) -> None:
        """Offer it."""
        case_id, at = self.opener.case.case_id, self.when()
        to, remark = self.query_one("#to", Input).value, self.query_one("#remark", Input).value
        self.attempt(f"handed over to {to}, who has to accept", lambda casework: casework.start_handover(case_id, to, remark=remark, at=at))


class AcceptDialog(CaseQuestion):
    """Takes the case over."""

    TITLE_WORDS: ClassVar[str] = "Accept the case"
    KEY, ACTION = "y", "accept"
    AUTO_FOCUS = "#role"
    KEY_WORDS: ClassVar[str] = "1 to 4 choose   Enter accepts   Tab next field   Esc leaves"

    def compose_fields(self) -> Iterable[Widget]:
        """From whom, and the role in which it is worked from here."""
        state = self.opener.case.state
        remark = f": {shown(state.offered.event.remark)}" if state.offered and state.offered.event.remark else ""
        yield Static(f"From {shown(state.holder)}{remark}", classes="words", markup=False)
        yield Static("It is worked from here as", classes="words", markup=False)
        yield Choices([(role, ROLE[role]) for role in ROLES], picked=[state.role], id="role")
        yield field("Time", id="at", placeholder="now; or 14:05")

    def action_submit(self) -> None:
        """Accept it."""
        case_id, at, before = self.opener.case.case_id, self.when(), self.opener.case.state.role
        role = cast(Role, self.query_one("#role", Choices).values[0])
        changed = None if role == before else role
        self.attempt(f"accepted, {ROLE[role]}", lambda casework: casework.accept_handover(case_id, role=changed, at=at))

    def recorded(self, what: str, view: CaseView) -> None:
        """The short lists are those of the role from here."""
        self.opener.session.begin_as(view.state.role)
        super().recorded(what, view)


class SendBackDialog(CaseQuestion):
    """Sends the case back to whoever holds it."""

    TITLE_WORDS: ClassVar[str] = "Send the case back"
    KEY, ACTION = "b", "send_back"
    AUTO_FOCUS = "#because"

    def compose_fields(self) -> Iterable[Widget]:
        """With whom it stays, and why."""
        yield Static(f"It stays with {shown(self.opener.case.state.holder)}.", classes="words", markup=False)
        yield field("Because", id="because", long=True)
        yield field("Time", id="at", placeholder="now; or 14:05")

    def action_submit(self) -> None:
        """Send it back."""
        case_id, at, because = self.opener.case.case_id, self.when(), self.query_one("#because", Input).value
        self.attempt("sent back", lambda casework: casework.return_handover(case_id, because=because, at=at))
