"""The audit log that an OpenBao server writes itself (file device, JSON lines), piece by piece.

Values in it are HMACs, except paths, times, addresses and the headers that the server was told to
write in the clear. Responses are written before they are sent: what left the server stands here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from teller_server.domain.errors import Outage

MOST_LINE = 1 << 20
MOST_BYTES = 1 << 26
"""Read at once."""

HEADER = "x-teller-use"


@dataclass(frozen=True)
class Answer:
    """One response of the server; `failed` when it held an error and no secret."""

    at: datetime
    path: str
    operation: str
    use: str
    context: str
    batch: bool
    failed: bool
    who: str
    address: str


@dataclass(frozen=True)
class Place:
    """How far the log was read: the file by its inode, and the offset of the next line."""

    inode: int = 0
    offset: int = 0


@dataclass(frozen=True)
class Reading:
    """What was read. `gap`: the file where the last reading stopped is not there any more.

    `more`: there is so much that another reading has to follow.
    """

    answers: tuple[Answer, ...]
    lines: int
    unreadable: int
    place: Place
    gap: bool
    more: bool


def read(path: Path, since: Place) -> Reading:
    """Everything after `since`, also what was rotated to `path` with something added to its name.

    Raises Outage `audit_log_missing`.
    """
    files = _files(path)
    started = [n for n, (inode, _) in enumerate(files) if inode == since.inode]
    gap = since.inode != 0 and not started
    answers: list[Answer] = []
    lines = unreadable = 0
    place, budget = since, MOST_BYTES
    for inode, file in files[started[0] if started else 0 :]:
        offset = since.offset if inode == since.inode else 0
        if offset > file.stat().st_size:
            offset, gap = 0, True  # cut short in place
        begun = offset
        for raw, end in _lines(file, offset, budget):
            lines += 1
            offset = end
            try:
                answer = _answer(raw)
            except (ValueError, KeyError, TypeError, AttributeError):
                unreadable += 1
                continue
            if answer is not None:
                answers.append(answer)
        place = Place(inode, offset)
        budget -= offset - begun
        if budget <= 0:
            break
    return Reading(tuple(answers), lines, unreadable, place, gap, budget <= 0)


def _files(path: Path) -> list[tuple[int, Path]]:
    """The log and what it was before, oldest first; packed ones can't be read and are left out."""
    try:
        path.stat()
        found = [file for file in path.parent.iterdir() if file.name.startswith(path.name)]
        stats = [(file.stat(), file) for file in found if file.suffix not in {".gz", ".xz", ".zst"}]
    except OSError as error:
        raise Outage("audit_log_missing", path=str(path), why=type(error).__name__) from None
    return [(stat.st_ino, file) for stat, file in sorted(stats, key=lambda one: one[0].st_mtime_ns)]


def _lines(file: Path, offset: int, budget: int) -> Iterator[tuple[bytes, int]]:
    """Whole lines and where each ends; a line that is still being written waits."""
    with file.open("rb") as log:
        log.seek(offset)
        while log.tell() - offset < budget:
            raw = log.readline(MOST_LINE)
            if not raw.endswith(b"\n") and len(raw) < MOST_LINE:
                return
            yield raw, log.tell()


def _answer(raw: bytes) -> Answer | None:
    told: dict[str, Any] = json.loads(raw)
    if told["type"] != "response":
        return None
    request = told["request"]
    data = request.get("data") or {}
    headers = request.get("headers") or {}
    return Answer(
        at=datetime.fromisoformat(told["time"]).astimezone(UTC),
        path=str(request.get("path", "")),
        operation=str(request.get("operation", "")),
        use=",".join(map(str, headers.get(HEADER, []))),
        context=str(data.get("context", "")),
        batch="batch_input" in data,
        failed=bool(told.get("error")),
        who=str((told.get("auth") or {}).get("display_name", "")),
        address=str(request.get("remote_address", "")),
    )
