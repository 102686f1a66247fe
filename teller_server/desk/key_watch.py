"""Once a day the key server's audit log is read, whether or not anybody remembers to."""

from datetime import timedelta
from typing import Any

import structlog

import recording.errors
from teller_server.desk.counter import Counter
from teller_server.desk.reconcile import reconciler
from teller_server.desk.wrappers import openbao
from teller_server.domain.errors import Outage
from teller_server.settings import Settings
from teller_server.store.store import Store

log = structlog.get_logger(__name__)

DAY = timedelta(days=1)
LATE = timedelta(hours=26)
LOOK_BACK = 30


class KeyWatch:
    """Reads the log when the last reading is a day old; says what wraps and what was found."""

    def __init__(self, settings: Settings, store: Store, counter: Counter, *, demo: bool) -> None:
        self._settings = settings
        self._store = store
        self._counter = counter
        self._demo = demo

    @property
    def watched(self) -> bool:
        """Whether there is a log to read."""
        keys = self._settings.keys
        uses = "openbao" in (keys.wrapper, *keys.former)
        return uses and self._settings.openbao.audit_log is not None

    async def round(self) -> None:
        """Nothing when it isn't time yet. What keeps it from being read is logged, and seen."""
        last = next(iter(await self._store.keys.checks(1)), None)
        now = self._counter.now()
        if not self.watched or (last is not None and now - last.at < DAY):
            return
        try:
            wrapper = openbao(self._settings)
            await reconciler(self._settings, self._store, wrapper, self._counter.now).run()
        except (Outage, recording.errors.Outage) as outage:
            log.error("key_log_not_read", why=outage.code)

    async def told(self) -> dict[str, Any]:
        """For the administrator's page: the newest findings of the last readings."""
        checks = await self._store.keys.checks(LOOK_BACK)
        late = not checks or self._counter.now() - checks[0].at > LATE
        return {
            "wrapper": self._settings.keys.wrapper,
            "demo": self._demo,
            "watched": self.watched,
            "read_at": checks[0].at.isoformat() if checks else None,
            "late": self.watched and late,
            "findings": [finding for check in checks for finding in check.findings][:100],
        }
