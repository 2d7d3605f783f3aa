"""Writes the files of `vectors/` again, from the description of the format alone: nothing of the program is used here.

    python tests/store/make_vectors.py

The files stay as they are for as long as there is a program that reads format 1: a new edge case is a new file.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("vectors")
START = "0" * 64
TIME = "2026-11-23T14:05:00Z"
FIRST_LINE = "its first line does not fit"
NO_ACT = "it has no whole act"

Value = dict[str, Any]


def stamp(number: int, kind: str, **fields: Any) -> Value:
    return {"number": number, "happened_at": TIME, "recorded_at": TIME, "by": "PC 1234", "kind": kind, **fields}


def note(number: int, text: str = "The van is back.", **fields: Any) -> Value:
    return stamp(number, "note-added", text=text, **fields)


def opened(name: str) -> Value:
    return stamp(1, "case-opened", case=name, pack="demo", version="1.0.0", digest="d" * 64, role="responder")


def digest_of(before: str, payload: bytes) -> str:
    return hashlib.sha256(before.encode("ascii") + b"\n" + payload).hexdigest()


def line(before: str, value: object) -> bytes:
    payload = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return digest_of(before, payload).encode("ascii") + b" " + payload + b"\n"


def header(name: str, **changes: Any) -> bytes:
    return line(START, {"format": "msht-case", "version": 1, "case": name, **changes})


def record(first: bytes, *acts: object) -> bytes:
    """A header and acts, each chained to what stands before it."""
    data = first
    for act in acts:
        data += line(data.splitlines()[-1][:64].decode("ascii"), act)
    return data


def whole(name: str, *acts: object) -> bytes:
    return record(header(name), [opened(name)], *acts)


def three(name: str) -> list[bytes]:
    """The four lines of a case of three entries."""
    return whole(name, [note(2)], [note(3, "Two men, one van.")]).splitlines(keepends=True)


def bent(change: Callable[[list[bytes]], Sequence[bytes]]) -> Callable[[str], bytes]:
    """Four lines, of which something is changed."""
    return lambda name: b"".join(change(three(name)))


def last(change: Callable[[bytes], bytes]) -> Callable[[str], bytes]:
    """Four lines, the last of which is changed."""
    return bent(lambda lines: [*lines[:3], change(lines[3])])


def act(*values: object) -> Callable[[str], bytes]:
    return lambda name: whole(name, *values)


def every_kind(name: str) -> bytes:
    return whole(
        name,
        [stamp(2, "reference-added", reference_kind="custody-record", value="CR 1")],
        [
            stamp(3, "subject-added", subject="V1", subject_kind="victim", label="red coat"),
            stamp(4, "subject-added", subject="S1", subject_kind="suspect"),
        ],
        [
            stamp(5, "subject-added", subject="V2", subject_kind="victim"),
            stamp(6, "subject-retired", subject="V2", because="twice", same_as="V1"),
        ],
        [stamp(7, "persons-linked", subject="S1", victim="V1")],
        [stamp(8, "fact-recorded", subject="V1", name="age", value="not-sure")],
        [
            stamp(
                9,
                "step-marked",
                subject="V1",
                item="interpreter",
                state="deferred",
                to="MSVLO",
                until="2026-11-23T16:00:00+01:00",
                note="called",
            )
        ],
        [note(10, subject="V1", item="interpreter")],
        [stamp(11, "case-closed", because="handed over")],
        [stamp(12, "case-reopened")],
    )


HOLE = bytes(20)
THIRD = ["unfinished", 2]
"""The third act is not finished: two entries count."""
VECTORS: dict[str, tuple[str, Callable[[str], bytes], object]] = {
    "one-entry": ("a case as it begins", act(), 1),
    "three-entries": ("three acts of one entry", bent(lambda lines: lines), 3),
    "act-of-three": ("one act of several entries", act([note(2), note(3), note(4)]), 4),
    "every-kind": ("every kind of event once", every_kind, 12),
    "thousand-entries": (
        "a thousand entries",
        lambda name: whole(name, *[[note(n, "x") for n in range(f, f + 37)] for f in range(2, 1001, 37)]),
        1000,
    ),
    "unicode": ("names of many scripts", act([note(2, "Nguyễn Thị Ánh · عبد الرحمن · ọ̀rẹ́ · می‌روم · 王 · 🚓 · \u2028")]), 2),
    "escapes": ("brackets, quotes and escapes in a text", act([note(2, '[x]] "a" \\ {} \t\n] 0')]), 2),
    "huge-line": ("a line of 70,000 bytes", act([note(2, "x]" * 35_000)]), 2),
    "unknown-field": ("an entry that says more", act([note(2, mood="grey")]), 2),
    "header-says-more": ("a header that says more", lambda name: record(header(name, made_by="x"), [opened(name)]), 1),
    "header-only": ("no act yet", header, NO_ACT),
    "header-and-a-torn-line": ("no act but an unfinished one", lambda name: whole(name)[:-30], NO_ACT),
    "opens-nothing": ("a first entry that is no opening", lambda name: record(header(name), [note(1)]), "entry 1 does not open a case"),
    "opens-another": (
        "a first entry that opens another case",
        lambda name: record(header(name), [opened("another")]),
        "entry 1 opens case another",
    ),
    "empty": ("no byte", lambda name: b"", FIRST_LINE),
    "header-cut": ("a cut within the header", lambda name: header(name)[:-9], FIRST_LINE),
    "header-damaged": ("a changed byte in the header", lambda name: whole(name).replace(b'"version":1', b'"version":0', 1), FIRST_LINE),
    "not-a-case": ("another program's file", lambda name: b'{"_default": {"1": {"number": 1}}}\n', FIRST_LINE),
    "not-text": ("bytes at random", lambda name: bytes(range(256)) * 2, FIRST_LINE),
    "bom": ("a byte order mark", lambda name: b"\xef\xbb\xbf" + whole(name), FIRST_LINE),
    "crlf": ("lines that end as on Windows", lambda name: whole(name).replace(b"\n", b"\r\n"), FIRST_LINE),
    "newer-version": ("a version that is not known", lambda name: record(header(name, version=2), ["?"]), "newer version of this program"),
    "other-format": (
        "a format that is not known",
        lambda name: record(header(name, format="msht-box"), []),
        "newer version of this program",
    ),
    "header-is-a-list": ("a header of another kind", lambda name: line(START, [1]), "its first line is not that of a case"),
    "other-case": ("the file of another case", lambda name: whole("another"), "it holds case another, not the one it is named after"),
    "cut-in-a-line": ("a cut within the last line", last(lambda it: it[:-30]), THIRD),
    "cut-in-a-digest": ("a cut within the last digest", last(lambda it: it[:40]), THIRD),
    "newline-missing": ("the last newline is missing", last(lambda it: it[:-1]), THIRD),
    "newline-is-zero": ("the last newline reads as zero", last(lambda it: it[:-1] + b"\0"), THIRD),
    "zeros-for-a-line": ("the last line reads as zeros", last(lambda it: bytes(len(it))), THIRD),
    "zeros-in-the-last-line": ("a hole in the last line", last(lambda it: it[:80] + HOLE + it[100:]), THIRD),
    "zeros-after-the-end": ("zeros behind whole lines", bent(lambda lines: [*lines, bytes(512)]), ["unfinished", 3]),
    "last-line-changed": ("a changed byte in the last line", last(lambda it: it.replace(b"van", b"car")), THIRD),
    "last-digest-upper-case": ("the last digest in upper case", last(lambda it: it[:64].upper() + it[64:]), THIRD),
    "two-torn-lines": (
        "two lines that do not fit",
        bent(lambda lines: [*lines[:2], lines[2][:80] + HOLE + lines[2][100:], lines[3][:-30]]),
        1,
    ),
    "nul-bytes": ("zeros in the middle", bent(lambda lines: [*lines[:2], lines[2][:80] + HOLE + lines[2][100:], lines[3]]), 1),
    "byte-changed": ("a changed byte in the middle", bent(lambda lines: [*lines[:2], lines[2].replace(b"back", b"gone"), lines[3]]), 1),
    "newline-changed": ("a changed newline in the middle", bent(lambda lines: [*lines[:2], lines[2][:-1] + b"\x0b", lines[3]]), 1),
    "crlf-at-the-end": ("the last line ends as on Windows", last(lambda it: it[:-1] + b"\r\n"), 2),
    "line-missing": ("a line is gone from the middle", bent(lambda lines: [*lines[:2], lines[3], b"\n"]), 1),
    "lines-swapped": ("two lines in the other order", bent(lambda lines: [*lines[:2], lines[3], lines[2]]), 1),
    "line-twice": ("a line twice", bent(lambda lines: [*lines[:3], lines[2], lines[3]]), 2),
    "empty-line": ("an empty line in the middle", bent(lambda lines: [*lines[:3], b"\n", lines[3]]), 2),
    "digest-upper-case": ("a digest in upper case", bent(lambda lines: [*lines[:2], lines[2][:64].upper() + lines[2][64:], lines[3]]), 1),
    "digest-with-plus": ("a digest with a plus sign", bent(lambda lines: [*lines[:2], b"+" + lines[2][1:], lines[3]]), 1),
    "digest-short": ("a digest of 63 characters", bent(lambda lines: [*lines[:2], lines[2][1:], lines[3]]), 1),
    "two-spaces": ("two spaces after a digest", bent(lambda lines: [*lines[:2], lines[2][:64] + b" " + lines[2][64:], lines[3]]), 1),
    "trailing-space": ("a space at the end of a line", bent(lambda lines: [*lines[:2], lines[2][:-1] + b" \n", lines[3]]), 1),
    "not-an-array": ("a line that fits and is no list", act({"number": 2}), 1),
    "not-json": ("a line that fits and is no JSON", lambda name: fitting(whole(name), b"[nothing]"), 1),
    "empty-act": ("a line that fits and holds no entry", act([]), 1),
    "number-twice": ("an entry number that was there before", act([note(2)], [note(2)]), "entry 3 is numbered 2"),
    "number-gap": ("an entry number is left out", act([note(3)]), "entry 2 is numbered 3"),
    "number-zero": ("an entry number of none", act([note(0)]), "entry 2 is numbered 0"),
    "number-as-text": ("an entry number as a text", act([{**note(2), "number": "2"}]), "entry 2 cannot be read"),
    "unknown-kind": ("a kind of event that is not known", act([stamp(2, "rumour")]), "entry 2 cannot be read"),
    "no-kind": (
        "an entry without a kind",
        act([{key: value for key, value in note(2).items() if key != "kind"}]),
        "entry 2 cannot be read",
    ),
    "no-time": (
        "an entry without a time",
        act([{key: value for key, value in note(2).items() if key != "happened_at"}]),
        "entry 2 cannot be read",
    ),
    "naive-time": ("a time without its offset", act([{**note(2), "happened_at": "2026-11-23T14:05:00"}]), "entry 2 cannot be read"),
    "other-offset": ("a time with another offset", act([{**note(2), "happened_at": "2026-11-23T15:05:00+01:00"}]), 2),
}


def fitting(data: bytes, payload: bytes) -> bytes:
    """These lines, and one more of any payload, which fits."""
    return data + digest_of(data.splitlines()[-1][:64].decode("ascii"), payload).encode("ascii") + b" " + payload + b"\n"


def damaged_at(data: bytes) -> int:
    """The offset of the first line that is not chained to the one before it, or holds no entries."""
    before, place = START, 0
    for number, one in enumerate(data.split(b"\n")):
        stated, payload = one[:64].decode("latin-1"), one[65:]
        if stated != digest_of(before, payload) or (number and not payload.startswith(b'[{"')):
            return place
        before, place = stated, place + len(one) + 1
    raise AssertionError("it is not damaged")


def outcome(data: bytes, expected: object) -> dict[str, object]:
    """What has to come of it: entries and a check code, or why it is refused."""
    fine = (
        ("entries", expected, "")
        if isinstance(expected, int)
        else ("entries", expected[1], "not finished")
        if isinstance(expected, list)
        else None
    )
    if fine is None:
        return {"refused": expected}
    entries = int(str(fine[1]))
    lines = data.split(b"\n")
    broken = isinstance(expected, int) and is_broken(data)
    if broken:
        return {"refused": f"the line at byte {damaged_at(data):,}, after entry {entries}, does not fit"}
    good = lines[: -2 if fine[2] and data.endswith(b"\n") else -1]
    return {"entries": entries, "check_code": f"{entries}-{good[-1][:64].decode('ascii')}", "notice": fine[2]}


def is_broken(data: bytes) -> bool:
    try:
        return damaged_at(data) < len(data)
    except AssertionError:
        return False


# Sealed: a fixed key, and nonces that are fixed as well, which no store may ever have

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))


def sealed_act(name: str, act: Sequence[Value], before: str, *, key: bytes = KEY, case: str = "", last: int = 0) -> bytes:
    """The payload of a line that holds this act: bound to the case, its last number, and the digest of the line before."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    number = last or act[-1]["number"]
    plain = json.dumps(act, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    nonce = hashlib.sha256(f"{name} {number}".encode()).digest()[:12]
    about = f"msht record 1\n{case or name}\n{number}\n{before}".encode()
    text = base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, about)).decode("ascii")
    return f'[{{"number":{number},"sealed":"{text}"}}]'.encode("ascii")


def sealed_header(name: str, **changes: Any) -> bytes:
    return line(START, {"format": "msht-sealed-case", "version": 1, "case": name, **changes})


def sealed_record(name: str, first: bytes, *acts: Sequence[Value], **how: Any) -> bytes:
    data = first
    for one in acts:
        data = fitting(data, sealed_act(name, one, data.splitlines()[-1][:64].decode("ascii"), **how))
    return data


def sealed_three(name: str) -> list[bytes]:
    """The four lines of a sealed case of three entries."""
    whole = sealed_record(name, sealed_header(name), [opened(name)], [note(2)], [note(3, "Two men, one van.")])
    return whole.splitlines(keepends=True)


def payloads(name: str) -> list[bytes]:
    return [one[65:-1] for one in sealed_three(name)]


def relined(name: str, *lines: bytes) -> bytes:
    """These payloads after the header, in a chain that fits."""
    data = sealed_header(name)
    for payload in lines:
        data = fitting(data, payload)
    return data


def respelled(payload: bytes) -> bytes:
    """The same JSON, its first letter of Base64 written as an escape."""
    at = payload.index(b'"sealed":"') + 10
    return payload[:at] + b"\\u%04x" % payload[at] + payload[at + 1 :]


NOT_THERE = "cannot be opened: it is not what was sealed there"
SEALED: dict[str, tuple[str, Callable[[str], bytes], object, str]] = {
    "one-entry": ("a case as it begins", lambda name: sealed_record(name, sealed_header(name), [opened(name)]), 1, "intact"),
    "three-entries": ("three acts of one entry", lambda name: b"".join(sealed_three(name)), 3, "intact"),
    "act-of-three": (
        "one act of several entries",
        lambda name: sealed_record(name, sealed_header(name), [opened(name)], [note(2), note(3), note(4)]),
        4,
        "intact",
    ),
    "unicode": (
        "names of many scripts",
        lambda name: sealed_record(name, sealed_header(name), [opened(name)], [note(2, "Nguyễn Thị Ánh · عبد الرحمن · 王 · 🚓")]),
        2,
        "intact",
    ),
    "huge-line": (
        "a line of 93,000 bytes",
        lambda name: sealed_record(name, sealed_header(name), [opened(name)], [note(2, "x]" * 35_000)]),
        2,
        "intact",
    ),
    "was-plain": (
        "a record that was sealed later",
        lambda name: sealed_record(name, sealed_header(name, before=f"1-{'a' * 64}"), [opened(name)]),
        1,
        "intact",
    ),
    "cut-in-a-line": ("a cut within the last line", lambda name: b"".join(sealed_three(name))[:-30], THIRD, "unfinished"),
    "newline-missing": ("the last newline is missing", lambda name: b"".join(sealed_three(name))[:-1], THIRD, "unfinished"),
    "last-line-changed": (
        "a changed byte in the last line",
        lambda name: b"".join(sealed_three(name)).replace(b'"number":3', b'"number":7'),
        THIRD,
        "unfinished",
    ),
    "byte-changed": (
        "a changed byte in the middle",
        lambda name: b"".join(sealed_three(name)).replace(b'"number":2', b'"number":1'),
        1,
        "broken",
    ),
    "header-only": ("no act yet", sealed_header, NO_ACT, "broken"),
    "newer-version": (
        "a version that is not known",
        lambda name: sealed_header(name, version=2),
        "newer version of this program",
        "unreadable",
    ),
    "another-key": (
        "sealed under another key",
        lambda name: sealed_record(name, sealed_header(name), [opened(name)], key=OTHER_KEY),
        NOT_THERE,
        "intact",
    ),
    "another-case": (
        "records of another case",
        lambda name: sealed_record(name, sealed_header(name), [opened(name)], case="another"),
        NOT_THERE,
        "intact",
    ),
    "opens-another": (
        "a first entry that opens another case",
        lambda name: sealed_record(name, sealed_header(name), [opened("another")]),
        "entry 1 opens case another",
        "intact",
    ),
    "record-missing": (
        "a record left out, in a chain that fits",
        lambda name: relined(name, payloads(name)[1], payloads(name)[3]),
        NOT_THERE,
        "intact",
    ),
    "records-swapped": (
        "two records in the other order, in a chain that fits",
        lambda name: relined(name, payloads(name)[1], payloads(name)[3], payloads(name)[2]),
        NOT_THERE,
        "broken",
    ),
    "number-changed": (
        "another number on a record, in a chain that fits",
        lambda name: relined(name, payloads(name)[1], payloads(name)[2].replace(b'"number":2', b'"number":3')),
        NOT_THERE,
        "intact",
    ),
    "number-of-another-entry": (
        "a number that is not that of the last entry",
        lambda name: sealed_record(name, sealed_header(name), [opened(name)], [note(3)]),
        "entry 2 is numbered 3",
        "intact",
    ),
    "plain-line": (
        "an act that is not sealed",
        lambda name: fitting(b"".join(sealed_three(name)), b'[{"number":4,"kind":"note-added"}]'),
        NOT_THERE,
        "broken",
    ),
    "another-spelling": (
        "the same bytes, spelled in another way",
        lambda name: relined(name, respelled(payloads(name)[1])),
        NOT_THERE,
        "broken",
    ),
}


def sealed_outcome(data: bytes, expected: object, without_key: str) -> dict[str, object]:
    """What has to come of a sealed one: with the key, and as its chain alone says it."""
    if isinstance(expected, str):
        return {"refused": expected, "without_key": without_key}
    if without_key == "broken":
        second = data.index(b"\n", data.index(b"\n") + 1) + 1
        return {"refused": f"the line at byte {second:,}, after entry {expected}, does not fit", "without_key": without_key}
    entries, notice = (expected[1], "not finished") if isinstance(expected, list) else (expected, "")
    good = [one for one in data.split(b"\n") if one][: -1 if notice else None]
    return {
        "entries": entries,
        "check_code": f"{entries}-{good[-1][:64].decode('ascii')}",
        "notice": notice,
        "without_key": without_key,
    }


def make_sealed() -> None:
    folder = FOLDER / "sealed"
    folder.mkdir(exist_ok=True)
    told = [f"# The key of every case here: {KEY.hex()}\n# `without_key` is what the chain says to somebody who has none.\n"]
    for name, (about, make, expected, without_key) in SEALED.items():
        data = make(name)
        (folder / f"{name}.tdb").write_bytes(data)
        told.append(f"\n[{name}]\nabout = {json.dumps(about)}\n")
        told += [f"{key} = {json.dumps(value)}\n" for key, value in sealed_outcome(data, expected, without_key).items()]
    (folder / "expected.toml").write_text("".join(told), "utf-8", newline="\n")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    told = ["# What has to come of each file: its entries, check code and notice, or the words with which it is refused.\n"]
    for name, (about, make, expected) in VECTORS.items():
        data = make(name)
        (FOLDER / f"{name}.tdb").write_bytes(data)
        told.append(f"\n[{name}]\nabout = {json.dumps(about)}\n")
        told += [f"{key} = {json.dumps(value)}\n" for key, value in outcome(data, expected).items()]
    (FOLDER / "expected.toml").write_text("".join(told), "utf-8", newline="\n")
    (FOLDER / ".gitattributes").write_text("*.tdb -text\n", "utf-8", newline="\n")
    make_sealed()


if __name__ == "__main__":
    main()
