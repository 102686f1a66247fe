"""What the branch says of the registers outside the bank, and of a call that is broken off."""

from collections.abc import Mapping

REGISTER_WORDS: Mapping[str, tuple[str, str]] = {
    "blocked.registry_running": ("核查进行中，请稍候", "The registers are being asked"),
    "blocked.registry_mismatch": (
        "核查不一致：只能终止办理或改由其他渠道",
        "A register says no: end the visit, or send the customer to another channel",
    ),
    # each check, how it stands
    "register.running": ("核查中", "Asking"),
    "register.match": ("一致", "Confirmed"),
    "register.mismatch": ("不一致", "Not confirmed"),
    "register.unreachable": ("未取得结果", "No answer"),
    # why
    "register_reason.number_unknown": ("库中无此号码", "No such number on the register"),
    "register_reason.name_differs": ("姓名或名称不符", "The name is another"),
    "register_reason.photo_differs": ("照片不符", "The photograph is of somebody else"),
    "register_reason.document_cancelled": (
        "证件已注销、挂失或失效",
        "The document was cancelled, reported lost or has expired",
    ),
    "register_reason.company_unknown": ("无此企业登记", "No such company on the register"),
    "register_reason.company_closed": (
        "企业已注销或吊销",
        "The company is dissolved or its licence withdrawn",
    ),
    "register_reason.company_abnormal": (
        "列入经营异常名录或严重违法失信名单",
        "On the list of abnormal or dishonest companies",
    ),
    "register_reason.representative_differs": (
        "登记的法定代表人另有其人",
        "Somebody else is the registered legal representative",
    ),
    "register_reason.listed": ("命中名单", "On a list"),
    "register_reason.owner_listed": ("受益所有人命中名单", "A beneficial owner is on a list"),
    "register_reason.phone_of_another": (
        "该号码已由他人在本行预留",
        "The number is held for somebody else",
    ),
    "register_reason.phone_unknown": ("号码无实名登记", "The number is registered to nobody"),
    "register_reason.registry_unreachable": ("系统无法连接", "It could not be reached"),
    "register_reason.registry_timeout": ("系统未在时限内答复", "It did not answer in time"),
    "register_reason.registry_busy": ("系统暂不可用", "It is not available just now"),
    "register_reason.registry_does_not_admit_us": (
        "系统未接受本行的访问凭证，请联系系统管理员",
        "It does not admit this branch: call the operator",
    ),
    "register_reason.registry_refused": ("系统未受理查询", "It did not take the question"),
    "register_reason.registry_answer_unreadable": ("答复无法识别", "Its answer can't be read"),
    "register_reason.registry_not_connected": (
        "本行未接入该系统",
        "This branch is not connected to it",
    ),
    "register_reason.registry_fact_missing": (
        "缺少核查所需的资料",
        "Something is missing that it is asked about",
    ),
    "register_reason.not_asked": ("核查未能完成", "The check could not be made"),
    "register_reason.other": ("其他原因", "For another reason"),
    "register.raised": ("未取得结果：", "No answer from: "),
    # marks on a reviewer's timeline, and what the search finds
    "mark.RegistryAsked": ("发起核查", "Register asked"),
    "mark.RegistryAnswered": ("核查结果", "Register answered"),
    "found.registry_confirmed": ("核查：一致", "Register: confirmed"),
    "found.registry_mismatch": ("核查：不一致", "Register: not confirmed"),
    "found.registry_unreachable": ("核查：未取得结果", "Register: no answer"),
    "found.broken_off": ("因可疑情形中止", "Broken off: suspicion"),
}
