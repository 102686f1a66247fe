"""What the rules of steps ask of a script: consents, what is said, asked and shown."""

from __future__ import annotations

from teller_server.domain.script import (
    CUSTOMER,
    ConsentAsked,
    Disclosure,
    Document,
    Liveness,
    OneTimeCode,
    Otherwise,
    Questions,
    Step,
    StepKind,
)

from .finding import FINAL, Finding, asks, certain_questions, of_party, writes
from .kinds_step import (
    AccessibilityRule,
    ConsentRule,
    DisclosureRule,
    DocumentShownRule,
    NoticeRule,
    OtpRule,
    QuestionRule,
    RandomQuestionsRule,
    StatementRule,
)

DIGITS = 6
"""Of the codes that this release sends."""
CODE_SECONDS = 600
"""For which a code works at most, whatever `codes.minutes` says."""
WITHOUT_MOVEMENT = "no_movement"
"""The other way that this release offers beside a prompt to move."""
_HARDER: tuple[Otherwise, ...] = ("note", "flag", "end")
_NOT_HERE = ("deny", "other_channel")


def notice(rule: NoticeRule, found: Finding) -> None:
    missing = set(rule.languages) - set(found.script.languages)
    if missing:
        found.lacks(f"the service must speak {', '.join(sorted(missing))}")
    if rule.before_queue:
        if rule.seconds is not None:
            found.unbuilt("least time for what is read before the queue")
        if not found.script.consents:
            found.lacks(f"nothing tells about {rule.topic} before the queue")
        found.held(*(f"before the queue: {consent.id}" for consent in found.script.consents))
    else:
        notices = found.script.of_kind(StepKind.NOTICE)
        found.demand(notices, f"a notice about {rule.topic}", rule.before)


def consent(rule: ConsentRule, found: Finding) -> None:
    asked = [consent for consent in found.script.consents if consent.id == rule.purpose]
    spoken = [
        step
        for step in of_party(found.script, StepKind.CONSENT, CUSTOMER)
        if isinstance(step.detail, ConsentAsked) and step.detail.purpose == rule.purpose
    ]
    if not asked and (rule.before_queue or not spoken):
        where = "before the queue" if rule.before_queue else "of its own"
        found.lacks(f"a consent `{rule.purpose}` {where} is missing")
        return
    found.held(*(f"before the queue: {consent.id}" for consent in asked))
    if rule.form == "spoken" or (spoken and not asked):
        found.demand(spoken, f"consent `{rule.purpose}`, spoken", rule.before)
    _refusals(rule, found, spoken)
    if rule.form == "sign":
        found.unbuilt("consent that is signed")
    if rule.withdraw:
        found.unbuilt("way to withdraw a consent")
    if rule.guardian_age is not None:
        found.unbuilt("consent of a guardian")


def _refusals(rule: ConsentRule, found: Finding, spoken: list[Step]) -> None:
    """What a no may and may not mean."""
    ends = [s for s in spoken if isinstance(s.detail, ConsentAsked) and s.detail.on_refuse == "end"]
    for asked in found.script.consents:
        mine = asked.id == rule.purpose
        if asked.required and ((mine and rule.refusable) or (not mine and rule.others_refusable)):
            found.lacks(f"consent `{asked.id}` must be refusable (`required: false`)")
        if mine and rule.on_refuse in _NOT_HERE and not asked.required:
            found.lacks(f"without consent `{asked.id}` there may be no service (`required: true`)")
    if rule.refusable and ends:
        found.lacks(f"a no to `{rule.purpose}` must not end the visit", ends[0])
    if rule.on_refuse in _NOT_HERE and len(ends) != len(spoken):
        found.lacks(f"a no to `{rule.purpose}` must end the visit", spoken[0])


def disclosure(rule: DisclosureRule, found: Finding) -> None:
    if rule.mode == "popup":
        found.unbuilt("words that open over the customer's screen by themselves")
    told = [
        step
        for step in of_party(found.script, StepKind.DISCLOSURE, CUSTOMER)
        if isinstance(step.detail, Disclosure) and step.detail.topic == rule.topic
    ]
    step = found.demand(told, f"disclosure of `{rule.topic}`", rule.before, rule.condition)
    if step is None or not isinstance(step.detail, Disclosure):
        return
    if rule.acknowledge == "agree" and step.detail.acknowledge != "agree":
        found.lacks(f"`{step.id}` must be agreed to (`acknowledge: agree`)", step)
    if step.detail.seconds < (rule.seconds or 0):
        found.lacks(f"`{step.id}` must take {rule.seconds} seconds", step)
    if rule.verbatim and not all(step.say.get(one) for one in found.script.languages):
        found.lacks(f"`{step.id}` needs its words in `say`", step)


def accessibility(rule: AccessibilityRule, found: Finding) -> None:
    if rule.interpreter:
        found.unbuilt("interpreter as a party")
    prompts = [
        step
        for step in found.script.of_kind(StepKind.LIVENESS)
        if isinstance(step.detail, Liveness) and any(not one.motor for one in step.detail.prompts)
    ]
    if rule.helper == "declared":
        found.unbuilt("helper who is declared as a party")
    for other in rule.alternatives:
        if other != WITHOUT_MOVEMENT:
            found.unbuilt(f"way `{other}` for those who can't take the usual one")
    if rule.alternatives:
        found.demand(prompts, "a way without movement", rule.before)


def otp(rule: OtpRule, found: Finding) -> None:
    """`to`: `customer.phone`, a form's field, or `changed_phone`: every new number written down."""
    if (rule.digits or 0) > DIGITS:
        found.unbuilt(f"code of more than {DIGITS} digits")
    if rule.seconds is not None and rule.seconds < CODE_SECONDS:
        found.unbuilt(f"code that is sure to end within {rule.seconds} seconds")
    if found.never(rule.condition):
        return
    codes = found.script.of_kind(StepKind.ONE_TIME_CODE)
    if rule.to == "changed_phone" and not _numbers(rule, found):
        found.held("step: no number is changed")
    for wanted, form in _numbers(rule, found):
        same = form.when if form else None
        sent = [
            step
            for step in codes
            if isinstance(step.detail, OneTimeCode)
            and step.detail.to == wanted
            and (step.when == same or found.certain(step, rule.condition))
        ]
        if not sent:
            found.lacks(f"a code to {wanted} is missing, or not certain to be sent", form)
            continue
        late = found.overtaken(sent[0], rule.before or FINAL)
        if late is not None:
            found.lacks(f"the code to {wanted} must come before `{late.id}`", sent[0])
        found.held(sent[0].id)


def _numbers(rule: OtpRule, found: Finding) -> list[tuple[str, Step | None]]:
    if rule.to != "changed_phone":
        return [(rule.to, None)]
    return [
        (f"{form.id}.{one.name}", form)
        for form in found.script.of_kind(StepKind.FORM)
        for one in form.fields
        if one.type == "phone" and one.before
    ]


def random_questions(rule: RandomQuestionsRule, found: Finding) -> None:
    steps = found.script.of_kind(StepKind.QUESTION)
    mine = [
        step
        for step in of_party(found.script, StepKind.QUESTION, CUSTOMER)
        if isinstance(step.detail, Questions) and step.detail.purpose == rule.purpose
    ]
    forbidden = found.policy.forbidden_purposes(found.script.service)
    if rule.purpose not in forbidden and rule.purpose != "none":
        step = found.demand(mine, f"a question step with purpose `{rule.purpose}`", rule.before)
        if step is not None and isinstance(step.detail, Questions):
            _variety(rule, found, step, step.detail)
    for step in steps:
        if isinstance(step.detail, Questions) and step.detail.purpose in rule.forbids:
            found.lacks(f"questions must not be asked for `{step.detail.purpose}`", step)
    if rule.forbids:
        found.held("session: purposes of questions")


def _variety(rule: RandomQuestionsRule, found: Finding, step: Step, questions: Questions) -> None:
    asked = questions.draw or len(questions.pool)
    if asked < (rule.count or 0):
        found.lacks(f"`{step.id}` must ask {rule.count} questions", step)
    if "order" in rule.vary and not questions.shuffle:
        found.lacks(f"`{step.id}` must vary their order (`shuffle: true`)", step)
    if "type" in rule.vary and not 0 < questions.draw < len(questions.pool):
        found.lacks(f"`{step.id}` must draw fewer than the pool holds (`draw`)", step)


def question(rule: QuestionRule, found: Finding) -> None:
    """In a form that can't be left without it, or asked in every visit."""
    if rule.field:
        forms = writes(found.script, rule.field)
        found.demand(forms, f"required field `{rule.field}`", rule.before, rule.condition)
        return
    asked = asks(found.script, rule.id, CUSTOMER)
    step = found.demand(asked, f"question `{rule.id}`", rule.before, rule.condition)
    if step is None:
        return
    for one in certain_questions(step):
        if one.id == rule.id and _HARDER.index(one.otherwise) < _HARDER.index(_word(rule.on_fail)):
            found.lacks(f"an unexpected answer to `{one.id}` must {rule.on_fail}", step)


def _word(on_fail: str) -> Otherwise:
    return next(word for word in _HARDER if word == on_fail)


def statement(rule: StatementRule, found: Finding) -> None:
    """Said by the customer: a question of that name. By the teller: the first words of the call."""
    if rule.similarity_percent is not None:
        found.unbuilt("comparison of spoken words with the written ones")
    if rule.subtitle:
        found.unbuilt("subtitle of what is said")
    if rule.speaker == "customer":
        found.demand(asks(found.script, rule.topic), f"statement `{rule.topic}`", rule.before)
        return
    first = next((step for step in found.script.steps if step.say), None)
    if first is None:
        found.lacks(f"nobody says anything about {rule.topic}")
        return
    for variable in rule.variables:
        for language in found.script.languages:
            if variable not in first.say.get(language, ""):
                found.lacks(f"the first words ({language}) must name `{variable}`", first)
    found.held(first.id)


def document_shown(rule: DocumentShownRule, found: Finding) -> None:
    read = [
        step
        for step in of_party(found.script, StepKind.DOCUMENT, CUSTOMER)
        if isinstance(step.detail, Document) and step.detail.paper == rule.paper
    ]
    step = found.demand(read, f"paper `{rule.paper}`", rule.before, rule.condition)
    if step is None or not isinstance(step.detail, Document):
        return
    if rule.acknowledge == "agree" and step.detail.acknowledge != "agree":
        found.lacks(f"`{step.id}` must be agreed to (`acknowledge: agree`)", step)
    if step.detail.seconds < (rule.seconds or 0):
        found.lacks(f"a page of `{rule.paper}` must be read for {rule.seconds} seconds", step)
    for name in rule.needs_fields:
        found.demand(writes(found.script, name), f"`{rule.paper}` needs field `{name}`, which",
                     (f"document:{rule.paper}",))  # fmt: skip
