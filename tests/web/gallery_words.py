"""What the canned console says, in both languages."""

from __future__ import annotations

from typing import Any

_ZH: dict[str, Any] = {
    "why": "按排队顺序，技能与语言匹配",
    "titles": ["亮明身份与录音录像告知", "出示身份证件", "人证比对", "填写变更信息", "本人确认", "柜员办理结果"],
    "says": [
        "您好，我是本行视频柜员王敏，工号 T1027，今天由我为您办理个人信息变更业务。为保障您的权益，"
        "本次服务将全程录音录像。请问您是否同意？请您回答“同意”或“不同意”。",
        "请您出示本人有效身份证件原件，将人像面放在桌面上，避开反光，点击“拍照”按钮拍摄。"
        "拍好之后，请把证件举到镜头前，让我看一下。",
        "请您正对镜头，摘下帽子和口罩，保持几秒钟，我来核对您本人与证件是否一致。",
        "请问您需要变更哪一项，新的地址或者职业是什么？我为您录入，请您在屏幕上核对变更前和变更后的内容。",
        "请问本次变更是您本人自愿办理吗？有没有人指导或要求您这样操作？如无问题，"
        "请您复述：“我确认变更以上信息，内容真实有效。”然后点击“确认”。",
        "您的信息变更申请已受理，录音录像封存并核验后即时生效。感谢您的配合，再见。",
    ],
    "check": {
        "words": {"passed": "比对一致，可以通过", "referred": "结果存疑，须由您判断", "failed": "比对不一致"},
        "reasons": {
            "referred": ["光线偏暗", "证件照片年代较早"],
            "failed": ["与证件照片差异明显"],
        },
    },
    "labels": ["联系地址", "职业"],
    "address": ["浙江省杭州市西湖区文三路 90 号", "浙江省杭州市余杭区文一西路 969 号 3 幢 1204 室"],
    "occupations": [("office", "企业职员"), ("professional", "专业技术人员"), ("retired", "离退休人员")],
    "blocked": {
        "answer": "等待客户操作",
        "document": "等待客户拍摄证件",
        "identity": "请比对人脸并作出认定",
        "draft": "请先填写变更内容",
        "seen": "等待客户核对变更内容",
        "recording": "录音录像异常，不能继续",
        "reverify": "请先重新核验客户身份",
    },
    "reverify": "客户已重新接入，请重新核验本人后继续。",
}  # fmt: skip
_EN: dict[str, Any] = {
    "why": "Next in the queue for your skills and language",
    "titles": [
        "Introduction and consent",
        "Identity document",
        "Comparison with the document",
        "New details",
        "Your confirmation",
        "Decision",
    ],
    "says": [
        "Good day. I'm Wang Min, a video teller of this bank, number T1027. I'll be helping you to "
        "change your details today. For your protection this call is recorded in sound and picture "
        'throughout. Do you agree to that? Please answer "I agree" or "I don\'t agree".',
        "Please take out your original identity document. Lay it flat with the photo side up, away "
        'from glare, and press "Take photo". Then hold it up to the camera so that I can see it.',
        "Please look straight into the camera, without a hat or mask, and hold still for a few "
        "seconds while I check that you are the person on the document.",
        "Which of your details would you like to change, and what should it say from now on? I'll "
        "enter it for you. Please compare the old and the new entry on your screen.",
        "Are you making this change yourself and of your own free will? Has anyone told or coached "
        'you to do so? If all is in order, please say: "I confirm this change, and that the '
        'details are true", and then tap "Confirm".',
        "Your change has been accepted. It takes effect once the recording has been sealed and "
        "verified. Thank you for your time, and goodbye.",
    ],
    "check": {
        "words": {
            "passed": "Match: you may accept",
            "referred": "In doubt: you have to judge",
            "failed": "No match",
        },
        "reasons": {
            "referred": ["The light is poor", "The portrait is an old one"],
            "failed": ["The face differs clearly from the portrait"],
        },
    },
    "labels": ["Address", "Occupation"],
    "address": [
        "90 Wensan Road, Xihu, Hangzhou",
        "Flat 1204, Block 3, 969 Wenyi West Road, Yuhang, Hangzhou",
    ],
    "occupations": [
        ("office", "Office employee"),
        ("professional", "Professional or technical"),
        ("retired", "Retired"),
    ],
    "blocked": {
        "answer": "Waiting for the customer to answer",
        "document": "Waiting for a photograph of the document",
        "identity": "Compare the faces and record your decision",
        "draft": "Fill in the change first",
        "seen": "Waiting for the customer to check the change",
        "recording": "The recording is not in order; you can't go on",
        "reverify": "Check again who is there first",
    },
    "reverify": "The customer has come back. Make sure that it is the same person, then go on.",
}


def words(language: str) -> dict[str, Any]:
    """All canned texts of one language."""
    return _ZH if language == "zh-CN" else _EN
