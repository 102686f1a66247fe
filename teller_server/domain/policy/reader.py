"""From a pack's YAML to a `PolicyPack`, or to a list of what is wrong on which line."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, cast

import yaml

from teller_server.domain.errors import Problem, ScriptInvalid
from teller_server.domain.script import LANGUAGES
from teller_server.domain.script_nodes import Reader

from .kinds import KINDS
from .kinds_branch import LegalScopeRule
from .pack import Clause, Confidence, Law, Mode, NotApplicable, PolicyPack, Status
from .problems import Conflict, PolicyConflict, of_script
from .rules import COMMON, Rule, parameters
from .values import value_of

_TOP = ("pack", "version", "status", "jurisdiction", "title", "sources", "clauses", "rules")
_CONFIDENCE = ("V", "S", "S-", "K")
_MODES = ("E", "R", "O", "D")


def load_packs(texts: Mapping[str, str]) -> tuple[PolicyPack, ...]:
    """The packs of these texts (source name → YAML); `PolicyConflict` has all their problems."""
    packs: list[PolicyPack] = []
    problems: list[Conflict] = []
    for source, text in texts.items():
        try:
            packs.append(read_pack(text, source))
        except ScriptInvalid as invalid:
            problems += of_script(invalid)
    if problems:
        raise PolicyConflict(problems)
    return tuple(packs)


def read_pack(text: str, source: str) -> PolicyPack:
    """The pack in a text; `ScriptInvalid` names `source` and lines."""
    reader = Reader(source, LANGUAGES)
    root = reader.compose(text, source)
    if root is None:
        reader.finish()
        raise ScriptInvalid(source, (Problem(source, 1, "the file is empty"),))
    pack = _pack(reader, root, hashlib.sha256(text.encode()).hexdigest())
    for named in reader.named:
        what = "words of a pack are shown as they stand; they can't contain values"
        reader.problems.add(Problem(named.source, named.line, what))
    reader.finish()
    return pack


def _pack(reader: Reader, root: yaml.Node, digest: str) -> PolicyPack:
    top = reader.mapping(root, _TOP)
    laws = _laws(reader, top.get("sources"))
    clauses: dict[str, Clause] = {}
    nodes: dict[str, yaml.Node] = {}
    for clause, node in reader.sequence(
        top.get("clauses"), lambda n: (_clause(reader, n, laws), n)
    ):
        if clause.id in clauses:
            reader.problem(node, f"clause `{clause.id}` is given twice")
        clauses[clause.id], nodes[clause.id] = clause, node
    rules = reader.sequence(top.get("rules"), lambda n: _rule(reader, n, clauses))
    status = cast(Status, reader.word(top.get("status"), ("active", "draft")))
    pack = PolicyPack(
        id=reader.text(top.get("pack")),
        version=reader.text(top.get("version")),
        digest=digest,
        source=reader.source,
        jurisdiction=reader.text(top.get("jurisdiction")),
        status=status,
        title=reader.words(top.get("title")),
        laws=laws,
        clauses=clauses,
        rules=tuple(rule for rule in rules if rule is not None),
    )
    _covered(reader, nodes, pack)
    return pack


def _covered(reader: Reader, nodes: Mapping[str, yaml.Node], pack: PolicyPack) -> None:
    """Every clause has a rule, an attestation or a reviewed reason: never a silent hole."""
    for clause in pack.clauses.values():
        rules = pack.rules_of(clause.id)
        node = nodes[clause.id]
        if clause.not_applicable is not None and rules:
            reader.problem(node, f"{clause.id} is not_applicable and yet has a rule")
        elif clause.not_applicable is None and not rules:
            reader.problem(
                node, f"{clause.id} has no rule, no attestation and no reviewed not_applicable"
            )
        if clause.verified and clause.confidence != "V":
            reader.problem(node, f"{clause.id}: verified only where the wording was seen (V)")


def _laws(reader: Reader, node: yaml.Node | None) -> dict[str, Law]:
    if not isinstance(node, yaml.MappingNode):
        if node is not None:
            reader.problem(node, "texts of law are expected here (id: {title, …})")
        return {}
    return {str(key.value): _law(reader, str(key.value), value) for key, value in node.value}


def _law(reader: Reader, name: str, node: yaml.Node) -> Law:
    entry = reader.mapping(node, ("title",), ("number", "in_force"))
    in_force = reader.text(entry.get("in_force"))
    if in_force:
        _day(reader, entry["in_force"], in_force)
    title = reader.words(entry.get("title"))
    return Law(name, title, reader.text(entry.get("number")), in_force)


def _clause(reader: Reader, node: yaml.Node, laws: Mapping[str, Law]) -> Clause:
    entry = reader.mapping(
        node,
        ("id", "source", "text", "confidence", "modes", "verified"),
        ("article", "check", "not_applicable", "rest"),
    )
    law = laws.get(reader.text(entry.get("source")))
    if law is None and "source" in entry:
        reader.problem(entry["source"], f"`{entry['source'].value}` is none of the sources")
    return Clause(
        id=reader.text(entry.get("id")),
        law=law or Law("", {}),
        article=reader.text(entry.get("article")),
        text=reader.words(entry.get("text")),
        confidence=cast(Confidence, reader.word(entry.get("confidence"), _CONFIDENCE)),
        modes=cast(
            tuple[Mode, ...],
            reader.sequence(entry.get("modes"), lambda n: reader.word(n, _MODES)),
        ),
        verified=reader.flag(entry.get("verified")),
        check=reader.name(entry.get("check")),
        not_applicable=_not_applicable(reader, entry.get("not_applicable")),
        rest=reader.words(entry.get("rest")),
        line=node.start_mark.line + 1,
    )


def _not_applicable(reader: Reader, node: yaml.Node | None) -> NotApplicable | None:
    if node is None:
        return None
    entry = reader.mapping(node, ("reason", "reviewed_by", "on"))
    on = reader.text(entry.get("on"))
    if "on" in entry:
        _day(reader, entry["on"], on)
    return NotApplicable(
        reader.text(entry.get("reason")), reader.text(entry.get("reviewed_by")), on
    )


def _day(reader: Reader, node: yaml.Node, text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        reader.problem(node, "a day is expected here (2026-11-23)")


def _rule(reader: Reader, node: yaml.Node, clauses: Mapping[str, Clause]) -> Rule | None:
    """One rule, written `kind: {clauses: […], …}`."""
    if not isinstance(node, yaml.MappingNode) or len(node.value) != 1:
        reader.problem(node, "a rule is expected here (kind: {clauses: […], …})")
        return None
    (key, body), *_ = node.value
    kind = KINDS.get(str(key.value))
    if kind is None:
        reader.problem(key, f"`{key.value}` is no kind of rule")
        return None
    known = parameters(kind)
    required = ["clauses", *(name for name, p in known.items() if p.required)]
    entry = reader.mapping(body, required, {*known, *COMMON})
    named = reader.sequence(entry.get("clauses"), reader.text)
    for name in named:
        if name not in clauses:
            reader.problem(entry["clauses"], f"`{name}` is no clause of this pack")
    if not named and "clauses" in entry:
        reader.problem(entry["clauses"], "a rule must name its clause")
    values: dict[str, Any] = {
        name: value_of(reader, known[name], child) for name, child in entry.items() if name in known
    }
    rule = kind(
        clauses=named,
        services=reader.sequence(entry.get("services"), reader.name),
        source=reader.source,
        line=node.start_mark.line + 1,
        **values,
    )
    _own_checks(reader, node, rule)
    return rule


def _own_checks(reader: Reader, node: yaml.Node, rule: Rule) -> None:
    """What no single parameter can tell."""
    if not isinstance(rule, LegalScopeRule):
        return
    if (rule.condition is None) == (rule.only_if is None):
        reader.problem(node, "a legal_scope needs either `condition` or `only_if`")
        return
    if rule.decision == "allow":
        return
    if not (rule.title and rule.message and rule.offers and rule.outcome and rule.example):
        reader.problem(
            node, "what is denied or limited needs title, message, offers, outcome, example"
        )
    condition = rule.condition or rule.only_if
    if condition and condition.holds(rule.example) is not (rule.condition is not None):
        reader.problem(node, "the rule does not speak for its own `example`")
