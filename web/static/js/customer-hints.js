/**
 * Advice while a document is being aimed at, from the preview alone: cheap, and never a verdict.
 * What counts is what the server makes of the photograph.
 */

import { t } from "./i18n.js";

/** @typedef {"dark"|"glare"|"blurred"|"far"|"good"} Advice */

const WIDTH = 160;
const EVERY_MS = 400;
const DARK = 60;
const BLOWN = 250;
const GLARE_SHARE = 0.04;
const EDGE = 14;
const SHARP = 5.5;
const FILLED = 0.6;

/** @param {Advice} advice */
export function adviceWords(advice) {
  return {
    dark: t("It is rather dark here: find more light."),
    glare: t("There is glare on it: tilt the phone a little."),
    blurred: t("Not sharp yet: hold still."),
    far: t("Come closer, until the document fills the frame."),
    good: t("Good. Take the photo now."),
  }[advice];
}

/**
 * What the picture inside the outline is like.
 * @param {Uint8ClampedArray} rgba
 * @param {number} width
 * @param {number} height
 * @returns {Advice}
 */
export function adviceFor(rgba, width, height) {
  const grey = new Float32Array(width * height);
  let sum = 0;
  let blown = 0;
  for (let i = 0; i < grey.length; i++) {
    const value = 0.299 * rgba[4 * i] + 0.587 * rgba[4 * i + 1] + 0.114 * rgba[4 * i + 2];
    grey[i] = value;
    sum += value;
    if (value >= BLOWN) blown++;
  }
  if (sum / grey.length < DARK) return "dark";
  if (blown / grey.length > GLARE_SHARE) return "glare";
  const { sharpness, across } = detail(grey, width, height);
  if (across < FILLED) return "far";
  return sharpness < SHARP ? "blurred" : "good";
}

/**
 * How strong the edges are where there are any, and over how much of the width and height they lie.
 * @param {Float32Array} grey
 * @param {number} width
 * @param {number} height
 */
function detail(grey, width, height) {
  const columns = new Uint16Array(width);
  const rows = new Uint16Array(height);
  const steps = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const step = Math.abs(grey[i + 1] - grey[i - 1]) + Math.abs(grey[i + width] - grey[i - width]);
      if (step <= EDGE) continue;
      columns[x]++;
      rows[y]++;
      steps.push(Math.abs(4 * grey[i] - grey[i - 1] - grey[i + 1] - grey[i - width] - grey[i + width]));
    }
  }
  if (steps.length < grey.length / 200) return { sharpness: 0, across: 1 };
  const sharpness = steps.reduce((all, one) => all + one, 0) / steps.length;
  return { sharpness, across: Math.max(span(columns), span(rows)) };
}

/** The part between the first and the last line that has edges. @param {Uint16Array} lines */
function span(lines) {
  let [from, to] = [-1, -1];
  lines.forEach((n, i) => {
    if (n <= 1) return;
    if (from < 0) from = i;
    to = i;
  });
  return from < 0 ? 0 : (to - from + 1) / lines.length;
}

/**
 * Look at the preview now and then; `say` hears advice that has stood for two looks.
 * @param {HTMLVideoElement} video
 * @param {HTMLElement} outline
 * @param {(advice: Advice) => void} say
 * @returns {() => void} stop
 */
export function watchPreview(video, outline, say) {
  const canvas = document.createElement("canvas");
  /** @type {Advice | null} */
  let before = null;
  const timer = setInterval(() => {
    const seen = inside(video, outline, canvas);
    if (!seen) return;
    const advice = adviceFor(seen.data, seen.width, seen.height);
    if (advice === before) say(advice);
    before = advice;
  }, EVERY_MS);
  return () => clearInterval(timer);
}

/**
 * The part of the preview that lies inside the outline, small.
 * @param {HTMLVideoElement} video shown with object-fit: cover
 * @param {HTMLElement} outline
 * @param {HTMLCanvasElement} canvas
 * @returns {ImageData | null}
 */
function inside(video, outline, canvas) {
  const frame = video.getBoundingClientRect();
  const box = outline.getBoundingClientRect();
  if (!video.videoWidth || !frame.width || !box.width) return null;
  const scale = Math.max(frame.width / video.videoWidth, frame.height / video.videoHeight);
  const left = (box.left - frame.left - (frame.width - video.videoWidth * scale) / 2) / scale;
  const top = (box.top - frame.top - (frame.height - video.videoHeight * scale) / 2) / scale;
  canvas.width = WIDTH;
  canvas.height = Math.round((WIDTH * box.height) / box.width);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  const [width, height] = [box.width / scale, box.height / scale];
  context.drawImage(video, left, top, width, height, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
