"""What handwriting is refused for, and what was found out about a signed paper."""

from collections.abc import Mapping

PAPER_WORDS: Mapping[str, tuple[str, str]] = {
    "signature_malformed": (
        "签名数据无法识别，请重新签写。",
        "The signature can't be read. Please sign again.",
    ),
    "signature_too_large": (
        "签名笔画过多，请清除后重新签写。",
        "The signature has too many strokes. Please clear it and sign again.",
    ),
    "signature_too_short": (
        "签名过于简短，请完整签写您的姓名。",
        "The signature is too short. Please write your full name.",
    ),
    # findings of a check
    "paper_unreadable": ("文件已损坏，无法读取。", "The file is damaged and can't be read."),
    "paper_signature_missing": ("缺少应有的签名。", "A signature that should be there is missing."),
    "paper_signature_foreign": (
        "存在不应有的签名。",
        "There is a signature that does not belong here.",
    ),
    "paper_appended": (
        "最后一次签名之后，文件又被追加内容。",
        "Something was added to the file after the last signature.",
    ),
    "paper_signature_broken": (
        "签名与文件内容不符。",
        "The signature does not match the file.",
    ),
    "paper_signature_untrusted": (
        "签名证书不受信任、已过期或已撤销。",
        "The signer's certificate is not trusted, has expired or was revoked.",
    ),
    "paper_signature_not_lasting": (
        "签名缺少长期验证所需的时间戳或撤销信息。",
        "Timestamps or revocation data needed to check this signature later are missing.",
    ),
    "paper_changed": (
        "签名之后文件被改动。",
        "The file was changed after this signature.",
    ),
    "paper_not_what_was_read": (
        "签署的文件与阅读时的文件不一致。",
        "What was signed is not what was read.",
    ),
    "paper_facts_differ": (
        "签名所载的业务信息与证书不一致。",
        "What the signature says of the visit differs from its certificate.",
    ),
    "paper_strokes_differ": (
        "手写笔迹与签名所载摘要不一致。",
        "The handwriting is not what the signature names.",
    ),
}
