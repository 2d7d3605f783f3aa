"""The shelf of packs: those that can be used, and the faults of those that cannot."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from msht_tui.bank_holidays import BankHolidays
from msht_tui.content.check import faults_of
from msht_tui.content.fault import BadPack, Fault
from msht_tui.content.finder import data_folder
from msht_tui.content.reader import read_pack
from msht_tui.content.tables import PackFiles, pack_files
from msht_tui.domain.decision import Calendar
from msht_tui.domain.pack import Pack
from msht_tui.domain.refusal import Refused, nearest
from msht_tui.domain.worksheet import Worksheet

DEFAULT_PACK = "app-first-response"


def load(folder: Path) -> tuple[Pack, PackFiles]:
    """The checked pack in a folder, with its files. Raises `BadPack` with every fault found."""
    files = pack_files(folder)
    pack = read_pack(files, folder.name)
    faults = faults_of(pack, folder.name)
    if faults:
        raise BadPack(faults)
    return pack, files


class Library:
    """Every pack in a folder of packs; a bad one is set aside with its faults, and the others still load."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_folder() / "packs"
        self._files: dict[str, PackFiles] = {}

    @cached_property
    def _shelf(self) -> tuple[dict[str, Pack], list[Fault]]:
        packs: dict[str, Pack] = {}
        faults: list[Fault] = []
        for folder in sorted(path for path in self.folder.iterdir() if path.is_dir()):
            try:
                pack, files = load(folder)
            except BadPack as error:
                faults += error.faults
                continue
            if pack.id in packs:
                faults.append(Fault(f"{folder.name}/pack.toml", "", "id", f"is another pack's already: {pack.id}"))
                continue
            packs[pack.id] = pack
            self._files[pack.id] = files
        return packs, faults

    @property
    def packs(self) -> dict[str, Pack]:
        """The usable packs, by id."""
        return self._shelf[0]

    @property
    def faults(self) -> list[Fault]:
        """What is wrong with the others."""
        return self._shelf[1]

    def pack(self, pack_id: str = DEFAULT_PACK) -> Pack:
        """One pack. Raises `Refused` with the first fault when it cannot be used."""
        if pack_id not in self.packs:
            why = f" {self.faults[0]}" if self.faults else ""
            raise Refused(f"There is no usable pack {pack_id!r}.{nearest(pack_id, list(self.packs))}{why}")
        return self.packs[pack_id]

    @cached_property
    def _worksheet(self) -> Worksheet:
        from msht_tui.content.worksheet import load_worksheet

        try:
            return load_worksheet()
        except BadPack as error:
            raise Refused(f"The NRM worksheet cannot be used. {error.faults[0]}") from error

    def worksheet(self) -> Worksheet:
        """The worksheet for the form. Raises `Refused` with the first fault when it cannot be used."""
        return self._worksheet

    def calendar(self) -> Calendar:
        """The bank holidays of the four nations."""
        return BankHolidays()

    def files(self, pack_id: str = DEFAULT_PACK) -> PackFiles:
        """The files that a pack was read from, for a store to keep."""
        self.pack(pack_id)
        return self._files[pack_id]
