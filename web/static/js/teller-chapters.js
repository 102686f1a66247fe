/** Thirty steps as a handful of chapters that a person can keep in view. Pure. */

import { CUSTOMER, isLeftOut } from "./teller-state.js";

/** @typedef {import("./teller-types.js").StepLine} StepLine */
/** @typedef {"opening"|"identity"|"talk"|"papers"|"decision"|"after"|"guest"} Theme */
/** @typedef {{id: string, theme: Theme, party: string, steps: StepLine[]}} Chapter */

/** Kinds that say by themselves what a part of the call is about; the others join their neighbours. */
const THEME = /** @type {Record<string, Theme>} */ ({
  identity_document: "identity",
  face_match: "identity",
  liveness: "identity",
  question: "talk",
  form: "talk",
  document: "papers",
  sign: "papers",
  teller_decision: "decision",
  hand_over: "decision",
  registry_check: "identity",
  checker_decision: "after",
  commit: "after",
});
const SHORT = 2;

/**
 * @param {StepLine[]} steps in the order of the script
 * @returns {Chapter[]}
 */
export function chaptersOf(steps) {
  /** @type {Chapter[]} */
  const found = [];
  steps.forEach((step, i) => {
    const theme = themeOf(steps, i, found.at(-1)?.theme);
    const party = step.party ?? CUSTOMER;
    const last = found.at(-1);
    if (last && last.theme === theme && (theme !== "guest" || last.party === party))
      last.steps.push(step);
    else found.push({ id: "", theme, party, steps: [step] });
  });
  return merged(found).map((chapter, i) => ({ ...chapter, id: `${chapter.theme}-${i}` }));
}

/**
 * @param {StepLine[]} steps @param {number} at @param {Theme | undefined} last
 * @returns {Theme}
 */
function themeOf(steps, at, last) {
  const step = steps[at];
  if ((step.party ?? CUSTOMER) !== CUSTOMER) return "guest";
  const own = THEME[step.kind];
  if (own) return own;
  if (!last || last === "opening") return "opening";
  if (last === "talk" || last === "papers") return last;
  if (last === "identity" && step.kind === "one_time_code") return last;
  const next = steps
    .slice(at + 1)
    .find((one) => (one.party ?? CUSTOMER) === CUSTOMER && THEME[one.kind]);
  return next ? THEME[next.kind] : last === "guest" ? "talk" : last;
}

/** A step or two amid a longer part belong to it. @param {Chapter[]} chapters @returns {Chapter[]} */
function merged(chapters) {
  /** @type {Chapter[]} */
  const kept = [];
  for (const chapter of chapters) {
    const [before, short] = kept.slice(-2);
    const amid = short && before?.theme === chapter.theme && chapter.theme !== "guest";
    if (amid && short.theme !== "guest" && short.steps.length <= SHORT) {
      kept.pop();
      before.steps.push(...short.steps, ...chapter.steps);
    } else kept.push({ ...chapter, steps: [...chapter.steps] });
  }
  return kept;
}

/**
 * The step that counts as the present one: what runs, or what may be begun next.
 * @param {StepLine[]} steps
 * @param {string | undefined} current
 */
export function placeOf(steps, current) {
  const at = steps.findIndex((step) => step.id === current);
  const next = steps.slice(at + 1).find((step) => step.status === "todo" && !isLeftOut(step));
  return { at, next: at >= 0 ? (next ?? null) : null };
}
