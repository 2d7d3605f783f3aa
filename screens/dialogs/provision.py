"""What was given to a person, or to several at once, or was offered and declined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual.widget import Widget
from textual.widgets import Input

from msht_tui.domain.entry import ProvisionKind
from msht_tui.summary.words import PROVISION
from screens.dialogs.choices import Choices
from screens.dialogs.question import CaseQuestion, called, choice, field

if TYPE_CHECKING:
    from screens.case_frame import CaseScreen


class ProvisionDialog(CaseQuestion):
    """Writes down a provision."""

    TITLE_WORDS: ClassVar[str] = "What was given"
    KEY = "p"
    AUTO_FOCUS = "#kind"
    KEY_WORDS: ClassVar[str] = "1 to 8 choose   Tab next field   Enter records   Esc leaves"

    def __init__(self, opener: CaseScreen, chosen: Sequence[str]) -> None:
        """`chosen` are those ticked at first."""
        super().__init__(opener)
        self.chosen = tuple(chosen)

    @property
    def place(self) -> str:
        """With those ticked at first."""
        return f"{super().place}@{','.join(self.chosen)}"

    @property
    def action(self) -> str:
        """With the same persons, wherever the cursor stands."""
        return called("provision_for", self.chosen)

    def compose_fields(self) -> Iterable[Widget]:
        """The kind, the thing, to whom, and whether they took it."""
        yield Choices([(kind, words.lower()) for kind, words in PROVISION.items()], id="kind")
        yield field("What", id="what", placeholder="hot meal, blanket, telephone call")
        yield choice("To", Choices([(one, one) for one in self.opener.persons()], picked=self.chosen, many=True, id="subjects"))
        yield choice("They", Choices([("given", "took it"), ("declined", "declined it")], picked=["given"], id="taken"))
        yield field("Quantity", id="quantity")
        yield field("Given by", id="given_by", placeholder="who, if it was not you")
        yield field("Time", id="at", placeholder="now; or 14:05")

    def action_submit(self) -> None:
        """Record it."""
        kinds = self.query_one("#kind", Choices).values
        if not kinds:
            self.say("Choose with 1 to 8 what kind of thing it is. Nothing was recorded.")
            return
        kind = cast(ProvisionKind, kinds[0])
        subjects, taken = (self.query_one(name, Choices).values for name in ("#subjects", "#taken"))
        boxes = {str(box.id): box.value for box in self.query(Input)}
        case_id, at, declined = self.opener.case.case_id, self.when(), taken == ("declined",)
        self.attempt(
            f"{boxes['what']} {'offered to and declined by' if declined else 'given to'} {', '.join(subjects)}",
            lambda casework: casework.provision(
                case_id, subjects, kind, boxes["what"], quantity=boxes["quantity"], given_by=boxes["given_by"], declined=declined, at=at
            ),
        )
