"""Our answer, written line by line (JSEP RFC 9429 §5.3). Pure.

The first audio and the first video line of an offer carry the page's own media to us, and the
first other party to the page. Each further pair carries one further party, towards the page only.
"""

from dataclasses import dataclass

from signaling.media.offer import Offer, Section
from signaling.media.rtp import ABS_SEND_TIME, CLOCK_RATES, CODECS, MID, TRANSPORT_SEQUENCE

_SETUP = {"client": "active", "server": "passive"}


@dataclass(frozen=True)
class Outgoing:
    """Our stream on one m-line: which seat it is and the identifiers it sends with."""

    seat: int
    ssrc: int
    rtx_ssrc: int


@dataclass(frozen=True)
class Transport:
    """Our side of ICE and DTLS; `candidates` are SDP candidate values."""

    user: str
    password: str
    candidates: tuple[str, ...]
    fingerprint: str
    role: str


def accepted_extensions(section: Section) -> dict[str, int]:
    """MID both ways, transport-wide numbers towards us, absolute send times with our video."""
    wanted = {MID, TRANSPORT_SEQUENCE}
    if section.kind == "video":
        wanted.add(ABS_SEND_TIME)
    return {uri: number for uri, number in section.extensions.items() if uri in wanted}


def seat_name(seat: int) -> str:
    """Stream id of a seat, in `a=msid` and as CNAME: ties its audio and video together."""
    return f"seat{seat}"


def write_answer(
    offer: Offer, transport: Transport, incoming: frozenset[int], outgoing: dict[int, Outgoing]
) -> str:
    """`incoming` and `outgoing` name m-lines by index."""
    mids = " ".join(s.mid for s in offer.sections if s.usable)
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {mids}",
        "a=msid-semantic: WMS *",
    ]
    for section in offer.sections:
        if not section.usable:
            lines += _rejected(section)
            continue
        lines += _head(section, transport)
        lines += _media(section, section.index in incoming, outgoing.get(section.index))
    return "\r\n".join(lines) + "\r\n"


def _rejected(section: Section) -> list[str]:
    return [
        f"m={section.kind} 0 {section.profile} {' '.join(section.formats)}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{section.mid}",
        "a=inactive",
    ]


def _head(section: Section, transport: Transport) -> list[str]:
    types = [section.payload_type]
    if section.rtx_type is not None:
        types.append(section.rtx_type)
    return [
        f"m={section.kind} 9 {section.profile} {' '.join(map(str, types))}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        *(f"a=candidate:{candidate}" for candidate in transport.candidates),
        "a=end-of-candidates",
        f"a=ice-ufrag:{transport.user}",
        f"a=ice-pwd:{transport.password}",
        f"a=fingerprint:{transport.fingerprint}",
        f"a=setup:{_SETUP[transport.role]}",
        f"a=mid:{section.mid}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
    ]


def _media(section: Section, incoming: bool, outgoing: Outgoing | None) -> list[str]:
    direction = {
        (True, True): "sendrecv",
        (True, False): "sendonly",
        (False, True): "recvonly",
        (False, False): "inactive",
    }[outgoing is not None, incoming]
    number = section.payload_type
    channels = "/2" if section.kind == "audio" else ""
    lines = [f"a={direction}"]
    lines += [f"a=extmap:{n} {uri}" for uri, n in accepted_extensions(section).items()]
    lines.append(f"a=rtpmap:{number} {CODECS[section.kind]}/{CLOCK_RATES[section.kind]}{channels}")
    lines += [f"a=rtcp-fb:{number} {feedback}" for feedback in _feedback(section)]
    if section.kind == "audio":
        lines.append(f"a=fmtp:{number} minptime=10;useinbandfec=1")
    if section.rtx_type is not None:
        lines.append(f"a=rtpmap:{section.rtx_type} rtx/{CLOCK_RATES[section.kind]}")
        lines.append(f"a=fmtp:{section.rtx_type} apt={number}")
    if outgoing is not None:
        lines += _stream(section, outgoing)
    return lines


def _feedback(section: Section) -> list[str]:
    """What was offered, and NACK for speech unasked: browsers answer it although none lists it."""
    wanted = ["nack", "transport-cc"]
    if section.kind == "video":
        wanted += ["nack pli", "ccm fir", "goog-remb"]
    return [f for f in wanted if f == "nack" or f in section.feedback]


def _stream(section: Section, outgoing: Outgoing) -> list[str]:
    name = seat_name(outgoing.seat)
    lines = [f"a=msid:{name} {name}-{section.kind}"]
    numbers = [outgoing.ssrc]
    if section.rtx_type is not None:
        numbers.append(outgoing.rtx_ssrc)
        lines.append(f"a=ssrc-group:FID {outgoing.ssrc} {outgoing.rtx_ssrc}")
    return lines + [f"a=ssrc:{number} cname:{name}" for number in numbers]
