"""From a YAML file to a `Description`, or to a list of what is wrong on which line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from teller_server.domain.errors import Outage, Problem

from .description import (
    METHODS,
    Call,
    CancelCall,
    Description,
    EffectCalls,
    LookUp,
    ReceiptAt,
)
from .description_parts import InvalidDescription, Sections, parse
from .port import STATUS_WORDS
from .templates import holes, stray_braces

REFUSALS = ("core_unknown_customer", "core_not_changeable", "core_key_reused", "core_withdrawn",
            "core_refused", "phone_changed_recently")  # fmt: skip
_CUSTOMER = ("reference", "name")
_CUSTOMER_MORE = ("document", "phone", "address", "occupation", "document_until")
_COMPANY = ("name", "credit_code", "role")
_IN_PATH = frozenset({"reference", "key"})  # addresses are logged: nothing personal in one
_OF_ORDER = frozenset({"key", "effect", "reference", "body", "seals", "at"})


class DescriptionInvalid(InvalidDescription):
    """A description that can't be used; `problems` in line order."""

    def __init__(self, source: str, problems: tuple[Problem, ...]) -> None:
        super().__init__("core_description_invalid", source, problems)


def read_description(path: Path) -> Description:
    """The description in a file. Outage core_description_missing; DescriptionInvalid."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise Outage("core_description_missing", path=str(path)) from None
    return parse_description(text, path.name)


def parse_description(text: str, source: str) -> Description:
    """The description in a text; `source` stands before each line number of an error."""
    return parse(text, source, lambda found, root: _Sections(found).whole(root), DescriptionInvalid)


class _Sections(Sections):
    def whole(self, root: yaml.Node) -> Description:
        top = self._reader.mapping(
            root,
            ("bank", "base", "look_up", "effects", "cancel"),
            ("timeout", "headers", "refused"),
        )
        timeout = self._reader.mapping(top.get("timeout"), (), ("connect", "total"))
        refused = self._reader.mapping(top.get("refused"), (), ("code", "codes"))
        return Description(
            bank=self._reader.text(top.get("bank")),
            base=self._base(top.get("base")),
            connect_seconds=self._seconds(timeout.get("connect"), 3),
            total_seconds=self._seconds(timeout.get("total"), 10),
            headers=self._texts(top.get("headers")),
            look_up=self._look_up(top.get("look_up")),
            effects=self._effects(top.get("effects")),
            cancel=self._cancel(top.get("cancel")),
            code=self._reader.text(refused.get("code")),
            refusals=self._texts(refused.get("codes"), REFUSALS),
        )

    def _look_up(self, node: yaml.Node | None) -> LookUp:
        parts = self._reader.mapping(
            node, ("by_document", "by_reference", "customer"), ("companies", "company", "missing")
        )
        customer: Mapping[str, str] = {}
        company: Mapping[str, str] = {}
        if "customer" in parts:
            entries = self._reader.mapping(parts["customer"], _CUSTOMER, _CUSTOMER_MORE)
            customer = {name: self._reader.text(value) for name, value in entries.items()}
        if "company" in parts:
            entries = self._reader.mapping(parts["company"], _COMPANY)
            company = {name: self._reader.text(value) for name, value in entries.items()}
        return LookUp(
            by_document=self._call(parts.get("by_document"), frozenset({"document"})),
            by_reference=self._call(parts.get("by_reference"), frozenset({"reference"})),
            customer=customer,
            companies=self._reader.text(parts.get("companies")),
            company=company,
            missing=self._statuses(parts.get("missing"), (404,)),
        )

    def _effects(self, node: yaml.Node | None) -> Mapping[str, EffectCalls]:
        """By the effect's name, as the scripts' `commit` steps have it."""
        if node is None or not isinstance(node, yaml.MappingNode) or not node.value:
            if node is not None:
                self._reader.problem(node, "at least one effect is needed, by its name")
            return {}
        return {self._reader.dotted(key): self._effect(value) for key, value in node.value}

    def _effect(self, node: yaml.Node) -> EffectCalls:
        parts = self._reader.mapping(node, ("commit", "receipt"), ("propose", "reasons"))
        propose = parts.get("propose")
        return EffectCalls(
            commit=self._change(parts.get("commit"), _OF_ORDER),
            receipt=self._receipt(parts.get("receipt")),
            propose=self._call(propose, _OF_ORDER - {"seals"}) if propose else None,
            reasons=self._reader.text(parts.get("reasons")),
        )

    def _cancel(self, node: yaml.Node | None) -> CancelCall:
        parts = self._reader.mapping(node, ("call", "receipt"), ("done",))
        return CancelCall(
            call=self._change(parts.get("call"), frozenset({"key"})),
            receipt=self._receipt(parts.get("receipt")),
            done=self._statuses(parts.get("done"), (409,)),
        )

    def _receipt(self, node: yaml.Node | None) -> ReceiptAt:
        if node is None:
            return ReceiptAt("", "", {})
        parts = self._reader.mapping(node, ("number",), ("status", "words"))
        return ReceiptAt(
            number=self._reader.text(parts.get("number")),
            status=self._reader.text(parts.get("status")),
            words=self._texts(parts.get("words"), STATUS_WORDS.keys()),
        )

    def _change(self, node: yaml.Node | None, known: frozenset[str]) -> Call:
        """A request that has the bank do something."""
        call = self._call(node, known)
        if node is not None and call.method == "GET":
            self._reader.problem(node, "GET changes nothing: POST, PUT, PATCH or DELETE")
        return call

    def _call(self, node: yaml.Node | None, known: frozenset[str]) -> Call:
        if node is None:
            return Call("GET", "/")
        parts = self._reader.mapping(node, ("method", "path"), ("body",))
        method = self._reader.word(parts.get("method"), METHODS)
        path = self._reader.text(parts.get("path"))
        if "path" in parts and path:
            self._check_path(parts["path"], path, known)
        body = None
        if "body" in parts:
            body = self._template(parts["body"], known)
            if method == "GET":
                self._reader.problem(parts["body"], "GET has no body")
        return Call(method, path, body)

    def _check_path(self, node: yaml.Node, path: str, known: frozenset[str]) -> None:
        if not path.startswith("/") or "?" in path.replace("?}", "}") or "//" in path:
            self._reader.problem(node, "a path begins with / and has no query")
        if stray_braces(path):
            self._reader.problem(node, "a brace belongs to no placeholder ({name})")
        for name in sorted(set(holes(path)) - (_IN_PATH & known)):
            self._reader.problem(
                node, f"`{{{name}}}` can't be in a path: only reference and key can"
            )

    def _statuses(self, node: yaml.Node | None, usual: tuple[int, ...]) -> tuple[int, ...]:
        found = self._reader.sequence(node, lambda n: self._reader.number(n, 200, 599))
        return found or usual
