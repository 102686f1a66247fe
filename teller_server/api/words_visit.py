"""What the rules of the three services say when they refuse: steps, papers, codes, reviews."""

from collections.abc import Mapping

VISIT_WORDS: Mapping[str, tuple[str, str]] = {
    # steps
    "not_your_step": ("当前步骤由他人操作。", "This step is somebody else's."),
    "guest_not_here": (
        "该步骤的参与人尚未接入。",
        "The person whose step this is has not joined yet.",
    ),
    "too_early": (
        "规定时间未到，请稍候再继续。",
        "The least time for this step is not over yet. Please wait a moment.",
    ),
    "fresh_face_needed": (
        "须先完成人脸核验。",
        "The face must be verified before this step.",
    ),
    "draw_not_expected": ("该步骤没有可抽取的问题。", "This step draws no questions."),
    "draw_wrong": ("抽取的问题不符合要求。", "The questions drawn do not fit the script."),
    # questions
    "no_question_open": ("当前没有要提问的问题。", "No question is being asked now."),
    "question_not_drawn": ("该问题不在本次提问之列。", "This question was not drawn."),
    "answer_invalid": ("答案格式不正确，请重新填写。", "The answer is not in the right form."),
    "no_more_attempts": (
        "该问题的作答次数已用完，以已记录的回答为准。",
        "This question can't be asked again; the recorded answer stands.",
    ),
    "answers_missing": ("还有问题未记录回答。", "Some answers have not been written down yet."),
    "answer_unclear": ("回答不明确，请再问一次。", "The answer was not clear. Please ask again."),
    "answer_rules_out": (
        "客户的回答不符合办理条件，请说明原因并终止办理。",
        "This answer rules the service out. End it and state the reason.",
    ),
    "prompts_not_seen": ("动作核验尚未完成。", "The prompts have not all been seen yet."),
    # papers
    "paper_not_open": ("该文件当前未打开。", "This paper is not open now."),
    "paper_not_ready": ("文件正在生成，请稍候。", "The paper is being prepared. Please wait."),
    "paper_not_read": (
        "请先完整阅读每一页。",
        "Every page must be read first.",
    ),
    "cost_table_incomplete": (
        "综合融资成本明示表信息不完整，不能出示，请补全贷款条款。",
        "The cost table is incomplete and must not be shown. Complete the terms of the loan.",
    ),
    "no_such_page": ("没有该页。", "There is no such page."),
    "link_expired": (
        "下载链接已过期，请在结果页面重新获取。",
        "This download link has expired. Get a new one on the page with the result.",
    ),
    # codes and signatures
    "code_not_expected": ("当前步骤不需要验证码。", "No code is needed at this step."),
    "code_not_sent": ("请先获取验证码。", "Ask for a code first."),
    "code_just_sent": (
        "验证码刚刚发送，请稍候再重新获取。",
        "A code has just been sent. Wait a moment before asking for another.",
    ),
    "code_already_correct": ("验证码已验证通过。", "The code has been confirmed already."),
    "code_expired": ("验证码已过期，请重新获取。", "The code has expired. Ask for a new one."),
    "code_used_up": (
        "验证码错误次数过多，请重新获取。",
        "Too many wrong tries. Ask for a new code.",
    ),
    "too_many_codes": (
        "本步骤获取验证码次数过多，请由柜员终止办理。",
        "Too many codes were asked for at this step; it can't be completed today.",
    ),
    "code_not_entered": ("验证码尚未验证通过。", "The code has not been entered yet."),
    "no_phone": (
        "没有可接收验证码的手机号码，请到网点办理。",
        "We have no phone number to send a code to. Please visit a branch.",
    ),
    "signature_needed": ("请手写签名并输入验证码。", "Sign by hand and enter the code."),
    "nothing_signed": (
        "当前步骤没有可以重签的签名。",
        "There is no signature in this step that could be made anew.",
    ),
    "signature_not_expected": ("当前不需要签名。", "No signature is expected now."),
    "signature_being_made": ("签名正在处理，请稍候。", "The signature is being made. Please wait."),
    "papers_not_signed_together": (
        "本步骤的文件须一并签署。",
        "The papers of this step are signed together.",
    ),
    "paper_not_made": (
        "文件生成失败，请稍后重试或终止办理。",
        "The paper could not be made. Try again shortly, or end the visit.",
    ),
    "papers_not_sealed": (
        "正在加盖本行电子印章，请稍候。",
        "The bank's seal is being put on the papers. Please wait.",
    ),
    "not_signed": ("等待签名完成。", "The papers have not been signed yet."),
    # further parties
    "guest_not_foreseen": (
        "本业务不能邀请该类参与人。",
        "This service has no place for such a party.",
    ),
    "guest_already_here": ("该参与人已接入。", "This person has joined already."),
    "invitation_gone": (
        "邀请已失效，请联系柜员。",
        "The invitation no longer stands. Ask the teller.",
    ),
    "not_a_party": ("您不是本次业务的参与人。", "You are not a party to this visit."),
    # the decision and the second person
    "unknown_flag": ("没有该风险提示项。", "There is no such flag."),
    "flag_rules_out": (
        "已标记的风险项不允许同意办理，请提交复核或拒绝。",
        "A flag you raised rules approval out: refer the matter or refuse it.",
    ),
    "no_second_person": (
        "本业务没有复核环节，不能提交复核。",
        "This service has no second person to refer to.",
    ),
    "answer_awaited": (
        "已退回柜员补充说明，请等待答复。",
        "The teller has been asked; wait for the answer.",
    ),
    "too_many_returns": (
        "退回次数已达上限，请作出决定。",
        "It was sent back too often. Please decide now.",
    ),
    "refusal_unconfirmed": (
        "已有复核人表示不同意，请先确认或不认同该意见。",
        "A colleague did not approve this visit: confirm that or disagree first.",
    ),
    "nothing_to_confirm": (
        "没有待确认的否决意见。",
        "No colleague's refusal waits to be confirmed.",
    ),
    "nothing_asked": ("复核人没有提出问题。", "The second person has asked nothing."),
    "effect_not_given_up": (
        "该笔变更并未被放弃，无需重试。",
        "This change was not given up; there is nothing to retry.",
    ),
    # objection
    "nothing_to_object_to": ("没有可提出异议的决定。", "There is no decision to object to."),
    "already_objected": (
        "您已提出异议，请等候答复。",
        "You have objected already. Please wait for the answer.",
    ),
    "no_objection_open": ("没有待答复的异议。", "No objection is waiting for an answer."),
    # before the queue
    "scope_denied": (
        "按照规定，该业务不能通过视频办理，请按页面提示选择其他方式。",
        "The rules don't allow this by video. Please choose one of the other ways shown.",
    ),
    "too_many_visits": (
        "该业务近期办理次数已达上限，请稍后再办或前往网点。",
        "This was done as often as is allowed for now. Come back later, or visit a branch.",
    ),
}
