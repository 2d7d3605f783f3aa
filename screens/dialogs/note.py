"""Text as long as it needs to be: a note, and what other questions have that ask for text first."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import TextArea

from msht_tui.domain.text import clean
from msht_tui.service import CaseView
from screens.dialogs.choices import Choices
from screens.dialogs.question import CaseQuestion, called, field

if TYPE_CHECKING:
    from screens.case_frame import CaseScreen

VERBATIM = "verbatim"


class NoteArea(TextArea):
    """Text in which Enter records and Ctrl+J begins a new line."""

    DEFAULT_CSS = """
    NoteArea {
        height: 7; padding: 0; background: $surface;
        &, &:focus { border: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j", "new_line", "New line", show=False),
        Binding("tab", "screen.focus_next", "Next field", show=False),
    ]

    async def _on_key(self, event: events.Key) -> None:
        """Enter records once everything typed before it is in the field: as a binding it would overtake the characters still queued."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            await self.run_action("screen.submit")

    def _on_paste(self, event: events.Paste) -> None:  # type: ignore[override]  # Textual calls it before its own
        """A terminal would obey what is pasted as soon as it is drawn."""
        event.text = clean(event.text, sys.maxsize)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")


class TextQuestion(CaseQuestion):
    """A question that begins with a text. A text left unrecorded is given back when the same is asked again."""

    AUTO_FOCUS = "NoteArea"

    def __init__(self, opener: CaseScreen, draft: str) -> None:
        """`draft` names what the text is on: a text on one person is never given back for another."""
        super().__init__(opener)
        self.draft = draft

    def compose_text(self) -> Iterable[Widget]:
        """The text, and whether these are the very words that were spoken."""
        yield NoteArea(self.opener.session.drafts.get(self.draft, ""), soft_wrap=True, tab_behavior="focus", show_line_numbers=False)
        yield Choices([(VERBATIM, "their own words, as they were spoken")], many=True, id="verbatim")

    @property
    def text(self) -> str:
        """What was typed."""
        return self.query_one(NoteArea).text

    @property
    def verbatim(self) -> bool:
        """Whether these are the very words."""
        return bool(self.query_one("#verbatim", Choices).values)

    def on_mount(self) -> None:
        """Begin after what stands there already."""
        area = self.query_one(NoteArea)
        area.move_cursor(area.document.end)

    def action_leave(self) -> None:
        """Leave without recording; what was typed is kept."""
        if self._busy:
            return
        if self.text.strip():
            self.opener.session.drafts[self.draft] = self.text
            self.opener.status.say(f"Not recorded. What you typed is kept: {self.KEY} gives it back.", "refused")
        else:
            self.opener.session.drafts.pop(self.draft, None)
        self.dismiss()

    def recorded(self, what: str, view: CaseView) -> None:
        """It is durable: the draft has served."""
        self.opener.session.drafts.pop(self.draft, None)
        super().recorded(what, view)


class NoteDialog(TextQuestion):
    """Writes a note on the case, on somebody or on a step."""

    KEY = "n"
    KEY_WORDS: ClassVar[str] = "Enter records   Ctrl+J new line   Tab next field   Esc leaves"

    def __init__(self, opener: CaseScreen, about: str, subjects: Sequence[str], item: str | None = None) -> None:
        """`subjects` are those it can be about; the first is chosen."""
        super().__init__(opener, f"{item or ''}@{','.join(subjects)}")
        self.about = about
        self.subjects = tuple(subjects)
        self.item = item

    def title_words(self) -> str:
        """What the note is on."""
        return f"Note on {self.about}"

    @property
    def place(self) -> str:
        """With whom it can be about."""
        return f"{super().place}: {self.draft}"

    @property
    def action(self) -> str:
        """On the same step and persons, wherever the cursor stands."""
        return called("note_on", self.item or "", self.subjects)

    def compose_fields(self) -> Iterable[Widget]:
        """The text, whom it is about and its time."""
        yield from self.compose_text()
        if len(self.subjects) > 1:
            yield Choices([(subject, subject) for subject in self.subjects], picked=self.subjects[:1], id="subject")
        yield field("Time", id="at", placeholder="now; or 14:05")

    def action_submit(self) -> None:
        """Record the note."""
        at, text, verbatim = self.when(), self.text, self.verbatim
        subject = self.query_one("#subject", Choices).values[0] if self.query("#subject") else self.subjects[0]
        case_id, item = self.opener.case.case_id, self.item
        self.attempt(
            f"note on {self.about}",
            lambda casework: casework.note(case_id, text, subject=subject, item=item, verbatim=verbatim, at=at),
        )
