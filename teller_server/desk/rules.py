"""The rules a branch works under: its packs and scripts, compiled once before it opens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from teller_server.desk.packs import SUFFIX, pack_texts
from teller_server.desk.scripts import script_files
from teller_server.domain.errors import Refusal, ScriptInvalid
from teller_server.domain.fields import Fact
from teller_server.domain.policy import (
    Attestation,
    BranchPolicy,
    Clause,
    CompiledService,
    Conflict,
    PolicyConflict,
    ScopeDecision,
    Standing,
    combine,
    compile_service,
    judge,
    lapsed,
    load_packs,
    of_script,
    standings,
)
from teller_server.domain.script import ServiceScript
from teller_server.settings import Settings


@dataclass(frozen=True, slots=True)
class BranchRules:
    """What may be done here, and how. `compiled`: service → its script under the packs.

    `demo`: a demonstration, where invented attestations count; anywhere else they don't. `texts`:
    the packs as they were read, by digest.
    """

    policy: BranchPolicy
    compiled: Mapping[str, CompiledService]
    demo: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, settings: Settings, scripts: Mapping[str, ServiceScript]) -> BranchRules:
        """The chosen packs with these scripts.

        Raises PolicyConflict (an Outage): every problem of every pack and script, at its line.
        """
        chosen = settings.rules
        files = pack_texts(chosen.packs, chosen.directory)
        packs = load_packs(files)
        policy = combine(packs)
        texts = {pack.digest: files[pack.id + SUFFIX] for pack in packs}
        return cls(policy, compiled_all(policy, scripts), settings.demo, texts)

    @classmethod
    def read(cls, settings: Settings) -> BranchRules:
        """The packs and scripts that the settings name, with the bank's own.

        Raises PolicyConflict with the problems of all files at once; Outage `pack_unknown`.
        """
        chosen = settings.rules
        scripts, wrong = _scripts(chosen.directory)
        try:
            rules = cls.load(settings, scripts)
        except PolicyConflict as conflict:
            wrong += conflict.problems
        if wrong:
            raise PolicyConflict(wrong)
        return rules

    @property
    def scripts(self) -> Mapping[str, ServiceScript]:
        """The scripts as compiled: least times raised to what the packs ask for."""
        return {service: compiled.script for service, compiled in self.compiled.items()}

    def judge(self, service: str, facts: Mapping[str, Fact]) -> ScopeDecision:
        """What may be done by video, before anybody waits; facts by dotted name."""
        return judge(self.policy, service, facts)

    def why_closed(
        self, attestations: Iterable[Attestation], now: datetime, service: str = ""
    ) -> Refusal | None:
        """Why no visit may be opened now (`pack_draft`, `attestation_lapsed`), or None.

        With a `service`, what only that service needs to have vouched for counts as well.
        """
        if self.policy.drafts:
            return Refusal("pack_draft", pack=", ".join(self.policy.drafts))
        missing = lapsed(self.policy, self._counting(attestations), now, service)
        if missing:
            return Refusal("attestation_lapsed", attestations=", ".join(missing))
        return None

    def standings(self, attestations: Iterable[Attestation]) -> tuple[Standing, ...]:
        """Everything that has to be vouched for, and until when it is."""
        return standings(self.policy, self._counting(attestations))

    def _counting(self, attestations: Iterable[Attestation]) -> list[Attestation]:
        return [one for one in attestations if self.demo or not one.demo]

    def clause(self, clause: str, language: str = "zh-CN") -> dict[str, Any]:
        """A clause as pages show it: where it stands, and whether its wording was seen."""
        return clause_words(self.policy.clause(clause), language)


def clause_words(found: Clause, language: str) -> dict[str, Any]:
    """A clause as pages show it."""
    title = found.law.title.get(language, found.law.id)
    return {
        "id": found.id,
        "source": f"{title} {found.law.number} {found.article}".replace("  ", " ").strip(),
        "text": found.text.get(language, ""),
        "confidence": found.confidence,
        "verified": found.verified,
        "rest": found.rest.get(language, ""),
    }


def _scripts(directory: Path | None) -> tuple[dict[str, ServiceScript], list[Conflict]]:
    """Every script by service, and what is wrong with the others."""
    files = script_files(directory)
    found: dict[str, ServiceScript] = {}
    wrong: list[Conflict] = []
    for name in files.scripts:
        try:
            script = files.read(name)
        except ScriptInvalid as invalid:
            wrong += of_script(invalid)
            continue
        if script.service in found:
            what = f"another file describes the service `{script.service}` already"
            wrong.append(Conflict(name, 1, what))
        found[script.service] = script
    return found, wrong


def compiled_all(
    policy: BranchPolicy, scripts: Mapping[str, ServiceScript]
) -> dict[str, CompiledService]:
    """Every script under the policy; the problems of all of them in one PolicyConflict."""
    compiled: dict[str, CompiledService] = {}
    conflicts: list[Conflict] = []
    for service, script in scripts.items():
        try:
            compiled[service] = compile_service(script, policy)
        except PolicyConflict as conflict:
            conflicts += conflict.problems
    if conflicts:
        raise PolicyConflict(conflicts)
    return compiled
