"""Rules that hold for the whole call, whatever the step."""

from __future__ import annotations

from dataclasses import dataclass

from . import parameters as p
from .rules import Guard, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRule(Rule):
    """A rule of the call."""

    guard = Guard.SESSION


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRule(SessionRule):
    """2. The call runs on the bank's own platform; no messenger of others is bridged in."""

    kind = "platform"
    own: bool = p.demanded()
    origin_own_domain: bool = p.demanded()
    forbid_bridges: tuple[str, ...] = p.union()


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoRule(SessionRule):
    """4. Encryption: where it ends, and that no provider between can read along."""

    kind = "crypto"
    endpoint: str = p.strictest("any", "bank")
    suites: tuple[str, ...] | None = p.shared()
    provider_decrypt: bool = p.allowed()


@dataclass(frozen=True, slots=True, kw_only=True)
class IpPolicyRule(SessionRule):
    """5. Which networks customers may come from: `allow` countries, `deny` countries and kinds.

    `block`: no ticket and no step with a live picture from elsewhere; `note`: the teller is told.
    """

    kind = "ip_policy"
    allow: tuple[str, ...] | None = p.countries()
    deny: tuple[str, ...] = p.union()
    on_hit: str = p.strictest("note", "block")


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoRule(SessionRule):
    """6. The position of the device: whether it is needed, shown, and what it may be used for.

    Asked for with `required` or `max_age_seconds`, else never. A customer may say no; with
    `required` no step with a live picture goes on then, nor with an older position, nor with one
    told before the customer dropped out and came back.
    """

    kind = "geo"
    countries: tuple[str, ...] | None = p.countries()
    required: bool = p.demanded()
    max_age_seconds: int | None = p.least()
    burn_in: bool = p.demanded()
    purposes: tuple[str, ...] | None = p.shared()

    @property
    def asks(self) -> bool:
        """Whether a position is asked for, and not only limited in its use."""
        return self.required or self.max_age_seconds is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceIntegrityRule(SessionRule):
    """7. What is done about a camera or a device that isn't real."""

    kind = "device_integrity"
    virtual_camera: str = p.strictest("ignore", "warn", "block")
    emulator: str = p.strictest("ignore", "warn", "block")
    root: str = p.strictest("ignore", "warn", "block")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaQualityRule(SessionRule):
    """8. What can be seen and heard. `live_video`: these kinds of step need a live picture."""

    kind = "media_quality"
    faces: tuple[str, ...] = p.union()
    voices: tuple[str, ...] = p.union()
    live_video: tuple[str, ...] = p.union()
    min_px: int | None = p.most()
    fps: int | None = p.most()
    lux: int | None = p.most()
    sharpness: int | None = p.most()
    audio_snr: int | None = p.most()
    on_fail: str = p.strictest("note", "redo", "pause", "abort")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantsRule(SessionRule):
    """16. Who may take part, and who has to stay in view."""

    kind = "participants"
    allowed: tuple[str, ...] | None = p.shared()
    no_prompting: bool = p.demanded()
    in_view: tuple[str, ...] = p.union()


@dataclass(frozen=True, slots=True, kw_only=True)
class SameFrameRule(SessionRule):
    """17. Whether both sides have to be in one picture."""

    kind = "same_frame"
    mode: str = p.strictest("no", "split_screen", "required")


@dataclass(frozen=True, slots=True, kw_only=True)
class InjectionDefenceRule(SessionRule):
    """26. Defence against pictures that no camera took."""

    kind = "injection_defence"
    virtual_camera: bool = p.demanded()
    media_analysis: bool = p.demanded()
    cue: bool = p.demanded()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRule(SessionRule):
    """33. What is recorded. `chapters`: steps that no visit may leave out."""

    kind = "recording"
    starts_before: str = p.strictest("end", "service", "consent")
    ends_after: str = p.strictest("service", "outcome")
    continuous: bool = p.demanded()
    tracks: tuple[str, ...] = p.union()
    stamps: tuple[str, ...] = p.union()
    edit_forbidden: bool = p.demanded()
    backup: bool = p.demanded()
    chapters: tuple[str, ...] = p.union()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDisruptionRule(SessionRule):
    """34. Whether a broken call may be taken up again."""

    kind = "on_disruption"
    mode: str = p.strictest("resume_code", "resume_chapter", "abort_fresh")
    grace_seconds: int | None = p.least()


@dataclass(frozen=True, slots=True, kw_only=True)
class AbortOnRule(SessionRule):
    """35. Something noticed that ends the visit. `delete`: the media of such a visit is erased.

    `flags`: what a teller may raise then; each blocks approval.
    """

    kind = "abort_on"
    event: str = p.key()
    flags: tuple[str, ...] = p.union()
    tell: str = p.strictest("full", "neutral")
    delete: bool = p.allowed()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLimitRule(SessionRule):
    """36. How often something may be tried."""

    kind = "retry_limit"
    scope: str = p.key()
    count: int | None = p.least()
