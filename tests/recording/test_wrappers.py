"""One suite for every wrapper, against the real servers; then what is particular to each."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pkcs11 import Attribute, ObjectClass

from recording import cms
from recording import format as fmt
from recording.bao import OpenBao, OpenBaoKeyWrapper
from recording.errors import Damage, Outage
from recording.evidence import Evidence
from recording.hsm import Hsm, HsmKeyWrapper, HsmSigner, make_signing_key
from recording.inspect import opened_segments
from recording.keys import FileKeyWrapper, KeyRing, KeyWrapper, Wrapped, new_data_key
from recording.parts import Draft, SegmentLog, list_parts
from recording.verify import verify
from tests.keyservers import softhsm
from tests.keyservers.openbao import Server, openbao
from tests.recording.material import Authority, at

CONTEXT = b"rec-1|visit-1"
Make = Callable[[str], KeyWrapper]


@pytest.fixture(scope="module")
def bao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with openbao(tmp_path_factory.mktemp("openbao")) as server:
        yield server


@pytest.fixture(scope="module")
def token() -> tuple[str, str]:
    return softhsm.make_token()


@pytest.fixture
def module(token: tuple[str, str]) -> Iterator[Hsm]:
    module = softhsm.hsm(*token)
    yield module
    module.close()


@pytest.fixture(params=["file", "openbao", "pkcs11"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """`make(name)`: the wrapper of this kind with the key of that name; twice the same is one."""
    number = f"{request.node.nodeid.__hash__() & 0xFFFFFF:x}"
    if request.param == "file":
        return lambda name: FileKeyWrapper(tmp_path / f"{name}.key")
    if request.param == "openbao":
        server: Server = request.getfixturevalue("bao")

        def over_http(name: str) -> KeyWrapper:
            root = OpenBao(server.url, lambda: server.admin.token)
            wrapper = OpenBaoKeyWrapper(root, "transit", f"{name}-{number}")
            wrapper.init()
            return wrapper

        return over_http
    module = request.getfixturevalue("module")

    def in_token(name: str) -> KeyWrapper:
        wrapper = HsmKeyWrapper(module, f"{name}-{number}")
        wrapper.init()
        return wrapper

    return in_token


def test_a_key_opens_where_it_was_wrapped_and_nowhere_else(make: Make) -> None:
    here, key = make("here"), new_data_key()
    wrapped = here.wrap(key, CONTEXT)
    assert key not in wrapped
    assert make("here").unwrap(wrapped, CONTEXT) == key
    told = Wrapped.parse(wrapped)
    assert (told.wrapper, told.version) == (here.name, "1")
    elsewhere = make("elsewhere")
    moved = Wrapped(elsewhere.name, told.version, told.payload).pack()
    for wrapper, bytes_, context in (
        (here, wrapped, b"rec-2|visit-2"),
        (here, wrapped, b""),
        (here, wrapped[:-1], CONTEXT),
        (here, wrapped[:-1] + bytes([wrapped[-1] ^ 1]), CONTEXT),
        (here, b"", CONTEXT),
        (here, b"\x02\xff", CONTEXT),
        (here, Wrapped(here.name, "2", told.payload).pack(), CONTEXT),
        (elsewhere, moved, CONTEXT),
    ):
        if wrapper.name.startswith("openbao") and bytes_[1:].startswith(
            Wrapped(here.name, "2", b"").pack()[1:]
        ):
            continue  # the version is in the server's own text, which is authenticated
        with pytest.raises(Outage, match="key_unwrap_refused"):
            wrapper.unwrap(bytes_, context)


def test_after_a_rotation_old_keys_open_and_new_ones_are_of_the_new_version(make: Make) -> None:
    desk, operator, key = make("turned"), make("turned"), new_data_key()
    old = desk.wrap(key, CONTEXT)
    assert operator.rotate() == "2" == desk.version()
    new = desk.wrap(key, CONTEXT)
    assert [Wrapped.parse(one).version for one in (old, new)] == ["1", "2"]
    assert desk.unwrap(old, CONTEXT) == desk.unwrap(new, CONTEXT) == key
    again = operator.rewrap(old, CONTEXT)
    assert Wrapped.parse(again).version == "2"
    assert desk.unwrap(again, CONTEXT) == key
    with pytest.raises(Outage, match="key_unwrap_refused"):
        operator.rewrap(old, b"rec-2|visit-2")


@pytest.mark.scaled(10, "key rotated and wrapped anew in a call, the writer dies: goes on, sealed")
def test_a_rotation_during_a_call_touches_no_evidence(
    make: Make, tmp_path: Path, authority: Authority
) -> None:
    desk, key = make("during"), new_data_key()
    wrapped = desk.wrap(key, CONTEXT)
    package = tmp_path / "rec-1"
    evidence = Evidence.create(package, "rec-1", "visit-1", ["customer"], key, at(0), "test")
    log = SegmentLog(package, "rec-1", "customer", key)
    log.open()
    log.append(Draft(0, 900, media=b"before"))
    written = {path: path.read_bytes() for path in package.rglob("*") if path.is_file()}
    make("during").rotate()
    anew = make("during").rewrap(wrapped, CONTEXT)
    assert {path: path.read_bytes() for path in written} == written
    log.append(Draft(1000, 1900, media=b"during"))
    log.close()  # without its end: the writer died
    opened = make("during").unwrap(anew, CONTEXT)
    taken_up = SegmentLog(package, "rec-1", "customer", opened)
    taken_up.open()
    taken_up.append(Draft(2000, 2900, media=b"after"))
    taken_up.append(Draft(3000, 3000, fmt.END))
    taken_up.close()
    evidence.seal(at(5), authority.signer, None, {})
    assert verify(package).exit_code == 0
    found = []
    for _, path in list_parts(package, "customer"):
        with path.open("rb") as stream:
            found += [plain for _, plain in opened_segments(stream, opened)]
    assert found == [b"before", b"during", b"after", b""]


def test_a_ring_moves_keys_from_one_wrapper_to_the_next(make: Make, tmp_path: Path) -> None:
    before, after, key = FileKeyWrapper(tmp_path / "before.key"), make("after"), new_data_key()
    old = before.wrap(key, CONTEXT)
    if after.name == before.name:
        return
    ring = KeyRing(after, [before])
    assert ring.unwrap(old, CONTEXT) == key
    moved = ring.rewrap(old, CONTEXT)
    assert Wrapped.parse(moved).wrapper == after.name
    assert KeyRing(after).unwrap(moved, CONTEXT) == key
    with pytest.raises(Outage, match="key_wrapper_unknown"):
        KeyRing(after).unwrap(old, CONTEXT)


def test_what_the_last_release_wrapped_still_opens(tmp_path: Path) -> None:
    wrapper, key, nonce = FileKeyWrapper(tmp_path / "master.key"), new_data_key(), bytes(12)
    master = AESGCM((tmp_path / "master.key").read_bytes())
    old = b"\x01" + nonce + master.encrypt(nonce, key, b"\x01" + CONTEXT)
    assert wrapper.unwrap(old, CONTEXT) == key
    wrapper.rotate()
    assert wrapper.unwrap(wrapper.rewrap(old, CONTEXT), CONTEXT) == key


# OpenBao


def test_each_role_may_do_its_own_work_only(bao: Server) -> None:
    operator, desk = bao.wrapper("teller-server-keys"), bao.wrapper()
    operator.init()
    key = new_data_key()
    wrapped = desk.wrap(key, CONTEXT)
    assert desk.unwrap(wrapped, CONTEXT) == key
    operator.rotate()
    moved = operator.rewrap(wrapped, CONTEXT)
    assert desk.unwrap(moved, CONTEXT) == key
    for forbidden in (
        lambda: operator.unwrap(wrapped, CONTEXT),
        desk.rotate,
        lambda: desk.rewrap(wrapped, CONTEXT),
        lambda: bao.as_("teller-server-desk").ask("get", "transit/export/encryption-key/x"),
        lambda: bao.as_("teller-server-keys").ask("post", "sys/audit-hash/desk", {}),
    ):
        with pytest.raises(Outage, match="key_server_refused"):
            forbidden()


def test_the_use_stands_in_the_servers_own_log(bao: Server) -> None:
    desk = bao.wrapper(key="noted")
    OpenBaoKeyWrapper(OpenBao(bao.url, lambda: bao.admin.token), "transit", "noted").init()
    root = OpenBaoKeyWrapper(OpenBao(bao.url, lambda: bao.admin.token), "transit", "noted")
    root.unwrap(root.wrap(new_data_key(), CONTEXT), CONTEXT, use="use-42")
    line = [one for one in bao.log() if "use-42" in str(one.get("request", {}).get("headers"))][-1]
    assert line["request"]["path"] == "transit/decrypt/noted"
    hashed = OpenBaoKeyWrapper(bao.as_("teller-server-desk"), "transit", "noted")
    assert line["request"]["data"]["context"] == hashed.audit_hash("desk", CONTEXT)
    assert desk.name == root.name


def test_an_old_version_that_was_withdrawn_is_refused(bao: Server) -> None:
    root = OpenBaoKeyWrapper(OpenBao(bao.url, lambda: bao.admin.token), "transit", "withdrawn")
    root.init()
    wrapped = root.wrap(new_data_key(), CONTEXT)
    root.rotate()
    bao.admin.secrets.transit.update_key_configuration("withdrawn", min_decryption_version=2)
    with pytest.raises(Outage, match="key_unwrap_refused"):
        root.unwrap(wrapped, CONTEXT)


def test_a_key_that_is_not_bound_to_its_context_is_not_used(bao: Server) -> None:
    bao.admin.secrets.transit.create_key("loose", key_type="aes256-gcm96")
    with pytest.raises(Outage, match="key_server_refused"):
        OpenBaoKeyWrapper(OpenBao(bao.url, lambda: bao.admin.token), "transit", "loose").init()


def test_a_server_that_is_away_is_told_from_one_that_refuses(bao: Server) -> None:
    root = OpenBaoKeyWrapper(OpenBao(bao.url, lambda: bao.admin.token), "transit", "away")
    root.init()
    wrapped = root.wrap(key := new_data_key(), CONTEXT)
    nobody = OpenBaoKeyWrapper(OpenBao("http://127.0.0.1:9", lambda: "t"), "transit", "away")
    with pytest.raises(Outage, match="key_server_away"):
        nobody.unwrap(wrapped, CONTEXT)
    bao.seal()
    try:
        with pytest.raises(Outage, match="key_server_away"):
            root.unwrap(wrapped, CONTEXT)
    finally:
        bao.unseal()
    assert root.unwrap(wrapped, CONTEXT) == key
    stranger = OpenBaoKeyWrapper(OpenBao(bao.url, lambda: "s.nobody"), "transit", "away")
    with pytest.raises(Outage, match="key_server_refused") as told:
        stranger.unwrap(wrapped, CONTEXT)
    assert "s.nobody" not in str(told.value)


# PKCS #11


def test_the_wrapping_key_never_leaves_the_token(module: Hsm) -> None:
    HsmKeyWrapper(module, "kept").init()

    def work(session: pkcs11.Session) -> None:
        key = session.get_key(object_class=ObjectClass.SECRET_KEY, label="kept")
        assert key[Attribute.SENSITIVE]
        assert key[Attribute.NEVER_EXTRACTABLE]
        with pytest.raises(pkcs11.AttributeSensitive):
            key[Attribute.VALUE]

    module.call(work)


def test_a_destroyed_key_opens_nothing(module: Hsm) -> None:
    wrapper = HsmKeyWrapper(module, "destroyed")
    wrapper.init()
    wrapped = wrapper.wrap(new_data_key(), CONTEXT)
    module.call(lambda session: session.get_key(label="destroyed").destroy())
    with pytest.raises(Outage, match="key_unwrap_refused"):
        wrapper.unwrap(wrapped, CONTEXT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # our own close
def test_a_session_that_the_token_forgot_is_opened_anew(module: Hsm) -> None:
    wrapper = HsmKeyWrapper(module, "again")
    wrapper.init()
    wrapped = wrapper.wrap(key := new_data_key(), CONTEXT)
    module.call(lambda session: [session.close()])
    assert wrapper.unwrap(wrapped, CONTEXT) == key


def test_a_wrong_pin_and_a_missing_token_are_said(token: tuple[str, str]) -> None:
    with pytest.raises(Outage, match="key_server_refused") as told:
        HsmKeyWrapper(softhsm.hsm(token[0], "000000"), "kept").version()
    assert "000000" not in str(told.value)
    with pytest.raises(Outage, match="key_server_away"):
        HsmKeyWrapper(softhsm.hsm("no-such-token", "1"), "kept").version()


def test_openssl_accepts_what_the_token_signed(module: Hsm, tmp_path: Path) -> None:
    chain = softhsm.certify(make_signing_key(module, "seal"), tmp_path)
    signer, data = HsmSigner(module, "seal", chain), b'{"type":"manifest"}'
    signature = signer.sign(data)
    (tmp_path / "m.json").write_bytes(data)
    (tmp_path / "m.p7s").write_bytes(signature)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "m.p7s"]
    command += ["-content", "m.json", "-CAfile", "root.pem", "-out", "/dev/null"]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0
    anchors = cms.anchors_of(cms.load_pem(chain.read_bytes()))
    now = datetime.now(UTC)
    assert cms.check_signature(signature, data, anchors, now).subject.rfc4514_string()
    (tmp_path / "m.json").write_bytes(data + b" ")
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode != 0
    with pytest.raises(Damage):
        cms.check_signature(signature, data + b" ", anchors, now)
    assert make_signing_key(module, "seal") == make_signing_key(module, "seal")
    make_signing_key(module, "other")
    with pytest.raises(Outage, match="signing_key_bad"):
        HsmSigner(module, "other", chain)
    with pytest.raises(Outage, match="signing_key_bad"):
        HsmSigner(module, "none", chain)
