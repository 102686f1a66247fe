"""A script is used as it is written, or its author is told on which line it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from teller_server.domain.errors import ScriptInvalid
from teller_server.domain.script import LANGUAGES, StepKind
from teller_server.domain.script_reader import parse_script, read_script
from tests.teller_server.material import SCRIPT_FILE, STEPS, script

TEXT = SCRIPT_FILE.read_text(encoding="utf-8")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ScriptInvalid) as caught:
        parse_script(text, "bad.yaml")
    found = list(caught.value.problems)
    assert found == sorted(found)
    first_line, first_words = found[0]
    assert str(caught.value).startswith(f"bad.yaml:{first_line}: {first_words}")
    return found


def test_the_service_of_the_branch_is_complete_in_both_languages() -> None:
    service = script()
    assert tuple(step.id for step in service.steps) == STEPS
    assert service.steps[0].kind is StepKind.CONSENT_ALOUD
    assert service.effect == "core.change_details"
    for language in LANGUAGES:
        for step in service.steps:
            assert step.title[language]
            assert step.say[language]
            assert step.task[language]
    assert service.steps[0].say["zh-CN"].startswith("您好，我是")
    assert "是您本人自愿办理" in service.step("confirmation").say["zh-CN"]
    assert [consent.id for consent in service.consents] == ["recording", "face"]


def test_the_digest_names_the_file_exactly(tmp_path: Path) -> None:
    copy = tmp_path / "copy.yaml"
    copy.write_text(TEXT, encoding="utf-8")
    assert read_script(copy) == script()
    copy.write_text(TEXT + "# later\n", encoding="utf-8")
    assert read_script(copy).digest != script().digest


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: face_match", "kind: fac_match", "`fac_match` is none of"),
        ("max_length: 120", "max_length: many", "a whole number from 1 to 500"),
        ("      en: Identity document\n", "", "`en` is missing"),
        ("    needs: [live_video]\n", "    needs: [live_vdeo]\n", "`live_vdeo` is none of"),
        ("  - id: document\n", "  - id: document\n    colour: red\n", "unknown key `colour`"),
        ("  - id: document\n", "  - id: Identity Document\n", "is not a name"),
        ("review: none", "review: maybe", "`maybe` is none of"),
        ("    required: true", "    required: perhaps", "`true` or `false`"),
        ("        type: text\n", "", "`type` is missing"),
        ("version: 1", "version: 1\nversion: 2", "`version` is given twice"),
        ("      - name: occupation", "      - name: address", "field `address` is given twice"),
        ("  - id: face\n    kind", "  - id: document\n    kind", "step `document` is given twice"),
    ],
)
def test_a_mistake_is_pointed_at(old: str, new: str, said: str) -> None:
    assert old in TEXT
    broken = TEXT.replace(old, new, 1)
    around = line_of(TEXT, old)
    found = problems(broken)
    assert any(said in words and abs(line - around) <= 2 for line, words in found), found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: consent_aloud", "kind: confirm", "first step must be a `consent_aloud`"),
        ("kind: teller_decision", "kind: confirm", "last step must be a `teller_decision`"),
        ("kind: identity_document", "kind: confirm", "needs an `identity_document` before it"),
        ("  - id: face\n    required", "  - id: photo\n    required", "needs a consent `face`"),
        ("  - id: recording\n", "  - id: taping\n", "a required consent `recording`"),
        ("parties: [customer, teller]", "parties: [customer]", "always take part"),
    ],
)
def test_what_no_single_line_tells_is_checked_too(old: str, new: str, said: str) -> None:
    assert any(said in words for _, words in problems(TEXT.replace(old, new, 1)))


def test_all_mistakes_are_told_at_once() -> None:
    broken = TEXT.replace("review: none", "review: maybe").replace("minutes: 8", "minutes: soon")
    assert len(problems(broken)) == 2


@pytest.mark.parametrize("text", ["", "a: [", "- just\n- a list\n", "\t", "{}", "a: &x 1\nb: *y"])
def test_what_is_no_script_at_all_is_told_as_well(text: str) -> None:
    assert problems(text)


def test_a_field_says_why_a_value_will_not_do() -> None:
    address, occupation = script().step("details").fields
    assert address.error("杭州市西湖区文三路1号") is None
    assert address.error("  ") == "empty"
    assert address.error("长" * 121) == "too_long"
    assert address.error("a\x00b") == "control_character"
    assert occupation.error("office") is None
    assert occupation.error("pirate") == "not_an_option"
