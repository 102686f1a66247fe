"""The settings name the bank's systems; what is missing is said before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from teller_server.desk.outside import open_outside
from teller_server.domain.errors import Outage
from teller_server.settings import load
from teller_server.systems.messages import HttpMessenger
from teller_server.systems.rest import RestCore
from tests.teller_server.systems.banks import SAMPLE

REST = {"adapter": "rest", "description": SAMPLE / "description.yaml"}
HTTP = {"adapter": "http", "url": "https://messages.bank.example/send"}


async def test_one_little_bank_stands_in_for_both(tmp_path: Path) -> None:
    outside = await open_outside(load(demo=True, data={"directory": tmp_path / "data"}))
    assert outside.core is outside.messenger is outside.demo
    assert await outside.core.look_up(reference="C100001") is not None
    await outside.close()


async def test_a_banks_own_systems_stand_alone(tmp_path: Path) -> None:
    given: dict[str, Any] = {"core": REST, "codes": HTTP}
    outside = await open_outside(load(data={"directory": tmp_path / "data"}, **given))
    assert isinstance(outside.core, RestCore)
    assert isinstance(outside.messenger, HttpMessenger)
    assert outside.demo is None
    await outside.close()
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"core": {"adapter": "rest"}}, "core_description_missing"),
        ({"core": {**REST, "description": "nowhere.yaml"}}, "core_description_missing"),
        ({"core": REST, "codes": {"adapter": "http"}}, "messenger_url_missing"),
        ({"core": REST, "codes": {**HTTP, "url": "http://bank.example/"}}, "messenger_url_missing"),
    ],
)
async def test_what_is_missing_is_said(tmp_path: Path, given: dict[str, Any], code: str) -> None:
    with pytest.raises(Outage, match=code):
        await open_outside(load(data={"directory": tmp_path / "data"}, **given))
