/** A new endpoint, and its secret, which is shown once. */

import { banner, fill, h, openDialog, toast } from "./dom.js";
import { t } from "./i18n.js";
import { actButton } from "./staff.js";
import { post } from "./admin-table.js";

/** @param {string} type @returns {string} */
function typeWord(type) {
  return (
    {
      "visit.opened": t("A visit was opened"),
      "visit.service_began": t("The service began"),
      "visit.ended": t("The call ended"),
      "visit.review_asked": t("A second person is asked"),
      "visit.review_overdue": t("The second person’s time has run out"),
      "visit.review_decided": t("The second person decided"),
      "visit.effect_settled": t("The change was taken or not"),
      "visit.closed": t("The visit was closed"),
      "visit.objected": t("The customer objected"),
      "visit.repudiated": t("The customer says it was somebody else"),
      "visit.repudiation_settled": t("What the bank did about that report"),
    }[type] ?? type
  );
}

/** @param {string[]} types @param {() => void} again */
export function addEndpoint(types, again) {
  const message = h("div", { "aria-live": "polite" });
  const form = h(
    "form#endpoint.stack",
    { noValidate: true },
    message,
    field("title", t("Name"), t("For this list only."), { maxLength: 80, autofocus: true }),
    field("url", t("Address"), t("A public https address, to which events are posted."), {
      type: "url",
      maxLength: 500,
      inputMode: "url",
      spellcheck: false,
    }),
    h(
      "fieldset.admin__types",
      null,
      h("legend.label", null, t("Events")),
      types.map((type) =>
        h(
          "label.choice.choice--line",
          null,
          h("input", { type: "checkbox", name: "types", value: type, checked: true }),
          h("span", null, typeWord(type), " ", h("span.mono.muted", null, type)),
        ),
      ),
    ),
  );
  const dialog = openDialog({
    title: t("Add an endpoint"),
    sheet: false,
    body: form,
    actions: [
      h("button.button.button--quiet", { type: "button", onclick: () => dialog.close() }, t("Back")),
      h("button.button.button--primary", { type: "submit" }, t("Add")),
    ],
  });
  dialog.classList.add("dialog--wide");
  dialog.querySelector("[type=submit]")?.setAttribute("form", "endpoint");
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    const given = new FormData(form);
    const body = {
      title: String(given.get("title")).trim(),
      url: String(given.get("url")).trim(),
      types: given.getAll("types").map(String),
    };
    if (!body.title || !body.url || !body.types.length) {
      fill(message, banner("bad", t("Please give a name, an address and one event at least.")));
      return;
    }
    void post(
      "/api/admin/webhooks",
      body,
      ({ secret }) => {
        dialog.close();
        showSecret(secret, again);
      },
      (said) => fill(message, banner("bad", said)),
    );
  });
}

/** @param {string} name @param {string} label @param {string} hint @param {Record<string, any>} more */
function field(name, label, hint, more) {
  const id = `endpoint-${name}`;
  return h(
    "div.field",
    null,
    h("label", { htmlFor: id }, label),
    h("p.hint", { id: `${id}-hint` }, hint),
    h("input.input", { id, name, required: true, "aria-describedby": `${id}-hint`, ...more }),
  );
}

/** @param {string} secret @param {() => void} seen */
export function showSecret(secret, seen) {
  const dialog = openDialog({
    title: t("The secret of this endpoint"),
    sheet: false,
    body: h(
      "div.stack",
      null,
      h("p", null, t("Give it to the receiver now. It is not shown again.")),
      h("p.mono.admin__secret", { tabIndex: 0 }, secret),
      actButton("copy", t("Copy"), {
        small: true,
        name: "copy",
        onclick: () =>
          void navigator.clipboard
            .writeText(secret)
            .then(() => toast(t("Copied.")))
            .catch(() => toast(t("It could not be copied; please mark it by hand."))),
      }),
    ),
    actions: h(
      "button.button.button--primary",
      { type: "button", onclick: () => dialog.close() },
      t("Done"),
    ),
    onclose: seen,
  });
}
