"""What the branch itself says on a page, in the customer's and the teller's language.

Script texts live in the scripts; errors in `api.words`. Every code here has every language.
"""

from collections.abc import Mapping

from teller_server.desk.words_challenge import CHALLENGE_WORDS
from teller_server.desk.words_coach import COACH_WORDS
from teller_server.desk.words_documents import DOCUMENT_WORDS
from teller_server.desk.words_place import PLACE_WORDS
from teller_server.desk.words_registers import REGISTER_WORDS
from teller_server.desk.words_search import SEARCH_WORDS
from teller_server.desk.words_service import SERVICE_WORDS
from teller_server.desk.words_timeline import TIMELINE_WORDS

LANGUAGES = ("zh-CN", "en")

WORDS: Mapping[str, tuple[str, str]] = {
    **SERVICE_WORDS,
    **CHALLENGE_WORDS,
    **PLACE_WORDS,
    **REGISTER_WORDS,
    **SEARCH_WORDS,
    **DOCUMENT_WORDS,
    **TIMELINE_WORDS,
    **COACH_WORDS,
    # outcomes, as a customer reads them
    "outcome.done": ("办理完成", "Completed"),
    "outcome.done_with_limits": ("办理完成（有限制）", "Completed with limits"),
    "outcome.submitted": ("已受理，尚未确认办理结果", "Received, not yet confirmed by our system"),
    "outcome.withdrawn": ("本次变更未办理，已撤回", "Withdrawn; nothing was changed"),
    "outcome.pending_check": ("已提交，等待复核", "Submitted, waiting for a second check"),
    "outcome.sign_at_branch": ("请到网点签署", "Please sign at a branch"),
    "outcome.other_channel": ("请改用其他渠道办理", "Please use another channel"),
    "outcome.refused_customer": ("您选择了不继续办理", "You chose not to continue"),
    "outcome.refused_bank": ("本次未能办理", "We could not complete this request"),
    "outcome.aborted_technical": (
        "因技术原因中断，未办理",
        "Interrupted by a technical fault; nothing was changed",
    ),
    "outcome.aborted_suspicion": ("本次未能办理", "We could not complete this request"),
    "outcome.no_show": ("未接通，排队已结束", "You were not there when we called"),
    # why nothing proceeds until the face is again the face that passed
    "reverify.customer": (
        "连接已恢复。请正对镜头，柜员需再次确认是您本人。",
        "You are connected again. Please face the camera: the teller must confirm it is still you.",
    ),
    "reverify.teller": (
        "客户重新接入。请重新比对人脸，通过后方可继续。",
        "The customer has rejoined. Repeat the face match before you continue.",
    ),
    # why the teller's next action is blocked
    "blocked.customer_has_not_answered": ("等待客户操作", "Waiting for the customer to answer"),
    "blocked.customer_refused": ("客户未同意", "The customer did not agree"),
    "blocked.document_missing": ("等待客户拍摄证件", "Waiting for a photograph of the document"),
    "blocked.identity_undecided": (
        "请比对人脸并作出认定",
        "Compare the faces and record your decision",
    ),
    "blocked.form_not_drafted": ("请先填写变更内容", "Fill in the change first"),
    "blocked.form_not_seen": (
        "等待客户核对变更内容",
        "Waiting for the customer to check the change",
    ),
    "blocked.live_video_needed": ("对方视频未接通", "Live video is needed and a party is missing"),
    "blocked.reverify_first": (
        "请先重新核验客户身份",
        "Confirm the customer's identity again first",
    ),
    "blocked.on_hold": ("通话保持中，请先恢复", "The call is on hold. Resume it first"),
    "blocked.recording": (
        "录音录像未就绪，不能办理",
        "Recording is not running: service is blocked",
    ),
    "blocked.connecting": (
        "正在接通，录音录像就绪后开始",
        "Connecting; we start once recording runs",
    ),
    "blocked.step_not_open": ("请先开始本步骤", "Start this step first"),
    # the score in words, first
    "score.passed": ("比对一致，可以通过", "Match: you may accept"),
    "score.referred": (
        "比对结果不确定，须说明理由",
        "Not certain: accepting needs a stated reason",
    ),
    "score.failed": (
        "比对不一致，不能通过",
        "No match: this cannot be accepted",
    ),
    "score.none": ("未得到结果，请重新比对", "No result: please run it again"),
    # notices across the page
    "notice.recorder_failed": (
        "录音录像出现故障，本次服务已停止，未作任何变更。",
        "Recording failed, so the service was stopped. Nothing was changed.",
    ),
    "notice.connection_lost": (
        "连接中断，本次服务已停止，未作任何变更。",
        "The connection was lost and the service was stopped. Nothing was changed.",
    ),
    "notice.branch_restarted": (
        "系统刚刚重启，本次通话已中断，未作任何变更，请重新办理。",
        "The service restarted and your call was cut off. Nothing was changed. Please start again.",
    ),
    "notice.seal_failed": (
        "录音录像未能封存，本次业务不会生效。",
        "The recording could not be sealed, so this request will not take effect.",
    ),
    # why this customer
    "why.sticky": ("曾由您接待的客户", "You served this customer before"),
    "why.next": ("按排队顺序，技能与语言匹配", "Next in the queue for your skills and language"),
    # what lowered a comparison, or made it unusable
    "reason.score_low": ("相似度过低", "The faces are too unlike"),
    "reason.score_between": ("相似度处于不确定区间", "The likeness is in the uncertain range"),
    "reason.second_opinion_lowers": (
        "第二算法不支持一致",
        "The second engine does not support a match",
    ),
    "reason.face_changed": ("视频中人脸前后不一致", "The face changed during the video"),
    "reason.too_few_frames": ("可用画面不足", "Too few usable frames"),
    "reason.no_face": ("画面中没有人脸", "No face in the picture"),
    "reason.several_faces": ("画面中不止一人", "More than one face in the picture"),
    "reason.face_too_small": ("人脸过小，请靠近一些", "The face is too small: come closer"),
    "reason.face_turned": ("请正对镜头", "Face the camera"),
    "reason.face_tilted": ("头部倾斜，请摆正", "The head is tilted"),
    "reason.face_blurred": ("人脸模糊，请保持不动", "The face is blurred: hold still"),
    "reason.face_unclear": ("人脸不清晰", "The face is not clear"),
    "reason.eyes_covered": ("眼部有遮挡", "Something covers the eyes"),
    "reason.mouth_covered": ("口鼻有遮挡", "Something covers the mouth"),
    "reason.too_dark": ("光线过暗", "Too dark"),
    "reason.too_bright": ("光线过亮", "Too bright"),
    "reason.too_flat": ("画面缺乏层次，疑似翻拍", "The picture is too flat; possibly a copy"),
    "reason.no_video": ("没有收到客户视频", "No video of the customer arrived"),
    "reason.portrait_unusable": ("证件头像无法比对", "The portrait can't be compared"),
    "reason.models_busy": ("比对服务繁忙，请稍后再试", "The comparison is busy: try again"),
    "reason.not_checked": (
        "比对未能完成，请重试",
        "The comparison could not be completed: try again",
    ),
    "reason.other": ("画面质量不足", "The picture quality was not sufficient"),
    # marks on a reviewer's timeline
    "mark.RecordingStarted": ("录音录像就绪", "Recording confirmed"),
    "mark.RecordingBroke": ("录音录像故障", "Recording failed"),
    "mark.ServiceBegan": ("服务开始", "Service began"),
    "mark.StepAnswered": ("客户作答", "Customer answered"),
    "mark.DocumentAccepted": ("证件照片已采集", "Document photographed"),
    "mark.DocumentRefused": ("证件照片不合格", "Document photograph rejected"),
    "mark.CheckReported": ("人脸比对结果", "Face match result"),
    "mark.CheckBroke": ("人脸比对无结果", "Face match without result"),
    "mark.IdentityDecided": ("柜员身份认定", "Teller's identity decision"),
    "mark.FormDrafted": ("填写变更内容", "Change entered"),
    "mark.ReverifyRequired": ("需重新核验", "Must be verified again"),
    "mark.ReverifyEnded": ("重新核验完成", "Verified again"),
    "mark.HoldBegan": ("通话保持", "On hold"),
    "mark.HoldEnded": ("恢复通话", "Resumed"),
    "mark.LegJoined": ("接入通话", "Joined the call"),
    "mark.GuestInvited": ("已邀请其他参与人", "Further party asked in"),
    "mark.GuestConsented": ("其他参与人已同意", "Further party consented"),
    "mark.GuestLeft": ("其他参与人已离开", "Further party left"),
    "mark.LegLost": ("连接中断", "Connection lost"),
    "mark.media.LegPaused": ("网络停顿", "Network stalled"),
    "mark.media.LegResumed": ("网络恢复", "Network recovered"),
    "mark.media.WorkerLost": ("媒体进程重启", "Media process restarted"),
    "mark.face_doubt": ("画面中的人脸有疑点", "Doubt about the face in the picture"),
    "mark.injection_hint": ("画面可能并非来自摄像头", "Picture perhaps not from a camera"),
    "mark.media_state": ("麦克风或摄像头变化", "Microphone or camera changed"),
    "mark.VisitOpened": ("客户已同意录音录像", "Customer consented"),
    "mark.weak_network": ("网络不佳", "Weak network"),
    "mark.ServiceEnded": ("服务结束", "Service ended"),
    "mark.WrappedUp": ("柜员整理完毕", "Wrapped up"),
    "mark.EffectSettled": ("业务系统回执", "Core system receipt"),
    # a photograph that must be taken again
    "document.image_too_many_bytes": (
        "照片过大，请重新拍摄",
        "The photo is too large: take it again",
    ),
    "document.image_too_many_pixels": (
        "照片过大，请重新拍摄",
        "The photo is too large: take it again",
    ),
    "document.image_type_unsupported": (
        "请使用 JPEG 或 PNG 照片",
        "Please use a JPEG or PNG photo",
    ),
    "document.image_broken": ("照片已损坏，请重新拍摄", "The photo is damaged: take it again"),
    "document.image_truncated": (
        "照片上传不完整，请重新拍摄",
        "The photo is incomplete: take it again",
    ),
    "document.no_face": (
        "未看清证件上的头像，请对准证件、避免反光后重拍",
        "We could not see the portrait. Fill the frame, avoid glare and take it again",
    ),
    "document.face_too_small": (
        "头像过小，请靠近证件重拍",
        "The portrait is too small. Move closer and take it again",
    ),
    "document.several_faces": (
        "照片中有多张人脸，请只拍摄证件",
        "There is more than one face. Photograph the document only",
    ),
    "document.face_blurred": (
        "头像模糊，请保持手机稳定后重拍",
        "The portrait is blurred. Hold still and retake it",
    ),
    "document.face_unclear": ("头像不清晰，请重拍", "The portrait is not clear. Please retake it"),
    "document.too_dark": ("光线过暗，请在明亮处重拍", "Too dark. Please retake it in better light"),
    "document.too_bright": (
        "照片过曝，请避开强光重拍",
        "Too bright. Avoid strong light and retake it",
    ),
    "document.not_checked": (
        "照片暂时无法检查，请再拍一次",
        "The photo could not be checked just now. Please take it again",
    ),
    "document.other": (
        "照片无法使用，请重新拍摄",
        "We could not use this photo. Please take it again",
    ),
}


def word(code: str, language: str) -> str:
    """The sentence for `code`; KeyError for a code nobody wrote."""
    return WORDS[code][LANGUAGES.index(language) if language in LANGUAGES else 0]


def word_or(code: str, otherwise: str, language: str) -> str:
    """The sentence for `code`, or the one for `otherwise` where `code` has none."""
    return word(code if code in WORDS else otherwise, language)
