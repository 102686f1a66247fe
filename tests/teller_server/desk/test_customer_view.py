"""What a party's page is given, and what it is given no longer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from teller_server.desk.facts import VisitFacts
from teller_server.desk.views import scene as scenes
from teller_server.desk.views.customer import customer_view
from teller_server.desk.views.scene import BranchFacts, VisitScene
from teller_server.desk.views.teller_step import step_lines
from teller_server.domain import commands as c
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import Effect, Outcome
from tests.teller_server.domain.counter_walk import (
    FILE,
    TO_THE_SIGNATURE,
    joined,
    passed,
    script,
    walk,
)
from tests.teller_server.material import TELLER, Walk

BRANCH = BranchFacts("Model Bank", True, "9:00-17:00", None)
BRING = "items: [{zh-CN: 身份证原件, en: Identity card}, {zh-CN: 收入证明, en: Proof of pay}]"


def view(at: Walk, party: str = "customer") -> dict[str, Any]:
    text = FILE.read_text("utf-8").replace("items: [*words]", BRING)
    bringing = parse_script(text, FILE.name)
    scene = VisitScene(at.at, bringing, at.now, 0.0, facts=VisitFacts())
    return customer_view(BRANCH, scene, party)


def handed_over() -> Walk:
    at = passed(walk(big=True), *TO_THE_SIGNATURE, "rest", "decision")
    at.do(c.EndService(TELLER, Outcome.DONE))
    return at


def test_the_receipt_says_what_to_bring_to_the_branch_under_which_number() -> None:
    receipt = view(handed_over())["receipt"]
    assert receipt["items"] == ["身份证原件", "收入证明"]
    assert receipt["reference"]


@pytest.mark.parametrize(
    ("effect", "title"),
    [
        (Effect.NONE, "已受理，尚未确认办理结果"),
        (Effect.PENDING, "已受理，尚未确认办理结果"),
        (Effect.DEAD_LETTERED, "已受理，尚未确认办理结果"),
        (Effect.CANCELLED, "本次变更未办理，已撤回"),
        (Effect.COMMITTED, "办理完成"),
    ],
)
def test_nothing_is_called_done_before_the_banks_system_has_said_so(
    effect: Effect, title: str
) -> None:
    at = passed(walk(), *TO_THE_SIGNATURE, "sign", "decision")
    at.do(c.EndService(TELLER, Outcome.DONE))
    at.visit = replace(at.at, effect=effect, outcome=Outcome.DONE)
    assert view(at)["receipt"]["outcome_title"] == title


def test_nobody_is_told_to_bring_anything_where_nothing_was_handed_over() -> None:
    at = passed(walk(), *TO_THE_SIGNATURE, "sign", "decision")
    at.do(c.EndService(TELLER, Outcome.DONE))
    receipt = view(at)["receipt"]
    assert (receipt["items"], receipt["reference"]) == ([], None)


def test_a_guest_has_no_errands_of_the_customers() -> None:
    assert view(handed_over(), "guarantor")["receipt"]["items"] == []


def test_a_guest_who_was_let_go_sees_nothing_of_what_is_done_then() -> None:
    at = passed(walk(), "consent")
    at.do(c.StartStep("ask", TELLER, ("own", "told")))
    present = view(joined(at), "guarantor")
    at.do(c.DismissGuest("guarantor", TELLER))
    left = view(at, "guarantor")
    assert (present["left"], present["step"]["id"]) == (False, "ask")
    assert (left["left"], left["step"], left["call"]) == (True, None, None)
    assert view(at)["step"]["id"] == "ask"


def test_values_are_worked_out_once_a_scene_and_language(monkeypatch: Any) -> None:
    asked: list[str] = []
    known = scenes.shown_values

    def counted(facts: Any, script: Any, language: str) -> dict[str, str]:
        asked.append(language)
        return known(facts, script, language)

    monkeypatch.setattr(scenes, "shown_values", counted)
    at = walk()
    scene = VisitScene(at.at, script(), at.now, 0.0, teller_name="王敏", facts=VisitFacts())
    lines = step_lines(scene, "zh-CN") + step_lines(scene, "zh-CN") + step_lines(scene, "en")
    assert len(lines) == 3 * len(script().steps)
    assert asked == ["zh-CN", "en"]
    assert scene.values("en")["teller.name"] == "王敏"
