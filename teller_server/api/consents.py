"""The consents of a service, as they are asked for before anybody has called."""

from typing import Any

from teller_server.desk.branch import Branch
from teller_server.domain.outline import said
from teller_server.domain.script import ServiceScript
from teller_server.domain.texts import render


def consents_part(desk: Branch, script: ServiceScript, language: str) -> dict[str, Any]:
    """Each consent in words; its texts may name the branch and nothing else yet."""
    known = {"branch.name": desk.show.branch(language).name}
    return {
        consent.id: {
            "title": said(consent.title, language),
            "body": render(said(consent.body, language), known),
            "if_refused": render(said(consent.if_refused, language), known),
            "required": consent.required,
        }
        for consent in script.consents
    }
