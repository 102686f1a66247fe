"""A console at any step of the real services: titles, words and questions are the scripts' own."""

from __future__ import annotations

from functools import cache
from typing import Any

from teller_server.desk.scripts import load_scripts
from teller_server.domain.fields import Field
from teller_server.domain.script import AFTER_CALL, Liveness, Questions, ServiceScript, Step
from teller_server.domain.texts import render
from tests.web.gallery_staff_views import View, busy, identity, visit
from tests.web.gallery_views import iso

ACCEPTED = {"verdict": "accept", "reason": ""}
HOLDS = {
    "loan_interview": {"with_guarantor": True, "above_esign_limit": False, "amount_differs": False},
    "corporate_account": {"with_agent": True, "code_differs": False, "limited": False},
    "change_of_details": {"phone": True, "high_risk": True, "light": False, "renewal": False},
}
VALUES = {
    "zh-CN": {
        "teller.name": "王敏",
        "teller.number": "T1027",
        "branch.name": "江南银行远程营业厅",
        "customer.name": "李*",
        "customer.phone": "138****5678",
        "intake.amount": "180,000 元",
        "intake.company": "杭州云帆科技有限公司",
        "application.amount": "180,000 元",
        "application.months": "36",
        "application.rate": "4.35",
        "details_phone.phone": "139****2046",
    },
    "en": {
        "teller.name": "Wang Min",
        "teller.number": "T1027",
        "branch.name": "Jiangnan Bank Video Branch",
        "customer.name": "L. W.",
        "customer.phone": "138****5678",
        "intake.amount": "CNY 180,000",
        "intake.company": "Hangzhou Yunfan Technology Co., Ltd",
        "application.amount": "CNY 180,000",
        "application.months": "36",
        "application.rate": "4.35",
        "details_phone.phone": "139****2046",
    },
}


@cache
def script(service: str) -> ServiceScript:
    return load_scripts()[service]


def said(text: Any, language: str) -> str:
    """A text of the script as this customer hears it."""
    return render(text[language], VALUES[language]) if text else ""


def step_lines(service: str, at: str, language: str, *, started: bool, holds: View) -> list[View]:
    """Everything before `at` is behind; what does not apply was passed over."""
    lines, behind = [], True
    for number, step in enumerate(script(service).steps):
        applies = step.when is None or step.when.holds(holds) is not False
        here = step.id == at
        behind = behind and not here
        status = "done" if applies else "skipped"
        if not behind:
            status = "current" if here and started else "todo"
        began = iso(-1100 + 30 * number) if status in ("done", "current") else None
        lines.append(
            {
                "id": step.id,
                "kind": step.kind.value,
                "title": step.title[language],
                "status": status,
                "party": step.party,
                "applies": applies,
                "when": step.when.text if step.when else None,
                "after_call": step.kind in AFTER_CALL,
                "started_at": iso(-48) if status == "current" else began,
                "ended_at": iso(-1080 + 31 * number) if status == "done" else None,
            }
        )
    return lines


def at_step(service: str, at: str, language: str, *, started: bool = True, **more: Any) -> View:
    """A console at step `at`; `current`, `holds` and parts of the visit may be given."""
    step = script(service).step(at)
    holds = HOLDS[service] | more.pop("holds", {})
    now = _current(step, service, language, started=started) | more.pop("current", {})
    shown = {
        "service_title": script(service).title[language],
        "steps": step_lines(service, at, language, started=started, holds=holds),
        "current": now,
        "identity": identity(decision=ACCEPTED),
        "form": None,
        "guests": guests(service, language, holds),
        "scope": [],
        "conditions": [{"name": name, "holds": held} for name, held in holds.items()],
        **more,
    }
    return busy(language, visit(language, 1) | shown)


def _current(step: Step, service: str, language: str, *, started: bool) -> View:
    return {
        "id": step.id,
        "kind": step.kind.value,
        "title": step.title[language],
        "say": said(step.say, language),
        "say_language": language,
        "party": step.party,
        "party_title": party_title(service, step.party, language),
        "ready_at": None,
        "can": ["complete", "refuse"] if started else ["start"],
        "blocked": None,
        "blocked_message": None,
        "customer_answer": None,
        **dict.fromkeys(("questions", "prompts", "paper", "sign", "code", "decision", "hand_over")),
    }


def party_title(service: str, party: str, language: str) -> str:
    titles = {guest.party: guest.title for guest in script(service).guests}
    return (
        titles[party][language]
        if party in titles
        else ("客户" if language == "zh-CN" else "Customer")
    )


def guests(
    service: str, language: str, holds: View, status: str = "none", **more: Any
) -> list[View]:
    """The further parties that the script foresees here."""
    return [
        {
            "party": guest.party,
            "title": guest.title[language],
            "status": status,
            "link": None,
            "here": status == "here",
            **more,
        }
        for guest in script(service).guests
        if guest.when is None or guest.when.holds(holds) is not False
    ]


def field(one: Field, language: str) -> View:
    return {
        "type": one.type,
        "options": [{"value": o.value, "label": o.label[language]} for o in one.options],
        "required": one.required,
        "max_length": one.max_length or None,
        "low": one.low,
        "high": one.high,
    }


def questions(service: str, at: str, language: str, answers: dict[int, View]) -> list[View]:
    """The questions of a step in their order; `answers` by place."""
    pool = script(service).step(at).detail
    assert isinstance(pool, Questions)
    size = pool.draw or len(pool.pool)
    return [
        {
            "id": one.id,
            "ask": said(one.ask, language),
            **field(one.answer, language),
            "expect": one.expect,
            "otherwise": one.otherwise,
            "value": None,
            "finding": None,
            "attempts_left": one.attempts,
            "flag": one.flag.get(language) if one.flag else None,
            **answers.get(place, {}),
        }
        for place, one in enumerate(pool.pool[:size])
    ]


def place_of(service: str, at: str, kind: str) -> int:
    """Where the first question of an answer's type stands."""
    pool = script(service).step(at).detail
    assert isinstance(pool, Questions)
    return next(i for i, one in enumerate(pool.pool) if one.answer.type == kind)


def prompts(service: str, at: str, language: str, found: dict[int, str]) -> list[View]:
    pool = script(service).step(at).detail
    assert isinstance(pool, Liveness)
    drawn = [one for one in pool.prompts if not one.motor][:2]
    others = [one for one in pool.prompts if one not in drawn and not one.motor]
    return [
        {
            "id": one.id,
            "ask": said(one.ask, language),
            "motor": one.motor,
            "digits": "4815" if one.digits else None,
            "drawn": one in drawn,
            "finding": found.get(place),
        }
        for place, one in enumerate((*drawn, *others))
    ]


def form(service: str, at: str, language: str, after: dict[str, str], **more: Any) -> View:
    """A form of the script, filled in so far; `before` and `errors` by field."""
    before, errors = more.pop("before", {}), more.pop("errors", {})
    return {
        "step": at,
        "fields": [
            {
                "name": one.name,
                "label": one.label[language],
                **field(one, language),
                "before": before.get(one.name, ""),
                "after": after.get(one.name, ""),
                "error": errors.get(one.name),
            }
            for one in script(service).step(at).fields
        ],
        "customer_seen": False,
        "confirmed": False,
        **more,
    }
