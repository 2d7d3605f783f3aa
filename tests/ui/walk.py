"""Somebody who puts one text into every field of every screen, and into a record made elsewhere, and looks at all that is drawn.

`walk` goes through the exercise and the live store. What it saw is held against the classes in `screens`: a new screen or dialog that
it does not come to is a hit. To add one, press its key where it is reached: `ask` fills in a dialog, `look` looks at a screen.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import unicodedata
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock
from uuid import uuid4

from textual.drivers.headless_driver import HeadlessDriver
from textual.screen import Screen
from textual.widgets import Input, TextArea

import screens
from msht_tui.app import MshtApp
from msht_tui.content.library import Library
from msht_tui.domain.entry import (
    AnyEvent,
    CaseClosed,
    CaseReopened,
    ClockStepped,
    DecisionReceived,
    Document,
    Entry,
    EntryStruck,
    FactRecorded,
    HandoverAccepted,
    HandoverReturned,
    HandoverStarted,
    InteractionRecorded,
    NoteAdded,
    PersonsLinked,
    ProvisionRecorded,
    ReferenceAdded,
    ReferralSent,
    Stamp,
    StepMarked,
    SubjectAdded,
    SubjectRetired,
    WorksheetAnswered,
)
from msht_tui.domain.pack import SubjectKind
from msht_tui.domain.refusal import Refused
from msht_tui.domain.text import LINE_LIMIT, TEXT_LIMIT, clean
from msht_tui.service import Casework
from msht_tui.store.folder import FolderStore
from screens import steps_frame
from screens.desk import Desk
from screens.dialogs.choices import Choices
from screens.dialogs.question import Question
from tests.harmless import obeyed, obeyed_when_drawn
from tests.ui.conftest import LONDON, Hands, MoodyDisk, SetClock
from tests.ui.live import ANN, PASS, LiveStore

FRAMES = frozenset(
    {
        *(
            "FrameScreen",
            "DeskScreen",
            "DoorScreen",
            "AttemptScreen",
            "MakesCode",
            "CaseScreen",
            "ListScreen",
            "StepsScreen",
            "PhaseScreen",
        ),
        *("PageScreen", "ReadingScreen", "Question", "CaseQuestion", "TextQuestion", "OperatorQuestion", "ReviewQuestion"),
    }
)
"""What others are made of: nobody ever sees them by themselves."""
TIMES = ("at", "until", "same_as")
"""Fields that take no words."""
SECRETS = ("passphrase", "again")
KINDS: tuple[SubjectKind, ...] = ("victim", "suspect", "scene", "other")


class Hit(NamedTuple):
    """Something that should not be."""

    screen: str
    what: str


class Walk:
    """What one text came to."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.hits: list[Hit] = []
        self.seen: set[str] = set()
        """Screens and dialogs that were drawn."""
        self.fields: set[tuple[str, str]] = set()
        """Screen and field that it was put into."""
        self.taken: set[str] = set()
        """Questions that recorded it."""
        self.draws = 0

    def hit(self, screen: object, what: str) -> None:
        """Note it, once."""
        found = Hit(screen if isinstance(screen, str) else type(screen).__name__, what)
        if found not in self.hits:
            self.hits.append(found)


class RecordingDriver(HeadlessDriver):
    """A terminal that keeps what is written to it, once it is told to."""

    recording = False
    written: list[str]

    @property
    def is_headless(self) -> bool:
        return not self.recording

    def record(self) -> None:
        """From now on."""
        self.written, self.recording = [], True

    def write(self, data: str) -> None:
        """Keep it."""
        if self.recording:
            self.written.append(data)

    def taken(self) -> str:
        """What was written since this was asked last."""
        taken = "".join(self.written)
        self.written.clear()
        return taken


def all_screens() -> set[str]:
    """The names of every screen and dialog of the package that somebody can see."""
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        importlib.import_module(module.name)

    def below(kind: type[Any]) -> Iterator[type[Any]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    return {one.__name__ for one in below(Screen) if one.__module__.startswith("screens.")} - FRAMES


async def walk(text: str, folder: Path, library: Library) -> Walk:
    """Put a text everywhere and look everywhere. `folder` is for stores of its own."""
    found = Walk(text)
    with (
        mock.patch("textual.drivers.headless_driver.HeadlessDriver", RecordingDriver),
        mock.patch.object(steps_frame, "BOUNCING", 0),
    ):
        for part in (settings, exercise, live_store):
            try:
                await part(found, folder / f"{part.__name__} {uuid4()}", library)
            except Exception as error:  # noqa: BLE001 - whatever broke is what is looked for
                found.hit(part.__name__, f"broke off with {type(error).__name__}: {str(error)[:300]!r}")
    for missing in sorted(all_screens() - found.seen):
        found.hit(missing, "was not come to")
    return found


# Looking, and putting the text into fields


async def look(found: Walk, hands: Hands) -> None:
    """Draw what is in front, and look at every character that was written to the terminal since the last look."""
    driver, screen = hands.app._driver, hands.app.screen
    assert isinstance(driver, RecordingDriver)
    found.seen.add(type(screen).__name__)
    found.draws += 1
    screen._on_timer_update()
    drawn = set[str]()
    for strip in screen._compositor.render_strips():
        for segment in strip:
            drawn |= set() if segment.control else obeyed(segment.text)
            if segment.style is not None and (segment.style.link is not None or "@click" in segment.style.meta):
                found.hit(screen, "drew something to click that runs an action or opens a link")
    if drawn:
        found.hit(screen, f"drew {' '.join(sorted(drawn))}")
    if written := obeyed_when_drawn(driver.taken()) - drawn:
        found.hit(screen, f"wrote {' '.join(sorted(written))}")
    if not hands.app.is_running or hands.app._exit:
        raise AssertionError(f"the app was quit from {type(screen).__name__}")


async def paste_into(found: Walk, hands: Hands, box: Input | TextArea) -> None:
    """Paste the text into a field in place of what stands there; nothing of it may be left out without a word.

    No terminal hands over half a surrogate pair: what it sends is UTF-8.
    """
    screen = hands.app.screen
    _fill(box, "")
    screen.set_focus(box)
    found.fields.add((type(screen).__name__, box.id or "text"))
    pasted = in_a_file(found.text)
    await hands.paste(pasted)
    stands = _text_of(box)
    if _words(stands) != _words(pasted) and not _told(hands):
        what = "nothing" if not stands else "its first line only" if len(pasted.splitlines()) > 1 else "less than all"
        found.hit("every line to type in" if isinstance(box, Input) else screen, f"took {what} of a pasted text, and did not say so")


def _words(text: str) -> str:
    """What people would miss of a text, however its letters are composed."""
    return "".join(one for one in unicodedata.normalize("NFC", text) if unicodedata.category(one)[0] in "LNPS" and one != "\ufffd")


def _text_of(box: Input | TextArea) -> str:
    return box.value if isinstance(box, Input) else box.text


def _fill(box: Input | TextArea, text: str) -> None:
    if isinstance(box, Input):
        box.value = text
    else:
        box.text = text


def _told(hands: Hands) -> str:
    """What is said to be wrong."""
    return hands.trouble if isinstance(hands.screen, Question) else hands.status


async def choose(hands: Hands) -> None:
    """Choose something wherever nothing is chosen, and yes wherever that is asked."""
    for choices in hands.screen.query(Choices):
        if choices.id in ("sure", "written") or not choices.values:
            hands.screen.set_focus(choices)
            await hands.press("space" if choices.many else "2" if choices.id in ("sure", "written") else "1")


async def ask(
    found: Walk, hands: Hands, dialog: str, *keys: str, spare: Sequence[str] = (), choosing: bool = True, leave: bool = False
) -> bool:
    """Open a question and put the text into every field, into those of `TIMES` and `spare` only the first time; whether it was taken.

    With `leave` it is left, once it is drawn.
    """
    await hands.press(*keys)
    if type(hands.screen).__name__ != dialog:
        raise AssertionError(f"{' '.join(keys)} came to {type(hands.screen).__name__}, not {dialog}: {hands.status}")
    question = hands.screen
    await look(found, hands)
    boxes = list(question.query("Input, TextArea").results(Input | TextArea))
    for box in boxes:
        await paste_into(found, hands, box)
    if choosing:
        await choose(hands)
    if leave:
        await look(found, hands)
        await hands.press("escape")
        return False
    for empty in ((), (*TIMES, *spare)):
        for box in boxes:
            if box.id in empty:
                _fill(box, "")
        await look(found, hands)
        typed = [_text_of(box) for box in boxes if box.id not in TIMES]
        before = len(hands.entries()) if hands.case_id else 0
        if boxes:
            question.set_focus(boxes[-1])
        await hands.press("enter")
        await look(found, hands)
        if hands.app.screen is not question:
            found.taken.add(dialog)
            if hands.case_id:
                _look_for(found, hands, dialog, typed, before)
            return True
        if not _told(hands):
            found.hit(question, "neither recorded nor said why not")
    await hands.press("escape")
    return False


def _look_for(found: Walk, hands: Hands, dialog: str, typed: Sequence[str], before: int) -> None:
    """What was typed stands in the new entries, cleaned and whole."""
    new = hands.entries()[before:]
    kept = {value for entry in new for value in entry.document().values() if isinstance(value, str)}
    for text in typed:
        if new and clean(text, sys.maxsize) and not kept & {clean(text, sys.maxsize), _one_line(text)}:
            found.hit(dialog, "recorded something else than what was typed")


def _one_line(text: str) -> str:
    """As `clean` leaves a text of one line, however long."""
    return " ".join(clean(text, sys.maxsize).replace("\t", "\n").split("\n"))


# A record made elsewhere


def in_a_file(text: str) -> str:
    """The text as UTF-8 can hold it: without half surrogate pairs."""
    return text.encode("utf-8", "replace").decode()


def storable(text: str) -> str:
    """The same, no longer than the longest field."""
    return in_a_file(text[:TEXT_LIMIT])


def hostile_events(text: str) -> list[AnyEvent]:
    """Every kind of entry, with the text wherever a file made elsewhere can put it."""
    step: dict[str, Any] = {"subject": "V1", "because": text, "note": text}
    return [
        ReferenceAdded(reference_kind="other", value=text),
        *(SubjectAdded(subject=f"{letter}1", subject_kind=kind, label=text) for letter, kind in zip("VSLO", KINDS, strict=True)),
        *(SubjectAdded(subject=f"V{number}", subject_kind="victim", label=text) for number in (2, 3, 4)),
        SubjectAdded(subject=text, subject_kind="other", label=text),
        SubjectRetired(subject="V3", because=text, same_as="V2"),
        PersonsLinked(subject="S1", victim="V2"),
        FactRecorded(subject="V1", name="age", value="child"),
        FactRecorded(subject="V2", name="age", value="adult"),
        FactRecorded(subject="V1", name="interpreter", value=text),
        FactRecorded(subject="V1", name=text, value=text),
        FactRecorded(subject=text, name="age", value="adult"),
        StepMarked(item="immediate-danger-assessed", state="done", **step),
        StepMarked(item="basic-needs-met", state="deferred", to=text, until=SetClock().now() + timedelta(hours=8), **step),
        StepMarked(item=text, state="done", to=text, **step),
        StepMarked(subject="L1", item="csi-decided", state="not-needed", because=text),
        StepMarked(subject="S1", item="source-pnc", state="deferred", to=text),
        NoteAdded(text=text, subject="V1", item="interaction-log", verbatim=True),
        NoteAdded(text=text, subject=text, item=text),
        NoteAdded(text=text),
        InteractionRecorded(subject="V1", text=text, spoke=text, how="by-phone", interpreter=text, place=text, demeanour=text),
        ProvisionRecorded(subject="V1", provision="food", what=text, quantity=text, given_by=text),
        ProvisionRecorded(subject="S1", provision="other", what=text, declined=True),
        *(WorksheetAnswered(subject="V1", field=field.key, value=text, worksheet=text) for field in Library().worksheet().fields[::3]),
        WorksheetAnswered(subject="V1", field="responder_work_email", unknown_because=text, worksheet=text),
        WorksheetAnswered(subject="V1", field=text, value=text, identifying=True, worksheet=text),
        ReferralSent(subject="V2", route="adult_consent", to=text, reference=text, receipt=text),
        DecisionReceived(subject="V2", decision="reasonable", outcome="positive"),
        ClockStepped(seconds=-3600),
        HandoverStarted(to=text, remark=text),
        HandoverReturned(because=text),
        HandoverStarted(to=text, remark=text),
        HandoverAccepted(role="custody"),
        EntryStruck(entry=18, because=text),
        CaseClosed(because=text),
        CaseReopened(because=text),
    ]


def with_hostile_record(work: Casework, text: str) -> str:
    """A case whose file holds the text, untouched, in every field and as who made every entry; it is handed over once more. Its id."""
    text = storable(text)
    case_id = work.open_case(role="responder").case_id
    moment = work.clock.now()
    events = [*hostile_events(text), HandoverStarted(to=text, remark=text)]

    def documents() -> list[Document]:
        return [Entry(Stamp(number, moment, moment, f"{text} 77"), event).document() for number, event in enumerate(events, 2)]

    work.store.open(case_id).append(documents)
    return case_id


# The exercise store


def named(text: str) -> str:
    """The text as somebody's id where it can be one, else another."""
    try:
        return clean(text, LINE_LIMIT) or ANN
    except Refused:
        return ANN


@asynccontextmanager
async def on_stage(app: MshtApp, clock: SetClock, disk: MoodyDisk, window: Any) -> AsyncIterator[Hands]:
    """The app, running and watched."""
    app.animation_level = "none"
    async with app.run_test(size=(80, 24)) as pilot:
        hands = Hands(app, pilot, clock, disk, window)
        await hands.settle()
        assert isinstance(app._driver, RecordingDriver)
        app._driver.record()
        yield hands


async def settings(found: Walk, folder: Path, library: Library) -> None:
    """What a force writes into its settings: the marking, and its own words for a step."""
    clock, disk, pack = SetClock(), MoodyDisk(), library.pack()
    work = Casework(FolderStore(folder, lambda files: pack, exercise=True, disk=disk), library, clock, LONDON, "PC 1234")
    work.add_subject(work.open_case(role="responder", reference="EX-1").case_id, "victim")
    text = storable(found.text)
    app = MshtApp(Desk(work, marking=text, local_words=dict.fromkeys((item.id for item in pack.items), text)))
    async with on_stage(app, clock, disk, lambda operator: work) as hands:
        await look(found, hands)
        await hands.press("f2")
        await look(found, hands)
        await hands.press("escape", "enter", "1", "home", "c")
        await look(found, hands)
        await hands.press("escape", "S")
        await look(found, hands)


async def exercise(found: Walk, folder: Path, library: Library) -> None:
    """The exercise store: a case with a hostile record, and one that is typed in."""
    clock, disk, pack = SetClock(), MoodyDisk(), library.pack()

    def window(operator: str = "PC 1234") -> Casework:
        return Casework(FolderStore(folder, lambda files: pack, exercise=True, disk=disk), library, clock, LONDON, operator)

    case_id = with_hostile_record(window(), found.text)
    app = MshtApp(Desk(window(named(found.text)), marking="OFFICIAL-SENSITIVE"))
    async with on_stage(app, clock, disk, window) as hands:
        await at_the_list(found, hands)
        hands.case_id = case_id
        await exercise_case(found, hands)


async def at_the_list(found: Walk, hands: Hands) -> None:
    """The list of cases, what is shown over it, and a case begun, closed and reopened."""
    await look(found, hands)
    for keys in (("question_mark",), ("f5",), ("f2",)):
        await hands.press(*keys)
        await look(found, hands)
        if keys == ("f5",):
            await hands.press("end", "c")
            await look(found, hands)
            await hands.press("escape")
        await hands.press("escape")
    await ask(found, hands, "CloseCaseDialog", "home", "z")
    await ask(found, hands, "CloseCaseDialog", "home", "z")
    if await ask(found, hands, "NewCaseDialog", "n"):
        await hands.press("escape")
    await look(found, hands)


async def exercise_case(found: Walk, hands: Hands) -> None:
    """Every screen of the case with the hostile record, and every question that can be asked there."""
    await open_case(hands)
    for key in "012345LSH":
        await hands.press(key)
        await look(found, hands)
        if hands.frame.query("#find"):
            await find(found, hands)
    await ask(found, hands, "SendBackDialog", "b")
    if hands.case().state.offered is None:
        hands.window("PS 77").start_handover(hands.case_id, "us")
        await hands.press("escape")
        await open_case(hands)
        await hands.press("H")
    await ask(found, hands, "AcceptDialog", "y")
    await ask(found, hands, "OfferDialog", "o")
    await at_the_steps(found, hands)
    await at_the_worksheet(found, hands)
    await at_the_log(found, hands)


async def open_case(hands: Hands) -> None:
    """From the list of cases to the one with the hostile record."""
    await hands.press("home")
    while hands.row_key != hands.case_id:
        before = hands.row_key
        await hands.press("down")
        assert hands.row_key != before, "the case is not in the list"
    await hands.press("enter")


async def find(found: Walk, hands: Hands) -> None:
    """Look for the text in a list; then the card of its first row in full."""
    await hands.press("slash")
    await paste_into(found, hands, hands.screen.query_one("#find", Input))
    await look(found, hands)
    await hands.press("escape", "home", "c")
    await look(found, hands)
    await hands.press("escape")


async def at_the_steps(found: Walk, hands: Hands) -> None:
    """The questions that every screen of a case asks, and those of a step."""
    await hands.press("1")
    await ask(found, hands, "AddSubjectDialog", "a")
    await ask(found, hands, "ReferenceDialog", "A")
    await ask(found, hands, "NoteDialog", "n")
    await ask(found, hands, "InteractionDialog", "i")
    await ask(found, hands, "ProvisionDialog", "p")
    await ask(found, hands, "RetireDialog", "X")
    for key, spare in (("d", ()), ("x", ("to",)), ("o", ("to", "note")), ("enter", ("to",))):
        if key == "o" and "MarkDialog" not in found.taken:
            continue  # no text that is too long marks a step, so there is none to open again
        await hands.press("1", "home", "down", "down")
        await ask(found, hands, "MarkDialog", key, spare=spare, choosing=False)
    await hands.press("1", "F")
    await look(found, hands)
    await ask(found, hands, "FactDialog", "enter")
    await hands.press("escape")


async def at_the_worksheet(found: Walk, hands: Hands) -> None:
    """The way to the Home Office of the first victim: answered, typed in, sent, decided."""
    await hands.press("5", "W")
    await look(found, hands)
    await find(found, hands)
    await hands.press("m", "home")
    for _ in range(60):
        here = hands.screen.chosen
        if here is not None and here.field.type == "text" and not here.field.takes and not here.field.one_line:
            break
        await hands.press("down")
    key = hands.row_key
    await ask(found, hands, "AnswerDialog", "enter", spare=("because",))
    if hands.row_key != key:
        await hands.find(key)
        await hands.press("escape")
    await ask(found, hands, "AnswerDialog", "x", spare=("value", "text"))
    await hands.press("T")
    for _ in range(12):
        await look(found, hands)
        await hands.press("space")
    await hands.press("escape", "escape")
    await ask(found, hands, "SendDialog", "t")
    await ask(found, hands, "DecisionDialog", "D")


async def at_the_log(found: Walk, hands: Hands) -> None:
    """The record as it stands after all this: looked for, filtered, struck."""
    await hands.press("L", "home")
    await look(found, hands)
    await ask(found, hands, "LogQueryDialog", "f", choosing=False)
    await hands.press("end")
    await ask(found, hands, "StrikeDialog", "x")
    await look(found, hands)
    await hands.press("S")
    await look(found, hands)
    await hands.press("H")
    await look(found, hands)


# The live store


async def live_store(found: Walk, folder: Path, library: Library) -> None:
    """The live store from its first run: set up under the text's name, signed in, a case of it, locked with the text half typed."""
    clock, disk = SetClock(), MoodyDisk()
    live = LiveStore(folder, clock, disk, library)
    async with on_stage(live.app(), clock, disk, live.work) as hands:
        await look(found, hands)
        operator = await set_up(found, hands)
        await recover(found, hands)
        await wrong_and_right(found, hands, operator)
        await look(found, hands)
        if not await ask(found, hands, "NewCaseDialog", "n"):
            await hands.press("n", "tab", "1", "enter")
        await hands.press("n")
        await paste_into(found, hands, hands.screen.query_one(TextArea))
        await hands.press("f3")
        await look(found, hands)
        await wrong_and_right(found, hands, operator)
        await look(found, hands)
        await hands.press("escape", "escape")
        await for_supervisors(found, hands)
        await hands.press("f4")
        await look(found, hands)


async def recover(found: Walk, hands: Hands) -> None:
    """The text as a recovery code, which opens nothing."""
    await hands.press("f6")
    await look(found, hands)
    for box in hands.screen.query(Input):
        await paste_into(found, hands, box)
    await hands.press("enter")
    await look(found, hands)
    if type(hands.screen).__name__ != "RecoverScreen" or not hands.status:
        found.hit(hands.screen, "took the text for a recovery code, or did not say why not")
    await hands.press("escape")


async def for_supervisors(found: Walk, hands: Hands) -> None:
    """From the list of cases: the audit, who may sign in, reviews."""
    await hands.press("A")
    await look(found, hands)
    await hands.press("escape", "O")
    await look(found, hands)
    if not await ask(found, hands, "AddOperatorDialog", "a"):
        await hands.press("a")
        for name, value in (("operator", "PC 22"), ("passphrase", PASS[ANN]), ("again", PASS[ANN])):
            hands.screen.query_one(f"#{name}", Input).value = value
        await choose(hands)
        hands.screen.set_focus(hands.screen.query_one("#again"))
        await hands.press("enter")
    await look(found, hands)
    for dialog, key in (("PassphraseDialog", "p"), ("RoleDialog", "R"), ("NewCodeDialog", "C"), ("RemoveOperatorDialog", "X")):
        await hands.press("home")
        if isinstance(hands.app.station, Desk) and hands.row_key == hands.app.station.operator:
            await hands.press("down")
        await ask(found, hands, dialog, key, leave=dialog != "RemoveOperatorDialog")
    await look(found, hands)
    await hands.press("escape", "R")
    await look(found, hands)
    await ask(found, hands, "EraseDialog", "e", leave=True)
    for key in "rhl":
        await ask(found, hands, "ReasonDialog", key)
    await look(found, hands)
    await hands.press("escape")


async def set_up(found: Walk, hands: Hands) -> str:
    """Set the terminal up with the text as force, marking and id where they can be; the id."""
    operator = named(found.text)
    await hands.press("s")
    await look(found, hands)
    for passphrase in ("", PASS[ANN]):
        for box in hands.screen.query(Input):
            if not (passphrase and box.id in SECRETS):
                await paste_into(found, hands, box)
        await look(found, hands)
        hands.screen.query_one("#again", Input).value += "no"
        if passphrase:
            for name, value in (("operator", operator), ("passphrase", passphrase), ("again", passphrase)):
                hands.screen.query_one(f"#{name}", Input).value = value
        await hands.press("enter")
        await look(found, hands)
        if type(hands.screen).__name__ == "SetUpScreen" and not hands.status:
            found.hit(hands.screen, "neither set up nor said why not")
    if type(hands.screen).__name__ != "RecoveryScreen":
        raise AssertionError(f"not set up: {hands.status}")
    await hands.press("2", "enter")
    return operator


async def wrong_and_right(found: Walk, hands: Hands, operator: str) -> None:
    """At the door: the text as id and as passphrase, which opens nothing; then what does."""
    await look(found, hands)
    door = hands.screen
    for name in ("operator", "passphrase"):
        await paste_into(found, hands, door.query_one(f"#{name}", Input))
    await look(found, hands)
    await hands.press("enter")
    await look(found, hands)
    if hands.screen is not door or not hands.status:
        found.hit(door, "let the text in, or did not say why not")
    for name, value in (("operator", operator), ("passphrase", PASS[ANN])):
        door.query_one(f"#{name}", Input).value = value
    door.set_focus(door.query_one("#passphrase"))
    await hands.press("enter")
    if hands.screen is door:
        raise AssertionError(f"not signed in: {hands.status}")
