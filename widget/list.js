/**
 * The suggestions: plain links in a list, a notice pinned above them, a line that announces both.
 *
 * @import { Answer, Notice, Suggestion } from "./types.js"
 * @import { Words } from "./words.js"
 */

import { button, h, marked } from "./dom.js";
import { directionOf, otherLanguage, plural } from "./words.js";

/**
 * @typedef {object} Listeners
 * @property {(answer: Answer | null) => void} shown the answer is on screen now
 * @property {(suggestion: Suggestion, event: MouseEvent) => void} pressed
 * @property {(address: string) => string} absolute
 * @property {() => boolean} reading an article is open
 */

/**
 * Milliseconds that suggestions stay though nothing answers any more: half a word can make a question seem to be
 * another one, and what goes and comes back with the next letter cannot be read.
 */
const PATIENCE = 1000;

export class List {
  #words;
  #lang;
  #listeners;
  /** @type {Answer | null} */
  #current = null;
  /** @type {Answer | null | undefined} undefined: nothing waits */
  #waiting;
  #drawn = "";
  /** @type {any} the timer that ends the patience, if it runs */
  #patience;

  /** @param {Words} words @param {string} lang @param {Listeners} listeners */
  constructor(words, lang, listeners) {
    this.#words = words;
    this.#lang = lang;
    this.#listeners = listeners;
    // Always there, since a live region that comes with its text is not read out everywhere.
    this.status = h("p", { role: "status", class: "unseen" });
    this.count = h("p", { class: "count", "aria-hidden": "true" });
    this.pinned = h("p", { class: "pinned" });
    this.newer = button(words.newer, () => this.lead(), { class: "newer", hidden: "" });
    this.links = h("ul", { class: "links" });
    const heading = h("h2", { id: "heading" }, words.heading);
    const head = h("div", { class: "head" }, heading, this.newer, this.count);
    const parts = [this.pinned, head, this.links];
    this.box = h("section", { class: "list", "aria-labelledby": "heading", hidden: "" }, ...parts);
    this.notice = h("p", { role: "status", class: "notice" });
    for (const left of ["pointerleave", "focusout"]) {
      this.box.addEventListener(left, () => setTimeout(() => this.settle()));
    }
  }

  /**
   * Shows an answer (null: none), or holds it back while someone is at the list; one that has no suggestions has to
   * last for a moment before it takes those on screen away.
   *
   * @param {Answer | null} answer
   */
  offer(answer) {
    this.#waiting = answer;
    if (!answer || answer.suggestions.length || !this.#current?.suggestions.length) this.settle();
    else this.#patience ??= setTimeout(() => this.settle(), PATIENCE);
  }

  /** @param {(Node | string)[]} text one sentence, brought into view; none takes it away */
  say(text) {
    this.notice.replaceChildren(...text);
    if (text.length) this.notice.scrollIntoView({ block: "nearest" });
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

  /** The best of the suggestions on screen, unless newer ones wait. */
  get best() {
    return this.box.hidden || this.#waiting !== undefined ? undefined : this.#current?.suggestions[0];
  }

  /** Shows what was held back, if nobody is at the list any more; until then a line offers it. */
  settle() {
    const answer = this.#waiting;
    if (answer === undefined) return;
    // While an article is open the list stays too: its link gets the focus back.
    const busy = this.#listeners.reading() || (!this.box.hidden && this.box.matches(":hover, :focus-within"));
    this.newer.hidden = !busy || !(answer?.suggestions.length || answer?.notice);
    if (!busy) this.#render(answer);
  }

  /** Leads to the first link, of what was held back if anything was. */
  lead() {
    if (this.#listeners.reading()) return;
    if (this.#waiting !== undefined) this.#render(this.#waiting);
    this.newer.hidden = true;
    this.focus();
  }

  focus() {
    this.box.querySelector("a")?.focus();
  }

  /** @param {Answer | null} answer */
  #render(answer) {
    const { suggestions = [], notice } = answer ?? {};
    const drawn = JSON.stringify([suggestions, notice]);
    this.#waiting = undefined;
    this.#patience = clearTimeout(this.#patience);
    this.#current = answer;
    this.box.hidden = !suggestions.length && !notice;
    if (drawn !== this.#drawn) this.#draw(suggestions, notice);
    this.#drawn = drawn;
    if (!this.box.hidden) this.say([]);
    this.#listeners.shown(answer);
  }

  /** @param {Suggestion[]} found @param {Notice | null} [notice] */
  #draw(found, notice) {
    const count = found.length ? plural(this.#words.found, found.length, this.#lang) : "";
    this.box.classList.toggle("bare", !count);
    this.links.replaceChildren(...found.map((one, index) => this.#item(one, index)));
    this.pinned.replaceChildren(notice ? this.#notice(notice) : "");
    this.count.textContent = count;
    this.status.textContent = [notice?.text, count].join(" ");
  }

  /** What the support team has pinned, as it wrote it. @param {Notice} notice */
  #notice({ text, url }) {
    const href = url && linkTo({ url, anchor: "" }, this.#listeners.absolute);
    return href ? h("a", { href, target: "_blank" }, text) : text;
  }

  /** @param {Suggestion} suggestion @param {string} [describedBy] */
  link(suggestion, describedBy) {
    const href = linkTo(suggestion, this.#listeners.absolute);
    const link = h("a", { href, "aria-describedby": describedBy }, suggestion.title);
    const pressed = (/** @type {MouseEvent} */ event) => this.#listeners.pressed(suggestion, event);
    link.onclick = pressed;
    link.onauxclick = (event) => event.button === 1 && pressed(event);
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
  if (!URL.canParse(url, "https://x")) return undefined;
  const address = new URL(absolute(url));
  if (!/^https?:$/.test(address.protocol)) return undefined;
  address.hash ||= anchor;
  return address.href;
}
