"""What a reviewer reads beside the film: every finding of a visit, opened and in words.

What a bank's compliance head asks is answered here: which page was before the customer's eyes when
and for how long, who answered what in which attempt, what was signed and whether it still holds.
"""

import asyncio
from dataclasses import asdict
from typing import Any

from recording.errors import Damage
from teller_server.desk import findings_checks, findings_papers, findings_verdicts
from teller_server.desk.evidence import EvidenceDesk
from teller_server.desk.facts import FactsDesk
from teller_server.desk.fields import FieldCipher
from teller_server.desk.findings_visit import Reading
from teller_server.desk.keys import DataKeys, recording_of
from teller_server.desk.pack_shelf import Packs
from teller_server.desk.purposes import Purpose
from teller_server.desk.rules import clause_words
from teller_server.desk.script_shelf import Scripts
from teller_server.desk.signing import BANK, SigningDesk
from teller_server.desk.words import word
from teller_server.domain.objection import may_answer
from teller_server.domain.state import PaperState, Visit
from teller_server.papers.report import Report
from teller_server.store.store import Store


class FindingsDesk:
    """Draws the findings of one visit for whoever may view it."""

    def __init__(
        self,
        store: Store,
        keys: DataKeys,
        facts: FactsDesk,
        evidence: EvidenceDesk,
        signing: SigningDesk,
        packs: Packs,
        scripts: Scripts,
    ) -> None:
        self._store = store
        self._keys = keys
        self._facts = facts
        self._evidence = evidence
        self._signing = signing
        self._packs = packs
        self._scripts = scripts

    async def of(
        self, visit_id: str, language: str, account: str, purpose: Purpose
    ) -> dict[str, Any]:
        """Everything, for one reader; see docs/protocol.md. Instants are ISO; `zero` is the film's.

        Raises Refusal unknown_visit, key_shredded.
        """
        visit = await self._store.visits.get(visit_id)
        script = self._scripts.of(visit)
        facts = await self._facts.of(visit, purpose)
        told = [one.event for one in await self._store.visits.events(visit_id)]
        cipher = FieldCipher(visit_id, await self._keys.get(visit_id, purpose))
        reading = Reading(visit, script, facts, told, cipher, language)
        film = await self._store.evidence.recording(recording_of(visit_id))
        papers = {
            name: await self._report(visit, state, purpose) for name, state in visit.papers.items()
        }
        staff = {one.id: one.display_name for one in await self._store.accounts.all()}
        return {
            "zero": film.started_at.isoformat() if film else None,
            "state": visit.state.value,
            "mine": bool(account) and visit.teller == account,
            "may_answer": may_answer(visit, account),
            "script": {
                "service": visit.service,
                "title": script.title[language],
                "version": script.version,
                "digest": visit.script,
            },
            "packs": [asdict(pack) for pack in visit.policy.packs],
            "scope": await asyncio.to_thread(self._scope, visit, language),
            "intake": reading.intake(),
            "steps": reading.steps(),
            "answers": reading.answers(),
            "forms": reading.forms(),
            "people": [person | _asked(reading, person["party"]) for person in reading.people()],
            "papers": [
                findings_papers.paper(reading, name, papers[name])
                for name in script.papers
                if name in papers
            ],
            "decision": findings_verdicts.decision(reading, staff),
            "review": findings_verdicts.review(reading, staff, account),
            "objection": findings_verdicts.objection(reading, staff),
            "repudiation": findings_verdicts.repudiation(reading),
        }

    def _scope(self, visit: Visit, language: str) -> list[dict[str, Any]]:
        """The clauses that limited the visit, in the words of the packs it stood under."""
        return [self._clause(visit, one, language) for one in visit.policy.scope]

    def _clause(self, visit: Visit, clause: str, language: str) -> dict[str, Any]:
        found = self._packs.clause(visit.policy.packs, clause)
        if found is not None:
            return clause_words(found, language)
        gone = {"source": clause, "text": word("clause.gone", language), "rest": ""}
        return {"id": clause, **gone, "confidence": "", "verified": False}

    async def _report(self, visit: Visit, paper: PaperState, purpose: Purpose) -> Report | None:
        """The signatures judged anew, from what is kept."""
        kept = paper.sealed or paper.signed
        if kept is None:
            return None
        try:
            pdf = await self._evidence.read_closed(visit.id, kept, purpose)
        except (Damage, OSError):  # whoever reviews damaged evidence needs the other findings most
            return Report((), "", whole=False, stamps=0, problems=("paper_unreadable",))
        signed = (*paper.signers, *((BANK,) if paper.sealed else ()))
        return await self._signing.check(pdf, signed)


def _asked(reading: Reading, party: str) -> dict[str, Any]:
    """What machines and registers were asked about a person."""
    return {
        "movements": findings_checks.movements(reading, party),
        "instead": findings_checks.instead(reading, party),
        "registers": findings_checks.registers(reading, party),
    }
