"""Whose name is in a certificate: the signer's own, masked, whoever of the visit signs."""

from __future__ import annotations

import pytest

from teller_server.desk.facts import VisitFacts
from teller_server.desk.scripts import load_scripts
from teller_server.desk.signatures import signer_name

FACTS = VisitFacts(
    name="李雷",
    forms={
        "guarantor_details": {"guest_name": "王小明", "guest_document": "440305199507230013"},
        "agent_details": {"guest_name": "Ada Whitfield"},
    },
)


@pytest.mark.parametrize(
    ("service", "party", "name"),
    [
        ("loan_interview", "customer", "李*"),
        ("loan_interview", "guarantor", "王**"),
        ("corporate_account", "agent", "A** W********"),
    ],
)
def test_every_signer_is_named_as_the_bank_was_told(service: str, party: str, name: str) -> None:
    assert signer_name(load_scripts()[service], FACTS, party) == name


def test_who_was_never_named_is_called_by_their_part() -> None:
    script = load_scripts()["loan_interview"]
    assert signer_name(script, VisitFacts(name="李雷"), "guarantor") == "guarantor"
