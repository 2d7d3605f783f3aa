"""The answers of one victim's worksheet: which fields are asked, how far it has got, and what of it may leave.

Everything that shows a worksheet outside the screen it is typed on goes through `gated`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

from msht_tui.domain.case import Answer as FactAnswer
from msht_tui.domain.condition import Clause, Every, Expression, Some
from msht_tui.domain.entry import Stamp
from msht_tui.domain.route import Route, RouteName
from msht_tui.domain.worksheet import ANY, PATHS, Field, Page, Worksheet

WITHHELD = "withheld: not agreed to be identified"
Source: TypeAlias = Literal["typed", "fact", "profile"]
Standing: TypeAlias = Literal["answered", "unknown", "withheld", "open", "empty"]
"""`open` is an answer that is required, `empty` one that may stay away."""


class Answer(msgspec.Struct, frozen=True):
    """What stands in a field: a value as `Field.check` leaves it, or why there is none."""

    value: str = ""
    unknown_because: str = ""
    stamp: Stamp | None = None
    """The entry it was recorded in; `None` for what an operator's profile holds."""
    source: Source = "typed"

    @property
    def given(self) -> bool:
        """Whether it says anything."""
        return bool(self.value or self.unknown_because)


Given: TypeAlias = Mapping[str, Answer]
"""Field key to its answer; a field without one is absent."""


class Readiness(msgspec.Struct, frozen=True):
    """How far a worksheet has got on its route. `answered`, `unknown` and `open` share out `required` between them."""

    route: RouteName
    required: tuple[str, ...]
    """Keys in form order, of fields whose condition holds."""
    answered: tuple[str, ...]
    unknown: tuple[str, ...]
    """Answered with "not known, because …"."""
    open: tuple[str, ...]
    still_asked: tuple[str, ...]
    """Of `unknown`: boxes in which the form takes no such words, so it will still ask."""
    not_asked: tuple[str, ...]
    """Answers that were given and that this route, or another answer, leaves unasked; they are kept."""

    @property
    def ready(self) -> bool:
        """Whether nothing required is open; never while there is no route."""
        return self.route != "undetermined" and not self.open

    @property
    def words(self) -> str:
        """Such as "31 of 38 answered, 3 not known, 4 open"."""
        return f"{len(self.answered)} of {len(self.required)} answered, {len(self.unknown)} not known, {len(self.open)} open"


class Row(msgspec.Struct, frozen=True):
    """One field as it may be shown to others: it holds no more of a withheld answer than that it is withheld."""

    field: Field
    page: Page | None
    """Where the form asks it on this route; `None` for what it does not ask."""
    standing: Standing
    value: str
    """As it is kept; empty unless answered."""
    text: str
    """As it is read: labels, the reason why it is not known, or that it is withheld."""
    required: bool
    asked: bool
    """False for an answer that is kept though its condition does not hold."""
    source: Source | None
    warn: bool
    """Free text on a route without identity: to be read for names and places before it is sent."""


def filled(worksheet: Worksheet, typed: Given, facts: Mapping[str, FactAnswer], profile: Mapping[str, str]) -> dict[str, Answer]:
    """Every answer there is: what was typed, facts of the victim and the case, and the operator's profile.

    A fact that is a field's only source stands above what was typed; otherwise what was typed stands above fact and profile.
    """
    answers: dict[str, Answer] = {}
    for field in worksheet.fields:
        given = typed.get(field.key, Answer())
        fact = facts.get(field.fact.name) if field.fact else None
        known = field.fact.answer(fact.value) if field.fact and fact else None
        sole = field.fact is not None and field.fact.only
        if fact and known is not None and (sole or not given.given):
            answers[field.key] = Answer(known, stamp=fact.stamp, source="fact")
        elif given.given and not (sole and given.value):
            answers[field.key] = given
        elif field.tier == "profile" and profile.get(field.key):
            answers[field.key] = Answer(profile[field.key], source="profile")
    return answers


def holds(expression: Expression | None, answers: Given, route: RouteName) -> bool:
    """Whether a condition of the worksheet holds; what is not answered, or not known, meets none."""
    match expression:
        case None:
            return True
        case Clause("path", values):
            return route in values
        case Clause(key, values):
            value = answers[key].value if key in answers else ""
            return bool(value) and (ANY in values or any(one in values for one in value.split(",")))
        case Every(parts):
            return all(holds(part, answers, route) for part in parts)
        case Some(parts):
            return any(holds(part, answers, route) for part in parts)


def asked(worksheet: Worksheet, answers: Given, route: RouteName) -> tuple[Field, ...]:
    """The fields whose condition holds, in form order; an answer that is itself not asked meets no condition.

    While there is no route, age and consent are asked whatever their condition.
    """
    counting: dict[str, Answer] = {}
    fields: list[Field] = []
    for field in worksheet.fields:
        if holds(field.show_if, counting, route) or (route == "undetermined" and field.decides):
            fields.append(field)
            if field.key in answers:
                counting[field.key] = answers[field.key]
    return tuple(fields)


def withheld(worksheet: Worksheet, route: Route) -> frozenset[str]:
    """The keys whose answers may not leave: all identifying ones of an adult, or of somebody whose age is open, who has not agreed.

    Source: Modern Slavery Act 2015 s.52(3). A child's route, and an age that is not sure, withholds nothing.
    """
    return frozenset(field.key for field in worksheet.fields if field.identifying) if route.anonymous else frozenset()


def readiness(worksheet: Worksheet, answers: Given, route: Route) -> Readiness:
    """How far the worksheet has got. Without a route it requires what every route does, with age and consent.

    A withheld field is never open: where the form demands it, it counts as answered.
    """
    kept_back = withheld(worksheet, route)
    on_form = asked(worksheet, answers, route.route)
    required = [field for field in on_form if _required(field, route.route)]
    standing = {field.key: _standing(answers.get(field.key, Answer()), field.key in kept_back, True) for field in required}
    unknown = tuple(key for key, how in standing.items() if how == "unknown")
    keys = {field.key for field in on_form}
    return Readiness(
        route=route.route,
        required=tuple(standing),
        answered=tuple(key for key, how in standing.items() if how in ("answered", "withheld")),
        unknown=unknown,
        open=tuple(key for key, how in standing.items() if how == "open"),
        still_asked=tuple(key for key in unknown if not worksheet.field(key).takes_unknown),
        not_asked=tuple(field.key for field in worksheet.fields if field.key not in keys and _kept(answers, field.key)),
    )


def gated(worksheet: Worksheet, answers: Given, route: Route) -> tuple[Row, ...]:
    """What may leave, in the order of the form's pages: every field that is asked, and answers kept though they are not.

    What the form does not ask comes last. An identifying answer is in no row while `withheld` names its field.
    """
    kept_back = withheld(worksheet, route)
    on_form = asked(worksheet, answers, route.route)
    keys = {field.key for field in on_form}
    counting = {key: answer for key, answer in answers.items() if key in keys}
    rows = []
    for field in worksheet.fields:
        if field.key not in keys and not _kept(answers, field.key):
            continue
        answer = answers.get(field.key, Answer())
        required = field.key in keys and _required(field, route.route)
        standing = _standing(answer, field.key in kept_back, required)
        rows.append(
            Row(
                field=field,
                page=_page(worksheet, field, counting, route.route),
                standing=standing,
                value=answer.value if standing == "answered" else "",
                text=_text(field, answer, standing),
                required=required,
                asked=field.key in keys,
                source=answer.source if standing in ("answered", "unknown") else None,
                warn=route.anonymous and _free_text(field, standing),
            )
        )
    return tuple(sorted(rows, key=lambda row: worksheet.place[row.page.route] if row.page else len(worksheet.pages)))


def _kept(answers: Given, key: str) -> bool:
    """Whether an answer was given for this person: an operator's profile was not."""
    return key in answers and answers[key].given and answers[key].source != "profile"


def _required(field: Field, route: RouteName) -> bool:
    if route == "undetermined":
        return field.decides or set(field.required_for) == set(PATHS)
    return route in field.required_for


def _standing(answer: Answer, kept_back: bool, required: bool) -> Standing:
    if kept_back:
        return "withheld"
    if answer.given:
        return "answered" if answer.value else "unknown"
    return "open" if required else "empty"


def _text(field: Field, answer: Answer, standing: Standing) -> str:
    match standing:
        case "withheld":
            return WITHHELD
        case "answered":
            return field.words(answer.value)
        case "unknown":
            return f"not known, because {answer.unknown_because}"
        case _:
            return ""


def _free_text(field: Field, standing: Standing) -> bool:
    typed = standing == "unknown" or (standing == "answered" and field.type == "text")
    return typed and field.tier != "profile"


def _page(worksheet: Worksheet, field: Field, answers: Given, route: RouteName) -> Page | None:
    """The first of a field's pages that is met on this route; while that is open, the first of all."""
    pages = [worksheet.pages[worksheet.place[name]] for name in field.pages]
    return next((page for page in pages if holds(page.when, answers, route)), pages[0] if pages else None)
