"""The chain over all visits on both databases: what somebody with the database takes away shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from recording.seal import FileSigner, LocalTimestampAuthority
from teller_server.desk.custody_heads import CustodyHeads, check_custody
from teller_server.store.store import Store
from tests.teller_server.material import NOON, opening


@pytest.fixture
async def two_visits(store: Store) -> Store:
    for visit in ("v1", "v2"):
        await store.visits.apply(visit, opening(visit), NOON)
    for visit, act in (("v1", "view_granted"), ("v2", "view_granted"), ("v1", "exported")):
        await store.custody.add(visit, "lin", act, {}, NOON)
    await store.custody.add_branch_act("lin", "searched", {"teller": "zhou"}, NOON)
    return store


def _heads(store: Store, place: Path) -> CustodyHeads:
    stamper = LocalTimestampAuthority(place / "tsa")
    signer = FileSigner(place / "signer")
    return CustodyHeads(store.custody, place / "evidence", signer, stamper, lambda: NOON)


async def _as_owner(store: Store, *statements: str) -> None:
    """As somebody may who owns the database: triggers off, then as they like."""

    def work(conn: object) -> None:
        for table in ("custody", "custody_chain"):
            if conn.dialect.name == "postgresql":  # type: ignore[attr-defined]
                conn.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))  # type: ignore[attr-defined]
            else:
                for verb in ("update", "delete"):
                    conn.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))  # type: ignore[attr-defined]
        for statement in statements:
            conn.execute(text(statement))  # type: ignore[attr-defined]

    await store.write(work)


async def test_what_was_signed_is_all_there(two_visits: Store, tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    heads = _heads(two_visits, tmp_path)
    await heads.round()
    await heads.round()
    await two_visits.custody.add("v2", "lin", "exported", {}, NOON)
    await heads.sign()
    found = await check_custody(two_visits.custody, tmp_path / "evidence")
    assert (found.links, found.heads, found.attested, found.problems) == (5, 2, 5, [])
    assert found.stamped is not None
    assert found.exit_code == 0


@pytest.mark.parametrize("table", ["custody", "custody_chain"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}"])
async def test_the_database_itself_refuses(two_visits: Store, table: str, verb: str) -> None:
    with pytest.raises(Exception, match="append-only"):
        await two_visits.write(lambda conn: conn.execute(text(verb.format(table))) and None)


_LAST = "DELETE FROM custody WHERE visit = 'v1' AND seq = 2"


@pytest.mark.parametrize(
    ("statements", "code"),
    [
        ((_LAST,), "custody_entry_gone"),
        (
            (_LAST, "DELETE FROM custody_chain WHERE n >= 3"),
            "custody_entry_gone",
        ),
        (("DELETE FROM custody_chain WHERE n = 4",), "custody_entry_gone"),
        (("DELETE FROM custody_chain WHERE n = 3",), "custody_chain_broken"),
        (("UPDATE custody SET actor = 'nobody' WHERE visit = 'v2'",), "custody_chain_broken"),
        (("UPDATE custody_chain SET detail = '{}' WHERE n = 4",), "custody_chain_broken"),
    ],
)
async def test_whoever_owns_the_database_takes_nothing_away_unnoticed(
    two_visits: Store, tmp_path: Path, statements: tuple[str, ...], code: str
) -> None:
    (tmp_path / "evidence").mkdir()
    await _heads(two_visits, tmp_path).sign()
    await _as_owner(two_visits, *statements)
    found = await check_custody(two_visits.custody, tmp_path / "evidence")
    assert code in [problem["code"] for problem in found.problems]
    assert found.exit_code == 1


async def test_a_rewritten_chain_does_not_fit_its_head(two_visits: Store, tmp_path: Path) -> None:
    """The newest entry is taken out and another put in its place, all links computed anew."""
    (tmp_path / "evidence").mkdir()
    await _heads(two_visits, tmp_path).sign()
    await _as_owner(two_visits, "DELETE FROM custody_chain WHERE n = 4")
    await two_visits.custody.add_branch_act("lin", "searched", {"teller": "nobody"}, NOON)
    found = await check_custody(two_visits.custody, tmp_path / "evidence")
    assert [problem["code"] for problem in found.problems] == ["custody_chain_broken"]


async def test_a_head_that_was_taken_away_or_altered_is_missed(
    two_visits: Store, tmp_path: Path
) -> None:
    root = tmp_path / "evidence"
    root.mkdir()
    heads = _heads(two_visits, tmp_path)
    await heads.sign()
    for _ in range(2):
        await two_visits.custody.add("v2", "lin", "exported", {}, NOON)
        await heads.sign()
    (root / "custody" / "000002.json").rename(root / "custody" / "x")
    assert (await check_custody(two_visits.custody, root)).problems[0]["code"] == "head_missing"
    (root / "custody" / "x").rename(root / "custody" / "000002.json")
    assert (await check_custody(two_visits.custody, root)).exit_code == 0
    path = root / "custody" / "000003.json"
    path.write_bytes(path.read_bytes().replace(b'"links":6', b'"links":5'))
    assert (await check_custody(two_visits.custody, root)).exit_code == 1
