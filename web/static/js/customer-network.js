/** How fast is the line, measured by HTTP before the call; a plain verdict, not a number. */

import { t } from "./i18n.js";

const GOOD = 1_000_000;
const ENOUGH = 350_000;
const SLOW_RTT = 450;

/**
 * @param {number} bytes to move in each direction
 * @returns {Promise<{mark: "good"|"warn"|"bad", words: string}>}
 */
export async function probe(bytes) {
  try {
    const rtt = Math.min(await timed(ping), await timed(ping));
    const down = (bytes * 8) / seconds(await timed(() => download(bytes)), rtt);
    const up = (bytes * 8) / seconds(await timed(() => upload(bytes)), rtt);
    return verdict(Math.min(down, up), rtt);
  } catch {
    return { mark: "bad", words: t("The test could not be made. Please check your connection.") };
  }
}

/**
 * @param {number} bits per second, of the slower direction
 * @param {number} rtt milliseconds
 * @returns {{mark: "good"|"warn"|"bad", words: string}}
 */
export function verdict(bits, rtt) {
  if (bits >= GOOD && rtt < SLOW_RTT) return { mark: "good", words: t("Fast enough for a clear picture") };
  if (bits >= ENOUGH)
    return { mark: "warn", words: t("Good enough to talk. The picture may be soft; Wi-Fi would help.") };
  return {
    mark: "bad",
    words: t("Too slow for video just now. Move closer to your Wi-Fi, or try another network."),
  };
}

/** @param {() => Promise<unknown>} work @returns {Promise<number>} milliseconds */
async function timed(work) {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** @param {number} milliseconds @param {number} rtt */
function seconds(milliseconds, rtt) {
  return Math.max(1, milliseconds - rtt) / 1000;
}

const ping = () => download(1);

/** @param {number} bytes */
async function download(bytes) {
  const reply = await fetch(`/api/customer/probe?bytes=${bytes}`, { cache: "no-store" });
  if (!reply.ok) throw new Error("probe");
  await reply.arrayBuffer();
}

/** @param {number} bytes */
async function upload(bytes) {
  const body = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65536)
    crypto.getRandomValues(body.subarray(at, Math.min(bytes, at + 65536)));
  const csrf = document.querySelector('meta[name="csrf"]')?.getAttribute("content") ?? "";
  const reply = await fetch("/api/customer/probe", {
    method: "POST",
    headers: { "X-CSRF": csrf, "Content-Type": "application/octet-stream" },
    body,
  });
  if (!reply.ok) throw new Error("probe");
}
