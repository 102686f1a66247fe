"""What a second person reads of movements and registers: every try, its figures, its reasons."""

from __future__ import annotations

import secrets

from teller_server.desk import findings_checks
from teller_server.desk.facts import VisitFacts
from teller_server.desk.fields import FieldCipher
from teller_server.desk.findings_visit import Reading
from teller_server.domain import commands as c
from teller_server.domain.ids import SealedText
from teller_server.domain.script import ServiceScript
from tests.teller_server.domain import challenge_walk as moving
from tests.teller_server.domain import test_registers as asking
from tests.teller_server.material import TELLER, Walk

CIPHER = FieldCipher("v1", secrets.token_bytes(32))


def read(walk: Walk, script: ServiceScript, language: str = "en") -> Reading:
    return Reading(walk.at, script, VisitFacts(), walk.events, CIPHER, language)


def test_every_draw_is_there_with_what_was_measured() -> None:
    walk = moving.run(moving.run(moving.asked(), "failed"), nonce="n2")
    first, second = findings_checks.movements(read(walk, moving.script()), "customer")
    assert (first["attempt"], first["outcome"], first["digits"]) == (1, "failed", "0815")
    assert first["reason"] == "Not seen to be done"
    closer, left = first["actions"]
    assert (closer["title"], closer["outcome"], closer["measured"]) == (
        "Come closer",
        "passed",
        "17×",
    )
    assert (left["title"], left["outcome"], left["measured"]) == (
        "Turn to the left",
        "failed",
        "17°",
    )
    assert left["seen_s"] == 1.5
    assert (second["attempt"], second["outcome"], second["reason"]) == (2, "passed", None)
    assert first["at"] < closer["at"] < left["at"] < second["at"]


def test_what_was_drawn_and_never_shown_is_told_as_such() -> None:
    walk = moving.asked()
    walk.do(moving.draw(), moving.show(0), c.BreakChallenge("n1", "no_video"))
    (drawn,) = findings_checks.movements(read(walk, moving.script()), "customer")
    assert (drawn["outcome"], drawn["reason"]) == ("unusable", "No video arrived")
    assert [one["outcome"] for one in drawn["actions"]] == [None, None]
    assert [bool(one["at"]) for one in drawn["actions"]] == [True, False]


def test_spoken_tasks_have_the_teller_s_reason() -> None:
    walk = moving.asked()
    note = SealedText(CIPHER.seal("note", "颈部受伤"))
    walk.do(c.ChooseAlternative("presence", TELLER, ("count", "digits"), "4711", note))
    chosen = findings_checks.instead(read(walk, moving.script()), "customer")
    assert chosen is not None
    assert (chosen["reason"], chosen["note"]) == ("The teller chose it", "颈部受伤")
    assert findings_checks.movements(read(walk, moving.script()), "customer") == []


def test_registers_have_every_question_and_no_payload() -> None:
    walk = asking.answered("unreachable", "match")
    walk.do(c.AskRegistry("registers", TELLER, "citizen"), asking.answer("citizen", "mismatch", 2))
    found = findings_checks.registers(read(walk, asking.script()), "customer")
    assert [(one["check"], one["attempt"], one["status"]) for one in found] == [
        ("citizen", 1, "unreachable"),
        ("phone", 1, "match"),
        ("citizen", 2, "mismatch"),
    ]
    assert found[2]["reasons"] == ["The name is another"]
    assert (found[2]["title"], found[2]["reference"]) == ("Identity register", "D1")
    assert all("kept" not in one for one in found)
    assert findings_checks.registers(read(walk, asking.script()), "guarantor") == []


def test_a_question_without_an_answer_still_runs() -> None:
    found = findings_checks.registers(read(asking.asked(), asking.script(), "zh-CN"), "customer")
    assert [(one["status_title"], one["at"]) for one in found] == [("核查中", None)] * 2
