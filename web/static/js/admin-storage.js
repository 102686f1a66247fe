/** Where evidence is kept: room on the branch's disk, the vault, and what has not reached it. */

import { chip, fill, h } from "./dom.js";
import { n, t } from "./i18n.js";
import { dateTime } from "./format.js";
import { at, table } from "./admin-table.js";

/** @typedef {{recording: string, since: string, attempts: number, again_at: string, cause: string}} Task */
/** @typedef {{disk: {free_mb: number, needed_mb: number}, vault: {kind: "none" | "folder" | "s3", locks: boolean, waiting: number, statements: number, oldest: string | null, failing: Task[]}}} Storage */

/** @param {Storage} found */
export function drawStorage({ disk, vault }) {
  fill(at("storage"), [
    ...line(t("Free on the branch’s disk"), [room(disk.free_mb), " ", enough(disk)]),
    ...line(t("Vault"), kind(vault)),
    ...(vault.kind === "none" ? [] : line(t("Not stored yet"), waiting(vault))),
  ]);
  const card = at("not-stored");
  card.hidden = !vault.failing.length;
  fill(
    card,
    table(
      t("Recordings that the vault has not taken"),
      [t("Recording"), t("Since"), t("Attempts"), t("Why"), t("Next attempt")],
      vault.failing.map(row),
    ),
  );
}

/** @param {string} term @param {any} value */
function line(term, value) {
  return [h("dt", null, term), h("dd", null, value)];
}

/** @param {number} mb */
function room(mb) {
  return mb >= 10240 ? `${Math.floor(mb / 1024)} GiB` : `${mb} MiB`;
}

/** @param {Storage["disk"]} disk */
function enough({ free_mb, needed_mb }) {
  if (free_mb < needed_mb) return chip("bad", "alert", t("No new visits are let in"));
  return free_mb < 2 * needed_mb ? chip("warn", "alert", t("Running low")) : null;
}

/** @param {Storage["vault"]} vault */
function kind({ kind: what, locks }) {
  if (what === "none") return t("None: evidence is on the branch’s own disk only");
  return locks ? t("Bucket with Object Lock") : t("Second folder; nothing there is locked");
}

/** @param {Storage["vault"]} vault */
function waiting({ waiting: many, statements, oldest }) {
  if (!many && !statements) return chip("good", "check-circle", t("Everything is stored"));
  return [
    many ? n("{n} recording", "{n} recordings", many) : null,
    many && statements ? " · " : null,
    statements ? n("{n} statement of days and custody", "{n} statements of days and custody", statements) : null,
    oldest ? ` · ${t("since {when}", { when: dateTime(oldest) })}` : null,
  ];
}

/** @param {Task} task */
function row(task) {
  return h(
    "tr",
    null,
    h("th.mono", { scope: "row" }, task.recording),
    h("td.figures", null, dateTime(task.since)),
    h("td.figures", null, task.attempts),
    h("td.admin__why", null, task.cause),
    h("td.figures", null, dateTime(task.again_at)),
  );
}
