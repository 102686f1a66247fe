"""What the bank vouches for ends: the newest word counts, and no longer than the pack allows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from teller_server.domain.policy import Attestation, combine, lapsed, standings
from teller_server.domain.policy.period import Period

from .material import policy
from .neighbours import insurance

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FAR = NOW + timedelta(days=5000)
DAY = timedelta(days=1)
FACES = "stored_faces_counted"


def given(kind: str, until: datetime = FAR, at: datetime = NOW, region: str = "") -> Attestation:
    return Attestation(kind, at, until, "张三", region=region)


def everything(service: str) -> list[Attestation]:
    return [given(kind) for kind in lapsed(policy(), (), NOW, service)]


def test_what_a_service_needs_is_its_own_and_what_all_need() -> None:
    common = set(lapsed(policy(), (), NOW))
    assert common == {
        "rights_of_data_subjects", "kept_in_china", "impact_assessment", "own_tellers", FACES,
    }  # fmt: skip
    loan = set(lapsed(policy(), (), NOW, "loan_interview"))
    assert loan - common == {"own_platform", "partners_bound_on_costs"}
    assert set(lapsed(policy(), (), NOW, "corporate_account")) - common == {"account_follow_up"}


def test_with_all_of_them_nothing_blocks() -> None:
    assert lapsed(policy(), everything("loan_interview"), NOW, "loan_interview") == ()


def test_an_end_far_away_is_cut_to_what_the_pack_allows() -> None:
    held = everything("change_of_details")
    assert lapsed(policy(), held, NOW + 89 * DAY) == ()
    assert lapsed(policy(), held, NOW + 90 * DAY) == (FACES,)
    assert len(lapsed(policy(), held, NOW + 366 * DAY)) == 5


def test_the_last_moment_is_outside() -> None:
    end = NOW + DAY
    held = [*everything("change_of_details"), given(FACES, end, NOW + timedelta(seconds=1))]
    assert FACES not in lapsed(policy(), held, end - timedelta(microseconds=1))
    assert FACES in lapsed(policy(), held, end)


def test_a_newer_shorter_word_takes_a_longer_one_back() -> None:
    held = [*everything("change_of_details"), given(FACES, NOW + DAY, NOW + timedelta(hours=1))]
    assert lapsed(policy(), held, NOW + 2 * DAY) == (FACES,)
    assert lapsed(policy(), held[::-1], NOW + 2 * DAY) == (FACES,)


def test_a_word_given_later_does_not_hold_yet() -> None:
    assert FACES in lapsed(policy(), [given(FACES, at=NOW + DAY)], NOW)


def test_where_regions_are_named_each_needs_its_own() -> None:
    ningbo = combine([insurance()])
    assert lapsed(ningbo, [given("acceptance_test")], NOW) == ("acceptance_test",)
    assert lapsed(ningbo, [given("acceptance_test", region="甬")], NOW) == ()


def test_the_list_has_everything_once_with_its_end() -> None:
    found = standings(policy(), [given(FACES)])
    kinds = [standing.rule.attestation for standing in found]
    assert kinds == sorted(set(kinds))
    assert len(kinds) == 9
    (faces,) = (one for one in found if one.rule.attestation == FACES)
    assert faces.until == NOW + 90 * DAY
    assert [one.until for one in found if one is not faces] == [None] * 8


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("P1Y", "2024-02-29", "2025-02-28"),
        ("P6M", "2026-08-31", "2027-02-28"),
        ("P90D", "2026-11-23", "2027-02-21"),
        ("P1Y2M3D", "2026-11-23", "2028-01-26"),
    ],
)
def test_periods_move_on_the_calendar(text: str, start: str, end: str) -> None:
    period = Period.parse(text)
    assert period is not None
    assert period.after(datetime.fromisoformat(start)) == datetime.fromisoformat(end)


@pytest.mark.parametrize("text", ["", "P", "1Y", "P1H", "PT5M", "P-1Y", "P1.5Y", "ten years"])
def test_what_is_no_period_is_none(text: str) -> None:
    assert Period.parse(text) is None


def test_periods_compare_by_length() -> None:
    assert Period.parse("P12M") == Period.parse("P1Y")
    assert Period(months=6) < Period(days=200) < Period(months=7)
    assert str(Period.parse("P10Y")) == "P10Y"
