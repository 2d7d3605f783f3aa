"""Pictures of reviews and erasing, each looked at by a person before it was kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from textual.pilot import Pilot

from msht_tui.app import MshtApp
from msht_tui.domain.audit import AuditAcknowledged, HoldSet, ReviewKept
from msht_tui.store.audit import Audit
from msht_tui.store.audit_file import AuditFile

if TYPE_CHECKING:
    from tests.ui.conftest import Hands
    from tests.ui.live import LiveStore

ANN, BEN = "PS 11", "PC 22"
PASSPHRASE = {ANN: "ann rides a bicycle", BEN: "ben repairs old clocks"}
SMALL, LARGE = (80, 24), (120, 40)
Picture = Callable[..., bool]


@pytest.fixture
def picture(
    snap_compare: Callable[..., bool],
    hands_on: Callable[[MshtApp, Pilot[None]], Hands],
    live: LiveStore,
    still: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Picture:
    """Whether a live store with cases that are due, after these keys of somebody who has signed in, looks as its kept picture."""
    numbers = iter(range(1, 100))
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(bytes=bytes([next(numbers)]) * 16, version=4))
    live.set_up()

    def begin(moment: str, reference: str) -> str:
        live.clock.set(moment)
        return live.work(BEN).open_case(role="responder", reference=reference).case_id

    held, kept = begin("2026-09-14T10:00", "GM-4402"), begin("2026-10-02T16:20", "GM-4417")
    for moment, reference in (("2026-11-20T08:05", "GM-4471"), ("2026-11-22T23:40", "INC-2231"), ("2026-12-10T10:00", "CUST-118/26")):
        begin(moment, reference)
    live.clock.set("2026-10-20T12:00")
    live.work(BEN).close_case(held, because="passed to the investigation team")
    audit = Audit(AuditFile(live.base), live.operators(live.waited.append).sign_in(ANN, PASSPHRASE[ANN]))
    audit.append(AuditAcknowledged(remembered=41, found=0), live.clock.now())
    live.clock.set("2026-11-20T09:10")
    audit.append(HoldSet(case=held, because="the coroner has asked for it: inquest in spring"), live.clock.now())
    live.clock.set("2026-12-14T09:10")
    audit.append(ReviewKept(case=kept), live.clock.now())
    live.clock.set("2026-12-24T09:00")

    def looks_as_kept(operator: str, size: tuple[int, int], *keys: str) -> bool:
        app = live.app(operator)

        async def come(pilot: Pilot[None]) -> None:
            hands = hands_on(app, pilot)
            await hands.settle()
            await hands.press(*PASSPHRASE[operator], "enter", *keys)
            await pilot.pause(0.1)

        return snap_compare(app, terminal_size=size, run_before=come)

    return looks_as_kept


def test_told_at_sign_in(picture: Picture) -> None:
    assert picture(ANN, SMALL)


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_reviews(size: tuple[int, int], picture: Picture) -> None:
    assert picture(ANN, size, "R")


def test_reviews_refused_to_an_operator(picture: Picture) -> None:
    assert picture(BEN, SMALL, "R", "down", "e")


def test_hold(picture: Picture) -> None:
    assert picture(ANN, SMALL, "R", "h")


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_erase(size: tuple[int, int], picture: Picture) -> None:
    assert picture(ANN, size, "R", "down", "e", *"GM-44", "enter")
