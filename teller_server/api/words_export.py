"""What the doors say when a recording is to be handed over, and on the page of a receipt."""

from collections.abc import Mapping

EXPORT_WORDS: Mapping[str, tuple[str, str]] = {
    "export_not_sealed": (
        "录音录像尚未封存，不能导出。",
        "The recording has no call seal yet and can't be handed over.",
    ),
    "export_exists": (
        "该名称下已有导出文件，未作更改。",
        "There is something under this name already; it was left alone.",
    ),
    "export_nothing": (
        "所选时段或标记不在本录像内。",
        "Nothing of the recording lies in this range or under these marks.",
    ),
    "recipient_unusable": (
        "接收方证书不可用：须在有效期内、可用于加密，RSA 2048 位或椭圆曲线 256 位以上，PEM 格式。",
        "Not usable: needed is a valid certificate (PEM) for encryption, RSA 2048 or EC 256 bits.",
    ),
}
