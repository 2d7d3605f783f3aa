"""What every screen of a case has besides: the case line, the bar of phases, the way from one to another, and acts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual import events, on, work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import var
from textual.widget import Widget

from msht_tui.domain.case import PREFIX
from msht_tui.domain.entry import CASE
from msht_tui.domain.moment import local_day
from msht_tui.domain.pack import FactDefinition, SubjectKind
from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from msht_tui.service import CaseView, Casework
from msht_tui.summary.words import ROLE
from screens.asked import Where
from screens.corrections import correction_words
from screens.desk import Desk, Session
from screens.dialogs.add import AddSubjectDialog, ReferenceDialog, RetireDialog
from screens.dialogs.fact import FactDialog
from screens.dialogs.interaction import InteractionDialog
from screens.dialogs.note import NoteDialog
from screens.dialogs.provision import ProvisionDialog
from screens.frame import DeskScreen, FrameScreen
from screens.look import count, elapsed, held, shown
from screens.widgets.lines import Line, Urgency
from screens.widgets.tabs import Tab, TabLine

KINDS: tuple[SubjectKind, ...] = ("victim", "suspect", "scene", "other")
FIRST = "now"
"""The place on which a case opens."""
CHANGING = ("add", "note", "interaction", "provision", "reference", "retire")
"""Actions that a closed case does not take."""

Act = Callable[[Casework], CaseView]


class CaseScreen(DeskScreen):
    """A screen of one case. `view` is the case as it stands; setting it draws everything anew."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["frame.tcss", "case_frame.tcss"]
    PLACE: ClassVar[str] = ""
    """Which choice of the phase bar this screen is."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("0", "go('now')", "Now", tooltip="Now: what to do first, for your role"),
        Binding("1", "go('initial-actions')", "Initial actions", tooltip="Initial actions"),
        Binding("2", "go('scene')", "Scene", tooltip="Scene"),
        Binding("3", "go('victim-care')", "Victim care", tooltip="Victim care"),
        Binding("4", "go('suspect')", "Suspect", tooltip="Suspect"),
        Binding("5", "go('nrm')", "NRM", tooltip="NRM: route, referral, housing, decisions"),
        Binding("L,l", "go('log')", "Log", key_display="L", tooltip="The record, entry by entry"),
        Binding("S,s", "go('summary')", "Summary", key_display="S", tooltip="The page for a supervisor"),
        Binding("H", "go('handover')", "Handover", key_display="H", tooltip="The page for a handover, and the keys that pass the case on"),
        Binding("i", "interaction", "Interaction", tooltip="Write down what was said with a person, or with several at once"),
        Binding("p", "provision", "Provision", tooltip="Write down what a person was given, or offered and declined"),
        Binding("a", "add", "Add", tooltip="Add a victim, suspect, scene or other person"),
        Binding("A", "reference", "Reference", key_display="A", tooltip="Add a reference: the matter's number in another system"),
        Binding("X", "retire", "Retire", key_display="X", tooltip="Retire somebody entered by mistake or twice; their entries stay"),
        Binding("n", "note", "Note", tooltip="Write a note, on the step under the cursor or on the case"),
        Binding("u", "undo", "Undo", tooltip="Undo your last act, whole: it is struck through and stays readable"),
        Binding("U", "redo", "Redo", key_display="U", tooltip="Record again what you undid last"),
        Binding("r", "retry", "Try again", tooltip="Try the act again that could not be saved"),
        Binding("escape,w", "leave", "Cases", key_display="Esc", tooltip="Back to the list of cases"),
    ]

    view: var[CaseView | None] = var(None, init=False)
    reading = False
    """Whether what it shows is still being read, besides the case."""

    def __init__(self, desk: Desk, session: Session) -> None:
        super().__init__(desk)
        self.session = session
        self.added: list[str] = []
        """The subject that the last act added, until it is shown."""
        self.set_reactive(CaseScreen.view, session.view)

    @property
    def case(self) -> CaseView:
        """The case as it stands."""
        return self.session.view

    def compose_body(self) -> Iterable[Widget]:
        """The two lines of the case, then what the screen is for."""
        yield Line(id="case-line")
        yield TabLine(id="phase-bar")
        yield from self.compose_case()

    def compose_case(self) -> Iterable[Widget]:
        """What the screen is for."""
        return ()

    def on_mount(self) -> None:
        """Draw the case; say what is odd about its record, if anything is."""
        self.draw()
        if self.case.notice:
            self.status.say(self.case.notice, "trouble")
        elif self.session.unsaved:
            self.say_unsaved()
        elif self.session.words:
            self.status.say(self.session.words, "refused")
            self.session.words = ""
        self.call_later(self.put_again)

    def watch_view(self) -> None:
        """A new state of the case."""
        if self.is_mounted and self.view is not None:
            self.session.view = self.view
            self.draw()

    def draw(self) -> None:
        """Draw everything that depends on the case."""
        self.show_case_line()
        self.show_phase_bar()
        self.draw_case()
        self.show_keys()

    def draw_case(self) -> None:
        """Draw what the screen is for."""

    def on_screen_resume(self) -> None:
        """Catch up with what was done on the screen in front, and have the store keep what was typed there and left."""
        if self.is_mounted and self.view is not self.session.view:
            self.view = self.session.view
        if self.session.drafts != self.session.kept:
            self.keep_drafts()
        self.call_later(self.put_again)

    @work(exclusive=True, group="drafts")
    async def keep_drafts(self) -> None:
        """Have the store keep what is typed and not recorded."""
        try:
            await self.desk.do(lambda casework: self.desk.keep(self.case.case_id, self.session))
        except (StoreTrouble, Refused) as trouble:
            self.status.say(f"What you typed is kept only until you quit: {trouble}", "trouble")

    def where(self) -> Where:
        """The place, what was chosen here and on the others, and the keys that lead here."""
        self.remember()
        return Where(self.PLACE, dict(self.session.subjects), dict(self.session.cursors), self.way())

    def way(self) -> tuple[str, ...]:
        """The keys that lead here from the screen on which a case opens."""
        bindings = (one for one in CaseScreen.BINDINGS if isinstance(one, Binding))
        return tuple(one.key_display or one.key for one in bindings if one.action == f"go('{self.PLACE}')" and self.PLACE != FIRST)

    def keep_typed(self) -> None:
        """Where the cursor stands as well."""
        self.remember()

    async def put_again(self) -> None:
        """Put the question again that was open at a lock, once this screen is in front and has read what it shows."""
        again = self.session.again
        if again is None or not self.is_mounted or not self.is_active or self.reading:
            return
        self.session.again = None
        if again.where.subjects.get(self.PLACE, CASE) in (CASE, *(one.id for one in self.case.state.active())):
            await self.run_action(again.action)
        if self.is_active:
            self.status.say(f"As the case stands now it cannot be asked. {again.words}", "refused")

    def tick(self) -> None:
        """Keep the times going, and see what other windows added."""
        super().tick()
        if self.is_current:
            self.show_case_line()
            self.look_for_others()

    # The two lines of the case

    def show_case_line(self) -> None:
        """Reference, who is in it, how long it has been open, and whose name the entries carry. No names of people."""
        state = self.case.state
        kinds = Counter(subject.kind for subject in state.active())
        people = "  ".join(count(kinds[kind], kind) for kind in KINDS if kinds[kind]) or "nobody added yet"
        short = " ".join(f"{kinds[kind]}{PREFIX[kind]}" for kind in KINDS if kinds[kind]) or "nobody yet"
        holder = held(state.holder, state.offered.event.to if state.offered else "", self.desk.operator)
        since = f"open {elapsed(state.opened_at, self.desk.now())}" if state.opened_at else ""
        ago = "CLOSED" if state.closed_at is not None else since
        right = f"{ago}   {shown(self.desk.operator)}, {ROLE[self.session.role]}"

        lefts = [
            Content.assemble((shown(state.title), "bold"), "   ", (holder, "bold $warning" if state.offered else ""), f"   {who}".rstrip())
            for who in (people, short, "")
        ]
        room = self.size.width - 3 - len(right)
        self.query_one("#case-line", Line).show(next((one for one in lefts if one.cell_length <= room), lefts[-1]), right)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the line of the case as well."""
        super().on_resize(event)
        if self.is_mounted:
            self.show_case_line()

    def show_phase_bar(self) -> None:
        """The phases with their counts."""
        tabs = [Tab("now", "0 Now", "0 Now")]
        for number, phase in enumerate(self.case.pack.phases, 1):
            found = self.case.progress(phase)
            name = phase.title.split()[0]
            signal = " ok" if found.complete else " ok~" if found.complete_except_deferred else ""
            counts = f"{found.settled}/{found.total}{signal}"
            tabs.append(Tab(phase.id, f"{number} {name} {counts}", f"{number} {name[:4]} {counts}"))
        tabs += [Tab("log", "L", "L"), Tab("summary", "S", "S"), Tab("handover", "H", "H")]
        self.query_one("#phase-bar", TabLine).show(tabs, self.PLACE)

    @on(TabLine.Chosen, "#phase-bar")
    def go_to_clicked_phase(self, message: TabLine.Chosen) -> None:
        """A click on the bar goes there."""
        message.stop()
        self.action_go(message.value)

    def action_go(self, place: str) -> None:
        """Another screen of this case."""
        if place != self.PLACE:
            self.remember()
            self.app.switch_screen(self.session.screen_for(place)(self.desk, self.session))

    def action_leave(self) -> None:
        """Back to the list of cases."""
        self.remember()
        self.app.pop_screen()

    def remember(self) -> None:
        """Keep where the cursor stood, for when the screen is shown again."""

    # Acts

    def act(self, what: str, act: Act, *, retry: bool = True) -> None:
        """Do an act and show it once it is durable; `what` says it in the past tense, such as "Parties separated: done for V1".

        With `retry` it waits to be tried again when it could not be saved.
        """
        self.status.say(f"Saving: {what} ...", "busy")
        self.app.run_worker(self._do(what, act, retry), group="acts", exit_on_error=True)

    async def _do(self, what: str, act: Act, retry: bool) -> None:
        try:
            view = await self.desk.do(act)
        except Refused as refusal:
            self.tell(str(refusal), "refused")
        except StoreTrouble as trouble:
            if retry:
                self.session.unsaved.append((what, act))
            self.tell(f"NOT SAVED: {what}. {trouble} {'r tries again.' if retry else 'Press the key again.'}", "trouble")
        else:
            self.session.view = view
            self.told(lambda screen: screen.saved(what, view))

    def told(self, tell: Callable[[CaseScreen], None]) -> bool:
        """Tell the screen of this case that is in front now, if one is: this one may be gone by the time an act has ended."""
        for screen in reversed(self.app.screen_stack if self.app.is_running else []):
            if isinstance(screen, CaseScreen) and screen.session is self.session:
                tell(screen)
                return True
        return False

    def tell(self, words: str, urgency: Urgency) -> None:
        """Say how an act ended, on a screen of the case or on whatever is in front with the case named."""

        def say(screen: FrameScreen) -> None:
            screen.status.say(words, urgency)
            screen.show_keys()

        if self.told(say):
            return
        for screen in reversed(self.app.screen_stack if self.app.is_running else []):
            if isinstance(screen, DeskScreen) and screen.desk is self.desk:
                screen.status.say(f"{shown(self.case.state.title)}: {words}", urgency)
                return

    def say_unsaved(self) -> None:
        """Say what waits to be tried again."""
        self.status.say(f"NOT SAVED: {'; '.join(what for what, _ in self.session.unsaved)}. r tries again.", "trouble")

    def saved(self, what: str, view: CaseView) -> None:
        """Show an act that is durable; what is not stays in sight."""
        self.session.view = view
        corrected = correction_words(view, self.desk.zone)
        self.status.say(corrected or f"Saved: {what}{self._when(view)}", "saved", "" if corrected else "u undoes it")
        if self.session.unsaved:
            self.say_unsaved()
        self.view = view

    def _when(self, view: CaseView) -> str:
        """The time of an act that was not just now, with its date when that is not today's."""
        stamp = view.entries[-1].stamp
        return f", at {local_day(stamp.happened_at, self.desk.zone, self.desk.now())}" if stamp.late else ""

    @work(exclusive=True, group="others")
    async def look_for_others(self) -> None:
        """Take in what other windows added to this case."""
        try:
            view = await self.desk.do(lambda casework: casework.view(self.case.case_id))
        except (StoreTrouble, Refused) as trouble:
            self.status.say(str(trouble), "trouble")
            return
        if view is not self.case:
            new = len(view.entries) - len(self.case.entries)
            self.session.view = view
            self.changed_elsewhere(view)
            if new > 0:
                self.status.say(f"{new} new {'entry' if new == 1 else 'entries'} from another window", "quiet")

    def changed_elsewhere(self, view: CaseView) -> None:
        """Another window added to the case."""
        self.view = view

    def why_not(self, action: str) -> str | None:
        """A closed case takes no more entries; there is nothing to try again unless something failed."""
        if action == "retry":
            return None if self.session.unsaved else "Nothing failed: there is nothing to try again."
        if action in CHANGING and self.case.state.closed_at is not None:
            return "The case is closed: reopen it from the list of cases first."
        if action in ("interaction", "provision") and not self.persons():
            return "Nobody is in the case yet: a adds a victim, a suspect or another person."
        if action == "retire" and not self.case.state.active():
            return "Nobody is in the case yet: there is nobody to retire."
        return None

    def persons(self) -> tuple[str, ...]:
        """Those who can be spoken with, and given something."""
        return tuple(subject.id for subject in self.case.state.active() if subject.kind != "scene")

    def subjects_here(self) -> tuple[str, ...]:
        """Whom the screen is about at the cursor; nobody where it is about the case as a whole."""
        return ()

    def ask_fact(self, fact: FactDefinition, subject: str) -> None:
        """Ask for the answer to a fact, for this subject or for several of its kind."""
        of_kind = (CASE,) if fact.subject == CASE else tuple(s.id for s in self.case.state.active(fact.subject))
        self.app.push_screen(FactDialog(self, fact, of_kind, (subject,)))

    def action_ask_fact(self, name: str, subject: str) -> None:
        """The same of a fact that is named."""
        if not self.refused("add"):
            self.ask_fact(self.case.pack.fact(name), subject)

    def action_retry(self) -> None:
        """Try again what could not be saved, in the order in which it was done."""
        if not self.refused("retry"):
            waiting, self.session.unsaved = self.session.unsaved, []
            for what, act in waiting:
                self.act(what, act)

    def action_add(self) -> None:
        """Add a person or a scene."""
        if not self.refused("add"):
            self.app.push_screen(AddSubjectDialog(self))

    def action_reference(self) -> None:
        """Add the matter's number elsewhere."""
        if not self.refused("reference"):
            self.app.push_screen(ReferenceDialog(self))

    def action_retire(self) -> None:
        """Retire somebody; the one that the cursor is about stands ready."""
        if not self.refused("retire"):
            self.app.push_screen(RetireDialog(self, self.subjects_here()[:1]))

    def action_note(self) -> None:
        """A note on the case."""
        self.action_note_on("", (CASE,))

    def action_note_on(self, item: str, subjects: Sequence[str]) -> None:
        """A note on a step that is named, for one of these; on the case where none is."""
        if not self.refused("note"):
            about = self.case.pack.item(item).title if item else "the case"
            about += f", {subjects[0]}" if len(subjects) == 1 and subjects[0] != CASE else ""
            self.app.push_screen(NoteDialog(self, about, subjects, item or None))

    def action_interaction(self) -> None:
        """What was said, with those that the cursor is about ticked."""
        self.action_interaction_with(self.ticked())

    def action_interaction_with(self, persons: Sequence[str]) -> None:
        """The same, with those ticked who are named."""
        if not self.refused("interaction"):
            self.app.push_screen(InteractionDialog(self, persons))

    def action_provision(self) -> None:
        """What was given, with those that the cursor is about ticked."""
        self.action_provision_for(self.ticked())

    def action_provision_for(self, persons: Sequence[str]) -> None:
        """The same, with those ticked who are named."""
        if not self.refused("provision"):
            self.app.push_screen(ProvisionDialog(self, persons))

    def ticked(self) -> tuple[str, ...]:
        """The persons among those the cursor is about; the only one, where there is one only."""
        persons = self.persons()
        return persons if len(persons) == 1 else tuple(one for one in self.subjects_here() if one in persons)

    def action_undo(self) -> None:
        """Strike one's own last act; which one it was is known once it is struck."""
        case_id = self.case.case_id
        self.act("your last act undone", lambda casework: casework.undo(case_id), retry=False)

    def action_redo(self) -> None:
        """Record again what was undone last."""
        case_id = self.case.case_id
        self.act("what was undone recorded again", lambda casework: casework.redo(case_id), retry=False)
