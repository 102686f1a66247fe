"""Sentences of the three services: parties, what blocks a step, refusals, the marks of a visit."""

from collections.abc import Mapping

SERVICE_WORDS: Mapping[str, tuple[str, str]] = {
    "party.customer": ("客户", "Customer"),
    "party.teller": ("柜员", "Teller"),
    # why the teller's next action is blocked
    "blocked.guest_not_here": (
        "该步骤的参与人尚未接入",
        "The person whose step this is is not here",
    ),
    "blocked.too_early": ("规定时间未到", "The least time is not over yet"),
    "blocked.answers_missing": ("还有问题未记录回答", "Some answers are not written down yet"),
    "blocked.answer_unclear": ("回答不明确，请再问一次", "An answer was unclear: ask again"),
    "blocked.answer_rules_out": (
        "客户的回答不符合办理条件，只能拒绝并说明原因",
        "An answer rules the service out: refuse, with the reason",
    ),
    "blocked.prompts_not_seen": ("动作核验尚未完成", "Not all prompts have been seen"),
    "blocked.paper_not_ready": ("文件正在生成", "The paper is being prepared"),
    "blocked.paper_not_made": ("文件生成失败", "The paper could not be made"),
    "blocked.papers_not_sealed": ("正在加盖本行电子印章", "The bank's seal is being put on"),
    "blocked.paper_not_read": ("等待对方完整阅读", "Waiting until every page has been read"),
    "blocked.not_signed": ("等待签名", "Waiting for the signature"),
    "blocked.code_not_entered": ("等待输入验证码", "Waiting for the code"),
    # a decision against the customer, in neutral words
    "refused.other": (
        "经审核，本次申请暂不能办理。您可以提出异议，我们将在规定期限内答复。",
        "After review, we can't complete this request. You may object to that.",
    ),
    "refused.review_refused": (
        "经复核，本次申请暂不能办理。您可以提出异议，我们将在规定期限内答复。",
        "After a second review, we can't complete this request. You may object to that.",
    ),
    "refused.identity_refused": (
        "未能核实您的身份，本次未办理。您可携带身份证件前往网点，或提出异议。",
        "We could not confirm who you are. Visit a branch with your document, or object.",
    ),
    "sign.anew": (
        "柜员请您重新签名：上一次签名不作数，请写清楚全名。",
        "Your teller asks you to sign again, clearly and in full. The last one doesn't count.",
    ),
    "sign.failed": (
        "签名未能完成，请重新获取验证码后再签一次。",
        "The signature could not be completed. Ask for a new code and sign again.",
    ),
    "clause.gone": (
        "该条款所在的规则包版本已无法找到，此处无法显示其内容；条款编号以办理记录为准",
        "The version of the rules that held this clause can't be found; its number is as recorded",
    ),
    # what the bank's own system says before the decision
    "bank.phone_changed_recently": (
        "该客户的手机号近期变更过，仍在限制期内",
        "The phone number was changed lately and its limits are still on",
    ),
    "bank.core_unknown_customer": (
        "核心系统中没有该客户",
        "The bank's own system does not know this customer",
    ),
    "bank.no_core_customer": (
        "核心系统中没有该客户",
        "The bank's own system does not know this customer",
    ),
    "bank.core_not_changeable": (
        "核心系统不允许修改该项资料",
        "The bank's own system does not let this be changed",
    ),
    "bank.core_refused": ("核心系统将拒绝该笔业务", "The bank's own system would refuse this"),
    "bank.core_fact_missing": (
        "接口描述文件所需的一项资料缺失",
        "The bank's description asks for a fact that is not there",
    ),
    "bank.other": ("核心系统给出的代码：", "The bank's own code:"),
    # marks on a reviewer's timeline
    "mark.StepSkipped": ("步骤不适用", "Step does not apply"),
    "mark.QuestionAnswered": ("回答问题", "Question answered"),
    "mark.PaperShown": ("出示文件", "Paper shown"),
    "mark.PaperBroke": ("文件生成失败", "Paper could not be made"),
    "mark.PapersSealed": ("加盖本行电子印章", "Bank's seal put on"),
    "mark.PageTurned": ("翻页", "Page turned"),
    "mark.CodeSent": ("发送验证码", "Code sent"),
    "mark.CodeEntered": ("输入验证码", "Code entered"),
    "mark.PapersSigned": ("签署文件", "Papers signed"),
    "mark.SigningBroke": ("签名未完成", "Signature failed"),
    "mark.SignatureSetAside": ("签名作废，重新签署", "Signature set aside, to be made anew"),
    "mark.signature_discarded": (
        "签名未采用：签署人已拒绝",
        "Signature not used: the signer had said no",
    ),
    "mark.ProposalAnswered": ("核心系统预审意见", "What the bank's system said"),
    "mark.TellerDecided": ("柜员意见", "Teller's decision"),
    "mark.ReviewAsked": ("提交复核", "Second person asked"),
    "mark.ReviewReturned": ("复核退回询问", "Second person asked back"),
    "mark.ReviewAnswered": ("柜员答复", "Teller answered"),
    "mark.ReviewRefused": (
        "复核不同意，待另一人确认",
        "Not approved; a colleague has to confirm",
    ),
    "mark.RefusalSetAside": ("另一复核人不认同该否决", "A colleague disagreed with the refusal"),
    "mark.ReviewEscalated": ("复核升级", "Review escalated"),
    "mark.ReviewDecided": ("复核决定", "Second person's decision"),
    "mark.EffectRetried": ("重新提交核心系统", "Tried again with the core system"),
    "mark.Objected": ("客户提出异议", "Customer objected"),
    "mark.ObjectionAnswered": ("异议答复", "Objection answered"),
    "mark.signer_key": ("签名密钥销毁", "Signer's key destroyed"),
}
