"""A reviewer reads words under every mark, in both languages: no code is left over."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from kyc.challenge import Action
from kyc.continuity import Doubt
from kyc.injection import Hint
from teller_server.desk.timeline_details import Details
from teller_server.domain.registers import OUTCOMES, REGISTERS
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state_challenge import AlternativeReason, ChallengeOutcome
from teller_server.domain.state_place import NETWORK_KINDS, WhyNoPlace
from teller_server.domain.state_words import Answer, CheckOutcome, Outcome, Verdict
from tests.teller_server.material import SCRIPT_FILE

Body = dict[str, Any]
SHOWN = {"party": "customer", "index": 1, "measured": 18.2, "seen_s": 2.44, "attempt": 2}
BODIES: list[tuple[str, Body]] = [
    *(("CheckReported", {"outcome": one, "score": 0.4712}) for one in get_args(CheckOutcome)),
    *(("CheckBroke", {"code": code}) for code in ("too_dark", "no_video", "of_a_later_release")),
    ("DocumentRead", {"side": "front", "page": ("document_blurred", "of_a_later_release")}),
    ("FieldCorrected", {"side": "front", "name": "valid_until"}),
    ("DocumentCompared", {"side": "back", "found": False, "likeness": 0.213, "code": ""}),
    ("DocumentCompared", {"side": "back", "found": False, "likeness": 0.0, "code": "no_video"}),
    *(("IdentityDecided", {"verdict": one}) for one in get_args(Verdict)),
    *(("StepAnswered", {"answer": one}) for one in get_args(Answer)),
    *(("ActionShown", {"action": one.value}) for one in Action),
    *(
        ("ActionJudged", {"action": action.value, "outcome": outcome, "reason": "not_done"})
        for action in Action
        for outcome in get_args(ChallengeOutcome)
    ),
    *(("ChallengeEnded", {"outcome": one, "reason": ""}) for one in get_args(ChallengeOutcome)),
    *(("AlternativeChosen", {"reason": one}) for one in get_args(AlternativeReason)),
    *(("face_doubt", {"doubt": one.value, "began": True}) for one in Doubt),
    *(("injection_hint", {"hint": one.value}) for one in Hint),
    *(("RegistryAsked", {"check": one}) for one in REGISTERS),
    *(
        ("RegistryAnswered", {"check": check, "outcome": outcome, "reasons": ["name_differs"]})
        for check in REGISTERS
        for outcome in OUTCOMES
    ),
    *(("ServiceEnded", {"outcome": one.value}) for one in Outcome),
    ("NetworkSeen", {"country": "", "kinds": NETWORK_KINDS, "admitted": False}),
    ("PlaceTold", {"accuracy_m": 34.6}),
    *(("PlaceDeclined", {"why": one}) for one in get_args(WhyNoPlace)),
    ("LegLost", {"cause": "silent"}),
    ("LegLost", {"cause": "of_a_later_release"}),
    ("media_state", {"audio": False, "video": False}),
]


def line(kind: str, language: str, **body: Any) -> str | None:
    script = parse_script(Path(SCRIPT_FILE).read_text("utf-8"), "simple.yaml")
    return Details(script, language).of(kind, SHOWN | body)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(("kind", "body"), BODIES)
def test_no_code_is_left_over(kind: str, body: Body, language: str) -> None:
    said = line(kind, language, **body)
    assert said
    assert "_" not in said
    letters = re.sub(r"[\d.°×· s]", "", said)
    assert bool(re.search(r"[a-z]", letters)) is (language == "en")


def test_a_judged_movement_has_its_angle_and_its_moment() -> None:
    body = {"action": "turn_left", "outcome": "passed", "reason": ""}
    assert line("ActionJudged", "en", **body) == (
        "Turn to the left · Passed · 18.2° · 2.4 s after it was shown"
    )
    assert line("ActionJudged", "zh-CN", **body) == "向左转头 · 通过 · 18.2° · 提示后 2.4 秒"


def test_a_draw_names_what_was_asked() -> None:
    body = {"actions": ["turn_left", "come_closer"], "digits": "4821"}
    assert line("ChallengeDrawn", "en", **body) == (
        "Draw 2 · Turn to the left, Come closer · Digits to read: 4821"
    )


def test_a_doubt_says_whose_and_whether_it_began_or_ended() -> None:
    began = line("face_doubt", "en", doubt="another_face", began=True)
    ended = line("face_doubt", "zh-CN", doubt="another_face", began=False)
    assert (began, ended) == ("Customer · Another face: began", "客户 · 不是同一人脸：消失")


def test_a_register_s_no_has_its_reason() -> None:
    body = {"check": "citizen", "outcome": "mismatch", "reasons": ["number_unknown"]}
    said = line("RegistryAnswered", "en", **body)
    assert said == "Identity register · Not confirmed · No such number on the register"


def test_only_a_doubt_s_beginning_and_a_hint_stand_out() -> None:
    script = parse_script(Path(SCRIPT_FILE).read_text("utf-8"), "simple.yaml")
    details = Details(script, "en")
    doubt = {"party": "customer", "doubt": "several_faces"}
    assert details.stands_out("face_doubt", doubt | {"began": True}) == (
        "Customer · More than one face"
    )
    assert details.stands_out("face_doubt", doubt | {"began": False}) is None
    assert details.stands_out("injection_hint", doubt | {"hint": "virtual_camera"}) == (
        "Customer · Virtual camera"
    )
    assert details.stands_out("LegLost", {"party": "customer", "cause": "silent"}) is None
