"""Word to the customer that a telephone number was changed: to the old number and to the new one.

Whoever takes an account over begins with its telephone. So both numbers are told, with a link of
their own for whoever it was not. The notices are written in the transaction that takes the bank's
receipt, the links beside them as hashes, and sent until they are out.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog

from teller_server.desk.counter import Counter
from teller_server.desk.fields import FieldCipher
from teller_server.desk.keys import DataKeys
from teller_server.desk.purposes import SERVICE
from teller_server.domain.errors import Outage, Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.people import masked_phone
from teller_server.domain.state import Visit
from teller_server.store.notices import Notice, NoticeJob, NoticeStore
from teller_server.store.repudiation_links import NewLink
from teller_server.systems.messages import NOTICE, Messenger
from teller_server.systems.port import CHANGE_DETAILS, Order, Receipt

log = structlog.get_logger(__name__)

LINK_HOURS = 72
"""How long a notice's link works; whoever comes later calls the hotline."""

_TEXT = {
    "zh-CN": "【{bank}】您在本行登记的手机号已于{day}由 {old} 变更为 {new}，受理编号 {number}。"
    "如非本人办理，{link}{contact}并报受理编号。",
    "en": "{bank}: the phone number we hold for you was changed from {old} to {new} on {day}, "
    "reference {number}. If this was not you, {link}{contact} and quote the reference.",
}
_LINK = {
    "zh-CN": "请打开 {url} （{hours}小时内有效）止付，或",
    "en": "open {url} within {hours} hours to stop it, or ",
}
_CALL = {"zh-CN": "请立即致电 {hotline} ", "en": "call {hotline} at once"}
_COME = {"zh-CN": "请立即联系本行", "en": "contact us at once"}


@dataclass(frozen=True)
class Sender:
    """Who speaks: the bank's name by language, the number to call (may be empty), the clock.

    `base` is where the pages are; empty: nobody knows, and the notice has no link.
    """

    names: Mapping[str, str]
    hotline: str
    timezone: str
    base: str = ""


class NoticeDesk:
    """Writes notices and carries them to the messenger."""

    def __init__(
        self,
        store: NoticeStore,
        counter: Counter,
        keys: DataKeys,
        messenger: Messenger,
        sender: Sender,
    ) -> None:
        self._store = store
        self._counter = counter
        self._keys = keys
        self._messenger = messenger
        self._sender = sender

    async def of(
        self, visit: Visit, order: Order, before: Mapping[str, str], receipt: Receipt
    ) -> tuple[Notice, ...]:
        """The notices that a carried out order needs; most need none."""
        new = order.body.get("changes", {}).get("phone") if order.effect == CHANGE_DETAILS else None
        if not new:
            return ()
        old = before.get("phone", "")
        numbers = {"before": old, "after": new}
        cipher = FieldCipher(visit.id, await self._keys.get(visit.id, SERVICE))
        written = []
        for receiver, to in numbers.items():
            if to:
                secret = secrets.token_urlsafe(24)
                text = self._text(visit.language, old, new, receipt, secret)
                sealed = SealedText(cipher.seal("notice", json.dumps([to, text])))
                link = self._link(secret) if self._sender.base else None
                written.append(Notice(_id(order.key, receiver), visit.id, receiver, sealed, link))
        return tuple(written)

    def _link(self, secret: str) -> NewLink:
        until = self._counter.now() + timedelta(hours=LINK_HOURS)
        return NewLink(hashlib.sha256(secret.encode()).hexdigest(), until)

    async def round(self) -> None:
        """Send every notice that is due now."""
        for job in await self._store.claim(self._counter.now()):
            try:
                await self._send(job)
            except Exception:  # one that can't be sent now must not hold up the others
                log.exception("notice_not_sent", visit=job.notice.visit)
                await self._failed(job, "not_carried", final=False)

    async def _send(self, job: NoticeJob) -> None:
        notice = job.notice
        try:
            cipher = FieldCipher(notice.visit, await self._keys.get(notice.visit, SERVICE))
            to, text = json.loads(cipher.open("notice", notice.sealed))
            await self._messenger.send(to, text, NOTICE, key=notice.id)
        except Refusal as refusal:
            await self._failed(job, refusal.code, final=True)
        except Outage as outage:
            await self._failed(job, outage.code, final=False)
        else:
            await self._store.sent(job, self._counter.now())

    async def _failed(self, job: NoticeJob, why: str, *, final: bool) -> None:
        log.warning("notice_failed", visit=job.notice.visit, attempt=job.attempt, why=why)
        await self._store.failed(job, why, self._counter.now(), final=final)

    def _text(self, language: str, old: str, new: str, receipt: Receipt, secret: str) -> str:
        """Nothing but the secret stands in the link, in its fragment: no log ever has it."""
        spoken = "zh-CN" if language == "zh-CN" else "en"
        day = self._counter.now().astimezone(ZoneInfo(self._sender.timezone))
        link = _LINK[spoken].format(url=f"{self._sender.base}/n#{secret}", hours=LINK_HOURS)
        contact = _CALL[spoken] if self._sender.hotline else _COME[spoken]
        return _TEXT[spoken].format(
            bank=self._sender.names[spoken],
            old=masked_phone(old) if old else {"zh-CN": "（空）", "en": "none"}[spoken],
            new=masked_phone(new),
            day=f"{day.year}年{day.month}月{day.day}日" if spoken == "zh-CN" else f"{day:%d %B %Y}",
            number=receipt.number,
            link=link if self._sender.base else "",
            contact=contact.format(hotline=self._sender.hotline),
        )


def _id(key: str, receiver: str) -> str:
    """The same order has the same notices: they are never written twice."""
    return "notice-" + hashlib.sha256(f"{key}\n{receiver}".encode()).hexdigest()[:26].upper()
