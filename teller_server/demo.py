"""The demonstration: invented staff and invitations, on loopback, with keys made on the spot."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from teller_server.api.passwords import hash_password
from teller_server.desk.attestations import seed_demo
from teller_server.desk.branch import Branch
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import new_id
from teller_server.domain.people import Role
from teller_server.settings import Settings
from teller_server.store.accounts import Account

SERVICES = ("change_of_details", "loan_interview", "corporate_account")

DEFAULTS: dict[str, Any] = {
    "demo": True,
    "data": {"directory": "var/demo"},
    "branch": {"always_open": True},
    "staff": {"totp_required": False},
}


@dataclass(frozen=True)
class Person:
    """One invented member of staff."""

    login: str
    name: str
    number: str
    role: Role
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Invited:
    """A person of the demo core, and what they have come for."""

    service: str
    name: str
    number: str
    intake: Mapping[str, str] = field(default_factory=dict)


INVITED = (
    Invited(
        "loan_interview",
        "李雷",
        "330106199001010028",
        {"purpose": "renovation", "amount": "150000.00"},
    ),
    Invited("change_of_details", "韩梅梅", "310104198805120041", {"item": "address"}),
    Invited(
        "corporate_account",
        "王小明",
        "440305199507230013",
        {
            "account_class": "basic",
            "company": "深圳微澜智能科技有限公司",
            "credit_code": "91440305MA5GH3R183",
        },
    ),
)
SKILLS = frozenset(SERVICES)
STAFF = (
    Person("wangmin", "王敏", "T1027", Role.TELLER, SKILLS, frozenset({"zh-CN", "en"})),
    Person("zhaolei", "赵磊", "T1031", Role.TELLER, SKILLS, frozenset({"zh-CN"})),
    Person("sunjing", "孙静", "S2003", Role.SUPERVISOR),
    Person("chenyu", "陈雨", "C3001", Role.COMPLIANCE),
    Person("liuyang", "刘洋", "C3002", Role.COMPLIANCE),
    Person("hemin", "何敏", "C3003", Role.COMPLIANCE),
    Person("admin", "管理员", "A9001", Role.ADMIN),
)


async def seed_staff(branch: Branch) -> dict[str, str]:
    """Make the demo staff where there are no accounts; returns each new login's password.

    What the packs want vouched for is vouched for by the demonstration, and says so.
    """
    await seed_demo(branch.store, branch.rules, datetime.now(UTC))
    if await branch.store.accounts.all():
        return {}
    passwords = {person.login: secrets.token_urlsafe(9) for person in STAFF}
    for person in STAFF:
        hashed = await asyncio.to_thread(hash_password, passwords[person.login])
        await branch.store.accounts.add(
            Account(
                id=new_id("staff", secrets.token_bytes(16)),
                name=person.login,
                display_name=person.name,
                number=person.number,
                roles=frozenset({person.role}),
                skills=person.skills,
                languages=person.languages,
                password_hash=hashed,
                created_at=datetime.now(UTC),
            )
        )
    return passwords


async def greeting(branch: Branch, base: str, passwords: dict[str, str]) -> list[str]:
    """What the terminal says: links, the passwords (once), and a tour of the loan interview."""
    lines = ["", f"  云柜台 Teller Server - demo branch on {base}", ""]
    if passwords:
        lines.append("  Staff (shown this once; change with `teller-server users password`):")
        lines += [
            f"    {one.login:<9} {passwords[one.login]:<14} {one.role.value:<11} {one.name}"
            for one in STAFF
        ]
        lines.append("")
    lines.append(f"  Customers  {base}/   or invited, each by an own link:")
    lines += [line for one in INVITED if (line := await _invited(branch, base, one))]
    lines += [
        f"  Teller     {base}/teller",
        f"  Compliance {base}/review",
        f"  Admin      {base}/admin",
        f"  Demo core  {base}/core",
        "",
        "  A loan, from the link to the receipt:",
        "  1  Teller page: sign in as wangmin, set yourself to ready.",
        "  2  李雷's link in another window: consent, wait a moment; the teller accepts the call.",
        "  3  Go through the steps. Any portrait will do as the document; codes sent to a phone",
        "     are on the core page (sign in as admin).",
        "  4  End the visit and write the wrap-up: the recording is sealed.",
        "  5  Review desk, as chenyu: find the visit, say why, watch it, approve it. Now the core",
        "     has it, and the customer's page has the bank's receipt and the signed contract.",
        "",
        f"  Data: {branch.settings.data.directory}. Stop with Ctrl-C; the next start is quick.",
    ]
    return lines


async def _invited(branch: Branch, base: str, one: Invited) -> str:
    """An invitation's line; empty where rules of one's own don't know it."""
    script = branch.scripts.get(one.service)
    asked = {field.name for field in script.intake} if script is not None else set()
    intake = {name: value for name, value in one.intake.items() if name in asked}
    try:
        made = await branch.admission.invite(
            one.service, "zh-CN", one.name, one.number, created_by="demo", intake=intake
        )
    except Refusal:
        return ""
    return f"    {base}/i#{made.secret}  {one.name} {branch.scripts.title(one.service, 'zh-CN')}"


def demo_settings(given: dict[str, Any], settings: Settings) -> Settings:
    """`settings` as a demonstration: what was given explicitly stays."""
    merged = settings.model_dump(exclude_unset=True)
    for name, value in {**DEFAULTS, **given}.items():
        if isinstance(value, dict):
            merged[name] = {**value, **merged.get(name, {}), **given.get(name, {})}
        else:
            merged[name] = value
    return Settings(**merged)
