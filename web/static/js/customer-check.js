/** Camera, microphone, speaker, network: one tap starts it, each line says what to do. */

import { announce, banner, fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";
import { chime, explain, levelMeter, list, openCamera, openMicrophone } from "./devices.js";
import { probe } from "./customer-network.js";
import { button, screen } from "./customer-screen.js";
import { isGuest } from "./customer-state.js";

/** @typedef {import("./customer.js").Customer} Customer */
/** @typedef {import("./customer-screen.js").Scene} Scene */
/** @typedef {"todo"|"working"|"good"|"warn"|"bad"} Mark */

const BARS = 16;
const HEARD = 0.25;
const WORDS = /** @type {Record<Mark, () => string>} */ ({
  todo: () => t("Not yet checked"),
  working: () => t("Checking…"),
  good: () => t("Fine"),
  warn: () => t("Weak"),
  bad: () => t("Needs attention"),
});
const ICONS = { todo: "clock", working: "clock", good: "check-circle", warn: "alert", bad: "x-circle" };

/** @param {Customer} app @returns {Scene} */
export function check(app) {
  const guest = isGuest(app.view);
  const preview = h("video.preview__video", {
    autoplay: true,
    muted: true,
    playsInline: true,
    "aria-label": t("Your own picture"),
  });
  const idle = h(
    "div.preview__idle",
    null,
    icon("video", "icon icon--display"),
    h("p", null, t("Your picture appears here. Only you can see it.")),
  );
  const pickers = h("div.preview__choose");
  const choose = h(
    "details.choose",
    { hidden: true },
    h("summary", null, icon("settings"), t("Choose another camera or microphone")),
    pickers,
  );
  const camera = line("video", t("Camera"));
  const microphone = line("mic", t("Microphone"));
  const speaker = line("speaker", t("Speaker"));
  const network = line("wifi", t("Network"));
  const trouble = h("div", { role: "alert" });
  const meter = h(
    "div.meter",
    { role: "img", "aria-label": t("Microphone level") },
    Array.from({ length: BARS }, () => h("i")),
  );
  const dock = h("div");
  let stopMeter = () => {};
  let heard = false;

  const begin = () => void app.openDevices().then(shown, failed);
  /** @param {unknown} error */
  const failed = (error) => {
    const { title, remedy } = explain(error);
    camera.set("bad");
    microphone.set("bad");
    fill(trouble, banner("bad", h("strong", null, title), h("p", null, remedy)));
    fill(dock, button(t("Try again"), begin, { name: "refresh" }));
  };
  const shown = () => {
    const stream = /** @type {MediaStream} */ (app.stream);
    fill(trouble);
    idle.hidden = true;
    preview.srcObject = stream;
    void preview.play?.().catch(() => {});
    camera.set(stream.getVideoTracks().length ? "good" : "bad");
    microphone.set("working", h("span", null, h("span.hint", null, t("Please say a few words")), meter));
    stopMeter();
    stopMeter = levelMeter(stream, level);
    speaker.set(
      "todo",
      h("button.button.button--small", { type: "button", onclick: () => void sound() }, t("Play a sound")),
    );
    void chooseDevices();
    void measure();
    fill(
      dock,
      guest
        ? button(t("Join the visit"), () => app.joinNow(), { name: "video" })
        : button(t("Take a ticket"), () => app.takeTicket()),
    );
  };
  /** @param {number} value */
  const level = (value) => {
    [...meter.children].forEach((bar, i) => bar.classList.toggle("on", i < value * BARS));
    if (value > HEARD && !heard) {
      heard = true;
      microphone.set("good", h("span", null, h("span.hint", null, t("We hear you")), meter));
    }
  };
  const sound = async () => {
    await chime();
    speaker.set(
      "todo",
      h(
        "span.ask",
        null,
        h("span", null, t("Did you hear it?")),
        h("button.button.button--small", { type: "button", onclick: () => speaker.set("good") }, t("Yes")),
        h(
          "button.button.button--small",
          {
            type: "button",
            onclick: () =>
              speaker.set("warn", h("span.hint", null, t("Turn up the volume, or switch off silent mode."))),
          },
          t("No"),
        ),
      ),
    );
  };
  const measure = async () => {
    network.set("working");
    const { mark, words } = await probe(app.local.branch?.probe_bytes ?? 200_000);
    network.set(mark, h("span.hint", null, words));
    announce(words);
  };
  const chooseDevices = async () => {
    const { cameras, microphones } = await list();
    choose.hidden = cameras.length < 2 && microphones.length < 2;
    fill(
      pickers,
      picker(t("Camera"), cameras, async (id) => {
        await app.useTrack(await openCamera({ cameraId: id }));
        shown();
      }),
      picker(t("Microphone"), microphones, async (id) => {
        await app.useTrack(await openMicrophone(id));
        heard = false;
        shown();
      }),
    );
  };
  fill(dock, button(t("Check camera and microphone"), begin, { name: "video" }));
  if (app.stream) setTimeout(shown);
  return {
    node: screen({
      step: guest ? 2 : 4,
      steps: guest ? 2 : undefined,
      title: t("Let’s check that everything works"),
      lead: t("Your browser will ask for the camera and the microphone. Please choose “Allow”."),
      body: [
        h("div.preview.on-dark", null, preview, idle),
        trouble,
        h("ul.cells.checks", null, camera.node, microphone.node, speaker.node, network.node),
        choose,
      ],
      actions: dock,
    }),
    leave: () => stopMeter(),
  };
}

/**
 * @param {string} name icon
 * @param {string} title
 */
function line(name, title) {
  const word = h("span.checks__word");
  const detail = h("div.checks__detail");
  const node = h(
    "li.cell",
    null,
    h("span.checks__icon", null, icon(name)),
    h("div.grow", null, h("span.cell__title", null, title), detail),
    word,
  );
  /** @param {Mark} mark @param {Node} [more] */
  const set = (mark, more) => {
    word.className = `checks__word checks__word--${mark}`;
    word.replaceChildren(mark === "working" ? h("span.spinner") : icon(ICONS[mark]), WORDS[mark]());
    detail.replaceChildren(...(more ? [more] : []));
  };
  set("todo");
  return { node, set };
}

/**
 * @param {string} label
 * @param {MediaDeviceInfo[]} devices
 * @param {(id: string) => Promise<void>} chosen
 */
function picker(label, devices, chosen) {
  if (devices.length < 2) return null;
  return h(
    "label.picker",
    null,
    h("span.hint", null, label),
    h(
      "select.input",
      {
        onchange: (/** @type {Event} */ e) => void chosen(/** @type {HTMLSelectElement} */ (e.target).value),
      },
      devices.map((device, i) =>
        h("option", { value: device.deviceId }, device.label || `${label} ${i + 1}`),
      ),
    ),
  );
}
