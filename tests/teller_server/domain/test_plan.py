"""What the rules need of each kind of step is pinned to the visit, and nothing is lost."""

from __future__ import annotations

from teller_server.domain.plan import plan
from teller_server.domain.script import StepKind
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import PlannedQuestion, PlannedStep
from tests.teller_server.domain.script_text import PARTS, SCRIPT

PLANS = {step.id: plan(step) for step in parse_script(SCRIPT, "loan.yaml", PARTS).steps}


def test_every_step_has_its_plan() -> None:
    assert {planned.kind for planned in PLANS.values()} == set(StepKind)
    assert all(planned.id == name for name, planned in PLANS.items())


def test_taps_are_asked_for_by_kind() -> None:
    yes_or_no, seen = ("agreed", "refused"), ("seen",)
    asks = {name: planned.asks for name, planned in PLANS.items() if planned.asks}
    assert asks == {
        "welcome": seen,
        "recorded": yes_or_no,
        "application": seen,
        "cost": yes_or_no,
        "contract_read": yes_or_no,
        "contract_sign": yes_or_no,
        "at_branch": seen,
    }
    acknowledged = SCRIPT.replace("acknowledge: agree", "acknowledge: seen")
    steps = parse_script(acknowledged, "loan.yaml", PARTS).steps
    assert {plan(s).asks for s in steps if s.id in ("cost", "contract_read")} == {seen}


def test_the_details_of_each_kind() -> None:
    assert PLANS["recorded"].purpose == "recording"
    assert PLANS["recorded"].on_refuse == "end"
    assert PLANS["recorded"].live_video
    assert PLANS["contract_sign"].fresh_face
    assert PLANS["contract_sign"].papers == ("contract",)
    assert PLANS["contract_sign"].when == "not above_limit and not housing"
    assert PLANS["contract_read"] == PlannedStep(
        "contract_read", StepKind.DOCUMENT, when="not above_limit", seconds=3,
        asks=("agreed", "refused"), papers=("contract",),
    )  # fmt: skip
    assert PLANS["cost"].seconds == 20
    assert PLANS["decision"].flags == ("prompted", "nervous")
    assert PLANS["decision"].blocking == ("prompted",)
    assert PLANS["at_branch"].outcome == "sign_at_branch"
    assert PLANS["check"].within == 24 * 3600
    assert PLANS["grant"].effect == "core.grant_loan"


def test_questions_and_prompts_are_what_may_be_drawn() -> None:
    questions = PLANS["questions"]
    assert (questions.purpose, questions.draw) == ("facts", 2)
    assert questions.questions == (
        PlannedQuestion("agent", expect=True, otherwise="flag", attempts=2),
        PlannedQuestion("rate", expect=False, otherwise="note", attempts=2),
    )
    presence = PLANS["guarantor_presence"]
    assert (presence.party, presence.when, presence.draw) == ("guarantor", "guaranteed", 1)
    assert [question.id for question in presence.questions] == ["turn", "count"]
    assert all(question.expect for question in presence.questions)
