"""A receiver of Teller Server's events, as a bank's own would be: verify, remember, then act.

It needs aiohttp and nothing else; `verify` is all a receiver in another language has to do. Events
follow CloudEvents 1.0, their signatures Standard Webhooks.

    WEBHOOK_SECRET=whsec_… python webhook_receiver.py --port 9191 --file events.db
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import logging
import os
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

TOLERANCE = 300
"""Seconds that a message may be old, or its clock be ahead of ours."""

log = logging.getLogger("receiver")

DB = web.AppKey("db", sqlite3.Connection)
SECRET = web.AppKey("secret", str)


class NotGenuine(Exception):
    """The message was not signed with our secret just now."""


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> str:
    """The message's id, when its signature and its time are right; NotGenuine otherwise."""
    try:
        id_, stamp = headers["webhook-id"], headers["webhook-timestamp"]
        given = headers["webhook-signature"].split()
        age = abs(now - int(stamp))
    except (KeyError, ValueError):
        raise NotGenuine("headers are missing") from None
    if age > TOLERANCE:
        raise NotGenuine("too old, or from the future")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{id_}.{stamp}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    # while a secret is being replaced there are two signatures: one that fits is enough
    if not any(hmac.compare_digest(wanted.encode(), one.encode()) for one in given):
        raise NotGenuine("no signature fits")
    return id_


async def take(request: web.Request) -> web.Response:
    """204 for a new event and for one that is known; 401 for anything that isn't genuine."""
    body = await request.read()
    try:
        id_ = verify(request.app[SECRET], request.headers, body, time.time())
    except NotGenuine as why:
        log.warning("refused: %s", why)
        return web.Response(status=401)
    event = json.loads(body)
    kept = request.app[DB].execute(
        "INSERT OR IGNORE INTO events VALUES (?, ?, ?)", (id_, event["type"], body.decode())
    )
    if kept.rowcount:  # an id that is known was acted on before: an event may arrive twice
        log.info("%s %s", event["type"], event["subject"])
    return web.Response(status=204)


def build(path: Path, secret: str) -> web.Application:
    """The receiver, with the file in which it remembers what it has seen."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, type TEXT, body TEXT)")
    app = web.Application()
    app[DB], app[SECRET] = db, secret
    app.router.add_post("/events", take)
    return app


def main() -> None:
    parser = argparse.ArgumentParser(description="Receive and verify events.")
    parser.add_argument("--port", type=int, default=9191)
    parser.add_argument("--file", type=Path, default=Path("events.db"))
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    app = build(given.file, os.environ["WEBHOOK_SECRET"])
    web.run_app(app, host="127.0.0.1", port=given.port, print=None)


if __name__ == "__main__":
    main()
