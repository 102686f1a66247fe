"""A tiny bank with an HTTP interface of its own, to try Teller Server's `rest` adapter on.

It keeps everything in one SQLite file, so that it may be stopped and started at any moment.

    SAMPLE_BANK_SECRET=change-me python bank.py --port 9090 --file bank.db
"""

from __future__ import annotations

import argparse
import hmac
import json
import logging
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

CUSTOMERS = (
    {"id": "C100001", "name": "李雷", "id_number": "330106199001010028",
     "mobile": "13800000001", "home": "杭州市西湖区文三路1号", "job": "office",
     "id_expires": "2030-01-01",
     "firms": [{"name": "杭州青禾茶业有限公司", "code": "91330106MA2XK7Q04L",
                "role": "legal_representative"}]},
    {"id": "C100002", "name": "韩梅梅", "id_number": "310104198805120041",
     "mobile": "13800000002", "home": "上海市徐汇区漕溪路8号", "job": "student",
     "id_expires": "2027-05-12", "firms": []},
)  # fmt: skip
CHANGEABLE = {"mobile", "home", "job", "id_expires"}
DONE = "done"

DB = web.AppKey("db", sqlite3.Connection)
SECRET = web.AppKey("secret", str)

TABLES = """
CREATE TABLE IF NOT EXISTS customers (id TEXT PRIMARY KEY, id_number TEXT UNIQUE, facts TEXT);
CREATE TABLE IF NOT EXISTS orders (
    key TEXT PRIMARY KEY, request TEXT, state TEXT, number TEXT, result TEXT);
"""


def open_file(path: Path) -> sqlite3.Connection:
    """The bank's file, with its customers in it."""
    db = sqlite3.connect(path, isolation_level=None)
    db.row_factory = sqlite3.Row
    db.executescript(TABLES)
    for one in CUSTOMERS:
        facts = json.dumps(one, ensure_ascii=False)
        row = (one["id"], one["id_number"], facts)
        db.execute("INSERT OR IGNORE INTO customers VALUES (?, ?, ?)", row)
    return db


@web.middleware
async def only_the_branch(request: web.Request, handler: Any) -> web.StreamResponse:
    """Whoever has the secret is the branch."""
    wanted = f"Bearer {request.app[SECRET]}"
    if not hmac.compare_digest(request.headers.get("Authorization", ""), wanted):
        return problem(401, "NOT_ADMITTED")
    return await handler(request)


def problem(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code}}, status=status)


def customer(db: sqlite3.Connection, column: str, value: str) -> dict[str, Any] | None:
    statement = f"SELECT facts FROM customers WHERE {column} = ?"
    row = db.execute(statement, (value,)).fetchone()
    return json.loads(row["facts"]) if row else None


async def search(request: web.Request) -> web.Response:
    """`POST /customers/search {id_number}`: a number is nobody's business in an address."""
    number = "".join(str((await request.json())["id_number"]).split()).upper()
    found = customer(request.app[DB], "id_number", number)
    return web.json_response({"customer": found}) if found else problem(404, "NO_CUSTOMER")


async def show(request: web.Request) -> web.Response:
    found = customer(request.app[DB], "id", request.match_info["id"])
    return web.json_response({"customer": found}) if found else problem(404, "NO_CUSTOMER")


async def check(request: web.Request) -> web.Response:
    """`POST /orders/check`: what `order` would say, without doing it."""
    asked = await request.json()
    refused = objection(request.app[DB], asked)
    if not refused and "mobile" in asked["facts"].get("changes", {}):
        refused = "NUMBER_JUST_CHANGED" if cooling_off(request.app[DB], asked) else ""
    if refused:
        return web.json_response({"error": {"code": refused}, "reasons": [refused]}, status=422)
    return web.json_response({"ok": True})


async def order(request: web.Request) -> web.Response:
    """`POST /orders`, with `Idempotency-Key`: the same key and request get the same receipt."""
    db, key = request.app[DB], request.headers.get("Idempotency-Key", "")
    asked = await request.json()
    if not key or not asked.get("evidence", {}).get("call"):
        return problem(400, "INCOMPLETE")
    wanted = json.dumps({**asked, "at": ""}, sort_keys=True, ensure_ascii=False)
    db.execute("BEGIN IMMEDIATE")
    try:
        answer = carry_out(db, key, asked, wanted)
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    return answer


def carry_out(db: sqlite3.Connection, key: str, asked: Any, wanted: str) -> web.Response:
    known = db.execute("SELECT * FROM orders WHERE key = ?", (key,)).fetchone()
    if known is not None and known["state"] != DONE:
        return problem(409, "WITHDRAWN")
    if known is not None and known["request"] != wanted:
        return problem(409, "KEY_REUSED")
    if known is None:
        refused = objection(db, asked)
        if refused:
            return problem(404 if refused == "NO_CUSTOMER" else 422, refused)
        result = EFFECTS[asked["kind"]](db, asked)
        if not asked["customer"] and result != "REFUSED" and asked["kind"] != "STOP":
            make_known(db, asked["facts"]["person"])
        count = db.execute("SELECT COUNT(*) FROM orders").fetchone()[0]
        row = (key, wanted, DONE, f"SB{count + 1:06d}", result)
        db.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", row)
        known = db.execute("SELECT * FROM orders WHERE key = ?", (key,)).fetchone()
    return web.json_response({"receipt": {"number": known["number"], "result": known["result"]}})


def objection(db: sqlite3.Connection, asked: Any) -> str:
    """Why the bank would not do it; empty when it would."""
    if asked["kind"] not in EFFECTS:
        return "NOT_OFFERED"
    known = customer(db, "id", asked["customer"]) if asked["customer"] else None
    if known is None and (asked["customer"] or asked["kind"] == "DETAILS"):
        return "NO_CUSTOMER"
    if asked["kind"] == "STOP":
        return ""  # about an order, whoever it was for
    person = asked["facts"].get("person") or {}
    if known is None and not (person.get("name") and person.get("document")):
        return "NO_CUSTOMER"
    changes = asked["facts"].get("changes", {})
    if asked["kind"] == "DETAILS" and not (changes and changes.keys() <= CHANGEABLE):
        return "NOT_CHANGEABLE"
    return ""


def cooling_off(db: sqlite3.Connection, asked: Any) -> bool:
    """Whether the number was changed so lately that its limits are still on."""
    known = customer(db, "id", asked["customer"]) or {}
    until = known.get("limited_until", "")
    return bool(until) and datetime.fromisoformat(until) > datetime.now(UTC)


def make_known(db: sqlite3.Connection, person: dict[str, str]) -> None:
    """Somebody new whom the branch has identified becomes a customer, once."""
    number = "".join(person["document"].split()).upper()
    count = db.execute("SELECT COUNT(*) FROM customers").fetchone()[0]
    facts = {"id": f"C{300001 + count}", "name": person["name"], "id_number": number,
             "mobile": person.get("phone", ""), "firms": []}  # fmt: skip
    row = (facts["id"], number, json.dumps(facts, ensure_ascii=False))
    db.execute("INSERT OR IGNORE INTO customers VALUES (?, ?, ?)", row)


def change(db: sqlite3.Connection, asked: Any) -> str:
    known = customer(db, "id", asked["customer"])
    facts = known | asked["facts"]["changes"]
    if limits := asked["facts"].get("limits"):
        facts["limited_until"] = limits["until"]
    facts["undo"] = {name: known.get(name, "") for name in asked["facts"]["changes"]}
    row = (json.dumps(facts, ensure_ascii=False), asked["customer"])
    db.execute("UPDATE customers SET facts = ? WHERE id = ?", row)
    return "CHANGED"


def stop(db: sqlite3.Connection, asked: Any) -> str:
    """The customer says it was somebody else: what was changed stands as it stood before."""
    wanted = "SELECT request, state FROM orders WHERE key = ?"
    done = db.execute(wanted, (asked["facts"]["order"],)).fetchone()
    order = json.loads(done["request"]) if done and done["state"] == DONE else {}
    if order.get("kind") != "DETAILS":
        return "STOPPED"
    facts = customer(db, "id", order["customer"])
    facts |= facts.get("undo", {})
    row = (json.dumps(facts, ensure_ascii=False), order["customer"])
    db.execute("UPDATE customers SET facts = ? WHERE id = ?", row)
    return "REVERSED"


def loan(_db: sqlite3.Connection, asked: Any) -> str:
    if asked["facts"]["outcome"] == "sign_at_branch":
        return "TO_BE_SIGNED"
    return {"approve": "GRANTED", "refuse": "REFUSED"}.get(asked["facts"]["verdict"], "RECORDED")


def account(_db: sqlite3.Connection, asked: Any) -> str:
    return "WAITING_FOR_ORIGINALS" if asked["facts"].get("handed_over") else "WAITING_FOR_FILING"


EFFECTS = {"DETAILS": change, "LOAN": loan, "ACCOUNT": account, "STOP": stop}


async def withdraw(request: web.Request) -> web.Response:
    """`DELETE /orders/{key}`: 200 when it will never be done, 409 with the receipt when it was."""
    db, key = request.app[DB], request.match_info["key"]
    db.execute("INSERT OR IGNORE INTO orders VALUES (?, '', 'withdrawn', NULL, NULL)", (key,))
    known = db.execute("SELECT * FROM orders WHERE key = ?", (key,)).fetchone()
    if known["state"] != DONE:
        return web.json_response({"withdrawn": True})
    receipt = {"number": known["number"], "result": known["result"]}
    return web.json_response({"receipt": receipt}, status=409)


def build(path: Path, secret: str) -> web.Application:
    """The whole bank."""
    app = web.Application(middlewares=[only_the_branch])
    app[DB], app[SECRET] = open_file(path), secret
    app.add_routes(
        [
            web.post("/v1/customers/search", search),
            web.get("/v1/customers/{id}", show),
            web.post("/v1/orders/check", check),
            web.post("/v1/orders", order),
            web.delete("/v1/orders/{key}", withdraw),
        ]
    )
    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=9090)
    parser.add_argument("--file", type=Path, default=Path("bank.db"))
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO)
    secret = os.environ["SAMPLE_BANK_SECRET"]
    web.run_app(build(given.file, secret), host="127.0.0.1", port=given.port, print=None)


if __name__ == "__main__":
    main()
