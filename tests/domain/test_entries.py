"""Entries: what goes into a document comes out of it, and a document is JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msht_tui.domain.entry import (
    AnyEvent,
    Aware,
    Decision,
    Entry,
    Manner,
    MarkState,
    NoteAdded,
    Outcome,
    ProvisionKind,
    ReferenceKind,
    RouteName,
    Stamp,
    StepMarked,
    entry_from,
)
from msht_tui.domain.pack import Role, SubjectKind

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

moments = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC))
texts = st.text(max_size=40)
fields: dict[Any, st.SearchStrategy[object]] = {
    str: texts,
    bool: st.booleans(),
    Aware: moments,
    type(None): st.none(),
    Role: st.sampled_from(get_args(Role)),
    SubjectKind: st.sampled_from(get_args(SubjectKind)),
    ReferenceKind: st.sampled_from(get_args(ReferenceKind)),
    int: st.integers(-(2**53), 2**53),
    **{names: st.sampled_from(get_args(names)) for names in (MarkState, ProvisionKind, Manner, RouteName, Decision, Outcome)},
}


def values_of(shape: object) -> st.SearchStrategy[object]:
    """Values for the type of an event's field, such as `str | None`."""
    if shape in fields:
        return fields[shape]
    inner = [kind for kind in get_args(shape) if kind is not type(None)]
    known = [names for names in fields if set(get_args(names)) == set(get_args(inner[0])) != set()] or inner
    return st.one_of(st.none(), fields[known[0]])


def events_of(kind: type[AnyEvent]) -> st.SearchStrategy[AnyEvent]:
    return st.builds(kind, **{field.name: values_of(field.type) for field in msgspec.structs.fields(kind)})


stamps = st.builds(Stamp, number=st.integers(1, 2**53), happened_at=moments, recorded_at=moments, by=texts)
events: st.SearchStrategy[AnyEvent] = st.one_of([events_of(kind) for kind in get_args(AnyEvent)])


def json_only(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and json_only(inner) for key, inner in value.items())
    return value is None or type(value) in (str, int, bool)


@pytest.mark.parametrize("kind", get_args(AnyEvent), ids=lambda kind: kind.__name__)
def test_an_event_of_each_kind_survives_the_document(kind: type[AnyEvent]) -> None:
    @given(stamps, events_of(kind))
    def survives(stamp: Stamp, event: AnyEvent) -> None:
        entry = Entry(stamp, event)
        document = entry.document()
        assert json_only(document)
        assert entry_from(msgspec.json.decode(msgspec.json.encode(document))) == entry
        assert document["kind"] == entry.kind
        assert entry.document() == document

    survives()


def test_no_two_kinds_of_event_share_a_name() -> None:
    kinds = [kind.__struct_config__.tag for kind in get_args(AnyEvent)]
    assert len(set(kinds)) == len(kinds) == 20


def test_no_event_has_a_field_of_the_stamp() -> None:
    """A document is flat, so that one would overwrite the other."""
    stamp = {*Stamp.__struct_fields__, "kind"}
    assert [kind for kind in get_args(AnyEvent) if stamp & set(kind.__struct_fields__)] == []


@given(stamps, events)
def test_a_document_without_one_of_the_stamp_is_refused(stamp: Stamp, event: AnyEvent) -> None:
    for missing in ("number", "happened_at", "recorded_at", "by"):
        document = Entry(stamp, event).document()
        del document[missing]
        with pytest.raises(msgspec.ValidationError):
            entry_from(document)


@pytest.mark.parametrize(
    "broken",
    [
        {"kind": "case-burnt"},
        {"kind": None},
        {"number": "1"},
        {"happened_at": "yesterday"},
        {"happened_at": "2026-11-23T09:30:00"},
        {"until": "2026-11-23T16:00:00"},
        {"state": "ticked"},
    ],
)
def test_a_document_that_is_no_entry_is_refused(broken: dict[str, object]) -> None:
    document = Entry(Stamp(1, NOW, NOW, "PC 1234"), StepMarked(subject="V1", item="parties-separated", state="done")).document()
    with pytest.raises(msgspec.ValidationError):
        entry_from({**document, **broken})


def test_an_entry_names_its_subject_and_step() -> None:
    stamp = Stamp(1, NOW, NOW + timedelta(minutes=1), "PC 1234")
    mark = Entry(stamp, StepMarked(subject="V1", item="parties-separated", state="done"))
    of_case = Entry(stamp, StepMarked(subject="case", item="duty-inspector-told", state="done"))
    note = Entry(stamp, NoteAdded(text="The van is back."))
    assert [(one.kind, one.subject, one.step) for one in (mark, of_case, note)] == [
        ("step-marked", "V1", "parties-separated@V1"),
        ("step-marked", "case", "duty-inspector-told"),
        ("note-added", "case", None),
    ]


def test_an_entry_cannot_be_changed() -> None:
    entry = Entry(Stamp(1, NOW, NOW, "PC 1234"), NoteAdded(text="The van is back."))
    with pytest.raises(AttributeError):
        entry.event.text = "Nothing was seen."  # type: ignore[misc, union-attr]
