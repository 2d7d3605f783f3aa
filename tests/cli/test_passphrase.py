"""Where a passphrase may come from, and what is refused."""

from __future__ import annotations

import getpass
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import warn

import pytest

from tests.cli.conftest import PASSPHRASE, SUPERVISOR

if TYPE_CHECKING:
    from tests.cli.conftest import LiveScript, Outcome, Start

MAIN = "from msht_tui.start import main; main()"


class Terminal(io.StringIO):
    """A standard input at which somebody sits."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What somebody at the terminal types at each prompt, in order; what they are asked goes to its end."""
    typed: list[str] = []

    def ask(prompt: str) -> str:
        typed.append(prompt)
        return typed.pop(0)

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("msht_tui.cli.passphrase.getpass", ask)
    return typed


def at(live: LiveScript, *arguments: str, operator: str = SUPERVISOR) -> Outcome:
    """A command without a file of the passphrase."""
    return live.bare("--store", str(live.store), "--as", operator, *arguments)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_one_line_break_at_the_end_of_the_file_goes_and_a_mark_at_its_beginning(live: LiveScript, start: str, end: str) -> None:
    file = live.secret(f"{start}{PASSPHRASE}{end}".encode())
    assert at(live, "--passphrase-file", file, "case", "list").code == 0


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (f"{PASSPHRASE}\n\n".encode(), "a line break or another character"),
        (f"{PASSPHRASE} \n".encode(), "do not go together"),
        (b"", "is empty: it should hold the passphrase of PS 77"),
        (b"\n", "is empty"),
        (PASSPHRASE.encode("utf-16"), "is not UTF-8"),
        (b"x" * 9000, "is longer than any"),
        (b"x" * 1001, "1,000 fit"),
    ],
)
def test_what_is_no_passphrase_is_refused_in_words(live: LiveScript, held: bytes, words: str) -> None:
    file = live.secret(held)
    ended = at(live, "--passphrase-file", file, "case", "list")
    assert (ended.code, ended.out) == (1, "")
    assert words in ended.err


def test_a_file_that_cannot_be_read_is_refused_by_name(live: LiveScript, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        ended = at(live, "--passphrase-file", str(path), "case", "list")
        assert ended.code == 1
        assert f"Could not read the passphrase of {SUPERVISOR} from {path}" in ended.err


@pytest.mark.skipif(sys.platform == "win32", reason="rights are kept in another way there")
@pytest.mark.parametrize(("rights", "warned"), [(0o600, False), (0o400, False), (0o640, True), (0o604, True)])
def test_a_file_that_others_may_read_is_warned_about(live: LiveScript, rights: int, warned: bool) -> None:
    file = live.secret(PASSPHRASE)
    Path(file).chmod(rights)
    ended = at(live, "--passphrase-file", file, "case", "list")
    assert ended.code == 0
    assert (f"others on this machine may read {file}" in ended.err) is warned


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_standard_input_is_read_without_its_line_break(live: LiveScript, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{PASSPHRASE}\n".encode())))
    assert at(live, "--passphrase-file", "-", "case", "list").code == 0


def test_standard_input_that_shows_what_is_typed_is_refused(live: LiveScript, typing: list[str]) -> None:
    ended = at(live, "--passphrase-file", "-", "case", "list")
    assert ended.code == 1
    assert "leave the option out" in ended.err


def test_somebody_at_a_terminal_is_asked(live: LiveScript, typing: list[str]) -> None:
    typing.append(PASSPHRASE)
    assert at(live, "case", "list").code == 0
    assert typing == [f"Passphrase of {SUPERVISOR}: "]


def test_a_login_name_is_said_to_be_one_with_the_option_that_names_another(live: LiveScript, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("msht_tui.bootstrap._login_name", lambda: "root")
    monkeypatch.setattr(sys, "stdin", None)
    ended = live.bare("--store", str(live.store), "case", "list")
    assert (ended.code, ended.out) == (1, "")
    assert "passphrase of root (your login name; --as ID names another) is needed" in ended.err
    assert "login name" not in at(live, "case", "list").err


def test_an_operator_of_the_environment_is_not_called_a_login_name(started: Start, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE, "utf-8")
    file.chmod(0o600)
    assert started(MAIN, "setup", "--operator", SUPERVISOR, "--passphrase-file", str(file)).returncode == 0
    assert "The passphrase of PC 1234 is needed" in started(MAIN, "case", "list").stderr


@pytest.mark.parametrize("operator", [SUPERVISOR, "nobody"])
def test_a_wrong_sign_in_names_what_was_given_and_never_which_of_both_is_wrong(
    live: LiveScript, typing: list[str], monkeypatch: pytest.MonkeyPatch, operator: str
) -> None:
    file = live.secret("not the passphrase")
    reset = "or ask a supervisor to reset the passphrase.\n"
    wrong = "This id and passphrase do not go together: name your id with --as"
    ended = at(live, "--passphrase-file", file, "case", "list", operator=operator)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.endswith(f"{wrong}, look at the passphrase in {file} (--passphrase-file), {reset}")
    typing.append("not the passphrase")
    assert at(live, "case", "list", operator=operator).err.endswith(f"{wrong}, type the passphrase again, {reset}")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"not the passphrase\n")))
    piped = at(live, "--passphrase-file", "-", "case", "list", operator=operator)
    assert piped.err.endswith(f"{wrong}, look at the passphrase on standard input (--passphrase-file), {reset}")


AT_TERMINAL = """
import os, pty, select, sys
arguments = [sys.executable, "-c", "from msht_tui.start import main; main()", *sys.argv[2:]]
child, terminal = pty.fork()
if not child:
    os.execv(sys.executable, arguments)
shown, typed = b"", False
while True:
    try:
        part = os.read(terminal, 4096)
    except OSError:
        part = b""
    if not part:
        break
    shown += part
    if b": " in shown and not typed:
        typed = True
        os.write(terminal, sys.argv[1].encode() + b"\\n")
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no pseudo-terminals")
def test_at_a_real_terminal_what_is_typed_is_not_shown(started: Start, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE, "utf-8")
    file.chmod(0o600)
    assert started(MAIN, "setup", "--operator", SUPERVISOR, "--passphrase-file", str(file)).returncode == 0
    ended = started(AT_TERMINAL, PASSPHRASE, "--as", SUPERVISOR, "case", "list")
    assert ended.returncode == 0
    assert f"Passphrase of {SUPERVISOR}: " in ended.stdout
    assert "There is no case" in ended.stdout
    assert PASSPHRASE not in ended.stdout


def test_the_prompt_shows_nothing_that_a_terminal_obeys(live: LiveScript, typing: list[str]) -> None:
    typing.append("whatever it is")
    ended = at(live, "case", "list", operator="PC\x1b]0;x\x07 9")
    assert ended.code == 1
    assert not {"\x1b", "\x07"} & {*typing[0], *ended.err}


def test_nobody_is_asked_where_nobody_sits(live: LiveScript, monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (io.StringIO(PASSPHRASE), None):
        monkeypatch.setattr(sys, "stdin", stream)
        ended = at(live, "case", "list")
        assert (ended.code, ended.out) == (1, "")
        assert "use --passphrase-file FILE" in ended.err


def test_a_terminal_that_would_show_the_passphrase_is_refused(live: LiveScript, monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(prompt: str) -> str:
        warn("Can not control echo on the terminal.", getpass.GetPassWarning, stacklevel=1)
        return PASSPHRASE

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("msht_tui.cli.passphrase.getpass", shown)
    ended = at(live, "case", "list")
    assert (ended.code, ended.out) == (1, "")
    assert "cannot keep the passphrase" in ended.err


def test_a_new_passphrase_is_asked_for_twice(unset: LiveScript, typing: list[str]) -> None:
    typing += [PASSPHRASE, "something else altogether"]
    ended = at(unset, "setup", "--operator", SUPERVISOR)
    assert ended.code == 1
    assert "not the same" in ended.err
    assert not (unset.store / "keys").exists()
    typing[:] = [PASSPHRASE, PASSPHRASE]
    assert at(unset, "setup", "--operator", SUPERVISOR).code == 0
    assert at(unset, "--passphrase-file", unset.secret(PASSPHRASE), "case", "list").code == 0


def test_two_secrets_do_not_fit_into_one_standard_input(live: LiveScript, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{PASSPHRASE}\n".encode())))
    ended = at(live, "--passphrase-file", "-", "operator", "reset", SUPERVISOR, "--new-passphrase-file", "-")
    assert ended.code == 1
    assert "Only one of them" in ended.err


@pytest.mark.parametrize("option", ["--passphrase", "--new-passphrase", "--code"])
def test_no_option_takes_a_secret_itself(live: LiveScript, option: str) -> None:
    for command in (("case", "list"), ("setup",), ("operator", "recover", SUPERVISOR), ("operator", "reset", SUPERVISOR)):
        assert at(live, *command, option, PASSPHRASE).code == 2


def test_no_variable_holds_a_secret(live: LiveScript, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    for name in ("MSHT_PASSPHRASE", "MSHT_PASSPHRASE_FILE"):
        monkeypatch.setenv(name, PASSPHRASE)
    assert at(live, "case", "list").code == 1
