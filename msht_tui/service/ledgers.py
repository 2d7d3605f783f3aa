"""Acts on the ledgers: who spoke with a person, and what was given to them."""

from __future__ import annotations

from collections.abc import Sequence

from msht_tui.domain.entry import CASE, AnyEvent, InteractionRecorded, Manner, ProvisionKind, ProvisionRecorded
from msht_tui.domain.refusal import Refused
from msht_tui.domain.text import clean
from msht_tui.service.acting import Acting
from msht_tui.service.view import CaseView


class Ledgers(Acting):
    """Interactions and provisions."""

    def interaction(
        self,
        case_id: str,
        subjects: Sequence[str],
        text: str,
        *,
        verbatim: bool = False,
        spoke: str = "",
        how: Manner | None = None,
        interpreter: str = "",
        place: str = "",
        demeanour: str = "",
        at: str | None = None,
    ) -> CaseView:
        """Somebody spoke with these people, one entry each. Raises `Refused` for an empty text or for anything but a person."""
        said = clean(text, what="interaction")
        spoke, interpreter, place = (
            self._line(one, what) for one, what in ((spoke, "name"), (interpreter, "interpreter"), (place, "place"))
        )
        seen = clean(demeanour, what="demeanour")

        def decide(view: CaseView) -> list[AnyEvent]:
            if not said:
                raise Refused("Say what was said or done: nothing was recorded.")
            return [
                InteractionRecorded(
                    subject=subject,
                    text=said,
                    verbatim=verbatim,
                    spoke=spoke,
                    how=how,
                    interpreter=interpreter,
                    place=place,
                    demeanour=seen,
                )
                for subject in self._persons(view, subjects)
            ]

        return self._act(case_id, decide, at)

    def provision(
        self,
        case_id: str,
        subjects: Sequence[str],
        provision: ProvisionKind,
        what: str,
        *,
        quantity: str = "",
        given_by: str = "",
        declined: bool = False,
        at: str | None = None,
    ) -> CaseView:
        """Something was given to these people, or offered and declined, one entry each. Raises `Refused` for anything but a person."""
        thing, amount, giver = (self._line(one, name) for one, name in ((what, "thing"), (quantity, "quantity"), (given_by, "name")))

        def decide(view: CaseView) -> list[AnyEvent]:
            if not thing:
                raise Refused("Say what was given or offered: nothing was recorded.")
            return [
                ProvisionRecorded(subject=subject, provision=provision, what=thing, quantity=amount, given_by=giver, declined=declined)
                for subject in self._persons(view, subjects)
            ]

        return self._act(case_id, decide, at)

    def _persons(self, view: CaseView, subjects: Sequence[str]) -> list[str]:
        """These subjects, each once. Raises `Refused` for none, for the case itself and for a scene."""
        if not subjects:
            raise Refused("Say for whom: V1, or V1,V2. Nothing was recorded.")
        chosen = list(dict.fromkeys(subjects))
        for subject in chosen:
            if subject == CASE or self._present(view, subject).kind == "scene":
                raise Refused(f"{subject} is no person: nothing was recorded.")
        return chosen
