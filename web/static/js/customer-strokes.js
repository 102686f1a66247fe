/** A field to sign in: points with time and pressure, as the hand made them. */

import { h } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {[number, number, number, number | null]} Point x, y, milliseconds, pressure 0–1 where there is any */

/** Own units of the field, so that a turned phone changes nothing. */
export const WIDTH = 900;
export const HEIGHT = 540;
const MOST_POINTS = 2400;
const LEAST_INK = 250;
const LINE = 6.5;

/**
 * @param {Point[][]} strokes drawn into and kept by the caller
 * @param {() => void} changed
 */
export function signatureField(strokes, changed) {
  const canvas = h("canvas.ink__canvas", { width: WIDTH * 2, height: HEIGHT * 2, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  context.scale(2, 2);
  Object.assign(context, {
    lineCap: "round",
    lineJoin: "round",
    strokeStyle: "#0b1b3a",
    fillStyle: "#0b1b3a",
  });
  const node = h(
    "div.ink",
    { role: "img", "aria-label": t("Field to sign in with a finger, a stylus or a mouse") },
    canvas,
  );
  /** @type {number | null} */
  let pointer = null;
  /** @type {number | null} */
  let began = null;

  /** @param {PointerEvent} event @returns {Point} */
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    began ??= event.timeStamp - (lastOf(strokes)?.[2] ?? -300) - 300;
    return [
      round(((event.clientX - box.left) * WIDTH) / box.width),
      round(((event.clientY - box.top) * HEIGHT) / box.height),
      Math.max(0, Math.round(event.timeStamp - began)),
      pressureOf(event),
    ];
  };
  canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => {
    if (pointer !== null || e.button > 0) return;
    e.preventDefault();
    pointer = e.pointerId;
    canvas.setPointerCapture(pointer);
    strokes.push([point(e)]);
    draw();
  });
  canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => {
    if (e.pointerId !== pointer) return;
    const stroke = strokes[strokes.length - 1];
    const all = e.getCoalescedEvents?.() ?? [];
    for (const each of all.length ? all : [e]) {
      if (sizeOf(strokes) >= MOST_POINTS) break;
      const next = point(each);
      const last = stroke[stroke.length - 1];
      if (Math.hypot(next[0] - last[0], next[1] - last[1]) >= 1) stroke.push(next);
    }
    draw();
  });
  /** @param {PointerEvent} e */
  const lift = (e) => {
    if (e.pointerId !== pointer) return;
    pointer = null;
    draw();
    changed();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);

  const draw = () => {
    context.clearRect(0, 0, WIDTH, HEIGHT);
    for (const stroke of strokes) paint(context, stroke);
    node.classList.toggle("ink--empty", strokes.length === 0);
  };
  draw();
  return { node, draw };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Point[]} stroke
 */
function paint(context, stroke) {
  const [x, y] = stroke[0];
  if (stroke.length === 1) {
    context.beginPath();
    context.arc(x, y, LINE / 2, 0, 7);
    context.fill();
    return;
  }
  for (let i = 1; i < stroke.length; i++) {
    const [x0, y0] = stroke[i - 1];
    const [x1, y1, , pressure] = stroke[i];
    context.lineWidth = LINE * (pressure === null ? 1 : 0.4 + 1.2 * pressure);
    const before = stroke[i - 2] ?? stroke[i - 1];
    context.beginPath();
    context.moveTo((before[0] + x0) / 2, (before[1] + y0) / 2);
    context.quadraticCurveTo(x0, y0, (x0 + x1) / 2, (y0 + y1) / 2);
    if (i === stroke.length - 1) context.lineTo(x1, y1);
    context.stroke();
  }
}

/** A mouse has none, and some screens only claim to. @param {PointerEvent} event */
function pressureOf({ pointerType, pressure }) {
  const real = pointerType === "pen" || (pointerType === "touch" && pressure !== 0.5 && pressure !== 1);
  return real && pressure > 0 ? Math.round(pressure * 1000) / 1000 : null;
}

/** @param {Point[][]} strokes whether there is enough to be a signature */
export function enoughInk(strokes) {
  let ink = 0;
  for (const stroke of strokes)
    for (let i = 1; i < stroke.length; i++)
      ink += Math.hypot(stroke[i][0] - stroke[i - 1][0], stroke[i][1] - stroke[i - 1][1]);
  return ink > LEAST_INK;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}

/** @param {Point[][]} strokes */
function sizeOf(strokes) {
  return strokes.reduce((sum, stroke) => sum + stroke.length, 0);
}

/** @param {Point[][]} strokes @returns {Point | undefined} */
function lastOf(strokes) {
  const stroke = strokes[strokes.length - 1];
  return stroke?.[stroke.length - 1];
}
