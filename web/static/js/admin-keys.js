/** What wraps the keys of the evidence, and uses of them that nobody can explain. */

import { chip, fill, h } from "./dom.js";
import { n, t } from "./i18n.js";
import { dateTime } from "./format.js";
import { at, table } from "./admin-table.js";

/** @typedef {{kind: string, at?: string, path?: string, token?: string, address?: string}} Finding */
/** @typedef {{wrapper: string, demo: boolean, watched: boolean, read_at: string | null, late: boolean, findings: Finding[]}} Keys */

/** @param {Keys} keys */
export function drawKeys(keys) {
  fill(at("keys"), [
    h("dt", null, t("Wrapped by")),
    h("dd", null, wrapper(keys.wrapper), " ", keys.demo ? chip("warn", "alert", t("For demonstrations")) : null),
    h("dt", null, t("Uses compared with the key server’s log")),
    h("dd", null, compared(keys)),
  ]);
  const card = at("key-findings");
  card.hidden = !keys.findings.length;
  fill(
    card,
    table(
      t("Uses of keys that nobody can explain"),
      [t("When"), t("What"), t("Path"), t("Token"), t("Address")],
      keys.findings.map(row),
    ),
  );
}

/** @param {string} kind */
function wrapper(kind) {
  return (
    { file: t("A file on this server"), openbao: "OpenBao", pkcs11: t("HSM (PKCS #11)") }[kind] ??
    kind
  );
}

/** @param {Keys} keys */
function compared({ watched, read_at, late, findings }) {
  if (!watched) return t("No: there is no log to compare with");
  const when = read_at ? dateTime(read_at) : t("Never");
  if (findings.length)
    return [when, " ", chip("bad", "alert", n("{n} unexplained", "{n} unexplained", findings.length))];
  if (late) return [when, " ", chip("warn", "alert", t("Overdue"))];
  return [when, " ", chip("good", "check-circle", t("Every use is explained"))];
}

/** @param {Finding} found */
function row(found) {
  return h(
    "tr",
    null,
    h("td.figures", null, found.at ? dateTime(found.at) : ""),
    h("th.mono", { scope: "row" }, found.kind),
    h("td.mono", null, found.path ?? ""),
    h("td", null, found.token ?? ""),
    h("td.figures", null, found.address ?? ""),
  );
}
