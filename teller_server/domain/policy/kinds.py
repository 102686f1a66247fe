"""The 44 kinds of rule that a pack may hold, in the order of their numbers."""

from __future__ import annotations

from . import kinds_branch as b
from . import kinds_session as s
from . import kinds_step as k
from .rules import Rule

KINDS: dict[str, type[Rule]] = {
    kind.kind: kind
    for kind in (
        b.LegalScopeRule,
        s.PlatformRule,
        b.DataResidencyRule,
        s.CryptoRule,
        s.IpPolicyRule,
        s.GeoRule,
        s.DeviceIntegrityRule,
        s.MediaQualityRule,
        k.NoticeRule,
        k.ConsentRule,
        k.DisclosureRule,
        k.AccessibilityRule,
        b.AgentProfileRule,
        b.AgentLocationRule,
        b.AssignmentRule,
        s.ParticipantsRule,
        s.SameFrameRule,
        k.IdDocumentRule,
        k.CaptureStillRule,
        k.MaskingRule,
        k.RegistryCheckRule,
        k.AuthorityCheckRule,
        k.ScreeningRule,
        k.FaceMatchRule,
        k.LivenessRule,
        s.InjectionDefenceRule,
        k.OtpRule,
        k.RandomQuestionsRule,
        k.QuestionRule,
        k.StatementRule,
        k.DocumentShownRule,
        k.SignatureRule,
        s.RecordingRule,
        s.OnDisruptionRule,
        s.AbortOnRule,
        s.RetryLimitRule,
        b.CheckerRule,
        b.EffectLimitRule,
        b.FilingRule,
        b.RejectReasonRule,
        b.NotifyRule,
        b.RetentionRule,
        b.AccessRule,
        b.AttestationRule,
    )
}
"""Kind as written in a pack → its class."""
