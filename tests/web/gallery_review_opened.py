"""Canned requests and holds for the review desk."""

from __future__ import annotations

from typing import Any

from tests.web.gallery_views import iso

Json = dict[str, Any]
VISIT = "V20261123-000018"


def wishes(language: str) -> list[Json]:
    """One that waits for me, one of mine that waits, one that was agreed to."""
    zh = language == "zh-CN"
    base: Json = {
        "visit": VISIT,
        "customer_masked": "李*" if zh else "L. L.",
        "from_ms": None,
        "until_ms": None,
        "expires_at": iso(60_000),
        "approved": None,
        "decided_by": None,
        "reason": None,
    }
    me, they = ("赵清", "刘洋") if zh else ("Zhao Qing", "Liu Yang")
    return [
        base
        | {
            "id": "opening-01JD0000000000000000000001",
            "by": they,
            "mine": False,
            "kind": "view",
            "from_ms": 190_000,
            "until_ms": 300_000,
            "purpose": "客户投诉 T-2231" if zh else "Complaint T-2231",
            "asked_at": iso(-1800),
        },
        base
        | {
            "id": "opening-01JD0000000000000000000002",
            "by": me,
            "mine": True,
            "kind": "view",
            "purpose": "质检抽查" if zh else "Quality check",
            "asked_at": iso(-900),
        },
        base
        | {
            "id": "opening-01JD0000000000000000000003",
            "by": me,
            "mine": True,
            "kind": "export",
            "purpose": "法院调取 2026-118" if zh else "Court order 2026-118",
            "asked_at": iso(-7200),
            "approved": True,
            "decided_by": they,
        },
    ]


def held(language: str) -> list[Json]:
    zh = language == "zh-CN"
    return [
        {
            "id": "hold-01JD0000000000000000000001",
            "visit": VISIT,
            "customer_masked": "李*" if zh else "L. L.",
            "by": "赵清" if zh else "Zhao Qing",
            "at": iso(-90_000),
            "reason": "诉讼保全（2026）沪0115民初118号" if zh else "Litigation 2026-118",
        }
    ]
