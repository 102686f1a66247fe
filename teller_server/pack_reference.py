"""How a pack is written, with every kind of rule: `python -m teller_server.pack_reference`."""

import inspect
import sys

from teller_server.domain.policy import KINDS
from teller_server.domain.policy.by_design import BY_DESIGN
from teller_server.domain.policy.parameters import Parameter
from teller_server.domain.policy.rules import Rule, parameters

_HEAD = """# Policy packs

A pack is one jurisdiction's rules as a YAML file: `teller_server/packs/<id>.yaml`, or
`packs/<id>.yaml` in the bank's own directory (`rules.directory`), where a file of the same name
takes the release's place. `rules.packs` names the packs a branch works under; their rules hold
together.

`teller-server rules check` and `rules packs` read them as the branch would: every mistake stands at
its line, and `serve` doesn't start with one. Why it is so: [ADR 0010](adr/0010-policy-packs.md).
What the packs of the release come to: [conformance](conformance.md).

## A pack

```yaml
pack: my-bank
version: 2026.11
status: active              # draft: read and compared, but no visit opens under it
jurisdiction: CN
title: {zh-CN: 本行规则, en: Our own rules}
sources:
  circular7:
    title: {zh-CN: 第七号通知, en: Circular 7}
    number: 〔2026〕7号
    in_force: "2026-09-01"
clauses:
  - id: MY-01
    source: circular7
    article: 第3条
    confidence: V           # V seen, S second hand, S- weak, K known but not seen
    verified: true          # only with V
    modes: [E]              # E enforced, R recorded, O offered, D documented by the bank
    check: risks_are_told   # the test of an enforced clause, where there is one; optional
    text: {zh-CN: 签约前提示风险。, en: Risks are told before anything is signed.}
rules:
  - disclosure:
      clauses: [MY-01]
      services: [loan_interview]
      topic: loan_risks
      seconds: 10
      acknowledge: agree
      before: ["sign:loan_contract"]
```

Every clause needs a rule that names it, an `attestation`, or a reviewed reason:
`not_applicable: {reason: …, reviewed_by: …, on: "2026-11-23"}`. `rest` says what of a clause is
left to people and other systems. A pack with a hole doesn't load.

A rule is written `kind: {clauses: […], …}`. `services` limits it; without, it is for every service.
A step rule takes `before`: kinds of step that may only come after it, also narrower
(`question:willingness`, `sign:loan_contract`); without it, signatures, decisions and the commit do.

## When several packs say something

Each parameter has its own way, in the last column. *or*: as soon as one says so. *and*: only if all
do. *max*, *min*: the greater or the smaller number or period. *strictest*: the last of the words in
their order. *union*: everything that is named. *intersection*: only what all allow; nothing left is
an error. *same*: rules with different values stand beside each other. *first*: the first pack's
words. Retention is a range: the longest least beyond the shortest most is an error that names both
clauses.

What this release has no guard for stops an active pack, with the clause's name; a draft lists it.
That holds of each parameter, too: it is read by what the compiler asks of a script, or the release
holds it by itself, and then its table says how. What no program sees (whose employees the tellers
are, whether a filing was made in time) needs a blocking attestation of the same clause.

## What the bank vouches for

What no program can see is an attestation: `teller-server attest list` shows what the packs ask
for and how many days are left, `teller-server attest KIND --until DAY --by NAME --note WHERE` gives
one. It counts no longer than the pack allows; the newest word counts, so a shorter one takes it
back. Without it the services that need it open no visit (`attestation_lapsed`). Those that a
demonstration invents are marked, and count nowhere else.

## The 44 kinds
"""

_SHAPES = {
    "flag": "true or false",
    "count": "whole number",
    "name": "name",
    "names": "names",
    "countries": "country codes",
    "choice": "word",
    "period": "period (P10Y, P6M, P90D)",
    "condition": "condition",
    "conditions": "conditions",
    "words": "words, zh-CN and en",
    "offers": "list of {title, text}",
    "examples": "facts",
}


def document() -> str:
    """docs/packs.md."""
    return "\n".join([_HEAD, *(_of_kind(kind) for kind in KINDS.values())])


def _of_kind(kind: type[Rule]) -> str:
    """A heading, what the kind is, and its parameters."""
    number, _, told = inspect.cleandoc(kind.__doc__ or "").partition(". ")
    about = " ".join(told.split())
    lines = [f"### {number}. {kind.kind} ({kind.guard.value})", "", about, ""]
    lines += ["| parameter | is | between packs |", "|---|---|---|"]
    lines += [_row(name, one) for name, one in parameters(kind).items() if name != "before"]
    by_itself: dict[str, list[str]] = {}
    for name, why in BY_DESIGN.get(kind.kind, {}).items():
        if name != "before":
            by_itself.setdefault(why, []).append(f"`{name}`")
    if by_itself:
        held = (f"{', '.join(names)}: {why}" for why, names in by_itself.items())
        lines += ["", "Held by the release itself:", "", *(f"- {one}" for one in held)]
    return "\n".join(lines) + "\n"


def _row(name: str, parameter: Parameter) -> str:
    shape = _SHAPES[parameter.shape]
    if parameter.order:
        shape = " < ".join(f"`{word}`" for word in parameter.order if word)
    needed = ", required" if parameter.required else ""
    return f"| `{name}` | {shape}{needed} | {parameter.how} |"


if __name__ == "__main__":
    sys.stdout.write(document())
