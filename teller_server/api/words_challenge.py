"""What the rules of a challenge say when they refuse."""

from collections.abc import Mapping

CHALLENGE_WORDS: Mapping[str, tuple[str, str]] = {
    "no_challenge_here": ("该步骤没有随机动作。", "This step asks for no movements."),
    "challenge_missing": ("尚未进行随机动作核对。", "The movements have not been asked for yet."),
    "challenge_running": ("随机动作核对正在进行。", "The movements are being checked now."),
    "challenge_not_running": ("该次动作核对已结束。", "That check of movements is over."),
    "challenge_not_sealed": (
        "动作顺序尚未封存，不能出示。",
        "The draw is not sealed yet, so nothing is shown.",
    ),
    "action_out_of_order": (
        "动作须按抽取的顺序进行。",
        "The movements keep the order of the draw.",
    ),
    "challenge_passed": ("随机动作核对已通过。", "The movements have passed already."),
    "challenge_failed": (
        "随机动作核对未通过，不能视为通过：请重新核对、改用口头方式或拒绝。",
        "The movements were not recognised: repeat them, use spoken tasks or refuse.",
    ),
    "challenge_unusable": (
        "随机动作未能判定，请重新核对或改用口头方式。",
        "The movements could not be judged. Repeat them, or use spoken tasks.",
    ),
    "alternative_chosen": ("已改用口头方式。", "Spoken tasks were chosen already."),
    "teller_decides": (
        "请直接告诉柜员，由柜员为您换一种方式。",
        "Please tell the teller, who can choose another way for you.",
    ),
}
