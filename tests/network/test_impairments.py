"""The laboratory's own rules: what each impairment promises, it does."""

from __future__ import annotations

import pytest

from tests.network.impairments import (
    HEADERS,
    Blackout,
    Bottleneck,
    BurstLoss,
    Delay,
    Impairment,
    Jitter,
    Line,
    Loss,
)

SIZE = 1000


def sent(impairment: Impairment, count: int, every: float = 0.01) -> list[float | None]:
    """When each of `count` datagrams goes on that come at an even pace."""
    return [impairment.goes_on(SIZE, n * every) for n in range(count)]


def runs(gone: list[bool]) -> list[int]:
    """Lengths of the runs of losses."""
    text = "".join("x" if lost else "." for lost in gone)
    return [len(run) for run in text.split(".") if run]


@pytest.mark.parametrize("share", [0.01, 0.05, 0.3])
def test_random_loss_takes_its_share_and_the_same_ones_every_time(share: float) -> None:
    gone = [at is None for at in sent(Loss(share, 3), 20_000)]
    assert sum(gone) / 20_000 == pytest.approx(share, rel=0.15)
    assert gone == [at is None for at in sent(Loss(share, 3), 20_000)]
    assert gone != [at is None for at in sent(Loss(share, 4), 20_000)]


def test_bursts_take_their_share_in_runs_of_the_asked_length() -> None:
    gone = [at is None for at in sent(BurstLoss(0.05, 6, 3), 60_000)]
    lengths = runs(gone)
    assert sum(gone) / 60_000 == pytest.approx(0.05, rel=0.2)
    assert sum(lengths) / len(lengths) == pytest.approx(6, rel=0.2)
    alone = runs([at is None for at in sent(Loss(0.05, 3), 60_000)])
    assert sum(alone) / len(alone) < 1.2


def test_a_delay_moves_everything_by_the_same_time() -> None:
    assert sent(Delay(0.2), 3) == pytest.approx([0.2, 0.21, 0.22])


def test_jitter_overtakes_only_where_it_may() -> None:
    ordered = [at or 0.0 for at in sent(Jitter(0.06), 500)]
    free = [at or 0.0 for at in sent(Jitter(0.06, in_order=False), 500)]
    assert ordered == sorted(ordered)
    assert free != sorted(free)
    assert all(0 <= at - n * 0.01 <= 0.06 for n, at in enumerate(free))


def test_a_bottleneck_lets_through_its_rate_and_drops_what_its_queue_can_not_hold() -> None:
    line = Bottleneck(400_000, queue=0.3)
    out = [at for at in sent(line, 1000) if at is not None]  # 822 kbit/s for ten seconds
    bits = 8 * (SIZE + HEADERS) * len(out)
    assert bits / out[-1] == pytest.approx(400_000, rel=0.01)
    waited = [at - n * 0.01 for n, at in enumerate(sent(Bottleneck(400_000), 1000)) if at]
    assert 0.3 < max(waited) < 0.33, "the queue and one datagram"


def test_a_bottleneck_that_is_lifted_is_none() -> None:
    line = Bottleneck(100_000)
    sent(line, 100)
    line.rate = float("inf")
    assert line.goes_on(SIZE, 60.0) == 60.0


def test_a_blackout_passes_nothing_while_it_lasts() -> None:
    dark = Blackout()
    assert dark.goes_on(SIZE, 1.0) == 1.0
    dark.dark = True
    assert dark.goes_on(SIZE, 2.0) is None
    dark.dark = False
    assert dark.goes_on(SIZE, 3.0) == 3.0


def test_a_line_adds_its_impairments_up_and_counts() -> None:
    line = Line((Delay(0.1), Loss(0.5, 3), Delay(0.2)))
    out = [at for at in sent(line, 200) if at is not None]
    assert out[0] >= 0.3 - 1e-9
    assert line.passed == len(out)
    assert line.passed + line.lost == 200
    assert 60 < line.lost < 140
