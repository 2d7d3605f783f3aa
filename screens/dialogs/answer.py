"""Answering a field of the worksheet, or saying why it is not known: both in one question, and neither is better."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from msht_tui.domain.readiness import Answer
from msht_tui.domain.worksheet import Field
from msht_tui.service import CaseView
from screens.dialogs.choices import Choices
from screens.dialogs.note import NoteArea
from screens.dialogs.question import CaseQuestion, called, field
from screens.look import shown

if TYPE_CHECKING:
    from screens.worksheet import WorksheetScreen


class AnswerDialog(CaseQuestion):
    """Answers one field for one victim."""

    KEY_WORDS: ClassVar[str] = "Enter records   Tab next field   Ctrl+J new line   Esc leaves"
    AUTO_FOCUS = "#value"

    def __init__(
        self, sheet: WorksheetScreen, victim: str, asked: Field, stands: Answer, *, hidden: bool = False, because: bool = False
    ) -> None:
        """`stands` is what is filled in at first; `hidden` that more stands there, withheld; `because` begins at why it is not known."""
        super().__init__(sheet)
        self.sheet = sheet
        self.victim = victim
        self.asked = asked
        self.stands = stands
        self.hidden = hidden
        self.because = because
        self.draft = f"worksheet:{asked.key}@{victim}"

    def title_words(self) -> str:
        """The field."""
        return f"{self.asked.label}, {self.victim}"

    @property
    def place(self) -> str:
        """With the field."""
        return f"{super().place}: {self.asked.key}"

    @property
    def key(self) -> str:
        """The key of an answer, or of why there is none."""
        return "x" if self.because else "Enter"

    @property
    def action(self) -> str:
        """The same field, wherever the cursor stands."""
        return called("answer_field", self.asked.key, self.because)

    def compose_fields(self) -> Iterable[Widget]:
        """What the field is, its answer in the field's own way, and why it is not known."""
        asked = self.asked
        yield Static(asked.help, classes="words", markup=False)
        if asked.fact is not None and asked.fact.only:
            words = f"This sets the fact {asked.fact.name.replace('_', ' ')} of the case; what hangs on it follows."
            yield Static(words, classes="words", markup=False)
        if self.hidden:
            words = "An answer is kept and withheld. What you record here takes its place; v on the list shows it first."
            yield Static(words, classes="words", markup=False)
        yield self._answer_box()
        if not asked.options:
            yield Static("", id="count", classes="words", markup=False)
        if self.takes_unknown:
            yield Static(self._unknown_words(), classes="words", markup=False)
            yield field("Because", id="because", value=self.stands.unknown_because, long=True)
        yield field("Time", id="at", placeholder="now; or when it was said, 14:05")

    @property
    def takes_unknown(self) -> bool:
        """Whether "not known" can be recorded: a fact that is not known is left unset instead."""
        return self.asked.fact is None or not self.asked.fact.only

    def _answer_box(self) -> Widget:
        asked, value = self.asked, self.stands.value
        if asked.options:
            options = [(option.value, option.label) for option in asked.options]
            return Choices(options, picked=value.split(",") if value else (), many=asked.type == "multi-choice", stacked=True, id="value")
        typed = self.opener.session.drafts.get(self.draft, value)
        if asked.one_line:
            return field("Answer", id="value", value=typed, placeholder="1990-05-31" if asked.type == "date" else "")
        return NoteArea(typed, soft_wrap=True, tab_behavior="focus", show_line_numbers=False, id="value")

    def _unknown_words(self) -> str:
        still = "" if self.asked.takes_unknown else "; the form has no such answer here and will still ask"
        return f"Or not known, because (as good as an answer{still})"

    def on_mount(self) -> None:
        """Begin after what stands there already, or at why it is not known."""
        area = self.query(NoteArea)
        if area:
            area.first().move_cursor(area.first().document.end)
        if self.because:
            self.query_one("#because").focus()
        self.show_count()

    @on(TextArea.Changed)
    @on(Input.Changed, "#value")
    def show_count(self) -> None:
        """How many characters stand there, and how many fit."""
        for line in self.query("#count").results(Static):
            count, fit = len(self.value), self.asked.limit
            over = f", {count - fit:,} too many" if count > fit else ""
            line.update(Content(f"{count:,} of {fit:,} characters{over}"))

    @property
    def value(self) -> str:
        """The answer that stands in the box; choices by their values."""
        box = self.query_one("#value")
        if isinstance(box, Choices):
            return ",".join(box.values)
        return (box.text if isinstance(box, TextArea) else box.value if isinstance(box, Input) else "").strip()

    def action_submit(self) -> None:
        """Record what was changed: the answer, or why there is none."""
        stands, value = self.stands, self.value
        because = self.query_one("#because", Input).value.strip() if self.takes_unknown else ""
        if value and because and value == stands.value:
            value = ""
        elif value and because and because == stands.unknown_because:
            because = ""
        if (value, because) == (stands.value, stands.unknown_because) != ("", ""):
            self.say("It stands like this already: nothing was recorded. Esc leaves.")
            return
        at, case_id, victim, key = self.when(), self.opener.case.case_id, self.victim, self.asked.key
        self.attempt(
            f"{self.asked.label}, {victim}: {'not known' if because else 'answered'}",
            lambda casework: casework.answer(case_id, victim, key, value, unknown_because=because, at=at),
        )

    def recorded(self, what: str, view: CaseView) -> None:
        """On to the next open one."""
        self.opener.session.drafts.pop(self.draft, None)
        self.sheet.go_on_from(self.asked.key)
        super().recorded(what, view)

    def action_leave(self) -> None:
        """Leave without recording; a long text is given back the next time, unless it is one to withhold."""
        if self._busy:
            return
        drafts = self.opener.session.drafts
        drafts.pop(self.draft, None)
        if self.value not in ("", self.stands.value) and not self.asked.options and not self.asked.identifying:
            drafts[self.draft] = self.value
            self.opener.status.say(f"Not recorded. What you typed under {shown(self.asked.label)} is kept.", "refused")
        self.dismiss()
