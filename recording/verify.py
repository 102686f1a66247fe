"""The witness: judges a package without any key, server or trust in its writer.

Steps, in order; each is reported, and one failure decides:

1. package      regular files only, recording.json of a known format
2. logs         every part header, every segment's leaf, every link between parts
3. objects      every attachment is what its name says
4. trust        the anchors that signatures must lead to
5. heads        signed, numbered without a hole, chained, and every place they attest is there
6. call seal    signed; its parts, attachments and heads are exactly those found
7. timestamp    the token over the call seal's signature
8. decision     when there is one: a second person's word, signed, on this call seal
9. closing      when there is one: signed, names both, covers what came afterwards
10. renewals    when there are any: timestamps over everything stamped before, in order
11. receipt     when there is one: everything it attests is here
12. end         complete; incomplete, when something is missing and nothing shows why; or
                interrupted at the last attested head

`openssl cms -verify` and `openssl ts -verify` repeat 5 to 11 without this code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from recording import canonical, cms, renewed, survey
from recording import format as fmt
from recording import statements as st
from recording.errors import Damage

EXIT: Final = {"complete": 0, "incomplete": 3, "interrupted": 3, "damaged": 1}
_MANIFEST: Final = "manifest.json"
_CLOSING: Final = "closing.json"
_DECISION: Final = "decision.json"
_SHREDDED: Final = "shredded.json"


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step. `ok` is None when there was nothing to check or it was not reached."""

    n: int
    name: str
    ok: bool | None
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement. `first_bad` holds code, file, offset and segment of the first bad position."""

    status: str
    exit_code: int
    steps: list[Step]
    first_bad: dict[str, str | int] | None
    last_head: str | None
    evidence_digest: str | None
    stamped: str | None
    trust: str  # 'outside' | 'package'
    notes: list[str]
    shredded: str | None = None  # when its key was destroyed, by a certificate that verifies

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def verify(
    path: Path, *, trust: Sequence[bytes] | None = None, receipt: Mapping[str, Any] | None = None
) -> Verdict:
    """Judge the package at `path`.

    `trust`: PEM files of the roots that the reader trusts; without it the package's own
    certificates are used, and the verdict says so. `receipt`: what the customer was given. Never
    raises for anything that the package holds.
    """
    return _Witness(Path(path), trust, receipt).judge()


class _Witness:
    def __init__(
        self, path: Path, trust: Sequence[bytes] | None, receipt: Mapping[str, Any] | None
    ) -> None:
        handed_over = path / "data" / "evidence"  # a package of `teller-server export`
        self._path = handed_over if handed_over.is_dir() else path
        self._given = trust
        self._receipt = receipt
        self._names: list[str] = []
        self._recording = ""
        self._recording_digest = b""
        self._version: object = None
        self._anchors: list[x509.Certificate] = []
        self._logs: dict[str, list[survey.PartFacts]] = {}
        self._objects: dict[str, str] = {}
        self._heads: list[st.Statement] = []
        self._seal: st.Statement | None = None
        self._decision: st.Statement | None = None
        self._shredded: datetime | None = None
        self._notes: list[str] = []
        self._steps: list[Step] = []
        self._first_bad: dict[str, str | int] | None = None

    def judge(self) -> Verdict:
        stop = not self._step("package", self._package)
        for name, check in (
            ("logs", self._check_logs),
            ("objects", self._check_objects),
            ("trust", self._check_trust),
            ("heads", self._check_heads),
            ("call seal", self._check_seal),
            ("timestamp", self._check_stamp),
            ("decision", self._check_decision),
            ("closing", self._check_closing),
            ("renewals", self._check_renewals),
            ("shredding", self._check_shredding),
            ("receipt", self._check_receipt),
        ):
            if stop:
                self._steps.append(Step(len(self._steps) + 1, name, None, "not reached"))
            else:
                self._step(name, check)
        status = self._status()
        last = self._heads[-1].document.get("at") if self._heads else None
        ok = None if status == "damaged" else status == "complete"
        self._steps.append(Step(len(self._steps) + 1, "end", ok, _end(status, last)))
        stamped = self._seal.stamped if self._seal else None
        return Verdict(
            status=status,
            exit_code=EXIT[status],
            steps=self._steps,
            first_bad=self._first_bad,
            last_head=last if isinstance(last, str) else None,
            evidence_digest=self._seal.digest if self._seal else None,
            stamped=canonical.stamp(stamped) if stamped else None,
            trust="package" if self._given is None else "outside",
            notes=self._notes,
            shredded=canonical.stamp(self._shredded) if self._shredded else None,
        )

    def _step(self, name: str, check: Callable[[], str | None]) -> bool:
        ok: bool | None = False
        try:
            detail = check()
            ok = None if detail is None else True
        except Damage as damage:
            self._first_bad = self._first_bad or damage.position()
            detail = f"{damage} ({damage.file})" if damage.file else str(damage)
        except OSError as error:
            self._first_bad = self._first_bad or {"code": "unreadable", "detail": str(error)}
            detail = str(error)
        self._steps.append(Step(len(self._steps) + 1, name, ok, detail or "nothing to check"))
        return ok is not False

    def _package(self) -> str:
        self._names = survey.list_files(self._path)
        if any(name.endswith(".evh") for name in self._names):
            raise Damage("disclosed_in_part", "the verify.py that came with it can judge it")
        document, raw = canonical.load(self._path / "recording.json", "recording.json")
        self._version = document.get("format")
        if self._version not in fmt.READABLE or document.get("suite") != fmt.SUITE_NAME:
            raise Damage("format_unknown", str(self._version), file="recording.json")
        self._recording = str(document.get("recording"))
        self._recording_digest = hashlib.sha256(raw).digest()
        if strange := [name for name in self._names if not survey.KNOWN.fullmatch(name)]:
            self._notes.append(f"{len(strange)} files that the format does not know: {strange[0]}")
        return f"recording {self._recording}, format {self._version}"

    def _check_logs(self) -> str:
        self._logs = survey.open_parts(self._path, self._names)
        for part in self._parts():
            header = part.header
            if header.recording != self._recording:
                raise Damage("part_foreign", header.recording, file=part.name, offset=0)
            if header.version != self._version:
                raise Damage("part_foreign", f"version {header.version}", file=part.name, offset=8)
            if header.recording_digest != self._recording_digest:
                raise Damage("recording_altered", "recording.json changed", file=part.name)
        self._want_attested()
        sealed = _MANIFEST in self._names
        survey.read_parts(self._path, self._logs)
        open_logs = self._logs if not sealed else {}
        if sealed and _CLOSING not in self._names:
            open_logs = {k: v for k, v in self._logs.items() if k == st.AFTERWARDS}
        self._notes += survey.check_ends(open_logs)
        segments = sum(part.segments for part in self._parts())
        size = sum(part.size for part in self._parts())
        return f"{len(self._logs)} logs, {segments} segments, {size} bytes"

    def _want_attested(self) -> None:
        """Tell the survey which places to remember. What is read here is checked later."""
        documents: list[dict[str, Any]] = []
        for name in self._names:
            if name.startswith("heads/") and name.endswith(".json"):
                documents.append(self._read_unchecked(name))
        wanted = st.head_positions(documents)
        for name in (_MANIFEST, _CLOSING):
            if name in self._names:
                wanted += st.sealed_positions(self._read_unchecked(name))
        places = {(p.header.log, p.header.part): p.wanted for p in self._parts()}
        for log, part, end in wanted:
            places.get((log, part), set()).add(end)

    def _read_unchecked(self, name: str) -> dict[str, Any]:
        try:
            return canonical.load(self._path / name, name)[0]
        except Damage:
            return {}

    def _check_objects(self) -> str | None:
        for name in self._names:
            if name.startswith("objects/") and name.endswith(".evo"):
                digest = survey.object_digest(self._path, name)
                if name != f"objects/{digest}.evo":
                    raise Damage("object_altered", "not what its name says", file=name)
                self._objects[name] = digest
        return f"{len(self._objects)} attachments" if self._objects else None

    def _check_trust(self) -> str:
        if self._given is not None:
            pems = list(self._given)
        else:
            names = [n for n in self._names if n.startswith("trust/") and n.endswith(".pem")]
            pems = [canonical.read_limited(self._path / n, n, cms.MAX_SIGNATURE) for n in names]
            self._notes.append(
                "trust anchors come from the package itself: this shows that nothing changed since "
                "its own signer sealed it, not who that signer is"
            )
        found = [c for pem in pems for c in cms.load_pem(pem)]
        self._anchors = found if self._given is not None else cms.anchors_of(found)
        prints = [
            f"{c.subject.rfc4514_string()} SHA-256 {cms.fingerprint(c)}" for c in self._anchors
        ]
        return "; ".join(prints) or "no certificate"

    def _check_heads(self) -> str | None:
        names = [n for n in self._names if n.startswith("heads/") and n.endswith(".json")]
        for name in names:
            self._heads.append(st.read_statement(self._path, name, "at", self._anchors))
        st.check_heads(self._heads, self._recording, self._logs)
        if not names:
            return None
        stamped = sum(head.stamped is not None for head in self._heads)
        return f"{len(names)} heads, {stamped} stamped, last at {self._heads[-1].document['at']}"

    def _check_seal(self) -> str | None:
        if _MANIFEST not in self._names:
            signature = f"{_MANIFEST}.p7s"  # written first: alone it is what a crash leaves
            found = [n for n in self._names if n.startswith((_MANIFEST, _CLOSING))]
            if leftovers := [n for n in found if n != signature]:
                raise Damage("seal_missing", "its token is there", file=leftovers[0])
            if found:
                self._notes.append("a signature without a call seal: stopped while sealing")
            return None
        seal = st.read_statement(self._path, _MANIFEST, "sealed", self._anchors)
        self._seal = seal
        st.check_manifest(seal, self._recording, self._recording_digest.hex())
        logs = {k: v for k, v in self._logs.items() if k != st.AFTERWARDS}
        st.check_parts(seal.document["logs"], logs, _MANIFEST)
        known = st.check_objects(seal.document["objects"], self._objects, _MANIFEST)
        if [head.digest for head in self._heads] != seal.document["heads"]:
            raise Damage("heads_differ", "not the heads that were sealed", file=_MANIFEST)
        later = set(self._objects) - known
        if later and _CLOSING not in self._names:
            self._notes.append(f"{len(later)} attachments came after the call seal")
        return f"manifest {seal.digest}, status {seal.document['status']}"

    def _check_stamp(self) -> str | None:
        if self._seal is None:
            return None
        if self._seal.stamped is None:
            self._notes.append("the call seal carries no timestamp: its time is the signer's word")
            return None
        return canonical.stamp(self._seal.stamped)

    def _check_decision(self) -> str | None:
        if _DECISION not in self._names:
            return None
        decision = st.read_statement(self._path, _DECISION, "decided", self._anchors)
        st.check_decision(decision, self._recording, self._named(_DECISION))
        self._decision = decision
        return f"decision {decision.digest}"

    def _check_closing(self) -> str | None:
        if _CLOSING not in self._names:
            return None
        named = self._named(_CLOSING)
        closing = st.read_statement(self._path, _CLOSING, "closed", self._anchors)
        st.check_closing(closing, self._recording, named, self._decision)
        later = {k: v for k, v in self._logs.items() if k == st.AFTERWARDS}
        st.check_parts(closing.document["logs"], later, _CLOSING)
        sealed = self._seal.document["objects"] if self._seal else []
        known = st.check_objects(sealed, self._objects, _MANIFEST)
        known |= st.check_objects(closing.document["objects"], self._objects, _CLOSING)
        if undeclared := sorted(set(self._objects) - known):
            raise Damage("object_undeclared", "in neither seal", file=undeclared[0])
        return f"closing {closing.digest}"

    def _named(self, file: str) -> dict[str, str]:
        """The digests by which a later seal names the call seal."""
        if self._seal is None:
            raise Damage("seal_missing", "a later seal without a call seal", file=file)
        named = {
            "manifest": self._seal.digest,
            "signature": survey.object_digest(self._path, f"{_MANIFEST}.p7s"),
        }
        token = f"{_MANIFEST}.p7s.tsr"
        if token in self._names:
            named["token"] = survey.object_digest(self._path, token)
        return named

    def _check_renewals(self) -> str | None:
        times = renewed.check_renewals(self._path, self._recording, self._names, self._anchors)
        until = renewed.ends(self._path, self._names)
        if until is not None and until < datetime.now(UTC):
            self._notes.append(f"a timestamp's certificate ended {until:%Y-%m-%d}, not renewed")
        return f"{len(times)} renewals, last {canonical.stamp(times[-1])}" if times else None

    def _check_shredding(self) -> str | None:
        if _SHREDDED not in self._names:
            return None
        said = st.read_statement(self._path, _SHREDDED, "shredded", self._anchors)
        seal = self._named(_SHREDDED) if self._seal else {"manifest": None}
        st.check_shredding(said, self._recording, seal)
        self._shredded = said.stamped
        self._notes.append("shredded: its key was destroyed; nobody can read what was recorded")
        return f"shredded {said.document['shredded']}, certificate {said.digest}"

    def _check_receipt(self) -> str | None:
        if self._receipt is None:
            return None
        return st.check_receipt(self._receipt, self._heads, self._seal)

    def _parts(self) -> list[survey.PartFacts]:
        return [part for facts in self._logs.values() for part in facts]

    def _status(self) -> str:
        if any(step.ok is False for step in self._steps):
            return "damaged"
        return "interrupted" if self._seal is None else str(self._seal.document["status"])


def _end(status: str, last: object) -> str:
    if status == "complete":
        return "complete"
    if status == "damaged":
        return "damaged or forged"
    if status == "incomplete":
        return "sealed whole, but something is missing and nothing shows why"
    if isinstance(last, str):
        return f"end not attested; last attested head at {last}"
    return "end not attested; no head attested"
