"""The shortest visit that asks the bank for something, and its way to the outbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from teller_server.domain import commands as c
from teller_server.domain.ids import UNSAID, SealedText
from teller_server.domain.script import ServiceScript
from teller_server.domain.script_reader import parse_script
from teller_server.domain.state import Outcome, Visit, VisitPolicy
from teller_server.store.ledger import Alongside
from teller_server.store.store import Store

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TELLER = "t-wang"
CHECKER = "t-sun"

_SCRIPT = """
service: short
version: 1
skill: short
minutes: 5
languages: [zh-CN, en]
title: {zh-CN: 变更, en: Change}
summary: {zh-CN: 变更, en: Change}
bring: []
ask_before_queue:
  - id: recording
    required: true
    title: {zh-CN: 录音录像, en: Recording}
    body: {zh-CN: 全程录音录像, en: The call is recorded}
    if_refused: {zh-CN: 不能办理, en: It can't be done}
steps:
  - id: recording
    kind: consent
    title: {zh-CN: 录音, en: Recording}
    say: {zh-CN: 您同意吗, en: Do you agree}
    task: {zh-CN: 请确认, en: Please confirm}
    purpose: recording
    on_refuse: end
    if_refused: {zh-CN: 不办理, en: It ends}
  - id: details
    kind: form
    title: {zh-CN: 资料, en: Details}
    say: {zh-CN: 请核对, en: Please check}
    task: {zh-CN: 请核对, en: Please check}
    fields:
      - {name: phone, type: phone, label: {zh-CN: 手机号, en: Telephone}}
      - {name: address, type: text, label: {zh-CN: 地址, en: Address}}
  - id: decision
    kind: teller_decision
    title: {zh-CN: 决定, en: Decision}
    say: {zh-CN: 请稍候, en: Please wait}
    task: {zh-CN: 请稍候, en: Please wait}
    flags: []
CHECK  - id: commit
    kind: commit
    title: {zh-CN: 提交, en: Commit}
    effect: core.change_details
"""
_CHECK = """  - id: check
    kind: checker_decision
    title: {zh-CN: 复核, en: Check}
    hours: 4
"""


@cache
def short_script(*, checked: bool = False, cooling: str = "") -> ServiceScript:
    """`cooling`: a line of the commit step."""
    text = _SCRIPT.replace("CHECK", _CHECK if checked else "")
    return parse_script(text + (f"    {cooling}\n" if cooling else ""), "short.yaml")


class Short:
    """A visit and the clock that goes on with it."""

    def __init__(self, store: Store, visit: str = "visit-1") -> None:
        self.store = store
        self.visit = visit
        self.now = NOON
        self.draft = SealedText("sealed")
        self.alongside: Alongside | None = None
        self.cooling, self.checked = "", False
        self.objection_days = 0

    def later(self, **by: float) -> None:
        self.now += timedelta(**(by or {"seconds": 1}))

    async def do(self, *commands: c.Command) -> Visit:
        after = None
        for command in commands:
            self.later()
            after = (await self.store.visits.apply(self.visit, command, self.now)).visit
        assert after is not None
        return after

    async def open(self, *, checked: bool = False, language: str = "zh-CN") -> Visit:
        """`alongside` is written in the same transaction."""
        script = short_script(checked=checked, cooling=self.cooling)
        policy = VisitPolicy(objection_days=self.objection_days)
        command = c.OpenVisit(
            self.visit, script, language, "digest", False, {"recording": True}, policy
        )
        self.later()
        applied = await self.store.visits.apply(
            self.visit, command, self.now, alongside=self.alongside
        )
        return applied.visit

    async def filled_in(self, *, checked: bool = False, language: str = "zh-CN") -> Visit:
        """To the teller's decision, which is not open yet."""
        await self.open(checked=checked, language=language)
        await self.do(c.TakeTicket("A001"))
        await self.do(c.Offer(f"p-{self.visit}", TELLER, self.now + timedelta(hours=1)))
        await self.do(c.Accept(f"p-{self.visit}", TELLER, "r1"))
        for party in ("customer", "teller"):
            await self.do(c.LegUp(party, f"{party}-1"), c.RecordingConfirmed(party))
        return await self.do(
            c.StartStep("recording", TELLER),
            c.AnswerStep("recording", "agreed"),
            c.CompleteStep("recording", TELLER, "passed"),
            c.StartStep("details", TELLER),
            c.DraftForm("details", TELLER, self.draft, "digest"),
            c.AnswerStep("details", "seen"),
            c.CompleteStep("details", TELLER, "passed"),
        )

    async def deciding(self, *, checked: bool = False, language: str = "zh-CN") -> Visit:
        """To the teller's decision, which is open."""
        await self.filled_in(checked=checked, language=language)
        return await self.do(c.StartStep("decision", TELLER))

    async def served(self, *, checked: bool = False, language: str = "zh-CN") -> Visit:
        """To the end of the call, everything done."""
        await self.deciding(checked=checked, language=language)
        await self.do(c.CompleteStep("decision", TELLER, "passed", UNSAID, "approve"))
        return await self.do(c.EndService(TELLER, Outcome.DONE))

    async def done(self, *, checked: bool = False, language: str = "zh-CN") -> Visit:
        """Sealed and wrapped up; with `checked`, waiting for a second person."""
        await self.served(checked=checked, language=language)
        return await self.do(c.CallSealed("manifest", True), c.WrapUp(TELLER, "completed"))

    async def approved(self) -> Visit:
        await self.done(checked=True)
        return await self.do(c.Review(CHECKER, "approve", SealedText("sealed")))
