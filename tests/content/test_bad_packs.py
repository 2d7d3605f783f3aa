"""A bad pack gets one line that says where it is wrong, and the good ones beside it still load."""

from __future__ import annotations

import json
import tomllib
import unicodedata
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from msht_tui.content.check import faults_of
from msht_tui.content.fault import BadPack, Fault
from msht_tui.content.finder import data_folder
from msht_tui.content.library import DEFAULT_PACK, Library, load
from msht_tui.content.reader import read_pack
from msht_tui.content.tables import FILE_LIMIT, PackFiles, digest_of, pack_files, tables_in, too_deep
from msht_tui.domain.refusal import Refused

SHIPPED = data_folder() / "packs" / DEFAULT_PACK
Change = Callable[[bytes], bytes]


def swap(old: str, new: str) -> Change:
    """Replaces the first `old`, which has to be there."""

    def change(data: bytes) -> bytes:
        assert old.encode() in data, old
        return data.replace(old.encode(), new.encode(), 1)

    return change


def add(text: str) -> Change:
    """Adds to the end."""
    return lambda data: data + text.encode()


def instead(data: bytes) -> Change:
    return lambda _: data


UNIT = '\n[[unit]]\nid = "{}"\nlines = "1"\nkind = "do"\nforce = "should"\nsubjects = ["victim"]\nwhen = "{}"\n'
CONTACT = '\n[[contact]]\nid = {}\nname = {}\nfor = "x"\nsource = "x"\nchecked = 2026-04-21\n'
CAUTION = '\n[[caution]]\nid = "extra"\ntext = "Stay apart"\nsubject = "victim"\nwhen = {}\n'
FACT = '\n[[fact]]\nname = "{}"\nsubject = "victim"\ntitle = "x"\nask = "x?"\n{}\n'
YES_NO = 'options = [{ value = "yes", label = "Yes" }, { value = "no", label = "No" }]'
ARRESTED = 'unless = { arrested = ["yes"] }'
ROOMS = 'when = { lives_with_victims = ["yes", "not-sure"] }'
DEEP_TABLE = "[" + ".".join(f"k{n}" for n in range(30)) + "]\nx = 1\n"

# What is wrong, the file, the change, and what the line has to name: table, key, words.
FAULTS: list[tuple[str, str, Change, list[str]]] = [
    (
        "unknown key",
        "scene.toml",
        swap('kind = "do"', 'kind = "do"\ncolour = "red"'),
        ["[[item]] 1 (scene-treated-as-crime-scene)", "colour"],
    ),
    ("unknown table", "scene.toml", add("\n[[step]]\nid = 1\n"), ["step", "is not a table of this file"]),
    ("unknown key of the pack", "pack.toml", add('\nowner = "x"\n'), ["owner"]),
    (
        "unknown fact",
        "suspect.toml",
        swap(ARRESTED, 'unless = { arested = ["yes"] }'),
        ["[[item]] advice-before-early-arrest", "unless.arested"],
    ),
    ("unknown answer", "suspect.toml", swap(ARRESTED, 'unless = { arrested = ["maybe"] }'), ["unless.arrested", "maybe", "yes, no"]),
    ("fact of somebody else", "suspect.toml", swap(ARRESTED, 'unless = { attended = ["yes"] }'), ["unless.attended", "of a scene"]),
    (
        "unknown fact in the ledger",
        "sources.toml",
        swap("UNLESS arrested: yes", "UNLESS arested: yes"),
        ["[[unit]] SUS-2", "when", "arested"],
    ),
    ("nonsense in the ledger", "sources.toml", swap("UNLESS arrested: yes", "UNLESS arrested"), ["[[unit]] SUS-2", "when", "arrested"]),
    ("unknown fact of a caution", "pause-points.toml", add(CAUTION.format('{ agee = ["child"] }')), ["[[caution]] extra", "when.agee"]),
    (
        "duplicate item",
        "victim-care.toml",
        swap('id = "parties-separated"', 'id = "csi-decided"'),
        ["csi-decided", "id", "2 times", "scene.toml"],
    ),
    ("duplicate unit", "sources.toml", add(UNIT.format("SCN-1", "always")), ["[[unit]] SCN-1", "id", "2 times"]),
    ("duplicate contact", "contacts.toml", add(CONTACT.format('"sca"', '"x"')), ["[[contact]] sca", "id", "2 times"]),
    ("duplicate fact", "facts.toml", add(FACT.format("age", YES_NO)), ["[[fact]] age", "name", "2 times"]),
    (
        "condition that never holds",
        "suspect.toml",
        swap(ROOMS, 'when = { arrested = ["yes"], all = [{ arrested = ["no"] }] }'),
        ["suspect-rooms", "when"],
    ),
    (
        "condition taken away always",
        "suspect.toml",
        swap(ARRESTED, 'unless = { arrested = ["yes", "no"] }'),
        ["advice-before-early-arrest", "when", "never hold"],
    ),
    ("empty condition", "suspect.toml", swap(ROOMS, "when = {}"), ["(suspect-rooms)", "when", "is empty"]),
    (
        "condition without answers",
        "suspect.toml",
        swap(ROOMS, "when = { lives_with_victims = [] }"),
        ["(suspect-rooms)", "when.lives_with_victims"],
    ),
    (
        "condition of a wrong type",
        "suspect.toml",
        swap(ROOMS, "when = { lives_with_victims = [1] }"),
        ["(suspect-rooms)", "when.lives_with_victims"],
    ),
    ("condition that is no table", "suspect.toml", swap(ROOMS, 'when = "yes"'), ["(suspect-rooms)", "when", "expected"]),
    ("uncovered unit", "sources.toml", add(UNIT.format("SCN-9", "always")), ["[[unit]] SCN-9", "id", "not covered"]),
    ("invented unit", "scene.toml", swap('covers = ["SCN-6"]', 'covers = ["SCN-66"]'), ["[[item]] csi-decided", "covers", "SCN-66"]),
    ("no unit at all", "scene.toml", swap('covers = ["SCN-6"]', "covers = []"), ["[[item]] csi-decided", "covers", "is empty"]),
    (
        "act on a card",
        "suspect.toml",
        swap('covers = ["SUS-7"]', 'covers = ["SUS-5"]'),
        ["[[card]] prevention-and-disruption", "covers", "needs an item"],
    ),
    ("softened", "nrm.toml", swap('force = "must"', 'force = "should"'), ["[[item]] child-safeguarded-before-referral", "force", "must"]),
    ("other condition than the ledger", "suspect.toml", swap(ARRESTED, ""), ["[[item]] advice-before-early-arrest", "when", "SUS-2"]),
    (
        "other subjects than the ledger",
        "scene.toml",
        swap('subjects = ["scene"]', 'subjects = ["case"]'),
        ["scene-treated-as-crime-scene", "subjects"],
    ),
    (
        "a subject twice",
        "scene.toml",
        swap('subjects = ["scene"]', 'subjects = ["scene", "scene"]'),
        ["scene-treated-as-crime-scene", "subjects"],
    ),
    (
        "protective fact without not-sure",
        "suspect.toml",
        swap(ROOMS, 'when = { lives_with_victims = ["yes"] }'),
        ["suspect-rooms", "when.lives_with_victims", "not-sure"],
    ),
    (
        "not-sure counted as no",
        "suspect.toml",
        swap(ROOMS, 'when = { lives_with_victims = ["no", "not-sure"] }'),
        ["suspect-rooms", "lives_with_victims", "not-sure"],
    ),
    (
        "not-sure takes away",
        "victim-care.toml",
        swap('["not-needed"]', '["not-needed", "not-sure"]'),
        ["independent-interpreter", "unless.interpreter", "not-sure"],
    ),
    (
        "protective answer that there is none of",
        "facts.toml",
        swap('protective = "needed"', 'protective = "wanted"'),
        ["[[fact]] interpreter", "protective"],
    ),
    ("long title", "scene.toml", swap('kind = "do"\ntitle = "', 'kind = "do"\ntitle = "' + "x" * 60), ["title", "60"]),
    ("no reason", "scene.toml", swap('why = "', 'why = ""\n# "'), ["[[item]]", "why", "is empty"]),
    ("id that a command could not name", "scene.toml", swap('id = "csi-decided"', 'id = "csi@V1, x"'), ["csi@V1, x", "id"]),
    (
        "own phase as another",
        "scene.toml",
        swap('also_in = ["victim-care", "suspect"]', 'also_in = ["scene"]'),
        ["person-as-a-scene", "also_in"],
    ),
    (
        "unknown phase",
        "scene.toml",
        swap('also_in = ["victim-care", "suspect"]', 'also_in = ["court"]'),
        ["person-as-a-scene", "also_in", "court"],
    ),
    ("phase of another name", "scene.toml", swap('id = "scene"', 'id = "place"'), ["[phase]", "id", "scene"]),
    (
        "unknown item in a list",
        "pause-points.toml",
        swap('item = "basic-needs-met"', 'item = "basic-needs"'),
        ["[[pause_point]] on-the-call", "steps", "basic-needs"],
    ),
    (
        "unknown fact in a list",
        "pause-points.toml",
        swap('fact = "age"', 'fact = "agee"'),
        ["[[pause_point]] on-the-call", "steps", "agee"],
    ),
    (
        "list for nobody",
        "pause-points.toml",
        swap('{ item = "child-safeguarded-before-referral" }', '{ item = "csi-decided" }'),
        ["before-the-referral", "csi-decided"],
    ),
    ("file too large", "scene.toml", add("#" * FILE_LIMIT), ["larger than 1,048,576 bytes"]),
    ("lists nested 5,000 deep", "scene.toml", add("\nx = " + "[" * 5000 + "]" * 5000), ["nested too deeply"]),
    ("tables nested 5,000 deep", "scene.toml", add("\nx = " + "{a=" * 5000 + "1" + "}" * 5000), ["nested too deeply"]),
    ("tables nested by a header", "scene.toml", add("\n" + DEEP_TABLE), ["nested too deeply"]),
    ("dotted key of 5,000 parts", "scene.toml", add("\nx" + ".a" * 5000 + " = 1\n"), ["5,000 full stops"]),
    ("dotted key of half a million parts", "scene.toml", add("\nx" + ".a" * 500_000 + " = 1\n"), ["500,000 full stops"]),
    ("int of 5,000 digits", "scene.toml", swap("priority = 2", "priority = " + "9" * 5000), ["is not TOML", "5000 digits"]),
    ("hexadecimal int of 5,000 digits", "scene.toml", swap("priority = 2", "priority = 0x" + "f" * 5000), ["[[item]] 1", "too large"]),
    ("such an int for a name", "contacts.toml", add(CONTACT.format("0x" + "f" * 5000, '"x"')), ["[[contact]] 5", "id", "expected `str`"]),
    ("priority that there is none of", "scene.toml", swap("priority = 2", "priority = 4"), ["[[item]] 1", "priority"]),
    (
        "text for a list",
        "scene.toml",
        swap('covers = ["SCN-6"]', 'covers = "SCN-6"'),
        ["[[item]]", "(csi-decided)", "covers", "expected `array`"],
    ),
    ("number for a text", "contacts.toml", add(CONTACT.format('"x"', "7")), ["[[contact]] 5 (x)", "name", "expected `str`"]),
    ("table for an array of tables", "contacts.toml", instead(b'[contact]\nid = "x"\n'), ["[[contact]]", "has to be written"]),
    ("array for a table", "scene.toml", swap("[phase]", "[[phase]]"), ["[phase]", "expected `object`"]),
    ("missing key", "scene.toml", swap('kind = "do"', ""), ["[[item]] 1 (scene-treated-as-crime-scene)", "kind"]),
    ("unknown kind", "scene.toml", swap('kind = "do"', 'kind = "know"'), ["[[item]] 1 (scene-treated-as-crime-scene)", "kind"]),
    ("no date", "pack.toml", swap("guidance_date = 2026-11-23", 'guidance_date = "soon"'), ["guidance_date"]),
    ("not UTF-8", "scene.toml", lambda data: data + b"\n# \xc3", ["is not UTF-8", "byte"]),
    ("not TOML", "scene.toml", add('\n[[item]\nid = "x"\n'), ["is not TOML", "line"]),
    ("a key twice", "scene.toml", swap('kind = "do"', 'kind = "do"\nkind = "do"'), ["is not TOML", "line"]),
    ("empty file", "scene.toml", instead(b""), ["[phase]", "id"]),
    ("empty pack", "pack.toml", instead(b""), ["id"]),
    (
        "control character in a title",
        "scene.toml",
        swap('kind = "do"\ntitle = "', 'kind = "do"\ntitle = "\\u001b[2J'),
        ["[[item]] scene-treated-as-crime-scene", "title", "control"],
    ),
    (
        "control character in a contact",
        "contacts.toml",
        swap('hours = "', 'hours = "\\u009b31m'),
        ["[[contact]] salvation-army", "hours", "control"],
    ),
    (
        "control character in an answer",
        "facts.toml",
        swap('label = "England"', 'label = "Engl\\u202eand"'),
        ["[[fact]] nation", "options.label", "control"],
    ),
    (
        "control character in a list",
        "pause-points.toml",
        swap('say = "', 'say = "\\u0007'),
        ["[[pause_point]] on-the-call", "steps.say", "control"],
    ),
    (
        "control character in a caution",
        "pause-points.toml",
        swap('text = "', 'text = "\\u200b'),
        ["[[caution]] nobody-at-the-scene-interprets", "text"],
    ),
    (
        "control character in a key",
        "contacts.toml",
        swap('id = "sca"', 'id = "sca"\n"\\u001b]52;c;x\\u0007" = 1'),
        ["(sca)", "unknown field"],
    ),
    ("control character in an id", "contacts.toml", add(CONTACT.format('"a\\u001b[2J"', "7")), ["[[contact]] 5", "name"]),
    ("control character itself", "contacts.toml", add("\n# \x00"), ["is not TOML"]),
]


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder of packs with the shipped one in it, and a copy of it under another name, to be spoilt."""
    for name in (DEFAULT_PACK, "bad-pack"):
        folder = tmp_path / "packs" / name
        folder.mkdir(parents=True)
        for file, data in pack_files(SHIPPED).items():
            (folder / file).write_bytes(data.replace(DEFAULT_PACK.encode(), name.encode()) if file == "pack.toml" else data)
    return tmp_path / "packs"


def one_line(text: str) -> bool:
    return "\n" not in text and not any(unicodedata.category(one).startswith("C") for one in text)


@pytest.mark.parametrize(("file", "change", "words"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_bad_pack_gets_a_line_and_the_others_load(shelf: Path, file: str, change: Change, words: list[str]) -> None:
    path = shelf / "bad-pack" / file
    path.write_bytes(change(path.read_bytes()))
    library = Library(shelf)
    assert set(library.packs) == {DEFAULT_PACK}
    lines = [str(fault) for fault in library.faults]
    assert [line for line in lines if line.startswith(f"bad-pack/{file}: ") and all(word in line for word in words)], lines
    assert all(one_line(line) for line in lines)
    assert all(line.startswith("bad-pack/") for line in lines)


def test_an_unspoilt_copy_loads(shelf: Path) -> None:
    library = Library(shelf)
    assert [str(fault) for fault in library.faults] == []
    assert set(library.packs) == {DEFAULT_PACK, "bad-pack"}


@pytest.mark.parametrize("missing", ["facts.toml", "contacts.toml", "pause-points.toml", "sources.toml", "nrm.toml"])
def test_a_missing_file_is_named(shelf: Path, missing: str) -> None:
    (shelf / "bad-pack" / missing).unlink()
    library = Library(shelf)
    assert f"bad-pack/{missing}: is missing" in [str(fault) for fault in library.faults]
    assert set(library.packs) == {DEFAULT_PACK}


def test_a_folder_without_a_pack_file_is_no_pack(shelf: Path) -> None:
    (shelf / "bad-pack" / "pack.toml").unlink()
    (shelf / "empty").mkdir()
    library = Library(shelf)
    assert [str(fault) for fault in library.faults] == [f"{name}: is not a pack: it has no pack.toml" for name in ("bad-pack", "empty")]
    assert set(library.packs) == {DEFAULT_PACK}


def test_a_file_that_the_pack_does_not_name_is_refused(shelf: Path) -> None:
    (shelf / "bad-pack" / "court.toml").write_text("", "utf-8")
    (line,) = [str(fault) for fault in Library(shelf).faults]
    assert line.startswith("bad-pack/court.toml: is not one of the pack's files")


def test_a_folder_in_the_place_of_a_file_is_refused(shelf: Path) -> None:
    (shelf / "bad-pack" / "scene.toml").unlink()
    (shelf / "bad-pack" / "scene.toml").mkdir()
    assert [str(fault) for fault in Library(shelf).faults] == ["bad-pack/scene.toml: is not a file"]


def test_a_second_pack_of_the_same_id_does_not_take_the_place_of_the_first(shelf: Path) -> None:
    (shelf / "bad-pack" / "pack.toml").write_bytes((SHIPPED / "pack.toml").read_bytes())
    library = Library(shelf)
    assert [str(fault) for fault in library.faults] == [f"bad-pack/pack.toml: id: is another pack's already: {DEFAULT_PACK}"]
    assert library.pack().digest == digest_of(pack_files(SHIPPED))


def test_an_author_sees_every_fault_of_a_file_at_once(shelf: Path) -> None:
    path = shelf / "bad-pack" / "scene.toml"
    path.write_bytes(path.read_bytes().replace(b'kind = "do"', b'kind = "done"'))
    with pytest.raises(BadPack) as caught:
        load(shelf / "bad-pack")
    assert len(caught.value.faults) == path.read_bytes().count(b'kind = "done"') > 1


def test_a_refusal_of_a_bad_pack_gives_its_first_fault(shelf: Path) -> None:
    (shelf / "bad-pack" / "nrm.toml").unlink()
    with pytest.raises(Refused, match=r"There is no usable pack 'bad-pack'.*bad-pack/nrm.toml: is missing"):
        Library(shelf).pack("bad-pack")


def test_a_condition_of_very_many_facts_is_refused_before_it_is_tried(shelf: Path) -> None:
    """All their combinations would take days."""
    names = [f"f{number}" for number in range(40)]
    facts = shelf / "bad-pack" / "facts.toml"
    facts.write_bytes(facts.read_bytes() + "".join(FACT.format(name, YES_NO) for name in names).encode())
    points = shelf / "bad-pack" / "pause-points.toml"
    condition = "{ " + ", ".join(f'{name} = ["yes"]' for name in names) + " }"
    points.write_bytes(points.read_bytes() + CAUTION.format(condition).encode())
    (line,) = [str(fault) for fault in Library(shelf).faults]
    assert line.startswith("bad-pack/pause-points.toml: [[caution]] extra: when: can be answered in")


def test_a_ledger_of_very_many_facts_is_refused_before_it_is_tried(shelf: Path) -> None:
    names = [f"f{number}" for number in range(40)]
    facts = shelf / "bad-pack" / "facts.toml"
    facts.write_bytes(facts.read_bytes() + "".join(FACT.format(name, YES_NO) for name in names).encode())
    ledger = shelf / "bad-pack" / "sources.toml"
    ledger.write_bytes(swap("UNLESS arrested: yes", " OR ".join(f"{name}: yes" for name in names))(ledger.read_bytes()))
    (line,) = [str(fault) for fault in Library(shelf).faults]
    assert "advice-before-early-arrest" in line
    assert "too many facts" in line


def test_depth_is_counted_without_recursion() -> None:
    deep: object = 1
    for _ in range(100_000):
        deep = [deep]
    assert too_deep(deep)
    assert not too_deep([[1, {"a": [2]}]], limit=4)
    assert too_deep([[1, {"a": [2]}]], limit=3)
    while isinstance(deep, list):  # taken apart by hand, so that freeing it does not recurse either
        deep = deep.pop()


def test_a_fault_is_one_line_whatever_it_quotes() -> None:
    line = str(Fault("a/b.toml", "[[item]] x\n\x1b[2J", "k\u202e\x00", "is\r\nbad\u2028\x9b"))
    assert one_line(line)
    assert line.startswith("a/b.toml: [[item]] x \ufffd[2J: k\ufffd\ufffd: is bad")


def test_the_digest_tells_names_and_bytes_apart() -> None:
    assert digest_of({"a": b"1", "b": b"2"}) == digest_of({"b": b"2", "a": b"1"})
    found = [{"a": b"12"}, {"a": b"1", "b": b"2"}, {"b": b"12"}, {"a": b"1\nb\n1\n2"}, {}]
    assert len({digest_of(files) for files in found}) == len(found)


# Whatever becomes of the files, a pack comes out or a fault


def outcome(files: PackFiles) -> list[Fault]:
    try:
        return faults_of(read_pack(files, "bad-pack"), "bad-pack")
    except BadPack as error:
        assert error.faults
        return error.faults


FILES = pack_files(SHIPPED)
NAMES = sorted(FILES)
few = settings(
    max_examples=60,
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@few
@given(st.data())
def test_files_with_bytes_changed_give_a_pack_or_faults(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    mangled = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(mangled)))
        end = min(len(mangled), start + data.draw(st.sampled_from([0, 1, 2, 40])))
        mangled[start:end] = data.draw(st.one_of(st.binary(max_size=3), st.sampled_from([b"", b'"', b"[", b"{", b"\n", b"= 0x", b'"""'])))
    for fault in outcome({**FILES, name: bytes(mangled)}):
        assert one_line(str(fault))
        assert str(fault).startswith(("bad-pack/", "bad-pack:"))


values: st.SearchStrategy[object] = st.one_of(
    st.sampled_from(
        [None, True, 0, 2, -1, 2**70, 16**5000, 1.5, "", "x", "age", "not-sure", "\x1b[2J", [], {}, [[]], [{}], date(2026, 1, 1)]
    ),
    st.lists(st.sampled_from(["victim", "case", "VIC-1", "child", 1]), max_size=3),
    st.dictionaries(st.sampled_from(["age", "any", "all", "x"]), st.lists(st.sampled_from(["child", "x", 1, {}]), max_size=2), max_size=2),
)


@few
@given(st.data())
def test_files_with_keys_dropped_and_values_replaced_give_a_pack_or_faults(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    tables = tomllib.loads(FILES[name].decode())
    for _ in range(data.draw(st.integers(1, 3))):
        spoil(tables, data)
    for fault in outcome({**FILES, name: toml_of(tables)}):
        assert one_line(str(fault))
        assert str(fault).startswith(("bad-pack/", "bad-pack:"))


def spoil(tables: dict[str, object], data: st.DataObject) -> None:
    """Drop, replace, rename or repeat one thing somewhere in the tables."""
    holder: object = tables
    for _ in range(data.draw(st.integers(0, 3))):
        inner = [value for value in (holder.values() if isinstance(holder, dict) else holder if isinstance(holder, list) else []) if value]
        inner = [value for value in inner if isinstance(value, dict | list)]
        if inner:
            holder = inner[data.draw(st.integers(0, len(inner) - 1))]
    if isinstance(holder, dict) and holder:
        key = data.draw(st.sampled_from(sorted(holder)))
        match data.draw(st.integers(0, 2)):
            case 0:
                del holder[key]
            case 1:
                holder[key] = deepcopy(data.draw(values))
            case _:
                holder[data.draw(st.sampled_from(["x", "", "when", "unless", "\x1b", "a b"]))] = holder.pop(key)
    elif isinstance(holder, list) and holder:
        place = data.draw(st.integers(0, len(holder) - 1))
        if data.draw(st.booleans()):
            holder[place] = deepcopy(data.draw(values))
        else:
            holder.append(deepcopy(holder[place]))


def toml_of(tables: dict[str, object]) -> bytes:
    return "".join(f"{json.dumps(key)} = {written(value)}\n" for key, value in tables.items() if value is not None).encode()


def written(value: object) -> str:
    """A value as TOML writes it within a line."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return hex(value) if value > 2**64 else str(value)
        case str():
            return json.dumps(value).replace("\x7f", "\\u007f")
        case list():
            return "[" + ", ".join("\n" + written(inner) for inner in value if inner is not None) + "]"
        case dict():
            return "{" + ", ".join(f"{json.dumps(key)} = {written(inner)}" for key, inner in value.items() if inner is not None) + "}"
        case _:
            return str(value)


def test_the_writer_used_here_writes_what_was_read() -> None:
    for name in NAMES:
        tables = tables_in(FILES[name])
        assert tables_in(toml_of(tables)) == tables
