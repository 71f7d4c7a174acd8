/**
 * What the customer sees of the widget at one form: the list beside or below the form, the panel.
 *
 * @import { Api } from "./api.js"
 * @import { Answer, ArticleRef, Options, Suggestion } from "./types.js"
 * @import { Visit } from "./visit.js"
 * @import { Words } from "./words.js"
 */

import { button, isPlainClick } from "./dom.js";
import { endOf, fieldsOf } from "./form.js";
import { List } from "./list.js";
import { Panel } from "./panel.js";
import { roomBeside } from "./room.js";
import { Stage } from "./stage.js";
import { fill } from "./words.js";

/** From here on an article is likely enough the answer to be mentioned once more before sending. */
const SURE = 0.85;
const SUBMIT = "[type=submit], [type=image], button:not([type])";

export class Scene {
  #form;
  #options;
  #visit;
  #words;
  #stage;
  #peek;
  #resized;
  #stop = new AbortController();

  /**
   * @param {{ form: HTMLFormElement, options: Options, api: Api, visit: Visit }} guest
   * @param {{ words: Words, lang: string, dir: string }} language
   */
  constructor({ form, options, api, visit }, language) {
    const { words, lang } = language;
    this.#form = form;
    this.#options = options;
    this.#visit = visit;
    this.#words = words;
    this.#stage = new Stage(options, language);
    this.list = new List(words, lang, {
      shown: (answer) => this.#shown(answer),
      pressed: (suggestion, event) => this.#pressed(suggestion, event),
      absolute: (address) => api.absolute(address),
    });
    this.#peek = button("", () => this.#lookAtList(), { class: "peek", hidden: "" });
    this.panel = new Panel(words, api, this.#panelListeners());
    this.#stage.content.append(this.#peek, this.list.box, this.list.notice, this.panel.dialog);
    this.#resized = new ResizeObserver(() => this.#arrange());
    this.#resized.observe(form);
    addEventListener("resize", () => this.#arrange(), { signal: this.#stop.signal });
  }

  /** Into the page, and again where a framework has redrawn it away. */
  place() {
    const { place } = this.#options;
    this.#stage.place((place && this.#form.querySelector(place)) || endOf(this.#form));
  }

  /** @param {Answer | null} answer */
  offer(answer) {
    this.place();
    this.list.offer(answer);
    if (this.list.box.hidden) this.#peek.hidden = true;
  }

  /** One sentence instead of suggestions. @param {keyof Words} word @param {Record<string, string>} [values] */
  say(word, values = {}) {
    this.offer(null);
    this.list.say([fill(String(this.#words[word]), values)], true);
  }

  /** Whether there was reason to mention the best suggestion, unread as it is, before sending. */
  remind() {
    const { best } = this.list;
    if (!best || best.confidence < SURE || this.#visit.opened.has(best.slug)) return false;
    const [before, after] = this.#words.before.split("{title}");
    this.list.say([before, this.list.link(best), after], false);
    return true;
  }

  destroy() {
    this.#stop.abort();
    this.#resized.disconnect();
    this.panel.destroy();
    this.#stage.host.remove();
  }

  /** @param {Answer} answer */
  #shown(answer) {
    this.#arrange();
    this.#visit.onScreen(answer);
  }

  /** Beside the form if there is room; below it a button at the field leads to a list out of sight. */
  #arrange() {
    const { host } = this.#stage;
    const { box, status } = this.list;
    const { description, subject } = fieldsOf(this.#form, this.#options);
    const field = description ?? subject;
    if (!field || box.hidden || !host.isConnected) return;
    const room = this.#options.place ? undefined : roomBeside(this.#form, field, host);
    const base = host.getBoundingClientRect();
    const put = (/** @type {HTMLElement} */ one, /** @type {Record<string, number>} */ at) => {
      for (const [side, length] of Object.entries(at)) one.style.setProperty(side, `${length}px`);
    };
    box.classList.toggle("beside", Boolean(room));
    if (room) put(box, { left: room.left - base.left, top: room.top - base.top, width: room.width });
    else for (const side of ["left", "top", "width"]) box.style.removeProperty(side);
    const seen = room || box.getBoundingClientRect().top < (visualViewport?.height ?? innerHeight) - 60;
    this.#peek.hidden = Boolean(seen);
    this.#peek.textContent = status.textContent;
    const edge = field.getBoundingClientRect();
    put(this.#peek, { top: edge.bottom - base.top, right: base.right - edge.right });
  }

  #lookAtList() {
    this.list.box.scrollIntoView({ block: "nearest" });
    this.list.links.querySelector("a")?.focus();
    this.#peek.hidden = true;
  }

  /** @param {Suggestion} suggestion @param {MouseEvent} event */
  #pressed(suggestion, event) {
    if (!isPlainClick(event)) return this.#opened(suggestion);
    event.preventDefault();
    const { left, right } = this.#form.getBoundingClientRect();
    this.panel.open(suggestion, left > innerWidth - right ? "left" : "right");
  }

  /** @param {ArticleRef} article */
  #opened(article) {
    this.#visit.open(article, this.list.queryId);
    this.list.markRead(article.slug);
  }

  /** @returns {import("./panel.js").Listeners} */
  #panelListeners() {
    const visit = this.#visit;
    const about = (/** @type {ArticleRef} */ { slug }) => ({ slug, query_id: this.list.queryId });
    return {
      opened: (article) => this.#opened(article),
      closed: (article, seconds) => visit.record("closed", { ...about(article), seconds }),
      solved: (article) => {
        visit.record("solved", about(article));
        visit.tell("solved", { slug: article.slug });
      },
      notSolved: (article, reason) => visit.record("not_solved", { ...about(article), reason }),
      goOn: () => {
        this.list.say([this.#words.goOn], false);
        /** @type {HTMLElement | null} */ (fieldsOf(this.#form, this.#options).description)?.focus();
      },
      effort: (score) => visit.record("effort", { score, query_id: this.list.queryId }),
      anyway: () => /** @type {HTMLElement | null} */ (this.#form.querySelector(SUBMIT))?.focus(),
    };
  }
}
