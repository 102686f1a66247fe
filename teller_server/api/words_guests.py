"""What a further party and whoever asked them in are told."""

from collections.abc import Mapping

GUEST_WORDS: Mapping[str, tuple[str, str]] = {
    "join_unknown": (
        "链接无效，请联系发送链接的人。",
        "This link is not valid. Ask whoever sent it.",
    ),
    "join_used": (
        "链接已被使用。请柜员重新发送链接。",
        "This link has been used. Ask the teller to send a new one.",
    ),
    "join_expired": (
        "链接已过期。请柜员重新发送链接。",
        "This link has expired. Ask the teller to send a new one.",
    ),
}
