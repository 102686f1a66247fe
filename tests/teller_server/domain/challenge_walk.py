"""A visit whose second step is a challenge, and short words for what happens in it."""

from __future__ import annotations

from functools import cache

from teller_server.domain import commands as c
from teller_server.domain.ids import UNSAID
from teller_server.domain.script import ServiceScript
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import StepState
from tests.teller_server.material import SCRIPT_FILE, TELLER, Walk

LEAF = "ab" * 32
PROMPTS = """    prompts:
      - {id: left, ask: *words, motor: true, action: turn_left}
      - {id: closer, ask: *words, motor: true, action: come_closer}
      - {id: hand, ask: *words, motor: true, action: cover_face}
      - {id: digits, ask: *words, motor: false, digits: 4}
      - {id: count, ask: *words, motor: false}
"""
STEP = f"""  - id: presence
    kind: liveness
    draw: 2
    needs: [live_video]
    title: *words
    say: *words
    task: *words
{PROMPTS}"""
DRAWN = ("closer", "left")


def written() -> str:
    return SCRIPT_FILE.read_text("utf-8").replace(
        "  - {id: document,", f"{STEP}  - {{id: document,", 1
    )


@cache
def script() -> ServiceScript:
    return parse_script(written(), SCRIPT_FILE.name)


def asked(*, face: bool = True) -> Walk:
    """In service, with the challenge's step open; without consent its spoken tasks are drawn."""
    consents = {"recording": True, "face": face}
    walk = Walk(c.OpenVisit("v1", script(), "zh-CN", "v1", False, consents)).in_service()
    walk.through("recording_consent")
    start = c.StartStep("presence", TELLER)
    if not face:
        start = c.StartStep("presence", TELLER, ("count", "digits"), "4711")
    walk.do(start)
    return walk


def draw(
    nonce: str = "n1", drawn: tuple[str, ...] = DRAWN, digits: str = "0815"
) -> c.DrawChallenge:
    return c.DrawChallenge("presence", TELLER, nonce, drawn, digits, 6.0)


def show(index: int, nonce: str = "n1") -> c.ShowAction:
    return c.ShowAction(nonce, index, LEAF)


def judged(index: int, outcome: str = "passed", nonce: str = "n1") -> c.JudgeAction:
    reason = {"failed": "not_done", "unusable": "few_pictures"}.get(outcome, "")
    return c.JudgeAction(nonce, index, outcome, 17.0, 1.5, reason)  # type: ignore[arg-type]


def run(walk: Walk, outcome: str = "passed", nonce: str = "n1") -> Walk:
    """One challenge; its second action has this outcome."""
    walk.do(draw(nonce), show(0, nonce), judged(0, nonce=nonce))
    walk.do(show(1, nonce), judged(1, outcome, nonce))
    return walk


def seen(walk: Walk, *prompts: str) -> None:
    for prompt in prompts:
        walk.do(c.RecordAnswer("presence", TELLER, prompt, UNSAID, "expected"))


def step(walk: Walk) -> StepState:
    found = walk.at.step("presence")
    assert found is not None
    return found
