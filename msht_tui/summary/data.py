"""A case as plain data, for `--json` and for whoever reads it further. Times are ISO 8601 in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from msht_tui.domain.case import Mark, Subject
from msht_tui.domain.entry import CASE, Stamp
from msht_tui.domain.steps import Step
from msht_tui.service import CaseView
from msht_tui.summary.ledger import Interaction, Provision
from msht_tui.summary.log import Log, LogQuery
from msht_tui.summary.words import shown


def case_data(view: CaseView) -> dict[str, object]:
    """The case as it stands: `case`, `subjects`, `steps`, `phases` and `groups`."""
    return {
        "case": _case(view),
        "subjects": [subject_data(view, subject) for subject in view.state.subjects.values()],
        "steps": [step_data(step) for step in view.steps],
        "phases": _phases(view),
        "groups": _groups(view),
    }


def log_data(view: CaseView, zone: tzinfo = UTC, query: LogQuery | None = None) -> list[dict[str, object]]:
    """Every entry in order, or those that are looked for; times inside `text` are local to `zone`."""
    return [
        {
            "number": row.entry.number,
            "kind": row.entry.kind,
            "subject": row.entry.subject,
            "step": row.entry.step,
            "text": row.text,
            **stamp_data(row.entry.stamp),
            "again": row.entry.stamp.again or None,
            "struck": _struck(view, row.entry.number),
        }
        for row in Log(view, zone).chosen(query or LogQuery())
    ]


def _struck(view: CaseView, number: int) -> dict[str, object] | None:
    """By which entry it was struck, by whom, when and why; nothing while it counts."""
    strike = view.state.struck.get(number)
    if strike is None:
        return None
    return {
        "number": strike.stamp.number,
        "because": shown(strike.event.because) or None,
        "undo": strike.event.undo,
        "at": iso(strike.stamp.recorded_at),
        "by": shown(strike.stamp.by),
    }


def interaction_data(recorded: Interaction) -> dict[str, object]:
    """Somebody spoke with a person."""
    event = recorded.event
    return {
        "number": recorded.stamp.number,
        "subject": event.subject,
        "text": shown(event.text),
        "verbatim": event.verbatim,
        "spoke": shown(event.spoke) or None,
        "how": event.how,
        "interpreter": shown(event.interpreter) or None,
        "place": shown(event.place) or None,
        "demeanour": shown(event.demeanour) or None,
        **stamp_data(recorded.stamp),
    }


def provision_data(recorded: Provision) -> dict[str, object]:
    """Something was given to a person, or offered and declined."""
    event = recorded.event
    return {
        "number": recorded.stamp.number,
        "subject": event.subject,
        "provision": event.provision,
        "what": shown(event.what),
        "quantity": shown(event.quantity) or None,
        "given_by": shown(event.given_by) or None,
        "declined": event.declined,
        **stamp_data(recorded.stamp),
    }


def stamp_data(stamp: Stamp) -> dict[str, object]:
    """When something happened, when that was recorded, and by whom."""
    return {"happened_at": iso(stamp.happened_at), "recorded_at": iso(stamp.recorded_at), "by": shown(stamp.by)}


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, ending in Z; nothing for no moment."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def facts_data(view: CaseView, subject: str) -> dict[str, str]:
    """A subject's facts by name, in the order of the content; "case" is the case itself."""
    answers = view.state.facts.get(subject, {})
    order = {fact.name: place for place, fact in enumerate(view.pack.facts)}
    return {name: shown(answers[name].value) for name in sorted(answers, key=lambda name: order.get(name, len(order)))}


def step_data(step: Step) -> dict[str, object]:
    """One step; its mark stands in it when the step is active, and in `recorded` when it is not."""
    return {
        "step": step.id,
        "item": step.item.id,
        "title": step.item.title,
        "group": step.item.group,
        "subject": step.subject,
        "phase": step.item.phase,
        "state": step.state,
        "covers": list(step.item.covers),
        **_mark(step.mark if step.active else None),
        "active": step.active,
        "waits_on": list(step.waits_on),
        "recorded": {"state": step.mark.event.state, **_mark(step.mark)} if step.mark and not step.active else None,
    }


def _mark(mark: Mark | None) -> dict[str, object]:
    if mark is None:
        return dict.fromkeys(("because", "to", "until", "note", "happened_at", "recorded_at", "by"))
    return {
        "because": shown(mark.event.because) or None,
        "to": shown(mark.event.to) or None,
        "until": iso(mark.event.until),
        "note": shown(mark.event.note) or None,
        **stamp_data(mark.stamp),
    }


def _case(view: CaseView) -> dict[str, object]:
    opened = view.state.opened
    return {
        "id": view.case_id,
        "references": [{"kind": one.kind, "value": shown(one.value)} for one in view.state.references],
        "role": view.state.role if opened else None,
        "pack": opened.pack if opened else None,
        "version": opened.version if opened else None,
        "digest": opened.digest if opened else None,
        "exercise": view.exercise,
        "holder": shown(view.state.holder) or None,
        "offered_to": shown(view.state.offered.event.to) if view.state.offered else None,
        "opened_at": iso(view.state.opened_at),
        "closed_at": iso(view.state.closed_at),
        "number": view.state.number,
        "check_code": view.check_code,
        "facts": facts_data(view, CASE),
    }


def subject_data(view: CaseView, subject: Subject) -> dict[str, object]:
    """One person or scene, retired ones too."""
    return {
        "id": subject.id,
        "kind": subject.kind,
        "label": shown(subject.label),
        "facts": facts_data(view, subject.id),
        "linked": subject.linked,
        "retired": None if subject.retired is None else shown(subject.retired),
        "same_as": subject.same_as,
    }


def _phases(view: CaseView) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for phase in view.pack.phases:
        progress = view.progress(phase)
        found.append(
            {
                "id": phase.id,
                "title": phase.title,
                "counts": dict(progress.counts),
                "complete": progress.complete,
                "complete_except_deferred": progress.complete_except_deferred,
            }
        )
    return found


def _groups(view: CaseView) -> list[dict[str, object]]:
    """Items that are complete together, for each subject; what does not apply does not hold a group up."""
    states: dict[tuple[str, str], list[str]] = {}
    for step in view.steps:
        if step.item.group is not None:
            counted = states.setdefault((step.item.group, step.subject), [])
            counted += [step.state] if step.state != "inactive" else []
    return [
        {"id": group, "subject": subject, "complete": bool(found) and all(state in ("done", "not-needed") for state in found)}
        for (group, subject), found in states.items()
    ]
