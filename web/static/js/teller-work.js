/** What the teller has in hand at the present step and has not sent; forgotten with the step. */

import { isOpen, openPrompt, openQuestion } from "./teller-state.js";

/** @typedef {import("./teller-types.js").VisitView} VisitView */
/** @typedef {import("./teller-types.js").Judgement} Judgement */

export class Work {
  constructor() {
    /** @type {Judgement | null} what the teller is about to decide */
    this.verdict = null;
    /** Red flags that the teller has ticked. @type {Record<string, boolean>} */
    this.flags = {};
    /** @type {string | null} the question that is asked once more */
    this.again = null;
    /** Whether something else is asked for than was drawn. */
    this.something = false;
    /** A typed answer, as far as it has been written. */
    this.answer = "";
    this.answerError = "";
  }

  /** The next question begins with an empty field. */
  nextQuestion() {
    this.again = null;
    this.something = false;
    this.answer = "";
    this.answerError = "";
  }

  /** @param {VisitView | null | undefined} visit */
  question(visit) {
    return visit && isOpen(visit) ? openQuestion(visit.current, this.again) : null;
  }

  /** @param {VisitView | null | undefined} visit */
  prompt(visit) {
    return visit && isOpen(visit) ? openPrompt(visit.current, this.something) : null;
  }

  /** The question or prompt in hand, with how often it may be tried. @param {VisitView | null | undefined} visit */
  asked(visit) {
    const question = this.question(visit);
    return question ? `${question.id} ${question.attempts_left}` : this.prompt(visit)?.id;
  }

  /** Whether what was noticed rules an approval out. @param {VisitView | null | undefined} visit */
  ruledOut(visit) {
    return !!visit?.current?.decision?.flags.some((flag) => flag.blocking && this.flags[flag.id]);
  }

  /** @param {VisitView | null | undefined} visit @param {Judgement} verdict */
  choose(visit, verdict) {
    if (verdict !== "approve" || !this.ruledOut(visit)) this.verdict = verdict;
  }

  /** A red flag is ticked or taken back. @param {VisitView | null | undefined} visit @param {string} flag @param {boolean} on */
  notice(visit, flag, on) {
    this.flags[flag] = on;
    if (this.verdict === "approve" && this.ruledOut(visit)) this.verdict = null;
  }
}
