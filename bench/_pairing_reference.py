"""The reference of `bench.pairing`: the same pairing in bare sqlite3, without history or rules."""

from __future__ import annotations

import random
import sqlite3
import time
from pathlib import Path

_TABLES = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE teller (id INTEGER PRIMARY KEY, state TEXT);
CREATE TABLE ticket (id INTEGER PRIMARY KEY, lane INT, key REAL, state TEXT);
CREATE INDEX line ON ticket (lane, key) WHERE state = 'waiting';
CREATE TABLE pairing (id INTEGER PRIMARY KEY, ticket INT, teller INT, state TEXT, accepted REAL);
CREATE UNIQUE INDEX one_ticket ON pairing (ticket) WHERE state IN ('offered', 'live');
CREATE UNIQUE INDEX one_teller ON pairing (teller) WHERE state IN ('offered', 'live');
CREATE UNIQUE INDEX accepted_once ON pairing (ticket) WHERE accepted IS NOT NULL;
"""
_LANES = 12


class Reference:
    """Offer, accept, finish and join, each a durable commit; `times` are those of the offer."""

    def __init__(self, path: Path, random_: random.Random, waiting: int, tellers: int) -> None:
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.executescript(_TABLES)
        self.random = random_
        self.times: list[float] = []
        self.lanes = {
            t: random_.sample(range(_LANES), random_.randint(4, 8)) for t in range(tellers)
        }
        self.db.execute("BEGIN")
        self.db.executemany("INSERT INTO teller VALUES (?, 'free')", [(t,) for t in self.lanes])
        for _ in range(waiting):
            self._join(random_.random() * 600)
        self.db.execute("COMMIT")

    def round(self, teller: int) -> None:
        begun = time.perf_counter()
        found = self._match(teller)
        self.times.append(time.perf_counter() - begun)
        if found is None:
            return
        pairing, ticket = found
        db = self.db
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE pairing SET state='live', accepted=1 WHERE id=?", (pairing,))
        db.execute("UPDATE ticket SET state='live' WHERE id=?", (ticket,))
        db.execute("COMMIT")
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE pairing SET state='done' WHERE id=?", (pairing,))
        db.execute("UPDATE ticket SET state='done' WHERE id=?", (ticket,))
        db.execute("UPDATE teller SET state='free' WHERE id=?", (teller,))
        db.execute("COMMIT")
        self._join(0.0)

    def _match(self, teller: int) -> tuple[int, int] | None:
        db = self.db
        db.execute("BEGIN IMMEDIATE")
        heads = []
        for lane in self.lanes[teller]:
            head = db.execute(
                "SELECT key, id FROM ticket WHERE state='waiting' AND lane=? ORDER BY key LIMIT 1",
                (lane,),
            ).fetchone()
            if head:
                heads.append(head)
        if not heads:
            db.execute("ROLLBACK")
            return None
        ticket = min(heads)[1]
        db.execute("UPDATE ticket SET state='offered' WHERE id=?", (ticket,))
        db.execute("UPDATE teller SET state='offered' WHERE id=?", (teller,))
        made = db.execute(
            "INSERT INTO pairing (ticket, teller, state) VALUES (?, ?, 'offered')", (ticket, teller)
        )
        db.execute("COMMIT")
        return int(made.lastrowid or 0), ticket

    def _join(self, earlier: float) -> None:
        self.db.execute(
            "INSERT INTO ticket (lane, key, state) VALUES (?, ?, 'waiting')",
            (self.random.randrange(_LANES), time.time() - earlier),
        )
