#!/usr/bin/env python3
"""Verify a recorded visit without its maker's software; needs Python 3.9 or later and openssl.

python3 verify.py [PACKAGE] [--trust ROOT.pem ...] [--receipt receipt.json]
Give root certificates that you got from the authorities themselves. Without --trust the package's
own are used: nothing has changed since its signer signed, but who that was is not shown.
Exit 0: complete. 3: intact, but not complete by its own account. 1: damaged or forged.
"""

import argparse
import json
import re
import struct
import subprocess
import tempfile
from datetime import datetime
from hashlib import sha256
from pathlib import Path

MADE, FORMATS, LOGS, MAX_COUNT = (b"TSEVPART", 1), (0, 1), (".evs", ".evh"), 200_000
PART, SEGMENT = struct.Struct(">8sHHIIQ32s32s32sQHH"), struct.Struct(">4sIIIIIIQQQQ12s32s32s")
MOMENT = {"manifest.json": "sealed", "decision.json": "decided", "closing.json": "closed"}
MOMENT |= {"shredded.json": "shredded"}
SAID = r"(recording|manifest|decision|closing|shredded|(heads|renewals)/\d+)"
SAID += r"\.(json(\.p7s(\.tsr)?)?|tsr)"
NAMES = SAID + r"|trust/[\w.-]+\.pem|[a-z0-9-]+\.\d{4}\.ev[sh]|(objects|segments)/\w{64}\.ev[oc]"


def need(holds, *what):
    if not holds:
        raise ValueError(" ".join(map(str, what)))


def openssl(*words):
    command = ["openssl", *map(str, words)]
    return subprocess.run(command, capture_output=True, timeout=99, check=False)


class Part:
    """One file of a log: where its segments end (`places`), and the chain's leaf there."""

    def __init__(self, path):
        self.path, self.stop, self.count, self.ended, self.digests = path, "", 0, False, set()
        with path.open("rb") as log:
            raw = log.read(PART.size).ljust(PART.size, b"\0")
            magic, self.v, suite, self.n, _, self.begins, *more, n, m = PART.unpack(raw)
            names = log.read(min(n + m, 96))
            need((magic, suite) == MADE and self.v in FORMATS, path.name, "unknown format")
            need(names[n:] + b".%04d" % self.n == path.stem.encode(), path.name, "is another part")
            self.follows, self.origin = more[0].hex(), (more[1].hex(), names[:n].decode(), self.v)
            self.leaf, self.end = sha256(b"\1" + raw + names).digest(), PART.size + n + m
            self.places = {self.end: (0, self.leaf.hex())}
            try:
                for raw in iter(lambda: log.read(SEGMENT.size), b""):
                    self.step(log, raw, f"{path.name}, segment {self.count}")
            except ValueError as bad:
                self.stop = str(bad)

    def step(self, log, raw, where):
        need(len(raw) == SEGMENT.size, "after the end:" if self.ended else "torn:", where)
        magic, n, flags, _, _, _, size, *_, previous = SEGMENT.unpack(raw)
        found = (magic, n, previous, self.ended)
        need(found == (b"SEG%d" % self.v, self.count, self.leaf, False), "chain broken:", where)
        need(size <= 16 << 20 and n < MAX_COUNT, "too long:", where)
        withheld = self.path.suffix == ".evh"
        digest = log.read(32) if withheld else sha256(log.read(size)).digest()
        leaf = sha256(b"\0" + raw + digest).digest()
        stored = leaf if withheld else log.read(32)
        need(stored == leaf, "altered:" if len(digest + stored) == 64 else "torn:", where)
        self.leaf, self.count, self.ended = leaf, n + 1, bool(flags & 8)
        self.end += SEGMENT.size + size + 32
        self.places[self.end] = (self.count, leaf.hex())
        self.digests.add(f"segments/{digest.hex()}.evc")


class Package:
    def __init__(self, folder, trust, scratch):
        self.at = folder / "data/evidence" if (folder / "data/evidence").is_dir() else folder
        paths = [p for p in sorted(self.at.rglob("*")) if p.is_symlink() or not p.is_dir()]
        big = [p for p in paths if p.suffix not in LOGS and p.lstat().st_size > 65 << 20]
        self.names = [p.relative_to(self.at).as_posix() for p in paths]
        odd = [p for p in paths if p.is_symlink() or not p.is_file()] + big
        odd += [name for name in self.names if not re.fullmatch(NAMES, name)]
        need(not odd and len(paths) <= MAX_COUNT, "not of this format:", odd[:1])
        self.parts, self.scratch, self.until = {}, scratch, datetime.now().timestamp()
        self.notes = [] if trust else ["note: trust is its own: who signed is not shown"]
        own = b"".join(p.read_bytes() for p in paths if p.suffix == ".pem")
        (scratch / "own").write_bytes(own)
        (scratch / "roots").write_bytes(b"".join(p.read_bytes() for p in trust) or own)

    def read(self, name):
        raw = (self.at / name).read_bytes()
        need(len(raw) <= 16 << 20, name, "is too long")
        return json.loads(raw), sha256(raw).hexdigest()

    def attested(self, log, place, leaf, who):
        part = {p.n: p for p in self.parts.get(log, ())}.get(place["part"])
        holds = part and part.places.get(place["bytes"]) == (place["segments"], leaf)
        need(holds, log, "is not as", who, "says.", part and part.stop)
        return part

    def stamp(self, name, data):
        words = ["-in", self.at / name, "-CAfile", self.scratch / "roots", "-data", data]
        words += ["-untrusted", self.scratch / "own", "-attime"]
        text = str(openssl("ts", "-reply", *words[:2], "-text").stdout)
        said = re.findall(r"Time stamp: (\w+ +\d+ [\d:]+)(?:\.\d+)? (\d+) GMT", text)
        need(said, name, "is not a timestamp")
        at = datetime.strptime(" ".join(said[0]) + "+0000", "%b %d %H:%M:%S %Y%z").timestamp()
        need(not openssl("ts", "-verify", *words, int(at)).returncode, name, "does not verify")
        if openssl("ts", "-verify", *words, int(self.until)).returncode:
            self.notes.append(f"note: {name}: its certificate ended before it was renewed")
        return at

    def statement(self, name, moment):
        """A document whose signature held when it was stamped, or else when it says it was made."""
        document, digest = self.read(name)
        at = datetime.fromisoformat(document[moment].replace("Z", "+00:00")).timestamp()
        if f"{name}.p7s.tsr" in self.names:
            at = self.stamp(f"{name}.p7s.tsr", self.at / f"{name}.p7s")
        words = ["-in", self.at / f"{name}.p7s", "-CAfile", self.scratch / "roots", "-content"]
        words += [self.at / name, "-certfile", self.scratch / "own", "-purpose", "any", "-attime"]
        words += [int(at), "-binary", "-inform", "DER", "-out", self.scratch / "out"]
        ours = document["recording"] == self.recording
        need(ours and not openssl("cms", "-verify", *words).returncode, name, "is not trusted")
        return document, digest

    def judge(self, receipt):
        said, digest = self.read("recording.json")
        self.recording = said["recording"]
        for name in (n for n in self.names if n[-4:] in LOGS):
            part, parts = Part(self.at / name), self.parts.setdefault(name.split(".")[0], [])
            need(part.origin == (digest, self.recording, said["format"]), name, "is foreign")
            last = parts[-1] if parts else None
            joins = not last or last.places.get(part.begins, "??")[1] == part.follows
            need(joins and part.n == len(parts), name, "does not follow.", last and last.stop)
            parts.append(part)
        for log, parts in self.parts.items():  # an end that nothing describes may be torn
            seal = "closing.json" if log == "afterwards" else "manifest.json"
            need(seal in self.names or parts[-1].stop[:4] in ("", "torn"), parts[-1].stop)
        # newest renewal first: each makes the tokens before it outlast their certificates
        renewed = [n[:-4] for n in self.names if re.fullmatch(r"renewals/\d{4}\.json", n)]
        for n, name in reversed(list(enumerate(renewed))):
            covers = self.read(f"{name}json")[0]["covers"]
            could = sorted({c for c in self.names if re.fullmatch(SAID, c)} & set(covers))
            older = {"manifest.json.p7s", *(f"{other}tsr" for other in renewed[:n])}
            need(older <= set(covers) and covers == could, name, "covers other files")
            with (self.scratch / "both").open("wb") as both:
                both.writelines((self.at / said).read_bytes() for said in [f"{name}json", *covers])
            self.until = self.stamp(f"{name}tsr", self.scratch / "both")
        heads, seal, status, known, decision = [], None, "interrupted", set(), None
        for name in (n for n in self.names if re.fullmatch(r"heads/\d+\.json", n)):
            head, digest = self.statement(name, "at")
            need(head["previous"] == (heads or [None])[-1], name, "does not follow")
            for log, place in head["logs"].items():
                self.attested(log, place, place["leaf"], name)
            heads.append(digest)
        for name in (n for n in MOMENT if n in self.names):
            said, digest = self.statement(name, MOMENT[name])
            if name == "manifest.json":
                seal, status, logs = digest, said["status"], set(self.parts) - {"afterwards"}
                need(said["heads"] == heads and logs <= set(said["logs"]), "other heads or logs")
            need(seal in (digest, said.get("seal", {}).get("manifest")), name, "of another seal")
            need(name != "closing.json" or said["decision"] == decision, "another decision")
            for log, entries in said.get("logs", {}).items():
                need(len(entries) == len(self.parts.get(log, ())), name, "has other parts of", log)
                for entry in entries:
                    part = self.attested(log, entry, entry["last_leaf"], name)
                    size = part.path.suffix == ".evh" or part.path.stat().st_size
                    need(size in (True, entry["file_bytes"]), part.path.name, "has another length")
            known |= {f"objects/{item['digest']}.evo" for item in said.get("objects", ())}
            decision = digest if name == "decision.json" else decision
        there = [n for n in self.names if re.match("objects|segments", n)]
        missing = known - set(there)
        known = known.union(*(part.digests for parts in self.parts.values() for part in parts))
        for name in there:
            same = sha256((self.at / name).read_bytes()).hexdigest() == name[-68:-4]
            need(same and (name in known or "closing.json" not in self.names), name, "was altered")
        need(not missing or any(n.endswith(".evh") for n in self.names), "missing:", missing)
        given = {(head["n"], head["digest"]) for head in receipt.get("heads", ())}
        need(given <= set(enumerate(heads, 1)), "the receipt has a head that is not here")
        need(receipt.get("evidence_digest") in (None, seal), "the receipt is of another seal")
        return status, seal


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("package", nargs="?", type=Path, default=Path(__file__).parent.parent)
    parser.add_argument("--trust", action="append", default=[], type=Path)
    parser.add_argument("--receipt", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        try:
            receipt = json.loads(given.receipt.read_bytes()) if given.receipt else {}
            package = Package(given.package.resolve(), given.trust, Path(scratch))
            status, seal = package.judge(receipt)
            print(f"call seal: {seal}", *package.notes, f"verdict: {status}", sep="\n")
        except Exception as bad:  # whatever is wrong with it, it is not verified
            print(f"verdict: damaged or forged\n{type(bad).__name__}: {bad}")
            status = "damaged"
    raise SystemExit({"complete": 0, "incomplete": 3, "interrupted": 3}.get(status, 1))
