"""What the demo bank does with an order: each verb inside one transaction of its database."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from teller_server.domain.errors import Refusal

from .port import (
    CHANGE_DETAILS,
    CHANGEABLE,
    LOAN_INTERVIEW,
    OPEN_ACCOUNT,
    STOP,
    Order,
    Receipt,
    Seals,
)

_TABLES = """
CREATE TABLE IF NOT EXISTS customers (
    reference TEXT PRIMARY KEY, name TEXT NOT NULL, document TEXT NOT NULL UNIQUE,
    phone TEXT NOT NULL, address TEXT NOT NULL, occupation TEXT NOT NULL, changed_at TEXT);
CREATE TABLE IF NOT EXISTS orders (
    key TEXT PRIMARY KEY, effect TEXT NOT NULL, reference TEXT NOT NULL, wanted TEXT NOT NULL,
    before TEXT NOT NULL, call_seal TEXT NOT NULL, decision_seal TEXT, receipt TEXT,
    status TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, "to" TEXT NOT NULL, text TEXT NOT NULL, purpose TEXT NOT NULL,
    key TEXT UNIQUE, at TEXT NOT NULL);
"""
_ADDED = {"limited_until": "''", "document_until": "''", "companies": "'[]'"}
"""Columns that a file of an earlier release has not."""

_VERDICTS = {"approve": "granted", "refer": "interview_recorded", "refuse": "refusal_recorded"}


def prepare(db: sqlite3.Connection) -> None:
    """Make the tables, or bring an earlier release's up to date."""
    db.row_factory = sqlite3.Row
    db.executescript(_TABLES)
    known = {row["name"] for row in db.execute("PRAGMA table_info(customers)")}
    for name, value in _ADDED.items():
        if name not in known:
            db.execute(f"ALTER TABLE customers ADD COLUMN {name} TEXT NOT NULL DEFAULT {value}")


def find(db: sqlite3.Connection, column: str, value: str) -> Mapping[str, Any] | None:
    """The customer with `value` in `column` (`reference` or `document`)."""
    statement = f"SELECT * FROM customers WHERE {column} = ?"  # noqa: S608
    row = db.execute(statement, (value,)).fetchone()
    return None if row is None else dict(row)


def objections(db: sqlite3.Connection, order: Order, now: datetime) -> tuple[str, ...]:
    """Codes of why the order would not be taken now; empty when it would."""
    try:
        _check(db, order)
    except Refusal as refusal:
        return (refusal.code,)
    if order.effect == CHANGE_DETAILS and "phone" in order.body["changes"]:
        until = (find(db, "reference", order.reference) or {})["limited_until"]
        if until and datetime.fromisoformat(until) > now:
            return ("phone_changed_recently",)
    return ()


def carry_out(db: sqlite3.Connection, order: Order, seals: Seals, now: datetime) -> Receipt:
    """The order's receipt: a new one, or the one that its key was given before."""
    if not seals.call:
        raise Refusal("core_evidence_missing")
    wanted = json.dumps(order.body, ensure_ascii=False, sort_keys=True)
    done = db.execute("SELECT * FROM orders WHERE key = ?", (order.key,)).fetchone()
    if done is not None:
        return _again(done, order, wanted, seals)
    _check(db, order)
    before, status = _EFFECTS[order.effect](db, order, now)
    if not order.reference and order.effect != STOP and status != "refusal_recorded":
        _make_known(db, order, now)
    number = _number(order, wanted)
    db.execute(
        "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (order.key, order.effect, order.reference, wanted, json.dumps(before, ensure_ascii=False),
         seals.call, seals.decision, number, status, now.isoformat()),
    )  # fmt: skip
    return Receipt(number, status)


def withdraw(db: sqlite3.Connection, key: str) -> Receipt | None:
    """Note that this key is never to be carried out; its receipt when it has been."""
    done = db.execute("SELECT receipt, status FROM orders WHERE key = ?", (key,)).fetchone()
    if done is not None:
        return Receipt(done["receipt"], done["status"]) if done["receipt"] else None
    db.execute(
        "INSERT INTO orders VALUES (?, '', '', '{}', '{}', '', NULL, NULL, 'withdrawn', '')", (key,)
    )
    return None


def _again(done: sqlite3.Row, order: Order, wanted: str, seals: Seals) -> Receipt:
    if done["receipt"] is None:
        raise Refusal("core_withdrawn", key=order.key)
    given = (order.effect, order.reference, wanted, seals.call, seals.decision)
    kept = tuple(done[n] for n in ("effect", "reference", "wanted", "call_seal", "decision_seal"))
    if given != kept:
        raise Refusal("core_key_reused", key=order.key)
    return Receipt(done["receipt"], done["status"])


def _check(db: sqlite3.Connection, order: Order) -> None:
    if order.effect not in _EFFECTS:
        raise Refusal("core_refused", effect=order.effect)
    if order.effect == CHANGE_DETAILS:
        changes = order.body.get("changes") or {}
        unknown = set(changes) - set(CHANGEABLE)
        if unknown or not changes:
            raise Refusal("core_not_changeable", fields=", ".join(sorted(unknown)))
    if order.reference:
        known = find(db, "reference", order.reference) is not None
    else:
        known = order.effect == STOP or (order.effect != CHANGE_DETAILS and _named(order))
    if not known:
        raise Refusal("core_unknown_customer", reference=order.reference)


def _named(order: Order) -> bool:
    """Whether the order says who a person is that the bank has no reference of."""
    person = order.body.get("person") or {}
    return bool(person.get("name") and person.get("document"))


def _make_known(db: sqlite3.Connection, order: Order, now: datetime) -> None:
    """A person whom the order names becomes a customer, unless they are one by now."""
    person: Mapping[str, str] = order.body["person"]
    document = "".join(person["document"].split()).upper()
    if find(db, "document", document) is not None:
        return
    count = db.execute("SELECT COUNT(*) FROM customers").fetchone()[0]
    db.execute(
        "INSERT INTO customers (reference, name, document, phone, address, occupation, changed_at) "
        "VALUES (?, ?, ?, ?, '', '', ?)",
        (f"C3{count + 1:05d}", person["name"], document, person.get("phone", ""), now.isoformat()),
    )


def _change_details(
    db: sqlite3.Connection, order: Order, now: datetime
) -> tuple[dict[str, str], str]:
    changes: Mapping[str, str] = order.body["changes"]
    known = find(db, "reference", order.reference) or {}
    for name, value in changes.items():
        db.execute(
            f"UPDATE customers SET {name} = ?, changed_at = ? WHERE reference = ?",  # noqa: S608
            (value, now.isoformat(), order.reference),
        )
    if until := (order.body.get("limits") or {}).get("until"):
        statement = "UPDATE customers SET limited_until = ? WHERE reference = ?"
        db.execute(statement, (until, order.reference))
    return {name: str(known[name]) for name in CHANGEABLE if name in changes}, "changed"


def _stop(db: sqlite3.Connection, order: Order, now: datetime) -> tuple[dict[str, str], str]:
    """What a customer says was not theirs is undone, where it can be; else payments stop."""
    done = db.execute("SELECT * FROM orders WHERE key = ?", (order.body.get("order"),)).fetchone()
    if done is None or not done["receipt"]:
        raise Refusal("core_refused", effect=order.effect)
    before: dict[str, str] = json.loads(done["before"])
    for name, value in before.items():
        if name in CHANGEABLE:
            db.execute(
                f"UPDATE customers SET {name} = ?, changed_at = ? WHERE reference = ?",  # noqa: S608
                (value, now.isoformat(), done["reference"]),
            )
    return {}, "reversed" if before else "stopped"


def _loan_interview(
    _db: sqlite3.Connection, order: Order, _now: datetime
) -> tuple[dict[str, str], str]:
    """Approved by video is granted; what is signed at a branch is not yet a loan."""
    if order.body.get("outcome") == "sign_at_branch":
        return {}, "sign_at_branch"
    verdict = (order.body.get("decision") or {}).get("verdict", "")
    return {}, _VERDICTS.get(verdict, "interview_recorded")


def _open_account(
    _db: sqlite3.Connection, order: Order, _now: datetime
) -> tuple[dict[str, str], str]:
    """No account opens by video alone: originals and the filing come first."""
    return {}, "pending_originals" if order.body.get("handed_over") else "pending_filing"


def _number(order: Order, wanted: str) -> str:
    content = f"{order.key}\n{order.reference}\n{wanted}".encode()
    return "R" + hashlib.sha256(content).hexdigest()[:12].upper()


_Carried = Callable[[sqlite3.Connection, Order, datetime], tuple[dict[str, str], str]]

_EFFECTS: Mapping[str, _Carried] = {
    CHANGE_DETAILS: _change_details,
    LOAN_INTERVIEW: _loan_interview,
    OPEN_ACCOUNT: _open_account,
    STOP: _stop,
}
