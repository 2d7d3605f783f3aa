"""Questions about the terminal's copy of a case: why it is kept, held or released, and whether it is erased."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from msht_tui.domain.refusal import Refused
from msht_tui.domain.retention import OUT_OF_REACH, confirmation
from msht_tui.domain.text import LINE_LIMIT, clean
from msht_tui.ports import StoreTrouble
from msht_tui.service import Casework
from screens.dialogs.question import Question, field

if TYPE_CHECKING:
    from screens.reviews import ReviewsScreen

Act = Callable[[Casework, str], str]
"""Does what was asked for, with what was typed, and gives what to say of it. Raises `Refused` and `StoreTrouble`."""


class ReviewQuestion(Question):
    """Asks for one line, and does an act at the terminal with it: one that is in its audit, and in no record of a case."""

    FIELD: ClassVar[str]

    def __init__(self, opener: ReviewsScreen, title: str, act: Act) -> None:
        super().__init__(opener)
        self.reviews = opener
        self._title = title
        self._act = act

    def title_words(self) -> str:
        """What is done, to which case."""
        return self._title

    def action_submit(self) -> None:
        """Do it, once; what is wrong is said here."""
        if not self._busy:
            self._busy = True
            self.say("Saving ...")
            self.app.run_worker(self._do(self.query_one(f"#{self.FIELD}", Input).value), group="acts")

    async def _do(self, typed: str) -> None:
        try:
            said = await self.desk.do(lambda casework: self._act(casework, clean(typed, LINE_LIMIT, what=self.FIELD)))
        except Refused as refusal:
            self.say(str(refusal))
        except StoreTrouble as trouble:
            self.say(f"NOT FINISHED. {trouble} What you typed is still here: Enter tries again.")
        else:
            self.did(said)
        finally:
            self._busy = False

    def did(self, said: str) -> None:
        """It is done: say so, and go away."""
        self.reviews.told(said)
        self.go_away()


class ReasonDialog(ReviewQuestion):
    """Keeps a case, holds it or lifts its hold. The reason goes into the audit."""

    FIELD: ClassVar[str] = "reason"
    AUTO_FOCUS = "#reason"
    KEY_WORDS: ClassVar[str] = "Enter records   Esc leaves without recording"

    def __init__(self, opener: ReviewsScreen, title: str, words: str, act: Act) -> None:
        """`words` is what comes of it."""
        super().__init__(opener, title, act)
        self._words = words

    def compose_fields(self) -> Iterable[Widget]:
        """What comes of it, and why."""
        yield Static(self._words, classes="words", markup=False)
        yield field("Because", id=self.FIELD, placeholder="can be left out; it stands in the audit")


class EraseDialog(ReviewQuestion):
    """Erases a case, under what that does not reach. It is confirmed by naming the case: Enter alone erases nothing."""

    FIELD: ClassVar[str] = "confirmation"
    AUTO_FOCUS = "#confirmation"
    KEY_WORDS: ClassVar[str] = "Enter erases it for good   Esc leaves, and nothing is erased"
    DEFAULT_CSS = """
    EraseDialog .words { margin-bottom: 1; }
    """

    def __init__(self, opener: ReviewsScreen, title: str, case_id: str, lost: str, act: Act) -> None:
        """`lost` is what the case is, in a line."""
        super().__init__(opener, title, act)
        self._case_id = case_id
        self._lost = lost

    def compose_fields(self) -> Iterable[Widget]:
        """What is lost, what it does not reach, and the name of the case."""
        yield Static(Content.styled(self._lost, "bold"), classes="words", markup=False)
        yield Static(OUT_OF_REACH, classes="words", markup=False)
        yield Static(f"{confirmation(self._case_id)}.", classes="words", markup=False)
        yield field("Which case", id=self.FIELD)

    def did(self, said: str) -> None:
        """Nothing of the case is left at the desk."""
        self.desk.forget(self._case_id)
        super().did(said)

    def keep_typed(self) -> None:
        """Nothing is kept: a confirmation is typed anew."""
