"""`msht content`: the checklists themselves, which need no case and no store."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from msht_tui.cli.arguments import JsonOption
from msht_tui.cli.group import commands
from msht_tui.cli.outcome import REFUSED, Ended
from msht_tui.cli.output import complain, say, say_columns, say_data

if TYPE_CHECKING:
    from msht_tui.content.fault import Fault
    from msht_tui.domain.condition import Condition, Expression
    from msht_tui.domain.pack import Card, Item, Pack

app = commands("Read and check the content: phases, steps and cards.")


@app.command("list")
def list_packs(json: JsonOption = False) -> None:
    """List the packs that can be used; what is wrong with others goes to stderr."""
    from msht_tui.content.library import Library

    library = Library()
    packs = list(library.packs.values())
    if json:
        say_data([_pack_data(pack) for pack in packs])
    else:
        rows = [["Pack", "Version", "Guidance read", "Steps", "Cards", "Title"]]
        rows += [[pack.id, pack.version, str(pack.guidance_date), str(len(pack.items)), str(len(pack.cards)), pack.title] for pack in packs]
        say_columns(rows)
    for fault in library.faults:
        complain(str(fault))


@app.command()
def show(
    item: Annotated[
        str | None, typer.Argument(metavar="[ITEM]", help="A step or a card; all of them, if left out.", show_default=False)
    ] = None,
    json: JsonOption = False,
) -> None:
    """Show one step's card, or list every step by phase and chunk."""
    from msht_tui.content.library import Library

    pack = Library().pack()
    if item is None and json:
        say_data({**_pack_data(pack), "phases": [_phase_data(pack, phase.id) for phase in pack.phases]})
    elif item is None:
        _say_pack(pack)
    else:
        found = _find(pack, item)
        if json:
            say_data(_entry_data(pack, found))
        else:
            _say_entry(pack, found)


@app.command()
def check(
    path: Annotated[
        Path | None, typer.Argument(metavar="[PATH]", help="A pack's folder, or a folder of packs.", show_default=False)
    ] = None,
) -> None:
    """Check the shipped packs, or those in a folder: one line for each fault, naming file, table and key."""
    from msht_tui.content.fault import BadPack
    from msht_tui.content.library import Library, load

    packs: Sequence[Pack] = ()
    faults: Sequence[Fault] = ()
    if path is not None and not (path.is_dir() and not (path / "pack.toml").exists() and any(path.glob("*/pack.toml"))):
        try:
            packs = [load(path)[0]]
        except BadPack as error:
            faults = error.faults
    else:
        library = Library(path)
        packs, faults = list(library.packs.values()), library.faults
    for fault in faults:
        say(str(fault))
    for pack in packs:
        say(f"{pack.id} {pack.version}: {len(pack.items)} steps and {len(pack.cards)} cards, no fault.")
    if faults:
        raise Ended(REFUSED)


def _find(pack: Pack, wanted: str) -> Item | Card:
    """The step or card of this id. Raises `Refused`, naming the near ones."""
    from msht_tui.domain.refusal import Refused, nearest

    known: dict[str, Item | Card] = {**pack.item_by_id, **{card.id: card for card in pack.cards}}
    if wanted not in known:
        raise Refused(f"There is no step or card called {wanted!r}.{nearest(wanted, list(known))} See: msht content show.")
    return known[wanted]


# As words


def _say_pack(pack: Pack) -> None:
    say(f"{pack.title}: {pack.id} {pack.version}, guidance read {pack.guidance_date}")
    for phase in pack.phases:
        say(f"\n{phase.title.upper()}")
        for chunk, items in groupby((item for item in pack.items if item.phase == phase.id), key=lambda item: item.chunk):
            say(f"\n  {chunk}")
            say_columns([[item.id, ", ".join(item.subjects), item.title] for item in items], indent=4)
        cards = [card for card in pack.cards if card.phase == phase.id]
        if cards:
            say("\n  To know")
            say_columns([[card.id, ", ".join(card.subjects), card.title] for card in cards], indent=4)


def _say_entry(pack: Pack, entry: Item | Card) -> None:
    from msht_tui.domain.pack import Item

    say(entry.title)
    rows = [["Id", entry.id], ["Force", entry.force_words], ["For", " or ".join(entry.subjects)]]
    condition = condition_words(entry.condition)
    if condition:
        rows.append(["Applies", condition])
    rows += _item_rows(pack, entry) if isinstance(entry, Item) else [["Know", entry.text]]
    rows += [["APP", entry.section], ["Covers", ", ".join(entry.covers)], ["Phase", pack.phase(entry.phase).title]]
    say_columns([[head, _wrapped(words)] for head, words in rows])


def _item_rows(pack: Pack, item: Item) -> list[list[str]]:
    """The heads of a step's card, those without words left out."""
    contacts = [contact for contact in pack.contacts if contact.id in item.contacts]
    rows = [
        ["Why", item.why],
        ["Good", item.good],
        ["Never", item.never],
        ["Can act", ", ".join(item.roles)],
        ["Others", item.ask_for],
        ["Decides", item.decides or ""],
        ["Group", item.group or ""],
        ["Contacts", "\n".join(", ".join(part for part in (c.name, c.phone, c.email, c.hours, c.purpose) if part) for c in contacts)],
        ["Now", "\n".join(_points(pack, item))],
        ["Also in", ", ".join(pack.phase(phase).title for phase in item.also_in)],
    ]
    return [row for row in rows if row[1]]


def _points(pack: Pack, item: Item) -> list[str]:
    """The pause points whose lists name the step."""
    return [
        f"{point.title} ({point.role or 'every role'})"
        for point in pack.pause_points
        if any(place.item == item.id for place in point.steps)
    ]


def condition_words(condition: Condition) -> str:
    """When a step applies, as a phrase over fact names; empty when it always does."""
    when = f"once {_expression_words(condition.when)}" if condition.when is not None else ""
    unless = f"unless {_expression_words(condition.unless)}" if condition.unless is not None else ""
    return ", ".join(part for part in (when, unless) if part)


def _expression_words(expression: Expression, *, inner: bool = False) -> str:
    from msht_tui.domain.condition import Clause, Every

    if isinstance(expression, Clause):
        return f"{expression.fact} is {' or '.join(expression.values)}"
    joined = (", and " if isinstance(expression, Every) else ", or ").join(_expression_words(part, inner=True) for part in expression.parts)
    return f"({joined})" if inner else joined


def _wrapped(text: str, width: int = 70) -> str:
    from textwrap import wrap

    return "\n".join(line for paragraph in text.split("\n") for line in wrap(paragraph, width))


# As data


def _pack_data(pack: Pack) -> dict[str, object]:
    return {
        "id": pack.id,
        "title": pack.title,
        "version": pack.version,
        "guidance_date": str(pack.guidance_date),
        "source": pack.source,
        "digest": pack.digest,
        "steps": len(pack.items),
        "cards": len(pack.cards),
    }


def _phase_data(pack: Pack, phase: str) -> dict[str, object]:
    return {
        "id": phase,
        "title": pack.phase(phase).title,
        "steps": [_entry_data(pack, item) for item in pack.items if item.phase == phase],
        "cards": [_entry_data(pack, card) for card in pack.cards if card.phase == phase],
    }


def _entry_data(pack: Pack, entry: Item | Card) -> dict[str, object]:
    """A step or a card, field by field; `applies` is its condition in words, null when it always applies."""
    import msgspec

    data: dict[str, object] = msgspec.to_builtins(entry)
    del data["condition"]
    data["applies"] = condition_words(entry.condition) or None
    if not hasattr(entry, "text"):
        data["pause_points"] = [
            {"id": point.id, "role": point.role} for point in pack.pause_points if any(place.item == entry.id for place in point.steps)
        ]
    return data
