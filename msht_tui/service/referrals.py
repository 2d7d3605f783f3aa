"""Acts of a referral: the worksheet's answers, the sending, the decisions."""

from __future__ import annotations

from msht_tui.domain.entry import CASE, AnyEvent, Decision, DecisionReceived, FactRecorded, Outcome, ReferralSent, WorksheetAnswered
from msht_tui.domain.matter import Matter, matter_of
from msht_tui.domain.refusal import Refused
from msht_tui.domain.text import clean
from msht_tui.domain.worksheet import Field, Worksheet
from msht_tui.service.acting import Acting
from msht_tui.service.view import CaseView


class Referrals(Acting):
    """A victim's way to the Home Office."""

    @property
    def worksheet(self) -> Worksheet:
        """The worksheet in use. Raises `Refused` when it cannot be read."""
        return self._content.worksheet()

    def matter(self, view: CaseView, victim: str) -> Matter:
        """Where a victim's matter stands. Raises `Refused` for anybody who is no victim in the case."""
        profile = self.store.profile(self.operator)
        calendar = self._content.calendar()
        return matter_of(view.state, view.steps, victim, self.worksheet, profile, self.zone, calendar.is_working_day)

    def matters(self, view: CaseView) -> dict[str, Matter]:
        """The matter of every victim in the case, by their id."""
        return {victim.id: self.matter(view, victim.id) for victim in view.state.active("victim")}

    def answer(self, case_id: str, victim: str, key: str, value: str = "", *, unknown_because: str = "", at: str | None = None) -> CaseView:
        """Answer a field of the worksheet, or say why it is not known. Raises `Refused` for a value that the form does not take.

        Where a fact is the field's only source the fact is set; what an operator types once is kept for their other cases.
        """
        field = self.worksheet.field(key)
        reason = clean(unknown_because, what="reason")
        if reason and value.strip():
            raise Refused(f"{field.label}: give an answer, or say why it is not known, not both. Nothing was recorded.")
        if reason and field.fact is not None and field.fact.only:
            raise Refused(
                f"{field.label} is answered by the fact {field.fact.name}: leave it unset while it is not known. Nothing was recorded."
            )
        checked = "" if reason else field.check(value, self.clock.now().astimezone(self.zone).date())

        def decide(view: CaseView) -> list[AnyEvent]:
            view.route(victim)
            set_fact = self._fact_set(view, field, checked, victim)
            if set_fact is not None:
                return [set_fact]
            return [
                WorksheetAnswered(
                    subject=victim,
                    field=key,
                    value=checked,
                    unknown_because=reason,
                    identifying=field.identifying,
                    worksheet=self.worksheet.version,
                )
            ]

        view = self._act(case_id, decide, at)
        if field.tier == "profile" and checked:
            self.store.keep_profile(self.operator, {**self.store.profile(self.operator), key: checked})
        return view

    def send(self, case_id: str, victim: str, *, reference: str = "", to: str = "", receipt: str = "", at: str | None = None) -> CaseView:
        """The form has gone: a referral, or the notification. The fact `referral` is set in the same act.

        Raises `Refused` while there is no route, and when it was sent on this route already.
        """
        given, whom, address = (self._line(one, what) for one, what in ((reference, "reference"), (to, "authority"), (receipt, "address")))

        def decide(view: CaseView) -> list[AnyEvent]:
            route = view.route(victim)
            if route.route == "undetermined":
                missing = " and ".join(route.missing)
                raise Refused(f"{victim} has no route yet: {missing} is not recorded. Nothing was recorded.")
            before = self.matter(view, victim).sent_on(route.route)
            if before is not None:
                number = before.stamp.number
                raise Refused(f"It is recorded as sent already, in entry {number}: strike that first if it was not. Nothing was recorded.")
            notified = route.route == "duty_to_notify"
            events: list[AnyEvent] = [
                ReferralSent(subject=victim, route=route.route, to=whom, reference=given, receipt=address),
                FactRecorded(subject=victim, name="referral", value="notified" if notified else "sent"),
            ]
            if not notified:
                events.append(FactRecorded(subject=victim, name="reasonable_grounds", value="awaited"))
            return events

        return self._act(case_id, decide, at)

    def receive(self, case_id: str, victim: str, decision: Decision, outcome: Outcome, *, at: str | None = None) -> CaseView:
        """A decision has come. One on reasonable grounds sets the fact `reasonable_grounds` in the same act.

        Raises `Refused` when no referral was sent, and for conclusive grounds before a positive decision on reasonable ones.
        """

        def decide(view: CaseView) -> list[AnyEvent]:
            matter = self.matter(view, victim)
            if matter.windows is None:
                raise Refused(f"No referral of {victim} is recorded as sent, so there is nothing to decide. Nothing was recorded.")
            if decision == "conclusive" and matter.conclusive_not_before is None:
                raise Refused(f"{victim} has no positive decision on reasonable grounds yet: record that first. Nothing was recorded.")
            self._refuse_before(at, matter.sent[-1].stamp.happened_at, "the sending that it answers")
            if decision == "conclusive":
                self._refuse_before(at, matter.decisions[-1].stamp.happened_at, "the decision before it")
            events: list[AnyEvent] = [DecisionReceived(subject=victim, decision=decision, outcome=outcome)]
            if decision == "reasonable":
                events.append(FactRecorded(subject=victim, name="reasonable_grounds", value=outcome))
            return events

        return self._act(case_id, decide, at)

    def _fact_set(self, view: CaseView, field: Field, answer: str, victim: str) -> FactRecorded | None:
        """The fact that an answer sets, where that is the field's only source."""
        value = field.fact.value(answer) if field.fact is not None and answer else None
        if field.fact is None or value is None:
            return None
        definition = view.pack.fact(field.fact.name)
        definition.option(value)
        return FactRecorded(subject=CASE if definition.subject == CASE else victim, name=definition.name, value=value)
