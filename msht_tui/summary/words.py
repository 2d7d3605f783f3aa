"""What the record says, in plain words: shared by the command line, the screens and the summary page."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from msht_tui.domain.entry import (
    CaseClosed,
    CaseOpened,
    CaseReopened,
    ClockStepped,
    DecisionReceived,
    Entry,
    EntryStruck,
    FactRecorded,
    HandoverAccepted,
    HandoverReturned,
    HandoverStarted,
    InteractionRecorded,
    Manner,
    NoteAdded,
    PersonsLinked,
    ProvisionKind,
    ProvisionRecorded,
    ReferenceAdded,
    ReferralSent,
    RouteName,
    Stamp,
    StepMarked,
    SubjectAdded,
    SubjectRetired,
    WorksheetAnswered,
)
from msht_tui.domain.moment import local
from msht_tui.domain.pack import Item, Pack, Role, SubjectKind
from msht_tui.domain.steps import Step
from msht_tui.domain.text import clean
from msht_tui.domain.worklist import WorklistRow

ROLE: Mapping[Role, str] = {
    "call-handler": "call handler",
    "front-counter": "front counter",
    "responder": "responder",
    "custody": "custody",
}
REFERENCE: Mapping[str, str] = {
    "incident": "Incident",
    "custody-record": "Custody record",
    "crime": "Crime",
    "nrm": "NRM",
    "other": "Reference",
}
SUBJECT: Mapping[SubjectKind, str] = {
    "case": "Case",
    "victim": "Victim",
    "suspect": "Suspect",
    "scene": "Scene",
    "other": "Other person",
}

PROVISION: Mapping[ProvisionKind, str] = {
    "food": "Food",
    "drink": "Drink",
    "clothing": "Clothing",
    "accommodation": "Accommodation",
    "medical": "Medical care",
    "transport": "Transport",
    "phone": "Phone",
    "other": "Other",
}
MANNER: Mapping[Manner, str] = {
    "in-person": "in person",
    "by-phone": "by phone",
    "by-video": "by video",
    "in-writing": "in writing",
    "other": "in another way",
}
ROUTE: Mapping[RouteName, str] = {
    "child": "NRM referral of a child",
    "adult_consent": "NRM referral of an adult who consents",
    "duty_to_notify": "duty to notify",
    "undetermined": "no route yet",
}


def shown(text: str) -> str:
    """The text as it may reach a terminal or a page; a file made elsewhere can hold what the service would not let in."""
    return clean(text, sys.maxsize)


def one_line(text: str) -> str:
    """The text as it may stand in one line or cell."""
    return " ".join(shown(text).split())


def moment_words(moment: datetime, zone: tzinfo) -> str:
    """Day and local time, as "24 Nov 09:30"; says UTC when that is the zone."""
    there = moment.astimezone(zone)
    return f"{there.day} {there:%b} {local(moment, zone)}" + (" UTC" if zone is UTC else "")


def entry_text(entry: Entry, pack: Pack, zone: tzinfo = UTC, named: Collection[str] = (), withheld: Collection[str] = ()) -> str:
    """An entry in plain words, such as "Immediate danger to the victim assessed: done". Line breaks of a note stay.

    Of an identifying answer it says no more than that there is one, unless its victim is among the `named`; the label of
    somebody who is `withheld` stays out.
    """
    event = entry.event
    if isinstance(event, SubjectAdded) and event.label and event.subject in withheld:
        return f"{SUBJECT[event.subject_kind]} {event.subject} added: identity withheld"
    return shown(_entry_words(entry, pack, zone, named))


def _entry_words(entry: Entry, pack: Pack, zone: tzinfo, named: Collection[str]) -> str:
    match entry.event:
        case CaseOpened() as event:
            exercise = ", an exercise" if event.exercise else ""
            return f"Case opened, role {ROLE[event.role]}, content {event.pack} {event.version}{exercise}"
        case ReferenceAdded(reference_kind=kind, value=value):
            return f"{REFERENCE[kind]}: {value}"
        case SubjectAdded() as event:
            return f"{SUBJECT[event.subject_kind]} {event.subject} added" + (f": {event.label}" if event.label else "")
        case SubjectRetired() as event:
            same = f", the same as {event.same_as}" if event.same_as else ""
            return f"{event.subject} retired{same}: {event.because}"
        case PersonsLinked(subject=suspect, victim=victim):
            return f"{suspect} may be a victim: the same person as {victim}"
        case FactRecorded() as event:
            return f"{fact_title(pack, event.name)}: {answer_words(pack, event.name, event.value)}"
        case StepMarked() as event:
            note = f". Note: {event.note}" if event.note else ""
            return f"{item_title(pack, event.item)}: {mark_words(event, pack.item_by_id.get(event.item), zone)}{note}"
        case NoteAdded() as event:
            on = f" on {item_title(pack, event.item)}" if event.item else ""
            return f"Note{on}: {speech_words(event.text, event.verbatim)}"
        case InteractionRecorded() as event:
            return interaction_words(event)
        case ProvisionRecorded() as event:
            return provision_words(event)
        case WorksheetAnswered(identifying=True) as event if event.subject not in named:
            return f"NRM worksheet, {fact_words(event.field)}: an identifying answer"
        case WorksheetAnswered() as event:
            said = f"not known, because {event.unknown_because}" if event.unknown_because else event.value
            return f"NRM worksheet, {fact_words(event.field)}: {said}"
        case ReferralSent() as event:
            to = f" to {event.to}" if event.to else ""
            reference = f", reference {event.reference}" if event.reference else ""
            receipt = f", receipt to {event.receipt}" if event.receipt else ""
            return f"Sent{to}: {ROUTE[event.route]}{reference}{receipt}"
        case DecisionReceived() as event:
            return f"{event.decision.capitalize()} grounds decision: {event.outcome}"
        case HandoverStarted() as event:
            return f"Handed over to {event.to}, who has to accept" + (f": {event.remark}" if event.remark else "")
        case HandoverAccepted() as event:
            return f"Handover accepted: the case is with {entry.stamp.by}" + (f", role {ROLE[event.role]}" if event.role else "")
        case HandoverReturned(because=because):
            return f"Handover sent back: {because}"
        case EntryStruck() as event:
            return f"Entry {event.entry} struck through" + (", undone by whoever made it" if event.undo else f": {event.because}")
        case ClockStepped(seconds=seconds):
            gap = span(timedelta(seconds=abs(seconds)))
            than = "ahead of the time that has passed" if seconds > 0 else "behind what it or the record said"
            return f"The clock of this terminal is {gap} {than}"
        case CaseClosed(because=because):
            return "Case closed" + (f": {because}" if because else "")
        case CaseReopened(because=because):
            return "Case reopened" + (f": {because}" if because else "")


def interaction_words(event: InteractionRecorded) -> str:
    """What was said or done, by whom, how, where, and how the person appeared."""
    interpreter = f". Interpreter: {event.interpreter}" if event.interpreter else ""
    demeanour = f". Demeanour: {event.demeanour}" if event.demeanour else ""
    return f"{occasion_words(event)}: {speech_words(event.text, event.verbatim)}{interpreter}{demeanour}"


def occasion_words(event: InteractionRecorded) -> str:
    """Who spoke with the person, how and where."""
    spoke = f"{event.spoke} spoke with them" if event.spoke else "Interaction"
    how = f" {MANNER[event.how]}" if event.how else ""
    return f"{spoke}{how}" + (f", {event.place}" if event.place else "")


def provision_words(event: ProvisionRecorded) -> str:
    """What was given, or offered and declined, and by whom."""
    amount = f", {event.quantity}" if event.quantity else ""
    by = f", by {event.given_by}" if event.given_by else ""
    return f"{PROVISION[event.provision]} {'offered and declined' if event.declined else 'given'}: {event.what}{amount}{by}"


def speech_words(text: str, verbatim: bool) -> str:
    """What was said; the very words stand in quotation marks and say so."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK} (their own words)" if verbatim else text


def gap_words(stamp: Stamp) -> str:
    """How much later than it happened an entry was written down, as "recorded 2 h 5 min later"; empty when it was at once."""
    return f"recorded {span(stamp.recorded_at - stamp.happened_at)} later" if stamp.late else ""


def span(gap: timedelta) -> str:
    """A length of time in its two largest units, such as "2 h 5 min" or "3 days 4 h"."""
    minutes, seconds = divmod(int(gap.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "day" if days == 1 else "days"), (hours, "h"), (minutes, "min"), (seconds, "s"))
    first = next((place for place, (number, _) in enumerate(parts) if number), len(parts) - 1)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number) or "0 s"


def mark_words(event: StepMarked, item: Item | None, zone: tzinfo = UTC) -> str:
    """What a mark says of its step, such as "done", "not needed because …" or "left to MSVLO until 24 Nov 09:30"."""
    decided = item is not None and item.kind == "consider"
    match event.state:
        case "done":
            return ("decided yes" if decided else "done") + (f": {event.because}" if event.because else "")
        case "not-needed":
            return f"{'considered, not done' if decided else 'not needed'} because {event.because}"
        case "deferred":
            return left_words(event, zone) + (f", because {event.because}" if event.because else "")
        case "open":
            return "open again" + (f": {event.because}" if event.because else "")


def left_words(event: StepMarked, zone: tzinfo = UTC) -> str:
    """To whom and until when a step is left."""
    to = f" to {event.to}" if event.to else ""
    until = f" until {moment_words(event.until, zone)}" if event.until else ""
    return f"left{to}{until}"


def step_words(step: Step, zone: tzinfo = UTC) -> str:
    """The state of a step in words, in one line: its mark, what it waits on, or that it does not apply."""
    kept = f" (recorded: {mark_words(step.mark.event, step.item, zone)})" if step.mark else ""
    match step.state:
        case "waiting":
            return one_line(f"waits on {' and '.join(fact_words(name) for name in step.waits_on)}{kept}")
        case "inactive":
            return one_line(f"does not apply{kept}")
        case _:
            if step.mark is None:
                return "open"
            met = f"open, last {moment_words(step.mark.stamp.happened_at, zone)}: " if step.item.ongoing and step.state == "open" else ""
            return met + one_line(mark_words(step.mark.event, step.item, zone))


def fact_words(name: str) -> str:
    """A fact's name as words, where no content is at hand for its title."""
    return name.replace("_", " ")


def fact_title(pack: Pack, name: str) -> str:
    """What a fact is called on a screen."""
    fact = pack.fact_by_name.get(name)
    return fact.title if fact else fact_words(name)


def answer_words(pack: Pack, name: str, value: str) -> str:
    """An answer as it reads, with what it means for the work: "Not sure, treated as a child"."""
    fact = pack.fact_by_name.get(name)
    for option in fact.options if fact else ():
        if option.value == value:
            return option.label + (f", {option.note}".replace(", treat as", ", treated as") if option.note else "")
    return value


def item_title(pack: Pack, item_id: str) -> str:
    """An item's title, or its id when the content does not have it."""
    item = pack.item_by_id.get(item_id)
    return item.title if item else item_id


def due_words(row: WorklistRow, now: datetime, zone: tzinfo = UTC) -> str:
    """What is due in a case, in a few words: "2 OVERDUE", "decision due 30 Nov"; empty when nothing is."""
    overdue, awaited = row.overdue(now), row.awaited(now)
    parts = [f"{overdue} OVERDUE"] if overdue else []
    if awaited is not None:
        late = awaited.due_state(now) == "overdue"
        subject = "decision" if awaited.after == "overdue" else "reconsideration"
        parts.append(
            f"{subject} OVERDUE" if late else f"{subject} {'due' if subject == 'decision' else 'until'} {awaited.day.day} {awaited.day:%b}"
        )
    elif not overdue and row.due:
        parts.append(f"due {moment_words(min(row.due), zone)}")
    return ", ".join(parts)
