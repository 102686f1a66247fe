"""A recipient with a real certificate, and whole exports to hand to every tool there is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recording.disclosure import Wanted
from recording.envelope import Recipient
from recording.evidence import Evidence
from recording.export import Order, Package, export
from tests.recording.material import KEY, Authority, Frame, Told, at, whole

MIDDLE = Wanted(2000, 3000)
CUSTODY = {"visit": "visit-1", "entries": [{"seq": 1, "act": "exported"}]}


@dataclass(frozen=True)
class Court:
    """Who receives: an RSA key and its certificate, made by openssl."""

    folder: Path

    @classmethod
    def found(cls, folder: Path, *more: str) -> Court:
        folder.mkdir(parents=True, exist_ok=True)
        key, certificate = folder / "court.key", folder / "court.pem"
        kind = more or ("-newkey", "rsa:2048")
        run("openssl", "req", "-x509", *kind, "-nodes", "-days", "30", "-subj", "/CN=Court 区法院",
            "-utf8", "-keyout", key, "-out", certificate)  # fmt: skip
        return cls(folder)

    @property
    def pem(self) -> bytes:
        return (self.folder / "court.pem").read_bytes()

    def open_keys(self, package: Path, out: Path) -> dict[str, Any]:
        """As the README says."""
        run("openssl", "cms", "-decrypt", "-binary", "-inform", "DER",
            "-in", package / "data/keys/keys.json.p7m", "-recip", self.folder / "court.pem",
            "-inkey", self.folder / "court.key", "-out", out)  # fmt: skip
        found: dict[str, Any] = json.loads(out.read_bytes())
        return found


def closed(directory: Path, authority: Authority, frames: list[Frame]) -> dict[str, Any]:
    """A sealed call with a decision and a closing seal; returns the receipt."""
    receipt = whole(directory, authority, frames)
    evidence, told = Evidence.open(directory, KEY), Told()
    evidence.decide(at(9), authority.signer, authority.stamper, {"approved": True})
    log = told.events(directory, "afterwards")
    log.mark("ReviewDecided", 9000, {"approved": True}).result(30)
    log.close()
    evidence.close(at(10), authority.signer, authority.stamper)
    return receipt


def hand_over(
    directory: Path, authority: Authority, court: Court, place: Path, wanted: Wanted | None = None
) -> Package:
    order = Order(
        Recipient(court.pem, datetime.now(UTC)), CUSTODY, at(20), "teller-server test", wanted
    )
    return export(directory, KEY, order, authority.signer, place)


def run(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words], check=True, capture_output=True, text=True, cwd=cwd
    )


def fails(*words: str | Path, cwd: Path | None = None) -> bool:
    done = subprocess.run([str(word) for word in words], capture_output=True, check=False, cwd=cwd)
    return done.returncode != 0


def stranger(
    package: Path, trust: list[Path], receipt: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The package's own verifier, by a Python that knows nothing of us (-I: no paths of ours)."""
    script = package / "data" / "verify.py"
    if not script.exists():
        script = Path(__file__).parents[2] / "recording" / "court" / "verify.py"
    words = [sys.executable, "-I", str(script), str(package)]
    words += [word for path in trust for word in ("--trust", str(path))]
    words += ["--receipt", str(receipt)] if receipt else []
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)


def opened(package: Path, keys: Path, out: Path) -> subprocess.CompletedProcess[str]:
    shutil.rmtree(out, ignore_errors=True)
    words = [sys.executable, "-I", package / "data/open.py", package, "--keys", keys, "--out", out]
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False)


def root_of(chain: bytes) -> bytes:
    marker = b"-----BEGIN CERTIFICATE-----"
    return marker + chain.rsplit(marker, 1)[1]


class Golden:
    """One closed recording, exported whole and in part, and what a court has."""

    def __init__(self, place: Path, authority: Authority, frames: list[Frame]) -> None:
        self.place, self.authority = place, authority
        self.court = Court.found(place / "court")
        self.receipt = closed(place / "rec-1", authority, frames)
        (place / "receipt.json").write_text(json.dumps(self.receipt))
        self.trust = [place / "signer-root.pem", place / "tsa-root.pem"]
        self.trust[0].write_bytes(root_of(authority.signer.chain))
        self.trust[1].write_bytes(root_of(authority.stamper.chain))
        self.whole = hand_over(place / "rec-1", authority, self.court, place / "whole")
        self.part = hand_over(place / "rec-1", authority, self.court, place / "part", MIDDLE)
