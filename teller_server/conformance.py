"""Clause by clause, what carries it out: `python -m teller_server.conformance` prints it."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping

from teller_server.desk.packs import known, pack_files, read_packs
from teller_server.desk.rules import compiled_all
from teller_server.desk.scripts import load_scripts
from teller_server.domain.policy import Clause, CompiledService, Conflict, PolicyPack, combine

_TESTS = "tests/teller_server/domain/policy/behaviour.py"
_HEAD = f"""# Conformance

Which clause is carried out by which rule, where that shows in each service, and which test fails
when the rule is taken away. **This is engineering, not legal advice**: the bank that loads a pack
signs it off.

- *Mode*: E enforced by the program, R recorded, O offered, D documented by the bank (an attestation
  with an end; without it no visit opens).
- *Seen*: V the wording itself, S second hand, S- weak, K known but not seen. Only V is verified;
  everything else is marked **not verified** here and wherever a clause is shown.
- *Held by*: a step of the script; or, where it is no step, the level at which it holds (scope,
  session, queue, effect, pack, attestation). Without a service's name: in every service.
- *Test*: a function in `{_TESTS}`; it is run with the pack, where it holds, and
  with the clause's rules taken out, where it must fail.

What the program can't see (which papers somebody holds to the camera, whether a filing was made) is
asked for, flagged or handed over in words; a person answers for it.

This file is made by `python -m teller_server.conformance`; a test keeps it equal.
"""


def document() -> str:
    """docs/conformance.md, for all packs and scripts of the release."""
    parts = [_HEAD]
    for name in known(pack_files()):
        (pack,) = read_packs([name])
        parts.append(_of_pack(pack, compiled_all(combine([pack]), load_scripts())))
    return "\n".join(parts)


def _of_pack(pack: PolicyPack, compiled: Mapping[str, CompiledService]) -> str:
    draft = " (draft: no visit opens under it)" if pack.status == "draft" else ""
    lines = [
        f"## {pack.id} {pack.version}{draft}",
        "",
        f"{pack.title['en']} · {pack.title['zh-CN']}",
    ]
    lines += ["", _counts(pack), ""]
    lines += ["| clause | where | seen | mode | asks | rules | held by | test |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    lines += [_row(pack, clause, compiled) for clause in pack.clauses.values()]
    missing = [conflict for one in compiled.values() for conflict in one.conflicts]
    if missing:
        lines += ["", "### What this release lacks for it", "", *_lacking(missing)]
    return "\n".join(lines) + "\n"


def _counts(pack: PolicyPack) -> str:
    clauses = pack.clauses.values()
    modes = Counter[str](mode for clause in clauses for mode in clause.modes)
    tested = sum(1 for clause in clauses if clause.check)
    unseen = sum(1 for clause in clauses if not clause.verified)
    told = ", ".join(f"{modes[mode]} {mode}" for mode in "EROD")
    return (
        f"{len(clauses)} clauses ({told}), {len(pack.rules)} rules, {tested} named tests; "
        f"{unseen} not verified; {len(pack.not_applicable)} not applicable, with reasons."
    )


def _row(pack: PolicyPack, clause: Clause, compiled: Mapping[str, CompiledService]) -> str:
    where = " ".join(part for part in (clause.law.title["en"], clause.article) if part)
    seen = f"{clause.confidence}" if clause.verified else f"{clause.confidence}, **not verified**"
    kinds = ", ".join(
        f"`{kind}`" for kind in dict.fromkeys(r.kind for r in pack.rules_of(clause.id))
    )
    if clause.not_applicable is not None:
        aside = clause.not_applicable
        held = f"not applicable: {aside.reason} ({aside.reviewed_by}, {aside.on})"
    else:
        held = _held(clause.id, compiled) or _elsewhere(pack, clause.id)
    if clause.rest:
        held += f". *Left to people and other systems*: {clause.rest['en']}"
    test = f"`{clause.check}`" if clause.check else ""
    cells = (clause.id, where, seen, " ".join(clause.modes), clause.text["en"], kinds, held, test)
    return f"| {' | '.join(cell.replace('|', '/').strip() for cell in cells)} |"


def _held(clause: str, compiled: Mapping[str, CompiledService]) -> str:
    """The guards, those of every service first."""
    per = {service: one.clauses.get(clause, ()) for service, one in compiled.items()}
    shared = [
        g for g in next(iter(per.values()), ()) if all(g in guards for guards in per.values())
    ]
    lines = [_named(shared)] if shared else []
    for service, guards in per.items():
        own = [guard for guard in guards if guard not in shared]
        if own:
            lines.append(f"{service}: {_named(own)}")
    return "; ".join(lines)


def _named(guards: Iterable[str]) -> str:
    return ", ".join(guard if ": " in guard else f"`{guard}`" for guard in guards)


def _elsewhere(pack: PolicyPack, clause: str) -> str:
    """For services that this release does not come with."""
    services = dict.fromkeys(name for rule in pack.rules_of(clause) for name in rule.services)
    if not services:
        return "held by nothing in this release"
    return f"only in {', '.join(services)}, which this release does not come with"


def _lacking(conflicts: Iterable[Conflict]) -> list[str]:
    """One line for each thing that is missing, whichever service shows it."""
    found: dict[str, tuple[str, ...]] = {}
    for conflict in conflicts:
        what = conflict.what.split(" (")[0]
        found[what] = conflict.clauses
    return [f"- {what} ({', '.join(clauses)})" for what, clauses in sorted(found.items())]


if __name__ == "__main__":
    sys.stdout.write(document())
