"""What the rules about persons and signatures ask of a script: who they are, what they sign."""

from __future__ import annotations

from teller_server.domain.script import (
    CUSTOMER,
    FaceMatch,
    IdentityDocument,
    Liveness,
    RegistryCheck,
    ServiceScript,
    Step,
    StepKind,
    TellerDecision,
)

from .finding import Finding, asks, of_party, parties, writes
from .kinds_step import (
    AuthorityCheckRule,
    CaptureStillRule,
    FaceMatchRule,
    IdDocumentRule,
    LivenessRule,
    MaskingRule,
    RegistryCheckRule,
)

_STILLS = frozenset({"document", "customer_face"})
_BY_EYE = "agent_visual"


def id_document(rule: IdDocumentRule, found: Finding) -> None:
    for party in parties(found.script, every=rule.every_party):
        steps = of_party(found.script, StepKind.IDENTITY_DOCUMENT, party)
        step = found.demand(steps, f"the identity document of {party}", rule.before)
        found.live(step)
        if step is None or not isinstance(step.detail, IdentityDocument):
            continue
        if rule.types is not None and not set(step.detail.types) <= set(rule.types):
            strange = ", ".join(sorted(set(step.detail.types) - set(rule.types)))
            found.lacks(f"`{step.id}` takes documents that the rule doesn't know: {strange}", step)
    checks = {
        "machine-readable zone": rule.mrz,
        "count of security features": bool(rule.features or rule.categories),
        "optically variable features": bool(rule.optically_variable),
        "hand before the document": rule.occlusion,
        "document number read aloud and compared": rule.read_serial,
        f"being a {' or a '.join(rule.deny)}": bool(rule.deny),
        "more than one side, photographed": (rule.sides or 0) > 1,
        "security features drawn by chance": rule.random,
        "being moved before the camera": rule.motion,
    }
    for what, asked in checks.items():
        if asked:
            found.unbuilt(f"check of an identity document for: {what}")


def capture_still(rule: CaptureStillRule, found: Finding) -> None:
    for what in sorted(set(rule.what) - _STILLS):
        found.unbuilt(f"still of {what}")
    if rule.min_px is not None:
        found.unbuilt("least size of a still in pixels")
    if (rule.count or 0) > 1:
        found.unbuilt("count of stills")
    if "document" in rule.what:
        documents = found.script.of_kind(StepKind.IDENTITY_DOCUMENT)
        found.demand(documents, "a still of the document", rule.before)
    if "customer_face" in rule.what:
        faces = found.script.of_kind(StepKind.FACE_MATCH)
        found.demand(faces, "a still of the face", rule.before)


def masking(rule: MaskingRule, found: Finding) -> None:
    if rule.at == "ingest":
        found.unbuilt(f"masking of {', '.join(rule.fields)} before it is first written")
        return
    for step in found.script.of_kind(StepKind.FORM):
        for one in step.fields:
            if one.name in rule.fields and not one.mask:
                found.lacks(f"field `{one.name}` must be masked (`mask: true`)", step)
    found.held("step: masking")


def registry_check(rule: RegistryCheckRule, found: Finding) -> None:
    """By a step of the script (`check`); else by the teller in the bank's own system.

    A flag blocks approval while it is missing.
    """
    if rule.check:
        what = f"the check `{rule.check}` (register {rule.registry})"
        found.demand(_asking(found.script, rule.check), what, rule.before, rule.condition)
    elif not rule.flag:
        found.unbuilt(f"answer of the register {rule.registry}")
        return
    if rule.before and not rule.check:
        found.unbuilt(f"order between the answer of {rule.registry} and other steps")
    if rule.fields:
        found.unbuilt(f"comparison of {', '.join(rule.fields)} with {rule.registry}")
    if rule.freshness_hours is not None:
        found.unbuilt(f"age of the answer of {rule.registry}")
    if rule.flag:
        blocking_flag(found, (rule.flag,), f"the answer of {rule.registry}")


def _asking(script: ServiceScript, check: str) -> list[Step]:
    """The customer's steps that ask it; of telephones, about the number that is written down."""
    steps = of_party(script, StepKind.REGISTRY_CHECK, CUSTOMER)
    written = {f"{form.id}.phone" for form in writes(script, "phone")}
    return [
        step
        for step in steps
        if isinstance(step.detail, RegistryCheck)
        and check in step.detail.checks
        and (check != "phone" or not written or step.detail.phone in written)
    ]


def blocking_flag(found: Finding, flags: tuple[str, ...], what: str) -> None:
    """A teller's decision that can't approve while one of `flags` is raised."""
    decisions = [
        step
        for step in found.script.of_kind(StepKind.TELLER_DECISION)
        if isinstance(step.detail, TellerDecision)
        and any(flag.id in flags and flag.blocking for flag in step.detail.flags)
    ]
    named = " or ".join(f"`{flag}`" for flag in flags)
    found.demand(decisions, f"a blocking flag {named} for {what}", ("checker_decision", "commit"))


def authority_check(rule: AuthorityCheckRule, found: Finding) -> None:
    for name in rule.fields:
        found.demand(writes(found.script, name), f"required field `{name}`", rule.before)
    for name in rule.questions:
        found.demand(asks(found.script, name), f"question `{name}`", rule.before)
    if rule.ubo:
        found.demand(writes(found.script, "beneficial_owner"), "required field `beneficial_owner`")
    if rule.sources and not rule.questions:
        found.unbuilt(f"extract from {', '.join(rule.sources)}; a question may ask for it")
    if not rule.party:
        return
    if rule.party not in parties(found.script, every=True):
        found.lacks(f"a further party `{rule.party}` is missing (`guests`)")
        return
    for kind in (StepKind.IDENTITY_DOCUMENT, StepKind.FACE_MATCH):
        steps = of_party(found.script, kind, rule.party)
        found.live(found.demand(steps, f"{kind.value} of {rule.party}", rule.before))


def face_match(rule: FaceMatchRule, found: Finding) -> None:
    for party in parties(found.script, every=rule.every_party):
        steps = of_party(found.script, StepKind.FACE_MATCH, party)
        step = found.demand(steps, f"the comparison of {party} with the document", rule.before)
        found.live(step)
        if step is not None and isinstance(step.detail, FaceMatch):
            _other_ways(rule, found, step, step.detail)
    if rule.threshold_percent is not None:
        found.unbuilt("threshold of likeness for a pack to set")
    if rule.disagree == "abort":
        found.unbuilt("end of the visit where face and teller disagree")
    for other in sorted(set(rule.alternative) - {_BY_EYE}):
        found.unbuilt(f"other way `{other}` beside the face")
    if rule.auxiliary:
        for asked in found.script.consents:
            if asked.id == "face" and asked.required:
                found.lacks("the face must not be the only way: consent `face` can't be required")


def _other_ways(rule: FaceMatchRule, found: Finding, step: Step, face: FaceMatch) -> None:
    wanted = ({_BY_EYE} & set(rule.alternative)) | ({_BY_EYE} if rule.agent_visual else set())
    missing = sorted(wanted - set(face.alternative))
    if missing:
        found.lacks(f"`{step.id}` needs the alternative {', '.join(missing)}", step)
    if rule.auxiliary and not face.alternative:
        found.lacks(f"`{step.id}` needs another way beside the face", step)


def liveness(rule: LivenessRule, found: Finding) -> None:
    if rule.method == "passive":
        found.unbuilt("passive test of liveness")
    if rule.standard:
        found.unbuilt(f"test of liveness certified by {rule.standard}")
    steps = of_party(found.script, StepKind.LIVENESS, CUSTOMER)
    step = found.demand(steps, "a sign of life", rule.before)
    if step is None or not isinstance(step.detail, Liveness):
        return
    still = sum(1 for prompt in step.detail.prompts if not prompt.motor)
    if step.detail.draw < (rule.min_actions or 0):
        found.lacks(f"`{step.id}` must ask for {rule.min_actions} things (`draw`)", step)
    if rule.random and step.detail.draw >= len(step.detail.prompts):
        found.lacks(f"`{step.id}` leaves nothing to chance: fewer must be drawn", step)
    if still < max(rule.alternatives or 0, step.detail.draw if rule.no_forced_gesture else 0):
        found.lacks(f"`{step.id}` needs more prompts without movement (`motor: false`)", step)
