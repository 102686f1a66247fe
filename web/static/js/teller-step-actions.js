/** Actions of the present step, by kind; their keys mean something only where it asks for them. */

import { toast } from "./dom.js";
import { t } from "./i18n.js";
import { askDismiss, askGoOn, askRefuse, askSignAnew } from "./teller-dialogs.js";
import { paperOf } from "./teller-paper.js";
import { invitable, isOpen } from "./teller-state.js";
import {
  decide,
  decideNow,
  insteadNow,
  judge,
  record,
  recordTyped,
  recordUnclear,
  sendDraft,
} from "./teller-submit.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-actions.js").Action} Action */
/** @typedef {import("./teller-types.js").Verdict} Verdict */
/** @typedef {import("./teller-types.js").Judgement} Judgement */

const FIELDS = "[data-field], [data-answer], [data-flag]";

/** @param {Console} app */
const current = (app) => app.view?.visit?.current;
/** The present step, if it may be worked at. @param {Console} app */
const open = (app) => (app.view?.visit && isOpen(app.view.visit) ? current(app) : null);
/** @param {Console} app */
const paper = (app) => (app.view?.visit ? paperOf(app.view.visit) : null);
const may = (/** @type {Verdict} */ verdict) => (/** @type {Console} */ app) =>
  !!current(app)?.can.includes("decide") && !!app.view?.visit?.identity?.may.includes(verdict);
const tapped = (/** @type {Console} */ app) =>
  !!app.prompt() || app.question()?.type === "yes_no";

/** @type {Record<string, Action>} */
const IDENTITY = {
  check: {
    key: "c",
    words: () => t("Compare the faces"),
    when: (app) => !!current(app)?.can.includes("check"),
    run: (app) => app.send("identity.check", {}, "check"),
  },
  "decide-accept": verdict("1", "accept", () => t("Verdict: same person")),
  "decide-repeat": verdict("2", "repeat", () => t("Verdict: compare again")),
  "decide-alternative": verdict("3", "alternative", () => t("Verdict: the alternative path")),
  "decide-refuse": verdict("4", "refuse", () => t("Verdict: not this person")),
  decide: { run: decide },
  "decide-now": { run: decideNow },
  undecide: {
    run: (app) => {
      app.deciding = null;
      app.draw();
      app.refocus();
    },
  },
};

/** @type {Record<string, Action>} */
const DOCUMENTS = {
  looked: {
    run: (app, { question, value }) => {
      const waits = `looked-${question}`; // of each by itself: several may be answered in a row
      if (app.busy === waits) return;
      app.send("question.record", { step: current(app)?.id, question, value, clear: true }, waits);
    },
  },
  "compare-document": {
    run: (app, { side }) =>
      app.send("document.compare", { step: current(app)?.id, side }, "compare-document"),
  },
};

/** @type {Record<string, Action>} */
const QUESTIONS = {
  "answer-yes": {
    key: "y",
    words: () => t("Answer yes, or seen"),
    when: tapped,
    run: (app) => record(app, app.prompt() ? "seen" : "yes", true, "answer-yes"),
  },
  "answer-no": {
    key: "n",
    words: () => t("Answer no, or not seen"),
    when: tapped,
    run: (app) => record(app, app.prompt() ? "not_seen" : "no", true, "answer-no"),
  },
  unclear: {
    key: "u",
    words: () => t("The answer was unclear: ask again"),
    when: (app) => !!app.question(),
    run: recordUnclear,
  },
  something: {
    key: "o",
    words: () => t("Ask for something else"),
    when: (app) => !!app.prompt()?.drawn,
    run: (app) => {
      app.work.something = true;
      app.draw();
    },
  },
  "answer-choice": { run: (app, { value }) => record(app, value ?? "", true, "answer-choice") },
  "ask-again": {
    run: (app, { question }) => {
      app.work.again = question ?? null;
      app.draw();
      app.refocus();
    },
  },
  answer: { run: recordTyped },
};

/** @type {Record<string, Action>} */
const CHALLENGE = {
  challenge: {
    key: "m",
    words: () => t("Start the movements, or repeat them"),
    when: (app) => !!current(app)?.can.includes("challenge"),
    run: (app) => app.send("challenge.begin", { step: current(app)?.id }, "challenge"),
  },
  "challenge-instead": {
    run: (app) => {
      app.challengeInstead = true;
      app.draw();
      document.getElementById("instead-why")?.focus();
    },
  },
  "challenge-back": {
    run: (app) => {
      app.challengeInstead = false;
      app.draw();
      app.refocus();
    },
  },
  "challenge-instead-now": { run: insteadNow },
};

/** @type {Record<string, Action>} */
const PAPER = {
  "page-back": turning("ArrowLeft", -1, () => t("Previous page")),
  "page-on": turning("ArrowRight", 1, () => t("Next page")),
  "turn-to": { run: (app, { page }) => turn(app, Number(page)) },
  zoom: {
    key: "z",
    words: () => t("The page larger, or smaller"),
    when: (app) => !!paper(app),
    run: (app) => {
      app.zoomed = !app.zoomed;
      app.draw();
    },
  },
};

/** @type {Record<string, Action>} */
const DECISION = {
  "verdict-approve": judgement("1", "approve", () => t("Decision: approve")),
  "verdict-refer": judgement("2", "refer", () => t("Decision: refer")),
  "verdict-refuse": judgement("3", "refuse", () => t("Decision: refuse")),
  verdict: { run: (app, data) => choose(app, /** @type {Judgement} */ (data.verdict)) },
  judge: { run: judge },
};

/** @type {Record<string, Action>} */
const GUESTS = {
  invite: {
    key: "i",
    words: () => t("Invite a further party"),
    when: (app) => !!invitable(app.view?.visit),
    run: (app, { party }) => {
      const who = party ?? invitable(app.view?.visit)?.party;
      if (who) app.send("guest.invite", { party: who }, "invite");
    },
  },
  dismiss: { run: (app, { party }) => party && askDismiss(app, party) },
  copy: { run: (app, { party }) => void copy(app, party ?? "") },
};

/** @type {Record<string, Action>} */
export const STEP_ACTIONS = {
  ...IDENTITY,
  ...DOCUMENTS,
  ...QUESTIONS,
  ...CHALLENGE,
  ...PAPER,
  ...DECISION,
  ...GUESTS,
  form: {
    key: "f",
    words: () => t("Go to the fields"),
    when: () => !!document.querySelector(FIELDS),
    run: () => /** @type {HTMLElement | null} */ (document.querySelector(FIELDS))?.focus(),
  },
  refuse: {
    key: "x",
    words: () => t("The step is refused"),
    when: (app) => !!current(app)?.can.includes("refuse") && !current(app)?.decision,
    run: askRefuse,
  },
  "sign-anew": { run: askSignAnew },
  "ask-register": {
    run: (app, { check }) =>
      app.send("registry.ask", { step: current(app)?.id, check }, `ask-${check}`),
  },
  "go-on": { run: askGoOn },
  start: { run: (app) => app.send("step.start", { step: current(app)?.id }, "start") },
  complete: {
    run: (app) =>
      app.send(
        "step.complete",
        { step: current(app)?.id, result: "passed", note: null },
        "complete",
      ),
  },
  finish: { run: (app) => app.send("visit.end", { outcome: "done", reason: null }, "finish") },
  draft: { run: sendDraft },
};

/** @param {string} key @param {Verdict} name @param {() => string} words @returns {Action} */
function verdict(key, name, words) {
  return { key, words, when: may(name), run: (app) => app.act("decide", { verdict: name }) };
}

/** @param {string} key @param {Judgement} name @param {() => string} words @returns {Action} */
function judgement(key, name, words) {
  return {
    key,
    words,
    when: (app) => !!open(app)?.decision?.verdicts.includes(name),
    run: (app) => choose(app, name),
  };
}

/** @param {Console} app @param {Judgement} name */
function choose(app, name) {
  app.work.choose(app.view?.visit, name);
  app.draw();
  document.getElementById("why")?.focus();
}

/** @param {string} key @param {number} by @param {() => string} words @returns {Action} */
function turning(key, by, words) {
  return {
    key,
    words,
    when: (app) => !!paper(app),
    run: (app) => turn(app, Math.max(1, paper(app)?.page ?? 1) + by),
  };
}

/** @param {Console} app @param {number} page */
function turn(app, page) {
  const shown = paper(app);
  if (!shown || page < 1 || page > shown.pages || page === shown.page) return;
  app.send("paper.turn", { paper: shown.id, page });
}

/** @param {Console} app @param {string} party */
async function copy(app, party) {
  const field = /** @type {HTMLInputElement | null} */ (
    document.querySelector(`[data-link="${party}"]`)
  );
  if (!field) return;
  try {
    await navigator.clipboard.writeText(field.value);
    app.copied = party;
    app.draw();
  } catch {
    field.select();
    toast(t("Press Ctrl + C to copy the link."));
  }
}
