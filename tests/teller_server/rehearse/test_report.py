"""A rehearsal passes only if all holds, and says what doesn't."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_server.rehearse.report import PARTIES, Report, Streams

FULL = Streams(500, 1000, 490, 990, 500, 1000)
GOOD = Report(
    visit="visit-1",
    evidence="/kept/2026/11/23/rec-1",
    verdict="complete",
    outcome="done",
    effect="committed",
    face="passed, score 0.86",
    first_frame_ms=412,
    seal_ms=380,
    call_s=20.1,
    parties={"customer": FULL, "teller": FULL},
)


def test_all_holds() -> None:
    assert GOOD.failures == ()
    assert GOOD.as_lines()[-1] == "PASSED"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"outcome": "aborted_technical"}, "visit_not_done"),
        ({"effect": "pending"}, "effect_not_committed"),
        ({"first_frame_ms": None}, "first_frame_missing"),
        ({"seal_ms": None}, "seal_missing"),
        ({"verdict": "interrupted"}, "evidence_not_verified"),
        ({"verdict": None}, "evidence_not_verified"),
    ],
)
def test_each_thing_that_must_hold(change: dict[str, object], code: str) -> None:
    bad = replace(GOOD, **change)  # type: ignore[arg-type]
    assert bad.failures == (code,)
    assert code in bad.as_lines()[-1]


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("kind", ["video", "audio"])
def test_what_was_sent_must_be_recorded_and_shown(party: str, kind: str) -> None:
    sent = getattr(FULL, f"{kind}_sent")
    for recorded in (0, int(sent * 0.97), sent + 1):
        short = replace(FULL, **{f"{kind}_recorded": recorded})
        bad = replace(GOOD, parties={**GOOD.parties, party: short})
        assert bad.failures == (f"{party}_{kind}_not_recorded",)
    unseen = replace(FULL, **{f"{kind}_received": sent // 2})
    bad = replace(GOOD, parties={**GOOD.parties, party: unseen})
    assert bad.failures == (f"{party}_{kind}_not_received",)


def test_a_clip_without_a_face_is_the_reason_given() -> None:
    failed = Report(visit="visit-1", failure="no_face", detail="no face in the photograph")
    assert failed.failures == ("no_face",)
    assert failed.as_lines()[-1].startswith("FAILED")
    assert "no_face" in failed.as_lines()[-1]


def test_the_json_object_has_what_is_promised() -> None:
    said = json.loads(GOOD.as_json())
    assert said["ok"] is True
    assert said["verified"] is True
    assert {"visit", "evidence", "first_frame_ms", "seal_ms"} <= said.keys()
    promised = {"video_sent", "video_recorded", "audio_sent", "audio_recorded"}
    assert all(promised <= said["parties"][party].keys() for party in PARTIES)


numbers = st.integers(0, 2000)
streams = st.builds(Streams, **{field.name: numbers for field in fields(Streams)})


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(PARTIES, streams)))
def test_any_count_can_be_told(parties: dict[str, Streams]) -> None:
    report = replace(GOOD, parties=parties)
    said = json.loads(report.as_json())
    assert said["ok"] == (not report.failures)
    assert "\n" not in report.as_json()
    assert report.as_lines()
