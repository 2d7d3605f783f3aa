"""The shipped pack against its ledger, and the ledger against the guidance where that lies beside the checkout."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from msht_tui.content.finder import data_folder
from msht_tui.content.library import DEFAULT_PACK, Library
from msht_tui.domain.case import CaseState
from msht_tui.domain.entry import FactRecorded, StepMarked, SubjectAdded
from msht_tui.domain.pack import ROLES, Card, Item, Pack, Unit
from msht_tui.domain.steps import progress, steps_of

Covers = Mapping[str, tuple[str, ...]]
Truth = bool | None

GUIDANCE = Path(__file__).resolve().parents[3] / "shared" / "app"
"""The page and its ledger are no part of the project: where they are absent, the pack is held against its own ledger alone."""

HOMES = {
    "AUD": "initial-actions",
    "SAF": "initial-actions",
    "AGE": "initial-actions",
    "ACT": "initial-actions",
    "REC": "initial-actions",
    "FCB": "initial-actions",
    "SCN": "scene",
    "EVI": "scene",
    "VIC": "victim-care",
    "VLO": "victim-care",
    "SUS": "suspect",
}
"""The phase of each part of the page; the rest is the NRM's."""
RUN = 8
"""Words in a row that count as copied."""


def home(unit: str) -> str:
    return "suspect" if unit == "ACT-12" else HOMES.get(unit.partition("-")[0], "nrm")


def holders(pack: Pack) -> tuple[Item | Card, ...]:
    return (*pack.items, *pack.cards)


def unit_of(pack: Pack, unit_id: str) -> Unit:
    return next(unit for unit in pack.units if unit.id == unit_id)


# Coverage


def test_the_shipped_packs_load_without_fault(library: Library) -> None:
    assert [str(fault) for fault in library.faults] == []
    assert set(library.packs) == {DEFAULT_PACK}


def test_the_ledger_has_the_121_units(pack: Pack) -> None:
    assert len(pack.units) == len({unit.id for unit in pack.units}) == 121
    assert Counter(unit.kind for unit in pack.units) == {"do": 80, "consider": 18, "know": 23}


def test_the_ledger_is_that_of_the_guidance(pack: Pack) -> None:
    ours = {unit.id: (unit.lines, unit.kind, unit.force, ", ".join(unit.subjects), unit.when) for unit in pack.units}
    for row in guidance_ledger():
        assert ours[row["id"]] == (row["source_lines"], row["kind"], row["force"], row["applies_to"], row["when"]), row["id"]
    assert {row["id"] for row in guidance_ledger()} in (set(), set(ours))


def guidance_ledger() -> list[dict[str, str]]:
    path = GUIDANCE / "duties.tsv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_every_unit_is_covered(pack: Pack) -> None:
    by_items = {unit for item in pack.items for unit in item.covers}
    by_cards = {unit for card in pack.cards for unit in card.covers}
    assert {unit.id for unit in pack.units if unit.kind != "know"} <= by_items
    assert {unit.id for unit in pack.units if unit.kind == "know"} <= by_items | by_cards
    assert by_items | by_cards == {unit.id for unit in pack.units}
    assert not {unit.id for unit in pack.units if unit.kind != "know"} & by_cards


def test_only_two_units_are_cut_into_several_items(items_of: Covers) -> None:
    """ACT-18 is a referral to two services, SUS-6 a group of eight sources."""
    assert {unit: len(items) for unit, items in items_of.items() if len(items) > 1} == {"ACT-18": 2, "SUS-6": 8}


def test_the_two_items_of_act_18_are_the_nrm_and_the_guardian(pack: Pack, items_of: Covers) -> None:
    first, second = (pack.item(name) for name in items_of["ACT-18"])
    assert "NRM" in first.title
    assert re.search("guardian|ICTG", second.title)


def test_the_eight_sources_are_one_group_that_is_complete_when_all_are(pack: Pack, items_of: Covers) -> None:
    sources = [pack.item(name) for name in items_of["SUS-6"]]
    assert {item.group for item in sources} == {"intelligence-sources"}
    assert [item.id for item in pack.items if item.group] == [item.id for item in sources]
    assert len({item.title for item in sources}) == 8


def test_a_group_is_complete_once_the_last_of_it_is_done(pack: Pack, case_of: Callable[..., CaseState], items_of: Covers) -> None:
    def complete(count: int) -> bool:
        marks = [StepMarked(subject="S1", item=name, state="done") for name in items_of["SUS-6"][:count]]
        case = case_of(SubjectAdded(subject="S1", subject_kind="suspect"), *marks)
        return progress(step for step in steps_of(pack, case) if step.item.group == "intelligence-sources").complete

    assert [complete(count) for count in (0, 7, 8)] == [False, False, True]


def test_force_and_qualifier_are_the_guidances_words(pack: Pack) -> None:
    for holder in holders(pack):
        for unit in (unit_of(pack, name) for name in holder.covers):
            if isinstance(holder, Item) and unit.kind == "know":
                continue
            said = re.sub(r"[ ,()]+", " ", unit.force).strip()
            assert f"{holder.force} {re.sub('[ ,]+', ' ', holder.qualifier)}".strip() == said, (holder.id, unit.id)
            assert set(holder.subjects) == set(unit.subjects), (holder.id, unit.id)
            assert not isinstance(holder, Item) or holder.kind == unit.kind, (holder.id, unit.id)


def test_a_must_reads_as_must_on_the_card(pack: Pack, items_of: Covers) -> None:
    musts = [unit.id for unit in pack.units if unit.force.split()[0].strip(",") == "must"]
    assert set(musts) >= {"SAF-1", "VIC-9", "VIC-10", "NRM-2", "NRM-7", "CHD-1", "ICT-3", "DEC-5"}
    for unit in musts:
        assert [pack.item(name).force_words.startswith("MUST") for name in items_of[unit]] == [True]
    assert pack.item(items_of["ICT-3"][0]).force_words == "MUST, where available"


def test_an_item_stands_in_the_phase_of_the_first_unit_it_covers(pack: Pack) -> None:
    for holder in holders(pack):
        assert holder.phase == home(holder.covers[0]), holder.id
    assert [(phase.id, phase.subject) for phase in pack.phases] == [
        ("initial-actions", "victim"),
        ("scene", "scene"),
        ("victim-care", "victim"),
        ("suspect", "suspect"),
        ("nrm", "victim"),
    ]


# Conditions, by a reading of the ledger's notation that owes nothing to the program's own


def reading(notation: str) -> Callable[[Mapping[str, str]], Truth]:
    """The condition of a ledger's `when` column, as a function of the facts that are known."""
    body, _, exception = (
        notation.removeprefix("UNLESS ").partition(" UNLESS ") if not notation.startswith("UNLESS") else ("", "", notation[7:])
    )

    def side(text: str, facts: Mapping[str, str]) -> Truth:
        ors = [[one(clause, facts) for clause in part.split(" AND ")] for part in text.split(" OR ")]
        every = [False if False in ands else None if None in ands else True for ands in ors]
        return True if True in every else None if None in every else False

    def one(clause: str, facts: Mapping[str, str]) -> Truth:
        name, _, values = clause.partition(": ")
        return facts[name] in values.split(", ") if name in facts else None

    def holds(facts: Mapping[str, str]) -> Truth:
        if exception and side(exception, facts):
            return False
        return True if body in ("", "always") else side(body, facts)

    return holds


def facts_in(notation: str) -> set[str]:
    return set(re.findall(r"([a-z_]+): ", notation))


@pytest.mark.parametrize(
    ("notation", "facts", "expected"),
    [
        ("always", {}, True),
        ("age: child, not-sure", {}, None),
        ("age: child, not-sure", {"age": "not-sure"}, True),
        ("age: child OR risk: yes", {"age": "adult"}, None),
        ("age: child AND sent: yes", {"sent": "no"}, False),
        ("UNLESS need: no", {}, True),
        ("UNLESS need: no", {"need": "no"}, False),
        ("sent: yes UNLESS grounds: positive", {"sent": "yes", "grounds": "positive"}, False),
        ("sent: yes UNLESS grounds: positive", {"sent": "yes"}, True),
    ],
)
def test_the_reading_of_the_ledger_used_here_is_right(notation: str, facts: dict[str, str], expected: Truth) -> None:
    assert reading(notation)(facts) is expected


def test_each_condition_equals_that_of_its_units_for_all_facts_set_or_not(pack: Pack) -> None:
    for holder in holders(pack):
        for unit in (unit_of(pack, name) for name in holder.covers):
            theirs = reading(unit.when)
            names = sorted(facts_in(unit.when) | set(holder.condition.facts()))
            for values in product(*((None, *pack.options[name]) for name in names)):
                known = {name: value for name, value in zip(names, values, strict=True) if value is not None}
                assert holder.condition.holds(known) is theirs(known), (holder.id, unit.id, known)


def test_every_fact_of_the_ledger_has_the_options_that_conditions_name(pack: Pack) -> None:
    for unit in pack.units:
        for name, values in re.findall(r"([a-z_]+): ([a-z-]+(?:, [a-z-]+)*)", unit.when):
            assert set(values.split(", ")) <= set(pack.options[name]), unit.id


def test_the_facts_have_the_names_subjects_and_answers_that_other_work_relies_on(pack: Pack) -> None:
    expected = {
        "case": "nation england wales scotland northern-ireland; msvlo_available yes no not-sure; ictg_available yes no not-sure",
        "victim": (
            "age adult child not-sure; looks_older_than_claimed yes no; age_assessment not-requested requested under-way completed; "
            "adult_at_risk yes no not-sure; consent not-asked yes no; "
            "interpreter needed not-needed not-sure; medical_need yes no not-sure; "
            "support_needed_now yes no; destitute yes no not-sure; housing_needed yes no not-sure; police_accommodation yes no; "
            "point_of_contact msvlo ngo spoc none; referral not-sent sent notified; reasonable_grounds awaited positive negative"
        ),
        "suspect": "arrested yes no; lives_with_victims yes no not-sure; possible_victim yes no not-sure",
        "scene": "kind living working sleeping vehicle other; attended yes no",
    }
    for subject, facts in expected.items():
        for fact in facts.split("; "):
            name, *answers = fact.split()
            assert (pack.fact(name).subject, set(pack.options[name])) == (subject, set(answers)), name


def test_the_protective_facts_are_those_six(pack: Pack) -> None:
    assert {fact.name: fact.protective for fact in pack.facts if fact.protective} == {
        "interpreter": "needed",
        "adult_at_risk": "yes",
        "medical_need": "yes",
        "destitute": "yes",
        "housing_needed": "yes",
        "lives_with_victims": "yes",
    }


def test_not_sure_of_a_protective_fact_counts_as_yes_everywhere(pack: Pack) -> None:
    for fact in pack.facts:
        if fact.protective is None:
            continue
        assert "not-sure" in fact.values
        for holder in holders(pack):
            others = [name for name in holder.condition.facts() if name != fact.name]
            for values in product(*((None, *pack.options[name]) for name in others)):
                rest = {name: value for name, value in zip(others, values, strict=True) if value is not None}
                held = [holder.condition.holds({**rest, fact.name: answer}) for answer in (fact.protective, "not-sure")]
                assert held[0] is held[1], (holder.id, fact.name)


def test_not_sure_of_the_age_takes_every_path_of_a_child(pack: Pack) -> None:
    for item in pack.items:
        if item.condition.holds({"age": "child"}):
            assert item.condition.holds({"age": "not-sure"}), item.id


def test_no_question_of_consent_is_open_before_the_age_is_known_or_for_a_child(
    pack: Pack, case_of: Callable[..., CaseState], people: Callable[..., list[SubjectAdded]]
) -> None:
    for age in (None, "child", "not-sure"):
        known = [] if age is None else [FactRecorded(subject="V1", name="age", value=age)]
        case = case_of(*people("V1"), *known)
        active = {unit for step in steps_of(pack, case) if step.active for unit in step.item.covers}
        assert not active & {"ACT-16", "VIC-8", "NRM-4", "NRM-5", "NRM-7", "NRM-8"}


def test_the_items_that_decide_a_fact_are_those_of_the_ledger(pack: Pack, items_of: Covers) -> None:
    deciding = {"ACT-5": "interpreter", "ACT-13": "point_of_contact", "SUS-1": "possible_victim"}
    assert {name: fact for unit, fact in deciding.items() for name in items_of[unit]} == {i.id: i.decides for i in pack.items if i.decides}


# Words


def test_a_title_is_short_and_stands_once(pack: Pack) -> None:
    for holder in holders(pack):
        assert 1 <= len(holder.title) <= 60, holder.id
        assert holder.title == holder.title.strip()
        assert not holder.title.endswith((".", "?", "!")), holder.id
    assert twice(holder.title for holder in holders(pack)) == []


def test_no_sentence_of_a_card_stands_twice(pack: Pack) -> None:
    texts = [text for item in pack.items for text in (item.why, item.good, item.never) if text]
    assert twice(texts + [card.text for card in pack.cards]) == []
    assert twice(sentence for text in texts for sentence in re.split(r"(?<=[.;])\s+", text)) == []


def twice(texts: Iterable[str]) -> list[str]:
    """What stands more than once, but for case, spaces and full stops."""
    counts = Counter(" ".join(re.findall(r"\w+", text.casefold())) for text in texts)
    return [text for text, count in counts.items() if count > 1]


def test_every_item_says_why_and_what_good_looks_like(pack: Pack) -> None:
    for item in pack.items:
        assert item.why.endswith("."), item.id
        assert item.good.endswith("."), item.id
        assert not item.never or item.never.endswith("."), item.id
        assert item.section, item.id
        assert item.chunk, item.id


def test_why_is_one_sentence(pack: Pack) -> None:
    assert [item.id for item in pack.items if len(re.findall(r"[.!?](?:\s|$)", item.why)) != 1] == []


def test_an_item_that_not_every_role_can_do_says_how_to_ask_for_it(pack: Pack) -> None:
    for item in pack.items:
        if set(item.roles) == set(ROLES):
            assert item.ask_for == "", item.id
        else:
            assert item.ask_for.startswith("Ask "), item.id


def test_items_of_a_chunk_stand_together(pack: Pack) -> None:
    for phase in pack.phases:
        chunks = [item.chunk for item in pack.items if item.phase == phase.id]
        runs = [chunk for chunk, before in zip(chunks, [None, *chunks], strict=False) if chunk != before]
        assert twice(runs) == [], phase.id


def words(text: str) -> list[str]:
    """The words of a text, small, without a citation of an Act: that can only be written in one way."""
    cited = re.sub(
        r"\b(?:section|s\.?)\s*\d+[a-z]?(?:\(\d+\))*(?: of)?(?: the)? [A-Z][\w ]+?Act \d{4}", " citation ", text, flags=re.IGNORECASE
    )
    return re.findall(r"[a-z0-9]+", cited.lower().replace("’", "").replace("'", ""))


def runs_of(text: str) -> Iterator[tuple[str, ...]]:
    found = words(text)
    return (tuple(found[start : start + RUN]) for start in range(len(found) - RUN + 1))


def shared_runs(text: str, guidance: str) -> list[str]:
    """The runs of eight words that a text has in common with the guidance, line by line of it."""
    theirs = {run for line in guidance.splitlines() for run in runs_of(line)}
    return [" ".join(run) for run in runs_of(text) if run in theirs]


def test_the_comparison_finds_a_run_of_eight_and_no_shorter_one() -> None:
    page = "One two three four, five six seven eight nine.\nTen."
    assert shared_runs("so one TWO three four five\n six seven 'eight' or so", page) == ["one two three four five six seven eight"]
    assert shared_runs("one two three four five six seven or eight", page) == []
    assert shared_runs("two three four five six seven eight nine ten", page) == ["two three four five six seven eight nine"]


def test_no_run_of_eight_words_is_shared_with_the_guidance() -> None:
    """The words are ours. The page is not shipped with the project, so this holds them against it only where it is at hand."""
    page = GUIDANCE / "source.txt"
    guidance = page.read_text("utf-8") if page.is_file() else ""
    for path in sorted(data_folder().rglob("*.toml")):
        shared = shared_runs(strings_of(tomllib.loads(path.read_text("utf-8"))), guidance)
        assert shared == [], path.name


def strings_of(value: object) -> str:
    if isinstance(value, dict):
        return "\n".join(strings_of(inner) for inner in value.values())
    if isinstance(value, list):
        return "\n".join(strings_of(inner) for inner in value)
    return value if isinstance(value, str) else ""


def test_every_contact_says_where_and_when_it_was_read(pack: Pack) -> None:
    for contact in pack.contacts:
        assert contact.source, contact.id
        assert contact.phone or contact.email, contact.id
        assert contact.checked <= pack.guidance_date, contact.id
