/** Which module draws which scene. */

import * as notices from "./customer-notices.js";
import { handoff, invitation } from "./customer-arrive.js";
import { gathering, join, joined, left } from "./customer-join.js";
import { start } from "./customer-start.js";
import { intake } from "./customer-intake.js";
import { scope } from "./customer-scope.js";
import { details } from "./customer-details.js";
import { consent, refused } from "./customer-consent.js";
import { check } from "./customer-check.js";
import { queue } from "./customer-queue.js";
import { call } from "./customer-call.js";
import { closed } from "./customer-receipt.js";

/** @type {Record<import("./customer-state.js").SceneName, (app: import("./customer.js").Customer) => import("./customer-screen.js").Scene>} */
export const SCENES = {
  loading: notices.loading,
  unsupported: notices.unsupported,
  offline: notices.offline,
  superseded: notices.superseded,
  signed_out: notices.signedOut,
  closed_branch: notices.closedBranch,
  invitation,
  handoff,
  join,
  joined,
  gathering,
  start,
  intake,
  scope,
  details,
  consent,
  refused,
  check,
  queue,
  call,
  left,
  closed,
};
