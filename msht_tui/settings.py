"""The settings that setting a terminal up writes: they go to the top of `settings.toml`, and what stands there stays."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from msht_tui.bootstrap import SETTINGS
from msht_tui.domain.refusal import Refused
from msht_tui.domain.text import LINE_LIMIT, clean


def with_settings(base: Path, wanted: Mapping[str, str]) -> str:
    """The text of a store's settings with these in it; empty when none is given. Raises `Refused` for one that is set already.

    The settings of before can be read: see `Workplace.settings`.
    """
    given = {name: text for name, words in wanted.items() if (text := clean(words, LINE_LIMIT, what=name))}
    if not given:
        return ""
    path = base / SETTINGS
    kept = path.read_text("utf-8") if path.exists() else ""
    for name in given:
        if name in tomllib.loads(kept):
            raise Refused(f"{path} says already what the {name} is: change it there. Nothing was changed.")
    return "".join([*(f"{name} = {json.dumps(text, ensure_ascii=False)}\n" for name, text in given.items()), kept])


def write_settings(base: Path, text: str) -> None:
    """Put this in place of a store's settings, durably; an empty text changes nothing. Raises `StoreTrouble`."""
    from msht_tui.store.disk import Disk
    from msht_tui.store.trouble import in_words

    if text:
        try:
            Disk().write_whole(base / SETTINGS, text.encode())
        except OSError as error:
            raise in_words(error, "write the settings to", base / SETTINGS) from error
