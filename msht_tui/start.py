"""Where the `msht` script begins: nothing slow is imported before it is known what is wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from msht_tui.cli.options import Options, WrongUsage, global_options

YOUNG = 50_000
"""Objects made before the collector looks for garbage: a command is over sooner, and the looking costs a tenth of its time."""


def main() -> None:
    """The `msht` script. Exits 0 done, 1 refused with the reason, 2 wrong usage, 3 trouble with the store, 70 a fault of the program."""
    from msht_tui.terminal.process import guarded

    sys.exit(guarded(lambda: run(sys.argv[1:]), _store))


def _store() -> Path:
    """The folder of the store in use."""
    from msht_tui.cli.desk import workplace_of

    return workplace_of(global_options(sys.argv[1:])[0]).root


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments after `msht` ask for; the exit code comes back."""
    _forget_textual()
    _speak_utf8()
    try:
        options, rest = global_options(arguments)
    except WrongUsage as error:
        print(f"Error: {error}\nSee: msht --help", file=sys.stderr)  # noqa: T201
        return 2
    if options.version:
        return _print_version()
    return _run_command(options, rest) if rest else _start_app(options)


def _forget_textual() -> None:
    """Textual reads variables that log keys, press keys and save pictures of the screen: none may reach it."""
    for name in [name for name in os.environ if name.upper().startswith("TEXTUAL")]:
        del os.environ[name]


def _speak_utf8() -> None:
    """Names keep their letters in every locale, and what has no letters is escaped rather than fatal."""
    from io import TextIOWrapper

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _print_version() -> int:
    import tomllib
    from datetime import date

    from msht_tui import __version__
    from msht_tui.content.finder import data_folder

    pack = tomllib.loads((data_folder() / "packs" / "app-first-response" / "pack.toml").read_text("utf-8"))
    read: date = pack["guidance_date"]
    print(f"msht {__version__} · {pack['id']} {pack['version']} · guidance read {read.day} {read:%B %Y}")  # noqa: T201
    return 0


def _run_command(options: Options, arguments: list[str]) -> int:
    import gc

    gc.set_threshold(YOUNG)
    if arguments == ["case", "list"]:
        # Asked for most often, and sooner printed than the command library is imported.
        from msht_tui.cli.outcome import exit_code_of
        from msht_tui.cli.worklist import list_at_once

        return exit_code_of(lambda: list_at_once(options))
    from msht_tui.cli.main import run_command

    return run_command(options, arguments)


def _start_app(options: Options) -> int:
    """Start the app, if somebody sits at a terminal; otherwise say in words what to type instead."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        print(  # noqa: T201
            "The app needs a terminal, and this is not one. Use a plain command instead: msht case list. All of them: msht --help",
            file=sys.stderr,
        )
        return 2
    from msht_tui.cli.outcome import exit_code_of

    def app() -> None:
        from msht_tui.app import run_app
        from msht_tui.cli.desk import workplace_of

        run_app(workplace_of(options))

    return exit_code_of(app)
