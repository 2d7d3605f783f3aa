"""Reviews, legal holds and erasing at the live store, done with keys: what is shown, refused, recorded and gone."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from datetime import date

import pytest

from msht_tui.domain.audit import AuditAcknowledged, AuditEvent, AuditLine, Erased, HoldLifted, HoldSet, OperatorRole, ReviewKept
from msht_tui.domain.retention import OUT_OF_REACH, done_words, kept_words
from msht_tui.ports import StoreTrouble
from msht_tui.service import CaseView
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile
from msht_tui.store.case_keys import CaseKeys
from msht_tui.store.disk import Disk
from screens.dialogs.review import EraseDialog, ReasonDialog
from screens.reviews import ReviewsScreen
from screens.worklist import WorklistScreen
from tests.ui.conftest import Hands, Open
from tests.ui.live import ANN, BEN, PASS, LiveStore, sign_in

CANARY = "-".join(("Canary", "Mirabelle"))
TIM = "TR 33"


@pytest.fixture
def cases(live: LiveStore) -> tuple[str, str, str]:
    """The ids of three cases: two that are due, the first of them longer, and one that is not; the clock stands at Christmas Eve."""
    live.set_up()
    found = []
    for moment, reference in (("2026-11-20T10:00", "LIVE-1"), ("2026-11-22T10:00", "LIVE-2"), ("2026-12-10T10:00", "LIVE-3")):
        live.clock.set(moment)
        work = live.work(BEN)
        found.append(work.open_case(role="responder", reference=reference).case_id)
        work.add_subject(found[-1], "victim", f"{CANARY} {reference}")
    live.clock.set("2026-12-24T09:00")
    first, second, third = found
    return first, second, third


def audit_of(live: LiveStore) -> Audit:
    return Audit(AuditFile(live.base), live.operators(live.waited.append).sign_in(ANN, PASS[ANN]))


def lines_of(live: LiveStore) -> Sequence[AuditLine]:
    """The terminal's own log, as it stands on the disk."""
    return audit_of(live).lines()[1:]


def events_of(live: LiveStore) -> list[AuditEvent]:
    """What it says of reviews, holds and erasures, in its order."""
    return [line.event for line in lines_of(live) if isinstance(line.event, ReviewKept | HoldSet | HoldLifted | Erased)]


def keys_of(live: LiveStore) -> frozenset[str]:
    """The cases that have a key on the disk."""
    return CaseKeys(live.operators(live.waited.append).sign_in(ANN, PASS[ANN])).ids()


async def come_in(hands: Hands, operator: str = ANN) -> None:
    """Sign in, and open the reviews."""
    await sign_in(hands, operator)
    await hands.press("R")
    assert hands.on(ReviewsScreen)


def words_of(hands: Hands) -> str:
    """What is drawn, as it reads over the ends of its lines."""
    dialog = hands.screen.query("Question > Vertical")
    region = dialog.first().content_region if dialog else hands.screen.region
    lines = hands.lines()[region.y : region.bottom]
    return " ".join(" ".join(line[region.x : region.right] for line in lines).split())


def card_of(hands: Hands) -> str:
    """What stands on the card."""
    return " ".join(str(hands.screen.query_one("#card Static").render()).split())


async def test_the_due_cases_stand_first_the_longest_overdue_at_the_top_and_the_others_by_their_date(
    at_the_door: Open, live: LiveStore, cases: tuple[str, str, str]
) -> None:
    live.clock.set("2026-12-11T10:00")
    live.work(BEN).close_case(cases[2], because="all done")
    later = live.work(BEN).open_case(role="responder").case_id
    live.clock.set("2026-12-24T09:00")
    async with at_the_door() as hands:
        await come_in(hands)
        assert [(row.key, row.title, row.short) for row in hands.checklist.rows if row.selectable] == [
            (cases[0], f"LIVE-1 ({cases[0][:4]})", "21 Dec 2026"),
            (cases[1], f"LIVE-2 ({cases[1][:4]})", "23 Dec 2026"),
            *sorted(((cases[2], f"LIVE-3 ({cases[2][:4]}), closed", "11 Jan 2027"), (later, f"{later[:8]} ({later[:4]})", "11 Jan 2027"))),
        ]
        assert [row.title for row in hands.checklist.rows if not row.selectable] == ["Due for review, the longest overdue first", "Later"]
        assert "2 due for review, 2 later" in hands.drawn
        assert "Nothing is erased by itself" in card_of(hands)
        assert CANARY not in hands.drawn
        await hands.press("escape")
        assert hands.on(WorklistScreen)


async def test_a_supervisor_is_told_at_sign_in_how_many_are_due_and_by_which_key(
    at_the_door: Open, live: LiveStore, cases: tuple[str, str, str]
) -> None:
    async with at_the_door() as hands:
        await sign_in(hands, ANN)
        assert hands.on(WorklistScreen), "it is a line, not a question"
        assert "2 due for review: R shows them" in hands.lines()[1]
        await hands.press("R", "r", "enter", "escape")
        assert "1 due for review: R shows them" in hands.lines()[1]
        await hands.press("R", "r", "enter", "escape")
        assert "due for review" not in hands.drawn
        await hands.press("f4")
        hands.clock.set("2027-03-01T09:00")
        await sign_in(hands, BEN)
        assert hands.on(WorklistScreen)
        assert "due for review" not in hands.drawn


async def test_exercises_are_not_reviewed(open_app: Open, case_id: str) -> None:
    async with open_app(case_id) as hands:
        hands.clock.set("2027-03-01T09:00")
        await hands.press("R")
        assert hands.on(WorklistScreen)
        assert hands.status == "Exercises are neither reviewed nor held."
        assert "due for review" not in hands.drawn


async def test_keeping_a_case_sets_the_next_date(at_the_door: Open, live: LiveStore, cases: tuple[str, str, str]) -> None:
    async with at_the_door() as hands:
        await come_in(hands)
        await hands.press("r")
        assert hands.on(ReasonDialog)
        await hands.write("the trial is to come")
        await hands.press("enter")
        assert hands.on(ReviewsScreen)
        assert hands.status == kept_words(date(2027, 1, 24))
        assert hands.row_key == cases[0], "the cursor stays on the case"
        assert hands.row(cases[0]).endswith("24 Jan 2027")
        assert "Reviewed, kept  09:00" in hands.drawn
        hands.checklist.move_to(cases[1])
        await hands.press("r", "enter")
    assert events_of(live) == [ReviewKept(case=cases[0], because="the trial is to come"), ReviewKept(case=cases[1])]


async def test_a_hold_is_marked_with_who_when_and_why_and_forbids_erasing_until_it_is_lifted(
    at_the_door: Open, live: LiveStore, cases: tuple[str, str, str]
) -> None:
    async with at_the_door() as hands:
        await come_in(hands)
        await hands.press("l")
        assert hands.on(ReviewsScreen)
        assert hands.status == f"Case {cases[0][:8]} is under no legal hold. Nothing was changed."
        assert "lift" in hands.dim
        await hands.press("h", *"an inquest", "enter")
        assert hands.status == done_words(HoldSet(case=cases[0]))
        assert "LEGAL HOLD" in hands.row(cases[0])
        assert f"since 09:00, set by {ANN}, because an inquest" in card_of(hands)
        assert "erase" in hands.dim
        await hands.press("e")
        assert hands.on(ReviewsScreen)
        assert f"set by {ANN}, because an inquest: lift the hold first. Nothing was erased." in hands.status
        await hands.press("h")
        assert "takes the place of the hold" in words_of(hands)
        await hands.write("an appeal")
        await hands.press("enter", "l", "enter")
        assert hands.status == done_words(HoldLifted(case=cases[0]))
        assert "LEGAL HOLD" not in hands.row(cases[0])
        await hands.press("e")
        assert hands.on(EraseDialog)
    assert events_of(live) == [
        HoldSet(case=cases[0], because="an inquest"),
        HoldSet(case=cases[0], because="an appeal"),
        HoldLifted(case=cases[0]),
    ]


async def test_a_hold_that_was_set_or_lifted_elsewhere_meanwhile_counts(
    at_the_door: Open, live: LiveStore, cases: tuple[str, str, str]
) -> None:
    async with at_the_door() as hands:
        await come_in(hands)
        await hands.press("e")
        await hands.write("LIVE-1")
        audit_of(live).append(HoldSet(case=cases[0]), live.clock.now())
        await hands.press("enter")
        assert "lift the hold first. Nothing was erased" in hands.trouble
        await hands.press("escape", "l")
        audit_of(live).append(HoldLifted(case=cases[0]), live.clock.now())
        await hands.press("enter")
        assert "under no legal hold" in hands.trouble
    assert cases[0] in keys_of(live)
    assert not any(isinstance(event, Erased) for event in events_of(live))


async def test_before_erasing_what_is_lost_and_all_that_it_does_not_reach_can_be_read(
    at_the_door: Open, cases: tuple[str, str, str]
) -> None:
    async with at_the_door() as hands:
        await come_in(hands)
        await hands.press("e")
        assert "Open, due for review since 21 Dec 2026, 1 victim, 0 of " in words_of(hands)
        assert f"with {BEN}" in words_of(hands)
        assert OUT_OF_REACH in words_of(hands)
        assert f"type a reference of the case, or {cases[0][:8]}." in words_of(hands)
        assert "nothing is erased" in words_of(hands)


@pytest.mark.parametrize("typed", ["", " ", "LIVE-2", "LIVE-", "yes", "seven", "other"])
async def test_a_wrong_confirmation_erases_nothing(typed: str, at_the_door: Open, live: LiveStore, cases: tuple[str, str, str]) -> None:
    async with at_the_door() as hands:
        await come_in(hands)
        await hands.press("e")
        await hands.write({"seven": cases[0][:7], "other": cases[1][:8]}.get(typed, typed))
        await hands.press("enter")
        assert hands.trouble == f"That is neither a reference of the case nor {cases[0][:8]}. Nothing was erased."
        await hands.press("escape")
        assert cases[0] in {row.key for row in hands.checklist.rows}
    assert live.work().view(cases[0]).entries
    assert not any(isinstance(event, Erased) for event in events_of(live))


@pytest.mark.parametrize("typed", [" live-1", "eight"])
async def test_an_erased_case_is_gone_from_the_lists_the_disk_the_keys_and_the_program(
    typed: str, at_the_door: Open, live: LiveStore, cases: tuple[str, str, str]
) -> None:
    first, second, third = cases
    async with at_the_door() as hands:
        await sign_in(hands, ANN)
        hands.checklist.move_to(first)
        await hands.press("enter", "n", *"half a note", "f3")
        await sign_in(hands, ANN)
        while not hands.on(WorklistScreen):  # a question that came back is left first
            await hands.press("escape")
        await hands.press("R")
        assert hands.app.desk is not None
        assert first in hands.app.desk.sessions
        assert views_of(first), "the search finds what is there"
        assert list(live.base.rglob(f"*{first}*"))
        await hands.press("e")
        await hands.write(first[:8] if typed == "eight" else typed)
        await hands.press("enter")
        assert hands.on(ReviewsScreen)
        assert hands.status == done_words(Erased(case=first))
        assert [row.key for row in hands.checklist.rows if row.selectable] == [second, third]
        assert first not in hands.app.desk.sessions
        for _ in range(30):  # a screen that was left stays until its clock would have ticked
            if views_of(first):
                await hands.pilot.pause(0.1)
        assert views_of(first) == []
        await hands.press("escape")
        assert {row.key for row in hands.checklist.rows} == {second, third}
        await hands.press("enter", "escape")
        assert views_of(second) or views_of(third), "the others open as before"
    assert keys_of(live) == {second, third}
    assert not list(live.base.rglob(f"*{first}*"))
    with pytest.raises(StoreTrouble):
        live.work().view(first)
    line = next(line for line in lines_of(live) if line.kind == "erased")
    assert (line.event, line.stamp.by) == (Erased(case=first, entries=3), ANN)


def views_of(case_id: str) -> list[CaseView]:
    """Whatever stands in memory of a case that was read."""
    gc.collect()
    return [one for one in gc.get_objects() if isinstance(one, CaseView) and one.case_id == case_id]


async def test_an_erasure_that_was_broken_off_is_said_and_finished(
    at_the_door: Open, live: LiveStore, cases: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: Disk, path: object) -> None:
        raise OSError(5, "Input/output error")

    async with at_the_door() as hands:
        await come_in(hands)
        await hands.press("e", *"LIVE-1")
        with monkeypatch.context() as broken:
            broken.setattr(Disk, "remove", fails)
            await hands.press("enter")
            assert hands.trouble.startswith("NOT FINISHED.")
        await hands.press("escape")
        assert hands.row_key == cases[0], "it stays in the list until it is gone"
        assert cases[0] not in keys_of(live)
        await hands.press("e", *cases[0][:8], "enter")
        assert hands.status == done_words(Erased(case=cases[0]))
        assert cases[0] not in {row.key for row in hands.checklist.rows}
    assert not list(live.base.rglob(f"*{cases[0]}*"))


async def test_what_cannot_be_recorded_is_not_done_and_what_was_typed_stays(
    at_the_door: Open, live: LiveStore, cases: tuple[str, str, str]
) -> None:
    async with at_the_door() as hands:
        await come_in(hands)
        await hands.press("e", *"LIVE-1")
        hands.disk.full = True
        await hands.press("enter")
        assert hands.trouble.startswith("NOT FINISHED.")
        hands.disk.full = False
        assert cases[0] in keys_of(live)
        assert list(live.base.rglob(f"*{cases[0]}*"))
        await hands.press("escape", "h", *"an inquest")
        hands.disk.full = True
        await hands.press("enter")
        assert hands.trouble.startswith("NOT FINISHED.")
        hands.disk.full = False
        await hands.press("enter")
        assert "under a legal hold" in hands.status
    assert HoldSet(case=cases[0], because="an inquest") in events_of(live)


async def test_a_lock_gives_a_reason_back_and_no_confirmation(at_the_door: Open, cases: tuple[str, str, str]) -> None:
    async with at_the_door() as hands:
        await come_in(hands)
        await hands.press("h", *"an inq", "f3")
        await sign_in(hands, ANN)
        await hands.press("R", "h")
        assert hands.screen.query_one("#reason").value == "an inq"
        await hands.press("escape", "e", *"LIVE-1", "f3")
        await sign_in(hands, ANN)
        await hands.press("R", "e")
        assert hands.screen.query_one("#confirmation").value == ""


@pytest.mark.parametrize("keys", ["r", "h", "eLIVE-1"])
async def test_whoever_is_no_supervisor_any_more_is_refused_at_the_act(
    keys: str, at_the_door: Open, live: LiveStore, cases: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PASS, TIM, "tim sails small boats")
    operators = live.operators(live.waited.append)
    session = operators.sign_in(ANN, PASS[ANN])
    operators.add(session, TIM, "supervisor", PASS[TIM])
    async with at_the_door() as hands:
        await come_in(hands, TIM)
        await hands.press(*keys)
        operators.change_role(session, TIM, "operator")
        await hands.press("enter")
        assert f"{TIM} is no supervisor" in hands.trouble
    assert events_of(live) == []
    assert cases[0] in keys_of(live)


@pytest.mark.parametrize("role", ["operator", "trainer"])
async def test_others_see_the_list_and_are_refused_the_acts_in_words(
    role: OperatorRole, at_the_door: Open, live: LiveStore, cases: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PASS, TIM, "tim sails small boats")
    operators = live.operators(live.waited.append)
    operators.add(operators.sign_in(ANN, PASS[ANN]), TIM, role, PASS[TIM])
    async with at_the_door() as hands:
        await come_in(hands, TIM)
        assert "LIVE-1" in hands.row(cases[0])
        assert hands.dim == {"keep", "hold", "lift", "erase"}
        for key, what in (("r", "keep a case"), ("h", "hold a case"), ("l", "lift a hold"), ("e", "erase a case")):
            await hands.press(key)
            assert hands.on(ReviewsScreen)
            assert hands.status == f"{TIM} is no supervisor: ask one to {what}. Nothing was changed."
    assert [line.kind for line in lines_of(live)] == ["signed-in"]


async def test_that_holds_may_be_missing_is_said_above_the_list(at_the_door: Open, live: LiveStore, cases: tuple[str, str, str]) -> None:
    audit_of(live).append(AuditAcknowledged(remembered=9, found=0), live.clock.now())
    live.clock.set("2026-12-25T09:00")
    async with at_the_door() as hands:
        await come_in(hands, BEN)
        assert "holds that were set before 24 Dec 09:00 may be missing: lines of the audit were lost." in words_of(hands)


async def test_a_case_that_cannot_be_read_is_listed_and_can_be_held_and_erased_by_its_id(
    at_the_door: Open, live: LiveStore, cases: tuple[str, str, str]
) -> None:
    (live.base / "cases" / f"{cases[0]}.tdb").write_bytes(b"x\n")
    async with at_the_door() as hands:
        await come_in(hands)
        hands.checklist.move_to(cases[0])
        await hands.press("r")
        assert hands.on(ReviewsScreen)
        assert hands.status == f"Case {cases[0][:8]} cannot be read, and so not be reviewed. Nothing was changed."
        await hands.press("h", "enter")
        assert "LEGAL HOLD" in hands.row(cases[0])
        assert "nobody knows when it is due" in card_of(hands)
        await hands.press("l", "enter", "e", *"LIVE-1", "enter")
        assert "Nothing was erased" in hands.trouble
        await hands.press("escape", "e")
        assert "nobody knows what is lost" in words_of(hands)
        await hands.press(*cases[0][:8], "enter")
        assert hands.status == done_words(Erased(case=cases[0]))
    assert keys_of(live) == set(cases[1:])


async def test_the_audit_has_every_act_in_its_order(at_the_door: Open, live: LiveStore, cases: tuple[str, str, str]) -> None:
    async with at_the_door() as hands:
        await come_in(hands)
        await hands.press("h", "enter", "l", "enter", "r", "enter")
        hands.checklist.move_to(cases[0])
        await hands.press("e", *"LIVE-1", "enter", "escape", "f4")
    found = [(line.kind, line.case, line.stamp.by) for line in lines_of(live)]
    about = [(kind, cases[0], ANN) for kind in ("hold-set", "hold-lifted", "review-kept", "erased")]
    assert found == [("signed-in", "", ANN), *about, ("signed-out", "", ANN)]


async def test_references_and_reasons_that_look_like_commands_are_text(at_the_door: Open, live: LiveStore) -> None:
    text = "[/][@click=app.quit]x[a=b:c"
    live.set_up()
    case_id = live.work().open_case(reference=text).case_id
    async with at_the_door() as hands:
        await come_in(hands)
        assert text in hands.row(case_id)
        await hands.press("h", *text, "enter")
        assert f"because {text}" in card_of(hands)
        await hands.press("e")
        assert f"because {text}: lift" in hands.status
        await hands.press("l", "enter", "e", *text, "enter")
        assert hands.status == done_words(Erased(case=case_id))
        assert text not in card_of(hands), "the last case leaves no card behind"


async def test_a_store_without_a_case_says_so(at_the_door: Open, live: LiveStore) -> None:
    live.set_up()
    async with at_the_door() as hands:
        await come_in(hands)
        assert "No case is due for review." in hands.drawn
        await hands.press("r")
        assert hands.status == "There is no case here."
