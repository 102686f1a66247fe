"""Makes evidence vectors: `python -m tests.vectors.make FOLDER`. Keys are fresh each time.

Every vector is a folder: `package/` as on disk, `receipt.json` as the customer would hold it and
`expect.json` with what a verifier must say. `trust/` holds the two roots all of them lead to.
Those beside this file are version 1 and frozen (tests/recording/test_frozen.py): never made anew.
Another version of the format gets a folder of its own, as `v0/` is of the one before.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recording import format as fmt
from tests.recording.conftest import last_pem
from tests.recording.material import KEY, Authority, clip, whole

LOG = "customer.0000.evs"
Change = Callable[[Path], None]


def pieces(path: Path) -> tuple[bytes, list[bytes]]:
    """Part header and the bytes of every segment."""
    raw = path.read_bytes()
    with path.open("rb") as stream:
        found = list(fmt.scan(stream)[1])
    return raw[: found[0].offset], [raw[s.offset : s.end] for s in found]


def flipped(package: Path) -> None:
    """One bit of the second segment's ciphertext."""
    path = package / LOG
    head, found = pieces(path)
    raw = bytearray(path.read_bytes())
    raw[len(head) + len(found[0]) + fmt.SEGMENT_HEADER + 40] ^= 0x10
    path.write_bytes(raw)


def truncated(package: Path) -> None:
    """The last 50 bytes are gone."""
    path = package / LOG
    path.write_bytes(path.read_bytes()[:-50])


def reordered(package: Path) -> None:
    """Segments 1 and 2 changed places."""
    head, found = pieces(package / LOG)
    found[1], found[2] = found[2], found[1]
    (package / LOG).write_bytes(head + b"".join(found))


def dropped(package: Path) -> None:
    """Segment 1 was cut out."""
    head, found = pieces(package / LOG)
    (package / LOG).write_bytes(head + found[0] + b"".join(found[2:]))


def spliced(package: Path) -> None:
    """Segment 1 was replaced by the same one of the other party."""
    head, found = pieces(package / LOG)
    found[1] = pieces(package / "teller.0000.evs")[1][1]
    (package / LOG).write_bytes(head + b"".join(found))


def tail_removed(package: Path) -> None:
    """An open recording cut back behind its last head, on a segment's edge."""
    head, found = pieces(package / LOG)
    (package / LOG).write_bytes(head + b"".join(found[:-1]))


def heads_removed(package: Path) -> None:
    """An open recording without its heads and everything they attested but the first segment."""
    for path in (package / "heads").iterdir():
        path.unlink()
    head, found = pieces(package / LOG)
    (package / LOG).write_bytes(head + found[0])


def unchanged(package: Path) -> None:
    """As it was written."""


def bad(code: str, segment: int | None = None, file: str = LOG) -> dict[str, Any]:
    """Expectation: damaged, with this first bad position."""
    first: dict[str, Any] = {"code": code, "file": file}
    if segment is not None:
        first["segment"] = segment
    return {"status": "damaged", "exit_code": 1, "first_bad": first}


COMPLETE = {"status": "complete", "exit_code": 0}
INTERRUPTED = {"status": "interrupted", "exit_code": 3}
MISSING = {"status": "damaged", "exit_code": 1, "first_bad": {"code": "receipt_head_missing"}}

# name: (sealed, change, verdict, verdict when the receipt is given, key that inspect is given)
VECTORS: dict[str, tuple[bool, Change, dict[str, Any], dict[str, Any], bytes]] = {
    "valid": (True, unchanged, COMPLETE, COMPLETE, KEY),
    "interrupted": (False, unchanged, INTERRUPTED, INTERRUPTED, KEY),
    "flipped": (True, flipped, *[bad("leaf_mismatch", 1)] * 2, KEY),
    "truncated": (True, truncated, *[bad("torn_body")] * 2, KEY),
    "reordered": (True, reordered, *[bad("segment_order", 1)] * 2, KEY),
    "dropped": (True, dropped, *[bad("segment_order", 1)] * 2, KEY),
    "spliced": (True, spliced, *[bad("chain_broken", 1)] * 2, KEY),
    "wrong-key": (True, unchanged, COMPLETE, COMPLETE, bytes(32)),
    "tail-removed": (False, tail_removed, *[bad("attested_segment_missing")] * 2, KEY),
    "heads-removed": (False, heads_removed, INTERRUPTED, MISSING, KEY),
}


# what decrypts and decodes as far as it goes; whether that is all of it, the witness says
OPENABLE = {"valid", "interrupted", "truncated", "tail-removed", "heads-removed"}


def make(target: Path) -> None:
    """Write all vectors below `target`, replacing those that are there."""
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        authority = Authority.make(scratch / "authority")
        frames = clip(3)
        receipts = {
            sealed: whole(scratch / str(sealed), authority, frames, seal=sealed)
            for sealed in (True, False)
        }
        shutil.rmtree(target / "trust", ignore_errors=True)
        (target / "trust").mkdir(parents=True)
        (target / "trust" / "signer.pem").write_bytes(last_pem(authority.signer.chain))
        (target / "trust" / "tsa.pem").write_bytes(last_pem(authority.stamper.chain))
        for name, (sealed, change, verdict, with_receipt, key) in VECTORS.items():
            vector = target / name
            shutil.rmtree(vector, ignore_errors=True)
            shutil.copytree(scratch / str(sealed), vector / "package")
            change(vector / "package")
            expect = {
                "about": change.__doc__,
                "data_key": key.hex(),
                "verify": verdict,
                "verify_with_receipt": with_receipt,
                "inspect": {"ok": name in OPENABLE},
            }
            (vector / "expect.json").write_text(json.dumps(expect, indent=1) + "\n")
            (vector / "receipt.json").write_text(json.dumps(receipts[sealed], indent=1) + "\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
