/** What the law allows by video, said before anybody waits; and never without another way. */

import { banner, chip, h, icon, toast } from "./dom.js";
import { t } from "./i18n.js";
import { Refused, request } from "./http.js";
import { button, paragraphs, screen } from "./customer-screen.js";
import { way } from "./customer-consent.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-arrival.js").CustomerArrival} Arrival */
/** @typedef {import("./customer-screen.js").Scene} Scene */
/** @typedef {import("./customer-state.js").Scope} Scope */

/**
 * Ask the branch; go on at once when nothing stands in the way.
 * @param {Arrival} app
 * @param {(refusal: Refused) => void} [onrefused]
 */
export async function judge(app, onrefused) {
  const { service, intake, language } = app.order;
  try {
    app.scope = await request("POST", "/api/customer/scope", { service, intake, language });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (onrefused) onrefused(error);
    else toast(error.message);
    return;
  }
  if (app.scope?.decision === "allow") app.pastScope();
  else app.go("scope");
}

/** @param {Customer} app @returns {Scene} */
export function scope(app) {
  const answer = /** @type {Scope} */ (app.scope);
  const denied = answer.decision === "deny";
  const asked = !!app.service()?.intake?.length;
  const again = asked && button(t("Change my answers"), () => app.go("intake"), { kind: "ghost" });
  return {
    node: screen({
      told: true,
      mark: denied ? "branch" : "info",
      tone: denied ? "warn" : "info",
      title: answer.title,
      lead: paragraphs(answer.message),
      body: [
        answer.offers.length > 0 &&
          h(
            "section.stack",
            { "aria-labelledby": "offers" },
            h("h2#offers.section-title", null, denied ? t("How you can do it") : t("How it goes on")),
            h(
              "ul.cells.ways",
              null,
              answer.offers.map(({ title, text }, i) =>
                way(i || !denied ? "arrow-right" : "branch", title, text),
              ),
            ),
          ),
        sources(answer.clauses),
      ],
      actions: denied
        ? [button(t("Choose another service"), () => app.go("start")), again]
        : [
            button(t("Go on by video today"), () => app.pastScope(), { name: "video" }),
            again || button(t("Choose another service"), () => app.go("start"), { kind: "ghost" }),
          ],
    }),
  };
}

/** @param {Scope["clauses"]} clauses */
function sources(clauses) {
  if (!clauses.length) return null;
  return h(
    "details.more",
    { open: clauses.length === 1 },
    h(
      "summary",
      null,
      icon("scales"),
      h("span.grow", null, t("Where this rule comes from")),
      icon("chevron-down"),
    ),
    h(
      "ul.more__list",
      null,
      clauses.map(({ id, source, verified }) =>
        h(
          "li",
          null,
          h("p", null, source),
          h(
            "p.more__foot",
            null,
            h("span.mono", null, id),
            !verified && chip("warn", "info", t("Wording not verified by us")),
          ),
        ),
      ),
    ),
    clauses.some(({ verified }) => !verified) &&
      banner(
        "warn",
        t(
          "We have not compared this wording with the official text ourselves. Your branch can show it to you.",
        ),
      ),
  );
}
