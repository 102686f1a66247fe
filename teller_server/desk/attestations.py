"""Vouching for what no program can see: given with a name and an end, checked at every opening."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from teller_server.desk.rules import BranchRules
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import new_id
from teller_server.domain.policy import Attestation
from teller_server.store.store import Store

DEMO_BY = "demo"
UNSTATED = timedelta(days=365)
"""How long a demonstration vouches for what a rule sets no time to."""
DEMO_NOTE = "演示数据，未经任何机构确认 / invented for the demonstration, confirmed by nobody"


async def attest(store: Store, rules: BranchRules, attestation: Attestation) -> Attestation:
    """Keep an attestation, cut to what the pack allows; returns it as it counts.

    Raises Refusal: attestation_unknown, attestation_unsigned, attestation_over (ends too soon).
    """
    rule = next(
        (s.rule for s in rules.standings(()) if s.rule.attestation == attestation.kind), None
    )
    if rule is None:
        raise Refusal("attestation_unknown", attestation=attestation.kind)
    if not attestation.by.strip():
        raise Refusal("attestation_unsigned")
    if attestation.until < attestation.given_at:
        raise Refusal("attestation_over")
    await store.attestations.add(new_id("attestation", secrets.token_bytes(16)), attestation)
    counted = next(
        s for s in rules.standings((attestation,)) if s.rule.attestation == attestation.kind
    )
    return attestation if counted.until is None else replace(attestation, until=counted.until)


async def seed_demo(store: Store, rules: BranchRules, now: datetime) -> int:
    """Vouch for everything that isn't, for as long as allowed, marked as a demonstration.

    Returns how many were added. For `teller-server demo` and tests alone.
    """
    added = 0
    for standing in rules.standings(await store.attestations.all()):
        if standing.holds(now):
            continue
        valid = standing.rule.valid_for
        until = valid.after(now) if valid else now + UNSTATED
        for region in standing.rule.regions or ("",):
            given = Attestation(
                standing.rule.attestation, now, until, DEMO_BY, DEMO_NOTE, region, demo=True
            )
            await attest(store, rules, given)
            added += 1
    return added
