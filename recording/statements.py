"""What was signed against what is there: heads, call seal, closing seal, receipt. Keyless."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from recording import canonical, cms, tokens
from recording.errors import Damage
from recording.gaps import unknown_ms
from recording.survey import PartFacts

AFTERWARDS: Final = "afterwards"
_MALFORMED: Final = (KeyError, TypeError, ValueError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class Statement:
    """A signed document that verified. `stamped`: the time a token attests, if there is one."""

    name: str
    document: dict[str, Any]
    digest: str
    stamped: datetime | None


def read_statement(
    directory: Path, name: str, time_field: str, anchors: Sequence[x509.Certificate]
) -> Statement:
    """Signature (and token, when there is one) of a document; `Damage` unless both hold."""
    document, raw = canonical.load(directory / name, name)
    signature = canonical.read_limited(directory / f"{name}.p7s", f"{name}.p7s", cms.MAX_SIGNATURE)
    stamped = None
    token = f"{name}.p7s.tsr"
    try:
        if (directory / token).exists():
            response = canonical.read_limited(directory / token, token, cms.MAX_SIGNATURE)
            stamped = tokens.check_token(response, signature, anchors)
    except Damage as damage:
        raise Damage(damage.code, damage.detail, file=token) from None
    try:
        at = stamped or datetime.fromisoformat(document[time_field])
        cms.check_signature(signature, raw, anchors, at)
    except Damage as damage:
        raise Damage(damage.code, damage.detail, file=f"{name}.p7s") from None
    except _MALFORMED:
        raise Damage("document_bad", time_field, file=name) from None
    return Statement(name, document, canonical.digest(raw), stamped)


def head_positions(documents: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int]]:
    """(log, part, end offset) of every place that heads attest, so that the survey notes them."""
    found = []
    for document in documents:
        try:
            for log, place in document["logs"].items():
                found.append((str(log), int(place["part"]), int(place["bytes"])))
        except _MALFORMED:
            continue  # the heads' own step will say so
    return found


def sealed_positions(document: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """(log, part, end offset) of every part that a sealed document lists."""
    found = []
    try:
        for log, entries in document["logs"].items():
            found += [(str(log), int(e["part"]), int(e["bytes"])) for e in entries]
    except _MALFORMED:
        return []
    return found


def check_manifest(seal: Statement, recording: str, recording_sha256: str) -> None:
    """The call seal is of this recording and says what it must."""
    document = seal.document
    if document.get("type") != "manifest" or document.get("recording") != recording:
        raise Damage("seal_foreign", file=seal.name)
    if document.get("recording_sha256") != recording_sha256:
        raise Damage("recording_altered", "recording.json changed", file=seal.name)
    if document.get("status") not in ("complete", "incomplete", "interrupted"):
        raise Damage("document_bad", "status", file=seal.name)
    for name, kind in (("logs", dict), ("objects", list), ("heads", list)):
        if not isinstance(document.get(name), kind):
            raise Damage("document_bad", name, file=seal.name)
    if document["status"] in ("complete", "incomplete"):
        try:
            unknown = unknown_ms(document["gaps"])
            ended = [entries[-1]["ended"] for entries in document["logs"].values()]
        except _MALFORMED:
            raise Damage("document_bad", "logs", file=seal.name) from None
        if not ended or not all(ended):
            raise Damage("document_bad", "complete, but a log has no end", file=seal.name)
        if bool(unknown) is not (document["status"] == "incomplete"):
            raise Damage("document_bad", "the status is not what the gaps say", file=seal.name)


def check_closing(
    closing: Statement, recording: str, named: Mapping[str, str], decision: Statement | None
) -> None:
    """The closing seal is of this recording and names exactly this call seal and decision."""
    _check_later(closing, "closing", recording, named)
    document = closing.document
    if not isinstance(document.get("logs"), dict):
        raise Damage("document_bad", "logs", file=closing.name)
    if not isinstance(document.get("objects"), list):
        raise Damage("document_bad", "objects", file=closing.name)
    if document.get("decision") != (decision.digest if decision else None):
        raise Damage("decision_differs", "not the decision that was closed", file=closing.name)


def check_decision(decision: Statement, recording: str, named: Mapping[str, str]) -> None:
    """A second person's decision is on exactly this call seal."""
    _check_later(decision, "decision", recording, named)
    if not isinstance(decision.document.get("decision"), dict):
        raise Damage("document_bad", "decision", file=decision.name)


def check_shredding(shredded: Statement, recording: str, named: Mapping[str, str | None]) -> None:
    """A certificate of a shredding is of this recording as it was sealed, and it is stamped."""
    if shredded.stamped is None:
        raise Damage("timestamp_bad", "a shredding is stamped", file=shredded.name)
    if shredded.document.get("seal") == {"manifest": None} == named:
        if shredded.document.get("type") != "shredding":
            raise Damage("document_bad", "type", file=shredded.name)
        if shredded.document.get("recording") != recording:
            raise Damage("seal_foreign", file=shredded.name)
        return  # shredded without a call seal: there is none to name
    _check_later(shredded, "shredding", recording, {k: v for k, v in named.items() if v})


def _check_later(later: Statement, kind: str, recording: str, named: Mapping[str, str]) -> None:
    document = later.document
    if document.get("type") != kind or document.get("recording") != recording:
        raise Damage("seal_foreign", file=later.name)
    seal = document.get("seal")
    if not isinstance(seal, dict):
        raise Damage("document_bad", "seal", file=later.name)
    expected = {name: digest for name, digest in seal.items() if digest is not None}
    if any(named.get(name) != digest for name, digest in expected.items()) or not expected:
        raise Damage("seal_differs", f"not the call seal that it is of ({kind})", file=later.name)


def check_heads(
    heads: Sequence[Statement], recording: str, logs: Mapping[str, Sequence[PartFacts]]
) -> None:
    """Numbers without a hole, each naming the one before, and every attested place on disk."""
    previous: Statement | None = None
    for expected, head in enumerate(heads, 1):
        document = head.document
        try:
            if document["n"] != expected or head.name != f"heads/{expected:06d}.json":
                raise Damage("head_missing", f"expected head {expected}", file=head.name)
            if document["previous"] != (previous.digest if previous else None):
                raise Damage("head_chain_broken", file=head.name)
            if document["recording"] != recording or document["type"] != "head":
                raise Damage("head_foreign", file=head.name)
            for log, place in document["logs"].items():
                _check_place(log, place, logs, head.name)
        except _MALFORMED:
            raise Damage("document_bad", "not a head", file=head.name) from None
        previous = head


def _check_place(
    log: str, place: Mapping[str, Any], logs: Mapping[str, Sequence[PartFacts]], name: str
) -> None:
    part = next((p for p in logs.get(log, ()) if p.header.part == place["part"]), None)
    if part is None:
        raise Damage("attested_part_missing", f"{name} attests {log} part {place['part']}")
    if part.reached.get(place["bytes"]) != (place["segments"], place["leaf"]):
        stop = part.stopped
        raise Damage(
            stop.code if stop else "attested_segment_missing",
            f"{name} attests {place['segments']} segments, {part.segments} are good",
            file=part.name,
            offset=part.good,
            segment=part.segments,
        )


def check_parts(
    declared: Mapping[str, Any], logs: Mapping[str, Sequence[PartFacts]], name: str
) -> None:
    """Every declared part is there as declared, and no other."""
    if undeclared := sorted(set(logs) - set(declared)):
        raise Damage("log_undeclared", undeclared[0], file=name)
    try:
        for log, entries in declared.items():
            facts = logs.get(log, ())
            if len(facts) != len(entries):
                raise Damage("parts_differ", f"{log}: {len(entries)} sealed, {len(facts)} found",
                             file=name)  # fmt: skip
            for entry, part in zip(entries, facts, strict=True):
                _check_part(entry, part)
    except _MALFORMED:
        raise Damage("document_bad", "logs", file=name) from None


def _check_part(entry: Mapping[str, Any], part: PartFacts) -> None:
    kept = part.reached.get(entry["bytes"])
    if kept != (entry["segments"], entry["last_leaf"]) or part.size < entry["file_bytes"]:
        stop = part.stopped
        raise Damage(
            stop.code if stop else "sealed_segment_missing",
            f"sealed with {entry['segments']} segments, {part.segments} are good",
            file=part.name,
            offset=part.good,
            segment=part.segments,
        )
    if part.size != entry["file_bytes"] or part.sha256 not in (None, entry["sha256"]):
        raise Damage("file_altered", "digest or size", file=part.name, offset=entry["bytes"])
    if entry["ended"] != part.ended or entry["file"] != part.name:
        raise Damage("parts_differ", "name or end", file=part.name)


def check_objects(declared: Sequence[Any], found: Mapping[str, str], name: str) -> set[str]:
    """Names of the declared attachments, all of which are there."""
    names = set()
    try:
        for entry in declared:
            path = f"objects/{entry['digest']}.evo"
            if path not in found:
                raise Damage("object_missing", f"{name} names it", file=path)
            names.add(path)
    except _MALFORMED:
        raise Damage("document_bad", "objects", file=name) from None
    return names


def check_receipt(
    receipt: Mapping[str, Any], heads: Sequence[Statement], seal: Statement | None
) -> str:
    """What the customer holds against what the bank holds; `Damage` when anything is missing."""
    by_digest = {head.digest: head for head in heads}
    try:
        attested = list(receipt.get("heads") or ())
        for entry in attested:
            head = by_digest.get(entry["digest"])
            if head is None or head.document["n"] != entry["n"]:
                raise Damage("receipt_head_missing", f"head {entry['n']} of the receipt")
        digest = receipt.get("evidence_digest")
        if digest and (seal is None or seal.digest != digest):
            raise Damage("receipt_seal_missing", "the sealed manifest is not the receipt's")
    except _MALFORMED:
        raise Damage("receipt_bad", "not a receipt") from None
    return f"{len(attested)} heads" + (" and the evidence digest" if digest else "")
