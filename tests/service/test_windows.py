"""Two windows on one store, and new content for old cases."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from msht_tui.content.finder import data_folder
from msht_tui.content.library import Library
from msht_tui.domain.pack import Pack
from msht_tui.domain.refusal import Refused
from msht_tui.ports import StoreTrouble
from msht_tui.service import Casework


def test_a_mark_is_refused_when_the_other_window_closed_the_case(work: Casework, other: Casework, case: str) -> None:
    other.view(case)
    work.close_case(case, because="Taken over by another force")
    with pytest.raises(Refused, match="The case is closed"):
        other.mark(case, "parties-separated", ["V1"], "done")
    assert work.view(case).entries[-1].kind == "case-closed"


def test_a_mark_is_refused_when_the_other_window_set_the_fact_against_it(work: Casework, other: Casework, case: str) -> None:
    work.set_facts(case, ["V1"], {"age": "child"})
    assert other.view(case).state.fact("V1", "age") == "child"
    work.set_facts(case, ["V1"], {"age": "adult"})
    with pytest.raises(Refused, match=r"child-protection-and-support@V1 does not apply"):
        other.mark(case, "child-protection-and-support", ["V1"], "done")


def test_a_mark_is_refused_when_the_other_window_retired_the_person(work: Casework, other: Casework, case: str) -> None:
    other.view(case)
    work.retire_subject(case, "V2", because="entered twice")
    with pytest.raises(Refused, match="V2 is retired"):
        other.mark(case, "parties-separated", ["V2"], "done")


def test_two_windows_add_two_victims(work: Casework, other: Casework) -> None:
    case = work.open_case().case_id
    other.view(case)
    assert work.add_subject(case, "victim")[1] == "V1"
    view, second = other.add_subject(case, "victim")
    assert second == "V2"
    assert list(view.state.subjects) == ["V1", "V2"]


def test_two_windows_link_one_victim(work: Casework, other: Casework, case: str) -> None:
    other.view(case)
    _, victim = work.link_victim(case, "S1")
    assert other.link_victim(case, "S1")[1] == victim


def test_every_entry_names_who_made_it(work: Casework, other: Casework, case: str) -> None:
    other.note(case, "mine")
    view = work.note(case, "yours")
    assert [entry.stamp.by for entry in view.entries[-2:]] == ["Sgt 77", "PC 1234"]
    assert view.state.operators == ("PC 1234", "Sgt 77")


def test_windows_that_work_at_once_leave_one_record(begin: Callable[..., Casework], tmp_path: Path) -> None:
    folder = tmp_path / "store"
    case = begin(folder).open_case().case_id
    names = ["PC 1", "PC 2", "PC 3"]
    added: list[str] = []

    def work(name: str) -> None:
        mine = begin(folder, name)
        for _ in range(8):
            added.append(mine.add_subject(case, "victim")[1])

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    view = begin(folder).view(case)
    assert sorted(added) == sorted(f"V{number}" for number in range(1, 25))
    assert [entry.number for entry in view.entries] == list(range(1, 26))
    assert set(view.state.operators) == {"PC 1234", *names}


def test_a_view_is_never_changed_by_a_later_act(work: Casework, case: str) -> None:
    before = work.view(case)
    steps, state, entries = before.steps, before.state, before.entries
    work.mark(case, "parties-separated", ["V1"], "done")
    work.set_facts(case, ["V1"], {"age": "child"})
    assert (before.steps, before.state, before.entries) == (steps, state, entries)
    assert next(step.state for step in before.steps if step.id == "parties-separated@V1") == "open"


@pytest.fixture
def newer(tmp_path: Path, pack: Pack) -> Library:
    """The shipped content, one version on, in which a step has another title."""
    folder = tmp_path / "packs" / "app-first-response"
    shutil.copytree(data_folder() / "packs" / "app-first-response", folder)
    for name, old, new in (
        ("pack.toml", 'version = "', 'version = "9.'),
        ("victim-care.toml", f'title = "{pack.item("parties-separated").title}"', 'title = "Parties kept apart"'),
    ):
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")
    return Library(tmp_path / "packs")


def title(work: Casework, case: str) -> str:
    return work.view(case).pack.item("parties-separated").title


def test_new_content_changes_no_case_under_way(
    work: Casework, case: str, newer: Library, begin: Callable[..., Casework], tmp_path: Path
) -> None:
    before = work.mark(case, "parties-separated", ["V1"], "done")
    upgraded = begin(tmp_path / "store", content=newer)
    assert upgraded.view(case).pack.digest == before.pack.digest != newer.pack().digest
    assert upgraded.view(case).steps == before.steps
    assert title(upgraded, case) == before.pack.item("parties-separated").title
    upgraded.mark(case, "parties-separated", ["V2"], "done")
    fresh = upgraded.open_case().case_id
    assert title(upgraded, fresh) == "Parties kept apart"
    assert upgraded.view(fresh).pack.version.startswith("9.")
    assert title(work, fresh) == "Parties kept apart"
    assert len(list((tmp_path / "store" / "packs").iterdir())) == 2


def test_a_case_whose_content_is_gone_is_told_in_words(work: Casework, other: Casework, case: str, tmp_path: Path) -> None:
    for copy in (tmp_path / "store" / "packs").iterdir():
        copy.unlink()
    with pytest.raises(StoreTrouble, match="Could not read the content of the case"):
        other.view(case)
    assert [one.case_id for one in other.cases()[1]] == [case]


def test_a_case_cannot_be_begun_under_content_that_cannot_be_used(begin: Callable[..., Casework], tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    work = begin(tmp_path / "store", content=Library(tmp_path / "none"))
    with pytest.raises(Refused, match="There is no usable pack"):
        work.open_case()
    assert work.store.ids() == []
