"""Sides are photographed and read: what can't be right holds a step up, a failing model not."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from teller_server.domain import commands as c
from teller_server.domain import events as e
from teller_server.domain import visit as rules
from teller_server.domain.document_findings import Known, amended, as_date, judged
from teller_server.domain.document_pages import drawn_of
from teller_server.domain.ids import SealedText
from teller_server.domain.script import IdentityDocument
from tests.teller_server.domain.test_visit import refused
from tests.teller_server.material import REASON, TELLER, Walk, opening

TODAY = date(2026, 11, 23)
NUMBER = "11010519491231002X"
WRONG = "110105194912310021"
DONE = c.CompleteStep("document", TELLER, "passed")


def asking(**how: object) -> Walk:
    """A document step that asks for more, just begun."""
    first = opening()
    steps = tuple(
        replace(step, detail=IdentityDocument(**how)) if step.id == "document" else step  # type: ignore[arg-type]
        for step in first.script.steps
    )
    walk = Walk(replace(first, script=replace(first.script, steps=steps)))
    walk.in_service().through("recording_consent")
    plan = walk.at.step("document").plan
    walk.do(c.StartStep("document", TELLER, drawn_of(plan, random.Random(1))))
    return walk


def read(side: str = "front", photo: str = "p", **problems: str) -> c.ReadDocument:
    return c.ReadDocument("document", side, photo, SealedText("sealed:read"), problems=problems)


def correct(photo: str = "p", name: str = "number", **problems: str) -> c.CorrectField:
    return c.CorrectField("document", "front", name, TELLER, photo, REASON, REASON, problems)


def test_both_sides_are_asked_for_and_a_passport_has_one() -> None:
    walk = asking(types=("resident_id", "passport"), sides=("front", "back"))
    assert refused(walk, DONE) == "document_missing"
    walk.do(c.DocumentReceived("p", "face", side="front", kind="resident_id"))
    assert refused(walk, DONE) == "document_side_missing"
    walk.do(c.DocumentReceived("p2", "face", side="front", kind="passport"), DONE)
    back = c.DocumentReceived("b", None, side="back", kind="passport")
    other = asking(types=("passport",), sides=("front", "back"))
    assert refused(other, back) == "document_side_not_expected"
    kind = c.DocumentReceived("b", None, kind="business_licence")
    assert refused(other, kind) == "document_kind_not_accepted"


def test_a_rejected_side_leaves_the_other_one_alone() -> None:
    walk = asking(sides=("front", "back"))
    walk.do(c.DocumentReceived("p", "face"), c.DocumentRejected("image_broken", side="back"))
    assert walk.at.document is not None
    assert walk.at.document.portrait == "face"
    assert walk.at.step("document").refused == {"back": "image_broken"}
    walk.do(c.DocumentReceived("b", None, side="back"), DONE)


def test_a_step_waits_for_the_reading_and_no_longer() -> None:
    walk = asking()
    walk.do(c.DocumentReceived("p", "face", reads=True))
    assert refused(walk, DONE) == "document_being_read"
    walk.do(c.ReadDocument("document", "front", "p", page=("not_read",)), DONE)


@pytest.mark.parametrize(
    ("name", "problem", "code"),
    [
        ("number", "number_check", "document_number_wrong"),
        ("valid_until", "expired", "document_expired"),
        ("credit_code", "code_check", "document_code_wrong"),
    ],
)
def test_what_can_not_be_right_is_not_passed(name: str, problem: str, code: str) -> None:
    walk = asking()
    walk.do(c.DocumentReceived("p", "face", reads=True), read(**{name: problem}))
    assert refused(walk, DONE) == code


def test_the_teller_puts_a_misread_number_right_and_the_file_says_so() -> None:
    walk = asking()
    walk.do(c.DocumentReceived("p", "face", reads=True), read(number="number_check"))
    (told,) = walk.do(correct())
    assert isinstance(told, e.FieldCorrected)
    assert (told.teller, told.name, told.before, told.after) == (TELLER, "number", REASON, REASON)
    walk.do(DONE)


def test_a_number_that_is_still_wrong_after_the_correction_is_not_passed() -> None:
    walk = asking()
    walk.do(c.DocumentReceived("p", "face", reads=True), read(number="number_check"))
    walk.do(correct(number="number_check"))
    assert refused(walk, DONE) == "document_number_wrong"


def test_a_name_that_differs_is_shown_and_holds_nobody_up() -> None:
    walk = asking()
    walk.do(c.DocumentReceived("p", "face", reads=True), read(name="name_differs"), DONE)


def test_what_was_read_of_an_earlier_photograph_is_not_heard() -> None:
    walk = asking()
    walk.do(c.DocumentReceived("p", "face", reads=True), c.DocumentReceived("q", "face"))
    assert refused(walk, read(photo="p")) == "photograph_superseded"
    assert refused(walk, c.CompareDocument("document", "front", "p")) == "photograph_superseded"
    assert refused(walk, correct("q")) == "document_being_read"


def test_there_is_no_such_field_on_this_side() -> None:
    walk = asking()
    walk.do(c.DocumentReceived("p", "face", reads=True), read())
    assert refused(walk, correct(name="credit_code")) == "no_such_field"


def test_what_is_drawn_has_its_answer_before_the_step_is_passed() -> None:
    walk = asking(types=("resident_id", "passport"), draw=2, features=2)
    drawn = walk.at.step("document").drawn
    assert len(drawn) == 6
    walk.do(c.DocumentReceived("p", "face", kind="passport"))
    assert refused(walk, DONE) == "document_not_handled"
    shown = [name for name in drawn if not name.startswith("resident_id.")]
    for name in shown[:-1]:
        walk.do(c.RecordAnswer("document", TELLER, name, REASON, "expected"))
    walk.do(c.RecordAnswer("document", TELLER, shown[-1], REASON, "unexpected"), DONE)
    assert walk.at.raised == (f"document.{shown[-1]}",)


def test_a_draw_of_another_size_is_refused() -> None:
    walk = Walk().in_service().through("recording_consent")
    assert refused(walk, c.StartStep("document", TELLER, ("tilt_upright",))) == "draw_wrong"


def test_events_of_an_earlier_release_make_of_a_visit_what_they_made_then() -> None:
    walk = asking()
    before = walk.at
    after = rules.evolve(before, e.DocumentAccepted(walk.now, "p", "face"))
    assert after == replace(before, people=after.people)
    assert after.document is not None
    assert after.document.portrait == "face"
    again = rules.evolve(after, e.DocumentRefused(walk.now, "blurred"))
    assert again.document is not None
    assert again.document.status == "rejected"


def test_a_card_is_held_against_itself_and_what_is_known() -> None:
    known = Known("李雷", NUMBER)
    good = {"name": "李 雷", "number": NUMBER, "birth": "1949-12-31", "sex": "F"}
    assert judged("resident_id", good, known, TODAY) == {}
    odd = {"name": "韩梅梅", "number": NUMBER, "birth": "1949-12-13", "sex": "M"}
    assert judged("resident_id", odd, known, TODAY) == {
        "name": "name_differs", "birth": "birth_differs", "sex": "sex_differs",
    }  # fmt: skip
    assert judged("resident_id", {"number": WRONG}, known, TODAY) == {"number": "number_check"}


def test_a_last_day_still_counts_and_no_expiry_never_ends() -> None:
    for until, found in (
        ("2026-11-22", {"valid_until": "expired"}),
        ("2026-11-23", {}),
        ("long_term", {}),
    ):
        assert judged("resident_id", {"valid_until": until}, Known(), TODAY) == found


def test_a_chinese_name_is_not_compared_with_its_letters() -> None:
    page = {"surname": "PRYCE", "given": "OWEN"}
    assert judged("passport", page, Known("韩梅梅"), TODAY) == {}
    assert judged("passport", page, Known("Owen Pryce"), TODAY) == {}
    assert judged("passport", page, Known("Tom Jones"), TODAY) == {"surname": "name_differs"}


def test_a_correction_settles_what_hung_on_the_field_and_nothing_else() -> None:
    before = {"number": "number_check", "birth": "birth_differs", "address": "unsure"}
    values = {"number": NUMBER, "birth": "1949-12-31"}
    found = amended("resident_id", before, "number", values, Known(), TODAY)
    assert found == {"address": "unsure"}
    lines = {"number": "number_check"}
    assert amended("passport", lines, "given", {"given": "OWEN"}, Known(), TODAY) == lines


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2030.01.31", "2030-01-31"),
        ("2030年1月31日", "2030-01-31"),
        ("20300131", "2030-01-31"),
        ("长期", "long_term"),
        ("2030-02-31", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_day_is_understood_as_people_write_it(written: str, day: str | None) -> None:
    assert as_date(written) == day
