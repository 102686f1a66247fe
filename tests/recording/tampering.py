"""Which tool catches which tampering: made by doing it. `python -m tests.recording.tampering`
writes docs/tampering.md; a test holds the document to what really happens."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bagit

from recording.verify import verify
from tests.recording.handed import Golden, fails, hand_over, opened, stranger
from tests.recording.material import Authority, Frame, clip, whole
from tests.vectors.make import pieces

DOCUMENT = Path(__file__).parents[2] / "docs" / "tampering.md"
LOG = "data/evidence/customer.0000.evs"
Change = Callable[["Workshop", Path], None]


@dataclass(frozen=True)
class Workshop:
    """The golden export and what a forger has: a second authority, and the bank's own key."""

    golden: Golden
    forger: Authority
    frames: list[Frame]
    scratch: Path

    def package(self, name: str) -> Path:
        target = self.scratch / name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(self.golden.whole.path, target)
        return target

    def sealed_again(self, target: Path, authority: Authority) -> None:
        """Another, shorter recording of the same name, sealed and handed over by `authority`."""
        source = self.scratch / "again" / "rec-1"
        shutil.rmtree(source.parent, ignore_errors=True)
        whole(source, authority, self.frames[: len(self.frames) * 2 // 3])
        shutil.rmtree(target)
        hand_over(source, authority, self.golden.court, target)


def nothing(_: Workshop, package: Path) -> None:
    """nothing was changed"""


def bit(_: Workshop, package: Path) -> None:
    """one bit of a log"""
    raw = bytearray((package / LOG).read_bytes())
    raw[len(raw) // 2] ^= 4
    (package / LOG).write_bytes(raw)


def cut(_: Workshop, package: Path) -> None:
    """a second was cut out of a log"""
    head, found = pieces(package / LOG)
    (package / LOG).write_bytes(head + found[0] + b"".join(found[2:]))


def attachment(_: Workshop, package: Path) -> None:
    """an attachment was removed"""
    next((package / "data/evidence/objects").iterdir()).unlink()


def head(_: Workshop, package: Path) -> None:
    """the last attested head was removed"""
    for path in (package / "data/evidence/heads").glob("000002*"):
        path.unlink()


def manifest(_: Workshop, package: Path) -> None:
    """the call seal says something else"""
    path = package / "data/evidence/manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"outcome":"done"', b'"outcome":"gone"'))


def signature(_: Workshop, package: Path) -> None:
    """the call seal has the signature of another document"""
    evidence = package / "data/evidence"
    shutil.copy(evidence / "closing.json.p7s", evidence / "manifest.json.p7s")


def token(_: Workshop, package: Path) -> None:
    """the call seal has the timestamp of another document"""
    evidence = package / "data/evidence"
    shutil.copy(evidence / "closing.json.p7s.tsr", evidence / "manifest.json.p7s.tsr")


def copy(_: Workshop, package: Path) -> None:
    """a second was cut out of a playable copy"""
    path = package / "data/playable/customer.webm"
    raw = path.read_bytes()
    starts = [found.start() for found in re.finditer(b"\x1f\x43\xb6\x75", raw)]
    path.write_bytes(raw[: starts[1]] + raw[starts[2] :])


def custody(_: Workshop, package: Path) -> None:
    """an entry was taken out of the custody list"""
    path = package / "data/custody.json"
    path.write_bytes(json.dumps(json.loads(path.read_bytes()) | {"entries": []}).encode())


def forged(shop: Workshop, package: Path) -> None:
    """all of it sealed again, shorter, by somebody else"""
    shop.sealed_again(package, shop.forger)


def insider(shop: Workshop, package: Path) -> None:
    """all of it sealed again, shorter, by the bank with its own key"""
    shop.sealed_again(package, shop.golden.authority)


CHANGES: tuple[tuple[Change, bool], ...] = (
    (nothing, False),
    (bit, False),
    *((change, True) for change in (bit, cut, attachment, head, manifest, signature, token, copy)),
    *((change, True) for change in (custody, forged, insider)),
)
TOOLS = (
    "`sha256sum -c`",
    "`bagit.py`",
    "`openssl cms`",
    "`openssl ts`",
    "`verify.py`",
    "`verify.py --receipt`",
    "`open.py`",
    "`teller-server verify`",
)


def caught(shop: Workshop, package: Path) -> list[bool]:
    """What each tool says of a package, in the order of TOOLS."""
    golden, evidence = shop.golden, package / "data" / "evidence"
    signer, tsa = golden.trust
    keys = shop.scratch / "keys.json"
    golden.court.open_keys(package, keys)
    receipt = golden.place / "receipt.json"
    signed = sorted(package.rglob("*.p7s"))
    stamped = sorted(package.rglob("*.tsr"))
    return [
        fails("sha256sum", "-c", "--quiet", "manifest-sha256.txt", cwd=package),
        not bagit.Bag(str(package)).is_valid(),
        any(
            fails("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any",
                  "-in", one, "-content", one.with_suffix(""), "-CAfile", signer,
                  "-out", "/dev/null")
            for one in signed if one.with_suffix("").exists()
        ),
        any(
            fails("openssl", "ts", "-verify", "-in", one, "-data", one.with_suffix(""),
                  "-CAfile", tsa)
            for one in stamped
        ),
        stranger(package, golden.trust).returncode != 0,
        stranger(package, golden.trust, receipt).returncode != 0,
        opened(package, keys, shop.scratch / "opened").returncode != 0,
        verify(evidence, trust=[path.read_bytes() for path in golden.trust]).exit_code != 0,
    ]  # fmt: skip


def rows(shop: Workshop) -> list[tuple[str, bool, list[bool]]]:
    """(what was done, whether the checksums were made anew, who caught it)."""
    found = []
    for change, anew in CHANGES:
        package = shop.package("package")
        change(shop, package)
        if anew:
            bagit.Bag(str(package)).save(manifests=True)
        found.append((change.__doc__ or "", anew, caught(shop, package)))
    return found


def document(found: list[tuple[str, bool, list[bool]]]) -> str:
    """docs/tampering.md."""
    lines = [_HEAD, "| what was done to the package | " + " | ".join(TOOLS) + " |"]
    lines.append("|---" * (len(TOOLS) + 1) + "|")
    for about, anew, catches in found:
        what = about + (", checksums made anew" if anew else "")
        lines.append(
            f"| {what} | " + " | ".join("**caught**" if c else "–" for c in catches) + " |"
        )
    return "\n".join(lines) + "\n" + _TAIL


_HEAD = """\
# Which tool catches which tampering

Made by `python -m tests.recording.tampering`, which does each of these things to a real export
and asks each tool; a test does it again and compares. Every tool is given the roots of the bank's
signer and of its timestamp authority from outside the package. *Checksums made anew*: the forger
has run `bagit.py` over the altered package, as anybody can. `openssl cms` and `openssl ts` are
run over every signature and every token of the package.
"""
_TAIL = """
What to read in it: checksums alone prove nothing against whoever can write. Signatures and tokens
speak for the statements, not for the logs; that the logs are those of which the statements speak,
`verify.py` and `teller-server verify` compute. A playable copy is only as good as its comparison
by `open.py`, which needs the key. And against a bank that seals another recording with its own
key and gets new timestamps, only what left the bank's hands before speaks: the customer's receipt
(or an earlier copy of the seal, its token, or the [chain of days](evidence-format.md#days)).
"""


def workshop(golden: Golden, frames: list[Frame], scratch: Path) -> Workshop:
    return Workshop(golden, Authority.make(scratch / "forger"), frames, scratch)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place, frames = Path(folder), clip(4)
        golden = Golden(place, Authority.make(place / "authority"), frames)
        (place / "scratch").mkdir()
        DOCUMENT.write_text(document(rows(workshop(golden, frames, place / "scratch"))))


if __name__ == "__main__":
    main()
