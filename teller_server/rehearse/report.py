"""What a rehearsal found, and whether it holds. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PARTIES = ("customer", "teller")
RECORDED_SHARE = 0.98
"""Of what a party sent, what must be in its recording: all but a burst at the edge of the call."""
RECEIVED_SHARE = 0.8
"""Of what the far side sent, what must have been shown: the first second may lack its keyframe."""


@dataclass(frozen=True, slots=True)
class Streams:
    """One party's whole frames: sent by it, decoded by it from the far side, found recorded."""

    video_sent: int = 0
    audio_sent: int = 0
    video_received: int = 0
    audio_received: int = 0
    video_recorded: int = 0
    audio_recorded: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """One rehearsal. `failure` is the code of what ended it early, with words in `detail`."""

    visit: str | None = None
    evidence: str | None = None
    verdict: str | None = None  # complete | interrupted | damaged
    verdict_detail: str = ""
    outcome: str | None = None
    effect: str | None = None
    face: str | None = None
    first_frame_ms: int | None = None
    seal_ms: int | None = None
    call_s: float | None = None
    parties: Mapping[str, Streams] = field(default_factory=dict)
    failure: str | None = None
    detail: str = ""

    @property
    def verified(self) -> bool:
        """Whether the witness called the evidence complete."""
        return self.verdict == "complete"

    @property
    def failures(self) -> tuple[str, ...]:
        """Stable codes of everything that doesn't hold; empty when the rehearsal passed."""
        if self.failure is not None:
            return (self.failure,)
        found = {
            "visit_not_done": self.outcome != "done",
            "effect_not_committed": self.effect != "committed",
            "first_frame_missing": self.first_frame_ms is None,
            "seal_missing": self.seal_ms is None,
            "evidence_not_verified": not self.verified,
        }
        return (*(code for code, there in found.items() if there), *self._stream_failures())

    def _stream_failures(self) -> list[str]:
        found = []
        for party, other in (PARTIES, PARTIES[::-1]):
            own, far = self.parties.get(party, Streams()), self.parties.get(other, Streams())
            for kind in ("video", "audio"):
                sent = getattr(own, f"{kind}_sent")
                recorded = getattr(own, f"{kind}_recorded")
                received = getattr(own, f"{kind}_received")
                far_sent = getattr(far, f"{kind}_sent")
                if not sent or not RECORDED_SHARE * sent <= recorded <= sent:
                    found.append(f"{party}_{kind}_not_recorded")
                if not far_sent or received < RECEIVED_SHARE * far_sent:
                    found.append(f"{party}_{kind}_not_received")
        return found

    def as_json(self) -> str:
        """One line of JSON for machines."""
        parties = {
            party: {
                name: getattr(self.parties.get(party, Streams()), name)
                for name in Streams.__dataclass_fields__
            }
            for party in PARTIES
        }
        plain: dict[str, Any] = {
            "ok": not self.failures,
            "failures": list(self.failures),
            "detail": self.detail,
            "visit": self.visit,
            "evidence": self.evidence,
            "verified": self.verified,
            "verdict": self.verdict,
            "outcome": self.outcome,
            "effect": self.effect,
            "face": self.face,
            "first_frame_ms": self.first_frame_ms,
            "seal_ms": self.seal_ms,
            "call_s": self.call_s,
            "parties": parties,
        }
        return json.dumps(plain, ensure_ascii=False)

    def as_lines(self) -> list[str]:
        """The same for people."""
        lines = []
        if self.visit:
            lines.append(f"visit        {self.visit}  {self.outcome}, effect {self.effect}")
        if self.face:
            lines.append(f"face match   {self.face}")
        if self.first_frame_ms is not None:
            lines.append(f"first frame  {self.first_frame_ms} ms after the later offer")
        for party in PARTIES:
            own = self.parties.get(party)
            if own:
                lines.append(
                    f"{party:<12} sent {own.video_sent} pictures, {own.audio_sent} sounds;"
                    f" recorded {own.video_recorded}, {own.audio_recorded};"
                    f" saw {own.video_received}, heard {own.audio_received}"
                )
        if self.seal_ms is not None:
            lines.append(f"seal         {self.seal_ms} ms after the wrap-up")
        if self.verdict:
            lines.append(f"evidence     {self.verdict}  {self.verdict_detail}".rstrip())
            lines.append(f"             {self.evidence}")
        if self.failures:
            why = f": {self.detail}" if self.detail else ""
            lines.append(f"FAILED       {', '.join(self.failures)}{why}")
        else:
            lines.append("PASSED")
        return lines
