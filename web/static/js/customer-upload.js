/** Upload with progress: fetch cannot report it, XMLHttpRequest can. */

import { meta } from "./dom.js";
import { t } from "./i18n.js";
import { Refused } from "./http.js";

/**
 * @param {string} path
 * @param {Blob} body
 * @param {(part: number) => void} progress 0 to 1
 * @param {AbortSignal} signal
 * @returns {Promise<any>} the JSON answer
 * @throws {Refused}
 */
export function upload(path, body, progress, signal) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.responseType = "json";
    request.setRequestHeader("X-CSRF", meta("csrf"));
    request.setRequestHeader("Content-Type", body.type);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status < 300) done(request.response);
      else
        fail(
          new Refused(
            request.response?.code ?? "unexpected",
            request.response?.message ?? t("The photograph was not accepted. Please try again."),
            request.status,
          ),
        );
    };
    request.onerror = () => fail(new Refused("offline", t("The upload was interrupted. Please try again.")));
    request.onabort = () => fail(new Refused("aborted", ""));
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}
