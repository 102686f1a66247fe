/** Photograph the document: the rear camera at full resolution, an outline, a look before sending. */

import { announce, banner, fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { explain, openDocumentCamera } from "./devices.js";
import { adviceWords, watchPreview } from "./customer-hints.js";
import { upload } from "./customer-upload.js";

/** @typedef {import("./customer.js").Customer} Customer */

const LARGEST = 8_000_000;
const LONGEST_SIDE = 4096;

/**
 * @param {Customer} app
 * @param {{kind: string, side: string, title: string}} asked which side of which document
 */
export function photograph(app, asked) {
  const video = h("video.capture__video", {
    autoplay: true,
    muted: true,
    playsInline: true,
    "aria-label": t("Picture of the document camera"),
  });
  const still = h("img.capture__still", { hidden: true, alt: t("Your photograph") });
  const outline = h("div.capture__outline", { "aria-hidden": "true", dataset: { kind: asked.kind } }, h("i"), h("i"), h("i"), h("i"));
  const title = h("h2#capture-title", { tabIndex: -1 });
  const hint = h("p.capture__hint");
  const message = h("div", { role: "alert" });
  const advice = h("p.capture__advice", { role: "status", hidden: true });
  let unwatch = () => {};
  const controls = h("div.capture__controls");
  const picker = h("input.sr", {
    type: "file",
    accept: "image/jpeg,image/png,image/*",
    tabIndex: -1,
    "aria-hidden": "true",
    onchange: () => void picked(),
  });
  picker.setAttribute("capture", "environment");
  const dialog = h(
    "dialog.capture.on-dark",
    { "aria-labelledby": "capture-title" },
    h("div.capture__view", null, video, still, outline),
    h(
      "div.capture__top",
      null,
      h(
        "button.tool.capture__close",
        { type: "button", onclick: () => dialog.close(), "aria-label": t("Close") },
        h("span.tool__disc", null, icon("close")),
      ),
      h("div.grow", null, title, hint),
    ),
    h("div.capture__foot", null, advice, message, controls, picker),
  );
  /** @type {MediaStreamTrack | null} */
  let track = null;
  /** @type {Blob | null} */
  let photo = null;
  const sending = new AbortController();

  const begin = async () => {
    await app.pauseVideo("photographing");
    try {
      track = await openDocumentCamera();
      if (sending.signal.aborted) return track.stop(); // closed before the camera was there
      video.srcObject = new MediaStream([track]);
      await video.play();
      unwatch = watchPreview(video, outline, (found) => {
        advice.hidden = !!photo;
        advice.dataset.advice = found;
        const words = adviceWords(found);
        if (advice.textContent !== words) advice.textContent = words;
      });
    } catch (error) {
      const { title: words, remedy } = explain(error);
      fill(message, banner("bad", h("strong", null, words), h("p", null, remedy)));
    }
    if (!photo) aim(); // what was chosen meanwhile stays
  };
  const aim = () => {
    photo = null;
    video.hidden = false;
    still.hidden = true;
    outline.hidden = false;
    say(
      t("{side}: lay it inside the frame", { side: asked.title }),
      t("Flat, no glare, all four corners visible."),
    );
    fill(
      controls,
      h(
        "button.button.button--ghost",
        { type: "button", onclick: () => picker.click() },
        icon("document"),
        t("Choose a photo"),
      ),
      h(
        "button.shutter",
        { type: "button", disabled: !track, "aria-label": t("Take the photo"), onclick: () => void shoot() },
        h("span"),
      ),
      h("span"),
    );
    /** @type {HTMLElement | null} */ (controls.querySelector(".shutter"))?.focus();
  };
  const shoot = async () => {
    if (track) show(await capture(track, video));
  };
  const picked = async () => {
    const file = picker.files?.[0];
    picker.value = "";
    if (file) show(await fitted(file));
  };
  /** @param {Blob} blob */
  const show = (blob) => {
    photo = blob;
    if (still.src) URL.revokeObjectURL(still.src);
    still.src = URL.createObjectURL(blob);
    still.hidden = false;
    video.hidden = true;
    outline.hidden = true;
    advice.hidden = true;
    fill(message);
    say(t("Is everything legible?"), t("Every letter should be readable, and all four corners in view."));
    fill(
      controls,
      h("button.button.button--quiet", { type: "button", onclick: aim }, icon("refresh"), t("Again")),
      h(
        "button.button.button--primary",
        { type: "button", onclick: () => void send() },
        icon("check"),
        t("Use this photo"),
      ),
    );
    title.focus();
  };
  const send = async () => {
    if (!photo) return;
    const bar = h("progress.progress", { max: 100, value: 0, "aria-label": t("Uploading") });
    fill(controls, h("div.capture__sending", null, h("p", null, t("Sending, encrypted…")), bar));
    announce(t("Uploading"));
    try {
      await upload(
        `/api/customer/documents?${new URLSearchParams({ side: asked.side, kind: asked.kind })}`,
        photo,
        (part) => {
          bar.value = Math.round(part * 100);
        },
        sending.signal,
      );
      dialog.close();
    } catch (error) {
      if (sending.signal.aborted) return;
      show(photo);
      fill(message, banner("bad", error instanceof Error ? error.message : String(error)));
    }
  };
  /** @param {string} words @param {string} detail */
  const say = (words, detail) => {
    title.textContent = words;
    hint.textContent = detail;
  };
  dialog.addEventListener("close", () => {
    sending.abort();
    unwatch();
    track?.stop();
    if (still.src) URL.revokeObjectURL(still.src);
    dialog.remove();
    void app.resumeVideo();
  });
  document.body.append(dialog);
  dialog.showModal();
  void begin();
}

/**
 * The sharpest still this browser can make: the sensor's own photograph, else the full video frame.
 * @param {MediaStreamTrack} track
 * @param {HTMLVideoElement} video
 * @returns {Promise<Blob>}
 */
async function capture(track, video) {
  const Still = /** @type {any} */ (window).ImageCapture;
  if (Still) {
    try {
      const blob = await Promise.race([
        new Still(track).takePhoto(),
        new Promise((_, no) => {
          setTimeout(no, 4000);
        }),
      ]);
      return await fitted(/** @type {Blob} */ (blob));
    } catch {
      // some cameras promise photographs and fail; the frame is always there
    }
  }
  return drawn(video, video.videoWidth, video.videoHeight);
}

/**
 * Keep a JPEG or PNG that is small enough as it is; redraw all others as JPEG.
 * @param {Blob} blob
 * @returns {Promise<Blob>}
 */
async function fitted(blob) {
  if (blob.size <= LARGEST && (blob.type === "image/jpeg" || blob.type === "image/png")) return blob;
  const bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  return drawn(bitmap, Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
}

/**
 * @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 * @returns {Promise<Blob>}
 */
function drawn(source, width, height) {
  const canvas = h("canvas", { width, height });
  canvas.getContext("2d").drawImage(source, 0, 0, width, height);
  return new Promise((done, fail) => {
    canvas.toBlob(
      (/** @type {Blob | null} */ blob) =>
        blob ? done(blob) : fail(new Error(t("The photograph could not be made. Please try again."))),
      "image/jpeg",
      0.92,
    );
  });
}
