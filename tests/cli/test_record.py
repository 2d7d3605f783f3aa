"""The record by commands: ledgers, corrections, handovers, and what is found in the log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Script, StandingClock


def words(text: str) -> str:
    """Spaces made one."""
    return " ".join(text.split())


def test_an_interaction_stands_in_the_running_table_of_each_person(msht: Script, case: str, clock: StandingClock) -> None:
    msht.done("subject", "add", case, "victim")
    clock.set("2026-11-22T19:40")
    said = msht.done(
        *("interaction", "add", case, "v1,V2", "Why am I here?", "--verbatim", "--spoke", "Sgt 40", "--how", "by-phone", "--at", "19:30"),
        *("--interpreter", "telephone service", "--place", "cell 6", "--demeanour", "looked at the floor"),
    )
    assert [line.split()[:2] for line in said.splitlines()] == [["7", "V1"], ["8", "V2"]]
    listed = msht.data("interaction", "list", case, "v2")
    assert listed == [
        {
            "number": 8,
            "subject": "V2",
            "text": "Why am I here?",
            "verbatim": True,
            "spoke": "Sgt 40",
            "how": "by-phone",
            "interpreter": "telephone service",
            "place": "cell 6",
            "demeanour": "looked at the floor",
            "happened_at": "2026-11-22T19:30:00Z",
            "recorded_at": "2026-11-22T19:40:00Z",
            "by": "PC 1234",
        }
    ]
    assert len(msht.data("interaction", "list", case)) == 2
    assert (
        "8 19:30 PC 1234 V2 Sgt 40 spoke with them by phone, cell 6: “Why am I here?” (their own words)."
        " Interpreter: telephone service. Demeanour: looked at the floor"
    ) in words(msht.done("interaction", "list", case))


def test_provisions_are_listed_as_they_happened_given_or_declined(msht: Script, case: str, clock: StandingClock) -> None:
    clock.set("2026-11-22T20:00")
    msht.done("provision", "add", case, "V1", "phone", "--what", "phone call", "--declined", "--at", "19:50")
    said = msht.done("provision", "add", case, "V1", "food", "--what", "hot meal", "--quantity", "2", "--by", "the gaoler", "--at", "19:35")
    assert words(said) == "7 V1 Food given: hot meal, 2, by the gaoler"
    assert [(one["what"], one["declined"], one["given_by"], one["quantity"]) for one in msht.data("provision", "list", case, "V1")] == [
        ("hot meal", False, "the gaoler", "2"),
        ("phone call", True, None, None),
    ]
    text = msht.done("provision", "list", case)
    assert text.index("hot meal") < text.index("Phone offered and declined: phone call")


def test_a_running_table_follows_a_person_under_every_id(msht: Script, case: str) -> None:
    msht.done("provision", "add", case, "S1", "drink", "--what", "water")
    assert msht.done("subject", "link", case, "S1") == "V2"
    msht.done("provision", "add", case, "V2", "food", "--what", "soup")
    msht.done("provision", "add", case, "V1", "food", "--what", "bread")
    assert [one["what"] for one in msht.data("provision", "list", case, "V2")] == ["water", "soup"]
    assert [one["what"] for one in msht.data("provision", "list", case, "S1")] == ["water", "soup"]


def test_an_empty_running_table_says_so(msht: Script, case: str) -> None:
    assert msht.done("interaction", "list", case).endswith("No interaction is recorded.")
    assert msht.done("provision", "list", case, "V1").endswith("Nothing is recorded as given or offered.")
    assert msht.data("provision", "list", case) == []


def test_a_note_can_be_in_somebodys_own_words(msht: Script, case: str) -> None:
    msht.done("note", case, "They keep my passport.", "--on", "V1", "--verbatim")
    assert msht.data("log", case)[-1]["text"] == "Note: “They keep my passport.” (their own words)"


def test_a_strike_names_what_it_strikes_and_takes_it_out_of_the_lists(msht: Script, case: str) -> None:
    msht.done("provision", "add", case, "V1", "food", "--what", "tea")
    said = msht.done("entry", "strike", case, "6", "--because", "it was for another man")
    assert words(said) == "7 case struck through entry 6: Food given: tea"
    assert msht.data("provision", "list", case) == []
    text = words(msht.done("log", case))
    assert "6- 19:00 PC 1234 V1 Food given: tea STRUCK by PC 1234, 22 Nov 19:00, entry 7: it was for another man" in text


def test_undo_takes_back_a_whole_act_and_redo_records_it_again_with_its_time(msht: Script, case: str, clock: StandingClock) -> None:
    msht.done("subject", "add", case, "victim")
    clock.set("2026-11-22T19:30")
    msht.done("provision", "add", case, "V1,V2", "food", "--what", "soup", "--at", "19:10")
    before = msht.data("case", "show", case)
    undone = msht.done("undo", case)
    assert [words(line) for line in undone.splitlines()] == [
        "9 case struck through entry 7: Food given: soup",
        "10 case struck through entry 8: Food given: soup",
    ]
    assert msht.data("provision", "list", case) == []
    redone = msht.done("redo", case)
    assert [words(line) for line in redone.splitlines()] == [
        "11 V1 recorded entry 7 again: Food given: soup",
        "12 V2 recorded entry 8 again: Food given: soup",
    ]
    assert [(one["number"], one["happened_at"]) for one in msht.data("provision", "list", case)] == [
        (11, "2026-11-22T19:10:00Z"),
        (12, "2026-11-22T19:10:00Z"),
    ]
    assert msht.data("case", "show", case)["steps"] == before["steps"]
    text = words(msht.done("log", case))
    assert "entry 9: undone by whoever made it" in text
    assert "11 19:10 PC 1234 V1 Food given: soup recorded 22 Nov 19:30, 20 min later entry 7 recorded again" in text


def test_a_case_passes_from_one_operator_to_the_next(msht: Script, case: str) -> None:
    said = msht.done("handover", "start", case, "--to", "PS 77", "--remark", "Feed him first.")
    assert said.startswith("Offered to PS 77 as entry 6; it stays with PC 1234 until it is accepted.")
    assert "With PC 1234, role custody Handover offered to PS 77, 19:00, not answered yet" in words(msht.done("case", "show", case))
    shown = msht.data("case", "show", case)["case"]
    assert (shown["holder"], shown["offered_to"], shown["role"]) == ("PC 1234", "PS 77", "custody")
    msht.operator = "PS 77"
    assert msht.done("handover", "return", case, "--because", "no interpreter yet") == "Sent back: it stays with PC 1234."
    msht.operator = "PC 1234"
    msht.done("handover", "start", case, "--to", "PS 77")
    msht.operator = "PS 77"
    assert msht.done("handover", "accept", case, "--role", "responder") == "The case is with PS 77 now, role responder."
    shown = msht.data("case", "show", case)["case"]
    assert (shown["holder"], shown["offered_to"], shown["role"]) == ("PS 77", None, "responder")
    assert "PS 77, role responder" in msht.done("case", "show", case)
    assert msht.data("next", case)["role"] == "responder"


@pytest.mark.parametrize("form", ["terminal", "text", "html", "svg", "json"])
def test_every_format_of_the_handover_page_names_the_case_and_the_receiver(msht: Script, case: str, form: str, tmp_path: Path) -> None:
    msht.done("handover", "start", case, "--to", "PS-77")
    page = msht.done("handover", "page", case, "--format", form)
    assert "EX-1" in page
    assert "PS-77" in page
    assert msht.done("handover", "page", case, "--format", form, "--out", str(tmp_path / "page")) == str(tmp_path / "page")
    written = (tmp_path / "page").read_text("utf-8")
    assert "PS-77" in written
    if form == "json":
        assert json.loads(written) == json.loads(page)


def test_a_case_is_shown_as_it_stood_whatever_was_struck_since(msht: Script, case: str, clock: StandingClock) -> None:
    clock.set("2026-11-22T19:10:40")
    msht.done("fact", "set", case, "V1", "age=child")
    clock.set("2026-11-22T19:20")
    msht.done("entry", "strike", case, "6", "--because", "misheard")
    clock.set("2026-11-22T19:30")
    assert msht.data("case", "show", case)["subjects"][0]["facts"] == {}
    then = msht.data("case", "show", case, "--at", "19:10")
    assert then["subjects"][0]["facts"] == {"age": "child"}
    assert (then["as_at"], then["case"]["number"]) == ("2026-11-22T19:10:00Z", 6)
    assert msht.data("case", "show", case, "--at", "19:09")["case"]["number"] == 5
    assert msht.data("case", "show", case, "--at", "2026-11-22T19:10:30")["case"]["number"] == 5
    assert "As it stood at 19:10, in the order of recording" in msht.done("case", "show", case, "--at", "19:10")
    assert msht.data("case", "show", case)["as_at"] is None


def test_the_page_of_a_past_handover_is_that_of_its_moment(msht: Script, case: str, clock: StandingClock) -> None:
    clock.set("2026-11-22T19:10")
    msht.done("mark", case, "duty-inspector-told", "deferred", "--to", "the sergeant", "--until", "19:30")
    msht.done("handover", "start", case, "--to", "PS 77")
    clock.set("2026-11-22T20:00")
    msht.done("note", case, "Said after the handover")
    assert "OVERDUE" in msht.done("handover", "page", case)
    then = msht.done("handover", "page", case, "--at", "19:10")
    assert "OVERDUE" not in then
    assert "last entry 7" in then


def test_the_log_is_searched_by_each_option_and_by_several(msht: Script, case: str, clock: StandingClock) -> None:
    clock.set("2026-11-22T20:00")
    msht.done("mark", case, "parties-separated@V1", "done", "--at", "19:15")
    msht.operator = "PS 77"
    msht.done("note", case, "Tea was asked for", "--on", "V1")
    msht.done("provision", "add", case, "V1", "drink", "--what", "tea", "--at", "19:45")

    def found(*options: str) -> list[int]:
        return [one["number"] for one in msht.data("log", case, *options)]

    assert found("--subject", "v1") == [3, 6, 7, 8]
    assert found("--phase", "victim-care") == [6]
    assert found("--kind", "note-added") == [7]
    assert found("--operator", "ps 77") == [7, 8]
    assert found("--text", "TEA") == [7, 8]
    assert found("--since", "19:15") == [6, 7, 8]
    assert found("--since", "19:16", "--until", "19:45") == [8]
    assert found("--subject", "V1", "--operator", "PS 77", "--text", "given") == [8]
    assert found("--subject", "S1", "--text", "tea") == []
    assert "2 of 8 entries: with tea" in msht.done("log", case, "--text", "tea")


def test_the_whole_minute_of_until_is_included(msht: Script, case: str, clock: StandingClock) -> None:
    clock.set("2026-11-22T19:10:40")
    msht.done("note", case, "in that minute")
    clock.set("2026-11-22T19:30")
    assert [one["number"] for one in msht.data("log", case, "--until", "19:10")] == [1, 2, 3, 4, 5, 6]
    assert [one["number"] for one in msht.data("log", case, "--until", "19:09")] == [1, 2, 3, 4, 5]


def test_a_clock_that_was_put_back_leaves_an_entry_that_says_so(msht: Script, case: str, clock: StandingClock) -> None:
    clock.set("2026-11-22T18:00")
    said = msht.done("provision", "add", case, "V1", "drink", "--what", "tea")
    first, second = said.splitlines()
    assert "The clock of this terminal is 1 h behind what it or the record said" in first
    assert words(second) == "7 V1 Drink given: tea"
