"""A small service that uses every kind of step, and its part: what tests of scripts begin with."""

from __future__ import annotations

SCRIPT = """\
service: small_loan
version: 3
skill: loans
minutes: 20
languages: [zh-CN, en]
title: {zh-CN: 小额贷款, en: Small loan}
summary: {zh-CN: 视频面谈并签署, en: Interview and signing by video}
bring:
  - {zh-CN: 身份证, en: Identity card}
effects: {zh-CN: 以系统回执为准, en: Only the receipt counts}
limits: {visits: 3, days: 30}
intake:
  - name: purpose
    type: choice
    required: true
    label: {zh-CN: 用途, en: Purpose}
    options:
      - {value: housing, label: {zh-CN: 购房, en: Housing}}
      - {value: study, label: {zh-CN: 教育, en: Study}}
  - {name: amount, type: money, low: 1, label: {zh-CN: 金额, en: Amount}}
conditions:
  housing: intake.purpose == 'housing'
  above_limit: application.amount > 200000
  helped: questions.agent == true
  guaranteed: intake.amount > 50000
guests:
  - {party: guarantor, title: {zh-CN: 保证人, en: Guarantor}, when: guaranteed}
papers:
  contract: {zh-CN: 借款合同, en: Loan contract}
ask_before_queue:
  - id: recording
    required: true
    title: {zh-CN: 录音录像, en: Recording}
    body: {zh-CN: 全程录音录像, en: "{{ branch.name }} records the call"}
    if_refused: {zh-CN: 请到网点, en: Please come to a branch}
  - id: face
    required: false
    title: {zh-CN: 人脸, en: Face}
    body: {zh-CN: 比对人脸, en: We compare faces}
    if_refused: {zh-CN: 人工核对, en: By eye instead}
steps:
  - id: welcome
    kind: notice
    seconds: 5
    title: {zh-CN: 提示, en: Notice}
    say: {zh-CN: 您好, en: Good day}
    task: {zh-CN: 请看, en: Please read}
  - id: recorded
    kind: consent
    purpose: recording
    on_refuse: end
    if_refused: {zh-CN: 结束, en: The visit ends}
    needs: [live_video]
    title: {zh-CN: 同意录制, en: Recording}
    say:
      zh-CN: 我是{{ teller.name }}，您同意吗？
      en: I am {{ teller.name }}. Do you agree?
    task: {zh-CN: 请回答, en: Please answer}
  - include: parts/identity
  - id: registers
    kind: registry_check
    checks: [citizen, screening]
    title: {zh-CN: 核查, en: Registers}
    say: {zh-CN: 请稍候, en: One moment}
    task: {zh-CN: 请稍候, en: One moment}
  - id: questions
    kind: question
    purpose: facts
    draw: 2
    shuffle: true
    title: {zh-CN: 提问, en: Questions}
    say: {zh-CN: 请回答, en: Please answer}
    task: {zh-CN: 请回答, en: Please answer}
    pool:
      - id: agent
        ask: {zh-CN: 有中介吗？, en: "Is an agent involved?"}
        answer: {type: yes_no}
        expect: "no"
        otherwise: flag
        attempts: 2
        flag: {zh-CN: 有中介, en: An agent is involved}
      - id: rate
        ask: {zh-CN: 利率是多少？, en: "What is the rate?"}
        answer: {type: number, decimals: 2, low: 0, high: 36}
  - id: application
    kind: form
    title: {zh-CN: 申请, en: Application}
    say: {zh-CN: 请核对, en: Please check}
    task: {zh-CN: 请核对, en: Please check}
    fields:
      - {name: amount, type: money, required: true, low: 1000, high: 500000,
         label: {zh-CN: 金额, en: Amount}}
      - {name: phone, type: phone, before: phone, mask: true, label: {zh-CN: 电话, en: Phone}}
  - id: code
    kind: one_time_code
    to: application.phone
    title: {zh-CN: 验证码, en: Code}
    say: {zh-CN: 请输入, en: Please type}
    task: {zh-CN: 请输入, en: Please type}
  - include: parts/identity
    with: {party: guarantor, prefix: guarantor_}
  - id: cost
    kind: disclosure
    topic: total_cost
    seconds: 20
    acknowledge: agree
    title: {zh-CN: 成本, en: Cost}
    say:
      zh-CN: |
        金额是{{ application.amount }}，
        原电话是{{ before.phone }}。
      en: |
        The amount is {{ application.amount }},
        the old number {{ before.phone }}.
    task: {zh-CN: 请听, en: Please listen}
  - id: contract_read
    kind: document
    paper: contract
    seconds: 3
    acknowledge: agree
    when: not above_limit
    title: {zh-CN: 阅读合同, en: Contract}
    say: {zh-CN: 请阅读, en: Please read}
    task: {zh-CN: 请阅读, en: Please read}
  - id: contract_sign
    kind: sign
    papers: [contract]
    sentence: {zh-CN: 我愿意签署, en: I sign this}
    on_refuse: end
    when: not above_limit and not housing
    needs: [live_video, fresh_face]
    title: {zh-CN: 签署, en: Signing}
    say: {zh-CN: 请签名, en: Please sign}
    task: {zh-CN: 请签名, en: Please sign}
  - id: at_branch
    kind: hand_over
    outcome: sign_at_branch
    when: above_limit
    items:
      - {zh-CN: 携带身份证, en: Bring your card}
    title: {zh-CN: 到网点签署, en: Sign at a branch}
    say: {zh-CN: 请到网点, en: Please come}
    task: {zh-CN: 请到网点, en: Please come}
  - id: decision
    kind: teller_decision
    title: {zh-CN: 决定, en: Decision}
    say: {zh-CN: 再见, en: Goodbye}
    task: {zh-CN: 请稍候, en: One moment}
    flags:
      - {id: prompted, label: {zh-CN: 有人提示, en: Prompted}, blocking: true}
      - {id: nervous, label: {zh-CN: 紧张, en: Nervous}, blocking: false}
  - {id: check, kind: checker_decision, hours: 24, title: {zh-CN: 复核, en: Second person}}
  - {id: grant, kind: commit, effect: core.grant_loan, title: {zh-CN: 入账, en: Commit}}
"""

IDENTITY = """\
steps:
  - id: document
    kind: identity_document
    types: [resident_id]
    title: {zh-CN: 证件, en: Document}
    say: {zh-CN: 请出示, en: Please show}
    task: {zh-CN: 请拍照, en: Take a photo}
  - id: face
    kind: face_match
    alternative: [agent_visual]
    needs: [live_video]
    title: {zh-CN: 比对, en: Face}
    say: {zh-CN: 请正对, en: Look here}
    task: {zh-CN: 请正对, en: Look here}
  - id: presence
    kind: liveness
    draw: 1
    title: {zh-CN: 动作, en: Presence}
    say: {zh-CN: 请照做, en: Please do}
    task: {zh-CN: 请照做, en: Please do}
    prompts:
      - {id: turn, ask: {zh-CN: 转头, en: Turn your head}, motor: true}
      - {id: count, ask: {zh-CN: 数数, en: Count to three}, motor: false}
  - id: will
    kind: question
    purpose: willingness
    title: {zh-CN: 意愿, en: Will}
    say: {zh-CN: 请回答, en: "{% if will.free == 'no' %}Why?{% else %}Please answer{% endif %}"}
    task: {zh-CN: 请回答, en: Please answer}
    pool:
      - id: free
        ask: {zh-CN: 自愿吗？, en: "Of your own will?"}
        answer: {type: yes_no}
        expect: "yes"
        otherwise: end
        attempts: 1
"""

PARTS = {"parts/identity": IDENTITY}
