"""The two commands of the README: `run.py app` starts an exercise, `run.py tests` runs the tests, each in `.venv` beside this file."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python gets as far as this line and deserves a sentence
    sys.exit("run.py: Python 3.11 or later is needed; this is Python {}.{}.".format(*sys.version_info[:2]))

import hashlib
import importlib.util
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
NOTE = VENV / "lock.sha256"
"""Written last, so that an installation cut short counts as stale."""

SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
SUFFIX = ".exe" if os.name == "nt" else ""
COMMANDS = {"app": ["msht", "--exercise"], "tests": ["pytest", "--numprocesses", "auto"]}
USAGE = "usage: run.py app [arguments for msht] | run.py tests [arguments for pytest]"


def fingerprint() -> str:
    """What `.venv` was made from: the lock's SHA-256, and the folder, because scripts do not survive being moved."""
    return f"{hashlib.sha256(LOCK.read_bytes()).hexdigest()}  {ROOT}\n"


def is_fresh(wanted: str) -> bool:
    """Whether `.venv` is complete, was made from this lock in this folder, and still has its Python."""
    return NOTE.is_file() and NOTE.read_text("utf-8") == wanted and (SCRIPTS / f"python{SUFFIX}").exists()


def step(what: str, *command: str) -> None:
    """Run one part of the installation. Ends the program with one line when it fails."""
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if done.returncode:
        said = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        errors = [line for line in said if line.startswith("ERROR:")] or said[-1:] or [f"exit code {done.returncode}"]
        sys.exit(f"run.py: could not {what}: {' '.join(errors)}")


def install(wanted: str) -> None:
    """Make `.venv` anew from the lock, and put the project in it so that changes to the source count at once."""
    if Path(sys.prefix).resolve() == VENV.resolve():
        sys.exit("run.py: .venv has to be made again: leave it first (deactivate), then run this with the Python outside it.")
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        sys.exit("run.py: this Python cannot make virtual environments: install them first (Debian and Ubuntu: python3-venv).")
    print("Installing into .venv; this happens once and takes a minute.", file=sys.stderr, flush=True)
    pip = (str(SCRIPTS / f"python{SUFFIX}"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
    step("make .venv", sys.executable, "-m", "venv", "--clear", str(VENV))
    step("install the packages of requirements.lock", *pip, "--require-hashes", "-r", str(LOCK))
    step("install msht itself", *pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    NOTE.write_text(wanted, "utf-8")


def main(arguments: list[str]) -> int:
    """Do what was asked and return the exit code; where the system can, the program asked for takes this one's place."""
    if not arguments or arguments[0] not in COMMANDS:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        wanted = fingerprint()
        if not is_fresh(wanted):
            install(wanted)
        if arguments[0] == "tests":
            os.chdir(ROOT)
        name, *rest = [*COMMANDS[arguments[0]], *arguments[1:]]
        program = str(SCRIPTS / f"{name}{SUFFIX}")
        if os.name == "nt":
            return subprocess.run([program, *rest]).returncode
        os.execv(program, [program, *rest])
    except OSError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
