"""What stands under a mark of a reviewer's timeline: who, how it went, how much was measured."""

from collections.abc import Mapping

TIMELINE_WORDS: Mapping[str, tuple[str, str]] = {
    "result.passed": ("通过", "Passed"),
    "result.referred": ("存疑", "In doubt"),
    "result.failed": ("未通过", "Not passed"),
    "result.unusable": ("未能判定", "Could not be judged"),
    "likeness": ("相似度 {score}", "Similarity {score}"),
    # what a party, or the teller, said
    "answer.agreed": ("同意", "Agreed"),
    "answer.refused": ("不同意", "Declined"),
    "answer.seen": ("已核对", "Checked by the customer"),
    "answer.read": ("已阅读", "Read"),
    "answer.signed": ("已签名", "Signed"),
    "verdict.accept": ("认定为本人", "Same person"),
    "verdict.repeat": ("重新比对", "Compare again"),
    "verdict.refuse": ("非本人", "Not this person"),
    "verdict.alternative": ("改用其他方式", "Another way"),
    # a challenge
    "challenge.draw": ("第 {n} 次抽取", "Draw {n}"),
    "challenge.digits": ("朗读数字 {digits}", "Digits to read: {digits}"),
    "challenge.after": ("提示后 {seconds} 秒", "{seconds} s after it was shown"),
    "challenge.of": ("第 {index} 项", "Movement {index}"),
    # doubts between the checks, and hints about the camera
    "doubt.another_face": ("不是同一人脸", "Another face"),
    "doubt.several_faces": ("画面中不止一张人脸", "More than one face"),
    "doubt.no_face": ("画面中没有人脸", "No face in the picture"),
    "doubt.still_picture": ("画面静止不动", "The picture stands still"),
    "doubt.began": ("出现", "began"),
    "doubt.ended": ("消失", "ended"),
    "hint.virtual_camera": ("虚拟摄像头", "Virtual camera"),
    "hint.repeated_frames": ("画面数据重复出现", "Recorded pictures repeat"),
    "hint.hidden_frames": ("画面按文件方式编码", "Encoded as for a file"),
    "hint.impossible_rate": ("每秒画面数异常", "Too many pictures a second"),
    # why a connection is gone; the switches of a page
    "cause.silent": ("网络长时间无响应", "Nothing came for too long"),
    "cause.ice_failed": ("网络不通", "No way through the network"),
    "cause.replaced": ("由新连接接替", "Replaced by a new connection"),
    "cause.parted": ("已离开", "Left the call"),
    "cause.worker_lost": ("媒体进程重启", "Media process restarted"),
    "cause.other": ("连接断开", "Connection down"),
    "media.muted": ("麦克风已关闭", "Microphone switched off"),
    "media.camera_off": ("摄像头已关闭", "Camera switched off"),
    # how a service ended, as colleagues read it
    "ended.done": ("办结", "Done"),
    "ended.done_with_limits": ("办结（有限制）", "Done, with limits"),
    "ended.pending_check": ("待复核", "Waiting for a second person"),
    "ended.sign_at_branch": ("转网点签署", "To be signed at a branch"),
    "ended.other_channel": ("转其他渠道", "Sent to another channel"),
    "ended.refused_customer": ("客户不再办理", "The customer did not go on"),
    "ended.refused_bank": ("本行未予办理", "Refused by the bank"),
    "ended.aborted_technical": ("技术故障中断", "Broken off: technical fault"),
    "ended.aborted_suspicion": ("因可疑情形中止", "Broken off: suspicion"),
    "ended.no_show": ("客户未接通", "The customer did not come"),
}
