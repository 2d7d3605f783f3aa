"""The shipped worksheet against the form's ids and the pack's facts, and what a bad one is told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from msht_tui.content.fault import BadPack
from msht_tui.content.finder import data_folder
from msht_tui.content.library import Library
from msht_tui.content.tables import FILE_LIMIT, pack_files
from msht_tui.content.worksheet import load_worksheet, read_worksheet

SHIPPED = data_folder() / "nrm"
SHEET = load_worksheet()
FORM_FIELDS = Path(__file__).with_name("form_fields.txt").read_text("utf-8").split()
"""Every field of the live form, as the analysis of its source lists them."""
ANALYSIS = Path(__file__).resolve().parents[3] / "shared" / "nrm"
"""The analysis is no part of the project: where it is absent, the list above stands alone."""
beside_the_analysis = pytest.mark.skipif(not ANALYSIS.is_dir(), reason="the analysis of the form does not lie beside the checkout")


# The form


def test_every_field_of_the_form_is_mapped_exactly_once() -> None:
    mapped = [one for field in SHEET.fields for one in field.form_fields]
    assert sorted(mapped) == sorted(FORM_FIELDS)
    assert len(FORM_FIELDS) == len(set(FORM_FIELDS)) == 139


@beside_the_analysis
def test_the_list_of_the_forms_fields_is_that_of_the_analysis() -> None:
    flow = (ANALYSIS / "facts.md").read_text("utf-8").split("## 1. The flow")[1].split("## 2. Routing rules")[0]
    listed: list[str] = []
    for line in flow.splitlines():
        cell = line.split("|")[3].strip() if line.count("|") >= 7 else ""
        name = re.fullmatch("`([a-z0-9-]+)`", cell)
        if name:
            first = re.fullmatch("(.*-(?:city|country)-)1", name[1])
            listed += [f"{first[1]}{n}" for n in range(1, 11)] if first else [name[1]]
    assert sorted(set(listed)) == sorted(FORM_FIELDS)


STRICTER = ("ho_case_reference",)
"""Fields that are kept back here though the analysis lets them go: by that number the Home Office knows the person."""


@beside_the_analysis
def test_each_field_is_as_the_analysis_has_it() -> None:
    fields = (ANALYSIS / "worksheet.yaml").read_text("utf-8").split("\nfields:\n")[1]
    theirs = {}
    for block in fields.split("- key: ")[1:]:
        lists = {name: re.findall("- (.+)", body) for name, body in re.findall(r"\n  (\w+):((?:\n  - .+)*)", block)}
        one = dict(re.findall(r"\n  (\w+): (.+)", block))
        theirs[block.split("\n")[0]] = (
            one["section"],
            one["tier"],
            one["type"],
            one["origin"],
            "identifying" in one or block.startswith(STRICTER),
            one.get("feeds_ho_field"),
            [value.strip("'") for value in lists.get("options", [])],
            lists.get("required_for", []),
            lists.get("optional_for", []),
            lists.get("ho_fields", []),
            "\n  show_if:" in block,
        )
    ours = {
        field.key: (
            field.section,
            field.tier,
            field.type,
            field.origin,
            field.identifying,
            field.feeds,
            list(field.values),
            list(field.required_for),
            list(field.optional_for),
            list(field.form_fields),
            field.show_if is not None,
        )
        for field in SHEET.fields
    }
    assert len(ours) == 103
    assert ours == theirs
    assert list(ours) == list(theirs)


def test_the_commit_of_the_form_is_named() -> None:
    assert SHEET.form.commit == "54dfce7fd172e323ad45e17d9de9fe42f8c12317"
    assert SHEET.form.committed.isoformat() == "2026-04-21"
    assert (SHEET.limits.free_text_chars, SHEET.limits.session_idle_minutes) == (15_000, 60)


def test_every_page_of_the_form_has_a_field() -> None:
    assert {page.route for page in SHEET.pages} == {route for field in SHEET.fields for route in field.pages}
    assert len(SHEET.pages) == 63


def test_the_facts_that_answer_fields_are_facts_of_the_pack() -> None:
    pack = Library().pack()
    linked = {field.key: field.fact for field in SHEET.fields if field.fact}
    assert {"pv_under_18", "nrm_consent", "report_nation", "consents_to_be_named"} == {key for key, fact in linked.items() if fact.only}
    for fact in linked.values():
        assert {value for value, _ in fact.values} <= set(pack.fact(fact.name).values)


def test_help_is_one_sentence_and_every_box_that_could_point_to_somebody_is_marked() -> None:
    for field in SHEET.fields:
        assert field.help.endswith(".") and ". " not in field.help, field.key
    assert {"first_name", "last_name", "nickname", "date_of_birth", "pv_email", "pv_address", "contact_number"} <= {
        field.key for field in SHEET.fields if field.identifying
    }


# Bad worksheets

Change = Callable[[bytes], bytes]


def swap(old: str, new: str) -> Change:
    """Replaces the first `old`, which has to be there."""

    def change(data: bytes) -> bytes:
        assert old.encode() in data, old
        return data.replace(old.encode(), new.encode(), 1)

    return change


def add(text: str) -> Change:
    return lambda data: data + text.encode()


EXTRA = (
    '\n[[field]]\nkey = "{key}"\ntier = "core"\ntype = "text"\nlabel = "Extra"\nhelp = "Extra."\norigin = "tool"\n'
    'optional_for = ["child"]\n{more}\n'
)

# What is wrong, the file, the change, and what the line has to name.
FAULTS: list[tuple[str, str, Change, list[str]]] = [
    ("unknown key", "background.toml", swap('key = "family"', 'key = "family"\ncolour = "red"'), ["[[field]] 2", "colour"]),
    ("unknown table", "background.toml", add("\n[[item]]\nid = 1\n"), ["item", "is not a table of this file"]),
    ("unknown key of the worksheet", "worksheet.toml", swap("[form]", 'owner = "x"\n[form]'), ["owner"]),
    ("unknown limit", "worksheet.toml", add("pages = 3\n"), ["limits", "pages"]),
    ("limit of nothing", "worksheet.toml", swap("free_text_chars = 15000", "free_text_chars = 0"), ["[limits]", "free_text_chars"]),
    ("no date", "worksheet.toml", swap("committed = 2026-04-21", 'committed = "soon"'), ["committed"]),
    ("missing key", "background.toml", swap('tier = "core"\n', ""), ["[[field]] 1", "tier"]),
    ("unknown tier", "background.toml", swap('tier = "core"', 'tier = "top"'), ["[[field]] 1", "tier"]),
    ("unknown path", "background.toml", swap('"duty_to_notify"', '"dtn"'), ["[[field]] 1", "required_for"]),
    ("duplicate key", "background.toml", swap('key = "family"', 'key = "birthplace"'), ["[[field]] birthplace", "key", "more than once"]),
    ("duplicate key in another file", "exploiters.toml", add(EXTRA.format(key="family", more="")), ["[[field]] family", "key"]),
    ("key that a command could not name", "background.toml", swap('key = "family"', 'key = "the family"'), ["the family", "key"]),
    ("key of the route", "background.toml", swap('key = "family"', 'key = "path"'), ["[[field]] path", "key"]),
    ("form field twice", "background.toml", swap('["family"]', '["birthplace"]'), ["[[field]] family", "form_fields", "birthplace"]),
    ("no label", "background.toml", swap('label = "Schooling"', 'label = ""'), ["[[field]] education", "label"]),
    ("long label", "background.toml", swap('label = "Schooling"', f'label = "{"x" * 61}"'), ["label", "61"]),
    ("no help", "background.toml", swap('help = "', 'help = ""\n# "'), ["[[field]] birthplace", "help", "is empty"]),
    (
        "unknown field in a condition",
        "locations.toml",
        swap("show_if = { where_exploited", "show_if = { where"),
        ["[[field]] uk_towns", "show_if.where", "names no field"],
    ),
    (
        "later field in a condition",
        "background.toml",
        swap('identifying = true\n\n[[field]]\nkey = "family"', 'show_if = { family = ["any"] }\n\n[[field]]\nkey = "family"'),
        ["[[field]] birthplace", "show_if.family", "stands before"],
    ),
    (
        "unknown option in a condition",
        "locations.toml",
        swap('where_exploited = ["uk", ', 'where_exploited = ["moon", '),
        ["[[field]] uk_towns", "show_if.where_exploited", "moon", "uk, overseas"],
    ),
    (
        "route that there is none of",
        "duty_to_notify.toml",
        swap('show_if = { path = ["duty_to_notify"] }', 'show_if = { path = ["undetermined"] }'),
        ["[[field]] refusal_reason", "show_if.path", "undetermined"],
    ),
    (
        "condition on the words of a text",
        "exploiters.toml",
        add(EXTRA.format(key="extra", more='show_if = { family = ["brother"] }')),
        ["[[field]] extra", "show_if.family", "brother"],
    ),
    (
        "empty condition",
        "duty_to_notify.toml",
        swap('show_if = { path = ["duty_to_notify"] }', "show_if = {}"),
        ["[[field]] refusal_reason", "show_if", "is empty"],
    ),
    (
        "condition of a page",
        "pages.toml",
        swap('more_than_one_situation = ["no"', 'more_than_one_situation = ["never"'),
        ["[[page]] /when-did-the-exploitation-take-place", "when.more_than_one_situation", "never"],
    ),
    ("unknown page", "background.toml", swap('pages = ["/what', 'pages = ["/which'), ["[[field]] birthplace", "pages", "/which"]),
    ("page without a form field", "background.toml", swap('form_fields = ["birthplace"]\n', ""), ["[[field]] birthplace", "pages"]),
    (
        "page twice",
        "pages.toml",
        add('\n[[page]]\nroute = "/reference"\ntitle = "x"\n'),
        ["[[page]] /reference", "route", "more than once"],
    ),
    (
        "choice without options",
        "exploiters.toml",
        swap("options = [{", "# options = [{"),
        ["exploiter_location_known", "options", "choice"],
    ),
    (
        "options of a text",
        "background.toml",
        swap('["family"]', '["family"]\noptions = [{ value = "a", label = "A" }]'),
        ["family", "options"],
    ),
    ("option twice", "exploiters.toml", swap('value = "no"', 'value = "yes"'), ["exploiter_location_known", "options", "'yes'"]),
    ("option with a comma", "exploiters.toml", swap('value = "no"', 'value = "no,yes"'), ["exploiter_location_known", "options", "no,yes"]),
    ("limit of a choice", "exploiters.toml", add(EXTRA.format(key="extra", more="max_items = 0")), ["[[field]] extra", "max_items"]),
    (
        "tick boxes of another number",
        "types_and_risk.toml",
        swap('  "types-of-exploitation-other",\n', ""),
        ["[[field]] exploitation_types", "form_fields", "one an option"],
    ),
    (
        "feeds nothing",
        "age_and_child.toml",
        swap('feeds = "professional-insight"', 'feeds = "insight"'),
        ["[[field]] age_basis", "feeds", "insight"],
    ),
    (
        "required of what the form does not ask",
        "age_and_child.toml",
        swap('optional_for = ["child", "adult_consent", "duty_to_notify"]', 'required_for = ["child"]'),
        ["[[field]] age_basis", "required_for"],
    ),
    ("for nobody", "exploiters.toml", add(EXTRA.format(key="extra", more="").replace('optional_for = ["child"]', "")), ["extra", "path"]),
    (
        "fact that leaves an option out",
        "age_and_child.toml",
        swap('["not-sure", "not-sure"]', '["not-sure", "yes"]'),
        ["[[field]] pv_under_18", "fact.values", "only source"],
    ),
    (
        "fact with an unknown answer",
        "age_and_child.toml",
        swap('["under-way", "requested"]', '["under-way", "soon"]'),
        ["[[field]] age_assessment_requested", "fact.values"],
    ),
    (
        "two fields of one fact",
        "duty_to_notify.toml",
        swap('name = "consents_to_be_named"', 'name = "consent"'),
        ["[[field]] consents_to_be_named", "fact", "more than one field"],
    ),
    ("section of another name", "background.toml", swap('id = "background"', 'id = "past"'), ["[section]", "id", "background"]),
    ("array for a table", "background.toml", swap("[section]", "[[section]]"), ["[section]", "expected `object`"]),
    ("control character", "background.toml", swap('label = "Schooling"', 'label = "School\\u001b[2J"'), ["education", "label", "control"]),
    ("control character in an option", "exploiters.toml", swap('label = "Yes"', 'label = "Y\\u202ees"'), ["options.label", "control"]),
    ("lists nested 5,000 deep", "background.toml", add("\nx = " + "[" * 5000 + "]" * 5000), ["nested too deeply"]),
    ("dotted key of 5,000 parts", "background.toml", add("\nx" + ".a" * 5000 + " = 1\n"), ["5,000 full stops"]),
    ("nested condition", "duty_to_notify.toml", add("\nx = " + "{any=[" * 50 + "{}" + "]}" * 50), ["nested too deeply"]),
    ("not UTF-8", "background.toml", lambda data: data + b"\n# \xc3", ["is not UTF-8"]),
    ("not TOML", "background.toml", add("\n[[field]\n"), ["is not TOML"]),
    ("file too large", "background.toml", add("#" * FILE_LIMIT), ["larger than 1,048,576 bytes"]),
]


def one_line(text: str) -> bool:
    return not any(unicodedata.category(one).startswith("C") for one in text)


@pytest.mark.parametrize(("file", "change", "words"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_bad_worksheet_gets_a_line_that_says_where(tmp_path: Path, file: str, change: Change, words: list[str]) -> None:
    for name, data in pack_files(SHIPPED).items():
        (tmp_path / name).write_bytes(change(data) if name == file else data)
    with pytest.raises(BadPack) as bad:
        load_worksheet(tmp_path)
    lines = [str(fault) for fault in bad.value.faults]
    assert [line for line in lines if line.startswith(f"{tmp_path.name}/{file}: ") and all(word in line for word in words)], lines
    assert all(one_line(line) for line in lines)


def test_the_files_alone_are_enough_and_name_the_version() -> None:
    files = pack_files(SHIPPED)
    assert read_worksheet(files) == SHEET
    assert read_worksheet(files | {"report.toml": files["report.toml"] + b"\n"}).digest != SHEET.digest


@pytest.mark.parametrize("missing", ["pages.toml", "background.toml"])
def test_a_missing_file_is_named(missing: str) -> None:
    files = {name: data for name, data in pack_files(SHIPPED).items() if name != missing}
    with pytest.raises(BadPack, match=f"nrm/{missing}: is missing"):
        read_worksheet(files)


def test_a_folder_without_a_worksheet_and_a_file_that_is_none_of_it_are_refused() -> None:
    with pytest.raises(BadPack, match=r"it has no worksheet\.toml"):
        read_worksheet({})
    with pytest.raises(BadPack, match=r"nrm/court\.toml: is not one of the worksheet's files"):
        read_worksheet(pack_files(SHIPPED) | {"court.toml": b""})
