"""A question that was open when its screen was left: what it takes to put it again, kept among what was typed and sealed as that is."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from screens.look import shown

OPEN = "open"
"""Where it stands among the drafts."""


class Where(msgspec.Struct, frozen=True):
    """Where somebody stood in a case, or with the list of cases: ids only."""

    place: str = ""
    """Of the phase bar; empty with the list of cases."""
    subjects: Mapping[str, str] = {}
    """Place to the subject chosen there."""
    cursors: Mapping[str, str] = {}
    """Place to the key of the row that the cursor stood on."""
    way: tuple[str, ...] = ()
    """The keys that lead there from the screen on which a case opens."""


class Asked(msgspec.Struct, frozen=True):
    """A question that was open."""

    place: str
    """Under which the texts of its fields stand among the drafts."""
    title: str
    """What it was about."""
    action: str
    """The action of its screen that puts it, as a binding names it."""
    key: str
    """The key that asks it there."""
    where: Where
    field: str = ""
    """The id of the field that had the keys."""
    picked: Mapping[str, tuple[str, ...]] = {}
    """Id of a choice to what was chosen in it."""

    def keep_in(self, drafts: dict[str, str]) -> None:
        """Put it among the drafts, in place of another."""
        drafts[OPEN] = msgspec.json.encode(self).decode()

    @property
    def words(self) -> str:
        """What was typed in, and the keys that give it back."""
        return f"What you had typed is kept: {shown(self.title)}. {', then '.join((*self.where.way, self.key))} gives it back."


def asked_in(drafts: Mapping[str, str]) -> Asked | None:
    """The question that was open; `None` when none was, or only another version of the program could put it again."""
    try:
        return msgspec.json.decode(drafts.get(OPEN, ""), type=Asked)
    except msgspec.MsgspecError:
        return None
