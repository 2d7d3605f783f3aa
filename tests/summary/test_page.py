from __future__ import annotations

import io
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len
from rich.console import Console

from msht_tui.service import CaseView
from msht_tui.summary.page import summary_renderable
from msht_tui.summary.paper import Page as DrawnPage

LONDON = ZoneInfo("Europe/London")
MARKING = "OFFICIAL-SENSITIVE"
Begin = Callable[..., Any]
Page = Callable[..., str]


@pytest.fixture
def page(now: datetime) -> Page:
    """The page as text: `page(view, width=120)`."""

    def text(view: CaseView, width: int = 80, **options: Any) -> str:
        return drawn(view, **{"now": now, **options}).text(width)

    return text


def drawn(view: CaseView, now: datetime, **options: Any) -> DrawnPage:
    return summary_renderable(view, marking=MARKING, zone=LONDON, now=now, **options)


def section(text: str, title: str) -> str:
    """The lines of one section, spaces made one."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"{title} ") and ("──" in line or "--" in line))
    end = next((i for i in range(start + 1, len(lines)) if "────" in lines[i] or lines[i] == MARKING), len(lines))
    return " ".join(" ".join(lines[start:end]).split())


def test_marking_is_the_first_and_the_last_line(page: Page, car_wash: Any) -> None:
    lines = page(car_wash.view()).splitlines()
    assert (lines[0], lines[-1]) == (MARKING, MARKING)


def test_an_exercise_says_so_beside_both_markings(page: Page, record: Begin) -> None:
    lines = page(record(exercise=True).view()).splitlines()
    assert lines[1] == lines[-2] == "EXERCISE, NOT A REAL CASE"
    assert "msht --exercise store verify" in " ".join(lines)
    assert "EXERCISE" not in page(record().view())


def test_the_header_names_the_case(page: Page, car_wash: Any) -> None:
    header = page(car_wash.view()).split("Look first")[0]
    for words in (
        "Incident INC-2231",
        "Crime 04GM/5521/26",
        "23 Nov 2026 08:14, 3 h 46 min ago",
        "call handler",
        "CH 2207 · PC 5150 · PS 77",
    ):
        assert words in header
    assert f"{car_wash.pack.version}, guidance read 23 Nov 2026" in header
    assert "Nation: England" in header


def test_a_closed_case_says_how_long_it_was_open(page: Page, record: Begin) -> None:
    text = page(record().time("10:20").close().view())
    assert "closed 23 Nov 2026 10:20" in text
    assert "open for 2 h 6 min" in text


def test_what_cannot_wait_stands_at_the_head(page: Page, record: Begin) -> None:
    case = record().subject("V1", "victim").subject("S1", "suspect").fact("S1", possible_victim="yes")
    case.mark("basic-needs-met@V1", "deferred", to="custody nurse", until="09:00")
    look = section(page(case.view(notice="the last line was unfinished and was set aside")), "Look first")
    assert "vital steps open: case, V1, S1" in look
    assert "1 deferred step overdue: V1" in look
    assert "Age not recorded: V1" in look
    assert "S1 may be a victim, and no victim is linked yet" in look
    assert "the last line was unfinished" in look


def test_phases_say_how_far_they_have_come(page: Page, record: Begin) -> None:
    case = record().subject("S1", "suspect")
    phases = section(page(case.view()), "Phases")
    assert "NRM" in phases
    assert "no victim in the case yet" in phases
    assert "not begun" in phases
    case.fact("S1", arrested="yes", lives_with_victims="no")
    steps = [step.item.id for step in case.view().steps if step.item.phase == "suspect" and step.state == "open"]
    for item in steps[1:]:
        case.mark(f"{item}@S1")
    case.mark(f"{steps[0]}@S1", "deferred", to="DS 40")
    assert "complete except deferred" in section(page(case.view()), "Phases")
    case.mark(f"{steps[0]}@S1")
    phases = section(page(case.view()), "Phases")
    assert f"{len(steps)} of {len(steps)} complete {len(steps)} done" in phases


def test_people_and_scenes_show_what_is_recorded_of_them(page: Page, car_wash: Any) -> None:
    people = section(page(car_wash.view()), "People and scenes")
    assert "3 victims, 1 suspect, 2 scenes" in people
    assert "V1 Victim, adult man asked for food Consent to referral: Yes" in people
    assert "V3 Victim, age not sure, treated as a child third man, not seen" in people
    assert "L1 Scene container Kind of scene: Where they sleep" in people
    assert "V4 Victim, retired, the same as V2 identity withheld because entered twice by the control room" in people


def test_a_link_is_shown_from_both_sides_and_follows_a_retirement(page: Page, record: Begin) -> None:
    case = record().subject("S1", "suspect").subject("V1", "victim").link("S1", "V1").subject("V2", "victim")
    people = section(page(case.view()), "People and scenes")
    assert "may be a victim: the same person as V1" in people
    assert "suspect too: the same person as S1" in people
    people = section(page(case.retire("V1", "entered twice", "V2").view()), "People and scenes")
    assert "may be a victim: the same person as V2" in people
    assert people.count("suspect too: the same person as S1") == 1


def test_open_steps_stand_with_the_killers_first(page: Page, car_wash: Any) -> None:
    text = page(car_wash.view())
    steps = section(text, "Open")
    assert steps.index("Vital steps") < steps.index("Initial actions") < steps.index("Victim care")
    assert "Vital steps: leaving one out costs most [ ] V3 Immediate danger to the victim assessed" in steps
    assert f"{sum(1 for step in car_wash.view().steps if step.state == 'open')} steps" in steps


def test_every_open_waiting_and_deferred_step_is_named(page: Page, car_wash: Any) -> None:
    view = car_wash.view()
    text = page(view, width=120)
    for name, state in (("Open", "open"), ("Waiting for a fact", "waiting"), ("Deferred", "deferred")):
        found = section(text, name)
        for step in view.steps:
            if step.state == state:
                assert step.item.title in found


def test_an_open_step_that_was_marked_before_keeps_what_was_recorded(page: Page, record: Begin) -> None:
    case = record().subject("V1", "victim").mark("basic-needs-met@V1", "open", because="ticked in error")
    assert "V1 recorded: open again: ticked in error, 23 Nov 08:14, CH 2207" in section(page(case.view()), "Open")


def test_deferred_steps_say_to_whom_and_until_when_and_the_overdue_first(page: Page, car_wash: Any) -> None:
    deferred = section(page(car_wash.view()), "Deferred")
    assert "3 steps, 1 overdue" in deferred
    assert deferred.index("OVERDUE") < deferred.index("until") < deferred.index("no time set")
    assert "left to attending patrol" in deferred
    assert "because the social worker is on the way" in deferred
    assert "vital step" in deferred


def test_nothing_is_overdue_before_its_time(page: Page, car_wash: Any, now: datetime) -> None:
    assert "OVERDUE" not in page(car_wash.view(), now=now - timedelta(hours=3, minutes=16))


def test_waiting_steps_stand_under_the_fact_they_wait_on(page: Page, car_wash: Any) -> None:
    waiting = section(page(car_wash.view()), "Waiting for a fact")
    assert "Adult at risk: not recorded (V1, V2) [?] V1 V2 Local authority safeguarding referral made" in waiting


def test_settled_steps_say_when_who_and_why(page: Page, car_wash: Any) -> None:
    text = page(car_wash.view(), width=120)
    case = section(text, "The case itself: done or not needed")
    assert "[x] Duty inspector told 23 Nov 08:22 CH 2207 note: Insp Hale, own log opened recorded 23 Nov 08:31" in case
    scene = section(text, "L2, scene: done or not needed")
    assert "[-] Enquiries at neighbouring premises 23 Nov 08:55 PC 5150 considered, not done" in scene
    victim = section(text, "V1, victim, adult: done or not needed")
    assert victim.index("08:18") < victim.index("08:55") < victim.index("09:12") < victim.index("11:05")


def test_a_step_not_needed_gives_its_reason(page: Page, record: Begin) -> None:
    case = record().subject("V1", "victim").mark("trauma-allowed-for@V1", "not-needed", because="not spoken to by us")
    assert "not needed because not spoken to by us" in page(case.view())


def test_a_step_that_no_longer_applies_keeps_its_record(page: Page, car_wash: Any) -> None:
    kept = section(page(car_wash.view()), "No longer applies, record kept")
    assert "V2 Independent interpreter 23 Nov 09:12 PC 5150 done note: telephone service again" in kept


def test_decisions_give_their_reasons(page: Page, car_wash: Any) -> None:
    found = section(page(car_wash.view(), width=120), "Decisions")
    assert "decided yes: container, and a house across the road" in found
    assert "considered, not done because he asked for the camera to be off while he ate" in found


def test_notes_stand_once_on_the_page(page: Page, car_wash: Any) -> None:
    text = page(car_wash.view(), width=120)
    notes = section(text, "Notes")
    assert "L2 Neighbour's camera: overwrites after 48 hours, asked to stop it. 23 Nov 11:20 PS 77" in notes
    assert "on: Safe contact number" in notes
    assert text.count("CS-88120") == 1


def test_a_note_of_an_earlier_mark_is_not_lost(page: Page, record: Begin) -> None:
    case = record().subject("V1", "victim").mark("basic-needs-met@V1", note="water given").time("09:00").mark("basic-needs-met@V1")
    assert "water given" in section(page(case.view()), "Notes")


def test_the_header_says_who_holds_the_case_and_to_whom_it_is_offered(page: Page, record: Begin) -> None:
    case = record("custody").time("11:45").hand_over("PS 77")
    header = " ".join(page(case.view()).split())
    assert "With CH 2207, role custody Handover offered to PS 77, 23 Nov 11:45, not answered yet" in header
    header = " ".join(page(case.time("11:52", "PS 77").accept("responder").view()).split())
    assert "With PS 77, role responder" in header
    assert "not answered yet" not in header


def test_each_person_has_a_running_table_of_what_was_said_and_given(page: Page, record: Begin) -> None:
    case = record().subject("V1", "victim").subject("V2", "victim").subject("O1", "other").subject("O2", "other")
    case.time("09:50", "PC 5150").provision("V1", "phone", "phone call", declined=True).provision("O1", "drink", "tea")
    case.time("09:35", recorded="09:40").provision("V1", "food", "hot meal", quantity="1", given_by="the gaoler")
    case.interaction("V1", "They took my passport.", verbatim=True, how="by-phone", interpreter="telephone service", demeanour="shaking")
    found = section(page(case.view()), "Said and given")
    assert "1 interaction, 3 provisions" in found
    assert (
        "V1, victim, age not recorded 23 Nov 09:35 Food given: hot meal, 1, by the gaoler PC 5150 recorded 23 Nov 09:40"
        " 23 Nov 09:35 Interaction by phone PC 5150 “They took my passport.” (their own words)"
        " interpreter: telephone service demeanour: shaking recorded 23 Nov 09:40"
        " 23 Nov 09:50 Phone offered and declined: phone call PC 5150"
    ) in found
    assert "V2, victim, age not recorded Nothing is recorded." in found
    assert "O1, other person 23 Nov 09:50 Drink given: tea" in found
    assert "O2" not in found


def test_a_note_in_somebodys_own_words_says_so(page: Page, record: Begin) -> None:
    notes = section(page(record().note("I want to go home.", verbatim=True).view()), "Notes")
    assert "“I want to go home.” (their own words)" in notes


def test_what_was_struck_through_is_no_fact_and_is_counted_with_its_numbers(page: Page, record: Begin) -> None:
    case = record().subject("V1", "victim").fact("V1", age="adult").provision("V1", "food", "soup").note("wrong man", "V1")
    case.strike(3, "misheard").strike(4, "another victim").strike(5)
    text = page(case.view())
    assert "3 entries are struck through, to be read in the log: 3, 4, 5." in section(text, "Record")
    assert "Age not recorded: V1" in section(text, "Look first")
    assert "soup" not in text
    assert "wrong man" not in text
    assert "struck" not in page(record().view())


def test_each_victim_has_an_nrm_position(page: Page, car_wash: Any) -> None:
    found = section(page(car_wash.view()), "NRM position")
    assert "V1 NRM referral with consent" in found
    assert "Reasonable grounds: Awaited" in found
    assert "V2 Duty to notify" in found
    assert "The identity stays out" in found
    assert "V3 NRM referral of a child Age not sure" in found


def test_a_victim_without_a_route_shows_what_is_missing(page: Page, record: Begin) -> None:
    case = record().subject("V1", "victim", "woman by the door")
    assert "Missing: Age" in section(page(case.view()), "NRM position")
    assert "Missing: Consent to referral" in page(case.fact("V1", age="adult").view())


def test_nobody_who_stays_unnamed_is_labelled_under_any_id(page: Page, record: Begin) -> None:
    case = record().subject("S1", "suspect", "Ilya of cell 6").subject("V1", "victim", "Ilya the younger").link("S1", "V1")
    case.subject("V2", "victim", "Ilya again").retire("V2", "entered twice", "V1").subject("V3", "victim", "Mara")
    case.fact("V1", age="adult", consent="no").fact("V3", age="child")
    text = page(case.view())
    assert "Ilya" not in text
    assert text.count("identity withheld") == 3
    assert "Mara" in text
    assert "Ilya" in page(case.fact("V1", consents_to_be_named="yes").view())


def test_standing_cautions_name_whom_they_hold_for(page: Page, car_wash: Any) -> None:
    assert "V3 Treat as a child until shown otherwise" in section(page(car_wash.view()), "Standing cautions")


def test_the_page_ends_with_the_record_and_whose_it_is_not(page: Page, car_wash: Any) -> None:
    view = car_wash.view()
    found = section(page(view), "Record")
    assert f"last entry {view.state.number}" in found
    assert view.check_code in found
    assert "This is a working copy: enter the matter in the force's own systems (INC-2231, 04GM/5521/26)." in found
    assert f"msht store verify {view.case_id[:8]} --code CODE" in found


def test_an_empty_case_makes_a_page(page: Page, record: Begin) -> None:
    text = " ".join(page(record().view()).split())
    assert "none recorded yet" in text
    assert "Nobody and no scene has been added yet." in text
    assert "no reference is recorded yet" in text


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_no_line_is_wider_than_the_page(page: Page, car_wash: Any, width: int) -> None:
    assert max(cell_len(line) for line in page(car_wash.view(), width=width).splitlines()) <= width


def test_lines_stay_readable_on_a_very_wide_terminal(page: Page, car_wash: Any) -> None:
    assert max(cell_len(line) for line in page(car_wash.view(), width=300).splitlines()) == 120


@pytest.mark.parametrize("width", [80, 120])
def test_in_ascii_nothing_else_is_drawn(page: Page, car_wash: Any, width: int) -> None:
    car_wash.subject("V5", "victim", "Nguyễn Thị Hồng").fact("V5", age="child")
    text = page(car_wash.view(), width=width, ascii=True)
    assert text.isascii()
    assert "Nguy\\u1ec5n" in text
    assert max(len(line) for line in text.splitlines()) <= width


def test_a_terminal_that_can_do_no_better_gets_ascii_by_itself(car_wash: Any, now: datetime) -> None:
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding="ascii"), width=80, color_system=None)
    console.print(drawn(car_wash.view(), now))
    console.file.flush()
    assert b"####" in raw.getvalue()
    assert raw.getvalue().isascii()


def test_printed_to_a_pipe_it_is_plain_and_at_least_80_wide(
    car_wash: Any, now: datetime, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    drawn(car_wash.view(), now).print()
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert max(cell_len(line) for line in out.splitlines()) == 80


def test_colour_is_never_the_only_sign(car_wash: Any, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal with NO_COLOR there are the same words and no colour codes."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm-256color")
    outs = []
    for no_color in (False, True):
        if no_color:
            monkeypatch.setenv("NO_COLOR", "1")
        else:
            monkeypatch.delenv("NO_COLOR", raising=False)
        terminal = Terminal()
        monkeypatch.setattr(sys, "stdout", terminal)
        drawn(car_wash.view(), now).print()
        monkeypatch.undo()
        monkeypatch.setenv("TERM", "xterm-256color")
        outs.append(terminal.getvalue())
    assert "\x1b[1;31m" in outs[0]
    assert "31m" not in outs[1]


def test_html_is_one_page_that_fetches_nothing(car_wash: Any, now: datetime) -> None:
    html = drawn(car_wash.view(), now).html()
    assert "<title>OFFICIAL-SENSITIVE · INC-2231 · Case summary</title>" in html
    assert '<meta charset="UTF-8">' in html
    assert "@media print" in html
    assert "http" not in html
    assert "src=" not in html


def test_svg_is_xml_that_fetches_nothing(car_wash: Any, now: datetime) -> None:
    svg = drawn(car_wash.view(), now).svg()
    ElementTree.fromstring(svg)
    assert "OFFICIAL-SENSITIVE" in svg
    assert svg.count("http") == svg.count('xmlns="http://www.w3.org/2000/svg"') == 1


def test_every_format_says_the_same(page: Page, car_wash: Any, now: datetime) -> None:
    root = ElementTree.fromstring(drawn(car_wash.view(), now).svg())
    words = "".join(element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "".join(page(car_wash.view()).split()) == "".join(words.split())
