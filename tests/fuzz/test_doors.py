"""Forms and headers that strangers write: taken or refused by a documented code, nothing else."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from teller_server.api.arrivals import OpenVisit, Redeem, TakeOver
from teller_server.api.bodies import Body
from teller_server.api.compliance import Purpose, Search
from teller_server.api.ranges import read_count, read_range
from teller_server.api.signin import Fresh, SignIn
from tests.scale import at_scale

FORMS: tuple[type[Body], ...] = (OpenVisit, Redeem, TakeOver, Purpose, Search, Fresh, SignIn)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=400),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=10,
)


@settings(max_examples=at_scale(100, 5000, 5000), deadline=None)
@given(st.sampled_from(FORMS), st.data())
def test_forms_hold_what_they_say_or_nothing(kind: type[Body], data: st.DataObject) -> None:
    names = {field.alias or name for name, field in kind.model_fields.items()}
    form: dict[str, Any] = data.draw(
        st.fixed_dictionaries({}, optional=dict.fromkeys([*sorted(names), "extra"], values))
    )
    try:
        taken = kind.model_validate_json(json.dumps(form))
    except ValidationError:
        return
    assert "extra" not in form
    for name in ("name", "document_number", "purpose", "q"):
        text = getattr(taken, name, None)
        if text:
            assert text == text.strip()
            assert not any(ord(letter) < 32 or ord(letter) == 127 for letter in text)
            assert len(text) <= 300


@settings(max_examples=at_scale(100, 5000, 5000), deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"bytes=[0-9]*-[0-9]*", fullmatch=True), st.integers(0))
def test_a_range_lies_inside_what_there_is(header: str, size: int) -> None:
    found = read_range(header, size)
    if found is None:
        return
    start, stop, partial = found
    assert 0 <= start <= stop <= size
    assert partial or (start, stop) == (0, size)


@given(st.text(max_size=6000) | st.from_regex(r"[0-9]+", fullmatch=True))
def test_a_count_is_a_small_number(text: str) -> None:
    assert 0 <= read_count(text, 1) < 10**9 + 1
