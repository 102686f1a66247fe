"""What the branch itself says on a page, in the customer's and the teller's language.

Script texts live in the scripts; errors in `api.words`. Every code here has every language.
"""

from collections.abc import Mapping

LANGUAGES = ("zh-CN", "en")

WORDS: Mapping[str, tuple[str, str]] = {
    # outcomes, as a customer reads them
    "outcome.done": ("办理完成", "Completed"),
    "outcome.done_with_limits": ("办理完成（有限制）", "Completed with limits"),
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
        "Connecting; service starts once recording runs",
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
    # a photograph that must be taken again
    "document.too_large": ("照片过大，请重新拍摄", "The photo is too large. Please take it again"),
    "document.not_an_image": ("文件不是照片，请重新拍摄", "That is not a photo. Please take one"),
    "document.portrait_missing": (
        "未看清证件上的头像，请对准证件、避免反光后重拍",
        "We could not see the portrait. Fill the frame, avoid glare and take it again",
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
