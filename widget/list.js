/**
 * The suggestions: plain links in a list, a line that announces how many, and notices.
 *
 * @import { Answer, Suggestion } from "./types.js"
 * @import { Words } from "./words.js"
 */

import { button, h, marked } from "./dom.js";
import { directionOf, otherLanguage, plural } from "./words.js";

/**
 * @typedef {object} Listeners
 * @property {(answer: Answer) => void} shown the answer is on screen now
 * @property {(suggestion: Suggestion, event: MouseEvent) => void} pressed
 * @property {(address: string) => string} absolute
 */

export class List {
  #words;
  #lang;
  #listeners;
  /** @type {Answer | null} */
  #current = null;
  /** @type {Answer | null | undefined} undefined: nothing waits */
  #waiting;

  /** @param {Words} words @param {string} lang @param {Listeners} listeners */
  constructor(words, lang, listeners) {
    this.#words = words;
    this.#lang = lang;
    this.#listeners = listeners;
    this.status = h("p", { role: "status", class: "count" });
    this.newer = button(words.newer, () => this.#showNewer(), { class: "newer", hidden: "" });
    this.links = h("ul", { class: "links" });
    const heading = h("h2", { id: "heading" }, words.heading);
    const head = h("div", { class: "head" }, heading, this.newer, this.status);
    this.box = h("section", { class: "list", "aria-labelledby": "heading", hidden: "" }, head, this.links);
    this.notice = h("p", { role: "status", class: "notice" });
    for (const left of ["pointerleave", "focusout"]) {
      this.box.addEventListener(left, () => setTimeout(() => this.#settle()));
    }
  }

  /** Shows an answer (null: none), or holds it back while someone is at the list. @param {Answer | null} answer */
  offer(answer) {
    this.#waiting = answer;
    this.#settle();
  }

  /** @param {(Node | string)[]} text one sentence; none takes it away @param {boolean} instead of suggestions */
  say(text, instead) {
    if (instead) this.box.hidden = true;
    this.notice.replaceChildren(...text);
  }

  /** @param {string} slug */
  markRead(slug) {
    for (const item of this.links.children) {
      if (/** @type {HTMLElement} */ (item).dataset.slug === slug) item.classList.add("read");
    }
  }

  /** The question that the suggestions on screen answer. */
  get queryId() {
    return this.#current?.query_id;
  }

  /** The best of the suggestions on screen. */
  get best() {
    return this.box.hidden ? undefined : this.#current?.suggestions[0];
  }

  /** Shows what was held back, if nobody is at the list any more; until then a line offers it. */
  #settle() {
    const answer = this.#waiting;
    if (answer === undefined) return;
    const busy = !this.box.hidden && this.box.matches(":hover, :focus-within");
    this.newer.hidden = !busy || !answer?.suggestions.length;
    this.status.hidden = !this.newer.hidden;
    if (!busy) this.#render(answer);
  }

  #showNewer() {
    this.#render(this.#waiting ?? null);
    this.newer.hidden = true;
    this.status.hidden = false;
    this.links.querySelector("a")?.focus();
  }

  /** @param {Answer | null} answer */
  #render(answer) {
    const found = answer?.suggestions ?? [];
    const same = JSON.stringify(found) === JSON.stringify(this.#current?.suggestions ?? []);
    this.#waiting = undefined;
    this.#current = answer;
    this.box.hidden = !found.length;
    if (!same) {
      this.links.replaceChildren(...found.map((one, index) => this.#item(one, index)));
      this.status.textContent = found.length ? plural(this.#words.found, found.length, this.#lang) : "";
    }
    if (!answer || !found.length) return;
    this.say([], false);
    this.#listeners.shown(answer);
  }

  /** @param {Suggestion} suggestion @param {string} [describedBy] */
  link(suggestion, describedBy) {
    const href = linkTo(suggestion, this.#listeners.absolute);
    const link = h("a", { href, "aria-describedby": describedBy, rel: "noopener" }, suggestion.title);
    const pressed = (/** @type {MouseEvent} */ event) => this.#listeners.pressed(suggestion, event);
    link.addEventListener("click", pressed);
    link.addEventListener("auxclick", (event) => event.button === 1 && pressed(event));
    return link;
  }

  /** @param {Suggestion} suggestion @param {number} index */
  #item(suggestion, index) {
    const { slug, locale, excerpt, highlights } = suggestion;
    const id = `excerpt-${index}`;
    const link = this.link(suggestion, id);
    const language = otherLanguage(locale, this.#lang);
    const text = h("p", { id, class: "excerpt" }, ...marked(excerpt, highlights));
    const item = h("li", { "data-slug": slug, lang: locale, dir: directionOf(locale) }, link, text);
    if (language) link.after(" ", h("span", { class: "language", lang: this.#lang }, language));
    return item;
  }
}

/**
 * @param {{ url: string, anchor: string }} target
 * @param {(address: string) => string} absolute
 */
export function linkTo({ url, anchor }, absolute) {
  const address = new URL(absolute(url));
  if (!/^https?:$/.test(address.protocol)) return undefined;
  if (anchor && !address.hash) address.hash = anchor;
  return address.href;
}
