"""Judging a signed paper for a second person: offline, and without any key.

`pyhanko sign adesverify` and `pdfsig` must agree; the tests ask them. What those tools can't know
is checked here beside it: whose place it is, which bytes were read, which visit it belongs to.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffPolicy, ModificationLevel
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy, FreshnessReqType
from pyhanko_certvalidator.registry import SimpleTrustManager

from recording import cms
from teller_server.papers.adapters import as_asn1
from teller_server.papers.certificates import binding_of, digest_of
from teller_server.papers.pades import BANK
from teller_server.papers.report import Finding, Report, Roots

_log = logging.getLogger(__name__)
_CHANGES: Final = {
    ModificationLevel.NONE: "none",
    ModificationLevel.LTA_UPDATES: "timestamps",
    ModificationLevel.FORM_FILLING: "signatures",
}
_BOUND: Final = ("visit", "evidence")  # what a certificate and its signature both say


async def check(
    pdf: bytes, roots: Roots, expected: Collection[str] = (), at: datetime | None = None
) -> Report:
    """Judge `pdf` at the time `at` (now). `expected`: the places that have to be signed."""
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        whole = any(_covers_all(one) for one in reader.embedded_signatures)
        stamps = len(reader.embedded_timestamp_signatures)
        signatures, once = reader.embedded_regular_signatures, _Once()
        findings = tuple([await _finding(pdf, one, roots, once, at) for one in signatures])
    except Exception as error:  # whatever a broken or hostile file makes the parser raise
        _log.warning("a signed paper can't be read", extra={"kind": type(error).__name__})
        return Report((), "", whole=False, stamps=0, problems=("paper_unreadable",))
    return _report(findings, expected, whole=whole, stamps=stamps)


def _report(
    findings: tuple[Finding, ...], expected: Collection[str], *, whole: bool, stamps: int
) -> Report:
    signed = {one.field for one in findings}
    problems = []
    if set(expected) - signed or not findings:
        problems.append("paper_signature_missing")
    if expected and signed - set(expected):
        problems.append("paper_signature_foreign")
    if not whole:
        problems.append("paper_appended")
    read = {str(one.facts.get("read", "")) for one in findings}
    return Report(findings, min(read, default=""), whole, stamps, tuple(problems))


class _Once(DiffPolicy):
    """pyHanko's own judgment of what was changed, but asked once for each signature of a file."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], Any] = {}

    def apply(self, old: Any, new: Any, field_mdp_spec: Any = None, doc_mdp: Any = None) -> Any:
        return DEFAULT_DIFF_POLICY.apply(old, new, field_mdp_spec, doc_mdp)

    def review_file(
        self, reader: Any, base_revision: Any, field_mdp_spec: Any = None, doc_mdp: Any = None
    ) -> Any:
        key = (str(base_revision), repr(field_mdp_spec), repr(doc_mdp))
        if key not in self._known:
            self._known[key] = DEFAULT_DIFF_POLICY.review_file(
                reader, base_revision, field_mdp_spec=field_mdp_spec, doc_mdp=doc_mdp
            )
        return self._known[key]


async def _finding(
    pdf: bytes, signature: Any, roots: Roots, once: _Once, at: datetime | None
) -> Finding:
    field = str(signature.field_name)
    own = x509.load_der_x509_certificate(signature.signer_cert.dump())
    policy = _policy(roots.bank if field == BANK else roots.signers, roots.time, once)
    result = await ades_lta_validation(signature, policy, _moment(at))
    status = result.api_status
    found = Finding(
        field=field,
        subject=own.subject.rfc4514_string(),
        certificate=digest_of(signature.signer_cert.dump()),
        signed_at=result.best_signature_time,
        intact=bool(status and status.intact and status.valid),
        trusted=result.ades_subindic is AdESPassed.OK,
        lasting=_lasting(result),
        changes=_CHANGES.get(status.modification_level, "other") if status else "other",
        facts=_facts(signature, field),
    )
    allowed = bool(status and status.docmdp_ok)
    return replace(found, problems=tuple(_problems(pdf, signature, found, own, allowed=allowed)))


def _problems(
    pdf: bytes, signature: Any, found: Finding, own: x509.Certificate, *, allowed: bool
) -> list[str]:
    checks = {
        "paper_signature_broken": found.intact,
        "paper_signature_untrusted": found.trusted,
        "paper_signature_not_lasting": found.lasting,
        "paper_changed": allowed and found.changes != "other",
        "paper_not_what_was_read": _read(pdf, found.facts),
        "paper_facts_differ": _agrees(found, own),
        "paper_strokes_differ": found.field == BANK or _strokes(signature, found),
    }
    return [code for code, fine in checks.items() if not fine]


def _policy(roots: bytes, time: bytes, once: _Once) -> PdfSignatureValidationSpec:
    revocation = CertRevTrustPolicy(
        REQUIRE_REVINFO, freshness_req_type=FreshnessReqType.MAX_DIFF_REVOCATION_VALIDATION
    )

    def policy(pem: bytes) -> CertValidationPolicySpec:
        anchors = SimpleTrustManager.build(as_asn1(cms.anchors_of(cms.load_pem(pem))))
        return CertValidationPolicySpec(anchors, revocation)

    specification = SignatureValidationSpec(
        policy(roots),
        RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        ts_cert_validation_policy=policy(time),
    )
    return PdfSignatureValidationSpec(specification, once)


def _moment(at: datetime | None) -> ValidationTimingInfo:
    if at is None:
        return ValidationTimingInfo.now(UTC)
    return ValidationTimingInfo(at, at, point_in_time_validation=True)


def _lasting(result: Any) -> bool:
    stamp = result.signature_timestamp_status
    stamped = stamp is not None and stamp.ades_subindic is AdESPassed.OK
    return stamped and result.oldest_evidence_record_timestamp is not None


def _covers_all(signature: Any) -> bool:
    covered = signature.evaluate_signature_coverage()
    return bool(covered == SignatureCoverageLevel.ENTIRE_FILE)


def _read(pdf: bytes, facts: Mapping[str, Any]) -> bool:
    size = facts.get("size")
    if not isinstance(size, int) or not 0 < size < len(pdf):
        return False
    return hashlib.sha256(pdf[:size]).hexdigest() == facts.get("read")


def _agrees(found: Finding, own: x509.Certificate) -> bool:
    """What the signature says of itself, and what the one-time certificate was issued for."""
    facts = found.facts
    if facts.get("field") != found.field or facts.get("certificate") != found.certificate:
        return False
    if found.field == BANK:
        return binding_of(own) is None
    bound = _object(binding_of(own) or "")
    same = all(bound.get(name) == facts.get(name) for name in _BOUND)
    return same and bound.get("party") == found.field


def _strokes(signature: Any, found: Finding) -> bool:
    drawn = _file(signature, f"strokes-{found.field}.json")
    return bool(drawn) and hashlib.sha256(drawn).hexdigest() == found.facts.get("strokes")


def _facts(signature: Any, field: str) -> Mapping[str, Any]:
    return _object(_file(signature, f"signature-{field}.json").decode("utf-8", "replace"))


def _object(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _file(signature: Any, name: str) -> bytes:
    """A file that a signature's appearance has, as it was when it was signed; empty: none."""
    revision = signature.reader.get_historical_resolver(signature.signed_revision)
    field = revision(signature.sig_field.container_ref)
    try:
        for reference in field["/AP"]["/N"]["/AF"]:
            held = reference.get_object()
            if held["/UF"] == name:
                return bytes(held["/EF"]["/F"].data)
    except (KeyError, TypeError, AttributeError):
        return b""
    return b""
