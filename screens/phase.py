"""A phase of a case: the steps of one person, scene or of the case at a time, in named chunks, and what is good to know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from msht_tui.domain.case import Subject
from msht_tui.domain.entry import CASE
from msht_tui.domain.pack import Phase
from msht_tui.domain.steps import Step
from msht_tui.service import CaseView
from screens.look import age_words, shown
from screens.steps_frame import StepsScreen
from screens.widgets.checklist import ListRow
from screens.widgets.tabs import Tab, TabLine

LABEL_WIDTH = 22


class PhaseScreen(StepsScreen):
    """One of the five. Subclasses say which, and add the panel that their phase needs."""

    PANEL = "-people"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "right,tab",
            "next_subject(1)",
            "Next person",
            key_display="Tab",
            tooltip="The next person or scene of this phase",
            priority=False,
        ),
        Binding("left,shift+tab", "next_subject(-1)", "Previous person", key_display="Left", tooltip="The previous person or scene"),
    ]

    @property
    def phase(self) -> Phase:
        """The phase it shows."""
        return self.case.pack.phase(self.PLACE)

    def compose_tabs(self) -> Iterable[Widget]:
        """The people and scenes of this phase."""
        yield TabLine(id="subjects")

    # Whose steps

    def subjects(self) -> list[str]:
        """Those who have steps here, the phase's own kind first; the case itself when there is nobody."""
        steps = self.case.phase_steps(self.PLACE)
        with_steps = {step.subject for step in steps} - {CASE}
        own_kind = self.phase.subject
        subjects = [s for s in self.case.state.active() if s.id in with_steps]
        subjects.sort(key=lambda subject: subject.kind != own_kind)
        return [s.id for s in subjects] or [CASE]

    @property
    def subject(self) -> str:
        """Whose steps are shown."""
        subjects = self.subjects()
        chosen = self.session.subjects.get(self.PLACE)
        return chosen if chosen in subjects else subjects[0]

    def draw_case(self) -> None:
        """The tabs as well."""
        if self.added and self.added[0] in self.subjects():
            self.session.subjects[self.PLACE] = self.added[0]
        tabs = [self.tab(subject) for subject in self.subjects()]
        self.query_one("#subjects", TabLine).show([*tabs, Tab("+", "+ add", "+")], self.subject)
        super().draw_case()

    def tab(self, subject_id: str) -> Tab:
        """How a person or scene reads on its tab."""
        if subject_id == CASE:
            return Tab(CASE, "The case: nobody added yet" if not self.case.state.active() else "The case", "Case")
        subject = self.case.state.subject(subject_id)
        label = f" {shown(subject.label)[:LABEL_WIDTH]}" if subject.label else ""
        about = f", {age_words(self.case.state, subject_id)}" if subject.kind == "victim" else ""
        short_age = {"child": " child", "not-sure": " child?"}.get(self.case.state.fact(subject_id, "age") or "", "")
        return Tab(subject_id, f"{subject_id}{label}{about}", f"{subject_id}{short_age}", "bold" if about.endswith("child") else "")

    @on(TabLine.Chosen, "#subjects")
    def choose_subject(self, message: TabLine.Chosen) -> None:
        """A click on a tab."""
        message.stop()
        if message.value == "+":
            self.action_add()
        else:
            self.show_subject(message.value)

    def action_next_subject(self, step: int) -> None:
        """The next or previous one."""
        subjects = self.subjects()
        self.show_subject(subjects[(subjects.index(self.subject) + step) % len(subjects)])

    def show_subject(self, subject: str) -> None:
        """Show this one's steps, the cursor on the same item where they have it."""
        self.session.subjects[self.PLACE] = subject
        current = self.checklist.current
        item = current.key.partition("@")[0] if current else ""
        self.draw_case()
        self.checklist.move_to(f"{item}@{subject}")
        self.show_keys()

    def subjects_here(self) -> tuple[str, ...]:
        """Whom the row is about, else whose steps are shown."""
        found = super().subjects_here()
        return (self.subject,) if not found and self.subject != CASE and not isinstance(self.here, Step) else found

    def ticked(self) -> tuple[str, ...]:
        """The persons of the row, else the one whose steps are shown."""
        return super().ticked() or tuple(one for one in (self.subject,) if one in self.persons())

    # Its rows

    def rows(self) -> tuple[ListRow, ...]:
        """Questions first, then the steps in chunks, then what is good to know."""
        subject = self.subject
        victims = (subject,) if subject != CASE and self.case.state.subject(subject).kind == "victim" else ()
        rows = self.head_rows(victims)
        chunk = ""
        for step in self.case.phase_steps(self.PLACE):
            if step.subject not in (subject, CASE):
                continue
            heading = step.item.chunk
            if step.item.phase != self.PLACE:
                heading = f"Also here, from {self.case.pack.phase(step.item.phase).title}"
            if heading != chunk:
                chunk = heading
                rows.append(ListRow(f"chunk:{heading}", heading, tone="heading"))
            rows.append(self.step_row(step))
        kind = CASE if subject == CASE else self.case.state.subject(subject).kind
        answers = self.case.state.answers(subject)
        cards = [
            card
            for card in self.case.pack.cards
            if card.phase == self.PLACE and (kind in card.subjects or CASE in card.subjects) and card.condition.holds(answers)
        ]
        if cards:
            rows.append(ListRow("chunk:know", "Good to know", tone="heading"))
            rows += [ListRow(f"card:{card.id}", card.title, " i ", "to know", "to know", "muted", card) for card in cards]
        return tuple(rows)

    # What panels are made of

    def of_kind(self) -> list[Subject]:
        """The phase's own people or scenes, the shown one first."""
        found = list(self.case.state.active(self.phase.subject))
        found.sort(key=lambda subject: subject.id != self.subject)
        return found


def step_covering(view: CaseView, unit: str, subject: str) -> Step | None:
    """The step that covers a unit of the guidance for somebody: panels read units, so that they serve every version of a pack."""
    return next((step for step in view.steps if unit in step.item.covers and step.subject == subject), None)


def glance(screen: PhaseScreen, unit: str, subject: str, name: str) -> tuple[str, str]:
    """A step at a glance: `CSI done`, `CSI open`; the list says when and by whom."""
    step = step_covering(screen.case, unit, subject)
    if step is None:
        return (f"{name} -", "$foreground 50%")
    if step.overdue(screen.desk.now()):
        return (f"{name} OVERDUE", "bold $error")
    tones = {"done": "$success", "open": "bold $error" if step.item.killer else "bold", "deferred": "$warning", "waiting": "$warning"}
    word = "yes" if step.state == "done" and step.item.kind == "consider" else step.state
    return (f"{name} {word}", tones.get(step.state, "$foreground 60%"))
