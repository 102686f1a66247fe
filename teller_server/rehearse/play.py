"""Any service, step by step, by synthetic people: each kind of step is played one way.

The teller begins what comes next, the party whose step it is does what its page offers, and the
teller ends it. Values that matter are wished for; the rest are whatever the type allows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from teller_server.rehearse.customer import Customer
from teller_server.rehearse.media import document_photo
from teller_server.rehearse.teller import Teller
from teller_server.rehearse.wire import PATIENCE, View

FACE_ATTEMPTS = 3
BY_EYE = "已核对证件照片与本人一致"
_ANY = {
    "text": "彩排",
    "number": "12",
    "money": "50000.00",
    "date": "2036-01-01",
    "phone": "13900000009",
    "resident_id": "11010519491231002X",
    "credit_code": "91330106MA27XL0X1K",
    "yes_no": "yes",
}

Say = Callable[[str], None]
CodeReader = Callable[[], Awaitable[str]]


class Unfit(Exception):
    """The visit can't go on as rehearsed; `code` is the server's stable word for it."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Wishes:
    """What shall be written and answered: forms by step, answers by `step.question`.

    `code` reads the newest one-time code from the phone.
    """

    forms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    code: CodeReader | None = None
    verdict: str = "approve"
    reason: str | None = None


@dataclass(slots=True)
class Play:
    """One visit being played; `people` are the parties by name, `faces` what comparisons said."""

    teller: Teller
    people: dict[str, Customer]
    wishes: Wishes
    say: Say = lambda _text: None
    faces: list[str] = field(default_factory=list)
    before_step: Callable[[str], Awaitable[None]] | None = None

    async def to_the_end(self) -> None:
        """Every step that is left. Raises Unfit, wire.WireError, TimeoutError."""
        while await self.next_step() is not None:
            pass

    async def until(self, step: str) -> None:
        """Every step before this one."""
        while True:
            current = await self._coming()
            if current is None or current["id"] == step:
                return
            await self.play(current)

    async def next_step(self) -> str | None:
        """Play the next step; its id, or None when all are done."""
        current = await self._coming()
        if current is None:
            return None
        await self.play(current)
        return str(current["id"])

    async def _coming(self) -> View | None:
        view = await self.teller.visit(
            lambda visit: visit["current"] is None or _may_come(visit["current"]),
            "the next step to be ready",
            PATIENCE,
        )
        current: View | None = view["current"]
        return current

    async def play(self, current: View) -> None:
        """One step, whole."""
        step = str(current["id"])
        if self.before_step is not None:
            await self.before_step(step)
        await self.teller.start(step)
        await _KINDS[current["kind"]](self, step, self.people[current["party"]])
        await self._complete(step, current["kind"])
        self.say(step)

    async def _complete(self, step: str, kind: str) -> None:
        if kind == "teller_decision":
            await self.teller.decide_matter(step, self.wishes.verdict, self.wishes.reason)
        else:
            await self.teller.complete(step, within=PATIENCE)

    # ---- one method for each kind

    async def tap(self, step: str, who: Customer) -> None:
        """Agree where there is something to agree to; else say that it was seen."""
        view = await who.wire.until(
            lambda view: _mine(view, step) and {"agree", "see"} & set(view["step"]["can"]),
            f"to be asked in step {step}",
            PATIENCE,
        )
        agreed = "agree" in view["step"]["can"]
        value = {"agreed": True} if agreed else {"seen": True}
        await who.wire.send("step.answer", step=step, value=value)

    async def photograph(self, step: str, who: Customer) -> None:
        """Every side that is asked for; then what is looked for is seen."""
        photo = document_photo(who.medium.first)
        document = await who.photograph(step, photo)
        while document["status"] == "none" and document["side"]:
            document = await who.photograph(step, photo)
        if document["status"] != "accepted":
            raise Unfit(document.get("code") or "document_rejected", document.get("message") or "")
        view = await self.teller.visit(
            lambda visit: _all_sides(visit["current"]["document"]), f"the document of {step}"
        )
        for one in view["current"]["document"]["asks"]:
            await self.teller.wire.send(
                "question.record", step=step, question=one["id"], value="seen", clear=True
            )

    async def recognise(self, step: str, who: Customer) -> None:
        if not who.face:
            await self.teller.wire.send(
                "identity.decide", check=None, verdict="alternative", reason=BY_EYE
            )
            return
        self.faces.append(await identify(self.teller, step))

    async def ask(self, step: str, _who: Customer) -> None:
        """The teller writes every answer down, as it was hoped for or wished."""
        view = await self.teller.visit(
            lambda visit: visit["current"]["questions"], f"the questions of {step}"
        )
        for question in view["current"]["questions"]:
            value = self.wishes.answers.get(f"{step}.{question['id']}") or _answer(question)
            await self.teller.wire.send(
                "question.record", step=step, question=question["id"], value=value, clear=True
            )

    async def watch(self, step: str, who: Customer) -> None:
        """Nobody here can move as asked: the customer says so, and the evidence says it too."""
        if who.face and await self._challenged(step):
            await who.in_step(step, "decline_challenge")
            await who.wire.send("challenge.decline", step=step)
        view = await self.teller.visit(
            lambda visit: visit["current"]["prompts"], f"the prompts of {step}"
        )
        for prompt in (one for one in view["current"]["prompts"] if one["drawn"]):
            await self.teller.wire.send(
                "question.record", step=step, question=prompt["id"], value="seen", clear=True
            )

    async def _challenged(self, step: str) -> bool:
        """Whether movements are asked for here that the machine would judge."""
        view = await self.teller.visit(
            lambda visit: (
                visit["current"]["id"] == step and visit["current"]["prompts"] is not None
            ),
            f"what {step} asks for",
        )
        return view["current"]["challenge"] is not None

    async def fill(self, step: str, who: Customer) -> None:
        form = (await self.teller.visit(_form_of(step), f"the form {step}"))["form"]
        wished = self.wishes.forms.get(step, {})
        values = {
            one["name"]: wished.get(one["name"]) or _answer(one)
            for one in form["fields"]
            if one["name"] in wished or one["required"] or not wished
        }
        await self.teller.draft(step, values)
        await who.see(step)

    async def read(self, step: str, who: Customer) -> None:
        """Every page, for as long as it takes."""
        view = await who.wire.until(
            lambda view: _mine(view, step) and view["step"]["paper"], f"paper {step}", PATIENCE
        )
        paper = view["step"]["paper"]
        for page in range(1, paper["pages"] + 1):
            await who.door.fetch(f"{paper['url']}{page}")
            await self._look(who, paper, page)
        view = await self._read(step, who)
        agreed = "agree" in view["step"]["can"]
        value = {"agreed": True} if agreed else {"seen": True}
        await who.wire.send("step.answer", step=step, value=value)

    async def _look(self, who: Customer, paper: View, page: int) -> None:
        await who.wire.send("paper.page", paper=paper["id"], page=page)
        await asyncio.sleep(paper["seconds"] + 0.2)

    async def _read(self, step: str, who: Customer) -> View:
        """The view that takes the answer; a page whose time fell short is looked at again."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await who.wire.send("paper.page", paper=self._paper(who)["id"], page=0)
                view = await who.wire.until(lambda view: _mine(view, step), f"step {step}")
                if {"agree", "read"} & set(view["step"]["can"]):
                    return view
                paper = self._paper(who)
                least = max(1, paper["seconds"] * 1000)
                for page, ms in enumerate(paper["dwell_ms"], 1):
                    if ms < least:
                        await self._look(who, paper, page)

    @staticmethod
    def _paper(who: Customer) -> View:
        view = who.wire.view or {}
        return dict(view["step"]["paper"])

    async def enter_code(self, step: str, who: Customer) -> None:
        await who.in_step(step, "request_code", PATIENCE)
        await who.wire.send("code.request", step=step)
        await who.in_step(step, "enter_code", PATIENCE)
        await who.wire.send("code.enter", step=step, code=await self._code())

    async def sign(self, step: str, who: Customer) -> None:
        await who.in_step(step, "request_code", PATIENCE)
        await who.wire.send("code.request", step=step)
        await who.in_step(step, "sign", PATIENCE)
        await who.sign(step, await self._code())
        await who.wire.until(
            lambda view: not _mine(view, step) or view["step"]["sign"]["status"] == "signed",
            f"{step} to be signed",
            PATIENCE,
        )

    async def _code(self) -> str:
        if self.wishes.code is None:
            raise Unfit("no_phone")
        return await self.wishes.code()

    async def wait(self, _step: str, _who: Customer) -> None:
        """Nothing for the party to do."""


_KINDS: dict[str, Callable[[Play, str, Customer], Awaitable[None]]] = {
    "notice": Play.tap,
    "consent": Play.tap,
    "disclosure": Play.tap,
    "hand_over": Play.tap,
    "question": Play.ask,
    "liveness": Play.watch,
    "form": Play.fill,
    "identity_document": Play.photograph,
    "registry_check": Play.wait,
    "face_match": Play.recognise,
    "one_time_code": Play.enter_code,
    "document": Play.read,
    "sign": Play.sign,
    "teller_decision": Play.wait,
}


async def identify(teller: Teller, step: str) -> str:
    """Compare faces until one comparison can be accepted; what it said.

    Raises Unfit `face_not_matched` or `face_not_seen`, with the last comparison's reasons.
    """
    check: dict[str, Any] = {}
    for attempt in range(1, FACE_ATTEMPTS + 1):
        check = await teller.check_face(step)
        if check["outcome"] in ("passed", "referred"):
            reason = "rehearsal" if check["outcome"] == "referred" else None
            await teller.decide(check["id"], "accept", reason)
            return f"{check['outcome']}, score {check['score']}"
        if check["status"] == "done" and attempt < FACE_ATTEMPTS:
            await teller.decide(check["id"], "repeat", "rehearsal")
    code = "face_not_matched" if check["status"] == "done" else "face_not_seen"
    raise Unfit(code, ", ".join(check["reasons"]))


def _answer(asked: Mapping[str, Any]) -> str:
    """What is hoped for; else anything that the type allows."""
    if asked.get("expect"):
        return str(asked["expect"])
    if asked["type"] == "choice":
        return str(asked["options"][0]["value"])
    if asked["type"] in ("number", "money") and asked.get("low") is not None:
        return str(asked["low"])
    return _ANY[asked["type"]]


def _may_come(current: Mapping[str, Any]) -> bool:
    """It may be started, or only its own party is missing yet."""
    return "start" in current["can"] or current["blocked"] == "guest_not_here"


def _all_sides(document: Mapping[str, Any] | None) -> bool:
    return document is not None and all(one["status"] == "accepted" for one in document["sides"])


def _mine(view: View, step: str) -> bool:
    return bool(view["step"] and view["step"]["id"] == step and view["step"]["mine"])


def _form_of(step: str) -> Callable[[View], bool]:
    return lambda visit: bool(visit["form"] and visit["form"]["step"] == step)
