"""The worksheet by keys alone: for a child, an adult who consents and one who does not, then typed in and marked as sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from msht_tui.domain.entry import DecisionReceived, Entry, FactRecorded, ReferralSent, Stamp, WorksheetAnswered
from msht_tui.domain.matter import Matter
from msht_tui.domain.readiness import WITHHELD
from msht_tui.domain.worksheet import Field
from msht_tui.service import Casework
from screens.dialogs.answer import AnswerDialog
from screens.dialogs.question import Question
from screens.dialogs.send import SendDialog
from screens.hand_off import CLIPBOARD_SECONDS, HandOffScreen
from screens.help import CardScreen, HelpScreen
from screens.now import NowScreen
from screens.nrm import NrmScreen
from screens.worksheet import WorksheetScreen

if TYPE_CHECKING:
    from tests.ui.conftest import Hands, Open, SetClock

CANARY = "Zsofia Canary"
"""Stands in every identifying answer: whoever may not be named must not be found by it."""
TYPED = {"email": "worker@police.example", "phone": "+44 7700 900123", "number": "2"}
"""What is typed where the form checks a text; anything else takes words."""


def answer_to(field: Field) -> str:
    """Something that a text or date field takes."""
    if field.type == "date":
        return "1990-05-31"
    if field.takes in TYPED:
        return TYPED[field.takes]
    return CANARY if field.identifying else "words of our own"


async def new_case(hands: Hands) -> None:
    """From the list of cases to a victim in a new case, on the worksheet."""
    await hands.press("n")
    await hands.write("EX-9")
    await hands.press("tab", "3", "enter")
    hands.case_id = hands.screen.case.case_id
    await hands.press("a", "1", "enter", "5")
    await hands.press("W")
    assert hands.on(WorksheetScreen), hands.status


def matter_of(hands: Hands, victim: str = "V1") -> Matter:
    """The matter as another window reads it."""
    return hands.window("reader").matter(hands.case(), victim)


async def come_to_field(hands: Hands, key: str) -> None:
    """Walk down the list to a field."""
    await hands.press("home")
    while hands.row_key != key:
        before = hands.row_key
        await hands.press("down")
        assert hands.row_key != before, f"{key} is not in the list"


async def choose(hands: Hands, key: str, value: str) -> None:
    """Answer a field of choices by its number."""
    await come_to_field(hands, key)
    await hands.press("enter")
    assert hands.on(AnswerDialog)
    await hands.press(str(hands.screen.asked.values.index(value) + 1), "enter")
    assert hands.on(WorksheetScreen), hands.trouble


async def answer_all(hands: Hands, choices: dict[str, str], unknown: tuple[str, ...] = ()) -> None:
    """Answer what the cursor comes to, until nothing is open: Enter, an answer, Enter."""
    await hands.press("o")
    for _ in range(120):
        key = hands.row_key
        if key not in hands.screen.matter.readiness.open:
            return
        if key in unknown:
            await hands.press("x")
            await hands.write("did not say")
        else:
            await hands.press("enter")
            field = hands.screen.asked
            if field.type == "multi-choice":
                await hands.press("space")
            elif field.options:
                hands._send(str(field.values.index(choices.get(key, field.values[-1])) + 1))
            else:
                await hands.write(answer_to(field))
        await hands.press("enter")
        assert hands.on(WorksheetScreen), f"{key}: {hands.trouble}"
        assert hands.row_key != key or not hands.screen.matter.readiness.open, f"the cursor stayed on {key}"
    raise AssertionError("it never came to an end")


async def mark_as_sent(hands: Hands) -> None:
    """From the worksheet: NRM, the form is sent, with a reference."""
    await hands.press("escape")
    assert hands.on(NrmScreen)
    await hands.press("t")
    assert hands.on(SendDialog)
    await hands.press("2")
    await hands.fill(reference="REF-77")
    await hands.press("enter")
    assert hands.on(NrmScreen)


async def read_hand_off(hands: Hands, until: str = "") -> list[str]:
    """Every page of the hand-off, as it is drawn, from the first to the last, or to the first that holds these words."""
    await hands.press("T")
    assert hands.on(HandOffScreen), hands.status
    pages = [hands.drawn]
    while "That was the last field" not in hands.status and not (until and until in pages[-1]):
        assert len(pages) < 120
        await hands.press("space")
        pages.append(hands.drawn)
    await hands.press("escape")
    assert hands.on(WorksheetScreen)
    return pages


async def test_a_childs_worksheet_by_keys_alone(open_app: Open) -> None:
    async with open_app() as hands:
        await new_case(hands)
        await choose(hands, "pv_under_18", "yes")
        assert hands.row_key == "la_name", "the cursor goes to the next open field"
        await answer_all(hands, {}, unknown=("birthplace", "family"))
        found = matter_of(hands)
        assert found.route.route == "child"
        assert found.readiness.ready
        assert set(found.readiness.unknown) == {"birthplace", "family"}
        assert "   ready" in hands.drawn
        assert CANARY in (await read_hand_off(hands, CANARY))[-1], "a child is named"
        await mark_as_sent(hands)
        sent = [entry.event for entry in hands.entries() if isinstance(entry.event, ReferralSent)]
        assert [(one.route, one.reference, one.receipt) for one in sent] == [("child", "REF-77", TYPED["email"])]


async def test_the_worksheet_of_an_adult_who_consents_by_keys_alone(open_app: Open) -> None:
    async with open_app() as hands:
        await new_case(hands)
        await choose(hands, "pv_under_18", "no")
        await choose(hands, "nrm_consent", "yes")
        await answer_all(hands, {"support_wanted": "yes", "decision_to": "potential-victim", "contact_by": "yes"})
        found = matter_of(hands)
        assert found.route.route == "adult_consent"
        assert found.readiness.ready
        assert CANARY in (await read_hand_off(hands, CANARY))[-1]
        await hands.press("escape", "t")
        assert "Not informed" in hands.drawn, "what has to be explained first is said before it is marked"
        await hands.press("escape", "W")
        await mark_as_sent(hands)
        assert hands.case().state.fact("V1", "referral") == "sent"
        assert "due 28 Nov" in hands.drawn
        assert "five working days" in hands.drawn


async def test_an_anonymous_notification_by_keys_alone_names_nobody(open_app: Open) -> None:
    async with open_app() as hands:
        await new_case(hands)
        await choose(hands, "pv_under_18", "no")
        await choose(hands, "nrm_consent", "yes")
        await come_to_field(hands, "first_name")
        await hands.press("enter")
        await hands.write(CANARY)
        await hands.press("enter")
        await choose(hands, "nrm_consent", "no")
        assert matter_of(hands).answers["first_name"].value == CANARY
        await answer_all(hands, {"will_cooperate": "yes"})
        found = matter_of(hands)
        assert found.route.route == "duty_to_notify"
        assert found.route.anonymous
        assert found.readiness.ready
        assert "identity stays out" in hands.drawn
        assert CANARY not in hands.drawn
        pages = await read_hand_off(hands)
        assert not any(CANARY in page for page in pages)
        assert sum(WITHHELD in page for page in pages) >= 5
        await mark_as_sent(hands)
        assert hands.case().state.fact("V1", "referral") == "notified"
        assert CANARY not in hands.drawn


# One key at a time


@pytest.fixture
def adult(window: Callable[[str], Casework]) -> str:
    """A case with one adult who does not consent and whose name stands in the worksheet."""
    work = window("PC 1234")
    case_id = work.open_case(role="responder", reference="EX-3").case_id
    work.add_subject(case_id, "victim", "man at the gate")
    work.set_facts(case_id, ("V1",), {"age": "adult", "consent": "yes"})
    work.answer(case_id, "V1", "first_name", CANARY)
    work.answer(case_id, "V1", "will_cooperate", "yes")
    work.set_facts(case_id, ("V1",), {"consent": "no"})
    return case_id


async def test_a_withheld_answer_shows_on_demand_and_only_while_the_cursor_stays(open_app: Open, adult: str) -> None:
    async with open_app(adult, WorksheetScreen) as hands:
        await come_to_field(hands, "first_name")
        assert "withheld" in hands.row("first_name")
        assert CANARY.split()[0] not in hands.drawn
        await hands.press("enter")
        assert hands.on(AnswerDialog)
        assert hands.screen.value == "", "what is withheld is not filled in unasked"
        await hands.press("escape", "v")
        assert CANARY.split()[0] in hands.drawn
        await hands.press("enter")
        assert hands.screen.value == CANARY
        await hands.press("escape", "down")
        assert CANARY.split()[0] not in hands.drawn
        await hands.press("up")
        assert CANARY.split()[0] not in hands.drawn


async def test_agreeing_to_be_named_opens_what_was_withheld_and_taking_it_back_closes_it(open_app: Open, adult: str) -> None:
    async with open_app(adult, WorksheetScreen) as hands:
        await choose(hands, "consents_to_be_named", "yes")
        assert isinstance(hands.last.event, FactRecorded), "the fact is the field's only source"
        assert CANARY.split()[0] in hands.row("first_name")
        hands.window("PC 5678").set_facts(adult, ("V1",), {"consents_to_be_named": "no"})
        hands.screen.look_for_others()
        await hands.settle()
        assert "withheld" in hands.row("first_name")


async def test_a_hand_off_closes_when_another_window_takes_the_name_back(open_app: Open, adult: str) -> None:
    other = "PC 5678"
    async with open_app(adult, WorksheetScreen) as hands:
        hands.window(other).set_facts(adult, ("V1",), {"consents_to_be_named": "yes"})
        hands.screen.look_for_others()
        await hands.settle()
        await hands.press("T")
        while "First name" not in hands.drawn:
            await hands.press("enter")
        assert CANARY in hands.drawn
        hands.window(other).set_facts(adult, ("V1",), {"consents_to_be_named": "no"})
        hands.screen.look_for_others()
        await hands.settle()
        assert "First name" in hands.drawn, "the same field is shown"
        assert WITHHELD in hands.drawn
        assert CANARY not in hands.drawn


async def test_not_known_takes_a_reason_and_counts_as_answered(open_app: Open, adult: str) -> None:
    async with open_app(adult, WorksheetScreen) as hands:
        await come_to_field(hands, "how_it_started")
        await hands.press("x", "enter")
        assert hands.on(AnswerDialog)
        assert "nothing was typed" in hands.trouble
        await hands.write("too tired to be asked")
        await hands.press("enter")
        event = hands.last.event
        assert isinstance(event, WorksheetAnswered)
        assert (event.field, event.unknown_because) == ("how_it_started", "too tired to be asked")
        assert hands.row("how_it_started").startswith("[x]")
        await come_to_field(hands, "how_it_started")
        await hands.press("enter")
        await hands.write("A man offered him work.")
        await hands.press("enter")
        event = hands.last.event
        assert isinstance(event, WorksheetAnswered)
        assert (event.value, event.unknown_because) == ("A man offered him work.", ""), "the answer takes the reason's place"
        await come_to_field(hands, "how_it_started")
        await hands.press("x")
        await hands.write("he took it back")
        await hands.press("enter")
        event = hands.last.event
        assert isinstance(event, WorksheetAnswered)
        assert (event.value, event.unknown_because) == ("", "he took it back")


async def test_a_fact_that_is_not_known_is_left_unset(open_app: Open, adult: str) -> None:
    async with open_app(adult, WorksheetScreen) as hands:
        before = len(hands.entries())
        await come_to_field(hands, "nrm_consent")
        await hands.press("x")
        assert hands.on(WorksheetScreen)
        assert "leave it unset" in hands.status
        assert len(hands.entries()) == before


async def test_the_count_follows_what_is_typed_and_too_much_is_refused_and_kept(open_app: Open, adult: str) -> None:
    async with open_app(adult, WorksheetScreen) as hands:
        await come_to_field(hands, "professional_view")
        await hands.press("enter")
        fit = hands.screen.asked.limit
        assert f"0 of {fit:,} characters" in hands.drawn
        await hands.write("abc")
        assert f"3 of {fit:,} characters" in hands.drawn
        await hands.paste("x" * fit)
        assert "3 too many" in hands.drawn
        await hands.press("enter")
        assert f"{fit + 3:,} characters" in hands.trouble
        assert len(hands.screen.value) == fit + 3


async def test_what_stands_already_is_not_recorded_again(open_app: Open, adult: str) -> None:
    async with open_app(adult, WorksheetScreen) as hands:
        before = len(hands.entries())
        await come_to_field(hands, "will_cooperate")
        await hands.press("enter", "enter")
        assert "stands like this already" in hands.trouble
        assert len(hands.entries()) == before


async def test_a_long_answer_that_was_left_is_given_back_and_one_that_identifies_is_not(open_app: Open, adult: str) -> None:
    async with open_app(adult, WorksheetScreen) as hands:
        for key, kept in (("professional_view", "half a sentence"), ("family", "")):
            await come_to_field(hands, key)
            await hands.press("enter")
            await hands.write("half a sentence")
            await hands.press("escape", "enter")
            assert hands.screen.value == kept
            await hands.press("escape")


async def test_details_come_on_demand_and_finding_leaves_the_fields_that_hold_the_words(open_app: Open, adult: str) -> None:
    async with open_app(adult, WorksheetScreen) as hands:
        core = {row.key for row in hands.checklist.rows if row.selectable}
        assert "age_basis" not in core
        await hands.press("m")
        assert "age_basis" in {row.key for row in hands.checklist.rows}
        await hands.press("m", "slash")
        await hands.write("living")
        await hands.press("enter")
        assert [row.key for row in hands.checklist.rows if row.selectable] == ["living_conditions"]
        await hands.press("o")
        assert (hands.row_key, hands.status) == ("living_conditions", ""), "the field under the cursor is open"
        assert "next open: Living conditions" in hands.drawn
        await hands.press("x")
        await hands.write("did not say")
        await hands.press("enter", "o")
        assert "hidden" in hands.status
        await hands.press("escape")
        assert hands.on(WorksheetScreen)
        assert {row.key for row in hands.checklist.rows if row.selectable} == core


async def test_what_no_longer_applies_is_kept_counted_and_shown(open_app: Open, window: Callable[[str], Casework], adult: str) -> None:
    work = window("PC 1234")
    work.set_facts(adult, ("V1",), {"consent": "yes"})
    work.answer(adult, "V1", "support_wanted", "yes")
    work.mark(adult, "consent-to-nrm-informed", ("V1",), "done") if "consent-to-nrm-informed" in work.view(adult).pack.item_by_id else None
    work.set_facts(adult, ("V1",), {"age": "child", "consent": "no"})
    async with open_app(adult, NrmScreen) as hands:
        assert "kept that this route does not ask" in hands.drawn
        await hands.press("W")
        rows = {row.key: row for row in hands.checklist.rows}
        assert "support_wanted" in rows
        assert rows["support_wanted"].short == "not asked"


async def test_card_and_help_of_the_worksheet(open_app: Open, adult: str) -> None:
    async with open_app(adult, WorksheetScreen, size=(100, 60)) as hands:
        await come_to_field(hands, "first_name")
        await hands.press("c")
        assert hands.on(CardScreen)
        assert "Could point to the person" in hands.drawn
        assert CANARY not in hands.drawn
        await hands.press("escape", "question_mark")
        assert hands.on(HelpScreen)
        assert "could point to the person" in hands.drawn


# Copying


async def test_copying_is_off_by_default(open_app: Open, adult: str, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr("screens.hand_off.App.copy_to_clipboard", lambda app, text: copied.append(text))
    async with open_app(adult, HandOffScreen) as hands:
        await hands.press("y")
        assert "Copying is off" in hands.status
        assert copied == []


async def test_one_field_is_copied_without_what_is_withheld_and_goes_again(
    open_app: Open, adult: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr("screens.hand_off.App.copy_to_clipboard", lambda app, text: copied.append(text))
    assert CLIPBOARD_SECONDS == 30
    monkeypatch.setattr("screens.hand_off.CLIPBOARD_SECONDS", 0.01)
    async with open_app(adult, HandOffScreen) as hands:
        assert hands.app.desk is not None
        hands.app.desk.copy_fields = True
        while "First name" not in hands.drawn:
            await hands.press("y", "space")
        assert WITHHELD in hands.drawn
        await hands.press("y")
        assert "no answer to copy" in hands.status
        assert CANARY not in copied
        assert "Yes" in copied, "an answer was copied"
        for _ in range(50):
            if copied[-1] == "":
                break
            await hands.pilot.pause(0.02)
        assert copied[-1] == ""
        while "One referral is one person. Check" not in hands.status:
            await hands.press("backspace", "y")
        monkeypatch.setattr("screens.hand_off.CLIPBOARD_SECONDS", 30)
        await hands.press("y")
        assert copied[-1] != ""
        await hands.press("escape")
        assert copied[-1] == "", "leaving takes it away"


# Sending and deciding


async def test_the_form_is_not_marked_as_sent_by_enter_alone(open_app: Open, adult: str) -> None:
    async with open_app(adult, NrmScreen) as hands:
        before = len(hands.entries())
        await hands.press("t")
        assert hands.on(SendDialog)
        assert "open of" in hands.drawn, "it warns of what is open"
        await hands.press("enter")
        assert hands.on(NrmScreen)
        assert len(hands.entries()) == before


async def test_a_refusal_stays_in_the_dialog_in_words(open_app: Open, adult: str) -> None:
    async with open_app(adult, NrmScreen) as hands:
        await hands.press("D", "enter")
        assert "Choose which decision" in hands.trouble
        await hands.press("1", "tab", "1", "enter")
        assert "No referral of V1 is recorded as sent" in hands.trouble
        await hands.press("escape", "t", "2", "enter", "t", "2", "enter")
        assert "recorded as sent already" in hands.trouble
        assert isinstance(hands.screen, Question)


async def test_a_decision_is_recorded_and_its_dates_follow(open_app: Open, window: Callable[[str], Casework], wall: SetClock) -> None:
    work = window("PC 1234")
    case_id = work.open_case(role="responder").case_id
    work.add_subject(case_id, "victim", "boy")
    work.set_facts(case_id, ("V1",), {"age": "child"})
    work.send(case_id, "V1", reference="R-1")
    async with open_app(case_id, NrmScreen) as hands:
        wall.set("2026-12-01T10:00")
        hands.screen.show_panel()
        await hands.settle()
        assert "OVERDUE since 28 Nov" in hands.drawn
        await hands.press("D", "1", "tab", "1", "enter")
        assert isinstance(hands.entries()[-2].event, DecisionReceived)
        assert "OVERDUE" not in hands.drawn
        assert "conclusive not before 31 Dec" in hands.drawn
        await hands.press("D", "2", "tab", "2", "enter")
        assert "30 days for reconsideration" in hands.drawn
        assert hands.case().state.fact("V1", "reasonable_grounds") == "positive"


async def test_without_a_victim_the_worksheet_says_so(open_app: Open, window: Callable[[str], Casework]) -> None:
    case_id = window("PC 1234").open_case(role="responder").case_id
    async with open_app(case_id, WorksheetScreen) as hands:
        assert "No victim yet" in hands.drawn
        await hands.press("enter", "T", "o")
        assert hands.on(WorksheetScreen)
        await hands.press("escape", "W")
        assert hands.on(NrmScreen)
        assert "Choose a victim first" in hands.status


async def test_a_closed_case_takes_no_answers_and_can_still_be_read(open_app: Open, window: Callable[[str], Casework], adult: str) -> None:
    window("PC 1234").close_case(adult, because="sent on")
    async with open_app(adult, WorksheetScreen) as hands:
        await hands.press("enter")
        assert hands.on(WorksheetScreen)
        assert "closed" in hands.status
        await hands.press("T")
        assert hands.on(HandOffScreen)
        await hands.press("0")
        assert hands.on(NowScreen)


async def test_what_a_file_made_elsewhere_holds_is_drawn_as_text(open_app: Open, window: Callable[[str], Casework], adult: str) -> None:
    text = "\x1b]52;c;ZWNobw==\x07 [@click=app.quit]x[/] \x9b31mred \u202egnirts"
    work = window("PC 1234")
    number = len(work.view(adult).entries) + 1
    moment = work.clock.now()
    event = WorksheetAnswered(subject="V1", field="how_it_started", value=text, worksheet="1")
    work.store.open(adult).append(lambda: [Entry(Stamp(number, moment, moment, text), event).document()])
    async with open_app(adult, WorksheetScreen) as hands:
        await come_to_field(hands, "how_it_started")
        drawn = [hands.drawn]
        await hands.press("c")
        drawn.append(hands.drawn)
        await hands.press("escape", "T")
        while "How it began" not in hands.drawn:
            await hands.press("space")
        drawn.append(hands.drawn)
        assert "[@click=app.quit]x[/]" in drawn[-1]
        for page in drawn:
            assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(page)


# What else this phase shows


async def test_a_duty_that_goes_on_stays_open_and_says_when_it_was_last_met(
    open_app: Open, window: Callable[[str], Casework], wall: SetClock
) -> None:
    work = window("PC 1234")
    case_id = work.open_case(role="responder").case_id
    work.add_subject(case_id, "victim", "boy")
    work.set_facts(case_id, ("V1",), {"age": "child"})
    work.send(case_id, "V1")
    step = next(step for step in work.view(case_id).steps if step.item.ongoing and step.subject == "V1")
    wall.set("2026-11-23T14:05")
    async with open_app(case_id, NrmScreen) as hands:
        await hands.find(step.id)
        await hands.press("space")
        assert hands.row(step.id).startswith("[ ]")
        assert hands.row(step.id).endswith("last 14:05")


async def test_a_contact_that_was_checked_over_a_year_ago_says_so(open_app: Open, case_id: str, wall: SetClock) -> None:
    async with open_app(case_id, NrmScreen) as hands:
        contacts = {contact.id: contact for contact in hands.case().pack.contacts}
        step = next(one for one in hands.case().steps if one.item.contacts and one.subject == "V1" and one.item.phase == "nrm")
        checked = contacts[step.item.contacts[0]].checked
        await hands.find(step.id)
        for days, old in ((365, False), (366, True)):
            wall.moment = datetime.combine(checked + timedelta(days=days), time(12), UTC)
            await hands.press("c")
            assert "checked" in hands.drawn
            assert ("OVER A YEAR AGO" in " ".join(hands.drawn.split())) is old
            await hands.press("escape")
