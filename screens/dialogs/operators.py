"""Questions about who may sign in: who is let in, with which passphrase and role, and who no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from msht_tui.domain.audit import OperatorRole
from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from screens.dialogs.choices import Choices
from screens.dialogs.question import Question, choice, field, secret_field
from screens.gate import Badge
from screens.look import shown
from screens.recover import NOT_ALIKE, RULE

if TYPE_CHECKING:
    from screens.operators import OperatorsScreen

T = TypeVar("T")
ROLES: tuple[tuple[OperatorRole, str], ...] = (("operator", "Operator"), ("supervisor", "Supervisor"), ("trainer", "Trainer"))
RIGHTS = "An operator works on cases. A supervisor may also let people in, review and erase. A trainer may do what an operator may."
"""What each role may do, where one is chosen."""
OLD_COPY = "What they entered stays. An old copy of the keys, with a passphrase of that time, still opens the cases of before."


class OperatorQuestion(Question):
    """A question about who may sign in. What is typed of a passphrase goes with every attempt, and is never among the drafts."""

    opener: OperatorsScreen

    def __init__(self, opener: OperatorsScreen) -> None:
        super().__init__(opener)

    def _boxes(self) -> Iterator[tuple[str, Input | TextArea]]:
        for place, box in super()._boxes():
            if not (isinstance(box, Input) and box.password):
                yield place, box

    def action_submit(self) -> None:
        """Go on to the next field below that is empty; from the last one, answer."""
        fields = [box for box in self.query("Input, Choices") if isinstance(box, Input | Choices)]
        here = fields.index(self.focused) if self.focused in fields else -1
        for box in fields[here + 1 :]:
            if not (box.value if isinstance(box, Input) else box.values):
                box.focus()
                return
        self.answer()

    def answer(self) -> None:
        """What Enter does once nothing is left to fill in."""

    def passphrase_fields(self) -> Iterable[Widget]:
        """A new passphrase, twice."""
        yield secret_field("Passphrase", id="passphrase")
        yield secret_field("Once more", id="again")
        yield Static(RULE, classes="words", markup=False)

    def take_passphrase(self) -> str | None:
        """What was typed twice, which leaves the fields; `None` when it was not the same, and that is said."""
        first, again = (self.query_one(name, Input) for name in ("#passphrase", "#again"))
        typed, same = first.value, first.value == again.value
        first.value = again.value = ""
        self.query(Input).exclude("#operator").first().focus()
        if not same:
            self.say(NOT_ALIKE)
        return typed if same else None

    def change(self, act: Callable[[Badge], T], done: Callable[[T], object]) -> None:
        """Make a change; what came of it goes to `done`, and the question away. Otherwise it says what is wrong."""
        if not self._busy:
            self._busy = True
            self.say("Saving ...")
            self.app.run_worker(self._change(act, done), group="acts")

    async def _change(self, act: Callable[[Badge], T], done: Callable[[T], object]) -> None:
        try:
            found = await self.desk.do(lambda casework: act(self.opener.badge))
        except (Refused, StoreTrouble) as wrong:
            self.say(str(wrong))
            self.failed()
        else:
            self.go_away()
            done(found)
        finally:
            self._busy = False

    def failed(self) -> None:
        """Nothing came of it, as far as is known."""


class AddOperatorDialog(OperatorQuestion):
    """Lets somebody in."""

    TITLE_WORDS: ClassVar[str] = "Let somebody in"
    KEY_WORDS: ClassVar[str] = "Enter lets them in   Tab next field   Esc leaves"
    AUTO_FOCUS = "#operator"

    def compose_fields(self) -> Iterable[Widget]:
        """Who, what they may do, and their first passphrase."""
        yield field("Id", id="operator", placeholder="such as a collar number")
        yield choice("Role", Choices(ROLES, id="role"))
        yield Static(RIGHTS, classes="words", markup=False)
        yield from self.passphrase_fields()
        yield Static("They can choose another one themselves, on this list.", classes="words", markup=False)

    def answer(self) -> None:
        """Let them in."""
        operator, roles = self.query_one("#operator", Input).value, self.query_one("#role", Choices).values
        passphrase = self.take_passphrase()
        if passphrase is None:
            return
        if not roles:
            self.say("Choose with 1 to 3 what they may do. Nothing was changed.")
            self.query_one("#role").focus()
            return
        role = cast(OperatorRole, roles[0])
        words = f"{shown(operator)} can sign in now, as {role}."
        self.change(lambda badge: badge.add(operator, role, passphrase), lambda _: self.opener.told(words))


class PassphraseDialog(OperatorQuestion):
    """Gives somebody a new passphrase; oneself, and one has to sign in again. Somebody else's begins on No."""

    KEY_WORDS: ClassVar[str] = "Enter changes it   Tab next field   Esc leaves"
    AUTO_FOCUS = "Choices, Input"

    def __init__(self, opener: OperatorsScreen, operator: str) -> None:
        super().__init__(opener)
        self.operator = operator
        self.oneself = operator == opener.desk.operator

    def title_words(self) -> str:
        """Whose."""
        return "Your new passphrase" if self.oneself else f"New passphrase for {shown(self.operator)}"

    def compose_fields(self) -> Iterable[Widget]:
        """What comes of it, the present one of whoever gives themselves another, and the passphrase."""
        if self.oneself:
            yield Static("You are signed out with it, and sign in with the new one.", classes="words", markup=False)
            yield secret_field("Present one", id="present")
        else:
            yield Static(
                Content.styled(f"{shown(self.operator)} loses the passphrase they have now.", "bold"), classes="words", markup=False
            )
            yield Choices([("no", "No"), ("yes", f"Yes, give {shown(self.operator)} another")], picked=["no"], id="sure")
        yield from self.passphrase_fields()

    def answer(self) -> None:
        """Change it; somebody else's on Yes."""
        if not self.oneself and self.query_one("#sure", Choices).values != ("yes",):
            self.opener.status.say(f"{shown(self.operator)} keeps the passphrase they have.")
            self.action_leave()
            return
        present = self.take_present() if self.oneself else ""
        passphrase = self.take_passphrase()
        if passphrase is None:
            return
        if self.oneself:
            self.change(lambda badge: self.change_own(badge, present, passphrase), lambda _: self.sign_out())
        else:
            words = f"{shown(self.operator)} signs in with the new passphrase from now on."
            self.change(lambda badge: badge.reset(self.operator, passphrase), lambda _: self.opener.told(words))

    def take_present(self) -> str:
        """What was typed of the present passphrase, which leaves the field."""
        present = self.query_one("#present", Input)
        typed, present.value = present.value, ""
        return typed

    def change_own(self, badge: Badge, present: str, passphrase: str) -> None:
        """Finish and keep whatever waits while the session can still do it, then end it."""
        self.desk.settle()
        badge.change_own(present, passphrase)

    def sign_out(self) -> None:
        """The session has ended with the passphrase."""
        self.desk.ended("Your passphrase was changed: sign in with the new one.")


class RoleDialog(OperatorQuestion):
    """Gives an operator another role."""

    KEY_WORDS: ClassVar[str] = "1 to 3 choose   Enter changes it   Esc leaves"
    AUTO_FOCUS = "#role"

    def __init__(self, opener: OperatorsScreen, operator: str, role: str) -> None:
        """`role` is the one they have."""
        super().__init__(opener)
        self.operator = operator
        self.role = role

    def title_words(self) -> str:
        """Whose."""
        return f"Role of {shown(self.operator)}"

    def compose_fields(self) -> Iterable[Widget]:
        """The roles."""
        yield Choices(ROLES, picked=[self.role], id="role")
        yield Static(RIGHTS, classes="words", markup=False)

    def answer(self) -> None:
        """Change it."""
        role = cast(OperatorRole, self.query_one("#role", Choices).values[0])
        words = f"{shown(self.operator)} is {role} now."
        self.change(lambda badge: badge.change_role(self.operator, role), lambda _: self.opener.told(words))


class RemoveOperatorDialog(OperatorQuestion):
    """Lets somebody in no more. It begins on No."""

    KEY_WORDS: ClassVar[str] = "1 or 2 choose   Enter answers   Esc leaves"
    AUTO_FOCUS = "#sure"

    def __init__(self, opener: OperatorsScreen, operator: str) -> None:
        super().__init__(opener)
        self.operator = operator

    def title_words(self) -> str:
        """Whom."""
        return f"Remove {shown(self.operator)}"

    def compose_fields(self) -> Iterable[Widget]:
        """What it means, and what it cannot do."""
        yield Static(f"They cannot sign in any more. {OLD_COPY}", classes="words", markup=False)
        yield Choices([("no", "No"), ("yes", f"Yes, remove {shown(self.operator)}")], picked=["no"], id="sure")

    def answer(self) -> None:
        """Remove them on Yes."""
        if self.query_one("#sure", Choices).values != ("yes",):
            self.action_leave()
            return
        words = f"{shown(self.operator)} cannot sign in any more."
        self.change(lambda badge: badge.remove(self.operator), lambda _: self.opener.told(words))


class NewCodeDialog(OperatorQuestion):
    """Has a new recovery code made. It begins on No."""

    TITLE_WORDS: ClassVar[str] = "New recovery code"
    KEY_WORDS: ClassVar[str] = "1 or 2 choose   Enter answers   Esc leaves"
    AUTO_FOCUS = "#sure"

    def compose_fields(self) -> Iterable[Widget]:
        """What it means."""
        words = "It is shown once, to be written down: have paper at hand. The one before opens nothing any more."
        yield Static(words, classes="words", markup=False)
        yield Choices([("no", "No"), ("yes", "Yes, make a new one")], picked=["no"], id="sure")

    def answer(self) -> None:
        """Make it on Yes."""
        if self.query_one("#sure", Choices).values != ("yes",):
            self.action_leave()
            return
        self.opener.unwritten = True
        self.change(lambda badge: badge.renew_recovery(), self.opener.show_code)

    def failed(self) -> None:
        """There is none to be written down."""
        self.opener.unwritten = False
