"""A description that can't be used says why, at the line; one that can asks for what it says."""

from __future__ import annotations

import pytest

from teller_server.domain.errors import Outage, Refusal
from teller_server.systems.description_reader import (
    DescriptionInvalid,
    parse_description,
    read_description,
)
from teller_server.systems.templates import fill, fill_path
from tests.teller_server.systems.banks import SAMPLE

SOUND = (SAMPLE / "description.yaml").read_text(encoding="utf-8")


def problems(text: str) -> list[str]:
    with pytest.raises(DescriptionInvalid) as raised:
        parse_description(text, "bank.yaml")
    return str(raised.value).splitlines()


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(SOUND.splitlines(), 1) if text in line)


def test_the_sample_description_is_sound() -> None:
    told = parse_description(SOUND, "bank.yaml")
    assert set(told.effects) == {
        "core.change_details",
        "core.loan_interview",
        "core.open_account",
        "core.stop",
    }
    assert (told.connect_seconds, told.total_seconds) == (2, 10)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("method: DELETE", "method: REMOVE", "`REMOVE` is none of"),
        ("total: 10", "total: 3600", "a whole number from 1 to 30"),
        ("base: http://127.0.0.1:9090/v1", "base: http://bank.example/v1", "https is needed"),
        ("base: http://127.0.0.1:9090/v1", "base: bank", "not an address"),
        ("/customers/{reference}", "/customers/{document}", "`{document}` can't be in a path"),
        ('"{body.application}"', '"{boddy.application}"', "`{boddy}` is none of"),
        ('"{at}"', '"{at"', "a brace belongs to no placeholder"),
        ('{id_number: "{document}"}', "{id_number: {document}}", "in quotes"),
        ("GRANTED: granted", "GRANTED: rich", "`rich` is none of"),
        ("WITHDRAWN: core_withdrawn", "WITHDRAWN: gone", "`gone` is none of"),
        ("bank: Sample bank", "bnak: Sample bank", "unknown key `bnak`"),
        ("core.open_account:", "Open account:", "`Open account` is not a name"),
        ("path: /customers/search", "path: /customers/search?all=1", "has no query"),
    ],
)
def test_a_mistake_is_named_at_its_line(old: str, new: str, says: str) -> None:
    said = problems(SOUND.replace(old, new, 1))
    assert f"bank.yaml:{line_of(old)}: " in said[0]
    assert any(says in line for line in said)


def test_what_changes_something_is_not_asked_for_by_get() -> None:
    for change in (
        SOUND.replace("method: DELETE", "method: GET"),
        SOUND.replace("commit:\n      method: POST", "commit:\n      method: GET", 1),
    ):
        assert any("GET changes nothing" in line for line in problems(change))


def test_every_mistake_is_named_at_once() -> None:
    said = problems(SOUND.replace("method: DELETE", "method: X").replace("total: 10", "total: 99"))
    assert len(said) == 2


@pytest.mark.parametrize("text", ["", "a: [", "- list", "bank: x"])
def test_what_is_no_description_is_refused(text: str) -> None:
    assert problems(text)[0].startswith("bank.yaml:")


def test_a_missing_file_is_the_operators_business() -> None:
    with pytest.raises(Outage, match="core_description_missing"):
        read_description(SAMPLE / "nowhere.yaml")


def test_a_value_stays_what_it_is_and_can_not_become_structure() -> None:
    values = {"body": {"amount": 150000, "note": '", "admin": true, "x": "'}}
    told = {"amount": "{body.amount}", "text": "CNY {body.amount}", "note": "{body.note}"}
    assert fill(told, values) == {
        "amount": 150000,
        "text": "CNY 150000",
        "note": '", "admin": true, "x": "',
    }


def test_what_is_optional_is_left_out_and_what_is_needed_is_missed() -> None:
    assert fill({"a": "{body.a?}", "b": ["{body.b?}", 1]}, {"body": {}}) == {"b": [1]}
    with pytest.raises(Refusal, match="core_fact_missing"):
        fill({"a": "{body.a}"}, {"body": {}})


def test_a_path_takes_a_value_as_one_part() -> None:
    assert fill_path("/c/{key}", {"key": "v/1 ü?#"}) == "/c/v%2F1%20%C3%BC%3F%23"
    with pytest.raises(Refusal, match="core_fact_missing"):
        fill_path("/c/{key}", {"key": ".."})
