"""Answering a fact: which one, for whom, and what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from msht_tui.domain.entry import CASE
from msht_tui.domain.pack import FactDefinition
from screens.dialogs.choices import Choices
from screens.dialogs.question import CaseQuestion, called, field
from screens.look import answer

if TYPE_CHECKING:
    from screens.case_frame import CaseScreen


class FactDialog(CaseQuestion):
    """Answers one fact for one or several."""

    KEY = "f"
    AUTO_FOCUS = "#value"
    KEY_WORDS: ClassVar[str] = "1-9 or arrows choose   Enter records   Tab next field   Esc leaves"

    def __init__(self, opener: CaseScreen, fact: FactDefinition, subjects: Sequence[str], chosen: Sequence[str]) -> None:
        super().__init__(opener)
        self.fact = fact
        self.subjects = tuple(subjects)
        self.chosen = tuple(chosen)

    def title_words(self) -> str:
        """The fact."""
        return self.fact.title

    @property
    def place(self) -> str:
        """With those ticked at first."""
        return f"{super().place}@{','.join(self.chosen)}"

    @property
    def action(self) -> str:
        """The same fact of the same one."""
        return called("ask_fact", self.fact.name, self.chosen[0])

    def compose_fields(self) -> Iterable[Widget]:
        """The question, its answers, and for whom."""
        yield Static(self.fact.ask, classes="words", markup=False)
        values = {self.opener.case.state.fact(subject, self.fact.name) for subject in self.chosen}
        current = [value for value in values if value is not None] if len(values) == 1 else []
        options = [(option.value, option.label + (f", {option.note}" if option.note else "")) for option in self.fact.options]
        yield Choices(options, picked=current, stacked=True, id="value")
        if self.subjects != (CASE,):
            yield Static("For", classes="words", markup=False)
            yield Choices([(subject, subject) for subject in self.subjects], picked=self.chosen, many=True, id="subjects")
        yield field("Time", id="at", placeholder="now; or 14:05")

    def action_submit(self) -> None:
        """Record the answer."""
        values = self.query_one("#value", Choices).values
        if not values:
            self.say("Choose an answer with its number; not sure is one. Esc leaves without recording.")
            return
        subjects = self.query_one("#subjects", Choices).values if self.query("#subjects") else (CASE,)
        if not subjects:
            self.say("Choose for whom: nothing was recorded.")
            return
        at = self.when()
        case_id, name, value = self.opener.case.case_id, self.fact.name, values[0]
        words = f"{self.fact.title} of {', '.join(subjects)}: {answer(self.opener.case.pack, name, value)}"
        self.attempt(words, lambda casework: casework.set_facts(case_id, subjects, {name: value}, at=at))


class FactPicker(CaseQuestion):
    """Which fact of somebody to answer: those that steps wait on first."""

    TITLE_WORDS: ClassVar[str] = "Which fact"
    KEY, ACTION = "F", "facts"
    AUTO_FOCUS = "OptionList"
    KEY_WORDS: ClassVar[str] = "Up and down choose   Enter opens   Esc leaves"
    DEFAULT_CSS = """
    FactPicker OptionList {
        height: auto; max-height: 14; padding: 0; background: $surface; scrollbar-size-vertical: 1;
        &, &:focus { border: none; }
    }
    """

    def __init__(self, opener: CaseScreen, subject: str, first: Sequence[str] = ()) -> None:
        """`first` are the names that stand at the top."""
        super().__init__(opener)
        self.subject = subject
        self.first = tuple(first)
        self.waited = {name for step in opener.case.steps if step.subject == subject for name in step.waits_on}
        """On opening: the order stays while facts are answered."""

    def title_words(self) -> str:
        """Whose facts."""
        return f"Facts of {'the case' if self.subject == CASE else self.subject}"

    def facts(self) -> list[FactDefinition]:
        """The facts that can be answered here, those waited on first, then the case's own last."""
        view = self.opener.case
        kind = CASE if self.subject == CASE else view.state.subject(self.subject).kind
        own = [fact for fact in view.pack.facts if fact.subject == kind]
        of_case = [fact for fact in view.pack.facts if fact.subject == CASE and kind != CASE]
        return sorted(own, key=lambda fact: (fact.name not in self.first, fact.name not in self.waited)) + of_case

    def compose_fields(self) -> Iterable[Widget]:
        """The facts with their answers."""
        yield OptionList(*self.options(), markup=False)

    def options(self) -> list[Option]:
        """Each fact with its answer, and how many steps wait on it."""
        view = self.opener.case
        options: list[Option] = []
        for fact in self.facts():
            where = CASE if fact.subject == CASE else self.subject
            value = view.state.fact(where, fact.name)
            waiting = sum(fact.name in step.waits_on for step in view.steps if step.subject == self.subject)
            waits = f"  {waiting} waiting" if waiting else ""
            whose = "  (of the case)" if where == CASE and self.subject != CASE else ""
            options.append(Option(Content(f"{fact.title}: {answer(view.pack, fact.name, value)}{waits}{whose}"), id=fact.name))
        return options

    @on(OptionList.OptionSelected)
    def open_fact(self, message: OptionList.OptionSelected) -> None:
        """Answer the chosen one."""
        fact = self.opener.case.pack.fact(message.option_id or "")
        self.opener.ask_fact(fact, CASE if fact.subject == CASE else self.subject)

    def on_screen_resume(self) -> None:
        """Back from a fact: its answer shows, and the next can be opened, while whoever it is about is in the case."""
        if self.subject != CASE and self.subject not in self.opener.case.state.subjects:
            self.dismiss()
            return
        listed = self.query_one(OptionList)
        place = listed.highlighted
        listed.clear_options()
        listed.add_options(self.options())
        listed.highlighted = place
