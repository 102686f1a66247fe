/** The shape of what the branch sends to a console: types only. */

/** @typedef {import("./customer-state.js").CallView} CallView */
/**
 * @typedef {object} StepLine
 * @property {string} id
 * @property {string} kind
 * @property {string} title
 * @property {"todo"|"current"|"done"|"refused"|"skipped"} status
 * @property {string | null} started_at
 * @property {string | null} ended_at
 * @property {string} [party] whose step it is
 * @property {string} [party_title] what that party is called
 * @property {boolean} [applies] false: it will be left out, as far as is known now
 * @property {string | null} [when] the script's condition, over named conditions
 */
/** @typedef {"text"|"choice"|"yes_no"|"number"|"money"|"date"|"phone"|"resident_id"|"credit_code"} FieldType */
/** @typedef {{value: string, label: string}} Option */
/**
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {FieldType} type
 * @property {Option[]} options
 * @property {boolean} [required]
 * @property {number | null} [max_length]
 * @property {number | null} [low]
 * @property {number | null} [high]
 * @property {string} before
 * @property {string} after
 * @property {string} [read] as it stands on the document
 * @property {string | null} error
 */
/** @typedef {{ticket: string, service_title: string, language: string, waiting_since: string, priority: number, name_masked: string, status: "waiting"|"offered"|"in_call", mine: boolean}} Waiting */
/**
 * @typedef {object} Offer
 * @property {string} pairing
 * @property {string} ticket
 * @property {string} service_title
 * @property {string} language
 * @property {string} name_masked
 * @property {string} why
 * @property {string} waiting_since
 * @property {string} expires_at
 * @property {number} declined_before
 */
/**
 * @typedef {object} Question
 * @property {string} id
 * @property {string} ask
 * @property {FieldType} type
 * @property {Option[]} options
 * @property {string | null} expect
 * @property {string | null} value as it was written down
 * @property {"noted"|"expected"|"unexpected"|"unclear"|null} finding
 * @property {number} attempts_left
 * @property {"note"|"flag"|"end"} [otherwise] what an answer means that was not hoped for
 * @property {string | null} flag what such an answer raises
 */
/** @typedef {{id: string, ask: string, motor: boolean, drawn: boolean, digits?: string | null, finding: Question["finding"]}} Prompt drawn by chance, or able to stand in for one that was */
/** @typedef {{id: string, title: string, pages: number, digest?: string, read?: boolean, signed?: boolean | string | null}} PaperLine */
/** @typedef {PaperLine & {page: number, customer_page: number, dwell_ms: number[], seconds: number, digest: string, url: string}} Paper */
/** @typedef {{sent_at: string | null, expires_at: string | null, left: number, correct: boolean, phone?: string}} Code */
/** @typedef {{status: "draw"|"code"|"signing"|"signed"|"failed", papers: PaperLine[], code: Code | null, message?: string | null, anew?: number, mark?: string}} Sign */
/**
 * @typedef {object} Register one register that a step asks
 * @property {"citizen"|"phone"|"company"|"screening"} check
 * @property {string} title
 * @property {"todo"|"running"|"match"|"mismatch"|"unreachable"} status
 * @property {string | null} status_title
 * @property {string[]} reasons
 * @property {string | null} reference
 * @property {string | null} at
 * @property {number} attempt
 * @property {boolean} again whether it may be asked once more
 */
/** @typedef {"approve"|"refer"|"refuse"} Judgement */
/** @typedef {{id: string, label: string, blocking: boolean}} Flag */
/** @typedef {{status: "asking"|"accepted"|"objected"|"unreachable", reasons: string[]}} BankWord what the bank's own system says beforehand */
/** @typedef {{verdicts: Judgement[], flags: Flag[], raised: (string | {label: string})[], bank?: BankWord | null}} Decision */
/** @typedef {{reference: string, items: string[], outcome_title?: string}} HandOver */
/** @typedef {{party: string, title: string, status: "none"|"invited"|"consented"|"here"|"gone"|null, link: string | null, here: boolean}} Guest */
/** @typedef {{visit: string, ticket: string, service_title: string, question: string, asked_at: string, due_at: string}} Returned */
/** @typedef {{name: string, label: string, value: string, shown: string, confidence: number | null, sure: boolean, corrected: boolean, problem: string | null, blocking: boolean}} PaperField as read on a document */
/** @typedef {{side: string, title: string, status: "none"|"accepted"|"rejected", message: string | null, photo: string | null, upright: string | null, reading: "none"|"running"|"done"|"not_read", notes: string[], fields: PaperField[], compared: {found: boolean, likeness: number, failed: boolean} | null}} PaperSide */
/** @typedef {{id: string, ask: string, feature: boolean, finding: Question["finding"]}} PaperAsk to ask for, or to look for, while the document is held up */
/** @typedef {{kind: string, title: string, checking: boolean, comparing: boolean, sides: PaperSide[], asks: PaperAsk[]}} PaperInHand */
/** @typedef {{action: string, title: string, ask: string, outcome: "passed"|"failed"|"unusable"|null, measured: string | null, reason: string | null}} Movement */
/**
 * @typedef {object} Challenge
 * @property {"none"|"running"|"passed"|"failed"|"unusable"} status
 * @property {number} attempt
 * @property {number} tries_left
 * @property {number} failed
 * @property {number} count
 * @property {Movement[]} actions those that have been shown
 * @property {boolean} calm whether the customer looks ahead, before the next one
 * @property {number} left
 * @property {string | null} reason
 * @property {string | null} digits
 * @property {{reason: string, by_party: boolean} | null} alternative
 */
/**
 * @typedef {object} Current
 * @property {string} id
 * @property {string} kind
 * @property {string} title
 * @property {string} say
 * @property {string} say_language
 * @property {string[]} can
 * @property {string | null} blocked
 * @property {string | null} blocked_message
 * @property {"agreed"|"refused"|"seen"|"signed"|null} customer_answer
 * @property {string} [party]
 * @property {string} [party_title]
 * @property {string | null} [ready_at]
 * @property {Question[] | null} [questions]
 * @property {Prompt[] | null} [prompts]
 * @property {PaperInHand | null} [document]
 * @property {Challenge | null} [challenge]
 * @property {Register[] | null} [registers]
 * @property {Paper | null} [paper]
 * @property {Sign | null} [sign]
 * @property {Code | null} [code]
 * @property {Decision | null} [decision]
 * @property {HandOver | null} [hand_over]
 */
/**
 * @typedef {object} Check
 * @property {string} id
 * @property {"running"|"done"|"failed"} status
 * @property {"passed"|"referred"|"failed"|null} outcome
 * @property {number | null} score
 * @property {string} score_words
 * @property {string[]} reasons
 * @property {"agrees"|"lowers"|"none"|null} second_opinion
 * @property {string | null} live
 * @property {string | null} portrait
 * @property {number} attempt
 */
/** @typedef {"accept"|"repeat"|"refuse"|"alternative"} Verdict */
/**
 * @typedef {object} Identity
 * @property {{status: "none"|"checking"|"accepted"|"rejected", photo: string | null, portrait: string | null}} document
 * @property {Check | null} check
 * @property {{verdict: Verdict, reason: string} | null} decision
 * @property {Verdict[]} may
 */
/** @typedef {{step: string, fields: Field[], customer_seen: boolean, confirmed?: boolean}} Form */
/**
 * @typedef {object} VisitView
 * @property {string} id
 * @property {string} ticket
 * @property {string} service_title
 * @property {string} state
 * @property {string} language
 * @property {string} name_masked
 * @property {string} document_masked
 * @property {{recording: boolean, face: boolean}} consents
 * @property {StepLine[]} steps
 * @property {Current | null} current
 * @property {Identity | null} identity
 * @property {Form | null} form
 * @property {CallView | null} call
 * @property {{state: "off"|"starting"|"on"|"failed", parties: Record<string, {seconds: number, behind_s: number}>}} recording
 * @property {{reason: string, message: string} | null} reverify
 * @property {string | null} outcome
 * @property {string | null} wrap_up_deadline
 * @property {Guest[]} [guests]
 * @property {{label: string, value: string}[]} [intake] what the customer said before the queue
 * @property {{status: "asked"|"told"|"declined"|"stale", line: string} | null} [place] of the customer's device, where it is asked for
 * @property {string[]} [scope] what the rules have said of this visit
 * @property {{name: string, holds: boolean | null, title?: string}[]} [conditions]
 */
/** @typedef {{name: string, number: string, state: string, reason: string | null, skills: string[], languages: string[], visits_today: number, average_s: number | null}} Me */
/**
 * @typedef {object} View the whole state, as the server sends it
 * @property {{name: string, open: boolean}} branch
 * @property {Me} me
 * @property {Waiting[]} queue the first hundred lines
 * @property {{count: number, since: string | null}} [waiting] of all lines, when there are more
 * @property {Offer | null} offer
 * @property {VisitView | null} visit
 * @property {Returned[]} [returned] questions of second persons, for this teller to answer
 * @property {{code: string, message: string, severity: "info"|"warn"|"bad"} | null} notice
 */
/** @typedef {"loading"|"superseded"|"signed_out"|"closed"|"idle"|"ring"|"visit"|"wrap_up"} Scene */
/** @typedef {"blocked"|"wait"|"early"|"answer"|"prompt"|"verdict"|"ruled_out"|"guest"} Why */
/** @typedef {{act: string, tone: "primary"|"danger", blocked: boolean, reason: Why | null, verdict?: Verdict, party?: string}} Primary */

export {};
