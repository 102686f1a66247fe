"""`teller-server attest …`: what the bank vouches for, from the terminal of its own machine."""

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from teller_server.cli_store import Config, Data, fail, on_store
from teller_server.desk.attestations import attest as keep
from teller_server.desk.rules import BranchRules
from teller_server.domain.policy import Attestation, Standing
from teller_server.settings import Settings
from teller_server.store.store import Store

LIST = "list"
_DAY = timedelta(days=1)


def attest(
    kind: Annotated[str, typer.Argument(help="What is vouched for; `list` shows everything.")],
    until: Annotated[str | None, typer.Option(help="Last day it holds: 2027-06-30.")] = None,
    by: Annotated[
        str | None, typer.Option(help="Who vouches for it: a name and an office.")
    ] = None,
    note: Annotated[str, typer.Option(help="Where the paper is kept.")] = "",
    region: Annotated[str, typer.Option(help="Where a pack asks for one for each region.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array (list).")] = False,
    config: Config = None,
    data: Data = None,
) -> None:
    """Vouch for something that the rules ask for; without it no visit opens. Or list them."""
    if kind == LIST:
        found = on_store(config, data, _standings)
        typer.echo(_as_json(found) if as_json else _table(found))
        return
    if until is None or by is None:
        fail("say --until and --by")
    day = _day(until)

    async def give(store: Store, settings: Settings) -> Attestation:
        rules = BranchRules.read(settings)
        zone = ZoneInfo(settings.branch.timezone)
        end = datetime.combine(day + _DAY, time(), zone).astimezone(UTC)
        given = Attestation(kind, datetime.now(UTC), end, by, note, region)
        return await keep(store, rules, given)

    counted = on_store(config, data, give)
    typer.echo(f"{kind}: {by}, until {counted.until.isoformat(timespec='minutes')}")


async def _standings(store: Store, settings: Settings) -> tuple[Standing, ...]:
    rules = BranchRules.read(settings)
    return rules.standings(await store.attestations.all())


def _table(found: tuple[Standing, ...]) -> str:
    """One line each: kind, state, days left, for which services, by whom, what it is."""
    now, lines = datetime.now(UTC), []
    for standing in found:
        rule = standing.rule
        by = (
            f"{standing.newest.by}{' (demo)' if standing.newest.demo else ''}"
            if standing.newest
            else ""
        )
        services = ", ".join(rule.services) or "all services"
        blocks = "blocks" if rule.blocks else "does not block"
        lines.append(f"{rule.attestation:<26} {_state(standing, now):<18} {by}")
        lines.append(
            f"    {rule.title.get('en', '')} ({', '.join(rule.clauses)}; {services}; {blocks})"
        )
    return "\n".join(lines)


def _state(standing: Standing, now: datetime) -> str:
    if standing.until is None:
        return "missing"
    left = _days_left(standing, now)
    return f"{left} days left" if standing.holds(now) else "lapsed"


def _days_left(standing: Standing, now: datetime) -> int:
    return max(0, (standing.until - now) // _DAY) if standing.until else 0


def _as_json(found: tuple[Standing, ...]) -> str:
    now = datetime.now(UTC)
    return json.dumps(
        [
            {
                "kind": standing.rule.attestation,
                "holds": standing.holds(now),
                "until": standing.until.isoformat() if standing.until else None,
                "days_left": _days_left(standing, now),
                "by": standing.newest.by if standing.newest else None,
                "note": standing.newest.note if standing.newest else None,
                "demo": bool(standing.newest and standing.newest.demo),
                "services": list(standing.rule.services),
                "clauses": list(standing.rule.clauses),
                "blocks": standing.rule.blocks,
            }
            for standing in found
        ],
        ensure_ascii=False,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail("--until is a day: 2027-06-30")
