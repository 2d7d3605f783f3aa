"""What was said with a person, or with several at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.widget import Widget
from textual.widgets import Input

from msht_tui.domain.entry import Manner
from msht_tui.summary.words import MANNER
from screens.dialogs.choices import Choices
from screens.dialogs.note import TextQuestion
from screens.dialogs.question import called, choice, field

if TYPE_CHECKING:
    from screens.case_frame import CaseScreen


class InteractionDialog(TextQuestion):
    """Writes down an interaction: the text first, then whatever else is known of it."""

    TITLE_WORDS: ClassVar[str] = "What was said or done"
    KEY = "i"
    KEY_WORDS: ClassVar[str] = "Enter records   Ctrl+J new line   Tab next field   Esc leaves"
    DEFAULT_CSS = """
    InteractionDialog NoteArea { height: 4; }
    """

    def __init__(self, opener: CaseScreen, chosen: Sequence[str]) -> None:
        """`chosen` are those ticked at first."""
        super().__init__(opener, f"interaction@{','.join(chosen)}")
        self.chosen = tuple(chosen)

    @property
    def place(self) -> str:
        """With those ticked at first."""
        return f"{super().place}@{','.join(self.chosen)}"

    @property
    def action(self) -> str:
        """With the same persons, wherever the cursor stands."""
        return called("interaction_with", self.chosen)

    def compose_fields(self) -> Iterable[Widget]:
        """The text, with whom, and how."""
        yield from self.compose_text()
        yield choice("With", Choices([(one, one) for one in self.opener.persons()], picked=self.chosen, many=True, id="subjects"))
        yield choice("How", Choices(list(MANNER.items()), id="how"))
        yield field("Spoke", id="spoke", placeholder="who, if it was not you")
        yield field("Interpreter", id="interpreter", placeholder="who interpreted, or that nobody did")
        yield field("Place", id="place", placeholder="where, and who else was there")
        yield field("Demeanour", id="demeanour", placeholder="what was seen, not what it may mean", long=True)
        yield field("Time", id="at", placeholder="now; or 14:05")

    def action_submit(self) -> None:
        """Record it."""
        boxes = {str(box.id): box.value for box in self.query(Input)}
        subjects, manners = (self.query_one(name, Choices).values for name in ("#subjects", "#how"))
        how = cast(Manner, manners[0]) if manners else None
        case_id, text, verbatim, at = self.opener.case.case_id, self.text, self.verbatim, self.when()
        self.attempt(
            f"interaction with {', '.join(subjects)}",
            lambda casework: casework.interaction(
                case_id,
                subjects,
                text,
                verbatim=verbatim,
                spoke=boxes["spoke"],
                how=how,
                interpreter=boxes["interpreter"],
                place=boxes["place"],
                demeanour=boxes["demeanour"],
                at=at,
            ),
        )
