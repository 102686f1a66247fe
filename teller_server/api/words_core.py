"""What stands between the branch and the bank's systems: why a change or an event waits."""

from collections.abc import Mapping

CORE_WORDS: Mapping[str, tuple[str, str]] = {
    # the bank's own system
    "core_unreachable": (
        "核心系统无法连接。",
        "The bank's own system can't be reached.",
    ),
    "core_busy": (
        "核心系统暂时不能处理。",
        "The bank's own system is busy.",
    ),
    "core_answer_unreadable": (
        "核心系统的答复无法识别，请检查接口描述文件。",
        "The answer of the bank's own system can't be read. Check its description.",
    ),
    "core_does_not_admit_us": (
        "核心系统未接受本行的访问凭证，请检查凭证与地址。",
        "The bank's own system does not admit us. Check the secret and the address.",
    ),
    "core_refused": (
        "核心系统拒绝办理该笔业务。",
        "The bank's own system refuses this order.",
    ),
    "core_withdrawn": (
        "该笔业务已在核心系统撤回，不能再提交。",
        "The order was withdrawn in the bank's own system.",
    ),
    "core_evidence_missing": (
        "缺少封存凭据，核心系统不接受。",
        "The order has no sealed evidence, so the bank's own system does not take it.",
    ),
    "core_fact_missing": (
        "接口描述文件所需的一项资料缺失。",
        "The description asks for a fact that this order does not have.",
    ),
    "phone_changed_recently": (
        "手机号在24小时内已变更过，暂不能再次变更。",
        "The telephone number was changed within the last 24 hours.",
    ),
    "not_carried": (
        "处理时出现系统问题，已记录。",
        "Something went wrong on our side and was recorded.",
    ),
    "timestamp_pending": (
        "时间戳服务暂不可用，取得时间戳后再提交。",
        "The time stamp of the recording is missing. It is sent once the authority answers.",
    ),
    "evidence_does_not_verify": (
        "录音录像凭据校验未通过，不能提交。请联系合规人员。",
        "The evidence does not verify, so nothing is committed. Call compliance.",
    ),
    "decision_missing": (
        "缺少复核人员的同意，不能提交。",
        "There is no second person's agreement, so nothing is committed.",
    ),
    "decision_not_sealed": (
        "复核结论尚未封存。",
        "The second person's decision is not sealed yet.",
    ),
    "withdrawn": ("已由管理员撤回。", "An administrator withdrew it."),
    # “this was not me”
    "nothing_to_repudiate": (
        "该笔业务尚未结束或未曾办理。",
        "Nothing was done in this visit, or it is not over yet.",
    ),
    "already_repudiated": (
        "该笔业务已被报告为非本人办理。",
        "This visit has been reported as somebody else's already.",
    ),
    "no_repudiation_open": (
        "没有待处理的非本人办理报告。",
        "No report of that kind is open.",
    ),
    "repudiated": (
        "客户报告该笔业务并非本人办理，不能同意。",
        "The customer says that it was somebody else, so nobody can agree to it.",
    ),
    "repudiation_link_unknown": (
        "链接无效或已过期。请立即致电本行。",
        "This link is not valid any more. Call us at once.",
    ),
    # notices
    "messenger_unreachable": (
        "短信通道无法连接。",
        "The message gateway can't be reached.",
    ),
    "messenger_refused": (
        "短信通道拒绝向该号码发送。",
        "The message gateway refuses this number.",
    ),
    "notice_not_given_up": (
        "该通知不在待处理之列，请刷新页面。",
        "This notice does not wait for anybody. Reload the page.",
    ),
    # events
    "unknown_endpoint": ("没有该接收地址。", "There is no such endpoint."),
    "unknown_event_type": (
        "请至少选择一种事件类型。",
        "Choose at least one type of event from the list.",
    ),
    "too_many_endpoints": (
        "接收地址已达上限，请先移除不用的地址。",
        "There are too many endpoints. Remove one first.",
    ),
    "endpoint_not_allowed": (
        "该地址不能作为接收地址：须为公网 https 地址，不含账号和片段。",
        "Events can't go to this address: a public https address without account or fragment.",
    ),
    "endpoint_gone": (
        "对方表示该地址已停用，已停止发送。",
        "The receiver says that this address is gone, so it was turned off.",
    ),
    "endpoint_unreachable": (
        "接收地址无法连接。",
        "The endpoint can't be reached.",
    ),
    "endpoint_failed": (
        "接收地址未确认收到。",
        "The endpoint did not confirm.",
    ),
    "secret_unreadable": (
        "签名密钥无法读取，请更换密钥。",
        "The signing secret can't be read. Make a new one.",
    ),
    "delivery_under_way": (
        "该事件正在发送，请稍候。",
        "This event is on its way already.",
    ),
}
