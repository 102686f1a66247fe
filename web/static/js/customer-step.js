/** The step that is open, as the server describes it to this page, and what it puts into the sheet. */

/** @typedef {{name: string, label: string, before: string, after: string}} FormRow */
/** @typedef {{ask: string, index: number, count: number, digits?: string | null}} Asking */
/**
 * @typedef {object} Challenge movements that the machine judges
 * @property {"ready"|"calm"|"action"|"passed"|"failed"|"unusable"} phase
 * @property {string | null} action
 * @property {string | null} ask
 * @property {number} index
 * @property {number} count
 * @property {number} seconds an action's time
 * @property {number} left of it, when the view was made
 */
/**
 * @typedef {object} Code
 * @property {string | null} sent_at
 * @property {string | null} expires_at
 * @property {number | null} left tries
 * @property {boolean} wrong whether the last code typed was not the right one
 * @property {boolean} [correct]
 * @property {string | null} again_at when another may be asked for
 * @property {string} [phone] masked
 */
/**
 * @typedef {object} Paper
 * @property {string} id
 * @property {string} title
 * @property {number} pages
 * @property {number} page the teller's, from 1
 * @property {string} url its pages: `${url}${n}`
 * @property {number} seconds least time of a page
 * @property {number[]} dwell_ms what each page has had
 * @property {boolean} read
 * @property {boolean} signed
 * @property {string} digest
 */
/**
 * @typedef {object} Sign
 * @property {{id: string, title: string, pages: number, digest: string | null, read: boolean, signed?: boolean}[]} papers
 * @property {string} sentence
 * @property {string | null} phone masked; null before a code was sent
 * @property {string} statement what this signature is under the law, and what it is not
 * @property {"draw"|"code"|"signing"|"signed"|"failed"} status
 * @property {string | null} message
 * @property {number} [anew] signatures of this step that were set aside
 * @property {Code | null} code
 */
/**
 * @typedef {object} Papers the document that is asked for
 * @property {"none"|"checking"|"accepted"|"rejected"} status
 * @property {string | null} code
 * @property {string | null} message what was wrong with the last photograph
 * @property {string} [kind]
 * @property {{id: string, title: string}[]} [kinds] to choose from, before the first photograph
 * @property {string | null} [side] to be photographed next
 * @property {string | null} [side_title]
 * @property {{side: string, title: string, done: boolean}[]} [sides]
 */
/**
 * @typedef {object} Step
 * @property {string} id
 * @property {string} kind
 * @property {number} index
 * @property {number} count
 * @property {string} title
 * @property {string} task what the person must do
 * @property {string | null} say what the teller says, as a caption
 * @property {"teller"|"customer"|"system"|"guest"} wait
 * @property {string} [who] the party waited for
 * @property {string} [party]
 * @property {boolean} [mine]
 * @property {string | null} [ready_at] a least time runs until then
 * @property {"seen"|"agree"|null} [acknowledge]
 * @property {string | null} [if_refused]
 * @property {Asking | null} [question]
 * @property {Asking | null} [prompt]
 * @property {Papers | null} document
 * @property {Challenge | null} [challenge]
 * @property {string | null} [coach] what to change so that the face can be seen
 * @property {FormRow[] | null} form
 * @property {Paper | null} [paper]
 * @property {Sign | null} [sign]
 * @property {boolean} [refused] whether the party has said no, which may be thought over
 * @property {Code | null} [code]
 * @property {{reference: string, items: string[], outcome_title: string} | null} [hand_over]
 * @property {string[]} can
 */
/**
 * What a step puts into the sheet. `update` takes the next state of the same step in place, so that
 * nothing typed or drawn is lost; without it the sheet is drawn anew.
 * @typedef {object} Part
 * @property {import("./dom.js").Children} [lead] before the caption of what the teller says
 * @property {import("./dom.js").Children} [body]
 * @property {import("./dom.js").Children} [actions]
 * @property {boolean} [tall] whether it needs the height of the screen
 * @property {boolean} [quiet] whether it says its own title
 * @property {(step: Step) => void} [update]
 * @property {() => void} [leave]
 */

/**
 * Do something twice a second until stopped.
 * @param {() => void} work
 * @returns {() => void} stop
 */
export function ticking(work) {
  const timer = setInterval(work, 500);
  work();
  return () => clearInterval(timer);
}
