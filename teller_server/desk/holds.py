"""Legal holds: laid and lifted by compliance, with a reason that only the visit's key opens."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.labels import Labels
from teller_server.desk.purposes import CUSTODY
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.people import Role
from teller_server.store.accounts import Account
from teller_server.store.retention import Hold
from teller_server.store.store import Store


class HoldDesk:
    """Nothing on hold can be shredded, whatever retention says."""

    def __init__(self, store: Store, keys: DataKeys, now: Callable[[], datetime]) -> None:
        self._store = store
        self._keys = keys
        self._now = now

    async def set(self, visit: str, account: Account, reason: str) -> Hold:
        """Raises Refusal hold_not_allowed, unknown_visit, key_shredded; Outage."""
        _check_person(account)
        sealed = await self._sealed(visit, reason)
        return await self._store.retention.hold(visit, account.id, sealed, self._now())

    async def lift(self, hold: str, account: Account, reason: str) -> Hold:
        """Raises Refusal hold_not_allowed, hold_unknown; Outage."""
        _check_person(account)
        found = [one for one in await self._store.retention.holds() if one.id == hold]
        if not found:
            raise Refusal("hold_unknown")
        sealed = await self._sealed(found[0].visit, reason)
        return await self._store.retention.lift(hold, account.id, sealed, self._now())

    async def standing(self, labels: Labels) -> list[dict[str, Any]]:
        """Every hold that stands, as the review desk lists them."""
        held = await self._store.retention.holds()
        staff = {one.id: one.display_name for one in await self._store.accounts.all()}
        names = await labels.of([hold.visit for hold in held])
        return [
            {
                "id": hold.id,
                "visit": hold.visit,
                "customer_masked": names.get(hold.visit, ""),
                "by": staff.get(hold.set_by, hold.set_by),
                "at": hold.set_at.isoformat(),
                "reason": await self._reason(hold),
            }
            for hold in held
        ]

    async def _reason(self, hold: Hold) -> str | None:
        """Why, from the custody list; what stands on hold can always be read."""
        for entry in await self._store.custody.entries(hold.visit):
            if entry.act == "hold_set" and entry.detail.get("hold") == hold.id:
                cipher = FieldCipher(hold.visit, await self._keys.get(hold.visit, CUSTODY))
                return cipher.open("reason", SealedText(entry.detail["reason"]))
        return None

    async def _sealed(self, visit: str, reason: str) -> str:
        await self._store.visits.get(visit)
        return FieldCipher(visit, await self._keys.get(visit, CUSTODY)).seal("reason", reason)


def _check_person(account: Account) -> None:
    if account.disabled or Role.COMPLIANCE not in account.roles:
        raise Refusal("hold_not_allowed")
