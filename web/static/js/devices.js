/**
 * Camera, microphone and speaker. Everything starts from one tap; every failure has its own words.
 */

import { t } from "./i18n.js";

/** @typedef {{code: string, title: string, remedy: string, retry: boolean}} Trouble */

/** @type {MediaTrackConstraints} */
const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
/** @type {MediaTrackConstraints} */
const FACE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 25, max: 30 } };

/** @returns {"ok"|"insecure"|"no_call"|"no_camera_api"} whether this browser can make the call */
export function support() {
  if (!window.isSecureContext) return "insecure";
  if (typeof RTCPeerConnection === "undefined") return "no_call";
  if (!navigator.mediaDevices?.getUserMedia) return "no_camera_api";
  return "ok";
}

/**
 * Ask once for both; fall back to voice when only the camera fails, so that the person can be heard.
 * @param {{facing?: "user"|"environment", cameraId?: string, microphoneId?: string}} [choice]
 * @returns {Promise<MediaStream>}
 */
export function openBoth({ facing = "user", cameraId, microphoneId } = {}) {
  return navigator.mediaDevices.getUserMedia({
    audio: { ...VOICE, ...(microphoneId ? { deviceId: { exact: microphoneId } } : {}) },
    video: { ...FACE, ...(cameraId ? { deviceId: { exact: cameraId } } : { facingMode: facing }) },
  });
}

/**
 * @param {{facing?: "user"|"environment", cameraId?: string}} [choice]
 * @returns {Promise<MediaStreamTrack>}
 */
export async function openCamera({ facing = "user", cameraId } = {}) {
  const video = { ...FACE, ...(cameraId ? { deviceId: { exact: cameraId } } : { facingMode: facing }) };
  const stream = await navigator.mediaDevices.getUserMedia({ video });
  return stream.getVideoTracks()[0];
}

/**
 * @param {string} [microphoneId]
 * @returns {Promise<MediaStreamTrack>}
 */
export async function openMicrophone(microphoneId) {
  const audio = { ...VOICE, ...(microphoneId ? { deviceId: { exact: microphoneId } } : {}) };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  return stream.getAudioTracks()[0];
}

/**
 * The best camera for a document at its full resolution.
 * @returns {Promise<MediaStreamTrack>}
 */
export async function openDocumentCamera() {
  const video = { facingMode: { ideal: "environment" }, width: { ideal: 4096 }, height: { ideal: 3072 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video });
  return stream.getVideoTracks()[0];
}

/** @returns {Promise<{cameras: MediaDeviceInfo[], microphones: MediaDeviceInfo[]}>} */
export async function list() {
  const all = await navigator.mediaDevices.enumerateDevices();
  return {
    cameras: all.filter((d) => d.kind === "videoinput"),
    microphones: all.filter((d) => d.kind === "audioinput"),
  };
}

/**
 * @param {() => void} changed
 * @returns {() => void} stop watching
 */
export function watch(changed) {
  navigator.mediaDevices?.addEventListener?.("devicechange", changed);
  return () => navigator.mediaDevices?.removeEventListener?.("devicechange", changed);
}

const VIRTUAL = /\b(obs|manycam|v4l2 ?loopback|virtual|snap camera|xsplit|splitcam|e2esoft|vcam|dummy video|akvcam|unity video)\b/i;

/**
 * Whether a camera's name is that of a program. The browser's word, and easily changed: a hint.
 * @param {string | undefined} label
 */
export function isVirtual(label) {
  return VIRTUAL.test(label ?? "");
}

/** @param {MediaStream | null | undefined} stream */
export function release(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/**
 * What went wrong and what to do, by the error's name (W3C Media Capture §10).
 * @param {unknown} error
 * @returns {Trouble}
 */
export function explain(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") {
    return {
      code: "denied",
      retry: true,
      title: t("The camera and microphone are blocked"),
      remedy: permissionHelp(),
    };
  }
  if (name === "NotFoundError" || name === "DevicesNotFoundError") {
    return {
      code: "not_found",
      retry: true,
      title: t("No camera or microphone was found"),
      remedy: t("Please connect one, or continue on a phone."),
    };
  }
  if (name === "NotReadableError" || name === "AbortError" || name === "TrackStartError") {
    return {
      code: "busy",
      retry: true,
      title: t("Another app is using the camera or microphone"),
      remedy: t("Close other calls and camera apps, then try again."),
    };
  }
  if (name === "OverconstrainedError") {
    return {
      code: "unsuitable",
      retry: true,
      title: t("This camera cannot be used"),
      remedy: t("Please choose another camera."),
    };
  }
  return {
    code: "unknown",
    retry: true,
    title: t("The camera could not be started"),
    remedy: t("Reload the page. If it happens again, restart your phone or use another browser."),
  };
}

/** @returns {string} where this browser hides the permission */
function permissionHelp() {
  const agent = navigator.userAgent;
  if (/MicroMessenger/i.test(agent))
    return t(
      "In WeChat, tap … at the top right and choose “Open in browser”, or allow the camera and microphone for WeChat in your phone’s settings.",
    );
  if (/iPhone|iPad/i.test(agent))
    return t(
      "Tap the page menu (aA) in the address bar, choose Website Settings, and allow Camera and Microphone.",
    );
  if (/HUAWEI|HarmonyOS|MiuiBrowser|XiaoMi/i.test(agent))
    return t(
      "Open your phone’s Settings, choose Apps, then this browser, then Permissions, and allow Camera and Microphone.",
    );
  if (/Android/i.test(agent))
    return t("Tap the lock in the address bar, choose Permissions, and allow Camera and Microphone.");
  return t(
    "Click the camera or lock symbol in the address bar, and allow the camera and microphone for this site.",
  );
}

/**
 * Measure the loudness of a stream ten times a second.
 * @param {MediaStream} stream
 * @param {(level: number) => void} heard 0 (silence) to 1 (loud)
 * @returns {() => void} stop
 */
export function levelMeter(stream, heard) {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(stream).connect(analyser);
  void context.resume();
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
    const decibel = 10 * Math.log10(power + 1e-10);
    heard(Math.min(1, Math.max(0, (decibel + 60) / 50)));
  }, 100);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/**
 * Play a two-note chime so that the person hears whether the speaker works.
 * @returns {Promise<void>} when it has been played
 */
export async function chime() {
  const context = new AudioContext();
  await context.resume();
  const gain = new GainNode(context, { gain: 0 });
  gain.connect(context.destination);
  [523.25, 659.25].forEach((frequency, i) => {
    const start = context.currentTime + i * 0.28;
    const note = new OscillatorNode(context, { frequency, type: "sine" });
    gain.gain.setValueAtTime(0.0001, start);
    gain.gain.exponentialRampToValueAtTime(0.25, start + 0.03);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.26);
    note.connect(gain);
    note.start(start);
    note.stop(start + 0.27);
  });
  await new Promise((done) => {
    setTimeout(done, 700);
  });
  await context.close();
}
