"""A bank may write a service in one language; whoever reads another sees that one's words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from teller_server.api.bank.keys import SCOPES, make_key
from tests.teller_server.api.branch import Served, served
from tests.tree import ROOT, text

BLOCK = re.compile(r"^```yaml(?: part (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def only_chinese(part: Any) -> Any:
    """What was read of a script, without its English."""
    if isinstance(part, dict):
        return {name: only_chinese(value) for name, value in part.items() if name != "en"}
    if isinstance(part, list):
        return [only_chinese(one) for one in part if one != "en"]
    return part


def write(file: Path, source: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    # every scalar as it is written: `yes` and `2.0` stay texts
    whole = only_chinese(yaml.load(source, yaml.BaseLoader))
    file.write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), encoding="utf-8")


@pytest.fixture(scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """A branch that offers the documentation's example, in Chinese only."""
    place = tmp_path_factory.mktemp("one")
    blocks = BLOCK.findall(text(ROOT / "docs" / "scripts.md"))
    scripts = place / "rules" / "scripts"
    write(scripts / "card_limit.yaml", "".join(body for part, body in blocks if not part))
    for part, body in blocks:
        if part:
            write(scripts / f"{part}.yaml", body)
    async with served(place, rules={"directory": place / "rules"}) as found:
        yield found


async def test_the_start_page_offers_it_in_either_language(shop: Served) -> None:
    for language in ("zh-CN", "en"):
        reply = await shop.browser(language).ask("GET", "/api/customer/branch")
        assert reply.status == 200
        offered = {one["id"]: one for one in reply.json["services"]}
        assert offered["card_limit"]["title"] == "调整支付限额"
        assert offered["card_limit"]["needs"] == ["本人有效身份证件原件"]
        assert offered["card_limit"]["intake"][0]["label"] == "使用渠道"
    assert offered["loan_interview"]["title"] == "Personal loan interview and signing"


async def test_the_banks_programs_are_told_of_it(shop: Served) -> None:
    now = datetime.now(UTC)
    key = await make_key(shop.branch.store.bank, "CRM", frozenset(SCOPES), 1, "test", now)
    reply = await shop.browser().ask("GET", "/api/bank/v1/services", Authorization=f"Bearer {key}")
    assert reply.status == 200
    (found,) = [one for one in reply.json["services"] if one["id"] == "card_limit"]
    assert (found["title"], found["languages"]) == ("调整支付限额", ["zh-CN"])
