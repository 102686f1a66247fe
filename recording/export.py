"""A recording handed over: a bag that a stranger verifies and only its recipient opens.

docs/evidence-format.md, "Handed over", says what lies where. Blocks; goes piece by piece.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template
from typing import Any, Final

from recording import canonical, survey
from recording import format as fmt
from recording.bag import Bag
from recording.cms import fingerprint, load_pem
from recording.disclosure import Chosen, Wanted, choose, disclosed_segments, keys_of, withheld_part
from recording.envelope import Recipient
from recording.errors import Damage
from recording.manifest import AFTERWARDS, EVENTS, MANIFEST
from recording.parts import RECORDING_FILE, list_logs
from recording.playback import Media
from recording.seal import Signer
from recording.verify import verify

_COURT: Final = Path(__file__).parent / "court"
_SCRIPTS: Final = ("verify.py", "open.py")
_CHUNK: Final = 1 << 20
_BY_HAND: Final = (".evs", ".evo")  # added to a disclosure in part only as far as it is chosen


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be handed over. `wanted` None: all of it. `custody`: canonical JSON."""

    recipient: Recipient
    custody: Mapping[str, Any]
    now: datetime
    software: str
    wanted: Wanted | None = None
    playable: bool = True


@dataclass(frozen=True, slots=True)
class Package:
    """What was written. `digest` of manifest-sha256.txt; `verdict` of the evidence in it."""

    path: Path
    digest: str
    bytes: int
    verdict: str
    segments: int | None
    pictures: Mapping[str, tuple[int | None, int | None]]


def export(
    directory: Path, data_key: bytes, order: Order, signer: Signer, place: Path | Bag
) -> Package:
    """Write the package at `place`, whole or not at all; or into a bag of another kind.

    `Damage('not_sealed')` without a call seal, `Damage` when something to be opened was altered,
    `Outage('already_written')`, ValueError as `choose` raises it, OSError.
    """
    if not (directory / MANIFEST).exists():
        raise Damage("not_sealed", "there is no call seal", file=MANIFEST)
    verdict = verify(directory).status
    chosen = choose(directory, data_key, order.wanted) if order.wanted else None
    origin, _ = canonical.load(directory / RECORDING_FILE, RECORDING_FILE)
    with Bag(place) if isinstance(place, Path) else place as bag:
        _evidence(bag, directory, chosen)
        parties = _playable(bag, directory, data_key, chosen) if order.playable else []
        keys = _keys(directory, data_key, origin["recording"], chosen)
        bag.add("keys/keys.json.p7m", order.recipient.seal(canonical.dump(keys)))
        told = _told(origin, order, chosen, verdict, parties)
        for name, document in (("export.json", told), ("custody.json", order.custody)):
            raw = canonical.dump(dict(document))
            bag.add(name, raw)
            bag.add(f"{name}.p7s", signer.sign(raw))
        chain = fingerprint(load_pem(signer.chain)[0])[:16]
        bag.add(f"trust/signer-{chain}.pem", signer.chain)
        for name in _SCRIPTS:
            bag.copy(name, _COURT / name)
        for language in ("en", "zh-CN"):
            bag.tag(f"README.{language}.txt", _readme(language, origin, order, chosen))
        digest = bag.finish(_info(origin, order), order.now.date())
        count = sum(map(len, chosen.segments.values())) if chosen else None
        return Package(
            bag.place, digest, bag.bytes, verdict, count, chosen.pictures if chosen else {}
        )


def _evidence(bag: Bag, directory: Path, chosen: Chosen | None) -> None:
    """As it lies on the disk; of a disclosure in part the chosen pieces and proofs for the rest."""
    for name in survey.list_files(directory):
        path = directory / name
        if not survey.KNOWN.fullmatch(name):
            continue  # what a crash left, and what other people put there
        if chosen is None or path.suffix not in _BY_HAND:
            bag.copy(f"evidence/{name}", path)
        elif path.suffix == ".evs":
            bag.add(f"evidence/{path.stem}.evh", withheld_part(path))
            sequences = chosen.segments.get(path.stem, frozenset())
            for digest, ciphertext in disclosed_segments(path, sequences):
                bag.add(f"evidence/segments/{digest}.evc", ciphertext)
        elif path.stem in chosen.objects:
            bag.copy(f"evidence/{name}", path)


def _playable(bag: Bag, directory: Path, data_key: bytes, chosen: Chosen | None) -> list[str]:
    """Every party's media as one WebM; the parties that have one."""
    parties = []
    for party in list_logs(directory):
        if party in (EVENTS, AFTERWARDS):
            continue
        try:
            media = Media(directory, party, data_key, _only(chosen))
        except Damage as damage:
            if damage.code != "no_media":
                raise
            continue
        bag.add(f"playable/{party}.webm", _read(media))
        parties.append(party)
    return parties


def _only(chosen: Chosen | None) -> Callable[[str, fmt.SegmentHeader], bool] | None:
    if chosen is None:
        return None
    return lambda part, header: header.sequence in chosen.segments.get(part, ())


def _read(media: Media) -> Iterator[bytes]:
    for start in range(0, media.size, _CHUNK):
        yield media.read(start, start + _CHUNK)


def _keys(
    directory: Path, data_key: bytes, recording: str, chosen: Chosen | None
) -> dict[str, Any]:
    if chosen is None:
        return {"recording": recording, "data_key": data_key.hex()}
    return keys_of(directory, data_key, chosen)


def _told(
    origin: Mapping[str, Any],
    order: Order,
    chosen: Chosen | None,
    verdict: str,
    parties: Sequence[str],
) -> dict[str, Any]:
    """export.json: what is disclosed to whom, for the bank's signature."""
    disclosed: dict[str, Any] = {"all": True}
    if chosen is not None and order.wanted is not None:
        disclosed = {
            "all": False,
            "from_ms": order.wanted.from_ms,
            "until_ms": order.wanted.until_ms,
            "marks": sorted(order.wanted.marks),
            "segments": {part: sorted(found) for part, found in chosen.segments.items()},
            "objects": list(chosen.objects),
            "first_picture_ms": {party: first for party, (first, _) in chosen.pictures.items()},
        }
    return {
        "format": fmt.VERSION,
        "type": "export",
        "recording": origin["recording"],
        "visit": origin["visit"],
        "made": canonical.stamp(order.now),
        "recipient": {"name": order.recipient.subject, "sha256": order.recipient.fingerprint},
        "disclosed": disclosed,
        "playable": list(parties),
        "verdict": verdict,
        "software": order.software,
    }


def _info(origin: Mapping[str, Any], order: Order) -> dict[str, str]:
    return {
        "Bag-Software-Agent": order.software,
        "External-Identifier": str(origin["recording"]),
        "Internal-Sender-Identifier": str(origin["visit"]),
        "Recipient-Certificate-SHA256": order.recipient.fingerprint,
    }


def _readme(language: str, origin: Mapping[str, Any], order: Order, chosen: Chosen | None) -> bytes:
    words = json.loads((_COURT / "words.json").read_text("utf-8"))
    kind = "part" if chosen else "all"
    values = {
        "recording": origin["recording"],
        "visit": origin["visit"],
        "made": canonical.stamp(order.now),
        "recipient": " ".join(order.recipient.subject.split()),
        "fingerprint": order.recipient.fingerprint,
    }
    for name, text in words.items():
        values[name] = Template(text[kind]).substitute(range=_range(order.wanted))
    text = (_COURT / f"README.{language}.txt").read_text("utf-8")
    return Template(text).substitute(values).encode()


def _range(wanted: Wanted | None) -> str:
    """`00:03:10 – 00:05:00`, marks `12, a3`."""
    if wanted is None:
        return ""
    spans = []
    if wanted.from_ms is not None or wanted.until_ms is not None:
        spans.append(f"{_clock(wanted.from_ms or 0)} – {_clock(wanted.until_ms)}")
    if wanted.marks:
        spans.append("# " + ", ".join(sorted(wanted.marks)))
    return "; ".join(spans)


def _clock(ms: int | None) -> str:
    if ms is None:
        return "…"
    seconds = ms // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
