"""Cases made of entries by hand, folded over the shipped content: no disk, no clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from msht_tui.content.library import Library
from msht_tui.domain.case import fold
from msht_tui.domain.entry import (
    CASE,
    AnyEvent,
    CaseClosed,
    CaseOpened,
    Entry,
    EntryStruck,
    FactRecorded,
    HandoverAccepted,
    HandoverReturned,
    HandoverStarted,
    InteractionRecorded,
    MarkState,
    NoteAdded,
    PersonsLinked,
    ProvisionKind,
    ProvisionRecorded,
    ReferenceAdded,
    ReferenceKind,
    Stamp,
    StepMarked,
    SubjectAdded,
    SubjectRetired,
)
from msht_tui.domain.pack import Pack, Role, SubjectKind
from msht_tui.service import CaseView

CASE_ID = "0b2c6f1e-6a58-4d0e-9a8e-3f1f6f3b9d11"
LONDON = ZoneInfo("Europe/London")
DAY = datetime(2026, 11, 23, tzinfo=UTC)


class Record:
    """A case written entry by entry; times are "HH:MM" of 23 November 2026, when local time is UTC."""

    def __init__(self, pack: Pack, role: Role = "responder", *, exercise: bool = False) -> None:
        self.pack = pack
        self.exercise = exercise
        self.entries: list[Entry] = []
        self.at = "08:14"
        self.by = "CH 2207"
        self.recorded: str | None = None
        opened = CaseOpened(case=CASE_ID, pack=pack.id, version=pack.version, digest=pack.digest, role=role, exercise=exercise)
        self.add(opened)

    def moment(self, clock: str) -> datetime:
        """A time of the day, or of the next one as "+09:30"."""
        hours, minutes = clock.lstrip("+").split(":")
        return DAY + timedelta(days=1 if clock.startswith("+") else 0, hours=int(hours), minutes=int(minutes))

    def add(self, event: AnyEvent, *, again: int = 0) -> Record:
        happened = self.moment(self.at)
        recorded = happened if self.recorded is None else self.moment(self.recorded)
        self.entries.append(Entry(Stamp(len(self.entries) + 1, happened, recorded, self.by, again=again), event))
        return self

    def time(self, at: str, by: str | None = None, *, recorded: str | None = None) -> Record:
        self.at, self.by, self.recorded = at, by or self.by, recorded
        return self

    def reference(self, value: str, kind: ReferenceKind = "incident") -> Record:
        return self.add(ReferenceAdded(reference_kind=kind, value=value))

    def subject(self, subject: str, kind: SubjectKind, label: str = "") -> Record:
        return self.add(SubjectAdded(subject=subject, subject_kind=kind, label=label))

    def link(self, suspect: str, victim: str) -> Record:
        return self.add(PersonsLinked(subject=suspect, victim=victim))

    def retire(self, subject: str, because: str, same_as: str | None = None) -> Record:
        return self.add(SubjectRetired(subject=subject, because=because, same_as=same_as))

    def fact(self, subject: str, **facts: str) -> Record:
        for name, value in facts.items():
            self.add(FactRecorded(subject=subject, name=name, value=value))
        return self

    def mark(
        self, step: str, state: MarkState = "done", *, because: str = "", to: str = "", until: str | None = None, note: str = ""
    ) -> Record:
        item, _, subjects = step.partition("@")
        due = None if until is None else self.moment(until)
        for subject in subjects.split(",") if subjects else [CASE]:
            self.add(StepMarked(subject=subject, item=item, state=state, because=because, to=to, until=due, note=note))
        return self

    def note(self, text: str, subject: str = CASE, item: str | None = None, *, verbatim: bool = False) -> Record:
        return self.add(NoteAdded(text=text, subject=subject, item=item, verbatim=verbatim))

    def interaction(self, subject: str, text: str, **given: Any) -> Record:
        return self.add(InteractionRecorded(subject=subject, text=text, **given))

    def provision(self, subjects: str, provision: ProvisionKind, what: str, **given: Any) -> Record:
        for subject in subjects.split(","):
            self.add(ProvisionRecorded(subject=subject, provision=provision, what=what, **given))
        return self

    def hand_over(self, to: str, remark: str = "") -> Record:
        return self.add(HandoverStarted(to=to, remark=remark))

    def accept(self, role: Role | None = None) -> Record:
        return self.add(HandoverAccepted(role=role))

    def send_back(self, because: str) -> Record:
        return self.add(HandoverReturned(because=because))

    def strike(self, number: int, because: str = "") -> Record:
        """With a reason; without one it is an undo."""
        return self.add(EntryStruck(entry=number, because=because, undo=not because))

    def close(self, because: str = "") -> Record:
        return self.add(CaseClosed(because=because))

    def view(self, notice: str = "") -> CaseView:
        code = f"{len(self.entries)}-{'ab12' * 16}"
        return CaseView(self.pack, fold(self.entries), tuple(self.entries), self.exercise, notice, code)


@pytest.fixture(scope="session")
def shipped() -> Pack:
    return Library().pack()


@pytest.fixture
def record(shipped: Pack) -> Callable[..., Record]:
    """Begins a case: `record("custody")`."""
    return lambda role="responder", *, exercise=False: Record(shipped, role, exercise=exercise)


@pytest.fixture
def now() -> datetime:
    return DAY + timedelta(hours=12)


@pytest.fixture
def car_wash(record: Callable[..., Record]) -> Record:
    """Three victims on three routes, a suspect, two scenes; steps in every state."""
    return car_wash_record(record("call-handler"))


def car_wash_record(case: Record) -> Record:
    case.time("08:14", "CH 2207").reference("INC-2231").reference("04GM/5521/26", "crime").fact(
        CASE, nation="england", ictg_available="yes"
    )
    case.time("08:17").subject("V1", "victim", "man asked for food").subject("V2", "victim", "second man seen")
    case.subject("S1", "suspect", "man in house").subject("L1", "scene", "container").subject("L2", "scene", "house across the road")
    case.subject("V3", "victim", "third man, not seen").subject("V4", "victim", "man by the van")
    case.retire("V4", "entered twice by the control room", same_as="V2")
    case.fact("L1", kind="sleeping", attended="no").fact("L2", kind="living")
    case.time("08:18").mark("more-than-one-scene", because="container, and a house across the road")
    case.mark("victims-elsewhere", because="a third man is named and not seen")
    case.mark("immediate-danger-assessed@V1,V2", note="S1 is said to hit them; patrols told")
    case.time("08:22", recorded="08:31").mark("duty-inspector-told", note="Insp Hale, own log opened")
    case.time("08:25").mark("scene-treated-as-crime-scene@L1,L2", "deferred", to="attending patrol", until="08:45")
    case.mark("parties-separated@V1,V2,V3", "deferred", to="attending patrol", until="08:45")
    case.time("08:55", "PC 5150").fact("S1", lives_with_victims="no", possible_victim="no", arrested="yes")
    case.mark("scene-treated-as-crime-scene@L1,L2").mark("parties-separated@V1,V2")
    case.mark("csi-decided@L1", note="CSI asked for 09:40, two vans")
    case.mark("neighbouring-premises@L2", "not-needed", because="the caller is the only neighbour, and her camera is secured")
    case.time("09:12").fact("V1", age="adult", interpreter="needed", consent="yes", destitute="yes", housing_needed="yes")
    case.mark("independent-interpreter@V1", note="Romanian, telephone service, booked by us")
    case.mark("body-worn-video-of-victim@V1", "not-needed", because="he asked for the camera to be off while he ate")
    case.fact("V2", age="adult", interpreter="not-sure").mark("independent-interpreter@V2", note="telephone service again")
    case.fact("V2", interpreter="not-needed", consent="no", consents_to_be_named="no")
    case.time("10:45").fact("V3", age="not-sure", looks_older_than_claimed="no")
    case.mark("local-authority-referral@V3", note="CS-88120")
    case.mark("child-nrm-referral-sent@V3", "deferred", to="MSVLO", until="16:00", because="the social worker is on the way")
    case.mark("source-pnc@S1").mark("source-anpr@S1", "deferred", to="intelligence unit")
    case.time("11:05").mark("nrm-explained-for-consent@V1").fact("V1", referral="sent", reasonable_grounds="awaited")
    case.time("11:20", "PS 77").note("Neighbour's camera: overwrites after 48 hours, asked to stop it.", "L2")
    case.note("Ring only on the number given to the MSVLO.", "V1", "safe-number-and-updates")
    return case
