"""What the bank's own programs are told."""

from collections.abc import Mapping

BANK_WORDS: Mapping[str, tuple[str, str]] = {
    "key_needed": ("需要有效的接口密钥。", "A valid key is needed."),
    "scope_missing": ("该密钥没有此项权限。", "This key does not have the scope for that."),
    "unknown_scope": ("没有该权限范围。", "There is no such scope."),
    "bank_key_unknown": ("没有该密钥。", "There is no such key."),
    "idempotency_key_needed": (
        "请求须带 Idempotency-Key（8–64 个可见字符）。",
        "The request needs an Idempotency-Key of 8 to 64 printable characters.",
    ),
    "idempotency_key_reused": (
        "该 Idempotency-Key 已用于另一请求。",
        "This Idempotency-Key was used for another request.",
    ),
    "request_running": (
        "同一请求正在处理，请稍后重试。",
        "The same request is being handled. Try again in a moment.",
    ),
    "no_such_paper": ("没有该文件。", "There is no such document."),
    "no_result_yet": ("该笔业务尚未结束。", "The visit is not over yet."),
}
