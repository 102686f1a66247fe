"""The bank's interface against its own description: whatever is sent, it answers as it says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from teller_server.api.bank import interface
from teller_server.api.bank.keys import SCOPES, make_key
from teller_server.rehearse.server import PrivateServer, private_server
from teller_server.store.store import Store

EXAMPLES, PROOF_EXAMPLES = 12, 500
FREE = {"requests_rate": 1e6, "requests_burst": 1e6, "bank_rate": 1e6, "bank_burst": 1e6}


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PrivateServer]:
    """A branch that doesn't slow anybody down, so that every request is really looked at."""
    place = tmp_path_factory.mktemp("bank")
    async with private_server(place, place / "evidence", limits=FREE) as running:
        yield running


@pytest.fixture(scope="module")
async def key(server: PrivateServer) -> str:
    """A key that may do everything."""
    store = await Store.open(f"sqlite:///{server.data / 'branch.db'}")
    try:
        now = datetime.now(UTC)
        return await make_key(store.bank, "fuzz", frozenset(SCOPES), 1, "test", now)
    finally:
        await store.close()


CALM = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
OPERATIONS = [operation.id for operation in interface.OPERATIONS]


def examine(server: PrivateServer, key: str, operation: str, examples: int) -> None:
    """Requests made from the description, valid and not; each answer must be one it promises."""
    schema = schemathesis.openapi.from_url(f"{server.base}/api/bank/openapi.json")
    found = next(
        one.ok()
        for one in schema.get_all_operations()
        if one.ok().definition.raw["operationId"] == operation
    )

    @settings(max_examples=examples, deadline=None, suppress_health_check=CALM, database=None)
    @given(case=found.as_strategy())
    def answers_as_described(case: Any) -> None:
        # what a schema can't say (which services there are, years, a form's own rules) may refuse
        case.call_and_validate(
            headers={"Authorization": f"Bearer {key}"}, excluded_checks=[positive_data_acceptance]
        )

    answers_as_described()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_answers_as_described(
    server: PrivateServer, key: str, operation: str
) -> None:
    examine(server, key, operation, EXAMPLES)


@pytest.mark.proof
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_answers_as_described_five_hundred_times(
    server: PrivateServer, key: str, operation: str
) -> None:
    examine(server, key, operation, PROOF_EXAMPLES)


async def test_the_examples_run(server: PrivateServer, key: str) -> None:
    """Python and curl, as the documents show them."""
    for words in (
        ["python3", "examples/bank_client/invite.py"],
        ["examples/bank_client/invite.sh"],
    ):
        process = await asyncio.create_subprocess_exec(
            *words,
            *("韩梅梅", "310104198805120041"),
            env={"TELLER_SERVER": server.base, "TELLER_KEY": key, "PATH": "/usr/bin:/bin"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        assert "/i#" in output.decode()
