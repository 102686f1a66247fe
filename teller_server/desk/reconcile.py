"""The key server's own audit log against what this branch wrote down before each unwrapping.

Whoever uses the desk's token past the desk can take a data key out of the server, but not without a
line in the server's log; and for that line there is no use here, or one that doesn't fit.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from recording.bao import OpenBaoKeyWrapper
from teller_server.desk.keys import context_of
from teller_server.desk.purposes import FOR_A_PERSON, KNOWN
from teller_server.desk.root import CONTEXT
from teller_server.domain.errors import Outage
from teller_server.settings import Settings
from teller_server.store.key_uses import ROOT, KeyCheck, KeyUse
from teller_server.store.store import Store
from teller_server.systems.audit_log import Answer, Place, Reading, read

log = structlog.get_logger(__name__)

MOMENT = timedelta(minutes=5)
"""Between our record and the server's: one call, and two clocks that may differ."""

AT_ONCE = 500
MOST_FINDINGS = 1000
_ORDINARY = {"encrypt", "rewrap", "keys"}


class Reconciler:
    """Reads what is new in the log and keeps what it found; every finding is an alarm."""

    def __init__(
        self,
        store: Store,
        log_file: Path,
        mount: str,
        key: str,
        hashed: Callable[[bytes], str],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._file = log_file
        self._mount, self._key = mount.strip("/"), key
        self._foundations = ("sys/raw/", f"sys/mounts/{self._mount}", "sys/remount")
        self._hashed = hashed
        self._now = now

    async def run(self) -> KeyCheck:
        """Everything that is new. Raises Outage `audit_log_missing`, `key_server_away`, …"""
        check, more = await self._piece()
        findings = list(check.findings)
        while more:
            check, more = await self._piece()
            findings += check.findings
        return replace(check, findings=tuple(findings))

    async def _piece(self) -> tuple[KeyCheck, bool]:
        last = next(iter(await self._store.keys.checks(1)), None)
        before = json.loads(last.place) if last else {}
        since = Place(before.get("inode", 0), before.get("offset", 0))
        now = self._now()
        reading = await asyncio.to_thread(read, self._file, since)
        started = await self._store.keys.initialised_at()
        answers = [one for one in reading.answers if started is None or one.at >= started]
        unwraps = [one for one in answers if one.path == f"{self._mount}/decrypt/{self._key}"]
        findings = [*_of_log(reading), *self._elsewhere(answers)]
        recent: list[str] = before.get("recent", [])
        findings += await self._unwraps(unwraps, set(recent))
        if last and not unwraps and await self._store.keys.used_between(last.at, now):
            findings.append({"kind": "log_silent"})
        held = [one.use for one in unwraps if one.use and one.at > now - MOMENT]
        place = json.dumps({**asdict(reading.place), "recent": held[-MOST_FINDINGS:]})
        for finding in findings:
            log.error("key_use_unexplained", **finding)
        kept = findings[:MOST_FINDINGS]
        return await self._store.keys.checked(now, place, reading.lines, kept), reading.more

    async def _unwraps(self, answers: Sequence[Answer], seen: set[str]) -> list[dict[str, Any]]:
        found = []
        for n in range(0, len(answers), AT_ONCE):
            some = answers[n : n + AT_ONCE]
            uses = await self._store.keys.uses({one.use for one in some})
            for answer in some:
                why = await self._judge(answer, uses.get(answer.use), seen)
                seen.add(answer.use)
                if why is not None:
                    found.append(_finding(why, answer))
        return found

    async def _judge(self, answer: Answer, use: KeyUse | None, seen: set[str]) -> str | None:
        """Why this unwrapping is not one of ours; None when all is well."""
        if use is None:
            return "attempt" if answer.failed else "unexplained"
        if answer.batch:
            return "batch"
        if answer.use in seen:
            return "reused"
        if abs(answer.at - use.at) > MOMENT:
            return "late"
        if use.purpose not in KNOWN or (use.actor is not None) != (use.purpose in FOR_A_PERSON):
            return "unnamed"
        if use.actor is not None and not await self._store.keys.entered(use):
            return "no_custody"
        context = CONTEXT if use.subject == ROOT else context_of(use.subject)
        same = answer.context == await asyncio.to_thread(self._hashed, context)
        return None if same else "other_visit"

    def _elsewhere(self, answers: Sequence[Answer]) -> list[dict[str, Any]]:
        """Other ways to the key, and hands on the log itself."""
        found = []
        for one in answers:
            if one.failed:
                continue
            reads = one.operation in {"read", "list", "help"}
            parts = one.path.split("/")
            ours = one.path.startswith(f"{self._mount}/") and self._key in parts
            verb = one.path.removeprefix(f"{self._mount}/").split("/")[0]
            if ours and verb not in {*_ORDINARY, "decrypt"}:
                found.append(_finding("other_path", one))
            elif ours and verb == "keys" and not reads and not self._usual(one):
                found.append(_finding("key_changed", one))
            elif one.path.startswith(("sys/audit/", "sys/config/auditing/")) and not reads:
                found.append(_finding("audit_changed", one))
            elif one.path.startswith(self._foundations) and not reads:
                found.append(_finding("mount_changed", one))
        return found

    def _usual(self, answer: Answer) -> bool:
        name = f"{self._mount}/keys/{self._key}"
        return answer.operation != "delete" and answer.path in {name, f"{name}/rotate"}


def _of_log(reading: Reading) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if reading.gap:
        found.append({"kind": "log_gap"})
    if reading.unreadable:
        found.append({"kind": "log_unreadable", "lines": reading.unreadable})
    return found


def _finding(kind: str, answer: Answer) -> dict[str, Any]:
    return {
        "kind": kind,
        "at": answer.at.isoformat(),
        "path": answer.path,
        "use": answer.use,
        "token": answer.who,
        "address": answer.address,
    }


def reconciler(
    settings: Settings, store: Store, wrapper: OpenBaoKeyWrapper, now: Callable[[], datetime]
) -> Reconciler:
    """For the configured server. Raises Outage `no_audit_log`."""
    given = settings.openbao
    if given.audit_log is None:
        raise Outage("no_audit_log")

    def hashed(context: bytes) -> str:
        return wrapper.audit_hash(given.audit_device, context)

    return Reconciler(store, given.audit_log, given.mount, given.key, hashed, now)
