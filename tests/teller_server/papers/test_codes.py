"""One-time codes: nothing to guess from, nothing to use twice, nothing to reverse."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from teller_server.papers.codes import code_digest, code_matches, make_code

KEY = bytes(range(32))


def test_a_code_is_six_digits() -> None:
    assert make_code(bytes(16)) == "000000"
    assert make_code((123456).to_bytes(16, "big")) == "123456"
    assert all(len(make_code(os.urandom(16))) == 6 for _ in range(100))


def test_too_little_entropy_makes_none() -> None:
    with pytest.raises(ValueError):
        make_code(bytes(8))


def test_no_digit_is_likelier_in_any_place() -> None:
    """Chi-square with 9 degrees of freedom: 40 is passed by chance once in 130,000."""
    codes = [make_code(os.urandom(16)) for _ in range(10_000)]
    for place in range(6):
        counts = Counter(code[place] for code in codes)
        assert sum((counts[str(d)] - 1000) ** 2 / 1000 for d in range(10)) < 40


def test_one_code_says_nothing_of_the_next() -> None:
    entropy = bytearray(os.urandom(16))
    first = make_code(bytes(entropy))
    assert make_code(bytes(entropy)) == first  # all that counts is the entropy
    assert len({make_code(os.urandom(16)) for _ in range(1000)}) > 990


def test_a_code_works_for_its_visit_and_step_only() -> None:
    kept = code_digest(KEY, "v1", "sign", "123456")
    assert code_matches(KEY, "v1", "sign", "123456", kept)
    assert code_matches(KEY, "v1", "sign", " 123 456 ", kept)
    for key, visit, step, typed in (
        (KEY, "v2", "sign", "123456"), (KEY, "v1", "sign2", "123456"),
        (bytes(32), "v1", "sign", "123456"), (KEY, "v1s", "ign", "123456"),
        (KEY, "v1", "sign", "123457"), (KEY, "v1", "sign", ""), (KEY, "v1", "sign", "12345"),
        (KEY, "v1", "sign", "１２３４５６"), (KEY, "v1", "sign", "1234567"),
    ):  # fmt: skip
        assert not code_matches(key, visit, step, typed, kept)


def test_what_is_kept_does_not_show_the_code() -> None:
    assert "123456" not in code_digest(KEY, "v1", "sign", "123456")
