"""The chain of days: what was recorded each day, signed and stamped, so that a whole missing
recording is noticed. `days/2026-11-23.json` in the evidence root; days are UTC, as the folders are.

Each statement lists every recording that began that day with the digest of its call seal, or null,
and names the digest of the day before. A recording that was sealed later stands under `late` of a
later day. Keyless; writing blocks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from recording import canonical, cms, heads
from recording import format as fmt
from recording import statements as st
from recording.errors import Damage, Outage
from recording.files import sync_directory, write_new
from recording.manifest import MANIFEST, SIGNATURE, STAMP, TRUST
from recording.parts import RECORDING_FILE
from recording.seal import Signer, Stamper

FOLDER: Final = "days"
_NAME: Final = re.compile(r"(\d{4}-\d\d-\d\d)\.json\Z")
_ONE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A recording that began on `day`; `manifest` is the digest of its call seal, if it has one."""

    day: date
    recording: str
    manifest: str | None

    def place(self, root: Path) -> Path:
        """Where it lies below the evidence root."""
        return root / f"{self.day:%Y}" / f"{self.day:%m}" / f"{self.day:%d}" / self.recording


@dataclass(slots=True)
class Completeness:
    """What the chain says of an evidence root. `digest`: of the last day's statement; `gone`: what
    is not on this disk, each under its newest call seal; `in_vault`: those that turned up there."""

    days: int = 0
    recordings: int = 0
    unsealed: list[str] = field(default_factory=list)
    problems: list[Damage] = field(default_factory=list)
    gone: list[Entry] = field(default_factory=list)
    in_vault: list[str] = field(default_factory=list)
    digest: str | None = None
    last: date | None = None

    @property
    def exit_code(self) -> int:
        """0 when nothing is missing, 1 otherwise."""
        return 1 if self.problems else 0


def list_days(root: Path) -> list[tuple[date, Path]]:
    """(day, path of its statement) in order."""
    found = []
    for path in (root / FOLDER).glob("*.json"):
        if match := _NAME.match(path.name):
            found.append((date.fromisoformat(match[1]), path))
    return sorted(found)


def write_day(
    root: Path,
    day: date,
    entries: Sequence[Entry],
    late: Sequence[Entry],
    now: datetime,
    signer: Signer,
) -> str:
    """Sign and keep the statement of a day, the next after the last; returns its digest.

    `Outage('already_written')` when it is there; ValueError when it does not follow.
    """
    known = list_days(root)
    if known and day != known[-1][0] + _ONE:
        raise ValueError(f"{day} does not follow {known[-1][0]}")
    raw = canonical.dump(
        {
            "format": fmt.VERSION,
            "type": "day",
            "day": day.isoformat(),
            "made": canonical.stamp(now),
            "previous": canonical.digest(known[-1][1].read_bytes()) if known else None,
            "recordings": [
                {"recording": one.recording, "manifest": one.manifest} for one in _sorted(entries)
            ],
            "late": [
                {"day": one.day.isoformat(), "recording": one.recording, "manifest": one.manifest}
                for one in _sorted(late)
            ],
        }
    )
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    _keep_chain(folder, "signer", signer.chain)
    heads.write_signed(folder / f"{day.isoformat()}.json", raw, signer)
    sync_directory(root)
    return canonical.digest(raw)


def stamp_days(root: Path, stamper: Stamper, most: int = 31) -> int:
    """Stamp the newest statements that have no token yet; how many still have none."""
    waiting = 0
    for _, path in list_days(root)[-most:]:
        signature = path.with_name(path.name + SIGNATURE)
        if not signature.with_name(signature.name + STAMP).exists():
            try:
                heads.stamp_file(signature, stamper)
            except Outage:
                waiting += 1
            else:
                _keep_chain(path.parent, "tsa", stamper.chain)
    return waiting


def check_days(
    root: Path, *, trust: Sequence[bytes] | None = None, newest: str | None = None
) -> Completeness:
    """Judge the chain and that everything it lists is there.

    `trust`: PEM roots; without it those kept beside the statements. `newest`: the digest of a day's
    statement that somebody keeps elsewhere; the chain must reach it. Whether a recording is sound
    is for `verify`; here its call seal has to be the one that was listed.
    """
    found = Completeness()
    anchors = _anchors(root, trust)
    sealed: dict[str, str] = {}
    open_ones: dict[str, Entry] = {}
    gone: dict[str, Entry] = {}
    previous: st.Statement | None = None
    digests = set()
    for day, path in list_days(root):
        try:
            statement = st.read_statement(root / FOLDER, path.name, "made", anchors)
            _check_link(statement, day, previous, found.last)
            listed, late = _entries(statement, day)
        except Damage as damage:
            found.problems.append(damage)
            break
        for entry in (*listed, *late):
            if entry.manifest is None:
                open_ones[entry.recording] = entry
            else:
                open_ones.pop(entry.recording, None)
                sealed[entry.recording] = entry.manifest
            missing = _missing(root, entry, path.name)
            if missing and missing[0].code == "recording_gone":
                gone[entry.recording] = entry
            found.problems += missing
        found.problems += _unlisted(root, day, {entry.recording for entry in listed}, path.name)
        found.days += 1
        found.recordings += len(listed)
        found.last, found.digest, previous = day, statement.digest, statement
        digests.add(statement.digest)
    if newest is not None and newest not in digests and not found.problems:
        found.problems.append(Damage("days_cut", "the newest day that is known is not here"))
    found.unsealed, found.gone = sorted(open_ones), list(gone.values())
    return found


def _sorted(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: (one.day, one.recording))


def _anchors(root: Path, trust: Sequence[bytes] | None) -> list[x509.Certificate]:
    if trust is not None:
        return [c for pem in trust for c in cms.load_pem(pem)]
    paths = sorted((root / FOLDER / TRUST).glob("*.pem"))
    pems = [canonical.read_limited(path, path.name, cms.MAX_SIGNATURE) for path in paths]
    return cms.anchors_of([c for pem in pems for c in cms.load_pem(pem)])


def _check_link(
    statement: st.Statement, day: date, previous: st.Statement | None, last: date | None
) -> None:
    document = statement.document
    if document.get("type") != "day" or document.get("day") != day.isoformat():
        raise Damage("day_foreign", "not the day of its name", file=statement.name)
    if document.get("previous") != (previous.digest if previous else None):
        raise Damage("day_chain_broken", "names another day before it", file=statement.name)
    if last is not None and day != last + _ONE:
        raise Damage("day_missing", f"{last + _ONE} is not here", file=statement.name)


def _entries(statement: st.Statement, day: date) -> tuple[list[Entry], list[Entry]]:
    try:
        listed = [_entry(one, day) for one in statement.document["recordings"]]
        late = [_entry(one, date.fromisoformat(one["day"])) for one in statement.document["late"]]
    except (KeyError, TypeError, ValueError):
        raise Damage("document_bad", "not a day's statement", file=statement.name) from None
    return listed, late


def _entry(one: dict[str, Any], day: date) -> Entry:
    if not fmt.RECORDING_ID.match(one["recording"]):
        raise ValueError("not a recording")
    return Entry(day, one["recording"], one["manifest"])


def _missing(root: Path, entry: Entry, name: str) -> list[Damage]:
    """The recording that is listed is not there, or under another seal."""
    place = entry.place(root)
    where = place.relative_to(root).as_posix()
    if not (place / RECORDING_FILE).is_file():
        return [Damage("recording_gone", f"{name} lists it", file=where)]
    if entry.manifest is None:
        return []
    try:
        raw = canonical.read_limited(place / MANIFEST, f"{where}/{MANIFEST}")
    except Damage:
        return [Damage("seal_gone", f"{name} lists its call seal", file=where)]
    if canonical.digest(raw) != entry.manifest:
        return [Damage("seal_differs", f"not the call seal that {name} lists", file=where)]
    return []


def _unlisted(root: Path, day: date, listed: set[str], name: str) -> list[Damage]:
    """A recording of that day which the day does not know."""
    folder = Entry(day, "x", None).place(root).parent
    there = {path.parent.name for path in folder.glob(f"*/{RECORDING_FILE}")}
    return [
        Damage("recording_unlisted", f"{name} does not list it", file=f"{day:%Y/%m/%d}/{one}")
        for one in sorted(there - listed)
    ]


def _keep_chain(folder: Path, role: str, chain: bytes) -> None:
    name = f"{role}-{cms.fingerprint(cms.load_pem(chain)[0])[:16]}.pem"
    path = folder / TRUST / name
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        write_new(path, chain)
