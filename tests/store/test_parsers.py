"""Whatever a file or an argument holds, a parser ends in a value or in the exception that it documents: 20,000 inputs a run.

`bench/parsers.py` gives each a million.
"""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from msht_tui.store.folder import FolderStore
from msht_tui.store.trouble import StoreTrouble
from tests.parsers import DEPTH, HeldDisk, Parser, changed, parsers, shared_out, tried

COUNT = 20_000


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> list[Parser]:
    return parsers(tmp_path_factory.mktemp("parsers"))


def test_good_inputs_are_good(every: list[Parser]) -> None:
    """Otherwise what is made of them would all be refused at the first character."""
    for parser in every:
        if parser.name != "kept pack":  # which has too little in it for a pack
            parser.parse(parser.samples[0])
    assert len({parser.name for parser in every}) == len(every)


def test_the_same_seed_makes_the_same_input(every: list[Parser]) -> None:
    for parser in every:
        first, second = (changed(random.Random(f"{parser.name} 7"), parser.samples) for _ in range(2))
        assert first == second


def test_every_parser_ends_in_a_value_or_in_what_it_documents(every: list[Parser]) -> None:
    shares = shared_out(every, COUNT)
    assert sum(shares.values()) >= COUNT * 0.95
    ended = [tried(parser, str(number)) for parser in every for number in range(shares[parser.name])]
    assert not [str(one) for one in ended if one is not None]


@pytest.mark.parametrize("data", [b'{"\xff": ""}', b"[" * DEPTH, b'{"a": ' * DEPTH, b'{"a": "*"}', b"null"])
def test_kept_content_that_is_no_content_is_told_in_words(data: bytes) -> None:
    disk = HeldDisk(f"{'d' * 64}.json")
    disk.data = data
    store = FolderStore(Path(), lambda files: pytest.fail("nothing was there to read"), exercise=True, disk=disk)
    with pytest.raises(StoreTrouble, match="is damaged: put a copy of it back"):
        store.pack("d" * 64)


def test_msgspec_raises_more_than_its_own_errors() -> None:
    """If it ever does not, the reasons for what is caught beside them have gone."""
    with pytest.raises(UnicodeDecodeError):
        msgspec.json.decode(b'{"\xff": ""}', type=dict[str, str])
    with pytest.raises(RecursionError):
        msgspec.json.decode(b'{"a": ' * DEPTH)
