"""When a second person has to agree: by the branch's setting or by a pack, the stricter."""

from __future__ import annotations

import pytest

from teller_server.desk.openings import asks_second
from teller_server.desk.packs import read_packs
from teller_server.domain.policy import combine
from teller_server.settings_review import SecondPerson
from tests.teller_server.domain.policy.neighbours import neighbour

NEVER, EXPORT, ALWAYS = SecondPerson
CN_BANK = combine(read_packs(["cn-bank"]))
SILENT = combine([neighbour("silent", ("access: {clauses: [X], log: true}",))])
RULES = (
    "access: {clauses: [X], second_person: export}",
    "access: {clauses: [Y], second_person: always, services: [loan_interview]}",
)
STRICT = combine([neighbour("strict", RULES)])


@pytest.mark.parametrize(
    ("asked", "policy", "service", "expected"),
    [
        (NEVER, SILENT, "loan_interview", (False, False)),
        (EXPORT, SILENT, "loan_interview", (False, True)),
        (ALWAYS, SILENT, "loan_interview", (True, True)),
        (NEVER, CN_BANK, "loan_interview", (False, True)),
        (ALWAYS, CN_BANK, "loan_interview", (True, True)),
        (NEVER, STRICT, "loan_interview", (True, True)),
        (NEVER, STRICT, "change_of_details", (False, True)),
    ],
)
def test_the_stricter_of_setting_and_rule_holds(asked, policy, service, expected) -> None:  # type: ignore[no-untyped-def]
    assert tuple(asks_second(asked, policy, service, kind) for kind in ("view", "export")) == (
        expected
    )
