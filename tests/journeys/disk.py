"""What a branch has on its disks while it is still writing."""

from __future__ import annotations

from pathlib import Path


def written(*folders: Path) -> dict[Path, bytes]:
    """Every file below, with its content.

    A file is written under a passing name and then renamed; one that went away between the
    listing and the reading is looked for again, so that nothing is left out.
    """
    for _ in range(100):
        try:
            return {
                path: path.read_bytes()
                for folder in folders
                for path in folder.rglob("*")
                if path.is_file()
            }
        except FileNotFoundError:
            continue
    raise AssertionError("the branch never stopped renaming its files")
