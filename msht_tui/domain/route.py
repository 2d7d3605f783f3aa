"""Which way a victim's matter goes to the Home Office: a pure function of facts.

Source: the guidance's police statutory duty (units NRM-2 to NRM-8, VIC-8 to VIC-10, CHD-1 to CHD-4; Modern Slavery Act 2015 s.52).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from msht_tui.domain.condition import Answers

RouteName: TypeAlias = Literal["child", "adult_consent", "duty_to_notify", "undetermined"]


class Route(msgspec.Struct, frozen=True):
    """The route, and why."""

    route: RouteName
    why: str
    missing: tuple[str, ...]
    """The facts that have to be set before there is a route."""
    anonymous: bool
    """Whether nothing that identifies the person may leave with it."""


def nrm_route(answers: Answers) -> Route:
    """The route of a victim with these facts. Not sure of the age is a child's route; consent never decides a child's."""
    age, consent = answers.get("age"), answers.get("consent")
    unnamed = answers.get("consents_to_be_named") != "yes"
    match age, consent:
        case "child", _:
            return Route("child", "Under 18: referred without a consent question, safeguarding first.", (), False)
        case "not-sure", _:
            return Route(
                "child", "Age not sure, so treated as a child: referred without a consent question, safeguarding first.", (), False
            )
        case "adult", "yes":
            return Route("adult_consent", "An adult who agrees to be referred into the NRM.", (), False)
        case "adult", "no":
            return Route(
                "duty_to_notify", "An adult who does not agree to a referral: the Home Office is notified all the same.", (), unnamed
            )
        case "adult", _:
            return Route("undetermined", "An adult whose answer on consent is not recorded yet.", ("consent",), unnamed)
        case _:
            return Route(
                "undetermined", "The age is not recorded yet; not sure is an answer, and takes the child's route.", ("age",), unnamed
            )
