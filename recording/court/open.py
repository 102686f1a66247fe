#!/usr/bin/env python3
"""Open what was disclosed of a recorded visit; needs Python 3.9 or later and openssl.

    openssl cms -decrypt -binary -inform DER -in data/keys/keys.json.p7m \\
            -recip CERTIFICATE.pem -inkey KEY.pem -out keys.json
    python3 -I data/open.py --keys keys.json --out OPENED

Writes the marks (marks.json) and the attachments into OPENED, and says whether the playable copies
hold exactly the pictures and sound that were sealed. Run verify.py first: it proves the sealed
bytes, this opens them. Exit 0: every copy agrees. 1: a copy or a key does not.
"""

import argparse
import hashlib
import hmac
import json
import re
import struct
import subprocess
from pathlib import Path

LABEL = b"teller-server evidence v%d "
PART, SEGMENT = struct.Struct(">8sHHIIQ32s32s32sQHH"), struct.Struct(">4sIIIIIIQQQQ12s32s32s")
OBJECT = struct.Struct(">8sHHI32s12s32sHH")


def derive(version, data_key, label, *fields):
    """HKDF-SHA-256 (RFC 5869) without salt, one block."""
    info = LABEL % version + label
    info += b"".join(struct.pack(">H", len(field)) + field for field in fields)
    extracted = hmac.digest(bytes(32), data_key, "sha256")
    return hmac.digest(extracted, info + b"\1", "sha256")


def decrypt(version, key, commitment, nonce, ciphertext):
    """AES-256-GCM without its tag: verify.py has shown that the ciphertext is the sealed one, and
    the commitment shows that the key is the one it was sealed with."""
    if hashlib.sha256(LABEL % version + b"key commitment" + key).digest() != commitment:
        raise SystemExit("a key is not the one that the evidence commits to")
    words = [
        "openssl",
        "enc",
        "-d",
        "-aes-256-ctr",
        "-K",
        key.hex(),
        "-iv",
        nonce.hex() + "00000002",
    ]
    return subprocess.run(words, input=ciphertext[:-16], capture_output=True, check=True).stdout


class Keys:
    """The data key, or the keys of single segments and attachments."""

    def __init__(self, held):
        self.held, self.recording = held, held["recording"].encode()
        self.data_key = bytes.fromhex(held.get("data_key", ""))

    def segment(self, version, log, part, sequence):
        if self.data_key:
            number = struct.pack(">II", part, sequence)
            label = version, self.data_key, b"segment"
            return derive(*label, self.recording, log.encode(), number)
        one = self.held["segments"].get(f"{log}.{part:04d}", {}).get(str(sequence))
        return bytes.fromhex(one) if one else None

    def object(self, version, digest, salt):
        if self.data_key:
            return derive(version, self.data_key, b"object", self.recording, salt)
        one = self.held["objects"].get(digest)
        return bytes.fromhex(one) if one else None


def segments(evidence, path, keys):
    """(media, records) of every segment of a part that the keys open, in order."""
    with path.open("rb") as log:
        _, version, _, part, *_, n, m = PART.unpack(log.read(PART.size))
        name = log.read(n + m)[n:].decode()
        while len(raw := log.read(SEGMENT.size)) == SEGMENT.size:
            _, n, _, init, media, _, size, *_, nonce, commitment, _ = SEGMENT.unpack(raw)
            key = keys.segment(version, name, part, n)
            if path.suffix == ".evh":
                shown = evidence / "segments" / f"{log.read(32).hex()}.evc"
                body = shown.read_bytes() if shown.exists() else None
            else:
                body = log.read(size)
                if len(log.read(32)) < 32:
                    return  # the torn end of an interrupted recording
            if key and body is not None:
                plain = decrypt(version, key, commitment, nonce, body)
                yield plain[init : init + media], plain[init + media :]


def same(copy, digest, size):
    """Whether a playable copy is a header, in which no cluster hides, and then exactly that."""
    whole, found = copy.stat().st_size, hashlib.sha256()
    if not 0 < whole - size < 1 << 24:
        return False
    with copy.open("rb") as stream:
        head = stream.read(whole - size)
        for chunk in iter(lambda: stream.read(1 << 20), b""):
            found.update(chunk)
    return b"\x1f\x43\xb6\x75" not in head and found.digest() == digest


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("package", nargs="?", type=Path, default=Path(__file__).parent.parent)
    parser.add_argument("--keys", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    given = parser.parse_args()
    data, keys = given.package / "data", Keys(json.loads(given.keys.read_bytes()))
    evidence, media, marks, good = data / "evidence", {}, [], True
    given.out.mkdir(parents=True)
    for path in sorted(evidence.glob("*.ev[sh]")):
        log = path.name.split(".")[0]
        for clusters, records in segments(evidence, path, keys):
            sealed = media.setdefault(log, [hashlib.sha256(), 0])
            sealed[0].update(clusters)
            sealed[1] += len(clusters)
            found = json.loads(records) if records else []
            marks += [{"log": log, **one} for one in found if one["t"] in ("mark", "gap")]
    marks.sort(key=lambda one: one.get("at_ms", one.get("from_ms", 0)))
    text = json.dumps(marks, ensure_ascii=False, indent=1)
    (given.out / "marks.json").write_text(text, encoding="utf-8")
    for path in sorted(evidence.glob("objects/*.evo")):
        raw = path.read_bytes()
        _, version, _, _, salt, nonce, commitment, n, m = OBJECT.unpack(raw[: OBJECT.size])
        names, body = raw[OBJECT.size :][: n + m].decode(), raw[OBJECT.size + n + m :]
        if key := keys.object(version, path.stem, salt):
            name = f"{names[n:]}-{path.stem[:16]}.{names[:n].rpartition('/')[2]}"
            opened = given.out / re.sub(r"[^A-Za-z0-9.+_-]", "_", name)
            opened.write_bytes(decrypt(version, key, commitment, nonce, body))
    for copy in sorted(data.glob("playable/*.webm")):
        digest, size = media.get(copy.stem, [hashlib.sha256(), 0])
        agrees = same(copy, digest.digest(), size)
        good = good and agrees
        print(f"{copy.name}: {'what was sealed' if agrees else 'NOT what was sealed'}")
    print(f"{len(marks)} marks and gaps, attachments and copies: {given.out}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
