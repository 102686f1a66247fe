"""Personal fields: unreadable elsewhere, found again by key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.domain.errors import Refusal

KEY = bytes(range(32))


@given(st.text(max_size=200))
def test_a_field_comes_back(value: str) -> None:
    cipher = FieldCipher("visit-1", KEY)
    assert cipher.open("name", cipher.seal("name", value)) == value


@pytest.mark.parametrize(
    "other", [FieldCipher("visit-2", KEY), FieldCipher("visit-1", bytes(32))], ids=["visit", "key"]
)
def test_a_field_opens_only_where_it_was_sealed(other: FieldCipher) -> None:
    sealed = FieldCipher("visit-1", KEY).seal("name", "李小兰")
    with pytest.raises(Refusal, match="field_unreadable"):
        other.open("name", sealed)
    with pytest.raises(Refusal, match="field_unreadable"):
        FieldCipher("visit-1", KEY).open("address", sealed)


def test_the_same_value_never_looks_the_same() -> None:
    cipher = FieldCipher("visit-1", KEY)
    assert cipher.seal("name", "李小兰") != cipher.seal("name", "李小兰")


def test_a_number_is_found_however_it_was_typed() -> None:
    key = LookupKey(KEY)
    assert key.digest("33010619900101002x") == key.digest("３３０１０６ 1990 0101 002X")
    assert key.digest("330106199001010021") != key.digest("330106199001010022")
    assert key.digest("1") != LookupKey(bytes(32)).digest("1")
