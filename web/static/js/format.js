/** Times, spans and digests as people read them. */

import { language, n, t } from "./i18n.js";

let skew = 0;

/**
 * `14:05`
 * @param {string | Date} when ISO time or Date
 */
export function clock(when) {
  return new Intl.DateTimeFormat(language(), { hour: "2-digit", minute: "2-digit", hour12: false }).format(
    new Date(when),
  );
}

/**
 * `2026年11月23日 14:05` or `23 November 2026, 14:05`
 * @param {string | Date} when
 */
export function dateTime(when) {
  const locale = language() === "en" ? "en-GB" : language();
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short", hour12: false }).format(
    new Date(when),
  );
}

/**
 * `2:07` or `1:02:07`
 * @param {number} seconds
 */
export function span(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const two = (/** @type {number} */ x) => String(x).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  const rest = `${hours ? two(Math.floor((s % 3600) / 60)) : Math.floor(s / 60)}:${two(s % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

/**
 * Seconds since an ISO time, never negative.
 * @param {string | null | undefined} when
 */
export function since(when) {
  return when ? Math.max(0, (Date.now() - Date.parse(when)) / 1000) : 0;
}

/**
 * An honest range in minutes: never "0 minutes", never false precision.
 * @param {number} low seconds
 * @param {number} high seconds
 */
export function waitRange(low, high) {
  const from = Math.floor(low / 60);
  const to = Math.max(1, Math.ceil(high / 60));
  if (to <= 1) return t("About a minute");
  if (from < 1) return n("Up to {n} minute", "Up to {n} minutes", to);
  if (from === to) return n("About {n} minute", "About {n} minutes", to);
  return t("{from}–{to} minutes", { from, to });
}

/**
 * A digest in groups of four, so that two people can compare it aloud.
 * @param {string} hex
 * @param {number} [groups] how many to show; all by default
 */
export function digest(hex, groups) {
  const parts = hex.match(/.{1,4}/g) ?? [];
  return groups && parts.length > groups ? `${parts.slice(0, groups).join(" ")} …` : parts.join(" ");
}

/**
 * Learn the server's clock from the `Date` of an answer: a phone may be minutes off.
 * @param {string | null} date
 */
export function setClock(date) {
  const there = date ? Date.parse(date) : NaN;
  if (!Number.isNaN(there)) skew = Math.abs(there - Date.now()) < 1500 ? 0 : there - Date.now();
}

/**
 * Seconds until an instant of the server's; 0 when it has passed or is not set.
 * @param {string | null | undefined} instant
 */
export function secondsUntil(instant) {
  return instant ? Math.max(0, (Date.parse(instant) - Date.now() - skew) / 1000) : 0;
}
