"""Sub-scripts: the steps of a part stand in the place of the `include` that names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import yaml

from .conditions import Condition, joined
from .script_nodes import Reader

MAX_STEPS = 60
MAX_NESTED = 3


@dataclass(frozen=True, slots=True)
class Placed:
    """A step's node and what the `include`s around it say.

    `names`: how the part's own step ids, as its texts write them, are called in the whole script.
    """

    node: yaml.Node
    id: str
    party: str = ""
    when: Condition | None = None
    names: Mapping[str, str] = field(default_factory=dict)


class Parts:
    """The parts at hand, by the name an `include` writes; `used` are those that were included."""

    def __init__(self, reader: Reader, texts: Mapping[str, str]) -> None:
        self.used: dict[str, str] = {}
        self._reader = reader
        self._texts = texts
        self._steps: dict[str, yaml.Node | None] = {}
        self._count = 0

    def expanded(self, node: yaml.Node | None, inside: tuple[str, ...] = ()) -> list[Placed]:
        """The steps of a list, includes resolved; what can't be resolved is a problem."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            self._reader.problem(node, "a list of steps is expected here")
            return []
        found: list[Placed] = []
        for child in node.value:
            if self._count > MAX_STEPS:
                break
            found += self._include(child, inside) if _included(child) else [self._own(child)]
        if inside:
            return _naming_each_other(found)
        if len(found) > MAX_STEPS:
            self._reader.problem(node, f"more than {MAX_STEPS} steps")
        return found[:MAX_STEPS]

    def _own(self, node: yaml.Node) -> Placed:
        self._count += 1
        return Placed(node, _scalar(node, "id"))

    def _include(self, node: yaml.Node, inside: tuple[str, ...]) -> list[Placed]:
        reader = self._reader
        entry = reader.mapping(node, ("include",), ("with",))
        given = reader.mapping(entry.get("with"), (), ("party", "prefix", "when"))
        name = reader.text(entry.get("include"))
        party, prefix = reader.name(given.get("party")), reader.name(given.get("prefix"))
        when = reader.condition(given.get("when"))
        if name in inside or len(inside) >= MAX_NESTED:
            reader.problem(node, f"`{name}` includes itself, or parts are nested too deeply")
            return []
        steps = self._part(entry["include"], name) if name else None
        return [
            replace(
                placed,
                id=prefix + placed.id if placed.id else "",
                party=placed.party or party,
                when=joined(when, placed.when),
                names={own: prefix + full for own, full in placed.names.items()},
            )
            for placed in self.expanded(steps, (*inside, name))
        ]

    def _part(self, node: yaml.Node, name: str) -> yaml.Node | None:
        if name not in self._texts:
            known = ", ".join(sorted(self._texts)) or "none"
            self._reader.problem(node, f"there is no part `{name}`; known: {known}")
            return None
        if name not in self._steps:
            self.used[name] = self._texts[name]
            root = self._reader.compose(self._texts[name], f"{name}.yaml")
            entry = self._reader.mapping(root, ("steps",))
            self._steps[name] = entry.get("steps")
        return self._steps[name]


def _included(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and any(
        isinstance(key, yaml.ScalarNode) and key.value == "include" for key, _ in node.value
    )


def _scalar(node: yaml.Node, wanted: str) -> str:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == wanted:
                return value.value.strip() if isinstance(value, yaml.ScalarNode) else ""
    return ""


def _naming_each_other(steps: list[Placed]) -> list[Placed]:
    """Steps of one part may refer to each other; those of a nested part keep their own names."""
    ids = {placed.id: placed.id for placed in steps if placed.id}
    return [replace(placed, names=placed.names or ids) for placed in steps]
