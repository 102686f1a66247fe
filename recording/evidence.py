"""Evidence: one recording's directory, from creation to closing seal. The desk's side.

Everything here blocks (disk, signature, timestamp authority): call it from a thread. One instance
per recording at a time; its methods take turns.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from recording import canonical, cipher, files, heads, manifest, objects, parts
from recording import records as rec
from recording.cms import fingerprint, load_pem
from recording.errors import Damage, Outage
from recording.follow import LogFollower, Position
from recording.gaps import unknown_ms
from recording.heads import Head
from recording.objects import ObjectRef
from recording.seal import Signer, Stamper

_THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class Seal:
    """A sealed statement. `digest` of manifest.json is the evidence digest of a receipt."""

    digest: str
    status: str
    at: datetime
    stamped: bool
    path: Path


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a crash left: the last good place of every log, and bytes never acknowledged."""

    logs: dict[str, Position]
    torn_bytes: int
    damaged: tuple[dict[str, str | int], ...]
    sealed: bool


class Evidence:
    """The package of one recording; see docs/evidence-format.md."""

    def __init__(self, directory: Path, data_key: bytes | None) -> None:
        """Use `create` or `open`."""
        self.directory = directory
        self._data_key = data_key
        self._turn = threading.RLock()
        self._followers: dict[str, LogFollower] = {}
        self._document, raw = canonical.load(directory / parts.RECORDING_FILE, "recording.json")
        self._document_digest = canonical.digest(raw)
        self.recording: str = self._document["recording"]
        self._version: int = self._document["format"]
        if data_key is not None:
            commitment = bytes.fromhex(self._document["key_commitment"])
            cipher.check_key(data_key, self.recording, commitment, self._version)

    @staticmethod
    def place(root: Path, recording: str, now: datetime) -> Path:
        """The directory of a recording below the evidence root, by UTC day."""
        return root / f"{now:%Y}" / f"{now:%m}" / f"{now:%d}" / recording

    @classmethod
    def create(
        cls,
        directory: Path,
        recording: str,
        visit: str,
        parties: Sequence[str],
        data_key: bytes,
        now: datetime,
        software: str,
    ) -> Evidence:
        """Make the directory and recording.json, durable, before any segment."""
        directory.mkdir(parents=True, exist_ok=True)
        for folder in (heads.FOLDER, objects.FOLDER, manifest.TRUST):
            (directory / folder).mkdir(exist_ok=True)
        commitment = cipher.commitment(data_key, recording)
        document = manifest.recording_document(recording, visit, parties, now, software, commitment)
        files.write_new(directory / parts.RECORDING_FILE, canonical.dump(document))
        for parent in (directory, *directory.parents[:4]):
            files.sync_directory(parent)
        return cls(directory, data_key)

    @classmethod
    def open(cls, directory: Path, data_key: bytes | None = None) -> Evidence:
        """An existing recording; without a data key only heads can be made."""
        return cls(directory, data_key)

    def attach(self, data: bytes, media_type: str, role: str) -> ObjectRef:
        """Encrypt and store a photograph, form or document; durable on return."""
        key, version = self._key(), self._version
        where = self.directory, self.recording
        return objects.attach(*where, key, data, media_type, role, version)

    def read_object(self, digest: str) -> bytes:
        """Plaintext of an attachment, or `Damage`."""
        return objects.read(self.directory, self.recording, self._key(), digest)[1]

    def head(self, now: datetime, signer: Signer) -> Head:
        """Attest where every log stands."""
        with self._turn:
            self._trust("signer", signer.chain)
            places = {log: place.as_dict() for log, place in self._advance().items()}
            earlier = heads.list_heads(self.directory)
            previous = None
            if earlier:
                n, path = earlier[-1]
                previous = (n, canonical.digest(path.read_bytes()))
            return heads.write_head(self.directory, self.recording, places, previous, now, signer)

    def stamp_head(self, n: int, stamper: Stamper) -> bool:
        """Have a timestamp authority say when head `n` was there; False when it doesn't answer."""
        path = heads.head_path(self.directory, n)
        with self._turn:
            return self._stamp(path.with_name(path.name + manifest.SIGNATURE), stamper)

    def attested(self) -> tuple[Head, ...]:
        """The heads found on disk, in order."""
        return heads.read_heads(self.directory)

    def seal(
        self, now: datetime, signer: Signer, stamper: Stamper | None, outcome: dict[str, Any]
    ) -> Seal:
        """The call seal. Its status is `complete` only when every log was closed properly.

        A failing timestamp authority leaves the seal unstamped (`stamped` is False): call
        `stamp_pending` later.
        """
        with self._turn:
            if (self.directory / manifest.MANIFEST).exists():
                return self._existing(manifest.MANIFEST, stamper)
            self._advance()
            followers = {k: f for k, f in self._followers.items() if k != manifest.AFTERWARDS}
            self._refuse_damage(followers)
            gaps = {k: g for k, f in followers.items() if (g := rec.summarize_gaps(f.records))}
            ended = bool(followers) and all(f.ended for f in followers.values())
            known = "incomplete" if unknown_ms(gaps) else "complete"
            status = known if ended else "interrupted"
            document = manifest.manifest_document(
                recording=self._document,
                recording_sha256=self._document_digest,
                status=status,
                now=now,
                logs={log: f.manifest_entries() for log, f in followers.items()},
                objects=[ref.as_dict() for ref in objects.list_objects(self.directory)],
                heads=self._head_digests(),
                gaps=gaps,
                marks=self._marks(followers.get(manifest.EVENTS)),
                outcome=outcome,
            )
            return self._write_seal(manifest.MANIFEST, document, status, now, signer, stamper)

    def decide(
        self,
        now: datetime,
        signer: Signer,
        stamper: Stamper | None,
        decision: Mapping[str, Any],
    ) -> Seal:
        """Seal a second person's decision on the sealed call. Once: a decision is not replaced."""
        with self._turn:
            if (self.directory / manifest.DECISION).exists():
                return self._existing(manifest.DECISION, stamper)
            sealed, raw = canonical.load(self.directory / manifest.MANIFEST, manifest.MANIFEST)
            document = manifest.decision_document(
                recording=self.recording, seal=self._named(raw), now=now, decision=decision
            )
            status = sealed["status"]
            return self._write_seal(manifest.DECISION, document, status, now, signer, stamper)

    def _named(self, raw: bytes) -> dict[str, str | None]:
        """The call seal, by the digests of its three files."""
        signature = manifest.MANIFEST + manifest.SIGNATURE
        return {
            "manifest": canonical.digest(raw),
            "signature": self._digest_of(signature),
            "token": self._digest_of(signature + manifest.STAMP),
        }

    def close(
        self,
        now: datetime,
        signer: Signer,
        stamper: Stamper | None,
        outcome: dict[str, Any] | None = None,
    ) -> Seal:
        """The closing seal over the afterwards log; names the call seal."""
        with self._turn:
            if (self.directory / manifest.CLOSING).exists():
                return self._existing(manifest.CLOSING, stamper)
            self._advance()
            sealed, raw = canonical.load(self.directory / manifest.MANIFEST, manifest.MANIFEST)
            known = {item["digest"] for item in sealed["objects"]}
            follower = self._followers.get(manifest.AFTERWARDS)
            if follower is not None:
                self._refuse_damage({manifest.AFTERWARDS: follower})
            document = manifest.closing_document(
                recording=self.recording,
                seal=self._named(raw),
                decision=self._digest_of(manifest.DECISION),
                now=now,
                parts=follower.manifest_entries() if follower else [],
                objects=[
                    ref.as_dict()
                    for ref in objects.list_objects(self.directory)
                    if ref.digest not in known
                ],
                outcome=outcome or {},
            )
            status = sealed["status"]
            return self._write_seal(manifest.CLOSING, document, status, now, signer, stamper)

    def stamp_pending(self, stamper: Stamper) -> bool:
        """Add the token to a seal that could not be stamped in time; it carries its own time."""
        with self._turn:
            done = True
            for name in (manifest.MANIFEST, manifest.DECISION, manifest.CLOSING):
                if (self.directory / name).exists():
                    done = self._stamp_seal(name, stamper) and done
            return done

    def recover(self) -> Recovery:
        """After a crash: sweep what was half made, and say where every log stands.

        Nothing is repaired: a writer goes on in the next part, or `seal` closes the recording as
        interrupted.
        """
        with self._turn:
            for folder in (".", heads.FOLDER, objects.FOLDER, manifest.TRUST):
                files.sweep(self.directory / folder)
            places = self._advance()
            torn, damaged = 0, []
            for follower in self._followers.values():
                for part in follower.parts:
                    torn += part.path.stat().st_size - part.position.bytes
                    if part.damage is not None:
                        damaged.append(part.damage.position() | {"file": part.path.name})
            sealed = (self.directory / manifest.MANIFEST).exists()
            return Recovery(places, torn, tuple(damaged), sealed)

    def _key(self) -> bytes:
        if self._data_key is None:
            raise Outage("data_key_missing", "opened without a data key")
        return self._data_key

    def _advance(self) -> dict[str, Position]:
        for log in parts.list_logs(self.directory):
            if log not in self._followers:
                self._followers[log] = LogFollower(self.directory, log, self._data_key)
        with ThreadPoolExecutor(_THREADS) as pool:  # hashing and syncing release the lock
            places = pool.map(LogFollower.advance, self._followers.values())
            found = zip(self._followers, places, strict=True)
            return {log: place for log, place in found if place is not None}

    def _refuse_damage(self, followers: dict[str, LogFollower]) -> None:
        """An altered log is not sealed as if it were whole; a bad end is declared, not damage."""
        for follower in followers.values():
            for part in follower.parts:
                if (bad := part.damage) is not None:
                    raise Damage(
                        bad.code,
                        bad.detail,
                        file=part.path.name,
                        offset=bad.offset,
                        segment=bad.segment,
                    )

    def _head_digests(self) -> list[str]:
        found = heads.list_heads(self.directory)
        return [canonical.digest(path.read_bytes()) for _, path in found]

    def _marks(self, events: LogFollower | None) -> dict[str, Any]:
        marks = [r for r in events.records if r["t"] == "mark"] if events else []
        said = rec.encode(marks)
        digest = cipher.marks_digest(self._key(), self.recording, said, self._version)
        return {"count": len(marks), "hmac_sha256": digest}

    def _digest_of(self, name: str) -> str | None:
        path = self.directory / name
        return canonical.digest(path.read_bytes()) if path.exists() else None

    def _write_seal(
        self,
        name: str,
        document: dict[str, Any],
        status: str,
        now: datetime,
        signer: Signer,
        stamper: Stamper | None,
    ) -> Seal:
        self._trust("signer", signer.chain)
        raw = canonical.dump(document)
        path = self.directory / name
        heads.write_signed(path, raw, signer)
        stamped = stamper is not None and self._stamp_seal(name, stamper)
        return Seal(canonical.digest(raw), status, now, stamped, path)

    def _existing(self, name: str, stamper: Stamper | None) -> Seal:
        path = self.directory / name
        document, raw = canonical.load(path, name)
        stamped = self._stamp_seal(name, stamper) if stamper else self._has_token(name)
        said = document.get("sealed") or document.get("decided") or document["closed"]
        at = datetime.fromisoformat(said)
        status = document.get("status", "")
        return Seal(canonical.digest(raw), status, at, stamped, path)

    def _has_token(self, name: str) -> bool:
        return (self.directory / (name + manifest.SIGNATURE + manifest.STAMP)).exists()

    def _stamp_seal(self, name: str, stamper: Stamper) -> bool:
        return self._has_token(name) or self._stamp(
            self.directory / (name + manifest.SIGNATURE), stamper
        )

    def _stamp(self, path: Path, stamper: Stamper) -> bool:
        try:
            heads.stamp_file(path, stamper)
        except (Outage, OSError):
            return False
        self._trust("tsa", stamper.chain)
        return True

    def _trust(self, role: str, chain: bytes) -> None:
        """Keep the certificates a stranger needs, one file per signer that ever served."""
        name = f"{role}-{fingerprint(load_pem(chain)[0])[:16]}.pem"
        path = self.directory / manifest.TRUST / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            files.write_new(path, chain)
