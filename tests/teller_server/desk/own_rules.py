"""A bank's own folder of rules, in which a test changes what it likes: scripts, pack, a paper."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.journeys.people import HOUSE
from tests.teller_server.desk.house import SERVICE

CONTRACT = """<!doctype html><html lang="{{ language }}"><meta charset="utf-8">
<title>{{ number }}</title><style>@page { size: A5 } body { font-family: "Noto Serif CJK SC" }
h2 { break-before: page } </style><h1>个人贷款合同</h1><p>借款人：{{ customer.name }}</p>
<h2>第二页</h2><p>借款人应当按期足额偿还贷款本息。</p></html>"""
PAPERS = "papers:\n  contract: {zh-CN: 个人贷款合同, en: Loan contract}\n"
READ = """\
  - {id: read, kind: document, paper: contract, seconds: 1, acknowledge: agree, needs: [live_video], title: *words, say: *words, task: *words}
  - id: rest
    kind: hand_over
    outcome: sign_at_branch
    items: [{zh-CN: 身份证原件, en: The original of your identity card}, {zh-CN: 收入证明, en: Proof of income}]
    title: *words
    say: *words
    task: *words
"""  # noqa: E501


def own_rules(folder: Path) -> dict[str, Any]:
    """Settings of a branch with its rules in `folder`: the short house, and a paper to read."""
    shutil.copytree(HOUSE, folder)
    script = folder / "scripts" / f"{SERVICE}.yaml"
    text = script.read_text(encoding="utf-8").replace("steps:\n", PAPERS + "steps:\n", 1)
    before, _, rest = text.partition("  - {id: document,")
    _, start, ending = rest.partition("  - {id: decision,")
    script.write_text(before + READ + start + ending, encoding="utf-8")
    (folder / "papers").mkdir()
    (folder / "papers" / "contract.html").write_text(CONTRACT, encoding="utf-8")
    return {"directory": str(folder), "packs": ["house"]}
