"""What each operation does. Reading a paper or a verdict is an act on evidence: it is on record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiohttp import web

from teller_server.api.bank import models as m
from teller_server.api.bank.operations import Ask
from teller_server.api.ranges import read_day, read_day_after, read_page
from teller_server.desk.final_papers import final_digests, final_pdf
from teller_server.desk.purposes import program
from teller_server.domain.errors import Refusal
from teller_server.domain.state import RepudiationState, Visit
from teller_server.store.visits import VisitQuery, VisitRow

PDF = "application/pdf"
PER_PAGE = 50


async def services(ask: Ask) -> m.Services:
    """Every service, with what its intake asks."""
    found = [
        m.Service(
            id=script.service,
            version=script.version,
            digest=script.digest,
            title=script.title["en"],
            languages=list(script.languages),
            minutes=script.minutes,
            intake=[
                m.IntakeField(
                    name=one.name,
                    type=one.type,
                    required=one.required,
                    options=[option.value for option in one.options],
                    title=one.label["en"],
                )
                for one in script.intake
            ],
        )
        for script in ask.desk.scripts.values()
    ]
    return m.Services(services=found)


async def invite(ask: Ask) -> m.Invitation:
    """Make an invitation; what may not be done by video is refused now, not in the queue."""
    wanted: m.Invited = ask.body
    desk = ask.desk
    if not wanted.customer_reference and not (wanted.name and wanted.document_number):
        raise Refusal("bad_request", field="document_number" if wanted.name else "name")
    made = await desk.admission.invite(
        wanted.service,
        wanted.language,
        wanted.name or "",
        wanted.document_number or "",
        created_by=ask.key.id,
        reference=wanted.customer_reference or "",
        intake=wanted.intake,
        hours=wanted.expires_in_hours,
    )
    base = desk.settings.server.public_url or f"{ask.request.scheme}://{ask.request.host}"
    return m.Invitation(
        id=made.id, url=f"{base}/i#{made.secret}", expires_at=made.expires_at.isoformat()
    )


async def invitation(ask: Ask) -> m.InvitationStatus:
    """Whether an invitation was used, and for which visits."""
    found, redeemed = await ask.desk.store.invitations.look(ask.path("invitation"), ask.key.id)
    return m.InvitationStatus(
        id=found.id,
        service=found.service,
        language=found.language,
        created_at=found.created_at.isoformat(),
        expires_at=found.expires_at.isoformat(),
        redeemed_at=redeemed.isoformat() if redeemed else None,
        visits=list(await ask.desk.admission.visits_of(found.id)),
    )


async def visits(ask: Ask) -> m.Visits:
    """A page of visits, the newest first."""
    given = ask.request.query
    page = read_page(given.get("page", "1"))
    query = VisitQuery(
        service=given.get("service") or None,
        outcome=given.get("outcome") or None,
        state=given.get("state") or None,
        effect=given.get("effect") or None,
        lookups=ask.desk.admission.digests(given.get("customer_reference"), given.get("receipt")),
        opened_from=read_day(given.get("from"), "from"),
        opened_until=read_day_after(given.get("to")),
        page=page,
        per_page=PER_PAGE,
    )
    found = await ask.desk.store.visits.search(query)
    lines = [_line(row) for row in found.rows]
    return m.Visits(visits=lines, total=found.total, page=page)


async def visit(ask: Ask) -> m.Visit:
    """One visit, without personal data."""
    found = await ask.desk.store.visits.get(ask.path("visit"))
    return m.Visit(
        **_of(found),
        script=found.script,
        packs=[f"{pack.id} {pack.version}" for pack in found.policy.packs],
        steps=[
            m.StepLine(
                id=step.id,
                kind=step.kind.value,
                party=step.party,
                status=step.status,
                started_at=_moment(step.started_at),
                ended_at=_moment(step.ended_at),
            )
            for step in found.steps
        ],
        receipt=found.receipt,
        closed_at=_moment(found.closed_at),
    )


async def result(ask: Ask) -> m.Result:
    """What was found out and decided, opened for this program and noted in the custody chain."""
    desk, found = ask.desk, await _closed(ask)
    await _note(ask, found.id, "result_read")
    facts = await desk.facts.of(found, program(ask.key.id))
    return m.Result(
        visit=found.id,
        outcome=found.outcome.value if found.outcome else None,
        effect=found.effect.value,
        receipt=found.receipt,
        verdict=found.verdict,
        flags=[*found.flags, *found.raised],
        reviewed=found.reviewed,
        intake=dict(facts.intake),
        forms={step: dict(values) for step, values in facts.forms.items()},
        answers={step: dict(values) for step, values in facts.answers.items()},
    )


async def papers(ask: Ask) -> m.Papers:
    """Which papers there are, and who has signed them."""
    found = await ask.desk.store.visits.get(ask.path("visit"))
    titles = ask.desk.scripts.of(found).papers
    final = await _final(ask, found)
    return m.Papers(
        documents=[
            m.Paper(
                id=name,
                title=titles[name]["en"],
                pages=paper.pages,
                digest=paper.digest,
                sha256=final.get(name),
                read=paper.read,
                signers=list(paper.signers),
                sealed=paper.sealed is not None,
            )
            for name, paper in found.papers.items()
        ]
    )


async def paper(ask: Ask) -> web.Response:
    """The newest state of one paper as PDF."""
    desk = ask.desk
    found = await desk.store.visits.get(ask.path("visit"))
    name = ask.path("document")
    if name not in found.papers:
        raise Refusal("no_such_paper")
    await _note(ask, found.id, "paper_read")
    pdf = await final_pdf(desk.evidence, found, name, program(ask.key.id))
    return web.Response(body=pdf, content_type=PDF, headers={"Cache-Control": "no-store"})


async def _final(ask: Ask, visit: Visit) -> Mapping[str, str]:
    """Digests of the papers as they are handed out; none once the key was destroyed."""
    try:
        return await final_digests(ask.desk.evidence, visit)
    except Refusal as refusal:
        if refusal.code != "key_shredded":
            raise
        return {}


async def repudiate(ask: Ask) -> m.RepudiationHeard:
    """The bank's hotline was told that this visit was somebody else's; said twice it is once."""
    wanted: m.Repudiation = ask.body
    desk, visit = ask.desk, ask.path("visit")
    said: RepudiationState = await desk.repudiation.by_hotline(visit, ask.key.id, wanted.note)
    await _note(ask, visit, "visit_repudiated")
    return m.RepudiationHeard(
        visit=visit, heard_at=said.at.isoformat(), by=said.by, end=said.end, detail=said.detail
    )


async def evidence(ask: Ask) -> m.Verdict:
    """Verify the recording now, without any key."""
    found = await ask.desk.store.visits.get(ask.path("visit"))
    verdict = await ask.desk.review.verify(found.id)
    return m.Verdict(
        visit=found.id,
        status=verdict["status"],
        evidence_digest=verdict["evidence_digest"],
        stamped_at=verdict["stamped"],
        notes=verdict["notes"],
    )


async def webhooks(ask: Ask) -> m.Webhooks:
    """Where events go."""
    return m.Webhooks(
        webhooks=[
            m.WebhookLine(id=one.id, url=one.url, title=one.title, types=list(one.types))
            for one in await ask.desk.webhooks.endpoints()
            if one.state != "removed"
        ]
    )


async def add_webhook(ask: Ask) -> m.WebhookMade:
    """Have events sent to an address."""
    wanted: m.Webhook = ask.body
    made, secret = await ask.desk.webhooks.register(
        wanted.url, wanted.title, wanted.types, by=ask.key.id
    )
    return m.WebhookMade(id=made.id, secret=secret)


async def remove_webhook(ask: Ask) -> web.Response:
    """Send no more events there."""
    await ask.desk.webhooks.turn(ask.path("webhook"), "removed", by=ask.key.id)
    return web.Response(status=204)


async def _closed(ask: Ask) -> Visit:
    """A visit whose call is over: before that there is no result."""
    found: Visit = await ask.desk.store.visits.get(ask.path("visit"))
    if found.outcome is None:
        raise Refusal("no_result_yet")
    return found


async def _note(ask: Ask, visit: str, act: str) -> None:
    await ask.desk.store.custody.add(visit, ask.key.id, act, {}, ask.desk.counter.now())


def _line(row: VisitRow) -> m.VisitLine:
    return m.VisitLine(
        id=row.id,
        ticket=row.ticket,
        service=row.service,
        language=row.language,
        state=row.state,
        outcome=row.outcome,
        effect=row.effect,
        opened_at=row.opened_at.isoformat(),
        ended_at=_moment(row.ended_at),
    )


def _of(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.id,
        "ticket": visit.ticket,
        "service": visit.service,
        "language": visit.language,
        "state": visit.state.value,
        "outcome": visit.outcome.value if visit.outcome else None,
        "effect": visit.effect.value,
        "opened_at": visit.opened_at.isoformat(),
        "ended_at": _moment(visit.ended_at),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
