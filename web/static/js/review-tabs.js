/** Tabs of the findings: arrow keys between them, Tab into what is shown. */

import { h } from "./dom.js";
import { t } from "./i18n.js";

/** @typedef {{id: string, title: string, panel: HTMLElement, alerts: number}} Tab */

export class Tabs {
  /** @param {string} label @param {Omit<Tab, "panel">[]} tabs */
  constructor(label, tabs) {
    /** @type {Tab[]} */
    this.tabs = tabs.map((tab) => ({
      ...tab,
      panel: h(`div.tabs__panel#panel-${tab.id}`, {
        role: "tabpanel",
        tabIndex: 0,
        "aria-labelledby": `tab-${tab.id}`,
      }),
    }));
    this.buttons = this.tabs.map((tab) => this.button(tab));
    this.list = h("div.tabs__list", { role: "tablist", "aria-label": label }, this.buttons);
    this.list.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
    this.nodes = [this.list, ...this.tabs.map(({ panel }) => panel)];
    this.turn(this.tabs[0].id);
  }

  /** @param {Tab} tab */
  button({ id, title, alerts }) {
    return h(
      `button.tabs__one#tab-${id}`,
      {
        type: "button",
        role: "tab",
        "aria-controls": `panel-${id}`,
        onclick: () => this.turn(id),
      },
      h("span", null, title),
      alerts > 0 &&
        h(
          "span.tabs__alerts.figures",
          null,
          h("span.sr", null, t("Points to look at:"), " "),
          String(alerts),
        ),
    );
  }

  /** @param {string} id */
  panel(id) {
    return /** @type {Tab} */ (this.tabs.find((tab) => tab.id === id)).panel;
  }

  /** Show a tab. @param {string} id */
  turn(id) {
    this.shown = id;
    this.tabs.forEach((tab, i) => {
      const on = tab.id === id;
      tab.panel.hidden = !on;
      this.buttons[i].setAttribute("aria-selected", String(on));
      this.buttons[i].tabIndex = on ? 0 : -1;
    });
  }

  /** Show a tab and stand on it, for whoever came from elsewhere. @param {string} id */
  go(id) {
    this.turn(id);
    this.buttons[this.tabs.findIndex((tab) => tab.id === id)].focus();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const at = this.tabs.findIndex(({ id }) => id === this.shown);
    const last = this.tabs.length - 1;
    const to = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.go(this.tabs[to].id);
  }
}
