/**
 * The one element the widget puts into the page. All it shows lives in its shadow root, dressed by style
 * sheets that are objects, so that no Content-Security-Policy for styles has to know of it.
 *
 * @import { Options } from "./types.js"
 */

import PANEL from "./panel.css" with { type: "css" };
import STYLE from "./style.css" with { type: "css" };
import { h } from "./dom.js";

export class Stage {
  /** @param {Partial<Options>} options @param {{ lang: string, dir: string }} language */
  constructor({ theme }, { lang, dir }) {
    this.host = document.createElement("self-help");
    this.content = h("div", { class: "root", lang, dir, "data-theme": theme });
    const root = this.host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [STYLE, PANEL];
    root.append(this.content);
  }

  /** Puts it after `spot`, and back there when the page has redrawn it away. @param {Element | null} spot */
  place(spot) {
    if (!this.host.isConnected) spot?.after(this.host);
  }
}
