"""Small packs of other places, with the rules that are typical of each: the format carries them."""

from __future__ import annotations

from teller_server.domain.policy import PolicyPack, load_packs

HEAD = """
pack: {id}
version: "1"
status: active
jurisdiction: XX
title: {{zh-CN: 试, en: Trial}}
sources:
  law: {{title: {{zh-CN: 法, en: Law}}}}
clauses:
{clauses}
rules:
{rules}
"""

CLAUSE = """  - id: {id}
    source: law
    confidence: V
    verified: true
    modes: [R]
    text: {{zh-CN: 条, en: Clause}}
"""

BAFIN = (
    "on_disruption: {clauses: [DE-4.1], mode: abort_fresh}",
    "crypto: {clauses: [DE-4.2], endpoint: bank, provider_decrypt: false}",
    "assignment: {clauses: [DE-4.4], mode: random}",
    "agent_location: {clauses: [DE-2.1], place: controlled_room}",
    "agent_profile: {clauses: [DE-1.1], training_months: 12}",
    "id_document: {clauses: [DE-6.1], mrz: true, features: 3, categories: 3, random: true}",
    "id_document: {clauses: [DE-6.2], motion: true, occlusion: true, read_serial: true}",
    "random_questions: {clauses: [DE-7.2], purpose: plausibility, count: 2}",
    "otp: {clauses: [DE-9.1], to: customer.phone, in_session: true, single_use: true}",
    "consent: {clauses: [DE-3.1], purpose: recording, form: spoken, on_refuse: other_channel}",
    "retention: {clauses: [DE-10.1], artefact: visit_evidence, at_least: P5Y}",
    "abort_on: {clauses: [DE-8.1], event: technical, flags: [picture_too_poor], delete: true}",
)
NIST = (
    "on_disruption: {clauses: [US-14], mode: resume_code}",
    "random_questions: {clauses: [US-09], purpose: fraud_signal, forbids: [verification]}",
    "consent: {clauses: [US-05], purpose: recording, on_refuse: continue_unrecorded}",
    "participants: {clauses: [US-02], in_view: [customer]}",
    "otp: {clauses: [US-13], to: customer.phone, digits: 6, seconds: 600, single_use: true}",
    "liveness: {clauses: [US-06], random: true, alternatives: 1}",
    "face_match: {clauses: [US-16], auxiliary: true, alternative: [referee]}",
    "notify: {clauses: [US-15], to: [validated_address], repudiation: true}",
    "accessibility: {clauses: [US-18], alternatives: [trusted_referee]}",
    "device_integrity: {clauses: [US-19], virtual_camera: warn}",
)
EUROPE = (
    "on_disruption: {clauses: [EU-R4], mode: abort_fresh}",
    "face_match: {clauses: [EU-07], disagree: abort}",
    "id_document: {clauses: [EU-12], features: 3, optically_variable: 2}",
    "media_quality: {clauses: [EU-09], min_px: 720, fps: 25}",
    "retry_limit: {clauses: [EU-10], scope: document, count: 3}",
    "assignment: {clauses: [EU-14], mode: random}",
    "injection_defence: {clauses: [EU-16], cue: true, media_analysis: true}",
    "retention: {clauses: [EU-21], artefact: visit_evidence, at_least: P5Y, at_most: P15Y}",
    "authority_check: {clauses: [EU-20], role: representative, sources: [register]}",
)
INSURANCE = (
    "statement: {clauses: [CN-I-05], topic: fixed_prompt, verbatim: true}",
    "recording: {clauses: [CN-I-07], continuous: true, edit_forbidden: true}",
    "same_frame: {clauses: [CN-I-11], mode: split_screen}",
    "signature: {clauses: [CN-I-11], paper: policy_form, first_handwritten: true}",
    "agent_location: {clauses: [CN-I-11], place: premises}",
    "retention: {clauses: [CN-I-08], artefact: sale_recording, at_least: P10Y, hold: [dispute]}",
    "access: {clauses: [CN-I-09], roles: [compliance], no_training: true}",
    "attestation: {clauses: [CN-I-12], attestation: acceptance_test, regions: [甬], blocks: true}",
)


def neighbour(name: str, rules: tuple[str, ...]) -> PolicyPack:
    """A pack of these rules, with the clauses that they name."""
    named = {rule.split("[", 1)[1].split("]", 1)[0] for rule in rules}
    text = HEAD.format(
        id=name,
        clauses="".join(CLAUSE.format(id=clause) for clause in sorted(named)),
        rules="\n".join(f"  - {rule}" for rule in rules),
    )
    (found,) = load_packs({f"{name}.yaml": text})
    return found


def bafin() -> PolicyPack:
    return neighbour("de-bafin", BAFIN)


def nist() -> PolicyPack:
    return neighbour("us-63a", NIST)


def europe() -> PolicyPack:
    return neighbour("eu", EUROPE)


def insurance() -> PolicyPack:
    return neighbour("cn-insurance", INSURANCE)
