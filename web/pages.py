"""Pages: one shell per audience, rendered by jinja2 with nothing inline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from .assets import Assets
from .headers import PERMISSIONS_POLICY, WITH_POSITION
from .i18n import LANGUAGES, Catalogues

TEMPLATES = Path(__file__).parent / "templates"

PAGES: Mapping[str, str] = {
    "customer": "customer/page.html",
    "customer-not-me": "customer/not-me.html",
    "customer-receipt": "customer/receipt.html",
    "teller": "teller/page.html",
    "teller-sign-in": "staff/sign-in.html",
    "review": "review/list.html",
    "review-sign-in": "staff/sign-in.html",
    "review-visit": "review/visit.html",
    "review-openings": "review/openings.html",
    "admin": "admin/page.html",
    "admin-sign-in": "staff/sign-in.html",
    "bank-docs": "bank/docs.html",
    "core": "core/page.html",
    "core-sign-in": "staff/sign-in.html",
    "error": "error.html",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """What a page may show. Everything else it fetches itself, under its own session."""

    language: str
    csrf: str = ""
    """Token that scripts send back as `X-CSRF` (from `<meta name="csrf">`)."""
    bank: str = "云柜台"
    """The bank's or branch's name, in the bar and the title."""
    demo: bool = False
    """Show the banner that this is a demonstration with demonstration keys."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """JSON for the page's module: `<script type="application/json" id="page-data">`."""
    status: int = 200
    """HTTP status; the error page explains it."""
    position: bool = False
    """Whether the page may ask the device where it is; no other page's browser would let it."""


class Pages:
    """Renders every page of the branch by name."""

    def __init__(self, assets: Assets, catalogues: Catalogues, templates: Path = TEMPLATES) -> None:
        self._assets = assets
        self._catalogues = catalogues
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(templates),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.policies["json.dumps_kwargs"] = {
            "ensure_ascii": False,
            "sort_keys": True,
        }

    @classmethod
    def load(cls) -> Pages:
        """Read templates, catalogues and static files of this package."""
        catalogues = Catalogues.load()
        return cls(Assets.load(catalogues.javascript()), catalogues)

    @property
    def assets(self) -> Assets:
        return self._assets

    @property
    def catalogues(self) -> Catalogues:
        return self._catalogues

    def render(self, name: str, context: PageContext) -> str:
        """Return the HTML of page `name` (a key of PAGES); KeyError when there is none."""
        language = context.language

        def gettext(message: str, **values: object) -> str:
            return self._catalogues.gettext(language, message).format(**values)

        return self._environment.get_template(PAGES[name]).render(
            page=context,
            name=name,
            audience=name.split("-", maxsplit=1)[0],
            asset=self._assets.url,
            static=self._assets.base,
            modules=self._modules,
            languages=LANGUAGES,
            _=gettext,
        )

    def _modules(self, *prefixes: str) -> list[str]:
        """Addresses of the modules whose names begin so, to be fetched at once, not in a chain."""
        wanted = tuple(f"js/{prefix}" for prefix in prefixes)
        names = sorted(self._assets.names())
        return [self._assets.url(n) for n in names if n.startswith(wanted) and n.endswith(".js")]

    def response(self, name: str, context: PageContext) -> web.Response:
        """Render `name` as an HTTP response with the context's status."""
        return web.Response(
            text=self.render(name, context),
            status=context.status,
            content_type="text/html",
            charset="utf-8",
            headers={PERMISSIONS_POLICY: WITH_POSITION} if context.position else None,
        )
