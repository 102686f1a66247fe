"""Nobody is a second person to their own work, and no key is opened for whoever tries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from recording.keys import FileKeyWrapper
from teller_server.desk.counter import Counter
from teller_server.desk.keys import DataKeys
from teller_server.desk.labels import Labels
from teller_server.desk.script_shelf import Scripts
from teller_server.desk.second import SecondDesk
from teller_server.domain.errors import Refusal
from teller_server.store.keys import keep_key
from teller_server.store.store import Store
from tests.teller_server.systems.short import CHECKER, TELLER, Short


class Counted(FileKeyWrapper):
    """The real wrapper, which says how often it was asked to open a key."""

    opened = 0

    def unwrap(self, *given: Any, **more: Any) -> bytes:
        self.opened += 1
        return super().unwrap(*given, **more)


@pytest.fixture
async def waiting(tmp_path: Path) -> AsyncIterator[tuple[SecondDesk, Counted]]:
    """A second person's desk with one visit under review."""
    store = await Store.open(f"sqlite:///{tmp_path}/branch.db")
    short, wrapper = Short(store), Counted(tmp_path / "master.key")
    _, row = await DataKeys(store, wrapper).make(short.visit, short.now)

    def alongside(connection: Connection) -> None:
        keep_key(connection, row)

    short.alongside = alongside
    await short.done(checked=True)
    keys = DataKeys(store, wrapper)  # a desk that holds no key yet
    counter = Counter(store.visits, lambda: short.now)
    labels = Labels(store, keys, bytes(32))
    yield SecondDesk(store, counter, keys, labels, Scripts({}, tmp_path / "scripts")), wrapper
    await store.close()


async def test_a_teller_who_checks_their_own_work_opens_no_key(
    waiting: tuple[SecondDesk, Counted],
) -> None:
    desk, wrapper = waiting
    with pytest.raises(Refusal, match="second_person_needed"):
        await desk.decide("visit-1", TELLER, "refuse", "all is well")
    with pytest.raises(Refusal, match="second_person_needed"):
        await desk.answer_objection("visit-1", TELLER, "no")
    assert wrapper.opened == 0
    await desk.decide("visit-1", CHECKER, "refuse", "the address is not proven")
    assert wrapper.opened == 1
