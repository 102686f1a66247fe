/** What the review desk's doors answer; see docs/protocol.md. Types only. */

/** @typedef {{label: string, value: string}} Entry */
/** @typedef {{id: string, source: string, text: string, confidence: string, verified: boolean, rest: string}} Clause */
/** @typedef {{id: string, kind: string, title: string, party: string, party_title: string, status: "todo"|"current"|"done"|"refused"|"skipped", when: string | null, answer: string | null, started_at: string | null, ended_at: string | null}} StepLine */
/** @typedef {{id: string, ask: string, value: string, finding: "expected"|"noted"|"unexpected"|"unclear", attempts: number, most: number, at: string | null, flag: string | null}} Asked */
/** @typedef {{step: string, title: string, asked: Asked[]}} Answers */
/** @typedef {{label: string, before: string, after: string}} Filled */
/** @typedef {{step: string, title: string, at: string | null, fields: Filled[]}} FormLine */
/** @typedef {{id: string, title: string, given: boolean}} Consent */
/** @typedef {{status: string, outcome: "passed"|"referred"|"failed"|null, score: number | null, second_opinion: string | null, attempt: number, reasons: string[], live: string | null, at: string | null}} Check */
/** @typedef {{title: string, at: string | null, outcome: "passed"|"failed"|"unusable"|null, measured: string | null, seen_s: number | null, reason: string | null}} Moved */
/** @typedef {{attempt: number, at: string, digits: string, outcome: "passed"|"failed"|"unusable"|null, reason: string | null, actions: Moved[]}} Draw */
/** @typedef {{check: string, title: string, attempt: number, asked_at: string, at: string | null, status: "running"|"match"|"mismatch"|"unreachable", status_title: string, reasons: string[], reference: string}} Inquiry */
/** @typedef {{party: string, title: string, movements?: Draw[], instead?: {at: string, reason: string, note: string} | null, registers?: Inquiry[], status: string | null, consents: Consent[], document: {photo: string | null, portrait: string | null, status: string, at: string | null} | null, check: Check | null, checks: number, decision: {verdict: "accept"|"repeat"|"refuse"|"alternative", reason: string, at: string | null} | null}} PersonLine */
/** @typedef {{page: number, at: string, ms: number}} Look */
/** @typedef {{field: string, title: string | null, subject: string, signed_at: string | null, intact: boolean, trusted: boolean, lasting: boolean, changes: string, problems: string[]}} SignatureLine */
/** @typedef {{id: string, title: string, step: string, party: string, party_title: string, pages: number, digest: string, read: boolean, answer: string | null, answered_at: string | null, least_s: number, dwell_ms: number[], looks: Look[], shown_at: string | null, signed: {party: string, title: string, at: string}[], set_aside?: {party: string, title: string, at: string, reason: string, pdf: string}[], sealed_at: string | null, pdf: string, check: {good: boolean, whole: boolean, problems: string[], findings: SignatureLine[]} | null}} PaperLine */
/** @typedef {{verdict: "approve"|"refer"|"refuse", reason: string, flags: {label: string, blocking: boolean}[], raised: string[], bank?: import("./teller-types.js").BankWord | null, who: string, at: string}} DecisionLine */
/** @typedef {{at: string, by: "link"|"hotline", receiver: "before"|"after"|null, note: string, end: "withdrawn"|"stopped"|"nothing_done"|"refused"|null, detail: string}} RepudiationLine */
/** @typedef {{at: string, kind: string, title: string, who: string, text: string, approved: boolean | null}} LogLine */
/** @typedef {{open: boolean, due_at: string, escalated: boolean, asked: boolean, refusal?: boolean, refused_by_me?: boolean, returns_left: number, log: LogLine[]}} ReviewLine */
/** @typedef {{reason: string, at: string | null, due_at: string, answer: string | null, answered_at: string | null, who: string}} ObjectionLine */

/**
 * @typedef {object} Findings
 * @property {string | null} zero the instant at which the film's clock stands at 0
 * @property {string} state
 * @property {boolean} mine whether the reader served this visit
 * @property {boolean} [may_answer] whether the reader neither served nor refused it
 * @property {{service: string, title: string, version: number, digest: string}} script
 * @property {{id: string, version: string, digest: string}[]} packs
 * @property {Clause[]} scope
 * @property {Entry[]} intake
 * @property {StepLine[]} steps
 * @property {Answers[]} answers
 * @property {FormLine[]} forms
 * @property {PersonLine[]} people
 * @property {PaperLine[]} papers
 * @property {DecisionLine | null} decision
 * @property {ReviewLine | null} review
 * @property {ObjectionLine | null} objection
 * @property {RepudiationLine | null} [repudiation]
 */

/** @typedef {{visit: string, ticket: string | null, service_title: string, customer_masked: string, mine: boolean, refused_by_me?: boolean, due_at: string | null}} Waiting */
/** @typedef {Waiting & {teller: string, ended_at: string | null, escalated: boolean, returned: number, asked: boolean, refusal?: boolean, verdict: string | null}} WaitingCheck */

/**
 * What every panel is drawn with.
 * @typedef {object} Reader
 * @property {Findings} found
 * @property {import("./review-clock.js").FilmClock} clock
 * @property {(digest: string) => string} object address of a sealed object
 * @property {import("./review-state.js").Mark[]} marks of the film
 * @property {(tab: string) => void} turn to a tab
 */

export {};
