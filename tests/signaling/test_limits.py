from signaling.limits import Bucket, Buckets


def test_a_burst_then_the_rate() -> None:
    bucket = Bucket(rate=2, burst=3)
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]
    assert bucket.wait(0) == 0.5
    assert bucket.take(0.5)
    assert not bucket.take(0.5)


def test_rest_does_not_save_up_more_than_a_burst() -> None:
    bucket = Bucket(rate=2, burst=3)
    assert [bucket.take(1000) for _ in range(4)] == [True, True, True, False]


def test_a_clock_that_jumps_back_gives_nothing() -> None:
    bucket = Bucket(rate=1, burst=1)
    assert bucket.take(100)
    assert not bucket.take(50)
    assert bucket.take(101)


def test_keys_do_not_share_and_are_forgotten_in_turn() -> None:
    buckets = Buckets(rate=1, burst=1, size=2)
    assert buckets.of("a").take(0)
    assert buckets.of("b").take(0)
    assert not buckets.of("a").take(0)
    buckets.of("c")
    assert buckets.of("b").take(0), "b was the least recently used and began anew"
