"""Which way a victim's matter goes to the Home Office: a pure function of facts.

Source: the guidance's police statutory duty (units NRM-2 to NRM-8, VIC-8 to VIC-10, CHD-1 to CHD-4; Modern Slavery Act 2015 s.52).
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from msht_tui.domain.condition import Answers

RouteName: TypeAlias = Literal["child", "adult_consent", "duty_to_notify", "undetermined"]

_NO_PRESSING = "More than safety, welfare needs and a first account: what is not known is written down as not known."
_NO_CONSENT = "Whether a child consents, to the referral or to anything in it."
_NO_IDENTITY = "For the form: a name, a contact or anything that points to the adult, unless they agree to be identified."
_NO_STEERING = "For another answer on consent, on being named or on helping: what was said stands."

_CHILD_FIRST = (
    "Safeguard the child and tell the local authority before the form: it asks for the authority's name, phone and email.",
    "Refer to the guardian service (ICTG) where there is one: a referral of its own.",
)
_CHILD_SOURCE = "APP, child victim (CHD-1 to CHD-4), guardians (ICT-3) and police statutory duty (NRM-3)"


class Route(msgspec.Struct, frozen=True):
    """The route, and why."""

    route: RouteName
    why: str
    missing: tuple[str, ...]
    """The facts that have to be set before there is a route."""
    anonymous: bool
    """Whether nothing that identifies the person may leave with it."""
    source: str
    """Where the rule stands."""
    never_ask: tuple[str, ...]
    """What is never asked of the person on this route."""
    before: tuple[str, ...] = ()
    """What comes before the form."""
    ask_supervisor: str = ""
    """A question that the form has no answer to; empty when there is none."""
    informed: bool | None = None
    """Whether the adult's answer on consent came with what must be explained; `None` where it is not said, or no matter."""

    @property
    def not_informed(self) -> str:
        """What to show, and to warn with when the form is marked as sent; empty unless the answer stands uninformed."""
        if self.informed is not False:
            return ""
        return (
            "Not informed: the answer on consent is recorded, but not yet what has to be explained with it "
            "(what the NRM is, support, outcomes; who may share information)."
        )


def nrm_route(answers: Answers, *, cooperate: str | None = None, informed: bool | None = None) -> Route:
    """The route of a victim with these facts. Not sure of the age is a child's route; consent never decides a child's.

    `cooperate` is the worksheet's answer on helping an investigation ("yes", "no", `None` while open). `informed` says whether
    the steps that explain the NRM to an adult (units NRM-7 and NRM-8) are done; it never moves the route.
    """
    age, consent = answers.get("age"), answers.get("consent")
    named = answers.get("consents_to_be_named")
    unnamed = named != "yes"
    match age, consent:
        case "child", _:
            return _child("Under 18: referred without a consent question, safeguarding first.", _CHILD_SOURCE)
        case "not-sure", _:
            return _child(
                "Age not sure, so treated as a child: referred without a consent question, safeguarding first.",
                f"{_CHILD_SOURCE}; Modern Slavery Act 2015 s.51(2)",
            )
        case "adult", "yes":
            return Route(
                "adult_consent",
                "An adult who agrees to be referred into the NRM.",
                (),
                False,
                "APP, police statutory duty (NRM-4, NRM-7, NRM-8)",
                (_NO_PRESSING, _NO_STEERING),
                informed=informed,
            )
        case "adult", "no":
            return Route(
                "duty_to_notify",
                "An adult who does not agree to a referral: the Home Office is notified all the same.",
                (),
                unnamed,
                "APP, police statutory duty (NRM-5, VIC-10); Modern Slavery Act 2015 s.52",
                (_NO_IDENTITY, _NO_PRESSING, _NO_STEERING),
                before=("Find out whether the adult agrees to be identified: the duty does not need it.",),
                ask_supervisor=_unnamed_helper(cooperate, named),
                informed=informed,
            )
        case "adult", _:
            return Route(
                "undetermined",
                "An adult whose answer on consent is not recorded yet.",
                ("consent",),
                unnamed,
                "APP, police statutory duty (NRM-4, NRM-5, NRM-7, NRM-8)",
                (_NO_IDENTITY, _NO_PRESSING),
                before=("Explain what the NRM is, its support, how it can turn out and who may share information; then ask.",),
            )
        case _:
            return Route(
                "undetermined",
                "The age is not recorded yet; not sure is an answer, and takes the child's route.",
                ("age",),
                unnamed,
                "APP, police statutory duty (NRM-3 to NRM-5)",
                ("Whether they consent, before it is known that they are an adult.", _NO_IDENTITY, _NO_PRESSING),
            )


def nation_note(nation: str | None) -> str:
    """What to know of the duty in this nation, whatever the route; empty where there is nothing to add.

    Source: Modern Slavery Act 2015 s.52, which extends to England and Wales; the form takes all four nations.
    """
    if nation not in ("scotland", "northern-ireland"):
        return ""
    name = "Scotland" if nation == "scotland" else "Northern Ireland"
    return f"The duty to notify in section 52 is that of England and Wales. The form takes {name} all the same: follow its own guidance."


def _child(why: str, source: str) -> Route:
    return Route("child", why, (), False, source, (_NO_CONSENT, _NO_PRESSING), before=_CHILD_FIRST)


def _unnamed_helper(cooperate: str | None, named: str | None) -> str:
    """The form takes a name from everybody who would help; the Act (s.52(3)) only from those who agree to be identified."""
    if cooperate != "yes" or named != "no":
        return ""
    return (
        "Would help an investigation, and will not be named: the form has no way for that. "
        "Ask a supervisor or the Home Office line before it is sent."
    )
