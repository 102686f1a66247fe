"""A typed answer is accepted as a bank writes it, and nothing else is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from teller_server.domain.fields import Field, FieldType, Option

CHOICE = (Option("a", {"en": "A"}), Option("b", {"en": "B"}))


def field(kind: FieldType, **more: int) -> Field:
    return Field("f", kind, {"en": "F"}, options=CHOICE if kind == "choice" else (), **more)


@pytest.mark.parametrize(
    ("kind", "more", "value", "error"),
    [
        ("text", {"max_length": 4}, "四个字吧", None),
        ("text", {"max_length": 4}, "五个字不行", "too_long"),
        ("text", {}, "a\x00b", "control_character"),
        ("text", {}, "a\u202eb", "control_character"),
        ("text", {}, "   ", "empty"),
        ("choice", {}, "a", None),
        ("choice", {}, "c", "not_an_option"),
        ("yes_no", {}, "yes", None),
        ("yes_no", {}, "maybe", "not_an_option"),
        ("number", {}, "12", None),
        ("number", {}, "12.5", "not_a_number"),
        ("number", {"decimals": 2}, "12.5", None),
        ("number", {"decimals": 2}, "12.555", "not_a_number"),
        ("number", {"low": 6, "high": 60}, "5", "too_small"),
        ("number", {"low": 6, "high": 60}, "61", "too_large"),
        ("money", {}, "200,000.00", None),
        ("money", {}, "20,00", "not_a_number"),
        ("money", {}, "1.234", "not_a_number"),
        ("money", {}, "1e9", "not_a_number"),
        ("money", {}, "1_000", "not_a_number"),
        ("money", {}, "１２", "not_a_number"),
        ("money", {}, "NaN", "not_a_number"),
        ("money", {}, "9" * 40, "not_a_number"),
        ("date", {}, "2026-11-23", None),
        ("date", {}, "20261123", "not_a_date"),
        ("date", {}, "2026-02-30", "not_a_date"),
        ("phone", {}, "13800138000", None),
        ("phone", {}, "+44 20 7946 0000", None),
        ("phone", {}, "12345", "not_a_phone"),
        ("phone", {}, "1380013800٣", "not_a_phone"),
        ("resident_id", {}, "11010519491231002X", None),
        ("resident_id", {}, "11010519491231002x", None),
        ("resident_id", {}, "110105194912310021", "not_an_id_number"),
        ("resident_id", {}, "11010519491331002X", "not_an_id_number"),
        ("credit_code", {}, "91350100M000100Y43", None),
        ("credit_code", {}, "91350100M000100Y44", "not_a_credit_code"),
        ("credit_code", {}, "91350100M000100I43", "not_a_credit_code"),
    ],
)
def test_a_value_is_accepted_or_it_is_said_why_not(
    kind: FieldType, more: dict[str, int], value: str, error: str | None
) -> None:
    assert field(kind, **more).error(value) == error


@pytest.mark.parametrize(
    ("kind", "value", "fact"),
    [
        ("money", " 200,000.50 ", Decimal("200000.50")),
        ("yes_no", "no", False),
        ("date", " 2026-11-23", date(2026, 11, 23)),
        ("choice", "a", "a"),
    ],
)
def test_conditions_see_what_a_value_means(kind: FieldType, value: str, fact: object) -> None:
    assert field(kind).fact(value) == fact
