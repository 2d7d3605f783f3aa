"""Every key of every screen and dialog is pressed at least once, on that screen, and does what its words say."""

from __future__ import annotations

import importlib
import pkgutil
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Input, Static

import screens
from msht_tui.domain.entry import (
    CaseClosed,
    DecisionReceived,
    EntryStruck,
    FactRecorded,
    HandoverAccepted,
    HandoverReturned,
    HandoverStarted,
    InteractionRecorded,
    NoteAdded,
    ProvisionRecorded,
    ReferenceAdded,
    ReferralSent,
    StepMarked,
    SubjectAdded,
    SubjectRetired,
    WorksheetAnswered,
)
from msht_tui.domain.steps import Step
from msht_tui.service import Casework
from screens.audit import AuditScreen
from screens.case_frame import CaseScreen
from screens.desk import Session
from screens.dialogs.add import AddSubjectDialog, ReferenceDialog, RetireDialog
from screens.dialogs.answer import AnswerDialog
from screens.dialogs.case import CloseCaseDialog, NewCaseDialog
from screens.dialogs.choices import Choices
from screens.dialogs.decision import DecisionDialog
from screens.dialogs.fact import FactDialog, FactPicker
from screens.dialogs.handover import AcceptDialog, OfferDialog, SendBackDialog
from screens.dialogs.interaction import InteractionDialog
from screens.dialogs.mark import MarkDialog
from screens.dialogs.note import NoteArea, NoteDialog
from screens.dialogs.operators import AddOperatorDialog, NewCodeDialog, PassphraseDialog, RemoveOperatorDialog, RoleDialog
from screens.dialogs.provision import ProvisionDialog
from screens.dialogs.record import LogQueryDialog, StrikeDialog
from screens.dialogs.review import EraseDialog, ReasonDialog
from screens.dialogs.send import SendDialog
from screens.first_run import FirstRunScreen, SetUpScreen
from screens.guidance import GuidanceScreen
from screens.hand_off import HandOffScreen
from screens.handover import HandoverScreen
from screens.help import CardScreen, HelpScreen, ReadingScreen, key_lines
from screens.initial_actions import InitialActionsScreen
from screens.lock import LockScreen
from screens.log import LogScreen
from screens.now import NowScreen
from screens.nrm import NrmScreen
from screens.operators import OperatorsScreen
from screens.places import PLACES
from screens.privacy import PrivacyScreen
from screens.recover import RecoverScreen, RecoveryScreen
from screens.reviews import ReviewsScreen
from screens.scene import SceneScreen
from screens.sign_in import SignInScreen
from screens.summary import SummaryScreen
from screens.suspect import SuspectScreen
from screens.victim_care import VictimCareScreen
from screens.widgets.checklist import Checklist, ListRow
from screens.worklist import WorklistScreen
from screens.worksheet import WorksheetScreen

if TYPE_CHECKING:
    from tests.ui.conftest import Hands, Open
    from tests.ui.live import LiveStore

PASSPHRASE = "ann rides a bicycle"
Seen = Callable[["Hands", "Before"], bool]


@dataclass(frozen=True)
class Before:
    """How things stood before the key was pressed."""

    entries: int
    row: str
    subject: str
    scroll: float
    point: str
    role: str


@dataclass(frozen=True)
class Press:
    """A key, the action it stands for, what is seen once it was pressed, and what makes it usable."""

    key: str
    action: str
    seen: Seen
    ready: Callable[[Hands], None] = lambda hands: None
    first: tuple[str, ...] = ()
    """Keys pressed before it."""
    others: Callable[[Hands], None] | None = None
    """What somebody else has done before."""


def opens(kind: type[Screen[Any]], **named: object) -> Seen:
    """A screen or dialog of this class is in front, with these attributes."""
    return lambda hands, before: type(hands.screen) is kind and all(getattr(hands.screen, name) == value for name, value in named.items())


def opens_fact(name: str) -> Seen:
    """The question of this fact is in front."""
    return lambda hands, before: isinstance(hands.screen, FactDialog) and hands.screen.fact.name == name


def says(words: str) -> Seen:
    """These words are the message of the moment, and nothing was recorded."""
    return lambda hands, before: words in hands.status and len(hands.entries()) == before.entries


def shows_another_subject(hands: Hands, before: Before) -> bool:
    return subject_of(hands) != before.subject


def marked_done_and_moved_on(hands: Hands, before: Before) -> bool:
    event = hands.last.event
    return (
        isinstance(event, StepMarked)
        and event.state == "done"
        and len(hands.entries()) == before.entries + 1
        and hands.row_key != before.row
    )


def finding(hands: Hands, before: Before) -> bool:
    return isinstance(hands.app.focused, Input) and hands.app.focused.id == "find" and hands.app.focused.display


def scrolled(by: int) -> Seen:
    """The page stands lower or higher than before."""
    return lambda hands, before: (scroll_of(hands) - before.scroll) * by > 0


def scrolled_to(end: str) -> Seen:
    """The page stands at its top or at its end."""
    return lambda hands, before: scroll_of(hands) == (0 if end == "top" else hands.screen.query_one("#page").max_scroll_y)


def subject_of(hands: Hands) -> str:
    return str(getattr(hands.screen, "subject", ""))


def session_of(hands: Hands) -> Session:
    assert isinstance(hands.screen, CaseScreen)
    return hands.screen.session


def scroll_of(hands: Hands) -> float:
    return hands.screen.query_one("#page").scroll_y if hands.screen.query("#page") else 0


def on_row(mark: str) -> Callable[[Hands], None]:
    """The cursor stands on the first row of this mark."""

    def ready(hands: Hands) -> None:
        hands.checklist.move_to(next(row.key for row in hands.checklist.rows if row.mark == mark and row.selectable))

    return ready


def on_open_act(hands: Hands) -> None:
    """The cursor stands on the first open step that is done rather than decided."""
    rows = hands.checklist.rows
    hands.checklist.move_to(
        next(row.key for row in rows if row.mark == "[ ]" and isinstance(row.payload, Step) and row.payload.item.kind == "do")
    )


def on_entry_of_step(hands: Hands) -> None:
    """The cursor of the log stands on an entry that is about a step."""
    hands.checklist.move_to(str(next(entry.number for entry in hands.entries() if entry.step)))


def undone(hands: Hands, before: Before) -> bool:
    """The last entry that counted is struck by an undo, and the message says so in words."""
    event = hands.last.event
    return isinstance(event, EntryStruck) and event.undo and hands.status.startswith("Undone, struck through: ")


def redone(hands: Hands, before: Before) -> bool:
    """What was undone stands in the record again, and the message says so in words."""
    return hands.last.stamp.again > 0 and hands.status.startswith("Recorded again: ")


def in_the_log_at_the_step(hands: Hands, before: Before) -> bool:
    return isinstance(hands.screen, LogScreen) and hands.entries()[int(hands.row_key) - 1].step == before.row


def offered_by_another(hands: Hands) -> None:
    """The case is with somebody else, who hands it over."""
    other = hands.window("PS 77")
    state = other.view(hands.case_id).state
    if state.holder != "PS 77":
        if state.offered is None:
            other.start_handover(hands.case_id, "PS 77")
        state = other.accept_handover(hands.case_id).state
    if state.offered is None:
        other.start_handover(hands.case_id, "PC 1234")


def a_child(hands: Hands) -> None:
    """V1 is a child, in another window: there is a route."""
    hands.window("PC 1234").set_facts(hands.case_id, ("V1",), {"age": "child"})


def no_case(hands: Hands, before: Before) -> bool:
    """There is nothing here to do it to."""
    return hands.status == "There is no case here."


def sent_already(hands: Hands) -> None:
    """The form has gone for V1, in another window."""
    a_child(hands)
    if not hands.case().state.referrals:
        hands.window("PC 1234").send(hands.case_id, "V1")


def much_to_read(hands: Hands) -> None:
    """A long answer stands in the second field, given in another window."""
    hands.window("PC 1234").answer(hands.case_id, "V1", "report_reference", "a line\n" * 40)


def on_second_field(hands: Hands) -> None:
    hands.screen.session.cursors[HandOffScreen.PLACE] = hands.screen.fields[1].field.key


def shows_field(number: int) -> Seen:
    """The hand-off shows the field of this number, from 0."""
    return lambda hands, before: isinstance(hands.screen, HandOffScreen) and hands.screen.place == number


def acted(kind: type[Any], screen: type[Screen[Any]]) -> Seen:
    """An act of several entries was recorded, one of this kind, and this screen is in front again."""

    def seen(hands: Hands, before: Before) -> bool:
        new = hands.entries()[before.entries :]
        return any(isinstance(entry.event, kind) for entry in new) and type(hands.screen) is screen

    return seen


def scrolled_down(hands: Hands) -> None:
    hands.screen.query_one("#page").scroll_to(y=5, animate=False, immediate=True)


ON_FRAME = (
    Press("question_mark", "help", opens(HelpScreen)),
    Press("f1", "help", opens(HelpScreen)),
)
GO = tuple((key, screen) for screen, key in zip(PLACES, ("0", "1", "2", "3", "4", "5", "L", "S", "H"), strict=True))
"""The keys of the phase bar, each with the screen it leads to."""
ON_CASE = (
    *ON_FRAME,
    Press("a", "add", opens(AddSubjectDialog)),
    Press("A", "reference", opens(ReferenceDialog)),
    Press("X", "retire", opens(RetireDialog)),
    Press("n", "note", opens(NoteDialog)),
    Press("i", "interaction", opens(InteractionDialog)),
    Press("p", "provision", opens(ProvisionDialog)),
    Press("u", "undo", undone),
    Press("U", "redo", redone),
    Press("r", "retry", says("nothing to try again")),
    Press("escape", "leave", opens(WorklistScreen)),
    Press("w", "leave", opens(WorklistScreen)),
)


def back_to(screen: type[Screen[Any]]) -> tuple[Press, ...]:
    """The keys of a case on a screen from which Esc leads to another than the list of cases."""
    kept = tuple(press for press in ON_CASE if press.action != "leave")
    return (*kept, Press("escape", "leave", opens(screen)), Press("w", "leave", opens(screen)))


ON_STEPS = (
    Press("F", "facts", opens(FactPicker)),
    Press("c", "card", opens(CardScreen)),
    Press("slash", "find", finding),
)
ON_PHASE = (
    *ON_STEPS,
    Press("f", "fact", opens(FactPicker), on_row("[x]")),
    Press("right", "next_subject(1)", shows_another_subject),
    Press("tab", "next_subject(1)", shows_another_subject),
    Press("left", "next_subject(-1)", shows_another_subject),
    Press("shift+tab", "next_subject(-1)", shows_another_subject),
    Press("space", "done", marked_done_and_moved_on, on_open_act),
    Press("enter", "mark('done')", opens(MarkDialog, state="done"), on_row("[ ]")),
    Press("x", "mark('not-needed')", opens(MarkDialog, state="not-needed"), on_row("[ ]")),
    Press("d", "mark('deferred')", opens(MarkDialog, state="deferred"), on_row("[ ]")),
    Press("o", "mark('open')", opens(MarkDialog, state="open"), on_row("[x]")),
    Press("h", "history", in_the_log_at_the_step, on_row("[x]")),
)
NO_SUSPECT = Press("v", "victim_too", says("about no suspect"), on_row("[x]"))
ON_PAGE = (
    Press("down", "scroll(1)", scrolled(1)),
    Press("j", "scroll(1)", scrolled(1)),
    Press("up", "scroll(-1)", scrolled(-1), scrolled_down),
    Press("k", "scroll(-1)", scrolled(-1), scrolled_down),
)
ON_READING = (
    *ON_PAGE,
    Press("question_mark", "help", lambda hands, before: isinstance(hands.screen, HelpScreen | CardScreen)),
    Press("f1", "help", lambda hands, before: isinstance(hands.screen, HelpScreen | CardScreen)),
    Press("escape", "leave", opens(InitialActionsScreen)),
    Press("enter", "leave", opens(InitialActionsScreen)),
    Press("q", "leave", opens(InitialActionsScreen)),
)


def in_field(name: str) -> Seen:
    """The field of this name has the focus."""
    return lambda hands, before: hands.app.focused is not None and hands.app.focused.id == name


def records(kind: type[Any], screen: type[Screen[Any]], **values: object) -> Seen:
    """One entry more of this kind is on the disk, and this screen is in front again."""

    def seen(hands: Hands, before: Before) -> bool:
        event = hands.last.event
        same = all(getattr(event, name) == value for name, value in values.items())
        return isinstance(event, kind) and same and len(hands.entries()) == before.entries + 1 and type(hands.screen) is screen

    return seen


def leaves(screen: type[Screen[Any]]) -> Seen:
    """Nothing is recorded, and this screen is in front again."""
    return lambda hands, before: type(hands.screen) is screen and len(hands.entries()) == before.entries


def dialog(
    *opening: str,
    recorded: Seen,
    filled: tuple[str, ...] = (),
    screen: type[Screen[Any]] = InitialActionsScreen,
    others: Callable[[Hands], None] | None = None,
) -> tuple[Press, ...]:
    """The keys of every question: how it is opened, and what is chosen in it before Enter."""
    return (
        Press("f1", "help", opens(HelpScreen), first=opening, others=others),
        Press("escape", "leave", leaves(screen), first=(*opening, *filled), others=others),
        Press("enter", "submit", recorded, first=(*opening, *filled), others=others),
    )


def other_case_in_front(hands: Hands, before: Before) -> bool:
    return isinstance(hands.screen, NowScreen) and hands.screen.case.state.title == "Q"


ON_NRM = (
    Press("W", "worksheet", opens(WorksheetScreen)),
    Press("t", "sent", opens(SendDialog)),
    Press("D", "decision", opens(DecisionDialog)),
)

PRESSED: dict[type[Screen[Any]], tuple[Press, ...]] = {
    WorklistScreen: (
        *ON_FRAME,
        Press("enter", "open", opens(NowScreen)),
        Press("space", "open", opens(NowScreen)),
        Press("n", "new", opens(NewCaseDialog)),
        Press("z", "close", opens(CloseCaseDialog)),
        Press("A", "audit", says("An exercise has no audit")),
        Press("O", "operators", says("Nobody signs in to an exercise")),
        Press("R", "reviews", says("Exercises are neither reviewed nor held")),
        Press("q", "leave", lambda hands, before: hands.app._exit),
    ),
    NowScreen: (
        *ON_CASE,
        *ON_STEPS,
        Press("f", "fact", opens(FactPicker), on_row("[ ]")),
        Press("v", "victim_too", says("about no suspect"), on_row("[ ]")),
        Press("P", "point", lambda hands, before: session_of(hands).point != before.point),
        Press("R", "role", lambda hands, before: session_of(hands).role != before.role),
        Press("space", "done", opens(MarkDialog, state="done"), on_row("[ ]")),
        Press("enter", "mark('done')", opens(MarkDialog, state="done"), on_row("[ ]")),
        Press("x", "mark('not-needed')", opens(MarkDialog, state="not-needed"), on_row("[ ]")),
        Press("d", "mark('deferred')", opens(MarkDialog, state="deferred"), on_row("[ ]")),
        Press("o", "mark('open')", opens(MarkDialog, state="open"), on_row("[ ]")),
        Press("h", "history", says("Nothing is recorded on this row"), on_row("[ ]")),
    ),
    InitialActionsScreen: (*ON_CASE, NO_SUSPECT, *ON_PHASE, Press("m", "medical", opens_fact("medical_need"))),
    SceneScreen: (*ON_CASE, NO_SUSPECT, *ON_PHASE, Press("t", "attended", opens_fact("attended"))),
    VictimCareScreen: (*ON_CASE, NO_SUSPECT, *ON_PHASE, Press("g", "given", opens(ProvisionDialog, chosen=("V1",)))),
    SuspectScreen: (
        *ON_CASE,
        *ON_PHASE,
        Press("v", "victim_too", lambda hands, before: hands.case().state.linked_victim(before.subject) is not None),
    ),
    NrmScreen: (*ON_CASE, NO_SUSPECT, *ON_PHASE, *ON_NRM),
    WorksheetScreen: (
        *back_to(NrmScreen),
        Press("c", "card", opens(CardScreen)),
        Press("slash", "find", finding),
        Press("enter", "answer", opens(AnswerDialog, because=False)),
        Press("space", "answer", opens(AnswerDialog, because=False)),
        Press("x", "unknown", opens(AnswerDialog, because=True)),
        Press(
            "o", "next_open", lambda hands, before: hands.row_key != before.row and hands.row(hands.row_key).endswith("open"), on_row("[x]")
        ),
        Press("m", "more", lambda hands, before: "age_basis" in {row.key for row in hands.checklist.rows}),
        Press("v", "reveal", says("No withheld answer stands here")),
        Press("T", "hand_off", says("There is no route yet")),
    ),
    HandOffScreen: (
        *back_to(WorksheetScreen),
        Press("space", "turn(1)", shows_field(1)),
        Press("enter", "turn(1)", shows_field(2), on_second_field),
        Press("backspace", "turn(-1)", shows_field(0), on_second_field),
        Press("y", "copy", says("Copying is off")),
        *(
            Press(key, action, seen, first=("space", *first), others=much_to_read)
            for key, action, seen, first in (
                ("down", "scroll(1)", scrolled(1), ()),
                ("j", "scroll(1)", scrolled(1), ()),
                ("up", "scroll(-1)", scrolled(-1), ("end",)),
                ("k", "scroll(-1)", scrolled(-1), ("end",)),
                ("pagedown", "scroll_page(1)", scrolled(1), ()),
                ("pageup", "scroll_page(-1)", scrolled(-1), ("end",)),
                ("home", "scroll_edge(0)", scrolled_to("top"), ("end",)),
                ("end", "scroll_edge(1)", scrolled_to("end"), ()),
            )
        ),
    ),
    AnswerDialog: (
        *dialog(
            "down",
            "enter",
            recorded=records(WorksheetAnswered, WorksheetScreen, value="ok", subject="V1"),
            filled=("o", "k"),
            screen=WorksheetScreen,
        )[1:],
        Press("f1", "help", opens(HelpScreen), first=("down", "enter")),
    ),
    SendDialog: dialog("t", recorded=acted(ReferralSent, NrmScreen), filled=("2",), screen=NrmScreen, others=a_child),
    DecisionDialog: dialog(
        "D", recorded=acted(DecisionReceived, NrmScreen), filled=("1", "tab", "1"), screen=NrmScreen, others=sent_already
    ),
    LogScreen: (
        *ON_CASE,
        Press("c", "card", opens(CardScreen)),
        Press("slash", "find", finding),
        Press("x", "strike", opens(StrikeDialog), on_entry_of_step),
        Press("f", "query", opens(LogQueryDialog)),
        Press("g", "step", lambda hands, before: hands.row_key == hands.entries()[int(before.row) - 1].step, on_entry_of_step),
    ),
    SummaryScreen: (
        *ON_CASE,
        *ON_PAGE,
        Press("pagedown", "scroll_page(1)", scrolled(1), first=("home",)),
        Press("space", "scroll_page(1)", scrolled(1), first=("home",)),
        Press("pageup", "scroll_page(-1)", scrolled(-1), scrolled_down),
        Press("home", "scroll_edge(0)", scrolled_to("top"), scrolled_down),
        Press("end", "scroll_edge(1)", scrolled_to("end")),
    ),
    HelpScreen: tuple(Press(one.key, one.action, one.seen, one.ready, ("question_mark",)) for one in ON_READING),
    CardScreen: tuple(Press(one.key, one.action, one.seen, one.ready, ("c",)) for one in ON_READING),
    GuidanceScreen: (
        Press("f1", "help", opens(HelpScreen), first=("f5",)),
        Press("enter", "card", opens(CardScreen), first=("f5",)),
        Press("c", "card", opens(CardScreen), first=("f5",)),
        Press("escape", "leave", opens(InitialActionsScreen), first=("f5",)),
        Press("q", "leave", opens(InitialActionsScreen), first=("f5",)),
    ),
    PrivacyScreen: (),
    HandoverScreen: (
        *ON_CASE,
        *ON_PAGE,
        Press("pagedown", "scroll_page(1)", scrolled(1), first=("home",)),
        Press("space", "scroll_page(1)", scrolled(1), first=("home",)),
        Press("pageup", "scroll_page(-1)", scrolled(-1), scrolled_down),
        Press("home", "scroll_edge(0)", scrolled_to("top"), scrolled_down),
        Press("end", "scroll_edge(1)", scrolled_to("end")),
        Press("o", "offer", opens(OfferDialog)),
        Press("y", "accept", says("No handover is under way")),
        Press("b", "send_back", says("No handover is under way")),
    ),
    OfferDialog: dialog("o", recorded=records(HandoverStarted, HandoverScreen, to="ok"), filled=("o", "k"), screen=HandoverScreen),
    AcceptDialog: dialog("y", recorded=records(HandoverAccepted, HandoverScreen), screen=HandoverScreen, others=offered_by_another),
    SendBackDialog: dialog(
        "b",
        recorded=records(HandoverReturned, HandoverScreen, because="ok"),
        filled=("o", "k"),
        screen=HandoverScreen,
        others=offered_by_another,
    ),
    StrikeDialog: dialog("x", recorded=records(EntryStruck, LogScreen, because="ok"), filled=("o", "k"), screen=LogScreen),
    LogQueryDialog: dialog("f", recorded=leaves(LogScreen), screen=LogScreen),
    InteractionDialog: (
        Press("f1", "help", opens(HelpScreen), first=("i",)),
        Press("escape", "leave", leaves(InitialActionsScreen), first=("i",)),
        Press("enter", "submit", records(InteractionRecorded, InitialActionsScreen, text="ok", subject="V1"), first=("i", "o", "k")),
    ),
    ProvisionDialog: dialog(
        "p",
        recorded=records(ProvisionRecorded, InitialActionsScreen, provision="drink", what="ok", subject="V1"),
        filled=("2", "tab", "o", "k"),
    ),
    ReferenceDialog: dialog(
        "A",
        recorded=records(ReferenceAdded, InitialActionsScreen, reference_kind="crime", value="ok"),
        filled=("3", "tab", "o", "k"),
    ),
    RetireDialog: dialog("X", recorded=records(SubjectRetired, InitialActionsScreen, subject="V1"), filled=("tab", "o", "k")),
    AddSubjectDialog: dialog("a", recorded=records(SubjectAdded, InitialActionsScreen, subject_kind="suspect"), filled=("2",)),
    NoteDialog: (
        Press("f1", "help", opens(HelpScreen), first=("n",)),
        Press("escape", "leave", leaves(InitialActionsScreen), first=("n",)),
        Press("enter", "submit", records(NoteAdded, InitialActionsScreen, text="ok"), first=("n", "o", "k")),
    ),
    MarkDialog: (
        *reversed(dialog("x", recorded=records(StepMarked, InitialActionsScreen, state="not-needed", because="ok"), filled=("o", "k"))),
        Press("down", "field(1)", in_field("to"), first=("x",)),
        Press("up", "field(-1)", in_field("because"), first=("d",)),
    ),
    FactDialog: dialog("m", recorded=records(FactRecorded, InitialActionsScreen, name="medical_need", value="no"), filled=("2",)),
    FactPicker: dialog("F", recorded=opens(FactDialog)),
    NewCaseDialog: dialog("n", recorded=other_case_in_front, filled=("Q", "tab", "1"), screen=WorklistScreen),
    CloseCaseDialog: dialog(
        "z", recorded=records(CaseClosed, WorklistScreen, because="ok"), filled=("2", "tab", "o", "k"), screen=WorklistScreen
    ),
}
"""For every screen and dialog, the presses that prove its keys; the keys of the phase bar are pressed in a round of their own."""

SET_UP = ("s", "tab", "tab", *"Ann", "tab", *PASSPHRASE, "tab", *PASSPHRASE)
"""From the first screen to a filled-in set-up."""
ADD = ("O", "a", *"Bob", "tab", "1", "tab", *PASSPHRASE, "tab", *PASSPHRASE)
"""From the list of cases to a filled-in question for a new operator."""


def tells(words: str) -> Seen:
    """The message of the moment holds these words."""
    return lambda hands, before: words in hands.status


def asked_in(*opening: str, seen: Seen, filled: tuple[str, ...] = ()) -> tuple[Press, ...]:
    """The keys of a question over the list of operators, and what Enter leads to."""
    return (
        Press("f1", "help", opens(HelpScreen), first=opening),
        Press("escape", "leave", opens(OperatorsScreen), first=(*opening, *filled)),
        Press("enter", "submit", seen, first=(*opening, *filled)),
    )


ONE_CASE = ("n", "Q", "tab", "1", "enter", "escape", "R")
"""From the list of cases to the reviews of a store with one case, Q."""
AT_THE_DOOR: dict[type[Screen[Any]], tuple[Press, ...]] = {
    FirstRunScreen: (
        *ON_FRAME,
        Press("s", "set_up", opens(SetUpScreen)),
        Press("e", "practise", opens(WorklistScreen)),
        Press("q", "leave", lambda hands, before: hands.app._exit),
    ),
    SetUpScreen: (
        Press("f1", "help", opens(HelpScreen), first=("s",)),
        Press("escape", "leave", opens(FirstRunScreen), first=("s",)),
        Press("enter", "submit", opens(RecoveryScreen), first=SET_UP),
    ),
    RecoveryScreen: (
        Press("f1", "help", opens(HelpScreen), first=(*SET_UP, "enter")),
        Press("enter", "submit", opens(SignInScreen), first=(*SET_UP, "enter", "2")),
    ),
    SignInScreen: (
        Press("f1", "help", opens(HelpScreen)),
        Press("escape", "give_up", lambda hands, before: not hands.screen.query_one("#passphrase").value, first=("tab", "x")),
        Press("enter", "submit", lambda hands, before: "do not go together" in hands.status, first=(*"Ann", "tab", "x")),
        Press("f6", "recover", opens(RecoverScreen)),
    ),
    RecoverScreen: (
        Press("f1", "help", opens(HelpScreen), first=("f6",)),
        Press("escape", "give_up", opens(SignInScreen), first=("f6",)),
        Press(
            "enter", "submit", tells("not a recovery code"), first=("f6", *"Ann", "tab", *"3479A", "tab", *PASSPHRASE, "tab", *PASSPHRASE)
        ),
    ),
    OperatorsScreen: (
        Press("question_mark", "help", opens(HelpScreen), first=("O",)),
        Press("f1", "help", opens(HelpScreen), first=("O",)),
        Press("a", "add", opens(AddOperatorDialog), first=("O",)),
        Press("p", "reset", opens(PassphraseDialog), first=("O",)),
        Press("R", "role", opens(RoleDialog), first=("O",)),
        Press("X", "remove", tells("Nobody removes themselves"), first=("O",)),
        Press("C", "renew", opens(NewCodeDialog), first=("O",)),
        Press("escape", "leave", opens(WorklistScreen), first=("O",)),
        Press("w", "leave", opens(WorklistScreen), first=("O",)),
    ),
    AddOperatorDialog: asked_in(*ADD, seen=tells("Bob can sign in now")),
    PassphraseDialog: asked_in("O", "p", seen=opens(SignInScreen), filled=(*PASSPHRASE, "tab", *PASSPHRASE, "tab", *PASSPHRASE)),
    RoleDialog: asked_in("O", "R", seen=tells("Ann is supervisor now")),
    RemoveOperatorDialog: asked_in(*ADD, "enter", "down", "X", seen=tells("Bob cannot sign in any more"), filled=("2",)),
    NewCodeDialog: asked_in("O", "C", seen=opens(RecoveryScreen), filled=("2",)),
    ReviewsScreen: (
        *(Press(key, "help", opens(HelpScreen), first=("R",)) for key in ("question_mark", "f1")),
        *(Press(key, action, no_case, first=("R",)) for key, action in (("r", "keep"), ("h", "hold"), ("l", "lift"), ("e", "erase"))),
        *(Press(key, "leave", opens(WorklistScreen), first=("R",)) for key in ("escape", "w")),
    ),
    ReasonDialog: (
        Press("f1", "help", opens(HelpScreen), first=(*ONE_CASE, "h")),
        Press("escape", "leave", opens(ReviewsScreen), first=(*ONE_CASE, "h")),
        Press("enter", "submit", lambda hands, before: "is under a legal hold" in hands.status, first=(*ONE_CASE, "h")),
    ),
    EraseDialog: (
        Press("f1", "help", opens(HelpScreen), first=(*ONE_CASE, "e")),
        Press("escape", "leave", opens(ReviewsScreen), first=(*ONE_CASE, "e")),
        Press("enter", "submit", lambda hands, before: "is erased" in hands.status, first=(*ONE_CASE, "e", "q")),
    ),
    AuditScreen: (
        Press("c", "card", opens(CardScreen), first=("A",)),
        Press("question_mark", "help", opens(HelpScreen), first=("A",)),
        Press("f1", "help", opens(HelpScreen), first=("A",)),
        Press("escape", "leave", opens(WorklistScreen), first=("A",)),
        Press("w", "leave", opens(WorklistScreen), first=("A",)),
    ),
    LockScreen: (
        Press("f1", "help", opens(HelpScreen), first=("f3",)),
        Press("escape", "give_up", lambda hands, before: not hands.screen.query_one("#passphrase").value, first=("f3", "x")),
        Press("enter", "submit", opens(WorklistScreen), first=("f3", *PASSPHRASE)),
        Press("f6", "recover", opens(RecoverScreen), first=("f3",)),
    ),
}
"""The same for what is in front of the live store, or only there; each press begins at the door."""
UNSET: tuple[type[Screen[Any]], ...] = (FirstRunScreen, SetUpScreen, RecoveryScreen)
"""Those of them that are there before anybody can sign in."""
EVERYWHERE: dict[type[Screen[Any]], tuple[Press, ...]] = {**PRESSED, **AT_THE_DOOR}

START: dict[type[Screen[Any]], type[Screen[Any]]] = {
    **{screen: screen for screen in PRESSED if issubclass(screen, CaseScreen)},
    WorklistScreen: WorklistScreen,
    **dict.fromkeys((OfferDialog, AcceptDialog, SendBackDialog), HandoverScreen),
    **dict.fromkeys((StrikeDialog, LogQueryDialog), LogScreen),
    **dict.fromkeys((SendDialog, DecisionDialog), NrmScreen),
    AnswerDialog: WorksheetScreen,
    NewCaseDialog: WorklistScreen,
    CloseCaseDialog: WorklistScreen,
}
"""On which screen the first key is pressed, where it is not initial actions."""


def classes() -> Iterator[type[Screen[Any]]]:
    """Every class of screen and dialog that can be in front."""
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, Screen) and value.__module__ == module.name and not subclasses(value):
                yield value


def subclasses(kind: type[Screen[Any]]) -> list[type[Screen[Any]]]:
    return [below for below in kind.__subclasses__() if below.__module__.startswith("screens.")]


def bindings(kind: type) -> dict[str, tuple[str, ...]]:
    """The actions that the keys of a class stand for, with their keys; what Textual binds by itself is left out."""
    found: dict[str, tuple[str, ...]] = {}
    for owner in kind.__mro__:
        if owner.__module__.startswith("screens."):
            for binding in owner.__dict__.get("BINDINGS", ()):
                assert isinstance(binding, Binding)
                found[binding.action] = (*found.get(binding.action, ()), *binding.key.split(","))
    return found


def pressed_on(kind: type[Screen[Any]]) -> set[tuple[str, str]]:
    """Key and action of every press on a class."""
    go = {(key, f"go('{screen.PLACE}')") for key, screen in GO} if issubclass(kind, CaseScreen) else set()
    return {(press.key, press.action) for press in EVERYWHERE[kind]} | go


def test_every_screen_and_dialog_is_listed() -> None:
    assert {*classes(), SignInScreen} == set(EVERYWHERE)


@pytest.mark.parametrize("kind", EVERYWHERE, ids=lambda kind: kind.__name__)
def test_every_binding_of_a_screen_is_pressed_on_it_and_no_press_is_made_up(kind: type[Screen[Any]]) -> None:
    bound = {(key, action) for action, keys in bindings(kind).items() for key in keys}
    assert {action for _, action in bound} == {action for _, action in pressed_on(kind)}
    assert pressed_on(kind) <= bound


def test_every_second_key_of_a_binding_is_pressed_somewhere() -> None:
    bound = {(key, action) for kind in PRESSED for action, keys in bindings(kind).items() for key in keys}
    pressed = {one for kind in PRESSED for one in pressed_on(kind)} | {("l", "go('log')"), ("s", "go('summary')")}
    assert bound == pressed


@pytest.mark.parametrize("kind", PRESSED, ids=lambda kind: kind.__name__)
async def test_each_key_does_what_its_words_say(kind: type[Screen[Any]], open_app: Open, case_id: str) -> None:
    small = issubclass(kind, ReadingScreen)
    start = START.get(kind, InitialActionsScreen)
    async with open_app(case_id, size=(60, 18) if small else (80, 24)) as hands:
        for press in PRESSED[kind]:
            if press.others is not None:
                press.others(hands)
            await come_to(hands, start, anew=press.others is not None)
            await hands.press(*press.first)
            if press.key != "enter" or kind is not FactPicker:
                assert type(hands.screen) is kind, f"{press.first} on {start.__name__} should open {kind.__name__}, not {hands.screen}"
            press.ready(hands)
            await hands.settle()
            before = standing(hands)
            await hands.press(press.key)
            assert press.seen(hands, before), f"{press.key} on {kind.__name__}: {hands.screen}, {hands.status!r}, {hands.row_key}"


@pytest.mark.parametrize("kind", AT_THE_DOOR, ids=lambda kind: kind.__name__)
async def test_each_key_at_the_door_does_what_its_words_say(kind: type[Screen[Any]], at_the_door: Open, live: LiveStore) -> None:
    for press in AT_THE_DOOR[kind]:
        shutil.rmtree(live.base, ignore_errors=True)
        if kind not in UNSET:
            live.operators(live.waited.append).set_up("Ann", PASSPHRASE, live.begin)
        async with at_the_door() as hands:
            if kind not in (*UNSET, SignInScreen, RecoverScreen):
                await hands.press(*"Ann", "enter", *PASSPHRASE, "enter")
            await hands.press(*press.first)
            assert type(hands.screen) is kind
            await hands.press_only(press.key) if press.key == "q" else await hands.press(press.key)
            assert press.seen(hands, Before(0, "", "", 0, "", "")), f"{press.key} on {kind.__name__}: {hands.screen}, {hands.status!r}"


async def come_to(hands: Hands, screen: type[Screen[Any]], *, anew: bool = False) -> None:
    """Have the screen in front, with nothing half done on it."""
    if screen is WorklistScreen:
        while len(hands.app.screen_stack) > 2:
            await hands.app.pop_screen()
        await hands.settle()
        row = next(row.key for row in hands.checklist.rows if row.key == hands.case_id)
        hands.checklist.move_to(row)
        if hands.case().state.closed_at is not None:
            hands.window("PC 1234").reopen_case(hands.case_id)
        return
    assert issubclass(screen, CaseScreen)
    await hands.stand_on(screen, anew=anew)
    if hands.screen.has_class("-finding"):
        await hands.press("escape")


def standing(hands: Hands) -> Before:
    session: Session | None = getattr(hands.screen, "session", None)
    row = hands.row_key if hands.frame.query("#list") else ""
    point, role = (session.point, session.role) if session else ("", "")
    return Before(len(hands.entries()), row, subject_of(hands), scroll_of(hands), point, role)


async def test_every_key_of_the_phase_bar_leads_from_every_screen_to_its_screen(open_app: Open, window: Callable[[str], Casework]) -> None:
    case_id = window("PC 1234").open_case(reference="EX-2").case_id
    async with open_app(case_id, NowScreen) as hands:
        for number, (key, screen) in enumerate(GO):
            await go(hands, key, screen)
            await go(hands, key, screen)
            for away, other in GO[number + 1 :]:
                await go(hands, away, other)
                await go(hands, key, screen)
        await go(hands, "l", LogScreen)
        await go(hands, "s", SummaryScreen)


async def go(hands: Hands, key: str, screen: type[CaseScreen]) -> None:
    at = type(hands.screen)
    await hands.press(key)
    assert type(hands.screen) is screen, f"{key} on {at.__name__}"


@pytest.mark.parametrize("kind", [WorklistScreen, NowScreen, NoteDialog], ids=lambda kind: kind.__name__)
async def test_ctrl_q_quits_from_everywhere(kind: type[Screen[Any]], open_app: Open, case_id: str) -> None:
    async with open_app(case_id, None if kind is WorklistScreen else NowScreen) as hands:
        if kind is NoteDialog:
            await hands.press("n")
        assert type(hands.screen) is kind
        await hands.press_only("ctrl+q")
        assert hands.app._exit


# The widgets that bring keys of their own


class Rows(App[None]):
    """A list of forty rows under headings, and nothing else."""

    def compose(self) -> ComposeResult:
        yield Checklist(id="list")

    def on_mount(self) -> None:
        rows = [ListRow(str(n), f"row {n}", "[ ]", payload=n) if n % 10 else ListRow(f"h{n}", "heading", tone="heading") for n in range(40)]
        self.query_one(Checklist).show(tuple(rows))
        self.query_one(Checklist).focus()


CHECKLIST_KEYS = {
    "down": ("move(1)", "9", "11"),
    "j": ("move(1)", "9", "11"),
    "up": ("move(-1)", "11", "9"),
    "k": ("move(-1)", "11", "9"),
    "pagedown": ("page(1)", "1", "11"),
    "pageup": ("page(-1)", "39", "31"),
    "home": ("edge(0)", "25", "1"),
    "end": ("edge(-1)", "25", "39"),
}
"""Key: its action, the row the cursor stands on, the row it comes to."""


async def test_the_keys_of_the_checklist_move_its_cursor_past_headings() -> None:
    assert {(key, action) for key, (action, _, _) in CHECKLIST_KEYS.items()} == pairs(Checklist)
    async with Rows().run_test(size=(60, 10)) as pilot:
        checklist = pilot.app.query_one(Checklist)
        for key, (_, begin, end) in CHECKLIST_KEYS.items():
            checklist.move_to(begin)
            await pilot.press(key)
            assert checklist.current is not None
            assert checklist.current.key == end, key


class Numbers(App[None]):
    """Nine choices of which any can be ticked, and nine of which one is chosen."""

    def compose(self) -> ComposeResult:
        yield Choices([(str(n), f"number {n}") for n in range(1, 10)], many=True)
        yield Choices([(str(n), f"number {n}") for n in range(1, 10)], picked=["1"])

    def on_mount(self) -> None:
        self.query(Choices).first().focus()


async def test_the_keys_of_choices_tick_and_choose() -> None:
    numbers = {str(n): f"number({n - 1})" for n in range(1, 10)}
    moves = {"left": "move(-1)", "up": "move(-1)", "right": "move(1)", "down": "move(1)", "space": "choose"}
    assert set((numbers | moves).items()) == pairs(Choices)
    async with Numbers().run_test() as pilot:
        many, one = pilot.app.query(Choices)
        await pilot.press("space", "right", "down", "space")
        assert ",".join(many.values) == "1,3"
        await pilot.press("left", "up", "space")
        assert ",".join(many.values) == "3"
        await pilot.press(*numbers)
        assert ",".join(many.values) == "3", "where any can be ticked, a stray digit changes nothing"
        one.focus()
        for key in numbers:
            await pilot.press(key)
            assert list(one.values) == [key]
        await pilot.press("left", "up")
        assert list(one.values) == ["7"]
        await pilot.press("right", "down", "down")
        assert list(one.values) == ["1"]
        await pilot.press("space")
        assert list(one.values) == ["1"], "one of several stays chosen"


async def test_the_keys_of_a_note_record_it_break_a_line_and_lead_on(open_app: Open, case_id: str) -> None:
    assert pairs(NoteArea) == {("ctrl+j", "new_line"), ("tab", "screen.focus_next")}
    async with open_app(case_id, SummaryScreen) as hands:
        await hands.press("n", "a", "ctrl+j", "b", "tab")
        assert hands.app.focused is not None
        assert hands.app.focused.id == "verbatim"
        await hands.press("space", "shift+tab", "enter")
        assert isinstance(hands.last.event, NoteAdded)
        assert (hands.last.event.text, hands.last.event.verbatim) == ("a\nb", True)
        assert isinstance(hands.screen, SummaryScreen)


def pairs(kind: type) -> set[tuple[str, str]]:
    """Key and action of every binding that a class declares itself."""
    return {(key, binding.action) for binding in kind.__dict__["BINDINGS"] for key in binding.key.split(",")}


async def test_help_lists_every_key_of_the_screen_it_was_opened_from(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, SuspectScreen, size=(100, 60)) as hands:
        lines = key_lines(hands.screen)
        await hands.press("question_mark")
        text = hands.screen.query_one("#page-text", Static).render().plain
        for press, words in lines:
            assert f"{press} " in text
            assert words in text
        wanted = {
            binding.tooltip
            for kind in SuspectScreen.__mro__
            for binding in kind.__dict__.get("BINDINGS", ())
            if kind.__module__.startswith("screens.")
        }
        assert wanted <= {words for _, words in lines}
