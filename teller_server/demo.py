"""The demonstration: invented staff and an invitation, on loopback, with keys made on the spot."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from teller_server.api.passwords import hash_password
from teller_server.desk.attestations import seed_demo
from teller_server.desk.branch import Branch
from teller_server.domain.ids import new_id
from teller_server.domain.people import Role
from teller_server.settings import Settings
from teller_server.store.accounts import Account

SERVICES = ("change_of_details", "loan_interview", "corporate_account")
INVITED = ("李雷", "330106199001010028")

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


SKILLS = frozenset(SERVICES)
STAFF = (
    Person("wangmin", "王敏", "T1027", Role.TELLER, SKILLS, frozenset({"zh-CN", "en"})),
    Person("zhaolei", "赵磊", "T1031", Role.TELLER, SKILLS, frozenset({"zh-CN"})),
    Person("sunjing", "孙静", "S2003", Role.SUPERVISOR),
    Person("chenyu", "陈雨", "C3001", Role.COMPLIANCE),
    Person("liuyang", "刘洋", "C3002", Role.COMPLIANCE),
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
    """What the terminal says: links, the passwords (once), and five lines of what to do."""
    made = await branch.admission.invite(SERVICES[0], "zh-CN", *INVITED, created_by="demo")
    lines = ["", f"  云柜台 Teller Server - demo branch on {base}", ""]
    if passwords:
        lines.append("  Staff (shown this once; change with `teller-server users password`):")
        lines += [
            f"    {one.login:<9} {passwords[one.login]:<14} {one.role.value:<11} {one.name}"
            for one in STAFF
        ]
        lines.append("")
    lines += [
        f"  Customer   {base}/          or invited: {base}/i#{made.secret}",
        f"  Teller     {base}/teller",
        f"  Compliance {base}/review",
        f"  Demo core  {base}/core",
        "",
        "  1  Open the teller page, sign in as wangmin, set yourself to ready.",
        "  2  Open the customer page in another window; be 韩梅梅, 310104198805120041.",
        "  3  Accept the call, go through the steps; photograph any portrait as the document.",
        "  4  End the visit, write the wrap-up; the recording is sealed and the change committed.",
        "  5  Open the review desk as chenyu: find the visit, say why, watch it, verify it.",
        "",
        f"  Data: {branch.settings.data.directory}. Stop with Ctrl-C; the next start is quick.",
    ]
    return lines


def demo_settings(given: dict[str, Any], settings: Settings) -> Settings:
    """`settings` as a demonstration: what was given explicitly stays."""
    merged = settings.model_dump(exclude_unset=True)
    for name, value in {**DEFAULTS, **given}.items():
        if isinstance(value, dict):
            merged[name] = {**value, **merged.get(name, {}), **given.get(name, {})}
        else:
            merged[name] = value
    return Settings(**merged)
