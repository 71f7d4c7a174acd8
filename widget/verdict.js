/**
 * "Did this solve it?" under an article, and the thanks that follow. Nothing here stands between the
 * customer and the form: every answer leads back to it.
 *
 * @import { Words } from "./words.js"
 */

import { button, h } from "./dom.js";

const SCORES = [1, 2, 3, 4, 5];

/**
 * @typedef {object} Listeners
 * @property {() => void} solved
 * @property {() => void} notSolved
 * @property {(score: number) => void} effort how easy it was, 1 (hard) to 5 (easy)
 * @property {() => void} anyway
 * @property {() => void} done
 */

export class Verdict {
  /** @param {Words} words @param {Listeners} listeners */
  constructor(words, listeners) {
    this.words = words;
    this.listeners = listeners;
    this.element = h("div", { class: "verdict" });
  }

  ask() {
    const { words, listeners } = this;
    const yes = () => {
      listeners.solved();
      this.#thank();
    };
    this.element.replaceChildren(
      h("p", { class: "question" }, words.ask),
      button(words.yes, yes, { class: "main" }),
      button(words.no, listeners.notSolved),
    );
  }

  #thank() {
    const { words, listeners } = this;
    const thanks = h("p", { class: "question", tabindex: "-1" }, words.thanks);
    const done = button(words.done, listeners.done, { class: "main" });
    const anyway = button(words.anyway, listeners.anyway);
    this.element.replaceChildren(thanks, h("p", { class: "hint" }, words.noNeed), this.#effort(), done, anyway);
    thanks.focus();
  }

  #effort() {
    const { words, listeners } = this;
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
