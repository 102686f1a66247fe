"""A script in short, for people who look at a service: what each step is and asks for."""

from __future__ import annotations

from typing import Any

from .script import (
    CUSTOMER,
    CheckerDecision,
    Commit,
    ConsentAsked,
    Disclosure,
    Document,
    Form,
    HandOver,
    Liveness,
    Notice,
    OneTimeCode,
    Questions,
    RegistryCheck,
    ServiceScript,
    Sign,
    Step,
    StepKind,
    TellerDecision,
    Words,
)

BANK = "bank"
KIND_TITLES: dict[StepKind, Words] = {
    StepKind.NOTICE: {"zh-CN": "提示", "en": "Notice"},
    StepKind.CONSENT: {"zh-CN": "征求同意", "en": "Consent"},
    StepKind.DISCLOSURE: {"zh-CN": "口头告知", "en": "Disclosure"},
    StepKind.QUESTION: {"zh-CN": "询问", "en": "Questions"},
    StepKind.FORM: {"zh-CN": "录入与核对", "en": "Form"},
    StepKind.IDENTITY_DOCUMENT: {"zh-CN": "拍摄证件", "en": "Identity document"},
    StepKind.REGISTRY_CHECK: {"zh-CN": "联网核查", "en": "Registers"},
    StepKind.FACE_MATCH: {"zh-CN": "人证比对", "en": "Face and document"},
    StepKind.LIVENESS: {"zh-CN": "随机动作", "en": "Presence"},
    StepKind.ONE_TIME_CODE: {"zh-CN": "短信验证码", "en": "One-time code"},
    StepKind.DOCUMENT: {"zh-CN": "阅读文件", "en": "Reading"},
    StepKind.SIGN: {"zh-CN": "签名", "en": "Signature"},
    StepKind.TELLER_DECISION: {"zh-CN": "柜员决定", "en": "Teller's decision"},
    StepKind.HAND_OVER: {"zh-CN": "转办", "en": "Hand-over"},
    StepKind.CHECKER_DECISION: {"zh-CN": "复核", "en": "Second person"},
    StepKind.COMMIT: {"zh-CN": "提交业务系统", "en": "Bank's own system"},
}
REGISTER_TITLES: dict[str, Words] = {
    "citizen": {"zh-CN": "公民身份信息", "en": "Identity register"},
    "phone": {"zh-CN": "手机号与身份", "en": "Phone number and identity"},
    "company": {"zh-CN": "工商登记与经营异常名录", "en": "Business register and abnormal list"},
    "screening": {"zh-CN": "名单筛查", "en": "Name screening"},
}
NEED_TITLES: dict[str, Words] = {
    "live_video": {"zh-CN": "实时视频", "en": "live video"},
    "fresh_face": {"zh-CN": "刚核对过本人", "en": "face just seen"},
}
OUTCOME_TITLES: dict[str, Words] = {
    "sign_at_branch": {"zh-CN": "到网点签署", "en": "sign at a branch"},
    "done_with_limits": {"zh-CN": "办成但有限制", "en": "done with limits"},
    "other_channel": {"zh-CN": "改由其他渠道办理", "en": "another channel"},
}
_BANKS = (StepKind.TELLER_DECISION, StepKind.CHECKER_DECISION, StepKind.COMMIT)
_PARTIES: dict[str, Words] = {
    CUSTOMER: {"zh-CN": "客户", "en": "Customer"},
    BANK: {"zh-CN": "银行", "en": "Bank"},
}


def outline(script: ServiceScript, language: str) -> list[dict[str, Any]]:
    """Each step as plain values (JSON): titles in one language, details in a few words.

    Keys: id, kind, kind_title, title, party, party_title, when, needs, details, may_end, say.
    """
    return [
        {
            "id": step.id,
            "kind": step.kind.value,
            "kind_title": said(KIND_TITLES[step.kind], language),
            "title": said(step.title, language),
            "party": lane(step),
            "party_title": party_title(script, lane(step), language),
            "when": step.when.text if step.when else "",
            "needs": [said(NEED_TITLES[need], language) for need in sorted(step.needs)],
            "details": _details(script, step, language),
            "may_end": may_end(step),
            "say": said(step.say, language),
        }
        for step in script.steps
    ]


def lane(step: Step) -> str:
    """Who acts: a party, or the bank's own people and systems."""
    return BANK if step.kind in _BANKS else step.party


def party_title(script: ServiceScript, party: str, language: str) -> str:
    """What a party is called."""
    guests = {guest.party: guest.title for guest in script.guests}
    return said(_PARTIES.get(party) or guests.get(party, {}), language) or party


def said(words: Words, language: str) -> str:
    """The text in a language, else in the first that there is."""
    return words.get(language) or next(iter(words.values()), "")


def may_end(step: Step) -> bool:
    """Whether an answer in this step can end the visit."""
    match step.detail:
        case ConsentAsked(on_refuse=on_refuse) | Sign(on_refuse=on_refuse):
            return on_refuse == "end"
        case Disclosure(acknowledge=how) | Document(acknowledge=how):
            return how == "agree"
        case Questions(pool=pool):
            return any(question.otherwise == "end" for question in pool)
    return step.kind in (StepKind.TELLER_DECISION, StepKind.CHECKER_DECISION)


def _details(script: ServiceScript, step: Step, language: str) -> list[str]:
    chinese = language == "zh-CN"
    lines = _shown(script, step, language) or (_asked_zh(step) if chinese else _asked_en(step))
    return [line for line in lines if line]


def _shown(script: ServiceScript, step: Step, language: str) -> list[str]:
    """Details that are names of things."""
    join = "、" if language == "zh-CN" else ", "
    match step.detail:
        case Form(fields=fields):
            return [join.join(said(field.label, language) for field in fields)]
        case Document(paper=paper, seconds=seconds):
            each = (
                f"每页至少 {seconds} 秒" if language == "zh-CN" else f"{seconds} s a page at least"
            )
            return [said(script.papers.get(paper, {}), language), each if seconds else ""]
        case Sign(papers=papers):
            return [join.join(said(script.papers.get(paper, {}), language) for paper in papers)]
        case HandOver(outcome=outcome):
            return [said(OUTCOME_TITLES[outcome], language)]
        case Commit(effect=effect):
            return [effect]
        case RegistryCheck(checks=checks):
            return [join.join(said(REGISTER_TITLES[check], language) for check in checks)]
    return []


def _asked_zh(step: Step) -> list[str]:
    match step.detail:
        case Notice(seconds=seconds) | Disclosure(seconds=seconds):
            agree = isinstance(step.detail, Disclosure) and step.detail.acknowledge == "agree"
            return [f"至少 {seconds} 秒" if seconds else "", "须明确同意" if agree else ""]
        case ConsentAsked(on_refuse=on_refuse):
            return ["不同意则结束" if on_refuse == "end" else "不同意也可继续"]
        case Questions(pool=pool, draw=draw, shuffle=shuffle):
            count = f"{len(pool)} 题中抽 {draw} 题" if draw else f"{len(pool)} 题"
            return [count + ("，随机顺序" if shuffle or draw else "")]
        case Liveness(prompts=prompts, draw=draw):
            return [f"{len(prompts)} 个提示中抽 {draw} 个"]
        case OneTimeCode(to=to):
            return ["发至预留手机号" if to.startswith("customer.") else f"发至 {to}"]
        case TellerDecision(flags=flags):
            return [f"{len(flags)} 项疑点，{sum(flag.blocking for flag in flags)} 项不得通过"]
        case CheckerDecision(hours=hours):
            return [f"{hours} 小时内由另一人决定"]
    return []


def _asked_en(step: Step) -> list[str]:
    match step.detail:
        case Notice(seconds=seconds) | Disclosure(seconds=seconds):
            agree = isinstance(step.detail, Disclosure) and step.detail.acknowledge == "agree"
            least = f"{seconds} s at least" if seconds else ""
            return [least, "must be agreed to" if agree else ""]
        case ConsentAsked(on_refuse=on_refuse):
            return ["a no ends the visit" if on_refuse == "end" else "a no is possible"]
        case Questions(pool=pool, draw=draw, shuffle=shuffle):
            count = f"{draw} of {len(pool)} questions" if draw else _counted(len(pool), "question")
            return [count + (", in random order" if shuffle or draw else "")]
        case Liveness(prompts=prompts, draw=draw):
            return [f"{draw} of {len(prompts)} prompts"]
        case OneTimeCode(to=to):
            return ["to the number on record" if to.startswith("customer.") else f"to {to}"]
        case TellerDecision(flags=flags):
            blocking = sum(flag.blocking for flag in flags)
            return [f"{_counted(len(flags), 'flag')}, {blocking} of them blocking"]
        case CheckerDecision(hours=hours):
            return [f"somebody else decides within {_counted(hours, 'hour')}"]
    return []


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
