"""A page's offer, read with suspicion (JSEP RFC 9429, BUNDLE RFC 9143).

aiortc's parser does the reading; everything a relay needs is copied into plain values and checked
here. Whatever goes wrong in there is the offer's fault: `Refusal("bad_sdp")`.
"""

from dataclasses import dataclass, field, replace

from aiortc.rtcdtlstransport import RTCDtlsParameters
from aiortc.rtcicetransport import RTCIceCandidate, RTCIceParameters
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.sdp import MediaDescription, SessionDescription

from signaling.errors import Refusal
from signaling.media.rtp import CLOCK_RATES, CODECS

_MAX_LINES = 2500
_MAX_OF_A_KIND = 500
_REPEATED = ("a=rtpmap:", "a=rtcp-fb:", "a=ssrc:", "a=candidate:", "a=fmtp:", "a=ssrc-group:")
_MAX_SECTIONS = 24
_MAX_CANDIDATES = 100
_DIGESTS = ("sha-256", "sha-384", "sha-512")


@dataclass(frozen=True)
class Section:
    """One m-line. `sends` and `receives` are the page's; `usable` is false for what we reject."""

    index: int
    kind: str
    mid: str
    profile: str
    formats: tuple[str, ...]
    usable: bool = False
    sends: bool = False
    receives: bool = False
    payload_type: int = -1
    rtx_type: int | None = None
    feedback: frozenset[str] = frozenset()
    extensions: dict[str, int] = field(default_factory=dict)
    ssrc: int | None = None
    rtx_ssrc: int | None = None


@dataclass(frozen=True)
class Offer:
    """`owner` is the mid whose transport carries the bundle; ICE and DTLS are of that one."""

    owner: str
    sections: tuple[Section, ...]
    ice: RTCIceParameters
    dtls: RTCDtlsParameters
    candidates: tuple[RTCIceCandidate, ...]
    candidates_complete: bool
    fingerprint: str

    def of_kind(self, kind: str) -> tuple[Section, ...]:
        return tuple(s for s in self.sections if s.usable and s.kind == kind)


def read_offer(text: str, max_bytes: int) -> Offer:
    """Raises Refusal `sdp_too_large`, `bad_sdp` or `no_common_codec`."""
    if len(text) > max_bytes or len(text.encode(errors="replace")) > max_bytes:
        raise Refusal("sdp_too_large")
    lines = text.splitlines()
    if len(lines) > _MAX_LINES or any(
        sum(line.startswith(prefix) for line in lines) > _MAX_OF_A_KIND for prefix in _REPEATED
    ):
        raise Refusal("bad_sdp", "too many lines")
    try:
        return _read(SessionDescription.parse(text))
    except Refusal:
        raise
    except Exception as error:
        # the parser asserts, looks up and converts without care; none of it is our failure
        raise Refusal("bad_sdp", type(error).__name__) from error


def _read(description: SessionDescription) -> Offer:
    media = description.media
    if not 0 < len(media) <= _MAX_SECTIONS:
        raise Refusal("bad_sdp", "number of m-lines")
    bundle = next((g.items for g in description.group if g.semantic == "BUNDLE"), [])
    mids = [m.rtp.muxId for m in media]
    if len(set(mids)) != len(mids) or not all(0 < len(mid) <= 16 for mid in mids):
        raise Refusal("bad_sdp", "mid")
    sections = tuple(_section(i, m, m.rtp.muxId in bundle) for i, m in enumerate(media))
    usable = [media[s.index] for s in sections if s.usable]
    if not usable:
        raise Refusal("bad_sdp", "no bundled m-line with RTCP multiplexing")
    # with BUNDLE the first tagged m-line owns the transport (RFC 9143 §7.2)
    owner = min(usable, key=lambda m: bundle.index(m.rtp.muxId))
    return Offer(
        owner=owner.rtp.muxId,
        sections=sections,
        ice=_ice(owner),
        dtls=_dtls(owner),
        candidates=tuple(owner.ice_candidates[:_MAX_CANDIDATES]),
        candidates_complete=owner.ice_candidates_complete,
        fingerprint=_fingerprint(owner),
    )


def _section(index: int, media: MediaDescription, bundled: bool) -> Section:
    formats = tuple(str(f) for f in media.fmt)
    bare = Section(index, media.kind, media.rtp.muxId, media.profile, formats)
    if media.kind not in CODECS or not bundled or not media.rtcp_mux or media.port == 0:
        return bare
    codec = _codec(media)
    if codec is None:
        raise Refusal("no_common_codec", media.kind)
    number = codec.payloadType
    if number is None or not 0 <= number < 128 or not media.profile.endswith("SAVPF"):
        raise Refusal("bad_sdp", "payload type or profile")
    ssrc, rtx_ssrc = _ssrcs(media)
    direction = media.direction or "sendrecv"
    return replace(
        bare,
        usable=True,
        sends=direction in ("sendrecv", "sendonly"),
        receives=direction in ("sendrecv", "recvonly"),
        payload_type=number,
        rtx_type=_rtx_type(media, number) if media.kind == "video" else None,
        feedback=frozenset(
            f"{f.type} {f.parameter}" if f.parameter else f.type for f in codec.rtcpFeedback
        ),
        extensions={e.uri: e.id for e in media.rtp.headerExtensions if 0 < e.id < 15},
        ssrc=ssrc,
        rtx_ssrc=rtx_ssrc,
    )


def _codec(media: MediaDescription) -> RTCRtpCodecParameters | None:
    wanted = f"{media.kind}/{CODECS[media.kind]}".lower()
    rate = CLOCK_RATES[media.kind]
    for codec in media.rtp.codecs:
        if codec.mimeType.lower() == wanted and codec.clockRate == rate:
            return codec
    return None


def _rtx_type(media: MediaDescription, number: int) -> int | None:
    for codec in media.rtp.codecs:
        if codec.name.lower() == "rtx" and codec.parameters.get("apt") == number:
            return codec.payloadType
    return None


def _ssrcs(media: MediaDescription) -> tuple[int | None, int | None]:
    """The stream's SSRC and that of its retransmissions, as far as the offer declares them."""
    for group in media.ssrc_group:
        if group.semantic == "FID" and len(group.items) == 2:
            return int(group.items[0]), int(group.items[1])
    return (media.ssrc[0].ssrc if media.ssrc else None), None


def _ice(owner: MediaDescription) -> RTCIceParameters:
    ice = owner.ice
    if ice is None:
        raise Refusal("bad_sdp", "no ICE credentials")
    user, password = ice.usernameFragment, ice.password
    if not user or not password or not 4 <= len(user) <= 256 or not 22 <= len(password) <= 256:
        raise Refusal("bad_sdp", "ICE credentials")
    return ice


def _dtls(owner: MediaDescription) -> RTCDtlsParameters:
    if owner.dtls is None or not owner.dtls.fingerprints:
        raise Refusal("bad_sdp", "no DTLS fingerprint or set-up")
    return owner.dtls


def _fingerprint(owner: MediaDescription) -> str:
    for digest in _DIGESTS:
        for fingerprint in _dtls(owner).fingerprints:
            if fingerprint.algorithm.lower() == digest:
                return f"{digest} {fingerprint.value.upper()}"
    raise Refusal("bad_sdp", "no DTLS fingerprint we can check")
