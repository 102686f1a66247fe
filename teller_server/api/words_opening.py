"""Refusals of what is opened on purpose: requests, second persons, grants, accounts."""

from collections.abc import Mapping

OPENING_WORDS: Mapping[str, tuple[str, str]] = {
    "grant_too_narrow": (
        "获准的时段或用途不包括此内容，请另行申请。",
        "Your permission is for a part only. Please ask for the whole.",
    ),
    "unknown_request": ("没有该申请。", "There is no such request."),
    "request_expired": ("申请已过期，请重新提出。", "The request has expired. Please ask again."),
    "request_decided": ("该申请已有结论。", "This request has been decided."),
    "request_used": ("该批准已使用，请重新申请。", "This approval was used. Please ask again."),
    "account_changed": (
        "您的账户在24小时内新建或变更过，暂不能审批。",
        "Your account is new or was changed within 24 hours and can't approve yet.",
    ),
    "reason_needed": ("请填写不同意的理由。", "Please say why you do not agree."),
    "export_needs_grant": (
        "导出须先由另一名合规人员批准，并出示许可。",
        "An export needs a grant that a second compliance officer has approved.",
    ),
    "roles_exclude": (
        "管理员不得兼任合规人员。",
        "An administrator can't be a compliance officer as well.",
    ),
    "second_admin_needed": (
        "此变更须由另一名管理员共同确认。",
        "A second administrator must confirm this change.",
    ),
}
