"""Parameters that no script can miss: why this release holds them whatever a script says.

Every other parameter is read by its kind's demand; a test holds both lists against the kinds.
"""

from __future__ import annotations

_NAME = "A name for people; nothing hangs on it."
_JUDGED = "Held before the queue, where the scope is judged and told."
_ONE_ACT = "A code works once, for one step of one party, and is typed in the call."
_WHOLE = (
    "Recorded from before the service to the end of the visit; segments are sealed as they come."
)
_VIEWING = (
    "Compliance alone watches; each viewing has its purpose, its log and the viewer's name in it."
)

BY_DESIGN: dict[str, dict[str, str]] = {
    "legal_scope": dict.fromkeys(("decision", "outcome", "title", "message", "offers"), _JUDGED),
    "platform": {
        "own": "Signalling, media and recording are this program's own.",
        "forbid_bridges": "Nothing can be bridged in.",
    },
    "crypto": {
        "endpoint": "Media ends at the bank's own server.",
        "provider_decrypt": "A relay between sees ciphertext alone.",
    },
    "ip_policy": dict.fromkeys(
        ("allow", "on_hit"), "Judged when a page connects, and again before a ticket and a step."
    ),
    "geo": {
        "required": "No step with a live picture opens without a position.",
        "max_age_seconds": "Counted from the arrival of the newest, by the server's clock.",
    },
    "consent": {"separate": "A consent has one purpose and a tap or an answer of its own."},
    "registry_check": {"on_down": "Its flag rules approval out while there is no answer."},
    "authority_check": {"role": _NAME},
    "face_match": {"required": "Recognised by eye only with a reason that the teller states."},
    "masking": {"before": "Not a step; it holds wherever the field is shown."},
    "otp": dict.fromkeys(("in_session", "single_use"), _ONE_ACT),
    "statement": {
        "verbatim": "The words stand in the script; whether they were said, people hear."
    },
    "document_shown": {"view": "Every page is turned to, and stays for its time."},
    "signature": {
        "form": "Every signature is drawn by hand, after a code, under a key of its own.",
        "first_handwritten": "Every signature is drawn by hand.",
        "seal": "Nothing is decided before the bank's seal is on every signed paper.",
    },
    "recording": dict.fromkeys(
        ("starts_before", "ends_after", "continuous", "edit_forbidden"), _WHOLE
    ),
    "abort_on": {"tell": "The customer reads the outcome, never the suspicion."},
    "checker_before_effect": {
        "sample_percent": "The step takes place in every visit, not in a sample.",
        "not_same_person": "Nobody who served in a visit decides about it.",
    },
    "effect_limit": {"until": "Lifted in the bank's own system, not here."},
    "reject_reason": {"required": "Nobody refuses without a reason."},
    "retention": {
        "counted_from": _NAME,
        "hold": "A hold is laid by compliance, for whatever reason, and stops every erasure.",
    },
    "access": dict.fromkeys(("watermark", "download", "log", "purpose"), _VIEWING),
    "attestation": dict.fromkeys(
        ("title", "valid_for", "regions", "blocks"), "Held when a visit is opened."
    ),
}
"""Kind → parameter → why it needs no look at the script."""
