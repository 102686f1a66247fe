"""Reading a package as a stranger: which files are there, and how far each log is good. Keyless."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

from recording import format as fmt
from recording.errors import Damage

KNOWN: Final = re.compile(
    r"recording\.json|[a-z][a-z0-9-]{0,31}\.\d{4}\.evs|objects/[0-9a-f]{64}\.evo|trust/[^/]+\.pem"
    r"|(heads/\d{6}|manifest|decision|closing|shredded)\.json(\.p7s(\.tsr)?)?|renewals/\d{4}\.(json|tsr)"
)
MAX_FILES: Final = 100_000
_THREADS: Final = 2


@dataclass(slots=True)
class PartFacts:
    """What one part file turned out to be. `reached`: end offset → (segments, leaf hex); `sha256`
    only where bytes lie after the last good segment."""

    name: str
    header: fmt.PartHeader
    size: int
    wanted: set[int] = field(default_factory=set)
    reached: dict[int, tuple[int, str]] = field(default_factory=dict)
    segments: int = 0
    good: int = 0
    leaf: str = ""
    ended: bool = False
    until_ms: int = 0
    sha256: str | None = None
    stopped: Damage | None = None


def list_files(directory: Path) -> list[str]:
    """Relative names of everything below, regular files only; anything else is `Damage`."""
    if not directory.is_dir():
        raise Damage("package_missing", "not a directory", file=directory.name)
    names: list[str] = []
    for folder, folders, files in os.walk(directory):
        folders.sort()
        for name in [*folders, *files]:
            path = Path(folder, name)
            relative = path.relative_to(directory).as_posix()
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise Damage("not_a_file", "neither file nor folder", file=relative)
        names += [Path(folder, name).relative_to(directory).as_posix() for name in files]
        if len(names) > MAX_FILES:
            raise Damage("too_many_files")
    return sorted(names)


def open_parts(directory: Path, names: Iterable[str]) -> dict[str, list[PartFacts]]:
    """The headers of all parts by log, in order, each committing to the one before."""
    logs: dict[str, list[PartFacts]] = {}
    for name in names:
        match = fmt.PART_FILE.match(name)
        if match is None:
            continue
        path = directory / name
        try:
            with path.open("rb") as stream:
                header = fmt.read_part_header(stream)
        except Damage as damage:
            raise _in_file(damage, name) from None
        if header.log != match[1] or header.part != int(match[2]):
            raise Damage("part_misnamed", f"says {header.log} {header.part}", file=name, offset=0)
        logs.setdefault(header.log, []).append(PartFacts(name, header, path.stat().st_size))
    for facts in logs.values():
        _link(facts)
    return logs


def _link(facts: list[PartFacts]) -> None:
    before: PartFacts | None = None
    for part in facts:
        header = part.header
        expected = before.header.part if before else fmt.NO_PART
        if header.previous_part != expected:
            raise Damage("part_missing", "the part before is not there", file=part.name, offset=0)
        if header.part != (before.header.part + 1 if before else 0):
            raise Damage("part_missing", "part numbers jump", file=part.name, offset=0)
        if before is None:
            if header.previous_bytes or any(header.previous_leaf):
                raise Damage("part_header_bad", "a first part has none before", file=part.name)
        else:
            before.wanted.add(header.previous_bytes)
        before = part


def read_parts(directory: Path, logs: dict[str, list[PartFacts]]) -> None:
    """Scan every part to its end. A file is hashed as a whole only where the chain ends before it:
    otherwise the last leaf already speaks for every byte."""
    every = [part for facts in logs.values() for part in facts]
    with ThreadPoolExecutor(_THREADS) as pool:  # hashing releases the interpreter lock
        list(pool.map(lambda part: _read_part(directory, part), every))
    for facts in logs.values():
        for part, after in pairwise(facts):
            found = part.reached.get(after.header.previous_bytes)
            if found is None or found[1] != after.header.previous_leaf.hex():
                raise _broken_link(part, after)


def _broken_link(part: PartFacts, after: PartFacts) -> Damage:
    if part.stopped is not None and part.good < after.header.previous_bytes:
        return _in_file(part.stopped, part.name)
    return Damage(
        "chain_broken", f"{after.name} commits to another end", file=part.name, offset=part.good
    )


def _read_part(directory: Path, part: PartFacts) -> None:
    with (directory / part.name).open("rb") as stream:
        header = fmt.read_part_header(stream)
        scanner = fmt.Scanner(stream, header)
        _note(part, scanner)
        try:
            for segment in scanner:
                part.until_ms = max(part.until_ms, segment.header.to_ms)
                if segment.end in part.wanted:
                    _note(part, scanner)
        except Damage as damage:
            part.stopped = damage
        _note(part, scanner)
        part.segments, part.good, part.leaf = scanner.sequence, scanner.good, scanner.last.hex()
        part.ended = scanner.ended
        if scanner.good != part.size:
            stream.seek(0)
            part.sha256 = hashlib.file_digest(stream, "sha256").hexdigest()


def _note(part: PartFacts, scanner: fmt.Scanner) -> None:
    part.reached[scanner.good] = (scanner.sequence, scanner.last.hex())


def check_ends(logs: dict[str, list[PartFacts]]) -> list[str]:
    """Notes on torn ends of logs that no seal describes; `Damage` for any other bad byte."""
    notes = []
    for facts in logs.values():
        last = facts[-1]
        if last.stopped is None:
            continue
        if not last.stopped.code.startswith("torn_"):
            raise _in_file(last.stopped, last.name)
        notes.append(f"{last.name}: {last.size - last.good} bytes of an unfinished segment")
    return notes


def _in_file(damage: Damage, name: str) -> Damage:
    return Damage(
        damage.code, damage.detail, file=name, offset=damage.offset, segment=damage.segment
    )


def object_digest(directory: Path, name: str) -> str:
    """SHA-256 of a file in hex."""
    with (directory / name).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
