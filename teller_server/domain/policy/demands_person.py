"""What the rules about persons and signatures ask of a script: who they are, what they sign."""

from __future__ import annotations

from teller_server.domain.script import (
    FaceMatch,
    IdentityDocument,
    Liveness,
    Sign,
    Step,
    StepKind,
    TellerDecision,
)

from .finding import Finding, asks, of_party, parties, writes
from .gate import check_gate
from .kinds_step import (
    AuthorityCheckRule,
    CaptureStillRule,
    FaceMatchRule,
    IdDocumentRule,
    LivenessRule,
    MaskingRule,
    RegistryCheckRule,
    ScreeningRule,
    SignatureRule,
)

_STILLS = frozenset({"document", "customer_face"})
_ANY_PAPER = "any"


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
    }
    for what, asked in checks.items():
        if asked:
            found.unbuilt(f"check of an identity document for: {what}")


def capture_still(rule: CaptureStillRule, found: Finding) -> None:
    for what in sorted(set(rule.what) - _STILLS):
        found.unbuilt(f"still of {what}")
    if "document" in rule.what:
        found.demand(found.script.of_kind(StepKind.IDENTITY_DOCUMENT), "a still of the document")
    if "customer_face" in rule.what:
        found.demand(found.script.of_kind(StepKind.FACE_MATCH), "a still of the face")


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
    """Made by the teller in the bank's own system; a flag blocks approval while it is missing."""
    if not rule.flag:
        found.unbuilt(f"answer of the register {rule.registry}")
        return
    blocking_flag(found, (rule.flag,), f"the answer of {rule.registry}")


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
    if not rule.party:
        return
    if rule.party not in parties(found.script, every=True):
        found.lacks(f"a further party `{rule.party}` is missing (`guests`)")
        return
    for kind in (StepKind.IDENTITY_DOCUMENT, StepKind.FACE_MATCH):
        steps = of_party(found.script, kind, rule.party)
        found.live(found.demand(steps, f"{kind.value} of {rule.party}", rule.before))


def screening(rule: ScreeningRule, found: Finding) -> None:
    found.unbuilt(f"screening against: {', '.join(rule.lists) or 'lists'}")


def face_match(rule: FaceMatchRule, found: Finding) -> None:
    for party in parties(found.script, every=rule.every_party):
        steps = of_party(found.script, StepKind.FACE_MATCH, party)
        step = found.demand(steps, f"the comparison of {party} with the document", rule.before)
        found.live(step)
        if step is not None and isinstance(step.detail, FaceMatch):
            _other_ways(rule, found, step, step.detail)
    if rule.auxiliary:
        for asked in found.script.consents:
            if asked.id == "face" and asked.required:
                found.lacks("the face must not be the only way: consent `face` can't be required")


def _other_ways(rule: FaceMatchRule, found: Finding, step: Step, face: FaceMatch) -> None:
    wanted = {*rule.alternative, *(("agent_visual",) if rule.agent_visual else ())}
    missing = sorted(wanted - set(face.alternative))
    if missing:
        found.lacks(f"`{step.id}` needs the alternative {', '.join(missing)}", step)
    if rule.auxiliary and not face.alternative:
        found.lacks(f"`{step.id}` needs another way beside the face", step)


def liveness(rule: LivenessRule, found: Finding) -> None:
    if rule.method == "passive":
        found.unbuilt("passive test of liveness")
    step = found.demand(of_party(found.script, StepKind.LIVENESS, "customer"), "a sign of life")
    if step is None or not isinstance(step.detail, Liveness):
        return
    still = sum(1 for prompt in step.detail.prompts if not prompt.motor)
    if step.detail.draw < (rule.min_actions or 0):
        found.lacks(f"`{step.id}` must ask for {rule.min_actions} things (`draw`)", step)
    if rule.random and step.detail.draw >= len(step.detail.prompts):
        found.lacks(f"`{step.id}` leaves nothing to chance: fewer must be drawn", step)
    if still < max(rule.alternatives or 0, step.detail.draw if rule.no_forced_gesture else 0):
        found.lacks(f"`{step.id}` needs more prompts without movement (`motor: false`)", step)


def signature(rule: SignatureRule, found: Finding) -> None:
    """Each signature on the paper: read before, by a known person, live, and only where lawful."""
    signs = [
        step
        for step in found.script.of_kind(StepKind.SIGN)
        if isinstance(step.detail, Sign)
        and (rule.paper == _ANY_PAPER or rule.paper in step.detail.papers)
    ]
    for step in signs:
        if rule.on_camera:
            found.live(step)
        if rule.known_signer:
            _known(found, step)
        if rule.after_reading and isinstance(step.detail, Sign):
            for paper in step.detail.papers:
                _read(found, step, paper)
        found.held(step.id)
    if rule.closed_when:
        check_gate(rule, found, signs)
    if not signs:
        found.held(f"step: nothing signs `{rule.paper}`")


def _known(found: Finding, sign: Step) -> None:
    """Its party has shown a document and been compared with it, before this."""
    for kind in (StepKind.IDENTITY_DOCUMENT, StepKind.FACE_MATCH):
        earlier = _before(found, sign, of_party(found.script, kind, sign.party))
        if earlier is None:
            found.lacks(f"`{sign.id}`: {sign.party} must pass {kind.value} before signing", sign)
        else:
            found.held(earlier.id)


def _read(found: Finding, sign: Step, paper: str) -> None:
    shown = [s for s in found.script.of_kind(StepKind.DOCUMENT) if _shows(s, paper)]
    earlier = _before(found, sign, [s for s in shown if s.party == sign.party])
    if earlier is None:
        found.lacks(
            f"`{sign.id}`: `{paper}` must be read by {sign.party} before it is signed", sign
        )
    else:
        found.held(earlier.id)


def _shows(step: Step, paper: str) -> bool:
    return getattr(step.detail, "paper", None) == paper


def _before(found: Finding, later: Step, candidates: list[Step]) -> Step | None:
    """One that comes earlier and takes place whenever `later` does."""
    order = {step.id: place for place, step in enumerate(found.script.steps)}
    same = later.when.text if later.when else ""
    for step in candidates:
        always = found.certain(step) or (step.when and step.when.text == same)
        if order[step.id] < order[later.id] and always:
            return step
    return None
