"""What people type, paste, or find in a file made elsewhere is drawn as text: it neither commands the terminal nor the app."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from msht_tui.domain.entry import AnyEvent, Document, Entry, FactRecorded, NoteAdded, ReferenceAdded, Stamp, StepMarked, SubjectAdded
from msht_tui.domain.pack import SubjectKind
from msht_tui.domain.text import LINE_LIMIT, clean
from msht_tui.service import Casework
from screens.help import CardScreen
from screens.initial_actions import InitialActionsScreen
from screens.places import PLACES
from screens.worklist import WorklistScreen

if TYPE_CHECKING:
    from tests.ui.conftest import Hands, Open

HOSTILE = {
    "closing tags": "[/] see [/etc/passwd]",
    "actions": "[@click=app.quit]x[/] [@click='screen.leave']go[/] [link=http://x.example]y[/link]",
    "broken tag": "[a=b:c",
    "commands": "\x1b]52;c;ZWNobw==\x07 \x9b31mred \x90dcs\x9c nul\x00nul back\x08 over\u202egnirts\u2066 hidden\u200f",
    "scripts": "zal" + "\u0334" * 100 + "go 漢字かな مرحبا ابنة مريم 👩‍👩‍👧‍👦 🚔 one\ntwo\u2028three\x85four",
    "long word": "漢" * 60 + "x" * 130,
}


def with_hostile_record(work: Casework, text: str) -> str:
    """A case whose file holds the text, untouched, wherever people write, as a file made elsewhere can."""
    case_id = work.open_case(role="responder").case_id
    moment = work.clock.now()
    later = moment + timedelta(hours=8)
    events: list[AnyEvent] = [
        ReferenceAdded(reference_kind="other", value=text),
        *(SubjectAdded(subject=f"{letter}1", subject_kind=kind, label=text) for letter, kind in zip("VSLO", KINDS, strict=True)),
        FactRecorded(subject="V1", name="age", value="not-sure"),
        StepMarked(subject="V1", item="immediate-danger-assessed", state="done", because=text, note=text),
        StepMarked(subject="V1", item="basic-needs-met", state="deferred", because=text, to=text, until=later, note=text),
        StepMarked(subject="L1", item="csi-decided", state="not-needed", because=text),
        StepMarked(subject="S1", item="source-pnc", state="deferred", to=text),
        NoteAdded(text=text, subject="V1", item="interaction-log"),
        NoteAdded(text=text),
    ]

    def documents() -> list[Document]:
        return [Entry(Stamp(number, moment, moment, text), event).document() for number, event in enumerate(events, 2)]

    work.store.open(case_id).append(documents)
    return case_id


KINDS: tuple[SubjectKind, ...] = ("victim", "suspect", "scene", "other")


def assert_only_text(hands: Hands) -> None:
    """Nothing that a terminal obeys is drawn, and nothing that is drawn can be clicked to run an action."""
    hands.app.screen._on_timer_update()
    for strip in hands.app.screen._compositor.render_strips():
        for segment in strip:
            for character in segment.text:
                assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp"), f"{character!r} on {hands.screen}"
                assert character not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c", (
                    f"{character!r} on {hands.screen}"
                )
            if segment.style is not None:
                assert segment.style.link is None
                assert "@click" not in segment.style.meta


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_record_is_drawn_as_text_on_every_screen(text: str, open_app: Open, window: Callable[[str], Casework]) -> None:
    case_id = with_hostile_record(window("PC 1234"), text)
    async with open_app(case_id) as hands:
        assert_only_text(hands)
        await hands.press("z")
        assert_only_text(hands)
        await hands.press("escape", "enter")
        for key, place in zip("012345LSH", PLACES, strict=True):
            await hands.press(key)
            assert type(hands.screen) is place
            assert_only_text(hands)
        await hands.press("1", "home", "c")
        assert isinstance(hands.screen, CardScreen)
        assert_only_text(hands)
        await hands.press("escape", "n")
        assert_only_text(hands)
        await hands.press("escape", "w")
        assert isinstance(hands.screen, WorklistScreen)
        assert hands.app.is_running
        picture = hands.app.export_screenshot()
        assert not any(unicodedata.category(character) == "Cc" and character != "\n" for character in picture)


@pytest.mark.parametrize("kind", ["actions", "broken tag", "commands", "scripts", "long word"])
async def test_what_is_pasted_is_kept_as_clean_text(kind: str, open_app: Open) -> None:
    """Into the reference, a label, whom a step is left to, its note, and a note of its own."""
    text = HOSTILE[kind]
    line = clean(text.splitlines()[0], LINE_LIMIT)
    async with open_app(operator=text) as hands:
        await hands.press("n")
        await hands.paste(text)
        await hands.press("tab", "1", "enter")
        hands.case_id = hands.screen.case.case_id
        await hands.press("1", "a", "1", "tab")
        await hands.paste(text)
        await hands.press("enter")
        assert_only_text(hands)
        await hands.press("down", "d")
        await hands.paste(text)
        await hands.reach("note")
        await hands.paste(text)
        await hands.press("enter")
        assert isinstance(hands.screen, InitialActionsScreen), hands.trouble
        await hands.press("n")
        await hands.paste(text)
        await hands.reach("at")
        await hands.press("enter")
        assert_only_text(hands)
        added, marked, noted = (entry.event for entry in hands.entries()[-3:])
        assert hands.case().state.title == line
        assert isinstance(added, SubjectAdded)
        assert added.label == line
        assert isinstance(marked, StepMarked)
        assert (marked.to, marked.note) == (line, line)
        assert isinstance(noted, NoteAdded)
        assert noted.text == clean("\n".join(text.splitlines()))
        assert {entry.stamp.by for entry in hands.entries()} == {clean(text, LINE_LIMIT)}
        await hands.press("L")
        assert_only_text(hands)


async def test_markup_is_shown_as_it_was_written(open_app: Open, window: Callable[[str], Casework]) -> None:
    case_id = with_hostile_record(window("PC 1234"), "[@click=app.quit]x[/]")
    async with open_app(case_id, InitialActionsScreen, size=(120, 40)) as hands:
        assert "[@click=app.quit]x[/]" in hands.drawn
        place = next((x, y) for y, line in enumerate(hands.lines()) for x in [line.find("[@click=app.quit]x")] if x >= 0)
        await hands.pilot.click(offset=(place[0] + len("[@click=app.quit]"), place[1]))
        await hands.settle()
        assert hands.app.is_running
        assert isinstance(hands.screen, InitialActionsScreen)


async def test_an_ascii_terminal_gets_no_frame_of_other_characters(open_app: Open, case_id: str) -> None:
    async with open_app(case_id, plain=True) as hands:
        await hands.press("enter")
        for key in ("0", "1", "2", "3", "4", "5", "L", "S", "a"):
            await hands.press(key)
            assert hands.drawn.isascii(), (key, sorted({character for character in hands.drawn if not character.isascii()}))
