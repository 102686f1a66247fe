"""Kind of rule → what it asks of a script; every kind has its entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import demands_branch as b
from . import demands_person as p
from . import demands_screening as n
from . import demands_session as s
from . import demands_signature as g
from . import demands_step as k
from .finding import Finding

Demand = Callable[[Any, Finding], None]

DEMANDS: dict[str, Demand] = {
    "legal_scope": b.legal_scope,
    "platform": s.platform,
    "data_residency": b.data_residency,
    "crypto": s.crypto,
    "ip_policy": s.ip_policy,
    "geo": s.geo,
    "device_integrity": s.device_integrity,
    "media_quality": s.media_quality,
    "notice": k.notice,
    "consent": k.consent,
    "disclosure": k.disclosure,
    "accessibility": k.accessibility,
    "agent_profile": b.agent_profile,
    "agent_location": b.agent_location,
    "assignment": b.assignment,
    "participants": s.participants,
    "same_frame": s.same_frame,
    "id_document": p.id_document,
    "capture_still": p.capture_still,
    "masking": p.masking,
    "registry_check": p.registry_check,
    "authority_check": p.authority_check,
    "screening": n.screening,
    "face_match": p.face_match,
    "liveness": p.liveness,
    "injection_defence": s.injection_defence,
    "otp": k.otp,
    "random_questions": k.random_questions,
    "question": k.question,
    "statement": k.statement,
    "document_shown": k.document_shown,
    "signature": g.signature,
    "recording": s.recording,
    "on_disruption": s.on_disruption,
    "abort_on": s.abort_on,
    "retry_limit": s.retry_limit,
    "checker_before_effect": b.checker,
    "effect_limit": b.effect_limit,
    "filing": b.filing,
    "reject_reason": b.reject_reason,
    "notify": b.notify,
    "retention": b.retention,
    "access": b.access,
    "attestation": b.attestation,
}
