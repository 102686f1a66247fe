"""What is wrong with packs, or between a pack and a script: file, line, words, clauses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from teller_server.domain.errors import Outage, ScriptInvalid


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """One thing to put right, where it stands, and the clauses in whose name."""

    source: str
    line: int
    what: str
    clauses: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = f" [{', '.join(self.clauses)}]" if self.clauses else ""
        return f"{self.source}:{self.line}: {self.what}{named}"


class PolicyConflict(Outage):
    """Packs or scripts that can't be served under these rules; every problem is in it."""

    def __init__(self, problems: Iterable[Conflict]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("policy_conflict", problems=len(self.problems))

    @property
    def clauses(self) -> frozenset[str]:
        """Every clause in whose name something is wrong."""
        return frozenset(clause for problem in self.problems for clause in problem.clauses)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def of_script(invalid: ScriptInvalid) -> tuple[Conflict, ...]:
    """The problems of a file that can't be read, in the same form."""
    return tuple(Conflict(one.source, one.line, one.what) for one in invalid.problems)
