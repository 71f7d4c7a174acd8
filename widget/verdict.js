/**
 * "Did this solve it?" under an article, and what follows. Nothing here stands between the customer and the
 * form: every answer leads back to it.
 *
 * @import { Words } from "./words.js"
 */

import { button, h } from "./dom.js";

const SCORES = [1, 2, 3, 4, 5];
const REASONS = /** @type {const} */ (["other", "incomplete", "tried", "unclear"]);

/**
 * @typedef {object} Listeners
 * @property {() => void} solved
 * @property {(reason: string) => void} doubted it did not solve it; empty: why may follow
 * @property {() => void} goOn back to the form
 * @property {(score: number) => void} effort how easy it was, 1 (hard) to 5 (easy)
 * @property {() => void} anyway
 * @property {() => void} done
 */

export class Verdict {
  #words;
  #listeners;
  /** @param {Words} words @param {Listeners} listeners */
  constructor(words, listeners) {
    this.#words = words;
    this.#listeners = listeners;
    this.element = h("div", { class: "verdict" });
  }

  ask() {
    const words = this.#words;
    const yes = button(words.yes, () => this.#thank(), { class: "main" });
    this.element.replaceChildren(question(words.ask), yes, button(words.no, () => this.#doubt()));
  }

  #doubt() {
    const words = this.#words;
    const listeners = this.#listeners;
    listeners.doubted("");
    const why = question(words.why);
    const because = (/** @type {string} */ code) => {
      listeners.doubted(code);
      listeners.goOn();
    };
    const reasons = REASONS.map((code) => button(words[code], () => because(code), { class: "reason" }));
    const skip = button(words.skip, () => listeners.goOn(), { class: "main" });
    this.element.replaceChildren(why, ...reasons, skip);
    why.focus();
  }

  #thank() {
    const words = this.#words;
    const listeners = this.#listeners;
    listeners.solved();
    const thanks = question(words.thanks);
    const done = button(words.done, () => listeners.done(), { class: "main" });
    const anyway = button(words.anyway, () => listeners.anyway());
    this.element.replaceChildren(thanks, h("p", { class: "hint" }, words.noNeed), this.#effort(), done, anyway);
    thanks.focus();
  }

  #effort() {
    const words = this.#words;
    const listeners = this.#listeners;
    const group = h("div", { class: "effort", role: "group", "aria-label": words.effort });
    const scored = (/** @type {number} */ score) => {
      listeners.effort(score);
      const noted = h("span", { tabindex: "-1" }, words.noted);
      group.replaceChildren(noted);
      noted.focus();
    };
    const scores = SCORES.map((score) => button(String(score), () => scored(score), { class: "score" }));
    group.append(h("span", {}, words.effort), h("small", {}, words.hard), ...scores, h("small", {}, words.easy));
    return group;
  }
}

/** @param {string} text */
function question(text) {
  return h("p", { class: "question", tabindex: "-1" }, text);
}
