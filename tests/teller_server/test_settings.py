"""Settings: where they come from, what they refuse, and that they are written down."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from teller_server.safety import is_loopback, unsafe
from teller_server.settings import Settings, complaints, load, spans
from teller_server.settings_table import document

ROOT = Path(__file__).parents[2]
SAFE = {
    "server": {"public_url": "https://bank.example"},
    "keys": {
        "master_key": "/etc/k",
        "signing_key": "/etc/s",
        "signing_chain": "/etc/c",
        "timestamp_url": "https://tsa.example",
        "timestamp_roots": "/etc/r",
    },
    "core": {"adapter": "rest", "description": "/etc/bank.yaml"},
    "codes": {"adapter": "http", "url": "https://messages.bank.example/send"},
    "registers": {"adapter": "http", "description": "/etc/registers.yaml"},
    "signing": {
        "authority_key": "/etc/ak",
        "authority_chain": "/etc/ac",
        "bank_key": "/etc/bk",
        "bank_chain": "/etc/bc",
    },
}


def test_the_document_is_the_settings() -> None:
    assert (ROOT / "docs" / "settings.md").read_text() == document(), (
        "run python -m teller_server.settings_table > docs/settings.md"
    )


def test_the_environment_wins_over_the_file_and_the_caller_over_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "teller.toml"
    file.write_text('[server]\nhost = "10.0.0.1"\nport = 1\n[branch]\nname = "文件"\n')
    monkeypatch.setenv("TELLER_SERVER__HOST", "10.0.0.2")
    monkeypatch.setenv("TELLER_MEDIA__ALLOWED_NETWORKS", '["10.0.0.0/8"]')
    settings = load(file, server={"port": 3})
    assert (settings.server.host, settings.server.port) == ("10.0.0.2", 3)
    assert settings.branch.name == "文件"
    assert settings.media.policy()["allowed_networks"] == ["10.0.0.0/8"]


@pytest.mark.parametrize(
    "given",
    [
        {"server": {"prot": 1}},
        {"serve": {}},
        {"server": {"port": 70_000}},
        {"server": {"public_url": "bank.example"}},
        {"server": {"public_url": "https://bank.example/path"}},
        {"branch": {"timezone": "Asia/Atlantis"}},
        {"branch": {"weekdays": ["17:00-09:00"]}},
        {"branch": {"weekdays": ["morning"]}},
        {"media": {"port_min": 5000}},
        {"media": {"port_min": 5000, "port_max": 4000}},
        {"media": {"allowed_networks": ["everywhere"]}},
        {"media": {"announced": {"10.0.0.1": "2001:db8::1"}}},
        {"media": {"addresses": ["10.0.0.2"], "announced": {"10.0.0.1": "203.0.113.7"}}},
        {"recording": {"head_seconds": 0}},
        {"recording": {"refused": "maybe"}},
    ],
    ids=str,
)
def test_nonsense_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        load(**given)


def test_mistakes_are_told_by_name_and_never_by_value() -> None:
    with pytest.raises(ValidationError) as caught:
        load(media={"turn_secret": ["hush"]}, server={"port": 70_000})
    told = complaints(caught.value)
    assert [line.split(":")[0] for line in told] == ["server.port", "media.turn_secret"]
    assert "hush" not in "".join(told)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.toml")


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load().server.port = 1  # type: ignore[misc]


def test_safe_settings_may_serve() -> None:
    assert unsafe(load(**SAFE)) == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"demo": True}, "demo = true"),
        ({"keys": {**SAFE["keys"], "master_key": None}}, "keys.master_key is not set"),
        ({"keys": {**SAFE["keys"], "timestamp_url": None}}, "demo timestamp authority"),
        ({"keys": {**SAFE["keys"], "timestamp_roots": None}}, "keys.timestamp_roots is not set"),
        ({"core": {}}, "core.adapter = demo"),
        ({"codes": {}}, "codes.adapter = demo"),
        ({"registers": {}}, "registers.adapter = demo"),
        ({"staff": {"totp_required": False}}, "without a second factor"),
        ({"random_seed": 7}, "could be foreseen"),
        ({"server": {"host": "0.0.0.0"}}, "without HTTPS"),
        ({"server": {"host": "0.0.0.0", "public_url": "http://bank.example"}}, "without HTTPS"),
    ],
    ids=str,
)
def test_unsafe_settings_are_named(given: dict[str, object], why: str) -> None:
    (reason,) = unsafe(load(**{**SAFE, **given}))
    assert why in reason


def test_demo_passwords_are_named() -> None:
    assert "3 accounts still have demo passwords" in unsafe(load(**SAFE), demo_accounts=3)[0]


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("bank", False)],
)
def test_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def test_secure_follows_https() -> None:
    assert not Settings().secure
    assert load(server={"public_url": "https://bank.example"}).secure


def test_opening_spans() -> None:
    assert [a.hour for a, _ in spans(("13:00-17:00", "09:00-12:00"))] == [9, 13]
    with pytest.raises(ValueError, match="overlap"):
        spans(("09:00-12:00", "11:00-13:00"))
