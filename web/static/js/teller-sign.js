/** Signing by hand on the customer's own screen, the one-time code, and what has been signed. */

import { chip, h, icon } from "./dom.js";
import { n, t } from "./i18n.js";
import { digest, span } from "./format.js";

/** @typedef {import("./teller-types.js").Sign} Sign */
/** @typedef {import("./teller-types.js").Code} Code */
/** @typedef {import("./teller-types.js").PaperLine} PaperLine */
/** @typedef {"done"|"now"|"ahead"|"bad"} Mark */

const ORDER = ["draw", "code", "signing", "signed"];

/** @param {Sign} sign @param {boolean} anew whether it may be asked for once more */
export function signPanel(sign, anew) {
  return h(
    "section.panel.sign",
    { "aria-labelledby": "sign-title", dataset: { key: "sign" } },
    h("header.panel__head", null, h("h2#sign-title", null, t("Signature")), h("span.grow"), stateOf(sign)),
    sign.status === "failed" &&
      h(
        "div.result.result--bad",
        { role: "status" },
        icon("x-circle"),
        h(
          "p",
          null,
          h("strong", null, t("The signature could not be made")),
          h("span", null, sign.message || t("The customer can sign again with a new code.")),
        ),
      ),
    h(
      "ol.way",
      null,
      [
        t("Signs by hand on their own screen"),
        t("Types the one-time code"),
        t("Papers are signed and stamped"),
        t("Signature checked"),
      ].map((words, i) => station(words, markOf(sign, i), i === 1 && sign.code ? codeLine(sign.code) : null)),
    ),
    h("h3.sub", null, t("Papers")),
    h("ul.papers", null, sign.papers.map(paperLine)),
    anew && again(sign),
  );
}

/** @param {Sign} sign */
function again({ mark }) {
  return h(
    "div.sign__anew",
    null,
    mark && h("img.sign__mark", { src: mark, alt: t("The signature as it stands on the paper"), dataset: { key: mark } }),
    h("p.muted", null, t("Compare the signature with the name. It can be made anew until you pass this step.")),
    h(
      "button.button.button--small.button--ghost",
      { type: "button", dataset: { act: "sign-anew", key: "sign-anew" } },
      icon("refresh"),
      t("Ask for a new signature"),
    ),
  );
}

/** @param {Sign} sign */
function stateOf({ status }) {
  return {
    draw: chip("info", "edit", t("Waiting for the signature")),
    code: chip("info", "key", t("Waiting for the code")),
    signing: chip("info", "clock", t("Signing…")),
    signed: chip("good", "check-circle", t("Signed")),
    failed: chip("bad", "x-circle", t("Not signed")),
  }[status];
}

/** @param {Sign} sign @param {number} i @returns {Mark} */
function markOf({ status }, i) {
  if (status === "signed") return "done";
  if (status === "failed") return i < 2 ? "ahead" : i === 2 ? "bad" : "ahead";
  const at = ORDER.indexOf(status);
  return i < at ? "done" : i === at ? "now" : "ahead";
}

/** @param {string} words @param {Mark} mark @param {Node | null} [more] */
function station(words, mark, more) {
  const looks = {
    done: ["check-circle", t("done")],
    now: ["clock", t("now")],
    ahead: ["", t("to do")],
    bad: ["x-circle", t("failed")],
  };
  const [name, said] = looks[mark];
  return h(
    `li.way__one.is-${mark}`,
    { "aria-current": mark === "now" ? "step" : null },
    h("span.way__mark", { "aria-hidden": "true" }, name && icon(name)),
    h("span.way__words", null, words, h("span.sr", null, `, ${said}`)),
    more,
  );
}

/** @param {PaperLine} paper */
function paperLine(paper) {
  return h(
    "li.papers__one",
    { dataset: { key: paper.id } },
    icon("document"),
    h(
      "span.grow",
      null,
      h("strong", null, paper.title),
      h(
        "span.papers__more",
        null,
        n("{n} page", "{n} pages", paper.pages),
        paper.digest && h("span.mono", { title: paper.digest }, digest(paper.digest, 2)),
      ),
    ),
    paper.signed
      ? chip("good", "seal", t("Signed"))
      : paper.read
        ? chip("plain", "check", t("Read"))
        : chip("warn", "eye", t("Not read")),
  );
}

/** The step of a code alone: a telephone number is proved. @param {Code | null} code @param {boolean} open */
export function codePanel(code, open) {
  return h(
    "section.panel.code",
    { "aria-labelledby": "code-title", dataset: { key: "code" } },
    h(
      "header.panel__head",
      null,
      h("h2#code-title", null, t("One-time code")),
      h("span.grow"),
      code?.correct
        ? chip("good", "check-circle", t("Correct"))
        : code
          ? chip("info", "clock", t("Waiting for the code"))
          : chip("plain", "phone", t("Not sent yet")),
    ),
    h(
      "ol.way",
      null,
      station(t("Customer asks for the code"), code ? "done" : open ? "now" : "ahead"),
      station(
        t("Code sent by text message"),
        code ? "done" : "ahead",
        code?.phone ? h("span.way__more.figures", null, code.phone) : null,
      ),
      station(
        t("Customer types it in"),
        code?.correct ? "done" : code ? "now" : "ahead",
        code && !code.correct ? codeLine(code) : null,
      ),
    ),
    h("p.muted", null, t("The code is between the customer and the machine: never ask for it aloud.")),
  );
}

/** How long the code works, and how often it may still be tried. @param {Code} code */
function codeLine(code) {
  if (code.correct) return null;
  const left = code.expires_at ? (Date.parse(code.expires_at) - Date.now()) / 1000 : 0;
  if (code.left <= 0)
    return h("span.way__more.is-bad", null, t("No tries left: a new code is needed"));
  return left > 0
    ? h(
        "span.way__more.figures",
        null,
        n("works for {time}, {n} try left", "works for {time}, {n} tries left", code.left, {
          time: span(left),
        }),
      )
    : h("span.way__more.is-bad", null, t("Expired: a new code is needed"));
}
