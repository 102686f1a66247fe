"""The law as data: packs of clauses and rules, combined, compiled with a script, and judged."""

from .attesting import Attestation, Standing, lapsed, standings
from .combining import BranchPolicy, combine
from .compiling import CompiledService, compile_service
from .kinds import KINDS
from .pack import Clause, PolicyPack
from .problems import Conflict, PolicyConflict, of_script
from .reader import load_packs, read_pack
from .scope import ScopeDecision, judge

__all__ = [
    "KINDS",
    "Attestation",
    "BranchPolicy",
    "Clause",
    "CompiledService",
    "Conflict",
    "PolicyConflict",
    "PolicyPack",
    "ScopeDecision",
    "Standing",
    "combine",
    "compile_service",
    "judge",
    "lapsed",
    "load_packs",
    "of_script",
    "read_pack",
    "standings",
]
