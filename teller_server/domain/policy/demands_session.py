"""What the rules of the call ask of a script and of this release."""

from __future__ import annotations

import re

from teller_server.domain.identity import MAX_ATTEMPTS
from teller_server.domain.script import Liveness, StepKind
from teller_server.domain.state_place import NETWORK_KINDS, PURPOSES

from .demands_person import blocking_flag
from .finding import Finding, asks
from .kinds_session import (
    AbortOnRule,
    CryptoRule,
    DeviceIntegrityRule,
    GeoRule,
    InjectionDefenceRule,
    IpPolicyRule,
    MediaQualityRule,
    OnDisruptionRule,
    ParticipantsRule,
    PlatformRule,
    RecordingRule,
    RetryLimitRule,
    SameFrameRule,
)

TRACKS = frozenset({"customer", "agent", "guests", "events"})
STAMPS = frozenset({"time", "session", "agent"})
BOTH_SIDES = frozenset({"customer", "agent"})
_COUNTRY = re.compile(r"[A-Z]{2}")
_FIGURES = ("min_px", "fps", "lux", "sharpness", "audio_snr")


def platform(rule: PlatformRule, found: Finding) -> None:
    """Signalling, media and recording are this program's own; it bridges nothing in."""
    if rule.origin_own_domain:
        found.unbuilt("list of hosts from which alone a call may come")
    found.held("session: own platform")


def crypto(rule: CryptoRule, found: Finding) -> None:
    """Media is encrypted from the device to the bank's own server, where it is recorded."""
    if rule.suites is not None:
        found.unbuilt("choice of cipher suites")
    found.held("session: encrypted to the bank's server")


def ip_policy(rule: IpPolicyRule, found: Finding) -> None:
    """Judged whenever the customer's page connects; `serve` asks for the databases."""
    for kind in rule.deny:
        if kind not in NETWORK_KINDS and not _COUNTRY.fullmatch(kind):
            found.unbuilt(f"way to tell networks of the kind `{kind}`")
    found.held("session: network address")


def geo(rule: GeoRule, found: Finding) -> None:
    """The customer's page asks for it, and the rules of a visit hold what was told."""
    if rule.burn_in:
        found.unbuilt("position shown in the picture (burned in)")
    if rule.countries is not None:
        found.unbuilt("way to tell the country of a position")
    for purpose in rule.purposes or ():
        if rule.asks and purpose not in PURPOSES:
            found.unbuilt(f"words for a position that is asked for `{purpose}`")
    how = "device position asked for" if rule.asks else "no position is asked for"
    found.held(f"session: {how}")


def device_integrity(rule: DeviceIntegrityRule, found: Finding) -> None:
    wanted = (rule.virtual_camera, rule.emulator, rule.root)
    if any(word != "ignore" for word in wanted):
        found.unbuilt("detection of virtual cameras, emulators or rooted devices")


def media_quality(rule: MediaQualityRule, found: Finding) -> None:
    strange = (set(rule.faces) | set(rule.voices)) - BOTH_SIDES
    for who in sorted(strange):
        found.unbuilt(f"watch over the picture of {who}")
    figures = (rule.min_px, rule.fps, rule.lux, rule.sharpness, rule.audio_snr)
    for name, figure in zip(_FIGURES, figures, strict=True):
        if figure is not None:
            found.unbuilt(f"least `{name}` of a call")
    if rule.on_fail == "abort":
        found.unbuilt("end of a visit whose picture or sound is too poor")
    for step in found.script.steps:
        if step.kind.value in rule.live_video:
            found.live(step)
    found.held("session: live picture and sound of both sides")


def participants(rule: ParticipantsRule, found: Finding) -> None:
    if rule.allowed is not None:
        for guest in found.script.guests:
            if guest.party not in rule.allowed:
                found.lacks(f"`{guest.party}` may not take part")
        found.held("session: parties of the script")
    if rule.no_prompting:
        blocking_flag(found, ("prompted",), "prompting")
    if rule.in_view:
        found.unbuilt("watch that a face stays in view")


def same_frame(rule: SameFrameRule, found: Finding) -> None:
    if rule.mode == "required":
        found.unbuilt("way to have both sides in one picture at a distance")
    found.held("session: pictures of both sides, side by side")


def injection_defence(rule: InjectionDefenceRule, found: Finding) -> None:
    if rule.virtual_camera or rule.media_analysis:
        found.unbuilt("detection of injected pictures")
    if rule.cue:
        cues = [
            step
            for step in found.script.of_kind(StepKind.LIVENESS)
            if isinstance(step.detail, Liveness) and step.detail.draw < len(step.detail.prompts)
        ]
        found.demand(cues, "a cue drawn by chance")


def recording(rule: RecordingRule, found: Finding) -> None:
    """No service before the first frames of every party are sealed on disk; none is edited."""
    for track in sorted(set(rule.tracks) - TRACKS):
        found.unbuilt(f"recorded track `{track}`")
    for stamp in sorted(set(rule.stamps) - STAMPS):
        found.unbuilt(f"stamp `{stamp}` in the recording")
    if rule.backup:
        found.unbuilt("second copy of the recording")
    for chapter in rule.chapters:
        found.demand([s for s in found.script.steps if s.id == chapter], f"chapter `{chapter}`")
    if not any(one.id == "recording" and one.required for one in found.script.consents):
        found.lacks("nothing may be recorded without a required consent `recording`")
    found.held("session: recorded from before the service to its end")


def on_disruption(rule: OnDisruptionRule, found: Finding) -> None:
    if rule.grace_seconds is not None:
        found.unbuilt("time of its own after which a broken call is over")
    found.held(f"session: on_disruption {rule.mode}")


def abort_on(rule: AbortOnRule, found: Finding) -> None:
    """Noticed by the teller (a blocking flag), or told by the customer (a question)."""
    if rule.delete:
        found.unbuilt("erasure of the media of an aborted visit")
    questions = [step for flag in rule.flags for step in asks(found.script, flag)]
    if questions:
        found.demand(questions, f"a question about {rule.event}", ("commit",))
        return
    blocking_flag(found, rule.flags or (rule.event,), rule.event)


def retry_limit(rule: RetryLimitRule, found: Finding) -> None:
    if rule.scope != "face" or (rule.count or 0) < MAX_ATTEMPTS:
        found.unbuilt(f"limit of {rule.count} tries of {rule.scope}")
    found.held(f"session: at most {MAX_ATTEMPTS} comparisons of the face")
