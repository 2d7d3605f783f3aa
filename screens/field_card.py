"""The card of a field of the worksheet: what it asks, what it takes, what stands in it and where that came from."""

from __future__ import annotations

from datetime import datetime, tzinfo

from textual.content import Content

from msht_tui.domain.matter import Matter
from msht_tui.domain.moment import local
from msht_tui.domain.readiness import WITHHELD, Answer, Row, Source
from msht_tui.domain.worksheet import Field
from screens.look import shown
from screens.widgets.why_card import Part, head

SOURCE: dict[Source, str] = {"typed": "typed", "fact": "the case", "profile": "your details"}
"""Where an answer came from."""


def field_content(row: Row, matter: Matter, now: datetime, zone: tzinfo, *, revealed: bool = False) -> Content:
    """The card; an answer that is withheld stands on it only while it is `revealed` for typing."""
    asked, answer = row.field, matter.answers.get(row.field.key, Answer())
    parts: list[Part] = [(asked.label + "\n", "bold")]
    if asked.identifying:
        parts.append(("[ID] Could point to the person.\n", "$warning"))
    parts.append((asked.help + "\n", "$accent"))
    parts += head("Stands", *_standing(row, answer, revealed))
    if row.warn:
        parts.append(("Free text on a route without identity: read it for names and places before it goes.\n", "$warning"))
    if row.standing in ("answered", "unknown"):
        parts += head("From", _origin(answer, now, zone))
    parts += head("Takes", takes_words(asked, answer if row.standing != "withheld" or revealed else Answer()))
    if not asked.takes_unknown:
        parts += head("Note", 'the form has no "not known" here and will still ask.')
    parts += head("Page", f"{row.page.title} ({row.page.route})" if row.page else "the form does not ask it; it is kept here")
    if asked.feeds is not None:
        parts += head("Goes in", f"the form's box {asked.feeds}")
    return Content.assemble(*parts)


def takes_words(asked: Field, answer: Answer) -> str:
    """What can be answered; for a text how much fits, and how much stands there."""
    if asked.options:
        several = "any of: " if asked.type == "multi-choice" else "one of: "
        return several + "; ".join(option.label for option in asked.options)
    if asked.type == "date":
        return "a date such as 1990-05-31"
    kind = {"email": "one email address", "phone": "a phone number", "number": "a number in digits"}.get(asked.takes or "", "text")
    several = f", up to {asked.max_items}, separated by commas" if asked.max_items > 1 else ""
    boxes = f", in boxes of their own: {', '.join(asked.parts)}" if asked.parts else ""
    web = ", no web address" if asked.takes == "no-web-address" else ""
    return f"{kind}{several}{boxes}{web}; {len(answer.value):,} of {asked.limit:,} characters"


def _standing(row: Row, answer: Answer, revealed: bool) -> tuple[str, str]:
    match row.standing:
        case "withheld" if revealed:
            kept = row.field.words(answer.value) if answer.value else f"not known, because {answer.unknown_because}"
            return f"{shown(kept, lines=True)}\n(shown for typing; it leaves with nothing)", ""
        case "withheld":
            kept = "An answer is kept: v shows it for typing." if answer.given else "Nothing is recorded, and nothing is asked for."
            return f"{WITHHELD}. {kept}", ""
        case "open":
            return "open: answer it, or say why it is not known", ""
        case "empty":
            return "nothing; it may stay so", "$foreground 60%"
        case _ if not row.asked:
            return f"{shown(row.text, lines=True)}\n(kept; not asked on this route)", "$foreground 60%"
        case _:
            return shown(row.text, lines=True), ""


def _origin(answer: Answer, now: datetime, zone: tzinfo) -> str:
    if answer.stamp is None:
        return SOURCE[answer.source]
    return f"{SOURCE[answer.source]}, {local(answer.stamp.happened_at, zone, now)} {shown(answer.stamp.by)}"
