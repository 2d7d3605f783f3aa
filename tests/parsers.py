"""Every parser at the boundary, and inputs for it that a seed makes out of good ones.

    parsers(folder)           the parsers; `folder` is for the few that read real files
    shared_out(parsers, n)    how many of so many inputs each of them gets
    tried(parser, seed)       one input, and how the parser ended: `None` when it was with a value or an exception that it documents

The same seed always makes the same input. A new parser is one more `Parser` in `parsers`.
"""

from __future__ import annotations

import json
import random
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import typer

from msht_tui.bootstrap import SETTINGS, Workplace, _read_kept
from msht_tui.cli.arguments import one_subject, step_parts, subject_ids
from msht_tui.cli.fact import _pairs
from msht_tui.cli.options import WrongUsage, global_options
from msht_tui.cli.passphrase import secret
from msht_tui.content.fault import BadPack
from msht_tui.content.finder import data_folder
from msht_tui.content.library import DEFAULT_PACK
from msht_tui.content.reader import read_pack
from msht_tui.content.tables import digest_of, pack_files, tables_in
from msht_tui.content.worksheet import read_worksheet
from msht_tui.domain.case import fold
from msht_tui.domain.entry import AnyEvent, CaseOpened, Entry, NoteAdded, ReferenceAdded, Stamp, StepMarked, SubjectAdded
from msht_tui.domain.moment import coming_moment, past_moment
from msht_tui.domain.refusal import Refused
from msht_tui.domain.text import LINE_LIMIT, clean
from msht_tui.domain.worklist import PhaseCount, WorklistRow
from msht_tui.store import chain
from msht_tui.store.audit_file import AUDIT, FORMAT, AuditFile
from msht_tui.store.care import Care
from msht_tui.store.case_file import CaseFile
from msht_tui.store.catalogue import Catalogue, CatalogueRow, CatalogueStorage
from msht_tui.store.codec import PLAIN, Codec, Sealed
from msht_tui.store.disk import Disk, Seen
from msht_tui.store.drafts import Drafts
from msht_tui.store.folder import FolderStore
from msht_tui.store.inspection import CheckCode, inspect
from msht_tui.store.keys import wrapped
from msht_tui.store.keys.folder import KeyFolder
from msht_tui.store.keys.operators import Operators
from msht_tui.store.keys.passphrase import LETTERS, STANDARD, Cost, Costs, _check, new_passphrase, typed_code
from msht_tui.store.keys.tries import Tries
from msht_tui.store.manifest import Counts, KeptCase, KeptFile, Manifest
from msht_tui.store.memory import Memory
from msht_tui.store.place import MANIFEST
from msht_tui.store.profiles import Profiles
from msht_tui.store.restore import _manifest
from msht_tui.store.sealing import Seal, StoreKey, open_blob, seal_blob
from msht_tui.store.trouble import StoreTrouble
from tests.hostile import HOSTILE

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CASE_ID = "0b2c6f1e-6a58-4d0e-9a8e-3f1f6f3b9d11"
KEY = StoreKey(1, bytes(range(32)))
CHEAP = Costs(Cost(8, 1, 1), (Cost(8, 1, 1),), STANDARD.most)
DEPTH = 3000
"""How deep some inputs are nested: deeper than Python's stack."""
VALUES: tuple[object, ...] = (None, True, -1, 0, 1 << 31, 1 << 63, 1 << 64, 10**400, 1e308, float("nan"), float("inf"), "", [], {}, [[]])
TOKENS: tuple[bytes, ...] = (
    *(b"\x00", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"\n", b"\r\n", b"\n\n", b" ", b"\t"),
    *(b'"', b"'", b"\\", b"\\u0000", b"\\ud800", b"{", b"}", b"[", b"]", b",", b":", b"=", b"#", b"-", b"+", b".", b"T", b"Z", b"@", b"--"),
    *(b"null", b"true", b"NaN", b"Infinity", b"1e999", b"-0", b"9" * 30, b"1" * 5000, b"0x", b"2026-02-30", b"24:00", b"9999-12-31T23:59"),
    *(b"[" * DEPTH, b'{"a":' * DEPTH, b"a." * 60, b'"""', b"[[x]]\n", b"\xef\xbc\x91", b"\xd9\xa1", b"+14:00", b"\xe2\x80\xae"),
)
"""What is put into inputs: what parsers have stumbled over somewhere."""


class Parser(NamedTuple):
    """Something that reads what anybody may have written."""

    name: str
    samples: Sequence[bytes]
    """Good inputs."""
    parse: Callable[[bytes], object]
    ends: tuple[type[Exception], ...] = ()
    """The exceptions that it documents."""
    share: float = 1.0
    """How much of the inputs it gets: less where one takes long."""


class Ended(NamedTuple):
    """An end that no documentation names."""

    parser: str
    seed: str
    data: bytes
    error: Exception

    def __str__(self) -> str:
        data = repr(self.data) if len(self.data) < 400 else f"{self.data[:200]!r} ... {self.data[-100:]!r} ({len(self.data):,} bytes)"
        return f"{self.parser}, seed {self.seed}: {type(self.error).__name__}: {str(self.error)[:200]}\n    {data}"


def tried(parser: Parser, seed: str) -> Ended | None:
    """Give a parser the input of this seed."""
    data = changed(random.Random(f"{parser.name} {seed}"), parser.samples)
    try:
        parser.parse(data)
    except parser.ends:
        return None
    except Exception as error:  # noqa: BLE001 - any other is what is looked for
        return Ended(parser.name, seed, data, error)
    return None


def shared_out(every: Sequence[Parser], count: int) -> dict[str, int]:
    """Parser to how many of `count` inputs it gets, one at least."""
    whole = sum(parser.share for parser in every)
    return {parser.name: max(int(count * parser.share / whole), 1) for parser in every}


# Changing good inputs


def changed(draw: random.Random, samples: Sequence[bytes]) -> bytes:
    """A sample with one to four things changed in it: its bytes, its lines, or the values of the JSON in it."""
    data = draw.choice(samples)
    for _ in range(draw.choice((1, 1, 1, 2, 4))):
        data = draw.choice(CHANGES)(draw, data, samples)
    return data


def _flip(draw: random.Random, data: bytes, samples: Sequence[bytes]) -> bytes:
    if not data:
        return data
    place = draw.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << draw.randrange(8)]) + data[place + 1 :]


def _cut(draw: random.Random, data: bytes, samples: Sequence[bytes]) -> bytes:
    begin, end = sorted((draw.randint(0, len(data)), draw.randint(0, len(data))))
    return draw.choice((data[:begin], data[:begin] + data[end:], data[begin:end]))


def _repeat(draw: random.Random, data: bytes, samples: Sequence[bytes]) -> bytes:
    begin = draw.randint(0, len(data))
    piece = data[begin : begin + draw.choice((1, 8, 80))]
    return data[:begin] + piece * draw.choice((2, 3, 100)) + data[begin:]


def _put_in(draw: random.Random, data: bytes, samples: Sequence[bytes]) -> bytes:
    place = draw.randint(0, len(data))
    return data[:place] + draw.choice(TOKENS) + data[place + draw.choice((0, 0, 1, 4)) :]


def _say(draw: random.Random, data: bytes, samples: Sequence[bytes]) -> bytes:
    place = draw.randint(0, len(data))
    return data[:place] + draw.choice(TEXTS) + data[place:]


def _splice(draw: random.Random, data: bytes, samples: Sequence[bytes]) -> bytes:
    other = draw.choice(samples)
    return data[: draw.randint(0, len(data))] + other[draw.randint(0, len(other)) :]


def _lines(draw: random.Random, data: bytes, samples: Sequence[bytes]) -> bytes:
    lines = data.splitlines(keepends=True)
    draw.shuffle(lines)
    return b"".join(lines[: draw.randint(0, len(lines))])


def _values(draw: random.Random, data: bytes, samples: Sequence[bytes]) -> bytes:
    """Another value, name or nesting somewhere in the JSON that one of the lines holds."""
    lines = data.split(b"\n")
    place = draw.randrange(len(lines))
    begin = next((at for at, byte in enumerate(lines[place]) if byte in b"[{"), None)
    try:
        value = json.loads(lines[place][begin:]) if begin is not None else None
    except (ValueError, RecursionError):
        return _put_in(draw, data, samples)
    if value is None or begin is None:
        return _put_in(draw, data, samples)
    lines[place] = lines[place][:begin] + json.dumps(_changed_value(draw, value), separators=(",", ":")).encode()
    return b"\n".join(lines)


def _changed_value(draw: random.Random, value: Any) -> Any:
    """The value with something in it exchanged, taken out or said twice."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        name = draw.choice(list(value))
        if draw.random() < 0.1:
            return {one: held for one, held in value.items() if one != name}
        if draw.random() < 0.1:
            return {draw.choice(NAMES): value[name], **value}
        return {**value, name: _changed_value(draw, value[name])}
    if isinstance(value, list) and value and draw.random() < 0.9:
        place = draw.randrange(len(value))
        more = [value[place]] * draw.choice((0, 1, 1, 1, 2))
        return [*value[:place], *(_changed_value(draw, one) for one in more), *value[place + 1 :]]
    return draw.choice((*VALUES, draw.choice(NAMES), [value], {"a": value}))


CHANGES = (_flip, _cut, _repeat, _put_in, _put_in, _say, _splice, _lines, _values, _values, _values)
NAMES = [text[:300].encode("utf-8", "replace").decode() for text in HOSTILE.values()]
TEXTS = [text[:5000].encode("utf-8", "surrogatepass") for text in HOSTILE.values()]


def text_of(data: bytes) -> str:
    """As the system hands an argument over: bytes that are no UTF-8 become halves of surrogate pairs."""
    return data.decode("utf-8", "surrogateescape")


# Files that are held in memory


class HeldDisk(Disk):
    """A disk on which one file, whatever it is called, has these bytes; no other is there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.data = b""

    def look_at(self, path: Path) -> Seen:
        if path.name != self.name:
            raise FileNotFoundError(path)
        return Seen((1, 1), len(self.data), 1)

    def read_from(self, path: Path, offset: int) -> bytes:
        if path.name != self.name:
            raise FileNotFoundError(path)
        return self.data[offset:]

    def open_or_new(self, path: Path) -> int:
        raise PermissionError(path)  # no lock either: what has this disk is to read

    def write_cache(self, path: Path, data: bytes) -> None:
        pass


class OneKey:
    """The key of every case, which is always the same."""

    def seal(self, case_id: str) -> Seal:
        return Seal(KEY.key, case_id)


SEALED: Codec = Sealed(OneKey(), CASE_ID)  # type: ignore[arg-type]  # all of the keys that reading asks for


def chained(data: bytes, codec: Codec = PLAIN) -> bytes:
    """Lines of JSON as a file of chained lines, the first of them its header; so that a change reaches what is behind the chain."""
    written, before = b"", chain.START
    for place, payload in enumerate(data.split(b"\n")):
        line, before = chain.line_with(before, payload if place == 0 else codec.written(payload, place, before))
        written += line
    return written


def held(name: str, read: Callable[[HeldDisk], object]) -> Callable[[bytes], object]:
    """Reads bytes as the file of this name."""
    disk = HeldDisk(name)

    def parse(data: bytes) -> object:
        disk.data = data
        return read(disk)

    return parse


# The parsers


def parsers(folder: Path) -> list[Parser]:
    """All of them."""
    return [*_of_cases(), *_of_keys(folder), *_beside(folder), *_of_content(folder), *_of_words(folder)]


def _of_cases() -> Iterator[Parser]:
    opened = CaseOpened(case=CASE_ID, pack="demo", version="1.0.0", digest="d" * 64, role="responder")
    events: tuple[AnyEvent, ...] = (
        opened,
        ReferenceAdded(reference_kind="incident", value="INC-1"),
        SubjectAdded(subject="V1", subject_kind="victim", label="red coat"),
        StepMarked(subject="V1", item="interpreter", state="deferred", to="MSVLO", until=NOON),
        NoteAdded(text="The van is back.", subject="V1"),
    )
    acts = [msgspec.json.encode([Entry(Stamp(n, NOON, NOON, "PC 1"), event).document()]) for n, event in enumerate(events, 1)]

    def case_lines(form: str) -> bytes:
        return b"\n".join([msgspec.json.encode(chain.Header(form, chain.VERSION, CASE_ID)), *acts])

    def read(disk: HeldDisk, codec: Codec) -> object:
        inspect(CASE_ID, disk.data, codec)
        return fold(CaseFile(Path(f"{CASE_ID}.tdb"), disk, codec=codec).entries)

    def parsers_of(name: str, form: str, codec: Codec) -> Iterator[Parser]:
        parse, lines = held(f"{CASE_ID}.tdb", lambda disk: read(disk, codec)), case_lines(form)
        yield Parser(name, [chained(lines, codec)], parse, (StoreTrouble,))
        yield Parser(f"{name}, its chain whole", [lines], lambda data: parse(chained(data, codec)), (StoreTrouble,))

    yield from parsers_of("case file", chain.FORMAT, PLAIN)
    yield from parsers_of("sealed case file", chain.SEALED, SEALED)
    audit = b"\n".join(
        [
            msgspec.json.encode(chain.Header(FORMAT, 1, AUDIT)),
            b'[{"generation":1,"number":1,"sealed":"QUJD"}]',
            b'[{"number":2,"at":"2026-11-23T12:00:00Z","by":"","kind":"sign-in-failed","offered":"PC 1"}]',
            b'[{"generation":1,"number":4,"sealed":"QUJD"}]',
        ]
    )
    parse = held(f"{AUDIT}.tdb", lambda disk: AuditFile(Path(), disk).verify())
    yield Parser("audit file", [chained(audit)], parse, (StoreTrouble,))
    yield Parser("audit file, its chain whole", [audit], lambda data: parse(chained(data)), (StoreTrouble,))


def _of_keys(folder: Path) -> Iterator[Parser]:
    place = folder / "keys"
    operators = Operators(place, costs=CHEAP)
    operators.set_up("PS 11", "ann rides a bicycle")
    session = operators.sign_in("PS 11", "ann rides a bicycle")
    operators.add(session, "PC 22", "operator", "ben repairs old clocks")
    session.close()
    case_keys = wrapped.wrap("store", KEY, [(CASE_ID, bytes(32)), ("x" * 36, bytes(32))])
    kept = msgspec.json.encode({"format": wrapped.FORMAT, "version": 1, "wrapped": [wrapped.Wrapped(1, case_keys)]})

    def unwrapped(disk: HeldDisk) -> object:
        return wrapped.unwrap("store", KEY, wrapped.read(KeyFolder(Path("nowhere"), disk), 1).keys)

    def listed(disk: HeldDisk) -> object:
        reader = Operators(Path("nowhere"), disk, costs=CHEAP)
        return [slot.id for slot in reader.roster.read().kept.slots]

    blob = seal_blob(KEY, "draft", b'{"a":"b"}')
    yield Parser("operators.keys", [(place / "operators.keys").read_bytes()], held("operators.keys", listed), (StoreTrouble, Refused))
    yield Parser("cases.keys", [kept], held(wrapped.NAME, unwrapped), (StoreTrouble,))
    counts = held("tries.json", lambda disk: Tries(KeyFolder(Path("nowhere"), disk)).count("ps 11"))
    yield Parser("tries.json", [b'{"ps 11":3,"?\\nabc":1}'], counts, (StoreTrouble,))
    yield Parser("sealed blob", [blob], lambda data: open_blob({1: KEY}, "draft", data), (StoreTrouble,))


def _beside(folder: Path) -> Iterator[Parser]:
    row = WorklistRow(
        case_id=CASE_ID,
        references=(),
        opened_at=NOON,
        subjects={"victim": 1},
        ages={"child": 1},
        phases=(PhaseCount("scene", "Scene", 1, 3, False, False),),
    )
    made = FolderStore(folder / "made", lambda files: None, exercise=True)  # type: ignore[arg-type, return-value]  # reads no pack
    (folder / "made").mkdir()
    CatalogueStorage(made.catalogue.path, made.disk).keep({CASE_ID: CatalogueRow(Seen((1, 2), 3, 4), 5, "d" * 64, row)})
    name = made.catalogue.path.name
    listing = held(name, lambda disk: Catalogue(Path(name), disk).update({CASE_ID: Seen((1, 2), 3, 4)}, lambda *_: None, set))
    yield Parser("catalogue", [made.catalogue.path.read_bytes()], listing)
    lines = b"".join(f"{CASE_ID} {number} {'d' * 64}{why}\n".encode() for number, why in ((1, ""), (3, " sealed"), (4, " erased"), (5, "")))
    yield Parser("remembered.log", [lines], held("remembered.log", lambda disk: Memory(Path("remembered.log"), disk).all()))
    answers = b'{"PC 1":{"responder_name":"A Person","responder_phone":"+44 7700 900123"}}'
    yield Parser(
        "profiles", [answers], held("profiles.json", lambda disk: Profiles(Path("profiles.json"), disk).of("PC 1")), (StoreTrouble,)
    )
    draft = Drafts(Path(), Disk(), lambda _: PLAIN)._path(CASE_ID, "PC 1").name
    drafts = held(draft, lambda disk: Drafts(Path(), disk, lambda _: PLAIN).read(CASE_ID, "PC 1"))
    yield Parser("drafts", [b'{"note@V1":"half typed","find: log":"van"}'], drafts, (StoreTrouble,))
    yield _settings(folder)
    yield _backup(folder)


def _settings(folder: Path) -> Parser:
    base = folder / "settings"
    base.mkdir()
    good = (
        b'force = "Norshire Police"\nmarking = "OFFICIAL"\nzone = "Europe/London"\nlock_after = 120\ncopy_fields = true\n[local]\na = "b"\n'
    )

    def parse(data: bytes) -> object:
        (base / SETTINGS).write_bytes(data)
        place = Workplace(base, exercise=True, operator="PC 1")
        return place.settings, place.zone

    return Parser(SETTINGS, [good], parse, (StoreTrouble,), 0.5)


def _backup(folder: Path) -> Parser:
    base = folder / "backup"
    base.mkdir()
    manifest = Manifest(
        format="msht-backup",
        version=1,
        program="1",
        case_format=1,
        made_at=NOON,
        exercise=True,
        counts=Counts(1, 5, 100, 1),
        cases=(KeptCase(CASE_ID, f"5-{'d' * 64}", 100),),
        files=(KeptFile(f"packs/{'d' * 64}.json", "e" * 64), KeptFile("remembered.log", "e" * 64)),
    )

    def parse(data: bytes) -> object:
        (base / MANIFEST).write_bytes(data)
        return _manifest(Care(base, lambda files: "", exercise=True))

    return Parser("manifest of a backup", [msgspec.json.encode(manifest)], parse, (StoreTrouble, Refused), 0.5)


def _of_content(folder: Path) -> Iterator[Parser]:
    shipped = pack_files(data_folder() / "packs" / DEFAULT_PACK)
    small = {name: _first_tables(data) for name, data in shipped.items()}
    sheet = pack_files(data_folder() / "nrm")

    def reading(files: dict[str, bytes], name: str, read: Callable[[dict[str, bytes]], object]) -> Callable[[bytes], object]:
        return lambda data: read({**files, name: data})

    yield Parser("TOML", list(small.values()), tables_in, (ValueError,), 0.5)
    for name, data in small.items():
        yield Parser(f"pack: {name}", [data], reading(small, name, lambda files: read_pack(files, "bad")), (BadPack,), 0.02)
    for name in ("worksheet.toml", "pages.toml", "exploiters.toml"):
        yield Parser(f"worksheet: {name}", [sheet[name]], reading(sheet, name, read_worksheet), (BadPack,), 0.005)
    digest = digest_of(small)

    def kept(disk: HeldDisk) -> object:
        return FolderStore(Path(), _read_kept, exercise=True, disk=disk).pack(digest)

    tiny = json.dumps({"pack.toml": b64encode(b'id = "x"').decode(), "facts.toml": "", "x.toml": "QUJD"}).encode()
    yield Parser("kept pack", [tiny], held(f"{digest}.json", kept), (StoreTrouble,))
    yield Parser("kept pack, whole", [msgspec.json.encode(small)], held(f"{digest}.json", kept), (StoreTrouble,), 0.02)


def _first_tables(data: bytes, count: int = 2) -> bytes:
    """A file with the first few of its tables."""
    return b"\n[[".join(data.split(b"\n[[")[: count + 1]) + b"\n"


def _of_words(folder: Path) -> Iterator[Parser]:
    times = [b"14:05", b"1405", b"0.30", b"2026-11-23T14:05", b"2026-10-25T01:30", b"2026-11-23T14:05:09+01:00", b"20261123T1405Z"]
    yield Parser("a time that was", times, lambda data: past_moment(text_of(data), NOON, LONDON), (Refused,))
    yield Parser("a time to come", times, lambda data: coming_moment(text_of(data), NOON, LONDON), (Refused,))
    words = [text[:2000].encode("utf-8", "surrogatepass") for text in HOSTILE.values()]
    yield Parser("clean, a line", words, lambda data: _cleaned(data, LINE_LIMIT), (Refused,), 0.5)
    yield Parser("clean, a text", words, lambda data: _cleaned(data, 10**9), (Refused,), 0.5)
    codes = [f"12-{'0a1b2c3d' * 8}".encode(), b"1-0123456789ab"]
    yield Parser("check code", codes, lambda data: CheckCode.parse(text_of(data)), (ValueError,))
    code = f"{LETTERS}{LETTERS[:6]}"
    yield Parser("recovery code", [f"{code}{_check(code)}".encode()], lambda data: typed_code(text_of(data)), (Refused,))
    yield Parser("new passphrase", [b"brass lantern on the quay"], lambda data: new_passphrase(text_of(data)), (Refused,))
    path = folder / "passphrase"
    path.touch(0o600)

    def from_file(data: bytes) -> str:
        path.write_bytes(data)
        return secret(str(path), "passphrase", "--passphrase-file")

    yield Parser("passphrase file", [b"brass lantern on the quay\n"], from_file, (Refused,), 0.5)
    commands = [b"--store x --exercise --as PC_1 log EX-1 --json", b"--as=PC_1 note EX-1 -- --store", b"--version"]
    yield Parser("global options", commands, lambda data: global_options(text_of(data).split(" ")), (WrongUsage,))
    subjects = [b"V1", b"V1,V2, S1", b"case"]
    yield Parser("subjects", subjects, lambda data: (subject_ids(text_of(data)), one_subject(text_of(data))), (typer.BadParameter,))
    yield Parser("step", [b"basic-needs-met@V1,V2", b"duty-inspector-told"], lambda data: step_parts(text_of(data)))
    yield Parser("facts", [b"age=adult consent=yes", b"age=child"], lambda data: _pairs(text_of(data).split(" ")), (typer.BadParameter,))


def _cleaned(data: bytes, limit: int) -> str:
    """The text, which cleaning again leaves as it is."""
    text = data.decode("utf-8", "surrogatepass" if data.isascii() else "surrogateescape")
    cleaned = clean(text, limit)
    if clean(cleaned, limit) != cleaned:
        raise AssertionError(f"cleaned again it is another text: {cleaned!r}")
    return cleaned
