/** One thing to do next, large, on Enter; and in words why it has to wait. */

import { h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { actButton } from "./staff.js";
import { isThrough } from "./teller-paper.js";
import { absentGuest, openQuestion, secondsLeft, titleOf } from "./teller-state.js";
import { judgementWord, verdictWord } from "./teller-words.js";

/** @typedef {import("./teller.js").Console} Console */
/** @typedef {import("./teller-types.js").VisitView} VisitView */
/** @typedef {import("./teller-types.js").Primary} Primary */

/** @param {Console} app @param {VisitView} visit */
export function dock(app, visit) {
  const primary = app.primary();
  if (!primary) return null;
  if (app.deciding)
    return actButton("decide-now", t("Record the verdict"), {
      kind: app.deciding === "refuse" ? "danger" : "primary",
      block: true,
      key: "Ctrl ↵",
      busy: app.busy === "decide-now",
      dataset: { key: "decide-now" },
    });
  const why = whyBlocked(app, primary, visit);
  const failed = visit.recording.state === "failed";
  return [
    why &&
      h(
        "p.dock__why#dock-why",
        { role: "status" },
        icon(failed ? "alert" : primary.reason === "early" || primary.reason === "wait" ? "clock" : "lock"),
        h("span.figures", null, why),
      ),
    actButton(primary.act, label(app, primary, visit), {
      kind: primary.tone === "danger" ? "danger" : "primary",
      block: true,
      key: typing(primary) ? "Ctrl ↵" : "Enter ↵",
      busy: app.busy === primary.act,
      blocked: primary.blocked,
      "aria-describedby": why ? "dock-why" : null,
      dataset: {
        key: "primary",
        first: "",
        ...(primary.verdict ? { verdict: primary.verdict } : {}),
        ...(primary.party ? { party: primary.party } : {}),
      },
    }),
    refusable(primary, visit) &&
      actButton("refuse", t("Refuse this step…"), {
        kind: "ghost",
        small: true,
        key: "X",
        block: true,
        dataset: { key: "refuse" },
      }),
  ];
}

/** @param {Primary} primary @param {VisitView} visit */
function refusable(primary, visit) {
  return (
    visit.recording.state !== "failed" &&
    visit.current?.can.includes("refuse") &&
    primary.act !== "refuse" &&
    !visit.current.decision &&
    !visit.identity?.may.length
  );
}

/** @param {Primary} primary */
function typing({ act }) {
  return act === "answer" || act === "judge" || act === "draft";
}

/** @param {Console} app @param {Primary} primary @param {VisitView} visit @returns {string} */
function whyBlocked(app, primary, visit) {
  if (visit.recording.state === "failed")
    return t("The recording has failed. Every step is blocked.");
  if (primary.act === "draft" && primary.blocked)
    return t("Enter what the customer tells you.");
  if (!primary.blocked) return "";
  const { current } = visit;
  switch (primary.reason) {
    case "early":
      return n(
        "Wait {n} more second: this step has a minimum time.",
        "Wait {n} more seconds: this step has a minimum time.",
        Math.ceil(secondsLeft(current)),
      );
    case "answer":
      return openQuestion(current, app.work.again)?.type === "choice"
        ? t("Record the answer: its number, or U if it was unclear.")
        : t("Record the answer: Y, N, or U if it was unclear.");
    case "prompt":
      return t("Watch, then record it: Y seen, N not seen.");
    case "verdict":
      return t("Choose first: approve, refer or refuse.");
    case "ruled_out":
      return t("What you noticed rules an approval out.");
    case "guest":
      return t("{who} is not here. This step is theirs.", {
        who: absentGuest(visit)?.title ?? titleOf(visit, current?.party ?? ""),
      });
  }
  if (current?.blocked === "paper_not_read" && current.paper && isThrough(app, current.paper))
    return t("Every page has been read; the tap that confirms it is missing.");
  if (current?.blocked === "too_early") return t("Waiting for the customer.");
  return (
    current?.blocked_message ??
    (visit.state === "connecting"
      ? t("Steps begin when all sides are being recorded.")
      : t("Waiting for the customer."))
  );
}

/** @param {Console} app @param {Primary} primary @param {VisitView} visit @returns {string} */
function label(app, primary, visit) {
  const title = visit.current?.title ?? "";
  if (primary.act === "complete" && visit.state === "connecting") return t("Connecting…");
  if (primary.act === "decide" && primary.verdict)
    return verdictWord(primary.verdict, !visit.consents.face);
  if (visit.current?.decision && primary.act !== "start" && primary.act !== "hold")
    return app.work.verdict
      ? t("Record: {verdict}", { verdict: judgementWord(app.work.verdict) })
      : t("Record the decision");
  return (
    {
      complete: t("Finish: {title}", { title }),
      start: t("Begin: {title}", { title }),
      check: t("Compare the faces"),
      challenge:
        visit.current?.challenge?.status === "none"
          ? t("Start the movements")
          : t("Repeat with a fresh draw"),
      answer: t("Record the answer"),
      draft: t("Show to the customer"),
      invite: t("Invite: {who}", { who: titleOf(visit, primary.party ?? "") }),
      hold: t("Go on with the call"),
      finish: t("Say goodbye and end the call"),
      end: t("End the visit…"),
      "go-on": t("Go on without an answer…"),
      refuse:
        visit.current?.blocked === "registry_mismatch"
          ? t("Refuse this step…")
          : t("Record the refusal…"),
    }[primary.act] ?? title
  );
}
