"""Refusals about the registers outside the bank, and about breaking a call off."""

from collections.abc import Mapping

REGISTER_WORDS: Mapping[str, tuple[str, str]] = {
    "registry_mismatch": (
        "核查结果不一致，不能继续办理。请终止办理或改由其他渠道。",
        "A register says no. End the visit, or send the customer to another channel.",
    ),
    "registry_running": ("核查尚未完成，请稍候。", "The check is still running. Please wait."),
    "registry_not_confirmed": (
        "核查未取得结果，不能直接同意。请说明原因并提交复核。",
        "A register gave no answer, so you can't approve this: refer it, with your reason.",
    ),
    "registry_answered": ("该项核查已有结果。", "That register has answered."),
    "registry_asked_enough": (
        "该项核查已多次无结果，请说明原因后继续，由复核人员决定。",
        "That register has been asked often enough. Go on with a reason; a colleague decides.",
    ),
    "registry_not_in_question": ("当前步骤没有这项核查。", "This step does not ask that register."),
    "flags_not_expected": (
        "只有因可疑情形中止时才可填写风险提示项。",
        "Flags belong to a visit that is broken off for suspicion.",
    ),
}
