"""`msht nrm`: a victim's way to the Home Office: route, worksheet, what was sent and decided, and the dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from msht_tui.cli.arguments import AtOption, CaseArgument, JsonOption, ToOption, one_subject
from msht_tui.cli.desk import EXERCISE, Desk, desk, heading
from msht_tui.cli.group import commands
from msht_tui.cli.output import say, say_columns, say_data
from msht_tui.cli.pages import FormatOption, OutOption, print_page
from msht_tui.domain.entry import Decision, Outcome

if TYPE_CHECKING:
    from msht_tui.domain.entry import Entry
    from msht_tui.domain.matter import Matter
    from msht_tui.domain.worksheet import Field
    from msht_tui.service import CaseView

app = commands("The National Referral Mechanism: route, worksheet, referral, decisions and dates of a victim.")
VictimArgument = Annotated[str, typer.Argument(metavar="VICTIM", help="Such as V1.", show_default=False)]

ROUTE = {
    "child": "child: NRM referral, no consent question",
    "adult_consent": "adult who consents: NRM referral",
    "duty_to_notify": "duty to notify, without a referral",
    "undetermined": "not determined yet",
}
UPDATES = "DEC-5"
"""The unit on keeping the authority updated."""
TIERS = ("core", "detail", "profile")


class At(NamedTuple):
    """A desk with one victim's matter before it."""

    desk: Desk
    view: CaseView
    matter: Matter

    @property
    def victim(self) -> str:
        """The victim's id."""
        return self.matter.victim

    def after(self, view: CaseView) -> At:
        """The same victim in the case as it stands after an act."""
        return At(self.desk, view, self.desk.casework.matter(view, self.victim))

    def command(self, name: str, *rest: str) -> str:
        """A command about this case, named by its id: references are left out of what may leave."""
        return self.desk.command(*name.split(), self.view.case_id[:8], *rest)

    def heading(self) -> str:
        """How the case is called; by its id alone while the victim is not to be identified."""
        if not self.matter.route.anonymous:
            return heading(self.view)
        return (f"{EXERCISE}\n" if self.view.exercise else "") + f"Case {self.view.case_id[:8]}"

    def data(self) -> dict[str, object]:
        """The case's id and the victim's."""
        return {"case": self.view.case_id, "subject": self.victim}


def _at(case: str, victim: str) -> At:
    subject = one_subject(victim)
    at_desk = desk()
    view = at_desk.case(case)
    return At(at_desk, view, at_desk.casework.matter(view, subject))


@app.callback()
def nrm() -> None:
    """The National Referral Mechanism: route, worksheet, referral, decisions and dates of a victim."""


@app.command()
def route(case: CaseArgument, victim: VictimArgument, json: JsonOption = False) -> None:
    """Show the route of a victim, why, which facts are missing for it, and what is never asked on it."""
    from msht_tui.summary.matter import route_data

    at = _at(case, victim)
    found = at.matter.route
    if json:
        say_data(at.data() | route_data(found, at.matter.nation_note))
        return
    rows = [
        ("Victim", at.victim),
        ("Route", ROUTE[found.route]),
        ("Why", found.why),
        ("Source", found.source),
        ("Missing", ", ".join(found.missing)),
        ("Identity", "nothing that identifies the person may be sent" if found.anonymous else ""),
        ("Before", "\n".join(found.before)),
        ("Never ask", "\n".join(found.never_ask)),
        ("Supervisor", found.ask_supervisor),
        ("Consent", found.not_informed),
        ("Nation", at.matter.nation_note),
    ]
    say(at.heading())
    say_columns([row for row in rows if row[1]])


@app.command()
def readiness(case: CaseArgument, victim: VictimArgument, json: JsonOption = False) -> None:
    """Show how far the worksheet of a victim has got, and how to answer what is open. "Not known, because ..." is an answer too."""
    from msht_tui.summary.matter import readiness_data

    at = _at(case, victim)
    found, fields = at.matter.readiness, at.matter.worksheet.field_by_key
    if json:
        say_data(at.data() | readiness_data(found))
        return
    say(at.heading())
    say(f"{at.victim}, {ROUTE[found.route]}: {found.words}" + (". Ready." if found.ready else "."))
    if found.open:
        in_order = sorted((fields[key] for key in found.open), key=lambda field: TIERS.index(field.tier))
        say_columns([[f"open, {field.tier}", field.label, at.command("nrm answer", at.victim, *_to_type(field))] for field in in_order])
        say('Whatever is not known: --unknown-because "..." instead of an answer.')
    _say_labels("The form will still ask for", [fields[key] for key in found.still_asked])
    _say_labels("Kept, not asked on this route", [fields[key] for key in found.not_asked])


@app.command()
def worksheet(
    case: CaseArgument, victim: VictimArgument, form: FormatOption = "terminal", out: OutOption = None, to: ToOption = ""
) -> None:
    """Print the worksheet of a victim in the order of the form. What identifies an adult who has not agreed to it stays out."""
    from msht_tui.summary.worksheet import worksheet_json, worksheet_renderable

    at = _at(case, victim)
    place, now = at.desk.workplace, at.desk.now()
    page = worksheet_renderable(at.view, at.matter, marking=place.settings.marking, zone=place.zone, now=now)
    at.desk.disclose(at.view.case_id, "worksheet", form, to)
    print_page(page, lambda: worksheet_json(at.view, at.matter, zone=place.zone, now=now), form, out)


@app.command()
def fields(json: JsonOption = False) -> None:
    """List what the worksheet keeps: the key of each field, what it takes, and its name."""
    from msht_tui.content.library import Library

    found = Library().worksheet().fields
    if json:
        say_data([_field_data(field) for field in found])
    else:
        say_columns([[field.key, field.tier, _takes(field), field.label] for field in found])


@app.command()
def answer(
    case: CaseArgument,
    victim: VictimArgument,
    key: Annotated[str, typer.Argument(metavar="KEY", help="A field of the worksheet; see: msht nrm fields.", show_default=False)],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The answer; several choices joined by commas.", show_default=False)] = "",
    unknown_because: Annotated[
        str, typer.Option("--unknown-because", metavar="TEXT", help="Why it is not known: as good as an answer.", show_default=False)
    ] = "",
    happened: AtOption = None,
    json: JsonOption = False,
) -> None:
    """Answer a field of the worksheet, or say why it is not known. Age, consent, naming and nation set the fact of the case."""
    before = _at(case, victim)
    view = before.desk.casework.answer(before.view.case_id, before.victim, key, value, unknown_because=unknown_because, at=happened)
    after = before.after(view)
    if json:
        say_data(_answer_data(before, after, key))
    else:
        _say_answer(before, after, key)


@app.command()
def sent(
    case: CaseArgument,
    victim: VictimArgument,
    reference: Annotated[str, typer.Option("--reference", metavar="REFERENCE", help="The Home Office's number.", show_default=False)] = "",
    to: Annotated[str, typer.Option("--to", metavar="AUTHORITY", help="Which authority decides.", show_default=False)] = "",
    receipt: Annotated[str, typer.Option("--receipt", metavar="EMAIL", help="The address of the receipt.", show_default=False)] = "",
    happened: AtOption = None,
    json: JsonOption = False,
) -> None:
    """Record that the form was sent on the victim's route, and show what follows from it."""
    before = _at(case, victim)
    view = before.desk.casework.send(before.view.case_id, before.victim, reference=reference, to=to, receipt=receipt, at=happened)
    after, warnings = before.after(view), before.matter.warnings
    if json:
        say_data(after.data() | {"warnings": list(warnings)} | _dates_data(after))
        return
    for words in warnings:
        say(f"Warning: {words}")
    _say_recorded(after, len(before.view.entries))
    _say_dates(after)
    if after.matter.route.route == "duty_to_notify":
        say("A notification has no decision and no dates.")
    for step in view.steps:
        if step.subject == after.victim and UPDATES in step.item.covers and step.state == "open":
            say(f"The authority has to be kept updated. Each time: {after.command('mark', step.id, 'done')}")


@app.command()
def decision(
    case: CaseArgument,
    victim: VictimArgument,
    grounds: Annotated[Decision, typer.Argument(help="On which grounds.", show_default=False)],
    outcome: Annotated[Outcome, typer.Argument(help="How it went.", show_default=False)],
    happened: AtOption = None,
    json: JsonOption = False,
) -> None:
    """Record a decision of the competent authority, and show what follows from it."""
    before = _at(case, victim)
    after = before.after(before.desk.casework.receive(before.view.case_id, before.victim, grounds, outcome, at=happened))
    if json:
        say_data(after.data() | _dates_data(after))
        return
    _say_recorded(after, len(before.view.entries))
    _say_dates(after)


@app.command()
def dates(case: CaseArgument, json: JsonOption = False) -> None:
    """Show for every victim what was sent and decided, and until when the rest is due."""
    at_desk = desk()
    view = at_desk.case(case)
    found = [At(at_desk, view, matter) for matter in at_desk.matters(view).values()]
    if json:
        rows = [{"subject": at.victim, "route": at.matter.route.route, **_dates_data(at)} for at in found]
        say_data({"case": view.case_id, "zone": str(at_desk.workplace.zone), "victims": rows})
        return
    say(heading(view))
    if not found:
        say("There is no victim in the case.")
    for at in found:
        say_columns([[at.victim, ROUTE[at.matter.route.route]]])
        _say_sent(at)


# One field


def _to_type(field: Field) -> list[str]:
    """What comes after the victim in a command that answers a field."""
    return [field.key, "|".join(field.values) if field.values else "..."]


def _takes(field: Field) -> str:
    return " | ".join(field.values) or field.takes or field.type


def _field_data(field: Field) -> dict[str, object]:
    return {
        "key": field.key,
        "label": field.label,
        "help": field.help,
        "tier": field.tier,
        "type": field.type,
        "options": list(field.values),
        "takes": field.takes,
        "max_chars": field.max_chars,
        "identifying": field.identifying,
        "fact": field.fact.name if field.fact and field.fact.only else None,
    }


def _say_labels(before: str, found: Iterable[Field]) -> None:
    labels = [field.label for field in found]
    if labels:
        say(f"{before}: {'; '.join(labels)}")


# What an answer did


def _answer_data(before: At, after: At, key: str) -> dict[str, object]:
    from msht_tui.summary.matter import readiness_data

    entry = after.view.entries[-1]
    fact = _fact_name(entry)
    return {
        **after.data(),
        "field": key,
        "number": entry.number,
        "fact": fact,
        "no_longer_asked": _newly(after, before),
        "readiness": readiness_data(after.matter.readiness),
    }


def _say_answer(before: At, after: At, key: str) -> None:
    entry = after.view.entries[-1]
    field, fact = after.matter.worksheet.field(key), _fact_name(entry)
    fields = after.matter.worksheet.field_by_key
    _say_entries(after, [entry])
    if fact is not None:
        say(f"{field.label} is answered by the fact {fact}, which is set in the case.")
    if field.tier == "profile" and fact is None and key in after.matter.answers and after.matter.answers[key].value:
        say("Kept with your details: your other cases have it too.")
    if after.matter.route.route != before.matter.route.route:
        say(f"The route is now: {ROUTE[after.matter.route.route]}. {after.matter.route.why}")
    gone = _newly(after, before)
    _say_labels("No longer asked", [fields[one] for one in gone if one != key])
    _say_labels("Not asked as things stand", [fields[one] for one in gone if one == key])
    if gone:
        say("Nothing is lost: what is not asked is kept, and counts when it is asked.")
    _say_labels("Asked again, as answered before", [fields[one] for one in _newly(before, after)])
    say(f"{after.matter.readiness.words}.")


def _newly(at: At, other: At) -> list[str]:
    """Keys of answers that are kept unasked at one time and were not so at the other."""
    return [key for key in at.matter.readiness.not_asked if key not in other.matter.readiness.not_asked]


def _fact_name(entry: Entry) -> str | None:
    """The fact that an entry sets, if it sets one."""
    from msht_tui.domain.entry import FactRecorded

    return entry.event.name if isinstance(entry.event, FactRecorded) else None


# What was recorded, and the dates


def _say_recorded(at: At, known: int) -> None:
    """The entries that were not there before, in words."""
    say("Recorded:")
    _say_entries(at, at.view.entries[known:])


def _say_entries(at: At, entries: Sequence[Entry]) -> None:
    from msht_tui.summary.identity import may_be_named
    from msht_tui.summary.words import entry_text

    named = may_be_named(at.view)
    say_columns([[one.subject, entry_text(one, at.view.pack, at.desk.workplace.zone, named)] for one in entries])


def _dates_data(at: At) -> dict[str, object]:
    from msht_tui.summary.matter import dates_data

    return dates_data(at.matter, at.desk.now())


def _say_sent(at: At) -> None:
    from msht_tui.summary.matter import decision_words, sent_words

    zone = at.desk.workplace.zone
    said = [["sent", sent_words(one, zone)] for one in at.matter.sent] or [["sent", "nothing is recorded as sent"]]
    say_columns([*said, *(["decided", decision_words(one, zone)] for one in at.matter.decisions)], indent=4)
    _say_dates(at)


def _say_dates(at: At) -> None:
    from msht_tui.summary.matter import date_words

    for _, words in date_words(at.matter, at.desk.now()):
        say(f"    {words}")
