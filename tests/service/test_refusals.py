"""Every refusal about the record: its words, and that nothing was recorded."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import pytest

from msht_tui.domain.refusal import Refused
from msht_tui.service import Casework

if TYPE_CHECKING:
    from tests.conftest import FixedClock, InMemoryStore


@dataclass
class Desks:
    """Two operators at one case of two victims, a suspect, a scene and a caller: entries 1 to 7, all of the first one's."""

    mine: Casework
    theirs: Casework
    case: str
    clock: FixedClock

    def last(self) -> int:
        """The number of the last entry."""
        return self.mine.view(self.case).state.number


Act: TypeAlias = Callable[[Desks], object]


@pytest.fixture
def desks(casework: Casework, colleague: Casework, clock: FixedClock) -> Desks:
    case = casework.open_case(role="custody", reference="EX-1").case_id
    for kind in ("victim", "victim", "suspect", "scene", "other"):
        casework.add_subject(case, kind)
    return Desks(casework, colleague, case, clock)


def refused(desks: Desks, store: InMemoryStore, act: Act, words: str) -> None:
    """Holds the act to its refusal in these words, and to having recorded nothing."""
    before = list(store.acts[desks.case])
    with pytest.raises(Refused) as refusal:
        act(desks)
    assert words in str(refusal.value)
    assert store.acts[desks.case] == before


# Without anything before it.

PLAIN: list[tuple[str, Act]] = [
    ("Say why entry 4 is struck. Nothing was recorded.", lambda d: d.mine.strike(d.case, 4, because="")),
    ("Say why entry 4 is struck", lambda d: d.mine.strike(d.case, 4, because=" \u200e\n")),
    ("There is no entry 8: the record goes from 1 to 7. Nothing was struck.", lambda d: d.mine.strike(d.case, 8, because="x")),
    ("There is no entry 0", lambda d: d.mine.strike(d.case, 0, because="x")),
    ("There is no entry -1", lambda d: d.mine.strike(d.case, -1, because="x")),
    ("Entry 1 is not struck: it opens the case. Nothing was recorded.", lambda d: d.mine.strike(d.case, 1, because="x")),
    ("Say why this is not needed", lambda d: d.mine.mark(d.case, "parties-separated", ["V1"], "not-needed")),
    ("Say why V1 is retired: nothing was recorded.", lambda d: d.mine.retire_subject(d.case, "V1", because=" ")),
    ("Say why the case is closed all the same. It has 14 vital steps open", lambda d: d.mine.close_case(d.case)),
    ("Say why the case is closed all the same", lambda d: d.mine.close_case(d.case, because="\u202e")),
    ("The case is open: there is nothing to reopen.", lambda d: d.mine.reopen_case(d.case)),
    ("Say what was said or done: nothing was recorded.", lambda d: d.mine.interaction(d.case, ["V1"], " \n ")),
    ("Say for whom: V1, or V1,V2. Nothing was recorded.", lambda d: d.mine.interaction(d.case, [], "x")),
    ("L1 is no person: nothing was recorded.", lambda d: d.mine.interaction(d.case, ["V1", "L1"], "x")),
    ("case is no person: nothing was recorded.", lambda d: d.mine.interaction(d.case, ["case"], "x")),
    ("There is no subject 'V9'", lambda d: d.mine.interaction(d.case, ["V1", "V9"], "x")),
    ("The place has 201 characters; 200 fit", lambda d: d.mine.interaction(d.case, ["V1"], "x", place="y" * 201)),
    ("The demeanour has 4,001 characters", lambda d: d.mine.interaction(d.case, ["V1"], "x", demeanour="y" * 4001)),
    ("Say what was given or offered: nothing was recorded.", lambda d: d.mine.provision(d.case, ["V1"], "food", "\t")),
    ("Say for whom: V1, or V1,V2. Nothing was recorded.", lambda d: d.mine.provision(d.case, [], "food", "Soup")),
    ("L1 is no person: nothing was recorded.", lambda d: d.mine.provision(d.case, ["V1", "L1"], "food", "Soup")),
    ("case is no person", lambda d: d.mine.provision(d.case, ["case"], "food", "Soup")),
    ("There is no subject 'V9'", lambda d: d.mine.provision(d.case, ["V9"], "food", "Soup")),
    ("The quantity has 201 characters", lambda d: d.mine.provision(d.case, ["V1"], "food", "Soup", quantity="y" * 201)),
    ("The note is empty: nothing was recorded.", lambda d: d.mine.note(d.case, "", verbatim=True)),
    ("A reference needs a value: nothing was recorded.", lambda d: d.mine.add_reference(d.case, "crime", " ")),
    ("Say to whom the case is handed over. Nothing was recorded.", lambda d: d.mine.start_handover(d.case, " ")),
    ("No handover of this case is under way: PC 1234 holds it.", lambda d: d.theirs.accept_handover(d.case)),
    ("No handover of this case is under way: PC 1234 holds it.", lambda d: d.theirs.return_handover(d.case, because="x")),
    ("There is no act of yours to undo in this case.", lambda d: d.theirs.undo(d.case)),
    ("There is no act of yours to do again: only what was undone last is", lambda d: d.mine.redo(d.case)),
]


@pytest.mark.parametrize(("words", "act"), PLAIN, ids=[f"{place} {words[:40]}" for place, (words, _) in enumerate(PLAIN)])
def test_what_makes_no_sense_is_refused(desks: Desks, memory_store: InMemoryStore, words: str, act: Act) -> None:
    refused(desks, memory_store, act, words)


# A time that has not come, and a closed case

ACTS: dict[str, Callable[[Desks, str | None], object]] = {
    "note": lambda d, at: d.mine.note(d.case, "x", at=at),
    "reference": lambda d, at: d.mine.add_reference(d.case, "crime", "1", at=at),
    "subject": lambda d, at: d.mine.add_subject(d.case, "victim", at=at),
    "retire": lambda d, at: d.mine.retire_subject(d.case, "V1", because="x", at=at),
    "link": lambda d, at: d.mine.link_victim(d.case, "S1", at=at),
    "fact": lambda d, at: d.mine.set_facts(d.case, ["V1"], {"age": "adult"}, at=at),
    "mark": lambda d, at: d.mine.mark(d.case, "parties-separated", ["V1"], "done", at=at),
    "interaction": lambda d, at: d.mine.interaction(d.case, ["V1"], "x", at=at),
    "provision": lambda d, at: d.mine.provision(d.case, ["V1"], "food", "Soup", at=at),
    "handover": lambda d, at: d.mine.start_handover(d.case, "Sgt 77", at=at),
    "strike": lambda d, at: d.mine.strike(d.case, 4, because="x", at=at),
    "close": lambda d, at: d.mine.close_case(d.case, because="x", at=at),
}


@pytest.mark.parametrize("name", ACTS)
def test_an_act_in_the_future_is_refused(desks: Desks, memory_store: InMemoryStore, name: str) -> None:
    words = "2026-11-23T09:31 lies in the future: an act is recorded when it has happened."
    refused(desks, memory_store, lambda d: ACTS[name](d, "2026-11-23T09:31"), words)
    ACTS[name](desks, "2026-11-23T09:30")
    assert desks.last() > 7, "the same act at a time that has come is recorded"


def test_answers_to_a_handover_and_a_reopening_in_the_future_are_refused(desks: Desks, memory_store: InMemoryStore) -> None:
    at = "2026-11-23T09:31"
    desks.mine.start_handover(desks.case, "Sgt 77")
    refused(desks, memory_store, lambda d: d.theirs.accept_handover(d.case, at=at), "lies in the future")
    refused(desks, memory_store, lambda d: d.theirs.return_handover(d.case, because="x", at=at), "lies in the future")
    desks.mine.close_case(desks.case, because="x")
    refused(desks, memory_store, lambda d: d.mine.reopen_case(d.case, at=at), "lies in the future")


@pytest.mark.parametrize("name", ACTS)
def test_a_closed_case_takes_no_act(desks: Desks, memory_store: InMemoryStore, name: str) -> None:
    desks.mine.close_case(desks.case, because="Handed to the MSVLO")
    words = f"The case is closed: reopen it first (msht case reopen {desks.case[:8]}). Nothing was recorded."
    refused(desks, memory_store, lambda d: ACTS[name](d, None), words)


def test_a_closed_case_takes_no_answer_to_a_handover_no_undo_and_no_redo(desks: Desks, memory_store: InMemoryStore) -> None:
    desks.theirs.note(desks.case, "x")
    desks.theirs.undo(desks.case)
    desks.mine.start_handover(desks.case, "Sgt 77")
    desks.mine.close_case(desks.case, because="Handed to the MSVLO")
    acts: list[Act] = [
        lambda d: d.theirs.accept_handover(d.case),
        lambda d: d.theirs.return_handover(d.case, because="x"),
        lambda d: d.mine.undo(d.case),
        lambda d: d.theirs.redo(d.case),
    ]
    for act in acts:
        refused(desks, memory_store, act, "The case is closed: reopen it first")


# With something before it: the arrangement records, and gives the act that is refused.

Arranged: TypeAlias = tuple[str, Act]


def strike_a_strike(d: Desks) -> Arranged:
    d.mine.strike(d.case, 4, because="A slip")
    return "Entry 8 is not struck: it strikes entry 4, and a strike stays: record again what you need.", lambda d: d.mine.strike(
        d.case, 8, because="x"
    )


def strike_an_undo(d: Desks) -> Arranged:
    d.mine.note(d.case, "x")
    d.mine.undo(d.case)
    return "Entry 9 is not struck: it strikes entry 8, and a strike stays", lambda d: d.mine.strike(d.case, 9, because="x")


def strike_twice(d: Desks) -> Arranged:
    d.mine.strike(d.case, 4, because="A slip")
    return "Entry 4 is not struck: it is struck already. Nothing was recorded.", lambda d: d.theirs.strike(d.case, 4, because="x")


def strike_the_clock(d: Desks) -> Arranged:
    d.clock.step(-3600)
    d.mine.note(d.case, "x")
    return "Entry 8 is not struck: it says what the clock did.", lambda d: d.mine.strike(d.case, 8, because="x")


def strike_a_subject_in_use(d: Desks) -> Arranged:
    d.theirs.note(d.case, "x", subject="V2")
    d.theirs.set_facts(d.case, ["V2"], {"age": "adult"})
    return "Entry 4 is not struck: entries 8, 9 depend on it. Strike the later ones first. Nothing was recorded.", lambda d: d.mine.strike(
        d.case, 4, because="x"
    )


def strike_a_subject_that_another_is_the_same_as(d: Desks) -> Arranged:
    d.mine.retire_subject(d.case, "V2", because="entered twice", same_as="V1")
    return "Entry 3 is not struck: entry 8 depends on it.", lambda d: d.mine.strike(d.case, 3, because="x")


def strike_a_subject_with_much_about_it(d: Desks) -> Arranged:
    for _ in range(10):
        d.mine.note(d.case, "x", subject="V1")
    return "entries 8, 9, 10, 11, 12, 13, 14, 15 and 2 more depend on it.", lambda d: d.mine.strike(d.case, 3, because="x")


def strike_a_linked_suspect(d: Desks) -> Arranged:
    d.mine.link_victim(d.case, "S1")
    return "Entry 5 is not struck: entries 9, 10 depend on it.", lambda d: d.mine.strike(d.case, 5, because="x")


def strike_a_linked_victim(d: Desks) -> Arranged:
    d.mine.link_victim(d.case, "S1")
    return "Entry 8 is not struck: entry 9 depends on it.", lambda d: d.mine.strike(d.case, 8, because="x")


def strike_a_link_that_a_retirement_followed(d: Desks) -> Arranged:
    _, victim = d.mine.link_victim(d.case, "S1")
    d.mine.retire_subject(d.case, victim, because="entered twice", same_as="V1")
    return "Entry 9 is not struck: entry 11 depends on it.", lambda d: d.mine.strike(d.case, 9, because="x")


def strike_a_retirement_after_which_the_suspect_was_linked_anew(d: Desks) -> Arranged:
    _, victim = d.mine.link_victim(d.case, "S1")
    d.mine.retire_subject(d.case, victim, because="never there")
    d.theirs.link_victim(d.case, "S1")
    return "Entry 11 is not struck: entry 13 depends on it.", lambda d: d.mine.strike(d.case, 11, because="x")


def strike_a_retirement_of_one_that_had_taken_over_the_link(d: Desks) -> Arranged:
    _, victim = d.mine.link_victim(d.case, "S1")
    d.mine.retire_subject(d.case, victim, because="entered twice", same_as="V1")
    d.mine.retire_subject(d.case, "V1", because="never there")
    d.theirs.link_victim(d.case, "S1")
    return "Entry 12 is not struck: entry 14 depends on it.", lambda d: d.mine.strike(d.case, 12, because="x")


def strike_an_offer_that_was_accepted(d: Desks) -> Arranged:
    d.mine.start_handover(d.case, "Sgt 77")
    d.theirs.accept_handover(d.case)
    return "Entry 8 is not struck: entry 9 depends on it.", lambda d: d.mine.strike(d.case, 8, because="x")


def strike_an_acceptance_after_which_it_was_offered_on(d: Desks) -> Arranged:
    d.mine.start_handover(d.case, "Sgt 77")
    d.theirs.accept_handover(d.case)
    d.theirs.start_handover(d.case, "PC 5150")
    return "Entry 9 is not struck: entry 10 depends on it.", lambda d: d.mine.strike(d.case, 9, because="x")


def strike_a_return_after_which_it_was_offered_again(d: Desks) -> Arranged:
    d.mine.start_handover(d.case, "Sgt 77")
    d.theirs.return_handover(d.case, because="Off duty")
    d.mine.start_handover(d.case, "PC 5150")
    return "Entry 9 is not struck: entry 10 depends on it.", lambda d: d.mine.strike(d.case, 9, because="x")


def strike_a_closing_that_was_reopened(d: Desks) -> Arranged:
    d.mine.close_case(d.case, because="x")
    d.theirs.reopen_case(d.case)
    return "Entry 8 is not struck: entry 9 depends on it.", lambda d: d.mine.strike(d.case, 8, because="x")


def strike_a_reopening_under_which_was_worked(d: Desks) -> Arranged:
    d.mine.close_case(d.case, because="x")
    d.mine.reopen_case(d.case)
    d.theirs.note(d.case, "on")
    return "Entry 9 is not struck: entry 10 depends on it.", lambda d: d.mine.strike(d.case, 9, because="x")


def strike_on_a_closed_case(d: Desks) -> Arranged:
    d.mine.close_case(d.case, because="x")
    return "The case is closed: reopen it first", lambda d: d.mine.strike(d.case, 4, because="x")


def offer_twice(d: Desks) -> Arranged:
    d.mine.start_handover(d.case, "Sgt 77")
    return (
        "The case is being handed over to Sgt 77 already: it is accepted or sent back first. Nothing was recorded.",
        lambda d: d.theirs.start_handover(d.case, "PC 5150"),
    )


def accept_what_one_holds(d: Desks) -> Arranged:
    d.mine.start_handover(d.case, "Sgt 77")
    return "You hold this case: whoever takes it over accepts. Nothing was recorded.", lambda d: d.mine.accept_handover(d.case)


def accept_twice(d: Desks) -> Arranged:
    d.mine.start_handover(d.case, "Sgt 77")
    d.theirs.accept_handover(d.case)
    return "No handover of this case is under way: Sgt 77 holds it.", lambda d: d.mine.accept_handover(d.case)


def send_back_without_a_reason(d: Desks) -> Arranged:
    d.mine.start_handover(d.case, "Sgt 77")
    return "Say why the case is sent back. Nothing was recorded.", lambda d: d.theirs.return_handover(d.case, because="\n")


def give_to_one_who_was_retired(d: Desks) -> Arranged:
    d.mine.retire_subject(d.case, "V2", because="entered twice", same_as="V1")
    return "V2 is retired (entered twice): it is V1. Nothing was recorded.", lambda d: d.mine.provision(
        d.case, ["V1", "V2"], "food", "Soup"
    )


def undo_the_opening(d: Desks) -> Arranged:
    for _ in range(5):
        d.mine.undo(d.case)
    return "There is no act of yours to undo: the opening of the case stays.", lambda d: d.mine.undo(d.case)


def undo_what_others_did(d: Desks) -> Arranged:
    d.theirs.note(d.case, "x")
    d.theirs.undo(d.case)
    return "There is no act of yours to undo in this case.", lambda d: d.theirs.undo(d.case)


def undo_over_a_handover(d: Desks) -> Arranged:
    d.mine.note(d.case, "x")
    d.theirs.start_handover(d.case, "Sgt 77")
    d.theirs.accept_handover(d.case)
    words = "Your last act, entry 8, is not later than the last handover. Strike entry 8 with a reason instead. Nothing was undone."
    return words, lambda d: d.mine.undo(d.case)


def undo_an_acceptance(d: Desks) -> Arranged:
    d.mine.start_handover(d.case, "Sgt 77")
    d.theirs.accept_handover(d.case)
    return "Your last act, entry 9, is not later than the last handover.", lambda d: d.theirs.undo(d.case)


def undo_from_before_the_sign_in(d: Desks) -> Arranged:
    d.clock.forward(minutes=5)
    d.mine.signed_in_at = d.clock.now()
    words = "Your last act, entry 7, was made before you signed in. Strike entry 7 with a reason instead. Nothing was undone."
    return words, lambda d: d.mine.undo(d.case)


def undo_a_strike(d: Desks) -> Arranged:
    d.mine.strike(d.case, 4, because="A slip")
    words = "Your last act, entry 8, struck another: a strike stays. Record again what you need. Nothing was undone."
    return words, lambda d: d.mine.undo(d.case)


def undo_a_closing(d: Desks) -> Arranged:
    d.mine.close_case(d.case, because="x")
    d.theirs.reopen_case(d.case)
    words = "Your last act, entry 8, is not undone: others may have acted on it. Strike entry 8 with a reason instead. Nothing was undone."
    return words, lambda d: d.mine.undo(d.case)


def undo_a_referral(d: Desks) -> Arranged:
    d.mine.set_facts(d.case, ["V1"], {"age": "child"})
    d.mine.send(d.case, "V1", reference="NRM-1")
    words = "Your last act, entry 9, is not undone: others may have acted on it. Strike entry 9 with a reason instead. Nothing was undone."
    return words, lambda d: d.mine.undo(d.case)


def undo_a_decision(d: Desks) -> Arranged:
    d.mine.set_facts(d.case, ["V1"], {"age": "child"})
    d.theirs.send(d.case, "V1")
    d.mine.receive(d.case, "V1", "reasonable", "positive")
    words = (
        "Your last act, entry 12, is not undone: others may have acted on it. Strike entry 12 with a reason instead. Nothing was undone."
    )
    return words, lambda d: d.mine.undo(d.case)


def undo_what_others_stand_on(d: Desks) -> Arranged:
    d.mine.add_subject(d.case, "victim")
    d.theirs.set_facts(d.case, ["V3"], {"age": "child"})
    return "Entry 8 is not struck: entry 9 depends on it.", lambda d: d.mine.undo(d.case)


def redo_after_a_new_act(d: Desks) -> Arranged:
    d.mine.note(d.case, "x")
    d.mine.undo(d.case)
    d.mine.note(d.case, "y")
    words = "There is no act of yours to do again: only what was undone last is, and nothing has been recorded since."
    return words, lambda d: d.mine.redo(d.case)


def redo_twice(d: Desks) -> Arranged:
    d.mine.note(d.case, "x")
    d.mine.undo(d.case)
    d.mine.redo(d.case)
    return "There is no act of yours to do again", lambda d: d.mine.redo(d.case)


def redo_what_another_undid(d: Desks) -> Arranged:
    d.theirs.note(d.case, "x")
    d.theirs.undo(d.case)
    return "There is no act of yours to do again", lambda d: d.mine.redo(d.case)


def redo_a_strike_with_a_reason(d: Desks) -> Arranged:
    d.mine.note(d.case, "x")
    d.mine.strike(d.case, 8, because="A slip")
    return "There is no act of yours to do again", lambda d: d.mine.redo(d.case)


def redo_a_mark_that_no_longer_applies(d: Desks) -> Arranged:
    d.theirs.set_facts(d.case, ["V1"], {"age": "child"})
    d.mine.mark(d.case, "child-protection-and-support", ["V1"], "done")
    d.mine.undo(d.case)
    d.theirs.set_facts(d.case, ["V1"], {"age": "adult"})
    return "child-protection-and-support@V1 does not apply", lambda d: d.mine.redo(d.case)


def redo_a_mark_that_another_made_otherwise(d: Desks) -> Arranged:
    d.mine.mark(d.case, "parties-separated", ["V1", "V2"], "done")
    d.mine.undo(d.case)
    d.theirs.mark(d.case, "parties-separated", ["V2"], "deferred", to="patrol")
    return "Sgt 77 settled the same in entry 12, which stands. Nothing was recorded.", lambda d: d.mine.redo(d.case)


def redo_a_fact_that_another_had_answered_before_it_was_undone(d: Desks) -> Arranged:
    d.mine.set_facts(d.case, ["V1"], {"age": "adult"})
    d.theirs.set_facts(d.case, ["V1"], {"age": "child"})
    d.mine.undo(d.case)
    return "Sgt 77 settled the same in entry 9, which stands. Nothing was recorded.", lambda d: d.mine.redo(d.case)


def undone_about_v3(act: Callable[[Desks], object], then: Callable[[Desks], object], words: str) -> Callable[[Desks], Arranged]:
    """They add V3, I act on V3 and undo it, and then something happens to V3."""

    def arrange(d: Desks) -> Arranged:
        d.theirs.add_subject(d.case, "victim")
        act(d)
        d.mine.undo(d.case)
        then(d)
        return words, lambda d: d.mine.redo(d.case)

    return arrange


ON_V3: dict[str, Callable[[Desks], object]] = {
    "mark": lambda d: d.mine.mark(d.case, "parties-separated", ["V3"], "done"),
    "fact": lambda d: d.mine.set_facts(d.case, ["V3"], {"age": "adult"}),
    "interaction": lambda d: d.mine.interaction(d.case, ["V3"], "x"),
    "provision": lambda d: d.mine.provision(d.case, ["V3"], "food", "Soup"),
    "retire": lambda d: d.mine.retire_subject(d.case, "V3", because="entered twice", same_as="V1"),
    "same as": lambda d: d.mine.retire_subject(d.case, "V1", because="entered twice", same_as="V3"),
    "note": lambda d: d.mine.note(d.case, "x", subject="V3"),
}
GONE = [undone_about_v3(act, lambda d: d.theirs.undo(d.case), "There is no subject 'V3' in this case") for act in ON_V3.values()]
RETIRED = [
    undone_about_v3(act, lambda d: d.theirs.retire_subject(d.case, "V3", because="never there"), "V3 is retired (never there)")
    for name, act in ON_V3.items()
    if name != "note"
]


def redo_a_link_of_a_suspect_who_was_linked_by_then(d: Desks) -> Arranged:
    d.mine.link_victim(d.case, "S1")
    d.mine.undo(d.case)
    d.theirs.link_victim(d.case, "S1")
    return "S1 stands in the case as V4 by now. Nothing was recorded.", lambda d: d.mine.redo(d.case)


def redo_a_link_of_a_suspect_who_was_retired(d: Desks) -> Arranged:
    d.mine.link_victim(d.case, "S1")
    d.mine.undo(d.case)
    d.theirs.retire_subject(d.case, "S1", because="never there")
    return "S1 is retired (never there). Nothing was recorded.", lambda d: d.mine.redo(d.case)


def redo_an_offer_while_another_stands(d: Desks) -> Arranged:
    d.mine.start_handover(d.case, "Sgt 77")
    d.mine.undo(d.case)
    d.theirs.start_handover(d.case, "PC 5150")
    return "The case is being handed over to PC 5150 by now. Nothing was recorded.", lambda d: d.mine.redo(d.case)


def redo_a_return_of_what_is_no_longer_offered(d: Desks) -> Arranged:
    d.mine.start_handover(d.case, "Sgt 77")
    d.theirs.return_handover(d.case, because="Off duty")
    d.theirs.undo(d.case)
    d.mine.undo(d.case)
    return "The handover is no longer under way. Nothing was recorded.", lambda d: d.theirs.redo(d.case)


def redo_a_reopening_of_an_open_case(d: Desks) -> Arranged:
    d.mine.close_case(d.case, because="x")
    d.mine.reopen_case(d.case)
    d.mine.undo(d.case)
    d.theirs.reopen_case(d.case)
    return "The case is open by now. Nothing was recorded.", lambda d: d.mine.redo(d.case)


ARRANGED = [made for name, made in list(globals().items()) if re.match("(strike|offer|accept|send|give|undo|redo)_", name)]


@pytest.mark.parametrize("arrange", [*ARRANGED, *GONE, *RETIRED], ids=lambda made: made.__name__)
def test_what_the_record_forbids_is_refused(desks: Desks, memory_store: InMemoryStore, arrange: Callable[[Desks], Arranged]) -> None:
    words, act = arrange(desks)
    refused(desks, memory_store, act, words)


def test_a_note_on_one_who_was_retired_is_done_again(desks: Desks) -> None:
    desks.theirs.add_subject(desks.case, "victim")
    desks.mine.note(desks.case, "x", subject="V3")
    desks.mine.undo(desks.case)
    desks.theirs.retire_subject(desks.case, "V3", because="never there")
    assert [note.event.text for note in desks.mine.redo(desks.case).state.notes] == ["x"]


def settle(desks: Desks) -> None:
    """Nobody is in the case, and every step of the case itself is done."""
    for entry in range(3, 8):
        desks.mine.strike(desks.case, entry, because="Never there")
    for step in desks.mine.view(desks.case).steps:
        if step.active:
            desks.mine.mark(desks.case, step.item.id, [step.subject], "done", because="Seen to")


def test_a_case_with_nothing_left_is_closed_without_a_reason(desks: Desks) -> None:
    settle(desks)
    view = desks.mine.view(desks.case)
    assert view.review(desks.clock.now()).words() == ""
    assert desks.mine.close_case(desks.case).state.closed_at is not None


def test_a_case_that_nothing_but_an_offer_is_left_of_takes_a_reason(desks: Desks, memory_store: InMemoryStore) -> None:
    settle(desks)
    desks.mine.start_handover(desks.case, "Sgt 77")
    words = "It has 1 handover that nobody has answered. Nothing was recorded."
    refused(desks, memory_store, lambda d: d.mine.close_case(d.case), words)
