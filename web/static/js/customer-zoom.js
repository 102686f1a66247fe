/** A page that can be brought nearer (pinch, double tap, buttons, + and −) and turned (swipe, keys). */

const NEAR = 2.25;
const MOST = 4;
const SWIPE = 56;
const DOUBLE_TAP = 320;

/**
 * @param {HTMLElement} frame scrolls
 * @param {HTMLElement} picture grows
 * @param {{turned: (direction: 1 | -1) => void, changed: (near: boolean) => void}} heard
 */
export function zoomable(frame, picture, { turned, changed }) {
  let scale = 1;
  let pinch = 0;
  let began = 1;
  let lastTap = 0;
  /** @type {{x: number, y: number} | null} */
  let start = null;

  /** @param {number} next @param {number} [x] @param {number} [y] the point that stays where it is */
  const set = (next, x = frame.clientWidth / 2, y = frame.clientHeight / 2) => {
    const wanted = Math.min(MOST, Math.max(1, next));
    const fx = (frame.scrollLeft + x) / scale;
    const fy = (frame.scrollTop + y) / scale;
    scale = wanted < 1.05 ? 1 : wanted;
    picture.style.width = `${scale * 100}%`;
    frame.scrollTo(fx * scale - x, fy * scale - y);
    frame.classList.toggle("near", scale > 1);
    changed(scale > 1);
  };
  /** @param {{clientX: number, clientY: number}} at */
  const toggle = (at) => {
    const box = frame.getBoundingClientRect();
    set(scale > 1 ? 1 : NEAR, at.clientX - box.left, at.clientY - box.top);
  };
  /** @param {TouchList} touches */
  const span = ([a, b]) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);

  frame.addEventListener("touchstart", (e) => {
    if (e.touches.length === 2) {
      pinch = span(e.touches);
      began = scale;
      start = null;
    } else start = { x: e.touches[0].clientX, y: e.touches[0].clientY };
  });
  frame.addEventListener("touchmove", (e) => {
    if (e.touches.length !== 2 || !pinch) return;
    e.preventDefault();
    const box = frame.getBoundingClientRect();
    const [a, b] = e.touches;
    set(
      (began * span(e.touches)) / pinch,
      (a.clientX + b.clientX) / 2 - box.left,
      (a.clientY + b.clientY) / 2 - box.top,
    );
  });
  frame.addEventListener("touchend", (e) => {
    const end = e.changedTouches[0];
    if (pinch) {
      if (!e.touches.length) pinch = 0;
      return;
    }
    if (!start) return;
    const dx = end.clientX - start.x;
    const dy = end.clientY - start.y;
    if (scale === 1 && Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) turned(dx < 0 ? 1 : -1);
    else if (Math.hypot(dx, dy) < 12) {
      if (e.timeStamp - lastTap < DOUBLE_TAP) {
        e.preventDefault();
        toggle(end);
        lastTap = 0;
      } else lastTap = e.timeStamp;
    }
  });
  frame.addEventListener("dblclick", toggle);
  frame.addEventListener("keydown", (e) => {
    const key = scale > 1 && e.key.startsWith("Arrow") ? "" : e.key;
    if (e.ctrlKey || e.metaKey) return;
    if (key === "ArrowRight" || key === "PageDown") turned(1);
    else if (key === "ArrowLeft" || key === "PageUp") turned(-1);
    else if (key === "+" || key === "=") nearer();
    else if (key === "-") further();
    else return;
    e.preventDefault();
  });

  const nearer = () => set(scale > 1 ? scale * 1.4 : NEAR);
  const further = () => set(scale / 1.4);

  return {
    nearer,
    /** Back to the whole page. */
    reset: () => set(1),
    further,
  };
}
