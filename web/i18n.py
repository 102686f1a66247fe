"""One gettext catalogue for pages and scripts.

The English text is the message id, so templates and modules read as prose; other languages are
PO files in `locale/<language>/*.po`, read at start by Babel (no compile step, no system tool).
Scripts get the same catalogue as JSON: message id → text, or → list of plural forms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"
SOURCE = "en"
LANGUAGES: Mapping[str, str] = {"zh-CN": "中文", "en": "English"}
DEFAULT = "zh-CN"

Forms = tuple[str, ...]


class Catalogues:
    """All languages, read once; look-ups never fail: an unknown message is its own text."""

    def __init__(self, messages: Mapping[str, Mapping[str, Forms]]) -> None:
        """Take language → message id → forms (one for a plain message, 1–n for a plural)."""
        self._messages = messages

    @classmethod
    def load(cls, root: Path = LOCALE) -> Catalogues:
        """Read every PO file below `root`; ValueError names a file that has a fuzzy message."""
        translated = {
            language: _read(root / language) for language in LANGUAGES if language != SOURCE
        }
        source: dict[str, Forms] = {}
        for messages in translated.values():
            source.update({key: _source_forms(key) for key in messages})
        source.update(_read(root / SOURCE))
        return cls(
            {SOURCE: {_singular(k): v for k, v in source.items()}}
            | {
                language: {_singular(k): v for k, v in messages.items()}
                for language, messages in translated.items()
            }
        )

    def keys(self, language: str) -> frozenset[str]:
        return frozenset(self._messages[language])

    def forms(self, language: str, message: str) -> Forms:
        """Return the translated forms of `message`, or the message itself."""
        return self._messages.get(language, {}).get(message, (message,))

    def gettext(self, language: str, message: str) -> str:
        return self.forms(language, message)[0]

    def ngettext(self, language: str, singular: str, plural: str, number: int) -> str:
        """Choose a plural form. Chinese has one, English two; JS uses Intl.PluralRules."""
        forms = self._messages.get(language, {}).get(singular, (singular, plural))
        return forms[0] if len(forms) == 1 or number == 1 else forms[1]

    def javascript(self) -> dict[str, bytes]:
        """Return `i18n/<language>.json` → content, to be served with the static files."""
        return {
            f"i18n/{language}.json": json.dumps(
                {key: forms[0] if len(forms) == 1 else forms for key, forms in messages.items()},
                ensure_ascii=False,
                sort_keys=True,
                separators=(",", ":"),
            ).encode()
            for language, messages in self._messages.items()
        }


def negotiate(accept_language: str, chosen: str | None = None) -> str:
    """Return the language to render: the person's own choice, else the browser's, else Chinese."""
    if chosen in LANGUAGES:
        return str(chosen)
    for part in accept_language.split(","):
        tag = part.split(";")[0].strip().lower()
        for language in LANGUAGES:
            if tag and tag.split("-")[0] == language.split("-")[0].lower():
                return language
    return DEFAULT


_SEPARATOR = "\0"  # joins singular and plural id while both are needed, as in MO files


def _singular(key: str) -> str:
    return key.split(_SEPARATOR, maxsplit=1)[0]


def _source_forms(key: str) -> Forms:
    return tuple(key.split(_SEPARATOR))


def _many(text: str | Sequence[str] | None) -> Forms:
    """Babel gives a plain message as one string, a plural as a tuple."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def _read(folder: Path) -> dict[str, Forms]:
    messages: dict[str, Forms] = {}
    for path in sorted(folder.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=folder.name.replace("-", "_"), abort_invalid=True)
        for message in catalogue:
            if not message.id:
                continue
            if message.fuzzy:
                raise ValueError(f"{path.name}: fuzzy message {message.id!r}")
            key = _SEPARATOR.join(_many(message.id))
            forms = _many(message.string)
            if forms and all(forms):
                messages[key] = forms
    return messages
