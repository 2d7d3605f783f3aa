"""A question over a screen: a title, a few fields, and what went wrong, if anything did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from msht_tui.domain.refusal import Refused
from msht_tui.domain.text import LINE_LIMIT, TEXT_LIMIT
from msht_tui.ports import StoreTrouble
from msht_tui.service import CaseView, Casework
from screens.asked import OPEN, Asked, asked_in
from screens.dialogs.choices import Choices
from screens.look import shown
from screens.widgets.typed import TypedLine

if TYPE_CHECKING:
    from screens.case_frame import CaseScreen
    from screens.frame import DeskScreen


SURE = "sure"
"""The id of a choice that confirms what cannot be taken back."""


class Question(ModalScreen[None]):
    """A dialog that stays, with everything typed in it, until its act is durable or it is left."""

    DEFAULT_CSS = """
    Question { align: center middle; background: $background 60%; }
    Question > Vertical {
        width: 76; max-width: 100%; height: auto; max-height: 100%; margin: 1 0; overflow-y: auto; scrollbar-size-vertical: 1;
        padding: 0 2; background: $panel; border: round $accent; border-title-style: bold;
    }
    Question.-plain > Vertical { border: ascii $accent; }
    Question .words { height: auto; color: $foreground 80%; }
    Question .trouble { height: auto; color: $error; text-style: bold; display: none; }
    Question .trouble.-shown { display: block; }
    Question .field { height: auto; margin: 0; }
    Question .field > Static { width: 12; color: $foreground 70%; }
    Question .field > Input, Question .field > Choices { width: 1fr; }
    Question .keys { height: 1; color: $foreground 60%; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", tooltip="Leave without recording"),
        Binding("enter", "submit", "Record", tooltip="Record it"),
        Binding("f1", "help", "Help", key_display="F1", tooltip="What the keys of this question do"),
    ]
    TITLE_WORDS: ClassVar[str] = ""
    KEY_WORDS: ClassVar[str] = "Enter records   Tab next field   Esc leaves without recording"
    KEY: ClassVar[str] = ""
    """The key that asks it."""
    ACTION: ClassVar[str] = ""
    """The action of its screen that asks it; empty for one that is not put again after a lock."""

    def __init__(self, opener: DeskScreen) -> None:
        super().__init__()
        self.opener = opener
        self.desk = opener.desk
        self.drafts = opener.desk.drafts
        """What was typed and not recorded, by its place: this question's own part is taken out while it is open."""
        self.done = False
        """Whether its act is durable."""
        self._busy = False
        self._stood: dict[str, str] = {}
        """What stood in its fields at first, by their place."""
        self._entered_at = ""
        """When Enter was pressed first: an act that has to be tried again happened then."""

    def compose(self) -> ComposeResult:
        """The fields between the title and the keys."""
        with Vertical() as box:
            box.border_title = Content(self.title_words())
            yield from self.compose_fields()
            yield Static("", classes="trouble", markup=False)
            yield Static(self.KEY_WORDS, classes="keys", markup=False)

    def title_words(self) -> str:
        """What the question is about."""
        return self.TITLE_WORDS

    def compose_fields(self) -> Iterable[Widget]:
        """The fields."""
        return ()

    def on_mount(self) -> None:
        """ASCII where the terminal can do no better. What was typed here before a lock stands here again."""
        self.set_class(self.desk.plain, "-plain")
        for place, box in self._boxes():
            self._stood[place] = _text_of(box)
            if typed := self.drafts.pop(place, ""):
                _fill(box, typed)
        before = asked_in(self.drafts)
        if before is not None and before.place == self.place:
            del self.drafts[OPEN]
            if before.action == self.action:
                self._go_on_from(before)

    def on_screen_resume(self) -> None:
        """What became durable behind another screen goes away once it is in front again."""
        if self.done:
            self.dismiss()

    # What is typed and not recorded

    @property
    def place(self) -> str:
        """Tells it from every other question of its drafts: a text on one person is never given back for another."""
        return f"{type(self).__name__}: {self.title_words()}"

    @property
    def key(self) -> str:
        """The key that asks it."""
        return self.KEY

    @property
    def action(self) -> str:
        """The action of its screen that asks it, with what it is about; empty when it is not put again after a lock."""
        return self.ACTION

    def _boxes(self) -> Iterator[tuple[str, Input | TextArea]]:
        """The fields to type in, with the name of their place."""
        for box in self.query("Input, TextArea"):
            if isinstance(box, Input | TextArea):
                yield f"{self.place}: {box.id or 'text'}", box

    def keep_texts(self) -> None:
        """Put what is typed here and not recorded among the drafts."""
        self.drafts.update({place: _text_of(box) for place, box in self._boxes() if _text_of(box) not in ("", self._stood.get(place, ""))})

    def keep_typed(self) -> None:
        """The same, with what was asked: the question is about to go while it is open."""
        if self.done:
            return
        self.keep_texts()
        if self.action:
            picked = {str(box.id): box.values for box in self.query(Choices) if box.id != SURE}
            field = (self.focused.id or "") if self.focused else ""
            Asked(self.place, self.title_words(), self.action, self.key, self.opener.where(), field, picked).keep_in(self.drafts)

    def take_back(self) -> None:
        """What was put among the drafts stands here alone again: the question goes on."""
        for place in (OPEN, *(place for place, _ in self._boxes())):
            self.drafts.pop(place, None)

    def _go_on_from(self, before: Asked) -> None:
        """Choose what was chosen and come back to the field; but a confirmation is given anew, and it begins there."""
        for box in self.query(Choices):
            if (picked := before.picked.get(box.id or "")) is not None:
                box.pick(picked)
        if before.field and not self.query(f"#{SURE}"):
            for found in self.query(f"#{before.field}"):
                found.focus()

    def action_leave(self) -> None:
        """Leave without recording; not while it is being recorded."""
        if not self._busy:
            self.dismiss()

    def action_submit(self) -> None:
        """Record the answer."""

    def action_help(self) -> None:
        """What the keys of this question do."""
        from screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.desk, self))

    def on_input_submitted(self) -> None:
        """Enter in a field records."""
        self.action_submit()

    @on(TypedLine.Full)
    def say_full(self, message: TypedLine.Full) -> None:
        """What was not taken."""
        self.say(message.words)

    def when(self) -> str:
        """The time that was typed, else when Enter was pressed first."""
        typed = self.query_one("#at", Input).value.strip()
        self._entered_at = self._entered_at or self.desk.now().isoformat()
        return typed or self._entered_at

    def attempt(self, what: str, act: Callable[[Casework], CaseView]) -> None:
        """Do the act; the question goes away once it is durable, and says what is wrong otherwise."""
        if not self._busy:
            self._busy = True
            self.say("Saving ...")
            self.app.run_worker(self._attempt(what, act), group="acts")

    async def _attempt(self, what: str, act: Callable[[Casework], CaseView]) -> None:
        try:
            view = await self.desk.do(act)
        except Refused as refusal:
            self.say(str(refusal))
        except StoreTrouble as trouble:
            self.say(f"NOT SAVED. {trouble} What you typed is still here: Enter tries again.")
        else:
            self.recorded(what, view)
        finally:
            self._busy = False

    def recorded(self, what: str, view: CaseView) -> None:
        """The act is durable: go away."""
        self.go_away()

    def go_away(self) -> None:
        """Leave the screen, or as soon as the question is in front again: what hides it now stays."""
        self.done = True
        if self.is_active:
            self.dismiss()

    def say(self, words: str) -> None:
        """Show what is wrong, inside the question, where it is seen also in a window with less room than the question needs."""
        if not self.is_attached:
            return
        line = self.query_one(".trouble", Static)
        line.update(Content(shown(words, lines=True)))
        line.set_class(bool(words), "-shown")
        if words:
            self.call_after_refresh(line.scroll_visible, animate=False)


class CaseQuestion(Question):
    """A question about a case, asked over one of its screens."""

    opener: CaseScreen

    def __init__(self, opener: CaseScreen) -> None:
        super().__init__(opener)
        self.drafts = opener.session.drafts

    def recorded(self, what: str, view: CaseView) -> None:
        """Show the case as it stands now."""
        self.opener.session.view = view
        self.opener.told(lambda screen: screen.saved(what, view))
        self.go_away()


def called(action: str, *parameters: object) -> str:
    """An action with what it is about, as a binding names it."""
    return f"{action}({', '.join(map(repr, parameters))})"


def field(name: str, *, id: str, value: str = "", placeholder: str = "", long: bool = False) -> Horizontal:
    """A named line to type in, limited as the record is."""
    box = TypedLine(
        value, placeholder=placeholder, id=id, compact=True, max_length=TEXT_LIMIT if long else LINE_LIMIT, select_on_focus=False
    )
    return Horizontal(Static(name, markup=False), box, classes="field")


def secret_field(name: str, *, id: str) -> Horizontal:
    """A named line whose text is not shown; as long as a passphrase can be."""
    box = TypedLine(password=True, id=id, compact=True, max_length=1000, select_on_focus=False)
    return Horizontal(Static(name, markup=False), box, classes="field")


def choice(name: str, choices: Choices) -> Horizontal:
    """A named line of choices."""
    return Horizontal(Static(name, markup=False), choices, classes="field")


def _text_of(box: Input | TextArea) -> str:
    return box.value if isinstance(box, Input) else box.text


def _fill(box: Input | TextArea, text: str) -> None:
    if isinstance(box, Input):
        box.value, box.cursor_position = text, len(text)
    else:
        box.text = text
        box.move_cursor(box.document.end)
