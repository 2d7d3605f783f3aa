"""Where the shipped content lies: inside the installed package, or in the checkout beside `pyproject.toml`."""

from __future__ import annotations

from pathlib import Path


def data_folder() -> Path:
    """The folder of shipped content. Raises `FileNotFoundError` when the installation lacks it."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "data"
    if inside.is_dir():
        return inside
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "data").is_dir():
        return checkout / "data"
    raise FileNotFoundError(f"no content beside {package}: install the program again")
