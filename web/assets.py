"""Static files under one content-hashed directory.

The whole tree is read once at start, hashed together and served from memory as
`/s/<hash>/<path>`: relative imports between modules work without a build, and every
response may be cached for ever because another content has another address.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
IMMUTABLE = "public, max-age=31536000, immutable"
HASH_LENGTH = 12

MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
    ".wav": "audio/wav",
}
COMPRESSED = frozenset({".css", ".js", ".json", ".svg"})
NOT_SERVED = frozenset({"tsconfig.json"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it leaves the server; `zipped` is None where gzip gains nothing."""

    body: bytes
    media_type: str
    zipped: bytes | None


class Assets:
    """An immutable set of files with one hash over all names and contents."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Take `files` as path inside the tree → content. Unknown suffixes raise ValueError."""
        digest = hashlib.sha256()
        for name, body in sorted(files.items()):
            digest.update(f"{len(name)}:{name}:{len(body)}:".encode())
            digest.update(body)
        self.base = f"/s/{digest.hexdigest()[:HASH_LENGTH]}"
        self._assets = {name: _asset(name, body) for name, body in files.items()}

    @classmethod
    def load(cls, extra: Mapping[str, bytes] | None = None, root: Path = STATIC) -> Assets:
        """Read the tree below `root` and add generated files such as the JS catalogues."""
        files = {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.name not in NOT_SERVED and not path.name.startswith(".")
        }
        return cls({**files, **(extra or {})})

    def names(self) -> frozenset[str]:
        return frozenset(self._assets)

    def url(self, name: str) -> str:
        """Return the address of `name`; KeyError when there is no such file."""
        if name not in self._assets:
            raise KeyError(f"no static file {name!r}")
        return f"{self.base}/{name}"

    def install(self, app: web.Application) -> None:
        """Serve the tree from `app` (the root application, so that addresses are absolute)."""
        app.router.add_get("/s/{tree}/{name:.+}", self._serve)
        app.router.add_get("/favicon.ico", self._favicon)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        asset = self._assets.get(request.match_info["name"])
        # An old page may still ask for an old tree: a clear 404 is right, never other content.
        if asset is None or f"/s/{request.match_info['tree']}" != self.base:
            raise web.HTTPNotFound
        return _response(request, asset)

    async def _favicon(self, request: web.Request) -> web.StreamResponse:
        asset = self._assets.get("icon.svg")
        if asset is None:
            raise web.HTTPNotFound
        return _response(request, asset)


def _asset(name: str, body: bytes) -> Asset:
    suffix = Path(name).suffix
    if suffix not in MEDIA_TYPES:
        raise ValueError(f"static file {name!r} has no known media type")
    zipped = gzip.compress(body, 9, mtime=0) if suffix in COMPRESSED else None
    if zipped is not None and len(zipped) >= len(body):
        zipped = None
    return Asset(body, MEDIA_TYPES[suffix], zipped)


def _response(request: web.Request, asset: Asset) -> web.Response:
    headers = {"Content-Type": asset.media_type, "Cache-Control": IMMUTABLE}
    if asset.zipped is None:
        return web.Response(body=asset.body, headers=headers)
    headers["Vary"] = "Accept-Encoding"
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return web.Response(body=asset.zipped, headers=headers)
    return web.Response(body=asset.body, headers=headers)
