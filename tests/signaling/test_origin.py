import pytest

from signaling.origin import same_origin


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("http://branch.example:8080", True),
        ("https://branch.example:8080", True),
        ("https://BRANCH.example:8080", True),
        ("https://branch.example", False),
        ("https://evil.example:8080", False),
        ("https://branch.example:8080.evil.example", False),
        ("https://branch.example:8080@evil.example", False),
        ("ftp://branch.example:8080", False),
        ("http://[::1", False),
        ("null", False),
        ("", False),
        (None, False),
    ],
)
def test_only_our_own_host_is_ours(origin: str | None, own: bool) -> None:
    assert same_origin(origin, "branch.example:8080") is own


def test_a_public_address_is_the_only_one() -> None:
    public = ["https://bank.example"]
    assert same_origin("https://bank.example", "10.0.0.7:8080", public)
    assert not same_origin("http://bank.example", "10.0.0.7:8080", public)
    assert not same_origin("http://10.0.0.7:8080", "10.0.0.7:8080", public)
