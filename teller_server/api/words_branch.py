"""What the branch's rules say when they refuse: the queue, the script, identity, the call."""

from collections.abc import Mapping

BRANCH_WORDS: Mapping[str, tuple[str, str]] = {
    # queue and pairing
    "branch_closed": ("营业厅现在不营业。", "The branch is closed now."),
    "branch_out_of_space": (
        "系统存储空间不足，暂时不能办理新业务，请稍后再来。",
        "We can't record new visits just now. Please come back later.",
    ),
    "branch_full": ("等候人数已满，请稍后再来。", "The queue is full. Please come back later."),
    "consent_required": (
        "须先同意录音录像才能办理。",
        "The service needs your consent to be recorded.",
    ),
    "consent_unanswered": ("请先逐项确认告知内容。", "Please answer each consent first."),
    "unknown_consent": ("该告知事项不属于本业务。", "This consent does not belong to the service."),
    "language_not_offered": (
        "本业务不提供该语言。",
        "The service is not offered in this language.",
    ),
    "unknown_service": ("没有该业务。", "There is no such service."),
    "ticket_already_taken": ("您已取号，请等候叫号。", "You already have a ticket."),
    "visit_already_open": ("您已有一笔业务正在办理。", "You already have a visit under way."),
    "unknown_visit": ("没有找到该笔业务。", "There is no such visit."),
    "visit_closed": ("该笔业务已结束。", "This visit is over."),
    "customer_away": ("客户暂时离开，请稍候。", "The customer is away just now."),
    "offer_expired": (
        "接听超时，客户已重新排队。",
        "The offer ran out; the customer is queued again.",
    ),
    "offer_gone": ("该客户已由他人接待或已离开。", "This customer is no longer waiting for you."),
    "offer_not_yours": ("该客户不是分配给您的。", "This customer was not offered to you."),
    "offer_still_open": ("接听时间尚未结束。", "The offer is still open."),
    "pairing_already_accepted": ("您已接听该客户。", "You have already accepted this customer."),
    "teller_busy": ("您正在接待另一位客户。", "You are serving another customer."),
    "not_your_visit": ("该笔业务不由您办理。", "This visit is not yours."),
    # invitations and hand-off
    "invitation_unknown": (
        "链接无效，请联系发送链接的客户经理。",
        "This link is not valid. Ask whoever sent it.",
    ),
    "invitation_expired": (
        "链接已过期，请联系发送链接的客户经理。",
        "This link has expired. Ask whoever sent it for a new one.",
    ),
    "invitation_used": (
        "链接已在其他设备上使用。请在该设备上获取接续码。",
        "This link was used on another device. Get a hand-off code there.",
    ),
    "handoff_unknown": (
        "接续码无效或已过期，请在原设备上重新获取。",
        "This code is not valid any more. Get a new one on the first device.",
    ),
    "no_visit_yet": ("您还没有开始办理业务。", "You have not begun a visit yet."),
    "no_receipt_yet": ("回执尚未生成，请稍候。", "The receipt is not ready yet."),
    "no_visit_in_hand": ("您当前没有正在接待的客户。", "You are not serving a customer now."),
    "not_a_teller_state": ("不能切换为该状态。", "This state can't be chosen."),
    # the script
    "not_now": ("当前状态不能进行此操作。", "This can't be done in the present state."),
    "on_hold": ("通话保持中，请先恢复。", "The call is on hold. Resume it first."),
    "reverify_first": ("请先重新核验客户身份。", "Confirm the customer's identity again first."),
    "live_video_needed": (
        "须双方视频均已接通。",
        "Both parties must be connected by live video.",
    ),
    "reason_required": ("请填写理由。", "Please state a reason."),
    "answer_not_expected": ("当前步骤不需要客户操作。", "No answer is expected at this step."),
    "unknown_step": ("该业务没有此步骤。", "The service has no such step."),
    "step_already_open": ("请先完成当前步骤。", "Finish the current step first."),
    "step_not_open": ("请先开始本步骤。", "Start this step first."),
    "step_out_of_order": ("步骤须按顺序进行。", "Steps must be taken in order."),
    "steps_incomplete": (
        "尚有步骤未完成，不能按办结处理。",
        "Steps are still open: the visit can't end as completed.",
    ),
    "customer_has_not_answered": ("等待客户操作。", "The customer has not answered yet."),
    "customer_refused": ("客户未同意。", "The customer did not agree."),
    "not_a_form": ("该步骤没有表单。", "This step has no form."),
    "form_not_drafted": ("请先填写变更内容。", "Fill in the change first."),
    "form_not_seen": ("等待客户核对变更内容。", "Waiting for the customer to check the change."),
    "form_invalid": ("填写内容不符合要求，请修改。", "The form is not filled in correctly."),
    "already_sealed": ("录音录像已封存。", "The recording is sealed already."),
    "customer_was_there": (
        "客户曾到场，不能记为未到。",
        "The customer was there: this is not a no-show.",
    ),
    "no_effect_pending": ("没有待提交的变更。", "No change is waiting to be committed."),
    "not_an_abort": ("该结果不是中止结果。", "This outcome is not an abort."),
    "outcome_not_for_tellers": ("该结果不能由柜员选择。", "A teller can't choose this outcome."),
    "second_person_needed": ("须由另一人复核。", "A second person must decide this."),
    "unknown_outcome": ("没有该办理结果。", "There is no such outcome."),
    # identity
    "check_not_running": ("该次比对已结束。", "This check is not running."),
    "check_running": ("比对正在进行，请稍候。", "A check is running. Please wait."),
    "check_superseded": ("该次比对已被新的比对取代。", "A newer check has replaced this one."),
    "decide_first": ("请先对上次比对作出认定。", "Decide on the last check first."),
    "document_missing": ("等待客户拍摄证件。", "The document has not been photographed yet."),
    "document_not_expected": ("现在不需要拍摄证件。", "No document is expected now."),
    "document_being_checked": (
        "上一张照片正在检查，请稍候。",
        "The last photo is still being checked. Please wait.",
    ),
    "face_consent_missing": (
        "客户未同意人脸处理，请使用替代方式。",
        "There is no consent to face processing: take the alternative path.",
    ),
    "face_match_needed": ("须先完成人脸比对。", "The faces must be compared first."),
    "face_not_in_question": (
        "客户身份无需重新核验。",
        "The customer's identity is not in question.",
    ),
    "face_not_yet_compared": ("人脸尚未比对。", "The faces have not been compared yet."),
    "failed_match_not_acceptable": (
        "比对未通过，不能认定通过；可重新比对、改用替代方式或拒绝。",
        "A failed match can't be accepted: repeat it, take the alternative path, or refuse.",
    ),
    "identity_already_decided": ("身份已认定。", "The identity is decided already."),
    "identity_undecided": ("请比对人脸并作出认定。", "Compare the faces and record your decision."),
    "no_check_result": ("还没有比对结果。", "There is no result yet."),
    "portrait_missing": ("证件照片上没有可用的头像。", "The document has no usable portrait yet."),
    "too_many_attempts": (
        "核对次数已达上限。",
        "This has been tried as often as the rules allow.",
    ),
    "clip_too_large": ("视频过长，请重新比对。", "The clip is too long. Please repeat the check."),
    "image_empty": ("照片为空，请重新拍摄。", "The photo is empty. Take it again."),
    "image_too_many_bytes": ("照片过大，请重新拍摄。", "The photo is too large. Take it again."),
    "image_too_many_pixels": ("照片过大，请重新拍摄。", "The photo is too large. Take it again."),
    "image_type_unsupported": ("请使用 JPEG 或 PNG 照片。", "Please use a JPEG or PNG photo."),
    "image_broken": ("照片已损坏，请重新拍摄。", "The photo is damaged. Take it again."),
    "image_truncated": ("照片上传不完整，请重新拍摄。", "The photo is incomplete. Take it again."),
    "no_face": ("没有找到人脸，请重新拍摄。", "No face was found. Take it again."),
    "several_faces": (
        "画面中不止一人，请重新拍摄。",
        "There is more than one face. Take it again.",
    ),
    # the call
    "bad_sdp": (
        "浏览器的通话请求无法识别，请刷新页面。",
        "The browser's call offer can't be read. Please reload the page.",
    ),
    "sdp_too_large": ("浏览器的通话请求过大。", "The browser's call offer is too large."),
    "bad_candidate": ("网络地址信息无法识别。", "A network candidate can't be read."),
    "no_common_codec": (
        "浏览器不支持所需的音视频格式，请更换浏览器。",
        "This browser has no audio or video format in common with us. Please use another one.",
    ),
    "call_closed": ("通话已结束。", "The call is over."),
    "leg_known": ("该连接已存在，请重新接入。", "This leg exists already. Please connect anew."),
    "leg_superseded": ("已有新的连接取代。", "A newer connection has replaced this one."),
    "no_media_now": ("现在还不能通话。", "There is no call now."),
    "field_unreadable": (
        "资料已加密封存，无法读取。",
        "This information is sealed and can't be read.",
    ),
    # the review desk and the bank's own system
    "grant_needed": (
        "请先说明查看目的。",
        "State the purpose of viewing first.",
    ),
    "no_recording": ("该笔业务没有录音录像。", "There is no recording of this visit."),
    "key_shredded": (
        "密钥已销毁，录音录像无法再查看。",
        "The key was destroyed; the recording can't be viewed any more.",
    ),
    "core_unknown_customer": (
        "核心系统中没有该客户。",
        "The bank's own system does not know this customer.",
    ),
    "core_not_changeable": (
        "核心系统不允许修改该项资料。",
        "The bank's own system does not let this be changed.",
    ),
    "core_key_reused": (
        "核心系统已用同一编号处理过另一笔变更。",
        "The bank's own system has seen this key with another change.",
    ),
    "no_core_customer": (
        "未查到相符的本行客户，不能通过视频变更信息。请核对姓名和证件号码，或持证件到任一网点办理。",
        "No customer of ours has this name and number. Check both, or visit a branch with your ID.",
    ),
    "customer_differs": (
        "姓名或证件号码与核心系统中该客户的记录不符。",
        "The name or number is not that of the customer with this reference.",
    ),
}
