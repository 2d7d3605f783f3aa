"""The lines of the terminal's audit: flat, each said in words, and without room for what stands in a case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msht_tui.domain.audit import (
    KINDS,
    LIMITS,
    PURPOSES,
    AuditEvent,
    AuditExported,
    AuditLine,
    AuditQuery,
    AuditVerified,
    CaseSealed,
    CatalogueRebuilt,
    Consulted,
    Disclosed,
    Erased,
    HoldSet,
    OperatorChanged,
    Restored,
    SignedIn,
    SignInFailed,
    Stamp,
    Verified,
    lines_from,
    words,
)

CASE = "0b9e3f60-6f5f-4a53-9d0e-1c9f6f6a7a11"
OTHER = "7d1b2c14-2f0e-4c5b-8a77-2f4f3f0f1b22"
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
CANARY = "Mary of 7 Mill Lane"
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=200)
FIELDS = {
    "case": st.sampled_from([CASE, OTHER]),
    "format": st.sampled_from(["html", "print", "x" * 16]),
    **dict.fromkeys(("to", "because", "operator", "offered"), TEXT),
}
EVENTS: st.SearchStrategy[AuditEvent] = st.one_of(
    [
        st.builds(kind, **{name: values for name, values in FIELDS.items() if name in kind.__struct_fields__})
        for kind in get_args(AuditEvent)
    ]
)
FREE_TEXT = {"to", "because"}
OPERATORS = {"operator", "offered"}


def line(event: AuditEvent, by: str = "PS 40", number: int = 1, at: datetime = NOW) -> AuditLine:
    return AuditLine(Stamp(number, at, by), event)


@given(st.lists(EVENTS, min_size=1, max_size=5), st.datetimes(timezones=st.just(UTC)))
def test_what_is_kept_is_what_was_said(events: list[AuditEvent], at: datetime) -> None:
    lines = tuple(line(event, number=number, at=at) for number, event in enumerate(events, 1))
    assert lines_from(msgspec.json.encode([one.document() for one in lines])) == lines


@given(EVENTS)
def test_every_event_is_said_in_one_line_that_names_its_case(event: AuditEvent) -> None:
    said = words(event)
    assert said and said[0].isupper()
    assert getattr(event, "case", "") in said


@pytest.mark.parametrize("kind", get_args(AuditEvent))
def test_no_field_takes_the_text_of_a_case(kind: type[msgspec.Struct]) -> None:
    """Whatever field of an event a name is put into, it is refused; but for a reason, a recipient and the id of an operator."""
    valid = _valid(kind)
    for field in msgspec.structs.fields(kind):
        if field.name in FREE_TEXT | OPERATORS:
            continue
        with pytest.raises(msgspec.ValidationError):
            lines_from(msgspec.json.encode([{**valid, field.name: CANARY}]))


@pytest.mark.parametrize("case", [CASE + "\n", CASE[:-1], CASE.upper()])
def test_an_id_is_an_id_to_the_last_character(case: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        lines_from(msgspec.json.encode([line(Consulted(case=case, how="opened")).document()]))


@pytest.mark.parametrize("kind", get_args(AuditEvent))
def test_what_is_free_is_one_short_line(kind: type[msgspec.Struct]) -> None:
    for field in msgspec.structs.fields(kind):
        if field.name in FREE_TEXT | OPERATORS:
            lines_from(msgspec.json.encode([{**_valid(kind), field.name: "x" * 200}]))
            for text in ("x" * 201, "two\nlines", "a \x1b]52 b", "c \x9b d"):
                with pytest.raises(msgspec.ValidationError):
                    lines_from(msgspec.json.encode([{**_valid(kind), field.name: text}]))


def test_an_erasure_names_the_case_and_how_long_its_record_was_and_nothing_else() -> None:
    assert set(line(Erased(case=CASE)).document()) == {"number", "at", "by", "kind", "case"}
    assert set(line(Erased(case=CASE, entries=12)).document()) == {"number", "at", "by", "kind", "case", "entries"}


def test_an_erasure_that_was_recorded_without_a_count_is_read_as_one_of_which_it_is_not_known() -> None:
    document = {"number": 1, "at": "2026-11-23T14:05:00Z", "by": "PS 40", "kind": "erased", "case": CASE}
    assert lines_from(msgspec.json.encode([document])) == (line(Erased(case=CASE)),)


def test_a_line_of_nobody_has_no_name() -> None:
    assert set(line(SignInFailed(), by="").document()) == {"number", "at", "kind"}


def test_every_kind_is_named_once() -> None:
    assert len(set(KINDS)) == len(KINDS) == len(get_args(AuditEvent))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (AuditQuery(), [1, 2, 3, 4]),
        (AuditQuery(operator="ps 40"), [1, 2, 3]),
        (AuditQuery(operator="PC 7"), [3, 4]),
        (AuditQuery(kind="consulted"), [1, 2]),
        (AuditQuery(case=CASE), [1]),
        (AuditQuery(case=CASE[:8]), [1]),
        (AuditQuery(since=NOW + timedelta(minutes=2)), [2, 3, 4]),
        (AuditQuery(until=NOW + timedelta(minutes=2)), [1]),
        (AuditQuery(operator="PS 40", kind="consulted", case=OTHER), [2]),
        (AuditQuery(operator="PC"), []),
    ],
)
def test_a_query_asks_for_operator_kind_case_and_time(query: AuditQuery, wanted: list[int]) -> None:
    events: list[tuple[AuditEvent, str]] = [
        (Consulted(case=CASE, how="opened"), "PS 40"),
        (Consulted(case=OTHER, how="previewed"), "PS 40"),
        (OperatorChanged(operator="PC 7", how="added", role="operator"), "PS 40"),
        (SignInFailed(offered="PC 7"), ""),
    ]
    lines = [line(event, by, number, NOW + timedelta(minutes=number)) for number, (event, by) in enumerate(events, 1)]
    assert [one.stamp.number for one in lines if query.holds(one)] == wanted


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (SignedIn(role="supervisor"), "Signed in as supervisor"),
        (SignInFailed(offered="PC 7"), "Sign-in failed, with the id PC 7"),
        (SignInFailed(), "Sign-in failed, with an id that nobody has"),
        (Disclosed(case="", what="backup", format="folder"), "Disclosed: backup of all cases as folder"),
        (
            Disclosed(case=CASE, what="summary", format="html", to="NCA", because="a referral"),
            f"Disclosed: summary of case {CASE} as html, to NCA, because a referral",
        ),
        (HoldSet(case=CASE, because="appeal"), f"Case {CASE}: legal hold set, because appeal"),
        (AuditVerified(result="shorter"), "This log verified: shorter"),
        (Verified(case="", result="intact"), "Record of all cases verified: intact"),
        (AuditExported(lines=1200), "This log exported: 1,200 lines"),
        (Erased(case=CASE), f"Case {CASE} erased"),
        (Erased(case=CASE, entries=1), f"Case {CASE} erased, with 1 entry"),
        (Erased(case=CASE, entries=1200), f"Case {CASE} erased, with 1,200 entries"),
        (CaseSealed(case=CASE), f"Case {CASE} sealed, which was plain from before this terminal was set up"),
        (CatalogueRebuilt(), "The list of cases was made anew from the cases"),
        (Restored(cases=1), "The store was restored from a backup, with 1 case"),
        (Restored(cases=0), "The store was restored from a backup, with 0 cases"),
    ],
)
def test_words(event: AuditEvent, said: str) -> None:
    assert words(event) == said


def test_the_purposes_and_the_limits_are_said() -> None:
    for purpose in ("lawful", "conduct", "safe", "criminal proceedings", "no rankings"):
        assert purpose in PURPOSES
    assert "cannot show who sat at the keyboard" in LIMITS


def _valid(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """A document of this kind with every field."""
    known: dict[str, Any] = {"case": CASE, "format": "html", "how": None, "to": "NCA", "because": "a referral", "operator": "PC 7"}
    document: dict[str, Any] = {"number": 1, "at": NOW, "by": "PS 40", "kind": str(kind.__struct_config__.tag)}
    for field in msgspec.structs.fields(kind):
        candidates = [known.get(field.name), 7, "PC 7", *_CHOICES]
        document[field.name] = next(value for value in candidates if _takes(field.type, value))
    lines_from(msgspec.json.encode([document]))
    return document


_CHOICES = ("operator", "key", "opened", "summary", "linked", "intact", "added")


def _takes(type_: Any, value: object) -> bool:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return False
    return value is not None
