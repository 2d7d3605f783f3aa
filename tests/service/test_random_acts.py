"""Whatever is done in whatever order: the numbers have no gaps, nothing earlier changes, and the state is what the entries add up to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from msht_tui.domain.case import fold
from msht_tui.domain.entry import MarkState
from msht_tui.domain.pack import Pack, SubjectKind
from msht_tui.domain.refusal import Refused
from msht_tui.domain.steps import steps_of
from msht_tui.service import Casework
from msht_tui.store.case_file import CaseFile
from msht_tui.store.disk import Disk

KINDS: tuple[SubjectKind, ...] = ("victim", "suspect", "scene", "other")
MARKS: tuple[MarkState, ...] = ("open", "done", "not-needed", "deferred")
SUBJECTS = st.sampled_from(["case", "V1", "V2", "V3", "S1", "S2", "L1", "O1", "V9"])
TEXTS = st.text(max_size=20)
TIMES = st.sampled_from([None, "13:00", "2026-11-23T09:00", "2026-11-24T09:00", "soon"])


def machine(begin: Callable[..., Casework], folder: Path, pack: Pack) -> type[RuleBasedStateMachine]:
    """Two windows that do anything to one case."""
    items = st.sampled_from([item.id for item in pack.items])
    facts = st.sampled_from([(fact.name, value) for fact in pack.facts for value in fact.values])

    class Acts(RuleBasedStateMachine):
        @initialize(reference=TEXTS)
        def open_case(self, reference: str) -> None:
            self.windows = [begin(folder, "PC 1234"), begin(folder, "Sgt 77")]
            self.case = self.windows[0].open_case(reference=reference).case_id
            self.path = folder / "cases" / f"{self.case}.tdb"
            self.before = self.path.read_bytes()

        def attempt(self, window: int, act: Callable[[Casework], object]) -> None:
            """Does it; a refusal has to leave the file as it was."""
            try:
                act(self.windows[window])
            except Refused as refused:
                assert str(refused)
                assert self.path.read_bytes() == self.before

        @rule(window=st.integers(0, 1), kind=st.sampled_from(KINDS), label=TEXTS, at=TIMES)
        def add(self, window: int, kind: SubjectKind, label: str, at: str | None) -> None:
            self.attempt(window, lambda work: work.add_subject(self.case, kind, label, at=at))

        @rule(window=st.integers(0, 1), subject=SUBJECTS, because=TEXTS, same_as=st.none() | SUBJECTS)
        def retire(self, window: int, subject: str, because: str, same_as: str | None) -> None:
            self.attempt(window, lambda work: work.retire_subject(self.case, subject, because=because, same_as=same_as))

        @rule(window=st.integers(0, 1), suspect=SUBJECTS)
        def link(self, window: int, suspect: str) -> None:
            self.attempt(window, lambda work: work.link_victim(self.case, suspect))

        @rule(window=st.integers(0, 1), subjects=st.lists(SUBJECTS, max_size=3), fact=facts, at=TIMES)
        def set_fact(self, window: int, subjects: list[str], fact: tuple[str, str], at: str | None) -> None:
            self.attempt(window, lambda work: work.set_facts(self.case, subjects, dict([fact]), at=at))

        @rule(
            window=st.integers(0, 1),
            item=items,
            subjects=st.lists(SUBJECTS, max_size=3),
            state=st.sampled_from(MARKS),
            because=TEXTS,
            to=TEXTS,
            note=TEXTS,
        )
        def mark(self, window: int, item: str, subjects: list[str], state: MarkState, because: str, to: str, note: str) -> None:
            whom = to if state == "deferred" else ""
            self.attempt(window, lambda work: work.mark(self.case, item, subjects, state, because=because, to=whom, note=note))

        @rule(window=st.integers(0, 1), text=TEXTS, subject=SUBJECTS, item=st.none() | items)
        def note(self, window: int, text: str, subject: str, item: str | None) -> None:
            self.attempt(window, lambda work: work.note(self.case, text, subject=subject, item=item))

        @rule(window=st.integers(0, 1), value=TEXTS)
        def refer(self, window: int, value: str) -> None:
            self.attempt(window, lambda work: work.add_reference(self.case, "crime", value))

        @rule(window=st.integers(0, 1))
        def close(self, window: int) -> None:
            self.attempt(window, lambda work: work.close_case(self.case, because="Taken over by another force"))
            self.attempt(window, lambda work: work.reopen_case(self.case, because="More came in"))

        @rule(window=st.integers(0, 1))
        def begin_again(self, window: int) -> None:
            self.windows[window] = begin(folder, f"PC {window}")

        @invariant()
        def nothing_earlier_is_altered(self) -> None:
            now = self.path.read_bytes()
            assert now.startswith(self.before)
            self.before = now

        @invariant()
        def the_record_adds_up_to_what_both_windows_show(self) -> None:
            record = CaseFile(self.path, Disk())
            assert [entry.number for entry in record.entries] == list(range(1, len(record.entries) + 1))
            assert [document["number"] for document in record.database] == [entry.number for entry in record.entries]
            state = fold(record.entries)
            for window in self.windows:
                view = window.view(self.case)
                assert view.state == state
                assert view.entries == tuple(record.entries)
                assert view.check_code == record.check_code
            assert view.steps == steps_of(view.pack, state)

    return Acts


def test_random_acts_leave_a_record_that_adds_up(begin: Callable[..., Casework], tmp_path: Path, pack: Pack) -> None:
    run_state_machine_as_test(
        machine(begin, tmp_path / "store", pack),
        settings=settings(max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)),
    )
