/**
 * The one element the widget puts into the page. All it shows lives in its shadow root.
 *
 * @import { Options } from "./types.js"
 */

import { h } from "./dom.js";

const STYLES = ["style.css", "panel.css"];

export class Stage {
  /** @param {Partial<Options>} options @param {{ lang: string, dir: string }} language */
  constructor({ theme }, { lang, dir }) {
    this.host = document.createElement("self-help");
    this.content = h("div", { class: "root", lang, dir, "data-theme": theme, hidden: "" });
    const styles = STYLES.map((name) => h("link", { rel: "stylesheet", href: new URL(name, import.meta.url).href }));
    void Promise.all(styles.map(settled)).then(() => (this.content.hidden = false));
    this.host.attachShadow({ mode: "open" }).append(...styles, this.content);
  }

  /** Puts it after `spot`, and back there when the page has redrawn it away. @param {Element | null} spot */
  place(spot) {
    if (!this.host.isConnected && spot) spot.after(this.host);
  }

  remove() {
    this.host.remove();
  }
}

/** Resolves in any case: words without their dress are better than none. @param {HTMLLinkElement} style */
function settled(style) {
  return new Promise((resolve) => {
    for (const event of ["load", "error"]) style.addEventListener(event, resolve, { once: true });
  });
}
