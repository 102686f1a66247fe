"""What the teller does in a visit that needs more than a command: form drafts, texts, the end.

Free text may name a person: it is sealed under the visit's key before it becomes part of a command.
"""

import json
from collections.abc import Mapping

from teller_server.desk.counter import Counter
from teller_server.desk.fields import FieldCipher, LookupKey
from teller_server.desk.keys import DataKeys
from teller_server.domain import commands as c
from teller_server.domain.errors import Refusal
from teller_server.domain.ids import SealedText
from teller_server.domain.script import ServiceScript, StepKind
from teller_server.domain.state import Outcome, Visit


class ServiceDesk:
    """Turns a teller's words into commands."""

    def __init__(
        self,
        counter: Counter,
        keys: DataKeys,
        lookup: LookupKey,
        scripts: Mapping[str, ServiceScript],
    ) -> None:
        self._counter = counter
        self._keys = keys
        self._lookup = lookup
        self._scripts = scripts

    async def seal(self, visit: str, name: str, text: str | None) -> SealedText:
        """Seal free text; nothing stays nothing, so that a rule can see that none was given."""
        if not text or not text.strip():
            return SealedText("")
        cipher = FieldCipher(visit, await self._keys.get(visit))
        return SealedText(cipher.seal(name, text.strip()))

    async def draft(
        self, visit: Visit, teller: str, step: str, values: Mapping[str, str], command_id: str
    ) -> None:
        """Fill the form in. Raises Refusal form_invalid with the field that is wrong."""
        wanted = self._checked(visit, step, values)
        plain = json.dumps(wanted, ensure_ascii=False, sort_keys=True)
        sealed = await self.seal(visit.id, "draft", plain)
        digest = self._lookup.digest(f"{visit.id}{plain}")
        command = c.DraftForm(step, teller, sealed, digest)
        await self._counter.act(visit.id, command, command_id)

    def _checked(self, visit: Visit, step: str, values: Mapping[str, str]) -> dict[str, str]:
        try:
            script = self._scripts[visit.service].step(step)
        except KeyError:
            raise Refusal("unknown_step", step=step) from None
        if script.kind is not StepKind.FORM:
            raise Refusal("not_a_form", step=step)
        known = {field.name: field for field in script.fields}
        wanted = {name: value.strip() for name, value in values.items() if value.strip()}
        for name, value in wanted.items():
            if name not in known:
                raise Refusal("form_invalid", field=name)
            if known[name].error(value) is not None:
                raise Refusal("form_invalid", field=name)
        if not wanted:
            raise Refusal("form_invalid", field=next(iter(known), None))
        return wanted

    async def end(
        self, visit: Visit, teller: str, outcome: str, reason: str | None, command_id: str
    ) -> None:
        try:
            wanted = Outcome(outcome)
        except ValueError:
            raise Refusal("unknown_outcome") from None
        sealed = await self.seal(visit.id, "reason", reason)
        await self._counter.act(visit.id, c.EndService(teller, wanted, sealed), command_id)
