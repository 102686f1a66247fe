"""What the doors and the wire say: who, where from, how much, how shaped."""

from collections.abc import Mapping

DOOR_WORDS: Mapping[str, tuple[str, str]] = {
    "internal": (
        "系统出现问题，已记录。请重试；如仍不行，请联系工作人员。",
        "Something went wrong on our side and was recorded. Please try again.",
    ),
    "outage": (
        "系统暂时无法处理，请稍后重试。",
        "The service can't do this right now. Please try again in a moment.",
    ),
    "damaged": (
        "保存的资料校验不一致，已停止使用。请联系管理员。",
        "Stored evidence does not agree with itself and was not used. Call an administrator.",
    ),
    "not_found": ("没有找到所需内容。", "There is nothing here."),
    "bad_request": (
        "提交的内容格式不正确，请检查后重试。",
        "What was sent is not in the right form. Please check it and try again.",
    ),
    "too_large": ("内容过大，未能接收。", "That is too large to be accepted."),
    "unsupported_type": ("不支持这种文件类型。", "This type of file is not supported."),
    "too_many_requests": ("操作过于频繁，请稍候。", "Too many requests. Please wait a moment."),
    "foreign_origin": (
        "请求不是来自本行页面，已拒绝。",
        "The request did not come from our own page and was refused.",
    ),
    "csrf": (
        "页面已过期，请刷新后重试。",
        "This page is out of date. Reload it and try again.",
    ),
    "not_signed_in": ("请先登录。", "Please sign in first."),
    "words_too_short": (
        "请至少输入两个连续的汉字，或两个字母、数字。",
        "Please enter a word of at least two characters.",
    ),
    "wrong_role": ("您没有此操作的权限。", "Your role does not allow this."),
    "bad_credentials": (
        "工号、密码或动态口令不正确。",
        "The account, password or code is not right.",
    ),
    "totp_required": ("请输入动态口令。", "Please enter the code from your authenticator."),
    "totp_not_set_up": (
        "该账户尚未绑定动态口令，请联系管理员。",
        "This account has no second factor yet. Ask an administrator to set it up.",
    ),
    "account_exists": ("工号或登录名已存在。", "The name or number is taken."),
    "unknown_account": ("没有该账户。", "There is no such account."),
    "throttled": (
        "尝试次数过多，请稍候再试。",
        "Too many attempts. Please wait before you try again.",
    ),
    "sign_in_busy": ("登录人数较多，请稍候再试。", "Sign-in is busy. Please try again."),
    "fresh_authentication_required": (
        "查看录音录像前请再次验证身份。",
        "Please confirm who you are before you view a recording.",
    ),
    # the wire
    "bad_message": (
        "页面发送的消息无法识别，请刷新页面。",
        "The page sent a message that can't be read. Please reload it.",
    ),
    "unsupported_version": (
        "页面版本过旧，请刷新页面。",
        "This page speaks another version. Please reload it.",
    ),
    "unknown_type": (
        "页面发送了未知消息，请刷新页面。",
        "The page sent an unknown message. Please reload it.",
    ),
    "hello_first": (
        "连接未按约定开始，请刷新页面。",
        "The connection did not begin as agreed. Please reload the page.",
    ),
    "stale_token": (
        "连接已重新建立，页面已更新为最新状态。",
        "The connection was made anew and the page shows the present state.",
    ),
    "too_many_sockets": (
        "连接过于频繁，请稍候。",
        "Too many connections. Please wait a moment.",
    ),
    "subprotocol": (
        "页面版本与服务器不符，请刷新页面。",
        "The page and the server do not match. Please reload the page.",
    ),
}
