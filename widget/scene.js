/**
 * What the customer sees of the widget at one form: the list after the field, the panel beside the form.
 *
 * @import { Api } from "./api.js"
 * @import { ArticleRef, Options, Suggestion } from "./types.js"
 * @import { Visit } from "./visit.js"
 * @import { Words } from "./words.js"
 */

import { isPlainClick } from "./dom.js";
import { fieldsOf, spotAfter } from "./form.js";
import { List } from "./list.js";
import { Panel } from "./panel.js";
import { Stage } from "./stage.js";
import { fill } from "./words.js";

const CONTROLS = ":is(a, button, input, select, textarea, label):hover";

export class Scene {
  /**
   * @param {{ form: HTMLFormElement, options: Options, api: Api, visit: Visit }} guest
   * @param {{ words: Words, lang: string, dir: string }} language
   */
  constructor({ form, options, api, visit }, language) {
    const { words, lang } = language;
    this.form = form;
    this.options = options;
    this.visit = visit;
    this.words = words;
    this.stage = new Stage(options, language);
    this.list = new List(words, lang, {
      shown: (answer) => visit.onScreen(answer),
      pressed: (suggestion, event) => this.#pressed(suggestion, event),
      absolute: (address) => api.absolute(address),
      blocked: () => this.#underPointer(),
    });
    this.panel = new Panel(words, api, this.#panelListeners());
    this.stage.content.append(this.list.element, this.panel.dialog);
  }

  /** Into the page, and again where a framework has redrawn it away. */
  place() {
    const { place } = this.options;
    const { description, subject } = fieldsOf(this.form, this.options);
    this.stage.place((place && this.form.querySelector(place)) || spotAfter(this.form, description ?? subject));
  }

  /** One sentence instead of suggestions. @param {keyof Words} word @param {Record<string, string>} [values] */
  say(word, values = {}) {
    this.place();
    this.list.offer(null);
    this.list.say(fill(String(this.words[word]), values), true);
  }

  destroy() {
    this.panel.destroy();
    this.stage.remove();
  }

  /** @param {Suggestion} suggestion @param {MouseEvent} event */
  #pressed(suggestion, event) {
    if (!isPlainClick(event)) return this.#opened(suggestion);
    event.preventDefault();
    const { left, right } = this.form.getBoundingClientRect();
    this.panel.open(suggestion, left > innerWidth - right ? "left" : "right");
  }

  /** @param {ArticleRef} article */
  #opened(article) {
    this.visit.open(article, this.list.queryId);
    this.list.markRead(article.slug);
  }

  /** @returns {import("./panel.js").Listeners} */
  #panelListeners() {
    const { visit } = this;
    const about = (/** @type {ArticleRef} */ { slug }) => ({ slug, query_id: this.list.queryId });
    return {
      opened: (article) => this.#opened(article),
      closed: (article, seconds) => visit.record("closed", { ...about(article), seconds }),
      solved: (article) => {
        visit.record("solved", about(article));
        visit.tell("solved", { slug: article.slug });
      },
      notSolved: (article) => {
        visit.record("not_solved", about(article));
        this.list.say(this.words.goOn, false);
        /** @type {HTMLElement | null} */ (fieldsOf(this.form, this.options).description)?.focus();
      },
      effort: (score) => visit.record("effort", { score, query_id: this.list.queryId }),
      anyway: () => this.#submitButton()?.focus(),
    };
  }

  #submitButton() {
    const controls = [...this.form.elements].filter((one) => one instanceof HTMLElement);
    return controls.find((one) => "type" in one && (one.type === "submit" || one.type === "image"));
  }

  /** Whether the pointer is on something below, which a list growing here would move away from under it. */
  #underPointer() {
    const { host } = this.stage;
    const after = (/** @type {Element} */ one) =>
      one !== host && (host.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    return [...this.form.querySelectorAll(CONTROLS)].some(after);
  }
}
