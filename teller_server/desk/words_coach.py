"""How to come into the picture well, said to the person before the camera."""

from collections.abc import Mapping

COACH_WORDS: Mapping[str, tuple[str, str]] = {
    "coach.no_face": (
        "没有看到您的脸。请让脸出现在画面中央。",
        "We can’t see your face. Please bring it to the middle of the picture.",
    ),
    "coach.several_faces": (
        "画面中不止一人。请您单独面对镜头。",
        "There is more than one face in the picture. Please be alone before the camera.",
    ),
    "coach.face_too_small": (
        "您离镜头有点远，请靠近一些。",
        "You are a little far away. Please come closer to the camera.",
    ),
    "coach.face_turned": ("请正对镜头。", "Please look straight into the camera."),
    "coach.face_tilted": ("请把头摆正。", "Please hold your head upright."),
    "coach.face_blurred": (
        "画面有些模糊，请保持不动，并擦拭一下镜头。",
        "The picture is blurred. Please hold still, and wipe the lens.",
    ),
    "coach.face_unclear": (
        "看不清您的脸。请取下口罩、墨镜或帽子。",
        "We can’t see your face clearly. Please take off mask, sunglasses or hat.",
    ),
    "coach.eyes_covered": (
        "请取下墨镜，不要遮挡眼睛。",
        "Please take off sunglasses, and let nothing cover your eyes.",
    ),
    "coach.mouth_covered": (
        "请取下口罩，不要遮挡口鼻。",
        "Please take off a mask, and let nothing cover your mouth.",
    ),
    "coach.too_dark": (
        "光线太暗。请打开灯，或面向窗户。",
        "It is too dark. Please switch on a light, or face a window.",
    ),
    "coach.too_bright": (
        "光线太亮。请避开强光。",
        "It is too bright. Please move out of the strong light.",
    ),
    "coach.too_flat": (
        "画面不够清楚。请换个光线更好的位置。",
        "The picture is not clear enough. Please move to better light.",
    ),
    "coach.no_video": (
        "没有收到您的画面。请检查摄像头是否打开。",
        "Your picture does not arrive. Please check that the camera is on.",
    ),
}
