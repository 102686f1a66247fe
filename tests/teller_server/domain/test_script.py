"""A script is used as it is written, or its author is told on which line it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from teller_server.domain.errors import Problem, ScriptInvalid
from teller_server.domain.script import CUSTOMER, Questions, ServiceScript, Sign, StepKind
from teller_server.domain.script_reader import parse_script, read_script
from tests.teller_server.domain.script_text import IDENTITY, PARTS, SCRIPT


def small_loan(text: str = SCRIPT, identity: str = IDENTITY) -> ServiceScript:
    return parse_script(text, "loan.yaml", {"parts/identity": identity})


def problems(text: str = SCRIPT, identity: str = IDENTITY) -> tuple[Problem, ...]:
    with pytest.raises(ScriptInvalid) as caught:
        small_loan(text, identity)
    found = caught.value.problems
    assert (
        str(caught.value).splitlines()[0] == f"{found[0].source}:{found[0].line}: {found[0].what}"
    )
    assert list(found) == sorted(found, key=lambda p: (p.source != "loan.yaml", p))
    return found


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_script_with_every_kind_of_step_is_read() -> None:
    script = small_loan()
    assert {step.kind for step in script.steps} == set(StepKind)
    assert [guest.party for guest in script.guests] == ["guarantor"]
    assert script.papers["contract"]["en"] == "Loan contract"
    assert script.intake[1].type == "money"
    assert script.limits is not None
    assert script.limits.days == 30
    pool = script.step("questions").detail
    assert isinstance(pool, Questions)
    assert (pool.draw, pool.shuffle, pool.pool[0].expect) == (2, True, "no")
    assert pool.pool[1].answer.error("4.35") is None
    assert pool.pool[1].answer.error("4.355") == "not_a_number"
    signing = script.step("contract_sign")
    assert isinstance(signing.detail, Sign)
    assert signing.needs == {"live_video", "fresh_face"}
    assert script.step("application").fields[1].before == "phone"


def test_a_part_stands_in_its_place_for_each_party_that_needs_it() -> None:
    script = small_loan()
    ids = [step.id for step in script.steps]
    assert ids[2:6] == ["document", "face", "presence", "will"]
    first = ids.index("guarantor_document")
    assert ids[first : first + 4] == [f"guarantor_{name}" for name in ids[2:6]]
    own, theirs = script.step("will"), script.step("guarantor_will")
    assert (own.party, theirs.party) == (CUSTOMER, "guarantor")
    assert (own.source, theirs.source) == ("parts/identity.yaml", "parts/identity.yaml")
    assert own.line == theirs.line == line_of(IDENTITY, "id: will")
    assert "will.free" in own.say["en"]
    assert "guarantor_will.free" in theirs.say["en"], "texts of a part speak of its own steps"


def test_a_guests_steps_take_place_only_where_the_guest_does() -> None:
    script = small_loan(
        SCRIPT.replace("prefix: guarantor_}", "prefix: guarantor_, when: not housing}")
    )
    when = script.step("guarantor_face").when
    assert when is not None
    assert when.text == "guaranteed and not housing"
    assert small_loan().step("face").when is None


def test_a_part_may_include_a_part() -> None:
    parts = {
        "parts/both": "steps:\n  - include: parts/identity\n    with: {prefix: own_}\n",
        **PARTS,
    }
    text = SCRIPT.replace("  - include: parts/identity\n  -", "  - include: parts/both\n  -", 1)
    script = parse_script(text, "loan.yaml", parts)
    assert [step.id for step in script.steps][2:4] == ["own_document", "own_face"]


def test_the_digest_names_the_file_and_its_parts(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "identity.yaml").write_text(IDENTITY, encoding="utf-8")
    copy = tmp_path / "copy.yaml"
    copy.write_text(SCRIPT, encoding="utf-8")
    read = read_script(copy)
    assert read.digest == small_loan().digest
    assert small_loan(SCRIPT + "# later\n").digest != read.digest
    assert small_loan(identity=IDENTITY + "# later\n").digest != read.digest
    unused = parse_script(SCRIPT, "loan.yaml", {**PARTS, "parts/other": "steps: []"})
    assert unused.digest == read.digest


MISTAKES = [
    ("kind: form", "kind: frm", "`frm` is none of"),
    ("kind: form", "kind: confirm", "`confirm` is now `disclosure` with `acknowledge: agree`"),
    ("seconds: 20", "seconds: long", "a whole number from 0 to 600"),
    ("title: {zh-CN: 申请, en: Application}", "title: {zh-CN: 申请}", "`en` is missing"),
    ("needs: [live_video]", "needs: [live_vdeo]", "`live_vdeo` is none of"),
    ("needs: [live_video]", "needs: [second_person]", "`second_person` is gone; a `checker_dec"),
    ("    topic: total_cost", "    topic: total_cost\n    colour: red", "unknown key `colour`"),
    ("id: cost", "id: The Cost", "is not a name"),
    ("required: true\n    title", "required: perhaps\n    title", "`true` or `false`"),
    ("version: 3", "version: 3\nversion: 4", "`version` is given twice"),
    ("{name: phone, type: phone", "{name: amount, type: phone", "field `amount` is given twice"),
    ("- id: rate", "- id: agent", "question `agent` is given twice"),
    ("- id: cost", "- id: code", "step `code` is given twice"),
    ("- id: cost", "- id: teller", "`teller` has a meaning of its own"),
    ('expect: "no"', "expect: maybe", "`maybe` is not a possible answer"),
    ("draw: 2", "draw: 3", "only 2 are there to draw from"),
    ('        expect: "no"\n', "", "`otherwise: flag` needs an `expect`"),
    ("otherwise: flag", "otherwise: note", "`flag` needs `otherwise: flag`"),
    ("type: number, decimals", "type: choice, decimals", "a `choice` needs `options`"),
    ("low: 1000, high: 500000", "low: 1000, high: 10", "`low` is above `high`"),
    ("type: phone, before", "type: phone, low: 3, before", "only number and money can have `low`"),
    ("to: application.phone", "to: application.fax", "no field of a form before this step"),
    ("to: application.phone", "to: application.amount", "is no phone number"),
    ("include: parts/identity\n    with", "include: parts/nothing\n    with", "there is no part"),
    ("prefix: guarantor_}", "prefix: guarantor_, colour: red}", "unknown key `colour`"),
    ("party: guarantor, prefix", "party: spouse, prefix", "`spouse` is none of the `guests`"),
    ("{party: guarantor, title", "{party: teller, title", "`teller` always takes part"),
    ("paper: contract", "paper: minutes", "`minutes` is none of the `papers`"),
    ("paper: contract", "paper: minutes", "`contract` must be shown by a `document` step"),
    ("when: not above_limit\n", "when: housing\n", "`contract` must be shown by a `document`"),
    ("when: above_limit", "when: above_limt", "`above_limt` in `when` is none of the"),
    ("when: above_limit", "when: above_limit or", "this is not a condition"),
    ("when: guaranteed", "when: garanteed", "`garanteed` is none of the `conditions`"),
    (
        "  - include: parts/identity\n  - id",
        "  - include: parts/identity\n    with: {when: helped}\n  - id",
        "`helped` depends on `questions.agent`, which is only known after this step",
    ),
    ("intake.purpose ==", "intake.purpos ==", "nothing collects `intake.purpos`"),
    ("== 'housing'", "== 'house'", "`intake.purpose` can never be 'house'"),
    ("amount > 200000", "amount > 'much'", "`application.amount` can never be 'much'"),
    ("questions.agent == true", "questions.rate", "is no yes-or-no answer"),
    ("{{ teller.name }}. Do", "{{ teller.nme }}. Do", "unknown name `teller.nme`"),
    ("{{ teller.name }}. Do", "{{ teller.name }. Do", "unexpected '}'"),
    ("{{ teller.name }}. Do", "{{ application.amount }}. Do", "is only known after this step"),
    ("{{ branch.name }} records", "{{ teller.name }} records", "isn't known before the call"),
    ("en: Small loan", 'en: "{{ branch.name }} loan"', "can't contain values"),
    ("the old number {{ before.phone }}", "the old {{ before.fax }}", "name `before.fax`"),
    ("hours: 24", "hours: 0", "a whole number from 1 to 720"),
    ("hours: 24, title", "hours: 24, party: guarantor, title", "belongs to no guest"),
    ("kind: teller_decision", "kind: notice\n    seconds: 1", "last step of the call must be"),
    ("purpose: recording", "purpose: photos", "must be a `consent` to `recording`"),
    ("on_refuse: end\n    if_refused", "on_refuse: continue\n    if_refused", "a no is the end"),
    ("  - id: face\n    required", "  - id: photo\n    required", "needs a consent `face`"),
    ("  - id: recording\n", "  - id: taping\n", "a required consent `recording`"),
]


@pytest.mark.parametrize(("old", "new", "said"), MISTAKES)
def test_a_mistake_is_pointed_at(old: str, new: str, said: str) -> None:
    assert old in SCRIPT
    found = problems(SCRIPT.replace(old, new, 1))
    assert any(said in problem.what for problem in found), found


@pytest.mark.parametrize(
    ("old", "new", "said", "below"),
    [
        ("kind: form", "kind: frm", "is none of", 0),
        ("seconds: 20", "seconds: long", "whole number", 0),
        ("the old number {{ before.phone }}", "the {{ before.fax }}", "`before.fax`", 0),
        ("The amount is {{", "{% if %}The amount is {{", "Expected an expression", 0),
        ("{{ teller.name }}. Do", "{{ teller.nme }}. Do", "teller.nme", 0),
        ("kind: face_match", "kind: notice\n    seconds: 2", "unknown key `alternative`", 2),
    ],
)
def test_the_line_is_exact(old: str, new: str, said: str, below: int) -> None:
    whole, part = SCRIPT, IDENTITY
    if old in part:
        found = problems(whole, part.replace(old, new, 1))
        expected = ("parts/identity.yaml", line_of(part, old) + below)
    else:
        found = problems(whole.replace(old, new, 1))
        expected = ("loan.yaml", line_of(whole, old) + below)
    assert expected in {(p.source, p.line) for p in found if said in p.what}, found


def test_all_mistakes_are_told_at_once_and_each_once() -> None:
    broken = SCRIPT.replace("version: 3", "version: x").replace("minutes: 20", "minutes: soon")
    found = problems(broken, IDENTITY.replace("motor: false", "motor: no_idea"))
    assert [p.source for p in found] == ["loan.yaml", "loan.yaml", "parts/identity.yaml"]


def test_a_face_is_never_compared_before_its_own_document() -> None:
    start, end = IDENTITY.index("  - id: document"), IDENTITY.index("  - id: face")
    found = problems(identity="steps:\n" + IDENTITY[end:])
    assert sum("needs an `identity_document` of the same party" in p.what for p in found) == 2
    sometimes = IDENTITY[start:end].replace("types:", "when: housing\n    types:")
    found = problems(identity="steps:\n" + sometimes + IDENTITY[end:])
    assert sum("needs an `identity_document` of the same party" in p.what for p in found) == 2


def test_the_end_has_its_order() -> None:
    lines = SCRIPT.splitlines(keepends=True)
    *rest, check, commit = lines
    assert any("at the end" in p.what for p in problems("".join([*rest, commit, check])))
    assert any("at the end" in p.what for p in problems("".join([*rest, check, check, commit])))
    assert small_loan("".join([*rest, commit])).steps[-1].kind is StepKind.COMMIT
    early = SCRIPT.replace(
        "  - id: cost\n", check.replace("check,", "early,") + "  - id: cost\n", 1
    )
    assert any("stands after the `teller_decision`" in p.what for p in problems(early))


def test_a_part_that_includes_itself_ends() -> None:
    parts = {**PARTS, "parts/loop": "steps:\n  - include: parts/loop\n"}
    text = SCRIPT.replace("  - include: parts/identity\n  -", "  - include: parts/loop\n  -", 1)
    with pytest.raises(ScriptInvalid, match="includes itself"):
        parse_script(text, "loan.yaml", parts)


def test_sixty_steps_are_the_most() -> None:
    notice = SCRIPT[SCRIPT.index("  - id: welcome") : SCRIPT.index("  - id: recorded")]
    many = "".join(notice.replace("welcome", f"welcome_{n}") for n in range(60))
    found = problems(SCRIPT.replace("steps:\n", "steps:\n" + many, 1))
    assert any("more than 60 steps" in p.what for p in found)


@pytest.mark.parametrize(
    "text",
    ["", "a: [", "- just\n- a list\n", "\t", "{}", "a: &x 1\nb: *y", "a: &x [*x]", "[" * 3000,
     "a: \x00", 'a: "\\U00ffffff"', "--- a\n--- b\n", "%YAML 9.9\n--- a", "steps: 3", "? [a]\n: b"],
)  # fmt: skip
def test_what_is_no_script_at_all_is_told_as_well(text: str) -> None:
    assert problems(text)


def test_a_small_file_can_not_grow_huge_by_aliases() -> None:
    text = "a: &a [1, 1]\n"
    for name, below in zip("bcdef", "abcde", strict=True):
        text += f"{name}: &{name} [{', '.join(['*' + below] * 200)}]\n"
    assert any("too much for one file" in p.what for p in problems(text))


SHOWN_AGAIN = """\
  - id: read_again
    kind: document
    paper: contract
    seconds: 3
    acknowledge: seen
    title: {zh-CN: 再看合同, en: The contract again}
    say: {zh-CN: 请阅读, en: Please read}
    task: {zh-CN: 请阅读, en: Please read}
"""


@pytest.mark.parametrize("when", ["", "    when: not above_limit\n", "    when: guaranteed\n"])
def test_a_paper_is_not_shown_again_once_it_was_signed(when: str) -> None:
    """Set anew it would lose its signatures, for whoever reads it."""
    again = SHOWN_AGAIN.replace("    title", f"{when}    title", 1)
    text = SCRIPT.replace("  - id: at_branch\n", f"{again}  - id: at_branch\n", 1)
    (found,) = problems(text)
    assert found.what == "`contract` is signed in `contract_sign`; set anew it would lose that"
    assert found.line == line_of(text, "  - id: read_again")


def test_a_paper_is_shown_again_where_it_was_not_signed() -> None:
    again = SHOWN_AGAIN.replace("    title", "    when: above_limit\n    title", 1)
    small_loan(SCRIPT.replace("  - id: at_branch\n", f"{again}  - id: at_branch\n", 1))
    small_loan(
        SCRIPT.replace("  - id: contract_sign\n", f"{SHOWN_AGAIN}  - id: contract_sign\n", 1)
    )


def test_what_not_signing_means_may_be_said() -> None:
    assert small_loan().step("contract_sign").detail.if_refused == {}  # type: ignore[union-attr]
    said = (
        "    if_refused: {zh-CN: 可到网点签署, en: Sign at a branch}\n    needs: [live_video, fresh"
    )
    text = SCRIPT.replace("    needs: [live_video, fresh", said, 1)
    detail = small_loan(text).step("contract_sign").detail
    assert isinstance(detail, Sign)
    assert detail.if_refused["en"] == "Sign at a branch"
    half = text.replace(", en: Sign at a branch}", "}", 1)
    assert "`en` is missing" in problems(half)[0].what
