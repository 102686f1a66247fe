"""What the branch says about a challenge: movements, how they went, the path without movement."""

from collections.abc import Mapping

CHALLENGE_WORDS: Mapping[str, tuple[str, str]] = {
    "blocked.challenge_missing": ("请开始随机动作核对", "Begin the check of movements"),
    "blocked.challenge_running": ("正在核对客户动作", "The movements are being checked"),
    "blocked.challenge_failed": (
        "动作核对未通过：请重新核对、改用口头方式或拒绝",
        "Movements not recognised: repeat, use spoken tasks or refuse",
    ),
    "blocked.challenge_unusable": (
        "动作未能判定：请重新核对或改用口头方式",
        "Movements could not be judged: repeat, or use spoken tasks",
    ),
    # an action, as a colleague reads it
    "action.turn_left": ("向左转头", "Turn to the left"),
    "action.turn_right": ("向右转头", "Turn to the right"),
    "action.nod": ("点头", "Nod"),
    "action.open_mouth": ("张嘴", "Open mouth"),
    "action.blink": ("眨眼", "Blink"),
    "action.come_closer": ("靠近镜头", "Come closer"),
    "action.cover_face": ("手掌划过脸前", "Hand before the face"),
    # why an action, or the whole, has no good end
    "challenge.not_done": ("未见该动作", "Not seen to be done"),
    "challenge.other_way": ("先转向了另一侧", "Turned the other way first"),
    "challenge.few_pictures": ("画面太少，无法判定", "Too few pictures to judge"),
    "challenge.no_face_before": ("动作前未见正面人脸", "No face looking ahead before it"),
    "challenge.interrupted": ("核对被中断", "Interrupted"),
    "challenge.lost": ("核对未完成", "Never came to its end"),
    "challenge.alternative_chosen": ("改用口头方式", "Spoken tasks were chosen"),
    "challenge.no_video": ("没有收到画面", "No video arrived"),
    "challenge.evidence_not_open": ("录制未就绪", "The recording was not ready"),
    "challenge.models_busy": ("识别服务繁忙", "The models were busy"),
    "challenge.models_unavailable": ("识别服务不可用", "The models are not available"),
    "challenge.model_timeout": ("识别服务超时", "The models took too long"),
    "challenge.model_crashed": ("识别服务异常退出", "The models stopped"),
    "challenge.other": ("未能判定", "Could not be judged"),
    # who chose the path without movement, and why
    "alternative.no_face_consent": (
        "未同意人脸处理，不做动作识别",
        "No consent to face processing: no movements are measured",
    ),
    "alternative.customer_asked": ("客户选择不做动作", "The customer asked for it"),
    "alternative.teller_chose": ("柜员选择不做动作", "The teller chose it"),
    "alternative.after_failure": (
        "动作核对未通过后，柜员改用口头方式",
        "The teller chose it after the movements had failed",
    ),
    # marks on a reviewer's timeline
    "mark.ChallengeDrawn": ("抽取随机动作并封存", "Movements drawn and sealed"),
    "mark.ActionShown": ("提示动作", "Movement shown"),
    "mark.ActionJudged": ("动作判定", "Movement judged"),
    "mark.ChallengeEnded": ("随机动作核对结束", "Check of movements ended"),
    "mark.AlternativeChosen": ("改用口头方式", "Spoken tasks instead of movements"),
}
